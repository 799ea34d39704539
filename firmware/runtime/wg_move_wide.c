/* A wide result; the source may be narrower. */
#include "wg_wide.h"

static void move_run(const wg_move_layer *layer, const void *source, uint32_t from, void *result, uint32_t to)
{
    for (uint32_t i = 0; i < layer->run; i++) {
        uint32_t two[2], words;
        const uint32_t *x = wg_wide_get(source, layer->source, from + i, two, &words);
        wg_wide_put(result, layer->result, to + i, x, words);
    }
}

static void clear(const wg_move_layer *layer, void *result)
{
    memset(result, 0, layer->clear_elements * layer->result.words * sizeof(uint32_t));
}

#define WG_NAME wg_move_wide
#include "wg_move.h"
