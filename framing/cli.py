"""The command line: parse, call, print, exit code. 0 done, 1 some inputs could not be read, 2 wrong usage."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

import pandas as pd
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from framing.actors import load_actors
from framing.analysis import MODELS, Analysis, analyze, choose_dimensions, load_dimensions
from framing.comparison.compare import Comparison, compare
from framing.corpus import Failure, load_corpus
from framing.data import DataError
from framing.document import Document
from framing.lexicon import lexicon_names, load_lexicon
from framing.lint import lint
from framing.output import screen, table
from framing.training.task import CorpusError

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
Seed = Annotated[int, typer.Option(help="Seed of the bootstrap.")]
Resamples = Annotated[int, typer.Option(min=0, help="Bootstrap draws for intervals; 0 for none.")]
Dimensions = Annotated[str, typer.Option(help="Only these, separated by commas.", show_default="all")]
Actors = Annotated[str, typer.Option(help="Only these actors, separated by commas.", show_default="all")]
TextColumn = Annotated[str, typer.Option(help="Column with the text, in tables.")]
IdColumn = Annotated[str, typer.Option(help="Column with the id, in tables.", show_default="id")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write.", show_default="the screen")
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write the result.")]


def main() -> None:
    """Run the command line; an expected error is one line on stderr."""
    try:
        app()
    except (DataError, CorpusError, ValueError) as error:
        _stop(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None


@app.command()
def score(
    paths: Paths,
    format: FormatOption = Format.table,
    output: Output = None,
    model: Model = "lexicon",
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add every span that was counted (jsonl).")
    ] = False,
    dimensions: Dimensions = "",
    actors: Actors = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    text_col: TextColumn = "text",
    id_col: IdColumn = "",
) -> None:
    """Score articles in every dimension, per voice and per actor, with intervals."""
    _check_output(format, output)
    found = _read(paths, model, dimensions, actors, text_col, id_col)
    analyses = [_only(actors, analysis) for analysis in _analyses(found, model, dimensions, seed, resamples)]
    if format is Format.table:
        _emit_tables([screen.score_table(analysis) for analysis in analyses], output)
    elif format is Format.jsonl:
        rows = [analysis.to_dict(evidence=evidence) for analysis in analyses]
        rows += [{"failure": {"file": f.file, "line": f.line, "problem": f.problem}} for f in found.lost]
        _emit("".join(table.json_line(row) + "\n" for row in rows), output)
    else:
        failed = [{"article": failure.file, "failure": str(failure)} for failure in found.lost]
        failures = pd.DataFrame(failed, columns=["article", "failure"], dtype="str")
        _emit_frame(pd.concat([table.scores_frame(analyses), failures]), format, output)
    _finish(found)


@app.command("compare")
def compare_command(
    paths: Paths,
    format: FormatOption = Format.table,
    output: Output = None,
    model: Model = "lexicon",
    dimensions: Dimensions = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    text_col: TextColumn = "text",
    id_col: IdColumn = "",
) -> None:
    """Set articles side by side: differences with effect size, p and q."""
    _check_output(format, output)
    found = _read(paths, model, dimensions, "", text_col, id_col)
    comparison = _compare(found, model, dimensions, seed, resamples)
    if format is Format.table:
        _emit_tables([screen.difference_table(comparison.differences)], output)
    else:
        _emit_frame(comparison.differences, format, output)
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
    model: Model = "lexicon",
    actors: Actors = "",
    dimensions: Dimensions = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    text_col: TextColumn = "text",
    id_col: IdColumn = "",
) -> None:
    """Write one self-contained page with charts, tables and the articles with every passage that was counted."""
    from framing.output.charts import save_charts
    from framing.output.report import write_report

    found = _read(paths, model, dimensions, actors, text_col, id_col)
    comparison = _compare(found, model, dimensions, seed, resamples, actors)
    _write(
        lambda: write_report(
            comparison, output, title=title or None, failures=[str(failure) for failure in found.lost]
        ),
        output,
    )
    errors.print(f"Wrote {output}")
    if charts is not None:
        _write(lambda: save_charts(comparison, charts), charts)
        errors.print(f"Wrote the charts to {charts}")
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
    task: Annotated[str, typer.Argument(help="attribution, hedging, loaded, stance or state-stance.")],
    data: Annotated[Path, typer.Option(help="The corpus, in the layout in which it is published.")],
    model: Model = "lexicon",
    format: Annotated[str, typer.Option("--format", "-f", help="json or table.")] = "json",
    predictions: Annotated[Path | None, typer.Option(help="Also write one JSON line per item here.")] = None,
) -> None:
    """Measure a model on news that people coded."""
    from framing.training.validate import validate as run

    if format not in ("json", "table"):
        _stop(f"unknown format '{format}'; choose json or table")
    result = run(task, data, model)
    if predictions is not None:
        lines = (json.dumps(item, ensure_ascii=False) + "\n" for item in result.predictions)
        _write(lambda: predictions.write_text("".join(lines), encoding="utf-8"), predictions)
    if format == "json":
        typer.echo(json.dumps(result.to_dict(), ensure_ascii=False))
    else:
        _print_rows([(name, str(value)) for name, value in _flat(result.to_dict())], ("", result.task))


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
def show_lexicon(name: Annotated[str, typer.Argument(help="Name of a lexicon, or a path.")]) -> None:
    """Print the provenance and the entries of a lexicon."""
    lexicon = load_lexicon(name)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for key, value in lexicon.header.items():
        console.print(f"{key}: {value}")
    rows = [(e.term, e.category, f"{e.weight:g}", e.neutral, e.note) for e in lexicon.entries]
    _print_rows(rows, ("term", "category", "weight", "neutral", "note"))


@lexicons.command("lint")
def lint_lexicons(
    names: Annotated[list[str] | None, typer.Argument(help="Names or paths; all shipped by default.")] = None,
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


class _Inputs(NamedTuple):
    documents: list[Document]
    failures: list[Failure]

    @property
    def lost(self) -> list[Failure]:
        return [failure for failure in self.failures if failure.lost]


# Helpers --------------------------------------------------------------------------------------------------------


def _read(paths: list[str], model: str, dimensions: str, actors: str, text_col: str, id_col: str) -> _Inputs:
    """Check the options first, so that a slip is told before anything long begins; then read the articles."""
    if model not in MODELS:
        _stop(f"unknown model '{model}'; choose from {', '.join(MODELS)}")
    choose_dimensions(_names(dimensions))
    known = {actor.id for actor in load_actors()}
    for actor in _names(actors) or ():
        if actor not in known:
            _stop(f"unknown actor '{actor}'; choose from {', '.join(sorted(known))}")
    return _Inputs(*load_corpus(paths, text_col=text_col, id_col=id_col or None))


def _names(option: str) -> list[str] | None:
    names = [name.strip() for name in option.split(",") if name.strip()]
    return names or None


def _analyses(found: _Inputs, model: str, dimensions: str, seed: int, resamples: int) -> Iterator[Analysis]:
    documents = track(
        found.documents,
        description="Reading",
        console=errors,
        transient=True,
        disable=not errors.is_terminal or len(found.documents) < 3,
    )
    for document in documents:
        yield analyze(document, model=model, dimensions=_names(dimensions), seed=seed, resamples=resamples)


def _only(actors: str, analysis: Analysis) -> Analysis:
    wanted = _names(actors)
    return analysis if wanted is None else analysis.about(wanted)


def _compare(
    found: _Inputs, model: str, dimensions: str, seed: int, resamples: int, actors: str = ""
) -> Comparison:
    analyses = [_only(actors, analysis) for analysis in _analyses(found, model, dimensions, seed, resamples)]
    if not analyses:
        for failure in found.failures:
            errors.print(str(failure))
        errors.print("Nothing could be read, so there is nothing to compare.")
        raise typer.Exit(1)
    return compare(analyses, seed=seed, resamples=resamples)


def _check_output(format: Format, output: Path | None) -> None:
    if format is Format.parquet and output is None:
        _stop("parquet is not for the screen; name a file with -o")


def _emit(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(lambda: output.write_text(text, encoding="utf-8", newline="\n"), output)


def _emit_frame(frame: pd.DataFrame, format: Format, output: Path | None) -> None:
    if format is Format.parquet and output is not None:
        _write(lambda: table.write_parquet(frame, output), output)
    elif format is Format.csv:
        _emit(table.rounded(frame).to_csv(index=False, lineterminator="\n"), output)
    else:
        rows = ({str(key): value for key, value in row.items()} for row in frame.to_dict("records"))
        _emit("".join(table.json_line(row) + "\n" for row in rows), output)


def _emit_tables(tables: list[Table], output: Path | None) -> None:
    """Tables as wide as the terminal, or as they need where there is none."""
    buffer = io.StringIO()
    terminal = output is None and sys.stdout.isatty()
    console = Console() if terminal else Console(file=buffer, width=_WIDTH)
    for number, rows in enumerate(tables):
        console.print(*([""] if number else []), rows)
    if not terminal:
        _emit("".join(line.rstrip() + "\n" for line in buffer.getvalue().splitlines()), output)


_WIDTH = 160  # columns of a table that no terminal limits


def _write(write: Callable[[], object], path: Path | None) -> None:
    try:
        write()
    except OSError as error:
        _stop(
            f"{path}: cannot be written ({error.strerror}); check the folder, the permissions and the free space"
        )


def _finish(found: _Inputs) -> None:
    for failure in found.failures:
        errors.print(str(failure))
    if found.lost:
        raise typer.Exit(1)


def _flat(values: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


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
