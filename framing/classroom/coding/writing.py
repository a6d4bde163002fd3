"""Codings and empty sheets as CSV, which `reading` reads.

A row is a mark, or a sentence that was read and not marked; `COLUMNS` are its cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.classroom.coding.marks import Coding
from framing.decoding import replace_surrogates
from framing.document import Span
from framing.tables import neutralised

if TYPE_CHECKING:
    from framing.classroom.exercise import Exercise, ExerciseArticle

COLUMNS = (
    "exercise",
    "coder",
    "round",
    "article",
    "dimension",
    "sentence",
    "text",
    "words",
    "label",
    "actor",
    "group",
    "neutral",
    "comment",
    "start",
    "end",
)
_ASKED = {"hedging": (), "loaded": ("actor", "neutral"), "attribution": ("group",), "stance": ("actor",)}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def sheet(exercise: Exercise) -> str:
    """A CSV to fill in: a row for each sentence, for stance one for each actor to be rated in it."""
    columns = [
        *("exercise", "coder", "round", "article", "sentence", "text", "words", "label"),
        *_ASKED[exercise.dimension],
        "comment",
    ]
    if exercise.dimension == "stance":
        columns.remove("words")
    rows: list[dict[str, str]] = []
    for article in exercise.articles:
        for number, sentence in enumerate(article.sentences):
            row = _sentence_row(exercise, article, number, sentence)
            actors = [actor for place, actor in article.pairs if place == number]
            if exercise.dimension == "stance":
                rows += [row | {"actor": actor} for actor in actors]
            else:
                rows.append(row)
    return _csv(columns, rows)


def write_codings(codings: Iterable[Coding], exercise: Exercise, path: Path) -> None:
    """Write codings to a CSV file, in UTF-8 with the mark by which spreadsheets know it; `read_codings` reads it.

    Each sentence of a coded article has a row for each of its marks, or one that says that it was read.
    """
    rows = [row for coding in codings for row in _rows_of(coding, exercise)]
    path.write_text(_csv(COLUMNS, rows), encoding="utf-8-sig", newline="")


def _rows_of(coding: Coding, exercise: Exercise) -> Iterator[dict[str, str]]:
    by_coder = {"coder": coding.coder, "round": coding.round, "dimension": exercise.dimension}
    for article in exercise.articles:
        if article.id not in coding.articles:
            continue
        marks = article.by_sentence(coding.marks)
        for number, sentence in enumerate(article.sentences):
            row = _sentence_row(exercise, article, number, sentence) | by_coder
            if number not in marks:
                yield row
            for mark in marks.get(number, ()):
                words = "" if exercise.dimension == "stance" else article.text[mark.start : mark.end]
                said = {
                    name: getattr(mark, name) for name in ("label", "actor", "group", "neutral", "comment")
                }
                yield row | said | {"words": words, "start": str(mark.start), "end": str(mark.end)}


def _sentence_row(
    exercise: Exercise, article: ExerciseArticle, number: int, sentence: Span
) -> dict[str, str]:
    text = article.text[sentence.start : sentence.end]
    return {"exercise": exercise.id, "article": article.id, "sentence": str(number + 1), "text": text}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")  # then a lone CR in a cell is quoted too
    writer.writerow(columns)
    writer.writerows([_written(row.get(column, "")) for column in columns] for row in rows)
    return buffer.getvalue()


def _written(cell: str) -> str:
    """A cell without what would make the file unreadable."""
    return neutralised(_CONTROL.sub("\ufffd", replace_surrogates(cell)[0]))
