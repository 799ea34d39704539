"""``--harden crc``: every flipped bit of a table is noticed, and those of the arena that make an output wrong."""

import re
import subprocess
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.targets.c.flips import flips_in_arena, unseen_in_tables
from tests.targets.c.test_c_files import tiny
from tests.targets.c.test_c_nodes import CASES
from tests.targets.c.test_kernels import dense_network
from tests.verification.test_boards import real_digits, small_network

from whetgen import Options, generate
from whetgen.errors import ProgramFailed
from whetgen.fuzz.files import write
from whetgen.targets.c.boards import find_board
from whetgen.targets.c.target import COptions, plan, render
from whetgen.verification.c_runner import run_c
from whetgen.verification.checks import verify
from whetgen.verification.frames import Frames

HARDENED = COptions(harden="crc")


def with_other_checksums(folder: Path) -> None:
    source = folder / "src" / "net.c"
    source.write_text(re.sub(r"!= 0x[0-9a-f]{8}u", "!= 1u", source.read_text()))


@pytest.mark.slow
@pytest.mark.parametrize("graph", [small_network(), tiny(), dense_network(Random(4))])
def test_every_bit_of_every_table_that_flips_is_told_with_the_number_of_its_table(graph, tmp_path):
    assert unseen_in_tables(graph, tmp_path) == 0


@pytest.mark.slow
def test_no_flip_of_the_arena_while_it_computes_makes_an_output_wrong_untold(tmp_path):
    caught, harmless, wrong = flips_in_arena(small_network(), real_digits(2), tmp_path)
    assert wrong == 0 and caught > 500 and harmless > 500


@pytest.mark.slow
@pytest.mark.parametrize("bits", [15, 20, 40, 60])
def test_elements_of_every_size_have_their_checksum(bits, tmp_path):
    graph = CASES[f"dense with {bits} bit weights"]
    (weights, _) = (array for call in plan(graph, "net", HARDENED).calls for array in call.arrays)
    assert weights.ctype == {15: "int16_t", 20: "int32_t", 40: "int64_t", 60: "uint32_t"}[bits]
    assert unseen_in_tables(graph, tmp_path) == 0


def test_the_host_program_stops_at_a_table_that_is_not_as_generated(tmp_path):
    with_other_checksums(write(render(plan(tiny(), "net", HARDENED)), tmp_path))
    with pytest.raises(
        ProgramFailed, match=r"^the compiled network stopped with code 1: table 1 of \d has flipped bits$"
    ):
        run_c(tmp_path, "net", tiny(), np.zeros((1, 4, 4, 1), dtype=np.int64))


def test_a_network_without_tables_has_the_functions_all_the_same(tmp_path):
    graph = CASES["pad and crop"]
    write(render(plan(graph, "net", HARDENED)), tmp_path)
    main = (
        '#include "net.h"\nint main(void) { static net_input_t x[net_INPUT_LEN]; static net_output_t y[net_OUTPUT_LEN];'
    )
    (tmp_path / "src" / "main.c").write_text(f"{main} return net_check() || net_infer_checked(x, y); }}\n")
    done = subprocess.run("cc -std=c99 -Iinclude src/*.c && ./a.out", shell=True, cwd=tmp_path, check=False)
    assert done.returncode == 0


@pytest.mark.slow
def test_a_board_checks_its_tables_at_start(tmp_path):
    """One with an int of 16 bits, and tables in an address space of their own."""
    board = "atmega328p"
    options = Options("net", mcu=find_board(board).core, harden="crc")
    generate(small_network(), "c", tmp_path / "net", options)
    assert verify(tmp_path / "net", Frames(real_digits(5)), on=board).failures == ()
    with_other_checksums(tmp_path / "net")
    assert verify(tmp_path / "net", Frames(real_digits(5)), on=board).mismatches > 0
