"""What commands read: articles one by one, and what is to be said about the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from framing.actors import load_actors
from framing.analysis import Analysis, analyze_each, check_model, choose_dimensions
from framing.cli.writing import errors, stop
from framing.corpus import Failure, stream_corpus
from framing.document import Document

if TYPE_CHECKING:
    from framing.comparison.compare import Comparison


class Inputs:
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


def read_inputs(
    paths: list[str],
    model: str,
    dimensions: str,
    actors: str,
    text_col: str,
    id_col: str,
    output: Path | None,
) -> Inputs:
    """Check the options first, so that a slip is told before anything long begins; then read the articles."""
    check_options(model, dimensions, actors)
    return corpus(paths, text_col, id_col, output)


def check_options(model: str, dimensions: str, actors: str) -> None:
    """An unknown model, dimension or actor is named, with the choices."""
    check_model(model)
    choose_dimensions(names_in(dimensions))
    known = {actor.id for actor in load_actors()}
    for actor in names_in(actors) or ():
        if actor not in known:
            near = get_close_matches(actor, known, 1, 0.75)
            hint = f"did you mean '{near[0]}'? Choose from" if near else "choose from"
            stop(f"unknown actor '{actor}'; {hint} {', '.join(sorted(known))}")


def corpus(paths: list[str], text_col: str, id_col: str, output: Path | None) -> Inputs:
    """The articles of files and folders, without the file that is to be written."""
    return Inputs(stream_corpus(paths, text_col=text_col, id_col=id_col or None, without=output))


def documents_of(found: Inputs) -> list[Document]:
    """All articles; where there is none, why, and the end."""
    documents = list(found)
    if not documents:
        for notice in found.notices:
            errors.print(str(notice))
        errors.print("framing: no article could be read, so there is no result")
        raise typer.Exit(1)
    return documents


def names_in(option: str) -> list[str] | None:
    """The names of an option that are separated by commas; None for an option left empty."""
    names = [name.strip().lower() for name in option.split(",") if name.strip()]
    return names or None


def analyses_of(
    found: Inputs,
    model: str,
    dimensions: str,
    actors: str,
    seed: int,
    resamples: int,
    *,
    explain: bool,
) -> Iterator[Analysis]:
    """Articles as they are analysed, with progress where somebody watches."""
    wanted = names_in(actors)
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        analyses = analyze_each(
            found,
            model=model,
            dimensions=names_in(dimensions),
            seed=seed,
            resamples=resamples,
            explain=explain,
        )
        for analysis in progress.track(analyses, total=None):
            yield analysis if wanted is None else analysis.about(wanted)


def compare_inputs(
    found: Inputs,
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
    """The comparison of all inputs; where there are too few, why, and the end."""
    from framing.comparison.compare import compare

    analyses = list(analyses_of(found, model, dimensions, actors, seed, resamples, explain=explain))
    if len(analyses) >= least:
        return compare(analyses, seed=seed, resamples=resamples, group_by=group_by or None)
    for notice in found.notices:
        errors.print(str(notice))
    if not analyses:
        errors.print("framing: no article could be read, so nothing was written")
    else:
        errors.print("framing: there is one article only; name two or more to compare")
    raise typer.Exit(1 if found.lost else 2)
