"""What a study leaves: the trials as JSON, the front as a plot and a page, and the command that makes each network again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from whetgen.assets import assets
from whetgen.explore.costs import COSTS, FLASH_SHARE, MAX_FLASH
from whetgen.explore.search import Explored, TriedSettings
from whetgen.explore.trial import SYNAPSES, WEIGHTS, ModelTask, Task, tolerance
from whetgen.option import flag_of, on_command_line
from whetgen.report.page import rendered
from whetgen.report.parts import PageTable, Picture
from whetgen.report.svg import Dot, scatter
from whetgen.targets.output.folder import write_text
from whetgen.targets.registry import Options
from whetgen.wording import counted, number, plural

CALIBRATION = "calibration.npz"
_HEAD = ("trial", "accuracy")


@dataclass(frozen=True, kw_only=True)
class Study:
    """``source``: the model's file or the recipe; ``out``: the folder of its results."""

    source: str
    out: Path
    task: Task

    @property
    def unit(self) -> str:
        return COSTS[self.task.cost].unit

    def model_file(self, trial: int) -> Path:
        """Of a recipe: where the model of a trial lies."""
        return self.out / f"trial-{trial}.keras"


def write_results(study: Study, found: Explored) -> dict[str, Any]:
    """``explore.json``, ``front.svg`` and ``report.html`` in the folder; returns what the first holds."""
    facts = {
        "source": study.source,
        "against": study.task.cost,
        **asdict(found),
        "front": [{**asdict(t), "command": command(study, t)} for t in found.front],
    }
    write_text(study.out / "explore.json", json.dumps(facts, indent=1) + "\n")
    if found.tried:
        svg = _plot(study, found)
        write_text(study.out / "front.svg", _alone(svg))
        write_text(study.out / "report.html", _page(study, found, svg))
    return facts


def front_rows(study: Study, found: Explored) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the front's table."""
    head = (*_HEAD, plural(study.unit), "settings")
    return head, [(str(t.number), f"{t.accuracy:.2%}", number(t.cost), told(t.settings)) for t in found.front]


def told(settings: Mapping[str, Any]) -> str:
    """``weight bits 4, architecture folded``."""
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in settings.items())


def command(study: Study, tried: TriedSettings) -> str:
    """What generates the network of a trial."""
    cost, settings = COSTS[study.task.cost], tried.settings
    own: dict[str, Any] = {name: settings[name] for name in ("architecture", "target_fps") if name in settings}
    if own.get("architecture") == "unrolled":
        own.pop("target_fps", None)
    words = [
        str(_model(study, tried)),
        "--target",
        cost.target,
        *_flags(study.task.given, own),
        *_narrowing(study, tried),
    ]
    if MAX_FLASH in tried.facts and FLASH_SHARE in settings:
        words += ["--max-flash", str(tried.facts[MAX_FLASH])]
    return shlex.join(["whetgen", *words, "--out", f"build/trial-{tried.number}"])


def _model(study: Study, tried: TriedSettings) -> Path:
    return Path(study.source) if isinstance(study.task, ModelTask) else study.model_file(tried.number)


def _narrowing(study: Study, tried: TriedSettings) -> list[str]:
    """The input and, where a model was narrowed or pruned, how."""
    words = list(study.task.input_words)
    if not isinstance(study.task, ModelTask):
        return words
    bits, share = tried.settings[WEIGHTS], tried.settings.get(SYNAPSES, 1.0)
    lossy = ["--weight-bits", bits.split()[0]] if bits != "exact" else []
    lossy += ["--tolerance", f"{tolerance(bits):g}"] if tolerance(bits) else []
    lossy += ["--synapses", f"{share:g}"] if share < 1 else []
    return words + (["--calibration", str(study.out / CALIBRATION), *lossy] if lossy else [])


def _flags(given: Options, own: Mapping[str, Any]) -> list[str]:
    """The options as they are typed; foldings one by one."""
    found = []
    for option in fields(Options):
        value = own.get(option.name, getattr(given, option.name))
        if on_command_line(option) is None or value == option.default:
            continue
        if isinstance(value, Mapping):
            for layer, folding in value.items():
                found += [flag_of(option), f"{layer}={'x'.join(map(str, folding))}"]
        else:
            found += [flag_of(option)] if value is True else [flag_of(option), _plain(value)]
    return found


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _plot(study: Study, found: Explored) -> str:
    front = {t.number for t in found.front}
    dots = [
        Dot(str(t.number) if t.number in front else "", max(t.cost, 1), t.accuracy, t.number in front)
        for t in found.tried
    ]
    return scatter(dots, plural(study.unit), "accuracy", listed=False)


def _alone(svg: str) -> str:
    """The picture as a file by itself, in the colours of the page."""
    style = (assets() / "templates" / "report" / "style.css").read_text(encoding="utf-8")
    head, rest = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg">\n<style>\n{style}</style>{rest}\n'


def _page(study: Study, found: Explored, svg: str) -> str:
    head, rows = front_rows(study, found)
    commands = PageTable(
        "What to type", ("trial", "command"), tuple((str(t.number), command(study, t)) for t in found.front)
    )
    every = tuple((str(t.number), f"{t.accuracy:.2%}", number(t.cost), told(t.settings)) for t in found.tried)
    refused = tuple((reason, str(times)) for reason, times in found.refused.items())
    tables = [
        PageTable("Networks that no other beats", head, tuple(rows), sortable=True),
        commands,
        PageTable("All trials", head, every, folded=True, sortable=True),
        *([PageTable("Refused", ("why", "trials"), refused, folded=True)] if refused else []),
    ]
    picture = Picture(
        "Accuracy and cost",
        svg,
        f"Each point is a trial; filled, with its number: no other beats it. The {plural(study.unit)} are estimates.",
    )
    summary = f"{counted(len(found.tried), 'network')} of {study.source}, accuracy against {plural(study.unit)}"
    return rendered("explore.html.j2", title=study.source, summary=summary, picture=picture, tables=tables)
