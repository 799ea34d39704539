#ifndef NNET_WHETGEN_POOL_H_
#define NNET_WHETGEN_POOL_H_

/* Pooling of (height, width, channels) maps, channel by channel. */

#include "nnet_whetgen_common.h"

namespace nnet {

/* The larger of two; of two spikes it is their OR. */
template <class data_T> data_T wg_larger(data_T a, data_T b) {
    #pragma HLS INLINE
    return a > b ? a : b;
}

inline ap_uint<1> wg_larger(ap_uint<1> a, ap_uint<1> b) {
    #pragma HLS INLINE
    return a | b;
}

/* Largest element of each window. Padding never wins: it is narrower than the window, so that every
 * window holds an element of the map, and the first one found starts the search. */
template <class data_T, class res_T, typename CONFIG_T>
void wg_max_pool(data_T data[CONFIG_T::in_height * CONFIG_T::in_width * CONFIG_T::n_filt],
                 res_T res[CONFIG_T::out_height * CONFIG_T::out_width * CONFIG_T::n_filt]) {
    for (int position = 0; position < CONFIG_T::out_height * CONFIG_T::out_width; position++) {
        #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
        const int top = position / CONFIG_T::out_width * CONFIG_T::stride_height - CONFIG_T::pad_top;
        const int left = position % CONFIG_T::out_width * CONFIG_T::stride_width - CONFIG_T::pad_left;
        for (int c = 0; c < CONFIG_T::n_filt; c++) {
            data_T largest = 0;
            bool found = false;
            for (int tap = 0; tap < CONFIG_T::filt_height * CONFIG_T::filt_width; tap++) {
                const int y = top + tap / CONFIG_T::filt_width, x = left + tap % CONFIG_T::filt_width;
                if (y < 0 || y >= CONFIG_T::in_height || x < 0 || x >= CONFIG_T::in_width)
                    continue;
                data_T value = data[(y * CONFIG_T::in_width + x) * CONFIG_T::n_filt + c];
                largest = found ? wg_larger(largest, value) : value;
                found = true;
            }
            res[position * CONFIG_T::n_filt + c] = res_T(largest);
        }
    }
}

/* Sum of each window, with a level a channel; padding adds nothing. */
template <class data_T, class res_T, typename CONFIG_T, class level_T>
void wg_sum_pool(data_T data[CONFIG_T::in_height * CONFIG_T::in_width * CONFIG_T::n_filt],
                 res_T res[CONFIG_T::out_height * CONFIG_T::out_width * CONFIG_T::n_filt],
                 level_T levels[CONFIG_T::levels_size]) {
    for (int position = 0; position < CONFIG_T::out_height * CONFIG_T::out_width; position++) {
        #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
        const int top = position / CONFIG_T::out_width * CONFIG_T::stride_height - CONFIG_T::pad_top;
        const int left = position % CONFIG_T::out_width * CONFIG_T::stride_width - CONFIG_T::pad_left;
        for (int c = 0; c < CONFIG_T::n_filt; c++) {
            typename CONFIG_T::accum_t sum = 0;
            for (int tap = 0; tap < CONFIG_T::filt_height * CONFIG_T::filt_width; tap++) {
                const int y = top + tap / CONFIG_T::filt_width, x = left + tap % CONFIG_T::filt_width;
                if (y < 0 || y >= CONFIG_T::in_height || x < 0 || x >= CONFIG_T::in_width)
                    continue;
                sum += data[(y * CONFIG_T::in_width + x) * CONFIG_T::n_filt + c];
            }
            res[position * CONFIG_T::n_filt + c] =
                wg_finish<res_T, CONFIG_T>(sum, wg_level<CONFIG_T>(levels, position * CONFIG_T::level_step + c));
        }
    }
}

} // namespace nnet

#endif
