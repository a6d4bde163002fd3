"""The words that set each article, or group of articles, apart (Kessler 2017, for any number of groups, read without a mouse)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from framing.output.charts.parts import (
    PHONE,
    SURE,
    Box,
    ChartFunction,
    Entry,
    Panel,
    Scale,
    Sheet,
    axis,
    colors_of,
    fewer,
    in_columns,
    key,
    note,
    nothing,
    shorten,
    text_width,
)  # fmt: skip
from framing.output.style import WIDTH

_LINE = 18


@ChartFunction
def distinctive_words(
    keywords: pd.DataFrame,
    articles: Sequence[str],
    *,
    words: int = 8,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """The words that set each article apart from all others: z of the log-odds ratio, with counts here : elsewhere.

    `keywords` has the columns group, word, z, count and other_count; `articles` are the groups in order. A full point
    is a word with z ≥ 1.96, a hollow one a word that chance may have brought.
    """
    kept = (keywords["count"] >= 2) & (keywords.z > 0) & ~keywords.word.isin(ENGLISH_STOP_WORDS)
    rows = keywords[kept]
    if rows.empty:
        return nothing("no word is used twice and more often than elsewhere", width, dark)
    sheet = Sheet(width, dark=dark)
    sums = rows.groupby("group")["count"].sum().to_dict()
    shown, remark = fewer([article for article in articles if article in sums], sums, 12, "distinctive words")
    colors = colors_of(articles, dark=dark)
    ranked = {article: rows[rows.group == article].head(words) for article in shown}
    most = max([SURE * 1.25, *rows.z])
    room = max(text_width(str(word)) for own in ranked.values() for word in own.word)
    drawn = [_ranked(sheet, article, own, colors[article], most, room) for article, own in ranked.items()]
    ink = sheet.ink
    below = key(sheet, 0, 0, [
        Entry(f"z ≥ {SURE}: more than chance easily makes", ink.ink, "circle"), Entry("less", ink.paper, "circle", ink.ink),
    ])  # fmt: skip
    bottom = in_columns(sheet, drawn, 1 if width < PHONE else 4, left=0, top=below + 8, gap=26)
    return sheet.cut(note(sheet, bottom, remark) if remark else bottom)


def _ranked(sheet: Sheet, article: str, rows: pd.DataFrame, color: str, most: float, widest: float) -> Panel:
    counts = [f"{here} : {there}" for here, there in zip(rows["count"], rows.other_count, strict=True)]

    def draw(box: Box) -> float:
        room = min(widest, (box.right - box.left) * 0.45)
        scale = Scale(0, most, box.left + room + 14, box.right - max(map(text_width, counts)) - 12)
        top = box.top
        for number, (word, z) in enumerate(zip(rows.word, rows.z, strict=True)):
            y = top + (number + 0.5) * _LINE
            sheet.text(box.left + room, y, shorten(str(word), room), align="right")
            sheet.rule(scale(0), y, scale(z), y, color, width=2, opacity=0.4)
            sheet.dot(scale(z), y, color if z >= SURE else sheet.ink.paper, stroke=color, tip=f"{word}: z {z:.2f}, {counts[number]}")  # fmt: skip
            sheet.text(box.right, y, counts[number], align="right", color=sheet.ink.muted)
        return axis(sheet, scale, top, top + len(rows) * _LINE, "z")

    return Panel(article, ("z · n here : elsewhere",), draw)
