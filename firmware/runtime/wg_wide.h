/* Two's complement integers of many 32-bit words, least significant word first. */
#ifndef WG_WIDE_H
#define WG_WIDE_H

#include "wg_elements.h"

/* Word k of a number of `words` words, its sign continued for ever. */
static inline uint32_t wg_word(const uint32_t *number, uint32_t words, uint32_t k)
{
    if (k < words) {
        return number[k];
    }
    return number[words - 1u] >> 31 ? UINT32_MAX : 0u;
}

/* Element i of any kind as wide words: a pointer into the tensor, or `two` filled with the value. */
static inline const uint32_t *wg_wide_get(const void *data, wg_elements elements, uint32_t i,
                                          uint32_t two[2], uint32_t *words)
{
    if (elements.kind == WG_WIDE) {
        *words = elements.words;
        return (const uint32_t *)data + i * elements.words;
    }
    const uint64_t value = (uint64_t)wg_get(data, elements.kind, i);
    two[0] = (uint32_t)value;
    two[1] = (uint32_t)(value >> 32);
    *words = 2u;
    return two;
}

/* Element i of any kind becomes the number, which MUST fit. */
static inline void wg_wide_put(void *data, wg_elements elements, uint32_t i, const uint32_t *number, uint32_t words)
{
    if (elements.kind == WG_WIDE) {
        uint32_t *at = (uint32_t *)data + i * elements.words;
        for (uint32_t k = 0; k < elements.words; k++) {
            at[k] = wg_word(number, words, k);
        }
        return;
    }
    const uint64_t bits = (uint64_t)wg_word(number, words, 1u) << 32 | number[0];
    int64_t value;
    memcpy(&value, &bits, sizeof value); /* int64_t is two's complement by definition */
    wg_put(data, elements.kind, i, value);
}

/* sum += a * b modulo 2^(32 sum_words). The words of `a` and `b` are those of their residues, so the
 * product of the residues is the residue of the product. Zero words of b cost nothing, and a negative
 * b that fits one word takes one pass: -m * a = m * ~a + m, where m = -b. */
void wg_wide_multiply_add(uint32_t *sum, uint32_t sum_words, const uint32_t *a, uint32_t a_words,
                          const uint32_t *b, uint32_t b_words);

/* -1, 0 or 1 as a <, = or > b. */
int wg_wide_compare(const uint32_t *a, uint32_t a_words, const uint32_t *b, uint32_t b_words);

#endif
