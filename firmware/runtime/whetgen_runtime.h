/* Kernels of the networks that whetgen generates. C99, only <stdint.h> and <string.h>.
 *
 * A generated file holds tables and layer records; all logic is here, the same for every network.
 * No kernel allocates, recurses, uses floats or keeps writable statics: the caller owns all memory.
 *
 * DATA LAYOUT. A tensor is an array of elements, row-major, channels last, in one of these kinds:
 *
 *   WG_BIT    eight elements a byte, the first in the least significant bit; the unused high bits of
 *             the last byte have no meaning in a tensor that is read, and are 0 in one that is written;
 *             elements of several bits are several such maps, one behind the other: bit k of each in map k
 *   WG_U4     two elements a byte, the first in the low nibble (only as the network's input)
 *   WG_U8, WG_I8, WG_I16, WG_I32, WG_I64   one element each, in the machine's byte order, aligned
 *   WG_WIDE   `words` uint32_t an element, two's complement, least significant word first
 *
 * Sums have one of three kinds: int32_t, int64_t or wide words. The generator proves that neither a
 * sum nor any partial sum leaves its kind, so no kernel checks for overflow. Wide sums are computed
 * modulo 2^(32 words), so there only the final value must fit.
 *
 * In every function: pointers to int kinds MUST be aligned for their kind; source and result MUST NOT
 * overlap; `sums` is scratch of `channels` sums and MUST NOT overlap anything else.
 */
#ifndef WHETGEN_RUNTIME_H
#define WHETGEN_RUNTIME_H

#include "wg_flash.h"

/* Version of the records below. A generated file states the one it was made for. */
#define WHETGEN_RUNTIME_FORMAT 5

/* Called after each kernel call of a network; a profiler may define it, else it is nothing. */
#ifndef WG_AFTER_LAYER
#define WG_AFTER_LAYER(number) ((void)0)
#endif

enum { WG_BIT, WG_U4, WG_U8, WG_I8, WG_I16, WG_I32, WG_I64, WG_WIDE };

/* First address in `memory` that suits every kind; at most 7 bytes are skipped. */
static inline uint8_t *wg_align(void *memory)
{
    uint8_t *bytes = (uint8_t *)memory;
    return bytes + (0u - (uintptr_t)bytes) % 8u;
}

/* How a tensor is stored. `words`: of an element of WG_WIDE; of WG_BIT, how many maps follow the first. */
typedef struct {
    uint8_t kind;
    uint16_t words;
} wg_elements;

/* A constant array; `data` is a null pointer where all of it is zero. */
typedef struct {
    const void WG_FLASH *data;
    wg_elements elements;
} wg_table;

/* What becomes of the sums of one position. Row r of `rows` holds one entry a channel:
 * with `fire` 1, thresholds: the result is 1 where sum >= entry, else 0;
 * with `fire` above 1, so many such rows, thresholds in ascending order: the result is how many of them the sum reaches;
 * without, biases: the result is sum + entry.
 * Position p uses row `row_of[p]`, or p * row_step where `row_of` has no data. */
typedef struct {
    uint32_t channels;
    uint16_t words; /* of a wide sum */
    uint8_t fire;
    uint8_t row_step;
    wg_table rows;
    wg_table row_of;
    wg_elements result;
    uint32_t map_bytes; /* of a result of several maps, from one to the next */
} wg_finish;

/* The arithmetic of one kind of sum. */
typedef struct {
    /* All `finish->channels` sums become 0. */
    void (*clear)(const wg_finish *finish, void *sums);
    /* sums[c] += factor[c] * source[first + c]; the factors start at `factor_first`, no data: 1. */
    void (*add)(const wg_finish *finish, void *sums, const void *source, wg_elements elements,
                uint32_t first, const wg_table *factors, uint32_t factor_first);
    /* Write the results of position `position`, which MAY spoil the sums; bits are set only, so the tensor MUST start as 0. */
    void (*finish)(const wg_finish *finish, void *sums, void *result, uint32_t position);
} wg_sums;

extern const wg_sums wg_sums_i32;
extern const wg_sums wg_sums_i64;
extern const wg_sums wg_sums_wide;

/* The same for `fire` above 1. */
extern const wg_sums wg_staircase_i32;
extern const wg_sums wg_staircase_i64;
extern const wg_sums wg_staircase_wide;

/* A row of weights for each source element: sums[n] += source[first + i] * weights[(row + i) * stride
 * + column + n] for i < count and n < neurons. Cost follows the number of elements that are not 0. */
typedef struct {
    const void WG_FLASH *weights;
    uint16_t words;      /* of a wide weight */
    uint16_t sum_words;  /* of a wide sum */
    uint32_t stride;     /* weights in a row */
    uint32_t neurons;    /* sums to update */
} wg_rows;

typedef void wg_add_rows(const wg_rows *rows, uint32_t row, uint32_t column, void *sums,
                         const void *source, wg_elements elements, uint32_t first, uint32_t count);

/* wg_add_rows_<weight>_<sum> */
wg_add_rows wg_add_rows_i8_i32, wg_add_rows_i16_i32, wg_add_rows_i32_i32;
wg_add_rows wg_add_rows_i8_i64, wg_add_rows_i16_i64, wg_add_rows_i32_i64, wg_add_rows_i64_i64;
wg_add_rows wg_add_rows_wide;

/* Every neuron sees every element. */
typedef struct {
    wg_elements source;
    uint32_t inputs;
    wg_rows rows;
    wg_add_rows *add_rows;
    const wg_sums *sums;
    wg_finish finish;
} wg_dense_layer;

void wg_dense(const wg_dense_layer *layer, const void *source, void *result, void *sums);

/* A window that slides over height and width; what lies outside the map counts as 0. */
typedef struct {
    uint16_t height, width, channels; /* of the source */
    uint16_t out_height, out_width;
    uint16_t kernel_height, kernel_width;
    uint16_t stride_y, stride_x;
    uint16_t dilation_y, dilation_x;
    uint16_t top, left; /* padding */
} wg_window;

/* Weights (kernel height, kernel width, channels / groups, neurons); each group of channels feeds
 * `rows.neurons` neighbouring neurons. */
typedef struct {
    wg_elements source;
    wg_window window;
    uint16_t groups;
    uint32_t group_bytes; /* from the sums of one group to those of the next */
    wg_rows rows;
    wg_add_rows *add_rows;
    const wg_sums *sums;
    wg_finish finish;
} wg_conv_layer;

void wg_conv(const wg_conv_layer *layer, const void *source, void *result, void *sums);

/* EVENT-DRIVEN SUMS over spikes or bytes. One row of weights belongs to each input of the window, and
 * one of zeros, number `zero_row`, stands at the end. The kernel lists the rows whose input is not 0 and
 * adds them up. The neurons are cut into `blocks`; a block of a row is what one call of `add` adds to one
 * block of sums. Where weights need more planes than an `add` takes, several passes share the list. */

/* sums += the rows in `list`, `count` entries in whole groups of four events. */
typedef void wg_add_events(const void WG_FLASH *rows, const uint16_t *list, wg_size count, void *sums);

/* wg_planes_<planes>_w<neurons a word>, wg_lanes_[scaled_]x<words>, wg_widened_<lane bits of the rows>, wg_bytes_x4, wg_pairs_x4 */
wg_add_events wg_planes_1_w8, wg_planes_2_w8, wg_planes_3_w8, wg_planes_4_w8;
wg_add_events wg_planes_1_w16, wg_planes_2_w16, wg_planes_3_w16, wg_planes_4_w16;
wg_add_events wg_planes_1_w32, wg_planes_2_w32, wg_planes_3_w32, wg_planes_4_w32;
wg_add_events wg_lanes_x1, wg_lanes_x2, wg_lanes_x4, wg_lanes_scaled_x1, wg_lanes_scaled_x2, wg_lanes_scaled_x4;
wg_add_events wg_widened_4, wg_widened_8, wg_bytes_x4, wg_pairs_x4;

typedef struct {
    const void WG_FLASH *rows;
    uint32_t block_bytes; /* of one block of the rows */
    uint16_t skip;        /* bytes from a block of sums to where this pass adds */
    wg_add_events *add;
} wg_event_pass;

typedef struct wg_event_layer wg_event_layer;
typedef struct wg_gathering wg_gathering; /* see wg_events.h */

/* List the events of the window whose first row and column are at `y` and `x` (negative: in the padding). */
typedef void wg_gather(wg_gathering *g, const void *source, wg_place y, wg_place x);

wg_gather wg_gather_bits, wg_gather_nibbles, wg_gather_values, wg_gather_pairs;
/* The same number of entries whatever the data. */
wg_gather wg_gather_all_bits, wg_gather_all_nibbles, wg_gather_all_values;

/* Write the results of one position, whose sums took `events` entries. */
typedef void wg_finish_events(const wg_event_layer *layer, void *sums, wg_size events,
                              void *result, wg_size position);

/* wg_finish_planes_w<neurons a word> compares, wg_finish_counts_w<neurons a word> reads out; lanes do either. */
wg_finish_events wg_finish_planes_w8, wg_finish_planes_w16, wg_finish_planes_w32;
wg_finish_events wg_finish_counts_w8, wg_finish_counts_w16, wg_finish_counts_w32, wg_finish_lanes;

/* What a layer says besides where its source has several maps of bits, or its neurons several thresholds. A value is the
 * number of thresholds that the sum reaches, found by a search for its bits, the highest first (wg_finish_staircase.h). */
typedef struct {
    uint8_t inputs, results; /* bits of a source's element; of a value */
    uint8_t thresholds;      /* of a neuron */
    uint8_t step;            /* bytes from one bit of the counters to the next; lanes: 0 */
    wg_size input_bytes, result_bytes; /* from one map to the next */
    const void WG_FLASH *nodes;         /* rows as `start` has them, 2^results - 2 each; no data where there is one threshold */
    wg_gather *gather;                  /* of one map */
} wg_maps;

wg_gather wg_gather_maps_planes, wg_gather_maps_lanes;
/* wg_finish_staircase_<bits of a value>_<w and neurons a word, or lanes> */
wg_finish_events wg_finish_staircase_2_w8, wg_finish_staircase_3_w8, wg_finish_staircase_4_w8;
wg_finish_events wg_finish_staircase_2_w16, wg_finish_staircase_3_w16, wg_finish_staircase_4_w16;
wg_finish_events wg_finish_staircase_2_w32, wg_finish_staircase_3_w32, wg_finish_staircase_4_w32;
wg_finish_events wg_finish_staircase_2_lanes, wg_finish_staircase_3_lanes, wg_finish_staircase_4_lanes;

struct wg_event_layer {
    wg_window window;      /* a dense layer has one position on a map of 1 x 1 */
    uint16_t neurons;
    uint8_t entries;       /* of the list for one event: 1, or 2 for rows times values and for pairs */
    uint8_t fire;          /* thresholds decide what the result is; else it is the sums */
    uint8_t padded;        /* windows may lie on padding */
    uint8_t result;
    uint8_t levels;        /* counters of a neuron; bits of a lane */
    uint16_t zero_row;
    uint16_t blocks, block_bytes; /* of the sums */
    uint16_t list;         /* entries of the list, which lies in front of the sums in scratch memory; MUST be 64 or more */
    uint32_t base, least;  /* planes: see wg_finish_planes.h; lanes: 0, and what each event adds too much to a word */
    const void WG_FLASH *start; /* rows of sums before the first event: minus threshold, or bias */
    const uint16_t WG_FLASH *row_of; /* which of them a position uses; null: position * row_step */
    uint8_t row_step;
    uint8_t passes;
    const wg_event_pass *pass;
    wg_gather *gather;
    wg_finish_events *finish;
    const wg_maps *maps; /* null: one map of the source, one threshold */
};

void wg_event_sums(const wg_event_layer *layer, const void *source, void *result, void *sums);

/* Spikes out of spikes without a list, and without gather, finish and scratch memory (wg_walk.h): for windows
 * without dilation, a block of 32 neurons. Sums have 8 bits, or 16, and then `base` rows fit 8. */
void wg_walk_8(const wg_event_layer *layer, const void *source, void *result);
void wg_walk_16(const wg_event_layer *layer, const void *source, void *result);

/* A dense layer over spikes, neuron by neuron: sum = scale * (count - surplus) + least * (spikes in), where
 * count is that of wg_popcount.h, and scale that of the neuron where `scales` has data.
 * `planes`: uint32_t (neurons, words, 1 or 2). `sums`: `words` words. */
typedef struct {
    uint16_t inputs, words; /* of 32 inputs; a multiple of 4 */
    int32_t scale, least, surplus;
    wg_table scales;
    const void WG_FLASH *planes;
    uint16_t look; /* with early exit: words before it first sees whether it may stop; a multiple of 4 */
    wg_finish finish;
} wg_popcount_layer;

void wg_popcount_1(const wg_popcount_layer *layer, const void *source, void *result, void *sums);
void wg_popcount_2(const wg_popcount_layer *layer, const void *source, void *result, void *sums);
/* Early exit, for spikes only; `sums`: one word more for each four. */
void wg_popcount_exit_1(const wg_popcount_layer *layer, const void *source, void *result, void *sums);
void wg_popcount_exit_2(const wg_popcount_layer *layer, const void *source, void *result, void *sums);

/* A convolution over spikes as one look-up a position: bit i of the index is tap i of the window, of at most
 * three rows. A row of the map with its padding MUST fit 32 bits. `out_height` and `out_width` count pooled
 * positions; without pooling strides are free, with it they are 1. */
typedef struct {
    wg_window window;
    uint16_t neurons;
    const void WG_FLASH *table;
} wg_window_table_layer;

/* wg_window_table_u<most neurons>[_pool] */
typedef void wg_window_table(const wg_window_table_layer *layer, const void *source, void *result);
wg_window_table wg_window_table_u8, wg_window_table_u16, wg_window_table_u32;
wg_window_table wg_window_table_u8_pool, wg_window_table_u16_pool, wg_window_table_u32_pool;

/* Bytes compared with one threshold, 1 to 255. `result` MAY start where `source` does. */
typedef struct {
    uint32_t count;
    uint8_t threshold;
} wg_binarise_layer;

void wg_binarise(const wg_binarise_layer *layer, const void *source, void *result);
void wg_binarise_half(const wg_binarise_layer *layer, const void *source, void *result); /* for a threshold of 128 */

/* Bytes looked up: what stands for each of them has up to four bits, bit k of which goes to map k. */
typedef struct {
    uint32_t count;
    uint8_t maps;
    const uint8_t WG_FLASH *values; /* 256 */
} wg_quantise_layer;

void wg_quantise(const wg_quantise_layer *layer, const void *source, void *result);

/* Sum of each window, channel by channel. */
typedef struct {
    wg_elements source;
    wg_window window;
    const wg_sums *sums;
    wg_finish finish;
} wg_sum_pool_layer;

void wg_sum_pool(const wg_sum_pool_layer *layer, const void *source, void *result, void *sums);

/* Largest element of each window, channel by channel; `result` holds the kind of the source or a
 * wider one. Every window MUST touch the map. */
typedef struct {
    wg_elements source;
    wg_window window;
    wg_elements result;
} wg_max_pool_layer;

void wg_max_pool_bits(const wg_max_pool_layer *layer, const void *source, void *result);
void wg_max_pool_maps(const wg_max_pool_layer *layer, const void *source, void *result); /* of as many maps */
void wg_max_pool_ints(const wg_max_pool_layer *layer, const void *source, void *result);
void wg_max_pool_wide(const wg_max_pool_layer *layer, const void *source, void *result);

/* Element-wise sum of factor * element over the operands, position by position. A factor table has
 * one row (`factor_step` 0) or one row a position (`factor_step` 1). */
typedef struct {
    wg_elements source;
    wg_table factors;
    uint8_t factor_step;
} wg_operand;

typedef struct {
    uint32_t positions;
    uint16_t operands;
    const wg_operand *operand;
    const wg_sums *sums;
    wg_finish finish;
} wg_weighted_sum_layer;

void wg_weighted_sum(const wg_weighted_sum_layer *layer, const void *const *sources, void *result, void *sums);

/* Copies `run` neighbouring elements for each step of four nested loops. `clear_elements` elements of
 * the result become 0 first. The result's kind MUST hold every value of the source's. */
typedef struct {
    wg_elements source, result;
    wg_size clear_elements;
    wg_size source_first, result_first;
    wg_size count[4], source_step[4], result_step[4];
    wg_size run;
} wg_move_layer;

void wg_move_same(const wg_move_layer *layer, const void *source, void *result);
void wg_move_ints(const wg_move_layer *layer, const void *source, void *result);
void wg_move_wide(const wg_move_layer *layer, const void *source, void *result);

/* Index of the largest of `count` >= 1 elements, the lowest one of equals. Not for WG_WIDE. */
uint32_t wg_argmax(const void *source, uint8_t kind, uint32_t count);
wg_size wg_argmax_i32(const int32_t *source, wg_size count);

#endif
