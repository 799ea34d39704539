"""What a target is, what it delivers, and the options that every target has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from whetgen.option import check_types, check_words, option
from whetgen.targets.output.identifiers import check_name

if TYPE_CHECKING:  # numpy takes longer to import than whetgen --help may take
    import numpy as np

    from whetgen.ir import Graph

OutputChoice = Literal["class", "scores", "spikes", "accumulators"]


@dataclass(frozen=True, kw_only=True)
class TargetOptions:
    """What every target lets the user choose.

    ``name``: identifier in the generated files. ``vectors``: test frames stored in the folder.

    Raises:
        BadInput: an option of another type, such as text where a number belongs; the message names it.
    """

    name: str = field(default="network", kw_only=False)
    output: OutputChoice | None = option("class, scores, spikes, or accumulators: numbers and no class.")
    vectors: int = 32

    def __post_init__(self) -> None:
        check_types(self)

    def check(self) -> None:
        """Refuse what no network makes possible.

        Raises:
            BadInput: a value that its option cannot take, or options that contradict each other.
        """
        check_name(self.name)
        check_words(self)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Files (relative path -> text, or bytes) and facts of a generated target."""

    files: Mapping[str, str | bytes]
    output_kind: str
    output_length: int
    resources: dict[str, Any]
    latency_cycles: int | None = None
    interval_cycles: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What whetgen can make of an integer graph.

    ``name``: what ``--target`` takes, and the name of the package. ``title``: what people call it.
    ``options``: the dataclass of what the user may choose. ``planned``: whether it knows what its design will need. ``manifest``: the keys of its ``whetgen.json``, a TypedDict.
    ``suffix``: of its one file, NAME and that, where such a file may be had without the folder around it.
    The package's module ``target`` holds the function ``rendered``; it is imported when it is needed.
    """

    name: str
    title: str
    options: type[TargetOptions]
    manifest: type
    planned: bool = True
    suffix: str | None = None

    def rendered(
        self, graph: Graph, options: TargetOptions, codes: np.ndarray, typical: np.ndarray | None = None
    ) -> Rendered:
        """The target of a graph.

        ``codes``: frames to store as vectors. ``typical``: frames of real data, by which a target may choose.

        Raises:
            BadInput: an option is not possible for this network.
        """
        made: Rendered = import_module(f"{__package__}.{self.name}.target").rendered(graph, options, codes, typical)
        return made
