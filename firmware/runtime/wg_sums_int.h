/* Sums of one machine word. Included once by wg_sums_i32.c and wg_sums_i64.c, which set the types. */
#include "wg_elements.h"

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

static void finish_sums(const wg_finish *finish, void *sums, void *result, uint32_t position)
{
    const WG_SUM *sum = (const WG_SUM *)sums;
    const uint32_t row = wg_row(finish, position), first = position * finish->channels;
    for (uint32_t c = 0; c < finish->channels; c++) {
        const WG_SUM entry = finish->rows.data ? WG_READ(finish->rows.data, finish->rows.elements.kind, row + c) : 0;
        wg_put(result, finish->result.kind, first + c, finish->fire ? sum[c] >= entry : sum[c] + entry);
    }
}

const wg_sums WG_NAME = {clear, add, finish_sums};
