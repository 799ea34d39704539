/* How many thresholds a sum reaches, written as an element. */
#ifndef WG_REACHED_H
#define WG_REACHED_H

#include "wg_elements.h"

/* The highest bit that a number of reached thresholds may have. */
static inline wg_size wg_highest_bit(const wg_finish *finish)
{
    wg_size bit = 1;
    while (bit * 2u <= finish->fire) {
        bit *= 2u;
    }
    return bit;
}

/* A search for that number, bit by bit: the entry of the row that decides whether `reached` gets another `bit`, which it
 * never does beyond the last threshold. */
static inline uint32_t wg_entry_for(const wg_finish *finish, wg_size reached, wg_size bit)
{
    const wg_size number = reached + bit;
    return ((number < finish->fire ? number : finish->fire) - 1u) * finish->channels;
}

/* The same number, or with `bit`; no instruction more for either. */
static inline wg_size wg_more(const wg_finish *finish, wg_size reached, wg_size bit, int at_least)
{
    const unsigned exists = reached + bit <= finish->fire;
    return (wg_size)(reached + (bit & (wg_size)(0u - (exists & (unsigned)at_least))));
}

/* The first map is cleared already; before the first position the others are. */
static inline void wg_clear_further(const wg_finish *finish, void *result, uint32_t position)
{
    if (position == 0u && finish->result.kind == WG_BIT) {
        memset((uint8_t *)result + finish->map_bytes, 0, finish->result.words * finish->map_bytes);
    }
}

/* Element i becomes `reached`: a number, or a bit in each map, which MUST start as 0. */
static inline void wg_put_reached(const wg_finish *finish, void *result, wg_size i, wg_size reached)
{
    uint8_t *map = (uint8_t *)result;
    if (finish->result.kind != WG_BIT) {
        wg_put(result, finish->result.kind, i, (int64_t)reached);
        return;
    }
    for (wg_size k = 0; k <= finish->result.words; k++, reached >>= 1, map += finish->map_bytes) {
        wg_put_i32(map, WG_BIT, i, (int32_t)(reached & 1u));
    }
}

#endif
