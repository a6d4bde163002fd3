"""SQL over a folder of results, by DuckDB: one statement that reads, nothing else to read or write, no network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from framing.engines.results import ABOUT, ARTICLE, FAILURE, Results
from framing.engines.rows import SCHEMA

if TYPE_CHECKING:
    import duckdb

ROWS = 10_000  # of a batch
_MEMORY = "2GB"  # beyond it DuckDB uses the disk
_MOST_THREADS = 4

_ABOUT = ", ".join(ABOUT)
_SELECT = "select {columns} from {{parts}}"  # `{parts}` stands for the files
_UNNEST = "select {about}, unnest(row) from (select {about}, unnest({column}) as row from {{parts}})"
VIEWS = {
    "articles": _SELECT.format(columns=", ".join(ARTICLE)) + " where problem is null",
    "scores": _UNNEST.format(about=_ABOUT, column="scores"),
    "evidence": _UNNEST.format(about=_ABOUT, column="evidence"),
    "failures": _SELECT.format(columns=", ".join(FAILURE)) + " where problem is not null",
}
_COLUMNS = {
    "articles": ARTICLE,
    "failures": FAILURE,
    **{
        name: (*ABOUT, *(field.name for field in SCHEMA.field(name).type.value_type))
        for name in ("scores", "evidence")
    },
}

_EXPLAIN = re.compile(r"explain\s+(?:analyze\s+)?", re.IGNORECASE)
_PIVOT = re.compile(r"(?:from|pivot|select|with)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_KIND = re.compile(r"^[\w ]+ Error: ")
_COLUMN = re.compile(r'Referenced column "([^"]*)" not found|does not have a column named "([^"]*)"')
_TABLE = re.compile(r"Table with name (\S+) does not exist")


class QueryError(ValueError):
    """A query that is refused or goes wrong; the message says what was meant and what there is."""


def columns_of(view: str) -> tuple[str, ...]:
    """The columns of a view.

    >>> columns_of("failures")[-2:]
    ('problem', 'advice')
    """
    return _COLUMNS[view]


@contextmanager
def answered(results: Results, sql: str) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The answer to one statement over the views `articles`, `scores`, `evidence` and `failures`: its schema and batches.

    Batches of `ROWS` rows come as they are read, so that an answer may be larger than memory. The statement reads the
    parts of the results and nothing else; what it needs beyond 2 GB goes to a folder that is deleted. Raises
    `QueryError` for SQL that is wrong, or that does anything but read, and `ImportError` without DuckDB.
    """
    import duckdb  # noqa: PLC0415  an extra

    with TemporaryDirectory(prefix="framing-query-") as spill, duckdb.connect(":memory:") as connection:
        _open(connection, results.parts)
        _close(connection, results.parts, spill)
        try:
            reader = _run(connection, _checked(connection, sql))
            yield reader.schema, _batches(reader, sql)
        except duckdb.Error as error:
            raise QueryError(_explained(error, sql)) from error


def _open(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> None:
    source = "nothing"
    if parts:
        source = f"read_parquet([{', '.join(_quoted(_pattern(part)) for part in parts)}])"
    else:
        connection.register(source, SCHEMA.empty_table())
    for name, select in VIEWS.items():
        connection.execute(f"create view {name} as {select.replace('{parts}', source)}")


def _close(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], spill: str) -> None:
    """Nothing but the parts can be read from here on, nothing written but what does not fit into memory."""
    files = ", ".join(
        _quoted(name) for part in parts for name in dict.fromkeys((_pattern(part), str(part.absolute())))
    )
    for option, value in (
        ("memory_limit", f"'{_MEMORY}'"),
        ("threads", min(_MOST_THREADS, os.cpu_count() or 1)),
        ("temp_directory", _quoted(spill)),
        ("enable_progress_bar", "false"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        (
            "python_enable_replacements",
            "false",
        ),  # a name in the query is a view, never a variable of the program
        ("allowed_paths", f"[{files}]"),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):
        connection.execute(f"set {option} = {value}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pattern(part: Path) -> str:
    """The name of a file where DuckDB expects a pattern."""
    return re.sub(r"[*?[]", r"[\g<0>]", str(part.absolute()))


def _checked(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The statement, if it is one that reads. Raises `QueryError` otherwise."""
    statements = connection.extract_statements(sql)
    if not statements:
        raise QueryError(
            'there is no SQL; for instance: "select outlet, count(*) from articles group by outlet"'
        )
    if len(statements) > 1:
        raise QueryError(
            f"there are {len(statements)} statements; ask one at a time, without a semicolon in it"
        )
    kind = statements[0].type.name
    if kind == "EXPLAIN":
        rest = _EXPLAIN.sub("", sql, count=1)
        inner = connection.extract_statements(rest)
        kind = inner[0].type.name if len(inner) == 1 and rest != sql else "EXPLAIN"
    # PIVOT without its values is several statements to DuckDB.
    if kind != "SELECT" and not (kind == "MULTI" and _PIVOT.match(sql)):
        raise QueryError(
            f"{kind.replace('_', ' ')} is not possible, since a query only reads; "
            "begin with SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN, and write the answer to a file with -o"
        )
    return sql


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.RecordBatchReader:
    if _EXPLAIN.match(sql):  # as a relation it would be printed
        table = pa.table(
            dict(zip(("plan", "text"), zip(*connection.execute(sql).fetchall(), strict=True), strict=True))
        )
        return table.to_reader()
    return connection.sql(sql).to_arrow_reader(ROWS)


def _batches(reader: pa.RecordBatchReader, sql: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except (pa.ArrowException, OSError) as error:  # what goes wrong on the way comes through Arrow
        raise QueryError(_explained(error, sql)) from error


def _explained(error: Exception, sql: str) -> str:
    """What DuckDB says, in one line; of a column or table that is not there, what there is."""
    said, _, _ = str(error).partition("\n\nLINE ")
    said = " ".join(said.removeprefix("Query execution failed: ").split())
    column, table = _COLUMN.search(said), _TABLE.search(said)
    if column:
        name = column[1] or column[2]
        named = set(_WORD.findall(sql.lower()))
        views = [view for view in VIEWS if view in named]
        known = list(dict.fromkeys(name for view in views for name in columns_of(view)))
        there = f" There are {', '.join(known)}" if known else ""
        return f"there is no column '{name}'.{_meant(name, known)}{there}"
    if table:
        return f"there is no table '{table[1]}'.{_meant(table[1], list(VIEWS))} There are {', '.join(VIEWS)}"
    if "disabled by configuration" in said:
        return "a query reads the results and no other file; nothing else is open to it"
    return _KIND.sub("", said)


def _meant(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given.lower(), known, 1)
    return f" Did you mean '{near[0]}'?" if near else ""
