"""``--wrapper``: the network for designs in SystemVerilog or VHDL."""

from __future__ import annotations

import re

from whetgen.errors import BadInput
from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.ports import Port, stream_ports

_FILES = {"sv": "wrappers/{}_sv.sv", "vhdl": "wrappers/{}_vhdl.vhd"}
_NO_VHDL = re.compile(r"__|_$")
_VHDL_WORDS = frozenset(
    [
        "abs",
        "access",
        "after",
        "alias",
        "all",
        "and",
        "architecture",
        "array",
        "assert",
        "attribute",
        "begin",
        "block",
        "body",
        "buffer",
        "bus",
        "case",
        "component",
        "configuration",
        "constant",
        "disconnect",
        "downto",
        "else",
        "elsif",
        "end",
        "entity",
        "exit",
        "file",
        "for",
        "function",
        "generate",
        "generic",
        "group",
        "guarded",
        "if",
        "impure",
        "in",
        "inertial",
        "inout",
        "is",
        "label",
        "library",
        "linkage",
        "literal",
        "loop",
        "map",
        "mod",
        "nand",
        "new",
        "next",
        "nor",
        "not",
        "null",
        "of",
        "on",
        "open",
        "or",
        "others",
        "out",
        "package",
        "port",
        "postponed",
        "procedure",
        "process",
        "protected",
        "pure",
        "range",
        "record",
        "register",
        "reject",
        "rem",
        "report",
        "return",
        "rol",
        "ror",
        "select",
        "severity",
        "shared",
        "signal",
        "sla",
        "sll",
        "sra",
        "srl",
        "subtype",
        "then",
        "to",
        "transport",
        "type",
        "unaffected",
        "units",
        "until",
        "use",
        "variable",
        "wait",
        "when",
        "while",
        "with",
        "xnor",
        "xor",
    ]
)


def check_wrapper(language: str | None, name: str) -> None:
    """Refuse a name that the language does not know as one.

    Raises:
        BadInput: with what to choose.
    """
    if language == "vhdl" and (name.lower() in _VHDL_WORDS or _NO_VHDL.search(name)):
        raise BadInput(
            f"--wrapper vhdl: --name {name} is no identifier of VHDL; choose one without __, a _ at its end, or a keyword"
        )


def render_wrapper(plan: VerilogPlan, language: str | None) -> dict[str, str]:
    """Text of the wrapper by its path; none where none is asked for."""
    if language is None:
        return {}
    template = template_environment("verilog").get_template(f"wrappers/{language}.j2")
    others = [port for port in stream_ports(plan) if not port[2].startswith(("s_axis_", "m_axis_"))]
    ports = [(port[2], _vhdl_type(port), port[0].split()[0]) for port in stream_ports(plan)]
    text = template.render(plan=plan, others=others, ports=ports, width=max(len(name) for name, *_ in ports))
    return {_FILES[language].format(plan.name): text}


def _vhdl_type(port: Port) -> str:
    """A tdata of one bit, too, is a vector."""
    _, bits, name = port
    return f"std_logic_vector({bits - 1} downto 0)" if bits > 1 or "tdata" in name else "std_logic"
