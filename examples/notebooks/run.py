"""Runs a notebook and writes it with its outputs as a page of the documentation.

    python examples/notebooks/run.py examples/notebooks/first_network.py docs/notebooks

The notebooks are scripts in jupytext's percent format: Jupyter opens them (with jupytext), Python runs them. The page is ``NAME.md``,
its pictures ``NAME-1.png`` and so on.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

import jupytext
import matplotlib

matplotlib.use("Agg")


def run(script: Path, out: Path) -> Path:
    """The page. The notebook runs in the folder where this process is."""
    parts, names, pictures = (
        [f"<!-- made by examples/notebooks/run.py from {script.name} -->"],
        {"__name__": "notebook"},
        0,
    )
    for cell in jupytext.read(script).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        told = io.StringIO()
        with redirect_stdout(told):
            exec(compile(cell.source, script.name, "exec"), names)
        if told.getvalue():
            parts.append(f"```text\n{told.getvalue().rstrip()}\n```")
        for picture in _pictures():
            pictures += 1
            name = f"{script.stem}-{pictures}.png"
            picture.savefig(out / name, dpi=80)
            parts.append(f"![Figure {pictures}]({name})")
        matplotlib.pyplot.close("all")
    page = out / f"{script.stem}.md"
    page.write_text("\n\n".join([parts[1], parts[0], *parts[2:]]) + "\n", encoding="utf-8")
    return page


def _pictures() -> list:
    import matplotlib.pyplot as plt

    return [plt.figure(number) for number in plt.get_fignums()]


if __name__ == "__main__":
    print(run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
