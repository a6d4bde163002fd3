"""Pages for a class: the worksheet, the marking page, the answers, the score report, and ideas for lessons."""

from __future__ import annotations

from framing.output.classroom.answers import render_answers
from framing.output.classroom.worksheet import render_ideas, render_worksheet
from framing.output.classroom.writing import write_exercise

__all__ = ["render_answers", "render_ideas", "render_worksheet", "write_exercise"]
