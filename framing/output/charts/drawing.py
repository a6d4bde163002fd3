"""From charts to pictures: SVG, PNG, HTML and JSON, all offline.

Vega measures every letter it draws, which takes it half a millisecond a text: seconds for a report. The rows of our
sheets already hold every place, so `svg` writes them down itself. `save` asks Vega and draws any Altair chart, also
one of ours that was changed; a test holds that both draw the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vl_convert

from framing.output.charts.parts import Row, Sheet
from framing.output.style import FONT

if TYPE_CHECKING:
    import altair as alt

FORMATS = ("png", "svg", "html", "json")


def svg(drawn: Sheet | alt.LayerChart, *, paper: bool = False) -> str:
    """What a chart function returns, or its sheet, as SVG: on its paper, or on none for a page that has its own."""
    width, height = drawn.width, drawn.height
    name = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [f'<svg {name} {size} font-family="{FONT}" font-size="11" fill="none">']
    if isinstance(drawn, Sheet):
        rows, color = drawn.rows, drawn.ink.paper
    else:
        # A chart of a single layer keeps its rows itself.
        rows = {layer.name: _rows(layer.data) or _rows(drawn.data) for layer in drawn.layer}
        color = drawn.config["background"]
    if paper:
        parts.append(f'<path d="M0,0h{width}v{height}h-{width}Z" fill="{color}"/>')
    for kind, own in rows.items():
        parts += _WRITERS[kind](own)
    return "".join([*parts, "</svg>"])


def sheet_of(draw: Callable[..., alt.LayerChart], **options: Any) -> Sheet:
    """What a chart function, or a partial of one, draws; Altair is not loaded for it."""
    whole: Any = partial(draw, **options)
    sheet: Sheet = whole.func.sheet(*whole.args, **whole.keywords)
    return sheet


def save(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write any Altair chart to a file whose ending says how: .svg, .png (two pixels to one), .html or .json.

    The HTML page carries all it needs and opens offline. Raises `ValueError` for another ending.
    """
    ending = path.suffix.lstrip(".")
    _check([ending])
    spec = chart.to_dict(validate=False)
    if ending in {"svg", "png"}:
        drawn = str(vl_convert.vegalite_to_svg(spec))
        path.write_bytes(drawn.encode("utf-8") if ending == "svg" else _png(drawn))
    else:
        path.write_text(_page(spec) if ending == "html" else _json(spec), encoding="utf-8")


def save_all(
    charts: Mapping[str, Callable[..., alt.LayerChart]],
    folder: Path,
    formats: Sequence[str] = ("png", "svg"),
    **options: Any,
) -> list[Path]:
    """Write every chart, drawn with the options, in every format into a folder, made if missing; returns the files.

    Raises `ValueError` for an unknown format.
    """
    _check(formats)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in charts.items():
        drawn = svg(sheet_of(draw, **options), paper=True)
        for ending in formats:
            path = folder / f"{name}.{ending}"
            if ending in {"svg", "png"}:
                path.write_bytes(drawn.encode("utf-8") if ending == "svg" else _png(drawn))
            else:
                save(draw(**options), path)
            written.append(path)
    return written


def draw_all(
    charts: Mapping[str, Callable[..., alt.LayerChart]], widths: Sequence[int], *, dark: bool = False
) -> dict[str, dict[int, str]]:
    """Every chart as SVG in every width, by name and width, for a page that has its own paper."""
    return {
        name: {width: svg(sheet_of(draw, width=width, dark=dark)) for width in widths}
        for name, draw in charts.items()
    }


def _rows(data: Any) -> list[Row]:
    return list(getattr(data, "values", ()))


def _check(formats: Iterable[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"no chart format '{name}'; choose from {', '.join(FORMATS)}")


def _png(drawn: str) -> bytes:
    return bytes(vl_convert.svg_to_png(drawn, scale=2))


def _page(spec: dict[str, Any]) -> str:
    return str(vl_convert.vegalite_to_html(spec, bundle=True))


def _json(spec: dict[str, Any]) -> str:
    return json.dumps(spec, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


# Writing a sheet down -------------------------------------------------------------------------------------------


def _straight(rows: Sequence[Row]) -> Iterable[str]:
    for style, own in groupby(rows, itemgetter("color", "width", "opacity")):
        path = "".join(f"M{_n(row['x'])},{_n(row['y'])}L{_n(row['x2'])},{_n(row['y2'])}" for row in own)
        yield f'<path d="{path}"{_stroke(*style)}/>'


def _filled(rows: Sequence[Row]) -> Iterable[str]:
    for row in rows:
        place = f"M{_n(row['x'])},{_n(row['y'])}H{_n(row['x2'])}V{_n(row['y2'])}H{_n(row['x'])}Z"
        yield f'<path d="{place}" fill="{_safe(row["fill"])}"{_opacity(row["opacity"])}/>'


def _paths(rows: Sequence[Row]) -> Iterable[str]:
    for _, own in groupby(rows, itemgetter("series")):
        points = list(own)
        path, pen = [], "M"
        for point in points:
            if point["x"] is None or point["y"] is None:
                pen = "M"
            else:
                path.append(f"{pen}{_n(point['x'])},{_n(point['y'])}")
                pen = "L"
        style = _stroke(points[0]["color"], points[0]["width"], points[0]["opacity"])
        yield f'<path d="{"".join(path)}"{style} stroke-linecap="round"/>'


def _points(rows: Sequence[Row]) -> Iterable[str]:
    for row in rows:
        half = math.sqrt(row["size"]) / 2
        x, y, h = row["x"], row["y"], _n(half)
        color = f'fill="{_safe(row["fill"])}" stroke="{_safe(row["stroke"])}" stroke-width="1.6"'
        if row["shape"] == "circle":
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{h}" {color}/>'
            continue
        path = _scaled(_SHAPES.get(str(row["shape"]), str(row["shape"])), half)
        yield f'<path transform="translate({_n(x)},{_n(y)})" d="{path}" {color}/>'


def _scaled(outline: str, half: float) -> str:
    """A shape, which is drawn in units of half its size."""
    return re.sub(r"-?[\d.]+", lambda number: _n(float(number[0]) * half), outline)


def _words(rows: Sequence[Row]) -> Iterable[str]:
    for row in rows:
        drop = 0.3 * row["size"]  # from the middle of the letters to the line they stand on
        place = (
            f'transform="translate({_n(row["x"])},{_n(row["y"])})rotate({_n(row["angle"])})translate(0,{_n(drop)})"'
            if row["angle"]
            else f'x="{_n(row["x"])}" y="{_n(row["y"] + drop)}"'
        )
        look = "".join(
            [
                _ANCHORS[row["align"]],
                "" if row["size"] == 11 else f' font-size="{_n(row["size"])}"',
                "" if row["weight"] == "normal" else f' font-weight="{row["weight"]}"',
                "" if row["style"] == "normal" else f' font-style="{row["style"]}"',
            ]
        )
        text = f'<text {place}{look} fill="{_safe(row["color"])}">{_safe(row["text"])}</text>'
        yield f'<a xlink:href="{_safe(row["link"])}">{text}</a>' if row["link"] else text


_WRITERS: dict[str, Callable[[Sequence[Row]], Iterable[str]]] = {
    "grid": _straight, "rects": _filled, "rules": _straight, "lines": _paths, "dots": _points, "texts": _words,
}  # fmt: skip
_ANCHORS = {"left": "", "right": ' text-anchor="end"', "center": ' text-anchor="middle"'}
_SHAPES = {"square": "M-1,-1L1,-1L1,1L-1,1Z", "diamond": "M-1,0L0,-1L1,0L0,1Z"}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _stroke(color: str, width: float, opacity: float) -> str:
    return f' stroke="{_safe(color)}" stroke-width="{_n(width)}"{_opacity(opacity)}'


def _opacity(opacity: float) -> str:
    return "" if opacity == 1 else f' opacity="{opacity:g}"'


def _safe(text: str) -> str:
    """Text that is part of the picture, never markup, and of characters XML allows."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
