"""Runs a script of this folder on copies, where a folder's name would trip make or the simulator. Needs nothing of whetgen."""
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")


def is_plain(*paths):
    return all(PLAIN.fullmatch(str(path)) for path in paths)


@contextmanager
def build_folder(asked):
    """``asked``, made where it is missing; where it is None a temporary folder."""
    with tempfile.TemporaryDirectory() as own:
        build = Path(asked or own).resolve()
        build.mkdir(parents=True, exist_ok=True)
        yield build


def run_copy(script, build):
    """Run ``script`` of a copy of this folder, with the same arguments; report.json goes to ``build``. Returns the exit code."""
    with tempfile.TemporaryDirectory(dir=None if is_plain(tempfile.gettempdir()) else "/tmp") as work:
        copy = Path(work) / "folder"
        for part in ("rtl", "sim", "board"):
            if (FOLDER / part).is_dir():
                shutil.copytree(FOLDER / part, copy / part)
        own = copy / Path(script).resolve().relative_to(FOLDER)
        code = subprocess.run([sys.executable, own, *sys.argv[1:], f"--build={work}/build"]).returncode
        if Path(work, "build", "report.json").exists():
            shutil.copy(Path(work, "build", "report.json"), build)
    return code
