/* No events: the values of the window in order, for wg_pairs_x4.c. What lies on padding is 0. */
#define WG_NAME wg_gather_pairs
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    const uint8_t *values = (const uint8_t *)source + first;
    uint16_t *end = g->end, *const from = g->list + input;
    while (end != from) {
        *end++ = 0;
    }
    for (const uint8_t *const last = values + count; values != last;) {
        *end++ = *values++;
    }
    g->end = end;
}

#include "wg_gather.h"
