"""Stance towards actors, in the author's voice and in attributed words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from framing.output.charts.parts import (
    PHONE,
    Blank,
    Box,
    ChartFunction,
    Entry,
    Panel,
    Row,
    Scale,
    Sheet,
    as_rows,
    axis,
    colors_of,
    extent,
    in_columns,
    key,
    note,
    nothing,
)  # fmt: skip
from framing.output.charts.rows import NONE, STRIP, STRIPS, Table, strip, table_of, tip_of, with_text
from framing.output.style import WIDTH, actor_name

VOICES_APART = ("author", "attributed")
_UNIT = "−1..1"
_LINE = 16  # pixels per voice
_DIRECTION = "less favourable ← 0 → more favourable"


@ChartFunction
def stance_by_voice(
    scores: pd.DataFrame, *, actors: int = 6, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """Stance towards the actors most mentioned, −1 to 1: the author's voice filled, attributed words hollow.

    Two lines per article, the author's above; more than 24 articles stand in a strip for each voice.
    """
    rows = scores[(scores.dimension == "stance") & scores.voice.isin(VOICES_APART)]
    rows = rows[rows.measure == rows.measure.iloc[0]] if len(rows) else rows
    chosen = with_enough(scores, most_mentioned(scores, actors), VOICES_APART)
    rows = rows[rows.actor.isin(chosen)]
    if rows.empty:
        return nothing("too little text for a chart", width, dark)
    sheet = Sheet(width, dark=dark)
    table = table_of(sheet, [str(article) for article in dict.fromkeys(scores.article)], rows)
    known = with_text(table, rows)
    most = extent(known.assign(low=math.nan, high=math.nan) if table.many else known)
    drawn = [
        (_strips if table.many else _rows)(table, actor, rows[rows.actor == actor], most) for actor in chosen
    ]
    black, paper = sheet.ink.ink, sheet.ink.paper
    voices = [
        Entry("the author’s own words", black, "circle"),
        Entry("attributed words", paper, "diamond", black),
    ]
    top = key(sheet, 0, 0, voices) + 10
    bottom = in_columns(sheet, drawn, 1 if width < PHONE else 2, left=table.labels.room, top=top, gap=26)
    return sheet.cut(note(sheet, bottom, STRIPS) if table.many else bottom)


def most_mentioned(scores: pd.DataFrame, count: int) -> list[str]:
    """The actors with the most stance rows over all articles."""
    rows = scores[(scores.dimension == "stance") & (scores.voice == "all") & scores.actor.notna()]
    totals = rows.drop_duplicates(["article", "actor"]).groupby("actor")["n"].sum()
    return [str(actor) for actor in totals.sort_values(ascending=False, kind="stable").index[:count]]


def with_enough(scores: pd.DataFrame, actors: Sequence[str], voices: Sequence[str] = ("all",)) -> list[str]:
    """The actors of whom at least one article says enough for an interval; all of them when nothing was resampled.

    The others would be panels of notes; the report names them, and its table has their numbers.
    """
    if scores.low.isna().all():
        return list(actors)
    rows = scores[(scores.dimension == "stance") & scores.voice.isin(list(voices))]
    drawn = (
        set(rows.loc[(rows.measure == rows.measure.iloc[0]) & rows.low.notna(), "actor"])
        if len(rows)
        else set()
    )
    return [actor for actor in actors if actor in drawn]


def _rows(table: Table, actor: str, frame: pd.DataFrame, most: float) -> Panel:
    sheet = table.sheet
    colors = colors_of(table.articles, dark=sheet.dark)
    voices = [(voice, as_rows(frame[frame.voice == voice])) for voice in VOICES_APART]
    height = 2 * _LINE + 4

    def draw(box: Box) -> float:
        scale, top = table.scale((-most, most), box), box.top
        blanks: list[Blank] = []
        for number, article in enumerate(table.articles):
            y = top + (number + 0.5) * height
            if box.first:
                table.labels.draw(sheet, article, box.left - 10, y)
            for line, (voice, rows) in zip((y - _LINE / 2, y + _LINE / 2), voices, strict=True):
                row = rows.get(article, NONE)
                value = table.printed(row, _UNIT)
                blanks += table.numbers.write(sheet, box.right, line, value, row["n"], link=row.get("link"))
                if value:
                    _mark(sheet, scale, row, line, colors[article], f"{article}, {voice}", hollow=voice != "author")  # fmt: skip
        return axis(sheet, scale, top, top + len(table.articles) * height, _UNIT, blanks=blanks)

    return Panel(actor_name(actor), (f"{_DIRECTION} · n at the right",), draw)


def _mark(sheet: Sheet, scale: Scale, row: Row, y: float, color: str, name: str, *, hollow: bool) -> None:
    sheet.rule(scale(0), y, scale(row["value"]), y, color, width=5, opacity=0.25)
    if not math.isnan(row["low"]):
        sheet.rule(scale(row["low"]), y, scale(row["high"]), y, color)
    sheet.dot(
        scale(row["value"]), y, sheet.ink.paper if hollow else color, stroke=color,
        shape="diamond" if hollow else "circle", size=52, tip=tip_of(name, row, _UNIT),
    )  # fmt: skip


def _strips(table: Table, actor: str, frame: pd.DataFrame, most: float) -> Panel:
    sheet, drawn = table.sheet, with_text(table, frame)
    height = 2 * STRIP + 6

    def draw(box: Box) -> float:
        scale, top = table.scale((-most, most), box), box.top
        for number, (group, articles) in enumerate(table.groups.items()):
            y = top + (number + 0.5) * height
            if box.first:
                table.labels.draw(sheet, group, box.left - 10, y)
            own = drawn[drawn.article.isin(articles)]
            for voice, line in zip(VOICES_APART, (y - STRIP / 2, y + STRIP / 2), strict=True):
                values = own.loc[own.voice == voice, "value"]
                strip(table, scale, line, box.right, values, _UNIT, hollow=voice != "author")
        return axis(sheet, scale, top, top + len(table.groups) * height, _UNIT)

    return Panel(actor_name(actor), (_DIRECTION,), draw)
