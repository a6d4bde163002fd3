"""Bars by label: hedges by type, frames, kinds of loaded terms."""

from __future__ import annotations

import pandas as pd

from framing.output.charts.parts import ChartFunction, Sheet
from framing.output.charts.rows import score_panels
from framing.output.style import WIDTH, spoken


@ChartFunction
def bars_by_label(
    scores: pd.DataFrame, dimension: str, measure: str, *, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """One small panel of bars with intervals per label of a measure, such as hedges by type; all on the same scale."""
    rows = scores[(scores.dimension == dimension) & (scores.measure == measure) & (scores.voice == "all")]
    rows = rows[rows.label.notna()]
    panels = [(spoken(str(label)), group) for label, group in rows.groupby("label", sort=False)]
    return score_panels(panels, width=width, dark=dark, bars=True, shared=True)


def labelled_measure(scores: pd.DataFrame, dimension: str) -> str | None:
    """The measure of a dimension that has the most labels, the first of equals, or None."""
    rows = scores[(scores.dimension == dimension) & scores.label.notna()]
    if rows.empty:
        return None
    labels = rows.groupby("measure", sort=False)["label"].nunique()
    return str(labels.idxmax())
