"""At a glance: one value per article and dimension, with its interval, on one page."""

from __future__ import annotations

import pandas as pd

from framing.analysis import load_dimensions
from framing.output.charts.parts import ChartFunction, Sheet
from framing.output.charts.rows import score_panels
from framing.output.charts.stance import most_mentioned, with_enough
from framing.output.style import WIDTH, actor_name


@ChartFunction
def at_a_glance(scores: pd.DataFrame, *, width: int = WIDTH, dark: bool = False) -> Sheet:
    """One dot plot with 95 % intervals per dimension, and one for the stance towards each of the actors most mentioned.

    More than 24 articles stand in one strip per dimension, or one per `group`, if the scores have that column. Scores
    of groups (`framing.comparison.groups`) are drawn as those of articles once their column is called `article`.
    """
    main = main_scores(scores)
    panels = [(_title(group), group) for _, group in main.groupby("panel", sort=False)]
    return score_panels(panels, width=width, dark=dark)


def main_scores(scores: pd.DataFrame, *, actors: int = 3) -> pd.DataFrame:
    """The score that stands for each dimension, over all voices, and the stance towards the actors most mentioned.

    Adds a column `panel`. A dimension whose scores all carry a label (frames) has no single value and is left out.
    """
    everyone = scores[scores.voice == "all"]
    plain = everyone[everyone.label.isna() & everyone.actor.isna()]
    parts = [
        group[group.measure == group.measure.iloc[0]].assign(panel=name)
        for name, group in plain.groupby("dimension", sort=False)
        if name != "stance"
    ]
    for actor in with_enough(scores, most_mentioned(scores, actors)):
        rows = everyone[(everyone.dimension == "stance") & (everyone.actor == actor)]
        parts.append(rows[rows.measure == rows.measure.iloc[0]].assign(panel=f"stance {actor}"))
    return pd.concat(parts, ignore_index=True) if parts else everyone.head(0).assign(panel="")


def _title(group: pd.DataFrame) -> str:
    dimension, actor = group.dimension.iloc[0], group.actor.iloc[0]
    title = load_dimensions()[dimension].title if dimension in load_dimensions() else dimension
    return f"{title}: {actor_name(actor)}" if isinstance(actor, str) else title
