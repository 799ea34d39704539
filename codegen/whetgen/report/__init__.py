"""``whetgen report``: one self-contained page about a network or an output folder."""

from whetgen.report.page import render_report

__all__ = ["render_report"]
