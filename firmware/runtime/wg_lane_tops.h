/* The top bits of lanes (wg_lanes.h). */
#ifndef WG_LANE_TOPS_H
#define WG_LANE_TOPS_H

#include "wg_bits.h"

static inline uint32_t wg_lane_tops(wg_size bits)
{
    return bits == 8u ? UINT32_C(0x80808080) : bits == 16u ? UINT32_C(0x80008000) : UINT32_C(0x80000000);
}

/* The top bits of `words` words, each of which was shifted by one more than the next: bit l * words + k is lane l of word k.
 * A short chunk, of fewer words than a lane has bits, leaves gaps. */
static inline uint32_t wg_in_order(uint32_t tops, wg_size words, wg_size bits)
{
    uint32_t closer = 0;
    if (words == bits) {
        return tops;
    }
    for (wg_size lane = 0, at = bits - words; at < 32u; lane++, at += bits) {
        closer |= (tops >> at & wg_ones(words)) << (lane * words);
    }
    return closer;
}

#endif
