"""Scores of whole spans, as `seqeval` and the CoNLL shared tasks have them (Tjong Kim Sang & De Meulder 2003).

A span is a tuple of half-open pieces, since a quotation may be interrupted. It is exact when all its offsets are those
of a coded span of the same label, and overlaps when it shares a character with one. A span that is coded twice, such as
the source of two attributions, counts twice and has to be found twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from framing.training.task import Counts, Sums, of_kind, share

Pieces = tuple[tuple[int, int], ...]


def pieces(spans: Iterable[Sequence[int]]) -> Pieces:
    """The pieces of one span in the order of the text."""
    return tuple(sorted((span[0], span[1]) for span in spans))


def count_spans(coded: Mapping[str, Iterable[Pieces]], found: Mapping[str, Iterable[Pieces]]) -> Counts:
    """What adds up over texts, per label: spans coded and found, those that are equal, those that overlap.

    A span without pieces is none.
    """
    counts: Counts = Counter()
    for label in {*coded, *found}:
        marked = [span for span in coded.get(label, ()) if span]
        guessed = [span for span in found.get(label, ()) if span]
        own = {
            "coded": len(marked),
            "found": len(guessed),
            "exact": (Counter(marked) & Counter(guessed)).total(),
            "coded that overlap": _overlapping(marked, guessed),
            "found that overlap": _overlapping(guessed, marked),
        }
        counts.update({("span", label, what): n for what, n in own.items() if n})
    return counts


def _overlapping(spans: Iterable[Pieces], others: Iterable[Pieces]) -> int:
    targets = [piece for other in others for piece in other]
    return sum(
        any(start < last and first < end for start, end in span for first, last in targets) for span in spans
    )


def span_scores(sums: Sums) -> dict[str, Any]:
    """Per label, exact and overlapping: precision, recall and F1 in 0..1, and how many spans were coded and found."""
    by_label: dict[str, Counter[str]] = {}
    for (label, what), n in of_kind(sums, "span"):
        by_label.setdefault(label, Counter())[what] = n  # type: ignore[assignment]  # resampled counts are floats
    return {label: _scores(own) for label, own in sorted(by_label.items())}


def _scores(own: Mapping[str, float]) -> dict[str, Any]:
    exact = _of(own["exact"], own["exact"], own)
    overlap = _of(own["found that overlap"], own["coded that overlap"], own)
    return {"exact": exact, "overlap": overlap, "coded": int(own["coded"]), "found": int(own["found"])}


def _of(right: float, hit: float, own: Mapping[str, float]) -> dict[str, float]:
    precision, recall = share(right, own["found"]), share(hit, own["coded"])
    f1 = share(2 * precision * recall, precision + recall)
    return {"precision": precision, "recall": recall, "f1": f1}
