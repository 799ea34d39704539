/* Constant time: an event of two entries, row and value, for every byte. */
#define WG_NAME wg_gather_all_values
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    const uint8_t *values = (const uint8_t *)source + first;
    while (count) {
        const wg_size take = count < 16u ? count : 16u;
        for (wg_size i = 0; i < take; i++) {
            *g->end++ = (uint16_t)(input + i);
            *g->end++ = values[i];
        }
        wg_see_to_room(g);
        values += take;
        input += take;
        count -= take;
    }
}

#include "wg_gather.h"
