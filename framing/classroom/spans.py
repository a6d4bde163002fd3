"""How many of the spans that two people marked fit, counted sentence by sentence, so that sentences can be resampled.

The conventions are those of `framing.classroom.agreement.span_agreement`.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.classroom.agreement import f1, mean_of_known
from framing.classroom.coding import Coding
from framing.classroom.exercise import Exercise
from framing.classroom.units import marks_by_article
from framing.comparison.intervals import Array

TOTALS = ("exact", "hit_a", "hit_b", "spans_a", "spans_b")


class Spans(NamedTuple):
    """The spans of a coder in order, a row each: start, end, sentence, article; `coded` are the articles that were read.

    Offsets and sentences count on from article to article; an article is its number in the exercise.
    """

    rows: NDArray[np.intp]
    coded: frozenset[int]

    def within(self, articles: frozenset[int]) -> NDArray[np.intp]:
        """The rows of some articles."""
        return self.rows[np.isin(self.rows[:, 3], list(articles))]


def spans_of(exercise: Exercise, coding: Coding) -> Spans:
    """The spans of a coding."""
    marks = marks_by_article(coding)
    rows, coded = [], []
    offset = sentence = 0
    for number, article in enumerate(exercise.articles):
        if article.id in coding.articles:
            coded.append(number)
            rows += [
                (offset + mark.start, offset + mark.end, sentence + article.sentence_at(mark.start), number)
                for mark in marks.get(article.id, ())
            ]
        offset += len(article.text) + 1
        sentence += len(article.sentences)
    return Spans(np.array(sorted(rows), dtype=np.intp).reshape(-1, 4), frozenset(coded))


def span_totals(a: Spans, b: Spans, sentences: int) -> Array:
    """For each sentence, counted where a span begins: spans both have, spans of a that touch one of b, the reverse, all of a, all of b.

    Shape (5, sentences), in the order of `TOTALS`. Only articles that both coded count.
    """
    both = a.coded & b.coded
    own, other = a.within(both), b.within(both)
    unmatched = Counter(map(tuple, other[:, :2].tolist()))
    exact = []
    for start, end, sentence, _ in own.tolist():
        if unmatched[start, end] > 0:
            unmatched[start, end] -= 1
            exact.append(sentence)
    parts = (
        np.array(exact, dtype=np.intp), own[_hit(own, other), 2], other[_hit(other, own), 2], own[:, 2], other[:, 2]
    )  # fmt: skip
    return np.array([np.bincount(part, minlength=sentences) for part in parts], dtype=np.float64)


def _hit(spans: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which spans have a character in common with one of the others."""
    if not len(others):
        return np.zeros(len(spans), dtype=bool)
    reach = np.maximum.accumulate(others[:, 1])
    before = np.searchsorted(others[:, 0], spans[:, 1]) - 1
    hit: NDArray[np.bool_] = (before >= 0) & (reach[before] > spans[:, 0])
    return hit


def span_f1(totals: Array) -> dict[str, Array]:
    """From totals of shape (5, pairs, ...): the means over pairs of F1 of exact and of overlapping spans.

    A pair of which nobody marked anything counts for neither.
    """
    exact, hit_a, hit_b, spans_a, spans_b = totals
    return {
        "exact": mean_of_known(f1(exact, exact, spans_a, spans_b), axis=0),
        "overlap": mean_of_known(f1(hit_a, hit_b, spans_a, spans_b), axis=0),
    }
