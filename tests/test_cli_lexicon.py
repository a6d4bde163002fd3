"""`framing lexicon` as somebody meets it who makes a word list."""

from __future__ import annotations

import csv
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from framing.cli import main

RAID = (
    "The raid was brutal, witnesses told reporters. A splendid view of the bay opened, and the mayor left.\n"
)
FAIR = "The fair opened at nine. The weather was mild. It was a brutal surprise that the band was gone.\n"


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the program in this process, which a folder of small commands needs: starting one takes a second each."""

    def run(*arguments: str, cwd: Path) -> Done:
        capsys.readouterr()
        interrupt = signal.getsignal(signal.SIGINT)
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["framing", "lexicon", *arguments])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                signal.signal(signal.SIGINT, interrupt)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def work(tmp_path: Path, run: Callable[..., Done]) -> Path:
    """A folder with two articles and a list of three words."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "raid.txt").write_text(RAID, encoding="utf-8")
    (articles / "fair.txt").write_text(FAIR, encoding="utf-8")
    done = run(
        "new", "own", "--category", "harsh=harsher than needed", "--category", "praise=praise",
        "--term", "brutal", "--term", "vicious", "--term", "splendid=praise", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.splitlines()[-3:] == [
        "  framing lexicon lint own.tsv",
        "  framing lexicon test own.tsv --on texts",
        "  framing lexicon suggest own.tsv --on texts",
    ]
    return tmp_path


def test_the_way_from_a_new_list_to_its_precision(run: Callable[..., Done], work: Path) -> None:
    assert run("lint", "own.tsv", cwd=work).stdout == "No findings.\n"
    done = run("test", "own.tsv", "--on", "articles", cwd=work)
    assert done.returncode == 0
    assert "own: 3 hits of 2 of 3 entries in 2 of 2 articles, 37 words" in done.stdout
    assert "Never found (1 of 3 entries)" in done.stdout
    header, *rows = done.stdout.splitlines()[3:7]
    hit = header.index("hit")
    # Hits stand one below the other.
    assert [row[hit:].split()[0] for row in rows] == ["brutal", "brutal", "splendid"]

    done = run("test", "own.tsv", "--on", "articles", "--sample", "5", "-o", "judge.csv", cwd=work)
    assert "3 of 3 hits, drawn with seed 0" in done.stdout
    with (work / "judge.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, answer in zip(rows, ("y", "n", "y"), strict=True):
        row["right"] = answer
    with (work / "judged.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    done = run("test", "own.tsv", "--judged", "judged.csv", cwd=work)
    assert done.returncode == 0
    assert "67 %" in done.stdout
    done = run("test", "own.tsv", "--judged", "judged.csv", "-f", "jsonl", cwd=work)
    assert json.loads(done.stdout.splitlines()[0])["precision"] == pytest.approx(2 / 3, abs=1e-6)


def test_judgements_are_not_overwritten_and_bad_ones_are_named(run: Callable[..., Done], work: Path) -> None:
    command = ("test", "own.tsv", "--on", "articles", "--sample", "3", "-o", "judge.csv")
    assert run(*command, cwd=work).returncode == 0
    again = run(*command, cwd=work)
    assert again.returncode == 2
    assert "exists already, and may hold judgements" in again.stderr
    text = (work / "judge.csv").read_text(encoding="utf-8")
    (work / "judged.csv").write_text(text.replace(",harsh,,", ",harsh,maybe,", 1), encoding="utf-8")
    done = run("test", "own.tsv", "--judged", "judged.csv", cwd=work)
    assert done.returncode == 1
    assert "judged.csv: line 2: 'maybe' in the column right is neither y nor n" in done.stderr


def test_hits_and_counts_are_written_as_tables(run: Callable[..., Done], work: Path) -> None:
    done = run("test", "own.tsv", "--on", "articles", "-f", "csv", cwd=work)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["article"], row["hit"], row["voice"]) for row in rows] == [
        ("fair", "brutal", "author"),
        ("raid", "brutal", "attributed"),
        ("raid", "splendid", "author"),
    ]
    done = run("test", "own.tsv", "--on", "articles", "-f", "jsonl", "--by", "article", cwd=work)
    assert [json.loads(line)["hits"] for line in done.stdout.splitlines()] == [1, 2]
    done = run("test", "own.tsv", "--on", "articles", "-f", "csv", "--category", "praise", cwd=work)
    assert len(done.stdout.splitlines()) == 2


def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(run: Callable[..., Done], work: Path) -> None:
    (work / "articles" / "trap.txt").write_text("=HYPERLINK brutal news came here today.", encoding="utf-8")
    done = run("test", "own.tsv", "--on", "articles/trap.txt", "-f", "csv", cwd=work)
    assert next(csv.DictReader(done.stdout.splitlines()))["before"] == "'=HYPERLINK"


def test_suggestions_come_with_their_context(run: Callable[..., Done], work: Path) -> None:
    text = " ".join(
        f"The brutal storm hit the {place}. Rain fell." for place in ("pier", "dam", "road", "park")
    )
    (work / "articles" / "storm.txt").write_text(text, encoding="utf-8")
    done = run("suggest", "own.tsv", "--on", "articles", "--no-vectors", cwd=work)
    assert done.returncode == 0
    assert "brutal storm hit" in done.stdout
    done = run("suggest", "own.tsv", "--on", "articles", "--no-vectors", "-f", "csv", cwd=work)
    assert {row["method"] for row in csv.DictReader(done.stdout.splitlines())} == {"log-odds", "collocation"}
    done = run("suggest", "own.tsv", "--on", "articles/fair.txt", "--no-vectors", cwd=work)
    assert done.stdout == "No suggestions: try more articles.\n"


def test_the_effect_of_a_change_is_shown_in_every_format(run: Callable[..., Done], work: Path) -> None:
    text = (work / "own.tsv").read_text(encoding="utf-8")
    (work / "next.tsv").write_text(text.replace("splendid\tpraise", "mild\tpraise"), encoding="utf-8")
    done = run("effect", "own.tsv", "next.tsv", "--on", "articles", cwd=work)
    assert done.returncode == 0
    assert "own.tsv → next.tsv on 2 articles" in done.stdout
    assert "Intervals need 5 articles or more." in done.stdout
    done = run(
        "effect", "own.tsv", "next.tsv", "--on", "articles", "-f", "csv", "--what", "entries", cwd=work
    )
    assert [(row["term"], row["change"]) for row in csv.DictReader(done.stdout.splitlines())] == [
        ("mild", "added"),
        ("splendid", "removed"),
    ]
    done = run("effect", "own.tsv", "next.tsv", "--on", "articles", "-f", "jsonl", cwd=work)
    assert json.loads(done.stdout)["measure"] == "hits"


def test_a_dictionary_comes_in_and_goes_out(run: Callable[..., Done], work: Path) -> None:
    (work / "m.dic").write_text("%\n1\tcalm\n%\nquiet*\t1\n*ing\t1\n", encoding="utf-8")
    done = run("import", "m.dic", "-o", "m.tsv", cwd=work)
    assert done.returncode == 1
    assert "m.dic: line 5: '*ing' has a wildcard that is not at its end" in done.stderr
    assert "1 row was left out." in done.stderr
    assert done.stdout.startswith("Wrote m.tsv: 1 entry in 1 category.\n")
    done = run("export", "own.tsv", "-f", "liwc", "-o", "own.dic", cwd=work)
    assert (done.returncode, (work / "own.dic").read_text()[:8]) == (0, "%\n1\thars")
    assert run("lint", "own.dic", cwd=work).stdout == "No findings.\n"
    done = run("export", "own.tsv", "-f", "liwc", "-o", "own.dic", cwd=work)
    assert (done.returncode, "exists already" in done.stderr) == (2, True)


def test_a_list_is_shown_with_its_categories(run: Callable[..., Done], work: Path) -> None:
    done = run("show", "own.tsv", cwd=work)
    assert "harsh     2        harsher than needed" in done.stdout
    done = run("show", "own.tsv", "--category", "praise", "-f", "csv", cwd=work)
    assert done.stdout.splitlines()[1:] == ["splendid,praise,,,"] or "splendid,praise" in done.stdout
    assert "brutal" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "hedgin"), 2, "Did you mean 'hedging'?"),
        (("show", "own"), 2, "Did you mean the file own.tsv?"),
        (("test", "owm.tsv", "--on", "articles"), 2, "owm.tsv: does not exist; did you mean own.tsv?"),
        (("test", "own.tsv"), 2, "name the articles to try it on"),
        (("test", "own.tsv", "--on", "articles", "--sample", "3"), 2, "name one with -o judge.csv"),
        (("test", "own.tsv", "--on", "articles", "--category", "prais"), 2, "Did you mean 'praise'?"),
        (("test", "own.tsv", "--on", "none"), 1, "none: does not exist"),
        (("test", "own.tsv", "--on", "empty"), 1, "empty: holds no article"),
        (("test", "own.tsv", "--on", "articles", "--on", "none"), 1, "none: does not exist"),
        (("suggest", "own.tsv", "--on", "empty"), 1, "no article could be read"),
        (("effect", "own.tsv", "bad.tsv", "--on", "articles"), 2, "bad.tsv:8: the weight 'much' is not a number"),
        (("effect", "own.tsv", "own.tsv", "--on", "articles", "--what", "all"), 2, "choose measures, articles or entries"),
        (("effect", "own.tsv", "own.tsv", "--on", "articles", "--instead-of", "actors"), 2, "choose from contested"),
        (("new", "own"), 2, "own.tsv: exists already"),
        (("new", "hedging"), 2, "name of a shipped lexicon"),
        (("import", "alias.yaml", "-o", "x.tsv"), 2, "aliases"),
        (("export", "own.tsv", "-f", "xml", "-o", "x"), 2, "unknown format 'xml'; choose from liwc"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_in_one_line(
    run: Callable[..., Done], work: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (work / "empty").mkdir()
    (work / "alias.yaml").write_text("a: &x [one]\nb: *x\n", encoding="utf-8")
    header = "".join(
        f"# {key}: x\n" for key in ("title", "licence", "date", "method", "literature", "categories")
    )
    (work / "bad.tsv").write_text(f"{header}term\tcategory\tweight\nfine\tx\tmuch\n", encoding="utf-8")
    done = run(*arguments, cwd=work)
    assert done.returncode == code
    assert message in done.stderr


def test_lint_says_how_many_findings_there_are(run: Callable[..., Done], work: Path) -> None:
    with (work / "own.tsv").open("a", encoding="utf-8") as file:
        file.write("brutal\tharsh\n")
    done = run("lint", "own.tsv", cwd=work)
    assert done.returncode == 1
    assert "own.tsv:11: duplicate: 'brutal' already on line 8; remove one" in done.stdout
    assert "findings: each line says where, what and how to mend it." in done.stderr
