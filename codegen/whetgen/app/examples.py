"""``whetgen examples``: the models and scripts that come along, the recipes, and what to type."""

from __future__ import annotations

import ast
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.train import RECIPES
from whetgen.assets import assets
from whetgen.wording import unknown

_FOLDED, _UNROLLED, _EMBEDDED = (
    "--target verilog --architecture folded", "--target verilog --architecture unrolled --bus-bits full",
    "--target c --mcu cortex-m4",
)  # fmt: skip
_MODELS = {
    "digits-mlp": ("8x8 digits, dense", f"{_FOLDED} --input-scale 16"),
    "mnist-mlp": ("28x28 digits, dense", _FOLDED),
    "mnist-mlp-pruned": ("28x28 digits, dense, a tenth of the weights", _FOLDED),
    "mnist-cnn": ("28x28 digits, convolutions", _FOLDED),
    "fashion-cnn": ("28x28 clothes, convolutions", _FOLDED),
    "mnist-mlp-small": ("28x28 digits, dense, for microcontrollers", _EMBEDDED),
    "mnist-cnn-small": ("28x28 digits, convolutions, for microcontrollers", _EMBEDDED),
    "mnist-cnn-4bit": ("28x28 digits, convolutions, 4-bit weights", _EMBEDDED),
    "cifar10-small": ("32x32 photos, convolutions of three thresholds", _EMBEDDED),
    "cifar10-vgg": ("32x32 photos, convolutions", _FOLDED),
    "cifar10-vgg-2bit": ("32x32 photos, convolutions of three thresholds, larger", _FOLDED),
    "mnist-lut": ("28x28 digits, lookup tables", _UNROLLED),
    "mnist-lut-small": ("28x28 digits, lookup tables, fewer", _UNROLLED),
    "mnist-lut-98": ("black and white digits, lookup tables", _UNROLLED),
    "mnist-lut-deep": ("black and white digits, two layers of lookup tables", _UNROLLED),
    "mnist-lut-windows": ("black and white digits, sliding lookup tables", _UNROLLED),
    "mnist-lut-tiny": ("black and white digits, lookup tables, fewest", _UNROLLED),
}


@dataclass(frozen=True)
class Shipped:
    """What there is, what it shows and the command that uses it."""

    name: str
    kind: str
    about: str
    command: str


def examples(
    name: Annotated[str | None, typer.Argument(help="Tell of this one only.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """List the models, recipes and scripts that come along, and what to type."""
    found = all_examples()
    if name is not None:
        chosen = [e for e in found if e.name == name]
        if not chosen:
            raise unknown("example", name, dict.fromkeys(e.name for e in found))
        found = chosen
    lines = [_told(e) for e in found] if name is not None else [*_tables(found), "whetgen examples NAME: what to type"]
    CommandOutput(quiet, as_json).emit({"examples": [asdict(e) for e in found]}, *lines)


def all_examples() -> list[Shipped]:
    """Models and scripts that are there (a wheel brings fewer than a checkout), and all recipes."""
    models = {name: assets() / "models" / f"{name}.keras" for name in _MODELS}
    scripts = sorted((assets() / "examples").glob("*.py"))
    return [
        *(_model(name, path) for name, path in models.items() if path.is_file()),
        *(Shipped(r, "recipe", "", f"whetgen train {r} --out {r}.keras") for r in RECIPES),
        *(_script(path, text) for path in scripts if "__main__" in (text := path.read_text(encoding="utf-8"))),
    ]


def _model(name: str, path: Path) -> Shipped:
    about, options = _MODELS[name]
    return Shipped(name, "model", about, f"whetgen {_near(path)} {options} --out build/{name}")


def _script(path: Path, text: str) -> Shipped:
    """The first line of its docstring, and the command that stands there, if one does."""
    about, *more = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    usage = (line.strip() for line in more if line.strip().startswith("python "))
    return Shipped(path.name, "script", about.rstrip("."), next(usage, f"python {_near(path)}"))


def _near(path: Path) -> Path:
    """As people type it: from the folder where they are, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _tables(found: list[Shipped]) -> list[object]:
    table = Table("model or script", "what it is")
    for example in found:
        if example.about:
            table.add_row(example.name, example.about)
    return [table, f"recipes: {', '.join(e.name for e in found if e.kind == 'recipe')}"]


def _told(example: Shipped) -> str:
    return f"{example.kind} {example.name}{': ' * bool(example.about)}{example.about}\n  {example.command}"
