"""What taggers are told about the surroundings of a unit: distances in buckets, and the nearest unit of some kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framing.document import Document
from framing.models.units import Units

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

BUCKETS = 8  # distances 0, 1, 2, 3, to 6, to 12, to 25, and more
_BUCKETS = np.searchsorted([0, 1, 2, 3, 6, 12, 25], np.arange(27))


def bucket(distance: Ints) -> Ints:
    """The bucket of each distance, 0 to `BUCKETS` - 1.

    >>> bucket(np.array([0, 3, 4, 40])).tolist()
    [0, 3, 4, 7]
    """
    return _BUCKETS.take(distance, mode="clip")


def last_at(flags: Flags, since: Ints) -> Ints:
    """For each unit the last one at or before it that is flagged, or -1 where none is since the unit `since`.

    >>> last_at(np.array([True, False, False]), np.array([0, 0, 2])).tolist()
    [0, 0, -1]
    """
    nearest = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return np.where(nearest >= since, nearest, -1)


def next_at(flags: Flags, until: Ints) -> Ints:
    """For each unit the first one at or after it that is flagged, or -1 where none is before the unit `until`."""
    far = len(flags)
    nearest = np.minimum.accumulate(np.where(flags, np.arange(far), far)[::-1])[::-1]
    return np.where(nearest < until, nearest, -1)


def edges(bounds: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """For each unit the number of its stretch, and the first unit of that stretch and of the next.

    Stretch `i` has the units `bounds[i]:bounds[i + 1]`.

    >>> [column.tolist() for column in edges([0, 2, 3])]
    [[0, 0, 1], [0, 0, 2], [2, 2, 3]]
    """
    points = np.array(bounds, dtype=np.intp)
    number = np.repeat(np.arange(len(points) - 1), np.diff(points))
    return number, points[number], points[number + 1]


def paragraph_bounds(document: Document, units: Units) -> list[int]:
    """The first unit of each paragraph and the number of units: what taggers take for sequences."""
    sentences = document.sentences
    starts = [
        first
        for i, (sentence, first) in enumerate(zip(sentences, units.sentences, strict=False))
        if i == 0 or sentence.paragraph != sentences[i - 1].paragraph
    ]
    return [*(starts or [0]), len(units.words)]


def in_quotes(quotes: Sequence[range], units: int) -> tuple[Ints, Flags, Flags]:
    """For each of so many units how many the quotation has in which it stands, 0 outside, and whether it is the first or
    the last of it; `quotes` are the units of each quotation, none of them empty.
    """
    length = np.zeros(units, dtype=np.intp)
    begins, ends = np.zeros(units, dtype=bool), np.zeros(units, dtype=bool)
    for quote in quotes:
        length[quote.start : quote.stop] = len(quote)
    begins[[quote.start for quote in quotes]] = True
    ends[[quote.stop - 1 for quote in quotes]] = True
    return length, begins, ends
