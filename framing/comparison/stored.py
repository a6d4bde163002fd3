"""How stored scores are worked out again from their sums: the formula of every measure, asked of the dimensions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from framing.analysis import Score, analyze

# An actor who speaks, and of whom something is said: measures by actor exist only where one is mentioned.
_SAMPLE = "Russia said that Ukraine may have failed."


@cache
def formulas() -> Mapping[tuple[str, str], Score]:
    """For each dimension and measure a score that has its formula, and says whether it can be pooled.

    >>> score = formulas()["hedging", "hedge_cues"]
    >>> score.formula.scale, score.exchangeable
    (1000, True)
    """
    scores = analyze(_SAMPLE, model="lexicon", resamples=0).scores
    return {(score.dimension, score.measure): score for score in scores}
