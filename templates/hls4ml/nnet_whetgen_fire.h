#ifndef NNET_WHETGEN_FIRE_H_
#define NNET_WHETGEN_FIRE_H_

/* Comparisons: the sharp activations of a Keras model, the winning class. */

#include "nnet_whetgen_common.h"

namespace nnet {

/* A fully sharpened activation on any integer or fixed-point type: a spike where 2 data >= twice_level.
 * The sum is one bit wider than data, so a level of one half needs no fraction bit. */
template <class data_T, class res_T, typename CONFIG_T>
void wg_sharp(data_T data[CONFIG_T::n_in], res_T res[CONFIG_T::n_in]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    for (int i = 0; i < CONFIG_T::n_in; i++) {
        #pragma HLS UNROLL
        res[i] = (data[i] + data[i]) >= CONFIG_T::twice_level;
    }
}

/* Index of the largest score; the lowest index wins ties. */
template <class data_T, class res_T, typename CONFIG_T>
void wg_argmax(data_T data[CONFIG_T::n_in], res_T res[1]) {
    #pragma HLS PIPELINE II = CONFIG_T::reuse_factor
    data_T most = data[0];
    res_T winner = 0;
    for (int i = 1; i < CONFIG_T::n_in; i++) {
        #pragma HLS UNROLL
        if (data[i] > most) {
            most = data[i];
            winner = i;
        }
    }
    res[0] = winner;
}

} // namespace nnet

#endif
