"""The command line: parse, call, print, exit code. 0 done, 1 some inputs could not be read, 2 wrong usage."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from framing.actors import load_actors
from framing.analysis import (
    DEFAULT_MODEL,
    MODELS,
    Analysis,
    analyze_each,
    check_model,
    choose_dimensions,
    load_dimensions,
)
from framing.corpus import STDIN, Failure, stream_corpus
from framing.data import DataError
from framing.document import Document
from framing.encoder.network import use_threads
from framing.lexicon import lexicon_names, load_lexicon
from framing.lint import lint
from framing.output import screen, table
from framing.training.task import CorpusError

if TYPE_CHECKING:
    import pandas as pd

    from framing.comparison.compare import Comparison

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Shows how news articles frame their subject: who speaks, how certain, about whom, in which words. "
    "Every number comes with the passages it was counted from. It gives no verdicts.",
    epilog="A PATH is a file (.txt .md .html .csv .jsonl .parquet), a folder, or - for standard input. "
    "Exit codes: 0 done, 1 some inputs could not be read, 2 wrong usage.",
)
lexicons = typer.Typer(no_args_is_help=True, help="List, show and check word lists.")
app.add_typer(lexicons, name="lexicon")
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class Format(StrEnum):
    """How results are written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")
]
Model = Annotated[str, typer.Option(help=f"What decides: {', '.join(MODELS)}.")]
Threads = Annotated[
    int, typer.Option(min=0, help="Threads of the model encoder; 0 for one a core. The result is the same.")
]
Seed = Annotated[int, typer.Option(help="Seed of the bootstrap.")]
Resamples = Annotated[int, typer.Option(min=0, help="Bootstrap draws for intervals; 0 for none.")]
Dimensions = Annotated[str, typer.Option(help="Only these, separated by commas.", show_default="all")]
Actors = Annotated[str, typer.Option(help="Only these actors, separated by commas.", show_default="all")]
GroupBy = Annotated[
    str,
    typer.Option(
        help="Compare groups of articles: outlet, genre, year, month or any metadata column.",
        show_default="articles",
    ),
]
TextCol = Annotated[str, typer.Option(help="Column with the text, in tables.")]
IdCol = Annotated[str, typer.Option(help="Column with the id, in tables.", show_default="id")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write.", show_default="the screen")
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write the result.")]


def main() -> None:
    """Run the command line; an expected error is one line on stderr."""
    signal.signal(signal.SIGINT, _interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file is UTF-8 on every machine; a terminal that lacks a character shows another.
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="replace")
    try:
        app()
    except (DataError, CorpusError, ValueError) as error:
        _stop(str(error))
    except BrokenPipeError:
        _discard_output()
        raise SystemExit(1) from None
    except OSError as error:
        _discard_output()
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}reading or writing failed ({error.strerror}); check the disk and the permissions")


def _interrupt(number: int, frame: object) -> NoReturn:
    """Ctrl-C: what is half done is left as it is, and the shell learns why."""
    errors.print("framing: stopped; results written so far are not complete")
    raise SystemExit(128 + number)


def _discard_output() -> None:
    """A standard output that takes no more must not fail once more when the interpreter flushes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.command()
def score(
    paths: Paths,
    format: FormatOption = Format.table,
    output: Output = None,
    model: Model = DEFAULT_MODEL,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add every span that was counted (jsonl).")
    ] = False,
    dimensions: Dimensions = "",
    actors: Actors = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    threads: Threads = 0,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Score articles in every dimension, per voice and per actor, with intervals."""
    use_threads(threads)
    _check_output(format, output, paths)
    if evidence and format is not Format.jsonl:
        errors.print(f"Evidence is written with --format jsonl only; this {format} holds the scores.")
    found = _read(paths, model, dimensions, actors, text_col, id_col, output)
    analyses = _analyses(found, model, dimensions, actors, seed, resamples, explain=evidence)
    if format is Format.table:
        _emit_tables(_with_failures((screen.score_table(analysis) for analysis in analyses), found), output)
    elif format is Format.jsonl:
        _emit_lines(
            _json_lines((analysis.to_dict(evidence=evidence) for analysis in analyses), found), output
        )
    else:
        _emit_frame(table.scores_frame(analyses), found, "article", format, output)
    _finish(found)


@app.command("compare")
def compare_command(
    paths: Paths,
    format: FormatOption = Format.table,
    output: Output = None,
    group_by: GroupBy = "",
    model: Model = DEFAULT_MODEL,
    dimensions: Dimensions = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    threads: Threads = 0,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Set articles, or groups of them, side by side: differences with effect size, p and q."""
    use_threads(threads)
    _check_output(format, output, paths)
    found = _read(paths, model, dimensions, "", text_col, id_col, output)
    comparison = _compare(found, model, dimensions, "", seed, resamples, group_by, least=2, explain=False)
    frame = comparison.group_differences if group_by else comparison.differences
    if format is Format.table:
        _emit_tables(_with_failures([screen.difference_table(frame)], found), output)
    elif format is Format.jsonl:
        rows = frame.to_dict("records")
        _emit_lines(
            _json_lines(({str(key): value for key, value in row.items()} for row in rows), found), output
        )
    else:
        _emit_frame(frame, found, "a", format, output)
    _finish(found)


@app.command()
def report(
    paths: Paths,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    title: Annotated[
        str, typer.Option(help="Title of the page.", show_default="made from the articles")
    ] = "",
    charts: Annotated[
        Path | None, typer.Option(help="Folder for the charts as PNG and SVG.", show_default="none")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="Also print the page to this PDF, by Chromium.", show_default="none")
    ] = None,
    group_by: GroupBy = "",
    model: Model = DEFAULT_MODEL,
    actors: Actors = "",
    dimensions: Dimensions = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    threads: Threads = 0,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Write one self-contained page with charts, tables and the articles with every passage that was counted."""
    from framing.output.charts import save_charts
    from framing.output.print import print_page
    from framing.output.report import write_report

    use_threads(threads)
    _check_file(output, paths)
    if pdf is not None:
        _check_file(pdf, paths)
    if charts is not None and charts.exists() and not charts.is_dir():
        _stop(f"{charts}: is a file; name a folder for the charts")
    found = _read(paths, model, dimensions, actors, text_col, id_col, output)
    comparison = _compare(found, model, dimensions, actors, seed, resamples, group_by, least=1, explain=True)
    with _writing(output):
        write_report(
            comparison, output, title=title or None, failures=[str(failure) for failure in found.lost]
        )
    errors.print(f"Wrote {output}")
    if pdf is not None:
        print_page(output, pdf)
        errors.print(f"Wrote {pdf}")
    if charts is not None:
        with _writing(charts):
            save_charts(comparison, charts)
        errors.print(f"Wrote the charts to {charts}")
    _finish(found)


@app.command()
def export(
    paths: Paths,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
    format: Annotated[str, typer.Option("--format", "-f", help="brat, w3c, cas or label-studio.")] = "brat",
    model: Model = DEFAULT_MODEL,
    actors: Actors = "",
    dimensions: Dimensions = "",
    threads: Threads = 0,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Write the evidence for annotation tools: brat, W3C Web Annotation, UIMA CAS JSON (INCEpTION) or Label Studio."""
    from framing.output import standoff

    use_threads(threads)
    standoff.check_format(format)
    if output.exists() and not output.is_dir():
        _stop(f"{output}: is a file; name a folder")
    found = _read(paths, model, dimensions, actors, text_col, id_col, None)
    analyses = list(_analyses(found, model, dimensions, actors, 0, 0, explain=True))
    if analyses:
        with _writing(output):
            written = standoff.export(analyses, output, format)
        errors.print(f"Wrote {len(written)} files to {output}")
    _finish(found)


@app.command()
def dimensions() -> None:
    """Explain the dimensions: question, unit, what a higher value means, what it cannot tell."""
    console = Console(highlight=False, markup=False)
    for dimension in load_dimensions().values():
        console.print(f"{dimension.name}: {dimension.question}", style="bold")
        for label in ("unit", "higher", "limits", "reference"):
            console.print(f"  {label}: {getattr(dimension, label)}")


@app.command()
def validate(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="attribution, hedging, loaded, stance or state-stance.")
    ],
    data: Annotated[
        Path, typer.Option(help="The corpus in the layout in which it is published, or a CSV of your own.")
    ],
    model: Model = DEFAULT_MODEL,
    format: Annotated[str, typer.Option("--format", "-f", help="json or table.")] = "json",
    predictions: Annotated[Path | None, typer.Option(help="Also write one JSON line per item here.")] = None,
    intervals: Annotated[bool, typer.Option(help="95 % bootstrap intervals over the items.")] = True,
    errors: Annotated[int, typer.Option(min=0, help="Also show this many of the worst errors.")] = 0,
    threads: Threads = 0,
) -> None:
    """Measure a model on news that people coded.

    Your own CSV has the columns text,start,end,label: a row for each coded span, text[start:end] counted in characters
    from 0; leave the last three empty where nothing is coded.

    Labels: stance negative, neutral, positive or -1, 0, 1 (the span is the mention); attribution content, source, cue;
    hedging epistemic, doxastic, condition, approximator, hearsay, weasel, or hedge; loaded any (the span is the term).
    """
    from framing.training.validate import DRAWS
    from framing.training.validate import validate as run

    use_threads(threads)
    if format not in ("json", "table"):
        _stop(f"unknown format '{format}'; choose json or table")
    if predictions is not None:
        _check_file(predictions, [str(data)])
    result = run(task, data, model, draws=DRAWS if intervals else 0, errors=errors)
    if predictions is not None:
        _emit_lines((table.json_line(item) for item in result.predictions), predictions)
    if format == "json":
        typer.echo(json.dumps(result.to_dict(), ensure_ascii=False).encode())
    else:
        _emit_tables(screen.validation_tables(result.to_dict()), None)


@lexicons.command("list")
def list_lexicons() -> None:
    """Name the lexicons with their size, licence and what defines them."""
    rows = []
    for name in lexicon_names():
        lexicon = load_lexicon(name)
        rows.append(
            (name, str(len(lexicon.entries)), lexicon.header["title"], lexicon.header.get("licence", ""))
        )
    _print_rows(rows, ("name", "entries", "title", "licence"))


@lexicons.command("show")
def show_lexicon(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a lexicon, or a path.")],
) -> None:
    """Print the provenance and the entries of a lexicon."""
    lexicon = load_lexicon(name)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for key, value in lexicon.header.items():
        console.print(f"{key}: {value}")
    rows = [(e.term, e.category, f"{e.weight:g}", e.neutral, e.note) for e in lexicon.entries]
    _print_rows(rows, ("term", "category", "weight", "neutral", "note"))


@lexicons.command("lint")
def lint_lexicons(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Names or paths; all shipped by default.")
    ] = None,
) -> None:
    """Find duplicates, overlaps, unreachable and junk rows, missing inflections and one-sided lists."""
    found = False
    for name in names or lexicon_names():
        lexicon = load_lexicon(name)
        for finding in lint(lexicon):
            found = True
            place = f"{lexicon.path or name}:{finding.line}" if finding.line else str(lexicon.path or name)
            typer.echo(f"{place}: {finding.kind}: '{finding.term}' {finding.problem}")
    if found:
        raise typer.Exit(1)
    typer.echo("No findings.")


# Reading --------------------------------------------------------------------------------------------------------


class _Inputs:
    """Articles one by one; what is to be said about the inputs gathers meanwhile."""

    def __init__(self, items: Iterable[Document | Failure]) -> None:
        self._items = items
        self.notices: list[Failure] = []

    def __iter__(self) -> Iterator[Document]:
        for item in self._items:
            if isinstance(item, Failure):
                self.notices.append(item)
            else:
                yield item

    @property
    def lost(self) -> list[Failure]:
        """What could not be read, as far as has been read."""
        return [notice for notice in self.notices if notice.lost]


def _read(
    paths: list[str],
    model: str,
    dimensions: str,
    actors: str,
    text_col: str,
    id_col: str,
    output: Path | None,
) -> _Inputs:
    """Check the options first, so that a slip is told before anything long begins; then read the articles."""
    check_model(model)
    choose_dimensions(_names(dimensions))
    known = {actor.id for actor in load_actors()}
    for actor in _names(actors) or ():
        if actor not in known:
            near = get_close_matches(actor, known, 1, 0.75)
            hint = f"did you mean '{near[0]}'? Choose from" if near else "choose from"
            _stop(f"unknown actor '{actor}'; {hint} {', '.join(sorted(known))}")
    return _Inputs(stream_corpus(paths, text_col=text_col, id_col=id_col or None, without=output))


def _names(option: str) -> list[str] | None:
    names = [name.strip().lower() for name in option.split(",") if name.strip()]
    return names or None


def _analyses(
    found: _Inputs,
    model: str,
    dimensions: str,
    actors: str,
    seed: int,
    resamples: int,
    *,
    explain: bool,
) -> Iterator[Analysis]:
    wanted = _names(actors)
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        analyses = analyze_each(
            found,
            model=model,
            dimensions=_names(dimensions),
            seed=seed,
            resamples=resamples,
            explain=explain,
        )
        for analysis in progress.track(analyses, total=None):
            yield analysis if wanted is None else analysis.about(wanted)


def _compare(
    found: _Inputs,
    model: str,
    dimensions: str,
    actors: str,
    seed: int,
    resamples: int,
    group_by: str,
    *,
    least: int,
    explain: bool,
) -> Comparison:
    from framing.comparison.compare import compare

    analyses = list(_analyses(found, model, dimensions, actors, seed, resamples, explain=explain))
    if len(analyses) >= least:
        return compare(analyses, seed=seed, resamples=resamples, group_by=group_by or None)
    for notice in found.notices:
        errors.print(str(notice))
    if not analyses:
        errors.print("framing: no article could be read, so nothing was written")
    else:
        errors.print("framing: there is one article only; name two or more to compare")
    raise typer.Exit(1 if found.lost else 2)


# Writing --------------------------------------------------------------------------------------------------------


def _check_output(format: Format, output: Path | None, paths: list[str]) -> None:
    if output is not None:
        _check_file(output, paths)
    elif format is Format.parquet:
        _stop("parquet is not for the screen; name a file with -o")


def _check_file(path: Path, inputs: list[str]) -> None:
    """What can be known about a file to write before the work begins."""
    if path.is_dir():
        _stop(f"{path}: is a folder; name a file in it")
    if not path.parent.is_dir():
        _stop(f"{path}: cannot be written, since there is no folder {path.parent}; make it or name another")
    if any(name != STDIN and os.path.realpath(name) == os.path.realpath(path) for name in inputs):
        _stop(f"{path}: is an input and would be overwritten; name another file")


def _json_lines(rows: Iterable[dict[str, Any]], found: _Inputs) -> Iterator[str]:
    """Lines of JSON: the rows, then what could not be read."""
    for row in rows:
        yield table.json_line(row)
    for f in found.lost:
        yield table.json_line(
            {"failure": {"file": f.file, "line": f.line, "problem": f.problem, "advice": f.advice}}
        )


def _with_failures(tables: Iterable[Table], found: _Inputs) -> Iterator[Table]:
    yield from tables
    if found.lost:
        yield screen.failure_table(str(failure) for failure in found.lost)


def _emit_lines(lines: Iterable[str], output: Path | None) -> None:
    """Lines as they come, in UTF-8 whatever the terminal speaks."""
    if output is None:
        for line in lines:
            typer.echo(line.encode())
    else:
        with _writing(output), output.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)


def _emit_frame(frame: pd.DataFrame, found: _Inputs, place: str, format: Format, output: Path | None) -> None:
    """A frame with a column `failure`, and a row for each input that could not be read, named in column `place`."""
    import pandas as pd

    rows = [{place: failure.file, "failure": str(failure)} for failure in found.lost]
    counts = {name: "Int64" for name in frame.columns if pd.api.types.is_integer_dtype(frame[name])}
    failures = pd.DataFrame(rows, columns=[place, "failure"], dtype="str")
    whole = pd.concat([frame.astype(counts), failures], ignore_index=True)
    if format is Format.parquet and output is not None:
        with _writing(output):
            table.write_parquet(whole, output)
    else:
        text = table.rounded(whole).to_csv(index=False, lineterminator="\n")
        _emit_lines([text.removesuffix("\n")], output)


def _emit_tables(tables: Iterable[Table], output: Path | None) -> None:
    """Tables as wide as the terminal, or as they need where there is none."""
    if output is None and sys.stdout.isatty():
        console = Console()
        for rows in tables:
            console.print(rows, "")
    else:
        _emit_lines(_table_lines(tables), output)


def _table_lines(tables: Iterable[Table]) -> Iterator[str]:
    for number, rows in enumerate(tables):
        if number:
            yield ""
        buffer = io.StringIO()
        Console(file=buffer, width=_WIDTH).print(rows)
        yield from (line.rstrip() for line in buffer.getvalue().splitlines())


_WIDTH = 160  # columns of a table that no terminal limits


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _stop(
            f"{path}: cannot be written ({error.strerror}); check the folder, the permissions and the free space"
        )


def _finish(found: _Inputs) -> None:
    for notice in found.notices:
        errors.print(str(notice))
    if found.lost:
        raise typer.Exit(1)


def _print_rows(rows: Iterable[tuple[str, ...]], columns: tuple[str, ...]) -> None:
    grid = Table(box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console(highlight=False).print(grid)


def _stop(message: str) -> NoReturn:
    errors.print(f"framing: {message}")
    raise SystemExit(2)
