/* COUNT numbers of 32 bits: the largest, the lowest of equals. */
#include "proof.h"

#include "wg_argmax_i32.c"

int main(void)
{
    int32_t source[COUNT];
    anything(source, sizeof source);
    const wg_size found = wg_argmax_i32(source, COUNT);
    PROVE(found < COUNT);
    for (unsigned k = 0; k < COUNT; k++) {
        PROVE(k < found ? source[k] < source[found] : source[k] <= source[found]);
    }
    return 0;
}
