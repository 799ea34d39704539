"""Every command that the documentation shows is one of today's command line, and what can be run is run.

Each page's blocks run in order in a folder of their own, in which the repository's folders stand: what is generated stays in there.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.docs.pages import PAGES, PYTHON, REASONS, ROOT, SHELL, Block, blocks, whetgen_lines, words

from whetgen.app.cli import COMMANDS, ROOT_OPTIONS, app, main


def names(pages: list[Path]) -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_whetgen_line_is_understood_by_the_command_line(page):
    for line in whetgen_lines(page):
        _parse(line)


def _parse(line: str) -> None:
    """As the command line does it, without running; what a sentence leaves out may be missing."""
    command, arguments = typer.main.get_command(app), words(line)
    if arguments[0] in ROOT_OPTIONS:
        return  # --install-completion would install
    if arguments[0] not in COMMANDS:
        arguments = ["generate", *arguments]
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command = command.commands[arguments.pop(0)]
    try:
        command.make_context("whetgen", arguments)
    except typer.TyperException as error:
        if not re.match("Missing |.* requires an argument", error.format_message()):
            raise AssertionError(f"{line}: {error.format_message()}") from error
    except (typer.Exit, SystemExit):
        assert "--help" in arguments


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_a_block_that_is_not_run_says_why(page):
    for block in blocks(page):
        assert block.skipped is None or block.skipped.startswith(REASONS), (page, block.skipped)


def to_run(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in (*SHELL, *PYTHON, "c") and block.skipped is None]


TORCH = [page for page in PAGES if any("build/torch/bin" in block.text for block in to_run(page))]
FRONT = ROOT / "README.md"
NOTEBOOKS = ROOT / "docs" / "notebooks"  # tests/examples runs them
RUNNABLE = [page for page in PAGES if to_run(page) and page.parent != NOTEBOOKS and page not in (FRONT, *TORCH)]


@pytest.mark.long
@pytest.mark.parametrize("page", RUNNABLE, ids=names(RUNNABLE))
def test_what_a_page_shows_runs_as_it_stands_there(page, tmp_path, monkeypatch):
    run_page(page, tmp_path, monkeypatch)


def run_page(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its blocks in order; Python shares its names, C is the file ``main.c``."""
    for name in ("models", "examples", "firmware", "hdl"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build").mkdir()
    if (ROOT / "build" / "torch").is_dir():
        (folder / "build" / "torch").symlink_to(ROOT / "build" / "torch")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    names_of_python: dict = {}
    for block in to_run(page):
        if block.language in PYTHON:
            exec(compile(block.text, page.name, "exec"), names_of_python)
        elif block.language == "c":
            Path("main.c").write_text(block.text)
        else:
            for command in [block.instead] if block.instead else block.commands:
                _run(command)


def _run(command: str) -> None:
    """whetgen in this process, where Keras is loaded once; all else by the shell."""
    if not re.match(r"whetgen [^>|;&]*$", command):
        done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return
    with pytest.raises(SystemExit) as ended:
        main(words(command))
    assert not ended.value.code, command


@pytest.mark.slow
def test_the_first_model_of_the_readme_is_as_good_as_it_says(capsys, monkeypatch, tmp_path):
    """Weights of at most 10 bits, above 95 %, no mismatch; training on several threads never ends in just the same weights."""
    run_page(FRONT, tmp_path, monkeypatch)
    told = capsys.readouterr().out
    assert told.count(" 0 mismatches") == 2
    bits = re.findall(r"-> (\d+) bits", told)
    assert bits and all(int(found) <= 10 for found in bits)
    accuracies = [float(found) for found in re.findall(r"accuracy ([\d.]+)%", told)]
    assert accuracies and min(accuracies) > 95, accuracies
