/* Of vertical counters (wg_planes.h) in the words of wg_staircase.h: one bit of many neurons in a word.
 * Included once by each wg_finish_staircase_<bits of a value>_w<neurons a word>.c, which sets WG_NAME, WG_BITS, WG_WORD
 * and WG_WORD_BITS. */
#include "wg_staircase.h"

/* counter - limit + 2^(levels - 1) in place of the counter: half of the range where the sum equals the first threshold. */
static void settle(WG_WORD *counter, wg_size levels, uint32_t limit)
{
    uint32_t add = ((uint32_t)1 << (levels - 1u)) - limit;
    WG_WORD carry = 0;
    for (; levels; levels--, counter++, add >>= 1) {
        const WG_WORD bit = *counter;
        if (add & 1u) {
            *counter = (WG_WORD)~(bit ^ carry);
            carry = bit | carry;
        } else {
            *counter = bit ^ carry;
            carry = bit & carry;
        }
    }
}

/* Bit n is 1 where the sum of neuron n reaches its own of `count` thresholds, the one whose word `own` has bit n. */
static inline WG_WORD reached(const WG_WORD *sum, wg_size levels, const WG_WORD WG_FLASH *node, const WG_WORD *own, wg_size count)
{
    WG_WORD reached = (WG_WORD)UINT32_MAX;
    for (; levels; levels--, sum++, node += count) {
        WG_WORD threshold = (WG_WORD)((node[0] & own[0]) | (node[1] & own[1]));
        for (wg_size i = 2; i < count; i++) {
            threshold = (WG_WORD)(threshold | (node[i] & own[i]));
        }
        reached = (WG_WORD)(reached ^ ((*sum ^ threshold) & (reached ^ *sum)));
    }
    return reached;
}

/* The bits of the values of all neurons of a word; returns the nodes of the next word. */
static const WG_WORD WG_FLASH *search(const WG_WORD *sum, wg_size levels, const WG_WORD WG_FLASH *node, wg_size thresholds, uint32_t *bits)
{
    WG_WORD known[1 << (WG_BITS - 1)], is = sum[levels - 1u]; /* bit n of known[i]: i is what is known of value n */
    wg_size prefixes = 2;
    known[0] = (WG_WORD)~is;
    known[1] = is;
    bits[WG_BITS - 1] = is;
    for (wg_size j = WG_BITS - 1u; j--;) {
        is = (WG_WORD)(reached(sum, levels, node, known, prefixes) &
                       ~(known[wg_highest_prefix(thresholds, j, prefixes)] & wg_never(thresholds, j)));
        bits[j] = is;
        node += prefixes * levels;
        if (j) {
            for (wg_size i = prefixes; i--;) {
                known[2u * i + 1u] = known[i] & is;
                known[2u * i] = (WG_WORD)(known[i] & ~is);
            }
            prefixes = (wg_size)(prefixes * 2u);
        }
    }
    return node;
}

void WG_NAME(const wg_event_layer *layer, void *sums, wg_size events, void *result, wg_size position)
{
    const WG_WORD WG_FLASH *node = (const WG_WORD WG_FLASH *)wg_nodes(layer, position, WG_BITS);
    const uint32_t limit = layer->base + layer->least * events;
    WG_WORD *counter = (WG_WORD *)sums;
    wg_size at = (wg_size)(position * layer->neurons);
    for (wg_size left = layer->neurons; left; counter += layer->levels) {
        const wg_size count = left < WG_WORD_BITS ? left : WG_WORD_BITS;
        uint32_t bits[WG_MOST_BITS];
        settle(counter, layer->levels, limit);
        node = search(counter, layer->levels, node, layer->maps->thresholds, bits);
        wg_store_values(layer, bits, result, at, count);
        at += count;
        left -= count;
    }
}
