"""The folded architecture: engines that run one frame at a time between frame buffers.

A stage begins a frame when its sources hold one and its readers have a free bank, then runs a fixed
number of cycles (``folding.stage_cycles``). An edge that skips ``d`` stages has ``d + 2`` banks, so that
any circuit of waiting stages holds at least as many frames as stages: nothing deadlocks and

    interval = max over all stages of their cycles
    latency  = beats - 1 + sum of the stages on the longest path + the sender's first beat

where the receiver's stage takes its beats, the sender of the class ``scores + 3`` and any other
sender ``beats + 2`` cycles, with the first beat after ``scores + 3`` and 3 cycles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatchmethod

from whetgen.backends.hardware.describe import describe
from whetgen.backends.hardware.folding import choose_foldings, lcm, stage_cycles, weight_blocks
from whetgen.backends.hardware.steps import Blend, Linear, Move, Pool, Step, Steps, Tensor, with_joined_outputs
from whetgen.backends.hardware.streams import Stream
from whetgen.backends.hardware.widths import blend_widths, layer_widths
from whetgen.backends.identifiers import Identifiers
from whetgen.backends.verilog.netlist import Instance, Rom, Section, Wire, concatenation, pack, pairs
from whetgen.backends.verilog.options import VerilogOptions


@dataclass(frozen=True)
class _Edge:
    """One tensor on its way to one reader: names share ``prefix``."""

    tensor: Tensor
    prefix: str
    read_bits: int
    reads: int
    banks: int

    @property
    def address_bits(self) -> int:
        return max(1, (self.reads - 1).bit_length())


def address_bits(count: int) -> int:
    return max(1, (count - 1).bit_length())


class Folded:
    """Builds the sections and ROMs of one folded network."""

    def __init__(
        self, steps: Steps, source: Stream, sink: Stream, identifiers: Identifiers, name: str, options: VerilogOptions
    ):
        self.identifiers, self.source, self.sink, self.name = identifiers, source, sink, name
        self.sections: list[Section] = []
        self.roms: list[Rom] = []
        steps, self._last = with_joined_outputs(steps, identifiers)
        self.folding = choose_foldings(steps, source.bus_bits, options)
        self._plan_edges(steps)
        self._receive(steps.input)
        for step in steps.steps:
            self._begin()
            self._build(step)
            self._buffers(
                step.result,
                self.folding[step.layer][0] * step.result.width,
                step.result.count // self.folding[step.layer][0],
                "1'b0",
            )
            cycles = stage_cycles(step, self.folding[step.layer])
            pe, simd = self.folding[step.layer]
            self._close(f"{step.layer}: {describe(step)}", f"PE {pe}, SIMD {simd}: {cycles} cycles a frame.")
        self._send()
        self.cycles = [(s.layer, stage_cycles(s, self.folding[s.layer]), *self.folding[s.layer]) for s in steps.steps]
        sender = self.sink_cycles()
        self.interval = max([source.beats, sender, *(row[1] for row in self.cycles)])
        self.latency = self._longest_path(steps)
        self.cycles.append((sink.kind, sender))

    def sink_cycles(self) -> int:
        return self._last.count + 3 if self.sink.kind == "class" else self.sink.beats + 2

    def _longest_path(self, steps: Steps) -> int:
        done = {steps.input.name: self.source.beats - 1}
        for step in steps.steps:
            done[step.result.name] = max(done[t.name] for t in step.sources) + stage_cycles(
                step, self.folding[step.layer]
            )
        return done[self._last.name] + (self._last.count + 3 if self.sink.kind == "class" else 3)

    # ---- edges ----

    def _plan_edges(self, steps: Steps) -> None:
        depth = {steps.input.name: 0}
        self._edges: dict[str, list[_Edge]] = {t: [] for t in (steps.input.name, *(s.result.name for s in steps.steps))}
        self._inputs: dict[str, list[_Edge]] = {}
        for step in steps.steps:
            mine = 1 + max(depth[t.name] for t in step.sources)
            depth[step.result.name] = mine
            simd = self.folding[step.layer][1]
            self._inputs[step.layer] = [
                self._edge(
                    t, f"{t.name}_to_{step.result.name}", simd * t.width, t.count // simd, mine - depth[t.name] + 1
                )
                for t in step.sources
            ]
        spikes = self.sink.kind == "spikes"
        bits, reads = (self.sink.bus_bits, self.sink.beats) if spikes else (self._last.width, self._last.count)
        self._sent = self._edge(self._last, f"{self._last.name}_to_output", bits, reads, 2)

    def _edge(self, tensor: Tensor, prefix: str, bits: int, reads: int, banks: int) -> _Edge:
        edge = _Edge(tensor, self.identifiers.unique(prefix), bits, reads, banks)
        self._edges[tensor.name].append(edge)
        return edge

    def _begin(self) -> None:
        self.wires: list[Wire] = []
        self.instances: list[Instance] = []
        self.assigns: list[tuple[str, str]] = []

    def _close(self, title: str, *notes: str) -> None:
        self.sections.append(Section(title, notes, (), tuple(self.wires), tuple(self.instances), tuple(self.assigns)))

    def _instance(self, module: str, name: str, parameters: dict, ports: dict) -> None:
        self.instances.append(Instance(module, self.identifiers.unique(name), pairs(**parameters), pairs(**ports)))

    def _wire(self, name: str, width: int, value: str = "") -> str:
        name = self.identifiers.unique(name)
        self.wires.append(Wire(name, width, value))
        return name

    def _buffers(self, tensor: Tensor, write_bits: int, writes: int, drop: str) -> None:
        """A buffer for each reader of the tensor, all written alike, and the wires of both sides."""
        edges, stem = self._edges[tensor.name], tensor.name
        for edge in edges:
            self.wires += [
                Wire(f"{edge.prefix}_{role}", width)
                for role, width in (
                    ("free", 1),
                    ("full", 1),
                    ("release", 1),
                    ("enable", 1),
                    ("address", edge.address_bits),
                    ("data", edge.read_bits),
                )
            ]
            word = lcm(write_bits, edge.read_bits)
            self._instance(
                "wg_frame_buffer",
                f"{edge.prefix}_buffer",
                {
                    "WRITE_BITS": write_bits,
                    "READ_BITS": edge.read_bits,
                    "WORD_BITS": word,
                    "WRITES": writes,
                    "BANKS": edge.banks,
                    "READ_ADDRESS_BITS": edge.address_bits,
                },
                {
                    "clk": "clk",
                    "rst": "rst",
                    "wr_valid": f"{stem}_valid",
                    "wr_data": f"{stem}_data",
                    "wr_last": f"{stem}_last",
                    "wr_drop": drop,
                    "wr_free": f"{edge.prefix}_free",
                    "rd_enable": f"{edge.prefix}_enable",
                    "rd_address": f"{edge.prefix}_address",
                    "rd_data": f"{edge.prefix}_data",
                    "rd_full": f"{edge.prefix}_full",
                    "rd_release": f"{edge.prefix}_release",
                },
            )
        self.wires.append(Wire(f"{stem}_free", 1, " && ".join(f"{e.prefix}_free" for e in edges)))

    def _produced(self, tensor: Tensor, bits: int) -> None:
        self.wires += [
            Wire(f"{tensor.name}_valid", 1),
            Wire(f"{tensor.name}_data", bits),
            Wire(f"{tensor.name}_last", 1),
        ]

    def _engine(self, step: Step, module: str, parameters: dict, ports: dict) -> None:
        """The engine's instance with its buffer ports; several sources are read in step."""
        name, edges = step.result.name, self._inputs[step.layer]
        self._produced(step.result, self.folding[step.layer][0] * step.result.width)
        release = self._wire(f"{name}_release", 1)
        address = self._wire(f"{name}_address", max(e.address_bits for e in edges))
        bits = max(e.address_bits for e in edges)
        for e in edges:
            part = address if bits == e.address_bits else f"{address}[{e.address_bits - 1}:0]"
            self.assigns += [
                (f"{e.prefix}_release", release),
                (f"{e.prefix}_enable", "1'b1"),
                (f"{e.prefix}_address", part),
            ]
        full = " && ".join(f"{e.prefix}_full" for e in edges)
        self._instance(
            module,
            f"{name}_engine",
            parameters,
            {
                "clk": "clk",
                "rst": "rst",
                "in_full": full,
                "in_release": release,
                "rd_address": address,
                **ports,
                "out_free": f"{name}_free",
                "out_valid": f"{name}_valid",
                "out_data": f"{name}_data",
                "out_last": f"{name}_last",
            },
        )

    def _rom(
        self, step: Step, role: str, packing: str, values: list[list[int]], width: int
    ) -> tuple[str, int, str, str]:
        """A ROM of one word a list; returns its address bits and the names of address and data."""
        bits = address_bits(len(values))
        total = width * len(values[0])
        digits = -(-total // 4)
        module = self.identifiers.unique(f"{self.name}_{step.result.name}_{role}_rom")
        words = tuple(f"{pack(row, width):0{digits}x}" for row in values)
        self.roms.append(Rom(module, f"{step.layer}: {role}", packing, total, bits, words))
        address = self._wire(f"{step.result.name}_{role}_address", bits)
        data = self._wire(f"{step.result.name}_{role}", total)
        self._instance(
            module,
            f"{step.result.name}_{role}_table",
            {},
            {"clk": "clk", "enable": "1'b1", "address": address, "data": data},
        )
        return module, bits, address, data

    def _geometry(self, step: Linear | Pool, simd: int, passes: int) -> dict:
        g = step.geometry
        return {
            "HEIGHT": g.height,
            "WIDTH": g.width,
            "CHUNKS": g.channels // simd,
            **g.sliding(),
            "PASSES": passes,
        }

    # ---- layers ----

    @singledispatchmethod
    def _build(self, step: Step) -> None:
        raise TypeError(f"no folded form of {type(step).__name__}")

    @_build.register
    def _(self, step: Linear) -> None:
        pe, simd = self.folding[step.layer]
        weight_width, sum_width = layer_widths(step)
        _, w_bits, w_at, weights = self._rom(
            step,
            "weights",
            f"{weight_width}-bit weights; word = pass * steps + step, in it {pe} neurons of {simd} inputs, first in the low bits",
            weight_blocks(step, (pe, simd)).reshape(-1, pe * simd).tolist(),
            weight_width,
        )
        role = "thresholds" if step.fire else "biases"
        rows = step.levels.reshape(-1, pe).tolist()
        _, l_bits, l_at, levels = self._rom(
            step, role, f"{sum_width}-bit {role}; {pe} neurons a word, first in the low bits", rows, sum_width
        )
        edge = self._inputs[step.layer][0]
        self._engine(
            step,
            "wg_fold_linear",
            {
                **self._geometry(step, simd, step.neurons // pe),
                "SIMD": simd,
                "PE": pe,
                "IN_WIDTH": step.source.width,
                "IN_SIGNED": int(step.source.signed),
                "WEIGHT_WIDTH": weight_width,
                "SUM_WIDTH": sum_width,
                "RESULT_WIDTH": 1 if step.fire else step.result.width,
                "FIRE": int(step.fire),
                "LEVEL_WORDS": len(rows),
                "ADDRESS_BITS": edge.address_bits,
                "WEIGHTS_BITS": w_bits,
                "LEVELS_BITS": l_bits,
            },
            {
                "rd_data": f"{edge.prefix}_data",
                "weights_address": w_at,
                "weights": weights,
                "levels_address": l_at,
                "levels": levels,
            },
        )

    @_build.register
    def _(self, step: Pool) -> None:
        lanes, edge = self.folding[step.layer][0], self._inputs[step.layer][0]
        self._engine(
            step,
            "wg_fold_pool",
            {
                **self._geometry(step, lanes, step.geometry.channels // lanes),
                "LANES": lanes,
                "IN_WIDTH": step.source.width,
                "RESULT_WIDTH": step.result.width,
                "SIGNED": int(step.source.signed),
                "LARGEST": int(step.largest),
                "ADDRESS_BITS": edge.address_bits,
            },
            {"rd_data": f"{edge.prefix}_data"},
        )

    @_build.register
    def _(self, step: Blend) -> None:
        lanes, edges = self.folding[step.layer][0], self._inputs[step.layer]
        factor_width, sum_width = blend_widths(step)
        words = len(step.levels) // lanes
        factors = [step.factors[:, w * lanes : (w + 1) * lanes].reshape(-1).tolist() for w in range(words)]
        _, bits, f_at, f_data = self._rom(
            step,
            "factors",
            f"{factor_width}-bit factors; {lanes} elements of each operand a word",
            factors,
            factor_width,
        )
        role = "thresholds" if step.fire else "biases"
        _, _, l_at, l_data = self._rom(
            step,
            role,
            f"{sum_width}-bit {role}; {lanes} elements a word",
            step.levels.reshape(-1, lanes).tolist(),
            sum_width,
        )
        operands = [self._widened(e, lanes, step.operand_width) for e in edges]
        self._engine(
            step,
            "wg_fold_blend",
            {
                "OPERANDS": len(edges),
                "LANES": lanes,
                "WORDS": step.result.count // lanes,
                "TABLE_WORDS": words,
                "IN_WIDTH": step.operand_width,
                "FACTOR_WIDTH": factor_width,
                "SUM_WIDTH": sum_width,
                "OUT_WIDTH": 1 if step.fire else step.result.width,
                "FIRE": int(step.fire),
                "ADDRESS_BITS": edges[0].address_bits,
                "TABLE_BITS": bits,
            },
            {
                "rd_data": concatenation(operands),
                "factors_address": f_at,
                "factors": f_data,
                "levels_address": l_at,
                "levels": l_data,
            },
        )

    @_build.register
    def _(self, step: Move) -> None:
        edges, width = self._inputs[step.layer], step.result.width
        bits, select = max(e.address_bits for e in edges), len(edges).bit_length()
        starts = [sum(t.count for t in step.sources[:k]) for k in range(len(edges))]
        rows = []
        for index in step.indices.tolist():
            source = max((k for k, s in enumerate(starts) if s <= index), default=len(edges))
            rows.append([(source << bits) + (index - starts[source] if index >= 0 else 0)])
        _, t_bits, t_at, t_data = self._rom(
            step,
            "sources",
            f"source number above {bits} bits of element number; source {len(edges)} is zero",
            rows,
            bits + select,
        )
        parts = [self._widened(e, 1, width) for e in edges]
        self._engine(
            step,
            "wg_fold_gather",
            {
                "SOURCES": len(edges),
                "COUNT": step.result.count,
                "WIDTH": width,
                "ADDRESS_BITS": bits,
                "SELECT_BITS": select,
                "TABLE_BITS": t_bits,
            },
            {"rd_data": concatenation(parts), "table_address": t_at, "table_data": t_data},
        )

    def _widened(self, edge: _Edge, count: int, width: int) -> str:
        data = f"{edge.prefix}_data"
        if width == edge.tensor.width:
            return data
        name = self._wire(f"{edge.prefix}_wide", count * width)
        shape = {"COUNT": count, "IN_WIDTH": edge.tensor.width, "OUT_WIDTH": width, "SIGNED": int(edge.tensor.signed)}
        self._instance("wg_resize", f"{edge.prefix}_resize", shape, {"data": data, "widened": name})
        return name

    # ---- the two ends ----

    def _receive(self, tensor: Tensor) -> None:
        self._begin()
        self._produced(tensor, self.source.bus_bits)
        drop = self._wire(f"{tensor.name}_drop", 1)
        self._buffers(tensor, self.source.bus_bits, self.source.beats, drop)
        self._instance(
            "wg_receive",
            "receive",
            {"BUS_WIDTH": self.source.bus_bits, "BEATS": self.source.beats},
            {
                "clk": "clk",
                "rst": "rst",
                "s_axis_tdata": "s_axis_tdata",
                "s_axis_tvalid": "s_axis_tvalid",
                "s_axis_tready": "s_axis_tready",
                "s_axis_tlast": "s_axis_tlast",
                "out_free": f"{tensor.name}_free",
                "out_valid": f"{tensor.name}_valid",
                "out_data": f"{tensor.name}_data",
                "out_last": f"{tensor.name}_last",
                "out_drop": drop,
                "err_frames": "err_frames",
            },
        )
        self._close("Input stream", f"{self.source.count} {self.source.kind} elements in {self.source.beats} beats.")

    def _send(self) -> None:
        self._begin()
        edge, last = self._sent, self._last
        ports = {
            "clk": "clk",
            "rst": "rst",
            "in_full": f"{edge.prefix}_full",
            "in_release": f"{edge.prefix}_release",
            "rd_enable": f"{edge.prefix}_enable",
            "rd_address": f"{edge.prefix}_address",
            "rd_data": f"{edge.prefix}_data",
            **{f"m_axis_{p}": f"m_axis_{p}" for p in ("tdata", "tvalid", "tready", "tlast")},
        }
        if self.sink.kind == "class":
            del ports["rd_enable"]
            shape = {
                "COUNT": last.count,
                "WIDTH": last.width,
                "SIGNED": int(last.signed),
                "BUS_WIDTH": self.sink.bus_bits,
                "ADDRESS_BITS": edge.address_bits,
            }
            self._instance("wg_fold_argmax", "send", shape, ports)
            self.assigns.append((f"{edge.prefix}_enable", "1'b1"))
        else:
            signed = int(last.signed and self.sink.kind != "spikes")
            shape = {
                "BEATS": self.sink.beats,
                "WIDTH": edge.read_bits,
                "SIGNED": signed,
                "BUS_WIDTH": self.sink.bus_bits,
                "ADDRESS_BITS": edge.address_bits,
            }
            self._instance("wg_fold_send", "send", shape, ports)
        self._close(
            "Output stream",
            f"{self.sink.kind}: {self.sink.count} elements of {self.sink.element_bits} bits in {self.sink.beats} beats.",
        )
