"""Files that training leaves are whole, or not there."""

import pytest

from whetgen.host.files import whole_file


def test_a_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "deep" / "a.csv"
    for text in ("one", "two"):
        with whole_file(path) as partial:
            partial.write_text(text)
            assert partial.suffix == ".csv" and (text == "one" or path.read_text() == "one")
    assert path.read_text() == "two" and [p.name for p in path.parent.iterdir()] == ["a.csv"]


FAILURES = {
    "full disk": (OSError(28, "No space left on device"), "[Errno 28] No space left on device: '{path}'"),
    "a library's own words": (OSError("Can't write data"), "Can't write data"),
    "interrupted": (KeyboardInterrupt(), ""),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path, name):
    failure, message = FAILURES[name]
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(type(failure)) as raised, whole_file(tmp_path / "a.csv") as partial:
        partial.write_text("half")
        raise failure
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"] and (tmp_path / "a.csv").read_text() == "old"
    assert str(raised.value) == message.format(path=tmp_path / "a.csv")
