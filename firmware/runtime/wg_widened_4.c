/* Weights -1, 0 and 1, stored as 0 to 2 in lanes of 4 bits: 7 rows fit a lane, 7 * 2 < 16, and 126 rows its byte. */
#include "wg_rows.h"
#include "wg_widen.h"
#include "whetgen_runtime.h"

#define WG_RUN 7
#define WG_MOST 126
#define WG_TAKE(k) row = WG_ROW_OF_4(weights, list[k]); WG_ADD_4(row, s0, s1, s2, s3)

void wg_widened_4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    const uint32_t low = UINT32_C(0x0F0F0F0F);
    uint32_t *sum = (uint32_t *)sums;
    const uint16_t *const end = list + count;
    while (list != end) {
        const uint16_t *const stop = end - list > WG_MOST ? list + WG_MOST : end;
        uint32_t b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0;
        while (list != stop) {
            const uint32_t WG_FLASH *row = WG_ROW_OF_4(weights, *list++);
            uint32_t s0 = row[0], s1 = row[1], s2 = row[2], s3 = row[3];
            if (stop - list >= WG_RUN - 1) {
                WG_TAKE(0);
                WG_TAKE(1);
                WG_TAKE(2);
                WG_TAKE(3);
                WG_TAKE(4);
                WG_TAKE(5);
                list += WG_RUN - 1;
            } else {
                while (list != stop) {
                    row = WG_ROW_OF_4(weights, *list++);
                    WG_ADD_4(row, s0, s1, s2, s3);
                }
            }
            b0 += s0 & low;
            b1 += s0 >> 4 & low;
            b2 += s1 & low;
            b3 += s1 >> 4 & low;
            b4 += s2 & low;
            b5 += s2 >> 4 & low;
            b6 += s3 & low;
            b7 += s3 >> 4 & low;
        }
        wg_widen(sum, b0);
        wg_widen(sum + 2, b1);
        wg_widen(sum + 4, b2);
        wg_widen(sum + 6, b3);
        wg_widen(sum + 8, b4);
        wg_widen(sum + 10, b5);
        wg_widen(sum + 12, b6);
        wg_widen(sum + 14, b7);
    }
}
