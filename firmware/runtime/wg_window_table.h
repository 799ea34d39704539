/* A convolution over a few bits and its threshold in one look-up: the window's bits are the index of an
 * entry that holds the spikes of all neurons. With WG_POOL 2 the spikes of 2 x 2 windows are ORed at once.
 * Included once by each wg_window_table_u<bits>[_pool].c, which sets WG_NAME, WG_ENTRY and WG_POOL (1 or 2). */
#include "wg_elements.h"

/* One row of the map with its padding, at most 32 bits; 0 outside the map. */
static uint32_t load_line(const wg_window *w, const uint8_t *bits, int32_t y)
{
    const wg_size count = (wg_size)(w->width * w->channels);
    if (y < 0 || y >= (int32_t)w->height) {
        return 0;
    }
    const wg_size at = (wg_size)y * count, most = 32u - (at & 7u);
    uint32_t line = wg_load_bits(bits, at, count < most ? count : most);
    if (count > most) {
        line |= wg_load_bits(bits, at + most, count - most) << most;
    }
    return line << (w->left * w->channels);
}

/* Spikes of one result after the other from the lines under them: at most three kernel rows of `taps` bits, those
 * that the window lacks 0. WG_POOL 2: the fourth line lies under the last kernel row. */
static void look_up(const wg_window_table_layer *layer, const uint32_t *lines, uint8_t *result, wg_size at)
{
    const wg_window *w = &layer->window;
    const WG_ENTRY WG_FLASH *table = (const WG_ENTRY WG_FLASH *)layer->table;
    const uint32_t taps = (uint32_t)w->kernel_width * w->channels, step = (uint32_t)w->stride_x * w->channels;
    const uint32_t mask = ((uint32_t)1 << taps) - 1u;
    uint32_t a = lines[0], b = lines[1], c = lines[2];
#if WG_POOL == 2
    const uint32_t last = taps * (w->kernel_height - 1u);
    uint32_t d = lines[3];
#endif
    uint8_t *to = result + (at >> 3);
    const wg_size neurons = layer->neurons;
    for (wg_size x = w->out_width; x; x--) {
        uint32_t index = (a & mask) | ((b & mask) | (c & mask) << taps) << taps, spikes = table[index];
        a >>= step;
        b >>= step;
        c >>= step;
#if WG_POOL == 2
        spikes |= table[index >> taps | (d & mask) << last];
        d >>= step;
        index = (a & mask) | ((b & mask) | (c & mask) << taps) << taps;
        spikes |= table[index] | table[index >> taps | (d & mask) << last];
        a >>= step;
        b >>= step;
        c >>= step;
        d >>= step;
#endif
        if (neurons == 8u) {
            *to++ = (uint8_t)spikes;
        } else {
            wg_store_bits(result, at, spikes, neurons);
            at += neurons;
        }
    }
}

void WG_NAME(const wg_window_table_layer *layer, const void *source, void *result)
{
    const wg_window *w = &layer->window;
    const wg_size row = (wg_size)(w->out_width * layer->neurons);
    if (layer->neurons & 7u) { /* whole bytes are written, others added to */
        memset(result, 0, ((wg_size)w->out_height * row + 7u) / 8u);
    }
    for (wg_size y = 0; y < w->out_height; y++) {
        const int32_t top = (int32_t)(y * WG_POOL * w->stride_y) - w->top;
        uint32_t lines[4] = {0, 0, 0, 0};
        for (uint8_t i = 0; i < w->kernel_height + (WG_POOL - 1u); i++) {
            lines[i < w->kernel_height ? i : 3] = load_line(w, (const uint8_t *)source, top + i);
        }
        look_up(layer, lines, (uint8_t *)result, y * row);
    }
}
