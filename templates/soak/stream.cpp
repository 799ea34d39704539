// Streams frames for long through a generated network's RTL and compares every result, for whetgen bench soak.
//
//     simulator INPUTS RESULTS POOL FRAMES SEED
//
// INPUTS and RESULTS hold POOL frames each, as bytes on the bus. Frames of the pool go in, in random order, until FRAMES
// results were compared. Frames with tlast early or late come between them and must be dropped and counted; now and then
// a reset cuts what is under way. How often input pauses and output stalls changes every few thousand cycles.
// Built with IN_BITS, IN_BEATS, OUT_BITS, OUT_BEATS and QUIET, the cycles within which something must move.
// Prints a JSON object a line, the last one with "done" 1: counts so far, and the memory of the process.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

namespace {

constexpr size_t kIn = IN_BITS / 8, kOut = OUT_BITS / 8;
constexpr uint64_t kPhase = 4096;              // cycles of one share of pauses and stalls
constexpr unsigned kShares[] = {0, 10, 50, 90};  // of cycles in which nothing is offered or taken, in percent
constexpr unsigned kMalformed = 20, kReset = 5000;  // one frame of so many; one reset of so many frames
constexpr int kSettled = 64;                   // cycles without input after which err_frames is final

struct Counts {
  unsigned long long frames, mismatches, malformed, resets, cut, cycles, unstable, wrong_errors, stuck;
};

std::vector<uint8_t> Read(const char* path) {
  std::vector<uint8_t> data;
  FILE* file = fopen(path, "rb");
  if (!file) { perror(path); exit(2); }
  uint8_t chunk[65536];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) data.insert(data.end(), chunk, chunk + n);
  fclose(file);
  return data;
}

long ResidentKilobytes() {
  long pages = 0, resident = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
  fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void Tell(const Counts& c, int done) {
  printf("{\"frames\": %llu, \"mismatches\": %llu, \"malformed\": %llu, \"resets\": %llu, \"cut\": %llu, \"cycles\": %llu, "
         "\"unstable\": %llu, \"wrong_errors\": %llu, \"stuck\": %llu, \"memory_kb\": %ld, \"done\": %d}\n",
         c.frames, c.mismatches, c.malformed, c.resets, c.cut, c.cycles, c.unstable, c.wrong_errors, c.stuck,
         ResidentKilobytes(), done);
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) { fprintf(stderr, "usage: %s INPUTS RESULTS POOL FRAMES SEED\n", argv[0]); return 2; }
  const std::vector<uint8_t> inputs = Read(argv[1]), results = Read(argv[2]);
  const unsigned pool = strtoul(argv[3], nullptr, 10);
  const unsigned long long wanted = strtoull(argv[4], nullptr, 10), each = wanted / 100 + 1;
  std::mt19937 random(strtoul(argv[5], nullptr, 10));
  auto one_of = [&](unsigned n) { return random() % n; };

  VerilatedContext context;
  Vtop top{&context};
  auto edge = [&] { top.CLOCK = 1; top.eval(); top.CLOCK = 0; };
  Counts count{};
  std::deque<unsigned> under_way;                // frames that went in whole and have not come out
  unsigned number = 0, beats = 0, beat = 0;      // the frame that goes in: which, of how many beats, how many are in
  unsigned idle = 0, stall = 0;                  // percent
  size_t out_beat = 0;
  uint32_t errors = 0;                           // that the network must have counted since the last reset
  int settle = -1;                               // cycles until a reset, -1: none is due
  bool offered = false, held = false, right = true;
  unsigned long long told = 0, quiet = 0;
  uint8_t hold[kOut + 1] = {}, now[kOut + 1] = {};

  auto reset = [&] {
    count.cut += under_way.size() + (beat > 0 || offered);
    under_way.clear();
    beats = beat = errors = 0;
    out_beat = 0;
    offered = held = false;
    right = true;
    top.RESET = RESET_ON; top.s_axis_tvalid = 0; top.m_axis_tready = 0;
    for (unsigned i = 1 + one_of(4); i; --i) { top.eval(); edge(); }
    top.RESET = !RESET_ON;
  };
  memset(static_cast<void*>(&top.s_axis_tdata), 0, sizeof top.s_axis_tdata);
  top.CLOCK = 0;
  reset();
  count.cut = 0;
  while (count.frames < wanted && !count.stuck) {
    if (count.cycles++ % kPhase == 0) { idle = kShares[one_of(4)]; stall = kShares[one_of(4)]; }
    if (settle > 0) {
      --settle;
    } else if (settle == 0) {
      top.eval();
      count.wrong_errors += top.err_frames != errors;
      reset();
      ++count.resets;
      settle = -1;
    } else if (!offered && one_of(100) >= idle) {
      if (beat == beats) {                       // the next frame
        number = one_of(pool);
        beat = 0;
        beats = IN_BEATS;
        if (one_of(kMalformed) == 0) beats = IN_BEATS > 1 && one_of(2) ? 1 + one_of(IN_BEATS - 1) : IN_BEATS + 1 + one_of(3);
      }
      memcpy(static_cast<void*>(&top.s_axis_tdata), &inputs[(number * size_t{IN_BEATS} + (beat < IN_BEATS ? beat : 0)) * kIn], kIn);
      top.s_axis_tlast = beat + 1 == beats;
      offered = true;
    }
    top.s_axis_tvalid = offered;
    top.m_axis_tready = one_of(100) >= stall;
    top.eval();
    const bool in = top.s_axis_tvalid && top.s_axis_tready, out = top.m_axis_tvalid && top.m_axis_tready;
    if (top.m_axis_tvalid) {
      memcpy(now, static_cast<const void*>(&top.m_axis_tdata), kOut);
      now[kOut] = top.m_axis_tlast;
      count.unstable += held && memcmp(now, hold, sizeof now);
      memcpy(hold, now, sizeof now);
    } else {
      count.unstable += held;
    }
    held = top.m_axis_tvalid && !top.m_axis_tready;
    if (in) {
      offered = false;
      if (settle >= 0) settle = kSettled;
      if (++beat == beats) {
        if (beats == IN_BEATS) under_way.push_back(number);
        else { ++count.malformed; ++errors; }
        if (one_of(kReset) == 0) settle = kSettled;
      } else if (IN_BEATS > 1 && one_of(kReset * IN_BEATS) == 0) {
        settle = kSettled;                       // in the middle of a frame
      }
    }
    if (out) {
      const bool due = !under_way.empty();       // else it is surplus
      right = right && due && now[kOut] == (out_beat + 1 == OUT_BEATS)
          && !memcmp(now, &results[(under_way.front() * size_t{OUT_BEATS} + out_beat) * kOut], kOut);
      if (!due || ++out_beat == OUT_BEATS) {
        count.mismatches += !right;
        count.frames += due;
        if (due) under_way.pop_front();
        out_beat = 0;
        right = true;
      }
    }
    edge();
    quiet = in || out || settle >= 0 ? 0 : quiet + 1;
    count.stuck = quiet > QUIET;
    if (count.frames >= told + each) { told = count.frames; Tell(count, 0); }
  }
  for (int i = 0; i < kSettled; ++i) { top.s_axis_tvalid = 0; top.m_axis_tready = 0; top.eval(); edge(); }
  top.eval();
  count.wrong_errors += top.err_frames != errors;
  Tell(count, 1);
  return 0;
}
