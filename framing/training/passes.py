"""State how far the two passes of the hand coding of the teaching texts agree, in the table of texts/coding/README.md.

Run `python -m framing.training.passes` in the repository to write the table anew. Intervals resample sentences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.classroom.coding import LABELS, Coding, read_key
from framing.classroom.exercise import Exercise, make_exercise, with_every_pair
from framing.classroom.scoring import score_codings
from framing.classroom.units import ratings_of
from framing.corpus import load_corpus
from framing.data import folder
from framing.training.validity import insert, markdown

PASSES = ("first.csv", "second.csv")
MARKS = "passes"  # around the table in the page


class Part(NamedTuple):
    """A part of the coding that is compared by itself: all labels of a dimension, or some."""

    name: str
    dimension: str
    labels: frozenset[str]


_SOURCES = frozenset(LABELS["attribution"]) - {"cue", "content"}
PARTS = (
    Part("hedging", "hedging", frozenset(LABELS["hedging"])),
    Part("loaded", "loaded", frozenset(LABELS["loaded"])),
    Part("attribution: cues", "attribution", frozenset({"cue"})),
    Part("attribution: sources", "attribution", _SOURCES),
    Part("attribution: contents", "attribution", frozenset({"content"})),
)
COLUMNS = (
    "what was marked",
    "marks, first and second",
    "F1, same spans",
    "F1, overlapping spans",
    "α of words",
    "α of sentences",
    "κ of labels",
)
STANCE_COLUMNS = (
    "sentences and actors rated, first and second",
    "rated by both",
    "same rating",
    "ordinal α of the ratings",
)


def passes_table(coding: Path) -> str:
    """The agreement of the two passes in a folder as Markdown: a table of marks, and one of the ratings of stance."""
    documents, _ = load_corpus(coding.parent)
    # The key plays no part in how the passes agree; it is given because an exercise has one.
    exercises = {
        dimension: make_exercise(documents, dimension, models=(), key=coding / "key.csv")
        for dimension in LABELS
    }
    marks = [_of_marks(part, exercises[part.dimension], coding) for part in PARTS]
    ratings = _of_ratings(exercises["stance"], coding)
    return f"{markdown(COLUMNS, marks)}\n{markdown(STANCE_COLUMNS, [ratings])}"


def _of_marks(part: Part, exercise: Exercise, coding: Path) -> tuple[str, ...]:
    """The row of a part. Labels are compared among spans that overlap; where there is one label there is no κ."""
    first, second = (
        replace(each, marks=tuple(mark for mark in each.marks if mark.label in part.labels))
        for each in _read(exercise, coding)
    )
    own = _agreement(exercise, (first, second))
    kappa = own["spans", "label_kappa"]["value"] if len(part.labels) > 1 else math.nan
    return (
        part.name,
        f"{len(first.marks)}, {len(second.marks)}",
        _with_interval(own["spans", "exact"]),
        _with_interval(own["spans", "overlap"]),
        _with_interval(own["words", "krippendorff_alpha"]),
        _with_interval(own["sentences", "krippendorff_alpha"]),
        "–" if math.isnan(kappa) else f"{kappa:.2f}",
    )


def _of_ratings(exercise: Exercise, coding: Path) -> tuple[str, ...]:
    """The row of stance."""
    exercise = replace(exercise, articles=tuple(map(with_every_pair, exercise.articles)))
    passes = _read(exercise, coding)
    own = _agreement(exercise, passes)
    first, second = (~np.isnan(row) for row in ratings_of(exercise, passes, "stance"))
    return (
        f"{first.sum()}, {second.sum()}",
        f"{(first & second).sum()}",
        f"{own['stance', 'percent']['value'] * 100:.0f} %",
        _with_interval(own["stance", "krippendorff_alpha"]),
    )


def _read(exercise: Exercise, coding: Path) -> list[Coding]:
    found = [read_key(coding / name, exercise) for name in PASSES]
    return [each for each, _ in found if each is not None]


def _agreement(exercise: Exercise, passes: Sequence[Coding]) -> dict[tuple[str, str], Any]:
    rows = score_codings(exercise, passes).students
    return {(row["kind"], row["measure"]): row for row in rows.to_dict("records")}


def _with_interval(row: dict[str, Any]) -> str:
    return f"{row['value']:.2f} ({row['low']:.2f}–{row['high']:.2f})"


def main() -> None:
    """Write the table of texts/coding/README.md."""
    page = folder("texts") / "coding" / "README.md"
    content = passes_table(page.parent)
    page.write_text(insert(page.read_text(encoding="utf-8"), content, MARKS), encoding="utf-8")


if __name__ == "__main__":
    main()
