"""A text to mark in a notebook by mouse, finger or keyboard, or by a function; the marks are a coding as any other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from framing.classroom.coding import LABELS, Coding, Mark, write_codings
from framing.classroom.exercise import TRUSTED, Exercise, ExerciseArticle, make_exercise
from framing.document import Document, make_document
from framing.output.classroom.marking import marking_data
from framing.output.page import read_template
from framing.output.widgets.showing import (
    MISSING,
    bundle,
    can_show,
    has_widgets,
    macros,
    make_widget,
    themed,
)
from framing.tables import unknown

_DIMENSION = "hedging"
_QUICK = (
    "lexicon"  # an exercise wants a model; where its marks are not asked for, the one that takes least time
)
_SHOWN = "linear"  # the model whose marks are shown for a text


def mark(
    what: Document | str | Exercise,
    dimension: str | None = None,
    *,
    coder: str = "",
    round: str = "",
    model_marks: bool = False,
) -> MarkingBox:
    """A box in which somebody marks the words of a text in one dimension, or rates its sentences.

    `what` is a document, a text, or an exercise of `framing.classroom.exercise`, whose dimension it has; `dimension` is
    hedging, loaded, attribution or stance, and hedging when None. `coder` and `round` say whose marks they are. With
    `model_marks` the box begins with the marks of a model, to look through and correct: of an exercise the best it has, of
    a text `linear`. Without them nobody sees what a model finds before having read.

    Where a notebook shows no boxes, `MarkingBox.mark` marks words too. Raises `ValueError` for an unknown dimension, and for
    a text that cannot be coded in it.

    >>> box = mark("The talks may fail.", coder="Kim")
    >>> box.mark(1, "may", "epistemic")
    Mark(article='text', start=10, end=13, label='epistemic', actor='', group='', neutral='', comment='')
    >>> box.coding.coder, box.coding.articles, len(box.coding.marks)
    ('Kim', ('text',), 1)
    """
    if isinstance(what, Exercise):
        if dimension not in {None, what.dimension}:
            raise ValueError(
                f"the exercise is about {what.dimension}, not {dimension}; leave the dimension out"
            )
        exercise = what
    else:
        document = make_document(what, "text", title="The text") if isinstance(what, str) else what
        model = _SHOWN if model_marks else _QUICK
        exercise = make_exercise([document], dimension or _DIMENSION, models=[model])
    box = MarkingBox(exercise, coder=coder, round=round)
    if model_marks:
        first = next((exercise.models[name] for name in TRUSTED if name in exercise.models), None)
        if first is None:
            raise ValueError(
                "the exercise has no marks of a model; make it with one, or leave model_marks out"
            )
        box.marks = first.marks
    return box


class MarkingBox:
    """The marks somebody sets in the articles of an exercise. Make it with `mark`; the last line of a cell shows it."""

    def __init__(self, exercise: Exercise, *, coder: str = "", round: str = "") -> None:
        self.exercise = exercise
        self.coder = coder
        self.round = round
        self._articles = {article.id: article for article in exercise.articles}
        self._marks: list[Mark] = []
        self._read: set[str] = set()  # the ids of the articles noted as read to the end

    @property
    def marks(self) -> list[Mark]:
        """The marks set so far, in the order of the text. Setting them changes what the box shows.

        Raises `ValueError` for a mark outside its text, and for an unknown label.
        """
        return list(self._marks)

    @marks.setter
    def marks(self, marks: Iterable[Mark]) -> None:
        marks = list(marks)
        for one in marks:
            self._check(one)
        self._marks = self._in_order(marks)
        self._tell()

    @property
    def coding(self) -> Coding:
        """The marks as a coding. An article counts as coded when it has a mark, or was noted in the box as read to the end."""
        marked = {one.article for one in self._marks}
        articles = tuple(id for id in self._articles if id in marked or id in self._read)
        return Coding(self.coder, articles, tuple(self._marks), self.round)

    def mark(
        self,
        sentence: int,
        words: str = "",
        label: str = "",
        *,
        article: str = "",
        actor: str = "",
        group: str = "",
        neutral: str = "",
        comment: str = "",
    ) -> Mark:
        """Mark words in a sentence, whose number counts from 1; without words the whole sentence, as for stance.

        Words that stand there several times are marked one after the other. `article` is the id, needed when there are
        several. Raises `ValueError` where there is no such sentence, word or label.
        """
        own = self._article(article)
        if not 1 <= sentence <= len(own.sentences):
            raise ValueError(
                f"there is no sentence {sentence}; '{own.id}' has {len(own.sentences)}, counted from 1"
            )
        span = own.sentences[sentence - 1]
        start, end = span.start, span.end
        if words:
            start = own.text.find(words, start, end)
            while any(
                (one.article, one.start, one.end) == (own.id, start, start + len(words))
                for one in self._marks
            ):
                start = own.text.find(words, start + 1, end)
            if start < 0:
                again = " once more" if words in own.text[span.start : end] else ""
                raise ValueError(
                    f"“{words}” does not stand in sentence {sentence}{again}; copy the words from the text"
                )
            end = start + len(words)
        new = Mark(own.id, start, end, label, actor, group, neutral, comment)
        self.marks = [*self._marks, new]
        return new

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Save the coding as CSV, as `framing exercise score` and `read_codings` read it."""
        write_codings([self.coding], self.exercise, Path(path))

    @cached_property
    def widget(self) -> Any:
        """The box as a widget of ipywidgets, to be put into others. Raises `ImportError` where anywidget is missing."""
        widget = make_widget(
            "Marking",
            "\n".join([read_template("classroom/marker.js"), read_template("widgets/mark.js")]),
            "\n".join([themed(read_template("classroom/marker.css")), read_template("widgets/mark.css")]),
            data=marking_data(self.exercise, self.coder, self.round),
            marks=self._rows(),
            read=sorted(self._read),
        )
        widget.observe(self._hear, ["marks", "read"])
        return widget

    def __str__(self) -> str:
        articles = [
            "\n".join([article.title, *(f"{number:>3}  {text}" for number, text in _sentences(article))])
            for article in self._articles.values()
        ]
        marks = [f"{sentence}: “{words}” {label}" for sentence, words, label in self._marked()]
        hint = f"To mark words of a sentence: box.mark({self._example()}). The labels: {', '.join(self._labels())}."
        return "\n\n".join(filter(None, [*articles, "\n".join(marks), hint]))

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        articles = [
            (
                article.title,
                [list(_sentences(article))[first:last] for first, last in article.paragraphs],
            )
            for article in self._articles.values()
        ]
        html = macros().marking(
            exercise=self.exercise,
            articles=articles,
            labels=self._labels(),
            marks=self._marked(),
            example=self._example(),
            missing="" if has_widgets() else MISSING,
        )
        return bundle(str(self), html, self.widget if can_show() else None)

    def _labels(self) -> list[str]:
        return list(LABELS[self.exercise.dimension])

    def _example(self) -> str:
        if self.exercise.dimension == "stance":
            return '1, label="-1", actor="us"'
        return f'1, "words", "{self._labels()[0]}"'

    def _article(self, id: str) -> ExerciseArticle:
        if not id and len(self._articles) == 1:
            return self.exercise.articles[0]
        if id not in self._articles:
            raise unknown("article", id, list(self._articles))
        return self._articles[id]

    def _check(self, one: Mark) -> None:
        own = self._article(one.article)
        if not 0 <= one.start < one.end <= len(own.text):
            raise ValueError(
                f"the mark {one.start}–{one.end} lies outside '{own.id}', which has {len(own.text)} characters"
            )
        if one.label not in self._labels():
            raise unknown("label", one.label, self._labels())

    def _in_order(self, marks: Iterable[Mark]) -> list[Mark]:
        places = {id: place for place, id in enumerate(self._articles)}
        return sorted(marks, key=lambda one: (places[one.article], one.start, -one.end))

    def _marked(self) -> list[tuple[str, str, str]]:
        """Sentence, words and label of each mark."""
        rows = []
        for one in self._marks:
            article = self._articles[one.article]
            number = article.sentence_at(one.start) + 1
            where = f"{article.id}, {number}" if len(self._articles) > 1 else str(number)
            told = f"{one.label} about {one.actor}" if one.actor else one.label
            rows.append((where, " ".join(article.text[one.start : one.end].split()), told))
        return rows

    # The page and the kernel ----------------------------------------------------------------------------------------

    def _rows(self) -> list[dict[str, Any]]:
        return [one._asdict() for one in self._marks]

    def _tell(self) -> None:
        if "widget" in self.__dict__:
            self.widget.marks = self._rows()

    def _hear(self, change: Mapping[str, Any]) -> None:
        """What was marked in the page, or by `_tell`. Marks that do not fit the texts are left out."""
        if change["name"] == "read":
            self._read = set(self._articles).intersection(map(str, change["new"]))
            return
        self._marks = self._in_order(filter(None, map(self._mark_of, change["new"])))

    def _mark_of(self, row: Mapping[str, Any]) -> Mark | None:
        try:
            told = {name: str(row[name]) for name in Mark._fields if name not in {"start", "end"}}
            one = Mark(start=int(row["start"]), end=int(row["end"]), **told)
            self._check(one)
        except (KeyError, TypeError, ValueError):
            return None
        return one


def _sentences(article: ExerciseArticle) -> list[tuple[int, str]]:
    """The sentences with their numbers, each in one line."""
    return [
        (number, " ".join(article.text[span.start : span.end].split()))
        for number, span in enumerate(article.sentences, 1)
    ]
