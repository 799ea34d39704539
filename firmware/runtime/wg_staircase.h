/* Neurons of several thresholds, up to 15: a search for how many the sum reaches, many neurons at once.
 *
 * A value of k bits is found bit by bit, the highest first. Bit j is 1 where the sum reaches threshold number
 * prefix * 2^(j + 1) + 2^j, whose prefix are the bits that are known. `start` has subtracted the first one, number 2^(k - 1),
 * and half of the range is added, so that the top bit of the sum tells the highest bit of the value. The table of nodes says
 * how far from the first the others are, plus half of the range, in the order in which they are read: for j = k - 2 down to
 * 0 those of all prefixes, ascending. Where there is no threshold of such a number the bit is never 1 (wg_never). */
#ifndef WG_STAIRCASE_H
#define WG_STAIRCASE_H

#include "wg_events.h"

#define WG_MOST_BITS 4

/* The highest of so many prefixes that a value can have in front of bit j: behind it alone there may be no threshold. */
static inline wg_size wg_highest_prefix(wg_size thresholds, wg_size j, wg_size prefixes)
{
    return prefixes == 2u ? 1u : thresholds >> (j + 1u);
}

/* All ones where there is none, and bit j is never 1 behind that prefix; else 0. */
static inline uint32_t wg_never(wg_size thresholds, wg_size j)
{
    return thresholds >> j & 1u ? 0u : UINT32_MAX;
}

/* The nodes of a position, of values of so many bits. */
static inline const uint8_t WG_FLASH *wg_nodes(const wg_event_layer *layer, wg_size position, wg_size bits)
{
    const wg_size row = layer->row_of ? layer->row_of[position] : (wg_size)(position * layer->row_step);
    const wg_size sums_bytes = (wg_size)((wg_size)layer->blocks * layer->block_bytes);
    return (const uint8_t WG_FLASH *)layer->maps->nodes + row * ((((wg_size)1 << bits) - 2u) * sums_bytes);
}

/* Bit n of bits[k] is bit k of value number `at` + n of the result. */
void wg_store_values(const wg_event_layer *layer, const uint32_t *bits, void *result, wg_size at, wg_size count);

#endif
