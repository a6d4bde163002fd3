"""Spark gives the rows that this machine gives, when an executor dies half way too, and writes them as a folder of results."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from framing.cli.spark import score_by_spark
from framing.corpus import Failure, stream_corpus
from framing.data import DataError
from framing.engines import rows
from framing.engines import spark as engine
from framing.engines.rows import SCHEMA, Settings, score_batch

ROOT = Path(__file__).resolve().parent.parent
CHEAP = {"model": "lexicon", "resamples": 20}
SETTINGS = Settings(**CHEAP)
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"  # starts a Java program in less time


@pytest.fixture(scope="module")
def spark(tmp_path_factory) -> Iterator[Any]:
    """A cluster of this machine: two workers with an executor each, which are programs of their own."""
    if not engine._has_java():
        pytest.skip("needs Java 17")
    import pyspark
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    home = folder / "home"  # workers write beside the programs
    home.mkdir()
    for place in Path(pyspark.__file__).parent.iterdir():
        if place.name in {"bin", "jars", "python"}:
            (home / place.name).symlink_to(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_DIRS", str(folder / "local"))
        interrupt = signal.getsignal(signal.SIGINT)
        settings = engine._QUIET | {
            "spark.driver.extraJavaOptions": SHORT_LIVED,
            "spark.executor.extraJavaOptions": SHORT_LIVED,
            "spark.executor.memory": "512m",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.wholeStage": "false",
            "spark.executorEnv.PYTHONPATH": str(ROOT),
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.sql.execution.arrow.maxRecordsPerBatch": "7",
        }
        builder = SparkSession.builder.master("local-cluster[2,1,1024]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        with engine._stderr_into(folder / "spark.log"):
            started = builder.getOrCreate()
        signal.signal(signal.SIGINT, interrupt)
        yield started
        started.stop()
        gateway = SparkContext._gateway
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(60)
        SparkContext._gateway = SparkContext._jvm = None


TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "texts").glob("*-*.md"))]


def articles(count: int) -> pa.Table:
    """Articles with metadata, among them some that are none."""
    found = [
        {
            "number": number,
            "body": TEXTS[number % len(TEXTS)].partition("\n---\n")[2],
            "title": f"Title {number}",
            "outlet": "The Gull" if number % 2 else None,
            "section": "world",
        }
        for number in range(count)
    ]
    bad = [None, "", " \n", "… — !", "nul \x00 byte", "x" * 50_000, "\U000e0041 ﷽ \u202e a\u0301"]
    found += [{"number": count + place, "body": text, "section": "odd"} for place, text in enumerate(bad)]
    schema = [
        ("number", pa.int64()),
        *((name, pa.string()) for name in ("body", "title", "outlet", "section")),
    ]
    return pa.Table.from_pylist(found, schema=pa.schema(schema))


def here(table: pa.Table, settings: Settings) -> list[dict[str, Any]]:
    """The rows of a table as this process scores them."""
    (batch,) = table.combine_chunks().to_batches()
    return in_order(pa.Table.from_batches([score_batch(batch, settings, "body", "number")]))


def in_order(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of results by id; a NaN would not equal itself."""
    assert table.schema.names == SCHEMA.names
    return (
        table.cast(SCHEMA)
        .sort_by([("id", "ascending"), ("file", "ascending"), ("line", "ascending")])
        .to_pylist()
    )


@pytest.mark.parametrize(
    "settings",
    [SETTINGS, Settings("linear", ("hedging", "stance", "attribution"), ("russia",), 3, 20, evidence=True)],
    ids=["lexicon", "linear"],
)
def test_rows_are_those_of_this_machine(spark, settings):
    table = articles(8)
    df = spark.createDataFrame(table).repartition(3)
    scored = engine.score(df, "body", "number", **settings._asdict())
    found = in_order(scored.toArrow())
    assert found == here(table, settings)
    assert len(found) == len(table)
    assert sum(row["problem"] is not None for row in found) == 5
    assert all(row["advice"] for row in found if row["problem"])
    assert found[0]["id"] == "0"
    assert found[0]["title"] == "Title 0"
    assert json.loads(found[0]["meta"]) == {"section": "world"}
    assert (found[0]["evidence"] is not None) == settings.evidence


def executors(application: str) -> dict[str, int]:
    """The executors of an application that run, their ids and process numbers."""
    found = {}
    for place in Path("/proc").iterdir():
        try:
            words = (place / "cmdline").read_bytes().decode().split("\x00") if place.name.isdigit() else []
        except OSError:  # it ended meanwhile
            continue
        if any("CoarseGrainedExecutorBackend" in word for word in words) and application in words:
            found[words[words.index("--executor-id") + 1]] = int(place.name)
    return found


def test_a_killed_executor_loses_nothing(spark):
    """One of the two is killed while both are at work: its task is run again by another, and the rows are the same."""
    if not Path("/proc").is_dir():
        pytest.skip("looks for processes in /proc")
    table = articles(120)
    application = spark.sparkContext.applicationId
    tracker = spark.sparkContext.statusTracker()
    df = spark.createDataFrame(table).repartition(24)
    found: list[pa.Table] = []
    job = threading.Thread(target=lambda: found.append(engine.score(df, "body", "number", **CHEAP).toArrow()))
    job.start()
    killed = None
    while job.is_alive() and killed is None:
        stages = filter(None, map(tracker.getStageInfo, tracker.getActiveStageIds()))
        busy = [stage for stage in stages if stage.numTasks == 24 and stage.numCompletedTasks]
        if busy and busy[0].numCompletedTasks < 16 and len(before := executors(application)) == 2:
            killed = min(before)
            os.kill(before[killed], signal.SIGKILL)
        time.sleep(0.02)
    assert killed is not None, "the job was over before an executor could be killed"
    assert job.is_alive()
    job.join()
    assert killed not in executors(application)
    assert in_order(found[0]) == here(table, SETTINGS)


def test_an_unknown_name_is_told_before_anything_runs(spark):
    df = spark.createDataFrame(articles(1))
    with pytest.raises(ValueError, match="no column 'text'; name one by text_col: number, body"):
        engine.score(df)
    with pytest.raises(ValueError, match="unknown model 'liner'"):
        engine.score(df, "body", "number", model="liner")
    with pytest.raises(ValueError, match="unknown dimension"):
        engine.score(df, "body", "number", dimensions=["colour"])
    with pytest.raises(ValueError, match="unknown actor 'atlantis'"):
        engine.score(df, "body", "number", actors=["atlantis"])


# Folders ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def corpus(tmp_path) -> Path:
    """A folder with front matter, a table with a row that has no text, and names that a pattern would not find."""
    folder = tmp_path / "my [old] papers"
    folder.mkdir()
    for name in ("moscow-wire.md", "moscow-opinion.md"):
        shutil.copy(ROOT / "texts" / name, folder)
    lines = [{"id": "a", "text": "The raid may have failed."}, {"id": "b"}, {"id": "a", "text": "It rained."}]
    (folder / "more.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def read_results(folder: Path) -> tuple[dict[str, Any], pa.Table]:
    manifest = json.loads((folder / "_manifest.json").read_text(encoding="utf-8"))
    parts = [folder / part["file"] for part in manifest["parts"]]
    return manifest, pa.concat_tables(pq.read_table(part) for part in parts)


def test_files_become_a_folder_of_results(spark, corpus, tmp_path, capsys):
    results = tmp_path / "results {1}"
    with pytest.raises(typer.Exit) as ended:
        score_by_spark([str(corpus)], results, SETTINGS)
    assert ended.value.exit_code == 1  # an article could not be scored
    said = capsys.readouterr().err
    assert "line 2: has nothing in 'text'" in said
    assert "Scored 4 of 5 articles" in said
    manifest, table = read_results(results)
    items = [item for item in stream_corpus([corpus]) if not isinstance(item, Failure) or item.lost]
    expected = [
        rows.failed_row(rows.input_of(item), item.problem, item.advice) if isinstance(item, Failure) else item
        for item in items
    ]
    documents = [item for item in expected if not isinstance(item, dict)]
    analyses = iter(rows.score_each(documents, SETTINGS))
    whole = rows.batch_of([item if isinstance(item, dict) else next(analyses) for item in expected], SETTINGS)
    assert in_order(table) == in_order(pa.Table.from_batches([whole]))
    assert manifest["framing_results"] == 1
    assert manifest["complete"] is True
    assert manifest["signature"] == rows.signature(SETTINGS)
    counts = tuple(manifest[name] for name in ("articles", "failed", "words"))
    assert counts == (5, 1, sum(document.words for document in documents))
    for part in manifest["parts"]:
        assert hashlib.sha256((results / part["file"]).read_bytes()).hexdigest() == part["sha256"]
    names = {path.name for path in results.iterdir()}
    assert names == {"_manifest.json", *(part["file"] for part in manifest["parts"])}
    with pytest.raises(DataError, match="is not empty"):
        score_by_spark([str(corpus)], results, SETTINGS)


def test_what_a_run_left_half_done_is_made_anew(spark, corpus, tmp_path):
    results = tmp_path / "results"
    (results / engine._UNFINISHED / "input").mkdir(parents=True)
    (results / engine._UNFINISHED / "input" / "000000.parquet").write_bytes(b"cut off")
    (results / "part-000007.parquet").write_bytes(b"from another time")
    first = engine.score_paths([str(corpus)], results, SETTINGS, spark=spark)
    again = engine.score_paths([str(corpus)], tmp_path / "again", SETTINGS, spark=spark)
    assert first[:3] == again[:3]
    assert not (results / "part-000007.parquet").exists()
    assert read_results(results)[0]["input"] == read_results(tmp_path / "again")[0]["input"]


def test_tables_at_an_address_are_read_by_spark(spark, tmp_path):
    table = articles(2)
    pq.write_table(table, tmp_path / "articles.parquet")
    lines = tmp_path / "more.jsonl"
    lines.write_text(json.dumps({"number": 77, "body": "It may rain."}) + "\n", encoding="utf-8")
    addresses = [(tmp_path / "articles.parquet").as_uri(), lines.as_uri()]
    columns = {"text_col": "body", "id_col": "number"}
    result = engine.score_paths(addresses, tmp_path / "out", SETTINGS, spark=spark, **columns)
    assert (result.articles, result.failed) == (len(table) + 1, 5)
    found = in_order(read_results(tmp_path / "out")[1])
    assert [row for row in found if row["id"] != "77"] == here(table, SETTINGS)
    with pytest.raises(DataError, match=r"nowhere\.parquet: cannot be read \("):
        engine.score_paths(["file:///nowhere.parquet"], tmp_path / "no", SETTINGS, spark=spark)
    assert not (tmp_path / "no").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="is not empty; name a new folder"):
        engine._begin(tmp_path, SETTINGS)
    with pytest.raises(DataError, match="is a file"):
        engine._begin(tmp_path / "notes.txt", SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_where_nothing_is_to_score_nothing_is_written(spark, tmp_path):
    with pytest.raises(DataError, match="nothing to score"):
        engine.score_paths([], tmp_path / "out", SETTINGS, spark=spark)
    assert not (tmp_path / "out").exists()


def test_without_java_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    with pytest.raises(DataError, match="needs Java 17 or newer; install it"), engine.session("local[1]"):
        pass


def test_without_pyspark_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DataError, match=r"framing\[spark\]"), engine.session("local[1]"):
        pass
