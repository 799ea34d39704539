/* A convolution over a few bits and its threshold in one look-up: the window's bits are the index of an
 * entry that holds the spikes of all neurons. With WG_POOL the spikes of 2 x 2 windows are ORed at once.
 * Included once by each wg_window_table_<rows>[_pool].c, which sets WG_NAME, WG_ROWS and WG_POOL (1 or 2). */
#include "wg_elements.h"

#define WG_LINES (WG_ROWS + WG_POOL - 1)

/* One row of the map with its padding, `layer->line_bits` <= 32 bits; 0 outside the map. */
static uint32_t load_line(const wg_window_table_layer *layer, const uint8_t *bits, int32_t y)
{
    const wg_window *w = &layer->window;
    const uint32_t count = (uint32_t)w->width * w->channels;
    if (y < 0 || y >= (int32_t)w->height) {
        return 0;
    }
    const uint32_t at = (uint32_t)y * count, most = 32u - (at & 7u);
    uint32_t line = wg_load_bits(bits, at, count < most ? count : most);
    if (count > most) {
        line |= wg_load_bits(bits, at + most, count - most) << most;
    }
    return line << (w->left * w->channels);
}

static inline uint32_t entry(const wg_window_table_layer *layer, uint32_t index)
{
    switch (layer->entry_bytes) {
    case 1: return ((const uint8_t WG_FLASH *)layer->table)[index];
    case 2: return ((const uint16_t WG_FLASH *)layer->table)[index];
    default: return ((const uint32_t WG_FLASH *)layer->table)[index];
    }
}

/* The entries of WG_POOL windows one below the other, ORed. */
static inline uint32_t look_up(const wg_window_table_layer *layer, const uint32_t *line, uint32_t x, uint32_t taps)
{
    const uint32_t mask = ((uint32_t)1 << taps) - 1u;
    uint32_t index = 0, spikes;
    for (uint32_t i = 0; i < WG_ROWS; i++) {
        index |= (line[i] >> x & mask) << (i * taps);
    }
    spikes = entry(layer, index);
#if WG_POOL == 2
    index = index >> taps | (line[WG_ROWS] >> x & mask) << ((WG_ROWS - 1) * taps);
    spikes |= entry(layer, index);
#endif
    return spikes;
}

void WG_NAME(const wg_window_table_layer *layer, const void *source, void *result)
{
    const wg_window *w = &layer->window;
    const uint32_t taps = (uint32_t)w->kernel_width * w->channels, step = (uint32_t)w->stride_x * w->channels;
    uint32_t at = 0;
    memset(result, 0, ((uint32_t)w->out_height * w->out_width * layer->neurons + 7u) / 8u);
    for (uint32_t y = 0; y < w->out_height; y++) {
        uint32_t line[WG_LINES], x = 0;
        for (uint32_t i = 0; i < WG_LINES; i++) {
            line[i] = load_line(layer, (const uint8_t *)source, (int32_t)(y * WG_POOL * w->stride_y + i) - w->top);
        }
        for (uint32_t k = 0; k < w->out_width; k++, x += step, at += layer->neurons) {
            uint32_t spikes = look_up(layer, line, x, taps);
#if WG_POOL == 2
            x += step;
            spikes |= look_up(layer, line, x, taps);
#endif
            wg_store_bits((uint8_t *)result, at, spikes, layer->neurons);
        }
    }
}
