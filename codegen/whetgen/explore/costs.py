"""What a network costs in a target, by the generator's own estimates: nothing is synthesised or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from whetgen.ir import Graph, check_output_bits
from whetgen.targets.output.kinds import with_kind
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.verification.frames import default_frames


@dataclass(frozen=True)
class Objective:
    """``target``: whose estimate it is; ``unit``: singular; ``parts``: names among the facts, whose sum it is."""

    target: str
    unit: str
    parts: tuple[str, ...]


COSTS = {
    "luts": Objective("verilog", "LUT", ("luts_estimated",)),
    "cycles": Objective("verilog", "cycle", ("interval_cycles",)),
    "flash": Objective("c", "byte", ("flash_table_bytes", "flash_code_bytes_estimated")),
    "instructions": Objective("c", "instruction", ("cycles_estimated",)),
}
FLASH_SHARE, MAX_FLASH = "flash_share", "max_flash"
_SHARES = (1.0, 0.85, 0.7, 0.55, 0.4)  # of the flash of the fastest kernels


def choices(cost: Objective, given: Options) -> dict[str, tuple[Any, ...]]:
    """What may vary of a target, by name: options of it, but for those that the user gave, and the share of the flash.

    Frames a second are at the default clock: 100 MHz.
    """
    hardware: dict[str, tuple[Any, ...]] = {
        "architecture": ("folded", "unrolled"),
        "target_fps": (100.0, 1e3, 1e4, 1e5, 1e6),
    }
    free = {"verilog": hardware, "c": {FLASH_SHARE: _SHARES} if given.max_flash is None else {}}[cost.target]
    return {name: values for name, values in free.items() if getattr(given, name, None) is None}


def measure(cost: Objective, graph: Graph, given: Options, chosen: Mapping[str, Any]) -> dict[str, int | float]:
    """The estimates of the target with the options ``given`` and ``chosen``; ``cost`` among them.

    Raises:
        BadInput: the target cannot be made so.
    """
    options = replace(given, **{name: value for name, value in chosen.items() if name != FLASH_SHARE})
    if options.architecture == "unrolled":
        options = replace(options, target_fps=None)
    facts = _facts(cost, graph, options)
    if chosen.get(FLASH_SHARE, 1.0) < 1:
        most = int(total(COSTS["flash"], facts) * chosen[FLASH_SHARE])
        facts = {**_facts(cost, graph, replace(options, max_flash=most)), MAX_FLASH: most}
    return {"cost": total(cost, facts), **facts}


def total(cost: Objective, facts: Mapping[str, int | float]) -> int | float:
    return sum(facts[part] for part in cost.parts)


def _facts(cost: Objective, graph: Graph, options: Options) -> dict[str, int | float]:
    target = find_target(cost.target)
    shaped = check_output_bits(with_kind(graph, options.output))
    made = target.rendered(shaped, options_for(target, options), default_frames(shaped, 1).codes)
    found = {**made.resources, "latency_cycles": made.latency_cycles, "interval_cycles": made.interval_cycles}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}
