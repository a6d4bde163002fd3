"""Commands about articles: score, compare, report, export, validate; and what the dimensions are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from framing.analysis import DEFAULT_MODEL, load_dimensions
from framing.cli.options import (
    Actors,
    Dimensions,
    Engine,
    Format,
    FormatOption,
    GroupBy,
    IdCol,
    Model,
    Output,
    Paths,
    Resamples,
    Seed,
    TextCol,
    Threads,
)
from framing.cli.reading import Inputs, analyses_of, compare_inputs, read_inputs
from framing.cli.results import differences_of_stored, report_of_stored, stored_in
from framing.cli.writing import (
    check_file,
    check_output,
    emit_frame,
    emit_lines,
    emit_tables,
    errors,
    finish,
    json_lines,
    stop,
    with_failures,
    writing,
)
from framing.encoder.network import use_threads
from framing.output import screen, table


def score(
    paths: Paths,
    format: FormatOption = Format.table,
    output: Output = None,
    model: Model = DEFAULT_MODEL,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add every span that was counted (jsonl, or with --jobs).")
    ] = False,
    dimensions: Dimensions = "",
    actors: Actors = "",
    seed: Seed = 0,
    resamples: Resamples = 1000,
    threads: Threads = 0,
    text_col: TextCol = "text",
    id_col: IdCol = "",
    jobs: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Score many articles by this many processes, 0 for one a core, into the folder of results that -o names. "
            "After any end, the same command goes on with what is missing.",
            show_default="one process, no folder",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0, help="With --jobs, the seconds an article may take; 0 for no end.")
    ] = 300,
    engine: Annotated[
        Engine, typer.Option(help="What scores many articles: processes of this machine, or Spark.")
    ] = Engine.local,
    master: Annotated[str, typer.Option(help="With --engine spark, the cluster.")] = "local[*]",
) -> None:
    """Score articles in every dimension, per voice and per actor, with intervals."""
    if jobs is not None or engine is Engine.spark:
        from framing.cli.bulk import check_folder, score_locally, settings_of

        folder = check_folder(output, format, paths)
        settings = settings_of(model, dimensions, actors, seed, resamples, evidence=evidence)
        if engine is Engine.spark:
            from framing.cli.spark import score_by_spark

            score_by_spark(paths, folder, settings, master=master, text_col=text_col, id_col=id_col)
            return
        score_locally(
            paths, folder, settings, jobs=jobs or 0, timeout=timeout, text_col=text_col, id_col=id_col
        )
        return
    use_threads(threads)
    check_output(format, output, paths)
    if evidence and format is not Format.jsonl:
        errors.print(f"Evidence is written with --format jsonl only; this {format} holds the scores.")
    found = read_inputs(paths, model, dimensions, actors, text_col, id_col, output)
    analyses = analyses_of(found, model, dimensions, actors, seed, resamples, explain=evidence)
    if format is Format.table:
        emit_tables(with_failures((screen.score_table(analysis) for analysis in analyses), found), output)
    elif format is Format.jsonl:
        emit_lines(json_lines((analysis.to_dict(evidence=evidence) for analysis in analyses), found), output)
    else:
        emit_frame(table.scores_frame(analyses), found, "article", format, output)
    finish(found)


def compare(
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
    """Set articles, or groups of them, side by side: differences with effect size, p and q.

    A folder of results is compared by groups, without its texts.
    """
    use_threads(threads)
    check_output(format, output, paths)
    if (stored := stored_in(paths)) is not None:
        found = Inputs([])
        frame = differences_of_stored(stored, model, dimensions, seed, resamples, group_by)
    else:
        found = read_inputs(paths, model, dimensions, "", text_col, id_col, output)
        comparison = compare_inputs(
            found, model, dimensions, "", seed, resamples, group_by, least=2, explain=False
        )
        frame = comparison.group_differences if group_by else comparison.differences
    if format is Format.table:
        emit_tables(with_failures([screen.difference_table(frame)], found), output)
    elif format is Format.jsonl:
        rows = frame.to_dict("records")
        emit_lines(
            json_lines(({str(key): value for key, value in row.items()} for row in rows), found), output
        )
    else:
        emit_frame(frame, found, "a", format, output)
    finish(found)


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
    """Write one self-contained page with charts, tables and the articles with every passage that was counted.

    Of a folder of results the page shows groups, without texts and passages.
    """
    from framing.output.charts import save_charts
    from framing.output.print import print_page
    from framing.output.report import write_report

    use_threads(threads)
    check_file(output, paths)
    if pdf is not None:
        check_file(pdf, paths)
    if charts is not None and charts.exists() and not charts.is_dir():
        stop(f"{charts}: is a file; name a folder for the charts")
    if (stored := stored_in(paths)) is not None:
        report_of_stored(
            stored, output, title, charts, pdf, group_by, model, actors, dimensions, seed, resamples
        )
        return
    found = read_inputs(paths, model, dimensions, actors, text_col, id_col, output)
    comparison = compare_inputs(
        found, model, dimensions, actors, seed, resamples, group_by, least=1, explain=True
    )
    with writing(output):
        write_report(
            comparison, output, title=title or None, failures=[str(failure) for failure in found.lost]
        )
    errors.print(f"Wrote {output}")
    if pdf is not None:
        print_page(output, pdf)
        errors.print(f"Wrote {pdf}")
    if charts is not None:
        with writing(charts):
            save_charts(comparison, charts)
        errors.print(f"Wrote the charts to {charts}")
    finish(found)


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
        stop(f"{output}: is a file; name a folder")
    found = read_inputs(paths, model, dimensions, actors, text_col, id_col, None)
    analyses = list(analyses_of(found, model, dimensions, actors, 0, 0, explain=True))
    if analyses:
        with writing(output):
            written = standoff.export(analyses, output, format)
        errors.print(f"Wrote {len(written)} files to {output}")
    finish(found)


def dimensions() -> None:
    """Explain the dimensions: question, unit, what a higher value means, what it cannot tell."""
    console = Console(highlight=False, markup=False)
    for dimension in load_dimensions().values():
        console.print(f"{dimension.name}: {dimension.question}", style="bold")
        for label in ("unit", "higher", "limits", "reference"):
            console.print(f"  {label}: {getattr(dimension, label)}")


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
        stop(f"unknown format '{format}'; choose json or table")
    if predictions is not None:
        check_file(predictions, [str(data)])
    result = run(task, data, model, draws=DRAWS if intervals else 0, errors=errors)
    if predictions is not None:
        emit_lines((table.json_line(item) for item in result.predictions), predictions)
    if format == "json":
        typer.echo(json.dumps(result.to_dict(), ensure_ascii=False).encode())
    else:
        emit_tables(screen.validation_tables(result.to_dict()), None)
