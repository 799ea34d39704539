"""Dense layers and convolutions of any kind, a row of weights added for each element that is not 0."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, numbers, span
from whetgen.targets.c.elements import Elements, signed_elements, wide_elements
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.kernels.sums import SumPlan, plan_sums
from whetgen.targets.c.records import Record, Value, record
from whetgen.targets.c.windows import window_record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_dense`` or ``wg_conv``."""
    layer = job.layer
    if not isinstance(layer, Linear) or job.source.maps > 1:
        return
    sums = plan_sums(job, layer, (signed_elements(*span(layer.weights)),))
    function, made = _dense(job, layer, sums) if job.whole else _conv(job, layer, sums)
    yield job.candidate("general", function, made, scratch_bytes=sums.bytes, cycles=_cycles(job, layer))


def _dense(job: Job, layer: Linear, sums: SumPlan) -> tuple[str, Record]:
    weights = _weights(job, layer, sums, ("input", "neuron"), layer.weights.shape)
    inputs, neurons = layer.weights.shape
    members = _row_members(weights, sums, neurons, neurons)
    return "wg_dense", record("wg_dense_layer", source=job.source, inputs=inputs, **members)


def _conv(job: Job, layer: Linear, sums: SumPlan) -> tuple[str, Record]:
    window, each = layer.window, layer.neurons // layer.window.groups
    axes = ("kernel row", "column", "channel of a group" if window.groups > 1 else "channel", "neuron")
    weights = _weights(job, layer, sums, axes, (*window.kernel, -1, layer.neurons))
    made = record(
        "wg_conv_layer",
        source=job.source,
        window=window_record(layer),
        groups=window.groups,
        group_bytes=sums.elements.bytes_for(each),
        **_row_members(weights, sums, layer.neurons, each),
    )
    return "wg_conv", made


def _weights(job: Job, layer: Linear, sums: SumPlan, axes: tuple[str, ...], shape: tuple[int, ...]) -> ConstArray:
    """Wide sums read wide weights."""
    elements = wide_elements(*span(layer.weights)) if sums.elements.wide else None
    return numbers(f"{job.name}_weights", f"weights {job.of}", axes, layer.weights.reshape(shape), elements)


def _row_members(weights: ConstArray, sums: SumPlan, stride: int, neurons: int) -> dict[str, Value]:
    """The members that both records have."""
    rows = record(
        "wg_rows",
        weights=weights,
        words=weights.elements.words,
        sum_words=sums.elements.words,
        stride=stride,
        neurons=neurons,
    )
    wide = sums.elements.wide
    types = "wide" if wide else f"{_type(weights.elements)}_{_type(sums.elements)}"
    return {"rows": rows, "add_rows": f"wg_add_rows_{types}", **sums.members}


def _type(elements: Elements) -> str:
    return elements.kind.removeprefix("WG_").lower()


def _cycles(job: Job, layer: Linear) -> float:
    """The kernels decide at run time what each element is, which costs about 40 instructions on a Cortex-M4."""
    inputs, neurons = layer.weights.shape
    adding = layer.window.positions * (300.0 + inputs * (12.0 + job.rate.single * neurons * 6.0))
    return job.mcu.general * (40.0 * layer.result.count + adding)
