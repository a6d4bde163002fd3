"""What a change to a lexicon does to a corpus: hits gained and lost, and the scores of articles before and after.

Where the lexicon stands in for a shipped one, the articles are analysed anew with it, and all scores of the dimension
that reads it are compared. Only the model `lexicon` is asked: trained models learned beside the shipped lists, and would have
to be fitted anew before their scores with another list mean anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from framing.analysis import Analysis, analyze
from framing.comparison.groups import LEAST_ARTICLES
from framing.comparison.intervals import Array, accelerated, percentiles
from framing.document import Document
from framing.lexicon import Lexicon, lexicon_names, load_lexicon, replacing
from framing.workbench.hits import concordance

# The dimension that reads each shipped lexicon; the others serve several at once, and cannot be tried alone.
DIMENSIONS: Mapping[str, str] = {
    "contested": "loaded",
    "frames": "frames",
    "hedging": "hedging",
    "loaded": "loaded",
    "reporting": "attribution",
    "sources": "attribution",
    "stance": "stance",
}
HITS = "hits"
ENTRY_COLUMNS = (
    "term", "category", "old", "new", "gained", "lost", "change", "article", "sentence", "before", "hit", "after",
)  # fmt: skip
_KEY = ("measure", "label", "actor", "unit")
_PLACE = ["article", "start", "end", "category"]
_CONTEXT = 8  # words beside an example


@dataclass(frozen=True, eq=False)
class Effect:
    """What a change did. `measures` has a row a score, `articles` a row an article and score, `entries` a row an entry
    that gained or lost hits, with the first of them; `notes` say what the figures do not tell.
    """

    measures: pd.DataFrame
    articles: pd.DataFrame
    entries: pd.DataFrame
    notes: tuple[str, ...]


def effect(
    old: Lexicon,
    new: Lexicon,
    documents: Iterable[Document],
    *,
    instead_of: str = "",
    seed: int = 0,
    resamples: int = 1000,
) -> Effect:
    """What changes in the scores of articles when a lexicon takes the place of another.

    Always compared is the rate of hits per 1,000 words (measure "hits"). Where `old` is a shipped lexicon, or both are to
    stand `instead_of` one, so are all scores of its dimension, voice "all", by the model `lexicon`.

    `measures` has, for each score: how many `articles` have it both times, their means `old` and `new`, the mean of the paired
    `difference` (new − old) with its 95 % bootstrap interval over articles (BCa, see `intervals.accelerated`), Spearman's
    `rank_correlation` of the articles' order before and after with a percentile interval, the pairs of articles that are
    `swapped` (the higher one is now the lower), out of `pairs`, and how many articles `moved`: are in such a pair. No interval is given for fewer than five articles, no
    correlation where fewer than three have the score or all are alike: NaN.

    Raises `ValueError` for a lexicon that no dimension reads alone, or a new one that lacks columns the dimension needs.
    """
    documents = list(documents)
    if not documents:
        raise ValueError("there is no article to try the change on; name a folder with texts")
    shipped = instead_of or (
        old.name if old.name in lexicon_names() and old is load_lexicon(old.name) else ""
    )
    notes: list[str] = []
    if instead_of and instead_of not in DIMENSIONS:
        raise ValueError(
            f"'{instead_of}' is read by several dimensions or none; choose from {', '.join(DIMENSIONS)}"
        )
    if shipped and shipped not in DIMENSIONS:
        notes.append(f"'{shipped}' is read by several dimensions at once: only its hits are compared.")
        shipped = ""
    hits = [concordance(lexicon, documents, context=_CONTEXT) for lexicon in (old, new)]
    rows = _rate_rows(hits, documents)
    if shipped:
        dimension = DIMENSIONS[shipped]
        _check_columns(shipped, new)
        before, after = (_scores(shipped, lexicon, dimension, documents) for lexicon in (old, new))
        rows += _score_rows(before, after)
        notes.append(
            f"Scores are those of {dimension} by the model 'lexicon', all voices. Trained models learned beside the shipped "
            "list: with another one they have to be fitted anew."
        )
    articles = pd.DataFrame(rows, columns=["article", *_KEY, "old", "new"])
    articles["difference"] = articles.new - articles.old
    if len(documents) < LEAST_ARTICLES:
        notes.append(f"Intervals need {LEAST_ARTICLES} articles or more.")
    measures = _measures(articles, seed=seed, resamples=resamples)
    return Effect(measures, articles, _entries(old, new, *hits), tuple(notes))


def _check_columns(shipped: str, new: Lexicon) -> None:
    needed = dict.fromkeys(name for entry in load_lexicon(shipped).entries for name in entry.extra)
    has = {name for entry in new.entries for name in entry.extra}
    missing = [name for name in needed if name not in has]
    if missing:
        raise ValueError(
            f"{new.path or new.name}: lacks the column {', '.join(missing)}, which '{shipped}' has; add it, empty if need be"
        )


def _scores(shipped: str, lexicon: Lexicon, dimension: str, documents: Sequence[Document]) -> list[Analysis]:
    unchanged = lexicon is load_lexicon(shipped)
    with nullcontext() if unchanged else replacing(shipped, lexicon):
        return [
            analyze(document, model="lexicon", dimensions=[dimension], resamples=0) for document in documents
        ]


def _rate_rows(hits: Sequence[pd.DataFrame], documents: Sequence[Document]) -> list[tuple[object, ...]]:
    counts = [frame.article.value_counts() for frame in hits]
    rows: list[tuple[object, ...]] = []
    for document in documents:
        rates = [
            1000 * int(count.get(document.id, 0)) / document.words if document.words else np.nan
            for count in counts
        ]
        rows.append((document.id, HITS, "", "", "per 1,000 words", *rates))
    return rows


def _score_rows(before: Sequence[Analysis], after: Sequence[Analysis]) -> list[tuple[object, ...]]:
    """A row for each article and score of either analysis; what one does not have is NaN."""
    rows: list[tuple[object, ...]] = []
    for one, other in zip(before, after, strict=True):
        values: dict[tuple[str, str, str, str], list[float]] = {}
        for side, analysis in enumerate((one, other)):
            for score in analysis.scores:
                if score.voice == "all":
                    key = score.measure, score.label or "", score.actor or "", score.unit
                    values.setdefault(key, [np.nan, np.nan])[side] = score.value
        rows += [(one.document.id, *key, *pair) for key, pair in values.items()]
    return rows


# Measures -------------------------------------------------------------------------------------------------------


def _measures(articles: pd.DataFrame, *, seed: int, resamples: int) -> pd.DataFrame:
    rows = []
    for key, own in articles.groupby(list(_KEY), sort=False):
        pairs = own[["old", "new"]].dropna().to_numpy(dtype=float)
        rows.append({**dict(zip(_KEY, key, strict=True)), **_paired(pairs, seed, resamples)})
    return pd.DataFrame(rows)


def _paired(pairs: Array, seed: int, resamples: int) -> dict[str, object]:
    count = len(pairs)
    old, new = pairs[:, 0], pairs[:, 1]
    difference = new - old
    low = high = rank_low = rank_high = np.nan
    correlation = _spearman(old[None], new[None])[0]
    if count >= LEAST_ARTICLES and resamples:
        draws = np.random.default_rng(seed).integers(count, size=(resamples, count))
        without = (difference.sum() - difference) / (count - 1)
        ends = accelerated(
            difference[draws].mean(axis=1)[None],
            np.array([difference.mean()]),
            without[None],
            np.array([float(count)]),
        )
        low, high = (float(end[0]) for end in ends)
        if not np.isnan(correlation):
            rank_low, rank_high = map(float, percentiles(_spearman(old[draws], new[draws])))
    swapped, moved = _swapped(old, new)
    return {
        "articles": count,
        "old": old.mean() if count else np.nan,
        "new": new.mean() if count else np.nan,
        "difference": difference.mean() if count else np.nan,
        "low": low, "high": high,
        "rank_correlation": correlation, "rank_low": rank_low, "rank_high": rank_high,
        "moved": moved, "swapped": swapped, "pairs": count * (count - 1) // 2,
    }  # fmt: skip


def _spearman(a: Array, b: Array) -> Array:
    """Spearman's rank correlation of each row of a with that of b (ties share a rank); NaN for under three or no spread."""
    if a.shape[1] < 3:
        return np.full(len(a), np.nan)
    ranks = [rankdata(side, axis=1) for side in (a, b)]
    away = [side - side.mean(axis=1, keepdims=True) for side in ranks]
    below = np.sqrt((away[0] ** 2).sum(axis=1) * (away[1] ** 2).sum(axis=1))
    result: Array = np.divide(
        (away[0] * away[1]).sum(axis=1), below, out=np.full(len(a), np.nan), where=below > 0
    )
    return result


def _swapped(old: Array, new: Array) -> tuple[int, int]:
    """Pairs of articles whose order is the other way round, and the articles in such pairs; a tie is no order."""
    pairs = 0
    moved: set[int] = set()
    for at in range(len(old) - 1):
        turned = np.flatnonzero((old[at + 1 :] - old[at]) * (new[at + 1 :] - new[at]) < 0)
        pairs += len(turned)
        moved.update((turned + at + 1).tolist(), [at] if len(turned) else [])
    return pairs, len(moved)


# Entries --------------------------------------------------------------------------------------------------------


def _entries(old: Lexicon, new: Lexicon, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Entries whose hits changed, the largest change first. A hit is the same where place and category are."""
    places = [set(frame[_PLACE].itertuples(index=False, name=None)) for frame in (before, after)]
    lost = before.loc[[key not in places[1] for key in before[_PLACE].itertuples(index=False, name=None)]]
    gained = after.loc[[key not in places[0] for key in after[_PLACE].itertuples(index=False, name=None)]]
    listed = [{(entry.term, entry.category) for entry in lexicon.entries} for lexicon in (old, new)]
    rows = []
    for term, category in sorted(set(zip(lost.term, lost.category)) | set(zip(gained.term, gained.category))):  # noqa: B905  columns of one frame
        own = [
            frame[(frame.term == term) & (frame.category == category)]
            for frame in (before, after, gained, lost)
        ]
        example = (own[2] if len(own[2]) else own[3]).iloc[0]
        key = term, category
        change = "added" if key not in listed[0] else "removed" if key not in listed[1] else "changed"
        rows.append((
            term, category, *map(len, own), change,
            example.article, int(example.sentence), example.before, example.hit, example.after,
        ))  # fmt: skip
    rows.sort(key=lambda row: (-(row[4] + row[5]), row[1], row[0]))
    return pd.DataFrame(rows, columns=list(ENTRY_COLUMNS))
