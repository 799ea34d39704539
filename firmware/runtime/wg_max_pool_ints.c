/* Elements of any kind up to 64 bits. */
#include "wg_elements.h"

static void take(const wg_max_pool_layer *layer, const void *source, uint32_t from, void *result, uint32_t to, int fresh)
{
    for (uint32_t c = 0; c < layer->window.channels; c++) {
        const int64_t x = wg_get(source, layer->source.kind, from + c);
        if (fresh || x > wg_get(result, layer->result.kind, to + c)) {
            wg_put(result, layer->result.kind, to + c, x);
        }
    }
}

#define WG_NAME wg_max_pool_ints
#include "wg_max_pool.h"
