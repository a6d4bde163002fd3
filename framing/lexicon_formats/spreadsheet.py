"""Lexicons as tables with commas: LIWC-22's `.dicx`, a column a category, and plain CSV, a column a property."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from framing.corpus import Failure
from framing.data import DataError
from framing.decoding import UnreadableError
from framing.lexicon import GUARDS, Entry, Lexicon
from framing.lexicon_formats.rows import (
    Found,
    category_name,
    meaning,
    row,
    written_out,
)
from framing.tables import neutralised, read_spreadsheet

TERM = "DicTerm"  # the first column of a .dicx
CSV_COLUMNS = ("term", "category", "weight", "neutral", "note")  # always written
_MORE = ("forms", "actor", "case", "in_name", *GUARDS, "source")  # written where an entry has something there


def read_dicx(path: Path) -> Found:
    """A LIWC-22 dictionary: DicTerm, then a column a category with an X, or with a weight.

    Raises `DataError` when the first column is another.
    """
    columns, table = read_spreadsheet(path, TERM)
    if not columns or columns[0].lower() != TERM.lower() or len(columns) < 2:
        raise DataError(
            f"{path}: is no LIWC-22 dictionary; its first line must be {TERM} and the names of the categories"
        )
    names = {column: category_name(column) for column in columns[1:] if column}
    rows: list[Entry | Failure] = []
    for line, cells in table:
        if isinstance(cells, UnreadableError):
            rows.append(Failure(str(path), line, cells.problem, cells.advice))
            continue
        term = cells.get(columns[0], "").strip().lower()
        found: list[Entry | Failure] = []
        for column, name in names.items():
            weight = _mark(cells.get(column, ""))
            if weight is None:
                problem = f"'{cells[column]}' under '{column}' is neither X nor a number"
                found.append(Failure(str(path), line, problem, "write X, a number, or nothing"))
            elif weight:
                found.append(row(path, line, term, name, weight))
        if not found:
            advice = "put an X under one"
            found.append(Failure(str(path), line, f"'{term}' has no category", advice))
        rows += dict.fromkeys(found) if all(isinstance(item, Failure) for item in found) else found
    return Found("LIWC-22 dictionary", {name: meaning(column) for column, name in names.items()}, rows)


def _mark(cell: str) -> float | None:
    """1 for an X, a number for itself, 0 for nothing; None for anything else."""
    cell = cell.strip()
    if cell.lower() == "x":
        return 1.0
    return _number(cell) if cell else 0.0


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def write_dicx(lexicon: Lexicon) -> str:
    """A LIWC-22 dictionary: X, or the weights where the lexicon has any; what has a weight of 0 is not in it."""
    categories = list(dict.fromkeys([*lexicon.categories, *(e.category for e in lexicon.entries)]))
    weighted = any(entry.weight != 1 for entry in lexicon.entries)
    terms: dict[str, dict[str, str]] = {}
    for form, entry in written_out(lexicon):
        if entry.weight:
            terms.setdefault(form.lower(), {})[entry.category] = f"{entry.weight:g}" if weighted else "X"
    rows = [[term, *(marks.get(category, "") for category in categories)] for term, marks in terms.items()]
    return _text([[TERM, *categories], *sorted(rows)])


def read_plain(path: Path) -> Found:
    """A CSV with the columns term and category; weight, neutral, note, forms, guards and others may stand beside them.

    Raises `DataError` when one of the two is missing.
    """
    columns, table = read_spreadsheet(path, "term")
    for name in ("term", "category"):
        if name not in columns:
            raise DataError(f"{path}: has no column '{name}'; found {', '.join(columns) or 'none'}")
    rows: list[Entry | Failure] = []
    categories: dict[str, str] = {}
    for line, cells in table:
        if isinstance(cells, UnreadableError):
            rows.append(Failure(str(path), line, cells.problem, cells.advice))
            continue
        values = {column: " ".join(cell.split()) for column, cell in cells.items() if cell.strip()}
        category = values.get("category", "")
        if not category:
            term = values.get("term", "")
            rows.append(Failure(str(path), line, f"'{term}' has no category", "name one"))
            continue
        written = values.get("weight", "1")
        weight = _number(written)
        if weight is None:
            problem = f"the weight '{written}' is not a number"
            rows.append(Failure(str(path), line, problem, "write a number from -1 to 1, or nothing"))
            continue
        name = category_name(category)
        categories.setdefault(name, meaning(category))
        item = row(path, line, values.get("term", ""), name, weight)
        rows.append(item if isinstance(item, Failure) else _with_more(item, values))
    return Found("CSV", categories, rows)


def _with_more(entry: Entry, values: dict[str, str]) -> Entry:
    more: dict[str, Any] = {}
    for column, cell in values.items():
        if column in GUARDS:
            more[column] = frozenset(part.strip() for part in cell.split("|") if part.strip())
        elif column in _MORE or column in ("neutral", "note"):
            more[column] = cell
    known = {*CSV_COLUMNS, *_MORE}
    extra = {column: cell for column, cell in values.items() if column and column not in known}
    return Entry(entry.term, entry.category, weight=entry.weight, line=entry.line, extra=extra, **more)


def write_plain(lexicon: Lexicon) -> str:
    """A CSV with a row an entry: term, category, weight, neutral, note, and whatever else entries have."""
    columns, rows = plain_rows(lexicon.entries)
    return _text([columns, *rows])


def plain_rows(entries: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
    """The columns of a table of entries, and their cells."""
    columns = [*CSV_COLUMNS, *used_columns(entries, _MORE)]
    return columns, [[cell_of(entry, column) for column in columns] for entry in entries]


def used_columns(entries: Sequence[Entry], columns: Iterable[str]) -> list[str]:
    """Those of the columns in which an entry has something, and then the lexicon's own."""
    own = dict.fromkeys(name for entry in entries for name in entry.extra)
    return [name for name in (*columns, *own) if any(cell_of(entry, name) for entry in entries)]


def cell_of(entry: Entry, column: str) -> str:
    """What stands in a column of an entry's row; a weight of 1 is left empty."""
    if column in entry.extra:
        return " ".join(entry.extra[column].split())
    value = getattr(entry, column, "")
    if column == "weight":
        return "" if value == 1 else f"{value:g}"
    if column in GUARDS:
        return "|".join(sorted(value))
    return " ".join(str(value).split())


def _text(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for cells in rows:
        writer.writerow([cell if _number(cell) is not None else neutralised(cell) for cell in cells])
    return buffer.getvalue()
