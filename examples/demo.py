"""From a sharpened Keras model to Verilog and C, both run over real handwritten digits.

The model, `models/digits-mlp.keras`, ships with the repository; the 450 digits are the quarter of
scikit-learn's 8x8 digits that it was not trained on. Everything lands in `build/demo`.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from whetgen.reading import silent_import

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "models" / "digits-mlp.keras"
OUT = ROOT / "build" / "demo"
DIGITS = OUT / "digits.npz"
TARGETS = {
    "verilog": ("--architecture", "folded"),
    "c": (),
}  # the unrolled network takes longer to compile for simulation
CLOCK_MHZ = 100


def whetgen(*arguments: object) -> dict:
    """Run the command line; its result as JSON."""
    command = [Path(sys.executable).parent / "whetgen", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def save_digits(path: Path) -> None:
    with silent_import():
        from whetgen.sharpen.data import load

    digits = load("digits")
    np.savez_compressed(path, x=digits.x_test, y=digits.y_test)


def run(target: str) -> tuple[dict, dict]:
    """Generate and verify; what both said."""
    made = whetgen(MODEL, "--target", target, "--out", OUT / target, "--input-scale", 16, *TARGETS[target])
    return made, whetgen("verify", OUT / target, "--data", DIGITS)


def row(target: str, made: dict, checked: dict) -> list[str]:
    cycles = made["latency_cycles"]
    latency = f"{cycles} cycles, {cycles / CLOCK_MHZ:.2f} us at {CLOCK_MHZ} MHz" if cycles else "-"
    size = ", ".join(
        f"{key.replace('_', ' ')} {value:,}" for key, value in made["resources"].items() if isinstance(value, int)
    )
    return [target, f"{checked['accuracy']:.2%}", str(checked["vectors"]), str(checked["mismatches"]), latency, size]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    save_digits(DIGITS)
    table = Table(
        "target",
        "accuracy",
        "digits",
        "mismatches",
        "latency",
        "size",
        title=f"{MODEL.name} in {OUT.relative_to(ROOT)}",
    )
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(run, TARGETS))
    for target, (made, checked) in zip(TARGETS, results, strict=True):
        table.add_row(*row(target, made, checked))
    Console(width=max(Console().width, 150)).print(table)
    sys.exit(not all(checked["passed"] for _, checked in results))


if __name__ == "__main__":
    main()
