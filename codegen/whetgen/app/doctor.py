"""``whetgen doctor``: options and table only."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.host.inventory import Finding


def doctor(quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Say which tools and packages are found, what each missing one disables and how to install it."""
    import whetgen
    from whetgen.host.inventory import take_stock
    from whetgen.host.needs import PACKAGES, PROGRAMS

    output = CommandOutput(quiet, as_json)
    with output.steps() as step:
        step("ask tools for their versions (the first time a minute or more: whetgen[synth] is compiled)")
        findings = take_stock((*PROGRAMS, *PACKAGES))
    here = {"whetgen": whetgen.__version__, "python": platform.python_version(), "system": platform.platform()}
    output.emit({**here, "tools": [_facts(f) for f in findings]}, *_lines(here, findings))


def _facts(finding: Finding) -> dict[str, Any]:
    told = {key: asdict(finding.need)[key] for key in ("name", "purpose", "install")}
    return {**told, "version": finding.version, "fault": finding.fault}


def _lines(here: dict[str, str], findings: list[Finding]) -> list[object]:
    """Versions of what is there; of each other tool what is wrong, what needs it and what to type."""
    missing = [f for f in findings if f.version is None]
    there = Table("found", "version")
    for finding in findings:
        if finding.version is not None:
            there.add_row(finding.need.name, finding.version or "yes")
    told: list[object] = [f"whetgen {here['whetgen']}, Python {here['python']}, {here['system']}", there]
    for finding in missing:
        need = finding.need
        told += [f"{need.name}: {finding.fault}", f"  needed for {need.purpose}", f"  {need.install}"]
    return [*told, f"{counted(len(findings) - len(missing), 'tool')} found, {len(missing)} missing"]
