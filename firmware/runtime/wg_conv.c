#include "wg_elements.h"

/* Kernel columns from..to of one kernel row, which lies on row `map_row`; column 0 lies on `start`. */
static void add_columns(const wg_conv_layer *layer, uint8_t *sums, const void *source, uint32_t group,
                        uint32_t kernel_row, int32_t map_row, int32_t start, uint32_t from, uint32_t to)
{
    const wg_window *w = &layer->window;
    const uint32_t each = (uint32_t)w->channels / layer->groups;
    const uint32_t column = group * layer->rows.neurons;
    /* Neighbouring columns are neighbours in memory too, unless groups or dilation part them. */
    const uint32_t together = layer->groups == 1u && w->dilation_x == 1u ? to - from : 1u;
    for (uint32_t k = from; k < to; k += together) {
        const uint32_t x = (uint32_t)(start + (int32_t)(k * w->dilation_x));
        const uint32_t first = ((uint32_t)map_row * w->width + x) * w->channels + group * each;
        layer->add_rows(&layer->rows, (kernel_row * w->kernel_width + k) * each, column,
                        sums + group * layer->group_bytes, source, layer->source, first, together * each);
    }
}

static void add_window(const wg_conv_layer *layer, void *sums, const void *source, int32_t y, int32_t x)
{
    const wg_window *w = &layer->window;
    wg_size top, bottom, left, right;
    wg_clip(y, w->kernel_height, w->dilation_y, w->height, &top, &bottom);
    wg_clip(x, w->kernel_width, w->dilation_x, w->width, &left, &right);
    for (uint32_t group = 0; group < layer->groups; group++) {
        for (uint32_t k = top; k < bottom; k++) {
            add_columns(layer, (uint8_t *)sums, source, group, k, y + (int32_t)(k * w->dilation_y), x, left, right);
        }
    }
}

void wg_conv(const wg_conv_layer *layer, const void *source, void *result, void *sums)
{
    const wg_window *w = &layer->window;
    uint32_t position = 0;
    wg_clear_bits(result, layer->finish.result, (uint32_t)w->out_height * w->out_width * layer->finish.channels);
    for (uint32_t y = 0; y < w->out_height; y++) {
        for (uint32_t x = 0; x < w->out_width; x++, position++) {
            layer->sums->clear(&layer->finish, sums);
            add_window(layer, sums, source, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left);
            layer->sums->finish(&layer->finish, sums, result, position);
        }
    }
}
