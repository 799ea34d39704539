/* What becomes of lanes: each holds its sum, less the threshold, plus half of the lane's range. */
#include "wg_events.h"

/* The top bit of each lane of a word: 1 where the sum reaches the threshold. */
static uint32_t fired(uint32_t word, uint32_t bits)
{
    switch (bits) {
    /* The product moves bits 0, 8, 16 and 24 to 28, 29, 30 and 31; no other two terms meet. */
    case 8: return ((word >> 7 & UINT32_C(0x01010101)) * UINT32_C(0x10204080) & UINT32_MAX) >> 28;
    case 16: return (word >> 15 & 1u) | (word >> 30 & 2u);
    default: return word >> 31;
    }
}

static void fire(const wg_event_layer *layer, const uint32_t *word, uint8_t *result, wg_size at)
{
    const uint32_t bits = layer->levels, each = 32u / bits;
    for (wg_size left = layer->neurons; left > 0u;) {
        const wg_size count = left < 32u ? left : 32u;
        uint32_t gathered = 0;
        for (wg_size n = 0; n < count; n += each) {
            gathered |= fired(*word++, bits) << n;
        }
        wg_store_bits(result, at, gathered & wg_ones(count), count);
        at += count;
        left -= count;
    }
}

void wg_finish_lanes(const wg_event_layer *layer, const void *sums, wg_size events, void *result, wg_size position)
{
    const uint32_t *word = (const uint32_t *)sums;
    const uint32_t bits = layer->levels, each = 32u / bits, half = (uint32_t)1 << (bits - 1u);
    const wg_size at = position * layer->neurons;
    (void)events;
    if (layer->fire) {
        fire(layer, word, (uint8_t *)result, at);
        return;
    }
    for (wg_size n = 0; n < layer->neurons; n++) {
        const uint32_t lane = word[n / each] >> (n % each * bits) & (UINT32_MAX >> (32u - bits));
        const uint32_t difference = lane - half;
        int32_t sum;
        memcpy(&sum, &difference, sizeof sum); /* int32_t is two's complement by definition */
        wg_put_i32(result, layer->result, at + n, sum);
    }
}
