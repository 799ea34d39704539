"""Microcontrollers as data: what a TOML file adds, what each file must hold, what is refused."""

import re
import shutil
from pathlib import Path

import pytest
from tests.verification.test_boards import real_digits, small_network

import whetgen.assets
from whetgen import Options, generate
from whetgen.assets import BOARDS, CORES, assets, fact_files, firmware_boards, microcontrollers
from whetgen.errors import BadInput
from whetgen.targets.c.boards import find_board, read_board
from whetgen.targets.c.mcus import find_mcu
from whetgen.verification.checks import verify
from whetgen.verification.frames import Frames


@pytest.fixture(name="boards")
def folder_of_boards_of_a_test_s_own(tmp_path, monkeypatch) -> Path:
    """``firmware/boards`` in a copy of the assets, where all else is a link."""
    real, copy = assets(), tmp_path / "whetgen" / "assets"
    (copy / "firmware").mkdir(parents=True)
    for part in ("templates", "hdl", "firmware/runtime", "firmware/ports"):
        (copy / part).symlink_to(real / part)
    shutil.copytree(real / BOARDS, copy / BOARDS)
    monkeypatch.setattr(whetgen.assets, "_PACKAGE", copy.parent)
    return copy / BOARDS


@pytest.mark.slow
def test_one_toml_file_is_a_microcontroller_that_generates_and_runs(boards, tmp_path):
    """The example of ``firmware/ports/README.md``."""
    example = re.search(r"```toml\n(.+?)```", (assets() / "firmware/ports/README.md").read_text(), re.DOTALL)
    (boards / "discovery.toml").write_text(example[1])
    out = tmp_path / "net"
    generate(small_network(), "c", out, Options("net", mcu="discovery"))
    header = (out / "include" / "net.h").read_text()
    command = "arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -mfloat-abi=soft -std=c99 -O2 -flto -I../include -c *.c"
    assert f" * Compile, for STM32F100 (STM32VLDISCOVERY), Cortex-M3:\n *     cd src && {command}\n" in header
    result = verify(out, Frames(real_digits(3)), on="discovery")
    assert (result.vectors, result.mismatches, result.failures) == (3, 0, ())
    assert 0 < result.measured["ram_left_bytes"] < 8192


@pytest.mark.parametrize("name", fact_files(BOARDS))
def test_a_board_has_the_costs_of_its_core_and_its_own_flash(name):
    mcu = find_mcu(name)
    core = find_mcu(mcu.board.core)
    assert (mcu.name, mcu.board) == (name, read_board(name))
    assert all(getattr(mcu, cost) == getattr(core, cost) for cost in vars(mcu) if cost not in ("name", "board"))


def test_the_core_s_flags_give_way_to_the_board_s():
    assert find_mcu("cortex-m0").board.compile_command.startswith("arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb ")
    assert find_mcu("rp2040").board.compile_command.startswith("arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb ")


def test_an_unknown_microcontroller_is_refused():
    with pytest.raises(BadInput) as error:
        find_mcu("z80")
    assert str(error.value) == f"--mcu z80: choose one of {', '.join(microcontrollers())}"


def test_an_unknown_core_is_refused_with_the_board_that_names_it(boards):
    (boards / "mine.toml").write_text('core = "cortex-m5"\n')
    with pytest.raises(BadInput) as error:
        find_mcu("mine")
    assert str(error.value) == (
        f"core of mine cortex-m5: did you mean cortex-m7? choose one of {', '.join(fact_files(CORES))}"
    )


def test_what_nothing_runs_here_generates_but_is_no_board_of_on():
    assert "rp2040" in microcontrollers() and "rp2040" not in firmware_boards()
    with pytest.raises(BadInput) as error:
        find_board("rp2040")
    assert str(error.value) == f"--on rp2040: choose one of {', '.join(firmware_boards())}"
