"""Panels of scores: a row per article with value and interval, or all articles in one strip where they are many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from framing.output.charts.parts import (
    MANY,
    PHONE,
    Blank,
    Box,
    Labels,
    Numbers,
    Panel,
    Row,
    Scale,
    Sheet,
    as_rows,
    axis,
    colors_of,
    domain,
    in_columns,
    labels_of,
    note,
    nothing,
    numbers_of,
)  # fmt: skip
from framing.output.style import WIDTH, in_words, shown

NONE: Row = {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0}
STRIP = 26  # pixels per group of articles
STRIPS = "Each stroke is an article; the bar spans the middle half of them, the point is their median. At the right the median and n, the number of articles."
_ALL = "all articles"


class Table(NamedTuple):
    """What the panels of one chart share: the articles, their groups if they are many, and the room at both sides."""

    sheet: Sheet
    articles: list[str]
    groups: dict[str, list[str]]
    labels: Labels
    numbers: Numbers
    intervals: bool

    @property
    def many(self) -> bool:
        """Whether articles share a strip."""
        return bool(self.groups)

    def scale(self, span: tuple[float, float], box: Box) -> Scale:
        """The scale of a panel, which leaves room for the numbers at its right."""
        return Scale(*span, box.left, box.right - self.numbers.room)

    def printed(self, row: Mapping[str, Any], unit: str) -> str:
        """The value of a row as it stands beside it; empty where there is too little text for one."""
        return _printed(row, unit, self.intervals)


def table_of(sheet: Sheet, articles: Sequence[str], rows: pd.DataFrame) -> Table:
    """The shared parts of panels that draw these rows of scores of the articles."""
    # Without any resamples no score has an interval, and a missing one says nothing about the amount of text.
    intervals = bool(rows.low.notna().any())
    many = len(articles) > MANY
    groups = _groups(rows, articles) if many else {}
    if many:
        numbers = numbers_of([("−0.00", len(articles)), ("100 %", 0)])
    else:
        every = [dict(zip(rows.columns, values, strict=True)) for values in rows.itertuples(index=False)]
        numbers = numbers_of((_printed(row, str(row["unit"]), intervals), row["n"]) for row in every)
    return Table(
        sheet, list(articles), groups, labels_of(groups or articles, sheet.width), numbers, intervals
    )


def score_panels(
    panels: Sequence[tuple[str, pd.DataFrame]],
    *,
    width: int = WIDTH,
    dark: bool = False,
    bars: bool = False,
    shared: bool = False,
) -> Sheet:
    """A panel for each title and its rows of scores, of which each article has one: dots with intervals, or bars.

    `shared` gives all panels one scale. The columns `link` and `group` are optional: where a value leads, and the group
    an article belongs to where there are too many for a row each.
    """
    if not panels:
        return nothing("too little text for a chart", width, dark)
    sheet = Sheet(width, dark=dark)
    rows = pd.concat([frame for _, frame in panels], ignore_index=True)
    table = table_of(sheet, [str(article) for article in dict.fromkeys(rows.article)], rows)
    everywhere = _span(table, rows) if shared else None
    drawn = [
        (_strips if table.many else _rows)(table, title, frame, everywhere or _span(table, frame), bars=bars)
        for title, frame in panels
    ]
    bottom = in_columns(sheet, drawn, 1 if width < PHONE else 3, left=table.labels.room)
    return sheet.cut(note(sheet, bottom, STRIPS) if table.many else bottom)


def tip_of(article: str, row: Mapping[str, Any], unit: str) -> str:
    """What a mark says under the mouse."""
    between = "" if math.isnan(row["low"]) else f" ({shown(row['low'], unit)} to {shown(row['high'], unit)})"
    return f"{article}: {shown(row['value'], unit)}{between}, n {row['n']:.0f}"


def strip(
    table: Table, scale: Scale, y: float, right: float, values: Iterable[float], unit: str, *, hollow: bool = False
) -> None:  # fmt: skip
    """A stroke for each value, the middle half as a bar, the median as a dot, and median and count at the right."""
    sheet, known = table.sheet, pd.Series(list(values), dtype=float).dropna()
    if known.empty:
        table.numbers.write(sheet, right, y, "–", 0)
        return
    colors = sheet.ink
    quarter, middle, three = known.quantile([0.25, 0.5, 0.75])
    places = sorted({round(scale(value), 1) for value in known})
    sheet.strokes(places, y - 7, y + 7, colors.muted, width=1, opacity=0.6)
    sheet.rule(scale(quarter), y, scale(three), y, colors.ink, width=3, opacity=0.7)
    sheet.dot(
        scale(middle), y, colors.paper if hollow else colors.ink, stroke=colors.ink, shape="diamond" if hollow else "circle"
    )  # fmt: skip
    table.numbers.write(sheet, right, y, shown(middle, unit), len(known))


def with_text(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that have enough text to be drawn."""
    return rows[rows.low.notna()] if table.intervals else rows[rows.value.notna()]


def _printed(row: Mapping[str, Any], unit: str, intervals: bool) -> str:
    return "" if math.isnan(row["low"] if intervals else row["value"]) else shown(row["value"], unit)


def _groups(rows: pd.DataFrame, articles: Sequence[str]) -> dict[str, list[str]]:
    if "group" not in rows:
        return {_ALL: list(articles)}
    return {
        str(group): list(dict.fromkeys(map(str, own.article)))
        for group, own in rows.groupby("group", sort=False)
    }


def _span(table: Table, rows: pd.DataFrame) -> tuple[float, float]:
    drawn = with_text(table, rows)
    # Strips have no intervals.
    return domain(drawn.assign(low=math.nan, high=math.nan) if table.many else drawn, str(rows.unit.iloc[0]))


def _rows(table: Table, title: str, frame: pd.DataFrame, span: tuple[float, float], *, bars: bool) -> Panel:
    sheet, labels = table.sheet, table.labels
    colors = colors_of(table.articles, dark=sheet.dark)
    rows, unit = as_rows(frame), str(frame.unit.iloc[0])

    def draw(box: Box) -> float:
        scale, top = table.scale(span, box), box.top
        blanks: list[Blank] = []
        for number, article in enumerate(table.articles):
            y = top + (number + 0.5) * labels.row
            if box.first:
                labels.draw(sheet, article, box.left - 10, y)
            row = rows.get(article, NONE)
            value = table.printed(row, unit)
            blanks += table.numbers.write(sheet, box.right, y, value, row["n"], link=row.get("link"))
            if value:
                mark = _bar if bars else _dot
                mark(sheet, scale, row, y, colors[article], tip_of(article, row, unit))
        return axis(sheet, scale, top, top + len(table.articles) * labels.row, unit, blanks=blanks)

    return Panel(title, (f"{in_words(unit)} · n at the right",), draw)


def _dot(sheet: Sheet, scale: Scale, row: Row, y: float, color: str, tip: str) -> None:
    if not math.isnan(row["low"]):
        sheet.rule(scale(row["low"]), y, scale(row["high"]), y, color, width=2.5, opacity=0.55)
    sheet.dot(scale(row["value"]), y, color, tip=tip)


def _bar(sheet: Sheet, scale: Scale, row: Row, y: float, color: str, tip: str) -> None:
    sheet.rect(scale(0), y - 5.5, scale(row["value"]), y + 5.5, color, opacity=0.85, tip=tip)
    if not math.isnan(row["low"]):
        sheet.rule(scale(row["low"]), y, scale(row["high"]), y, sheet.ink.ink)


def _strips(table: Table, title: str, frame: pd.DataFrame, span: tuple[float, float], *, bars: bool) -> Panel:
    sheet, unit = table.sheet, str(frame.unit.iloc[0])
    values = with_text(table, frame).set_index("article")["value"]

    def draw(box: Box) -> float:
        scale, top = table.scale(span, box), box.top
        for number, (group, articles) in enumerate(table.groups.items()):
            y = top + (number + 0.5) * STRIP
            if box.first:
                table.labels.draw(sheet, group, box.left - 10, y)
            strip(table, scale, y, box.right, values[values.index.isin(articles)], unit)
        return axis(sheet, scale, top, top + len(table.groups) * STRIP, unit)

    ends = [("highest", values.argmax()), ("lowest", values.argmin())] if len(values) else []
    named = (f"{word} {shown(values.iloc[at], unit)} {values.index[int(at)]}" for word, at in ends)
    return Panel(title, (in_words(unit), *named), draw)
