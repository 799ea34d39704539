"""What the bridge hands to hls4ml: layers as final, plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.integers import word_bits
from whetgen.ir.nodes import Shape

WIDEST = 1024
_WORD = 32
_WIDEST_LITERAL = 63


@dataclass(frozen=True)
class Word:
    """An integer type of the generated C++."""

    bits: int
    signed: bool

    @property
    def ctype(self) -> str:
        return f"ap_{'' if self.signed else 'u'}int<{self.bits}>"


def word_for(lo: int, hi: int) -> Word:
    """The narrowest word that holds ``lo..hi``."""
    return Word(word_bits(lo, hi), lo < 0)


@dataclass(frozen=True)
class Constant:
    """A ``static const int`` of a layer's config struct."""

    name: str
    value: int


@dataclass(frozen=True)
class Type:
    """A ``typedef`` of a layer's config struct."""

    name: str
    word: Word


@dataclass(frozen=True, eq=False)
class Table:
    """Constants of a layer; ``role`` names them in the C++ ("weights", "bias", "thresholds", ...)."""

    role: str
    values: np.ndarray

    @property
    def word(self) -> Word:
        """Type of an entry."""
        return word_for(int(self.values.min()), int(self.values.max()))

    @property
    def words(self) -> int:
        """How many stored elements an entry takes: 1, or 32-bit words where no C++ literal is wide enough."""
        return 1 if self.word.bits <= _WIDEST_LITERAL else -(-self.word.bits // _WORD)

    @property
    def stored_word(self) -> Word:
        return self.word if self.words == 1 else Word(_WORD, False)

    @property
    def stored(self) -> np.ndarray:
        """The elements as they stand in the weight file: each entry's words, the least significant first."""
        if self.words == 1:
            return self.values.astype(np.int64)
        flat = self.values.reshape(-1).tolist()
        return np.array([(v >> (_WORD * k)) & 0xFFFFFFFF for v in flat for k in range(self.words)], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of the hls4ml model.

    ``kind``: key of the layer classes ("dense", "threshold", ...). ``inputs``: names of layers.
    ``constants``, ``types``: the config struct. ``tables``: in the order of the C++ function's arguments.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    shape: Shape
    result: Word
    constants: tuple[Constant, ...] = ()
    types: tuple[Type, ...] = ()
    tables: tuple[Table, ...] = ()


def class_name(kind: str) -> str:
    """Name of the layer class of a kind: "max_pool" is WhetgenMaxPool."""
    return "Whetgen" + "".join(part.capitalize() for part in kind.split("_"))


@dataclass(frozen=True)
class InputLayer:
    """The codes of one frame."""

    name: str
    shape: Shape
    word: Word


@dataclass(frozen=True, eq=False)
class Plan:
    """A network for hls4ml. ``outputs``: names of the layers whose tensors come out, in order."""

    name: str
    input: InputLayer
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    dataflow: bool
