/* Spikes out of spikes, 32 neurons at a time, whose sums stay in registers: no list of events, the walk along the
 * bits of the input steps through the rows of weights itself. Least cost where a position has few events and few
 * neurons, as in convolutions. A row holds 8 words of lanes of 8 bits (wg_lanes.h).
 *
 * Included once by each wg_walk_<bits of a sum>.c, which sets WG_NAME and, for lanes of 8 bits that do not hold the
 * sums but only `base` rows of w + least, WG_WIDENED. */
#include "wg_elements.h"
#include "wg_rows.h"
#include "wg_widen.h"

/* WG_WALK adds the rows of a word's spikes: `row` belongs to the first bit. It ends with `word` 0 or, in the widened
 * form, with `room` 0, the last spike taken still in its place. The optimised form has the bits in reverse order, so
 * that two instructions reach the next spike, and needs every register that there is: with a frame pointer, 13. */
#if defined(__GNUC__) && defined(__thumb2__) && defined(__OPTIMIZE__)
static inline uint32_t in_order(uint32_t word)
{
    __asm__("rbit %0, %0" : "+r"(word));
    return word;
}
#define WG_PASS(word) ((word) << 1)
#define WG_HOME(name, home) register uint32_t name __asm__(home)
#ifdef WG_WIDENED
#define WG_COUNT "subs %10, %10, #1\n\tbeq 1f\n\t"
#define WG_ROOM , "+r"(room)
#else
#define WG_COUNT
#define WG_ROOM
#endif
#define WG_WALK()                                                                                       \
    __asm__("0:\n\tclz r0, %9\n\tadd %8, %8, r0, lsl #5\n\tlsl %9, %9, r0\n\t"                         \
            "ldmia %8!, {r0, r1}\n\tadd %0, %0, r0\n\tadd %1, %1, r1\n\t"                              \
            "ldmia %8!, {r0, r1}\n\tadd %2, %2, r0\n\tadd %3, %3, r1\n\t"                              \
            "ldmia %8!, {r0, r1}\n\tadd %4, %4, r0\n\tadd %5, %5, r1\n\t"                              \
            "ldmia %8!, {r0, r1}\n\tadd %6, %6, r0\n\tadd %7, %7, r1\n\t"                              \
            WG_COUNT "lsls %9, %9, #1\n\tbne 0b\n1:"                                                  \
            : "+r"(s0), "+r"(s1), "+r"(s2), "+r"(s3), "+r"(s4), "+r"(s5), "+r"(s6), "+r"(s7), "+r"(row), "+r"(word) WG_ROOM \
            : : "r0", "r1", "cc")
#else
static inline uint32_t in_order(uint32_t word)
{
    return word;
}
#define WG_PASS(word) ((word) >> 1)
#define WG_HOME(name, home) uint32_t name
#ifdef WG_WIDENED
#define WG_COUNT if (--room == 0u) break
#else
#define WG_COUNT (void)0
#endif
#define WG_WALK()                                                                                       \
    do {                                                                                                \
        const uint32_t zeros = wg_lowest(word);                                                         \
        row += zeros * 8u;                                                                              \
        word >>= zeros;                                                                                 \
        s0 += row[0], s1 += row[1], s2 += row[2], s3 += row[3], s4 += row[4], s5 += row[5], s6 += row[6], s7 += row[7]; \
        row += 8;                                                                                       \
        WG_COUNT;                                                                                       \
        word = WG_PASS(word);                                                                           \
    } while (word)
#endif

/* The sums, in registers that no call spoils; r7 may be the frame pointer. Left to itself the compiler moves
 * them about between two words, which costs as much as two spikes. */
#define WG_SUMS                                                                  \
    WG_HOME(s0, "r4"); WG_HOME(s1, "r5"); WG_HOME(s2, "r6"); WG_HOME(s3, "r8");  \
    WG_HOME(s4, "r9"); WG_HOME(s5, "r10"); WG_HOME(s6, "r11"); uint32_t s7

/* What a walk knows: where it is in the window of one position, and the sums of one chunk. */
typedef struct {
    wg_size first, count, down; /* bits of the source: the first of a row, of a row, from row to row */
    wg_size lines, skip;        /* rows of the map; weights from one to the next beyond those that are passed */
} walk;

#ifdef WG_WIDENED
#define WG_EACH(step) step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7)

/* to = from + bytes; they may be the same. */
WG_APART static void widen(uint32_t *to, const uint32_t *from, const uint32_t *bytes)
{
#define WG_STEP(k) to[2 * k] = wg_add_even(from[2 * k], bytes[k]); to[2 * k + 1] = wg_add_odd(from[2 * k + 1], bytes[k]);
    WG_EACH(WG_STEP)
#undef WG_STEP
}

/* The spikes, once the last bytes are in: the top bits of the words, each shifted by one more than the next one's. */
WG_APART static uint32_t reached(const uint32_t *from, const uint32_t *bytes, uint32_t less)
{
    const uint32_t tops = UINT32_C(0x80008000);
    uint32_t spikes = 0;
#define WG_STEP(k)                                                                       \
    spikes = spikes >> 1 | ((wg_add_even(from[2 * k], bytes[k]) - less) & tops);         \
    spikes = spikes >> 1 | ((wg_add_odd(from[2 * k + 1], bytes[k]) - less) & tops);
    WG_EACH(WG_STEP)
#undef WG_STEP
    return spikes;
}
#endif

/* The spikes of one chunk. */
static uint32_t walk_window(const walk *at, const wg_event_layer *layer, const uint32_t WG_FLASH *row, const uint32_t WG_FLASH *start, const uint8_t *source)
{
#ifdef WG_WIDENED
    WG_SUMS;
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0;
    uint32_t sums[16];
#if defined(__AVR__) /* flash is read in another way */
    const uint32_t *const first_sums = sums;
    for (uint8_t k = 0; k < 16u; k++) {
        sums[k] = start[k];
    }
#else
    const uint32_t *const first_sums = start;
#endif
    const wg_size run = (wg_size)layer->base;
    wg_size room = run, full = 0;
#else
    WG_SUMS;
    s0 = start[0], s1 = start[1], s2 = start[2], s3 = start[3];
    s4 = start[4], s5 = start[5], s6 = start[6], s7 = start[7];
#endif
    wg_size first = at->first;
    for (wg_size lines = at->lines; lines; lines--, first += at->down, row += at->skip) {
        wg_size from = first, count = at->count;
        while (count) {
            const wg_size most = 32u - (from & 7u), take = count < most ? count : most;
            const uint32_t WG_FLASH *const next = row + take * 8u;
            uint32_t word = in_order(wg_load_bits(source, from, take));
            from += take; /* here, so that nothing but `next` waits for the end of the walk */
            count -= take;
            while (word) {
                WG_WALK();
#ifdef WG_WIDENED
                if (room == 0u) {
                    const uint32_t bytes[8] = {s0, s1, s2, s3, s4, s5, s6, s7};
                    widen(sums, full ? sums : first_sums, bytes);
                    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0;
                    room = run;
                    full += run;
                    word = WG_PASS(word);
                }
#endif
            }
            row = next;
        }
    }
#ifdef WG_WIDENED
    const uint32_t bytes[8] = {s0, s1, s2, s3, s4, s5, s6, s7};
    return reached(full ? sums : first_sums, bytes, layer->least * (full + run - room));
#else
    const uint32_t mask = UINT32_C(0x80808080);
    (void)layer;
    return (s7 & mask) | (s6 & mask) >> 1 | (s5 & mask) >> 2 | (s4 & mask) >> 3
        | (s3 & mask) >> 4 | (s2 & mask) >> 5 | (s1 & mask) >> 6 | (s0 & mask) >> 7;
#endif
}

/* The part of the window at `y` and `x` (negative: in the padding) that lies on the map; returns its first input. */
static inline wg_size place(walk *at, const wg_event_layer *layer, int32_t y, int32_t x)
{
    const wg_window *w = &layer->window;
    wg_size top = 0, bottom = w->kernel_height, left = 0, right = w->kernel_width;
    if (layer->padded) {
        wg_clip(y, bottom, 1u, w->height, &top, &bottom);
        wg_clip(x, right, 1u, w->width, &left, &right);
    }
    const int32_t line = y + (int32_t)top, column = x + (int32_t)left;
    at->lines = bottom > top && right > left ? bottom - top : 0u;
    at->first = (wg_size)(line * w->width + column) * w->channels;
    at->count = (wg_size)(right - left) * w->channels;
    at->skip = (wg_size)(w->kernel_width * w->channels - at->count) * 8u;
    return (wg_size)(top * w->kernel_width + left) * w->channels;
}

void WG_NAME(const wg_event_layer *layer, const void *source, void *result)
{
    const wg_window *w = &layer->window;
    const uint32_t WG_FLASH *const rows = (const uint32_t WG_FLASH *)layer->pass->rows;
    const wg_size start_words = (wg_size)(layer->blocks * layer->block_bytes) / 4u;
    const wg_size block_words = (wg_size)(layer->pass->block_bytes / 4u);
    wg_size position = 0, written = 0;
    walk at;
    at.down = (wg_size)(w->width * w->channels);
    if (layer->neurons & 7u) { /* whole bytes are written, others added to */
        memset(result, 0, ((wg_size)w->out_height * w->out_width * layer->neurons + 7u) / 8u);
    }
    for (wg_size y = 0; y < w->out_height; y++) {
        for (wg_size x = 0; x < w->out_width; x++, position++) {
            const wg_size kind = layer->row_of ? layer->row_of[position] : (wg_size)(position * layer->row_step);
            const uint32_t WG_FLASH *start = (const uint32_t WG_FLASH *)layer->start + kind * start_words;
            const uint32_t WG_FLASH *row = rows + place(&at, layer, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left) * 8u;
            for (wg_size left = layer->neurons; left;) {
                const wg_size count = left < 32u ? left : 32u;
                wg_store_bits((uint8_t *)result, written, walk_window(&at, layer, row, start, (const uint8_t *)source) & wg_ones(count), count);
                written += count;
                left -= count;
                row += block_words;
                start += layer->block_bytes / 4u;
            }
        }
    }
}
