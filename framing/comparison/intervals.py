"""Percentile bootstrap of additive totals (Efron & Tibshirani 1993, ch. 13).

A score is a formula of totals that add up over sentences, so a resample of sentences is a row of weights and
its score follows from weighted sums: the text is never read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Formula = Callable[[Array], Array]

LEVEL = 0.95
# Weights are drawn in blocks of about this many numbers: memory stays flat for long texts, and a block stays in the cache.
BLOCK = 200_000


def resampled_sums(
    tables: Sequence[Array], *, seed: int | Sequence[int] = 0, resamples: int = 1000
) -> list[Array]:
    """Column sums of bootstrap samples of the rows (Efron & Tibshirani 1993, ch. 6).

    `tables` are sentences × k, each with columns of its own, over the same sentences. All see the same resamples,
    and the sums of one, resamples × k, do not depend on the others. NaN for a text without sentences.
    """
    rows = len(tables[0]) if tables else 0
    if rows == 0 or resamples == 0:
        return [np.full((resamples, table.shape[1]), np.nan) for table in tables]
    random = np.random.default_rng(seed)
    chance = np.full(rows, 1 / rows)
    draws = (random.multinomial(rows, chance, size=size) for size in blocks(resamples, rows))
    return weighted_sums(draws, tables)


def weighted_sums(draws: Iterable[NDArray[Any]], tables: Sequence[Array]) -> list[Array]:
    """For each table, rows × k, its column sums under each row of weights; the weights, draws × rows, come in blocks."""
    sums = [
        [weights @ table for table in tables] for weights in (block.astype(np.float64) for block in draws)
    ]
    return [np.concatenate(parts) for parts in zip(*sums, strict=True)]


def percentiles(values: Array, *, level: float = LEVEL) -> tuple[Array, Array]:
    """The central `level` of the defined values along the last axis as (low, high), NaN where there are none.

    Quantiles are interpolated as by `numpy.quantile`, for all rows at once.

    >>> low, high = percentiles(np.array([[0.0, np.nan, 1.0], [np.nan] * 3]), level=0.5)
    >>> low, high
    (array([0.25,  nan]), array([0.75,  nan]))
    """
    ordered = np.sort(values, axis=-1)  # what is undefined comes last
    defined = np.count_nonzero(~np.isnan(values), axis=-1)
    tail = (1 - level) / 2
    return _quantile(ordered, defined, tail), _quantile(ordered, defined, 1 - tail)


def _quantile(ordered: Array, defined: NDArray[np.intp], share: float) -> Array:
    if ordered.shape[-1] == 0:
        return np.full(ordered.shape[:-1], np.nan)
    place = share * np.maximum(defined - 1, 0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(defined - 1, 0))
    low, high = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (below, above))
    quantile: Array = low + (high - low) * (place - below)
    return quantile


def blocks(resamples: int, rows: int) -> Iterator[int]:
    """Sizes that add up to `resamples`, none of which needs more than `BLOCK` numbers for `rows` rows."""
    size = max(1, BLOCK // max(rows, 1))
    for done in range(0, resamples, size):
        yield min(size, resamples - done)
