"""Rows of CSV, JSON-lines and Parquet files, each with its line; a row that cannot be read is an error in its place."""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from framing.data import DataError, read_text
from framing.decoding import UnreadableError

_DELIMITERS = ",;\t|"
_WASTE = 20  # times the file that may be read again after quotation marks that never close ...
_FEW = 10_000  # ... or this many lines, where less has been read so far
_BATCH = 256  # rows of a Parquet file that are in memory together
LARGEST = 1 << 25  # bytes of a file, or characters of a row, that hold one article

_WHOLE = re.compile(r"\d{1,12}(\.0+)?")  # a spreadsheet writes 12.0 where other rows of the column are empty

Row = tuple[int, dict[str, Any] | UnreadableError]


class _TooLongError(Exception):
    """A row of a CSV file goes on and on."""


class Rows(NamedTuple):
    """The columns of a table and its rows, each with its line, counted from 1 (in Parquet: its number)."""

    columns: list[str]
    rows: list[Row]


def read_json_lines(text: str) -> Rows:
    """Rows of a file with one JSON object a line."""
    rows = list(json_rows([text]))
    columns = dict.fromkeys(name for _, row in rows if isinstance(row, dict) for name in row)
    return Rows(list(columns), rows)


def json_rows(texts: Iterable[str]) -> Iterator[Row]:
    """Rows of a file with one JSON object a line, of which `texts` are the pieces, one by one."""
    for number, line in enumerate(_lines(texts, "\n"), 1):
        if line is None:
            yield number, _too_long()
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line.removesuffix("\n"))
        except (ValueError, RecursionError) as error:
            yield number, UnreadableError(_json_problem(error), "write one JSON object a line")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            yield number, UnreadableError("is JSON, but no object", 'write {"text": "..."}')


def _json_problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON ({error.msg[:1].lower()}{error.msg[1:]} at character {error.colno})"
    return "is no JSON that can be read (nested too deeply, or a number too long)"


def read_csv(text: str, column: str) -> Rows:
    """Rows of a CSV file, separated by comma, semicolon, tab or bar: whichever shows `column` in the header.

    Raises `UnreadableError` when the header itself cannot be read.
    """
    columns, rows = csv_rows([text], column)
    return Rows(columns, list(rows))


def csv_rows(texts: Iterable[str], column: str) -> tuple[list[str], Iterator[Row]]:
    """Columns of a CSV file, of which `texts` are the pieces, and its rows, one by one; see `read_csv`."""
    lines = _lines(texts, "")
    above: list[str | None] = []  # to be read again once the separator is known
    for line in lines:
        above.append(line)
        if line is None or line.strip():
            break
    header_line = above[-1] if above else None
    rows = _csv_rows(chain(above, lines), _delimiter(header_line or "", column))
    parsed = ((line, cells) for line, cells in rows if cells)
    _, header = next(parsed, (0, None))
    if header is None:
        raise UnreadableError(
            "has no rows", "write a header with the names of the columns and a row an article"
        )
    if isinstance(header, UnreadableError):
        raise header
    columns = [cell.strip() for cell in header]
    return columns, ((line, _named(cells, columns)) for line, cells in parsed)


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
    columns, rows = parquet_rows(io.BytesIO(data))
    return Rows(columns, list(rows))


def parquet_rows(source: str | BinaryIO) -> tuple[list[str], Iterator[Row]]:
    """Columns of a Parquet file, by its name or open, and its rows, one by one.

    Raises `UnreadableError` when it is none, and from among the rows where it is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415  only those who have such a file wait for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    faults = (pa.ArrowException, OSError, ValueError, OverflowError)

    def rows() -> Iterator[Row]:
        numbers = count(1)
        try:
            # One thread and small batches keep the memory to a few pages of each column.
            for batch in table.iter_batches(_BATCH, use_threads=False):
                for row in batch.to_pylist():
                    yield next(numbers), row
        except faults as error:
            raise _no_parquet() from error
        finally:
            table.close(force=True)

    try:
        # Without a buffer of its own, a column of a whole group of rows is read at once.
        table = pq.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False)
    except faults as error:
        raise _no_parquet() from error
    return list(table.schema_arrow.names), rows()


def _no_parquet() -> UnreadableError:
    return UnreadableError("is no readable Parquet table, or only part of one", "write or copy it anew")


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


def _csv_rows(
    lines: Iterator[str | None], delimiter: str
) -> Iterator[tuple[int, list[str] | UnreadableError]]:
    """Parsed rows; after one that breaks the rules of quoting, reading goes on with the line after its first."""
    known = start = read_again = (
        0  # lines ever read; those before the reader's first; those read more than once
    )
    again: deque[str | None] = deque()
    current: list[str | None] = []  # lines of the row being read

    def feed() -> Iterator[str]:
        nonlocal known
        size = 0
        while True:
            if again:
                line = again.popleft()
            else:
                try:
                    line = next(lines)
                except StopIteration:
                    return
                known += 1
            size = len(line or "") + (size if current else 0)
            current.append(line)
            if line is None or size > LARGEST:
                raise _TooLongError
            yield line

    while True:
        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        before = 0
        problem = UnreadableError(
            "a quotation mark is not closed, or one inside a field is not doubled",
            'write "" for a quotation mark inside a quoted field',
        )
        try:
            while True:
                limit = csv.field_size_limit(LARGEST)  # articles are longer than the default allows
                try:
                    row = next(reader)
                finally:
                    csv.field_size_limit(limit)
                yield start + before + 1, row
                before = reader.line_num
                current.clear()
        except StopIteration:
            return
        except csv.Error:
            pass
        except _TooLongError:
            problem = _too_long()
        start += before + 1
        yield start, problem
        again.extendleft(reversed(current[1:]))
        read_again += len(current) - 1
        current.clear()
        if read_again > _WASTE * max(known, _FEW):
            yield (
                start + 1,
                UnreadableError("too many quotation marks are not closed", "rest not read: mend them first"),
            )
            return


def _lines(texts: Iterable[str], newline: Literal["", "\n"]) -> Iterator[str | None]:
    """Lines of a text in pieces, with their ends: those of every system, or the newline alone.

    None stands for a line that is longer than an article may be.
    """
    rest, skipping = "", False
    for text in chain(filter(None, texts), [""]):
        pieces = io.StringIO(rest + text, newline=newline)
        rest = next(pieces, "")
        for line in pieces:
            if not skipping:
                yield rest if len(rest) <= LARGEST else None
            rest, skipping = line, False
        if rest.endswith("\n") or not text:  # after \r another piece may begin with \n
            if rest and not skipping:
                yield rest if len(rest) <= LARGEST else None
            rest, skipping = "", False
        elif len(rest) > LARGEST or skipping:
            if not skipping:
                yield None
            rest, skipping = rest[-1:], True


def _too_long() -> UnreadableError:
    return UnreadableError(
        f"is longer than {LARGEST >> 20} million characters", "no article is; mend the file"
    )


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
