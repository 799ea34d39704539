#include "wg_elements.h"

#if !defined(__AVR__)
/* Bytes of `word` that reach the threshold, one bit each. Four bytes are compared at once: adding the
 * difference to their low seven bits carries into bit 7; a byte's own bit 7 decides the rest. */
static uint32_t reached(uint32_t word, uint32_t threshold)
{
    const uint32_t low = word & UINT32_C(0x7F7F7F7F);
    const uint32_t tops = threshold <= 128u
        ? (low + (128u - threshold) * UINT32_C(0x01010101)) | word
        : (low + (256u - threshold) * UINT32_C(0x01010101)) & word;
    /* The product moves bits 0, 8, 16 and 24 to 28, 29, 30 and 31; no other two terms meet. */
    return ((tops >> 7 & UINT32_C(0x01010101)) * UINT32_C(0x10204080) & UINT32_MAX) >> 28;
}
#endif

void wg_binarise(const wg_binarise_layer *layer, const void *source, void *result)
{
    const uint8_t *from = (const uint8_t *)source;
    uint8_t *to = (uint8_t *)result;
    wg_size left = (wg_size)layer->count;
#if !defined(__AVR__)
    for (; left >= 8u; left -= 8u, from += 8) {
        const uint32_t low = reached(wg_load32(from), layer->threshold);
        *to++ = (uint8_t)(low | reached(wg_load32(from + 4), layer->threshold) << 4);
    }
#endif
    while (left) {
        const uint8_t count = left < 8u ? (uint8_t)left : 8u;
        uint8_t byte = 0;
        for (uint8_t bit = 0; bit < count; bit++) {
            byte = (uint8_t)(byte | (unsigned)(*from++ >= layer->threshold) << bit);
        }
        *to++ = byte;
        left -= count;
    }
}
