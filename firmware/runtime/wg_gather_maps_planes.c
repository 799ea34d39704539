/* Map after map: the events of map k are added from bit k of the counters on, and each counts 2^k times. */
#include "wg_events.h"

void wg_gather_maps_planes(wg_gathering *g, const void *source, wg_place y, wg_place x)
{
    const wg_maps *maps = g->layer->maps;
    const uint8_t *map = (const uint8_t *)source;
    wg_size events = 0;
    for (uint8_t k = 0; k < maps->inputs; k++, map += maps->input_bytes, g->sums += maps->step) {
        g->events = 0;
        maps->gather(g, map, y, x);
        wg_empty(g);
        events += (wg_size)(g->events << k);
    }
    g->events = events;
}
