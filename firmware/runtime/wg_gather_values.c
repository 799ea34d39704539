/* An event of two entries, row and value, for each byte that is not 0. */
#define WG_NAME wg_gather_values
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    const uint8_t *values = (const uint8_t *)source + first;
    while (count) {
        const wg_size take = count < 16u ? count : 16u;
        uint16_t *end = g->end;
        for (wg_size i = 0; i < take; i++) {
            if (values[i]) {
                *end++ = (uint16_t)(input + i);
                *end++ = values[i];
            }
        }
        g->end = end;
        wg_see_to_room(g);
        values += take;
        input += take;
        count -= take;
    }
}

#include "wg_gather.h"
