"""An option is one field: the worked example of CONTRIBUTING.md, applied to a copy of the package."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.targets.verilog.test_golden import tiny

from whetgen.ir import save_graph

ROOT = Path(__file__).parents[2]
GENERATE = """
import json, sys, whetgen
from whetgen.ir import load_graph
from pathlib import Path
options = whetgen.Options("net", max_stack=512)
made = whetgen.generate(load_graph(Path()), "c", "out", options)
print(json.dumps(made.manifest["options"]))
"""


@pytest.fixture
def whetgen_with_option(tmp_path):
    """Runs Python with the copy in which the option was added."""
    for name in ("templates", "hdl", "firmware"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "codegen", tmp_path / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
    example = re.search(r"```diff\n--- a/(\S+)\n (.+)\n\+(.+)\n```", (ROOT / "CONTRIBUTING.md").read_text())
    file, before, line = tmp_path / example[1], f"{example[2]}\n", f"{example[3]}\n"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, before + line))

    def python(*arguments):
        setting = {**os.environ, "PYTHONPATH": str(tmp_path / "codegen"), "COLUMNS": "200"}
        return subprocess.run([sys.executable, *arguments], cwd=tmp_path, env=setting, capture_output=True, text=True)

    return python


def test_a_field_of_a_target_s_options_is_an_option_everywhere(whetgen_with_option, tmp_path):
    shown = whetgen_with_option("-m", "whetgen.app.cli", "generate", "--help").stdout
    assert re.search(r"--max-stack <int> +C: bytes of the deepest stack\.\n", shown)

    save_graph(tiny(), tmp_path)
    made = whetgen_with_option("-c", GENERATE)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["max_stack"] == 512

    arguments = ["--target", "verilog", "--max-stack", "512", "--out", "v"]
    refused = whetgen_with_option("-m", "whetgen.app.cli", "generate", "no.keras", *arguments)
    told = "whetgen: --max-stack: --target verilog has no such option; leave it out\n"
    assert (refused.returncode, refused.stderr) == (2, told)
    assert "max_stack" not in (ROOT / "codegen/whetgen/targets/c/options.py").read_text()
