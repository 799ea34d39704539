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


def hardware_boards() -> list[str]:
    """The FPGA boards: what ``--board`` takes."""
    return sorted(path.stem for path in (assets() / "hdl" / "boards").glob("*.toml"))


def firmware_boards() -> list[str]:
    """The boards with a port: what ``--on`` takes."""
    return sorted(path.parent.name for path in (assets() / "firmware" / "ports").glob("*/board.toml"))
