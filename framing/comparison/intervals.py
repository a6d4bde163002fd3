"""Percentile bootstrap of additive totals (Efron & Tibshirani 1993, ch. 13).

A score is a formula of totals that add up over sentences, so a resample of sentences is a row of weights and
its score follows from weighted sums: the text is never read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Formula = Callable[[Array], Array]

LEVEL = 0.95
# Weights are drawn in blocks of about this many numbers: memory stays flat for long texts, and a block stays in the cache.
BLOCK = 200_000
# Multiplications in one matrix product. Beyond 2^18 OpenBLAS starts threads, which on a busy machine wait for each other
# much longer than the product takes.
_PRODUCT = 250_000
_ROWS = 32


def resampled_sums(
    tables: Sequence[Array], *, seed: int | Sequence[int] = 0, resamples: int = 1000
) -> list[Array]:
    """Column sums of bootstrap samples of the rows (Efron & Tibshirani 1993, ch. 6).

    `tables` are sentences × k, each with columns of its own, over the same sentences. All see the same resamples,
    and the sums of one, resamples × k, do not depend on the others; those of a column lie together in memory.
    NaN for a text without sentences.
    """
    rows = len(tables[0]) if tables else 0
    if rows == 0 or resamples == 0:
        return [np.full((resamples, table.shape[1]), np.nan) for table in tables]
    columns, places = distinct_columns(tables)
    sums = drawn_sums(columns, seed=seed, resamples=resamples)
    return [sums[some].T for some in places]


def drawn_sums(columns: Array, *, seed: int | Sequence[int], resamples: int) -> Array:
    """The sum of each column, given as a row, in each resample: columns × resamples."""
    sums = np.empty((len(columns), resamples))
    done = 0
    for draws in _draws(columns.shape[1], seed if isinstance(seed, int) else tuple(seed), resamples):
        weights = draws.astype(np.float64)
        _multiply(columns, weights, sums[:, done : done + weights.shape[1]])
        done += weights.shape[1]
    return sums


def distinct_columns(tables: Sequence[Array]) -> tuple[Array, list[list[int]]]:
    """The distinct columns of all tables, one a row, and for each table which of them it has: scores share denominators."""
    rows = len(tables[0])
    numbers: dict[bytes, int] = {}
    places: list[list[int]] = [[]] * len(tables)
    alike: dict[int, list[int]] = {}
    for place, table in enumerate(tables):
        alike.setdefault(table.shape[1], []).append(place)
    for width, group in alike.items():
        turned = np.array([tables[place] for place in group], dtype=np.float64).swapaxes(1, 2)
        contents, size = turned.tobytes(), rows * turned.itemsize
        found = [
            numbers.setdefault(contents[at * size : (at + 1) * size], len(numbers))
            for at in range(len(group) * width)
        ]
        for at, place in enumerate(group):
            places[place] = found[at * width : (at + 1) * width]
    return np.frombuffer(b"".join(numbers)).reshape(len(numbers), rows), places


def _multiply(a: Array, b: Array, result: Array) -> None:
    """The matrix product a @ b, in parts for which no thread is started."""
    rows = min(_ROWS, len(a))
    columns = max(1, _PRODUCT // (rows * len(b)))
    for row in range(0, len(a), rows):
        for column in range(0, b.shape[1], columns):
            part = slice(row, row + rows), slice(column, column + columns)
            np.matmul(a[part[0]], b[:, part[1]], out=result[part])


def _draws(rows: int, seed: int | tuple[int, ...], resamples: int) -> Iterable[NDArray[Any]]:
    """How often each resample holds each row, in blocks of rows × draws."""
    if rows <= _FEW_ROWS and rows * resamples <= _FEW_ROWS * _USUAL:
        return [_few_draws(rows, seed, resamples)]
    return _all_draws(rows, seed, resamples)


def _all_draws(rows: int, seed: int | tuple[int, ...], resamples: int) -> Iterator[NDArray[Any]]:
    random = np.random.default_rng(seed)
    chance = np.full(rows, 1 / rows)
    return (random.multinomial(rows, chance, size=size).T for size in blocks(resamples, rows))


_FEW_ROWS = np.iinfo(
    np.uint8
).max  # a row is drawn at most as often as there are rows, so that a byte holds it
_USUAL = 1000  # resamples


@lru_cache(maxsize=_FEW_ROWS)
def _few_draws(rows: int, seed: int | tuple[int, ...], resamples: int) -> NDArray[np.uint8]:
    """All draws in one block, kept in bytes: articles of a length share it, and drawing takes longer than all the rest."""
    return np.concatenate([draws.astype(np.uint8) for draws in _all_draws(rows, seed, resamples)], axis=1)


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
    count = values.shape[-1]
    if count == 0:
        return np.full(values.shape[:-1], np.nan), np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values.reshape(-1, count), axis=-1)  # what is undefined comes last
    tail = (1 - level) / 2
    edges = np.array([_quantile(ordered, count, share) for share in (tail, 1 - tail)])
    for row in np.flatnonzero(np.isnan(ordered[:, -1])):
        defined = int(np.count_nonzero(~np.isnan(ordered[row]))) or 1
        edges[:, row] = [_quantile(ordered[row], defined, share) for share in (tail, 1 - tail)]
    low, high = edges.reshape(2, *values.shape[:-1])
    return low, high


def _quantile(ordered: Array, count: int, share: float) -> Array:
    """The quantile of the first `count` values along the last axis."""
    place = share * (count - 1)
    below = int(place)
    low, high = ordered[..., below], ordered[..., min(below + 1, count - 1)]
    quantile: Array = low + (high - low) * (place - below)
    return quantile


def blocks(resamples: int, rows: int) -> Iterator[int]:
    """Sizes that add up to `resamples`, none of which needs more than `BLOCK` numbers for `rows` rows."""
    size = max(1, BLOCK // max(rows, 1))
    for done in range(0, resamples, size):
        yield min(size, resamples - done)
