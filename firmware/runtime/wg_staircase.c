#include "wg_staircase.h"

void wg_store_values(const wg_event_layer *layer, const uint32_t *bits, void *result, wg_size at, wg_size count)
{
    const wg_maps *maps = layer->maps;
    uint8_t *map = (uint8_t *)result;
    if (layer->result == WG_BIT) {
        if (at == 0u && layer->neurons & 7u) { /* the first map is cleared already */
            memset(map + maps->result_bytes, 0, (maps->results - 1u) * maps->result_bytes);
        }
        for (uint8_t k = 0; k < maps->results; k++, map += maps->result_bytes) {
            wg_store_bits(map, at, bits[k] & wg_ones(count), count);
        }
        return;
    }
    for (wg_size n = 0; n < count; n++) {
        uint32_t value = 0;
        for (uint8_t k = 0; k < maps->results; k++) {
            value |= (bits[k] >> n & 1u) << k;
        }
        wg_put_i32(result, layer->result, at + n, (int32_t)value);
    }
}
