/* Of lanes (wg_lanes.h) in the words of wg_staircase.h: the top bit of a lane tells, whichever threshold it is less.
 * Included once by each wg_finish_staircase_<bits of a value>_lanes.c, which sets WG_NAME and WG_BITS. */
#include "wg_lane_tops.h"
#include "wg_staircase.h"

/* The bits of the values of the neurons of a word, each in the top bit of its lane, behind those of the words before;
 * returns the nodes of the next word. */
static inline const uint32_t WG_FLASH *search(uint32_t sum, const uint32_t WG_FLASH *node, wg_size thresholds, uint32_t tops, wg_size shift, uint32_t *bits)
{
    uint32_t known[1 << (WG_BITS - 1)], top = sum & tops, whole = (top << 1) - (top >> shift); /* all bits of a lane */
    wg_size prefixes = 2;
    known[0] = ~whole;
    known[1] = whole;
    bits[WG_BITS - 1] = bits[WG_BITS - 1] >> 1 | top;
    for (wg_size j = WG_BITS - 1u; j--;) {
        uint32_t threshold = 0;
        for (wg_size i = 0; i < prefixes; i++) {
            threshold |= node[i] & known[i];
        }
        node += prefixes;
        top = (sum + tops - threshold) & tops & ~(known[wg_highest_prefix(thresholds, j, prefixes)] & wg_never(thresholds, j));
        bits[j] = bits[j] >> 1 | top;
        if (j) {
            whole = (top << 1) - (top >> shift);
            for (wg_size i = prefixes; i--;) {
                known[2u * i + 1u] = known[i] & whole;
                known[2u * i] = known[i] & ~whole;
            }
            prefixes = (wg_size)(prefixes * 2u);
        }
    }
    return node;
}

void WG_NAME(const wg_event_layer *layer, void *sums, wg_size events, void *result, wg_size position)
{
    const uint32_t WG_FLASH *node = (const uint32_t WG_FLASH *)wg_nodes(layer, position, WG_BITS);
    const uint32_t *word = (const uint32_t *)sums, least = layer->least * (uint32_t)events, tops = wg_lane_tops(layer->levels);
    const wg_size thresholds = layer->maps->thresholds, shift = layer->levels - 1u;
    wg_size at = (wg_size)(position * layer->neurons), words = (wg_size)((wg_size)layer->blocks * layer->block_bytes / 4u);
    for (wg_size left = layer->neurons; left;) {
        const wg_size count = left < 32u ? left : 32u, chunk = words < layer->levels ? words : layer->levels;
        uint32_t found[WG_MOST_BITS] = {0, 0, 0, 0}, bits[WG_MOST_BITS];
        for (wg_size k = chunk; k; k--) {
            node = search(*word++ - least, node, thresholds, tops, shift, found);
        }
        for (wg_size k = 0; k < WG_BITS; k++) {
            bits[k] = wg_in_order(found[k], chunk, layer->levels);
        }
        wg_store_values(layer, bits, result, at, count);
        words -= chunk;
        at += count;
        left -= count;
    }
}
