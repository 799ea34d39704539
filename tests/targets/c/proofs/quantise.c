/* COUNT bytes through any table of values of four bits: bit m of each value goes to map m. */
#include "proof.h"

#include "wg_quantise.c"

int main(void)
{
    static uint8_t values[256];
    uint8_t source[COUNT], result[4 * ((COUNT + 7) / 8)];
    anything(source, COUNT);
    for (unsigned k = 0; k < COUNT; k++) {
        values[source[k]] = nondet_uchar() & 15u;
    }
    const wg_quantise_layer layer = {.count = COUNT, .maps = 4, .values = values};
    wg_quantise(&layer, source, result);
    for (unsigned k = 0; k < COUNT; k++) {
        for (unsigned map = 0; map < 4u; map++) {
            PROVE(bit(result + map * ((COUNT + 7) / 8), k) == (values[source[k]] >> map & 1));
        }
    }
    return 0;
}
