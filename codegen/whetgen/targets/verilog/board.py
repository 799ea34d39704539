"""Tops for real boards: the network behind a UART, and the network that tests itself on stored frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whetgen.assets import FPGA_BOARDS, read_facts
from whetgen.targets.output.library import library, named
from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog.layout import hdl_templates
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.rom import Rom, RomRow
from whetgen.wording import counted

SELF_TEST_FRAMES = 8
SELF_TEST_BITS = 32_768  # of stored frames, so that they fit the smallest board's block RAM beside a network
PATIENCE_SECONDS = 0.1
_LETTERS = 10  # of the self-test's line
_BITS_OF_BYTE = 10  # on the line, with start and stop bit


@dataclass(frozen=True, kw_only=True)
class FpgaBoard:
    """A file of ``hdl/boards``. ``luts``: of four inputs. ``led``: sites of eight LEDs that light when high; ``high``: outputs that must be 1."""

    name: str
    title: str
    family: str
    device: str
    luts: int
    clock_hz: int
    baud: int
    program: str
    clk: str
    uart_rx: str
    uart_tx: str
    led: tuple[str, ...]
    high: dict[str, str]

    @property
    def clocks_per_bit(self) -> int:
        return round(self.clock_hz / self.baud)

    @property
    def unrolled_luts(self) -> int:
        """The most LUTs of six inputs, as expected, that an unrolled network should have: each takes two of four, some three."""
        return self.luts // 3

    @property
    def clock_mhz(self) -> float:
        return self.clock_hz / 1e6

    @property
    def pins(self) -> tuple[tuple[str, str], ...]:
        """Port and site."""
        leds = ((f"led[{i}]", site) for i, site in enumerate(self.led))
        return (("clk", self.clk), ("uart_rx", self.uart_rx), ("uart_tx", self.uart_tx), *leds, *self.high.items())


@dataclass(frozen=True, kw_only=True)
class BoardPlan:
    """Both tops. ``frames``: of the self-test; ``reply_bytes`` make an output frame, ``answer_bytes`` a beat of it; ``simulated_*``: shorter times for the simulation, in clock cycles."""

    board: FpgaBoard
    top: str
    self_test: str
    frames: int
    reply_bytes: int
    answer_bytes: int
    patience: int
    period: int
    simulated_patience: int
    simulated_period: int
    images: Rom
    answers: Rom


def find_fpga_board(name: str) -> FpgaBoard:
    """The board of ``--board``.

    Raises:
        BadInput: there is no such board.
    """
    return FpgaBoard(name=name, **read_facts(FPGA_BOARDS, name, "--board"))


def plan_board(plan: VerilogPlan, board: FpgaBoard, frames: Sequence[bytes], answers: Sequence[bytes]) -> BoardPlan:
    """``frames``, ``answers``: bytes as on the buses; the last ones are stored for the self-test."""
    count = min(SELF_TEST_FRAMES, len(frames), max(1, SELF_TEST_BITS // (8 * plan.input.beats)))
    answer_bytes = plan.output.bus_bits // 8
    busy = count * (plan.initiation_interval_cycles + 2 * (plan.input.beats + plan.output.beats)) + plan.latency_cycles
    line = _LETTERS * _BITS_OF_BYTE * board.clocks_per_bit
    return BoardPlan(
        board=board,
        top=f"{plan.name}_board",
        self_test=f"{plan.name}_self_test",
        frames=count,
        reply_bytes=plan.output.beats * answer_bytes,
        answer_bytes=answer_bytes,
        patience=round(PATIENCE_SECONDS * board.clock_hz),
        period=max(board.clock_hz, 2 * busy),
        simulated_patience=4 * _BITS_OF_BYTE * board.clocks_per_bit,
        simulated_period=2 * max(line, busy),
        images=_rom(f"{plan.name}_images", "Input frames of the self-test", frames[-count:], 1),
        answers=_rom(f"{plan.name}_answers", "Right answers of the self-test", answers[-count:], answer_bytes),
    )


def _rom(module: str, title: str, frames: Sequence[bytes], size: int) -> Rom:
    """Beats of ``size`` bytes as a table."""
    rows = tuple(
        RomRow(frame[i : i + size][::-1].hex(), f"frame {number}, beat {i // size}")
        for number, frame in enumerate(frames)
        for i in range(0, len(frame), size)
    )
    packing = f"{counted(len(frames), 'frame')}, {counted(len(rows) // len(frames), 'beat')} each"
    bits = max(1, (len(rows) - 1).bit_length())
    return Rom(module=module, title=title, packing=packing, width=8 * size, address_bits=bits, rows=rows)


def render_board(plan: VerilogPlan, board: BoardPlan, network: Sequence[str]) -> dict[str, str]:
    """Text of every file in ``board/`` by its path in the output folder; ``network``: paths of the network's own files."""
    hdl, bench = hdl_templates(), template_environment("cocotb")
    facts = {"plan": plan, "board": board}
    files = {
        f"board/rtl/{board.top}.v": hdl.get_template("board/board.v.j2").render(facts),
        f"board/rtl/{board.self_test}.v": hdl.get_template("board/self_test.v.j2").render(facts),
    }
    modules = library(named(files.values()), "hdl/rtl")
    files |= {f"board/rtl/{file}": text for file, text in modules.items() if f"rtl/{file}" not in network}
    for rom in (board.images, board.answers):
        files[f"board/rtl/{rom.module}.v"] = hdl.get_template("rom.v.j2").render(plan=plan, rom=rom)
    pins = {"ice40": "pins.pcf", "ecp5": "pins.lpf"}[board.board.family]
    for name in (pins, "Makefile", "host.py", "README.md"):
        files[f"board/{name}"] = hdl.get_template(f"board/{name}.j2").render(facts)
    files["board/simulate.py"] = bench.get_template("board_run.py.j2").render(facts)
    files[f"board/test_{board.top}.py"] = bench.get_template("board_bench.py.j2").render(facts)
    return files
