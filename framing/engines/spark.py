"""Scoring on Apache Spark: archives that one machine is too small for, into the rows that every engine writes.

Only batches of Arrow go between Spark and Python, by `mapInArrow`, so that no version of pandas matters. PySpark is an
extra, and needs Java; this module can be imported without both, as the workers of Ray and Dask do not have them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from framing.actors import load_actors
from framing.corpus import Article, Failure, stream_articles
from framing.data import DataError
from framing.engines import folder as disk
from framing.engines import rows
from framing.engines.rows import OF_INPUT, SCHEMA, Settings, check_settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

TOGETHER = 64  # articles scored at once: what memory a batch of Spark needs does not depend on its size
_UNFINISHED = "_spark"  # in a folder of results, what Spark is at work on
_PER_FILE = 256  # articles in a file that waits for Spark, which gives a small one to one task
_INPUT = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("body_start", pa.int64()),
        ("meta", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("problem", pa.string()),
        ("advice", pa.string()),
    ]
)

_Batches = Iterator[pa.RecordBatch]
_BatchScorer = Callable[[pa.RecordBatch], pa.RecordBatch]


def score(
    df: DataFrame,
    text_col: str = "text",
    id_col: str = "id",
    model: str = "linear",
    dimensions: Sequence[str] | None = None,
    actors: Sequence[str] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    evidence: bool = False,
) -> DataFrame:
    """Score the articles of a Spark DataFrame: a row of `framing.engines.rows.SCHEMA` for each row, and nothing lost.

    The columns `title`, `outlet`, `author`, `date` and `url` stay columns, others go into `meta` as JSON. A row without
    text, without words or with a text that cannot be scored keeps its id and says why in `problem` and what to do in
    `advice`. Ids are taken as they are: whether one is there twice is for the caller to see to.

    Nothing is scored until the result is written or counted; the values are those of `framing.analyze`, whatever the
    number of executors and however often a task is run again. Framing must be installed where the executors run.
    Raises `ValueError` for an unknown column, model, dimension or actor.
    """
    for name, what in ((text_col, "text_col"), (id_col, "id_col")):
        if name not in df.columns:
            raise ValueError(f"there is no column '{name}'; name one by {what}: {', '.join(df.columns)}")
    settings = Settings(
        model,
        None if dimensions is None else tuple(dimensions),
        None if actors is None else tuple(actors),
        seed,
        resamples,
        evidence,
    )
    _check(settings)
    return _map(df, partial(rows.score_batch, settings=settings, text_col=text_col, id_col=id_col))


def _check(settings: Settings) -> None:
    check_settings(settings)
    known = [actor.id for actor in load_actors()]
    for actor in settings.actors or ():
        if actor not in known:
            raise ValueError(f"unknown actor '{actor}'; choose from {', '.join(known)}")


def _map(df: DataFrame, scorer: _BatchScorer) -> DataFrame:
    with warnings.catch_warnings():
        # PySpark doubts new versions of pandas, which has no part in this.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        return df.mapInArrow(partial(_scored, scorer=scorer), _spark_schema(SCHEMA))


def _scored(batches: _Batches, scorer: _BatchScorer) -> _Batches:
    """What a task runs. A worker is one process of many on its machine, so it has one thread."""
    from threadpoolctl import threadpool_limits

    from framing.encoder.network import use_threads

    use_threads(1)
    with threadpool_limits(limits=1):
        for batch in batches:
            for first in range(0, batch.num_rows, TOGETHER):
                yield scorer(batch.slice(first, TOGETHER))


def _spark_schema(schema: pa.Schema) -> StructType:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


# Folders of results -------------------------------------------------------------------------------------------------


class Result(NamedTuple):
    """How many articles a folder of results holds, how many of them could not be scored, and what is to be said."""

    articles: int
    failed: int
    words: int
    notices: list[Failure]


def score_paths(
    paths: Iterable[str],
    folder: Path,
    settings: Settings,
    *,
    spark: SparkSession,
    text_col: str = "text",
    id_col: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Result:
    """Score files and folders, or tables at an address that Spark reads (`hdfs://`, `s3a://`), into a folder of results.

    Files are read in order on this machine, as `stream_corpus` does, and wait in `folder`; tables at an address (Parquet,
    `.jsonl`, `.csv`) are read by the executors, and need a column of ids. The folder must be one that all executors see.
    It holds parts of Parquet and a manifest, complete once the last part is. A run that was cut off starts anew.

    `progress` is told how many tasks of how many are done. Raises `ValueError` for wrong settings or columns, and
    `DataError` where the folder holds something else or no article is found.
    """
    _check(settings)
    paths = list(paths)
    files = [path for path in paths if "://" not in path]
    tables = (_table(spark, path) for path in paths if "://" in path)
    frames = [score(table, text_col, id_col or "id", *settings) for table in tables]
    _begin(folder, settings)
    waiting, parts = folder / _UNFINISHED / "input", folder / _UNFINISHED / "parts"
    notices = _stage(files, waiting, text_col, id_col)
    if waiting.is_dir():
        table = spark.read.schema(_spark_schema(_INPUT)).parquet(_escaped(_address(waiting)))
        frames.append(_map(table, partial(_score_staged, settings=settings)))
    if not frames:
        shutil.rmtree(folder)
        raise DataError("; ".join(map(str, notices)) or "there is nothing to score; name a file or a folder")
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.union(frame)
    writer = whole.write.mode("overwrite").option("compression", "zstd")
    _run(spark, partial(writer.parquet, _address(parts)), progress)
    articles, failed, words, fingerprint = _totals(spark, parts)
    _finish(
        folder,
        parts,
        settings,
        {"articles": articles, "failed": failed, "words": words, "input": fingerprint},
    )
    return Result(articles, failed, words, notices)


def _score_staged(batch: pa.RecordBatch, settings: Settings) -> pa.RecordBatch:
    return rows.score_given([_unstaged(row) for row in batch.to_pylist()], settings)


def _unstaged(row: Mapping[str, Any]) -> Article | dict[str, Any]:
    if row["problem"] is None:
        return Article(row["text"], row["id"], json.loads(row["meta"]), row["body_start"])
    failure = Failure(row["file"], row["line"], row["problem"], row["advice"])
    return rows.failed_row(rows.input_of(failure), failure.problem, failure.advice)


def _stage(paths: list[str], folder: Path, text_col: str, id_col: str | None) -> list[Failure]:
    """Write what can be read into many small files, and return what is to be said about the rest.

    An article that could not be read waits with the others, since it has a row in the results too.
    """
    notices: list[Failure] = []

    def told() -> Iterator[dict[str, Any]]:
        for item in stream_articles(paths, text_col=text_col, id_col=id_col, without=folder.parent.parent):
            if isinstance(item, Failure):
                notices.append(item)
                if not item.lost:
                    continue
            yield _staged(item)

    waiting = told()
    for number, first in enumerate(waiting):
        table = pa.Table.from_pylist([first, *islice(waiting, _PER_FILE - 1)], schema=_INPUT)
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / f"{number:06}.parquet")
    return notices


def _staged(item: Article | Failure) -> dict[str, Any]:
    if isinstance(item, Failure):
        return {"file": item.file, "line": item.line, "problem": item.problem, "advice": item.advice}
    meta = json.dumps(item.meta, ensure_ascii=False)
    return {"id": item.id, "text": item.text, "body_start": item.body_start, "meta": meta}


def _table(spark: SparkSession, address: str) -> DataFrame:
    """A table that Spark reads: by its ending JSON lines or CSV, else Parquet."""
    from pyspark.errors import AnalysisException

    endings = set(PurePosixPath(address).suffixes)
    try:
        if endings & {".jsonl", ".ndjson", ".json"}:
            return spark.read.json(address)
        if ".csv" in endings:
            return spark.read.csv(address, header=True, multiLine=True, escape='"')
        return spark.read.parquet(address)
    except AnalysisException as error:
        raise DataError(f"{address}: cannot be read ({_reason(error)}); check the address") from error


def _reason(error: Exception) -> str:
    """The line that says what went wrong: the last of Python's where a worker failed, else the first of Spark's."""
    lines = str(error).partition("JVM stacktrace:")[0].strip().splitlines() or [type(error).__name__]
    of_python = any("Traceback (most recent call last)" in line for line in lines)
    return lines[-1 if of_python else 0].strip().rstrip(".")


def _begin(folder: Path, settings: Settings) -> None:
    """Make the folder, or clear what a run by Spark that was cut off has left in it; nothing else is touched."""
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is a file; name a folder for the results")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _UNFINISHED).is_dir() or disk.read_manifest(folder).get("complete"):
            raise DataError(f"{folder}: is not empty; name a new folder, or delete this one to score anew")
        shutil.rmtree(folder / _UNFINISHED)
        for part in folder.glob("part-*.parquet"):
            part.unlink()
    (folder / _UNFINISHED).mkdir(parents=True)
    disk.write_manifest(folder, disk.about(settings) | {"complete": False})


def _finish(folder: Path, written: Path, settings: Settings, totals: Mapping[str, Any]) -> None:
    """Give the parts the names that other engines give theirs, in order, and say in the manifest that all are there."""
    parts: list[dict[str, Any]] = []
    for path in sorted(written.glob("part-*.parquet")):
        articles = pq.read_metadata(path).num_rows
        if articles:
            part = folder / disk.part_name(len(parts))
            path.replace(part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            parts.append({"file": part.name, "articles": articles, "sha256": disk.sha256_of(part)})
    disk.write_manifest(folder, disk.about(settings) | {"complete": True, **totals, "parts": parts})
    shutil.rmtree(folder / _UNFINISHED)


def _totals(spark: SparkSession, parts: Path) -> tuple[int, int, int, str]:
    """Articles, failures, words, and a fingerprint of the input that does not depend on the order of the rows."""
    from pyspark.sql import functions as f

    written = spark.read.parquet(_escaped(_address(parts)))
    digest = f.xxhash64(f.to_json(f.struct(*OF_INPUT[:-2]))).cast("decimal(20, 0)")
    found = written.agg(
        f.count("*"), f.count("problem"), f.coalesce(f.sum("words"), f.lit(0)), f.sum(digest)
    ).first()
    articles, failed, words, total = found or (0, 0, 0, 0)
    return articles, failed, words, f"{int(total or 0) % 2**64:016x}"


def _address(path: Path) -> str:
    """The path for Spark, whose default may be another file system."""
    return f"file:///{path.resolve().as_posix().lstrip('/')}"


def _escaped(address: str) -> str:
    """Where Spark reads, some characters of a name stand for others."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", address)


# Sessions -----------------------------------------------------------------------------------------------------------


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """The session that runs already, or a new one that ends with the block; what Java says goes into a file.

    Raises `DataError` that says what to install without PySpark or Java, or where the log is when Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DataError('the engine spark needs PySpark; install it: pip install "framing[spark]"') from error
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    if not _has_java():
        raise DataError(
            "the engine spark needs Java 17 or newer; install it (Debian: apt-get install default-jre-headless), "
            "or say where it is by JAVA_HOME"
        )
    log = Path(tempfile.mkdtemp(prefix="framing-spark-")) / "spark.log"
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("framing")
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    for name, value in _QUIET.items():
        builder = builder.config(name, value)
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        with _stderr_into(log):
            spark = builder.getOrCreate()
    except Exception as error:
        raise DataError(f"Spark does not start with the master {master}; its log is {log}") from error
    finally:
        signal.signal(signal.SIGINT, interrupt)  # PySpark puts its own in place
    try:
        yield spark
    finally:
        spark.stop()
    shutil.rmtree(log.parent, ignore_errors=True)


_QUIET = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java", path=str(Path(home, "bin")) if home else None))


@contextmanager
def _stderr_into(log: Path) -> Iterator[None]:
    """Programs that are started meanwhile write their errors into a file, for as long as they run."""
    before = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _run(spark: SparkSession, job: Callable[[], None], progress: Callable[[int, int], None]) -> None:
    """Run a job of Spark and say meanwhile how far it is; when this is stopped, so is the job."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    tracker = spark.sparkContext.statusTracker()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(job)
        try:
            while not wait([running], timeout=0.5).done:
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                done = [(stage.numCompletedTasks, stage.numTasks) for stage in stages if stage]
                progress(sum(some for some, _ in done), sum(of for _, of in done))
            running.result()
        except (PySparkException, Py4JError) as error:
            raise DataError(
                f"Spark could not finish ({_reason(error)}); what is there is not complete, "
                "and the same command begins anew"
            ) from error
        except BaseException:
            spark.sparkContext.cancelAllJobs()
            raise
