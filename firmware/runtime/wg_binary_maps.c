#include "wg_bits.h"
#include "whetgen_runtime.h"

/* to = one ^ other; `to` may be `one`. */
static void differ(uint8_t *to, const uint8_t *one, const uint8_t *other, wg_size bytes)
{
#if !defined(__AVR__)
    for (; bytes >= 4u; bytes -= 4u, to += 4, one += 4, other += 4) {
        wg_store32(to, wg_load32(one) ^ wg_load32(other));
    }
#endif
    for (; bytes; bytes--) {
        *to++ = (uint8_t)(*one++ ^ *other++);
    }
}

void wg_binary_maps(const wg_binary_maps_layer *layer, const void *source, void *result)
{
    const uint8_t *sum = (const uint8_t *)source, *map = sum;
    for (uint8_t k = 1; k < layer->maps; k++, sum = (const uint8_t *)result) {
        map += layer->map_bytes;
        differ((uint8_t *)result, sum, map, layer->map_bytes);
    }
}
