/* Weights -1, 0 and 1, stored as 0 to 2 in lanes of 4 bits: 7 rows fit a lane, 7 * 2 < 16, and 126 rows its byte. */
#include "wg_rows.h"
#include "wg_widen.h"
#include "whetgen_runtime.h"

#define WG_RUN 7u
#define WG_MOST 126u
#define WG_LOW UINT32_C(0x0F0F0F0F)

/* Lanes 0, 2, 4 and 6 of a word are added to one word of bytes, lanes 1, 3, 5 and 7 to the next. */
static inline void to_bytes(uint32_t *bytes, uint32_t lanes)
{
    bytes[0] += lanes & WG_LOW;
    bytes[1] += lanes >> 4 & WG_LOW;
}

/* The rows of `count` numbers in a list, at most a run. */
static inline void add_rows(const uint32_t WG_FLASH *rows, const uint16_t *list, wg_size count, uint32_t *bytes)
{
    uint32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (; count; count--) {
        const uint32_t WG_FLASH *row = WG_ROW_OF_4(rows, *list++);
        WG_ADD_4(row, s0, s1, s2, s3);
    }
    to_bytes(bytes, s0);
    to_bytes(bytes + 2, s1);
    to_bytes(bytes + 4, s2);
    to_bytes(bytes + 6, s3);
}

/* A whole run of rows. The compiler would keep neither the sums in registers nor move the bytes several at once. */
#if defined(__GNUC__) && defined(__thumb2__)
#define WG_FETCH(words) "ldrh %2, [%0], #2\n\tadd %2, %3, %2, lsl #4\n\tldmia %2, {" words "}\n\t"
#define WG_ADD WG_FETCH("r4, r5, r6, r8") "add r0, r4\n\tadd r1, r5\n\tadd r2, r6\n\tadd r3, r8\n\t"
#define WG_TO_BYTES(lanes, even, odd)                                          \
    "and %2, " lanes ", #0x0F0F0F0F\n\tadd " even ", %2\n\t"                   \
    "and %2, " lanes ", #0xF0F0F0F0\n\tadd " odd ", " odd ", %2, lsr #4\n\t"
#define WG_TO_4(lanes, more)                                                                                          \
    "ldmia %1, {r4, r5, r6, r8}\n\t" WG_TO_BYTES(lanes, "r4", "r5") WG_TO_BYTES(more, "r6", "r8") "stmia %1!, {r4, r5, r6, r8}\n\t"

static inline const uint16_t *add_run(const uint32_t WG_FLASH *rows, const uint16_t *list, uint32_t *bytes)
{
    uint32_t at;
    __asm__ volatile(WG_FETCH("r0, r1, r2, r3") WG_ADD WG_ADD WG_ADD WG_ADD WG_ADD WG_ADD WG_TO_4("r0", "r1") WG_TO_4("r2", "r3")
                     : "+r"(list), "+r"(bytes), "=&r"(at)
                     : "r"(rows)
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "cc", "memory");
    return list;
}
#else
static inline const uint16_t *add_run(const uint32_t WG_FLASH *rows, const uint16_t *list, uint32_t *bytes)
{
    add_rows(rows, list, WG_RUN, bytes);
    return list + WG_RUN;
}
#endif

void wg_widened_4(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums)
{
    const uint32_t WG_FLASH *weights = (const uint32_t WG_FLASH *)rows;
    uint32_t *sum = (uint32_t *)sums;
    while (count) {
        uint32_t bytes[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        wg_size left = count < WG_MOST ? count : WG_MOST;
        for (count -= left; left >= WG_RUN; left -= WG_RUN) {
            list = add_run(weights, list, bytes);
        }
        if (left) {
            add_rows(weights, list, left, bytes);
            list += left;
        }
        for (wg_size k = 0; k < 8u; k++) {
            wg_widen(sum + 2u * k, bytes[k]);
        }
    }
}
