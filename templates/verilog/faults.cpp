// Streams frames through a generated design while bits of its registers and memories flip; used by whetgen verify --faults, not part of
// a folder. Verilator is told which variables are public.
//
//     simulator                             prints a line for each public variable: scope, name, bits of an element, elements
//     simulator IN OUT BEATS EXPECTED       reads BEATS beats and then faults from the file IN
//
// A beat is the bytes of tdata and one byte with tlast in bit 0. A fault is the number of its flips and, for each, four uint32_t:
// variable, element, bit, cycle; the bit flips behind the clock edge of that cycle, the first after the reset being 0. Each fault runs in a
// model of its own, until EXPECTED beats came out and nothing more follows for a while, or nothing moves. Writes to OUT for each
// fault five uint32_t: beats out, the counter of malformed frames, whether err_fault rose, cycles, frames of which something
// had come in when the last bit flipped; then EXPECTED beats, those that did not come being 0.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "Vtop.h"
#include "verilated.h"
#include "verilated_sym_props.h"
#include "verilated_syms.h"

namespace {

constexpr size_t kIn = IN_BYTES + 1, kOut = OUT_BYTES + 1;

struct Flip {
  uint32_t variable, element, bit, cycle;
};

struct Variable {
  const char* scope;
  const VerilatedVar* var;
  uint32_t Elements() const {
    uint32_t count = 1;
    for (int k = 1; k <= var->udims(); ++k) count *= var->elements(k);
    return count;
  }
};

std::vector<Variable> Public(VerilatedContext& context) {
  std::vector<Variable> found;
  for (const auto& scope : *context.scopeNameMap())
    if (scope.second->varsp())
      for (const auto& var : *scope.second->varsp()) found.push_back({scope.first, &var.second});
  return found;
}

void Toggle(const Variable& variable, const Flip& flip) {
  // Words are stored from the lowest byte on, on the machines that simulate.
  uint8_t* const element = static_cast<uint8_t*>(variable.var->datap()) + size_t{flip.element} * variable.var->entSize();
  element[flip.bit / 8] ^= uint8_t(1u << flip.bit % 8);
}

std::vector<uint8_t> Read(const char* path) {
  std::vector<uint8_t> data;
  FILE* file = fopen(path, "rb");
  if (!file) { perror(path); exit(2); }
  uint8_t chunk[65536];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) data.insert(data.end(), chunk, chunk + n);
  fclose(file);
  return data;
}

void RunFault(const uint8_t* beats, size_t count, size_t expected, const std::vector<Flip>& flips, FILE* out) {
  VerilatedContext context;
  Vtop top{&context};
  auto edge = [&] { top.CLOCK = 1; top.eval(); top.CLOCK = 0; };
  memset(static_cast<void*>(&top.s_axis_tdata), 0, sizeof top.s_axis_tdata);
  top.CLOCK = 0; top.RESET = RESET_ON; top.s_axis_tvalid = 0; top.s_axis_tlast = 0; top.m_axis_tready = 1;
  top.eval();
  for (int i = 0; i < 4; ++i) { edge(); top.eval(); }
  top.RESET = !RESET_ON;
  const std::vector<Variable> variables = Public(context);

  std::vector<uint8_t> taken, now(kOut);
  size_t next = 0;
  uint32_t entered = 0, had_entered = 0, fault = 0;
  bool begins = true;
  uint64_t quiet = 0, cycle = 0;
  for (;; ++cycle) {
    top.s_axis_tvalid = next < count;
    if (next < count) {
      memcpy(static_cast<void*>(&top.s_axis_tdata), beats + next * kIn, kIn - 1);
      top.s_axis_tlast = beats[next * kIn + kIn - 1] & 1;
    }
    top.eval();
    const bool in = top.s_axis_tvalid && top.s_axis_tready, leaves = top.m_axis_tvalid;
    if (in) {
      entered += begins;
      begins = top.s_axis_tlast;
      ++next;
    }
#ifdef ERR_FAULT
    fault |= top.err_fault;
#endif
    if (leaves) {
      memcpy(now.data(), static_cast<const void*>(&top.m_axis_tdata), kOut - 1);
      now[kOut - 1] = top.m_axis_tlast;
      taken.insert(taken.end(), now.begin(), now.end());
    }
    edge();
    for (const Flip& flip : flips)
      if (flip.cycle == cycle) {
        Toggle(variables[flip.variable], flip);
        had_entered = entered;
      }
    quiet = in || leaves ? 0 : quiet + 1;
    const bool whole = taken.size() >= expected * kOut && next == count;
    if (quiet > (whole ? QUIET_CYCLES : STUCK_CYCLES) || taken.size() > 4 * (expected + 16) * kOut) break;
  }
  top.eval();
  const uint32_t told[5] = {uint32_t(taken.size() / kOut), uint32_t(top.err_frames), fault, uint32_t(cycle), had_entered};
  taken.resize(expected * kOut);
  fwrite(told, sizeof told, 1, out);
  fwrite(taken.data(), 1, taken.size(), out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    VerilatedContext context;
    Vtop top{&context};
    for (const Variable& v : Public(context)) printf("%s %s %u %u\n", v.scope, v.var->name(), v.var->entBits(), v.Elements());
    return 0;
  }
  const std::vector<uint8_t> data = Read(argv[1]);
  FILE* out = fopen(argv[2], "wb");
  if (!out) { perror(argv[2]); return 2; }
  const size_t beats = strtoull(argv[3], nullptr, 10), expected = strtoull(argv[4], nullptr, 10);
  for (size_t at = beats * kIn; at < data.size();) {
    uint32_t count;
    memcpy(&count, &data[at], sizeof count);
    std::vector<Flip> flips(count);
    if (count) memcpy(flips.data(), &data[at + sizeof count], count * sizeof(Flip));
    at += sizeof count + count * sizeof(Flip);
    RunFault(data.data(), beats, expected, flips, out);
  }
  const bool whole = !ferror(out);
  if (fclose(out) || !whole) { perror(argv[2]); return 2; }
  return 0;
}
