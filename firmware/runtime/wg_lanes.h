/* Sums side by side in words: lanes of 8, 16 or 32 bits.
 *
 * A word of weights is the sum of w << (lane * bits), as one integer modulo 2^32. Adding words adds all
 * lanes; what a negative lane borrows from its neighbour is paid back by the offset of half a lane
 * that `start` puts into each, because the generator proves that sum + offset stays inside the lane.
 * Neurons are cut into chunks of 32. A chunk takes as many words as a lane has bits, the last one perhaps fewer,
 * and lane l of its word k belongs to its neuron l * words + k: the top bits of the words, each shifted by one
 * more than the next, are the spikes in their order.
 * Included once by each wg_lanes_<...>.c, which sets WG_NAME, WG_LANE_WORDS and, for rows times a
 * value (the events are pairs of row and value), WG_SCALED. */
#include "whetgen_runtime.h"

#ifdef WG_SCALED
#define WG_TAKE(lane) lane += row[lane##_AT] * (uint32_t)list[1]
#define WG_STEP 2
#else
#define WG_TAKE(lane) lane += row[lane##_AT]
#define WG_STEP 1
#endif
#define s0_AT 0
#define s1_AT 1
#define s2_AT 2
#define s3_AT 3

void WG_NAME(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    uint32_t s0 = sum[0];
#if WG_LANE_WORDS > 1
    uint32_t s1 = sum[1];
#endif
#if WG_LANE_WORDS > 2
    uint32_t s2 = sum[2], s3 = sum[3];
#endif
    for (const uint16_t *end = list + count; list != end; list += WG_STEP) {
        const uint32_t WG_FLASH *row = weights + (uint_fast16_t)list[0] * WG_LANE_WORDS;
        WG_TAKE(s0);
#if WG_LANE_WORDS > 1
        WG_TAKE(s1);
#endif
#if WG_LANE_WORDS > 2
        WG_TAKE(s2);
        WG_TAKE(s3);
#endif
    }
    sum[0] = s0;
#if WG_LANE_WORDS > 1
    sum[1] = s1;
#endif
#if WG_LANE_WORDS > 2
    sum[2] = s2;
    sum[3] = s3;
#endif
}
