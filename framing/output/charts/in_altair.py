"""Sheets as Altair charts: one view of a few layers whose rows carry their places in pixels."""

from __future__ import annotations

from typing import Any, Literal, cast

import altair as alt

from framing.output.charts.parts import KINDS, Sheet
from framing.output.style import config


def altair_chart(sheet: Sheet) -> alt.LayerChart:
    """The sheet as an Altair chart, a layer for each kind of mark."""
    x = alt.X(field="x", type="quantitative", axis=None, scale=_pixels(sheet.width))
    y = alt.Y(field="y", type="quantitative", axis=None, scale=_pixels(sheet.height))
    # Ours need no check against Vega-Lite's schema, which takes ten times as long as making them.
    with alt.utils.schemapi.debug_mode(arg=False):
        layers = [
            alt.Chart(
                data=alt.InlineData(values=rows),
                mark=_LOOKS[kind][0],
                encoding=alt.FacetedEncoding(x=x, y=y, **_LOOKS[kind][1]),
                name=kind,
            )
            for kind in KINDS
            if (rows := sheet.rows[kind])
        ]
        chart = alt.layer(
            *layers,
            width=sheet.width,
            height=sheet.height,
            autosize="none",
            padding=0,
            config=config(dark=sheet.dark),
        )
    return cast("alt.LayerChart", chart)  # FacetChart only if asked for


def _given(channel: type, field: str, type: str = "nominal") -> Any:
    """A channel that takes what it shows from a field as it is."""
    return channel(field=field, type=type, scale=None, legend=None)


def _datum(field: str) -> alt.ExprRef:
    return alt.ExprRef(expr=f"datum.{field}")


_NUMBER: Literal["quantitative"] = "quantitative"
_SPAN = {"x2": alt.X2(field="x2"), "y2": alt.Y2(field="y2")}
_TIP = {"tooltip": alt.Tooltip(field="tip", type="nominal")}
_PEN = {
    "stroke": _given(alt.Stroke, "color"),
    "strokeWidth": _given(alt.StrokeWidth, "width", _NUMBER),
    "opacity": _given(alt.Opacity, "opacity", _NUMBER),
}
# The kinds of marks in the order in which they are drawn, each with what its rows decide.
_LOOKS: dict[str, tuple[alt.MarkDef, dict[str, Any]]] = {
    "grid": (alt.MarkDef(type="rule"), {**_SPAN, **_PEN}),
    "rects": (
        alt.MarkDef(type="rect"),
        {**_SPAN, **_TIP, "fill": _given(alt.Fill, "fill"), "opacity": _given(alt.Opacity, "opacity", _NUMBER)},
    ),
    "rules": (alt.MarkDef(type="rule"), {**_SPAN, **_PEN}),
    "lines": (
        alt.MarkDef(type="line", strokeCap="round", invalid="break-paths-show-path-domains"),
        {**_PEN, "order": alt.Order(field="order", type=_NUMBER), "detail": alt.Detail(field="series", type="nominal")},
    ),
    "dots": (
        alt.MarkDef(type="point", opacity=1, strokeWidth=1.6),
        {
            **_TIP, "fill": _given(alt.Fill, "fill"), "stroke": _given(alt.Stroke, "stroke"),
            "shape": _given(alt.Shape, "shape"), "size": _given(alt.Size, "size", _NUMBER),
        },
    ),
    "texts": (
        alt.MarkDef(type="text", baseline="middle", align=_datum("align"), fontWeight=_datum("weight"), fontStyle=_datum("style")),
        {
            "text": alt.Text(field="text", type="nominal"), "color": _given(alt.Color, "color"),
            "size": _given(alt.Size, "size", _NUMBER), "angle": _given(alt.Angle, "angle", _NUMBER),
            "href": alt.Href(field="link", type="nominal"),
        },
    ),
}  # fmt: skip


def _pixels(length: float) -> alt.Scale:
    return alt.Scale(domain=[0, length], range=[0, length], nice=False, zero=False)
