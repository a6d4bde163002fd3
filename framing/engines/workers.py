"""Processes that score articles: started anew where one dies or takes too long, gone when whoever started them is."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

import pyarrow as pa

from framing.analysis import analyze
from framing.corpus import Article
from framing.data import DataError
from framing.document import Document
from framing.encoder.network import use_threads
from framing.engines.garbage import keep_models
from framing.engines.rows import SCHEMA, Settings, batch_of, score_each

SCORE_EACH = f"{score_each.__module__}:{score_each.__name__}"
_STARTS = 3  # workers in a row that may die before they are ready
_ALIVE = b""  # what a worker says when it is ready, and after each article
_CANNOT = b"!"  # begins why it cannot work
_WARM = "Officials in Damascus said the raid may have failed."
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class WorkersError(RuntimeError):
    """No worker can be started; the message says what to do."""


class Task(NamedTuple):
    """Articles to score, of which part, from which place in it, and how often they were tried."""

    part: int
    place: int
    items: tuple[Article | Document, ...]
    tries: int = 0


class Trouble(NamedTuple):
    """Why a task came to nothing, and what to do if it does so again."""

    problem: str
    advice: str


@dataclass
class _Worker:
    process: Any
    connection: Connection
    ready: bool = False
    task: Task | None = None
    since: float = 0.0  # when it was last heard of


class Crew:
    """As many workers as are wanted, started when there is work for them. `timeout` is seconds an article, 0 for none."""

    def __init__(self, settings: Settings, jobs: int, timeout: float, scorer: str = SCORE_EACH) -> None:
        self._settings, self._jobs, self._timeout, self._scorer = settings, jobs, timeout, scorer
        self._workers: list[_Worker] = []
        self._dead_at_start = 0

    def wants(self, waiting: int) -> bool:
        """Whether a worker is free; more are started where tasks wait and none is."""
        free = sum(worker.task is None for worker in self._workers)
        if free < waiting and len(self._workers) < self._jobs:
            self._workers.append(_start(self._settings, self._scorer))
        return any(worker.ready and worker.task is None for worker in self._workers)

    def give(self, task: Task) -> None:
        """Give a task to a free worker. One that has died takes it too, and is found dead by `gather`."""
        worker = next(worker for worker in self._workers if worker.ready and worker.task is None)
        worker.task, worker.since = task, time.monotonic()
        with suppress(OSError):
            worker.connection.send(task.items)

    def gather(self, seconds: float) -> list[tuple[Task, pa.RecordBatch | Trouble]]:
        """What has come of tasks, waiting for this many seconds at most until something has.

        Raises `WorkersError` when no worker starts, and `DataError` when the model cannot be loaded.
        """
        now = time.monotonic()
        if self._timeout:
            ends = [worker.since + self._timeout - now for worker in self._workers if worker.task]
            seconds = min([seconds, *ends])
        by_connection = {worker.connection: worker for worker in self._workers}
        heard = [by_connection[each] for each in wait(list(by_connection), max(0.0, seconds))]  # type: ignore[index]
        results = [result for worker in heard for result in self._hear(worker)]
        now = time.monotonic()
        for worker in [worker for worker in self._workers if worker.task and worker not in heard]:
            if self._timeout and now - worker.since > self._timeout and worker.task:
                problem = f"took longer than {self._timeout:g} seconds"
                results.append((worker.task, Trouble(problem, "score it by itself with a longer --timeout")))
                self._end(worker)
        return results

    def close(self) -> None:
        """End all workers, whatever they do."""
        for worker in list(self._workers):
            self._end(worker)

    def _hear(self, worker: _Worker) -> Iterator[tuple[Task, pa.RecordBatch | Trouble]]:
        try:
            said = worker.connection.recv_bytes()
        except (EOFError, OSError):
            self._end(worker)
            if worker.task:
                how = _death(worker.process.exitcode)
                yield (
                    worker.task,
                    Trouble(
                        f"ended the process that scored it ({how})",
                        "if memory was short, give fewer --jobs; otherwise report this with the article",
                    ),
                )
            else:
                self._dead_at_start += not worker.ready
                if self._dead_at_start >= _STARTS:
                    raise WorkersError(
                        f"no process can be started to score articles ({_death(worker.process.exitcode)}); "
                        "if memory is short, give fewer --jobs"
                    ) from None
            return
        worker.since = time.monotonic()
        if said == _ALIVE:
            worker.ready = True
            self._dead_at_start = 0
        elif said.startswith(_CANNOT):
            raise DataError(said[len(_CANNOT) :].decode())
        elif worker.task:
            task, worker.task = worker.task, None
            yield task, pa.ipc.read_record_batch(pa.py_buffer(said), SCHEMA)

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _start(settings: Settings, scorer: str) -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, settings, scorer), daemon=True)
    with _as_workers_need_it():
        process.start()
    there.close()
    return _Worker(process, here)


@contextmanager
def _as_workers_need_it() -> Iterator[None]:
    """What a process inherits when it is started: one thread for each library, no Ctrl-C, which is for whoever started it,
    and nothing of the main module, so that a script needs no guard against being run again in each worker.
    """
    threads = {name: os.environ.get(name) for name in _THREADS}
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {
        name: main.__dict__[name] for name in ("__spec__", "__file__") if name in vars(main)
    }
    main.__dict__.pop("__file__", None)
    main.__spec__ = None
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    masked = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
    try:
        yield
    finally:
        for name, value in threads.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        main.__dict__.update(hidden)
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker --------------------------------------------------------------------------------------------------

Scorer = Callable[[Sequence[Article | Document], Settings, Callable[[], object]], list[Any]]


def serve(connection: Connection, settings: Settings, scorer: str) -> None:
    """Score what comes through the connection until it is closed: a sign of life after each article, then their rows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()
    use_threads(1)
    pa.set_cpu_count(1)
    module, _, name = scorer.partition(":")
    score: Scorer = getattr(importlib.import_module(module), name)
    # An end of the pipe that is closed means that nobody waits any more.
    with suppress(EOFError, OSError):
        try:
            warm = analyze(
                _WARM,
                model=settings.model,
                dimensions=settings.dimensions,
                resamples=0,
                explain=settings.evidence,
            )
            batch_of([warm], settings)
        except DataError as error:
            connection.send_bytes(_CANNOT + str(error).encode())
            return
        keep_models()
        connection.send_bytes(_ALIVE)
        while True:
            items = connection.recv()
            results = score(items, settings, lambda: connection.send_bytes(_ALIVE))
            connection.send_bytes(batch_of(results, settings).serialize())


def _follow() -> None:
    """End with the process that started this one, also in the midst of an article."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
