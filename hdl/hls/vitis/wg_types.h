// Types of the generated code over Vitis HLS. The Catapult variant of this file maps the same names to ac_int.
//
// An element is a wg_uint or wg_int; a word is some elements side by side, the first in the low bits.
#ifndef WG_TYPES_H
#define WG_TYPES_H

#ifndef AP_INT_MAX_W
#define AP_INT_MAX_W 4096 // the widest word that the generator makes
#endif
#include <ap_axi_sdata.h>
#include <ap_int.h>
#include <hls_stream.h>
#include <type_traits>

template <int BITS> using wg_uint = ap_uint<BITS>;
template <int BITS> using wg_int = ap_int<BITS>;
template <typename WORD> using wg_stream = hls::stream<WORD>;
template <int BITS> using wg_beat = ap_axiu<BITS, 0, 0, 0>;

// Element `index` of a word.
template <typename ELEMENT, int BITS> ELEMENT wg_get(const ap_uint<BITS> &word, int index) {
#pragma HLS INLINE
    const int low = ELEMENT::width * index;
    ELEMENT element;
    element = word.range(low + ELEMENT::width - 1, low);
    return element;
}

template <typename ELEMENT, int BITS> void wg_set(ap_uint<BITS> &word, int index, const ELEMENT &element) {
#pragma HLS INLINE
    const int low = ELEMENT::width * index;
    word.range(low + ELEMENT::width - 1, low) = element;
}

// One transfer on an AXI4-Stream; every byte counts.
template <int BITS> wg_beat<BITS> wg_make_beat(const ap_uint<BITS> &data, bool last) {
#pragma HLS INLINE
    wg_beat<BITS> beat;
    beat.data = data;
    beat.keep = -1;
    beat.strb = -1;
    beat.last = last;
    return beat;
}

#include "wg_numbers.h"

#endif
