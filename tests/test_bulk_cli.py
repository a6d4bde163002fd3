"""`framing score --jobs`: a folder of results, counts, and an end that the same command goes on from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from framing.cli import bulk
from framing.engines import local

QUICK = ("--model", "lexicon", "--dimensions", "tone,hedging", "--resamples", "0")
SMALL_PARTS = (
    "import sys; from framing.engines import local; local.CHUNK = 4; from framing.cli import main; main()"
)


def run(*arguments, cwd, script=None):
    start = ["-m", "framing"] if script is None else ["-c", script]
    done = subprocess.run(
        [sys.executable, *start, "score", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def place(tmp_path):
    lines = [
        {"id": f"a{n}", "text": f"Officials said raid {n} may have failed. It rained."} for n in range(30)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return tmp_path


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def ids(folder):
    return [
        row["id"]
        for part in sorted(folder.glob("part-*"))
        for row in pq.read_table(part, columns=["id"]).to_pylist()
    ]


def test_many_articles_go_to_a_folder_and_are_counted(place):
    done = run("a.jsonl", "--jobs", "2", "-o", "r", *QUICK, cwd=place)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("r: 30 articles scored, 270 words; 0 failed; ")
    assert done.stderr.endswith(" words/s\n")
    assert ids(place / "r") == [f"a{n}" for n in range(30)]
    manifest = json.loads((place / "r" / "_manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["dimensions"] == ["hedging", "tone"]
    before = content(place / "r")
    again = run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, "--evidence", cwd=place)
    assert again.returncode == 2
    assert again.stderr == (
        "framing: r: holds results of other settings: evidence was False and is now True; "
        "choose another folder with -o, or delete this one\n"
    )
    same = run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, cwd=place)
    assert same.stderr == "r: 30 articles scored, 270 words; 0 failed; all was there already\n"
    assert content(place / "r") == before


def test_failures_are_named_up_to_a_limit_and_exit_1(place):
    with (place / "a.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": f"b{n}", "text": " "}) + "\n" for n in range(23))
        file.write(json.dumps({"id": "a1", "text": "It may rain."}) + "\n")
    done = run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, cwd=place)
    note, *failures, more, counts = done.stderr.splitlines()
    assert note.startswith("a.jsonl: line 54: the id 'a1' is taken by another article")
    assert len(failures) == 20
    assert failures[0] == (
        "a.jsonl: line 31: holds no article, only white space; put an article into it or leave it out"
    )
    assert more == "and 3 more; see framing query r 'select * from failures'"
    assert counts.startswith("r: 31 articles scored, 273 words; 23 failed; ")
    assert done.returncode == 1


def test_nothing_to_score_makes_no_folder(place):
    done = run("b.jsonl", "--jobs", "1", "-o", "r", cwd=place)
    assert done.returncode == 1
    assert done.stderr == "b.jsonl: does not exist; check the name\nframing: no article could be scored\n"
    assert not (place / "r").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "many articles at once are written to a folder; name it with -o"),
        (("-o", "r", "-f", "csv"), "as a folder of Parquet, not as csv; leave --format out"),
        (("-o", "sub/r"), "sub/r: lies in ., which is read; name a folder outside it"),
        (("-o", "../r", "--model", "linnear"), "Did you mean 'linear'?"),
        (("-o", "../r", "--actors", "rusia"), "unknown actor 'rusia'; did you mean 'russia'?"),
        (("-o", "a.jsonl"), "a.jsonl: lies in ., which is read"),
    ],
)
def test_wrong_usage_is_one_line(place, arguments, told):
    done = run(".", "--jobs", "1", *arguments, cwd=place)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert told in line
    assert sorted(content(place)) == ["a.jsonl"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_that_it_goes_on(place, number):
    run("a.jsonl", "--jobs", "1", "-o", "calm", *QUICK, cwd=place, script=SMALL_PARTS)
    slow = "from framing.engines import local; local.score.__kwdefaults__['scorer'] = 'scorers:slow';"
    command = [sys.executable, "-c", slow + SMALL_PARTS, "score", "a.jsonl", "--jobs", "1", "-o", "r", *QUICK]
    path = os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])}
    with subprocess.Popen(
        command, cwd=place, env=path, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        while not list((place / "r").glob("part-*.parquet")):
            time.sleep(0.02)
        os.killpg(process.pid, number)
        _, told = process.communicate()
    assert process.returncode == 128 + number
    assert told.decode().endswith(" articles are done, and the same command goes on from there\n")
    assert len(told.decode().splitlines()) == 1
    assert not list((place / "r").glob("*.tmp"))
    done = run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, cwd=place, script=SMALL_PARTS)
    assert " were there already" in done.stderr
    assert content(place / "r") == content(place / "calm")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_disk_that_takes_no_more_is_one_line_and_the_run_goes_on_later(place, monkeypatch):
    # Coverage is not measured there: its own file could not be written either.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000));" + SMALL_PARTS
    done = run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, cwd=place, script=limited)
    assert done.returncode == 2
    assert done.stderr == (
        "framing: r/part-000000.parquet: cannot be written (File too large); see to the folder, its permissions and the "
        "free space, then give the same command again, which goes on with what is missing\n"
    )
    assert sorted(content(place / "r")) == ["_manifest.json"]
    assert run("a.jsonl", "--jobs", "1", "-o", "r", *QUICK, cwd=place, script=SMALL_PARTS).returncode == 0
    assert ids(place / "r") == [f"a{n}" for n in range(30)]


def test_the_number_of_articles_is_told_where_names_tell_it(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("a.txt", "inner/b.md", "inner/c.html", "README.md", ".hidden.txt", "catalog.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert bulk._total([str(tmp_path)]) == 3
    assert bulk._total([str(tmp_path), "-"]) is None
    (tmp_path / "table.csv").write_text("text\n", encoding="utf-8")
    assert bulk._total([str(tmp_path)]) is None


def test_time_left_is_told_where_the_number_is_known():
    now = local.Progress(articles=100, saved=0, fresh=100, words=1000)
    assert bulk.described(now, 10, 72100).endswith(" 100 words/s, 2:00:00 left")
    assert bulk.described(now, 10, None) == "100 articles, 10 articles/s, 100 words/s"
    assert bulk.described(local.Progress(articles=100), 1, 200) == "100 of 200 articles"


def test_progress_is_shown_on_a_terminal(monkeypatch, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    monkeypatch.setattr(bulk.errors, "_force_terminal", True)
    monkeypatch.setattr(bulk.errors, "is_interactive", True)
    monkeypatch.setenv("TERM", "xterm")
    with bulk._Watch([str(tmp_path)]) as watch:
        watch.show(local.Progress(articles=1, saved=1, fresh=1, words=1))
        watch._progress.refresh()
        assert watch.done == "1 of 1 articles"
    assert "1 of 1 articles" in capsys.readouterr().err


def test_paths_are_shown_as_given(place):
    assert bulk.check_folder(Path("r"), bulk.Format.table, ["a.jsonl"]) == Path("r")
