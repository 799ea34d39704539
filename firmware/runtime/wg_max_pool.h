/* The walk that all max pools share. Included once by each wg_max_pool_<kind>.c, which names the function and defines
 * take(): make the result's element `to` the larger of itself and the source's element `from` for `channels` neighbours,
 * or just copy where `fresh`; for a result of several maps also WG_CLEAR, which clears them first. */

#ifndef WG_CLEAR
#define WG_CLEAR wg_clear_bits
#endif

static void pool_window(const wg_max_pool_layer *layer, const void *source, void *result, uint32_t to, int32_t y, int32_t x)
{
    const wg_window *w = &layer->window;
    wg_size top, bottom, left, right;
    int fresh = 1;
    wg_clip(y, w->kernel_height, 1u, w->height, &top, &bottom);
    wg_clip(x, w->kernel_width, 1u, w->width, &left, &right);
    for (uint32_t i = top; i < bottom; i++) {
        for (uint32_t j = left; j < right; j++, fresh = 0) {
            const uint32_t pixel = (uint32_t)(y + (int32_t)i) * w->width + (uint32_t)(x + (int32_t)j);
            take(layer, source, pixel * w->channels, result, to, fresh);
        }
    }
}

void WG_NAME(const wg_max_pool_layer *layer, const void *source, void *result)
{
    const wg_window *w = &layer->window;
    uint32_t to = 0;
    WG_CLEAR(result, layer->result, (uint32_t)w->out_height * w->out_width * w->channels);
    for (uint32_t y = 0; y < w->out_height; y++) {
        for (uint32_t x = 0; x < w->out_width; x++, to += w->channels) {
            pool_window(layer, source, result, to, (int32_t)(y * w->stride_y) - w->top, (int32_t)(x * w->stride_x) - w->left);
        }
    }
}
