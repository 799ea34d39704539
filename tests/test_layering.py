"""Who may import whom: the arrows of the design, checked by import-linter."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_import_contracts_hold():
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_importing_whetgen_and_loading_a_folder_never_imports_tensorflow():
    code = (
        "import sys, whetgen, whetgen.app.cli, whetgen.verification.checks, whetgen.verification.hls4ml_runner\n"
        "loaded = {'keras', 'tensorflow', 'cocotb', 'hls4ml'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_imports_no_arithmetic_and_no_target():
    code = (
        "import sys\n"
        "from whetgen.app.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "loaded = {'numpy', 'jinja2', 'keras', 'whetgen.api', 'whetgen.ir'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Side-by-side measurements" in done.stdout


def test_one_place_starts_programs_and_makes_scratch_folders():
    """Else some are not ended, or not removed, when whetgen is stopped or killed."""
    code = ROOT / "codegen" / "whetgen"
    users = {"import subprocess": {"host/processes.py"}, "mkdtemp": {"host/scratch.py"}, "TemporaryDirectory": set()}
    for word, allowed in users.items():
        found = {path.relative_to(code).as_posix() for path in code.rglob("*.py") if word in path.read_text("utf-8")}
        assert found == allowed, word


def test_a_class_name_stands_for_one_thing():
    """Arrays of constants are called the same in every target; lookup tables are trained as what the logic then holds; onnx's
    evaluator finds operators by the names of their classes."""
    files = (ROOT / "codegen").rglob("*.py")
    trees = [ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    count = Counter(node.name for tree in trees for node in tree if isinstance(node, ast.ClassDef))
    assert {name for name, times in count.items() if times > 1} == {"ConstArray", "LookupTables", "MaxPool", "Pad"}
