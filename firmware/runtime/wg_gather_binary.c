#include "wg_events.h"

/* The list empties, filled up with rows of zeros, which are no events. */
static void empty(wg_gathering *g)
{
    wg_size filled = 0;
    while ((wg_size)(g->end - g->list) & 7u) {
        *g->end++ = g->layer->zero_row;
        filled++;
    }
    wg_make_room(g);
    g->events -= filled;
}

/* The events of map k are added from bit k of the counters on, and each counts 2^k times. */
void wg_gather_binary(wg_gathering *g, const void *source, wg_place y, wg_place x)
{
    const wg_maps *maps = g->layer->maps;
    const uint8_t *map = (const uint8_t *)source;
    wg_size events = 0;
    for (uint8_t k = 0; k < maps->inputs; k++, map += maps->input_bytes, g->sums += maps->step) {
        g->events = 0;
        maps->gather(g, map, y, x);
        empty(g);
        events += g->events << k;
    }
    g->events = events;
}
