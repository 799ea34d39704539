#include "wg_elements.h"

void wg_weighted_sum(const wg_weighted_sum_layer *layer, const void *const *sources, void *result, void *sums)
{
    const uint32_t channels = layer->finish.channels;
    wg_clear_bits(result, layer->finish.result, layer->positions * channels);
    for (uint32_t p = 0; p < layer->positions; p++) {
        layer->sums->clear(&layer->finish, sums);
        for (uint32_t k = 0; k < layer->operands; k++) {
            const wg_operand *operand = &layer->operand[k];
            layer->sums->add(&layer->finish, sums, sources[k], operand->source, p * channels,
                             &operand->factors, p * operand->factor_step * channels);
        }
        layer->sums->finish(&layer->finish, sums, result, p);
    }
}
