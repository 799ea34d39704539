"""Whether what is installed is what constraints.txt pins, and, where its source of advisories answers, what pip-audit knows of it.

Fails for other versions and for known vulnerabilities, never for want of a network: then a line says for how many it was asked.
"""

import json
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
    """What pip-audit knows of the pinned packages; prints how many of them it could ask for."""
    asked = [
        sys.executable,
        "-m",
        "pip_audit",
        "--no-deps",
        "--disable-pip",
        "--requirement",
        str(PINNED),
        "--timeout",
        "5",
        "--format",
        "json",
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if not done.stdout:
        told = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"audit: the advisories of pip-audit cannot be reached, so none were asked for ({told})")
        return []
    packages = json.loads(done.stdout)["dependencies"]
    answered = [package for package in packages if "skip_reason" not in package]
    print(
        f"audit: advisories were asked for {len(answered)} of {len(packages)} packages; of the rest no source knew or answered"
    )
    return [
        f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for package in answered
        for found in package["vulns"]
    ]


if __name__ == "__main__":
    wrong = [*strays(), *advisories()]
    print(f"audit: {len(wrong)} findings", *wrong, sep="\n")
    sys.exit(bool(wrong))
