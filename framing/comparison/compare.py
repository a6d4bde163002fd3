"""Several analyses side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from framing.analysis import Analysis
from framing.comparison.differences import differences
from framing.comparison.keywords import keywords
from framing.comparison.naming import naming
from framing.comparison.rows import scores_frame


@dataclass(frozen=True)
class Comparison:
    """Several analyses and what sets them apart, as tidy frames described in the modules of `framing.comparison`.

    `scores` has a row per article and score, `differences` per pair and score, `naming` per article, actor and name,
    `keywords` per article and word.
    """

    analyses: tuple[Analysis, ...]
    scores: pd.DataFrame
    differences: pd.DataFrame
    naming: pd.DataFrame
    keywords: pd.DataFrame


def compare(analyses: Iterable[Analysis], *, seed: int = 0, resamples: int = 1000) -> Comparison:
    """Set analyses side by side, in the order given. Raises `ValueError` when two articles share an id."""
    analyses = tuple(analyses)
    counts = Counter(analysis.document.id for analysis in analyses)
    twice = [id for id, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"two articles have the id '{twice[0]}'; give each its own")
    return Comparison(
        analyses=analyses,
        scores=scores_frame(analyses),
        differences=differences(analyses, seed=seed, resamples=resamples),
        naming=naming(analyses),
        keywords=keywords(analyses),
    )
