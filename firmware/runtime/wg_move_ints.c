/* From one kind to another, up to 64 bits. */
#include "wg_elements.h"

static void move_run(const wg_move_layer *layer, const void *source, wg_size from, void *result, wg_size to)
{
    for (wg_size i = 0; i < layer->run; i++) {
        wg_put(result, layer->result.kind, to + i, wg_get(source, layer->source.kind, from + i));
    }
}

static void clear(const wg_move_layer *layer, void *result)
{
    const wg_size count = layer->clear_elements;
    memset(result, 0, layer->result.kind == WG_BIT ? (count + 7u) / 8u : count * wg_bytes_of(layer->result.kind));
}

#define WG_NAME wg_move_ints
#include "wg_move.h"
