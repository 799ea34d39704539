#ifndef NNET_WHETGEN_LINEAR_H_
#define NNET_WHETGEN_LINEAR_H_

/* Weighted sums: dense, convolution, and the N-hot decoding of output spikes. */

#include "nnet_whetgen_common.h"

namespace nnet {

/* sum_i data[i] * weights[n][i], with levels[n] */
template <class data_T, class res_T, typename CONFIG_T, class weight_T, class level_T>
void wg_dense(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_out],
              weight_T weights[CONFIG_T::weights_size], level_T levels[CONFIG_T::levels_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    #pragma HLS ARRAY_PARTITION variable = weights complete
    #pragma HLS ARRAY_PARTITION variable = levels complete
    for (int n = 0; n < CONFIG_T::n_out; n++) {
        #pragma HLS UNROLL
        typename CONFIG_T::accum_t sum = 0;
        for (int i = 0; i < CONFIG_T::n_in; i++) {
            #pragma HLS UNROLL
            typename CONFIG_T::weights_t weight =
                wg_entry<typename CONFIG_T::weights_t, CONFIG_T::weights_limbs>::read(weights, n * CONFIG_T::n_in + i);
            sum += wg_product<typename CONFIG_T::accum_t>(data[i], weight);
        }
        res[n] = wg_finish<res_T, CONFIG_T>(sum, wg_level<CONFIG_T>(levels, n));
    }
}

/* Sliding window over a (height, width, channels) map, weights (n_filt, filt_height, filt_width, n_chan);
 * taps outside the map add nothing. Neuron n reads the n_chan input channels of its group n / (n_filt / groups).
 * level_step is n_filt where every position has its own levels, else 0. */
template <class data_T, class res_T, typename CONFIG_T, class weight_T, class level_T>
void wg_conv(data_T data[CONFIG_T::in_height * CONFIG_T::in_width * CONFIG_T::n_chan * CONFIG_T::groups],
             res_T res[CONFIG_T::out_height * CONFIG_T::out_width * CONFIG_T::n_filt],
             weight_T weights[CONFIG_T::weights_size], level_T levels[CONFIG_T::levels_size]) {
    const int taps = CONFIG_T::filt_height * CONFIG_T::filt_width;
    const int pixel = CONFIG_T::n_chan * CONFIG_T::groups;

    for (int position = 0; position < CONFIG_T::out_height * CONFIG_T::out_width; position++) {
        #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
        const int top = position / CONFIG_T::out_width * CONFIG_T::stride_height - CONFIG_T::pad_top;
        const int left = position % CONFIG_T::out_width * CONFIG_T::stride_width - CONFIG_T::pad_left;

        for (int n = 0; n < CONFIG_T::n_filt; n++) {
            const int group = n / (CONFIG_T::n_filt / CONFIG_T::groups);
            typename CONFIG_T::accum_t sum = 0;
            for (int tap = 0; tap < taps; tap++) {
                const int y = top + tap / CONFIG_T::filt_width * CONFIG_T::dilation_height;
                const int x = left + tap % CONFIG_T::filt_width * CONFIG_T::dilation_width;
                if (y < 0 || y >= CONFIG_T::in_height || x < 0 || x >= CONFIG_T::in_width)
                    continue;
                for (int c = 0; c < CONFIG_T::n_chan; c++) {
                    typename CONFIG_T::weights_t weight =
                        wg_entry<typename CONFIG_T::weights_t, CONFIG_T::weights_limbs>::read(
                            weights, (n * taps + tap) * CONFIG_T::n_chan + c);
                    data_T value = data[(y * CONFIG_T::in_width + x) * pixel + group * CONFIG_T::n_chan + c];
                    sum += wg_product<typename CONFIG_T::accum_t>(value, weight);
                }
            }
            res[position * CONFIG_T::n_filt + n] =
                wg_finish<res_T, CONFIG_T>(sum, wg_level<CONFIG_T>(levels, position * CONFIG_T::level_step + n));
        }
    }
}

/* N-hot decoding: (2x - 1) . (2 key - 1) is twice the number of spikes that equal the key, minus the width.
 * base[c] holds what is constant: minus the width, and the votes of neurons that never change. */
template <class data_T, class res_T, typename CONFIG_T, class key_T, class base_T>
void wg_decode(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_out],
               key_T key[CONFIG_T::key_size], base_T base[CONFIG_T::base_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    #pragma HLS ARRAY_PARTITION variable = key complete
    #pragma HLS ARRAY_PARTITION variable = base complete
    for (int c = 0; c < CONFIG_T::n_out; c++) {
        #pragma HLS UNROLL
        typename CONFIG_T::count_t equal = 0;
        for (int i = 0; i < CONFIG_T::n_in; i++) {
            #pragma HLS UNROLL
            equal += typename CONFIG_T::count_t(data[i] == key[c * CONFIG_T::n_in + i]);
        }
        typename CONFIG_T::accum_t score = wg_entry<typename CONFIG_T::base_t, CONFIG_T::base_limbs>::read(base, c);
        res[c] = res_T(score + equal + equal);
    }
}

} // namespace nnet

#endif
