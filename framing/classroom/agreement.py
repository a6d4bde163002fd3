"""How far coders agree: the field's coefficients, with bootstrap intervals, and the agreement of marked spans.

Codings come as `ratings`, coders × units: a number for what a coder chose in a unit (a word, a sentence), NaN where the
coder did not code it. A value is a name, except to alpha of a higher level and to weighted kappa, which go by its size.

Every coefficient is a formula of counts that add up over units, so the bootstrap draws rows of numbers and never reads
a coding again; units that all coders coded alike are drawn together. Undefined is NaN: no two coders coded the same
unit, or a coefficient that divides by the disagreement expected by chance meets a class that chose one value throughout.

Prevalence moves kappa: where nearly all units have one value, coders who agree in 94 of 100 units may have a kappa below 0
(Feinstein & Cicchetti 1990). AC1 and the plain share of agreement stand beside it for that reason.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from framing.analysis import LEAST_SENTENCES
from framing.classroom.coding import Mark
from framing.comparison.intervals import Array, accelerated, blocks, weighted_sums

Level = Literal["nominal", "ordinal", "interval"]

MEASURES = ("percent", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1")
LEVELS = ("nominal", "ordinal", "interval")
WEIGHTS = {None: 0, "linear": 1, "quadratic": 2}
LEAST_UNITS = LEAST_SENTENCES  # below this a bootstrap interval says nothing, and none is given


class Agreement(NamedTuple):
    """A coefficient with its 95 % interval; `units` and `coders` are those that two coders or more can be compared in."""

    measure: str
    value: float
    low: float
    high: float
    units: int
    coders: int


class SpanAgreement(NamedTuple):
    """How far two people marked the same spans: F1 in 0..1, exact and overlapping, whatever the labels.

    The labels stand apart: the share of equal ones, and Cohen's kappa, among the `matched` pairs of spans that overlap.
    """

    exact: float
    overlap: float
    label_percent: float
    label_kappa: float
    spans_a: int
    spans_b: int
    matched: int = 0


# Coefficients -------------------------------------------------------------------------------------------------------


def percent(ratings: ArrayLike) -> float:
    """Share of pairs of coders that agree, 0..1: the mean over units that two or more coded. Chance is not taken out."""
    return float(_percent(_share_table(_counted(ratings)[1]).sum(axis=0)))


def cohen_kappa(
    a: ArrayLike, b: ArrayLike, *, weights: Literal["linear", "quadratic"] | None = None
) -> float:
    """Agreement of two coders beyond chance, at most 1; 0 is chance, below it less than chance (Cohen 1960, 1968).

    Chance is that of two coders with these shares of values. `weights` count a disagreement by the distance of the two
    values or by its square; otherwise all are alike. Only units that both coded count. NaN where there are none, and where
    both chose the same value throughout. Raises `ValueError` for other weights or codings of different length.
    """
    if weights not in WEIGHTS:
        raise ValueError(f"unknown weights '{weights}'; choose from None, 'linear', 'quadratic'")
    one, other = (np.asarray(coding, dtype=np.float64).ravel() for coding in (a, b))
    if len(one) != len(other):
        raise ValueError(
            f"the codings have {len(one)} and {len(other)} units; both must be of the same units"
        )
    values, codes = value_codes(checked([one, other]))
    both = codes[:, (codes >= 0).all(axis=0)]
    size = len(values)
    table = np.bincount(both[0] * size + both[1], minlength=size * size).reshape(size, size)
    distance = np.abs(values[:, None] - values) ** WEIGHTS[weights] if weights else 1 - np.eye(size)
    expected = np.sum(distance * np.outer(table.sum(axis=1), table.sum(axis=0)))
    return 1 - both.shape[1] * float(np.sum(distance * table) / expected) if expected else math.nan


def fleiss_kappa(ratings: ArrayLike) -> float:
    """Agreement of any number of coders beyond chance, at most 1; 0 is chance (Fleiss 1971).

    Chance is that of coders who all have the shares of values of the class. Where codings are missing, agreement is the
    mean over units that two or more coded, and the shares are means over all coded units (Gwet 2014, ch. 2). NaN where no two
    coded the same unit, and where all chose one value throughout.
    """
    return float(_fleiss(_share_table(_counted(ratings)[1]).sum(axis=0)))


def krippendorff_alpha(ratings: ArrayLike, *, level: Level = "nominal") -> float:
    """Krippendorff's alpha, 1 less the ratio of disagreement to that expected by chance; at most 1, 0 is chance.

    For any number of coders and missing codings (Krippendorff 2019, ch. 12). `level` says how far apart values are:
    "nominal" all alike, "ordinal" by the codings that lie between them, "interval" by the square of their difference.
    NaN where no two coded the same unit, and where all chose one value throughout: nothing varies, so that nothing
    shows whether the coders can tell values apart. Raises `ValueError` for another level.
    """
    values, counts = _counted(ratings)
    return float(_alpha(values, level)(_coincidences(counts).sum(axis=0)))


def gwet_ac1(ratings: ArrayLike) -> float:
    """Gwet's AC1, agreement beyond chance for two coders or more, missing codings allowed; at most 1 (Gwet 2008).

    Chance is that of coders who guess some units: the mean of p(1 − p) over values, times the number of values over that
    number less one, which stays low where one value prevails. Where all chose one value throughout, it is 0 as in the limit,
    however many values there were to choose from, and AC1 is 1. NaN where no two coded the same unit.
    """
    return float(_ac1(_share_table(_counted(ratings)[1]).sum(axis=0)))


def agreement(
    ratings: ArrayLike,
    *,
    level: Level = "nominal",
    seed: int = 0,
    resamples: int = 1000,
    groups: Sequence[int] | None = None,
) -> list[Agreement]:
    """Each coefficient of `MEASURES` with its interval, a BCa bootstrap over units (Efron 1987).

    Cohen's kappa is that of the two coders, or the mean of all pairs that have one (Light 1971); only alpha goes by `level`.
    `groups` gives the number of each unit's group, its sentence for instance, which is then resampled as a whole: the
    words of a marked phrase were not decided on one by one, and intervals over single words come out too narrow.
    Resamples of AC1 keep the number of values that the codings have. An interval is NaN where fewer than `LEAST_UNITS` units, or groups, were coded by two. The same input and seed give the
    same numbers. Raises `ValueError` for ratings or groups of another shape and for an unknown level.
    """
    values, every = value_codes(checked(ratings))
    rows = _sampled_rows(every, groups)
    codes = every[:, rows.firsts]
    counts = value_counts(codes, len(values))
    shares, pairs = _share_table(counts), _pair_table(codes, len(values))
    tables = [rows.of(columns) for columns in (shares, _coincidences(counts), pairs)]
    formulas = _formulas(values, codes, level)
    usable = tables[0][:, _PAIRED] > 0
    bearing = int(rows.times[usable].sum())
    sums = [rows.times @ columns for columns in tables]
    points = np.array([formulas[measure](sums[at]) for measure, at in _TABLE_OF.items()])
    low, high = np.full((2, len(MEASURES)), math.nan)
    if resamples and bearing >= LEAST_UNITS:
        drawn = weighted_sums(_draws(rows.times, seed, resamples), tables)
        rest = [total - columns for total, columns in zip(sums, tables, strict=True)]
        left_out = np.array([formulas[measure](rest[at]) for measure, at in _TABLE_OF.items()])
        low, high = accelerated(
            np.array([formulas[measure](drawn[at]) for measure, at in _TABLE_OF.items()]),
            points,
            np.repeat(left_out, rows.times.astype(int), axis=1),
            np.full(len(MEASURES), float(bearing)),
        )
    coded = every >= 0
    shared = coded & (coded.sum(axis=0) >= 2)
    units, coders = int(shared.any(axis=0).sum()), int(shared.any(axis=1).sum())
    edges = zip(points.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Agreement(name, *edge, units, coders) for name, edge in zip(MEASURES, edges, strict=True)]


# Counts that add up over units --------------------------------------------------------------------------------------

_AGREED, _PAIRED, _CODED, _SHARES = range(4)  # columns of the table of shares; those of the values come last
# Which table a coefficient is a formula of: shares, coincidences, pairs of coders.
_TABLE_OF = dict(zip(MEASURES, (0, 2, 0, 1, 0), strict=True))


class _Rows(NamedTuple):
    """What is drawn: kinds of units, the first of each in `firsts`, or groups that have `members` of each kind.

    `times` says how often each row is there.
    """

    firsts: NDArray[np.intp]
    times: Array
    members: Array | None = None

    def of(self, columns: Array) -> Array:
        """Counts of the kinds as counts of the rows."""
        return columns if self.members is None else self.members @ columns


def checked(ratings: ArrayLike) -> Array:
    """Ratings as a table of coders × units. Raises `ValueError` for another shape and for what is infinite."""
    table = np.asarray(ratings, dtype=np.float64)
    if table.size == 0:
        return table.reshape(len(table), 0)
    if table.ndim != 2:
        raise ValueError(f"ratings must be a table of coders × units; it has {table.ndim} dimensions")
    if np.isinf(table).any():
        raise ValueError("ratings must be finite numbers, or NaN where a coder did not code the unit")
    return table


def value_codes(table: Array) -> tuple[Array, NDArray[np.intp]]:
    """The values, and for each coder and unit which of them it is; -1 where it was not coded."""
    values, codes = np.unique(table, return_inverse=True)
    values = values[~np.isnan(values)]
    codes = codes.reshape(table.shape)
    codes[codes >= len(values)] = -1
    return values, codes


def value_counts(codes: NDArray[np.intp], size: int) -> Array:
    """How many coders chose each value in each unit, units × values."""
    units = np.broadcast_to(np.arange(codes.shape[1]), codes.shape)[codes >= 0]
    counts: Array = np.zeros((codes.shape[1], size))
    np.add.at(counts, (units, codes[codes >= 0]), 1)
    return counts


def _counted(ratings: ArrayLike) -> tuple[Array, Array]:
    values, codes = value_codes(checked(ratings))
    return values, value_counts(codes, len(values))


def _share_table(counts: Array) -> Array:
    """Of each unit: the share of pairs that agree, whether it has a pair, whether it was coded, and the share of each value."""
    coders = counts.sum(axis=1)
    pairs = coders * (coders - 1)
    agreed = (counts * (counts - 1)).sum(axis=1) / np.maximum(pairs, 1)
    shares = counts / np.maximum(coders, 1)[:, None]
    return np.column_stack([agreed, pairs > 0, coders > 0, shares])


def _coincidences(counts: Array) -> Array:
    """Of each unit: its pairs of values, each weighing 1 / (coders − 1) (Krippendorff 2019), units × values²."""
    units, size = counts.shape
    pairs: Array = counts[:, :, None] * counts[:, None, :]
    pairs[:, range(size), range(size)] -= counts
    weighted: Array = pairs.reshape(units, size * size) / np.maximum(counts.sum(axis=1) - 1, 1)[:, None]
    return weighted


def _pair_table(codes: NDArray[np.intp], size: int) -> Array:
    """Of each unit: which pairs of coders agree, which patterns of missing codings meet, which value each coder chose.

    The values of a coder are counted among the units that both coders of a pair coded. Coders who left out the same units
    share a pattern, so that there are few columns where everybody coded everything.
    """
    one, other = np.triu_indices(len(codes), 1)
    agreed = (codes[one] == codes[other]) & (codes[one] >= 0)
    patterns, _ = _patterns(codes)
    meet = patterns[:, None] & patterns
    chosen = (codes[:, None] == np.arange(size)[:, None])[:, None] & patterns[:, None]
    parts = [part.reshape(math.prod(part.shape[:-1]), codes.shape[1]) for part in (agreed, meet, chosen)]
    return np.concatenate(parts).T.astype(np.float64)


def _patterns(codes: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """The distinct patterns of coded units, and that of each coder."""
    patterns, own = np.unique(codes >= 0, axis=0, return_inverse=True)
    return patterns, own.ravel()


def _sampled_rows(codes: NDArray[np.intp], groups: Sequence[int] | None) -> _Rows:
    """Units that all coders coded alike are one kind: a class leaves most words unmarked, and kinds are few."""
    if groups is not None and len(groups) != codes.shape[1]:
        raise ValueError(
            f"groups has {len(groups)} numbers for {codes.shape[1]} units; give one for each unit"
        )
    kept = np.flatnonzero((codes >= 0).any(axis=0))
    if len(kept) == 0:
        return _Rows(kept, np.zeros(0))
    _, firsts, kinds = np.unique(codes[:, kept], axis=1, return_index=True, return_inverse=True)
    kinds = kinds.ravel()
    if groups is None:
        return _Rows(kept[firsts], np.bincount(kinds).astype(np.float64))
    _, places = np.unique(np.asarray(groups)[kept], return_inverse=True)
    members = np.zeros((int(places.max()) + 1, len(firsts)))
    np.add.at(members, (places.ravel(), kinds), 1)
    return _Rows(kept[firsts], np.ones(len(members)), members)


def _draws(times: Array, seed: int, resamples: int) -> Iterator[NDArray[Any]]:
    """How often each resample holds each row, in blocks of draws × rows."""
    random = np.random.default_rng(seed)
    rows = int(times.sum())
    return (random.multinomial(rows, times / rows, size=size) for size in blocks(resamples, len(times)))


# Formulas -----------------------------------------------------------------------------------------------------------


def _formulas(values: Array, codes: NDArray[np.intp], level: str) -> dict[str, Callable[[Array], Array]]:
    def cohen(sums: Array) -> Array:
        return _mean_kappa(sums, codes, len(values))

    return dict(zip(MEASURES, (_percent, cohen, _fleiss, _alpha(values, level), _ac1), strict=True))


def ratio(above: Array, below: Array) -> Array:
    """A quotient, NaN where there is nothing to divide by."""
    known = below > 0
    result: Array = np.where(known, above / np.where(known, below, 1), math.nan)
    return result


def mean_of_known(values: Array, axis: int) -> Array:
    """The mean of what is not NaN along an axis, NaN where all is."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0).sum(axis=axis), known.sum(axis=axis))


def _percent(sums: Array) -> Array:
    return ratio(sums[..., _AGREED], sums[..., _PAIRED])


def _fleiss(sums: Array) -> Array:
    shares = ratio(sums[..., _SHARES:], sums[..., _CODED, None])
    return _beyond(_percent(sums), (shares**2).sum(axis=-1))


def _ac1(sums: Array) -> Array:
    shares = ratio(sums[..., _SHARES:], sums[..., _CODED, None])
    expected = (shares * (1 - shares)).sum(axis=-1) / max(shares.shape[-1] - 1, 1)
    return _beyond(_percent(sums), expected)


def _beyond(observed: Array, expected: Array) -> Array:
    return ratio(observed - expected, 1 - expected)


def _alpha(values: Array, level: str) -> Callable[[Array], Array]:
    if level not in LEVELS:
        raise ValueError(f"unknown level '{level}'; choose from {', '.join(LEVELS)}")
    size = len(values)

    def alpha(sums: Array) -> Array:
        coincidences = sums.reshape(*sums.shape[:-1], size, size)
        each = coincidences.sum(axis=-1)
        # The codings between two values, half of those of either included, are the difference of their mean ranks.
        places = np.cumsum(each, axis=-1) - each / 2 if level == "ordinal" else values
        apart = (places[..., :, None] - places[..., None, :]) ** 2 if level != "nominal" else 1 - np.eye(size)
        observed = (coincidences * apart).sum(axis=(-2, -1))
        expected = (each[..., :, None] * each[..., None, :] * apart).sum(axis=(-2, -1))
        return 1 - ratio((each.sum(axis=-1) - 1) * observed, expected)

    return alpha


def _mean_kappa(sums: Array, codes: NDArray[np.intp], size: int) -> Array:
    """The mean of Cohen's kappa over the pairs of coders that have one."""
    one, other = np.triu_indices(len(codes), 1)
    patterns, own = _patterns(codes)
    kinds = len(patterns)
    agreed, meet, chosen = np.split(sums, [len(one), len(one) + kinds**2], axis=-1)
    meet = meet.reshape(*sums.shape[:-1], kinds, kinds)
    chosen = chosen.reshape(*sums.shape[:-1], len(codes), kinds, size)
    both = meet[..., own[one], own[other]]
    by_chance = np.einsum("...v,...v->...", chosen[..., one, own[other], :], chosen[..., other, own[one], :])
    kappas = _beyond(ratio(agreed, both), ratio(by_chance, both**2))
    return mean_of_known(kappas, axis=-1)


# Spans --------------------------------------------------------------------------------------------------------------


def span_agreement(a: Sequence[Mark], b: Sequence[Mark]) -> SpanAgreement:
    """F1 of the spans of two codings, and how far labels agree where spans overlap; spans of two articles never do.

    Exact are spans with the same offsets. Overlapping F1 is the harmonic mean of the shares of spans of either coding that
    have a character in common with one of the other, by the conventions of the CoNLL shared tasks. For labels, spans
    are matched one to one, those first that share the largest part of the characters of both (Jaccard), then those about
    the same actor and with the same label. F1 is NaN where nobody marked anything, 0 where one did not or no span fits;
    labels NaN where nothing is matched. The order of marks does not matter, nor which coding comes first.

    >>> a = [Mark("x", 0, 5, "epistemic"), Mark("x", 10, 20, "hearsay")]
    >>> b = [Mark("x", 0, 5, "doxastic"), Mark("x", 12, 20, "hearsay"), Mark("x", 30, 34, "weasel")]
    >>> span_agreement(a, b)
    SpanAgreement(exact=0.4, overlap=0.8, label_percent=0.5, label_kappa=0.333..., spans_a=2, spans_b=3, matched=2)
    """
    one, other = sorted(a), sorted(b)
    overlaps = list(_overlaps(one, other))
    exact = (Counter(map(_place, one)) & Counter(map(_place, other))).total()
    touched = [len({pair[side] for pair in overlaps}) for side in (0, 1)]
    pairs = _best_pairs(one, other, overlaps)
    names = sorted({mark.label for mark in (*one, *other)})
    labels = np.array([(names.index(one[i].label), names.index(other[j].label)) for i, j in pairs])
    coded = labels.reshape(-1, 2).T
    return SpanAgreement(
        exact=float(f1(exact, exact, len(one), len(other))),
        overlap=float(f1(touched[0], touched[1], len(one), len(other))),
        label_percent=percent(coded),
        label_kappa=cohen_kappa(*coded),
        spans_a=len(one),
        spans_b=len(other),
        matched=len(pairs),
    )


def f1(hit_a: ArrayLike, hit_b: ArrayLike, marked_a: ArrayLike, marked_b: ArrayLike) -> Array:
    """Harmonic mean of the shares of either coding's spans that fit, 0..1; NaN where neither has a span."""
    hit_a, hit_b, marked_a, marked_b = np.broadcast_arrays(hit_a, hit_b, marked_a, marked_b)
    harmonic = ratio(2.0 * hit_a * hit_b, hit_a * marked_b + hit_b * marked_a)
    none_fits: Array = np.where(marked_a + marked_b > 0, 0.0, math.nan)
    return np.where(hit_a * hit_b > 0, harmonic, none_fits)


def _place(mark: Mark) -> tuple[str, int, int]:
    return mark.article, mark.start, mark.end


def _overlaps(one: Sequence[Mark], other: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    """Numbers of the marks that have a character in common; both come in the order of the text."""
    starts = [(mark.article, mark.start) for mark in other]
    # The furthest that any mark up to this one reaches: where that is too near, so are all before it.
    reach = list(accumulate(((mark.article, mark.end) for mark in other), max))
    for i, mark in enumerate(one):
        j = bisect_left(starts, (mark.article, mark.end)) - 1
        while j >= 0 and reach[j] > (mark.article, mark.start):
            if other[j].article == mark.article and min(mark.end, other[j].end) > max(
                mark.start, other[j].start
            ):
                yield i, j
            j -= 1


def _best_pairs(
    one: Sequence[Mark], other: Sequence[Mark], overlaps: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Marks matched one to one, the best fitting first."""

    def unlike(pair: tuple[int, int]) -> tuple[Any, ...]:
        a, b = one[pair[0]], other[pair[1]]
        common = min(a.end, b.end) - max(a.start, b.start)
        either = max(a.end, b.end) - min(a.start, b.start)
        return -common / either, a.actor != b.actor, a.label != b.label, min(a, b), max(a, b)

    return one_to_one(sorted(overlaps, key=unlike))


def one_to_one(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs, the best first, those whose members are in no better one."""
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in pairs:
        if i not in matched and j not in taken:
            matched[i] = j
            taken.add(j)
    return list(matched.items())
