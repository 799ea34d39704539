// Flips one bit of a network at a time, by Verilator: what comes out, and what err_fault and err_corrected say of it.
//
//     flips BEATS WANTED FRAMES CYCLES < FLIPS
//
// BEATS, WANTED: files with the beats of FRAMES frames in and out, the bytes of tdata and one byte with tlast. A line of FLIPS: the
// number of a place of bits (places.h), word, bit, and the cycle after reset in which it flips. Each line of the answer:
// how many frames came out right, and how many of the others without err_fault on each of their beats; frames that did
// not come within CYCLES count as those; and the cycles in which err_fault and err_corrected were seen, at most 1 of the latter.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "Vtop.h"
#include "Vtop___024root.h"
#include "verilated.h"

struct Place {
  void* at;
  size_t bytes;  // of a word
};

static std::vector<Place> Places(Vtop___024root* root) {
  return {
#include "places.h"
  };
}

static std::vector<uint8_t> Read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int main(int, char** argv) {
  const std::vector<uint8_t> beats = Read(argv[1]), wanted = Read(argv[2]);
  const long frames = atol(argv[3]), cycles = atol(argv[4]);
  VerilatedContext context;
  Vtop top{&context};
  const std::vector<Place> places = Places(top.rootp);
  const size_t in_bytes = IN_BYTES, out_bytes = OUT_BYTES, out_beats = wanted.size() / (out_bytes + 1) / frames;
  auto edge = [&] { top.clk = 1; top.eval(); top.clk = 0; };
  memset(static_cast<void*>(&top.s_axis_tdata), 0, sizeof top.s_axis_tdata);

  long place, word, bit, when;
  while (scanf("%ld %ld %ld %ld", &place, &word, &bit, &when) == 4) {
    uint8_t* const byte = static_cast<uint8_t*>(places[place].at) + word * places[place].bytes + bit / 8;
    auto flip = [&] { *byte ^= 1u << bit % 8; };
    top.clk = 0; top.rst = 1; top.s_axis_tvalid = 0; top.s_axis_tlast = 0; top.m_axis_tready = 0;
    top.eval();
    for (int i = 0; i < 4; ++i) { edge(); top.eval(); }
    top.rst = 0;
    size_t next = 0, taken = 0;
    long right = 0, untold = 0, faults = 0;
    bool same = true, told = true;
    for (long cycle = 0; cycle < cycles && taken < out_beats * frames; ++cycle) {
      if (cycle == when) flip();
      top.s_axis_tvalid = next < beats.size();
      if (next < beats.size()) {
        memcpy(static_cast<void*>(&top.s_axis_tdata), &beats[next], in_bytes);
        top.s_axis_tlast = beats[next + in_bytes] & 1;
      }
      top.m_axis_tready = 1;
      top.eval();
      if (top.s_axis_tvalid && top.s_axis_tready) next += in_bytes + 1;
      faults += top.err_fault;
      if (top.m_axis_tvalid) {
        const uint8_t* want = &wanted[taken * (out_bytes + 1)];
        same = same && !memcmp(want, static_cast<const void*>(&top.m_axis_tdata), out_bytes) && want[out_bytes] == top.m_axis_tlast;
        told = told && top.err_fault;
        if (++taken % out_beats == 0) {
          right += same;
          untold += !same && !told;
          same = told = true;
        }
      }
      edge();
    }
    top.eval();
    printf("%ld %ld %ld %d\n", right, frames - (long)(taken / out_beats) + untold, faults, top.err_corrected);
    flip();
  }
  return 0;
}
