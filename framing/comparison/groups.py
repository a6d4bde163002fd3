"""Groups of articles, by outlet, date or any other metadata: pooled scores, and differences between groups.

What holds of the sentences of an article holds here of the articles of a group: their totals add up to the group's, the
bootstrap draws articles (Davison & Hinkley 1997, section 3.8: the whole cluster, never sentences out of it), and the
permutation test has articles change groups.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from framing.analysis import Analysis, Score, bearing, ratio
from framing.comparison.differences import COLUMNS as DIFFERENCE_COLUMNS
from framing.comparison.differences import Key, Side, compared, make_side
from framing.comparison.intervals import Array, accelerated
from framing.comparison.rows import SCORE_COLUMNS
from framing.decoding import replace_surrogates

LEAST_ARTICLES = 5  # below this nothing is resampled: five articles have but 126 different resamples
NOT_GIVEN = "not given"
TOO_FEW = "too few articles to compare"

COLUMNS = ("group", "articles", *SCORE_COLUMNS)
GROUP_DIFFERENCE_COLUMNS = (*DIFFERENCE_COLUMNS, "articles_a", "articles_b")

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?!\d))?")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


SUM_DIGITS = (
    9  # of a score's totals over an article, as stored results keep them: both ways to a group are then one
)

Counts = NDArray[np.int32]


class Tally(NamedTuple):
    """A score in all the articles that have it, m of them.

    `score` says what it is and how it is worked out; its own totals and value count for nothing.
    """

    score: Score
    articles: Counts  # numbers of the articles, shape (m,)
    places: Counts  # where it stands among the scores of each, shape (m,)
    sums: Array  # its totals over all sentences of each, shape (m, columns)
    n: Counts  # what the value of each rests on, shape (m,)
    sentences: Counts  # how many sentences of each bear on it, shape (m,)


class Pool(NamedTuple):
    """What groups are made of: the group of each article, and every score of all of them."""

    groups: Sequence[str]
    tallies: Sequence[Tally]


class Group(NamedTuple):
    """A group's side of a comparison, with totals by article; how many articles, and sentences that bear on each score."""

    side: Side
    articles: int
    sentences: Mapping[Key, int]


def group_of(analysis: Analysis, by: str) -> str:
    """The group of an article: the text of the metadata column `by`, or the year or month of its date.

    A column that is itself called year or month goes first; a month is written 2026-11. What is missing is "not given".

    >>> from framing.analysis import analyze
    >>> from framing.document import make_document
    >>> analysis = analyze(make_document("Rain fell.", outlet="The Gazette", date="2026-11-22"), model="lexicon")
    >>> [group_of(analysis, by) for by in ("outlet", "year", "month", "genre")]
    ['The Gazette', '2026', '2026-11', 'not given']
    """
    return group_in(analysis.document.meta, by)


def group_in(meta: Mapping[str, Any], by: str) -> str:
    """The group of an article with this metadata, as `group_of` has it."""
    value = _plain(meta.get(by))
    if not value and by in {"year", "month"}:
        value = _period(_plain(meta.get("date")), by)
    return value or NOT_GIVEN


def grouped(analyses: Iterable[Analysis], by: str) -> dict[str, list[Analysis]]:
    """The articles of each group (see `group_of`), groups by name and "not given" last, articles in the order given.

    Raises `ValueError` that lists the columns when no article has a column `by`.
    """
    analyses = list(analyses)
    groups: dict[str, list[Analysis]] = {}
    for analysis in analyses:
        groups.setdefault(group_of(analysis, by), []).append(analysis)
    if groups.keys() == {NOT_GIVEN}:
        raise no_such_column(by, {name for analysis in analyses for name in analysis.document.meta})
    return {name: groups[name] for name in in_order(groups)}


def in_order(groups: Iterable[str]) -> list[str]:
    """Groups by name, "not given" last."""
    return sorted(set(groups), key=lambda name: (name == NOT_GIVEN, name))


def no_such_column(by: str, columns: Iterable[str]) -> ValueError:
    """The error for a metadata column that no article has."""
    known = sorted(columns)
    near = difflib.get_close_matches(by, known, 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return ValueError(f"no article has '{by}' in its metadata; there is {', '.join(known) or 'none'}.{hint}")


def group_scores(
    analyses: Iterable[Analysis], by: str, *, seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """Scores of groups: the formula of a score over the summed totals of the group's articles.

    One row per group and score. `articles` counts those that bear on the score, `n` is the sum of theirs. The 95 % interval
    is a bootstrap of articles (see `intervals.accelerated`), NaN where fewer than `LEAST_ARTICLES` bear on it. A score that
    counts kinds of each article's own (effective sources) has no pooled totals: its value is the mean of the articles', and
    it has no interval. Longer articles weigh more, as they do where one reads the group from end to end.
    """
    return scores_of(make_groups(pooled(analyses, by), seed=seed, resamples=resamples))


def group_differences(
    analyses: Iterable[Analysis], by: str, *, seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """Every score of every pair of groups, set against each other: `differences` with articles in the place of sentences.

    The columns of `differences.COLUMNS`, `a` and `b` being groups, and `articles_a`, `articles_b`: how many articles bear on
    the score. p comes from articles that change groups at random, ratios in standard errors (Chung & Romano 2013); `effect`
    is Cliff's delta of the articles' own values; q is controlled over all pairs and voices of a measure, labels apart. Where
    fewer than `LEAST_ARTICLES` bear on a side, the row says so in `note` and carries no interval, p or effect.
    """
    groups = make_groups(pooled(analyses, by), seed=seed, resamples=resamples)
    return differences_of(groups, seed=seed, resamples=resamples)


def scores_of(groups: Iterable[Group]) -> pd.DataFrame:
    """The rows of `group_scores`."""
    rows = [
        {"group": group.side.id, "articles": group.side.bearing[score.key], **score.to_dict()}
        for group in groups
        for score in _with_intervals(group.side)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def differences_of(groups: Sequence[Group], *, seed: int, resamples: int) -> pd.DataFrame:
    """The rows of `group_differences`."""
    frame = compared([group.side for group in groups], seed=seed, resamples=resamples, too_little=TOO_FEW)
    sentences = {group.side.id: group.sentences for group in groups}
    keys = list(
        zip(*(frame[name] for name in ("dimension", "measure", "label", "actor", "voice")), strict=True)
    )
    for side in ("a", "b"):
        frame[f"articles_{side}"] = frame[f"sentences_{side}"]
        frame[f"sentences_{side}"] = [
            sentences[group].get(key, 0) for group, key in zip(frame[side], keys, strict=True)
        ]
    return frame[list(GROUP_DIFFERENCE_COLUMNS)]


def pooled(analyses: Iterable[Analysis], by: str) -> Pool:
    """What the groups of `grouped` are made of. Raises its `ValueError`."""
    analyses = list(analyses)
    grouped(analyses, by)
    found: dict[Key, list[tuple[int, int, Score]]] = {}
    for number, analysis in enumerate(analyses):
        for place, score in enumerate(analysis.scores):
            found.setdefault(score.key, []).append((number, place, score))
    return Pool([group_of(analysis, by) for analysis in analyses], [_tally(own) for own in found.values()])


def _tally(found: Sequence[tuple[int, int, Score]]) -> Tally:
    articles, places, scores = zip(*found, strict=True)
    first = scores[0]
    if first.exchangeable:
        sums = np.array([score.totals.sum(axis=0) for score in scores])
    else:
        first = of_own_kinds(first)
        sums = means_of([score.value for score in scores])
    return Tally(
        first,
        np.array(articles, dtype=np.int32),
        np.array(places, dtype=np.int32),
        np.round(sums, SUM_DIGITS) + 0.0,
        np.array([score.n for score in scores], dtype=np.int32),
        np.array([bearing(score.totals) for score in scores], dtype=np.int32),
    )


def of_own_kinds(score: Score) -> Score:
    """A score that counts kinds of each article's own, as one that can be pooled: the mean of the articles' values."""
    return replace(score, formula=ratio())


def means_of(values: Iterable[float]) -> Array:
    """Values as totals of which the ratio is their mean, shape (m, 2); what is undefined counts for nothing."""
    known = np.array(list(values), dtype=np.float64)
    return np.stack([np.nan_to_num(known), ~np.isnan(known)], axis=1)


def make_groups(pool: Pool, *, seed: int, resamples: int) -> list[Group]:
    """The groups of a pool in their order, each with its draws of articles."""
    members: dict[str, list[int]] = {name: [] for name in in_order(pool.groups)}
    for number, name in enumerate(pool.groups):
        members[name].append(number)
    return [
        _group(name, np.array(own), len(pool.groups), pool.tallies, seed, resamples)
        for name, own in members.items()
    ]


def _group(
    name: str,
    members: NDArray[np.intp],
    articles: int,
    tallies: Iterable[Tally],
    seed: int,
    resamples: int,
) -> Group:
    rows = np.full(articles, -1)
    rows[members] = np.arange(len(members))
    scores: list[tuple[int, int, Score]] = []
    sentences: dict[Key, int] = {}
    for tally in tallies:
        at = rows[tally.articles]
        own = at >= 0
        if not own.any():
            continue
        totals = np.zeros((len(members), tally.sums.shape[1]))
        totals[at[own]] = tally.sums[own]
        score = replace(
            tally.score,
            totals=totals,
            n=int(tally.n[own].sum(dtype=np.int64)),
            value=float(tally.score.formula(totals.sum(axis=0))),
            low=np.nan,
            high=np.nan,
        )
        first = int(own.argmax())
        scores.append((int(tally.articles[first]), int(tally.places[first]), score))
        sentences[score.key] = int(tally.sentences[own].sum(dtype=np.int64))
    # An actor that a later article brings in stands with its dimension.
    scores.sort(key=lambda score: score[:2])
    order: dict[str, int] = {}
    for *_, score in scores:
        order.setdefault(score.dimension, len(order))
    side = make_side(
        name,
        sorted((score for *_, score in scores), key=lambda score: order[score.dimension]),
        seed=seed,
        resamples=resamples,
        least=LEAST_ARTICLES,
        own_values=_own_values,
    )
    return Group(side, len(members), sentences)


def _own_values(score: Score) -> Array:
    """The score of each article on its own, those that do not bear on it left out."""
    values = score.formula(score.totals[score.totals.any(axis=1)])
    return values[np.isfinite(values)]


def _with_intervals(side: Side) -> list[Score]:
    """The scores of a group in their order, with intervals where enough articles bear on them."""
    tested = [side.scores[key] for key in side.drawn]
    ends: dict[Key, tuple[float, float]] = {}
    if tested:
        low, high = accelerated(
            np.array([side.drawn[score.key] for score in tested]),
            np.array([score.value for score in tested]),
            np.array([side.left_out[score.key] for score in tested]),
            np.array([side.bearing[score.key] for score in tested], dtype=float),
        )
        ends = dict(zip(side.drawn, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    return [score.valued(score.value, *ends.get(key, (np.nan, np.nan))) for key, score in side.scores.items()]


def _plain(value: Any) -> str:
    """Metadata as text; empty where there is none."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return " ".join(replace_surrogates(str(value))[0].split())


def _period(date: str, what: str) -> str:
    """The year or month of a date; empty where it has none. Days and months in figures alone are not guessed at."""
    iso = _ISO.match(date)
    if iso:
        year, month = iso.groups()
    elif any(map(str.isalpha, date)):
        parsed = pd.to_datetime(date, errors="coerce")
        year, month = ("", "") if pd.isna(parsed) else (f"{parsed.year:04}", str(parsed.month))
    else:
        found = _YEAR.search(date)
        year, month = found.group() if found else "", None
    if what == "year":
        return year
    return f"{year}-{int(month):02}" if year and month and 1 <= int(month) <= 12 else ""
