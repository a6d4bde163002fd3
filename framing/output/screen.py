"""Results for people at a terminal: one table an article, one row a measure, a column for each voice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from framing.analysis import Analysis, Score

if TYPE_CHECKING:
    import pandas as pd

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


def answer_table(columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[str]) -> Table:
    """Rows of any columns; those in `numbers` stand to the right, and what is undefined is a dash."""
    right = set(numbers)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(_clean(name), justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("–" if cell is None else _clean(cell) for cell in row))
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


def validation_tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """What `framing validate` found, given as its JSON: metrics, confusion, whole spans, and errors where asked for."""
    title = f"{result['task']} · {result['model']}"
    yield _metrics_table(title, {"n": result["n"], **result["metrics"]}, result.get("intervals", {}))
    yield from _confusion_tables(result.get("confusion", {}))
    if result.get("spans"):
        yield _spans_table(result["spans"])
    if result.get("errors"):
        yield _errors_table(result["errors"])


def _metrics_table(title: str, metrics: Mapping[str, Any], intervals: Mapping[str, Any]) -> Table:
    table = _grid(_clean(title), ("metric",), ("value", "95 %"))
    for name, value in metrics.items():
        if not isinstance(value, Mapping):
            table.add_row(_clean(name), _figure(value), _between(intervals.get(name)))
            continue
        table.add_row(f"[bold]{_clean(name)}[/bold]")
        for part, own in value.items():
            edges = intervals.get(name, {}).get(part)
            table.add_row(f"  {_clean(part)}", _figure(own), _between(edges))
    return table


def _confusion_tables(confusion: Mapping[str, Any], name: str = "") -> Iterator[Table]:
    """A table for each level that holds counts; those of several actors are nested by actor."""
    rows = [(label, row) for label, row in confusion.items() if isinstance(row, Mapping)]
    if any(isinstance(cell, Mapping) for _, row in rows for cell in row.values()):
        for label, row in rows:
            yield from _confusion_tables(row, label)
        return
    if not rows:
        return
    columns = tuple(rows[0][1])
    # Where rows and columns are the same classes, it has to be said which is which.
    classes = columns == tuple(label for label, _ in rows)
    title = f"Confusion · {_clean(name)}" if name else "Confusion"
    table = _grid(title, ("coded ↓ predicted →" if classes else "",), columns)
    for label, row in rows:
        cells = [f"{row[column]:,}" for column in columns]
        if classes:
            cells[columns.index(label)] = f"[bold]{row[label]:,}[/bold]"
        table.add_row(_clean(label), *cells)
    yield table


def _spans_table(spans: Mapping[str, Any]) -> Table:
    headings = [f"{how} {what}" for how in ("exact", "overlap") for what in ("P", "R", "F1")]
    table = _grid("Whole spans", ("",), (*headings, "coded", "found"))
    for label, row in spans.items():
        values = [row[how][what] for how in ("exact", "overlap") for what in ("precision", "recall", "f1")]
        table.add_row(_clean(label), *map(_figure, values), f"{row['coded']:,}", f"{row['found']:,}")
    return table


def _errors_table(errors: Sequence[Mapping[str, Any]]) -> Table:
    table = _grid("Worst errors", ("id", "text", "coded", "predicted", "score", "why"), ())
    for error in errors:
        score = "–" if error["score"] is None else f"{error['score']:.3g}"
        cells = [_clean(error[name]) for name in ("id", "text", "coded", "predicted")]
        table.add_row(*cells, score, _clean(error["why"]))
    return table


def _grid(title: str, texts: Iterable[str], numbers: Iterable[str]) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for name in texts:
        table.add_column(_clean(name), overflow="fold")
    for name in numbers:
        table.add_column(_clean(name), justify="right", no_wrap=True)
    return table


def _figure(value: float | None) -> str:
    """Three decimals, as accuracy is printed; a count as it is."""
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _between(edges: Sequence[float | None] | None) -> str:
    return f"{_figure(edges[0])} to {_figure(edges[1])}" if edges and edges[0] is not None else ""


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
