"""The command line: which commands there are, and what is told of their mistakes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import whetgen
from whetgen.app.bench.app import app as bench_app
from whetgen.app.console import printable_output
from whetgen.app.diff import diff
from whetgen.app.doctor import doctor
from whetgen.app.examples import examples
from whetgen.app.explore import explore
from whetgen.app.fuzz import fuzz
from whetgen.app.generate import generate
from whetgen.app.init import init
from whetgen.app.inspect import inspect
from whetgen.app.report import report
from whetgen.app.supply import sbom, sign
from whetgen.app.synth import synth
from whetgen.app.train import RECIPES, train
from whetgen.app.verify import could_not_run, verify
from whetgen.errors import BadInput, CouldNotRun
from whetgen.foreign.reasons import one_line
from whetgen.host.stop import Stopped, stop_on_signals
from whetgen.targets.registry import TARGETS
from whetgen.wording import meant

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Networks of threshold neurons to Verilog, HLS C++ and C that compute the same bits.\n\n"
    f"whetgen MODEL --target {{{','.join(TARGETS)}}} --out DIR generates (the command name may be left out), "
    "whetgen verify DIR runs what was generated. First steps: whetgen examples, whetgen init NAME, whetgen doctor.",
)
_SINGLE = (
    generate, verify, inspect, report, synth, diff, train, explore, fuzz, sbom, sign, doctor, init, examples,
)  # fmt: skip
for command in _SINGLE:
    app.command()(command)
app.add_typer(bench_app, name="bench")
ROOT_OPTIONS = ("--help", "--version", "--install-completion", "--show-completion")
COMMANDS = (*(command.__name__ for command in _SINGLE), "bench")


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"whetgen {whetgen.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version and end.")
    ] = False,
) -> None:
    """What stands in front of a command."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits with 0 done, 1 a check failed, 2 bad input or could not run, 128 + N stopped by signal N."""
    with printable_output():
        _main(arguments)


def _main(arguments: list[str] | None) -> NoReturn:
    try:
        with stop_on_signals():
            sys.exit(app(_routed(list(sys.argv[1:] if arguments is None else arguments)), standalone_mode=False) or 0)
    except Stopped as stop:
        sys.stderr.write(f"whetgen: stopped by {stop.signal}\n")
        raise
    except CouldNotRun as error:
        message = "\nwhetgen: ".join(could_not_run(error, error.log))
    except BadInput as error:
        message = str(error)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    except MemoryError as error:
        message = (
            f"COULD NOT RUN: there is not enough memory ({one_line(error)}); give this machine more, or a smaller file"
        )
    except typer.TyperException as error:  # a mistake in the arguments
        context = getattr(error, "ctx", None)
        asked = f"whetgen {context.info_name}" if context and context.parent else "whetgen"
        message = f"{_mistake(error)} ({asked} --help shows all)"
    except typer.Abort:
        sys.exit(1)
    sys.stderr.write(f"whetgen: {message}\n")
    sys.exit(2)


def _mistake(error: typer.TyperException) -> str:
    """One line; of what is missing, what it is."""
    told = " ".join(error.format_message().split())
    wanted = getattr(getattr(error, "param", None), "help", None)
    return f"{told.rstrip('.')}: {wanted}" if wanted and told.startswith("Missing ") else told


def _routed(arguments: list[str]) -> list[str]:
    """The arguments with the command's name in front.

    Raises:
        BadInput: the first word is neither a command nor a file.
    """
    if arguments in ([], ["bench"]):  # groups of commands
        return [*arguments, "--help"]
    first = arguments[0]
    if first in (*COMMANDS, *ROOT_OPTIONS):
        return arguments
    if len(arguments) == 1 and first.startswith("-"):
        raise BadInput(f"No such option: {first}; {meant(first, ROOT_OPTIONS)}options are {', '.join(ROOT_OPTIONS)}")
    if first.startswith("-") or Path(first).exists():
        return ["generate", *arguments]
    if Path(first).suffix:
        raise BadInput(f"{first}: no such file; {_files_alike(Path(first))}give a .keras, .onnx or .nir file")
    known = (*COMMANDS, *ROOT_OPTIONS, *(f"train {recipe}" for recipe in RECIPES))
    raise BadInput(f"'{first}' is no command and no file; {meant(first, known)}commands are {', '.join(COMMANDS)}")


def _files_alike(given: Path) -> str:
    beside = given.parent.iterdir() if given.parent.is_dir() else ()
    return meant(str(given), sorted(str(path) for path in beside if path.suffix == given.suffix))


if __name__ == "__main__":
    main()
