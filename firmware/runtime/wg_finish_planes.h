/* What becomes of vertical counters. With `n` events a counter holds sum - least n + base, so the sum
 * reaches its threshold, which `start` has subtracted, when the counter reaches base + least n (`limit`).
 * Included once by each wg_finish_planes_w<bits>.c and, for sums that are not compared but read, by each
 * wg_finish_counts_w<bits>.c; they set WG_NAME, WG_WORD, WG_WORD_BITS and WG_FIRE. */
#include "wg_events.h"

#if WG_FIRE

/* Bit n is 1 where counter n >= limit: the comparison runs from the lowest bit, all neurons at once. */
static WG_WORD at_least(const WG_WORD *counter, uint32_t levels, uint32_t limit)
{
    WG_WORD reached = (WG_WORD)UINT32_MAX;
    for (wg_size k = 0; k < levels; k++, limit >>= 1) {
        reached = limit & 1u ? (WG_WORD)(counter[k] & reached) : (WG_WORD)(counter[k] | reached);
    }
    return reached;
}

static void finish_word(const wg_event_layer *layer, const WG_WORD *counter, uint32_t limit, void *result, wg_size at, wg_size count)
{
    wg_store_bits((uint8_t *)result, at, at_least(counter, layer->levels, limit) & wg_ones(count), count);
}

#else

static uint32_t counted(const WG_WORD *counter, wg_size levels, wg_size neuron)
{
    uint32_t sum = 0;
    for (wg_size k = levels; k-- > 0u;) {
        sum = sum << 1 | ((uint32_t)(counter[k] >> neuron) & 1u);
    }
    return sum;
}

static void finish_word(const wg_event_layer *layer, const WG_WORD *counter, uint32_t limit, void *result, wg_size at, wg_size count)
{
    for (wg_size n = 0; n < count; n++) {
        wg_put_i32(result, layer->result, at + n, (int32_t)counted(counter, layer->levels, n) - (int32_t)limit);
    }
}

#endif

void WG_NAME(const wg_event_layer *layer, void *sums, wg_size events, void *result, wg_size position)
{
    const WG_WORD *counter = (const WG_WORD *)sums;
    const uint32_t limit = layer->base + layer->least * events;
    wg_size at = (wg_size)(position * layer->neurons);
    for (wg_size left = layer->neurons; left; counter += layer->levels) {
        const wg_size count = left < WG_WORD_BITS ? left : WG_WORD_BITS;
        finish_word(layer, counter, limit, result, at, count);
        at += count;
        left -= count;
    }
}
