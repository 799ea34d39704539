"""The notebooks run, and the pages of the documentation show what stands in them."""

import re
import sys
from pathlib import Path

import jupytext
import pytest
from tests.docs.test_commands import TORCH, names, run_page
from tests.examples.test_pytorch import PYTHON, install_torch

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*_*.py"))
WITHOUT_TORCH = [notebook for notebook in NOTEBOOKS if "import torch" not in notebook.read_text()]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_page_shows_the_cells_of_its_notebook(notebook):
    page = (ROOT / "docs" / "notebooks" / f"{notebook.stem}.md").read_text(encoding="utf-8")
    cells = [cell.source for cell in jupytext.read(notebook).cells if cell.cell_type == "code"]
    assert re.findall(r"```python\n(.*?)\n```", page, re.DOTALL) == cells


@pytest.mark.long
@pytest.mark.parametrize("notebook", WITHOUT_TORCH, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook, tmp_path, monkeypatch):
    _run(notebook, tmp_path, monkeypatch)


@pytest.fixture
def with_torch(monkeypatch):
    """PyTorch from its own environment, behind our packages."""
    install_torch()
    packages = PYTHON.parents[1].glob("lib/python*/site-packages")
    monkeypatch.setattr("sys.path", [*sys.path, *map(str, packages)])


@pytest.mark.long
def test_the_notebook_of_pytorch_runs(with_torch, tmp_path, monkeypatch):
    _run(ROOT / "examples" / "notebooks" / "pytorch_to_proven_verilog.py", tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("page", TORCH, ids=names(TORCH))
def test_a_page_that_takes_pytorch_runs_as_it_stands_there(page, tmp_path, monkeypatch):
    install_torch()
    run_page(page, tmp_path, monkeypatch)


def _run(notebook: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    exec(compile(notebook.read_text(encoding="utf-8"), notebook.name, "exec"), {"__name__": "notebook"})
