"""Fixtures of the C target's tests."""

import pytest

from whetgen.targets.c import planner


@pytest.fixture(name="general_kernels")
def only_general_kernels(monkeypatch):
    """The kernels that take everything, although faster ones would do."""
    monkeypatch.setattr(planner, "choose", lambda groups, limits, measure: tuple(group[0] for group in groups))
