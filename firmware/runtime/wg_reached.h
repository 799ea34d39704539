/* How many thresholds a sum reaches, written as an element. */
#ifndef WG_REACHED_H
#define WG_REACHED_H

#include "wg_elements.h"

/* Element i becomes `reached`: a number, or a bit in each map, which MUST start as 0. */
static inline void wg_put_reached(const wg_finish *finish, void *result, wg_size i, wg_size reached)
{
    uint8_t *map = (uint8_t *)result;
    if (finish->result.kind != WG_BIT) {
        wg_put(result, finish->result.kind, i, (int64_t)reached);
        return;
    }
    for (wg_size k = 0; k <= finish->result.words; k++, reached >>= 1, map += finish->map_bytes) {
        wg_put_i32(map, WG_BIT, i, (int32_t)(reached & 1u));
    }
}

#endif
