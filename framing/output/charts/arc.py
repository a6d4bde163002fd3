"""How tone and stance move along the article."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from framing.analysis import Analysis
from framing.comparison.intervals import Array
from framing.output.charts.barcode import position_axis
from framing.output.charts.parts import (
    MANY,
    PHONE,
    SMALL,
    Box,
    ChartFunction,
    Labels,
    Panel,
    Scale,
    Sheet,
    colors_of,
    fewer,
    in_columns,
    labels_of,
    note,
    nothing,
)  # fmt: skip
from framing.output.style import WIDTH, actor_name

COLUMNS = ("article", "dimension", "actor", "position", "value")
WINDOW = 0.25  # of the article's length
_LEAST = 3  # values in a window; fewer are no mean worth drawing
_STEPS = 41
_ROW = 40


def arcs(
    analyses: Sequence[Analysis], names: Mapping[str, str] | None = None, *, actors: Sequence[str] = ()
) -> pd.DataFrame:
    """Tone of every sentence and stance towards the actors along each article.

    One row per piece of evidence: `position` of its middle, 0..1 of the article's length, and `value`, −1..1; `actor`
    is "" for tone.
    """
    rows = []
    for analysis in analyses:
        document = analysis.document
        if not document.tokens:
            continue
        first, length = document.starts[0], max(document.ends[-1] - document.starts[0], 1)
        rows += [
            {
                "article": (names or {}).get(document.id, document.id), "dimension": dimension, "actor": item.actor or "",
                "position": ((item.start + item.end) / 2 - first) / length, "value": item.weight,
            }
            for dimension in ("tone", "stance")
            if dimension in analysis.readings
            for item in analysis.readings[dimension].evidence
            if dimension == "tone" or item.actor in actors
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def smoothed(positions: Array, values: Array, *, window: float = WINDOW) -> tuple[Array, Array]:
    """Moving mean along the article (Cleveland 1979 without weights): places, shape (41,), and means, NaN below 3 values.

    Each mean is that of all values at most half a window away; `positions` and `window` are shares of the article.
    """
    places = np.linspace(0, 1, _STEPS)
    near = np.abs(places[:, None] - positions[None, :]) <= window / 2 + 1e-9
    counts = near.sum(axis=1)
    means = np.where(counts >= _LEAST, (near * values).sum(axis=1) / np.maximum(counts, 1), np.nan)
    return places, means


@ChartFunction
def arc(
    rows: pd.DataFrame,
    articles: Sequence[str],
    *,
    window: float = WINDOW,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """Tone and stance from first to last word: the line is the mean of a quarter of the article, the points single values.

    `rows` comes from `arcs`. Where fewer than three values lie within the window, no line is drawn.
    """
    if rows.empty:
        return nothing("nothing to draw along the article", width, dark)
    sheet = Sheet(width, dark=dark)
    shown, remark = fewer(
        articles, rows.groupby("article").size().to_dict(), MANY // 2, "rated words and sentences"
    )
    labels, colors = labels_of(shown, width), colors_of(articles, dark=dark)
    drawn = [
        _panel(sheet, str(actor), own, shown, labels, colors, window)
        for (_, actor), own in rows.groupby(["dimension", "actor"], sort=False)
    ]
    columns = 1 if width < PHONE else min(3, len(drawn))
    bottom = in_columns(sheet, drawn, columns, left=labels.room)
    share = {0.25: "a quarter", 0.5: "half", 0.1: "a tenth"}.get(window, f"{window * 100:.0f} %")
    words = f"Line: mean of {share} of the article around each place, where it has at least {_LEAST} values. Points, n of them: single sentences or mentions. From −1 to 1."
    return sheet.cut(note(sheet, bottom, f"{words} {remark}".strip()))


def _panel(
    sheet: Sheet,
    actor: str,
    rows: pd.DataFrame,
    articles: Sequence[str],
    labels: Labels,
    colors: Mapping[str, str],
    window: float,
) -> Panel:
    def draw(box: Box) -> float:
        top = box.top
        scale = Scale(0, 1, box.left + 18, box.right - 34)
        for number, article in enumerate(articles):
            middle = top + (number + 0.5) * _ROW
            if box.first:
                labels.draw(sheet, article, box.left - 10, middle)
            own = rows[rows.article == article]
            height = Scale(-1, 1, middle + _ROW / 2 - 3, middle - _ROW / 2 + 3)
            for value, sign in ((1, "+"), (-1, "−")) if number == 0 else ():
                sheet.text(
                    box.left + 12, height(value * 0.7), sign, align="right", size=SMALL, color=sheet.ink.muted
                )
            sheet.rule(scale.left, middle, scale.right, middle, sheet.ink.rule)
            sheet.text(box.right, middle, str(len(own)), align="right", color=sheet.ink.muted)
            if own.empty:
                continue
            color = colors[article]
            sheet.specks(((scale(x), height(y)) for x, y in zip(own.position, own.value, strict=True)), color)
            places, means = smoothed(own.position.to_numpy(), own.value.to_numpy(), window=window)
            sheet.line(
                [(scale(x), math.nan if math.isnan(y) else height(y)) for x, y in zip(places.tolist(), means.tolist(), strict=True)],
                color, width=2,
            )  # fmt: skip
        return position_axis(sheet, scale, top, top + len(articles) * _ROW)

    if actor:
        return Panel(f"Stance: {actor_name(actor)}", ("less to more favourable · n at the right",), draw)
    return Panel("Tone", ("negative to positive · n at the right",), draw)
