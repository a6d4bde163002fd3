"""What taggers are told about the surroundings of a unit: distances in buckets, and the nearest unit of some kind."""

from __future__ import annotations

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


def sentence_edges(units: Units) -> tuple[Ints, Ints, Ints]:
    """For each unit the number of its sentence, and the first unit of that sentence and of the next."""
    bounds = np.array(units.sentences, dtype=np.intp)
    number = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    return number, bounds[:-1][number], bounds[1:][number]


def paragraph_bounds(document: Document, units: Units) -> list[int]:
    """The first unit of each paragraph and the number of units: what taggers take for sequences."""
    sentences = document.sentences
    starts = [
        first
        for i, (sentence, first) in enumerate(zip(sentences, units.sentences, strict=False))
        if i == 0 or sentence.paragraph != sentences[i - 1].paragraph
    ]
    return [*(starts or [0]), len(units.words)]


def in_quotes(document: Document, units: Units) -> tuple[Ints, Flags, Flags]:
    """For each unit the units of the quotation it stands in, 0 outside, and whether it is the first or the last of it."""
    length = np.zeros(len(units.words), dtype=np.intp)
    begins, ends = np.zeros(len(units.words), dtype=bool), np.zeros(len(units.words), dtype=bool)
    lasts = np.array(units.lasts)
    for quote in document.quotes:
        tokens = document.tokens_in(quote.start, quote.end)
        if tokens:
            first = int(np.searchsorted(lasts, tokens.start, side="right"))
            last = int(np.searchsorted(lasts, tokens.stop))
            length[first : last + 1] = last + 1 - first
            begins[first] = ends[last] = True
    return length, begins, ends
