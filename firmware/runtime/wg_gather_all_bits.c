/* Constant time: an entry for every input, the row of zeros where there is no spike. */
#define WG_NAME wg_gather_all_bits
#include "wg_events.h"

static inline void list_run(wg_gathering *g, const void *source, wg_size first, wg_size count, wg_size input)
{
    const wg_size zero = g->layer->zero_row;
    while (count) {
        const wg_size most = 32u - (first & 7u), take = count < most ? count : most;
        uint32_t word = wg_load_bits((const uint8_t *)source, first, take);
        for (wg_size k = 0; k < take; k++, word >>= 1, input++) {
            const wg_size spike = (wg_size)(0u - (word & 1u)); /* all ones or 0 */
            *g->end++ = (uint16_t)((input & spike) | (zero & ~spike));
        }
        wg_see_to_room(g);
        first += take;
        count -= take;
    }
}

#include "wg_gather.h"
