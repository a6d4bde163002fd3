"""What commands write: tables, lines and frames, on the screen or into files, and one line where something is wrong."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from framing.cli.options import Format
from framing.corpus import STDIN
from framing.output import screen, table
from framing.tables import neutralised

if TYPE_CHECKING:
    import pandas as pd

    from framing.cli.reading import Inputs

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def check_output(format: Format, output: Path | None, paths: list[str]) -> None:
    """What can be known about where a result goes before the work begins."""
    if output is not None:
        check_file(output, paths)
    elif format is Format.parquet:
        stop("parquet is not for the screen; name a file with -o")


def check_file(path: Path, inputs: list[str]) -> None:
    """What can be known about a file to write before the work begins."""
    if path.is_dir():
        stop(f"{path}: is a folder; name a file in it")
    if not path.parent.is_dir():
        stop(f"{path}: cannot be written, since there is no folder {path.parent}; make it or name another")
    if any(name != STDIN and os.path.realpath(name) == os.path.realpath(path) for name in inputs):
        stop(f"{path}: is an input and would be overwritten; name another file")


def json_lines(rows: Iterable[dict[str, Any]], found: Inputs) -> Iterator[str]:
    """Lines of JSON: the rows, then what could not be read."""
    for row in rows:
        yield table.json_line(row)
    for f in found.lost:
        yield table.json_line(
            {"failure": {"file": f.file, "line": f.line, "problem": f.problem, "advice": f.advice}}
        )


def with_failures(tables: Iterable[Table], found: Inputs) -> Iterator[Table]:
    """Tables of results, then one of what could not be read."""
    yield from tables
    if found.lost:
        yield screen.failure_table(str(failure) for failure in found.lost)


def emit_lines(lines: Iterable[str], output: Path | None) -> None:
    """Lines as they come, in UTF-8 whatever the terminal speaks."""
    if output is None:
        for line in lines:
            typer.echo(line.encode())
    else:
        with writing(output), output.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)


def emit_frame(frame: pd.DataFrame, found: Inputs, place: str, format: Format, output: Path | None) -> None:
    """A frame with a column `failure`, and a row for each input that could not be read, named in column `place`.

    In CSV, no text begins like a formula.
    """
    import pandas as pd

    rows = [{place: failure.file, "failure": str(failure)} for failure in found.lost]
    counts = {name: "Int64" for name in frame.columns if pd.api.types.is_integer_dtype(frame[name])}
    failures = pd.DataFrame(rows, columns=[place, "failure"], dtype="str")
    whole = pd.concat([frame.astype(counts), failures], ignore_index=True)
    if format is Format.parquet and output is not None:
        with writing(output):
            table.write_parquet(whole, output)
    else:
        rounded = table.rounded(whole)
        for name in rounded.select_dtypes(exclude=["number", "bool"]):
            rounded[name] = rounded[name].map(neutralised, na_action="ignore")
        text = rounded.to_csv(index=False, lineterminator="\n")
        emit_lines([text.removesuffix("\n")], output)


def emit_rows(frame: pd.DataFrame, found: Inputs, format: Format, output: Path | None) -> None:
    """A frame as csv, jsonl or parquet, inputs that could not be read named in its first column."""
    if format is Format.jsonl:
        emit_lines(json_lines(table.records(frame), found), output)
    else:
        emit_frame(frame, found, str(frame.columns[0]), format, output)


def emit_tables(tables: Iterable[Table], output: Path | None) -> None:
    """Tables as wide as the terminal, or as they need where there is none."""
    if output is None and sys.stdout.isatty():
        console = Console()
        for rows in tables:
            console.print(rows, "")
    else:
        emit_lines(_table_lines(tables), output)


def _table_lines(tables: Iterable[Table]) -> Iterator[str]:
    for number, rows in enumerate(tables):
        if number:
            yield ""
        buffer = io.StringIO()
        Console(file=buffer, width=_WIDTH).print(rows)
        yield from (line.rstrip() for line in buffer.getvalue().splitlines())


_WIDTH = 160  # columns of a table that no terminal limits


def table_width(output: Path | None) -> int:
    """The columns that `emit_tables` has room for."""
    return Console().width if output is None and sys.stdout.isatty() else _WIDTH


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """An error of the disk while a file is written is one line that names it."""
    try:
        yield
    except OSError as error:
        stop(
            f"{path}: cannot be written ({error.strerror}); check the folder, the permissions and the free space"
        )


def finish(found: Inputs) -> None:
    """Say what there is to say about the inputs; exit 1 where some could not be read."""
    for notice in found.notices:
        errors.print(str(notice))
    if found.lost:
        raise typer.Exit(1)


def print_rows(rows: Iterable[tuple[str, ...]], columns: tuple[str, ...]) -> None:
    """A plain grid on the screen."""
    grid = Table(box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console(highlight=False).print(grid)


def stop(message: str) -> NoReturn:
    """Wrong usage: one line, exit 2."""
    errors.print(f"framing: {message}")
    raise SystemExit(2)
