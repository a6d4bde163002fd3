"""Whose words an article is made of: the author's, and those of each source."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from framing.output.charts.parts import (
    MANY,
    ChartFunction,
    Scale,
    Sheet,
    fewer,
    key,
    labels_of,
    note,
    nothing,
    text_width,
)  # fmt: skip
from framing.output.charts.sourcing import key_of, letter_of, segment, shares_axis, types_of
from framing.output.style import SOURCE_TYPES, UNKNOWN_SOURCE, WIDTH, actor_name, spoken

_AUTHOR = "author"


@ChartFunction
def words_by_speaker(
    speakers: pd.DataFrame, articles: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """The share of each article's words that every source speaks, by type and actor, and what is left to the author.

    `speakers` needs the columns article, source_type, source_actor, words and share.
    """
    if speakers.empty:
        return nothing("no attributed words found", width, dark)
    sheet = Sheet(width, dark=dark)
    totals = speakers.groupby("article")[["words", "share"]].sum()
    shown, remark = fewer(articles, totals.words.to_dict(), MANY, "attributed words")
    labels = labels_of(shown, width)
    types = types_of(speakers.source_type)
    sizes = {
        str(article): round(words / share) if share > 0 else 0
        for article, words, share in totals.itertuples()
    }
    counts = max(text_width(f"{size:,}") for size in sizes.values())
    authors = text_width(_AUTHOR)
    most = min(1.0, math.ceil(max(0.1, totals.share.max()) * 10) / 10)
    scale = Scale(0, most, labels.room, width - counts - authors - 24)
    top = key(sheet, 0, 0, key_of(types)) + 4
    for right, title in ((width - counts - 12, _AUTHOR), (width, "n")):
        sheet.text(right, top + 7, title, align="right", color=sheet.ink.muted)
    top += 16
    for number, article in enumerate(shown):
        y = top + (number + 0.5) * labels.row
        labels.draw(sheet, article, labels.room - 10, y)
        own = speakers[speakers.article == article]
        own = own.assign(place=[types.index(kind) for kind in own.source_type])
        own = own.sort_values(["place", "share"], ascending=[True, False], kind="stable")
        done = 0.0
        for kind, actor, share in zip(own.source_type, own.source_actor, own.share, strict=True):
            letter, name, percent = (
                letter_of(kind),
                actor_name(actor) if actor else "",
                f"{share * 100:.0f} %",
            )
            texts = [f"{letter} {name} {percent}", f"{letter} {name}"] if name else []
            tip = f"{article}, {name or spoken(kind)} ({spoken(kind)}): {percent} of all words"
            segment(
                sheet, scale(done), scale(min(done + share, most)), y, SOURCE_TYPES.get(kind, UNKNOWN_SOURCE),
                [*texts, f"{letter} {percent}", letter], tip,
            )  # fmt: skip
            done += share
        if article not in sizes:
            sheet.text(scale.left + 2, y, "no attributed words", color=sheet.ink.muted, style="italic")
            continue
        sheet.text(width - counts - 12, y, f"{max(0.0, 1 - done) * 100:.0f} %", align="right")
        sheet.text(width, y, f"{sizes[article]:,}", align="right", color=sheet.ink.muted)
    title = "share of all words, by source · n = words"
    bottom = shares_axis(sheet, scale, top, top + len(shown) * labels.row, title)
    return sheet.cut(note(sheet, bottom, remark) if remark else bottom)
