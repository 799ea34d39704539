/* Four words of a row of lanes, added to four sums: the inner step of lanes. */
#ifndef WG_ROWS_H
#define WG_ROWS_H

#include "wg_flash.h"

/* Where the processor loads several words with one instruction, it should: the compiler does not see to it.
 * The rows never change, so the statements need not say that they read memory. */
#if defined(__GNUC__) && defined(__thumb2__)
#define WG_ADD_4(row, s0, s1, s2, s3)                                                                        \
    __asm__("ldmia %4, {r4, r5, r6, r8}\n\tadd %0, %0, r4\n\tadd %1, %1, r5\n\tadd %2, %2, r6\n\tadd %3, %3, r8" \
            : "+r"(s0), "+r"(s1), "+r"(s2), "+r"(s3) : "r"(row) : "r4", "r5", "r6", "r8")
#else
#define WG_ADD_4(row, s0, s1, s2, s3) ((void)(s0 += (row)[0], s1 += (row)[1], s2 += (row)[2], s3 += (row)[3]))
#endif

/* Row number `n` of rows of four words. */
#define WG_ROW_OF_4(rows, n) ((rows) + (uint_fast16_t)(n) * 4u)

/* The rows of four numbers in a list; the addresses are known before the first row is added. */
#define WG_ADD_4_ROWS_OF_4(rows, list, s0, s1, s2, s3)                                                                  \
    do {                                                                                                                \
        const uint32_t WG_FLASH *a_ = WG_ROW_OF_4(rows, (list)[0]), *b_ = WG_ROW_OF_4(rows, (list)[1]);         \
        const uint32_t WG_FLASH *c_ = WG_ROW_OF_4(rows, (list)[2]), *d_ = WG_ROW_OF_4(rows, (list)[3]);         \
        WG_ADD_4(a_, s0, s1, s2, s3);                                                                                    \
        WG_ADD_4(b_, s0, s1, s2, s3);                                                                                    \
        WG_ADD_4(c_, s0, s1, s2, s3);                                                                                    \
        WG_ADD_4(d_, s0, s1, s2, s3);                                                                                    \
    } while (0)

#endif
