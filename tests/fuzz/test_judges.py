"""Each judge says what the reference says, of networks drawn at random."""

import shutil

import pytest

from whetgen.errors import CouldNotRun
from whetgen.fuzz.batch import judged
from whetgen.fuzz.c_batch import Machine
from whetgen.fuzz.judges import BATCH, JUDGES, Judge
from whetgen.fuzz.networks import draw

QUICK = ("loops", "gcc", "clang", "s390x", "folded, icarus", "onnx", "qonnx", "nir")
SLOW = (
    "sanitizers",
    "constant-time",
    "unrolled, icarus",
    "avr",
    "hls",
    "catapult",
    "unrolled, verilator",
    "folded, verilator",
)
COMMANDS = {"clang": "clang", "s390x": "s390x-linux-gnu-gcc"}


def test_each_judge_is_tried_here():
    assert {*QUICK, *SLOW} == set(JUDGES)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in SLOW)])
def test_a_judge_finds_nothing_wrong(name):
    if shutil.which(COMMANDS.get(name, "cc")) is None:
        pytest.skip(f"{COMMANDS[name]} is not installed")
    told = judged(JUDGES[name], [draw(1, number, ("graph",)) for number in (2, 3)])
    assert all(each in (True, None) for each in told) and True in told


def test_a_tool_that_is_missing_is_said():
    judge = Judge(lambda networks, folder: Machine(compiler="no-such-cc").tools(), "C")
    with pytest.raises(CouldNotRun) as refused:
        judged(judge, [draw(1, 0, ("graph",))])
    assert str(refused.value) == "no-such-cc is not installed; on Debian: apt-get install no-such-cc"


def test_slow_judges_see_whole_batches():
    judge = Judge(lambda networks, folder: [], "seldom", 4, 1)
    assert [number for number in range(8 * BATCH) if judge.sees(number)] == [
        *range(BATCH, 2 * BATCH),
        *range(5 * BATCH, 6 * BATCH),
    ]
