"""A linear classifier over sparse features: multinomial logistic regression, looked up feature by feature.

The score of a class is the sum of its weights over the features that hold, so what each feature contributed is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.models.weights import Weights, pack_words, unpack_words


class Classifier:
    """A trained classifier: `labels`, and for each feature a weight per label; an unknown feature says nothing."""

    def __init__(self, weights: Weights) -> None:
        self.labels = unpack_words(weights["labels"])
        self._bias: list[float] = weights["bias"].astype(float).tolist()
        rows = weights["weights"].astype(float).tolist()
        self._rows: dict[str, list[float]] = dict(zip(unpack_words(weights["features"]), rows, strict=True))

    def scores(self, features: Iterable[str]) -> list[float]:
        """The score of each label: log-odds up to a constant."""
        rows = [row for row in map(self._rows.get, features) if row is not None]
        return [sum(column) for column in zip(self._bias, *rows, strict=True)]

    def sums(self, features: Callable[..., Iterable[str]]) -> Sums:
        """The weights of groups of features, each what `features` makes of some words; looked up once for the same words."""
        return Sums(self._rows, len(self.labels), features)

    def add(self, sums: Iterable[Sequence[float]]) -> list[float]:
        """The score of each label from the sums of all features that hold, in groups.

        Weights have 11 bits, so that 64-bit sums of them are exact, and the same in whatever groups.
        """
        return [sum(column) for column in zip(self._bias, *sums, strict=True)]

    def contribution(self, feature: str, label: int) -> float:
        """What a feature adds to the score of a label, by its number."""
        row = self._rows.get(feature)
        return 0.0 if row is None else row[label]


class Sums(dict[tuple[str, ...], Sequence[float]]):
    """For some words the weight per label of the features made of them; all is forgotten when there are too many."""

    def __init__(
        self, rows: Mapping[str, Sequence[float]], labels: int, features: Callable[..., Iterable[str]]
    ) -> None:
        super().__init__()
        self._rows = rows
        self._none = [0.0] * labels
        self._features = features

    def __missing__(self, words: tuple[str, ...]) -> Sequence[float]:
        rows = [row for row in map(self._rows.get, self._features(*words)) if row is not None]
        added = [sum(column) for column in zip(*rows, strict=True)] if rows else self._none
        if len(self) >= _MOST_SUMS:
            self.clear()
        self[words] = added
        return added


_MOST_SUMS = 20_000


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities of scores.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    highest = max(scores)
    odds = [math.exp(score - highest) for score in scores]
    total = sum(odds)
    return [value / total for value in odds]


def pack(
    labels: Sequence[str], features: Sequence[str], weights: NDArray[Any], bias: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """The arrays of a classifier; `weights` has the shape (labels, features). Features without weight are left out."""
    kept = np.flatnonzero(np.abs(weights).max(axis=0) > 1e-3)
    return {
        "labels": pack_words(labels),
        "features": pack_words([features[index] for index in kept.tolist()]),
        "weights": weights[:, kept].T.astype(np.float16),
        "bias": bias.astype(np.float32),
    }
