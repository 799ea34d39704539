// Types of the generated code over Catapult (ac_int.h, ac_channel.h). The Vitis variant of this file maps the same
// names to ap_int.
//
// An element is a wg_uint or wg_int; a word is some elements side by side, the first in the low bits.
#ifndef WG_TYPES_H
#define WG_TYPES_H

#include <ac_channel.h>
#include <ac_int.h>
#include <type_traits>

template <int BITS> using wg_uint = ac_int<BITS, false>;
template <int BITS> using wg_int = ac_int<BITS, true>;
template <typename WORD> using wg_stream = ac_channel<WORD>;
template <int BITS> struct wg_beat {
    wg_uint<BITS> data;
    wg_uint<1> last;
};

// Element `index` of a word.
template <typename ELEMENT, int BITS> ELEMENT wg_get(const ac_int<BITS, false> &word, int index) {
    return ELEMENT(word.template slc<ELEMENT::width>(ELEMENT::width * index));
}

template <typename ELEMENT, int BITS> void wg_set(ac_int<BITS, false> &word, int index, const ELEMENT &element) {
    word.set_slc(ELEMENT::width * index, wg_uint<ELEMENT::width>(element));
}

// One transfer on the stream.
template <int BITS> wg_beat<BITS> wg_make_beat(const ac_int<BITS, false> &data, bool last) {
    wg_beat<BITS> beat;
    beat.data = data;
    beat.last = last;
    return beat;
}

#include "wg_numbers.h"

#endif
