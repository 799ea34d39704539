"""Where templates, RTL modules and C kernels live."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder that holds ``templates``, ``hdl`` and ``firmware``.

    It is ``whetgen/assets`` beside the installed package, or the repository root in an editable install.
    """
    packaged = _PACKAGE / "assets"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1]
