"""Places where nothing can be written, or little: mounts of a namespace of our own, which nobody else sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_OWN = "WHETGEN_OWN_MOUNTS"


def with_own_mounts(arguments: list[str]) -> bool:
    """Starts this program again where it may mount, and never returns; False where that is not allowed, True where it is so."""
    if os.environ.get(_OWN):
        return True
    own = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else [])]
    if not shutil.which("unshare") or subprocess.run([*own, "true"], capture_output=True).returncode:
        return False
    os.execvpe(own[0], [*own, sys.executable, *arguments], {**os.environ, _OWN: "1"})


def small(folder: Path, size: int) -> None:
    """A disk of ``size`` bytes in place of ``folder``, with what is in there, which counts."""
    held = folder.with_name(f"{folder.name}-held")
    folder.rename(held)
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size + taken(held)}", "none", folder)
    shutil.copytree(held, folder, dirs_exist_ok=True)
    shutil.rmtree(held)


def taken(folder: Path) -> int:
    """Bytes that the files and folders below take on a disk of pages."""
    return sum((path.stat().st_size + 4095) // 4096 * 4096 + 4096 for path in folder.rglob("*")) + 4096


def large(folder: Path) -> None:
    _mount("-o", "remount,size=1g", folder)


def read_only(folder: Path) -> None:
    _mount("--bind", folder, folder)
    _mount("-o", "remount,bind,ro", folder)


def release(folder: Path) -> None:
    subprocess.run(["umount", folder], check=True)


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True)
