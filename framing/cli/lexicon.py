"""`framing lexicon`: make, list, show, check, try, extend, change, import and export word lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from framing.cli import workbench
from framing.cli.options import Format, FormatOption, LexiconName, Output
from framing.cli.reading import Inputs
from framing.cli.writing import check_file, check_output, emit_rows, errors, print_rows, stop, writing
from framing.lexicon import lexicon_names, load_lexicon
from framing.lint import lint

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Make, check, try, extend, change, import and export word lists.",
)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the lexicon.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write.", show_default="NAME.tsv")
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=MEANING", help="A category and what it means; may be given again."),
    ] = None,
    term: Annotated[
        list[str] | None,
        typer.Option(metavar="TERM[=CATEGORY]", help="A term to begin with; may be given again."),
    ] = None,
    title: Annotated[str, typer.Option(help="What the list holds.", show_default="NAME")] = "",
) -> None:
    """Write a lexicon to begin with: provenance to fill in, columns, and rows to replace. Nothing is overwritten."""
    from framing.workbench import new_lexicon

    path = output or Path(name if name.endswith(".tsv") else f"{name}.tsv")
    pairs = [pair.partition("=") for pair in category or ()]
    categories = {key.strip(): meaning.strip() for key, _, meaning in pairs}
    check_file(path, [])
    with writing(path):
        lexicon = new_lexicon(
            path, title=title or name.removesuffix(".tsv"), categories=categories or None, terms=term or ()
        )
    typer.echo(f"Wrote {path} ({_entries(len(lexicon.entries))}).")
    typer.echo(
        "Open it in a text editor or spreadsheet (separated by tabs), fill in what is on top, and then:"
    )
    place = f"'{path}'" if " " in str(path) else path
    typer.echo(f"  framing lexicon lint {place}")
    typer.echo(f"  framing lexicon test {place} --on texts")
    typer.echo(f"  framing lexicon suggest {place} --on texts")


@app.command("list")
def list_lexicons() -> None:
    """Name the lexicons with their size, licence and what defines them."""
    rows = []
    for name in lexicon_names():
        lexicon = load_lexicon(name)
        rows.append(
            (name, str(len(lexicon.entries)), lexicon.header["title"], lexicon.header.get("licence", ""))
        )
    print_rows(rows, ("name", "entries", "title", "licence"))


@app.command("show")
def show_lexicon(
    name: LexiconName,
    category: Annotated[str, typer.Option(help="Only this category.", show_default="all")] = "",
    format: FormatOption = Format.table,
    output: Output = None,
) -> None:
    """Print the provenance, the categories with their sizes, and the entries of a lexicon."""
    lexicon = load_lexicon(name)
    entries = lexicon.of_category(category)
    check_output(format, output, [])
    if format is not Format.table:
        import pandas as pd

        from framing.lexicon_formats.spreadsheet import plain_rows

        columns, cells = plain_rows(entries)
        emit_rows(pd.DataFrame(cells, columns=columns), Inputs([]), format, output)
        return
    if output is not None:
        stop("the table is for the screen; write a file with --format csv")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for key, value in lexicon.header.items():
        if key != "categories":
            console.print(f"{key}: {value}")
    console.print("")
    sizes = dict.fromkeys(lexicon.categories, 0)
    for entry in lexicon.entries:
        sizes[entry.category] = sizes.get(entry.category, 0) + 1
    print_rows(
        [(name, f"{size:,}", lexicon.categories.get(name, "")) for name, size in sizes.items()],
        ("category", "entries", "meaning"),
    )
    console.print("")
    rows = [(e.term, e.category, e.forms, f"{e.weight:g}", e.neutral, e.note) for e in entries]
    print_rows(rows, ("term", "category", "forms", "weight", "neutral", "note"))


@app.command("lint")
def lint_lexicons(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LEXICON...]", help="Names or files of any format; all shipped by default."),
    ] = None,
) -> None:
    """Find duplicates, overlaps, unreachable and junk rows, missing inflections and one-sided lists."""
    found = 0
    files = 0
    for name in names or lexicon_names():
        lexicon = load_lexicon(name)
        findings = lint(lexicon)
        files += bool(findings)
        for finding in findings:
            found += 1
            place = f"{lexicon.path or name}:{finding.line}" if finding.line else str(lexicon.path or name)
            typer.echo(f"{place}: {finding.kind}: '{finding.term}' {finding.problem}")
    if found:
        many = f"{found:,} findings in {files} lexicons" if files > 1 else f"{found:,} findings"
        errors.print(f"{'1 finding' if found == 1 else many}: each line says where, what and how to mend it.")
        raise typer.Exit(1)
    typer.echo("No findings.")


app.command("test")(workbench.try_lexicon)
app.command("suggest")(workbench.suggest_terms)
app.command("effect")(workbench.show_effect)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .dic, .dicx, .yaml or .csv file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .tsv to write.")],
    format: Annotated[
        str, typer.Option("--format", "-f", help="liwc, dicx, quanteda or csv.", show_default="by the ending")
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CATEGORY", help="Only this category; may be given again.", show_default="all"),
    ] = None,
) -> None:
    """Make a lexicon of a LIWC or quanteda dictionary or a CSV; rows it cannot hold are named and left out (exit 1)."""
    from framing.workbench import import_lexicon

    check_file(output, [str(file)])
    with writing(output):
        lexicon, failures, notes = import_lexicon(file, output, format=format, only=only or ())
    for failure in failures:
        errors.print(str(failure))
    categories = _many(len(lexicon.categories), "category", "categories")
    typer.echo(f"Wrote {output}: {_entries(len(lexicon.entries))} in {categories}.")
    for note in notes:
        typer.echo(f"Note: {note}.")
    typer.echo(
        f"The licence is that of {file.name}: write it into the header. Next: framing lexicon lint {output}"
    )
    if failures:
        errors.print(f"{_many(len(failures), 'row was', 'rows were')} left out.")
        raise typer.Exit(1)


@app.command("export")
def export_file(
    name: LexiconName,
    format: Annotated[str, typer.Option("--format", "-f", help="liwc, dicx, quanteda or csv.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
) -> None:
    """Write a lexicon for LIWC, quanteda or a spreadsheet, and say what the format cannot hold."""
    from framing.workbench import export_lexicon

    lexicon = load_lexicon(name)
    check_file(output, [name])
    with writing(output):
        _, lost = export_lexicon(lexicon, format, output)
    typer.echo(f"Wrote {output}: {_entries(len(lexicon.entries))} as {format}.")
    for line in lost:
        typer.echo(f"Note: {line}.")


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _entries(count: int) -> str:
    return _many(count, "entry", "entries")
