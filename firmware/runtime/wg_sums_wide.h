/* Sums of many words. Included once by wg_sums_wide.c and, for neurons of several thresholds, by wg_staircase_wide.c,
 * which set WG_NAME and WG_STAIRCASE. */
#include "wg_reached.h"
#include "wg_wide.h"

static const uint32_t one[1] = {1u};

static void clear(const wg_finish *finish, void *sums)
{
    memset(sums, 0, finish->channels * finish->words * sizeof(uint32_t));
}

static void add(const wg_finish *finish, void *sums, const void *source, wg_elements elements,
                uint32_t first, const wg_table *factors, uint32_t factor_first)
{
    uint32_t *sum = (uint32_t *)sums;
    for (uint32_t c = 0; c < finish->channels; c++, sum += finish->words) {
        uint32_t two[2], four[2], words, factor_words = 1u;
        const uint32_t *x = wg_wide_get(source, elements, first + c, two, &words);
        const uint32_t *factor = factors->data
            ? wg_wide_get(factors->data, factors->elements, factor_first + c, four, &factor_words)
            : one;
        wg_wide_multiply_add(sum, finish->words, x, words, factor, factor_words);
    }
}

#ifdef WG_STAIRCASE

static void finish_sums(const wg_finish *finish, void *sums, void *result, uint32_t position)
{
    const uint32_t *sum = (const uint32_t *)sums;
    const uint32_t row = wg_row(finish, position) * finish->fire, first = position * finish->channels;
    const wg_size highest = wg_highest_bit(finish);
    wg_clear_further(finish, result, position);
    for (uint32_t c = 0; c < finish->channels; c++, sum += finish->words) {
        wg_size reached = 0;
        for (wg_size bit = highest; bit; bit >>= 1) {
            uint32_t two[2], words;
            const uint32_t at = row + c + wg_entry_for(finish, reached, bit);
            const uint32_t *entry = wg_wide_get(finish->rows.data, finish->rows.elements, at, two, &words);
            reached = wg_more(finish, reached, bit, wg_wide_compare(sum, finish->words, entry, words) >= 0);
        }
        wg_put_reached(finish, result, first + c, reached);
    }
}

#else

static void finish_sums(const wg_finish *finish, void *sums, void *result, uint32_t position)
{
    /* The entry is added in place, so the sums change; they are cleared before the next position. */
    uint32_t *sum = (uint32_t *)sums;
    const uint32_t row = wg_row(finish, position), first = position * finish->channels;
    for (uint32_t c = 0; c < finish->channels; c++, sum += finish->words) {
        uint32_t two[2] = {0u, 0u}, words = 2u;
        const uint32_t *entry = finish->rows.data
            ? wg_wide_get(finish->rows.data, finish->rows.elements, row + c, two, &words)
            : two;
        if (finish->fire) {
            wg_put(result, finish->result.kind, first + c, wg_wide_compare(sum, finish->words, entry, words) >= 0);
        } else {
            wg_wide_multiply_add(sum, finish->words, entry, words, one, 1u);
            wg_wide_put(result, finish->result, first + c, sum, finish->words);
        }
    }
}

#endif

const wg_sums WG_NAME = {clear, add, finish_sums};
