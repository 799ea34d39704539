#ifndef NNET_WHETGEN_COMMON_H_
#define NNET_WHETGEN_COMMON_H_

/* What the layers of whetgen share.
 *
 * Everything is an exact integer. Each config struct brings the types: the generator proves from the
 * network's bounds that every sum, threshold and result fits its type, so nothing ever rounds or wraps.
 * Tensors are flat arrays, row-major, channels last.
 */

#include "ap_int.h"
#include "nnet_common.h"

namespace nnet {

/* Entry i of a constant table, as value_T. Tables up to 63 bits hold the values themselves (WORDS = 1);
 * wider ones hold WORDS 32-bit words an entry, least significant first, two's complement. */
template <class value_T, int WORDS> struct wg_entry {
    template <class word_T> static value_T read(const word_T *table, int i) {
        #pragma HLS INLINE
        ap_uint<32 * WORDS> bits = 0;
        for (int k = 0; k < WORDS; k++) {
            #pragma HLS UNROLL
            bits.range(32 * k + 31, 32 * k) = table[i * WORDS + k];
        }
        return value_T(bits);
    }
};

template <class value_T> struct wg_entry<value_T, 1> {
    template <class word_T> static value_T read(const word_T *table, int i) {
        #pragma HLS INLINE
        return value_T(table[i]);
    }
};

/* x * weight in a type that holds every product. A spike selects: no multiplier is made. */
template <class product_T, class weight_T> product_T wg_product(ap_uint<1> spike, weight_T weight) {
    #pragma HLS INLINE
    return spike ? product_T(weight) : product_T(0);
}

template <class product_T, class data_T, class weight_T> product_T wg_product(data_T x, weight_T weight) {
    #pragma HLS INLINE
    return product_T(x * weight);
}

} // namespace nnet

#endif
