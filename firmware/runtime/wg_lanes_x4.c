/* 4 words of lanes at a time (wg_lanes.h). */
#include "wg_rows.h"
#include "whetgen_runtime.h"

void wg_lanes_x4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    uint32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (const uint16_t *end = list + count; list != end; list += 4)
        WG_ADD_4_ROWS_OF_4(weights, list, s0, s1, s2, s3);
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}
