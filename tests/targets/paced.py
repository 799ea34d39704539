"""Options whose layers are balanced to another number of cycles a frame than the usual one."""

from typing import TypeVar

from whetgen.targets.streams.options import HardwareOptions

Options = TypeVar("Options", bound=HardwareOptions)


def paced(kind: type[Options], cycles: int) -> type[Options]:
    """The options of a target, at that pace."""
    return type(kind.__name__, (kind,), {"target_cycles": cycles})
