"""Broken files of every kind end in one clear line or are read, and do nothing else."""

import pytest
from tests.broken.run import mutants
from tests.broken.sources import KINDS
from tests.broken.trials import Mutants

KERAS = ("keras", "h5")
GROUPS = {"Keras": KERAS, "others": tuple(kind for kind in KINDS if kind not in KERAS)}


def faults(group, first, count):
    results = mutants([Mutants(kind, 0, first, count) for kind in GROUPS[group]])
    assert len(results) == count * len(GROUPS[group])
    assert {0, 2} <= {result.code for result in results}
    return [(result.trial, result.wrong, result.said) for result in results if result.wrong]


@pytest.mark.parametrize("group", GROUPS)
def test_200_mutants(group):
    assert faults(group, 0, 25) == []


@pytest.mark.long
@pytest.mark.parametrize("group", GROUPS)
def test_600_more(group):
    assert faults(group, 25, 75) == []
