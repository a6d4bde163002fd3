"""Groups of articles, by outlet, date or any other metadata: pooled scores, and differences between groups.

What holds of the sentences of an article holds here of the articles of a group: their totals add up to the group's, the
bootstrap draws articles (Davison & Hinkley 1997, section 3.8: the whole cluster, never sentences out of it), and the
permutation test has articles change groups.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from framing.analysis import Analysis, Score, bearing, ratio
from framing.comparison.differences import COLUMNS as DIFFERENCE_COLUMNS
from framing.comparison.differences import Key, Side, compared, make_side
from framing.comparison.intervals import accelerated
from framing.comparison.rows import SCORE_COLUMNS
from framing.decoding import replace_surrogates

LEAST_ARTICLES = 5  # below this nothing is resampled: five articles have but 126 different resamples
NOT_GIVEN = "not given"
TOO_FEW = "too few articles to compare"

COLUMNS = ("group", "articles", *SCORE_COLUMNS)
GROUP_DIFFERENCE_COLUMNS = (*DIFFERENCE_COLUMNS, "articles_a", "articles_b")

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?!\d))?")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


class _Group(NamedTuple):
    """A group's side of a comparison, with totals by article; in how many sentences each score has evidence."""

    side: Side
    sentences: dict[Key, int]


def group_of(analysis: Analysis, by: str) -> str:
    """The group of an article: the text of the metadata column `by`, or the year or month of its date.

    A column that is itself called year or month goes first; a month is written 2026-11. What is missing is "not given".

    >>> from framing.analysis import analyze
    >>> from framing.document import make_document
    >>> analysis = analyze(make_document("Rain fell.", outlet="The Gazette", date="2026-11-22"), model="lexicon")
    >>> [group_of(analysis, by) for by in ("outlet", "year", "month", "genre")]
    ['The Gazette', '2026', '2026-11', 'not given']
    """
    meta = analysis.document.meta
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
        known = sorted({name for analysis in analyses for name in analysis.document.meta})
        near = difflib.get_close_matches(by, known, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(
            f"no article has '{by}' in its metadata; there is {', '.join(known) or 'none'}.{hint}"
        )
    return {name: groups[name] for name in sorted(groups, key=lambda name: (name == NOT_GIVEN, name))}


def group_scores(
    analyses: Iterable[Analysis], by: str, *, seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """Scores of groups: the formula of a score over the summed totals of the group's articles.

    One row per group and score. `articles` counts those that bear on the score, `n` is the sum of theirs. The 95 % interval
    is a bootstrap of articles (see `intervals.accelerated`), NaN where fewer than `LEAST_ARTICLES` bear on it. A score that
    counts kinds of each article's own (effective sources) has no pooled totals: its value is the mean of the articles', and
    it has no interval. Longer articles weigh more, as they do where one reads the group from end to end.
    """
    rows = [
        {"group": group.side.id, "articles": group.side.bearing[score.key], **score.to_dict()}
        for group in _groups(analyses, by, seed, resamples)
        for score in _with_intervals(group.side)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def group_differences(
    analyses: Iterable[Analysis], by: str, *, seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """Every score of every pair of groups, set against each other: `differences` with articles in the place of sentences.

    The columns of `differences.COLUMNS`, `a` and `b` being groups, and `articles_a`, `articles_b`: how many articles bear on
    the score. p comes from articles that change groups at random, ratios in standard errors (Chung & Romano 2013); `effect`
    is Cliff's delta of the articles' own values; q is controlled over all pairs and voices of a measure, labels apart. Where
    fewer than `LEAST_ARTICLES` bear on a side, the row says so in `note` and carries no interval, p or effect.
    """
    groups = _groups(analyses, by, seed, resamples)
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


def _groups(analyses: Iterable[Analysis], by: str, seed: int, resamples: int) -> list[_Group]:
    return [_group(name, members, seed, resamples) for name, members in grouped(analyses, by).items()]


def _group(name: str, analyses: Sequence[Analysis], seed: int, resamples: int) -> _Group:
    members: dict[Key, list[tuple[int, Score]]] = {}
    order: dict[str, int] = {}
    for number, analysis in enumerate(analyses):
        for score in analysis.scores:
            order.setdefault(score.dimension, len(order))
            members.setdefault(score.key, []).append((number, score))
    # An actor that a later article brings in stands with its dimension.
    keys = sorted(members, key=lambda key: order[key[0]])
    scores = [_pooled(members[key], len(analyses)) for key in keys]
    sentences = {key: sum(bearing(score.totals) for _, score in members[key]) for key in keys}
    side = make_side(
        name, scores, seed=seed, resamples=resamples, least=LEAST_ARTICLES, own_values=_own_values
    )
    return _Group(side, sentences)


def _pooled(members: Sequence[tuple[int, Score]], articles: int) -> Score:
    """The score of a group, with totals by article: zeros where an article lacks it."""
    _, first = members[0]
    n = sum(score.n for _, score in members)
    if first.exchangeable:
        totals, formula = np.zeros((articles, first.totals.shape[1])), first.formula
        for number, score in members:
            totals[number] = score.totals.sum(axis=0)
    else:
        totals, formula = np.zeros((articles, 2)), ratio()
        for number, score in members:
            if not np.isnan(score.value):
                totals[number] = score.value, 1
    value = float(formula(totals.sum(axis=0)))
    return replace(first, totals=totals, formula=formula, n=n, value=value, low=np.nan, high=np.nan)


def _own_values(score: Score) -> np.ndarray[Any, np.dtype[np.float64]]:
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
