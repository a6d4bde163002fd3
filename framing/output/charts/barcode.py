"""Where terms stand in the articles, as barcodes from first to last word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from framing.analysis import Analysis
from framing.output.charts.parts import (
    MANY,
    SHORT,
    TALL,
    ChartFunction,
    Entry,
    Scale,
    Sheet,
    colors_of,
    fewer,
    key,
    labelled_axis,
    labels_of,
    note,
    text_width,
)  # fmt: skip
from framing.output.style import WIDTH

POSITION_COLUMNS = ("article", "kind", "voice", "start", "end")


@ChartFunction
def barcode(
    positions: pd.DataFrame,
    articles: Sequence[str],
    kind: str = "loaded",
    *,
    width: int = WIDTH,
    dark: bool = False,
) -> Sheet:
    """Where the terms of a kind stand in each article: tall in the author's voice, short in attributed words.

    `positions` comes from `term_positions`; the pale bands are words attributed to a source.
    """
    sheet = Sheet(width, dark=dark)
    terms, bands = positions[positions.kind == kind], positions[positions.kind == "attributed"]
    counts = terms.groupby("article").size().to_dict()
    shown, remark = fewer(articles, counts, MANY, "terms")
    labels, colors = labels_of(shown, width), colors_of(articles, dark=dark)
    ink = sheet.ink
    top = key(sheet, 0, 0, [
        Entry("in the author’s words", ink.ink, TALL), Entry("in attributed words", ink.ink, SHORT), Entry("attributed words", ink.band),
    ]) + 4  # fmt: skip
    end = f"n {max([0, *counts.values()])}"
    scale = Scale(0, 1, labels.room, width - text_width(end) - 10)
    for number, article in enumerate(shown):
        base = top + (number + 1) * labels.row - 3
        y, high = base - 8, base - 16
        labels.draw(sheet, article, labels.room - 10, y)
        own = bands[bands.article == article]
        for start, stop in _joined(own.start, own.end):
            sheet.rect(scale(start), high, max(scale(stop), scale(start) + 0.5), base, ink.band)
        sheet.rule(scale.left, base, scale.right, base, ink.rule)
        found = terms[terms.article == article]
        attributed = found.voice == "attributed"
        sheet.strokes(
            [scale(at) for at in found.start[~attributed]], base - 1, high, colors[article], width=2
        )
        sheet.strokes(
            [scale(at) for at in found.start[attributed]], base - 1, base - 7, colors[article], width=2
        )
        sheet.text(scale.right + 7, y, f"n {counts.get(article, 0)}", color=ink.muted)
    bottom = position_axis(sheet, scale, top, top + len(shown) * labels.row)
    return sheet.cut(note(sheet, bottom, remark) if remark else bottom)


def term_positions(analyses: Sequence[Analysis], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Loaded terms, hedges and attributed content as shares of the article's length: article, kind, voice, start, end (0..1)."""
    rows = []
    for analysis in analyses:
        document = analysis.document
        if not document.tokens:
            continue
        first, length = document.starts[0], max(document.ends[-1] - document.starts[0], 1)
        spans = [
            (kind, item.start, item.end, item.voice)
            for kind in ("loaded", "hedging")
            if kind in analysis.readings
            for item in analysis.readings[kind].evidence
            if item.label != "booster"
        ]
        if "attribution" in analysis.readings:
            spans += [
                ("attributed", start, end, "attributed")
                for item in analysis.readings["attribution"].evidence
                for start, end in item.extra.get("content", ())
            ]
        for kind, start, end, voice in spans:
            rows.append({
                "article": (names or {}).get(document.id, document.id), "kind": kind, "voice": voice,
                "start": (start - first) / length, "end": (end - first) / length,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(POSITION_COLUMNS))


def position_axis(sheet: Sheet, scale: Scale, top: float, bottom: float) -> float:
    """The axis of places in the article; returns where it ends."""
    labels = [(0.0, "first word"), (0.5, "middle"), (1.0, "last word")]
    return labelled_axis(sheet, scale, top, bottom, labels)


def _joined(starts: pd.Series[float], ends: pd.Series[float]) -> list[tuple[float, float]]:
    """Spans without overlaps, those that all but touch as one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(zip(starts, ends, strict=True)):
        if joined and start <= joined[-1][1] + 0.002:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
