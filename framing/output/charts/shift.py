"""Which words make one article's value differ from another's (Gallagher et al. 2021)."""

from __future__ import annotations

import pandas as pd

from framing.output.charts.parts import (
    ChartFunction,
    Entry,
    Scale,
    Sheet,
    heading,
    key,
    labelled_axis,
    nothing,
    shorten,
    text_width,
    ticks,
)  # fmt: skip
from framing.output.style import OKABE_ITO, WIDTH, in_words, shown

_LINE = 20
_SIDE = 40  # pixels that a word may reach beyond the bars


@ChartFunction
def word_shift(
    shift: pd.DataFrame,
    a: str,
    b: str,
    *,
    what: str,
    unit: str,
    value_a: float,
    value_b: float,
    colors: tuple[str, str] = OKABE_ITO[:2],
    words: int = 15,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """The words that raise A's value above B's, to the right, and those that raise B's, to the left.

    `shift` has the columns word, contribution, count_a and count_b, largest contribution first; all words beyond the
    first `words` are one bar, and the last bar is the sum of all, value_a − value_b. `what` names the score, `a` and
    `b` the articles.
    """
    if shift.empty:
        return nothing("no word sets these two apart", width, dark)
    sheet = Sheet(width, dark=dark)
    rows, rest = shift.head(words), shift.iloc[words:]
    bars = list(map(_bar, map(str, rows.word), rows.contribution, rows.count_a, rows.count_b))
    if len(rest):
        bars.append(_bar(f"{len(rest):,} other words", *rest[["contribution", "count_a", "count_b"]].sum()))
    bars.append(_bar("all words", *shift[["contribution", "count_a", "count_b"]].sum()))
    title = f"{what}: A {shown(value_a, unit)}, B {shown(value_b, unit)}"
    top = heading(sheet, 0, 0, width, title, f"{in_words(unit)} · n at the right, A : B")
    top = key(sheet, 0, top, [Entry(f"A  {a}", colors[0]), Entry(f"B  {b}", colors[1])]) + 22
    right = width - max(text_width(counts) for _, _, counts in bars) - 12 - _SIDE
    most = max(abs(value) for _, value, _ in bars) or 1
    scale = Scale(-most, most, _SIDE, right)
    zero, room = scale(0), (right - _SIDE) / 2 + _SIDE - 8
    sheet.text(zero - 8, top - 10, "← raises B", align="right", color=sheet.ink.muted)
    sheet.text(zero + 8, top - 10, "raises A →", color=sheet.ink.muted)
    for number, (word, value, counts) in enumerate(bars):
        last = number == len(bars) - 1
        y = top + (number + 0.5) * _LINE + (8 if last else 0)
        color = sheet.ink.muted if last else colors[0 if value >= 0 else 1]
        sheet.rect(min(zero, scale(value)), y - 6, max(zero, scale(value)), y + 6, color, opacity=0.85)
        # A word stands across the zero line from its bar.
        sheet.text(
            zero + (-6 if value >= 0 else 6), y, shorten(word, room), align="right" if value >= 0 else "left",
            weight="bold" if last else "normal", style="italic" if len(rest) and number == len(rows) else "normal",
        )  # fmt: skip
        sheet.text(width, y, counts, align="right", color=sheet.ink.muted)
    bottom = top + len(bars) * _LINE + 10
    sheet.grid(0, bottom - _LINE - 6, width, bottom - _LINE - 6)
    labels = [(value, shown(value, unit) if value else "0") for value in ticks(-most, most, 4)]
    return sheet.cut(labelled_axis(sheet, scale, top, bottom, labels))


def _bar(word: str, contribution: float, count_a: float, count_b: float) -> tuple[str, float, str]:
    return word, float(contribution), f"{count_a:,.0f} : {count_b:,.0f}"
