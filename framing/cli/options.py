"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.analysis import MODELS


class Format(StrEnum):
    """How results are written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class Engine(StrEnum):
    """What scores many articles."""

    local = "local"
    spark = "spark"


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
LexiconName = Annotated[
    str,
    typer.Argument(metavar="LEXICON", help="Name of a lexicon, or a .tsv, .dic, .dicx, .yaml or .csv file."),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write the result.")]
