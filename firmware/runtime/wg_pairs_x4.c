/* Weights of 16 bits times pixels, four neurons at a time, in sums of 32 bits: the first layer over pixels that are seldom 0.
 * The list holds the values of a window, not events. A row is of two neighbouring inputs and has a word for each neuron,
 * the first input's weight in the low half: two products in one instruction where the processor has it. */
#include "whetgen_runtime.h"

#if defined(__GNUC__) && defined(__thumb2__) && defined(__ARM_FEATURE_DSP)
/* The rows never change, so the statement need not say that it reads memory. */
#define WG_ADD_PAIR(list, row, s0, s1, s2, s3)                                                                      \
    do {                                                                                                            \
        uint32_t values_;                                                                                           \
        memcpy(&values_, (list), sizeof values_);                                                                   \
        __asm__("ldmia %4!, {r4, r5, r6, r8}\n\tsmlad %0, %5, r4, %0\n\tsmlad %1, %5, r5, %1\n\t"                   \
                "smlad %2, %5, r6, %2\n\tsmlad %3, %5, r8, %3"                                                      \
                : "+r"(s0), "+r"(s1), "+r"(s2), "+r"(s3), "+r"(row) : "r"(values_) : "r4", "r5", "r6", "r8");       \
    } while (0)
#else
static inline uint32_t low_half(uint32_t word)
{
    return ((word & 0xffffu) ^ 0x8000u) - 0x8000u;
}

static inline uint32_t two_products(const uint16_t *list, uint32_t weights)
{
    return list[0] * low_half(weights) + list[1] * low_half(weights >> 16);
}

#define WG_ADD_PAIR(list, row, s0, s1, s2, s3)                                                                      \
    ((void)((s0) += two_products((list), (row)[0]), (s1) += two_products((list), (row)[1]),                         \
            (s2) += two_products((list), (row)[2]), (s3) += two_products((list), (row)[3]), (row) += 4))
#endif

void wg_pairs_x4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *row = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    uint32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (const uint16_t *end = list + count; list != end; list += 8) {
        WG_ADD_PAIR(list, row, s0, s1, s2, s3);
        WG_ADD_PAIR(list + 2, row, s0, s1, s2, s3);
        WG_ADD_PAIR(list + 4, row, s0, s1, s2, s3);
        WG_ADD_PAIR(list + 6, row, s0, s1, s2, s3);
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}
