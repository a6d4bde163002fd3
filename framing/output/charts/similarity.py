"""How alike the articles are, as a matrix or, where they are many, as a map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from framing.comparison.intervals import Array
from framing.output.charts.matrix import Pairs, Shades, by_pair, draw_matrix
from framing.output.charts.parts import (
    PHONE,
    SMALL,
    ChartFunction,
    Sheet,
    column_labels,
    heading,
    labels_of,
    note,
    nothing,
    overhang,
    squeeze,
    text_width,
)  # fmt: skip
from framing.output.style import WIDTH

_MATRIX = 12  # more articles than this are drawn as a map
_TILE = "#56B4E9"


@ChartFunction
def similarity_map(
    similarity: pd.DataFrame, articles: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """How alike articles are: a matrix of all pairs, or, for more than twelve, a map on which like articles lie close.

    `similarity` has the columns a, b and similarity (0..1), every pair once.
    """
    if len(articles) < 2 or similarity.empty:
        return nothing("one article is like no other", width, dark)
    pairs = by_pair(similarity, "similarity")
    draw = _matrix if len(articles) <= _MATRIX else _map
    return draw(Sheet(width, dark=dark), pairs, articles)


def _matrix(sheet: Sheet, pairs: Pairs, articles: Sequence[str]) -> Sheet:
    labels = labels_of(articles, sheet.width)
    step = min((sheet.width - labels.room - overhang(articles)) / (len(articles) - 0.5), 62)
    what = "0: no words in common, 100: the same text"
    y = heading(
        sheet, 0, 0, sheet.width, "", f"similarity of two articles, {what} · n {len(articles)} articles"
    )
    y = column_labels(sheet, articles, labels.room, step, y) + 2
    row = max(labels.row + 2, 24)
    shades = Shades(_TILE, 0.12, "{:.2f}".format, _hundredths, 11 if step >= 20 else SMALL)
    return sheet.cut(draw_matrix(sheet, y, pairs, articles, labels, step, row, shades) + 4)


def _hundredths(similarity: float) -> str:
    return f"{similarity * 100:.0f}"


def _map(sheet: Sheet, pairs: Pairs, articles: Sequence[str]) -> Sheet:
    distances = np.array([
        [0.0 if one == other else 1 - pairs.get(frozenset((one, other)), 0.0) for other in articles]
        for one in articles
    ])  # fmt: skip
    places, kept = positions(distances)
    what = "articles that lie close use like words; the distance is 1 − similarity, as far as two directions can show it"
    top = (
        heading(sheet, 0, 0, sheet.width, "", f"{what} (correlation {kept:.2f}) · n {len(articles)} articles")
        + 10
    )
    height = sheet.width * (0.55 if sheet.width >= PHONE else 1)
    low, high = places.min(axis=0), places.max(axis=0)
    scale = min((sheet.width - 24) / (high[0] - low[0] or 1), (height - 24) / (high[1] - low[1] or 1))
    left = (sheet.width - scale * (high[0] - low[0])) / 2
    points = [(left + scale * (x - low[0]), top + 12 + scale * (y - low[1])) for x, y in places.tolist()]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    written = 0
    for article, (x, y) in zip(articles, points, strict=True):
        sheet.dot(x, y, sheet.ink.muted, size=36, tip=article)
        name = squeeze(article, 150, SMALL)
        width = text_width(name, SMALL)
        for start, middle in (
            (x + 7, y),
            (x - 7 - width, y),
            (x - width / 2, y - 11),
            (x - width / 2, y + 11),
        ):
            area = (start, middle - 6, start + width, middle + 6)
            if area[0] >= 0 and area[2] <= sheet.width and not any(_overlap(area, other) for other in taken):
                sheet.text(start, middle, name, size=SMALL)
                taken.append(area)
                written += 1
                break
    bottom = top + 24 + scale * (high[1] - low[1])
    missing = len(articles) - written
    return sheet.cut(note(sheet, bottom, f"{written} of {len(articles)} articles are named, as many as there is room for.") if missing else bottom)  # fmt: skip


def positions(distances: Array) -> tuple[Array, float]:
    """Two-dimensional positions by classical scaling (Torgerson 1952), and how well their distances correlate with the given ones.

    `distances` has shape (n, n); the positions, shape (n, 2), are the two directions of greatest spread, each turned so
    that its largest value is positive.
    """
    size = len(distances)
    centre = np.eye(size) - 1 / size
    values, vectors = np.linalg.eigh(-0.5 * centre @ distances**2 @ centre)
    places = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0))
    places *= np.sign(places[np.abs(places).argmax(axis=0), [0, 1]] + 1e-12)
    upper = np.triu_indices(size, 1)
    drawn = np.linalg.norm(places[:, None] - places[None, :], axis=2)[upper]
    given = distances[upper]
    kept = float(np.corrcoef(drawn, given)[0, 1]) if drawn.std() > 0 and given.std() > 0 else math.nan
    return places, kept


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
