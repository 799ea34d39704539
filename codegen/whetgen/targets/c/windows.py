"""The ``wg_window`` of a layer."""

from __future__ import annotations

from whetgen.errors import BadInput
from whetgen.layers import Linear, Pool, Window
from whetgen.targets.c.records import Record, record

FIELD_LIMIT = 1 << 16


def numbers_of(window: Window) -> dict[str, int]:
    """The members of ``wg_window``."""
    return {
        "height": window.height,
        "width": window.width,
        "channels": window.channels,
        "out_height": window.out_height,
        "out_width": window.out_width,
        "kernel_height": window.kernel[0],
        "kernel_width": window.kernel[1],
        "stride_y": window.stride[0],
        "stride_x": window.stride[1],
        "dilation_y": window.dilation[0],
        "dilation_x": window.dilation[1],
        "top": window.before[0],
        "left": window.before[1],
    }


def window_record(layer: Linear | Pool) -> Record:
    """Of a layer over windows.

    Raises:
        BadInput: a number does not fit the record.
    """
    members = numbers_of(layer.window)
    if max(members.values()) >= FIELD_LIMIT:
        raise BadInput(
            f"layer '{layer.name}': the C target takes maps and windows below {FIELD_LIMIT} each way; make it smaller"
        )
    return record("wg_window", **members)
