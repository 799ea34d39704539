/* Event-driven weighted sums: only elements that are not 0 cost anything.
 * Included once by each wg_add_rows_<weight>_<sum>.c, which names the function and its types. */
#include "wg_elements.h"

static inline void wg_add_row(WG_SUM *sums, const WG_WEIGHT WG_FLASH *weights, uint32_t neurons)
{
    for (uint32_t n = 0; n < neurons; n++) {
        sums[n] += weights[n];
    }
}

static void wg_add_bits(WG_SUM *sums, const WG_WEIGHT WG_FLASH *weights, const wg_rows *rows,
                        const uint8_t *bits, uint32_t first, uint32_t count)
{
    while (count) {
        const uint32_t most = 32u - (first & 7u), take = count < most ? count : most;
        for (uint32_t word = wg_load_bits(bits, first, take); word; word &= word - 1u) {
            wg_add_row(sums, weights + wg_lowest(word) * rows->stride, rows->neurons);
        }
        weights += take * rows->stride;
        first += take;
        count -= take;
    }
}

void WG_NAME(const wg_rows *rows, uint32_t row, uint32_t column, void *sums,
             const void *source, wg_elements elements, uint32_t first, uint32_t count)
{
    WG_SUM *sum = (WG_SUM *)sums;
    const WG_WEIGHT WG_FLASH *weights = (const WG_WEIGHT WG_FLASH *)rows->weights + row * rows->stride + column;
    if (elements.kind == WG_BIT) {
        wg_add_bits(sum, weights, rows, (const uint8_t *)source, first, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++, weights += rows->stride) {
        const WG_SUM x = WG_GET(source, elements.kind, first + i);
        if (x != 0) {
            for (uint32_t n = 0; n < rows->neurons; n++) {
                sum[n] += x * weights[n];
            }
        }
    }
}
