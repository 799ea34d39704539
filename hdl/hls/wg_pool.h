// Largest element or sum of each window, channel by channel, PE channels a cycle. Spikes: the largest is their OR.
//
// Config L: POSITIONS windows of TAPS taps of CHUNKS words. Cycles a frame: POSITIONS * TAPS * CHUNKS.
#ifndef WG_POOL_H
#define WG_POOL_H

#include "wg_types.h"

template <typename L> typename L::element_out wg_combine(const typename L::element_out &a, const typename L::element_out &b) {
#pragma HLS INLINE
    if (L::LARGEST)
        return a >= b ? a : b;
    return typename L::element_out(a + b);
}

template <typename L> void wg_pool(wg_stream<typename L::word_in> &in, wg_stream<typename L::word_out> &out) {
#pragma HLS INLINE off
    typename L::word_out best[L::CHUNKS];
positions:
    for (int position = 0; position < L::POSITIONS; ++position) {
        for (int tap = 0; tap < L::TAPS; ++tap) {
            for (int chunk = 0; chunk < L::CHUNKS; ++chunk) {
#pragma HLS PIPELINE II=1
                const typename L::word_in word = in.read();
                typename L::word_out results = best[chunk];
                for (int lane = 0; lane < L::PE; ++lane) {
#pragma HLS UNROLL
                    const typename L::element_out element = wg_get<typename L::element_in>(word, lane);
                    const typename L::element_out before = wg_get<typename L::element_out>(results, lane);
                    wg_set(results, lane, tap == 0 ? element : wg_combine<L>(element, before));
                }
                best[chunk] = results;
                if (tap == L::TAPS - 1)
                    out.write(results);
            }
        }
    }
}

#endif
