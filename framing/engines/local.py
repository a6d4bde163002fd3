"""Many articles on this machine: streamed, scored by a process a core, written in parts, and gone on with after any end.

Memory holds a few parts at a time, however many articles there are. The same articles and settings give the same files, byte
by byte, whatever the number of processes and however often the run was broken off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.compute as pc

from framing.corpus import Article, Failure
from framing.data import DataError
from framing.engines import parts, rows
from framing.engines.parts import Part
from framing.engines.rows import Settings
from framing.engines.workers import Item, Task, score_tasks

CHUNK = 250  # articles of a part
CHARACTERS = 5_000_000  # after which a part is full, however few articles it has
TIMEOUT = 300.0  # seconds for an article


class Progress(NamedTuple):
    """A part that is there: how much it holds, and whether an earlier run had written it."""

    articles: int
    failures: int
    words: int
    earlier: bool


def score(
    items: Iterable[Article | Failure],
    folder: Path,
    settings: Settings,
    *,
    jobs: int = 1,
    timeout: float = TIMEOUT,
    chunk: int = CHUNK,
    scorer: str = "",
) -> Iterator[Progress | Failure]:
    """Score articles into a folder of results, and tell of each part as it is there, and of what there is to know of inputs.

    Run again after any end with the same articles and settings, it goes on where it was: parts that are there are not made
    again. Articles that are new at the end are added. `jobs` is the number of processes, `timeout` the seconds that an
    article may take (0: any number), `chunk` the articles of a part. An article that breaks its process, or takes too long,
    is tried twice and then becomes a row that says so.

    Raises `ValueError` for unknown settings, `DataError` where the folder holds something else, other settings or other
    articles, and `OSError` where it cannot be written; what is there stays whole.
    """
    settings.check()
    parts.prepare(folder, settings)
    with parts.alone(folder):
        yield from _score(items, folder, settings, jobs, timeout, chunk, scorer)


def _score(
    items: Iterable[Article | Failure],
    folder: Path,
    settings: Settings,
    jobs: int,
    timeout: float,
    chunk: int,
    scorer: str,
) -> Iterator[Progress | Failure]:
    news: list[Progress | Failure] = []
    done: dict[int, Part] = {}
    waiting: dict[int, Part] = {}

    def tasks() -> Iterator[Task]:
        first = 0
        for number, chunked in enumerate(_chunks(items, chunk, news)):
            part = Part(number, first, len(chunked), 0, 0, fingerprint(chunked))
            first += len(chunked)
            there = parts.read_part(folder, number)
            if there and there.fingerprint == part.fingerprint:
                done[number] = there
                news.append(Progress(there.articles, there.failures, there.words, earlier=True))
                continue
            if there:
                _require_extension(folder, there, chunked)
            if number == len(done):
                parts.write_manifest(
                    folder, parts.opening(settings)
                )  # there may be one of a run that was done
            waiting[number] = part
            yield Task(number, chunked)

    for number, batch in score_tasks(tasks(), settings, jobs=jobs, timeout=timeout, scorer=scorer):
        failures = len(batch) - batch.column("problem").null_count
        words = pc.sum(batch.column("words")).as_py() or 0
        part = waiting.pop(number)._replace(failures=failures, words=words)
        parts.write_part(folder, part, batch)
        done[number] = part
        news.append(Progress(part.articles, failures, words, earlier=False))
        yield from _emptied(news)
    yield from _emptied(news)
    if parts.read_part(folder, len(done)):
        raise DataError(
            f"{folder}: holds results of more articles than there are now; name another folder, or delete this one"
        )
    parts.write_manifest(
        folder, parts.closing(folder, settings, [done[number] for number in range(len(done))])
    )


def fingerprint(items: Iterable[Item]) -> str:
    """A digest of articles with their metadata, and of what could not be read."""
    digest = hashlib.sha256()
    for item in items:
        digest.update(json.dumps(item, ensure_ascii=True, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _chunks(
    items: Iterable[Article | Failure], size: int, news: list[Progress | Failure]
) -> Iterator[list[Item]]:
    """Articles of a part each; what is cut depends on the articles alone. Notices are news at once."""
    chunk: list[Item] = []
    characters = 0
    for item in items:
        if isinstance(item, Failure):
            news.append(item)
            if not item.lost:
                continue
            chunk.append(rows.lost(item))
        else:
            chunk.append(item)
            characters += len(item.text)
        if len(chunk) == size or characters > CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _emptied(news: list[Progress | Failure]) -> Iterator[Progress | Failure]:
    while news:
        yield news.pop(0)


def _require_extension(folder: Path, there: Part, chunk: list[Item]) -> None:
    """A part may be written anew only where articles were added behind the last one."""
    last = parts.read_part(folder, there.number + 1) is None
    if last and there.articles < len(chunk) and fingerprint(chunk[: there.articles]) == there.fingerprint:
        return
    raise DataError(
        f"{folder}: articles {there.first + 1} to {there.first + there.articles} are not those of the run that began here; "
        "name another folder, or delete this one"
    )
