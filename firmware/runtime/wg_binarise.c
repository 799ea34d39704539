#include "wg_elements.h"

#if !defined(__AVR__)
/* Bit 7 of each byte of `word` that reaches the threshold, the others as they come. Adding the difference to the low
 * seven bits carries into bit 7; a byte's own bit 7 decides the rest. */
static uint32_t reached(uint32_t word, uint32_t threshold)
{
    const uint32_t low = word & UINT32_C(0x7F7F7F7F);
    return threshold <= 128u
        ? (low + (128u - threshold) * UINT32_C(0x01010101)) | word
        : (low + (256u - threshold) * UINT32_C(0x01010101)) & word;
}
#endif

void wg_binarise(const wg_binarise_layer *layer, const void *source, void *result)
{
    const uint8_t *from = (const uint8_t *)source;
    uint8_t *to = (uint8_t *)result;
    wg_size left = (wg_size)layer->count;
    const uint8_t threshold = layer->threshold; /* what is written might be a threshold for all that the compiler knows */
#if !defined(__AVR__)
    for (; left >= 8u; left -= 8u, from += 8) {
        const uint32_t low = reached(wg_load32(from), threshold) >> 7 & UINT32_C(0x01010101);
        const uint32_t high = reached(wg_load32(from + 4), threshold) >> 3 & UINT32_C(0x10101010);
        /* The product moves bits 0, 8, 16 and 24 to 24 to 27, and 4, 12, 20 and 28 behind them; no other two terms meet. */
        *to++ = (uint8_t)(((low | high) * UINT32_C(0x01020408) & UINT32_MAX) >> 24);
    }
#endif
    while (left) {
        const uint8_t count = left < 8u ? (uint8_t)left : 8u;
        uint8_t byte = 0;
        for (uint8_t bit = 0; bit < count; bit++) {
            byte = (uint8_t)(byte | (unsigned)(*from++ >= threshold) << bit);
        }
        *to++ = byte;
        left -= count;
    }
}
