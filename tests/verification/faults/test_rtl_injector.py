"""Flipped bits in the simulated RTL."""

import numpy as np
import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.checks import target_outputs
from whetgen.verification.faults import rtl_share
from whetgen.verification.faults.rtl_injector import RtlFlip, RtlInjector
from whetgen.verification.faults.yardstick import Unflipped
from whetgen.verification.frames import default_frames

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    options = whetgen.Options(name="tiny", architecture="folded", output="scores")
    return whetgen.generate(tiny(), "verilog", tmp_path_factory.mktemp("rtl") / "out", options).folder


@pytest.fixture(scope="module")
def injector(made, tmp_path_factory):
    return RtlInjector(made, read_manifest(made), tmp_path_factory.mktemp("build"))


def place(injector, name):
    return next(number for number, variable in enumerate(injector.variables) if variable.name == name)


def test_without_a_flip_and_behind_two_of_one_bit_it_is_the_network(made, injector):
    codes = default_frames(tiny(), 9).codes
    wanted = target_outputs(tiny(), read_manifest(made), codes)
    register = place(injector, "sum_reg")
    for fate in injector.run([[], [RtlFlip(register, 0, 2, 20)] * 2], codes):
        assert np.array_equal(fate.outputs, wanted) and fate.framed and not fate.told


def test_a_bit_of_the_counter_of_malformed_frames_is_told(injector):
    (fate,) = injector.run([[RtlFlip(place(injector, "errors_reg"), 0, 5, 30)]], default_frames(tiny(), 4).codes)
    assert fate.told and fate.framed


def test_a_bit_of_a_sum_changes_the_frame_in_work_and_no_later_one(made, injector):
    codes = default_frames(tiny(), 12).codes
    wanted, busy = target_outputs(tiny(), read_manifest(made), codes), 60
    sums = [n for n, variable in enumerate(injector.variables) if variable.name == "sum_reg"]
    flips = [[RtlFlip(n, 0, 2, cycle)] for n in sums for cycle in range(0, busy, 3)]
    fates = injector.run(flips, codes)
    differ = [np.any(fate.outputs != wanted, axis=1) for fate in fates]
    assert any(frames.any() for frames in differ) and all(fate.framed for fate in fates)
    assert not any(frames[fate.entered :].any() for frames, fate in zip(differ, fates, strict=True))


def test_the_flips_of_the_reference_do_the_same_in_the_rtl(made, monkeypatch):
    monkeypatch.setattr(rtl_share, "SINGLES", {"ROMs": 30, "registers": 60, "buffers": 20})
    frames = default_frames(tiny(), 20)
    yardstick = Unflipped.of(tiny(), frames).yardstick
    matched, fates, points = rtl_share.real_share(
        made, read_manifest(made), tiny(), frames, yardstick, 5, 0, lambda *_: None
    )
    assert matched.equal == matched.tried > 0 and matched.tried + matched.moved == 24 and not points
    assert [(row.what, row.tried) for row in fates] == [("ROMs", 30), ("registers", 60), ("buffers", 20)]
    roms, registers, _ = fates
    assert not roms.told + roms.hung + roms.lasting and roms.changed and registers.lasting + registers.hung
