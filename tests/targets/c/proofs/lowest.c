/* Any word: the lowest set bit, by de Bruijn's sequence, and the number of ones, without an instruction that counts. */
#include "proof.h"

#undef __x86_64__
#undef __aarch64__
#undef __POPCNT__
#define WG_PLANES 1
#define WG_NAME wg_popcount_1
#include "wg_popcount.h"

int main(void)
{
    const uint32_t word = nondet_uint();
    uint32_t ones = 0;
    for (unsigned k = 0; k < 32u; k++) {
        ones += word >> k & 1u;
    }
    PROVE(count_ones(word) == ones);
    ASSUME(word != 0);
    const uint32_t lowest = wg_lowest(word);
    PROVE(lowest < 32u && (word >> lowest & 1u) && (word & (((uint32_t)1 << lowest) - 1u)) == 0);
    return 0;
}
