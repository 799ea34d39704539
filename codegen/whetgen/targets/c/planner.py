"""Which kernel computes each layer."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.errors import BadInput
from whetgen.layers import Layer, Linear, Pool
from whetgen.targets.c.choose import Candidates, Limits, Need, choose
from whetgen.targets.c.code_size import code_bytes
from whetgen.targets.c.kernels import Candidate, Job, KernelCall, candidates, moves
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.memory import lay_out
from whetgen.targets.c.rates import Rate
from whetgen.targets.c.storage import Storage
from whetgen.targets.output.identifiers import Identifiers

_LIMIT = 1 << 31


@dataclass(frozen=True)
class Option:
    """One kernel for a layer: ``cycles`` estimated, bytes of constant arrays and of scratch memory exact."""

    kernel: str
    cycles: int
    table_bytes: int
    scratch_bytes: int


@dataclass(frozen=True)
class Choice:
    """What the planner took for a layer, and all that it had, the fastest first."""

    layer: str
    kernel: str
    cycles: int
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Planner:
    """What the choice of kernels depends on. ``rates``: by the name of the layer."""

    storage: Storage
    rates: dict[str, Rate]
    mcu: Mcu
    limits: Limits
    constant_time: bool = False

    def choose(self, names: Identifiers) -> tuple[tuple[KernelCall, ...], tuple[Choice, ...]]:
        """The calls in their order, and what stood to choose from.

        Raises:
            BadInput: a layer exceeds the target's limits, or nothing fits ``limits``.
        """
        groups = self._groups(names)
        copies = self._copies(names)

        def measure(picks: tuple[Candidate, ...]) -> Need:
            calls = (*_calls(picks), *copies)
            arrays = sum(call.array_bytes for call in calls)
            return Need(arrays + code_bytes(calls, self.mcu), lay_out(self.storage, calls).bytes)

        picks = choose(list(groups.values()), self.limits, measure)
        choices = (_choice(*each) for each in zip(groups, picks, groups.values(), strict=True))
        return (*_calls(picks), *copies), tuple(choices)

    def _groups(self, names: Identifiers) -> dict[str, Candidates]:
        """The candidates of each layer, by its name; a pool that is computed with its convolution is none."""
        done: set[str] = set()
        groups = {}
        self._check_size(self.storage.layers.input.name)
        for layer in self.storage.layers.layers:
            self._check_size(layer.result.name)
            if layer.name not in done:
                pool = self._pool_behind(layer)
                groups[layer.name] = self._affordable(layer.name, self._candidates(layer, pool, names))
                done |= {pool.name} if pool else set()
        return groups

    def _candidates(self, layer: Layer, pool: Pool | None, names: Identifiers) -> Candidates:
        found = candidates(self._job(layer, pool, names))
        if pool is None:
            return found
        (second,) = candidates(self._job(pool, None, names))
        return tuple(candidate if candidate.pools else candidate.then(second) for candidate in found)

    def _job(self, layer: Layer, pool: Pool | None, names: Identifiers) -> Job:
        return Job(
            layer=layer,
            pool=pool,
            name=names.unique(layer.name),
            storage=self.storage,
            rate=self.rates[layer.name],
            mcu=self.mcu,
            constant_time=self.constant_time,
        )

    def _pool_behind(self, layer: Layer) -> Pool | None:
        """The largest-of-a-window layer that alone reads the spikes of a convolution."""
        layers = self.storage.layers
        outputs = {tensor.name for tensor in layers.outputs}
        if not isinstance(layer, Linear) or not layer.fire or layer.result.name in outputs:
            return None
        readers = [other for other in layers.layers if layer.result.name in {t.name for t in other.sources}]
        pools = [reader for reader in readers if isinstance(reader, Pool) and reader.largest]
        return pools[0] if len(readers) == len(pools) == 1 else None

    def _check_size(self, name: str) -> None:
        if self.storage.by_name[name].count * max(self.storage.elements(name).words, 1) >= _LIMIT:
            raise BadInput(f"layer '{name}' has too many elements for the C target (2^31 or more); make it smaller")

    def _affordable(self, layer: str, found: Candidates) -> Candidates:
        """Those whose arrays the processor's compiler holds, whose sums it can read from flash, and, in constant time,
        whose instructions do not depend on the data."""
        mcu = self.mcu
        held = tuple(c for c in found if all(a.bytes <= mcu.table_limit for call in c.calls for a in call.arrays))
        if not held:
            raise BadInput(
                f"layer '{layer}' needs a table of more than {mcu.table_limit} bytes, which --mcu {mcu.name} does not have; "
                "make the layer smaller, or narrow the weights with --weight-bits"
            )
        kept = tuple(c for c in held if mcu.sum_bits >= 64 or not _is_wide(c))
        if not kept:
            raise BadInput(
                f"layer '{layer}' needs sums of more than {mcu.sum_bits} bits, which --mcu {mcu.name} does not have; "
                "narrow the weights with --weight-bits"
            )
        even = tuple(c for c in kept if all(call.even for call in c.calls)) if self.constant_time else kept
        if not even:
            raise BadInput(
                f"--constant-time: layer '{layer}' has no kernel whose cost is independent of the data; such kernels take bits or "
                "bytes in and sums of 32 bits (--weight-bits narrows them)"
            )
        return even

    def _copies(self, names: Identifiers) -> tuple[KernelCall, ...]:
        """Of the outputs that are not written where they belong."""
        return tuple(
            moves.copy(names.unique(f"copy_{output.name}"), self.storage, k)
            for k, output in enumerate(self.storage.graph.outputs)
            if self.storage.layers.outputs[k].name not in self.storage.in_output
        )


def _is_wide(candidate: Candidate) -> bool:
    return any(unit.endswith(("_i64", "_wide")) for call in candidate.calls for unit in call.units)


def _calls(picks: tuple[Candidate, ...]) -> tuple[KernelCall, ...]:
    return tuple(call for pick in picks for call in pick.calls)


def _choice(layer: str, pick: Candidate, group: Candidates) -> Choice:
    options = (_option(candidate) for candidate in sorted(group, key=lambda candidate: candidate.cycles))
    return Choice(layer, pick.label, round(pick.cycles), tuple(options))


def _option(candidate: Candidate) -> Option:
    return Option(candidate.label, round(candidate.cycles), candidate.array_bytes, candidate.scratch_bytes)
