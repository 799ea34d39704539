"""Terms that are 0 whatever the input is: the last carry of an adder that is wide enough, for one."""

from __future__ import annotations

from collections.abc import Sequence

from whetgen.formal.blocks import Blocks
from whetgen.formal.claims import Element
from whetgen.formal.relation import SCALE, NoRelation, Relation, TermName, relation
from whetgen.formal.spans import input_span

NEARBY = 400  # blocks that are tried for a proof that a term is always 0


class Zeros:
    """Finds such terms of relations, and remembers them for every claim about the layer."""

    def __init__(self, blocks: Blocks, elements: Sequence[Element]):
        self.blocks, self.elements = blocks, elements
        self._known: set[TermName] = set()
        self._tried: set[int] = set()

    def __contains__(self, name: TermName) -> bool:
        return name in self._known

    def __len__(self) -> int:
        return len(self._known)

    def proves(self, name: TermName) -> bool:
        """Whether that term is always 0, by a relation of its own or that of a block which its cells lead to."""
        nets = [net for net, _ in name] if isinstance(name, tuple) else [name]
        waiting, seen = sorted({self.blocks.driver[n] for n in nets}), set[int]()
        if name not in self and isinstance(name, tuple):
            self._learn(relation(self.blocks, {net: c // SCALE for net, c in name if c}))
        while waiting and len(seen) < NEARBY and name not in self:
            block = min(waiting)
            waiting.remove(block)
            seen.add(block)
            self._tries(block)
            nets = [n for cell in self.blocks.blocks[block] for n in cell.outputs]
            waiting += sorted({r for n in nets for r in self.blocks.readers[n]} - seen - set(waiting))
        return name in self

    def _tries(self, block: int) -> None:
        """What the block's own relation tells, once: with what is known of the terms in front of it, which are asked first."""
        if block in self._tried or self.blocks.blocks[block][0].truth is not None:
            return
        self._tried.add(block)
        try:
            told = relation(self.blocks, {}, root=block)
        except NoRelation:
            return
        for name in told.rest:
            if isinstance(name, int) and name not in self:
                self._tries(self.blocks.driver[name])
        self._learn(told)

    def _learn(self, told: Relation) -> None:
        """Terms that can be 0 or one other value, so large that the other terms cannot balance it: they must be 0."""
        low, high = input_span(self.elements, told.x)
        terms = [values for name, values in told.rest.items() if name not in self]
        low, high = low + told.constant - sum(t.hi for t in terms), high + told.constant - sum(t.lo for t in terms)
        for name, (lo, hi, step) in told.rest.items():
            alone = hi - lo == step and name not in self
            if alone and ((lo == 0 and hi > high) or (hi == 0 and lo < low)):
                self._known.add(name)
