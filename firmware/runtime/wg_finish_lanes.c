/* What becomes of lanes: each holds its sum, less the threshold, plus half of the lane's range, and `least` too
 * much for each event. Lane l of word k belongs to neuron l * words + k of its chunk (wg_lanes.h). */
#include "wg_events.h"
#include "wg_lane_tops.h"

/* The top bit of each lane: 1 where the sum reaches the threshold. */
static uint32_t fired(const uint32_t *word, wg_size words, wg_size bits, uint32_t least)
{
    const uint32_t tops = wg_lane_tops(bits);
    uint32_t spikes = 0;
    for (wg_size k = 0; k < words; k++) {
        spikes = spikes >> 1 | ((word[k] - least) & tops);
    }
    return wg_in_order(spikes, words, bits);
}

static wg_size least_of(wg_size one, wg_size other)
{
    return one < other ? one : other;
}

static void fire(const wg_event_layer *layer, const uint32_t *word, uint32_t least, uint8_t *result, wg_size at)
{
    const wg_size bits = layer->levels;
    wg_size words = (wg_size)(layer->blocks * layer->block_bytes) / 4u;
    for (wg_size left = layer->neurons; left;) {
        const wg_size count = least_of(left, 32u), chunk = least_of(words, bits);
        wg_store_bits(result, at, fired(word, chunk, bits, least) & wg_ones(count), count);
        word += chunk;
        words -= chunk;
        at += count;
        left -= count;
    }
}

static void read_out(const wg_event_layer *layer, const uint32_t *word, uint32_t least, void *result, wg_size at)
{
    const wg_size bits = layer->levels, end = at + layer->neurons;
    const uint32_t half = (uint32_t)1 << (bits - 1u);
    wg_size words = (wg_size)(layer->blocks * layer->block_bytes) / 4u;
    while (at < end) {
        const wg_size chunk = least_of(words, bits);
        for (wg_size shift = 0; shift < 32u; shift += bits) {
            for (wg_size k = 0; k < chunk && at < end; k++, at++) {
                const uint32_t difference = ((word[k] - least) >> shift & (UINT32_MAX >> (32u - bits))) - half;
                int32_t sum;
                memcpy(&sum, &difference, sizeof sum); /* int32_t is two's complement by definition */
                wg_put_i32(result, layer->result, at, sum);
            }
        }
        word += chunk;
        words -= chunk;
    }
}

void wg_finish_lanes(const wg_event_layer *layer, void *sums, wg_size events, void *result, wg_size position)
{
    const uint32_t *word = (const uint32_t *)sums;
    const uint32_t least = layer->least * (uint32_t)events;
    const wg_size at = position * layer->neurons;
    if (layer->fire) {
        fire(layer, word, least, (uint8_t *)result, at);
    } else {
        read_out(layer, word, least, result, at);
    }
}
