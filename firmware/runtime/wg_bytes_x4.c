/* Rows of int8 weights times a value, four neurons at a time, in sums of 32 bits: the first layer over
 * pixels whose sums fit no lane. The events are pairs of row and value; pixels of 0 are not among them. */
#include "whetgen_runtime.h"

void wg_bytes_x4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const int8_t WG_FLASH *weights = (const int8_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    uint32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (const uint16_t *end = list + count; list != end; list += 2) {
        const int8_t WG_FLASH *row = weights + (uint_fast16_t)list[0] * 4u;
        const uint32_t value = list[1];
        s0 += (uint32_t)row[0] * value;
        s1 += (uint32_t)row[1] * value;
        s2 += (uint32_t)row[2] * value;
        s3 += (uint32_t)row[3] * value;
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}
