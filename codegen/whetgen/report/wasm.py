"""Generated C as a WebAssembly module, by clang and lld or by the Zig compiler's package from PyPI."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from whetgen.assets import assets
from whetgen.errors import CouldNotRun
from whetgen.host.processes import call
from whetgen.host.scratch import scratch_folder
from whetgen.targets.c.plan import CPlan
from whetgen.targets.c.render import render
from whetgen.targets.output.templating import template_environment

EXPORTS = ("input_place", "output_place", "seen_place", "infer")
HOW = "install clang and lld (on Debian: apt-get install clang lld), or the Zig compiler: pip install 'whetgen[report]'"
_FLAGS = (
    "-std=c99", "-O2", "-g0", "-ffreestanding", "-fno-builtin", "-nostdlib", "-Wl,--no-entry", "-Wl,--strip-all",
)  # fmt: skip


def compiler() -> list[str]:
    """The beginning of the command.

    Raises:
        CouldNotRun: there is none.
    """
    clang = shutil.which("clang")
    if clang and shutil.which("wasm-ld"):
        return [clang, "--target=wasm32"]
    if find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-freestanding"]
    raise CouldNotRun(f"there is no compiler for WebAssembly; {HOW}")


def seen_at(plan: CPlan) -> dict[str, int]:
    """Where the module keeps each layer's result for the page, by the tensor's name: in bytes, eight of them a step."""
    places, end = {}, 0
    for tensor in plan.tensors:
        places[tensor.name] = end
        end += tensor.bytes + -tensor.bytes % 8
    return places


def compiled(plan: CPlan) -> bytes:
    """The network of the plan, which keeps what each layer found.

    Raises:
        CouldNotRun: there is no compiler, or it refuses the C.
    """
    command, places = compiler(), seen_at(plan)
    driver = (
        template_environment("report")
        .get_template("driver.c")
        .render(
            plan=plan,
            seen=[(tensor, places[tensor.name]) for tensor in plan.tensors],
            seen_bytes=max(sum(t.bytes + -t.bytes % 8 for t in plan.tensors), 1),
        )
    )
    with scratch_folder() as work:
        _write(work, render(plan))
        (work / "driver.c").write_text(driver, encoding="utf-8")
        headers = assets() / "templates" / "report" / "wasm"
        sources = sorted(f"src/{path.name}" for path in (work / "src").glob("*.c"))
        exports = [f"-Wl,--export={name}" for name in EXPORTS]
        call(
            [*command, *_FLAGS, *exports, f"-I{headers}", "-Iinclude", "-Isrc", "-include", str(headers / "watch.h"),
             *sources, "driver.c", "-o", "network.wasm"],
            work,
        )  # fmt: skip
        return (work / "network.wasm").read_bytes()


def _write(work: Path, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content, encoding="utf-8")
