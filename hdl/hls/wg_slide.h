// Sliding windows as registers: each pixel of a map is read once, the rows above it wait in lines, and a window that is
// complete stands there whole while it is handed on, SIMD elements a cycle, tap by tap. Lines are shift registers: no
// memory whose places are read and written in the same cycle.
//
// Config L: a map of HEIGHT x WIDTH pixels, VIRTUAL_HEIGHT x VIRTUAL_WIDTH with the padding that windows touch, and
// OUT_HEIGHT x OUT_WIDTH windows of KERNEL_Y x KERNEL_X taps with STRIDE_*, DILATION_* and PAD_TOP, PAD_LEFT, in WORDS
// words of some whole pixels each. A tap outside the map is zero.
//
// Cycles a frame: one for each place of the virtual map, and WORDS - 1 more for each window.
#ifndef WG_SLIDE_H
#define WG_SLIDE_H

#include "wg_types.h"

template <typename L> struct wg_slide_sizes {
    static const int COLUMNS = (L::KERNEL_X - 1) * L::DILATION_X + 1;
    static const int DEPTH = L::DILATION_Y * L::VIRTUAL_WIDTH; // places from a tap to the one below
    static const int TAPS = L::KERNEL_Y * L::KERNEL_X / L::WORDS; // of a word
    static const int CYCLES = L::VIRTUAL_HEIGHT * L::VIRTUAL_WIDTH + L::OUT_HEIGHT * L::OUT_WIDTH * (L::WORDS - 1);
};

// Where we are on the virtual map, and whether a window is complete there.
template <typename L> struct wg_slide_place {
    int y, x;

    bool inside() const {
#pragma HLS INLINE
        return y >= L::PAD_TOP && y < L::PAD_TOP + L::HEIGHT && x >= L::PAD_LEFT && x < L::PAD_LEFT + L::WIDTH;
    }

    bool complete() const {
#pragma HLS INLINE
        const int below = y - (L::KERNEL_Y - 1) * L::DILATION_Y, right = x - (L::KERNEL_X - 1) * L::DILATION_X;
        return below >= 0 && below % L::STRIDE_Y == 0 && below <= (L::OUT_HEIGHT - 1) * L::STRIDE_Y && right >= 0 &&
               right % L::STRIDE_X == 0 && right <= (L::OUT_WIDTH - 1) * L::STRIDE_X;
    }

    void advance() {
#pragma HLS INLINE
        y = x == L::VIRTUAL_WIDTH - 1 ? y + 1 : y;
        x = x == L::VIRTUAL_WIDTH - 1 ? 0 : x + 1;
    }
};

template <typename L> void wg_slide(wg_stream<typename L::pixel> &in, wg_stream<typename L::word_in> &out) {
#pragma HLS INLINE off
    typedef wg_slide_sizes<L> S;
    typename L::pixel lines[L::KERNEL_Y][S::DEPTH] = {}; // nothing needs what leaves the first
#pragma HLS ARRAY_PARTITION variable=lines complete dim=0
    typename L::pixel window[L::KERNEL_Y][S::COLUMNS] = {};
#pragma HLS ARRAY_PARTITION variable=window complete dim=0
    wg_slide_place<L> place = {0, 0};
    int part = 0;
places:
    for (int count = 0; count < S::CYCLES; ++count) {
#pragma HLS PIPELINE II=1
        if (part == 0) {
            typename L::pixel column = 0;
            if (place.inside())
                column = in.read();
            for (int tap = L::KERNEL_Y - 1; tap >= 0; --tap) {
#pragma HLS UNROLL
                for (int x = 0; x < S::COLUMNS - 1; ++x) {
#pragma HLS UNROLL
                    window[tap][x] = window[tap][x + 1];
                }
                window[tap][S::COLUMNS - 1] = column;
                const typename L::pixel above = lines[tap][0];
                for (int x = 0; x < S::DEPTH - 1; ++x) {
#pragma HLS UNROLL
                    lines[tap][x] = lines[tap][x + 1];
                }
                lines[tap][S::DEPTH - 1] = column;
                column = above;
            }
        }
        const bool complete = place.complete();
        if (complete) {
            typename L::word_in word = 0;
            for (int tap = 0; tap < S::TAPS; ++tap) {
#pragma HLS UNROLL
                const int all = part * S::TAPS + tap;
                wg_set(word, tap, window[all / L::KERNEL_X][all % L::KERNEL_X * L::DILATION_X]);
            }
            out.write(word);
        }
        if (complete && part < L::WORDS - 1) {
            ++part;
        } else {
            part = 0;
            place.advance();
        }
    }
}

#endif
