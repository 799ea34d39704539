"""The targets that there are, and every option of all of them. This is the only file that names them all."""

from __future__ import annotations

from dataclasses import dataclass, fields

from whetgen.errors import BadInput
from whetgen.option import flag_of
from whetgen.targets.base import Target, TargetOptions
from whetgen.targets.c import C, COptions
from whetgen.targets.hls import HLS, HlsOptions
from whetgen.targets.nir import NIR
from whetgen.targets.onnx import ONNX, OnnxOptions
from whetgen.targets.verilog import VERILOG, VerilogOptions
from whetgen.wording import unknown

TARGETS: dict[str, Target] = {target.name: target for target in (VERILOG, HLS, C, ONNX, NIR)}


@dataclass(frozen=True)
class Options(COptions, HlsOptions, VerilogOptions, OnnxOptions):
    """Options of ``generate``, of all targets; None for the default. ``whetgen generate --help`` tells what each does.

    Raises:
        BadInput: an option of another type, such as text where a number belongs; the message names it.
    """


def find_target(name: str) -> Target:
    """The target of ``--target``.

    Raises:
        BadInput: there is no such target.
    """
    if name not in TARGETS:
        raise unknown("--target", name, TARGETS)
    return TARGETS[name]


def options_for(target: Target, options: Options) -> TargetOptions:
    """What the target takes of the options, checked.

    Raises:
        BadInput: an option means nothing to it, or a value that no network makes possible.
    """
    known = {field.name for field in fields(target.options)}
    for field in fields(options):
        if field.name not in known and getattr(options, field.name) != field.default:
            raise BadInput(f"{flag_of(field)}: --target {target.name} has no such option; leave it out")
    chosen = target.options(**{name: getattr(options, name) for name in known})
    chosen.check()
    return chosen
