"""A failure as a folder: the smallest network that fails, its frames, and how to run it again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.text import read_text
from whetgen.fuzz.batch import FuzzTask, Problem, judged
from whetgen.fuzz.judges import JUDGES
from whetgen.fuzz.models import model_problem, spec_of, write_model
from whetgen.fuzz.networks import GRAPH, READING, RandomNetwork, draw, recipe_of
from whetgen.fuzz.recipe import ModelRecipe
from whetgen.fuzz.shrink import shrink_network, shrink_recipe
from whetgen.host.scratch import scratch_folder
from whetgen.input_spec import InputSpec
from whetgen.ir import Graph, load_graph, save_graph
from whetgen.verification.frames import load_frames

_FILE = "problem.json"
_README = """# Network {number} of seed {seed}: {judge}

{text}

{size}. Run it again, here or after a change:

    whetgen fuzz --again {folder}

{files}. It was made smaller from what `whetgen fuzz --seed {seed}` drew.
"""
_OF_A_GRAPH = "`model.json` and `model.npz` are the integer network, `frames.npz` its input codes"
_OF_A_FILE = "`{model}` is the model; its codes are of type {type}, real value = code / {scale:g}"


def reproduce(task: FuzzTask, problem: Problem, out: Path) -> Path:
    """Make the failing network as small as it goes and write a folder for it below ``out``.

    Raises:
        CouldNotRun: a tool is missing.
        OSError: the folder cannot be written.
    """
    folder = out / f"{task.seed}-{problem.number}-{problem.judge.replace(', ', '-')}"
    folder.mkdir(parents=True, exist_ok=True)
    write = _write_model if problem.judge == READING else _write_network
    facts, size, files = write(task, problem, folder)
    (folder / _FILE).write_text(json.dumps({**asdict(problem), "seed": task.seed, **facts}) + "\n", encoding="utf-8")
    told = _README.format(**asdict(problem), seed=task.seed, size=size, folder=folder.name, files=files)
    (folder / "README.md").write_text(told, encoding="utf-8")
    return folder


def _write_network(task: FuzzTask, problem: Problem, folder: Path) -> tuple[dict[str, object], str, str]:
    drawn = draw(task.seed, problem.number, task.kinds)
    assert isinstance(drawn, RandomNetwork)  # else nobody would have judged it
    graph, codes = shrink_network(drawn.graph, drawn.codes, lambda g, c: _problem(problem.judge, g, c) is not None)
    save_graph(graph, folder)
    np.savez_compressed(folder / "frames.npz", x=codes)
    size = f"{len(graph.nodes) - 1} layers, {graph.size(graph.input.name)} inputs, {len(codes)} frames"
    return {}, size, _OF_A_GRAPH


def _write_model(task: FuzzTask, problem: Problem, folder: Path) -> tuple[dict[str, object], str, str]:
    recipe = shrink_recipe(recipe_of(task.seed, problem.number), lambda r: _misread(problem.kind, r))
    path, spec = write_model(problem.kind, recipe, folder), spec_of(recipe)
    facts: dict[str, object] = {"model": path.name, "type": spec.type, "scale": spec.scale}
    return facts, f"{len(recipe.steps)} layers were drawn", _OF_A_FILE.format(**facts)


def _misread(kind: str, recipe: ModelRecipe) -> bool:
    with scratch_folder() as folder:
        return model_problem(write_model(kind, recipe, folder), spec_of(recipe)) is not None


def _problem(judge: str, graph: Graph, codes: np.ndarray) -> str | None:
    (told,) = judged(JUDGES[judge], [RandomNetwork(0, GRAPH, graph, codes)])
    return told if isinstance(told, str) else None


def again(folder: Path) -> Problem | None:
    """What is still wrong with what stands in a folder; None where nothing is.

    Raises:
        BadInput: it is no such folder.
        CouldNotRun: a tool is missing.
    """
    try:
        facts = json.loads(read_text(folder / _FILE))
        problem = Problem(*(facts[name] for name in ("number", "kind", "judge", "text")))
        known = problem.judge == READING or problem.judge in JUDGES
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{folder}: holds no {_FILE} that whetgen fuzz wrote; give a folder of its --out") from error
    if not known:
        raise BadInput(f"{folder}: its judge '{problem.judge}' is not known to this version")
    if problem.judge == READING:
        text = model_problem(folder / facts["model"], InputSpec(facts["type"], facts["scale"]))
    else:
        graph = load_graph(folder)
        text = _problem(problem.judge, graph, load_frames(folder / "frames.npz", graph).codes)
    return None if text is None else replace(problem, text=text)
