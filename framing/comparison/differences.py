"""Differences between articles: permutation test, effect size and false-discovery control, each with its paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, rankdata

from framing.analysis import LEAST_SENTENCES, Analysis, Ratio, Score
from framing.comparison.intervals import Array, Formula, blocks, percentiles, resampled_sums

TOO_LITTLE = "too little text to compare"
NOT_TESTED = "not tested: counts kinds that are each article's own"

COLUMNS = (
    "dimension", "measure", "label", "actor", "voice", "unit", "a", "b", "value_a", "value_b", "difference",
    "low", "high", "p", "q", "effect", "n_a", "n_b", "sentences_a", "sentences_b", "note",
)  # fmt: skip

Key = tuple[str, str, str, str, str]


class _Side(NamedTuple):
    """One article's scores with their totals side by side, `columns` where each lies, `drawn` its bootstrap values."""

    id: str
    scores: Mapping[Key, Score]
    columns: Mapping[Key, slice]
    totals: Array
    bearing: Mapping[Key, int]
    drawn: Mapping[Key, Array]


def differences(analyses: Sequence[Analysis], *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
    """Every score of every pair of articles, set against each other.

    One row per pair and score: `difference` is value_a − value_b in the unit of the score, with a 95 % bootstrap
    interval, a permutation p, q after false-discovery control over all tests of the same measure (its labels apart), Cliff's delta
    as `effect`, and the counts behind both sides. Where fewer than `LEAST_SENTENCES` sentences bear on a side, the row says
    so in `note` and carries no interval, p or effect.
    """
    sides = [_side(analysis, (seed, number), resamples) for number, analysis in enumerate(analyses)]
    rows = [row for a, b in combinations(sides, 2) for row in _pair(a, b, seed, resamples)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    # One question is one family: a measure over all pairs and voices, its breakdown by label apart.
    family = [frame.dimension, frame.measure, frame.label == ""]
    frame["q"] = frame.groupby(family, sort=False)["p"].transform(adjusted)
    return frame


def permutation_p(
    a: Array, b: Array, formulas: Mapping[Key, tuple[slice, Formula]], *, seed: int = 0, resamples: int = 1000
) -> dict[Key, float]:
    """Two-sided permutation tests of differences (Phipson & Smyth 2010: the observed split counts as one).

    `a` and `b` are sentences × k; sentences change sides at random, the same way for all scores. A ratio is compared in
    standard errors (Chung & Romano 2013), without which sides of unequal size and spread would seem to differ too
    often. Returns p in (0, 1].
    """
    pooled = np.concatenate([a, b])
    whole = pooled.sum(axis=0)
    products = {
        key: _products(pooled[:, columns])
        for key, (columns, formula) in formulas.items()
        if isinstance(formula, Ratio)
    }
    moments = np.hstack([pooled, *products.values()])
    random = np.random.default_rng(seed)
    member = np.zeros(len(pooled))
    member[: len(a)] = 1
    sums = np.concatenate(
        [member[None] @ moments]
        + [
            random.permuted(np.tile(member, (size, 1)), axis=1) @ moments
            for size in blocks(resamples, len(pooled))
        ]
    )
    rest = moments.sum(axis=0) - sums
    width = len(whole)
    places = {key: slice(width + 3 * number, width + 3 * number + 3) for number, key in enumerate(products)}
    result = {}
    for key, (columns, formula) in formulas.items():
        drawn = formula(sums[:, columns]) - formula(rest[:, columns])
        if key in places:
            one, other = (_error(side[:, columns], side[:, places[key]]) for side in (sums, rest))
            scale = float(formula(np.ones(2)))
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = np.where(drawn == 0, 0, drawn / (scale * np.sqrt(one + other)))
        observed, drawn = abs(drawn[0]), np.abs(drawn[1:])
        drawn = drawn[~np.isnan(drawn)]
        # Sums in another order differ in the last bits; equal splits must count as equal.
        extreme = np.count_nonzero(drawn >= observed * (1 - 1e-9))
        result[key] = np.nan if np.isnan(observed) else float((1 + extreme) / (1 + drawn.size))
    return result


def _products(totals: Array) -> Array:
    """What the standard error of a ratio adds up over sentences: n², n·d, d²."""
    above, below = totals[:, 0], totals[:, 1]
    return np.column_stack([above**2, above * below, below**2])


def _error(sums: Array, products: Array) -> Array:
    """Squared standard error of a ratio of sums by linearisation (Cochran 1977, section 2.11)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = sums[:, 0] / sums[:, 1]
        spread = products[:, 0] - 2 * value * products[:, 1] + value**2 * products[:, 2]
        return np.maximum(spread, 0) / sums[:, 1] ** 2


def cliffs_delta(a: Array, b: Array) -> float:
    """Cliff's delta (Cliff 1993): P(a > b) − P(a < b) for a value drawn from each side, −1..1, NaN without values.

    >>> cliffs_delta(np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    1.0
    """
    if a.size == 0 or b.size == 0:
        return np.nan
    ranks = rankdata(np.concatenate([a, b]))
    above = ranks[: a.size].sum() - a.size * (a.size + 1) / 2
    return float(2 * above / (a.size * b.size) - 1)


def adjusted(p: pd.Series) -> pd.Series:
    """False-discovery control (Benjamini & Hochberg 1995) of the defined p values; undefined ones stay NaN."""
    tested = p.notna()
    result = pd.Series(np.nan, index=p.index)
    if tested.any():
        result[tested] = false_discovery_control(p[tested].to_numpy(dtype=float))
    return result


def bearing(totals: Array) -> int:
    """Number of sentences that bear on a score: those whose totals are not all zero."""
    return int(np.count_nonzero(np.any(totals != 0, axis=1)))


def _side(analysis: Analysis, seed: Sequence[int], resamples: int) -> _Side:
    scores = {score.key: score for score in analysis.scores}
    columns, width = {}, 0
    for key, score in scores.items():
        columns[key] = slice(width, width + score.totals.shape[1])
        width += score.totals.shape[1]
    empty = np.zeros((len(analysis.document.sentences), 0))
    totals = np.concatenate([empty, *(score.totals for score in scores.values())], axis=1)
    sums = resampled_sums(totals, seed=seed, resamples=resamples)
    support = {key: bearing(score.totals) for key, score in scores.items()}
    drawn = {key: score.formula(sums[:, columns[key]]) for key, score in scores.items()}
    return _Side(analysis.document.id, scores, columns, totals, support, drawn)


def _pair(a: _Side, b: _Side, seed: int, resamples: int) -> list[dict[str, object]]:
    keys = list(dict.fromkeys([*a.scores, *b.scores]))
    left, right = [np.zeros((len(a.totals), 0))], [np.zeros((len(b.totals), 0))]
    places: dict[Key, tuple[slice, Formula]] = {}
    width = 0
    for key in keys:
        enough = min(a.bearing.get(key, 0), b.bearing.get(key, 0)) >= LEAST_SENTENCES
        if enough and a.scores[key].exchangeable:
            formula = a.scores[key].formula
            ours, theirs = a.totals[:, a.columns[key]], b.totals[:, b.columns[key]]
            left.append(ours)
            right.append(theirs)
            places[key] = slice(width, width + ours.shape[1]), formula
            width += ours.shape[1]
    p = {}
    if places:
        p = permutation_p(np.hstack(left), np.hstack(right), places, seed=seed, resamples=resamples)
    return [_row(key, a, b, p.get(key)) for key in keys]


def _row(key: Key, a: _Side, b: _Side, p: float | None) -> dict[str, object]:
    dimension, measure, label, actor, voice = key
    score_a, score_b = a.scores.get(key), b.scores.get(key)
    score = score_a or score_b
    value_a, value_b = (np.nan if s is None else s.value for s in (score_a, score_b))
    row: dict[str, object] = {
        "dimension": dimension, "measure": measure, "label": label, "actor": actor, "voice": voice,
        "unit": score.unit if score else "", "a": a.id, "b": b.id, "value_a": value_a, "value_b": value_b,
        "difference": value_a - value_b, "low": np.nan, "high": np.nan, "p": np.nan, "effect": np.nan,
        "n_a": score_a.n if score_a else 0, "n_b": score_b.n if score_b else 0,
        "sentences_a": a.bearing.get(key, 0), "sentences_b": b.bearing.get(key, 0),
        "note": TOO_LITTLE if score is None or score.exchangeable else NOT_TESTED,
    }  # fmt: skip
    if p is None or score_a is None or score_b is None:
        return row
    row["low"], row["high"] = percentiles(a.drawn[key] - b.drawn[key])
    row["p"], row["note"] = p, ""
    row["effect"] = cliffs_delta(_per_sentence(score_a), _per_sentence(score_b))
    return row


def _per_sentence(score: Score) -> Array:
    """The score of each sentence on its own where that means something: a ratio with a denominator."""
    if not isinstance(score.formula, Ratio):
        return np.empty(0)
    values = score.formula(score.totals)
    return values[np.isfinite(values)]
