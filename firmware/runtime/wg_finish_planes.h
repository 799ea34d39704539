/* What becomes of vertical counters. With `n` events a counter holds sum - least n + base, so the sum
 * reaches its threshold, which `start` has subtracted, when the counter reaches base + least n (`limit`).
 * Included once by each wg_finish_planes_w<bits>.c, which sets WG_NAME, WG_WORD and WG_WORD_BITS. */
#include "wg_events.h"

/* Bit n is 1 where counter n >= limit: the comparison runs from the lowest bit, all neurons at once. */
static WG_WORD at_least(const WG_WORD *counter, uint32_t levels, uint32_t limit)
{
    WG_WORD reached = (WG_WORD)UINT32_MAX;
    for (wg_size k = 0; k < levels; k++, limit >>= 1) {
        reached = limit & 1u ? (WG_WORD)(counter[k] & reached) : (WG_WORD)(counter[k] | reached);
    }
    return reached;
}

static uint32_t counted(const WG_WORD *counter, wg_size levels, wg_size neuron)
{
    uint32_t sum = 0;
    for (wg_size k = levels; k-- > 0u;) {
        sum = sum << 1 | ((uint32_t)(counter[k] >> neuron) & 1u);
    }
    return sum;
}

void WG_NAME(const wg_event_layer *layer, const void *sums, wg_size events, void *result, wg_size position)
{
    const WG_WORD *counter = (const WG_WORD *)sums;
    const uint32_t limit = layer->base + layer->least * events, levels = layer->levels;
    wg_size at = position * layer->neurons, left = layer->neurons;
    for (; left; counter += levels) {
        const wg_size count = left < WG_WORD_BITS ? left : WG_WORD_BITS;
        if (layer->fire) {
            const uint32_t mask = UINT32_MAX >> (32u - count);
            wg_store_bits((uint8_t *)result, at, at_least(counter, levels, limit) & mask, count);
        } else {
            for (wg_size n = 0; n < count; n++) {
                wg_put_i32(result, layer->result, at + n, (int32_t)counted(counter, levels, n) - (int32_t)limit);
            }
        }
        at += count;
        left -= count;
    }
}
