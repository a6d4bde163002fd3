"""Everything that one dimension measures, a small panel each."""

from __future__ import annotations

import pandas as pd

from framing.output.charts.parts import ChartFunction, Sheet
from framing.output.charts.rows import score_panels
from framing.output.style import WIDTH, actor_name, spoken


@ChartFunction
def small_multiples(
    scores: pd.DataFrame,
    dimension: str,
    *,
    voice: str = "all",
    most: int = 24,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """A dot plot with 95 % intervals for every score of a dimension that some article says enough of.

    `most` is how many panels there may be: those with the largest values of n, in the order of the scores.
    """
    rows = scores[(scores.dimension == dimension) & (scores.voice == voice)]
    rows = rows.assign(label=rows.label.fillna(""), actor=rows.actor.fillna(""))
    found = {
        key: group
        for key, group in rows.groupby(["measure", "label", "actor"], sort=False)
        if (group.value.fillna(0) != 0).any() and (group.low.notna().any() or rows.low.isna().all())
    }
    kept = set(sorted(found, key=lambda key: -found[key].n.sum())[:most])
    panels = [(_title(*map(str, key)), group) for key, group in found.items() if key in kept]
    return score_panels(panels, width=width, dark=dark)


def _title(measure: str, label: str, actor: str) -> str:
    parts = [spoken(measure), spoken(label) if label else "", actor_name(actor) if actor else ""]
    return ": ".join(filter(None, parts))
