// Neurons of several thresholds: how many of its thresholds each of PE sums a cycle reaches.
//
// Config L: WORDS words of PE sums, from which the lowest threshold is taken off; row k of the array, the STEPS other ones'
// distances from it, serves words k, k + ROWS, ...
// Cycles a frame: WORDS.
#ifndef WG_THRESHOLDS_H
#define WG_THRESHOLDS_H

#include "wg_types.h"

template <typename L>
void wg_thresholds(wg_stream<typename L::word_in> &in, wg_stream<typename L::word_out> &out,
                   const typename L::level thresholds[L::ROWS][L::STEPS][L::PE]) {
#pragma HLS INLINE off
#pragma HLS ARRAY_PARTITION variable=thresholds complete dim=2
#pragma HLS ARRAY_PARTITION variable=thresholds complete dim=3
    typedef typename L::element_in element_in;
    int row = 0;
words:
    for (int count = 0; count < L::WORDS; ++count) {
#pragma HLS PIPELINE II=1
        const typename L::word_in word = in.read();
        typename L::word_out results = 0;
        for (int lane = 0; lane < L::PE; ++lane) {
#pragma HLS UNROLL
            const element_in sum = wg_get<element_in>(word, lane);
            typename L::element_out reached = sum >= 0 ? 1 : 0;
            for (int step = 0; step < L::STEPS; ++step) {
#pragma HLS UNROLL
                reached = reached + (sum >= element_in(thresholds[row][step][lane]) ? 1 : 0);
            }
            wg_set(results, lane, reached);
        }
        out.write(results);
        row = row == L::ROWS - 1 ? 0 : row + 1;
    }
}

#endif
