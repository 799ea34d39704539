"""Tables fit 80 columns, and no word of theirs is broken, whatever stands in them."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from whetgen.app import console
from whetgen.app.tables import MarkdownTable, fitted
from whetgen.report import inspection

APP = Path(console.__file__).parent
WIDTH = 80
WORDS = st.text("abcdefgh,.-_0123456789", min_size=1, max_size=30)
CELLS = st.lists(WORDS, max_size=5).map(" ".join)


def printed(table: Table) -> str:
    output = Console(file=StringIO(), width=WIDTH, markup=False, emoji=False, highlight=False, soft_wrap=True)
    output.print(fitted(table, WIDTH), soft_wrap=False)
    return output.file.getvalue()


def made(heads, rows) -> Table:
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    return table


def check(heads, rows):
    text = printed(made(heads, rows))
    assert max(map(len, text.splitlines())) <= WIDTH
    found = text.split()
    for row in rows:
        missing = [word for cell in row for word in cell.split() if not any(word in part for part in found)]
        assert missing == [], text


@st.composite
def tables(draw):
    width = draw(st.integers(1, 10))
    row = st.lists(CELLS, min_size=width, max_size=width)
    return draw(st.lists(CELLS.filter(bool), min_size=width, max_size=width)), draw(
        st.lists(row, min_size=1, max_size=5)
    )


@given(tables())
@example((["layer", "why"], [["a" * 30, "b " * 200]]))
def test_no_word_is_broken_and_no_line_is_longer(table):
    check(*table)


def heads():
    """Of every table of the commands, as written there; what is computed only is left out."""
    for source in sorted(APP.rglob("*.py")):
        for call in ast.walk(ast.parse(source.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Table":
                texts = [text.value for text in call.args if isinstance(text, ast.Constant)]
                yield texts or inspection.HEAD


@pytest.mark.parametrize("head", [*heads()], ids=" ".join)
def test_the_tables_of_the_commands_fit(head):
    numbers = ["DepthwiseConv + Threshold", *["123,456,789"] * len(head)]
    check(head, [["conv_with_a_long_name_2", *numbers][: len(head)]] * 2)


def test_a_command_prints_its_table_in_the_width_of_the_terminal(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(console, "PLAIN_WIDTH", WIDTH)
    cells = ["conv_block_2_depthwise", "DepthwiseConv + Threshold", "112x112x1024", *"123456789"[:5], "123,456,789"]
    console.CommandOutput(False, False).emit({}, made(inspection.HEAD, [cells]))
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= WIDTH and all(word in text for word in ("112x112x1024", "123,456,789"))


def test_markdown_stays_for_other_programs_and_is_a_table_on_a_terminal(monkeypatch, capsys):
    text = "| tool | cost | |\n|---|---|---|\n| ours | 1,234 instructions | live |\n| theirs |  | recorded |\n"
    console.CommandOutput(False, False).emit({}, MarkdownTable(text))
    assert capsys.readouterr().out == text + "\n"
    monkeypatch.setattr(console.sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "28")
    console.CommandOutput(False, False).emit({}, MarkdownTable(text))
    assert capsys.readouterr().out == "ours: cost 1,234\n  instructions, live\ntheirs: recorded\n"
