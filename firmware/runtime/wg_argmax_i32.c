#include "whetgen_runtime.h"

wg_size wg_argmax_i32(const int32_t *source, wg_size count)
{
    wg_size best = 0;
    for (wg_size i = 1; i < count; i++) {
        if (source[i] > source[best]) {
            best = i;
        }
    }
    return best;
}
