#ifndef NNET_WHETGEN_COMMON_H_
#define NNET_WHETGEN_COMMON_H_

/* What the layers of whetgen share.
 *
 * Everything is an exact integer. Each config struct brings the types: the generator proves from the
 * network's bounds that every sum, level and result fits its type, so nothing ever rounds or wraps.
 * Where a config says that a layer fires, its result is 1 for each sum that reaches its level (equality fires), else 0;
 * where not, the level is a bias, which is added.
 * Tensors are flat arrays, row-major, channels last.
 */

#include "ap_int.h"
#include "nnet_common.h"

namespace nnet {

/* Entry i of an array of constants, as value_T. Up to 63 bits the array holds the values themselves (LIMBS = 1);
 * beyond, LIMBS parts of 32 bits an entry, least significant first, two's complement. */
template <class value_T, int LIMBS> struct wg_entry {
    template <class stored_T> static value_T read(const stored_T *array, int i) {
        #pragma HLS INLINE
        ap_uint<32 * LIMBS> bits = 0;
        for (int k = 0; k < LIMBS; k++) {
            #pragma HLS UNROLL
            bits.range(32 * k + 31, 32 * k) = array[i * LIMBS + k];
        }
        return value_T(bits);
    }
};

template <class value_T> struct wg_entry<value_T, 1> {
    template <class stored_T> static value_T read(const stored_T *array, int i) {
        #pragma HLS INLINE
        return value_T(array[i]);
    }
};

/* Level i of a layer. */
template <typename CONFIG_T, class stored_T> typename CONFIG_T::levels_t wg_level(const stored_T *levels, int i) {
    #pragma HLS INLINE
    return wg_entry<typename CONFIG_T::levels_t, CONFIG_T::levels_limbs>::read(levels, i);
}

/* What becomes of a sum. */
template <class res_T, typename CONFIG_T>
res_T wg_finish(typename CONFIG_T::accum_t sum, typename CONFIG_T::levels_t level) {
    #pragma HLS INLINE
    return CONFIG_T::fires ? res_T(sum >= level) : res_T(sum + level);
}

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
