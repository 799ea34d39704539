#include "wg_elements.h"

uint32_t wg_argmax(const void *source, uint8_t kind, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (wg_get(source, kind, i) > wg_get(source, kind, best)) {
            best = i;
        }
    }
    return best;
}
