/* An event for each four inputs of which any is a spike: row 16 n + value, where nibble n of the window
 * holds the value. Runs of inputs start at whole nibbles, in the window and in the tensor. */
#define WG_NAME wg_gather_nibbles
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    while (count) {
        const wg_size most = 32u - (first & 7u), take = count < most ? count : most;
        wg_size row = input * 4u;
        for (uint32_t word = wg_load_bits((const uint8_t *)source, first, take); word; word >>= 4, row += 16u) {
            if (word & 15u) {
                *g->end++ = (uint16_t)(row + (word & 15u));
            }
        }
        wg_see_to_room(g);
        input += take;
        first += take;
        count -= take;
    }
}

#include "wg_gather.h"
