// Element-wise weighted sum of OPERANDS maps, PE elements a cycle, compared with thresholds where the layer fires.
//
// Config L: WORDS words of PE elements of each operand; row k of the arrays serves words k, k + ROWS, ...
// Cycles a frame: WORDS.
#ifndef WG_BLEND_H
#define WG_BLEND_H

#include "wg_linear.h"
#include "wg_types.h"

template <typename L>
void wg_blend(wg_stream<typename L::word_in> in[L::OPERANDS], wg_stream<typename L::word_out> &out,
              const typename L::weight factors[L::ROWS][L::OPERANDS][L::PE],
              const typename L::level levels[L::ROWS][L::PE]) {
#pragma HLS INLINE off
#pragma HLS ARRAY_PARTITION variable=factors complete dim=2
#pragma HLS ARRAY_PARTITION variable=factors complete dim=3
#pragma HLS ARRAY_PARTITION variable=levels complete dim=2
    typedef wg_adder<typename L::sum> adder;
    int row = 0;
words:
    for (int count = 0; count < L::WORDS; ++count) {
#pragma HLS PIPELINE II=1
        typename L::word_in words[L::OPERANDS];
#pragma HLS ARRAY_PARTITION variable=words complete
        for (int operand = 0; operand < L::OPERANDS; ++operand) {
#pragma HLS UNROLL
            words[operand] = in[operand].read();
        }
        typename L::word_out results = 0;
        for (int lane = 0; lane < L::PE; ++lane) {
#pragma HLS UNROLL
            typename adder::sum sum = 0;
            for (int operand = 0; operand < L::OPERANDS; ++operand) {
#pragma HLS UNROLL
                const typename L::element_in element = wg_get<typename L::element_in>(words[operand], lane);
                sum = sum + adder::term(adder::load(element), factors[row][operand][lane]);
            }
            wg_set(results, lane, wg_finish<L>(adder::store(sum), levels[row][lane]));
        }
        out.write(results);
        row = row == L::ROWS - 1 ? 0 : row + 1;
    }
}

#endif
