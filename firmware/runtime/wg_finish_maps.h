/* Neurons of several thresholds: sums that stand under the highest threshold are compared, raised to the next lower
 * one and compared again, a map of bits for each.
 * Included once by each wg_finish_maps_<...>.c, which sets WG_NAME, WG_WORD and, for vertical counters, WG_COUNTERS. */
#include "wg_events.h"

/* sums += fall; returns where the next fall begins. */
static const WG_WORD WG_FLASH *raise(const wg_event_layer *layer, WG_WORD *sum, const WG_WORD WG_FLASH *fall)
{
#ifdef WG_COUNTERS
    for (wg_size block = layer->blocks; block; block--) {
        WG_WORD carry = 0;
        for (wg_size k = layer->levels; k; k--, sum++) {
            const WG_WORD add = *fall++, half = *sum ^ add, both = *sum & add;
            *sum = half ^ carry;
            carry = (WG_WORD)(both | (half & carry));
        }
    }
#else
    for (wg_size words = (wg_size)layer->blocks * layer->block_bytes / sizeof *sum; words; words--) {
        *sum++ += *fall++;
    }
#endif
    return fall;
}

void WG_NAME(const wg_event_layer *layer, void *sums, wg_size events, void *result, wg_size position)
{
    const wg_maps *maps = layer->maps;
    const wg_size row = layer->row_of ? layer->row_of[position] : (wg_size)(position * layer->row_step);
    const wg_size row_bytes = (wg_size)layer->blocks * layer->block_bytes * (maps->results - 1u);
    const WG_WORD WG_FLASH *fall = (const WG_WORD WG_FLASH *)maps->falls + row * (row_bytes / sizeof *fall);
    uint8_t *map = (uint8_t *)result + maps->result_bytes * (maps->results - 1u);
    for (; map != result; map -= maps->result_bytes) {
        if (position == 0u) { /* map 0 is cleared already */
            memset(map, 0, maps->result_bytes);
        }
        maps->finish(layer, sums, events, map, position);
        fall = raise(layer, (WG_WORD *)sums, fall);
    }
    maps->finish(layer, sums, events, map, position);
}
