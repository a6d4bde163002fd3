"""Rows of CSV, JSON-lines and Parquet files, each with its line; a row that cannot be read is an error in its place."""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.data import DataError, read_text
from framing.decoding import UnreadableError

_DELIMITERS = ",;\t|"
_WASTE = 20  # times the file that may be read again after quotation marks that never close

_WHOLE = re.compile(r"\d{1,12}(\.0+)?")  # a spreadsheet writes 12.0 where other rows of the column are empty

Row = tuple[int, dict[str, Any] | UnreadableError]


class Rows(NamedTuple):
    """The columns of a table and its rows, each with its line, counted from 1 (in Parquet: its number)."""

    columns: list[str]
    rows: list[Row]


def read_json_lines(text: str) -> Rows:
    """Rows of a file with one JSON object a line."""
    columns: dict[str, None] = {}
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            rows.append((number, UnreadableError(_json_problem(error), "write one JSON object a line")))
            continue
        if isinstance(row, dict):
            columns.update(dict.fromkeys(row))
            rows.append((number, row))
        else:
            rows.append((number, UnreadableError("is JSON, but no object", 'write {"text": "..."}')))
    return Rows(list(columns), rows)


def _json_problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON ({error.msg[:1].lower()}{error.msg[1:]} at character {error.colno})"
    return "is no JSON that can be read (nested too deeply, or a number too long)"


def read_csv(text: str, column: str) -> Rows:
    """Rows of a CSV file, separated by comma, semicolon, tab or bar: whichever shows `column` in the header.

    Raises `UnreadableError` when the header itself cannot be read.
    """
    lines = list(io.StringIO(text, newline=""))
    limit = csv.field_size_limit(min(len(text) + 1, 2**31 - 1))  # articles are longer than the default allows
    try:
        header_line = next((line for line in lines if line.strip()), "")
        parsed = [row for row in _csv_rows(lines, _delimiter(header_line, column)) if row[1]]
    finally:
        csv.field_size_limit(limit)
    if not parsed:
        raise UnreadableError(
            "has no rows", "write a header with the names of the columns and a row an article"
        )
    _, header = parsed[0]
    if isinstance(header, UnreadableError):
        raise header
    columns = [cell.strip() for cell in header]
    return Rows(columns, [(line, _named(cells, columns)) for line, cells in parsed[1:]])


def read_spreadsheet(path: Path, column: str) -> Rows:
    """Rows of a CSV file that a spreadsheet may have written, cells as they were before `neutralised`; see `read_csv`.

    Raises `DataError` when it cannot be read.
    """
    try:
        columns, rows = read_csv(read_text(path), column)
    except UnreadableError as error:
        raise DataError(f"{path}: {error}") from error
    return Rows(columns, [(line, _restored(cells)) for line, cells in rows])


def _restored(cells: dict[str, Any] | UnreadableError) -> dict[str, Any] | UnreadableError:
    if isinstance(cells, UnreadableError):
        return cells
    return {name: restored(cell) for name, cell in cells.items()}


def read_parquet(data: bytes) -> Rows:
    """Rows of a Parquet file. Raises `UnreadableError` when it is none."""
    import pyarrow as pa  # noqa: PLC0415  only those who have such a file wait for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(pa.BufferReader(data))
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise UnreadableError(
            "is no readable Parquet table, or only part of one", "write or copy it anew"
        ) from error
    return Rows(list(table.column_names), list(enumerate(rows, 1)))


def whole_number(cell: str, name: str, counts: str) -> int:
    """The whole number from 0 on in a cell of the column `name`, which counts what `counts` says.

    Raises `UnreadableError`.

    >>> whole_number("12.0", "start", "characters of the text")
    12
    """
    if not _WHOLE.fullmatch(cell):
        raise UnreadableError(f"{name} is '{cell}', not a whole number from 0 on", f"count {counts}")
    return int(cell.partition(".")[0])


def unknown(what: str, given: str, choices: Collection[str]) -> UnreadableError:
    """The error for a name that is none of the choices, with those, and the one that was meant where it is clear.

    >>> str(unknown("label", "wesel", ("hearsay", "weasel")))
    "unknown label 'wesel'; choose from hearsay, weasel. Did you mean 'weasel'?"
    """
    near = difflib.get_close_matches(given.lower(), choices, 1)
    hint = f". Did you mean '{near[0]}'?" if near else ""
    return UnreadableError(f"unknown {what} '{given}'", f"choose from {', '.join(choices)}{hint}")


def require_column(name: str, columns: Sequence[str], option: str) -> None:
    """Raise `UnreadableError` with the columns there are, and the option that names one, when one is missing."""
    if name in columns:
        return
    shown = ", ".join(columns[:12]) + (", ..." if len(columns) > 12 else "")
    close = difflib.get_close_matches(name.lower(), [column.lower() for column in columns], 1, 0.5)
    meant = next((column for column in columns if close and column.lower() == close[0]), None)
    advice = (
        f"did you mean {meant!r}? Name it with {option}" if meant else f"name the right one with {option}"
    )
    raise UnreadableError(f"has no column {name!r}, only {shown or 'none'}", advice)


def _named(cells: list[str] | UnreadableError, columns: list[str]) -> dict[str, Any] | UnreadableError:
    if isinstance(cells, UnreadableError):
        return cells
    if any(cell.strip() for cell in cells[len(columns) :]):
        problem = f"has {len(cells)} cells, but the header {len(columns)}"
        return UnreadableError(problem, "put quotation marks around a text with separators in it")
    return dict(zip(columns, cells, strict=False))


def _delimiter(header: str, column: str) -> str:
    for delimiter in _DELIMITERS:
        if column in [cell.strip(' "\r\n') for cell in header.split(delimiter)] and delimiter in header:
            return delimiter
    return max(_DELIMITERS, key=header.count)


def _csv_rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | UnreadableError]]:
    """Parsed rows; after one that breaks the rules of quoting, reading goes on with the line after its first."""
    start = read_again = 0
    while start < len(lines):
        reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=delimiter, strict=True)
        before = 0
        try:
            for row in reader:
                yield start + before + 1, row
                before = reader.line_num
        except csv.Error:
            line = start + before + 1
            problem = "a quotation mark is not closed, or one inside a field is not doubled"
            yield line, UnreadableError(problem, 'write "" for a quotation mark inside a quoted field')
            read_again += reader.line_num - before - 1
            if read_again > _WASTE * len(lines):
                yield (
                    line + 1,
                    UnreadableError(
                        "too many quotation marks are not closed", "rest not read: mend them first"
                    ),
                )
                return
            start = line
        else:
            return


def neutralised(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `'` goes before what begins like one. Plain numbers stay.

    What was written so is restored when it is read, for which cells that begin with `'` and then like one get another.

    >>> neutralised("=1+1"), neutralised("-1"), neutralised("'=x"), neutralised("'tis")
    ("'=1+1", '-1', "''=x", "'tis")
    """
    return f"'{cell}" if _DANGEROUS.match(cell) and not _PLAIN_NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """A cell as it was before `neutralised`.

    >>> [restored(neutralised(cell)) for cell in ("=1+1", "-1", "'=x", "'tis")]
    ['=1+1', '-1', "'=x", "'tis"]
    """
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell) else cell


_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
