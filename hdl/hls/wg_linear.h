// Weighted sums of whole windows, PE neurons and SIMD inputs a cycle, compared with thresholds where the layer fires.
//
// Config L: POSITIONS windows of WORDS words of SIMD elements; each is walked PASSES times, PE neurons a pass.
// With PLANES above 1, which is the width of an element, a pass walks the window once for each bit, the highest first,
// and doubles the sum before each; of IN_SIGNED elements the highest bit counts negative. Sums wrap on the way.
// Cycles a frame: POSITIONS * PASSES * PLANES * WORDS.
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

// What a walk takes of an element: one bit, or the whole where there are no planes.
template <typename ELEMENT, int PLANES> struct wg_digit {
    typedef wg_uint<1> type;
    static type get(const ELEMENT &element, int plane) { return element[PLANES - 1 - plane] ? 1 : 0; }
};

template <typename ELEMENT> struct wg_digit<ELEMENT, 1> {
    typedef ELEMENT type;
    static type get(const ELEMENT &element, int) { return element; }
};

template <typename L>
void wg_linear(wg_stream<typename L::word_in> &in, wg_stream<typename L::word_out> &out,
               const typename L::weight weights[L::PASSES * L::WORDS][L::PE][L::SIMD],
               const typename L::level levels[L::LEVEL_ROWS * L::PASSES][L::PE]) {
#pragma HLS INLINE off
#pragma HLS ARRAY_PARTITION variable=weights complete dim=2
#pragma HLS ARRAY_PARTITION variable=weights complete dim=3
#pragma HLS ARRAY_PARTITION variable=levels complete dim=2
    typedef wg_adder<typename L::sum> adder;
    typedef wg_digit<typename L::element_in, L::PLANES> digit;
    typename L::word_in window[L::WORDS];
    typename adder::sum sums[L::PE];
#pragma HLS ARRAY_PARTITION variable=sums complete
    int pass_row = 0, level_row = 0;
positions:
    for (int position = 0; position < L::POSITIONS; ++position) {
        for (int pass = 0; pass < L::PASSES; ++pass) {
            for (int plane = 0; plane < L::PLANES; ++plane) {
                for (int count = 0; count < L::WORDS; ++count) {
#pragma HLS PIPELINE II=1
                    const bool first = pass == 0 && plane == 0;
                    const typename L::word_in word = first ? in.read() : window[count];
                    window[count] = word;
                    const bool negative = L::PLANES > 1 && L::IN_SIGNED && plane == 0;
                    typename adder::template operand<typename digit::type>::type digits[L::SIMD];
#pragma HLS ARRAY_PARTITION variable=digits complete
                    for (int lane = 0; lane < L::SIMD; ++lane) {
#pragma HLS UNROLL
                        digits[lane] = adder::load(digit::get(wg_get<typename L::element_in>(word, lane), plane));
                    }
                    for (int neuron = 0; neuron < L::PE; ++neuron) {
#pragma HLS UNROLL
                        typename adder::sum sum = sums[neuron];
                        if (count == 0)
                            sum = plane == 0 ? typename adder::sum(0) : typename adder::sum(sum + sum);
                        for (int lane = 0; lane < L::SIMD; ++lane) {
#pragma HLS UNROLL
                            const typename adder::sum term =
                                adder::term(digits[lane], weights[pass_row + count][neuron][lane]);
                            sum = negative ? typename adder::sum(sum - term) : typename adder::sum(sum + term);
                        }
                        sums[neuron] = sum;
                    }
                    if (count == L::WORDS - 1 && plane == L::PLANES - 1) {
                        typename L::word_out results = 0;
                        for (int neuron = 0; neuron < L::PE; ++neuron) {
#pragma HLS UNROLL
                            wg_set(results, neuron,
                                   wg_finish<L>(adder::store(sums[neuron]), levels[level_row][neuron]));
                        }
                        out.write(results);
                        pass_row = pass == L::PASSES - 1 ? 0 : pass_row + L::WORDS;
                        level_row = level_row == L::LEVEL_ROWS * L::PASSES - 1 ? 0 : level_row + 1;
                    }
                }
            }
        }
    }
}

#endif
