// Frames from an AXI4-Stream: only whole ones pass.
//
// A frame has BEATS beats and tlast on its last one. A frame that is shorter or longer is dropped whole and counted; the
// next one is unharmed. Cycles: BEATS to take a frame, BEATS to pass it on.
#ifndef WG_RECEIVE_H
#define WG_RECEIVE_H

#include "wg_types.h"

// Takes beats up to and including tlast; returns whether they are a frame.
template <int BUS, int BEATS> bool wg_take_frame(wg_stream<wg_beat<BUS>> &s_axis, wg_uint<BUS> frame[BEATS]) {
    int count = 0;
    bool last = false;
take:
    while (!last) {
#pragma HLS PIPELINE II=1
        const wg_beat<BUS> beat = s_axis.read();
        last = beat.last != 0;
        if (count < BEATS)
            frame[count] = beat.data;
        if (count <= BEATS)
            ++count; // stays at BEATS + 1: too long
    }
    return count == BEATS;
}

template <int BUS, int BEATS>
void wg_receive(wg_stream<wg_beat<BUS>> &s_axis, wg_stream<wg_uint<BUS>> &out, wg_uint<32> &err_frames) {
#pragma HLS INLINE off
    static wg_uint<32> malformed = 0;
#pragma HLS RESET variable=malformed
    wg_uint<BUS> frame[BEATS];
search:
    while (!wg_take_frame<BUS, BEATS>(s_axis, frame))
        malformed = malformed + 1;
    err_frames = malformed;
pass:
    for (int beat = 0; beat < BEATS; ++beat) {
#pragma HLS PIPELINE II=1
        out.write(frame[beat]);
    }
}

#endif
