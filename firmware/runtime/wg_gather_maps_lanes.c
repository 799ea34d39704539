/* Map after map, that of the highest bits first; sums are added to themselves from one to the next, and `start` at the end. */
#include "wg_events.h"

void wg_gather_maps_lanes(wg_gathering *g, const void *source, wg_place y, wg_place x)
{
    const wg_maps *maps = g->layer->maps;
    const uint8_t *map = (const uint8_t *)source + maps->inputs * maps->input_bytes;
    const uint32_t WG_FLASH *start = (const uint32_t WG_FLASH *)g->start;
    uint32_t *const sum = (uint32_t *)g->sums;
    const wg_size words = (wg_size)((wg_size)g->layer->blocks * g->layer->block_bytes / 4u);
    memset(sum, 0, words * 4u);
    for (uint8_t k = maps->inputs; k; k--) {
        for (wg_size n = 0; n < words; n++) {
            sum[n] += sum[n];
        }
        g->events = (wg_size)(g->events * 2u);
        map -= maps->input_bytes;
        maps->gather(g, map, y, x);
        wg_empty(g);
    }
    for (wg_size n = 0; n < words; n++) {
        sum[n] += start[n];
    }
}
