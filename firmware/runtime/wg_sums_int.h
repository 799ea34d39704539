/* Sums of one machine word. Included once by each wg_sums_<type>.c and, for neurons of several thresholds, by each
 * wg_staircase_<type>.c; they set the types, and WG_STAIRCASE. */
#include "wg_reached.h"

static void clear(const wg_finish *finish, void *sums)
{
    memset(sums, 0, finish->channels * sizeof(WG_SUM));
}

static void add(const wg_finish *finish, void *sums, const void *source, wg_elements elements,
                uint32_t first, const wg_table *factors, uint32_t factor_first)
{
    WG_SUM *sum = (WG_SUM *)sums;
    for (uint32_t c = 0; c < finish->channels; c++) {
        const WG_SUM x = WG_GET(source, elements.kind, first + c);
        sum[c] += factors->data ? x * WG_READ(factors->data, factors->elements.kind, factor_first + c) : x;
    }
}

#ifdef WG_STAIRCASE

static void finish_sums(const wg_finish *finish, void *sums, void *result, uint32_t position)
{
    const WG_SUM *sum = (const WG_SUM *)sums;
    const uint32_t row = wg_row(finish, position) * finish->fire, first = position * finish->channels;
    const wg_size highest = wg_highest_bit(finish);
    wg_clear_further(finish, result, position);
    for (uint32_t c = 0; c < finish->channels; c++) {
        wg_size reached = 0;
        for (wg_size bit = highest; bit; bit >>= 1) {
            const uint32_t at = row + c + wg_entry_for(finish, reached, bit);
            reached = wg_more(finish, reached, bit, sum[c] >= WG_READ(finish->rows.data, finish->rows.elements.kind, at));
        }
        wg_put_reached(finish, result, first + c, reached);
    }
}

#else

static void finish_sums(const wg_finish *finish, void *sums, void *result, uint32_t position)
{
    const WG_SUM *sum = (const WG_SUM *)sums;
    const uint32_t row = wg_row(finish, position), first = position * finish->channels;
    for (uint32_t c = 0; c < finish->channels; c++) {
        const WG_SUM entry = finish->rows.data ? WG_READ(finish->rows.data, finish->rows.elements.kind, row + c) : 0;
        wg_put(result, finish->result.kind, first + c, finish->fire ? sum[c] >= entry : sum[c] + entry);
    }
}

#endif

const wg_sums WG_NAME = {clear, add, finish_sums};
