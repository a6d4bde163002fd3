"""What a validated task is: a reader of a published corpus, predictions of a model, and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


@dataclass(frozen=True)
class Task:
    """One task. `read` gives items, `predict` one JSON-able prediction per item, `metrics` the figures in 0..1.

    `coders` says who coded the material: "people" or "machine coders".
    """

    name: str
    corpus: str
    coders: str
    read: Callable[[Path], list[Any]]
    predict: Callable[[Sequence[Any], str], list[dict[str, Any]]]
    metrics: Callable[[Sequence[Any], Sequence[Mapping[str, Any]]], dict[str, Any]]
