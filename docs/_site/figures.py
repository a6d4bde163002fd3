"""What the pages say about dimensions: the words of the package, and the accuracy that was measured."""

from __future__ import annotations

from markupsafe import Markup, escape

from _site.tables import folded, table
from framing.analysis import MODELS, load_dimensions
from framing.classroom.coding import LABELS
from framing.classroom.ideas import load_ideas
from framing.models.figures import measured
from framing.training.validity import full_table


def accuracy(dimension: str) -> str:
    """The rows of docs/validity.md that belong to a dimension, as a Markdown table; empty where nothing is measured."""
    figures = {
        model: [row for row in measured(model)["figures"] if row["dimension"] == dimension]
        for model in MODELS
    }
    return full_table(figures) if all(figures.values()) else ""


def overview() -> str:
    """A row for each dimension."""
    rows = [
        f"| [{dimension.title}]({name}.md) | {dimension.question} | {dimension.unit} |"
        for name, dimension in load_dimensions().items()
    ]
    return "\n".join(("| dimension | question | unit |", "|---|---|---|", *rows))


def labels(dimension: str) -> str:
    """The labels with which a dimension is coded by hand, as students see them."""
    return table(("label", "meaning"), LABELS[dimension].items())


def ideas() -> str:
    """The ideas for lessons, each behind a line that opens it."""
    return "\n".join(
        folded(
            f"{idea.title}: {idea.minutes} minutes, {idea.age}",
            "\n".join(
                (
                    Markup("<p>{}</p>").format(idea.goal),
                    "<ol>" + "".join(f"<li>{escape(step)}</li>" for step in idea.steps) + "</ol>",
                    "<p>To talk about:</p>",
                    "<ul>" + "".join(f"<li>{escape(question)}</li>" for question in idea.talk) + "</ul>",
                    Markup("<p>More with <code>framing exercise ideas {}</code>.</p>").format(idea.id),
                )
            ),
        )
        for idea in load_ideas()
    )
