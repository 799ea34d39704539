/* Bits of a tensor, many at a time. Bit i of a tensor is bit i % 8 of byte i / 8, on every machine. */
#ifndef WG_BITS_H
#define WG_BITS_H

#include "wg_flash.h"

/* `count` <= 32 ones, from the lowest bit. */
static inline uint32_t wg_ones(wg_size count)
{
    return count < 32u ? ((uint32_t)1 << count) - 1u : UINT32_MAX;
}

/* Four bytes as one word, the first in the low bits; the address needs no alignment. */
static inline uint32_t wg_load32(const uint8_t *from)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !defined(__AVR__)
    uint32_t word;
    memcpy(&word, from, sizeof word);
    return word;
#else
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
#endif
}

/* Four bytes from a table, as they are. */
static inline void wg_move32(uint8_t *to, const uint8_t WG_FLASH *from)
{
#if defined(__ARM_FEATURE_UNALIGNED)
    uint32_t word;
    memcpy(&word, from, sizeof word);
    memcpy(to, &word, sizeof word);
#else
    to[0] = from[0];
    to[1] = from[1];
    to[2] = from[2];
    to[3] = from[3];
#endif
}

/* The other way round. */
static inline void wg_store32(uint8_t *to, uint32_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !defined(__AVR__)
    memcpy(to, &word, sizeof word);
#else
    for (uint8_t k = 0; k < 4u; k++, word >>= 8) {
        to[k] = (uint8_t)word;
    }
#endif
}

/* `count` <= 32 - at % 8 bits from bit `at`; no byte outside them is read. */
static inline uint32_t wg_load_bits(const uint8_t *bits, wg_size at, wg_size count)
{
    const uint8_t *from = bits + (at >> 3);
    const wg_size skip = at & 7u, end = skip + count;
    uint32_t word;
    if (end > 24u) {
        word = wg_load32(from);
    } else {
        word = from[0];
        if (end > 8u) {
            word |= (uint32_t)from[1] << 8;
        }
        if (end > 16u) {
            word |= (uint32_t)from[2] << 16;
        }
    }
    word >>= skip;
    return word & wg_ones(count);
}

/* Write the low `count` <= 32 bits of `word`, whose others MUST be 0, at bit `at`. Bytes that are not
 * covered whole are only added to, so they MUST start as 0. */
void wg_store_bits(uint8_t *bits, wg_size at, uint32_t word, wg_size count);

/* OR the low `count` <= 32 - at % 8 bits of `word`, whose others MUST be 0, into bits that may be set already. */
static inline void wg_or_word(uint8_t *bits, wg_size at, uint32_t word, wg_size count)
{
    uint8_t *to = bits + (at >> 3);
    word <<= at & 7u;
    for (wg_size end = count + (at & 7u); end; end = end > 8u ? end - 8u : 0u, word >>= 8, to++) {
        *to = (uint8_t)(*to | word);
    }
}

/* Position of the lowest set bit of a word that is not 0. */
static inline uint32_t wg_lowest(uint32_t word)
{
#if defined(__GNUC__) && (defined(__ARM_FEATURE_CLZ) || defined(__riscv_zbb) || defined(__x86_64__) || defined(__aarch64__))
    return (uint32_t)__builtin_ctzl(word);
#else
    /* The lowest bit alone times a de Bruijn sequence has another top five bits for each position. */
    static const WG_FLASH uint8_t position[32] = {
         0,  1, 28,  2, 29, 14, 24,  3, 30, 22, 20, 15, 25, 17,  4,  8,
        31, 27, 13, 23, 21, 19, 16,  7, 26, 12, 18,  6, 11,  5, 10,  9,
    };
    return position[((word & (0u - word)) * UINT32_C(0x077CB531) & UINT32_MAX) >> 27];
#endif
}

#endif
