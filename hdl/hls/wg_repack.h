// Words of another width, element by element in the same order; one word in or out a cycle.
#ifndef WG_REPACK_H
#define WG_REPACK_H

#include "wg_types.h"

// Each word becomes PARTS words of BITS bits, the low bits first; WORDS come out of a frame, padding behind them is
// dropped.
template <int BITS, int PARTS, int WORDS>
void wg_narrow(wg_stream<wg_uint<BITS * PARTS>> &in, wg_stream<wg_uint<BITS>> &out) {
#pragma HLS INLINE off
    wg_uint<BITS * PARTS> word = 0;
    int part = 0;
narrow:
    for (int count = 0; count < WORDS; ++count) {
#pragma HLS PIPELINE II=1
        if (part == 0)
            word = in.read();
        out.write(wg_get<wg_uint<BITS>>(word, 0));
        word = word >> BITS;
        part = part == PARTS - 1 ? 0 : part + 1;
    }
}

// PARTS words become one, the first in the low bits; WORDS come out of a frame.
template <int BITS, int PARTS, int WORDS>
void wg_widen(wg_stream<wg_uint<BITS>> &in, wg_stream<wg_uint<BITS * PARTS>> &out) {
#pragma HLS INLINE off
    wg_uint<BITS * PARTS> word = 0;
widen:
    for (int count = 0; count < WORDS; ++count) {
        for (int part = 0; part < PARTS; ++part) {
#pragma HLS PIPELINE II=1
            word = word >> BITS;
            wg_set(word, PARTS - 1, in.read());
            if (part == PARTS - 1)
                out.write(word);
        }
    }
}

// Elements of another type that holds the same numbers, LANES a word.
template <typename FROM, typename TO, int LANES, int WORDS>
void wg_resize(wg_stream<wg_uint<LANES * FROM::width>> &in, wg_stream<wg_uint<LANES * TO::width>> &out) {
#pragma HLS INLINE off
resize:
    for (int count = 0; count < WORDS; ++count) {
#pragma HLS PIPELINE II=1
        const wg_uint<LANES * FROM::width> word = in.read();
        wg_uint<LANES * TO::width> resized = 0;
        for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS UNROLL
            wg_set(resized, lane, TO(wg_get<FROM>(word, lane)));
        }
        out.write(resized);
    }
}

// The same words for each of READERS.
template <int BITS, int READERS, int WORDS>
void wg_fork(wg_stream<wg_uint<BITS>> &in, wg_stream<wg_uint<BITS>> out[READERS]) {
#pragma HLS INLINE off
fork:
    for (int count = 0; count < WORDS; ++count) {
#pragma HLS PIPELINE II=1
        const wg_uint<BITS> word = in.read();
        for (int reader = 0; reader < READERS; ++reader) {
#pragma HLS UNROLL
            out[reader].write(word);
        }
    }
}

#endif
