#include "wg_bits.h"

void wg_store_bits(uint8_t *bits, wg_size at, uint32_t word, wg_size count)
{
    uint8_t *to = bits + (at >> 3);
    const wg_size skip = at & 7u;
    if (count == 32u && skip == 0u) {
        wg_store32(to, word);
        return;
    }
    if (skip) {
        *to = (uint8_t)(*to | word << skip);
        if (count + skip <= 8u) {
            return;
        }
        word >>= 8u - skip;
        count -= 8u - skip;
        to++;
    }
    for (; count >= 8u; count -= 8u, word >>= 8) {
        *to++ = (uint8_t)word;
    }
    if (count) {
        *to = (uint8_t)(*to | word);
    }
}
