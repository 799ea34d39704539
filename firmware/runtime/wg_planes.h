/* Bit-sliced sums: one neuron in each bit of a word.
 *
 * Weights are w = least + w' with 0 <= w' < 2^planes; plane k of a row holds bit k of the w' of one word of
 * neurons. A sum is a vertical counter: bit n of counters[k] is bit k of the sum of neuron n. Carry-save
 * adders take four rows at a time: 15 full adders of five operations each for rows of four planes, six for
 * rows of two, serve as many neurons as a word has bits. The generator proves that no counter overflows.
 *
 * Included once by each wg_planes_<planes>_w<bits>.c, which sets WG_NAME, WG_WORD and WG_PLANES. */
#include "whetgen_runtime.h"

/* c + a + b: the sum's bit stays in c, the carry is returned. */
static inline WG_WORD wg_full(WG_WORD *c, WG_WORD a, WG_WORD b)
{
    const WG_WORD half = *c ^ a, carry = (WG_WORD)((*c & a) | (half & b));
    *c = half ^ b;
    return carry;
}

/* c + a */
static inline WG_WORD wg_half(WG_WORD *c, WG_WORD a)
{
    const WG_WORD carry = *c & a;
    *c ^= a;
    return carry;
}

/* Carries that live on in the higher counters, which rarely takes more than two steps. */
static inline void wg_ripple(WG_WORD *counter, WG_WORD carry)
{
    while (carry) {
        carry = wg_half(counter++, carry);
    }
}

/* counters += the rows `list[0..count)` of `planes`; `count` MUST be a multiple of 4. */
void WG_NAME(const void WG_FLASH *planes, const uint16_t *list, wg_size count, void *counters)
{
    const WG_WORD WG_FLASH *rows = (const WG_WORD WG_FLASH *)planes;
    WG_WORD *counter = (WG_WORD *)counters;
    const uint16_t *end = list + count;
    WG_WORD c0 = counter[0], c1 = counter[1];
#if WG_PLANES > 1
    WG_WORD c2 = counter[2], c3 = counter[3];
#endif
#if WG_PLANES > 2
    WG_WORD c4 = counter[4];
#endif
#if WG_PLANES > 3
    WG_WORD c5 = counter[5];
#endif
    for (; list != end; list += 4) {
        const WG_WORD WG_FLASH *a = rows + (uint_fast16_t)list[0] * WG_PLANES;
        const WG_WORD WG_FLASH *b = rows + (uint_fast16_t)list[1] * WG_PLANES;
        const WG_WORD WG_FLASH *c = rows + (uint_fast16_t)list[2] * WG_PLANES;
        const WG_WORD WG_FLASH *d = rows + (uint_fast16_t)list[3] * WG_PLANES;
        WG_WORD x = wg_full(&c0, a[0], b[0]), y = wg_full(&c0, c[0], d[0]);
        x = wg_full(&c1, x, y);
#if WG_PLANES == 1
        wg_ripple(counter + 2, x);
#else
        y = wg_full(&c1, a[1], b[1]);
        WG_WORD z = wg_full(&c1, c[1], d[1]);
        x = wg_full(&c2, x, y);
#if WG_PLANES == 2
        y = wg_half(&c2, z);
        wg_ripple(counter + 4, wg_full(&c3, x, y));
#else
        y = wg_full(&c2, z, a[2]);
        z = wg_full(&c2, b[2], c[2]);
        WG_WORD v = wg_half(&c2, d[2]);
        x = wg_full(&c3, x, y);
        y = wg_full(&c3, z, v);
#if WG_PLANES == 3
        wg_ripple(counter + 5, wg_full(&c4, x, y));
#else
        z = wg_full(&c3, a[3], b[3]);
        v = wg_full(&c3, c[3], d[3]);
        x = wg_full(&c4, x, y);
        y = wg_full(&c4, z, v);
        wg_ripple(counter + 6, wg_full(&c5, x, y));
#endif
#endif
#endif
    }
    counter[0] = c0;
    counter[1] = c1;
#if WG_PLANES > 1
    counter[2] = c2;
    counter[3] = c3;
#endif
#if WG_PLANES > 2
    counter[4] = c4;
#endif
#if WG_PLANES > 3
    counter[5] = c5;
#endif
}
