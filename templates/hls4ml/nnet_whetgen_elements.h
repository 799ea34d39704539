#ifndef NNET_WHETGEN_ELEMENTS_H_
#define NNET_WHETGEN_ELEMENTS_H_

/* Element by element: weighted sums of tensors, and elements moved to other places. */

#include "nnet_whetgen_common.h"

namespace nnet {

/* factor * data[i], with a level; factors and levels repeat: one a channel, or one an element. */
template <class data_T, class res_T, typename CONFIG_T, class factor_T, class level_T>
void wg_scale(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in], factor_T factor[CONFIG_T::factor_size],
              level_T levels[CONFIG_T::levels_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_in; i++) {
        #pragma HLS UNROLL
        typename CONFIG_T::factor_t weight =
            wg_entry<typename CONFIG_T::factor_t, CONFIG_T::factor_limbs>::read(factor, i % CONFIG_T::n_factor);
        typename CONFIG_T::accum_t sum = wg_product<typename CONFIG_T::accum_t>(data[i], weight);
        res[i] = wg_finish<res_T, CONFIG_T>(sum, wg_level<CONFIG_T>(levels, i % CONFIG_T::n_levels));
    }
}

/* factor * data[i] + factor2 * data2[i], with a level. */
template <class data_T, class data2_T, class res_T, typename CONFIG_T, class factor_T, class factor2_T, class level_T>
void wg_blend(data_T data[CONFIG_T::n_in], data2_T data2[CONFIG_T::n_in], res_T res[CONFIG_T::n_in],
              factor_T factor[CONFIG_T::factor_size], factor2_T factor2[CONFIG_T::factor2_size],
              level_T levels[CONFIG_T::levels_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_in; i++) {
        #pragma HLS UNROLL
        typename CONFIG_T::factor_t weight =
            wg_entry<typename CONFIG_T::factor_t, CONFIG_T::factor_limbs>::read(factor, i % CONFIG_T::n_factor);
        typename CONFIG_T::factor2_t weight2 =
            wg_entry<typename CONFIG_T::factor2_t, CONFIG_T::factor2_limbs>::read(factor2, i % CONFIG_T::n_factor2);
        typename CONFIG_T::accum_t sum = wg_product<typename CONFIG_T::accum_t>(data[i], weight);
        sum += wg_product<typename CONFIG_T::accum_t>(data2[i], weight2);
        res[i] = wg_finish<res_T, CONFIG_T>(sum, wg_level<CONFIG_T>(levels, i % CONFIG_T::n_levels));
    }
}

/* res[i] = data[indices[i]], or zero where the index is -1. The indices are constant: in hardware, wires. */
template <class data_T, class res_T, typename CONFIG_T, class index_T>
void wg_gather(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_out], index_T indices[CONFIG_T::indices_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_out; i++) {
        #pragma HLS UNROLL
        const int from = indices[i];
        res[i] = from < 0 ? res_T(0) : res_T(data[from]);
    }
}

/* The same from two tensors, one after the other: index n_in is the first element of data2. */
template <class data_T, class data2_T, class res_T, typename CONFIG_T, class index_T>
void wg_gather2(data_T data[CONFIG_T::n_in], data2_T data2[CONFIG_T::n_in2], res_T res[CONFIG_T::n_out],
                index_T indices[CONFIG_T::indices_size]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_out; i++) {
        #pragma HLS UNROLL
        const int from = indices[i];
        res[i] = from < CONFIG_T::n_in ? res_T(data[from]) : res_T(data2[from - CONFIG_T::n_in]);
    }
}

/* The same tensor once more, for an output that other layers read too. */
template <class data_T, class res_T, typename CONFIG_T>
void wg_copy(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_in; i++) {
        #pragma HLS UNROLL
        res[i] = res_T(data[i]);
    }
}

} // namespace nnet

#endif
