"""The command line's contract, as a user meets it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from framing.output import standoff

TEXT = (
    "Talks stall in the capital\n\nOfficials in Moscow said the talks may have failed. Russia bombed the harbour, the envoy "
    "said. Perhaps nobody knows. The regime lost its grip. The town was quiet. The market opened at nine.\n"
)


def run(
    *arguments: str, cwd: Path, stdin: str | bytes = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program as a user would, from a folder of the user's."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "framing", *arguments],
        cwd=cwd, input=data, capture_output=True, check=False, env=os.environ | (env or {}),
    )  # fmt: skip
    decoded = subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
    assert "Traceback" not in decoded.stderr
    return decoded


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.md").write_text(
        f"---\ntitle: Talks stall\noutlet: The Gull\n---\n{TEXT[28:]}", encoding="utf-8"
    )
    return tmp_path


def test_help_names_the_commands(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("score", "compare", "report", "lexicon", "validate", "dimensions"):
        assert command in done.stdout


def test_jsonl_is_the_same_bytes_twice_and_obeys_the_contract(articles: Path) -> None:
    for name in ("x.jsonl", "y.jsonl"):
        done = run("score", "a.txt", "b.md", "--format", "jsonl", "--evidence", "-o", name, cwd=articles)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (articles / "x.jsonl").read_bytes() == (articles / "y.jsonl").read_bytes()
    rows = [json.loads(line) for line in (articles / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["article"]["id"] for row in rows] == ["a", "b"]
    assert rows[1]["article"]["outlet"] == "The Gull"
    assert rows[0]["signature"]["model"] == "encoder"
    for row, name in zip(rows, ("a.txt", "b.md"), strict=True):
        text = (articles / name).read_text(encoding="utf-8")
        for item in row["evidence"]:
            assert text[item["start"] : item["end"]] == item["text"]


@pytest.mark.parametrize("format", ["table", "csv", "jsonl"])
def test_formats_on_the_screen(articles: Path, format: str) -> None:
    done = run("score", "a.txt", "--format", format, "--dimensions", "hedging", cwd=articles)
    assert done.returncode == 0
    assert "hedged" in done.stdout


def test_parquet_equals_csv(articles: Path) -> None:
    for name in ("x.csv", "x.parquet"):
        assert run("score", "a.txt", "--format", name[2:], "-o", name, cwd=articles).returncode == 0
    csv, parquet = pd.read_csv(articles / "x.csv"), pd.read_parquet(articles / "x.parquet")
    assert list(csv.columns) == list(parquet.columns)
    assert csv["value"].round(6).tolist() == pytest.approx(parquet["value"].round(6).tolist(), nan_ok=True)


def test_parquet_is_not_for_the_screen(articles: Path) -> None:
    done = run("score", "a.txt", "--format", "parquet", cwd=articles)
    assert (done.returncode, done.stdout) == (2, "")
    assert "name a file with -o" in done.stderr


def test_standard_input(tmp_path: Path) -> None:
    done = run("score", "-", "--format", "jsonl", cwd=tmp_path, stdin="It may rain — perhaps.")
    assert done.returncode == 0
    assert json.loads(done.stdout)["article"]["words"] == 4


def test_compare(articles: Path) -> None:
    done = run("compare", "a.txt", "b.md", "--format", "csv", cwd=articles)
    assert done.returncode == 0
    assert done.stdout.startswith("dimension,measure,label,actor,voice,unit,a,b,")


def test_report_and_charts(articles: Path) -> None:
    done = run(
        "report", ".", "-o", "page.html", "--charts", "pictures", "--title", "Two <tellings>", cwd=articles
    )
    assert done.returncode == 0, done.stderr
    assert "Two &lt;tellings&gt;" in (articles / "page.html").read_text(encoding="utf-8")
    assert {path.suffix for path in (articles / "pictures").iterdir()} == {".png", ".svg"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("blank.txt", b" \n\n\t "),
        ("binary.txt", bytes(range(256)) * 20),
        ("zip.txt", b"PK\x03\x04" + b"\x00" * 100),
        ("nul.txt", b"It may\x00 rain.\x00\x00"),
        ("table.csv", b"id,body\n1,It may rain.\n"),
        ("rows.jsonl", b'{"text": "It may rain."\n'),
    ],
)
def test_a_bad_input_is_named_and_the_others_are_scored(articles: Path, name: str, content: bytes) -> None:
    (articles / name).write_bytes(content)
    done = run("score", "a.txt", name, "b.md", "--format", "jsonl", cwd=articles)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert name in lines[0]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["article"]["id"] for row in rows if "article" in row] == ["a", "b"]
    assert [name in row["failure"]["file"] for row in rows if "failure" in row] == [True]


@pytest.mark.parametrize(
    "content",
    [
        "Он сказал, что may be. He said ‫may‬ rain‏.".encode(),
        b"<script>alert(1)</script> It may rain.",
        '“It may rain, he said. "No. ‘Well'.encode(),
        ("word " * 1_000_000).encode(),
        b'{"text": "It may \\ud800 rain."}',
    ],
)
def test_odd_but_readable_input_is_scored(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.txt").write_bytes(content)
    done = run("score", "odd.txt", "--format", "jsonl", "--evidence", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["article"]["id"] == "odd"


def test_lone_surrogates_in_json_do_not_break_the_output(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": "x", "text": "It may \\ud800 rain."}\n', encoding="utf-8")
    done = run("score", "rows.jsonl", "--format", "jsonl", "--evidence", cwd=tmp_path)
    assert done.returncode in (0, 1)
    json.loads(done.stdout.splitlines()[0])


def test_missing_file(articles: Path) -> None:
    done = run("score", "a.txt", "nowhere.txt", "--format", "jsonl", cwd=articles)
    assert done.returncode == 1
    assert "nowhere.txt" in done.stderr


def test_nothing_readable_writes_no_report(tmp_path: Path) -> None:
    done = run("report", "nowhere.txt", "-o", "page.html", cwd=tmp_path)
    assert done.returncode == 1
    assert "nowhere.txt" in done.stderr
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score", "a.txt", "--model", "oracle"), "unknown model 'oracle'; choose from lexicon"),
        (("score", "a.txt", "--actors", "atlantis"), "unknown actor 'atlantis'; choose from "),
        (("score", "a.txt", "--dimensions", "hedgng"), "Did you mean 'hedging'"),
        (
            ("score", "a.txt", "--actors", "russa"),
            "unknown actor 'russa'; did you mean 'russia'? Choose from ",
        ),
        (
            ("score", "a.txt", "-o", "no/such/x.csv", "--format", "csv"),
            f"there is no folder {Path('no/such')}",
        ),
        (("score", "a.txt", "-o", ".", "--format", "parquet"), "is a folder; name a file in it"),
        (("score", "b.md", "a.txt", "-o", "a.txt"), "a.txt: is an input and would be overwritten"),
        (("report", "a.txt", "-o", "no/page.html"), "there is no folder no; make it"),
        (("report", "a.txt", "--charts", "b.md"), "b.md: is a file; name a folder for the charts"),
        (("compare", "a.txt"), "name two or more to compare"),
        (
            ("validate", "stance", "--data", "a.txt", "--predictions", "no/x"),
            "there is no folder no; make it",
        ),
        (("lexicon", "show", "hedgehog"), "unknown lexicon 'hedgehog'"),
        (("validate", "taste", "--data", "a.txt"), "unknown task 'taste'"),
        (("validate", "stance", "--data", "nowhere"), "not found"),
        (
            ("validate", "stance", "--data", "own.csv"),
            "own.csv:2: unknown label 'epistemic'; choose from negative",
        ),
        (
            ("validate", "stance", "--data", "own.csv", "--format", "csv"),
            "unknown format 'csv'; choose json or",
        ),
        (("validate", "hedging", "--data", "own.csv", "--predictions", "own.csv"), "would be overwritten"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(articles: Path, arguments: tuple[str, ...], message: str) -> None:
    (articles / "own.csv").write_text(OWN, encoding="utf-8")
    done = run(*arguments, cwd=articles)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr


def test_a_slip_in_the_output_harms_no_input(articles: Path) -> None:
    run("score", "a.txt", "-o", "a.txt", cwd=articles)
    assert (articles / "a.txt").read_text(encoding="utf-8") == TEXT


def test_results_written_beside_the_articles_are_no_article(articles: Path) -> None:
    for _ in range(2):
        done = run("score", ".", "-f", "csv", "-o", "scores.csv", "--dimensions", "tone", cwd=articles)
        assert (done.returncode, done.stderr) == (0, "")
    assert set(pd.read_csv(articles / "scores.csv")["article"]) == {"a", "b"}


@pytest.mark.parametrize("command", ["score", "compare"])
@pytest.mark.parametrize("format", ["table", "csv", "jsonl", "parquet"])
def test_every_format_names_what_could_not_be_read(articles: Path, command: str, format: str) -> None:
    (articles / "empty.txt").write_bytes(b"")
    arguments = ["a.txt", "empty.txt", "b.md", "--dimensions", "tone", "-f", format, "-o", "result"]
    done = run(command, *arguments, cwd=articles)
    assert done.returncode == 1
    message = "empty.txt: is empty; put an article into it or leave it out"
    assert done.stderr.strip() == message
    if format in ("csv", "parquet"):
        read = pd.read_csv if format == "csv" else pd.read_parquet
        frame = read(articles / "result")
        assert list(frame.columns)[-1] == "failure"
        assert frame["failure"].dropna().tolist() == [message]
    elif format == "jsonl":
        last = json.loads((articles / "result").read_text(encoding="utf-8").splitlines()[-1])
        assert last["failure"]["file"] == "empty.txt"
    else:
        assert (articles / "result").read_text(encoding="utf-8").endswith(f"\nNot read\n  {message}\n")


def test_counts_stay_whole_numbers_beside_a_failure(articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    done = run("score", "a.txt", "empty.txt", "--dimensions", "tone", "-f", "csv", cwd=articles)
    assert ".0" not in "".join(row.split(",")[-3] for row in done.stdout.splitlines()[1:])


def test_a_report_lists_what_could_not_be_read(articles: Path) -> None:
    (articles / "<b>.txt").write_bytes(b"")
    done = run("report", "a.txt", "<b>.txt", "-o", "page.html", "--resamples", "0", cwd=articles)
    assert done.returncode == 1
    assert "&lt;b&gt;.txt: is empty" in (articles / "page.html").read_text(encoding="utf-8")


def test_evidence_asked_for_in_another_format_is_told(articles: Path) -> None:
    done = run("score", "a.txt", "--evidence", "-f", "csv", "--dimensions", "tone", cwd=articles)
    assert done.returncode == 0
    assert "--format jsonl only" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_lines_are_written_as_articles_are_read(tmp_path: Path) -> None:
    """The first line is there while the second article is still to come."""
    os.mkfifo(tmp_path / "slow")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "framing", "score", "a.txt", "slow", "-f", "jsonl"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["article"]["id"] == "a"
        (tmp_path / "slow").write_text(TEXT, encoding="utf-8")
        assert json.loads(process.stdout.readline())["article"]["id"] == "slow"
    assert process.returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slow")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "framing", "score", "a.txt", "slow", "-f", "jsonl"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.decode() == "framing: stopped; results written so far are not complete\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [("--help",), ("dimensions",), ("score", "a.txt", "-f", "jsonl")])
def test_a_full_disk_is_one_line(articles: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "framing", *arguments],
            cwd=articles,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert "No space left on device" in line


def test_a_reader_that_goes_away_ends_the_program_quietly(articles: Path) -> None:
    command = [sys.executable, "-m", "framing", "lexicon", "show", "loaded"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


OWN = "text,start,end,label\nIt [may] rain.,4,7,epistemic\nIt snows.,,,\nIt rains about noon.,,,\nHe was there.,0,2,weasel\n"


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """Twelve articles of two outlets, one of which hedges."""
    for number in range(12):
        hedged, outlet = ("may ", "Gull") if number % 2 else ("", "Tern")
        text = " ".join(
            f"The {word} boats {hedged}leave the harbour at {number}."
            for word in ("old", "new", "red", "big", "few")
        )
        (tmp_path / f"{number:02}.md").write_text(f"---\noutlet: {outlet}\n---\n{text}\n", encoding="utf-8")
    return tmp_path


def test_groups_are_compared_by_any_column(press: Path) -> None:
    done = run("compare", ".", "--group-by", "outlet", "--model", "lexicon", "-f", "csv", cwd=press)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    row = next(r for r in rows if r["measure"] == "hedged_sentences" and r["voice"] == "all")
    assert {row["a"], row["b"]} == {"Gull", "Tern"}
    assert abs(float(row["difference"])) == 100
    assert float(row["q"]) < 0.05
    wrong = run("compare", ".", "--group-by", "colour", "--model", "lexicon", cwd=press)
    assert wrong.returncode == 2
    assert "colour" in wrong.stderr
    assert "outlet" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_report_of_groups_is_printed_too(press: Path) -> None:
    done = run(
        "report",
        ".",
        "--group-by",
        "outlet",
        "--model",
        "lexicon",
        "--pdf",
        "page.pdf",
        "-o",
        "page.html",
        cwd=press,
    )
    assert done.returncode == 0, done.stderr
    assert (press / "page.pdf").read_bytes().startswith(b"%PDF")
    html = (press / "page.html").read_text(encoding="utf-8")
    assert 'id="chart-groups"' in html
    assert "Gull" in html.split('<section id="outstanding">')[1].split("</section>")[0]
    without = run(
        "report",
        "00.md",
        "--model",
        "lexicon",
        "--pdf",
        "other.pdf",
        cwd=press,
        env={"PATH": "", "CHROMIUM": ""},
    )
    assert without.returncode == 2
    assert "no Chromium, Chrome or Edge on the path" in without.stderr
    assert (press / "report.html").exists()


@pytest.mark.parametrize("format", ["brat", "w3c", "cas", "label-studio"])
def test_evidence_goes_to_annotation_tools_and_comes_back(articles: Path, format: str) -> None:
    done = run("export", ".", "--model", "lexicon", "-f", format, "-o", "out", cwd=articles)
    assert done.returncode == 0, done.stderr
    assert "to out" in done.stderr
    loaded = standoff.load(articles / "out", format)
    assert len(loaded) == 2
    assert all(each.evidence and not each.problems for each in loaded)


def test_an_export_that_cannot_be_is_told_first(articles: Path) -> None:
    wrong = run("export", ".", "-f", "word", "-o", "out", cwd=articles)
    assert wrong.returncode == 2
    assert "unknown format 'word'; choose from brat, w3c, cas, label-studio" in wrong.stderr
    assert not (articles / "out").exists()
    taken = run("export", ".", "-o", "a.txt", cwd=articles)
    assert taken.returncode == 2
    assert "is a file; name a folder" in taken.stderr


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_validate_on_a_csv_of_ones_own(own: Path) -> None:
    done = run(
        "validate", "hedging", "--data", "own.csv", "--errors", "1", "--predictions", "p.jsonl", cwd=own
    )
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["n"] == 4
    assert result["metrics"]["cue_recall"] == 0.5
    low, high = result["intervals"]["cue_recall"]
    assert low <= 0.5 <= high
    assert result["confusion"]["weasel"] == {"hit": 0, "miss": 1, "false": 0}
    assert result["spans"]["epistemic"]["exact"]["f1"] == 1
    (error,) = result["errors"]
    assert list(error) == ["id", "text", "coded", "predicted", "score", "why"]
    assert len((own / "p.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    again = run("validate", "hedging", "--data", "own.csv", "--errors", "1", cwd=own)
    assert again.stdout == done.stdout


def test_validate_leaves_out_what_is_not_asked_for(own: Path) -> None:
    done = run("validate", "hedging", "--data", "own.csv", "--no-intervals", cwd=own)
    result = json.loads(done.stdout)
    assert {"intervals", "errors"}.isdisjoint(result)


def test_validate_shows_tables(own: Path) -> None:
    def tables(task: str, data: str) -> subprocess.CompletedProcess[str]:
        options = ("-f", "table", "--errors", "9", "--model", "lexicon")
        return run("validate", task, "--data", data, *options, cwd=own)

    done = tables("hedging", "own.csv")
    assert (done.returncode, done.stderr) == (0, "")
    headings = [
        line for line in done.stdout.splitlines() if line in ("Confusion", "Whole spans", "Worst errors")
    ]
    assert headings == ["Confusion", "Whole spans", "Worst errors"]
    assert "hedging · lexicon" in done.stdout
    assert "0.500  0.000 to 1.000" in done.stdout
    assert "He (weasel)" in done.stdout
    (own / "rated.csv").write_text(
        "text,start,end,label\nCritics condemned [Lind].,19,23,1\n", encoding="utf-8"
    )
    done = tables("stance", "rated.csv")
    assert "coded ↓ predicted →" in done.stdout
    assert "[Lind]" in done.stdout


def test_validate_explains_the_format(tmp_path: Path) -> None:
    words = " ".join(run("validate", "--help", cwd=tmp_path).stdout.split())
    assert "text,start,end,label" in words
    assert "leave the last three empty where nothing is coded" in words


def test_missing_option_is_wrong_usage(tmp_path: Path) -> None:
    assert run("score", cwd=tmp_path).returncode == 2
    assert run("fly", cwd=tmp_path).returncode == 2


def test_actors_filter(articles: Path) -> None:
    done = run("score", "a.txt", "--actors", "russia", "--format", "jsonl", cwd=articles)
    actors = {score["actor"] for score in json.loads(done.stdout)["scores"]}
    assert actors == {None, "russia"}


def test_lexicon_commands(tmp_path: Path) -> None:
    assert "hedging" in run("lexicon", "list", cwd=tmp_path).stdout
    assert "CC0" in run("lexicon", "show", "hedging", cwd=tmp_path).stdout
    done = run("lexicon", "lint", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "No findings.\n")


def test_lint_of_an_own_file_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "own.dic").write_text("%\n1\tx\n%\nfine\t1\nfine\t1\n", encoding="utf-8")
    done = run("lexicon", "lint", "own.dic", cwd=tmp_path)
    assert done.returncode == 1
    assert "own.dic:5: duplicate: 'fine'" in done.stdout


def test_what_goes_to_a_file_is_utf8_whatever_the_machine_speaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "framing", "dimensions"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "−1..1" in done.stdout.decode("utf-8")


def test_dimensions_are_explained(tmp_path: Path) -> None:
    done = run("dimensions", cwd=tmp_path)
    assert done.returncode == 0
    assert "stance" in done.stdout
