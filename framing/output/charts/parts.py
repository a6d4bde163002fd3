"""What the charts are made of: a sheet measured in pixels, text that knows its width, scales, headings, keys.

Every chart is one view of a few layers whose rows carry their places in pixels. A view per panel, with axes of its
own, costs Vega twenty times as much, and only places known beforehand show that no text is cut or covers another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec

import pandas as pd

from framing.output.style import ROW, Ink, article_colors, ink

if TYPE_CHECKING:
    import altair as alt

Row = dict[str, Any]
_Options = ParamSpec("_Options")

KINDS = ("grid", "rects", "rules", "lines", "dots", "texts")
PHONE = 600  # pixels; below this panels stand under one another
MANY = 24  # more articles than this are no longer a row each
TOO_LITTLE = "too little text"
SURE = 1.96  # standard errors beyond which a distinctive word is drawn full
SMALL = 10.5  # pixels, the smallest letters

# Widths of Helvetica's letters from the space on, in thousandths of their size: other sans-serif fonts come close.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
_BREAKS = re.compile(r"[^\s_/-]*[\s_/-]+|[^\s_/-]+")
_SLACK = 1.06  # for fonts a little wider


def text_width(text: str, size: float = 11, *, bold: bool = False) -> float:
    """About how many pixels a text takes in a sans-serif font, rather too many than too few."""
    units = sum(_WIDTHS[ord(c) - 32] if " " <= c <= "~" else 600 if c < "\u1100" else 1000 for c in text)
    return units / 1000 * size * _SLACK * (1.08 if bold else 1)


def shorten(text: str, room: float, size: float = 11, *, bold: bool = False) -> str:
    """The text, its end replaced by … where it would take more than `room` pixels."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text.rstrip() + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def squeeze(name: str, room: float, size: float = 11) -> str:
    """The name, its middle replaced by … where it would take more than `room` pixels: often only its end is its own."""
    if text_width(name, size) <= room:
        return name
    head, tail = name[: len(name) // 2], name[len(name) // 2 :]
    while head and tail and text_width(f"{head.rstrip()}…{tail.lstrip()}", size) > room:
        head, tail = (head[:-1], tail) if len(head) >= len(tail) else (head, tail[1:])
    return f"{head.rstrip()}…{tail.lstrip()}"


def wrap(text: str, room: float, size: float = 11, *, lines: int = 9, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` pixels, broken where it may be, or anywhere; the last of `lines` is shortened."""
    found = [""]
    for part in _BREAKS.findall(text):
        if found[-1] and text_width((found[-1] + part).rstrip(), size, bold=bold) > room:
            found.append(part)
        else:
            found[-1] += part
        while text_width(found[-1].rstrip(), size, bold=bold) > room and len(found[-1]) > 1:
            fits = next(
                n
                for n in range(len(found[-1]) - 1, 0, -1)
                if n == 1 or text_width(found[-1][:n], size, bold=bold) <= room
            )
            found[-1:] = [found[-1][:fits], found[-1][fits:]]
    if len(found) > lines:
        found = [*found[: lines - 1], "".join(found[lines - 1 :])]
    return [shorten(line.rstrip(), room, size, bold=bold) for line in found]


# The sheet ------------------------------------------------------------------------------------------------------


class Sheet:
    """Marks by kind, each a row with its place in pixels from the upper left corner.

    The kinds are drawn in the order of `KINDS`: lines of the grid below everything, text above everything.
    """

    def __init__(self, width: int, *, dark: bool = False) -> None:
        self.width = width
        self.height = 0
        self.dark = dark
        self.ink: Ink = ink(dark)
        self.phone = width < PHONE
        self.rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self._series = 0

    def grid(self, x: float, y: float, x2: float, y2: float, *, color: str = "", width: float = 0.7) -> None:
        """A thin line below all marks."""
        self._rule("grid", x, y, x2, y2, color or self.ink.rule, width, 1)

    def rule(
        self, x: float, y: float, x2: float, y2: float, color: str, *, width: float = 1, opacity: float = 1
    ) -> None:
        """A straight line."""
        self._rule("rules", x, y, x2, y2, color, width, opacity)

    def rect(
        self,
        x: float,
        y: float,
        x2: float,
        y2: float,
        fill: str,
        *,
        opacity: float = 1,
        tip: str | None = None,
    ) -> None:
        """A filled rectangle."""
        self.rows["rects"].append(
            {"x": _tenth(x), "y": _tenth(y), "x2": _tenth(x2), "y2": _tenth(y2), "fill": fill, "opacity": opacity, "tip": tip}
        )  # fmt: skip

    def dot(
        self,
        x: float,
        y: float,
        fill: str,
        *,
        stroke: str = "",
        shape: str = "circle",
        size: float = 58,
        tip: str | None = None,
    ) -> None:
        """A point of `size` square pixels; hollow where its fill is the colour of the paper."""
        self.rows["dots"].append({
            "x": _tenth(x), "y": _tenth(y), "fill": fill, "stroke": stroke or fill, "shape": shape, "size": size, "tip": tip,
        })  # fmt: skip

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        align: str = "left",
        color: str = "",
        size: float = 11,
        weight: str = "normal",
        style: str = "normal",
        angle: float = 0,
        link: str | None = None,
    ) -> None:
        """A line of text, `y` its middle."""
        self.rows["texts"].append({
            "x": _tenth(x), "y": _tenth(y), "text": text, "align": align, "color": color or self.ink.ink, "size": size,
            "weight": weight, "style": style, "angle": angle, "link": link,
        })  # fmt: skip

    def line(
        self, points: Iterable[tuple[float, float]], color: str, *, width: float = 1.6, opacity: float = 1
    ) -> None:
        """One path through all points; a point that is NaN interrupts it."""
        for x, y in points:
            self.rows["lines"].append({
                "x": _tenth(x), "y": _tenth(y), "series": self._series, "order": len(self.rows["lines"]),
                "color": color, "width": width, "opacity": opacity,
            })  # fmt: skip
        self._series += 1

    def strokes(
        self,
        xs: Iterable[float],
        y: float,
        y2: float,
        color: str,
        *,
        width: float = 1.6,
        opacity: float = 1,
    ) -> None:
        """Upright strokes, all in one path: hundreds of marks weigh a page down."""
        gap = (math.nan, math.nan)
        self.line(
            [point for x in xs for point in ((x, y), (x, y2), gap)], color, width=width, opacity=opacity
        )

    def specks(
        self, places: Iterable[tuple[float, float]], color: str, *, size: float = 4, opacity: float = 0.35
    ) -> None:
        """Small round points, all in one path."""
        gap = (math.nan, math.nan)
        self.line(
            [point for x, y in places for point in ((x, y), (x + 0.1, y), gap)],
            color,
            width=size,
            opacity=opacity,
        )

    def cut(self, height: float) -> Sheet:
        """The sheet, cut off at a height."""
        self.height = math.ceil(height)
        return self

    def _rule(
        self,
        kind: str,
        x: float,
        y: float,
        x2: float,
        y2: float,
        color: str,
        width: float,
        opacity: float,
    ) -> None:
        self.rows[kind].append({
            "x": _tenth(x), "y": _tenth(y), "x2": _tenth(x2), "y2": _tenth(y2), "color": color, "width": width, "opacity": opacity,
        })  # fmt: skip


def _tenth(value: float) -> float | None:
    """A place to a tenth of a pixel; None, which JSON knows, for NaN."""
    return None if math.isnan(value) else round(value, 1)


class ChartFunction(Generic[_Options]):
    """Made from a function that fills a sheet: called, it returns the Altair chart of it, and `sheet` the sheet alone.

    Pictures are drawn from sheets, so that Altair is loaded only by who asks for an Altair chart.
    """

    def __init__(self, sheet: Callable[_Options, Sheet]) -> None:
        self.sheet = sheet
        update_wrapper(self, sheet)

    def __call__(self, *args: _Options.args, **options: _Options.kwargs) -> alt.LayerChart:
        """The chart."""
        from framing.output.charts.in_altair import altair_chart  # noqa: PLC0415 - takes seconds to load

        return altair_chart(self.sheet(*args, **options))


# Scales ---------------------------------------------------------------------------------------------------------


class Scale(NamedTuple):
    """From values to pixels."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def polar(unit: str) -> bool:
    """Whether values in this unit have a sign."""
    return "1..1" in unit


def domain(rows: pd.DataFrame, unit: str) -> tuple[float, float]:
    """What an axis spans for the values and intervals of rows: from 0, or as far to both sides of 0."""
    if polar(unit):
        most = extent(rows)
        return -most, most
    low = min([0.0, *rows.low.dropna(), *rows.value.dropna()])
    least = 0.1 if unit.startswith("share") else 1.0  # all values may be 0
    return low, max([*rows.high.dropna(), *rows.value.dropna(), least]) * 1.02


def extent(rows: pd.DataFrame) -> float:
    """How far from 0 values of −1..1 and their intervals reach, in fifths."""
    values = pd.concat([rows.low, rows.high, rows.value]).abs().dropna()
    return min(1.0, math.ceil(max([0.2, *map(float, values)]) * 5) / 5)


def ticks(low: float, high: float, count: int) -> list[float]:
    """At most `count` + 1 round values between two, in steps of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    return [
        round(number * step, 10)
        for number in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)
    ]


class Blank(NamedTuple):
    """Where a panel has words in place of marks: right of `left`, from `top` to `bottom`."""

    left: float
    top: float
    bottom: float


def axis(
    sheet: Sheet, scale: Scale, top: float, bottom: float, unit: str, *, blanks: Sequence[Blank] = ()
) -> float:
    """Lines of the grid with their values below, as `shown` writes them; returns where the labels end."""
    if polar(unit):
        labels = [(scale.low, f"−{scale.high:.1f}"), (0.0, "0"), (scale.high, f"+{scale.high:.1f}")]
    elif unit.startswith("share"):
        labels = [(value, f"{value * 100:.0f} %") for value in ticks(scale.low, scale.high, 4)]
    else:
        labels = [(value, f"{value:,.10g}".replace("-", "−")) for value in ticks(scale.low, scale.high, 5)]
    return labelled_axis(sheet, scale, top, bottom, labels, blanks=blanks)


def labelled_axis(
    sheet: Sheet,
    scale: Scale,
    top: float,
    bottom: float,
    labels: Sequence[tuple[float, str]],
    *,
    grid: bool = True,
    blanks: Sequence[Blank] = (),
) -> float:
    """Lines of the grid at the places given, 0 the strongest, and their labels as far as there is room.

    No line runs through a blank, from the uppermost down.
    """
    taken = -math.inf
    for value, label in labels:
        x, width = scale(value), text_width(label, SMALL)
        zero = value == 0 and scale.low < 0
        if grid:
            ends = [top, *(y for blank in blanks if blank.left < x for y in blank[1:]), bottom]
            for start, end in zip(ends[::2], ends[1::2], strict=True):
                if end > start:
                    sheet.grid(
                        x, start, x, end, color=sheet.ink.muted if zero else "", width=1 if zero else 0.7
                    )
        flush = "right" if x > scale.right - width / 2 else "left" if x < scale.left + width / 2 else "center"
        start = x - {"right": width, "left": 0.0, "center": width / 2}[flush]
        if start > taken + 4:
            sheet.text(x, bottom + 10, label, align=flush, color=sheet.ink.muted, size=SMALL)
            taken = start + width
    return bottom + 18


# Words on the sheet ---------------------------------------------------------------------------------------------


def heading(sheet: Sheet, left: float, top: float, room: float, title: str, *lines: str) -> float:
    """A title and, below it, smaller lines, each broken to fit `room` pixels; returns where they end."""
    y = top + 9
    for line in wrap(title, room, 12.5, bold=True) if title else ():
        sheet.text(left, y, line, size=12.5, weight="bold")
        y += 16
    for text in lines:
        for line in wrap(text, room):
            sheet.text(left, y, line, color=sheet.ink.muted)
            y += 14
    return y - 2


def note(sheet: Sheet, top: float, text: str, left: float = 0) -> float:
    """A remark at the foot of a chart; returns where it ends."""
    y = top + 16
    for line in wrap(text, sheet.width - left):
        sheet.text(left, y, line, color=sheet.ink.muted, style="italic")
        y += 14
    return y


def nothing(text: str, width: int, dark: bool) -> Sheet:
    """A chart that says why there is nothing to draw."""
    sheet = Sheet(width, dark=dark)
    return sheet.cut(note(sheet, -6, text))


class Entry(NamedTuple):
    """A line of a key: a symbol and what it stands for."""

    label: str
    fill: str
    shape: str = "square"
    stroke: str = ""


TALL = "M0,-1L0,1"
SHORT = "M0,-0.4L0,0.4"


def key(sheet: Sheet, left: float, top: float, entries: Sequence[Entry]) -> float:
    """Symbols and their meaning side by side, in as many lines as they need; returns where they end."""
    x, y = left, top + 10
    for entry in entries:
        width = 16 + text_width(entry.label) + 18
        if x > left and x + width - 18 > sheet.width:
            x, y = left, y + 17
        sheet.dot(
            x + 5,
            y,
            entry.fill,
            stroke=entry.stroke,
            shape=entry.shape,
            size=130 if entry.shape == TALL else 90,
        )
        sheet.text(x + 15, y, entry.label)
        x += width
    return y + 12


def tint(color: str, share: float, paper: str) -> str:
    """A colour that covers the paper only by a share, 0..1."""
    mixed = (
        round(int(color[at : at + 2], 16) * share + int(paper[at : at + 2], 16) * (1 - share))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02X}" for part in mixed)


def over(fill: str) -> str:
    """Black or white, whichever reads better on a fill (WCAG 2.2, relative luminance)."""
    parts = [int(fill[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return "#FFFFFF" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 else "#1B1A17"


# Articles -------------------------------------------------------------------------------------------------------


def colors_of(articles: Sequence[str], *, dark: bool) -> dict[str, str]:
    """The colour of each article, the same in every chart."""
    return dict(zip(articles, article_colors(len(articles), dark=dark), strict=True))


def fewer(articles: Sequence[str], n: Mapping[Any, float], most: int, what: str) -> tuple[list[str], str]:
    """The `most` articles with the most of something, in their order, and a note that says so, empty if all are shown."""
    if len(articles) <= most:
        return list(articles), ""
    ranked = sorted(articles, key=lambda article: -n.get(article, 0))
    kept = set(ranked[:most])
    return (
        [article for article in articles if article in kept],
        f"{most} of {len(articles)} articles shown: those with the most {what}.",
    )


class Labels(NamedTuple):
    """The names at the left of rows: their lines, the room they take, and the height of a row."""

    lines: dict[str, list[str]]
    room: float
    row: float

    def draw(self, sheet: Sheet, name: str, right: float, y: float) -> None:
        """Write a name so that it ends at `right`."""
        lines = self.lines[name]
        large = len(lines) == 1 and text_width(lines[0], 12) <= self.room - 10
        for number, line in enumerate(lines):
            below = (number - (len(lines) - 1) / 2) * 12.5
            sheet.text(right, y + below, line, align="right", size=12 if large else 11)


def labels_of(names: Iterable[str], width: int, *, most: float = 0) -> Labels:
    """How to write names at the left: on one line where they fit, else on two."""
    names = list(names)
    most = most or (136 if width < PHONE else 190)
    widest = max((text_width(name, 12) for name in names), default=0)
    if widest + 10 <= most:
        return Labels({name: [name] for name in names}, widest + 10, ROW)
    lines = {
        name: [name] if text_width(name, 12) + 10 <= most else wrap(name, most - 10, 11, lines=2)
        for name in names
    }
    return Labels(lines, most, ROW + 8 if any(len(own) > 1 for own in lines.values()) else ROW)


def column_labels(sheet: Sheet, names: Sequence[str], left: float, step: float, top: float) -> float:
    """Names above columns that begin at `left`, level where they fit and slanted where not; returns where they end."""
    if all(text_width(name, SMALL) <= step - 6 for name in names):
        for number, name in enumerate(names):
            sheet.text(left + (number + 0.5) * step, top + 8, name, align="center", size=SMALL)
        return top + 18
    height = slanted_height(names)
    for number, name in enumerate(names):
        x, y = left + (number + 0.5) * step - 2, top + height - 4
        sheet.text(x, y, squeeze(name, _SLANTED, SMALL), size=SMALL, angle=-SLANT)
    return top + height


SLANT = 55  # degrees
_SLANTED = 120  # pixels


def slanted_height(names: Sequence[str]) -> float:
    """Pixels that slanted names take upwards."""
    longest = max((text_width(squeeze(name, _SLANTED, SMALL), SMALL) for name in names), default=0)
    return longest * math.sin(math.radians(SLANT)) + 10


def overhang(names: Sequence[str]) -> float:
    """Pixels by which the last slanted name reaches beyond its column's middle."""
    widths = [text_width(squeeze(name, _SLANTED, SMALL), SMALL) for name in names]
    # Names before the last one begin further left: two columns of 16 pixels are the least.
    most = max(
        (width - 16 / math.cos(math.radians(SLANT)) * back for back, width in enumerate(reversed(widths))),
        default=0,
    )
    return most * math.cos(math.radians(SLANT)) + 6


# Panels ---------------------------------------------------------------------------------------------------------


class Box(NamedTuple):
    """Where the marks of a panel go: between `left` and `right`, from `top` down; `first` in its row it has the labels."""

    left: float
    top: float
    right: float
    first: bool


class Panel(NamedTuple):
    """A heading, the smaller lines below it, and what draws the rest into a box and returns where it ends."""

    title: str
    lines: tuple[str, ...]
    draw: Callable[[Box], float]


def in_columns(
    sheet: Sheet, panels: Sequence[Panel], columns: int, *, left: float, top: float = 0, gap: float = 22
) -> float:
    """Draw panels side by side in columns right of `left`, their marks at one height; returns where all end.

    On a phone headings begin above the labels.
    """
    width = (sheet.width - left - (columns - 1) * gap) / columns
    for first in range(0, len(panels), columns):
        row = panels[first : first + columns]
        starts = [left + column * (width + gap) for column in range(len(row))]
        titles = [0.0 if sheet.phone else start for start in starts]
        below = [
            heading(sheet, title, top, start + width - title, panel.title, *panel.lines)
            for panel, start, title in zip(row, starts, titles, strict=True)
        ]
        boxes = [Box(start, max(below) + 4, start + width, start == left) for start in starts]
        top = max(panel.draw(box) for panel, box in zip(row, boxes, strict=True)) + 24
    return top - 24


class Numbers(NamedTuple):
    """The room at the right of a panel for a value, or a note in its place, and the n it rests on."""

    value: float
    n: float

    @property
    def room(self) -> float:
        """Pixels for both, with the gap to the marks."""
        return 14 + self.value + 10 + self.n

    def write(
        self, sheet: Sheet, right: float, y: float, value: str, n: float, *, link: str | None = None
    ) -> list[Blank]:
        """A value and its n, so that they end at `right`; a row without a value says why, and returns where."""
        edge, muted = right - self.n - 10, sheet.ink.muted
        sheet.text(right, y, f"{n:,.0f}", align="right", color=muted)
        if value:
            sheet.text(edge, y, value, align="right", link=link)
            return []
        why = TOO_LITTLE if n else "not present"
        sheet.text(edge, y, why, align="right", color=muted, style="italic")
        return [Blank(edge - text_width(why) - 4, y - 8, y + 8)]


def numbers_of(values: Iterable[tuple[str, float]]) -> Numbers:
    """The room that values and their n take; a note in place of a value reaches into the panel, which is empty there."""
    values = list(values)
    return Numbers(
        max((text_width(value) for value, _ in values), default=0),
        max((text_width(f"{n:,.0f}") for _, n in values), default=0),
    )


def as_rows(frame: pd.DataFrame, by: str = "article") -> dict[str, Row]:
    """The rows of a frame by one of its columns; the first of equals."""
    columns = [str(column) for column in frame.columns]
    rows: dict[str, Row] = {}
    for values in frame.itertuples(index=False):
        row = dict(zip(columns, values, strict=True))
        rows.setdefault(str(row[by]), row)
    return rows
