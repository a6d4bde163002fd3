"""`framing exercise`: texts to code by hand, made and scored, and ideas for lessons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from framing.analysis import MODELS, check_model
from framing.classroom.coding import DIMENSIONS
from framing.cli.options import Resamples, Seed, Threads
from framing.cli.reading import Inputs
from framing.cli.writing import check_file, errors, finish, print_rows, stop, writing
from framing.corpus import stream_corpus
from framing.data import folder
from framing.encoder.network import use_threads
from framing.tables import unknown

FEW_MARKS = 5  # of a key; with fewer, one word decides how far people agree

app = typer.Typer(
    no_args_is_help=True, help="Make exercises in coding texts by hand, score them, list ideas."
)


@app.command()
def make(
    articles: Annotated[
        list[str], typer.Argument(metavar="ARTICLE...", help="Files or folders, or names of teaching texts.")
    ],
    dimension: Annotated[str, typer.Option("--dimension", "-d", help=f"{', '.join(DIMENSIONS)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
    model: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A model to compare with: {', '.join(MODELS)}; may be given again.", show_default="all"
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="A coding of your own as the key, as CSV.", show_default="none")
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf/--no-pdf", help="Print the worksheet to PDF, by Chromium.")
    ] = True,
    threads: Threads = 0,
) -> None:
    """Make an exercise: a worksheet, a coding sheet and a marking page, and for the teacher answers and a sealed key.

    A name such as khmeimim-wire stands for the teaching text.
    """
    from framing.classroom.exercise import make_exercise

    use_threads(threads)
    if dimension not in DIMENSIONS:
        stop(str(unknown("dimension", dimension, DIMENSIONS)))
    for name in model or ():
        check_model(name)
    if output.exists() and not output.is_dir():
        stop(f"{output}: is a file; name a folder")
    if key is not None and not key.is_file():
        stop(f"{key}: is no file; name a coding as CSV")
    found = Inputs(stream_corpus(map(_teaching_text, articles)))
    documents = list(found)
    if not documents:
        finish(found)
    exercise = make_exercise(documents, dimension, models=model or MODELS, key=key)

    from framing.output.classroom import write_exercise

    with writing(output):
        written = write_exercise(exercise, output)
    worksheet, sheet, marking, answers, sealed, ideas = written
    printed = worksheet
    if pdf:
        printed = _print(worksheet)
    typer.echo(f"Print: {printed}")
    typer.echo(f"Send to students: {marking} or {sheet}")
    typer.echo(
        f"Keep: {answers.parent} ({answers.name}, {sealed.name}, {ideas.name}; the key: {exercise.by})"
    )
    if dimension != "stance" and len(exercise.key.marks) < FEW_MARKS:
        typer.echo(
            f"Note: marks in the key: {len(exercise.key.marks)}; agreement on so few says little, so take a text with more"
        )
    named = f'"{sealed}"' if " " in str(sealed) else sealed
    typer.echo(f"Then: framing exercise score {named} FOLDER-OF-THEIR-FILES -o report.html")
    finish(found)


def _teaching_text(name: str) -> str:
    """The path of a teaching text for its name; anything else is a path already."""
    path = folder("texts") / f"{name}.md"
    known = "/" not in name and "\\" not in name and path.is_file() and not Path(name).exists()
    return str(path) if known else name


def _print(worksheet: Path) -> Path:
    """The worksheet as PDF where there is a browser; the page itself otherwise, and why."""
    from framing.output.print import print_page

    pdf = worksheet.with_suffix(".pdf")
    try:
        print_page(worksheet, pdf)
    except ValueError as error:
        errors.print(str(error))
        return worksheet
    return pdf


@app.command()
def score(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The file key.json of the exercise.")],
    codings: Annotated[
        list[Path],
        typer.Argument(metavar="CODINGS...", help="CSV files of the students, or folders of them."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("score.html"),
    names: Annotated[
        bool,
        typer.Option("--names/--no-names", help="Without names the page can be handed out."),
    ] = True,
    seed: Seed = 0,
    resamples: Resamples = 1000,
) -> None:
    """Show how far students agree with each other, with the key and with each model, and what to talk about.

    Of a folder, the CSV files in it and in its folders are read.
    """
    from framing.classroom.coding import read_codings
    from framing.classroom.key import load_key
    from framing.classroom.scoring import score_codings
    from framing.output.classroom.score_report import write_score

    check_file(output, [str(key), *map(str, codings)])
    if output.suffix.lower() in (".csv", ".tsv"):  # a coding in a folder that is read, by a slip
        stop(f"{output}: is the name of a coding, and the result is a page; name it {output.stem}.html")
    exercise = load_key(key)
    read, failures = read_codings(codings, exercise)
    found = Inputs(failures)
    list(found)
    if not read:
        for failure in failures:
            errors.print(str(failure))
        errors.print("framing: no coding could be read, so nothing was written")
        raise typer.Exit(1)
    scored = score_codings(exercise, read, failures=failures, seed=seed, resamples=resamples)
    with writing(output):
        write_score(scored, output, names=names)
    errors.print(f"Wrote {output}")
    finish(found)


@app.command()
def ideas(
    id: Annotated[str, typer.Argument(metavar="[ID]", help="Show this one.", show_default="list all")] = "",
    html: Annotated[
        Path | None, typer.Option(help="Write a page to print.", show_default="the screen")
    ] = None,
) -> None:
    """List ideas for lessons, or show one."""
    from framing.classroom.ideas import find_idea, load_ideas

    chosen = (find_idea(id),) if id else load_ideas()
    if html is not None:
        from framing.output.classroom import render_ideas

        check_file(html, [])
        with writing(html):
            html.write_text(render_ideas(chosen), encoding="utf-8", newline="\n")
        errors.print(f"Wrote {html}")
    elif not id:
        rows = [
            (idea.id, idea.title, f"{idea.minutes} min", idea.age, ", ".join(idea.dimensions))
            for idea in chosen
        ]
        print_rows(rows, ("id", "title", "time", "age", "dimensions"))
    else:
        console = Console(highlight=False, markup=False)
        (idea,) = chosen
        console.print(idea.title, style="bold")
        console.print(idea.goal)
        console.print(
            f"{idea.minutes} minutes, {idea.age}, English {idea.level}; {', '.join(idea.dimensions)}; "
            f"practises: {', '.join(idea.competences)}"
        )
        for heading, lines, sign in (
            ("Material", idea.material, "-"),
            ("Steps", idea.steps, "#"),
            ("To talk about", idea.talk, "-"),
            ("Teaching texts", (", ".join(idea.texts),), " "),
            ("To type", idea.commands, " "),
        ):
            console.print(f"\n{heading}", style="bold")
            for number, line in enumerate(lines, 1):
                console.print(f"{number}. {line}" if sign == "#" else f"{sign} {line}", soft_wrap=sign == " ")
