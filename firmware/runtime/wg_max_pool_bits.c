/* The largest of bits is their OR. */
#include "wg_elements.h"

static void take(const wg_max_pool_layer *layer, const void *source, uint32_t from, void *result, uint32_t to, int fresh)
{
    const uint32_t channels = layer->window.channels;
    (void)fresh; /* the result was cleared */
    if (((from | to | channels) & 7u) == 0u) {
        const uint8_t *in = (const uint8_t *)source + (from >> 3);
        uint8_t *out = (uint8_t *)result + (to >> 3);
        for (uint32_t bytes = channels >> 3; bytes; bytes--) {
            *out = *out | *in++;
            out++;
        }
        return;
    }
    wg_or_bits((uint8_t *)result, to, (const uint8_t *)source, from, channels);
}

#define WG_NAME wg_max_pool_bits
#include "wg_max_pool.h"
