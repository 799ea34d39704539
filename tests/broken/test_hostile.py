"""Files made with intent are refused in words before they do anything: no code, no other file, no memory, no time."""

import pytest
from tests.broken import run
from tests.broken.hostile import ROWS


@pytest.fixture(scope="module")
def results():
    return run.hostile()


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_file_is_refused(name, results):
    found = results[name]
    assert (found.code, found.wrong, found.said) == (2, (), f"whetgen: {ROWS[name][2]}\n")
