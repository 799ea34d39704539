"""``whetgen report``: one self-contained page about a network or an output folder, or about several of them."""

from whetgen.report.compare import Contender, accuracy_of, render_comparison
from whetgen.report.page import render_report
from whetgen.report.training import log_beside

__all__ = ["Contender", "accuracy_of", "log_beside", "render_comparison", "render_report"]
