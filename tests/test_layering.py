"""Who may import whom: the arrows of the design, checked by import-linter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_import_contracts_hold():
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_importing_whetgen_and_loading_a_folder_never_imports_tensorflow():
    code = (
        "import sys, whetgen, whetgen.cli, whetgen.verify.checks, whetgen.verify.hls4ml_runner\n"
        "loaded = {'keras', 'tensorflow', 'cocotb', 'hls4ml'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
