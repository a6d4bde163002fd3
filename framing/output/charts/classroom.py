"""How a class agrees: with the key, with one another, along the text, and over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import pandas as pd

from framing.output.charts.barcode import position_axis
from framing.output.charts.matrix import Pairs, Shades, by_pair, draw_matrix
from framing.output.charts.parts import (
    SMALL,
    Box,
    ChartFunction,
    Entry,
    Labels,
    Panel,
    Scale,
    Sheet,
    as_rows,
    column_labels,
    heading,
    in_columns,
    key,
    labelled_axis,
    labels_of,
    nothing,
    overhang,
    squeeze,
    text_width,
    ticks,
)  # fmt: skip
from framing.output.style import OKABE_ITO, WIDTH

_BLUE, _ORANGE, _GREEN = OKABE_ITO[:3]
_MATRIX = 16  # students; more are a strip each
_PHONE_MATRIX = 6
_TIGHT = 24  # rows; more stand closer
_HILL = 40  # pixels for what the whole class marked


@ChartFunction
def agreement_with(
    rows: pd.DataFrame, measure: str, other: str = "key", *, width: int = WIDTH, dark: bool = False
) -> Sheet:
    """Each student's agreement with the key, and each model's, the highest first: dots with 95 % intervals.

    `rows` needs the columns name, model (bool), value, low, high, units. Where a value is undefined the row says so.
    """
    if rows.empty:
        return nothing(f"nobody to compare with the {other}", width, dark)
    sheet = Sheet(width, dark=dark)
    ordered = rows.sort_values("value", ascending=False, kind="stable", na_position="last")
    labels = labels_of(ordered.name, width)
    labels = labels._replace(row=labels.row if len(rows) <= _TIGHT else 16)
    top = heading(sheet, 0, 0, width, "", f"{measure} with the {other} · value and n at the right")
    top = key(sheet, 0, top, [
        Entry("student", sheet.ink.ink), Entry("model", _ORANGE, "diamond"), Entry("line: 95 % interval", sheet.ink.paper),
    ]) + 4  # fmt: skip
    numbers = max(text_width(f"{value:,.0f}") for value in ordered.units)
    room = numbers + text_width("−0.00") + 24
    scale = _alpha_scale([*ordered.low, *ordered.value], labels.room, width - room)
    for number, row in enumerate(as_rows(ordered, "name").values()):
        y = top + (number + 0.5) * labels.row
        labels.draw(sheet, row["name"], labels.room - 10, y)
        sheet.text(width, y, f"{row['units']:,.0f}", align="right", color=sheet.ink.muted)
        if math.isnan(row["value"]):
            sheet.text(
                width - numbers - 10, y, "undefined", align="right", color=sheet.ink.muted, style="italic"
            )
            continue
        color = _ORANGE if row["model"] else sheet.ink.ink
        if not math.isnan(row["low"]):
            sheet.rule(
                scale(max(row["low"], scale.low)), y, scale(row["high"]), y, color, width=2.5, opacity=0.45
            )
        tip = f"{row['name']}: {decimal(row['value'])}"
        sheet.dot(scale(row["value"]), y, color, shape="diamond" if row["model"] else "circle", tip=tip)
        sheet.text(width - numbers - 10, y, decimal(row["value"]), align="right")
    return sheet.cut(_alpha_axis(sheet, scale, top, top + len(rows) * labels.row))


@ChartFunction
def agreement_of_pairs(
    pairs: pd.DataFrame,
    students: Sequence[str],
    others: Sequence[str],
    measure: str,
    *,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """The agreement of any two: a matrix, or with many students a strip for each with a stroke for every classmate.

    `pairs` needs the columns a, b and value; `others` are the key and the models.
    """
    everyone = [*students, *others]
    if len(everyone) < 3:
        return nothing("a matrix needs at least three codings", width, dark)
    values = by_pair(pairs, "value")
    sheet = Sheet(width, dark=dark)
    if len(students) <= (_PHONE_MATRIX if sheet.phone else _MATRIX):
        return _matrix(sheet, values, everyone, measure)
    return _strips(sheet, values, students, others, measure)


@ChartFunction
def marks_along(
    marks: pd.DataFrame, articles: Sequence[str], rows: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Sheet:  # fmt: skip
    """What the class marked from first to last word: on top the share of students for each word, below it a row for each coder.

    `marks` needs the columns article, who ("" for the whole class), start and end (0..1 of the article), and share (0..1).
    """
    sheet = Sheet(width, dark=dark)
    labels = labels_of(["class, share", *rows], width)
    panels = [
        _along(sheet, article, marks[marks.article == article], rows, labels, number == 0)
        for number, article in enumerate(articles)
    ]
    bottom = in_columns(sheet, panels, 1, left=labels.room)
    return sheet.cut(bottom)


@ChartFunction
def class_progress(progress: pd.DataFrame, *, width: int = WIDTH, dark: bool = False) -> Sheet:
    """Agreement with the key by round, article or fifth of the text: a thin line a student, the median and the class thick.

    `progress` needs the columns by (the title of a panel), step, coder (0: the students with one another) and value.
    """
    if progress.value.notna().sum() == 0:
        return nothing("too little was marked to follow agreement", width, dark)
    sheet = Sheet(width, dark=dark)
    top = key(sheet, 0, 0, [
        Entry("a student with the key", sheet.ink.muted, "M-1,0L1,0"), Entry("median of the students", _BLUE, "circle"),
        Entry("the students with one another", _ORANGE, "diamond"),
    ])  # fmt: skip
    panels = [_steps(sheet, str(title), own) for title, own in progress.groupby("by", sort=False)]
    columns = 1 if sheet.phone else min(2, len(panels))
    return sheet.cut(in_columns(sheet, panels, columns, left=34, top=top + 4, gap=54))


def decimal(value: float) -> str:
    """A coefficient with two decimals and a true minus; – where it is undefined.

    >>> decimal(0.618), decimal(-0.004), decimal(float("nan"))
    ('0.62', '0.00', '–')
    """
    if math.isnan(value):
        return "–"
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def _alpha_scale(values: Sequence[float], left: float, right: float) -> Scale:
    """From the lowest value, in fifths and −1 at least, to 1."""
    known = [value for value in values if not math.isnan(value)]
    low = max(-1.0, math.floor(min([0.0, *known]) * 5) / 5)
    return Scale(low, 1.0, left, right)


def _alpha_axis(sheet: Sheet, scale: Scale, top: float, bottom: float) -> float:
    labels = [(value, f"{value:.1f}".replace("-", "−")) for value in ticks(scale.low, scale.high, 6)]
    return labelled_axis(sheet, scale, top, bottom, labels)


def _matrix(sheet: Sheet, values: Pairs, names: Sequence[str], measure: str) -> Sheet:
    labels = labels_of(names, sheet.width)
    short = [name.split(" ", 1)[0] if name[:1].isdigit() else name for name in names]
    step = min((sheet.width - labels.room - overhang(short)) / len(names), 58)
    y = heading(sheet, 0, 0, sheet.width, "", f"{measure} of any two · 1: the same, 0: as by chance")
    y = column_labels(sheet, short, labels.room, step, y + 2) + 2

    def written(value: float) -> str:
        return decimal(value) if step >= 32 else decimal(value).replace("0.", ".")

    shades = Shades(_BLUE, 0.06, decimal, written, SMALL)
    return sheet.cut(draw_matrix(sheet, y, values, names, labels, step, max(labels.row, 24), shades) + 4)


def _strips(
    sheet: Sheet,
    values: Pairs,
    students: Sequence[str],
    others: Sequence[str],
    measure: str,
) -> Sheet:
    own = {
        one: [value for other in students if other != one and not math.isnan(value := values.get(frozenset((one, other)), math.nan))]
        for one in students
    }  # fmt: skip
    ordered = sorted(students, key=lambda name: -median(own[name]) if own[name] else math.inf)
    labels = labels_of(students, sheet.width)
    labels = labels._replace(row=labels.row if len(students) <= _TIGHT else 16)
    top = heading(sheet, 0, 0, sheet.width, "", f"{measure} with each classmate · median at the right")
    shapes = ["square", "diamond", "M-1,0.8L0,-1L1,0.8Z", "M-1,-0.8L0,1L1,-0.8Z"]
    colors = [_BLUE, _ORANGE, _GREEN, OKABE_ITO[3]]
    entries = [Entry(name, sheet.ink.paper, shapes[at % 4], colors[at % 4]) for at, name in enumerate(others)]
    median_of = Entry("median of classmates", sheet.ink.ink, "circle")
    top = key(sheet, 0, top, [median_of, *entries]) + 4
    every = [value for name in students for value in own[name]]
    beside = [values.get(frozenset((one, other)), math.nan) for one in students for other in others]
    scale = _alpha_scale([*every, *beside], labels.room, sheet.width - text_width("−0.00") - 12)
    for number, one in enumerate(ordered):
        y = top + (number + 0.5) * labels.row
        labels.draw(sheet, one, labels.room - 10, y)
        reach = labels.row / 2 - 2.5
        sheet.strokes(
            sorted({round(scale(value), 1) for value in own[one]}), y - reach, y + reach, sheet.ink.muted, width=1, opacity=0.6
        )  # fmt: skip
        for at, other in enumerate(others):
            value = values.get(frozenset((one, other)), math.nan)
            if not math.isnan(value):
                sheet.dot(
                    scale(value), y, sheet.ink.paper, stroke=colors[at % 4], shape=shapes[at % 4], size=46
                )
        if own[one]:
            sheet.dot(scale(median(own[one])), y, sheet.ink.ink, tip=f"{one}: {decimal(median(own[one]))}")
        value = median(own[one]) if own[one] else math.nan
        sheet.text(sheet.width, y, decimal(value), align="right")
    return sheet.cut(_alpha_axis(sheet, scale, top, top + len(students) * labels.row))


def _along(
    sheet: Sheet, title: str, marks: pd.DataFrame, rows: Sequence[str], labels: Labels, first: bool
) -> Panel:
    def draw(box: Box) -> float:
        scale = Scale(0, 1, box.left, box.right)
        base = box.top + _HILL
        labels.draw(sheet, "class, share", box.left - 10, base - _HILL / 2)
        sheet.grid(box.left, base - _HILL, box.right, base - _HILL)
        sheet.grid(box.left, base - _HILL / 2, box.right, base - _HILL / 2)
        sheet.rule(box.left, base, box.right, base, sheet.ink.rule)
        everyone = marks[marks.who == ""]
        for start, end, share in zip(everyone.start, everyone.end, everyone.share, strict=True):
            left, right = scale(start), max(scale(end), scale(start) + 1.2)
            sheet.rect(left, base - share * _HILL, right, base, _BLUE, opacity=0.85)
        y = base + 6
        for number, who in enumerate(rows):
            own = marks[marks.who == who]
            middle = y + (number + 0.5) * 18
            labels.draw(sheet, who, box.left - 10, middle)
            sheet.rule(box.left, middle + 7, box.right, middle + 7, sheet.ink.rule)
            color = sheet.ink.ink if who[:1].isdigit() else _ORANGE
            for start, end in zip(own.start, own.end, strict=True):
                left, right = scale(start), max(scale(end), scale(start) + 2)
                sheet.rect(left, middle - 6, right, middle + 6, color, opacity=0.8)
        return position_axis(sheet, scale, box.top, y + len(rows) * 18 + 2)

    lines = ("height: share of the students who marked a word; line on top: all of them",) if first else ()
    return Panel(title, lines, draw)


def _steps(sheet: Sheet, title: str, rows: pd.DataFrame) -> Panel:
    steps = list(dict.fromkeys(map(str, rows.step)))
    values = {
        (int(coder), str(step)): float(value)
        for coder, step, value in zip(rows.coder, rows.step, rows.value, strict=True)
    }
    coders = sorted({coder for coder, _ in values} - {0})

    def draw(box: Box) -> float:
        height = 170
        across = Scale(0, max(len(steps) - 1, 1), box.left + 16, box.right - 16)
        up = _alpha_scale(list(rows.value.dropna()), box.top + height, box.top + 6)
        for value in ticks(up.low, 1, 5):
            sheet.grid(box.left, up(value), box.right, up(value))
            label = f"{value:.1f}".replace("-", "−")
            sheet.text(box.left - 6, up(value), label, align="right", size=SMALL, color=sheet.ink.muted)

        def drawn(series: Sequence[float], color: str, width: float, opacity: float, shape: str = "") -> None:
            places = [
                (across(at), math.nan if math.isnan(value) else up(value)) for at, value in enumerate(series)
            ]
            sheet.line(places, color, width=width, opacity=opacity)
            for at, (x, y) in enumerate(places):
                alone = all(math.isnan(y2) for _, y2 in places[max(at - 1, 0) : at + 2] if y2 is not y)
                if not math.isnan(y) and (shape or alone):
                    sheet.dot(x, y, color, shape=shape or "circle", size=58 if shape else 8)

        for coder in coders:
            drawn([values.get((coder, step), math.nan) for step in steps], sheet.ink.muted, 1, 0.45)
        drawn([values.get((0, step), math.nan) for step in steps], _ORANGE, 2.4, 1, "diamond")
        middle = [_median([values.get((coder, step), math.nan) for coder in coders]) for step in steps]
        drawn(middle, _BLUE, 2.8, 1, "circle")
        room = (box.right - box.left) / len(steps) - 4
        for at, step in enumerate(steps):
            counted = sum(not math.isnan(values.get((coder, step), math.nan)) for coder in coders)
            edge = "left" if at == 0 else "right" if at == len(steps) - 1 and at else "center"
            x = across(at) + {"left": -16, "right": 16, "center": 0}[edge]
            sheet.text(
                x, up(up.low) + 14, squeeze(step, room, SMALL), align=edge, size=SMALL, color=sheet.ink.ink
            )
            sheet.text(x, up(up.low) + 27, f"n {counted}", align=edge, size=SMALL, color=sheet.ink.muted)
        return up(up.low) + 36

    return Panel(title, ("Krippendorff’s alpha with the key · n: students with a value",), draw)


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return median(known) if known else math.nan
