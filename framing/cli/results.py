"""Commands about folders of results: query; and what compare and report make of them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.analysis import DEFAULT_MODEL
from framing.cli.options import Format, FormatOption, Output
from framing.cli.reading import names_in
from framing.cli.writing import check_output, emit_lines, emit_tables, errors, stop, writing
from framing.output import screen, table
from framing.tables import neutralised

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from framing.comparison.groups import Group
    from framing.engines.results import Results

MOST_ROWS = 1000  # on the screen
_EXAMPLES = """
select outlet, avg(value) from scores where measure = 'hedge_cues' and label is null and voice = 'all' group by outlet order by outlet
select id, title, value from scores where measure = 'loaded_terms' and label is null and voice = 'author' order by value desc, id limit 10
select meta->>'genre' as genre, count(*), avg(words) from articles group by genre order by genre
"""
_RESULTS = "A folder that `framing score PATH --jobs 2 -o FOLDER` wrote."


def query(
    folder: Annotated[Path, typer.Argument(metavar="RESULTS", help=_RESULTS)],
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One statement that reads.", show_default="what can be asked")
    ] = "",
    format: FormatOption = Format.table,
    output: Output = None,
) -> None:
    """Ask a folder of results in SQL: the tables articles, scores, evidence and failures, by DuckDB.

    Without SQL it names their columns and gives three examples. Nothing is changed, and nothing else is read.
    """
    if output is not None and output.parent.resolve() == folder.resolve():
        stop(
            f"{output}: is in the folder of the results, which a query leaves as it is; name a file elsewhere"
        )
    check_output(format, output, [str(folder)])
    results = _opened(folder)
    if not sql.strip():
        emit_lines(_described(results), output)
        return
    try:
        from framing.engines.query import answered

        with answered(results, sql) as (schema, batches):
            first = next(batches, None)  # before anything is written
            _emit(schema, chain([first] if first is not None else [], batches), format, output)
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        stop('a query needs DuckDB; install the extra "framing[query]"')


def stored_in(paths: Sequence[str]) -> Path | None:
    """The folder of results that is named, if one is; it stands alone."""
    for path in paths:
        if Path(path).is_dir():
            from framing.engines.results import is_results  # once it may be one: it loads Arrow

            if is_results(path):
                if len(paths) > 1:
                    stop(f"{path}: is a folder of results, which is compared by itself; name it alone")
                return Path(path)
    return None


def differences_of_stored(
    folder: Path, model: str, dimensions: str, seed: int, resamples: int, group_by: str
) -> pd.DataFrame:
    """Differences between the groups of a folder of results."""
    from framing.engines.results import compared

    results = _opened(folder)
    made = _groups(results, model, dimensions, "", seed, resamples, group_by)
    if len(made) == 1:
        errors.print(f"There is one group only, {made[0].side.id}, so there is nothing to compare.")
    return compared(made, group_by, seed=seed, resamples=resamples)


def report_of_stored(
    folder: Path,
    output: Path,
    title: str,
    charts: Path | None,
    pdf: Path | None,
    group_by: str,
    model: str,
    actors: str,
    dimensions: str,
    seed: int,
    resamples: int,
) -> None:
    """The page about the groups of a folder of results."""
    from framing.comparison.groups import scores_of
    from framing.engines.results import compared
    from framing.output.charts.drawing import save_all
    from framing.output.print import print_page
    from framing.output.report.groups import GroupReport, charts_of_groups, write_group_report
    from framing.output.style import WIDTH

    results = _opened(folder)
    made = _groups(results, model, dimensions, actors, seed, resamples, group_by)
    report = GroupReport(
        by=group_by,
        sizes={group.side.id: group.articles for group in made},
        scores=scores_of(made),
        differences=compared(made, group_by, seed=seed, resamples=resamples),
        signature=results.signature | {"seed": seed, "resamples": resamples},
        failures=[str(failure) for failure in results.failures()],
        source=folder.name or str(folder),
        complete=results.complete,
    )
    with writing(output):
        write_group_report(report, output, title=title or None)
    errors.print(f"Wrote {output}")
    if pdf is not None:
        print_page(output, pdf)
        errors.print(f"Wrote {pdf}")
    if charts is not None:
        with writing(charts):
            save_all(charts_of_groups(report), charts, ("png", "svg"), width=WIDTH, dark=False)
        errors.print(f"Wrote the charts to {charts}")


def _opened(folder: Path) -> Results:
    """The results in a folder; what is not there yet is said."""
    from framing.engines.results import open_results

    results = open_results(folder)
    if not results.complete:
        errors.print(
            f"{folder}: is not complete, and has {results.count:,} articles so far; "
            "the command that began it, given again, scores the rest"
        )
    return results


def _groups(
    results: Results, model: str, dimensions: str, actors: str, seed: int, resamples: int, group_by: str
) -> list[Group]:
    scored = results.signature.get("model", model)
    if model not in {DEFAULT_MODEL, scored}:
        stop(f"{results.folder}: was scored by the model '{scored}'; for '{model}' score the articles again")
    if not group_by:
        stop(
            f"{results.folder}: keeps no sentences, which single articles are compared by; compare groups: "
            f"--group-by and one of {', '.join(results.columns) or 'the metadata columns, of which there are none'}"
        )
    lost = len(results.failures())
    if lost:
        errors.print(
            f"{lost:,} {'article' if lost == 1 else 'articles'} could not be scored and {'is' if lost == 1 else 'are'} in no "
            f'group; why: framing query {results.folder} "from failures"'
        )
    return results.make_groups(
        group_by, seed=seed, resamples=resamples, dimensions=names_in(dimensions), actors=names_in(actors)
    )


# What can be asked ------------------------------------------------------------------------------------------------


def _described(results: Results) -> Iterator[str]:
    from framing.engines.query import VIEWS, columns_of

    yield f"{results.folder}: {results.count:,} articles"
    for view in VIEWS:
        yield ""
        yield f"{view}: {', '.join(columns_of(view))}"
    yield ""
    yield "Values are not in order unless the query says so: ORDER BY. The other metadata is JSON: meta->>'genre'."
    for example in _EXAMPLES.strip().splitlines():
        yield ""
        yield f'framing query {results.folder} "{example}"'


# Answers ----------------------------------------------------------------------------------------------------------


def _emit(schema: pa.Schema, batches: Iterable[pa.RecordBatch], format: Format, output: Path | None) -> None:
    if format is Format.parquet and output is not None:
        with writing(output):
            _write_parquet(schema, batches, output)
        return
    rows = ([_plain(cell) for cell in row] for batch in batches for row in _rows(batch))
    if format is Format.table:
        import pyarrow.types as kinds

        numbers = [
            field.name
            for field in schema
            if kinds.is_integer(field.type) or kinds.is_floating(field.type) or kinds.is_decimal(field.type)
        ]
        kept = rows if output is not None else islice(rows, MOST_ROWS)
        cells = ([_cell(cell) for cell in row] for row in kept)
        emit_tables([screen.answer_table(schema.names, cells, numbers)], output)
        if output is None and next(rows, None) is not None:
            errors.print(
                f"These are the first {MOST_ROWS:,} rows; a file takes them all: --format csv -o FILE"
            )
    elif format is Format.jsonl:
        emit_lines((table.json_line(dict(zip(schema.names, row, strict=True))) for row in rows), output)
    else:
        emit_lines(_csv_lines(chain([schema.names], rows)), output)


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of CSV, in which no text begins like a formula; a text may hold line ends."""
    for row in rows:
        buffer = io.StringIO()
        cells = [neutralised(cell) if isinstance(cell, str) else _cell(cell) for cell in row]
        csv.writer(buffer, lineterminator="").writerow(cells)
        yield buffer.getvalue()


def _cell(value: Any) -> Any:
    """A value as text: floats with six digits, nested values as JSON."""
    if isinstance(value, float):
        return round(value, table.DIGITS) + 0.0
    return table.json_text(value) if isinstance(value, list | Mapping) else value


def _plain(value: Any) -> Any:
    """A value of an answer as JSON has it; what is undefined or infinite is None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, timedelta) else value


def _write_parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch], output: Path) -> None:
    """Batches as they come, with their types; floats have six digits, undefined ones are null."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def rounded(column: pa.Array) -> pa.Array:
        if not pa.types.is_floating(column.type):
            return column
        known = pc.if_else(pc.is_finite(column), column, None)
        return pc.add(pc.round(known, table.DIGITS), pa.scalar(0.0, column.type))

    with pq.ParquetWriter(output, schema) as writer:
        for batch in batches:
            writer.write_batch(
                pa.RecordBatch.from_arrays([rounded(column) for column in batch.columns], schema=schema)
            )
