/* An event for each spike. */
#define WG_NAME wg_gather_bits
#include "wg_events.h"

/* Append the numbers of the set bits of a word, counted from `row`; returns the new end of the list. */
static uint16_t *list_bits(uint16_t *list, uint32_t word, wg_size row)
{
#if defined(__AVR__)
    for (; word; word >>= 8, row += 8u) {
        uint16_t at = (uint16_t)row;
        for (uint8_t byte = (uint8_t)word; byte; byte = (uint8_t)(byte >> 1), at++) {
            if (byte & 1u) {
                *list++ = at;
            }
        }
    }
#else
    while (word) {
        *list++ = (uint16_t)(row + wg_lowest(word));
        word &= word - 1u;
    }
#endif
    return list;
}

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    while (count) {
        const wg_size most = 32u - (first & 7u), take = count < most ? count : most;
        g->end = list_bits(g->end, wg_load_bits((const uint8_t *)source, first, take), input);
        wg_see_to_room(g);
        input += take;
        first += take;
        count -= take;
    }
}

#include "wg_gather.h"
