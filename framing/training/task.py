"""What a validated task is: a reader of a published corpus, predictions of a model, and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CorpusError(ValueError):
    """A corpus is not in the published layout; the message says what was expected where."""


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
