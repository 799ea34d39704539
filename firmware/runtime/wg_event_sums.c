#include "wg_events.h"

/* All blocks of sums take the first `count` entries. */
static void add(const wg_gathering *g, wg_size count)
{
    const wg_event_layer *layer = g->layer;
    for (wg_size p = 0; p < layer->passes; p++) {
        const wg_event_pass *pass = &layer->pass[p];
        const uint8_t WG_FLASH *rows = (const uint8_t WG_FLASH *)pass->rows;
        uint8_t *sums = g->sums + pass->skip;
        for (wg_size block = 0; block < layer->blocks; block++) {
            pass->add(rows, g->list, count, sums);
            rows += pass->block_bytes;
            sums += layer->block_bytes;
        }
    }
}

/* What does not fill groups of events stays. */
void wg_make_room(wg_gathering *g)
{
    const wg_size length = (wg_size)(g->end - g->list), whole = length & ~(wg_size)7;
    add(g, whole);
    g->events += whole;
    memmove(g->list, g->list + whole, (length - whole) * sizeof *g->list);
    g->end = g->list + (length - whole);
}

/* The rest, filled up with rows of zeros to whole groups of four. */
static void drain(wg_gathering *g)
{
    const wg_size group = g->layer->entries * 4u;
    g->events += (wg_size)(g->end - g->list);
    while ((wg_size)(g->end - g->list) % group) {
        *g->end++ = g->layer->zero_row;
    }
    if (g->end != g->list) {
        add(g, (wg_size)(g->end - g->list));
    }
}

static void gather_window(wg_gathering *g, const void *source, int32_t y, int32_t x)
{
    const wg_window *w = &g->layer->window;
    wg_size top, bottom, left, right;
    wg_clip(y, w->kernel_height, w->dilation_y, w->height, &top, &bottom);
    wg_clip(x, w->kernel_width, w->dilation_x, w->width, &left, &right);
    /* Neighbouring columns are neighbours in memory too, unless dilation parts them. */
    const wg_size together = w->dilation_x == 1u ? right - left : 1u;
    for (wg_size i = top; i < bottom; i++) {
        for (wg_size j = left; j < right; j += together) {
            const wg_size row = (wg_size)(y + (int32_t)(i * w->dilation_y));
            const wg_size column = (wg_size)(x + (int32_t)(j * w->dilation_x));
            g->layer->gather(g, source, (row * w->width + column) * w->channels, together * w->channels,
                   (i * w->kernel_width + j) * w->channels);
        }
    }
}

void wg_event_sums(const wg_event_layer *layer, const void *source, void *result, void *sums)
{
    const wg_window *w = &layer->window;
    const wg_size sums_bytes = (wg_size)layer->blocks * layer->block_bytes;
    const uint8_t WG_FLASH *start = (const uint8_t WG_FLASH *)layer->start;
    wg_size position = 0;
    if (layer->fire) {
        memset(result, 0, ((wg_size)w->out_height * w->out_width * layer->neurons + 7u) / 8u);
    }
    for (wg_size y = 0; y < w->out_height; y++) {
        for (wg_size x = 0; x < w->out_width; x++, position++) {
            uint16_t *list = (uint16_t *)sums;
            uint8_t *const counters = (uint8_t *)(list + WG_EVENT_LIST);
            wg_gathering g = {layer, counters, list, list, 0};
            const wg_size row = wg_row_number(&layer->row_of, layer->row_step, position);
            wg_copy_table(counters, start + row * sums_bytes, sums_bytes);
            gather_window(&g, source, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left);
            drain(&g);
            layer->finish(layer, counters, g.events, result, position);
        }
    }
}
