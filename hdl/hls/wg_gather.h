// Elements in another order, or of several maps one after the other; an element a cycle.
//
// Config L: SOURCES maps of TOTAL elements together, COUNT results. ends[k]: elements of the maps up to and with k.
#ifndef WG_GATHER_H
#define WG_GATHER_H

#include "wg_types.h"

// The maps one after the other. Cycles a frame: TOTAL.
template <typename L>
void wg_append(wg_stream<typename L::element> in[L::SOURCES], wg_stream<typename L::element> &out,
               const wg_constant<32> ends[L::SOURCES]) {
#pragma HLS INLINE off
    int source = 0;
append:
    for (int count = 0; count < L::TOTAL; ++count) {
#pragma HLS PIPELINE II=1
        out.write(in[source].read());
        if (count + 1 == int(ends[source]) && source < L::SOURCES - 1)
            ++source;
    }
}

// Result i is element indices[i] of the maps; index TOTAL is zero. Cycles a frame: TOTAL + COUNT.
template <typename L>
void wg_gather(wg_stream<typename L::element> in[L::SOURCES], wg_stream<typename L::element> &out,
               const wg_constant<32> ends[L::SOURCES], const typename L::index indices[L::COUNT]) {
#pragma HLS INLINE off
    typename L::element elements[L::TOTAL];
    int source = 0;
take:
    for (int count = 0; count < L::TOTAL; ++count) {
#pragma HLS PIPELINE II=1
        elements[count] = in[source].read();
        if (count + 1 == int(ends[source]) && source < L::SOURCES - 1)
            ++source;
    }
give:
    for (int count = 0; count < L::COUNT; ++count) {
#pragma HLS PIPELINE II=1
        const int index = int(indices[count]);
        out.write(index == L::TOTAL ? typename L::element(0) : elements[index]);
    }
}

#endif
