// Line buffer: the windows of a map, one word a cycle, row by row, window by window, tap by tap, chunk by chunk.
//
// Config L: a map of HEIGHT x WIDTH pixels, CHUNKS words each, and OUT_HEIGHT x OUT_WIDTH windows of KERNEL_Y x KERNEL_X
// taps with STRIDE_*, DILATION_* and PAD_TOP, PAD_LEFT. Each of the SIMD elements of a tap outside the map is zero, or
// the lowest number with FILL_LOWEST.
//
// LINES rows are kept: those that a row of windows reads, and STRIDE_Y more that fill while it is sent. Cycles a frame:
// the first rows, then for each row of windows the longer of what is sent and what is taken.
#ifndef WG_WINDOW_H
#define WG_WINDOW_H

#include "wg_types.h"

template <typename L> struct wg_window_sizes {
    static const int ROW = L::WIDTH * L::CHUNKS;
    static const int MAP = L::HEIGHT * ROW;
    static const int EXTENT = (L::KERNEL_Y - 1) * L::DILATION_Y + 1;
    static const int LINES = EXTENT + L::STRIDE_Y;
    static const int SENT = L::OUT_WIDTH * L::KERNEL_Y * L::KERNEL_X * L::CHUNKS;
    static const int TAKEN = L::STRIDE_Y * ROW;
    static const int SPAN = SENT > TAKEN ? SENT : TAKEN;
    static const int FIRST_LINE = (LINES - L::PAD_TOP % LINES) % LINES;
};

// Words of the map that the rows of windows up to `row` need; all of them for the last.
template <typename L> int wg_window_needs(int row) {
#pragma HLS INLINE
    typedef wg_window_sizes<L> S;
    const int rows = row * L::STRIDE_Y - L::PAD_TOP + S::EXTENT;
    if (row >= L::OUT_HEIGHT || rows > L::HEIGHT)
        return S::MAP;
    return rows < 0 ? 0 : rows * S::ROW;
}

template <typename L> typename L::word_in wg_window_fill() {
#pragma HLS INLINE
    typename L::element_in element = 0;
    if (L::FILL_LOWEST)
        element[L::element_in::width - 1] = 1;
    typename L::word_in word = 0;
    for (int lane = 0; lane < L::SIMD; ++lane) {
#pragma HLS UNROLL
        wg_set(word, lane, element);
    }
    return word;
}

// Where a word of the map goes, and how many came.
template <typename L> struct wg_window_writer {
    int taken, line, column;

    void take(wg_stream<typename L::word_in> &in,
              typename L::word_in lines[wg_window_sizes<L>::LINES][wg_window_sizes<L>::ROW]) {
#pragma HLS INLINE
        typedef wg_window_sizes<L> S;
        lines[line][column] = in.read();
        ++taken;
        if (column < S::ROW - 1) {
            ++column;
        } else {
            column = 0;
            line = line == S::LINES - 1 ? 0 : line + 1;
        }
    }
};

// Which tap of which window is next.
template <typename L> struct wg_window_reader {
    int x, tap_y, tap_x, chunk;

    void advance() {
#pragma HLS INLINE
        if (chunk < L::CHUNKS - 1) {
            ++chunk;
            return;
        }
        chunk = 0;
        if (tap_x < L::KERNEL_X - 1) {
            ++tap_x;
            return;
        }
        tap_x = 0;
        if (tap_y < L::KERNEL_Y - 1) {
            ++tap_y;
            return;
        }
        tap_y = 0;
        ++x;
    }
};

template <typename L> void wg_window(wg_stream<typename L::word_in> &in, wg_stream<typename L::word_in> &out) {
#pragma HLS INLINE off
    typedef wg_window_sizes<L> S;
    typename L::word_in lines[S::LINES][S::ROW];
    const typename L::word_in fill = wg_window_fill<L>();
    wg_window_writer<L> writer = {0, 0, 0};
    int top_line = S::FIRST_LINE;
first:
    for (int count = wg_window_needs<L>(0); count > 0; --count) {
#pragma HLS PIPELINE II=1
        writer.take(in, lines);
    }
rows:
    for (int row = 0; row < L::OUT_HEIGHT; ++row) {
#pragma HLS LOOP_FLATTEN off
        const int needed = wg_window_needs<L>(row + 1);
        const int top = row * L::STRIDE_Y - L::PAD_TOP;
        wg_window_reader<L> reader = {0, 0, 0, 0};
    words:
        for (int count = 0; count < S::SPAN; ++count) {
#pragma HLS PIPELINE II=1
#pragma HLS DEPENDENCE variable=lines inter false
            // No line is written that this row of windows reads: legal without a check for dependences.
            if (writer.taken < needed)
                writer.take(in, lines);
            if (count < S::SENT) {
                const int y = top + reader.tap_y * L::DILATION_Y;
                const int x = reader.x * L::STRIDE_X - L::PAD_LEFT + reader.tap_x * L::DILATION_X;
                const bool inside = y >= 0 && y < L::HEIGHT && x >= 0 && x < L::WIDTH;
                const int below = top_line + reader.tap_y * L::DILATION_Y;
                const int line = below >= S::LINES ? below - S::LINES : below;
                out.write(inside ? lines[line][x * L::CHUNKS + reader.chunk] : fill);
                reader.advance();
            }
        }
        top_line += L::STRIDE_Y;
        if (top_line >= S::LINES)
            top_line -= S::LINES;
    }
}

#endif
