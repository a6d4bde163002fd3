"""Pages on paper: the worksheet, on which students mark with a pen, and ideas for lessons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from framing.classroom.coding import LABELS
from framing.classroom.exercise import Exercise, ExerciseArticle
from framing.classroom.ideas import Idea
from framing.classroom.key import DIGITS, seal
from framing.output.classroom.guides import GUIDES, label_name
from framing.output.page import environment, policy, read_template
from framing.output.style import actor_name


class Line(NamedTuple):
    """A sentence of the worksheet: its number, its text, and the actors to be rated in it."""

    number: int
    text: str
    actors: tuple[str, ...]


def render_worksheet(exercise: Exercise) -> str:
    """The worksheet as an HTML page for A4: numbered sentences of each article, without a single answer."""
    return render(
        "worksheet",
        exercise=exercise,
        guide=GUIDES[exercise.dimension],
        labels=LABELS[exercise.dimension],
        articles=[(article, list(_paragraphs(article))) for article in exercise.articles],
        seal=seal(exercise)[:DIGITS],
    )


def render_ideas(ideas: Sequence[Idea]) -> str:
    """Ideas for lessons as an HTML page."""
    return render("ideas", ideas=ideas)


def render(name: str, **context: Any) -> str:
    """A page of the templates for the class, with the style of the report and theirs."""
    style = read_template("report.css") + read_template("classroom/classroom.css")
    return (
        environment()
        .get_template(f"classroom/{name}.html")
        .render(style=Markup(style), policy=policy(style), label_name=label_name, **context)  # noqa: S704  the package's own files
    )


def _paragraphs(article: ExerciseArticle) -> Iterator[list[Line]]:
    for first, last in article.paragraphs:
        yield [
            Line(
                number + 1,
                article.text[article.sentences[number].start : article.sentences[number].end],
                tuple(actor_name(actor) for place, actor in article.pairs if place == number),
            )
            for number in range(first, last)
        ]
