// Weighted sums of whole windows, PE neurons and SIMD inputs a cycle, compared with thresholds where the layer fires.
//
// Shape L: POSITIONS windows of STEPS words of SIMD elements; each is walked PASSES times, PE neurons a pass.
// Cycles a frame: POSITIONS * PASSES * STEPS.
#ifndef WG_LINEAR_H
#define WG_LINEAR_H

#include "wg_types.h"

// Result of a neuron: whether the sum reaches the threshold, or sum and bias.
template <typename L> typename L::element_out wg_finish(const typename L::sum &sum, const typename L::level &level) {
#pragma HLS INLINE
    if (L::FIRE)
        return typename L::element_out(sum >= typename L::sum(level) ? 1 : 0);
    return typename L::element_out(sum + typename L::sum(level));
}

template <typename L>
void wg_linear(wg_stream<typename L::word_in> &in, wg_stream<typename L::word_out> &out,
               const typename L::weight weights[L::PASSES * L::STEPS][L::PE][L::SIMD],
               const typename L::level levels[L::LEVEL_ROWS * L::PASSES][L::PE]) {
#pragma HLS INLINE off
#pragma HLS ARRAY_PARTITION variable=weights complete dim=2
#pragma HLS ARRAY_PARTITION variable=weights complete dim=3
#pragma HLS ARRAY_PARTITION variable=levels complete dim=2
    typedef wg_adder<typename L::sum> adder;
    typename L::word_in window[L::STEPS];
    typename adder::sum sums[L::PE];
#pragma HLS ARRAY_PARTITION variable=sums complete
    int row = 0, level_row = 0;
positions:
    for (int position = 0; position < L::POSITIONS; ++position) {
        for (int pass = 0; pass < L::PASSES; ++pass) {
            for (int step = 0; step < L::STEPS; ++step) {
#pragma HLS PIPELINE II=1
                const typename L::word_in word = pass == 0 ? in.read() : window[step];
                window[step] = word;
                typename adder::template operand<typename L::element_in>::type elements[L::SIMD];
#pragma HLS ARRAY_PARTITION variable=elements complete
                for (int lane = 0; lane < L::SIMD; ++lane) {
#pragma HLS UNROLL
                    elements[lane] = adder::load(wg_get<typename L::element_in>(word, lane));
                }
                for (int neuron = 0; neuron < L::PE; ++neuron) {
#pragma HLS UNROLL
                    typename adder::sum sum = step == 0 ? typename adder::sum(0) : sums[neuron];
                    for (int lane = 0; lane < L::SIMD; ++lane) {
#pragma HLS UNROLL
                        sum = sum + adder::term(elements[lane], weights[row][neuron][lane]);
                    }
                    sums[neuron] = sum;
                }
                row = row == L::PASSES * L::STEPS - 1 ? 0 : row + 1;
                if (step == L::STEPS - 1) {
                    typename L::word_out results = 0;
                    for (int neuron = 0; neuron < L::PE; ++neuron) {
#pragma HLS UNROLL
                        wg_set(results, neuron, wg_finish<L>(adder::store(sums[neuron]), levels[level_row][neuron]));
                    }
                    out.write(results);
                    level_row = level_row == L::LEVEL_ROWS * L::PASSES - 1 ? 0 : level_row + 1;
                }
            }
        }
    }
}

#endif
