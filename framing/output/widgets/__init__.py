"""Boxes in a notebook in which one works: a text to rewrite, and a text to mark. Where boxes do not run, tables and functions."""

from framing.output.widgets.marking import MarkingBox, mark
from framing.output.widgets.rewriting import Change, Changes, RewriteBox, rewrite

__all__ = ["Change", "Changes", "MarkingBox", "RewriteBox", "mark", "rewrite"]
