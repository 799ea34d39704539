"""What the registry promises of each target."""

from dataclasses import fields
from importlib import import_module
from typing import get_args, get_type_hints

import pytest

from whetgen.assets import assets
from whetgen.input_spec import INPUT_TYPES
from whetgen.ir import ELEMENT_TYPES
from whetgen.option import on_command_line
from whetgen.targets.base import TargetOptions
from whetgen.targets.hls.design import DIALECTS
from whetgen.targets.registry import TARGETS, Options
from whetgen.targets.verilog.logic.strategies import SOLVERS
from whetgen.verification.runners import Runner, find_runner


def test_the_options_are_those_of_the_targets_together():
    own = {target.options for target in TARGETS.values()} - {TargetOptions}
    assert set(Options.__bases__) == own
    assert {field.name for field in fields(Options)} == {field.name for kind in own for field in fields(kind)}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_a_package_templates_and_a_check(name):
    assert callable(import_module(f"whetgen.targets.{name}.target").rendered)
    assert (assets() / "templates" / name).is_dir() or not TARGETS[name].planned  # a library writes those files
    assert isinstance(find_runner(name), Runner)


def test_only_name_and_vectors_are_for_python_alone():
    assert [field.name for field in fields(Options) if on_command_line(field) is None] == ["name", "vectors"]


def test_the_words_of_an_option_are_those_that_its_target_knows():
    hints = get_type_hints(Options)
    words = {name: get_args(get_args(hints[name])[0]) for name in ("hls_tool", "solver")}
    assert words == {"hls_tool": tuple(DIALECTS), "solver": tuple(SOLVERS)}
    assert tuple(ELEMENT_TYPES) == INPUT_TYPES
