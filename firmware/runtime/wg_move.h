/* The loops of a move. Included once by each wg_move_<kind>.c, which defines move_run() and clear(). */

void WG_NAME(const wg_move_layer *layer, const void *source, void *result)
{
    const wg_size *count = layer->count, *in = layer->source_step, *out = layer->result_step;
    clear(layer, result);
    for (wg_size a = 0; a < count[0]; a++) {
        for (wg_size b = 0; b < count[1]; b++) {
            for (wg_size c = 0; c < count[2]; c++) {
                for (wg_size d = 0; d < count[3]; d++) {
                    move_run(layer, source, layer->source_first + a * in[0] + b * in[1] + c * in[2] + d * in[3],
                             result, layer->result_first + a * out[0] + b * out[1] + c * out[2] + d * out[3]);
                }
            }
        }
    }
}
