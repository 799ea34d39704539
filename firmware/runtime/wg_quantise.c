#include "wg_bits.h"
#include "whetgen_runtime.h"

#if defined(__AVR__)

/* Bit i of the byte in each map is that bit of value i of eight. */
static void eight(const wg_quantise_layer *layer, const uint8_t *from, uint8_t *to, wg_size map_bytes)
{
    const uint8_t WG_FLASH *const values = layer->values;
    uint8_t maps[4] = {0, 0, 0, 0};
    for (uint8_t i = 0; i < 8u; i++) {
        uint8_t value = values[*from++];
        for (uint8_t k = 0; k < 4u; k++, value = (uint8_t)(value >> 1)) {
            maps[k] = (uint8_t)(maps[k] >> 1 | (value & 1u ? 0x80u : 0u));
        }
    }
    for (uint8_t k = 0; k < layer->maps; k++, to += map_bytes) {
        *to = maps[k];
    }
}

#else

static uint32_t four(const uint8_t *values, const uint8_t *from)
{
    return values[from[0]] | (uint32_t)values[from[1]] << 8 | (uint32_t)values[from[2]] << 16 | (uint32_t)values[from[3]] << 24;
}

static void eight(const wg_quantise_layer *layer, const uint8_t *from, uint8_t *to, wg_size map_bytes)
{
    uint32_t low = four(layer->values, from), high = four(layer->values, from + 4);
    for (wg_size k = layer->maps; k; k--, to += map_bytes, low >>= 1, high >>= 1) {
        const uint32_t bits = (low & UINT32_C(0x01010101)) | (high & UINT32_C(0x01010101)) << 4;
        *to = (uint8_t)((bits * UINT32_C(0x01020408) & UINT32_MAX) >> 24); /* as in wg_binarise.c */
    }
}

#endif

void wg_quantise(const wg_quantise_layer *layer, const void *source, void *result)
{
    const uint8_t *from = (const uint8_t *)source;
    const wg_size map_bytes = (wg_size)((layer->count + 7u) / 8u);
    uint8_t *to = (uint8_t *)result, last[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    wg_size left = (wg_size)layer->count;
    for (; left >= 8u; left -= 8u, from += 8) {
        eight(layer, from, to++, map_bytes);
    }
    if (left) {
        memcpy(last, from, left);
        eight(layer, last, to, map_bytes);
        for (wg_size k = 0; k < layer->maps; k++, to += map_bytes) {
            *to = (uint8_t)(*to & wg_ones(left));
        }
    }
}
