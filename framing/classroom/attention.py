"""Codings of a class worth talking over first: what the numbers of one look like beside those of the others.

Robust statistics: the usual is the median of the class, so that a few odd codings do not make themselves usual, and how far
codings differ is the median absolute deviation (Leys et al. 2013). Nothing here says why a coding stands out: a student may
have read another text, understood the task in another way, seen what nobody else saw, or not cared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from framing.classroom.agreement import checked, cohen_kappa, value_codes, value_counts
from framing.comparison.intervals import Array

Codes = NDArray[np.intp]

KINDS = ("few", "many", "one label", "agreement", "alike")
LEAST_CODERS = 3  # with two, nobody can say which of them is unlike the class
LEAST_UNITS = 10  # of a coder that others coded too
_LEAST_MARKS = 5  # fewer are soon left out, or the same, by chance
_FEW = 0.1  # of what is usual
_MANY, _NOT_MANY = 0.9, 0.6  # shares of the units
_FAR = 3 * 1.4826  # median absolute deviations that are three standard deviations of a normal distribution
_LEAST_USUAL = 0.25  # kappa; where a class agrees less, being unlike it is what most are
_ABOVE_CHANCE = 4.0  # standard deviations; words of a phrase go together, so that three come up by chance
_RARE = 1e-3


class Attention(NamedTuple):
    """What stands out in a coder's coding, its value and what is usual in the class, in a sentence.

    `kind` is one of `KINDS`. The value is kappa with the rest of the class for "agreement", the share of units marked for
    "few" and "many", the share of marks with the most frequent label for "one label", and the share of units coded
    as by the coder most like for "alike".
    """

    coder: str
    kind: str
    value: float
    typical: float
    why: str


def attention(ratings: ArrayLike, coders: Sequence[str], *, key: ArrayLike | None = None) -> list[Attention]:
    """What stands out in the codings of a class of three or more, in the order of the coders; nothing in a smaller one.

    `ratings` are coders × units in the order of the text: 0 where nothing was marked, another number for each label, NaN where
    the coder did not code the unit. A coding that agrees with the `key`, the same units coded, at least half as well as
    is usual is not named for its agreement, nor is one that is the key itself for being like another. Raises
    `ValueError` when the names or the key do not fit the ratings.
    """
    table = checked(ratings)
    if len(coders) != len(table):
        raise ValueError(f"there are {len(coders)} names for {len(table)} codings; give one for each")
    right = None if key is None else np.asarray(key, dtype=np.float64).ravel()
    if right is not None and len(right) != table.shape[1]:
        raise ValueError(
            f"the key has {len(right)} units and the codings {table.shape[1]}; both must be of the same"
        )
    if len(table) < LEAST_CODERS or not table.size:
        return []
    named = [*_amounts(table), *_one_label(table)]
    odd = {row.coder for row in named}
    named += _far_from_class(table, right, odd)
    named += _alike(table, coders, right)
    named.sort(key=lambda row: (row.coder, KINDS.index(row.kind)))
    return [Attention(coders[row.coder], *row[1:]) for row in named]


class _Row(NamedTuple):
    """As `Attention`, with the coder's number."""

    coder: int
    kind: str
    value: float
    typical: float
    why: str


def _amounts(table: Array) -> Iterator[_Row]:
    """Hardly anything marked where others marked much, or nearly everything where others did not."""
    coded = ~np.isnan(table)
    units, marked = coded.sum(axis=1), (coded & (table != 0)).sum(axis=1)
    shares = np.divide(marked, units, out=np.full(len(table), math.nan), where=units > 0)
    if not units.any():
        return
    usual = float(np.nanmedian(shares))
    for coder, share in enumerate(shares.tolist()):
        size = int(units[coder])
        says = f"marked {marked[coder]} of {size} places; {usual * size:.0f} are usual in this class"
        if size == 0:
            yield _Row(coder, "few", 0.0, usual, "coded nothing")
        elif usual * size >= _LEAST_MARKS and share <= _FEW * usual:
            yield _Row(coder, "few", share, usual, says)
        elif share >= _MANY and usual <= _NOT_MANY and usual ** int(marked[coder]) < _RARE:
            yield _Row(coder, "many", share, usual, says)


def _one_label(table: Array) -> Iterator[_Row]:
    """One label throughout, where as many marks of the others would hardly have come out all alike."""
    runs = _runs(table)
    values = sorted({value for row in runs for value in row})
    counts = np.array([[row.count(value) for value in values] for row in runs], dtype=np.float64)
    sizes = counts.sum(axis=1)
    if not sizes.any():
        return
    largest = np.divide(counts.max(axis=1), sizes, out=np.full(len(sizes), math.nan), where=sizes > 0)
    usual = float(np.nanmedian(largest))
    for coder in np.flatnonzero(largest == 1).tolist():
        others = counts.sum(axis=0) - counts[coder]
        if others.sum() and float(((others / others.sum()) ** sizes[coder]).sum()) < _RARE:
            why = f"all {sizes[coder]:.0f} marks have the same label; its share is {usual:.0%} as a rule in this class"
            yield _Row(coder, "one label", 1.0, usual, why)


def _runs(table: Array) -> list[list[float]]:
    """The label of each stretch of units with the same one: words of a phrase were labelled once.

    Who marked nearly everything marked no phrases, and is taken unit by unit.
    """
    marked = ~np.isnan(table) & (table != 0)
    before = np.column_stack([np.zeros(len(table)), table[:, :-1]])
    everything = marked.sum(axis=1) >= _MANY * np.maximum((~np.isnan(table)).sum(axis=1), 1)
    starts = marked & ((table != before) | everything[:, None])
    return [row[first].tolist() for row, first in zip(table, starts, strict=True)]


def _far_from_class(table: Array, key: Array | None, odd: set[int]) -> Iterator[_Row]:
    """Agreement with the rest of the class that is no better than chance, or far below that of the others.

    Those who are `odd` for another reason are left out, on either side. A coding so short that the usual agreement would
    hardly show in it is not held against chance, and nobody is named where the class itself hardly agrees.
    """
    values, codes = value_codes(table)
    class_ = [coder for coder in range(len(codes)) if coder not in odd]
    counts = value_counts(codes[class_], len(values))
    found = {coder: _with_rest(codes[coder], counts) for coder in class_}
    kappas = np.array([kappa for kappa, _ in found.values()])
    if np.isnan(kappas).all():
        return
    usual = float(np.nanmedian(kappas))
    if usual < _LEAST_USUAL:
        return
    far = usual - _FAR * float(np.nanmedian(np.abs(kappas - usual)))
    excused = _as_good(np.array([cohen_kappa(own, key) for own in table])) if key is not None else set()
    for coder, (kappa, noise) in found.items():
        by_chance = kappa < _ABOVE_CHANCE * noise and usual >= 2 * _ABOVE_CHANCE * noise
        if kappa < usual / 2 and (by_chance or kappa < far) and coder not in excused:
            why = (
                f"agrees with the rest of the class {kappa:.2f} beyond chance (kappa; 1 is always, 0 is chance); "
                f"{usual:.2f} is usual in this class"
            )
            yield _Row(coder, "agreement", kappa, usual, why)


def _as_good(kappas: Array) -> set[int]:
    """Who agrees with the key at least half as well as is usual."""
    if np.isnan(kappas).all():
        return set()
    usual = float(np.nanmedian(kappas))
    return set(np.flatnonzero((kappas > 0) & (kappas >= usual / 2)).tolist())


def _with_rest(own: Codes, counts: Array) -> tuple[float, float]:
    """Kappa of a coder with all others, pair by pair together, and its standard deviation by chance.

    Chance is the same choices in a random order of units (Hoeffding 1951). NaN where there are too few units that others
    coded, or nothing varies.
    """
    chosen = (own[:, None] == np.arange(counts.shape[1])).astype(np.float64)
    rest = counts - chosen
    shared = (own >= 0) & (rest.sum(axis=1) > 0)
    units = int(shared.sum())
    if units < LEAST_UNITS:
        return math.nan, math.nan
    chosen, shares = chosen[shared], rest[shared] / rest[shared].sum(axis=1, keepdims=True)
    own_shares, mean = chosen.mean(axis=0), shares.mean(axis=0)
    observed, expected = float((chosen * shares).sum() / units), float(own_shares @ mean)
    away = shares - (shares @ own_shares)[:, None] - mean + expected
    deviation = math.sqrt(float((own_shares * away**2).sum()) / units / (units - 1))
    if deviation < 1e-9:
        return math.nan, math.nan
    return (observed - expected) / (1 - expected), deviation / (1 - expected)


def _alike(table: Array, coders: Sequence[str], key: Array | None) -> Iterator[_Row]:
    """Codings that are the same to the letter, where two of this class would hardly come out the same by themselves.

    By themselves means that each unit is decided on as the class does; stretches that all coded alike count once.
    """
    values, codes = value_codes(table)
    usual = float(np.median(_likeness(codes, len(values)).max(axis=1)))
    new = np.append(True, (codes[:, 1:] != codes[:, :-1]).any(axis=0))
    counts = value_counts(codes[:, new], len(values))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    chance = np.log(np.where(counts.any(axis=1), (shares**2).sum(axis=1), 1))
    pairs = len(table) * (len(table) - 1) / 2
    same: dict[bytes, list[int]] = {}
    for coder, own in enumerate(codes):
        same.setdefault(own.tobytes(), []).append(coder)
    for group in same.values():
        if len(group) == 1:
            continue
        own = codes[group[0]]
        coded, marked = int((own >= 0).sum()), int(((own >= 0) & (table[group[0]] != 0)).sum())
        by_chance = math.log(pairs) + float(chance[own[new] >= 0].sum())
        is_key = key is not None and np.array_equal(table[group[0]], key, equal_nan=True)
        if marked >= _LEAST_MARKS and by_chance < math.log(_RARE) and not is_key:
            for coder in group:
                others = " and ".join(coders[other] for other in group if other != coder)
                why = f"is the same as the coding of {others} in all {coded} places, {marked} of them marked"
                yield _Row(coder, "alike", 1.0, usual, why)


def _likeness(codes: Codes, size: int) -> Array:
    """The share of units that two coders coded the same, of those that both coded; 0 with oneself."""
    chosen = [(codes == value).astype(np.float64) for value in range(size)]
    coded = (codes >= 0).astype(np.float64)
    both = coded @ coded.T
    same = np.sum([own @ own.T for own in chosen], axis=0)
    likeness: Array = np.divide(same, both, out=np.zeros_like(both), where=both > 0)
    np.fill_diagonal(likeness, 0)
    return likeness
