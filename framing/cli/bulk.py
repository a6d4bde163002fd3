"""Scoring many articles into a folder of results: progress, counts, and a stop that the same command goes on from."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, Self

import typer
from rich.progress import BarColumn, Progress, TextColumn

from framing.cli.options import Format
from framing.cli.reading import check_options, names_in
from framing.cli.writing import errors, stop
from framing.corpus import STDIN, Article, Failure, stream_articles
from framing.engines import local
from framing.engines.rows import Settings
from framing.engines.workers import WorkersError
from framing.inputs import CATALOGS, PAGES, TEXTS

_NAMED = 20  # failures and notes that are named, each
_ALL_FAILURES = "select * from failures"


def score_locally(
    paths: list[str],
    output: Path,
    settings: Settings,
    *,
    jobs: int,
    timeout: float,
    text_col: str,
    id_col: str,
) -> None:
    """Score into a folder on this machine. Exit code 1 where articles could not be read or scored."""
    inputs = _Inputs(paths, text_col, id_col)
    begun = time.monotonic()
    with _Watch(paths) as watch:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stopped)
        try:
            result = local.score(
                inputs,
                output,
                settings,
                jobs=jobs or os.cpu_count() or 1,
                timeout=timeout,
                chunk=local.CHUNK,
                watch=watch.show,
            )
        except WorkersError as error:
            stop(str(error))
        except SystemExit:
            errors.print(f"framing: stopped; {watch.done} are done, and the same command goes on from there")
            raise
    inputs.tell()
    _tell_failures(result, output)
    if result.articles == result.failed and not result.words:
        errors.print("framing: no article could be scored")
        raise typer.Exit(1)
    _tell_counts(result, time.monotonic() - begun)
    if result.failed:
        raise typer.Exit(1)


def check_folder(output: Path | None, format: Format, paths: list[str]) -> Path:
    """The folder for the results of many articles; wrong usage is told before the work begins."""
    if format not in (Format.table, Format.parquet):
        stop(f"many articles at once are written as a folder of Parquet, not as {format}; leave --format out")
    if output is None:
        stop("many articles at once are written to a folder; name it with -o")
    place = Path(os.path.realpath(output))
    for path in paths:
        if path != STDIN and Path(path).is_dir() and place.is_relative_to(os.path.realpath(path)):
            stop(f"{output}: lies in {path}, which is read; name a folder outside it")
    return output


def settings_of(
    model: str, dimensions: str, actors: str, seed: int, resamples: int, *, evidence: bool
) -> Settings:
    """The settings that options name; the order of names says nothing."""
    check_options(model, dimensions, actors)
    chosen, about = (tuple(sorted(set(names_in(option) or ()))) or None for option in (dimensions, actors))
    return Settings(model, chosen, about, seed, resamples, evidence)


def _stopped(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


class _Inputs:
    """Articles one by one; the first things that are to be known about the inputs are kept, the others counted."""

    def __init__(self, paths: list[str], text_col: str, id_col: str) -> None:
        self._items = stream_articles(paths, text_col=text_col, id_col=id_col or None)
        self._notes: list[Failure] = []
        self._more = 0

    def __iter__(self) -> Iterator[Article | Failure]:
        for item in self._items:
            if not isinstance(item, Failure) or item.lost:
                yield item
            elif len(self._notes) < _NAMED:
                self._notes.append(item)
            else:
                self._more += 1

    def tell(self) -> None:
        for note in self._notes:
            errors.print(str(note))
        if self._more:
            errors.print(f"and {self._more:,} more of such notes")


def _tell_failures(result: local.Result, output: Path) -> None:
    for failure in result.failures:
        errors.print(str(failure))
    more = result.failed - len(result.failures)
    if more:
        errors.print(f"and {more:,} more; see framing query {output} '{_ALL_FAILURES}'")


def _tell_counts(result: local.Result, seconds: float) -> None:
    scored = result.articles - result.failed
    line = f"{result.folder}: {scored:,} articles scored, {result.words:,} words; {result.failed:,} failed"
    if not result.fresh:
        line += "; all was there already"
    elif result.fresh < result.articles:
        line += f"; {result.articles - result.fresh:,} were there already"
    if result.fresh:
        line += f"; {result.fresh_words / seconds:,.0f} words/s"
    errors.print(line)


class _Watch:
    """Shows how far a run is where somebody watches."""

    def __init__(self, paths: list[str]) -> None:
        self._shown = errors.is_terminal
        self._total = _total(paths) if self._shown else None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            console=errors,
            transient=True,
            disable=not self._shown,
        )
        self._task = self._progress.add_task("Reading", total=self._total)
        self._begun = time.monotonic()
        self._last = local.Progress()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, now: local.Progress) -> None:
        self._last = now
        if self._shown:
            seconds = time.monotonic() - self._begun
            line = described(now, seconds, self._total)
            self._progress.update(self._task, completed=now.articles, description=line)

    @property
    def done(self) -> str:
        """How many articles are safe."""
        of = "" if self._total is None else f" of {self._total:,}"
        return f"{self._last.saved:,}{of} articles"


def described(now: local.Progress, seconds: float, total: int | None) -> str:
    """How far a run is, how fast, and how long it will take, where the number of articles is known.

    >>> described(local.Progress(1500, 1000, 500, 380000), 10, 4500)
    '1,500 of 4,500 articles, 50 articles/s, 38,000 words/s, 1:00 left'
    """
    of = "" if total is None else f" of {total:,}"
    line = f"{now.articles:,}{of} articles"
    if now.fresh and seconds > 0:
        rate = now.fresh / seconds
        line += f", {rate:,.3g} articles/s, {now.words / seconds:,.0f} words/s"
        if total is not None and total >= now.articles:
            minutes, left = divmod(round((total - now.articles) / rate), 60)
            hours, minutes = divmod(minutes, 60)
            line += f", {hours}:{minutes:02}:{left:02} left" if hours else f", {minutes}:{left:02} left"
    return line


def _total(paths: list[str]) -> int | None:
    """How many articles there are, where that can be told by the names of files or of Parquet's own counts."""
    count = 0
    for path in paths:
        if path == STDIN:
            return None
        files = [Path(path)]
        if Path(path).is_dir():
            files = [
                Path(place, name) for place, _, names in os.walk(path) for name in names if name[0] != "."
            ]
        for file in files:
            kind = file.suffix.lower()
            if kind == ".parquet":
                count += _rows_in(file)
            elif kind in TEXTS | PAGES:
                count += file.stem.upper() != "README"
            elif kind != ".csv" or file.name not in CATALOGS:
                return None
    return count


def _rows_in(file: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(file).num_rows)
    except (OSError, pa.ArrowException):
        return 1  # a failure
