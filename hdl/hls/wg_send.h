// Results to an AXI4-Stream, tlast on the last beat of a frame.
#ifndef WG_SEND_H
#define WG_SEND_H

#include "wg_types.h"

// One element a beat, its sign extended to the whole beat.
template <typename ELEMENT, int BUS, int COUNT>
void wg_send(wg_stream<wg_uint<ELEMENT::width>> &in, wg_stream<wg_beat<BUS>> &m_axis) {
#pragma HLS INLINE off
send:
    for (int count = 0; count < COUNT; ++count) {
#pragma HLS PIPELINE II=1
        const ELEMENT element = wg_get<ELEMENT>(in.read(), 0);
        m_axis.write(wg_make_beat<BUS>(wg_uint<BUS>(wg_int<BUS>(element)), count == COUNT - 1));
    }
}

// WORDS words of BITS bits packed back to back, unused bits of the last beat zero.
template <int BITS, int BUS, int WORDS>
void wg_send_packed(wg_stream<wg_uint<BITS>> &in, wg_stream<wg_beat<BUS>> &m_axis) {
#pragma HLS INLINE off
    wg_uint<BUS> data = 0;
    int part = 0;
send_packed:
    for (int count = 0; count < WORDS; ++count) {
#pragma HLS PIPELINE II=1
        const wg_uint<BUS> fresh = part == 0 ? wg_uint<BUS>(0) : data;
        data = fresh;
        wg_set(data, part, in.read());
        if (part == BUS / BITS - 1 || count == WORDS - 1)
            m_axis.write(wg_make_beat<BUS>(data, count == WORDS - 1));
        part = part == BUS / BITS - 1 ? 0 : part + 1;
    }
}

// The number of the largest element, the lowest among equals.
template <typename ELEMENT, int BUS, int COUNT>
void wg_send_class(wg_stream<wg_uint<ELEMENT::width>> &in, wg_stream<wg_beat<BUS>> &m_axis) {
#pragma HLS INLINE off
    ELEMENT best = 0;
    wg_uint<BUS> winner = 0;
send_class:
    for (int count = 0; count < COUNT; ++count) {
#pragma HLS PIPELINE II=1
        const ELEMENT element = wg_get<ELEMENT>(in.read(), 0);
        if (count == 0 || element > best) {
            best = element;
            winner = count;
        }
    }
    m_axis.write(wg_make_beat<BUS>(winner, true));
}

#endif
