"""Graph -> the chosen kernel calls, layer by layer."""

from __future__ import annotations

from whetgen.errors import BadInput
from whetgen.targets.c.candidates import Candidate, Planned, candidates, pooled
from whetgen.targets.c.choose import Group, Limits, Need, choose
from whetgen.targets.c.code_size import code_bytes
from whetgen.targets.c.constant_time import in_constant_time
from whetgen.targets.c.drafts import draft_copy
from whetgen.targets.c.memory import place_tensors
from whetgen.targets.c.records import Choice, Draft, Option
from whetgen.targets.c.runtime import units
from whetgen.targets.c.tensors import Tensors
from whetgen.targets.output.identifiers import Identifiers

_LIMIT = 1 << 31


def choose_drafts(
    planned: Planned, names: Identifiers, limits: Limits, constant_time: bool = False
) -> tuple[tuple[Draft, ...], tuple[Choice, ...]]:
    """The calls in their order, and what stood to choose from.

    Raises:
        BadInput: a layer exceeds the target's limits, or nothing fits ``limits``.
    """
    layers, groups = _groups(planned, names)
    if constant_time:
        groups = [in_constant_time(layer, group) for layer, group in zip(layers, groups, strict=True)]
    copies = _copies(planned.tensors, names)

    def measure(picks: tuple[Candidate, ...]) -> Need:
        drafts = (*_calls(picks), *copies)
        tables = sum(draft.table_bytes for draft in drafts)
        return Need(tables + code_bytes(drafts, planned.mcu), place_tensors(planned.tensors, drafts)[1])

    picks = choose(groups, limits, measure)
    choices = tuple(_choice(*each) for each in zip(layers, picks, groups, strict=True))
    return (*_calls(picks), *copies), choices


def _groups(planned: Planned, names: Identifiers) -> tuple[list[str], list[Group]]:
    """The layers that cost anything, and the candidates of each."""
    tensors = planned.tensors
    layers, groups, done = [], [], set()
    for node in tensors.graph.nodes:
        _check_size(node.name, tensors)
        if node.name in done:
            continue
        pool = pooled(node, tensors)
        found = candidates(node, tuple(names.unique(n.name) for n in (node, pool) if n), planned)
        if found:
            found = _affordable(node.name, found, planned)
            layers.append(node.name)
            groups.append(found)
        done |= {pool.name} if pool else set()
    return layers, groups


def _check_size(name: str, tensors: Tensors) -> None:
    if tensors.length(name) * max(tensors.elements(name).words, 1) >= _LIMIT:
        raise BadInput(f"layer '{name}' has too many elements for the C target (2^31 or more); make it smaller")


def _affordable(layer: str, found: Group, planned: Planned) -> Group:
    """Without the candidates whose tables the processor's compiler cannot hold, or read from flash in such wide sums."""
    mcu = planned.mcu
    held = tuple(c for c in found if all(t.bytes <= mcu.table_limit for draft in c.drafts for t in draft.tables))
    if not held:
        raise BadInput(
            f"layer '{layer}' needs a table of more than {mcu.table_limit} bytes, which --mcu {mcu.name} does not have; "
            "make the layer smaller, or narrow the weights with --weight-bits"
        )
    kept = tuple(c for c in held if not any(_is_wide(unit) for draft in c.drafts for unit in units(draft)))
    if mcu.sum_bits >= 64 or kept == held:
        return held
    if not kept:
        raise BadInput(
            f"layer '{layer}' needs sums of more than {mcu.sum_bits} bits, which --mcu {mcu.name} does not have; "
            "narrow the weights with --weight-bits"
        )
    return kept


def _is_wide(unit: str) -> bool:
    return unit.endswith(("_i64", "_wide"))


def _copies(tensors: Tensors, names: Identifiers) -> tuple[Draft, ...]:
    return tuple(
        draft_copy(names.unique(f"copy_{output.name}"), tensors, output.source, k)
        for k, output in enumerate(tensors.graph.outputs)
        if tensors.root(output.source) not in tensors.in_output
    )


def _calls(picks: tuple[Candidate, ...]) -> tuple[Draft, ...]:
    return tuple(draft for pick in picks for draft in pick.drafts)


def _choice(layer: str, pick: Candidate, group: Group) -> Choice:
    return Choice(
        layer, pick.label, round(pick.cycles), tuple(_option(c) for c in sorted(group, key=lambda c: c.cycles))
    )


def _option(candidate: Candidate) -> Option:
    return Option(candidate.label, round(candidate.cycles), candidate.table_bytes, candidate.scratch)
