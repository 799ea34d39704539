"""Network ``number`` of a seed: drawn from these two numbers alone, whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from whetgen.errors import BadInput
from whetgen.fuzz.graphs import TIE_FRAMES, random_codes, random_graph
from whetgen.fuzz.models import KINDS, read_model, spec_of, write_model
from whetgen.fuzz.recipe import ModelRecipe
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph, check_output_bits
from whetgen.verification.frames import flat_outputs

GRAPH = "graph"
ALL_KINDS = (GRAPH, *KINDS)
READING = "reading"
FRAMES = 8
_SHARES = (GRAPH, GRAPH, GRAPH, "keras", "keras", "quantised", "onnx", "nir")
_WIDEST = (8, 20, 40, 64, 100, 240)
_STEPS = (1, 1, 1, 2, 3, 15)


@dataclass(frozen=True, eq=False)
class RandomNetwork:
    """``codes``: (``FRAMES`` or fewer, *input shape), ties at thresholds among them."""

    number: int
    kind: str
    graph: Graph
    codes: np.ndarray

    @property
    def wanted(self) -> np.ndarray:
        """(frames, elements) of the reference."""
        return flat_outputs(self.graph, self.codes).astype(np.int64)


@dataclass(frozen=True)
class RefusedModel:
    """A model that the front end does not take, with its line."""

    number: int
    kind: str
    reason: str


@dataclass(frozen=True)
class Misread:
    """A model that could not be read, or whose integers are not what its floats say."""

    number: int
    kind: str
    text: str


Drawn = RandomNetwork | RefusedModel | Misread


def draws_of(seed: int, number: int) -> Random:
    return Random(f"whetgen fuzz {seed} {number}")


def kind_of(seed: int, number: int, kinds: Sequence[str] = ALL_KINDS) -> str:
    """Graphs more often than files."""
    return draws_of(seed, number).choice([kind for kind in _SHARES if kind in kinds])


def recipe_of(seed: int, number: int) -> ModelRecipe:
    """Of a network that comes in a file."""
    return ModelRecipe.drawn(Random(f"whetgen fuzz model {seed} {number}").getrandbits(32))


def draw(seed: int, number: int, kinds: Sequence[str] = ALL_KINDS) -> Drawn:
    """The network.

    Raises:
        CouldNotRun: there is no place for its file.
        ImportError: a package that writes such files is not installed.
    """
    kind, rng = kind_of(seed, number, kinds), Random(f"whetgen fuzz network {seed} {number}")
    if kind == GRAPH:
        graph = random_graph(rng, max_bits=rng.choice(_WIDEST), small=True, steps=rng.choice(_STEPS))
        return RandomNetwork(number, kind, graph, random_codes(graph, rng, FRAMES - TIE_FRAMES))
    recipe = recipe_of(seed, number)
    with scratch_folder() as folder:
        path = write_model(kind, recipe, folder)
        try:
            graph = check_output_bits(read_model(path, spec_of(recipe)))
        except BadInput as error:
            return RefusedModel(number, kind, str(error).replace(str(path), path.name))
        except Exception as error:  # whatever a front end raises that is no refusal
            return Misread(number, kind, f"{type(error).__name__}: {error}")
    return RandomNetwork(number, kind, graph, random_codes(graph, rng, FRAMES - TIE_FRAMES))
