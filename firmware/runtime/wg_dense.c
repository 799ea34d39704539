#include "wg_elements.h"

void wg_dense(const wg_dense_layer *layer, const void *source, void *result, void *sums)
{
    wg_clear_bits(result, layer->finish.result, layer->finish.channels);
    layer->sums->clear(&layer->finish, sums);
    layer->add_rows(&layer->rows, 0u, 0u, sums, source, layer->source, 0u, layer->inputs);
    layer->sums->finish(&layer->finish, sums, result, 0u);
}
