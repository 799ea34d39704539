/* A byte reaches 128 when its top bit is set. */
#include "wg_elements.h"

void wg_binarise_half(const wg_binarise_layer *layer, const void *source, void *result)
{
    const uint8_t *from = (const uint8_t *)source;
    uint8_t *to = (uint8_t *)result;
    wg_size left = (wg_size)layer->count;
#if !defined(__AVR__)
    for (; left >= 8u; left -= 8u, from += 8) {
        const uint32_t low = wg_load32(from) >> 7 & UINT32_C(0x01010101), high = wg_load32(from + 4) >> 7 & UINT32_C(0x01010101);
        /* The product moves bits 0, 8, 16 and 24 to 28, 29, 30 and 31; no other two terms meet. */
        const uint32_t a = low * UINT32_C(0x10204080) & UINT32_MAX, b = high * UINT32_C(0x10204080) & UINT32_MAX;
        *to++ = (uint8_t)(a >> 28 | (b >> 28) << 4);
    }
#endif
    while (left) {
        const uint8_t count = left < 8u ? (uint8_t)left : 8u;
        uint8_t byte = 0;
        for (uint8_t bit = 0; bit < count; bit++) {
            byte = (uint8_t)(byte >> 1 | (*from++ & 0x80u));
        }
        *to++ = (uint8_t)(byte >> (8u - count));
        left -= count;
    }
}
