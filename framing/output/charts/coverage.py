"""Which article mentions which fact."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from framing.output.charts.parts import (
    PHONE,
    ChartFunction,
    Entry,
    Sheet,
    colors_of,
    column_labels,
    fewer,
    key,
    note,
    nothing,
    over,
    overhang,
    wrap,
)  # fmt: skip
from framing.output.style import WIDTH

KINDS = {
    "figure": "Figures",
    "date": "Dates",
    "person": "People",
    "organisation": "Organisations",
    "place": "Places",
    "claim": "Claims",
}
_LABEL = 330
_ROW = 21


@ChartFunction
def coverage_matrix(
    facts: pd.DataFrame, articles: Sequence[str], *, most: int = 30, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """The facts that most articles mention, by kind, a column an article: how often it mentions each, or that it does not.

    `facts` has the columns fact, kind, article, count and articles. At most `most` facts are drawn, as evenly over the
    kinds as there are facts.
    """
    if facts.empty:
        return nothing("no fact was found", width, dark)
    sheet = Sheet(width, dark=dark)
    shown, remark = fewer(
        articles, facts.groupby("article").size().to_dict(), 12 if width < PHONE else 24, "facts"
    )
    colors = colors_of(articles, dark=dark)
    rows = _chosen(facts, most, 2 if len(articles) > 3 else 1)
    counts = {
        (str(kind), str(fact), str(article)): int(count)
        for kind, fact, article, count in zip(facts.kind, facts.fact, facts.article, facts["count"], strict=True)
    }  # fmt: skip
    label = 0 if sheet.phone else _LABEL
    step = min((width - label - overhang(shown)) / (len(shown) - 0.5), 64)
    y = key(sheet, 0, 0, [
        Entry("mentioned, with how often", sheet.ink.muted, "square"), Entry("not mentioned", sheet.ink.paper, "circle", sheet.ink.muted),
    ]) + 4  # fmt: skip
    y = column_labels(sheet, shown, label, step, y)
    for number, (kind, own) in enumerate(rows.groupby("kind", sort=False)):
        if sheet.phone and number:
            # The names above have left the screen by now.
            y = column_labels(sheet, shown, label, step, y)
        sheet.text(0, y + 12, KINDS.get(str(kind), str(kind)), size=12.5, weight="bold")
        sheet.grid(0, y + 22, width, y + 22)
        y += 26
        for fact, mentioned in zip(own.fact, own.articles, strict=True):
            middle, y = _fact(sheet, str(fact), f"{mentioned} of {len(articles)}", y, label)
            for column, article in enumerate(shown):
                x = label + (column + 0.5) * step
                count = counts.get((str(kind), str(fact), article), 0)
                if not count:
                    sheet.dot(x, middle, sheet.ink.paper, stroke=sheet.ink.muted, size=12, tip=f"{article}: not mentioned")  # fmt: skip
                    continue
                half = min(step / 2 - 1.5, 20)
                fill = colors[article]
                sheet.rect(
                    x - half, middle - 9, x + half, middle + 9, fill, tip=f"{article}: {fact}, {count}"
                )
                sheet.text(x, middle, str(count), align="center", color=over(fill))
    left_out = facts.groupby(["kind", "fact"]).ngroups - len(rows)
    words = "The figures are n, the mentions in the article."
    if left_out:
        words += f" {left_out:,} more facts, most of them in fewer articles, are not drawn."
    return sheet.cut(note(sheet, y, f"{words} {remark}".strip()))


def _fact(sheet: Sheet, fact: str, mentioned: str, y: float, label: float) -> tuple[float, float]:
    """Write a fact, beside its row of tiles or, on a phone, above it; returns the middle of the tiles and where the row ends."""
    wide = label or sheet.width
    lines = wrap(fact, wide - 60, 11.5, lines=2)
    extra = 14 * (len(lines) - 1)
    for number, line in enumerate(lines):
        sheet.text(0, y + _ROW / 2 + number * 14, line, size=11.5)
    sheet.text(
        wide - 12, y + _ROW / 2 + (extra / 2 if label else 0), mentioned, align="right", color=sheet.ink.muted
    )
    if label:
        return y + (_ROW + extra) / 2, y + _ROW + extra
    return y + extra + 1.5 * _ROW, y + extra + 2 * _ROW


def _chosen(facts: pd.DataFrame, most: int, least: int) -> pd.DataFrame:
    """The facts to draw, by kind: those that most articles, at least `least`, mention, in turns from each kind."""
    facts = facts[facts.articles >= min(least, facts.articles.max())]
    total = facts.groupby(["kind", "fact"], sort=False).agg(
        articles=("articles", "first"), count=("count", "sum")
    )
    ranked = total.reset_index().sort_values(["articles", "count"], ascending=False, kind="stable")
    ranked["turn"] = ranked.groupby("kind").cumcount()
    kept = ranked.sort_values(["turn", "articles"], ascending=[True, False], kind="stable").head(most)
    order = {kind: place for place, kind in enumerate(KINDS)}
    place = kept.kind.map(lambda kind: order.get(kind, len(order)))
    return kept.assign(place=place).sort_values(["place", "turn"], kind="stable", ignore_index=True)
