"""Percentile bootstrap of additive totals (Efron & Tibshirani 1993, ch. 13).

A score is a formula of totals that add up over sentences, so a resample of sentences is a row of weights and
its score follows from weighted sums: the text is never read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Formula = Callable[[Array], Array]

LEVEL = 0.95
# Weights are drawn in blocks of about this many numbers, so that memory stays flat for very long texts.
BLOCK = 2_000_000


def interval(
    totals: Array, formula: Formula, *, seed: int = 0, resamples: int = 1000, level: float = LEVEL
) -> tuple[float, float]:
    """Percentile bootstrap interval over sentences (Efron & Tibshirani 1993, ch. 13).

    `totals` is sentences × k, `formula` maps (..., k) sums to values in the unit of the score. Resamples whose value
    is undefined are left out. Returns (low, high), NaN for an empty text or when no resample has a value.
    """
    return percentiles(formula(resampled_sums(totals, seed=seed, resamples=resamples)), level=level)


def resampled_sums(totals: Array, *, seed: int | Sequence[int] = 0, resamples: int = 1000) -> Array:
    """Column sums of `resamples` bootstrap samples of the rows: resamples × k (Efron & Tibshirani 1993, ch. 6).

    Columns of many scores may be set side by side, so that all of them see the same resamples.
    """
    rows = len(totals)
    if rows == 0 or resamples == 0:
        return np.full((resamples, totals.shape[1]), np.nan)
    random = np.random.default_rng(seed)
    chance = np.full(rows, 1 / rows)
    draws = [random.multinomial(rows, chance, size=size) @ totals for size in blocks(resamples, rows)]
    return np.concatenate(draws)


def percentiles(values: Array, *, level: float = LEVEL) -> tuple[float, float]:
    """The central `level` of the defined values as (low, high), NaN when there are none."""
    defined = values[np.isfinite(values)]
    if defined.size == 0:
        return np.nan, np.nan
    tail = (1 - level) / 2
    low, high = np.quantile(defined, (tail, 1 - tail))
    return float(low), float(high)


def blocks(resamples: int, rows: int) -> Iterator[int]:
    """Sizes that add up to `resamples`, none of which needs more than `BLOCK` numbers for `rows` rows."""
    size = max(1, BLOCK // max(rows, 1))
    for done in range(0, resamples, size):
        yield min(size, resamples - done)
