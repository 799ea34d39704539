#include "wg_events.h"

/* All blocks of sums take the first `count` entries. */
static void add(const wg_gathering *g, wg_size count)
{
    const wg_event_layer *layer = g->layer;
    for (wg_size p = 0; p < layer->passes; p++) {
        const wg_event_pass *pass = &layer->pass[p];
        const uint8_t WG_FLASH *rows = (const uint8_t WG_FLASH *)pass->rows;
        uint8_t *sums = g->sums + pass->skip;
        for (wg_size block = layer->blocks; block; block--) {
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

void wg_empty(wg_gathering *g)
{
    const wg_size length = (wg_size)(g->end - g->list), group = g->layer->entries * 4u;
    const wg_size whole = (length + group - 1u) & ~(group - 1u);
    g->events += length;
    for (wg_size k = length; k < whole; k++) {
        *g->end++ = g->layer->zero_row;
    }
    if (length) {
        add(g, whole);
    }
    g->end = g->list;
}

/* Few bytes, so a loop: a library's memcpy would cost nearly as much flash as this whole file. */
static void copy(uint8_t *to, const uint8_t WG_FLASH *from, wg_size count)
{
#if defined(__AVR__)
    const wg_size rest = count;
#else
    const wg_size rest = count & 15u;
#endif
    for (wg_size k = 0; k < rest; k++) {
        *to++ = *from++;
    }
    for (count -= rest; count; count -= 16u, to += 16, from += 16) {
        wg_move32(to, from);
        wg_move32(to + 4, from + 4);
        wg_move32(to + 8, from + 8);
        wg_move32(to + 12, from + 12);
    }
}

void wg_event_sums(const wg_event_layer *layer, const void *source, void *result, void *sums)
{
    const wg_window *w = &layer->window;
    const wg_size sums_bytes = (wg_size)layer->blocks * layer->block_bytes;
    const uint8_t WG_FLASH *start = (const uint8_t WG_FLASH *)layer->start;
    uint16_t *const list = (uint16_t *)sums;
    uint8_t *const counters = (uint8_t *)(list + layer->list);
    wg_size position = 0;
    if (layer->fire && layer->neurons & 7u) { /* whole bytes are written, others added to */
        memset(result, 0, ((wg_size)w->out_height * w->out_width * layer->neurons + 7u) / 8u);
    }
    for (wg_size y = 0; y < w->out_height; y++) {
        for (wg_size x = 0; x < w->out_width; x++, position++) {
            const wg_size row = layer->row_of ? layer->row_of[position] : (wg_size)(position * layer->row_step);
            wg_gathering g = {layer, start + row * sums_bytes, counters, list, list, 0};
            copy(counters, g.start, sums_bytes);
            layer->gather(&g, source, (wg_place)(y * w->stride_y - w->top), (wg_place)(x * w->stride_x - w->left));
            wg_empty(&g);
            layer->finish(layer, counters, g.events, result, position);
        }
    }
}
