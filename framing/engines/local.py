"""Many articles on one machine: read in order, scored by several processes, written in parts, and gone on with after any end.

What is in a part depends on the input alone: not on the number of processes, nor on how often the run was stopped.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from framing.corpus import Article, Failure
from framing.document import Document
from framing.engines import folder as disk
from framing.engines.folder import Part, ResultsError
from framing.engines.rows import Settings, batch_of, check_settings, failed_row, input_of
from framing.engines.workers import SCORE_EACH, Crew, Task, Trouble

CHUNK = 500  # articles of a part
TIMEOUT = 300.0  # seconds
NAMED = 20  # failures that are kept to be named
_CHUNK_TEXT = 8_000_000  # code points after which a part ends before it has that many articles
_TASK = 16  # articles that a worker gets at once
_TASK_TEXT = 200_000  # code points after which it gets fewer
_READ = 8  # articles that are read before workers are looked after again
_UNWRITTEN = 2  # parts that may wait for the disk
_PAUSE = 0.5  # seconds after which the watcher hears of nothing new

Item = Article | Document | Failure


class Progress(NamedTuple):
    """How far a run is: articles done, of these in whole parts on the disk, scored by this run, and the words of those."""

    articles: int = 0
    saved: int = 0
    fresh: int = 0
    words: int = 0


class Result(NamedTuple):
    """What is in the folder: articles, those that could not be read or scored, words, and the first few failures.

    `fresh` and `fresh_words` are what this run added.
    """

    folder: Path
    articles: int
    failed: int
    words: int
    fresh: int
    fresh_words: int
    failures: list[Failure]


def score(
    items: Iterable[Item],
    folder: Path,
    settings: Settings,
    *,
    jobs: int = 1,
    timeout: float = TIMEOUT,
    chunk: int = CHUNK,
    watch: Callable[[Progress], object] = lambda _: None,
    scorer: str = SCORE_EACH,
) -> Result:
    """Score articles into a folder of results, which a later call with the same articles and settings goes on with.

    `jobs` processes score; `timeout` is seconds an article, 0 for none; a part has `chunk` articles. `watch` hears how far
    the run is. `scorer` names the function that scores, `module:function`, so that workers can import it. An article that
    ends its process or takes too long is tried once more by itself. Failures that lost nothing are passed over; if there
    are nothing but failures, no folder is made.

    Raises `ValueError` for an unknown model or dimension, `ResultsError` when the folder holds results of other settings
    or other articles, is in use or cannot be written, and `WorkersError` when no process can be started. All that was
    whole then stays so.
    """
    check_settings(settings)
    wanted = (item for item in items if not isinstance(item, Failure) or item.lost)
    unread: list[Item] = []
    for item in wanted:
        unread.append(item)
        if not isinstance(item, Failure):
            break
    else:
        lost = [item for item in unread if isinstance(item, Failure)]
        return Result(folder, len(lost), len(lost), 0, 0, 0, lost[:NAMED])
    common = disk.about(settings, chunk)
    with disk.opened(folder, common), ThreadPoolExecutor(1) as writer:
        run = _Run(folder, settings, common, watch, writer, most_open=3 + jobs * _TASK // chunk)
        try:
            with closing(Crew(settings, jobs, timeout, scorer)) as crew:
                _work(run, crew, _chunks(chain(unread, wanted), chunk))
            return run.finish()
        finally:
            writer.shutdown(cancel_futures=True)


def _work(run: _Run, crew: Crew, chunks: Iterator[_Chunk | None]) -> None:
    """Read, have scored and save until there is nothing left; workers never wait long for what is read meanwhile."""
    reading = True
    while reading or run.open:
        if reading and run.has_room:
            try:
                read = next(chunks)
            except StopIteration:
                reading = False
                run.end()
            else:
                if read is not None:
                    run.add(read)
        while run.tasks and crew.wants(len(run.tasks)):
            crew.give(run.tasks.popleft())
        for task, outcome in crew.gather(0 if (reading and run.has_room) or not run.open else _PAUSE):
            run.take(task, outcome)
        run.tell()


class _Chunk(NamedTuple):
    """The articles of a part, and what makes each the same in a later run."""

    number: int
    first: int
    items: list[Item]
    inputs: list[dict[str, Any]]


def _chunks(items: Iterable[Item], most: int) -> Iterator[_Chunk | None]:
    """The articles cut into parts, by the articles alone; None after every few articles."""
    chunk, size = _Chunk(0, 0, [], []), 0
    for item in items:
        chunk.items.append(item)
        chunk.inputs.append(input_of(item))
        size += 0 if isinstance(item, Failure) else len(item.text)
        if len(chunk.items) >= most or size >= _CHUNK_TEXT:
            yield chunk
            chunk, size = _Chunk(chunk.number + 1, chunk.first + len(chunk.items), [], []), 0
        elif len(chunk.items) % _READ == 0:
            yield None
    if chunk.items:
        yield chunk


def _tasks(chunk: _Chunk) -> Iterator[Task]:
    """The articles of a chunk in as many as a worker gets at once."""
    items: list[Article | Document] = []
    place = size = 0
    for number, item in enumerate(chunk.items):
        if items and (isinstance(item, Failure) or len(items) == _TASK or size >= _TASK_TEXT):
            yield Task(chunk.number, place, tuple(items))
            items, size = [], 0
        if not isinstance(item, Failure):
            place = place if items else number
            items.append(item)
            size += len(item.text)
    if items:
        yield Task(chunk.number, place, tuple(items))


@dataclass
class _Open:
    """A part that is worked on: the rows there are by their place, and how many are missing."""

    first: int
    fingerprint: str
    missing: int
    rows: dict[int, pa.RecordBatch] = field(default_factory=dict)


class _Run:
    """What a run knows of its folder: parts that are whole, parts that are worked on, and tasks that wait."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        common: dict[str, Any],
        watch: Callable[[Progress], object],
        writer: ThreadPoolExecutor,
        most_open: int,
    ) -> None:
        self._folder, self._settings, self._common, self._watch = folder, settings, common, watch
        self._writer, self._most_open = writer, most_open
        self._writing: deque[tuple[int, int, Future[Part]]] = deque()
        self._parts: dict[int, tuple[int, str]] = {}  # articles and fingerprint
        self._failures: list[tuple[int, int, Failure]] = []  # part, place among its failures
        self._failed = self._saved = self._words = self._fresh = self._fresh_words = 0
        self._chunks = self._articles = 0  # that were read
        self.open: dict[int, _Open] = {}
        self.tasks: deque[Task] = deque()

    @property
    def has_room(self) -> bool:
        """Whether more may be read, so that memory stays bounded."""
        return len(self.open) < self._most_open

    def add(self, chunk: _Chunk) -> None:
        """A chunk that was read: there already, or to be scored. Raises `ResultsError` when another was there."""
        self._chunks += 1
        self._articles += len(chunk.items)
        fingerprint = disk.fingerprint_of(chunk.inputs)
        known = disk.read_part(self._folder, chunk.number, self._common, chunk.first)
        if known and known.fingerprint == fingerprint:
            self._count(chunk.number, known)
            return
        if known:
            self._check_grown(disk.difference(self._folder, chunk.number, chunk.first, chunk.inputs))
        part = self.open[chunk.number] = _Open(chunk.first, fingerprint, len(chunk.items))
        self.tasks.extend(_tasks(chunk))
        for place, (item, row) in enumerate(zip(chunk.items, chunk.inputs, strict=True)):
            if isinstance(item, Failure):
                self._put(chunk.number, part, place, batch_of([row], self._settings))

    def end(self) -> None:
        """There are no more chunks. Raises `ResultsError` when there were some in the last run."""
        if (self._folder / disk.part_name(self._chunks)).exists():
            self._check_grown(f"it ends after {self._articles:,} articles, where there were more")

    def _check_grown(self, difference: str | None) -> None:
        if difference:
            raise ResultsError(
                f"{self._folder}: holds the results of another input: {difference}; articles may only be added at the end, "
                "so choose another folder with -o, or delete this one"
            )

    def take(self, task: Task, outcome: pa.RecordBatch | Trouble) -> None:
        """What came of a task. After trouble its articles are tried by themselves, and once only."""
        if not isinstance(outcome, Trouble):
            self._put(task.part, self.open[task.part], task.place, outcome)
        elif len(task.items) > 1 or not task.tries:
            alone = [
                Task(task.part, task.place + number, (item,), task.tries + 1)
                for number, item in enumerate(task.items)
            ]
            self.tasks.extendleft(reversed(alone))
        else:
            row = failed_row(input_of(task.items[0]), f"{outcome.problem}, twice", outcome.advice)
            self.take(task, batch_of([row], self._settings))

    def _put(self, number: int, part: _Open, place: int, rows: pa.RecordBatch) -> None:
        self._fresh += len(rows)
        self._fresh_words += sum(filter(None, rows["words"].to_pylist()))
        part.rows[place] = rows
        part.missing -= len(rows)
        if not part.missing:
            del self.open[number]
            while len(self._writing) >= _UNWRITTEN:
                self._settle()
            disk.write_manifest(self._folder, self._common | {"complete": False})
            articles = sum(map(len, part.rows.values()))
            self._writing.append((number, articles, self._writer.submit(self._write, number, part)))

    def _write(self, number: int, part: _Open) -> Part:
        rows = [part.rows[place] for place in sorted(part.rows)]
        disk.write_part(self._folder, number, rows, self._common, part.first, part.fingerprint)
        return disk.part_of(rows, part.fingerprint)

    def _settle(self) -> None:
        number, _, written = self._writing.popleft()
        self._count(number, written.result())

    def _count(self, number: int, part: Part) -> None:
        self._parts[number] = part.articles, part.fingerprint
        self._saved += part.articles
        self._words += part.words
        self._failed += len(part.failures)
        named = [
            (number, place, Failure(row["file"] or row["id"], row["line"], row["problem"], row["advice"]))
            for place, row in enumerate(part.failures[:NAMED])
        ]
        self._failures = sorted([*self._failures, *named], key=itemgetter(0, 1))[:NAMED]

    def tell(self) -> None:
        """Count what has been written meanwhile, and let the watcher know how far the run is."""
        while self._writing and self._writing[0][-1].done():
            self._settle()
        half = sum(len(rows) for part in self.open.values() for rows in part.rows.values())
        unsaved = sum(articles for _, articles, _ in self._writing)
        self._watch(Progress(self._saved + unsaved + half, self._saved, self._fresh, self._fresh_words))

    def finish(self) -> Result:
        """Wait for the disk, and say in the manifest that all is there."""
        while self._writing:
            self._settle()
        self.tell()
        digest = hashlib.sha256()
        parts: list[dict[str, Any]] = []
        for number, (articles, fingerprint) in sorted(self._parts.items()):
            digest.update(fingerprint.encode())
            name = disk.part_name(number)
            parts.append({"file": name, "articles": articles, "sha256": disk.sha256_of(self._folder / name)})
        whole = {
            "complete": True,
            "articles": self._saved,
            "failed": self._failed,
            "words": self._words,
            "input": digest.hexdigest(),
            "parts": parts,
        }
        disk.write_manifest(self._folder, self._common | whole)
        failures = [failure for _, _, failure in self._failures]
        return Result(
            self._folder,
            self._saved,
            self._failed,
            self._words,
            self._fresh,
            self._fresh_words,
            failures,
        )
