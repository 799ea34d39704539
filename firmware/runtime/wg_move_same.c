/* Within one kind, up to 64 bits. */
#include "wg_elements.h"

static void move_run(const wg_move_layer *layer, const void *source, wg_size from, void *result, wg_size to)
{
    if (layer->result.kind == WG_BIT) {
        wg_or_bits((uint8_t *)result, to, (const uint8_t *)source, from, layer->run);
    } else {
        const wg_size size = wg_bytes_of(layer->result.kind);
        memcpy((uint8_t *)result + to * size, (const uint8_t *)source + from * size, layer->run * size);
    }
}

static void clear(const wg_move_layer *layer, void *result)
{
    const wg_size count = layer->clear_elements;
    memset(result, 0, layer->result.kind == WG_BIT ? (count + 7u) / 8u : count * wg_bytes_of(layer->result.kind));
}

#define WG_NAME wg_move_same
#include "wg_move.h"
