"""From marks to ratings: what the coefficients of agreement compare, a row a coder and a column a unit.

A coder who did not code an article is missing there, NaN, which is not the same as having marked nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from framing.classroom.coding import LABELS, UNTYPED, Coding, Mark
from framing.classroom.exercise import Exercise
from framing.comparison.intervals import Array

# What is compared in each dimension, the first the one that charts show.
KINDS: Mapping[str, tuple[str, ...]] = {
    "hedging": ("words", "sentences", "labels"),
    "loaded": ("words", "sentences", "labels"),
    "attribution": ("words", "sentences", "labels"),
    "stance": ("stance",),
}
# A mark without a type says nothing about types.
NO_TYPE = frozenset({"", *UNTYPED.values()})


class Unit(NamedTuple):
    """A sentence towards an actor: the article, the number of the sentence from 0, and the actor."""

    article: str
    sentence: int
    actor: str


def ratings_of(exercise: Exercise, codings: Sequence[Coding], kind: str) -> Array:
    """Ratings of shape (codings, units); `kind` is one of `KINDS`.

    - words: 1 for a word that a mark touches, 0 for another
    - sentences: 1 for a sentence that a mark touches, 0 for another
    - labels: for each word the number of its label in `labels_of`, NaN where it is not marked or has no type; of marks
      that lie in one another the shortest decides
    - stance: for each unit of `stance_units` the rating, −2..2, NaN where there is none

    An article that is not among those of a coding is NaN. Raises `ValueError` for another kind.
    """
    if kind == "stance":
        return _stance(exercise, codings)
    if kind not in {"words", "sentences", "labels"}:
        raise ValueError(f"no kind of unit '{kind}'; choose from words, sentences, labels, stance")
    spans = [article.sentences if kind == "sentences" else article.words for article in exercise.articles]
    starts = [[span.start for span in own] for own in spans]
    ends = [[span.end for span in own] for own in spans]
    begins = [0, *accumulate(map(len, spans))]
    numbers = {label: number for number, label in enumerate(labels_of(codings))}
    ratings = np.full((len(codings), begins[-1]), np.nan)
    for row, coding in zip(ratings, codings, strict=True):
        marks = marks_by_article(coding)
        for at, article in enumerate(exercise.articles):
            if article.id not in coding.articles:
                continue
            own = row[begins[at] : begins[at + 1]]
            if kind != "labels":
                own[:] = 0
            for mark in sorted(marks.get(article.id, ()), key=lambda mark: mark.start - mark.end):
                value = 1 if kind != "labels" else numbers.get(mark.label)
                if value is not None:
                    own[bisect_right(ends[at], mark.start) : bisect_left(starts[at], mark.end)] = value
    return ratings


def choices_of(exercise: Exercise, codings: Sequence[Coding]) -> Array:
    """What each coder chose for each word or unit of stance, as `framing.classroom.attention` takes it.

    0 for nothing, another number for each label or rating, 1 for a mark without a type, NaN in an article not coded.
    """
    if exercise.dimension == "stance":
        values = _stance(exercise, codings)
        units = stance_units(exercise)
        coded = [[unit.article in coding.articles for unit in units] for coding in codings]
        return np.where(np.isnan(values), np.where(coded, 0, np.nan), values + 3)
    words, labels = (ratings_of(exercise, codings, kind) for kind in ("words", "labels"))
    return np.where(np.isnan(labels), words, labels + 2)


def labels_of(codings: Iterable[Coding]) -> list[str]:
    """The types that occur, in alphabetical order; what stands for no type is none."""
    return sorted({mark.label for coding in codings for mark in coding.marks} - NO_TYPE)


def stance_units(exercise: Exercise) -> list[Unit]:
    """The sentences and actors to be rated, in order: those the exercise asks for, or else those of its key."""
    units = [Unit(article.id, *pair) for article in exercise.articles for pair in article.pairs]
    return units or [unit for unit, _ in _rated(exercise, exercise.key)]


def marks_by_article(coding: Coding) -> dict[str, list[Mark]]:
    """The marks of a coding by article."""
    found: dict[str, list[Mark]] = {}
    for mark in coding.marks:
        found.setdefault(mark.article, []).append(mark)
    return found


def stance_value(label: str) -> float:
    """A rating as a number, −2..2; NaN for a label that is none.

    >>> stance_value("-1"), stance_value("7")
    (-1.0, nan)
    """
    return float(label) if label in LABELS["stance"] else math.nan


def _stance(exercise: Exercise, codings: Sequence[Coding]) -> Array:
    places = {unit: number for number, unit in enumerate(stance_units(exercise))}
    ratings = np.full((len(codings), len(places)), np.nan)
    for row, coding in zip(ratings, codings, strict=True):
        for unit, value in _rated(exercise, coding):
            if unit in places:
                row[places[unit]] = value
    return ratings


def _rated(exercise: Exercise, coding: Coding) -> Iterator[tuple[Unit, float]]:
    for article in exercise.articles:
        if article.id in coding.articles:
            for pair, mark in sorted(
                article.rated(coding.marks), key=lambda own: (own[1].start, own[1].actor)
            ):
                yield Unit(article.id, *pair), stance_value(mark.label)
