/* Weights and sums of many words; a source element of any kind. */
#include "wg_wide.h"

void wg_add_rows_wide(const wg_rows *rows, uint32_t row, uint32_t column, void *sums,
                      const void *source, wg_elements elements, uint32_t first, uint32_t count)
{
    uint32_t *sum = (uint32_t *)sums;
    const uint32_t *weights = (const uint32_t *)rows->weights + (row * rows->stride + column) * rows->words;
    for (uint32_t i = 0; i < count; i++, weights += rows->stride * rows->words) {
        uint32_t two[2], words;
        const uint32_t *x = wg_wide_get(source, elements, first + i, two, &words);
        for (uint32_t n = 0; n < rows->neurons; n++) {
            wg_wide_multiply_add(sum + n * rows->sum_words, rows->sum_words, weights + n * rows->words,
                                 rows->words, x, words);
        }
    }
}
