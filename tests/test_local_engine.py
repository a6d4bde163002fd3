"""The local engine: the same folder whatever happens on the way, and nothing lost, doubled or half written."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import framing
from framing.corpus import Article, Failure, document_of
from framing.data import DataError
from framing.engines import local, parts
from framing.engines.local import Progress
from framing.engines.rows import Settings, table

SETTINGS = Settings(model="lexicon", resamples=20)
HOOKS = "engine_hooks:score"
CHUNK = 3


def article(number: int, before: str = "", **meta: str) -> Article:
    text = f"{before} Officials said on day {number} that the raid may have failed. “It was a disgrace,” they said."
    return Article(text.strip(), f"article-{number}", {"file": "made-up.jsonl", "line": number} | meta)


ARTICLES = [*(article(number) for number in range(10)), Failure("made-up.jsonl", 10, "is broken", "mend it")]


def run(
    items: list[Article | Failure], folder: Path, settings: Settings = SETTINGS, **options: object
) -> list[object]:
    return list(local.score(iter(items), folder, settings, chunk=CHUNK, **options))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(folder: Path) -> list[dict[str, object]]:
    return pq.read_table(folder).to_pylist()


@pytest.fixture(autouse=True)
def _workers_find_the_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "results"
    run(ARTICLES, folder)
    return folder


def test_rows_are_those_of_analyze_in_order(finished: Path) -> None:
    analyses = [
        framing.analyze(document_of(item), model="lexicon", resamples=20)
        for item in ARTICLES
        if isinstance(item, Article)
    ]
    found = rows(finished)
    assert found[:-1] == table(analyses, SETTINGS).to_pylist()
    assert (found[-1]["line"], found[-1]["problem"], found[-1]["scores"]) == (10, "is broken", None)


def test_the_manifest_says_what_the_parts_hold(finished: Path) -> None:
    manifest = json.loads((finished / "_manifest.json").read_bytes())
    assert manifest["complete"] is True
    assert (manifest["articles"], manifest["failures"]) == (11, 1)
    assert [part["articles"] for part in manifest["parts"]] == [3, 3, 3, 2]
    assert sorted(content(finished)) == ["_manifest.json", *(part["file"] for part in manifest["parts"])]
    assert manifest["words"] == sum(row["words"] or 0 for row in rows(finished))


@pytest.mark.parametrize("jobs", [2, 4])
def test_the_number_of_processes_changes_no_byte(jobs: int, finished: Path, tmp_path: Path) -> None:
    run(ARTICLES, tmp_path / "results", jobs=jobs)
    assert content(tmp_path / "results") == content(finished)


def test_a_run_that_is_done_is_not_done_again(finished: Path) -> None:
    before = content(finished)
    news = run(ARTICLES, finished, scorer="nowhere:nothing")
    assert [item.earlier for item in news if isinstance(item, Progress)] == [True] * 4
    assert content(finished) == before


def test_articles_are_drawn_no_faster_than_they_are_scored(tmp_path: Path) -> None:
    drawn = 0

    def items() -> Iterator[Article]:
        nonlocal drawn
        for number in range(60):
            drawn += 1
            yield article(number)

    written = 0
    for news in local.score(items(), tmp_path / "results", SETTINGS, chunk=CHUNK, jobs=2):
        written += news.articles
        assert drawn <= written + 3 * CHUNK
    assert written == drawn == 60


def test_a_part_is_full_by_characters_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "CHARACTERS", 150)
    run(ARTICLES[:4], tmp_path / "results")
    manifest = json.loads((tmp_path / "results" / "_manifest.json").read_bytes())
    assert [part["articles"] for part in manifest["parts"]] == [2, 2]


# What goes wrong with an article -------------------------------------------------------------------------------------


def test_an_article_that_dies_sleeps_or_fails_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    items = [
        article(0),
        article(1, "Die."),
        article(2),
        article(3, "Sleep."),
        article(4),
        article(5, "Fail."),
        article(6),
    ]
    run(items, tmp_path / "results", jobs=2, timeout=2.0, scorer=HOOKS)
    found = rows(tmp_path / "results")
    assert [row["id"] for row in found] == [item.id for item in items]
    assert {row["id"]: row["problem"] for row in found if row["problem"]} == {
        "article-1": "ended the process that scored it, twice",
        "article-3": "takes longer than 2 seconds",
        "article-5": "cannot be scored (RuntimeError: as asked)",
    }
    assert all((row["scores"] is None) == (row["problem"] is not None) for row in found)


def test_an_article_that_breaks_its_process_once_is_scored(tmp_path: Path, finished: Path) -> None:
    mark = tmp_path / "died"
    items = [article(0), article(1, once=str(mark)), article(2)]
    run(items, tmp_path / "results", scorer=HOOKS)
    assert mark.exists()
    assert [row["problem"] for row in rows(tmp_path / "results")] == [None] * 3
    assert rows(tmp_path / "results")[1]["scores"] == rows(finished)[1]["scores"]


def test_workers_that_cannot_start_are_one_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a worker process ends before it begins to score"):
        run(ARTICLES, tmp_path / "results", scorer="nowhere:nothing")


# What goes wrong with the folder -------------------------------------------------------------------------------------


def refused(items: list[Article | Failure], folder: Path, match: str, settings: Settings = SETTINGS) -> None:
    before = content(folder)
    with pytest.raises(DataError, match=match):
        run(items, folder, settings)
    assert content(folder) == before


def test_other_settings_are_refused(finished: Path) -> None:
    refused(ARTICLES, finished, "holds results with seed 0, not 1;", SETTINGS._replace(seed=1))
    refused(
        ARTICLES, finished, "holds results with model lexicon, not linear;", SETTINGS._replace(model="linear")
    )
    refused(ARTICLES, finished, "with dimensions all, not tone;", SETTINGS._replace(dimensions=("tone",)))


def test_another_form_is_refused(tmp_path: Path) -> None:
    parts.write_manifest(tmp_path, {"framing_results": 99})
    refused(ARTICLES, tmp_path, "was written in form 99 of results")


def test_other_articles_are_refused(finished: Path) -> None:
    changed = [*ARTICLES[:4], article(99), *ARTICLES[5:]]
    refused(changed, finished, "articles 4 to 6 are not those of the run that began here")
    refused(ARTICLES[:6], finished, "holds results of more articles than there are now")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    refused(ARTICLES, tmp_path, "holds other files; name a new or an empty folder")


def test_a_damaged_part_is_named(finished: Path, tmp_path: Path) -> None:
    for name, data in content(finished).items():
        (tmp_path / name).write_bytes(data[:100] if name == "part-000001.parquet" else data)
    refused(ARTICLES, tmp_path, "part-000001.parquet: is damaged")


def test_articles_at_the_end_are_added(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    run(ARTICLES[:5], folder)
    news = run(ARTICLES, folder)
    assert [item.earlier for item in news if isinstance(item, Progress)].count(True) == 1
    assert content(folder) == content(finished)


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    first = local.score(iter(ARTICLES), tmp_path / "results", SETTINGS, chunk=CHUNK)
    next(first)
    with pytest.raises(DataError, match="another run is writing here"):
        run(ARTICLES, tmp_path / "results")
    first.close()
    run(ARTICLES, tmp_path / "results")


def test_a_full_disk_leaves_what_is_whole(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    syncs = 0

    def full(handle: int) -> None:
        nonlocal syncs
        syncs += 1
        if syncs > 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            run(ARTICLES, folder)
    assert 0 < len(list(folder.glob("part-*.parquet"))) < 4
    run(ARTICLES, folder)
    assert content(folder) == content(finished)


# What goes wrong with the machine ------------------------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
from test_local_engine import MANY, SETTINGS
from framing.engines import local

if __name__ == "__main__":
    print("begun", flush=True)
    for news in local.score(iter(MANY), Path(sys.argv[1]), SETTINGS, chunk=2, jobs=2):
        pass
"""
MANY = [article(number) for number in range(24)]
KILLS = 20


def begin(program: Path, folder: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{Path(framing.__file__).parents[1]}",
    }
    return subprocess.Popen(
        [sys.executable, str(program), str(folder)], env=environment, start_new_session=True, text=True
    )


def test_killed_at_any_moment_it_ends_the_same(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    begun = time.monotonic()
    assert begin(program, tmp_path / "undisturbed").wait() == 0
    length = time.monotonic() - begun
    wanted = content(tmp_path / "undisturbed")
    chance = random.Random(7)
    kills = broken_off = 0
    for attempt in range(2 * KILLS):
        folder = tmp_path / f"killed-{attempt}"
        while kills < KILLS:
            process = begin(program, folder)
            try:
                process.wait(timeout=chance.uniform(0.3, 1.1) * length)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                broken_off += folder.is_dir() and 1 < len(content(folder)) < len(wanted)
                assert all(data == wanted[name] for name, data in content_of_parts(folder).items())
            else:
                assert process.returncode == 0
                break
        if kills == KILLS:
            assert begin(program, folder).wait() == 0
        assert content(folder) == wanted
        if kills == KILLS:
            break
    assert kills == KILLS
    assert broken_off > 0


def content_of_parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("part-*.parquet")}


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    process = begin(program, tmp_path / "results")
    until(lambda: any((tmp_path / "results").glob("part-*")))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not alive(process.pid))


def alive(group: int) -> bool:
    """Whether any process of a session that was started by us goes on."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: object) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to that")
