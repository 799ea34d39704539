"""Matplotlib for the benches' charts: no screen, the same bytes each time."""

from __future__ import annotations

from typing import Any

from whetgen.errors import BadInput


def need_pyplot() -> Any:
    """``matplotlib.pyplot``.

    Raises:
        BadInput: matplotlib is not installed.
    """
    try:
        import matplotlib

        matplotlib.use("Agg")
        matplotlib.rcParams["svg.hashsalt"] = "whetgen"
        from matplotlib import pyplot
    except ImportError as error:
        raise BadInput(f"the chart needs matplotlib ({error}); install whetgen[bench]") from error
    return pyplot
