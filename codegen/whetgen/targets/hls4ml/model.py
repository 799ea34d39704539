"""The hls4ml model as plain data, all decided: what the bridge hands to hls4ml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from whetgen.ir.integers import Word
from whetgen.ir.nodes import Shape

WIDEST = 1024  # bits of an ap_int
_LIMB = 32
_WIDEST_LITERAL = 63


def ap_type(word: Word) -> str:
    """The C++ type of exactly this width."""
    return f"ap_{'int' if word.signed else 'uint'}<{word.bits}>"


@dataclass(frozen=True, eq=False)
class ConstArray:
    """Constants of a layer; ``role`` names them in the C++ ("weights", "levels", "indices", ...)."""

    role: str
    values: np.ndarray

    @property
    def word(self) -> Word:
        """Type of an entry."""
        return Word.holding(int(self.values.min()), int(self.values.max()))

    @property
    def limbs(self) -> int:
        """How many stored elements an entry takes: 1, or parts of 32 bits where no C++ literal is wide enough."""
        return 1 if self.word.bits <= _WIDEST_LITERAL else -(-self.word.bits // _LIMB)

    @property
    def stored_word(self) -> Word:
        return self.word if self.limbs == 1 else Word(_LIMB, signed=False)

    @property
    def stored(self) -> np.ndarray:
        """The elements as they stand in the weight file: each entry's parts, the least significant first."""
        if self.limbs == 1:
            return self.values.astype(np.int64)
        flat = self.values.reshape(-1).tolist()
        return np.array([(v >> (_LIMB * k)) & 0xFFFFFFFF for v in flat for k in range(self.limbs)], dtype=np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class PlannedLayer:
    """One layer of the hls4ml model.

    ``kind``: of the classes in ``extension`` ("dense", "conv", ...). ``inputs``: names of layers. ``result``: type of an
    element. ``constants``, ``types``: those of the config struct, by name. ``arrays``: in the order of the C++
    function's arguments.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    shape: Shape
    result: Word
    constants: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, Word] = field(default_factory=dict)
    arrays: tuple[ConstArray, ...] = ()

    @property
    def widest(self) -> int:
        """Bits of the widest integer that the layer needs."""
        words = (self.result, *self.types.values(), *(array.word for array in self.arrays))
        return max(word.bits for word in words)


def class_name(kind: str) -> str:
    """Name of the layer class of a kind: "max_pool" is WhetgenMaxPool."""
    return "Whetgen" + "".join(part.capitalize() for part in kind.split("_"))


@dataclass(frozen=True)
class InputLayer:
    """The codes of one frame."""

    name: str
    shape: Shape
    word: Word


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """A network for hls4ml.

    ``outputs``: names of the layers whose tensors come out, in order. ``classifies``: that is the class alone.
    ``dataflow``: whether the layers work side by side.
    """

    name: str
    input: InputLayer
    layers: tuple[PlannedLayer, ...]
    outputs: tuple[str, ...]
    classifies: bool
    dataflow: bool
