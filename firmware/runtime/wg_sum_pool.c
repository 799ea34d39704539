#include "wg_elements.h"

static void add_window(const wg_sum_pool_layer *layer, void *sums, const void *source, int32_t y, int32_t x)
{
    static const wg_table ones = {0, {WG_I8, 0}};
    const wg_window *w = &layer->window;
    wg_size top, bottom, left, right;
    wg_clip(y, w->kernel_height, 1u, w->height, &top, &bottom);
    wg_clip(x, w->kernel_width, 1u, w->width, &left, &right);
    for (uint32_t i = top; i < bottom; i++) {
        for (uint32_t j = left; j < right; j++) {
            const uint32_t pixel = (uint32_t)(y + (int32_t)i) * w->width + (uint32_t)(x + (int32_t)j);
            layer->sums->add(&layer->finish, sums, source, layer->source, pixel * w->channels, &ones, 0u);
        }
    }
}

void wg_sum_pool(const wg_sum_pool_layer *layer, const void *source, void *result, void *sums)
{
    const wg_window *w = &layer->window;
    uint32_t position = 0;
    wg_clear_bits(result, layer->finish.result, (uint32_t)w->out_height * w->out_width * w->channels);
    for (uint32_t y = 0; y < w->out_height; y++) {
        for (uint32_t x = 0; x < w->out_width; x++, position++) {
            layer->sums->clear(&layer->finish, sums);
            add_window(layer, sums, source, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left);
            layer->sums->finish(&layer->finish, sums, result, position);
        }
    }
}
