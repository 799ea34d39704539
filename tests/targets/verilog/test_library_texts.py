"""Comments of the RTL library."""

import re
from pathlib import Path

import pytest

RTL = Path(__file__).parents[3] / "hdl" / "rtl"
MODULES = {path.stem for path in RTL.glob("*.v")}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_modules_that_exist_are_named(name):
    """The sentences with which a module stops elaboration begin with its own name."""
    named = set(re.findall(r"\bwg_\w+", (RTL / f"{name}.v").read_text(encoding="utf-8")))
    assert not {other for other in named - MODULES if not other.startswith(f"{name}_")}
