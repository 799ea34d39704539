"""What Keras, TensorFlow and the readers of files say when they fail, as one line."""

from __future__ import annotations

import re

LONGEST = 300
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OBJECTS = re.compile(r"<class '(?:[\w.]*\.)?(\w+)'>")
_NAME = re.compile(r"'name': '([^']*)'")
_CALL = re.compile(r"Exception encountered when calling (?:layer '([^']*)')?[^\n]*\n(.*)", re.DOTALL)
_INNER = "Exception encountered:"
_DEVICE = re.compile(r"\{\{function_node .*?\}\}\s*")
_OPERATION = re.compile(r"\s*\[Op:\w+\].*", re.DOTALL)
_NOISE = ("Arguments received by", "Call arguments received", "Full config:", "Full object config:", "using config=")


def one_line(error: BaseException) -> str:
    """The innermost reason, with the layer's name where it stands around it.

    Without escape codes, arguments and configurations; a long one ends between two words.
    """
    said = error.args[0] if isinstance(error, KeyError) and error.args else error  # its text is quoted
    layer, text = "", _ESCAPES.sub("", str(said))
    if call := _CALL.match(text):
        layer, text = call[1] or "", call[2]
    if _INNER in text:
        around, text = text.rsplit(_INNER, 1)
        layer = (_NAME.findall(around) or [layer])[-1]
    for noise in _NOISE:
        text = text.split(noise)[0]
    text = _OBJECTS.sub(r"\1", _OPERATION.sub("", _DEVICE.sub("", text)))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(" .:,")
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0] + " ..."
    text = text or type(error).__name__
    return f"layer '{layer}': {text}" if layer and f"'{layer}'" not in text else text
