"""``whetgen report``: one self-contained page about a network or an output folder."""

from whetgen.report.page import SAMPLES, render_report

__all__ = ["SAMPLES", "render_report"]
