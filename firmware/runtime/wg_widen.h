/* From narrow lanes, which hold a few rows, to lanes of 16 bits, which hold the sums (wg_lanes.h). Narrow rows
 * hold w + least, which is never negative, so that no lane borrows. */
#ifndef WG_WIDEN_H
#define WG_WIDEN_H

#include "wg_flash.h"

#if defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
#endif

/* Bytes 0 and 2 of `bytes` are added to the halves of a word, or bytes 1 and 3. */
static inline uint32_t wg_add_even(uint32_t sum, uint32_t bytes)
{
#if defined(__ARM_FEATURE_SIMD32)
    return __uxtab16(sum, bytes);
#else
    return sum + (bytes & UINT32_C(0x00FF00FF));
#endif
}

static inline uint32_t wg_add_odd(uint32_t sum, uint32_t bytes)
{
    return wg_add_even(sum, bytes >> 8);
}

/* Even bytes to sum[0], odd ones to sum[1]. */
static inline void wg_widen(uint32_t *sum, uint32_t bytes)
{
    sum[0] = wg_add_even(sum[0], bytes);
    sum[1] = wg_add_odd(sum[1], bytes);
}

#endif
