/* Neuron by neuron: the inputs of 32 synapses at a time are ANDed with planes of weight bits and counted.
 * Fewest bytes of weights for few neurons; the cost does not follow the data, unless with WG_EXIT a neuron is
 * left as soon as the spikes that are still to come cannot change what it does.
 * Included once by each wg_popcount_[exit_]<planes>.c, which sets WG_NAME and WG_PLANES: one plane for weights of
 * two values (set: the higher), two for ternary ones (set: positive; set: not negative). */
#include "wg_elements.h"

#if defined(__riscv_zbb) || defined(__POPCNT__) || defined(__ARM_FEATURE_MVE)
#define WG_POPCOUNT 1
#endif

#ifndef WG_POPCOUNT
WG_APART
#endif
static uint32_t count_ones(uint32_t word)
{
#ifdef WG_POPCOUNT
    return (uint32_t)__builtin_popcountl(word);
#else
    word -= word >> 1 & UINT32_C(0x55555555);
    word = (word & UINT32_C(0x33333333)) + (word >> 2 & UINT32_C(0x33333333));
    return (((word + (word >> 4)) & UINT32_C(0x0F0F0F0F)) * UINT32_C(0x01010101) & UINT32_MAX) >> 24;
#endif
}

#ifdef WG_POPCOUNT

/* All words. Ternary: 32 words + (inputs at weight 1) - (inputs at weight -1). */
static uint32_t count_row(const uint32_t *x, wg_size words, const uint32_t WG_FLASH *planes)
{
    uint32_t count = 0;
    for (; words; words--, x++, planes += WG_PLANES) {
        count += count_ones(*x & planes[0]);
#if WG_PLANES == 2
        count += count_ones(~*x | planes[1]);
#endif
    }
    return count;
}

#else

/* c + a + b: the sum's bit stays in c, the carry is returned. */
static inline uint32_t full(uint32_t *c, uint32_t a, uint32_t b)
{
    const uint32_t half = *c ^ a, carry = (*c & a) | (half & b);
    *c = half ^ b;
    return carry;
}

/* The same without an instruction that counts bits: of four words (ternary: eight) carry-save adders leave one. */
static uint32_t count_row(const uint32_t *x, wg_size words, const uint32_t WG_FLASH *planes)
{
    uint32_t count = 0, ones = 0, twos = 0, fours = 0;
    for (; words; words -= 4u, x += 4, planes += 4 * WG_PLANES) {
#if WG_PLANES == 1
        uint32_t a = full(&ones, x[0] & planes[0], x[1] & planes[1]);
        a = full(&twos, a, full(&ones, x[2] & planes[2], x[3] & planes[3]));
        count += 4u * count_ones(a);
#else
        uint32_t a = full(&ones, x[0] & planes[0], ~x[0] | planes[1]);
        a = full(&twos, a, full(&ones, x[1] & planes[2], ~x[1] | planes[3]));
        uint32_t b = full(&ones, x[2] & planes[4], ~x[2] | planes[5]);
        b = full(&twos, b, full(&ones, x[3] & planes[6], ~x[3] | planes[7]));
        count += 8u * count_ones(full(&fours, a, b));
#endif
    }
    return count + count_ones(ones) + 2u * count_ones(twos) + 4u * count_ones(fours);
}

#endif

/* The inputs as words, zeros behind the last; returns how many are set. With WG_EXIT there stands behind them, for each
 * four words, how many are set up to there. */
static uint32_t load_inputs(const wg_popcount_layer *layer, const uint8_t *bits, uint32_t *x)
{
    uint32_t total = 0, at = 0;
    for (uint32_t k = 0; k < layer->words; k++, at += 32u) {
        const uint32_t left = at < layer->inputs ? layer->inputs - at : 0u;
        x[k] = left ? wg_load_bits(bits, (wg_size)at, (wg_size)(left < 32u ? left : 32u)) : 0u;
        total += count_ones(x[k]);
#ifdef WG_EXIT
        x[layer->words + k / 4u] = total;
#endif
    }
    return total;
}

/* Entry n of a table, or `otherwise` where there is none. */
WG_APART static int32_t entry(const wg_table *table, wg_size n, int32_t otherwise)
{
    return table->data ? wg_read_i32(table->data, table->elements.kind, n) : otherwise;
}

#ifdef WG_EXIT

/* Whether scale * count reaches `bound`. Each of the `total` spikes that are still to come adds `scale` at most, and takes as
 * much away at most where weights are ternary, else nothing. None comes after the last words, so one of the two tests
 * ends the loop. */
static int32_t reaches(const wg_popcount_layer *layer, const uint32_t *x, const uint32_t WG_FLASH *planes,
                       uint32_t total, int32_t scale, int32_t bound)
{
    const uint32_t *seen = x + layer->words + layer->look / 4u - 1;
    int32_t count = 0;
    for (wg_size words = layer->look;; words = 4u, seen++) {
        count += (int32_t)count_row(x, words, planes) - (WG_PLANES == 2 ? 32 * (int32_t)words : 0);
        const int32_t sum = scale * count, most = scale * (int32_t)(total - *seen);
        if (sum - (WG_PLANES == 2 ? most : 0) >= bound) {
            return 1;
        }
        if (sum + most < bound) {
            return 0;
        }
        x += words;
        planes += words * WG_PLANES;
    }
}

void WG_NAME(const wg_popcount_layer *layer, const void *source, void *result, void *sums)
{
    const uint32_t WG_FLASH *planes = (const uint32_t WG_FLASH *)layer->planes;
    const wg_finish *finish = &layer->finish;
    uint32_t *x = (uint32_t *)sums;
    const uint32_t total = load_inputs(layer, (const uint8_t *)source, x);
    const int32_t base = layer->least * (int32_t)total;
    wg_clear_bits(result, finish->result, (wg_size)finish->channels);
    for (wg_size n = 0; n < finish->channels; n++, planes += layer->words * WG_PLANES) {
        const int32_t scale = entry(&layer->scales, n, layer->scale), bound = entry(&finish->rows, n, 0) - base;
        wg_put_i32(result, finish->result.kind, n, reaches(layer, x, planes, total, scale, bound));
    }
}

#else

void WG_NAME(const wg_popcount_layer *layer, const void *source, void *result, void *sums)
{
    const uint32_t WG_FLASH *planes = (const uint32_t WG_FLASH *)layer->planes;
    const wg_finish *finish = &layer->finish;
    uint32_t *x = (uint32_t *)sums;
    const int32_t base = layer->least * (int32_t)load_inputs(layer, (const uint8_t *)source, x);
    wg_clear_bits(result, finish->result, (wg_size)finish->channels);
    for (wg_size n = 0; n < finish->channels; n++, planes += layer->words * WG_PLANES) {
        const int32_t count = (int32_t)count_row(x, layer->words, planes) - layer->surplus;
        const int32_t sum = entry(&layer->scales, n, layer->scale) * count + base, bound = entry(&finish->rows, n, 0);
        wg_put_i32(result, finish->result.kind, n, finish->fire ? sum >= bound : sum + bound);
    }
}

#endif
