#include "wg_events.h"

/* Map by map, as often as it counts; an input has the same row in each. */
void wg_gather_maps(wg_gathering *g, const void *source, wg_place y, wg_place x)
{
    const wg_maps *maps = g->layer->maps;
    const uint8_t *map = (const uint8_t *)source;
    for (uint8_t k = 0; k < maps->inputs; k++, map += maps->input_bytes) {
        for (wg_size times = maps->binary ? (wg_size)1 << k : 1u; times; times--) {
            maps->gather(g, map, y, x);
        }
    }
}
