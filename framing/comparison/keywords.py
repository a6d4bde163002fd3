"""Distinctive words by log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, section 3.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from framing.analysis import Analysis
from framing.comparison.intervals import Array

COLUMNS = ("group", "word", "z", "log_odds", "count", "words", "other_count", "other_words")


def log_odds(counts: Mapping[str, Mapping[str, int]], *, prior: float | None = None) -> pd.DataFrame:
    """Log-odds ratio with an informative Dirichlet prior, each group against all others (Monroe et al. 2008, eq. 15–22).

    `counts` gives the words of each group. The prior expects every group to use a word as often as all groups
    together do, with the weight of `prior` words; by default the prior weighs as much as one more group of average
    size, which keeps what everybody uses, stop words above all, near zero. One row per group and word it uses: `z` in
    standard errors (higher = more distinctive), `log_odds` in nats, and the counts behind them. With fewer than two
    groups the frame is empty; where there is but one word, it has no odds (NaN).

    >>> frame = log_odds({"a": {"the": 9, "base": 5}, "b": {"the": 9, "visit": 5}})
    >>> frame[frame.z > 1].word.tolist()
    ['base', 'visit']
    """
    groups = [group for group in counts if counts[group]]
    if len(groups) < 2:
        return pd.DataFrame(columns=list(COLUMNS))
    vocabulary = sorted(set().union(*(counts[group] for group in groups)))
    table = np.array([[counts[group].get(word, 0) for word in vocabulary] for group in groups], dtype=float)
    pooled = table.sum(axis=0)
    alpha = pooled * ((pooled.sum() / len(groups) if prior is None else prior) / pooled.sum())
    inside, outside = table + alpha, pooled - table + alpha
    delta = _logit(inside) - _logit(outside)
    z = delta / np.sqrt(1 / inside + 1 / outside)
    rows, columns = np.nonzero(table)
    frame = pd.DataFrame({
        "group": [groups[row] for row in rows],
        "word": [vocabulary[column] for column in columns],
        "z": z[rows, columns],
        "log_odds": delta[rows, columns],
        "count": table[rows, columns].astype(int),
        "words": table.sum(axis=1)[rows].astype(int),
        "other_count": (pooled - table)[rows, columns].astype(int),
        "other_words": (pooled.sum() - table.sum(axis=1))[rows].astype(int),
    })  # fmt: skip
    frame["order"] = rows
    return frame.sort_values(["order", "z", "word"], ascending=[True, False, True], ignore_index=True).drop(
        columns="order"
    )


def keywords(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """Distinctive words of each article against all others (Monroe et al. 2008); numbers and punctuation are left out."""
    return log_odds({analysis.document.id: count_words(analysis) for analysis in analyses})


def count_words(analysis: Analysis) -> Counter[str]:
    """How often an article uses each word, lower-cased; only tokens that begin with a letter are words."""
    document = analysis.document
    return Counter(
        token
        for token, is_word in zip(document.tokens, document.is_word, strict=True)
        if is_word and token[0].isalpha()
    )


def _logit(counts: Array) -> Array:
    others = counts.sum(axis=1, keepdims=True) - counts
    log_odds: Array = np.log(counts) - np.log(np.where(others > 0, others, np.nan))
    return log_odds
