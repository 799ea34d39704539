/* The walk over a window that every gathering shares: which inputs of which rows lie on the map.
 * Included once by each wg_gather_<...>.c, which sets WG_NAME and defines list_run: it lists the events of `count`
 * neighbouring elements from `first`, of which the first one is input `input` of the window. */

WG_APART static void clip(wg_place start, wg_size kernel, wg_size dilation, wg_size size, wg_size *from, wg_size *to)
{
    wg_clip(start, kernel, dilation, size, from, to);
}

void WG_NAME(wg_gathering *g, const void *source, wg_place y, wg_place x)
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
    const wg_size down = (wg_size)(w->dilation_y * w->width * w->channels), across = (wg_size)(w->dilation_x * w->channels);
    const wg_size row_inputs = (wg_size)(w->kernel_width * w->channels);
    wg_size first = ((wg_size)(y + (wg_place)(top * w->dilation_y)) * w->width + (wg_size)x + left * w->dilation_x) * w->channels;
    wg_size input = top * row_inputs + left * w->channels;
    for (; top < bottom; top++, first += down, input += row_inputs) {
        for (wg_size run = 0; run < runs; run++) {
            list_run(g, source, first + run * across, count, input + run * w->channels);
        }
    }
}
