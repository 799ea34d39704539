"""What other commands leave in a folder stands on its page."""

from html import unescape

import pytest
from tests.app.command import run
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.report import hardware, page, render_report
from whetgen.targets.output.folder import read_manifest, record, record_synthesis


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A folder of folded Verilog, and what its page says."""
    monkeypatch.setattr(page, "trial", lambda *_: "Not in this page.")
    folder = tmp_path / "out"
    whetgen.generate(tiny(), "verilog", folder, whetgen.Options(name="tiny", architecture="folded"))
    return folder, lambda: unescape(render_report(tiny(), "tiny", read_manifest(folder)))


def test_synthesis_gives_the_headline_and_stands_beside_the_estimate(made):
    folder, text = made
    facts = {"cells": {"lut": 456, "ff": 78}, "room": {"lut": 24288, "ff": 24288}, "fmax_mhz": 123.4}
    record_synthesis(folder, "ecp5-25k", facts | {"frames_per_second": 7654321.0, "latency_ns": 99.0})
    estimate = read_manifest(folder)["resources"]["luts_estimated"]
    assert f"<td>LUT</td><td>{estimate:,}</td><td>456</td><td>synthesis for ecp5-25k</td>" in text()
    assert "7,654,321" in text() and "on ecp5-25k at 123.4 MHz, 99 ns each" in text()
    assert "This synthesis tells sums only: run whetgen synth again to see what each layer takes." in text()


def test_what_each_layer_took_in_synthesis_stands_beside_its_estimate(made):
    folder, text = made
    layers = {"hidden": {"lut": 400, "dsp": 0}, "outside the layers": {"lut": 56, "dsp": 0}}
    facts = {"cells": {"lut": 456, "dsp": 0}, "room": {"lut": 24288, "dsp": 28}, "by_layer": layers}
    record_synthesis(folder, "ecp5-25k", facts | {"fmax_mhz": None, "frames_per_second": None, "latency_ns": None})
    assert (
        '<th scope="col">LUT, estimated</th><th scope="col">LUT, ecp5-25k</th><th scope="col">C kernel</th>' in text()
    )
    estimate = hardware.folded(tiny(), read_manifest(folder)).plan.luts_by_layer["hidden"]
    assert f"<td>{estimate:,}</td><td>400</td>" in text()
    assert "<td>outside the layers</td><td></td><td></td><td></td><td>56</td>" in text()
    assert "tells sums only" not in text()


def test_proofs_and_narrowing_are_told_layer_by_layer(made):
    folder, text = made
    record(folder, "proofs", [{"layer": "hidden", "result": "proved", "proved": 3, "outputs": 3, "reason": "SAT"}])
    change = {"name": "hidden", "bits_before": 9, "bits_after": 2, "decisions_kept": 0.995, "note": None}
    told = {"agreement": 0.99, "layers": [change], "accuracy_before": 0.98, "accuracy_after": 0.975}
    record(folder, "narrowing", told)
    assert "<td>hidden</td><td>proved</td><td>3 of 3</td><td>SAT</td>" in text()
    assert "<td>hidden</td><td>9</td><td>2</td><td>99.50%</td>" in text()
    assert "98.00% → 97.50%" in text()


def test_the_pipeline_takes_its_cycles_from_the_schedule(made):
    folder, text = made
    cycles = {row["layer"]: row["cycles"] for row in read_manifest(folder)["cycles"]}
    (lane,) = [line for line in text().splitlines() if "<p>hidden <small>" in line]
    first, last = lane.split("cycles ")[1].split("</small>")[0].split(" to ")
    assert int(last) - int(first) + 1 == cycles["hidden"]


def test_formal_proofs_stay_in_the_folder(made, capsys):
    folder, _ = made
    assert run(capsys, "verify", folder, "--formal", "--count", 2)[0] == 0
    assert {proof["layer"] for proof in read_manifest(folder)["proofs"]} >= {"hidden", "scores"}
