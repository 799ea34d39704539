/* Constant time: an event for each four inputs, spikes or not; the first of their sixteen rows is zeros. */
#define WG_NAME wg_gather_all_nibbles
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    while (count) {
        const wg_size most = 32u - (first & 7u), take = count < most ? count : most;
        uint32_t word = wg_load_bits((const uint8_t *)source, first, take);
        for (wg_size k = 0; k < take; k += 4u, word >>= 4) {
            *g->end++ = (uint16_t)((input + k) * 4u + (wg_size)(word & 15u));
        }
        wg_see_to_room(g);
        input += take;
        first += take;
        count -= take;
    }
}

#include "wg_gather.h"
