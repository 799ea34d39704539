/* Weights of 4 bits, -8 to 7, stored as 0 to 15 in lanes of 8 bits: 16 rows fit a lane, 16 * 15 < 256. */
#include "wg_rows.h"
#include "wg_widen.h"
#include "whetgen_runtime.h"

void wg_widened_8(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    const uint16_t *const end = list + count;
    while (list != end) {
        const uint16_t *const stop = end - list > 16 ? list + 16 : end;
        uint32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (; list != stop; list += 4)
            WG_ADD_4_ROWS_OF_4(weights, list, s0, s1, s2, s3);
        wg_widen(sum, s0);
        wg_widen(sum + 2, s1);
        wg_widen(sum + 4, s2);
        wg_widen(sum + 6, s3);
    }
}
