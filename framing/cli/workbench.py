"""`framing lexicon test`, `suggest` and `effect`: what a word list does in articles."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import Format, FormatOption, IdCol, LexiconName, Output, TextCol
from framing.cli.reading import Inputs, corpus, documents_of
from framing.cli.writing import (
    check_output,
    emit_lines,
    emit_rows,
    emit_tables,
    errors,
    finish,
    stop,
    table_width,
    with_failures,
)
from framing.lexicon import load_lexicon

if TYPE_CHECKING:
    import pandas as pd


class CountBy(StrEnum):
    """What hits are counted by."""

    all = "all"
    category = "category"
    entry = "entry"
    article = "article"
    voice = "voice"


On = Annotated[
    list[str],
    typer.Option("--on", metavar="PATH", help="Articles: a file, a folder, or -; may be given again."),
]
Most = Annotated[int, typer.Option(min=0, help="Rows of a table on the screen; 0 for all.")]


def try_lexicon(
    name: LexiconName,
    on: On = [],  # noqa: B006  typer copies it
    context: Annotated[int, typer.Option(min=0, help="Words on either side of a hit.")] = 10,
    most: Most = 20,
    category: Annotated[str, typer.Option(help="Only hits of this category.", show_default="all")] = "",
    by: Annotated[
        CountBy | None,
        typer.Option(help="With csv or jsonl: counts by this in place of hits.", show_default="hits"),
    ] = None,
    sample_size: Annotated[
        int,
        typer.Option(
            "--sample", min=0, help="Write so many hits to judge into the file of -o.", show_default="none"
        ),
    ] = 0,
    judged: Annotated[
        Path | None, typer.Option(help="A sample in which `right` is filled in: y or n.", show_default="none")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    format: FormatOption = Format.table,
    output: Output = None,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Show what a lexicon finds in articles, with counts; draw a sample to judge; tell how often it was right.

    `--sample 50 -o judge.csv` writes hits to judge: fill in y or n under `right`. `--judged judge.csv` reads them back
    and gives the precision that follows, with 95 % intervals.
    """
    lexicon = load_lexicon(name)
    lexicon.of_category(category)
    if judged is not None:
        check_output(format, output, [str(judged)])
        _show_precision(judged, format, output)
        return
    if not on:
        stop("name the articles to try it on: --on FOLDER, or a judged sample: --judged judge.csv")
    if sample_size and output is None:
        stop("a sample goes into a file: name one with -o judge.csv")
    if output is not None and (sample_size and output.exists()):
        stop(f"{output}: exists already, and may hold judgements; name another file, or remove it first")
    check_output(Format.csv if sample_size else format, output, on)

    from framing.workbench import concordance, count
    from framing.workbench.hits import with_voices

    found = corpus(on, text_col, id_col, output)
    analyses = with_voices(documents_of(found))
    hits = concordance(lexicon, analyses, context=context)
    if category:
        hits = hits[hits.category == category].reset_index(drop=True)
    if sample_size:
        _write_sample(hits, sample_size, seed, output, name)
    elif format is not Format.table:
        emit_rows(hits if by is None else count(lexicon, analyses, by=by, hits=hits), found, format, output)
    else:
        from framing.output import workbench as tables

        counts = {
            by: count(lexicon, analyses, by=by, hits=hits)
            for by in ("all", "category", "voice", "article", "entry")
        }
        width = table_width(output)
        whole = counts["all"].iloc[0]
        words = sum(analysis.document.words for analysis in analyses)
        line = (
            f"{lexicon.name}: {len(hits):,} hits of {int(whole.found):,} of {int(whole.entries):,} entries in "
            f"{int(whole.articles)} of {len(analyses)} articles, {words:,} words"
        )
        shown = _some(hits, most)
        every = [tables.heading(line)]
        if len(hits):
            every += [tables.concordance_table(shown, len(hits), width), *tables.count_tables(counts, most)]
        emit_tables(with_failures(every, found), output)
    finish(found)


def suggest_terms(
    name: LexiconName,
    on: On,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Articles to set the others against.", show_default="none"),
    ] = None,
    category: Annotated[str, typer.Option(help="Terms for this category.", show_default="any")] = "",
    most: Annotated[int, typer.Option(min=1, help="Terms by each method.")] = 10,
    vectors: Annotated[
        bool, typer.Option(help="Also look for words of near meaning, by the encoder.")
    ] = True,
    format: FormatOption = Format.table,
    output: Output = None,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Suggest terms that articles use and a lexicon lacks; read each in its context before adding it.

    By log-odds between sentences with and without hits (or between the articles and others: `--against`), by phrases with
    a term of the lexicon, and by words whose vector, read alone by the encoder, is near that of a term.
    """
    lexicon = load_lexicon(name)
    lexicon.of_category(category)
    check_output(format, output, [*on, *(against or ())])

    from framing.workbench import suggest

    nearness = None
    if vectors:
        from framing.encoder.vectors import sentence_vectors

        nearness = sentence_vectors
    found = corpus(on, text_col, id_col, output)
    documents = documents_of(found)
    others = None
    if against:
        beside = corpus(against, text_col, id_col, output)
        others = documents_of(beside)
        found.notices += beside.notices
    rows = suggest(lexicon, documents, against=others, category=category, most=most, vectors=nearness)
    if format is Format.table:
        from framing.output import workbench as tables

        every = list(tables.suggestion_tables(rows, table_width(output)))
        none = tables.heading("No suggestions: try more articles.")
        emit_tables(with_failures(every or [none], found), output)
    else:
        emit_rows(rows, found, format, output)
    finish(found)


def show_effect(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The lexicon as it was: a name or a file.")],
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="The lexicon as it is now.")],
    on: On,
    instead_of: Annotated[
        str,
        typer.Option(
            help="Shipped lexicon both stand in for, so that its dimension's scores are compared.",
            show_default="OLD, if it is shipped",
        ),
    ] = "",
    most: Most = 20,
    what: Annotated[str, typer.Option(help="With csv or jsonl: measures, articles or entries.")] = "measures",
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap draws over articles; 0 for none.")] = 1000,
    format: FormatOption = Format.table,
    output: Output = None,
    text_col: TextCol = "text",
    id_col: IdCol = "",
) -> None:
    """Show what a change to a lexicon does to articles: hits gained and lost, scores before and after.

    Where OLD is a shipped lexicon (or with `--instead-of`), the articles are scored anew with NEW in its place, by the
    model `lexicon`; trained models would have to be fitted anew.
    """
    lexicons = load_lexicon(old), load_lexicon(new_name)
    if what not in ("measures", "articles", "entries"):
        stop(f"unknown table '{what}'; choose measures, articles or entries")
    check_output(format, output, on)

    from framing.workbench import effect

    found = corpus(on, text_col, id_col, output)
    documents = documents_of(found)
    result = effect(*lexicons, documents, instead_of=instead_of, seed=seed, resamples=resamples)
    if format is Format.table:
        from framing.output import workbench as tables

        line = f"{old} → {new_name} on {len(documents)} articles"
        every = [tables.heading(line), *tables.effect_tables(result, most, table_width(output))]
        emit_tables(with_failures([*every, *(tables.heading(note) for note in result.notes)], found), output)
    else:
        emit_rows(getattr(result, what), found, format, output)
        for note in result.notes:
            errors.print(note)
    finish(found)


def _show_precision(judged: Path, format: Format, output: Path | None) -> None:
    from framing.output import workbench as tables
    from framing.workbench import precision, read_judged

    rows, failures = read_judged(judged)
    found = Inputs(failures)
    list(found)
    frame = precision(rows)
    if format is Format.table:
        if rows.empty:
            errors.print(f"{judged}: no row is judged; write y or n under right")
        emit_tables(with_failures([tables.precision_table(frame)], found), output)
    else:
        emit_rows(frame, found, format, output)
    finish(found)


def _write_sample(hits: pd.DataFrame, size: int, seed: int, output: Path | None, name: str) -> None:
    from framing.workbench import sample, write_sample

    if hits.empty:
        stop(f"{name} finds nothing in these articles, so there is nothing to judge")
    rows = sample(hits, size, seed=seed)
    emit_lines([write_sample(rows).removesuffix("\n")], output)
    typer.echo(f"Wrote {output}: {len(rows)} of {len(hits):,} hits, drawn with seed {seed}.")
    typer.echo("Write y or n under right (? where you cannot tell), save it as CSV, and then:")
    typer.echo(f"  framing lexicon test {name} --judged {output}")


def _some(hits: pd.DataFrame, most: int) -> pd.DataFrame:
    """So many hits from all over the texts, in the order of category and term."""
    if most and most < len(hits):
        hits = hits.iloc[[at * len(hits) // most for at in range(most)]]
    return hits.sort_values(["category", "term", "article", "start"], kind="stable")
