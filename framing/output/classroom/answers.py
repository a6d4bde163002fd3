"""The teacher's page: what the key marks and why, what each model finds, and how far the key can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from framing.classroom.agreement import one_to_one
from framing.classroom.coding import Mark
from framing.classroom.exercise import Exercise, ExerciseArticle, keyed_by_model
from framing.classroom.key import DIGITS, seal
from framing.document import Span
from framing.models.figures import measured
from framing.output.classroom.guides import GUIDES, label_name
from framing.output.classroom.worksheet import render
from framing.output.style import actor_name, shortened

_LONGEST = 90  # characters of a passage in the lists


class Segment(NamedTuple):
    """A piece of a sentence and the classes of the marks over it, separated by spaces."""

    text: str
    classes: str


class Shown(NamedTuple):
    """A mark as it is listed."""

    words: str
    label: str
    actor: str
    neutral: str
    reason: str


class Found(NamedTuple):
    """Where a model differs from the key in a sentence: marks it lacks, labels otherwise, has besides.

    `otherwise` pairs its own mark with the label of the key. `same` where it does not differ.
    """

    model: str
    missed: tuple[Shown, ...]
    otherwise: tuple[tuple[Shown, str], ...]
    besides: tuple[Shown, ...]

    @property
    def same(self) -> bool:
        """Whether the model says what the key says."""
        return not (self.missed or self.otherwise or self.besides)


class Answer(NamedTuple):
    """A sentence with the attributions, hedges, loaded words or ratings of the key, and what models make of it."""

    number: int
    segments: tuple[Segment, ...]
    marks: tuple[tuple[Shown, ...], ...]
    found: tuple[Found, ...]


class Summary(NamedTuple):
    """How a model does against the key: marks of the key, those it has too, those with the same label, marks besides."""

    model: str
    key: int
    found: int
    same: int
    besides: int


def render_answers(exercise: Exercise) -> str:
    """The answers as an HTML page, for the teacher."""
    model = keyed_by_model(exercise)
    others = [name for name in exercise.models if name != model]
    return render(
        "answers",
        exercise=exercise,
        guide=GUIDES[exercise.dimension],
        articles=[(article, _answers(exercise, article, others)) for article in exercise.articles],
        summaries=[_summary(exercise, name) for name in others],
        by_model=model,
        figures=_figures(model, exercise.dimension) if model else [],
        seal=seal(exercise),
        digits=DIGITS,
    )


def _figures(model: str, dimension: str) -> list[str]:
    """The main figure of a model on each corpus that people coded in a dimension."""
    main: dict[str, str] = {}
    for row in measured(model)["figures"]:
        if row["task"] == dimension:
            interval = f"{row['low']:.2f}–{row['high']:.2f}"
            main.setdefault(
                row["data"], f"{row['figure']} {row['value']:.2f} ({interval}) on {row['corpus']}"
            )
    return list(main.values())


def _answers(exercise: Exercise, article: ExerciseArticle, others: Sequence[str]) -> list[Answer]:
    key = [mark for mark in exercise.key.marks if mark.article == article.id]
    by_sentence = article.by_sentence(key)
    models = {name: article.by_sentence(exercise.models[name].marks) for name in others}
    return [
        Answer(
            number=number + 1,
            segments=tuple(_segments(article.text, sentence, key, exercise.dimension)),
            marks=tuple(_listed(by_sentence.get(number, ()), article.text, exercise.dimension)),
            found=tuple(
                _found(
                    name, by_sentence.get(number, []), own.get(number, []), article.text, exercise.dimension
                )
                for name, own in models.items()
            ),
        )
        for number, sentence in enumerate(article.sentences)
    ]


def _segments(text: str, sentence: Span, marks: Iterable[Mark], dimension: str) -> list[Segment]:
    if dimension == "stance":
        return [Segment(text[sentence.start : sentence.end], "")]
    inside = [mark for mark in marks if mark.start < sentence.end and sentence.start < mark.end]
    cuts = {sentence.start, sentence.end}
    cuts.update(max(mark.start, sentence.start) for mark in inside)
    cuts.update(min(mark.end, sentence.end) for mark in inside)
    places = sorted(cuts)
    return [
        Segment(
            text[start:end],
            " ".join(
                sorted({_class(mark.label, dimension) for mark in inside if mark.start <= start < mark.end})
            ),
        )
        for start, end in pairwise(places)
    ]


def _class(label: str, dimension: str) -> str:
    """The role of a mark: what is compared with what, and how it looks."""
    if dimension == "attribution":
        return label if label in ("cue", "content") else "source"
    return label if dimension == "loaded" else "hedge"


def _listed(marks: Sequence[Mark], text: str, dimension: str) -> list[tuple[Shown, ...]]:
    """The marks of a sentence, the parts of one attribution together, its source first."""
    if dimension != "attribution":
        return [(_shown(mark, text, dimension),) for mark in marks]
    groups: dict[tuple[str, int], list[Mark]] = {}
    for number, mark in enumerate(marks):
        groups.setdefault((mark.group, 0) if mark.group else ("", number), []).append(mark)
    order = {"source": 0, "cue": 1, "content": 2}
    return [
        tuple(
            _shown(mark, text, dimension)
            for mark in sorted(group, key=lambda mark: (order[_class(mark.label, dimension)], mark.start))
        )
        for group in groups.values()
    ]


def _shown(mark: Mark, text: str, dimension: str) -> Shown:
    if dimension == "stance":
        return Shown(actor_name(mark.actor), label_name(mark.label), "", mark.neutral, mark.comment)
    words = shortened(" ".join(text[mark.start : mark.end].split()), _LONGEST)
    return Shown(
        words,
        label_name(mark.label),
        actor_name(mark.actor) if mark.actor else "",
        mark.neutral,
        mark.comment,
    )


def _paired(
    key: Sequence[Mark], own: Sequence[Mark], dimension: str
) -> list[tuple[Mark | None, Mark | None]]:
    """Marks of the key with those of a model that overlap them, longest overlap first, one to one; then what is left."""
    loose = dimension == "loaded"

    def common(a: Mark, b: Mark) -> int:
        alike = (
            a.actor == b.actor
            if dimension == "stance"
            else loose or _class(a.label, dimension) == _class(b.label, dimension)
        )
        return min(a.end, b.end) - max(a.start, b.start) if alike else 0

    candidates = sorted(
        (-common(a, b), abs(a.start - b.start), i, j)
        for i, a in enumerate(key)
        for j, b in enumerate(own)
        if common(a, b) > 0
    )
    matched = dict(one_to_one((i, j) for _, _, i, j in candidates))
    taken = set(matched.values())
    return [
        *((mark, own[matched[i]] if i in matched else None) for i, mark in enumerate(key)),
        *((None, mark) for j, mark in enumerate(own) if j not in taken),
    ]


def _found(model: str, key: Sequence[Mark], own: Sequence[Mark], text: str, dimension: str) -> Found:
    pairs = _paired(key, own, dimension)
    return Found(
        model=model,
        missed=tuple(_shown(a, text, dimension) for a, b in pairs if a is not None and b is None),
        otherwise=tuple(
            (_shown(b, text, dimension), _shown(a, text, dimension).label)
            for a, b in pairs
            if a is not None and b is not None and a.label != b.label
        ),
        besides=tuple(_shown(b, text, dimension) for a, b in pairs if a is None and b is not None),
    )


def _summary(exercise: Exercise, model: str) -> Summary:
    key, own = exercise.key.marks, exercise.models[model].marks
    pairs = [
        pair
        for article in exercise.articles
        for pair in _paired(
            [mark for mark in key if mark.article == article.id],
            [mark for mark in own if mark.article == article.id],
            exercise.dimension,
        )
    ]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return Summary(
        model=model,
        key=len(key),
        found=len(both),
        same=sum(a.label == b.label for a, b in both),
        besides=sum(a is None for a, _ in pairs),
    )
