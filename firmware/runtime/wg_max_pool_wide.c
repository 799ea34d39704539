/* Wide elements; source and result have the same number of words. */
#include "wg_wide.h"

static void take(const wg_max_pool_layer *layer, const void *source, uint32_t from, void *result, uint32_t to, int fresh)
{
    const uint32_t words = layer->source.words;
    for (uint32_t c = 0; c < layer->window.channels; c++) {
        const uint32_t *x = (const uint32_t *)source + (from + c) * words;
        uint32_t *largest = (uint32_t *)result + (to + c) * words;
        if (fresh || wg_wide_compare(x, words, largest, words) > 0) {
            memcpy(largest, x, words * sizeof(uint32_t));
        }
    }
}

#define WG_NAME wg_max_pool_wide
#include "wg_max_pool.h"
