"""Messages for users hold what they name, and nothing else reaches the terminal."""

import pytest

from whetgen.errors import BadInput, CouldNotRun


@pytest.mark.parametrize("kind", [BadInput, CouldNotRun])
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("caf\u00e9 \u65e5\u672c", "caf\u00e9 \u65e5\u672c"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\nb", "a\\nb"),
        ("\u202ename", "\\u202ename"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_does_not_print_comes_out_as_escapes(kind, named, told):
    assert str(kind(f"layer '{named}': no")) == f"layer '{told}': no"


def test_of_a_very_long_line_the_middle_is_left_out():
    told = str(BadInput(f"layer '{'x' * 5000}': no; save it again"))
    assert told == f"layer '{'x' * 493} ... {'x' * 230}': no; save it again"
