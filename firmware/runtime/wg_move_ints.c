/* Elements of any kind up to 64 bits. */
#include "wg_elements.h"

/* Bytes of one element, WG_U8 to WG_I64. */
static uint32_t wg_bytes_of(uint8_t kind)
{
    return kind <= WG_I8 ? 1u : 1u << (kind - WG_I8);
}

static void move_run(const wg_move_layer *layer, const void *source, uint32_t from, void *result, uint32_t to)
{
    if (layer->source.kind == WG_BIT && layer->result.kind == WG_BIT) {
        wg_or_bits((uint8_t *)result, to, (const uint8_t *)source, from, layer->run);
        return;
    }
    if (layer->source.kind == layer->result.kind) {
        const uint32_t size = wg_bytes_of(layer->source.kind);
        memcpy((uint8_t *)result + to * size, (const uint8_t *)source + from * size, layer->run * size);
        return;
    }
    for (uint32_t i = 0; i < layer->run; i++) {
        wg_put(result, layer->result.kind, to + i, wg_get(source, layer->source.kind, from + i));
    }
}

static void clear(const wg_move_layer *layer, void *result)
{
    const uint32_t count = layer->clear_elements;
    memset(result, 0, layer->result.kind == WG_BIT ? (count + 7u) / 8u : count * wg_bytes_of(layer->result.kind));
}

#define WG_NAME wg_move_ints
#include "wg_move.h"
