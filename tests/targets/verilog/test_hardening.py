"""``--harden parity`` and ``secded``: every single flipped bit is corrected, or its frame is marked."""

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from tests.targets.verilog import networks
from tests.targets.verilog.flips import Flipper
from tests.targets.verilog.test_constructs import lint, random_codes

from whetgen.errors import BadInput
from whetgen.fuzz.files import write
from whetgen.targets.verilog import target as verilog
from whetgen.targets.verilog.folded.check_bits import parity, secded
from whetgen.targets.verilog.options import VerilogOptions


def syndromes(code, word: int) -> list[int]:
    """Of each part of a stored word, as wg_secded computes them."""
    data, checks = word & (1 << code.width) - 1, word >> code.width
    return [check ^ stored for check, stored in zip(_checks(code, data), _checks_of(code, checks), strict=True)]


def _checks(code, data: int) -> list[int]:
    return _checks_of(code, code.above(data) >> code.width)


def _checks_of(code, checks: int) -> list[int]:
    count = code.bits // code.checks
    return [checks >> k * code.checks & (1 << code.checks) - 1 for k in range(count)]


@pytest.mark.parametrize("width", [1, 3, 5, 26, 57, 64, 65, 130])
def test_a_flipped_bit_has_a_syndrome_of_its_own_and_two_of_a_part_have_an_even_one(width):
    code, rng = secded(width), Random(width)
    word = code.above(rng.getrandbits(width))
    assert not any(syndromes(code, word))
    singles = [syndromes(code, word ^ 1 << bit) for bit in range(width + code.bits)]
    assert len(set(map(tuple, singles))) == len(singles)
    assert all(sum(bin(s).count("1") for s in single) % 2 == 1 for single in singles)
    pairs = [[a ^ b for a, b in zip(one, two, strict=True)] for one, two in combinations(singles, 2)]
    of_one_part = [pair for pair in pairs if sum(map(bool, pair)) == 1]
    assert of_one_part and all(sum(bin(s).count("1") for s in pair) % 2 == 0 for pair in of_one_part)
    assert all(any(pair) for pair in pairs)


def test_few_check_bits_are_enough():
    assert [secded(width).checks for width in (4, 11, 26, 57, 64)] == [4, 5, 6, 7, 8]
    assert (secded(130).bits, parity(130).bits) == (24, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("dense_bit", "parity"), ("dense_bit", "secded")])
def test_every_bit_that_flips_is_corrected_or_marks_its_frame(name, code, tmp_path):
    """Bits of ROMs from the start, of all registers and memories in some cycle each; but for those of the adders."""
    graph = networks.CONSTRUCTS[name]
    plan = verilog.plan(graph, "net", VerilogOptions(harden=code))
    flipper = Flipper(plan, graph, random_codes(graph, 2), tmp_path)
    rng = Random(1)
    flips = [
        (place, word, bit, 0 if place.is_rom else rng.randrange(12, flipper.window))
        for place in flipper.places
        if not place.is_adder
        for word in range(place.words)
        for bit in range(place.bits)
    ]
    seen = list(zip(flips, flipper.flip(flips), strict=True))
    assert [flip for flip, found in seen if found.untold] == []
    roms = [found for (place, *_), found in seen if place.is_rom]
    counters = [found for (place, *_), found in seen if place.name.endswith("at_reg")]
    if code == "secded":
        assert all(found.right == 2 for _, found in seen)
        assert roms and all(found.corrected and not found.faults for found in roms)
    else:
        assert roms and all(found.faults for found in roms) and any(found.right < 2 for found in roms)
    assert sum(found.corrected for found in counters) > len(counters) // 4 > 10


@pytest.mark.slow
@pytest.mark.parametrize("code", ["parity", "secded"])
def test_hardened_rtl_passes_every_front_end(code, tmp_path):
    plan = verilog.plan(networks.CONSTRUCTS["residual"], "net", VerilogOptions(harden=code))
    lint(plan, write(verilog.render(plan), tmp_path))


def test_cycles_are_those_of_the_network_without_hardening():
    graph, options = networks.CONSTRUCTS["lines"], VerilogOptions(architecture="folded")
    plain, hard = (verilog.plan(graph, "net", replace(options, harden=code)) for code in (None, "secded"))
    assert (hard.latency_cycles, hard.initiation_interval_cycles) == (
        plain.latency_cycles,
        plain.initiation_interval_cycles,
    )
    assert hard.resources["rom_bits"] > plain.resources["rom_bits"]


def test_an_unrolled_network_is_refused():
    with pytest.raises(BadInput) as refused:
        VerilogOptions(architecture="unrolled", harden="secded").check()
    assert str(refused.value) == (
        "--harden secded: an unrolled network has no ROM, its weights are logic; choose --architecture folded"
    )
