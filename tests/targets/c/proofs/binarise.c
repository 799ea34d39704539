/* COUNT bytes, any threshold: bit k tells whether byte k reaches it, of wg_binarise_half whether it reaches 128. */
#include "proof.h"

#include "wg_binarise.c"
#include "wg_binarise_half.c"

int main(void)
{
    uint8_t source[COUNT], result[(COUNT + 7) / 8], half[(COUNT + 7) / 8];
    anything(source, COUNT);
    const wg_binarise_layer layer = {.count = COUNT, .threshold = nondet_uchar()};
    ASSUME(layer.threshold > 0);
    wg_binarise(&layer, source, result);
    wg_binarise_half(&layer, source, half);
    for (unsigned k = 0; k < COUNT; k++) {
        PROVE(bit(result, k) == (source[k] >= layer.threshold));
        PROVE(bit(half, k) == (source[k] >= 128));
    }
    return 0;
}
