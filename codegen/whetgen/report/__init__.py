"""``whetgen report``: one self-contained page about a network or an output folder."""

from whetgen.report.page import render_report
from whetgen.report.training import log_beside

__all__ = ["log_beside", "render_report"]
