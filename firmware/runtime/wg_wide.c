#include "wg_wide.h"

/* sum += factor * (a ^ flip) * 2^(32 shift) + carry * 2^(32 shift). No step overflows 64 bits:
 * (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1. */
static void add_pass(uint32_t *sum, uint32_t sum_words, uint32_t shift, const uint32_t *a, uint32_t a_words,
                     uint32_t flip, uint32_t factor, uint32_t carry)
{
    uint64_t rest = carry;
    for (uint32_t k = 0; shift + k < sum_words; k++) {
        rest += (uint64_t)(wg_word(a, a_words, k) ^ flip) * factor + sum[shift + k];
        sum[shift + k] = (uint32_t)rest;
        rest >>= 32;
    }
}

void wg_wide_multiply_add(uint32_t *sum, uint32_t sum_words, const uint32_t *a, uint32_t a_words,
                          const uint32_t *b, uint32_t b_words)
{
    const uint32_t sign = b[b_words - 1u] >> 31 ? UINT32_MAX : 0u;
    uint32_t used = b_words; /* words before the sign goes on for ever */
    while (used > 1u && b[used - 1u] == sign) {
        used--;
    }
    if (used == 1u && b[0] != 0u) {
        const uint32_t magnitude = sign ? 0u - b[0] : b[0];
        add_pass(sum, sum_words, 0u, a, a_words, sign, magnitude, sign ? magnitude : 0u);
        return;
    }
    for (uint32_t j = 0; j < sum_words; j++) {
        const uint32_t factor = wg_word(b, b_words, j);
        if (factor != 0u) {
            add_pass(sum, sum_words, j, a, a_words, 0u, factor, 0u);
        }
    }
}

int wg_wide_compare(const uint32_t *a, uint32_t a_words, const uint32_t *b, uint32_t b_words)
{
    const uint32_t words = a_words > b_words ? a_words : b_words;
    for (uint32_t k = words; k-- > 0u;) {
        /* The highest word carries the sign: flipping its top bit makes the order unsigned. */
        const uint32_t flip = k == words - 1u ? UINT32_C(0x80000000) : 0u;
        const uint32_t left = wg_word(a, a_words, k) ^ flip;
        const uint32_t right = wg_word(b, b_words, k) ^ flip;
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return 0;
}
