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
    g->end = g->list;
    for (wg_size k = whole; k < length; k++) {
        *g->end++ = g->list[k];
    }
}

/* The rest, filled up with rows of zeros to whole groups of four. */
static void drain(wg_gathering *g)
{
    const wg_size length = (wg_size)(g->end - g->list), group = g->layer->entries * 4u;
    g->events += length;
    for (wg_size k = 0; k < group - 1u; k++) {
        *g->end++ = g->layer->zero_row;
    }
    if (length) {
        add(g, (length + group - 1u) & ~(group - 1u));
    }
}

/* Few bytes, so a loop: a library's memcpy would cost nearly as much flash as this whole file. */
static void copy(uint8_t *to, const uint8_t WG_FLASH *from, wg_size count)
{
    for (; count & 3u; count--) {
        *to++ = *from++;
    }
    for (; count; count -= 4u, to += 4, from += 4) {
        wg_move32(to, from);
    }
}

WG_APART static void clip(int32_t start, wg_size kernel, wg_size dilation, wg_size size, wg_size *from, wg_size *to)
{
    wg_clip(start, kernel, dilation, size, from, to);
}

/* The events of the window whose first row and column are at `y` and `x` (negative: in the padding). */
static void gather_window(wg_gathering *g, const void *source, int32_t y, int32_t x)
{
    const wg_event_layer *layer = g->layer;
    const wg_window *w = &layer->window;
    wg_size top = 0, bottom = w->kernel_height, left = 0, right = w->kernel_width;
    if (layer->padded) {
        clip(y, bottom, w->dilation_y, w->height, &top, &bottom);
        clip(x, right, w->dilation_x, w->width, &left, &right);
    }
    /* Neighbouring columns are neighbours in memory too, unless dilation parts them. */
    const wg_size runs = w->dilation_x == 1u || right <= left ? 1u : right - left;
    const wg_size count = right > left ? (wg_size)(right - left) / runs * w->channels : 0u;
    for (wg_size i = top; i < bottom; i++) {
        const wg_size row = (wg_size)(y + (int32_t)(i * w->dilation_y)) * w->width + (wg_size)x;
        wg_size first = (wg_size)(row + left * w->dilation_x) * w->channels;
        wg_size input = (wg_size)(i * w->kernel_width + left) * w->channels;
        for (wg_size run = 0; run < runs; run++) {
            layer->gather(g, source, first, count, input);
            first += (wg_size)(w->dilation_x * w->channels);
            input += w->channels;
        }
    }
}

void wg_event_sums(const wg_event_layer *layer, const void *source, void *result, void *sums)
{
    const wg_window *w = &layer->window;
    const wg_size sums_bytes = (wg_size)layer->blocks * layer->block_bytes;
    const uint8_t WG_FLASH *start = (const uint8_t WG_FLASH *)layer->start;
    wg_size position = 0;
    if (layer->fire && layer->neurons & 7u) { /* whole bytes are written, others added to */
        memset(result, 0, ((wg_size)w->out_height * w->out_width * layer->neurons + 7u) / 8u);
    }
    for (wg_size y = 0; y < w->out_height; y++) {
        for (wg_size x = 0; x < w->out_width; x++, position++) {
            uint16_t *list = (uint16_t *)sums;
            uint8_t *const counters = (uint8_t *)(list + WG_EVENT_LIST);
            wg_gathering g = {layer, counters, list, list, 0};
            const wg_size row = layer->row_of ? layer->row_of[position] : (wg_size)(position * layer->row_step);
            copy(counters, start + row * sums_bytes, sums_bytes);
            gather_window(&g, source, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left);
            drain(&g);
            layer->finish(layer, counters, g.events, result, position);
        }
    }
}
