"""Sources by type, from those a reader can check to those nobody can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from framing.analysis import Analysis
from framing.output.charts.parts import (
    MANY,
    ChartFunction,
    Entry,
    Scale,
    Sheet,
    fewer,
    key,
    labelled_axis,
    labels_of,
    note,
    over,
    text_width,
    ticks,
)  # fmt: skip
from framing.output.style import SOURCE_LETTERS, SOURCE_TYPES, UNKNOWN_SOURCE, WIDTH, spoken


@ChartFunction
def sourcing(
    evidence: pd.DataFrame, articles: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """How the sources of each article divide by type, from those a reader can check to those nobody can.

    `evidence` needs the columns article, dimension and source_type. Each part of a bar has the letter of its type and
    its count.
    """
    sheet = Sheet(width, dark=dark)
    rows = evidence[evidence.dimension == "attribution"]
    counts = rows.groupby(["article", "source_type"], sort=False).size()
    totals = {str(article): int(n) for article, n in rows.groupby("article", sort=False).size().items()}
    shown, remark = fewer(articles, totals, MANY, "attributions")
    types = types_of(rows.source_type.dropna())
    labels = labels_of(shown, width)
    top = key(sheet, 0, 0, key_of(types)) + 6
    end = f"n {max([0, *totals.values()])}"
    scale = Scale(0, 1, labels.room, width - text_width(end) - 8)
    for number, article in enumerate(shown):
        y = top + (number + 0.5) * labels.row
        labels.draw(sheet, article, labels.room - 10, y)
        own = [(kind, int(counts.get((article, kind), 0))) for kind in types]
        total, done = sum(count for _, count in own), 0
        for kind, count in own:
            if count:
                left, right = scale(done / total), scale((done + count) / total)
                segment(
                    sheet, left, right, y, SOURCE_TYPES.get(kind, UNKNOWN_SOURCE),
                    [f"{letter_of(kind)} {count}", str(count)], f"{article}, {spoken(kind)}: {count} of {total}",
                )  # fmt: skip
                done += count
        if total:
            sheet.text(scale.right + 6, y, f"n {total}", color=sheet.ink.muted)
        else:
            sheet.text(scale.left + 2, y, "no attribution found", color=sheet.ink.muted, style="italic")
    bottom = shares_axis(sheet, scale, top, top + len(shown) * labels.row, "share of attributions")
    return sheet.cut(note(sheet, bottom, remark) if remark else bottom)


def sources(analyses: Sequence[Analysis], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The attributions of each article: article, dimension, source_type, as `sourcing` wants them."""
    rows = [
        (
            (names or {}).get(analysis.document.id, analysis.document.id),
            "attribution",
            item.extra["source_type"],
        )
        for analysis in analyses
        if "attribution" in analysis.readings
        for item in analysis.readings["attribution"].evidence
    ]
    return pd.DataFrame(rows, columns=["article", "dimension", "source_type"])


def types_of(found: Iterable[str]) -> list[str]:
    """The types that occur, the known ones first, in the order of how well readers can check them."""
    present = set(found)
    return [*(kind for kind in SOURCE_TYPES if kind in present), *sorted(present - set(SOURCE_TYPES))]


def letter_of(kind: str) -> str:
    """The letter that stands for a type beside its colour."""
    return SOURCE_LETTERS.get(kind, kind[:1].upper())


def key_of(types: Sequence[str]) -> list[Entry]:
    """The key to the types of sources."""
    return [
        Entry(f"{letter_of(kind)}  {spoken(kind)}", SOURCE_TYPES.get(kind, UNKNOWN_SOURCE)) for kind in types
    ]


def segment(
    sheet: Sheet, left: float, right: float, y: float, fill: str, texts: Sequence[str], tip: str
) -> None:
    """A part of a stacked bar with the first of the texts that it has room for."""
    sheet.rect(left, y - 8, max(right - 1, left + 0.5), y + 8, fill, tip=tip)
    for text in texts:
        if text and text_width(text) + 4 <= right - left - 1:
            sheet.text((left + right) / 2, y, text, align="center", color=over(fill))
            break


def shares_axis(
    sheet: Sheet, scale: Scale, top: float, bottom: float, title: str, *, grid: bool = True
) -> float:
    """An axis of percentages with a title; returns where it ends."""
    labels = [(step, f"{step * 100:.0f} %") for step in ticks(0, scale.high, 2 if sheet.phone else 5)]
    end = labelled_axis(sheet, scale, top, bottom, labels, grid=grid)
    sheet.text((scale.left + scale.right) / 2, end + 6, title, align="center", color=sheet.ink.muted)
    return end + 14
