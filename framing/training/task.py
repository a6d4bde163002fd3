"""What a validated task is: a reader of a published corpus, predictions of a model, and what is counted of an item.

Everything that is reported is a formula over counts that add up over items, so intervals come from resampled sums, and
no text is read or compared twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

Counts = Counter[Hashable]
Sums = Mapping[Hashable, float]
_EXCERPT = 160  # characters of a text that an error shows


class CorpusError(ValueError):
    """A corpus is not in the published layout; the message says what was expected where."""


def read_text(path: Path, expected: str) -> str:
    """Text of a corpus file, line ends as they are. Raises `CorpusError` that says what was expected."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return opened.read()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); give {expected}") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: is not UTF-8 text; give {expected}") from error


class Error(NamedTuple):
    """One wrong decision: where, what people coded, what the model said with which score, and what it went by."""

    id: str
    text: str
    coded: str
    predicted: str
    score: float | None
    why: str


@dataclass(frozen=True)
class Task:
    """One task. `read` gives items, and `predict` one JSON-able prediction per item.

    `count` gives what adds up over items, `figures` the metrics of such sums in 0..1, `confusion` a table of what was
    taken for what, and `errors` all wrong decisions, the worst first. Where `count` counts spans (`training.spans`),
    span scores are reported as well. `coders` says who coded the material: "people" or "machine coders".
    """

    name: str
    corpus: str
    coders: str
    read: Callable[[Path], list[Any]]
    predict: Callable[[Sequence[Any], str], list[dict[str, Any]]]
    count: Callable[[Any, Mapping[str, Any]], Counts]
    figures: Callable[[Sums], dict[str, Any]]
    confusion: Callable[[Sums], dict[str, Any]]
    errors: Callable[[Sequence[Any], Sequence[Mapping[str, Any]]], list[Error]]

    def metrics(self, items: Sequence[Any], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The figures of all items together."""
        return self.figures(total(map(self.count, items, predictions)))


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    sums: Counts = Counter()
    for own in counts:
        sums.update(own)
    return sums


def of_kind(sums: Sums, kind: str) -> list[tuple[tuple[Any, ...], float]]:
    """What was counted under keys that begin with `kind`: the rest of each key, and its count where that is not 0."""
    return [(key[1:], n) for key, n in sums.items() if n and isinstance(key, tuple) and key[0] == kind]


def share(part: float, whole: float) -> float:
    """A share in 0..1; 0 where there is nothing to share, as is usual for precision, recall and F1."""
    return part / whole if whole else 0.0


def excerpt(text: str, start: int = 0, end: int = 0) -> str:
    """The text on one line, or the part of it around a span when it is long."""
    first = max(0, min(start - _EXCERPT // 4, len(text) - _EXCERPT))
    last = max(min(end, first + 2 * _EXCERPT), first + _EXCERPT)
    part = " ".join(text[first:last].split())
    return ("…" if first else "") + part + ("…" if last < len(text) else "")
