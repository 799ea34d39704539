"""Integer graphs to folders of source code. Each target: plan (decide), render (fill templates)."""

from whetgen.backends.target import TARGETS, Options, Rendered, check_options

__all__ = ["TARGETS", "Options", "Rendered", "check_options"]
