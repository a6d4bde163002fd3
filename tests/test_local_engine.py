"""The local engine loses no article, doubles none and writes none by half, however often it is killed."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing import analyze, make_document
from framing.corpus import Article, Failure, stream_articles
from framing.document import Document
from framing.engines import folder as disk
from framing.engines import local, workers
from framing.engines.folder import ResultsError, read_manifest
from framing.engines.rows import SCHEMA, Settings, row_of

TESTS = Path(__file__).parent
FAST = Settings("lexicon", dimensions=("hedging", "tone"), resamples=20)
LOST = Failure("broken.txt", 3, "holds no words", "leave it out")


def made_up(count, first=0):
    return [
        Article(f"Officials said raid {n} may have failed. It rained.", f"a{n}", {"file": "x.csv", "line": n})
        for n in range(first, first + count)
    ]


def content(folder):
    """Every file of a folder with its bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(folder):
    parts = [folder / part["file"] for part in read_manifest(folder)["parts"]]
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A folder of ten articles and a failure in parts of four."""
    folder = tmp_path_factory.mktemp("undisturbed") / "results"
    local.score([*made_up(5), LOST, *made_up(5, 5)], folder, FAST, chunk=4)
    return folder


def items():
    return [*made_up(5), LOST, *made_up(5, 5)]


# What is written


def test_the_folder_says_what_is_in_it(undisturbed):
    manifest = read_manifest(undisturbed)
    assert sorted(content(undisturbed)) == ["_manifest.json", *(part["file"] for part in manifest["parts"])]
    assert manifest["framing_results"] == 1
    assert manifest["complete"] is True
    assert (manifest["articles"], manifest["failed"], manifest["words"]) == (11, 1, 90)
    assert manifest["settings"] == FAST.to_dict()
    assert [part["articles"] for part in manifest["parts"]] == [4, 4, 3]
    for part in manifest["parts"]:
        assert disk.sha256_of(undisturbed / part["file"]) == part["sha256"]
        assert pq.read_schema(undisturbed / part["file"]).equals(SCHEMA)


def test_rows_are_those_of_analyze_in_order(undisturbed):
    found = rows(undisturbed)
    assert [row["id"] for row in found] == [f"a{n}" for n in range(5)] + [None] + [
        f"a{n}" for n in range(5, 10)
    ]
    for row, item in zip(found, items(), strict=True):
        if isinstance(item, Failure):
            assert (row["file"], row["line"], row["problem"]) == ("broken.txt", 3, "holds no words")
        else:
            document = make_document(item.text, item.id, **item.meta)
            alone = analyze(document, model="lexicon", dimensions=("hedging", "tone"), resamples=20)
            assert row == row_of(alone, FAST)


def test_any_number_of_jobs_writes_the_same_bytes(repository, tmp_path):
    settings = Settings("linear", resamples=20, evidence=True)
    articles = [item for item in stream_articles(repository / "texts") if isinstance(item, Article)][:8]
    for jobs in (1, 2, 4):
        local.score(articles, tmp_path / f"{jobs}", settings, jobs=jobs, chunk=2)
    assert content(tmp_path / "1") == content(tmp_path / "2") == content(tmp_path / "4")
    for row, article in zip(rows(tmp_path / "1"), articles, strict=True):
        document = make_document(article.text, article.id, body_start=article.body_start, **article.meta)
        assert row == row_of(analyze(document, model="linear", resamples=20), settings)


def test_documents_are_scored_as_articles_are(tmp_path):
    documents = [make_document(item.text, item.id, **item.meta) for item in made_up(3)]
    local.score(documents, tmp_path / "documents", FAST)
    local.score(made_up(3), tmp_path / "articles", FAST)
    assert isinstance(documents[0], Document)
    assert content(tmp_path / "documents") == content(tmp_path / "articles")


def test_long_articles_make_short_parts(monkeypatch, tmp_path):
    monkeypatch.setattr(local, "_CHUNK_TEXT", 120)
    local.score(made_up(7), tmp_path / "r", FAST, chunk=5)
    assert [part["articles"] for part in read_manifest(tmp_path / "r")["parts"]] == [3, 3, 1]


def test_memory_is_bounded_by_reading_no_further_than_needed(tmp_path):
    read = 0
    ahead = []

    def counted():
        nonlocal read
        for item in made_up(200):
            read += 1
            yield item

    local.score(counted(), tmp_path / "r", FAST, chunk=4, watch=lambda now: ahead.append(read - now.saved))
    assert read == 200
    assert max(ahead) <= 4 * 12  # parts open or before the disk, and the one that is read


def test_the_watcher_hears_how_far_it_is(tmp_path):
    heard = []
    result = local.score(items(), tmp_path / "r", FAST, chunk=4, watch=heard.append)
    assert heard[-1] == local.Progress(articles=11, saved=11, fresh=11, words=90)
    assert [now.articles for now in heard] == sorted(now.articles for now in heard)
    assert (result.articles, result.failed, result.words, result.fresh) == (11, 1, 90, 11)
    assert result.failures == [LOST]


def test_failures_alone_make_no_folder(tmp_path):
    result = local.score([LOST, LOST], tmp_path / "r", FAST)
    assert (result.articles, result.failed, result.failures) == (2, 2, [LOST, LOST])
    assert not (tmp_path / "r").exists()


def test_notes_are_no_rows(tmp_path):
    note = Failure("a.txt", None, "is given twice", "it was read once", lost=False)
    assert local.score([note, *made_up(1), note], tmp_path / "r", FAST).articles == 1


# Going on


def test_a_second_run_scores_nothing(undisturbed, monkeypatch):
    before = content(undisturbed)
    monkeypatch.setattr(workers, "_start", None)  # no process can be started
    result = local.score(items(), undisturbed, FAST, chunk=4, jobs=2)
    assert (result.articles, result.fresh, result.failed, result.failures) == (11, 0, 1, [LOST])
    assert content(undisturbed) == before


def test_what_is_missing_or_damaged_is_made_again(undisturbed, tmp_path):
    whole = content(undisturbed)
    broken = tmp_path / "r"
    broken.mkdir()
    for name, data in whole.items():
        (broken / name).write_bytes(data)
    (broken / "part-000000.parquet").unlink()
    (broken / "part-000002.parquet").write_bytes(whole["part-000002.parquet"][:500])
    (broken / "part-000001.parquet.tmp").write_bytes(b"half")
    (broken / ".lock").write_bytes(b"123")
    assert local.score(items(), broken, FAST, chunk=4).fresh == 7
    assert content(broken) == whole


def test_articles_added_at_the_end_are_added(undisturbed, tmp_path):
    local.score([*made_up(5), LOST], tmp_path / "r", FAST, chunk=4)
    assert local.score(items(), tmp_path / "r", FAST, chunk=4).fresh == 7  # the last part again, and one more
    assert content(tmp_path / "r") == content(undisturbed)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (lambda old: [old[0]._replace(text="Other words."), *old[1:]], "article 1, 'a0', has another text"),
        (lambda old: [*old[:4], old[4]._replace(meta={}), *old[5:]], "article 5, 'a4', has other metadata"),
        (lambda old: old[1:], "article 1 was 'a0' and is now 'a1'"),
        (lambda old: [*old[:5], *old[6:]], "article 6 was broken.txt: line 3 and is now 'a5'"),
        (lambda old: old[:-1], "it ends after 10 articles, before 'a9'"),
        (lambda old: old[:8], "it ends after 8 articles, where there were more"),
    ],
)
def test_another_input_is_named_and_changes_nothing(undisturbed, other, told):
    before = content(undisturbed)
    with pytest.raises(ResultsError, match="another input") as error:
        local.score(other(items()), undisturbed, FAST, chunk=4)
    assert told in str(error.value)
    assert content(undisturbed) == before


@pytest.mark.parametrize(
    ("settings", "chunk", "told"),
    [
        (FAST._replace(seed=1), 4, "seed was 0 and is now 1"),
        (FAST._replace(dimensions=None), 4, "dimensions was hedging, tone and is now not given"),
        (FAST._replace(evidence=True), 4, "evidence was False and is now True"),
        (FAST, 5, "chunk was 4 and is now 5"),
    ],
)
def test_other_settings_are_named_and_change_nothing(undisturbed, settings, chunk, told):
    before = content(undisturbed)
    with pytest.raises(ResultsError, match=told):
        local.score(items(), undisturbed, settings, chunk=chunk)
    assert content(undisturbed) == before


def test_another_version_is_named(undisturbed, monkeypatch):
    monkeypatch.setattr("framing.engines.rows.__version__", "9.9")
    with pytest.raises(ResultsError, match=r"version was .* and is now 9\.9"):
        local.score(items(), undisturbed, FAST, chunk=4)


def test_a_folder_of_other_things_is_not_touched(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ResultsError, match="holds other files than results"):
        local.score(made_up(1), tmp_path, FAST)
    assert list(content(tmp_path)) == ["notes.txt"]
    with pytest.raises(ResultsError, match="is a file"):
        local.score(made_up(1), tmp_path / "notes.txt", FAST)


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    folder = tmp_path / "r"
    with (
        disk.opened(folder, disk.about(FAST, 4)),
        pytest.raises(ResultsError, match=rf"another run \(process {os.getpid()}\) is writing"),
    ):
        local.score(made_up(1), folder, FAST, chunk=4)
    assert not folder.exists()
    local.score(made_up(1), folder, FAST, chunk=4)
    assert sorted(content(folder)) == ["_manifest.json", "part-000000.parquet"]


# Disks


def test_a_full_disk_is_named_and_the_run_goes_on_later(undisturbed, tmp_path, monkeypatch):
    synced = os.fsync
    left = 3  # the manifest, its folder, a part

    def full(number):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        synced(number)

    folder = tmp_path / "r"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ResultsError, match=r"No space left on device.*the same command again"):
            local.score(items(), folder, FAST, chunk=4)
    assert read_manifest(folder)["complete"] is False
    assert not list(folder.glob("*.tmp"))
    local.score(items(), folder, FAST, chunk=4)
    assert content(folder) == content(undisturbed)


def test_a_folder_that_vanishes_is_named(tmp_path):
    folder = tmp_path / "r"

    def vanish(now):
        if now.saved and folder.exists():
            folder.rename(tmp_path / "elsewhere")

    with pytest.raises(ResultsError, match="cannot be written"):
        local.score(made_up(40), folder, FAST, chunk=2, watch=vanish)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    with pytest.raises(ResultsError, match=r"cannot be written \(No such file or directory\)"):
        local.score(made_up(1), tmp_path / "a" / "b", FAST)


# Workers


def _troubled(articles, folder, **options):
    return local.score(articles, folder, FAST, chunk=30, scorer="scorers:troubled", **options)


def test_an_article_that_ends_its_process_is_tried_twice_and_costs_no_other(tmp_path):
    articles = made_up(20)
    articles[7] = articles[7]._replace(id="dies 7")
    result = _troubled(articles, tmp_path / "r", jobs=2)
    assert (result.articles, result.failed) == (20, 1)
    assert [failure.problem for failure in result.failures] == [
        "ended the process that scored it (SIGKILL), twice"
    ]
    found = rows(tmp_path / "r")
    assert [row["id"] for row in found] == [article.id for article in articles]
    assert [row["id"] for row in found if row["scores"] is None] == ["dies 7"]
    assert found[7]["sha256"] is not None


def test_a_process_that_dies_once_costs_nothing(tmp_path):
    articles = made_up(20)
    articles[3] = articles[3]._replace(id="once", text=f"{tmp_path / 'marker'} may be there.")
    assert _troubled(articles, tmp_path / "r").failed == 0
    local.score(articles, tmp_path / "calm", FAST, chunk=30)
    assert content(tmp_path / "r") == content(tmp_path / "calm")


def test_an_article_that_takes_too_long_is_reported_and_costs_no_other(tmp_path):
    articles = made_up(3)
    articles[1] = articles[1]._replace(id="sleeps")
    result = _troubled(articles, tmp_path / "r", timeout=0.5)
    assert [failure.problem for failure in result.failures] == ["took longer than 0.5 seconds, twice"]
    assert [row["scores"] is None for row in rows(tmp_path / "r")] == [False, True, False]
    before = content(tmp_path / "r")
    assert _troubled(articles, tmp_path / "r").fresh == 0  # what was reported stays so
    assert content(tmp_path / "r") == before


def test_workers_that_cannot_start_are_named(tmp_path):
    with pytest.raises(workers.WorkersError, match="no process can be started"):
        local.score(made_up(1), tmp_path / "r", FAST, scorer="scorers:missing")
    assert not (tmp_path / "r").exists()


# Being killed

KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import pyarrow.parquet as pq
from framing.engines import folder as disk, local
from test_local_engine import FAST, LOST, made_up

folder, calm = Path(sys.argv[1]), Path(sys.argv[2])
items = [*made_up(40), LOST, *made_up(80, 40)]
chance = random.Random(11)

def begin(where):
    process = os.fork()
    if not process:
        os.setsid()
        local.score(items, where, FAST, jobs=1 + (chance.random() < 0.2), chunk=2)
        os._exit(0)
    return process

def seen():
    try:
        return {(entry.name, entry.inode()) for entry in os.scandir(folder)}
    except FileNotFoundError:
        return set()

os.waitpid(begin(calm), 0)
killed = 0
for _ in range(20):
    process = begin(folder)
    if chance.random() < 0.3:  # before much has happened
        time.sleep(chance.random() * 0.5)
    else:  # after so many changes on the disk
        known, changes = seen(), chance.randrange(1, 12)
        while changes and not os.waitpid(process, os.WNOHANG)[0]:
            now = seen()
            changes = max(0, changes - len(now ^ known))
            known = now
        time.sleep(chance.random() * 0.01)
    try:
        os.killpg(process, signal.SIGKILL)
        ended = os.waitpid(process, 0)[1]
        killed += os.WIFSIGNALED(ended)
    except (ProcessLookupError, ChildProcessError):
        pass
    for part in folder.glob("part-*.parquet"):  # each is whole at any moment
        assert pq.read_metadata(part).num_rows in (1, 2), part
print(killed, len(list(folder.glob("part-*.parquet"))), flush=True)
os.waitpid(begin(folder), 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs process groups")
def test_a_run_killed_twenty_times_ends_as_an_undisturbed_one(tmp_path, repository):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(repository), str(TESTS)])}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "killed"), str(tmp_path / "calm")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    killed, parts = map(int, done.stdout.split())
    assert (killed, parts < 61) == (20, True)  # none of them came to its end
    assert content(tmp_path / "killed") == content(tmp_path / "calm")
    found = rows(tmp_path / "killed")
    assert Counter(row["id"] for row in found if row["id"]) == Counter(f"a{n}" for n in range(120))


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by its number")
def test_a_worker_ends_with_the_run_that_started_it(tmp_path, repository):
    script = (
        "import sys; from pathlib import Path; from framing.engines import local;"
        "from test_local_engine import FAST; from framing.corpus import Article;"
        "local.score([Article(sys.argv[1] + ' is a file.', 'a', {})], Path(sys.argv[2]), FAST, scorer='scorers:sleepless')"
    )
    marker = tmp_path / "marker"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(repository), str(TESTS)])}
    with subprocess.Popen(
        [sys.executable, "-c", script, str(marker), str(tmp_path / "r")], env=environment
    ) as parent:
        while not (marker.exists() and marker.read_text(encoding="ascii")):
            time.sleep(0.02)
        worker = int(marker.read_text(encoding="ascii"))
        parent.send_signal(signal.SIGKILL)
    while _runs(worker):  # or the test never ends
        time.sleep(0.02)


def _runs(process):
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        return not state.exists() or state.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_stopped_run_leaves_no_process_and_no_half_file(tmp_path, undisturbed):
    def stop(now):
        if now.articles:
            raise KeyboardInterrupt

    folder = tmp_path / "r"
    with pytest.raises(KeyboardInterrupt):
        local.score(items(), folder, FAST, chunk=4, watch=stop)
    assert not list(folder.glob("*.tmp")) + list(folder.glob(".lock"))
    local.score(items(), folder, FAST, chunk=4)
    assert content(folder) == content(undisturbed)


def test_parts_are_the_same_however_their_rows_came(tmp_path):
    documents = [make_document(item.text, item.id, **item.meta) for item in made_up(4)]
    analyses = [analyze(document, model="lexicon", resamples=0) for document in documents]
    from framing.engines.rows import batch_of

    for name, groups in {"one": [analyses], "many": [[each] for each in analyses]}.items():
        (tmp_path / name).mkdir()
        batches = [batch_of(group, FAST) for group in groups]
        disk.write_part(tmp_path / name, 0, batches, disk.about(FAST, 4), 0, "")
    assert content(tmp_path / "one") == content(tmp_path / "many")
    assert isinstance(pq.read_table(tmp_path / "one" / "part-000000.parquet"), pa.Table)


def test_the_manifest_holds_no_time_and_no_place(undisturbed, tmp_path):
    text = (undisturbed / "_manifest.json").read_text(encoding="utf-8")
    assert str(undisturbed) not in text
    assert set(json.loads(text)) == {
        "framing_results",
        "signature",
        "settings",
        "chunk",
        "complete",
        "articles",
        "failed",
        "words",
        "input",
        "parts",
    }
