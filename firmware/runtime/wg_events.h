/* Rows that a window of spikes selects: the first half of every event-driven kernel.
 *
 * A layer has one row of weights for each input of its window, and one more, all zeros, at the end.
 * An event is the number of a row whose input is not 0. Cost follows the number of events. */
#ifndef WG_EVENTS_H
#define WG_EVENTS_H

#include "wg_bits.h"
#include "wg_elements.h"

/* One position's list of events on its way to the kernel. */
struct wg_gathering {
    const wg_event_layer *layer;
    const uint8_t WG_FLASH *start; /* what the sums are before the first event */
    uint8_t *sums;
    uint16_t *list, *end;
    wg_size events; /* taken out of the list already */
};

/* Add whole groups of the list's events to the sums and take them out of the list. */
void wg_make_room(wg_gathering *g);

/* Add all of them, filled up with rows of zeros to whole groups of four. */
void wg_empty(wg_gathering *g);

/* Room for the 32 entries that the next word of inputs may add. */
static inline void wg_see_to_room(wg_gathering *g)
{
    if (g->end > g->list + (g->layer->list - 32u)) {
        wg_make_room(g);
    }
}

#endif
