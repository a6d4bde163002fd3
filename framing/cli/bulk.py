"""Scoring into a folder of results: many articles, with progress, to be gone on with after any end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from framing.cli.writing import errors, stop
from framing.corpus import Failure, count_articles, stream_articles
from framing.engines import local
from framing.engines.rows import Settings

MOST_NAMED = 20  # inputs that cannot be read, or about which there is something to know


def score_into(
    folder: Path,
    paths: list[str],
    settings: Settings,
    *,
    jobs: int,
    timeout: float,
    text_col: str,
    id_col: str,
) -> None:
    """Score articles into a folder of results, with a process a core when `jobs` is 0; exit 1 where some have no scores."""
    _check_folder(folder, paths)
    items = stream_articles(paths, text_col=text_col, id_col=id_col or None)
    said = failures = articles = words = earlier = 0
    begun = time.monotonic()
    with _progress(paths) as (bar, row), _interruptible(folder):
        try:
            for news in local.score(
                items, folder, settings, jobs=jobs or os.cpu_count() or 1, timeout=timeout
            ):
                if isinstance(news, Failure):
                    said += 1
                    if said <= MOST_NAMED:
                        bar.console.print(str(news))
                    continue
                articles += news.articles
                failures += news.failures
                if news.earlier:
                    earlier += news.articles
                else:
                    words += news.words
                pace = words / (time.monotonic() - begun)
                bar.update(row, completed=articles, pace=f"{pace:,.0f} words/s" if words else "")
        except OSError as error:
            where = error.filename or folder
            stop(
                f"{where}: cannot be written ({error.strerror}); what is there is whole: "
                "free some space or mend the permissions, and run the same command again"
            )
    if said > MOST_NAMED:
        errors.print(f"and {said - MOST_NAMED:,} more of the kind")
    errors.print(_summary(folder, articles, failures, earlier, words, time.monotonic() - begun))
    if failures:
        raise typer.Exit(1)


def _summary(folder: Path, articles: int, failures: int, earlier: int, words: int, seconds: float) -> str:
    parts = [f"Wrote {articles:,} articles to {folder}"]
    if earlier:
        parts.append(f"{earlier:,} of them in earlier runs")
    if words:
        parts.append(f"{words / seconds:,.0f} words a second")
    if failures:
        parts.append(f"{failures:,} without scores: framing query {folder} 'from failures' says why")
    return "; ".join(parts)


def _check_folder(folder: Path, paths: list[str]) -> None:
    if folder.exists() and not folder.is_dir():
        stop(f"{folder}: is a file; name a folder for the results of many articles")
    inside = folder.resolve()
    for path in paths:
        given = Path(path).resolve()
        if given == inside or given in inside.parents:
            stop(f"{folder}: lies in {path}, which is read; name a folder outside of it")


@contextmanager
def _progress(paths: list[str]) -> Iterator[tuple[Progress, TaskID]]:
    """A bar where somebody watches, with the time left where it is known how many articles there are."""
    watched = errors.is_terminal
    columns = (
        TextColumn("Scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not watched) as bar:
        yield bar, bar.add_task("", total=count_articles(paths) if watched else None, pace="")


@contextmanager
def _interruptible(folder: Path) -> Iterator[None]:
    """Ctrl-C, or the end of a session, leaves what is there whole and says how to go on."""

    def end(number: int, frame: object) -> NoReturn:
        raise _Stopped(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except _Stopped as stopped:
        errors.print(
            f"framing: stopped; {folder} holds what is done, and the same command goes on from there"
        )
        raise SystemExit(128 + stopped.number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stopped(BaseException):
    """A signal came; no handler of errors may take it for one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
