/* Elements of several bits: of many neighbours the larger ones are found at once, map after map. */
#include "wg_elements.h"

/* Flip those of `count` bits from bit `at` on that are set in `word`, whose others MUST be 0. */
static void flip(uint8_t *bits, wg_size at, uint32_t word, wg_size count)
{
    uint8_t *to = bits + (at >> 3);
    word <<= at & 7u;
    for (wg_size end = count + (at & 7u); end; end = end > 8u ? end - 8u : 0u, word >>= 8, to++) {
        *to = (uint8_t)(*to ^ word);
    }
}

static wg_size map_bytes(wg_size height, wg_size width, wg_size channels)
{
    return (height * width * channels + 7u) / 8u;
}

/* `count` elements from `to` on become the larger ones of themselves and those from `from` on. */
static void larger(const wg_max_pool_layer *layer, const uint8_t *source, wg_size from, uint8_t *result, wg_size to, wg_size count)
{
    const wg_window *w = &layer->window;
    const wg_size in = map_bytes(w->height, w->width, w->channels), out = map_bytes(w->out_height, w->out_width, w->channels);
    uint32_t greater = 0; /* as far as the bits seen decide, the highest ones last */
    for (wg_size k = 0; k <= layer->result.words; k++) {
        const uint32_t one = wg_load_bits(source + k * in, from, count);
        const uint32_t differ = one ^ wg_load_bits(result + k * out, to, count);
        greater = (one & differ) | (greater & ~differ);
    }
    for (wg_size k = 0; k <= layer->result.words; k++, source += in, result += out) {
        flip(result, to, greater & (wg_load_bits(source, from, count) ^ wg_load_bits(result, to, count)), count);
    }
}

static void take(const wg_max_pool_layer *layer, const void *source, uint32_t from, void *result, uint32_t to, int fresh)
{
    (void)fresh; /* the result was cleared */
    for (wg_size left = layer->window.channels; left;) {
        const wg_size skip = (from & 7u) > (to & 7u) ? from & 7u : to & 7u, most = 32u - skip;
        const wg_size count = left < most ? left : most;
        larger(layer, (const uint8_t *)source, (wg_size)from, (uint8_t *)result, (wg_size)to, count);
        from += count;
        to += count;
        left -= count;
    }
}

static void clear(void *result, wg_elements elements, uint32_t count)
{
    memset(result, 0, (elements.words + 1u) * ((count + 7u) / 8u));
}

#define WG_NAME wg_max_pool_maps
#define WG_CLEAR clear
#include "wg_max_pool.h"
