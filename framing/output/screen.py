"""Results for people at a terminal: one table an article, one row a measure, a column for each voice."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
from rich.markup import escape
from rich.table import Table

from framing.analysis import Analysis, Score

_COLUMNS = ("author", "attributed", "headline", "all")


def score_table(analysis: Analysis) -> Table:
    """The scores of an article that rest on something; the interval is that of all voices together."""
    article = analysis.article
    size = ", ".join(
        f"{article[what]:,} {what if article[what] != 1 else what[:-1]}" for what in ("words", "sentences")
    )
    title = f"{_clean(article['title'] or article['id'])} ({size})"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("measure", overflow="fold", min_width=24)
    for name in (*_COLUMNS, "95 %", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", overflow="fold")
    for name, reading in analysis.readings.items():
        table.add_row(f"[bold]{escape(reading.dimension.title)}[/bold]" if reading.scores else name)
        for rows in _by_measure(reading.scores).values():
            if any(score.value for score in rows.values() if not math.isnan(score.value)):
                table.add_row(*_cells(rows))
    return table


def difference_table(differences: pd.DataFrame) -> Table:
    """Differences between two articles, those least likely to be chance first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measure", overflow="fold", min_width=24)
    for name in ("article a", "article b"):
        table.add_column(name, overflow="fold")
    for name in ("a", "b", "difference", "95 %", "p", "q"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    for row in differences.sort_values("q", kind="stable").to_dict("records"):
        what = _name(*(row[key] for key in ("measure", "label", "actor", "voice")))
        interval = f"{_number(row['low'])} to {_number(row['high'])}"
        numbers = [_number(row[key]) for key in ("value_a", "value_b", "difference")]
        chances = [_number(row[key]) for key in ("p", "q")]
        note = row["note"] if isinstance(row["note"], str) else ""
        table.add_row(what, _clean(row["a"]), _clean(row["b"]), *numbers, interval, *chances, note)
    return table


def failure_table(failures: Iterable[str]) -> Table:
    """What could not be read, one line each."""
    table = Table(
        title="Not read",
        title_justify="left",
        box=None,
        pad_edge=False,
        show_header=False,
        title_style="bold",
    )
    table.add_column(overflow="fold")
    for failure in failures:
        table.add_row(f"  {_clean(failure)}")
    return table


def _by_measure(scores: Iterable[Score]) -> dict[tuple[str, str | None, str | None], dict[str, Score]]:
    rows: dict[tuple[str, str | None, str | None], dict[str, Score]] = {}
    for score in scores:
        rows.setdefault((score.measure, score.label, score.actor), {})[score.voice] = score
    return rows


def _cells(rows: dict[str, Score]) -> list[str]:
    total = rows.get("all") or next(iter(rows.values()))
    name = _name(total.measure, total.label, total.actor)
    values = [_number(rows[voice].value) if voice in rows else "" for voice in _COLUMNS]
    interval = "" if math.isnan(total.low) else f"{_number(total.low)} to {_number(total.high)}"
    return [f"  {name}", *values, interval, f"{total.n:,}", total.unit]


def _name(*parts: object) -> str:
    """Measure, label, actor and voice as one name; those that are empty are left out."""
    return " · ".join(part.replace("_", " ") for part in parts if isinstance(part, str) and part)


def _number(value: float) -> str:
    """Three significant digits; undefined is a dash.

    >>> _number(0.01234), _number(54.68), _number(float("nan"))
    ('0.0123', '54.7', '–')
    """
    return "–" if math.isnan(value) else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _clean(text: object) -> str:
    """A text from an article: brackets would be read as style, control characters by the terminal."""
    return escape("".join(c if c.isprintable() else " " for c in str(text)))
