"""Worker processes that score articles: one that dies or stands still costs no more than the article it was at.

Workers are started afresh ("spawn"), load their models once, and end by themselves when the process that started them has
gone. The parent hears of each article when it begins, so that it knows which one a worker died of.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import NamedTuple, cast

import pyarrow as pa

from framing.analysis import Analysis
from framing.corpus import Article, document_of
from framing.data import DataError
from framing.document import Document, make_document
from framing.encoder.network import use_threads
from framing.engines import rows
from framing.engines.rows import SCHEMA, Lost, Settings

TRIES = 2  # of an article that a worker dies of or stands still at
_STARTS = 3  # of a worker that dies before it has begun an article
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_TICK = 0.5  # seconds between looks at the clock
_PATIENCE = 10.0  # seconds that a worker without a task has to end

Item = Article | Lost
Scorer = Callable[[Iterator[Document], Settings], Iterator[Analysis]]
_FIRST = "Officials said on Monday that the raid may have failed."


class Task(NamedTuple):
    """Articles to score for a part. When `careful`, one is read after the other, so that it is known which goes wrong."""

    number: int
    items: list[Item]
    careful: bool = False


class _Worker:
    """A worker with what it is doing."""

    def __init__(self, settings: Settings, scorer: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, settings, scorer), daemon=True)
        with _one_thread():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.at: int | None = None
        self.since = time.monotonic()

    def give(self, task: Task) -> None:
        """Hand over a task; that the worker has died is found out in its turn."""
        self.task, self.at, self.since = task, None, time.monotonic()
        with suppress(OSError):
            self.pipe.send(task)

    def dismiss(self) -> None:
        """Let a worker without a task end."""
        self.pipe.close()
        self.process.join(_PATIENCE)
        self.end()

    def end(self) -> None:
        """Stop the worker, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def score_tasks(
    tasks: Iterator[Task], settings: Settings, *, jobs: int, timeout: float, scorer: str = ""
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows of each task, as they are done, with the number of the task.

    No more tasks are drawn than there are workers, one each. `timeout` is in seconds an article, 0 for none. `scorer`, which
    tests replace, names a function as "module:name". Raises `DataError` when no worker can be started.
    """
    workers: list[_Worker] = []
    tries: dict[tuple[int, int], int] = {}
    starts = 0
    try:
        while True:
            while len(workers) < jobs and (task := next(tasks, None)) is not None:
                worker = _Worker(settings, scorer)
                workers.append(worker)
                worker.give(task)
            if not workers:
                return
            wait([handle for worker in workers for handle in (worker.pipe, worker.process.sentinel)], _TICK)
            for place, worker in enumerate(workers):
                batch, problem = _news(worker, timeout)
                if batch is not None:
                    starts = 0
                    yield cast("Task", worker.task).number, batch
                    worker.task = None
                    if (task := next(tasks, None)) is not None:
                        worker.give(task)
                elif problem:
                    task, at = cast("Task", worker.task)._replace(careful=True), worker.at
                    worker.end()
                    if at is None:
                        starts += 1
                        if starts == _STARTS:
                            raise DataError(
                                "a worker process ends before it begins to score: look for free memory; a script of your own "
                                "has to start under 'if __name__ == \"__main__\":'"
                            )
                    else:
                        tries[task.number, at] = tries.get((task.number, at), 0) + 1
                        if tries[task.number, at] == TRIES:
                            task.items[at] = lost_article(task.items[at], problem)
                    workers[place] = _Worker(settings, scorer)
                    workers[place].give(task)
            for worker in [worker for worker in workers if worker.task is None]:
                workers.remove(worker)
                worker.dismiss()
    finally:
        for worker in workers:
            worker.end()


def _news(worker: _Worker, timeout: float) -> tuple[pa.RecordBatch | None, str]:
    """The rows that a worker is done with, or what is wrong with it."""
    try:
        while worker.pipe.poll():
            message = worker.pipe.recv()
            if isinstance(message, bytes):
                return pa.ipc.read_record_batch(pa.py_buffer(message), SCHEMA), ""
            worker.at, worker.since = message, time.monotonic()
    except (EOFError, OSError):
        return None, "ended the process that scored it, twice"
    if not worker.process.is_alive() and not worker.pipe.poll():
        return None, "ended the process that scored it, twice"
    if timeout and worker.at is not None and time.monotonic() - worker.since > timeout:
        return None, f"takes longer than {timeout:g} seconds"
    return None, ""


def lost_article(item: Item, problem: str) -> Lost:
    """What there is to say about an article that cannot be scored."""
    return Lost(item.id, item.meta, problem, "score it by itself, give it more time, or leave it out")


@contextmanager
def _one_thread() -> Iterator[None]:
    """What is started meanwhile computes in one thread, since each core has a worker."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(pipe: Connection, settings: Settings, scorer: str) -> None:
    """What a worker does: it takes tasks from the pipe until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent decides
    use_threads(1)
    score = _named(scorer) if scorer else rows.analyses
    for _ in score(iter([make_document(_FIRST)]), settings):
        pass  # models are loaded before the clock of an article starts
    try:
        while True:
            task = pipe.recv()
            pipe.send(_scored(task, settings, score, pipe).serialize().to_pybytes())
    except (EOFError, OSError):
        pass


def _scored(task: Task, settings: Settings, score: Scorer, pipe: Connection) -> pa.RecordBatch:
    """The rows of a task. Where something goes wrong among articles that are read together, each is read by itself."""
    if not task.careful:
        try:
            scored = score(_documents(task, pipe), settings)
            return rows.table(
                (item if isinstance(item, Lost) else next(scored) for item in task.items), settings
            )
        except Exception:  # noqa: BLE001, S110  found again below, with the article at which it happens
            pass
    return rows.table(
        (_alone(at, item, settings, score, pipe) for at, item in enumerate(task.items)), settings
    )


def _alone(at: int, item: Item, settings: Settings, score: Scorer, pipe: Connection) -> Analysis | Lost:
    if isinstance(item, Lost):
        return item
    pipe.send(at)
    try:
        return next(score(iter([document_of(item)]), settings))
    except Exception as error:  # noqa: BLE001  no article may stop the rest
        return lost_article(item, f"cannot be scored ({type(error).__name__}: {error})")


def _documents(task: Task, pipe: Connection) -> Iterator[Document]:
    for at, item in enumerate(task.items):
        if isinstance(item, Article):
            pipe.send(at)
            yield document_of(item)


def _named(place: str) -> Scorer:
    module, _, name = place.partition(":")
    return cast("Scorer", getattr(import_module(module), name))
