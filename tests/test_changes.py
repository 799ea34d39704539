"""The rows that tell CHANGELOG.md what changed."""

import json
from pathlib import Path

from tests.changes import rows, told
from tests.targets.verilog.test_golden import tiny

import whetgen


def test_a_model_that_the_old_checkout_lacks_is_new(tmp_path):
    assert list(rows(tmp_path, tmp_path, Path("models/latest.keras"))) == ["| latest | | new |"]


def test_files_and_figures_that_differ_are_told_and_refusals_too(tmp_path):
    old, new = (whetgen.generate(tiny(), "verilog", tmp_path / age).folder for age in ("old", "new"))
    assert told(old, new) == ("0", "the same")
    facts = json.loads((new / "whetgen.json").read_text(encoding="utf-8"))
    facts["files"]["rtl/tiny.v"] = "0" * 64
    luts, facts["resources"]["luts_estimated"] = facts["resources"]["luts_estimated"], 1234567
    (new / "whetgen.json").write_text(json.dumps(facts), encoding="utf-8")
    assert told(old, new) == ("1", f"LUT {luts:,} → 1,234,567")
    assert told(old, tmp_path / "missing") == ("-", "refused now")
