/* Elements of any kind up to 64 bits. */
#include "wg_elements.h"

static void move_run(const wg_move_layer *layer, const void *source, uint32_t from, void *result, uint32_t to)
{
    if (layer->source.kind == WG_BIT && layer->result.kind == WG_BIT) {
        wg_or_bits((uint8_t *)result, to, (const uint8_t *)source, from, layer->run);
        return;
    }
    for (uint32_t i = 0; i < layer->run; i++) {
        wg_put(result, layer->result.kind, to + i, wg_get(source, layer->source.kind, from + i));
    }
}

static void clear(const wg_move_layer *layer, void *result)
{
    static const uint8_t bits_of[] = {1, 4, 8, 8, 16, 32, 64};
    memset(result, 0, (layer->clear_elements * (uint32_t)bits_of[layer->result.kind] + 7u) / 8u);
}

#define WG_NAME wg_move_ints
#include "wg_move.h"
