"""The ways to build a layer's sums: each is tried, the one that takes the least room is taken."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.verilog.logic.chains_first import chains_first
from whetgen.targets.verilog.logic.cost import Cost, StrategyChoice, cost_of
from whetgen.targets.verilog.logic.da4ml import da4ml_sub_sums
from whetgen.targets.verilog.logic.layer_circuits import PLAIN, Strategy, layer_circuit, without
from whetgen.targets.verilog.logic.lookup_tables import LogicLayer, LookupTables
from whetgen.targets.verilog.logic.module import LogicModule, logic_module
from whetgen.targets.verilog.logic.stages import staged
from whetgen.targets.verilog.logic.sub_sums import own_sub_sums
from whetgen.targets.verilog.logic.window_module import one_window, repeats

STRATEGIES = {
    "shared sub-sums": Strategy(own_sub_sums),
    "shared sub-sums, chains behind them": Strategy(own_sub_sums, chains_first),
    "separate sums": Strategy(),
    "separate sums of chains": Strategy(compressor=chains_first),
}
# What a user may ask to be tried as well.
SOLVERS = {"da4ml": {"sub-sums of da4ml": Strategy(da4ml_sub_sums)}}


def cheapest(
    given: LogicLayer,
    module: str,
    strategies: Mapping[str, Strategy],
    levels_per_stage: int,
    unread: np.ndarray | None,
) -> tuple[LogicModule, StrategyChoice]:
    """The layer, or a window of it, as ``module``, in the strategy that takes the least room; ``unread``: (elements,) bool, None for none."""
    layer, copies = one_window(given), given.window.positions if repeats(given) else 1
    ignored = None if unread is None else np.atleast_1d(unread.reshape(copies, -1).all(axis=0))
    made, costs = {}, dict[str, Cost]()
    for name, strategy in _tried(layer, strategies).items():
        circuit = without(layer_circuit(layer, strategy), ignored)
        stages = staged(circuit.circuit, circuit.outputs, levels_per_stage)
        made[name], costs[name] = (circuit, stages), copies * cost_of(circuit.circuit, stages)
    chosen = min(costs, key=lambda name: costs[name].room)
    cost = costs.pop(chosen)
    title = f"{layer.name}: {layer.summary}" + (f", of one window among {copies}" if copies > 1 else "")
    return logic_module(module, title, *made[chosen]), StrategyChoice(layer.name, chosen, cost, costs)


def _tried(layer: LogicLayer, strategies: Mapping[str, Strategy]) -> Mapping[str, Strategy]:
    """Those that make a difference: only neurons of weights share sums, and add many bits."""
    if isinstance(layer, Linear):
        return strategies
    return {"tables" if isinstance(layer, LookupTables) else "sums": PLAIN}
