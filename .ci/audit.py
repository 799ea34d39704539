"""Whether what is installed is what constraints.txt pins, and, where its source of advisories answers, what pip-audit knows of it.

Fails for other versions and for known vulnerabilities, never for want of a network: then a line says what was not asked.
"""

import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

PINNED = Path(__file__).resolve().parents[1] / "constraints.txt"


def plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def strays() -> list[str]:
    """A line for each installed package of another version than the pinned one."""
    lines = (line.split("==") for line in PINNED.read_text().split())
    pinned = {plain(name): version for name, version in lines}
    installed = {plain(d.name): d.version for d in distributions()}
    return [
        f"{name} {version} is installed, constraints.txt pins {pinned[name]}"
        for name, version in sorted(installed.items())
        if name in pinned and version != pinned[name]
    ]


def advisories() -> list[str]:
    """What pip-audit finds."""
    if not shutil.which("pip-audit"):
        print("audit: pip-audit is not installed, so no advisories were asked for")
        return []
    asked = ["pip-audit", "--no-deps", "--disable-pip", "--requirement", str(PINNED), "--timeout", "5"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode and "vulnerabilit" not in done.stdout + done.stderr:
        told = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"audit: the advisories of pip-audit cannot be reached, so none were asked for ({told})")
        return []
    return done.stdout.splitlines() if done.returncode else []


if __name__ == "__main__":
    wrong = [*strays(), *advisories()]
    print(f"audit: {len(wrong)} findings", *wrong, sep="\n")
    sys.exit(bool(wrong))
