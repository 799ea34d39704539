/* The largest of bits is their OR. */
#include "wg_elements.h"

static void take(const wg_max_pool_layer *layer, const void *source, uint32_t from, void *result, uint32_t to, int fresh)
{
    (void)fresh; /* the result was cleared */
    wg_or_bits((uint8_t *)result, to, (const uint8_t *)source, from, layer->window.channels);
}

#define WG_NAME wg_max_pool_bits
#include "wg_max_pool.h"
