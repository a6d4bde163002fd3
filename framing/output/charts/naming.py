"""Which names each article uses for whom."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from framing.output.charts.parts import (
    PHONE,
    SMALL,
    Box,
    ChartFunction,
    Panel,
    Sheet,
    column_labels,
    fewer,
    in_columns,
    note,
    nothing,
    over,
    overhang,
    shorten,
    text_width,
    tint,
    wrap,
)  # fmt: skip
from framing.output.style import ROW, WIDTH, actor_name

_TILE = "#56B4E9"


@ChartFunction
def naming_tiles(
    naming: pd.DataFrame,
    articles: Sequence[str],
    *,
    actors: int = 4,
    names: int = 8,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """How often each article uses each name of an actor; the darker the tile, the larger its share of the mentions."""
    if naming.empty:
        return nothing("no actor is named", width, dark)
    sheet = Sheet(width, dark=dark)
    per_article = naming.groupby("article")["count"].sum().to_dict()
    columns = 1 if width < PHONE or len(articles) > 10 else 2
    shown, remark = fewer(articles, per_article, 12 if width < PHONE else 24, "mentions")
    totals = naming.groupby("actor")["count"].sum().sort_values(ascending=False, kind="stable")
    label = 128 if width < PHONE else 170
    drawn = [
        _tiles(sheet, str(actor), naming[naming.actor == actor], shown, label, names, int(totals[actor]))
        for actor in totals.index[:actors]
    ]
    bottom = in_columns(sheet, drawn, columns, left=0, gap=24)
    return sheet.cut(note(sheet, bottom, remark) if remark else bottom)


def _tiles(
    sheet: Sheet, actor: str, rows: pd.DataFrame, articles: Sequence[str], label: float, names: int, total: int
) -> Panel:  # fmt: skip
    sums = rows.groupby("name")["count"].sum().sort_values(ascending=False, kind="stable")
    order = [str(name) for name in sums.index[:names]]
    cells = {
        (str(article), str(name)): (int(count), float(share))
        for article, name, count, share in zip(
            rows.article, rows.name, rows["count"], rows.share, strict=True
        )
    }

    def draw(box: Box) -> float:
        left = box.left + label
        step = min((box.right - left - overhang(articles)) / (len(articles) - 0.5), 64)
        y = column_labels(sheet, articles, left, step, box.top) + 2
        for name in order:
            lines = wrap(name, label - 10, 11, lines=2)
            height = ROW + 6 if len(lines) > 1 else ROW
            middle = y + height / 2
            size = 12 if text_width(name, 12) <= label - 10 else 11
            for number, line in enumerate(lines):
                sheet.text(left - 8, middle + (number - (len(lines) - 1) / 2) * 12.5, shorten(line, label - 8, size), align="right", size=size)  # fmt: skip
            for column, article in enumerate(articles):
                count, share = cells.get((article, name), (0, 0.0))
                x = left + column * step
                if not count:
                    sheet.rule(x + step / 2 - 2, middle, x + step / 2 + 2, middle, sheet.ink.rule)
                    continue
                tip = f"{article}: {name} {count}, {share * 100:.0f} % of mentions"
                fill = tint(_TILE, 0.18 + 0.82 * share, sheet.ink.paper)
                sheet.rect(x + 1, y + 1, x + step - 1, y + height - 1, fill, tip=tip)
                sheet.text(
                    x + step / 2, middle, str(count), align="center", size=11 if step >= 18 else SMALL, color=over(fill)
                )  # fmt: skip
            y += height
        return y

    more = f", the {names} most frequent of {len(sums)} names" if len(sums) > names else ""
    return Panel(actor_name(actor), (f"mentions by name, n {total}{more}",), draw)
