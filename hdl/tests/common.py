"""Shared by the module tests: build and run on Verilator, one clock cycle at a time, random words, memory ports.

Each `test_<module>.py` holds both sides: pytest builds one parameter set and starts the simulator, which imports the
same file and runs its cocotb tests. A parameter set reaches them through `parameters()`. All random numbers come from
`random`, which cocotb seeds; `WHETGEN_SEED` repeats a run.
"""

import functools
import json
import os
import random
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from cocotb.triggers import Timer

# Verilator's -G would reach every level of a top module that instantiates itself.
RECURSIVE = {"wg_argmax": "top_wg_argmax"}
RTL = Path(__file__).resolve().parents[1] / "rtl"
# The pip package's makefile lacks the flag that includes a precompiled header, and calls "python". Compiling is what takes
# time here, not simulating.
_BUILD = {
    "CFG_CXXFLAGS_PCH_I": "-include", "PYTHON3": sys.executable, "MAKEFLAGS": "-e",
    "OPT_FAST": "-O0", "OPT_SLOW": "-O0", "OPT_GLOBAL": "-O0",
}  # fmt: skip


# ---- Build and run ------------------------------------------------------------------------


def simulate(build: Path, module: str, parameters: Mapping[str, object]) -> None:
    """Build `module` with `parameters`, run the cocotb tests of its test file, and fail where one fails.

    A parameter `name` in small letters is meant for the bench only. A pair (value, bits) is a vector.
    """
    from cocotb_tools.runner import get_results, get_runner

    from whetgen.verification.build_cache import file_sha256, key_of, obtain
    from whetgen.verification.simulators import tool_environment, tool_versions

    seed = int(os.environ.get("WHETGEN_SEED") or random.SystemRandom().getrandbits(31))
    print(f"{module} {dict(parameters)} WHETGEN_SEED={seed}")
    runner, top = get_runner("verilator"), RECURSIVE.get(module, module)
    sources = [RTL / f"{name}.v" for name in needed(module)]
    sources += [Path(__file__).parent / module / f"{top}.v"] if top != module else []
    settings = {
        "hdl_toplevel": top,
        "parameters": {name: literal(value) for name, value in parameters.items() if name.isupper()},
        "build_args": ["--x-initial", "unique", "-Wno-fatal"],
    }
    content = key_of("module", [file_sha256(path) for path in sources], settings, tool_versions())
    with patch.dict(os.environ, tool_environment() | _BUILD):
        obtain(content, build / top, lambda: runner.build(sources=sources, build_dir=build, always=True, **settings))
        results = runner.test(
            hdl_toplevel=top,
            hdl_toplevel_lang="verilog",
            test_module=f"hdl.tests.{module}.test_{module}",
            build_dir=build,
            test_dir=build,
            seed=seed,
            test_args=["+verilator+rand+reset+2", f"+verilator+seed+{seed % 2**31 or 1}"],
            extra_env={"WHETGEN_BENCH": json.dumps(parameters)},
        )
    tests, failed = get_results(results)
    assert tests > 0, f"{module}: no cocotb test found"
    assert failed == 0, f"{module} {dict(parameters)}: {failed} of {tests} failed, repeat with WHETGEN_SEED={seed}"


def needed(module: str) -> list[str]:
    """The module and every module that it instantiates."""
    names: list[str] = []
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.append(name)
            text = (RTL / f"{name}.v").read_text()
            waiting += [path.stem for path in RTL.glob("*.v") if f" {path.stem} #(" in text]
    return names


def literal(value: object) -> object:
    """A parameter value as Verilator's -G wants it."""
    if isinstance(value, tuple | list):
        number, bits = value
        return f"{bits}'h{number:x}"
    return value


@functools.cache
def parameters() -> SimpleNamespace:
    """The parameter set of this simulation."""
    return SimpleNamespace(**json.loads(os.environ["WHETGEN_BENCH"]))


# ---- Words --------------------------------------------------------------------------------


def pack(words: Iterable[int], width: int) -> int:
    """Words side by side, the first one lowest."""
    return sum((word & ((1 << width) - 1)) << (at * width) for at, word in enumerate(words))


def unpack(bus: int, width: int, count: int, signed: bool = False) -> list[int]:
    """The words of a bus."""
    return [as_signed(bus >> (at * width), width, signed) for at in range(count)]


def as_signed(word: int, width: int, signed: bool = True) -> int:
    """The low bits of a word as a number."""
    word &= (1 << width) - 1
    return word - (1 << width) if signed and word >> (width - 1) else word


def draw(width: int, signed: bool = False) -> int:
    """A random word; the extremes and their neighbours are as likely as all others together."""
    low, high = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if signed else (0, (1 << width) - 1)
    word = random.choice([low, high, 0, min(1, high), random.randint(low, high), random.randint(low, high)])
    return word


def draws(count: int, width: int, signed: bool = False) -> list[int]:
    """Random words; often with equal ones among them."""
    words = [draw(width, signed) for _ in range(count)]
    return [random.choice(words) for _ in words] if random.random() < 0.3 else words


def chance(probability: float) -> bool:
    return random.random() < probability


# ---- Clock --------------------------------------------------------------------------------


class Bench:
    """Drives the clock by hand: each `step` sets inputs, looks at the outputs before the edge, and makes the edge."""

    def __init__(self, dut, *outputs: str):
        self.dut, self.outputs, self.cycle = dut, outputs, 0
        dut.clk.value = 0

    async def step(self, **inputs: int) -> SimpleNamespace:
        for name, value in inputs.items():
            getattr(self.dut, name).value = int(value)
        await Timer(1, "ns")
        seen = SimpleNamespace(**{name: int(getattr(self.dut, name).value) for name in self.outputs})
        self.dut.clk.value = 1
        await Timer(1, "ns")
        self.dut.clk.value = 0
        self.cycle += 1
        return seen

    async def reset(self, **inputs: int) -> None:
        for _ in range(random.randint(1, 3)):
            await self.step(rst=1, **inputs)
        self.dut.rst.value = 0


async def settle(dut, output: str, **inputs: int) -> int:
    """The output of a module without a clock."""
    for name, value in inputs.items():
        getattr(dut, name).value = value
    await Timer(1, "ns")
    return int(getattr(dut, output).value)


# ---- Datapaths with `advance` -------------------------------------------------------------


async def check_datapath(
    dut, output: str, make: Callable[[], dict], model: Callable[..., int], latency: int, stall: float, items: int = 150
) -> None:
    """Every output in every cycle: `model` of the inputs that entered `latency` enabled cycles ago, and later ones."""
    bench = Bench(dut, output)
    entered: deque = deque(maxlen=max(latency, 1))
    checked = 0
    for _ in range(10 * items):
        inputs, advance = make(), not chance(stall)
        seen = getattr(await bench.step(advance=advance, **inputs), output)
        if latency == 0:
            assert seen == model(inputs), f"cycle {bench.cycle}: {inputs}"
            checked += 1
        elif len(entered) == latency:
            expected = model(*entered)
            assert seen == expected, f"cycle {bench.cycle}: {seen:#x}, expected {expected:#x} of {list(entered)}"
            checked += 1
        if advance:
            entered.append(inputs)
        if checked >= items:
            return
    raise AssertionError(f"only {checked} outputs")


# ---- Streams ------------------------------------------------------------------------------


class Source:
    """Driver of a valid/ready stream: idles at random, and holds an item until it is taken."""

    def __init__(self, items: Iterable, idle: float):
        self.items, self.idle, self.offered = deque(items), idle, False

    @property
    def valid(self) -> bool:
        """Whether an item is offered in this cycle; ask once a cycle, before `head`."""
        self.offered = self.offered or (bool(self.items) and not chance(self.idle))
        return self.offered

    def head(self, otherwise):
        """The item on offer, or something that must be ignored."""
        return self.items[0] if self.offered else otherwise

    def taken(self) -> None:
        self.items.popleft()
        self.offered = False


class Sink:
    """Monitor of a valid/ready stream: keeps what was transferred, and checks that an offer holds until taken."""

    def __init__(self, stall: float):
        self.stall, self.items, self.waiting = stall, [], None
        self.ready = False

    def draw_ready(self) -> bool:
        self.ready = not chance(self.stall)
        return self.ready

    def see(self, valid: int, item) -> bool:
        """Whether an item was transferred in this cycle."""
        if self.waiting is not None:
            assert valid and item == self.waiting, f"offer {self.waiting} became {valid, item} before it was taken"
        self.waiting = item if valid and not self.ready else None
        if valid and self.ready:
            self.items.append(item)
        return bool(valid and self.ready)

    def reset(self) -> None:
        self.items, self.waiting = [], None


def check_in_order(seen: Sequence, expected: Sequence) -> None:
    """Nothing wrong, nothing missing, nothing too much."""
    for at, (left, right) in enumerate(zip(seen, expected, strict=False)):
        assert left == right, f"item {at}: {left}, expected {right}"
    assert len(seen) == len(expected), f"{len(seen)} items, expected {len(expected)}"


def malformed_lengths(beats: int, count: int) -> list[int]:
    """Frame lengths: most of them right, the others short by any amount, or long by a little or a lot."""
    wrong = [*range(1, beats), beats + 1, beats + 2, 2 * beats, 2 * beats + 1, 3 * beats]
    return [
        beats if chance(0.6) else random.choice([length for length in wrong if length != beats]) for _ in range(count)
    ]
