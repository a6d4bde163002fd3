"""Differences between articles: permutation test, effect size and false-discovery control, each with its paper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from framing.analysis import LEAST_SENTENCES, Analysis, Ratio, Score, bearing
from framing.comparison.intervals import (
    Array,
    Formula,
    accelerated,
    blocks,
    own_seed,
    resampled_sums,
)

TOO_LITTLE = "too little text to compare"
NOT_TESTED = "not tested: counts kinds that are each article's own"

COLUMNS = (
    "dimension", "measure", "label", "actor", "voice", "unit", "a", "b", "value_a", "value_b", "difference",
    "low", "high", "p", "q", "effect", "n_a", "n_b", "sentences_a", "sentences_b", "note",
)  # fmt: skip

Key = tuple[str, str, str, str, str]


class Side(NamedTuple):
    """Scores of an article, how many of its sentences bear on each, and of those with enough the bootstrap values, those
    with one sentence left out, and the sentences' own.

    Of a group of articles the scores have totals by article, so that articles stand wherever sentences do.
    """

    id: str
    scores: Mapping[Key, Score]
    bearing: Mapping[Key, int]
    drawn: Mapping[Key, Array]
    left_out: Mapping[Key, Array]
    spread: Mapping[Key, Array]


def differences(analyses: Sequence[Analysis], *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
    """Every score of every pair of articles, set against each other.

    One row per pair and score: `difference` is value_a − value_b in the unit of the score, with a 95 % bootstrap
    interval (see `intervals.accelerated`), a permutation p, q after false-discovery control over all tests of the same measure (its labels apart),
    Cliff's delta of the sentences' own values as `effect` (for ratios), and the counts behind both sides. Where fewer
    than `LEAST_SENTENCES` sentences bear on a side, the row says so in `note` and carries no interval, p or effect.
    """
    sides = [
        make_side(analysis.document.id, analysis.scores, seed=seed, resamples=resamples)
        for analysis in analyses
    ]
    return compared(sides, seed=seed, resamples=resamples)


def compared(
    sides: Sequence[Side], *, seed: int, resamples: int, too_little: str = TOO_LITTLE
) -> pd.DataFrame:
    """The rows of `differences` for every pair of sides; `too_little` is the note of what is not tested for its size."""
    rows = [row for a, b in combinations(sides, 2) for row in _pair(a, b, seed, resamples, too_little)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    # One question is one family: a measure over all pairs and voices, its breakdown by label apart.
    family = [frame.dimension, frame.measure, frame.label == ""]
    frame["q"] = frame.groupby(family, sort=False)["p"].transform(adjusted)
    return frame


def permutation_p(
    a: Sequence[Array],
    b: Sequence[Array],
    formulas: Sequence[Formula],
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> list[float]:
    """Two-sided permutation tests of differences (Phipson & Smyth 2010: the observed split counts as one).

    For each score, `a` and `b` hold the totals of either side, sentences × k, and `formulas` what it makes of their
    sums. Sentences change sides at random, the same way for all scores. A ratio is compared in standard errors (Chung
    & Romano 2013), without which sides of unequal size and spread would seem to differ too often. Returns a p in (0, 1]
    for each score, NaN where its difference is undefined.
    """
    if not formulas:
        return []
    rows = len(a[0]) + len(b[0])
    columns, places = _both_sides(a, b)
    ratios = [number for number, formula in enumerate(formulas) if isinstance(formula, Ratio)]
    others = [number for number, formula in enumerate(formulas) if not isinstance(formula, Ratio)]
    pairs = list(dict.fromkeys(places[number] for number in ratios))
    random = np.random.default_rng(seed)
    member = np.arange(rows) < len(a[0])
    shuffled = (random.permuted(np.tile(member, (size, 1)), axis=1) for size in _blocks(resamples, rows))
    draws = chain([member[None]], shuffled)  # the observed split first
    ones = np.concatenate([_moment_sums(columns, pairs, block) for block in draws])
    rest = _moment_sums(columns, pairs, np.ones((1, rows), dtype=np.bool_)) - ones
    differences = np.empty((len(ones), len(formulas)))
    moments = _moments_of(ratios, places, pairs, len(columns))
    differences[:, ratios] = _standardized(ones[:, moments], rest[:, moments])
    for i in others:
        own = list(places[i])
        differences[:, i] = formulas[i](ones[:, own]) - formulas[i](rest[:, own])
    observed, drawn = np.abs(differences[0]), np.abs(differences[1:])
    # Sums in another order differ in the last bits; equal splits must count as equal.
    extreme = np.count_nonzero(drawn >= observed * (1 - 1e-9), axis=0)
    defined = np.count_nonzero(~np.isnan(drawn), axis=0)
    p: list[float] = np.where(
        np.isnan(observed) | (defined == 0), np.nan, (1 + extreme) / (1 + defined)
    ).tolist()
    return p


_TILE = 2048  # rows of which the moments are made at a time
_LEAST_DRAWS = 64  # permutations that share them, where there are more rows


def _blocks(resamples: int, rows: int) -> Iterable[int]:
    """Sizes of blocks of permutations that add up to `resamples`."""
    if rows <= _TILE:
        return blocks(resamples, rows)
    return (min(_LEAST_DRAWS, resamples - done) for done in range(0, resamples, _LEAST_DRAWS))


def _both_sides(a: Sequence[Array], b: Sequence[Array]) -> tuple[Array, list[tuple[int, ...]]]:
    """The distinct columns of all scores over the rows of either side, a row each, and which of them each score has."""
    found: dict[bytes, int] = {}
    columns: list[Array] = []
    places: list[tuple[int, ...]] = []
    for one, other in zip(a, b, strict=True):
        own = []
        for column in np.concatenate([one.T, other.T], axis=1):
            # A digest, as the columns of many articles would be held twice.
            key = hashlib.blake2b(column.tobytes(), digest_size=16).digest()
            if key not in found:
                found[key] = len(columns)
                columns.append(column.copy())
            own.append(found[key])
        places.append(tuple(own))
    return np.array(columns, dtype=np.float64), places


def _moment_sums(columns: Array, pairs: Sequence[tuple[int, ...]], draws: NDArray[np.bool_]) -> Array:
    """Sums over the rows that each draw holds, draws × moments: of columns, of their squares, of the products of pairs."""
    first, second = (np.array([pair[side] for pair in pairs], dtype=np.intp) for side in (0, 1))
    sums = np.zeros((len(draws), 2 * len(columns) + len(pairs)))
    for row in range(0, columns.shape[1], _TILE):
        some = columns[:, row : row + _TILE]
        moments = np.concatenate([some, some**2, some[first] * some[second]])
        sums += draws[:, row : row + _TILE].astype(np.float64) @ moments.T
    return sums


def _moments_of(
    ratios: Sequence[int],
    places: Sequence[tuple[int, ...]],
    pairs: Sequence[tuple[int, ...]],
    columns: int,
) -> list[int]:
    """Where the five moments of each ratio stand among the sums: all n, all d, all n², all n·d, all d²."""
    above, below = ([places[number][side] for number in ratios] for side in (0, 1))
    products = [2 * columns + pairs.index(places[number]) for number in ratios]
    return [
        *above,
        *below,
        *(columns + place for place in above),
        *products,
        *(columns + place for place in below),
    ]


def _standardized(one: Array, other: Array) -> Array:
    """Difference of two ratios in standard errors, from the five sums over either side's sentences: n, d, n², n·d, d².

    The standard error of a ratio of sums follows by linearisation (Cochran 1977, section 2.11).
    """

    def ratio(sums: Array) -> tuple[Array, Array]:
        above, below, above_2, product, below_2 = np.split(sums, 5, axis=1)
        value = above / below
        return value, np.maximum(above_2 - 2 * value * product + value**2 * below_2, 0) / below**2

    with np.errstate(divide="ignore", invalid="ignore"):
        (value, error), (other_value, other_error) = ratio(one), ratio(other)
        difference = value - other_value
        return np.where(difference == 0, 0, difference / np.sqrt(error + other_error))


def cliffs_delta(a: Array, b: Array) -> float:
    """Cliff's delta (Cliff 1993): P(a > b) − P(a < b) for a value drawn from each side, −1..1, NaN without values.

    >>> cliffs_delta(np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    1.0
    """
    if a.size == 0 or b.size == 0:
        return np.nan
    ordered = np.sort(b)
    above = np.searchsorted(ordered, a, side="left").sum()
    not_below = np.searchsorted(ordered, a, side="right").sum()
    return float(above + not_below) / (a.size * b.size) - 1


def adjusted(p: pd.Series) -> pd.Series:
    """False-discovery control (Benjamini & Hochberg 1995) of the defined p values; undefined ones stay NaN."""
    tested = p.notna()
    result = pd.Series(np.nan, index=p.index)
    if tested.any():
        result[tested] = false_discovery_control(p[tested].to_numpy(dtype=float))
    return result


def make_side(
    id: str,
    scores: Iterable[Score],
    *,
    seed: int,
    resamples: int,
    least: int = LEAST_SENTENCES,
    own_values: Callable[[Score], Array] | None = None,
) -> Side:
    """What is compared of an article, or of a group: its scores, and draws of those that `least` rows or more bear on.

    `own_values` gives the value of each row on its own, where not only a ratio has one.
    """
    by_key = {score.key: score for score in scores}
    support = {key: bearing(score.totals) for key, score in by_key.items()}
    tested = [score for key, score in by_key.items() if score.exchangeable and support[key] >= least]
    sums = resampled_sums([score.totals for score in tested], seed=own_seed(id, seed), resamples=resamples)
    drawn = {score.key: score.formula(total) for score, total in zip(tested, sums, strict=True)}
    left_out = {score.key: score.formula(score.totals.sum(axis=0) - score.totals) for score in tested}
    spread = {score.key: (own_values or _own_values)(score) for score in tested}
    return Side(id, by_key, support, drawn, left_out, spread)


def _pair(a: Side, b: Side, seed: int, resamples: int, too_little: str) -> list[dict[str, object]]:
    tested = [key for key in a.drawn if key in b.drawn]
    left, right = ([side.scores[key].totals for key in tested] for side in (a, b))
    formulas = [a.scores[key].formula for key in tested]
    p = permutation_p(left, right, formulas, seed=seed, resamples=resamples)
    low, high = _edges(a, b, tested)
    tests = {
        key: {
            "low": low,
            "high": high,
            "p": p,
            "effect": cliffs_delta(a.spread[key], b.spread[key]),
            "note": "",
        }
        for key, low, high, p in zip(tested, low.tolist(), high.tolist(), p, strict=True)
    }
    keys = dict.fromkeys([*a.scores, *b.scores])
    return [_row(key, a, b, too_little) | tests.get(key, {}) for key in keys]


def _edges(a: Side, b: Side, keys: Sequence[Key]) -> tuple[Array, Array]:
    """Intervals of differences: a sentence may be left out on either side, and the side with fewer counts for the width."""
    if not keys:
        return np.empty(0), np.empty(0)
    values = [(a.scores[key].value, b.scores[key].value) for key in keys]
    left_out = [
        np.concatenate([a.left_out[key] - other, own - b.left_out[key]])
        for key, (own, other) in zip(keys, values, strict=True)
    ]
    return accelerated(
        np.array([a.drawn[key] - b.drawn[key] for key in keys]),
        np.array([own - other for own, other in values]),
        np.array(left_out),
        np.array([min(a.bearing[key], b.bearing[key]) for key in keys], dtype=float),
    )


def _row(key: Key, a: Side, b: Side, too_little: str) -> dict[str, object]:
    """The row of a score without the tests."""
    dimension, measure, label, actor, voice = key
    score_a, score_b = a.scores.get(key), b.scores.get(key)
    score = score_a or score_b
    value_a, value_b = (np.nan if s is None else s.value for s in (score_a, score_b))
    return {
        "dimension": dimension, "measure": measure, "label": label, "actor": actor, "voice": voice,
        "unit": score.unit if score else "", "a": a.id, "b": b.id, "value_a": value_a, "value_b": value_b,
        "difference": value_a - value_b, "low": np.nan, "high": np.nan, "p": np.nan, "effect": np.nan,
        "n_a": score_a.n if score_a else 0, "n_b": score_b.n if score_b else 0,
        "sentences_a": a.bearing.get(key, 0), "sentences_b": b.bearing.get(key, 0),
        "note": too_little if score is None or score.exchangeable else NOT_TESTED,
    }  # fmt: skip


def _own_values(score: Score) -> Array:
    """The score of each sentence on its own where that means something: a ratio with a denominator."""
    if not isinstance(score.formula, Ratio):
        return np.empty(0)
    values = score.formula(score.totals)
    return values[np.isfinite(values)]
