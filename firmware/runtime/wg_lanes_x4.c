/* 4 words of lanes at a time (wg_lanes.h). */
#include "wg_rows.h"
#include "whetgen_runtime.h"

void wg_lanes_x4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    uint32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (const uint16_t *end = list + count; list != end; list += 4) {
        const uint32_t WG_FLASH *a = weights + (uint_fast16_t)list[0] * 4u, WG_FLASH *b = weights + (uint_fast16_t)list[1] * 4u;
        const uint32_t WG_FLASH *c = weights + (uint_fast16_t)list[2] * 4u, WG_FLASH *d = weights + (uint_fast16_t)list[3] * 4u;
        WG_ADD_4(a, s0, s1, s2, s3);
        WG_ADD_4(b, s0, s1, s2, s3);
        WG_ADD_4(c, s0, s1, s2, s3);
        WG_ADD_4(d, s0, s1, s2, s3);
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}
