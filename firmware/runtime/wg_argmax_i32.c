#include "whetgen_runtime.h"

wg_size wg_argmax_i32(const int32_t *source, wg_size count)
{
    wg_size best = 0;
    for (wg_size i = 1; i < count; i++) {
        const wg_size larger = (wg_size)(0u - (wg_size)(source[i] > source[best])); /* all ones or 0 */
        best = (i & larger) | (best & ~larger);
    }
    return best;
}
