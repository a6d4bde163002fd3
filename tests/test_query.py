"""`framing query`, and compare and report of stored results, as a user meets them; and that nothing but reading is possible."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from browser import opened
from stored_results import analysed, write_results
from typer.testing import CliRunner

from framing.cli.main import app
from framing.cli.results import MOST_ROWS
from framing.comparison.groups import group_differences
from framing.engines.query import VIEWS, QueryError, answered, columns_of
from framing.engines.results import Results, open_results
from framing.output.table import rounded

pytest.importorskip("duckdb", reason="needs the extra framing[query]")


@pytest.fixture(scope="module")
def analyses():
    return analysed()


@pytest.fixture(scope="module")
def folder(analyses, tmp_path_factory) -> Path:
    """In a folder whose name is no plain word to a shell, to SQL or to a pattern of file names."""
    at = tmp_path_factory.mktemp("query") / "it's [1] of *"
    at.mkdir()
    return write_results(at, analyses, evidence=True)


@pytest.fixture(scope="module")
def results(folder) -> Results:
    return open_results(folder)


def run(*arguments: object):
    """The command in this process; an expected error is raised, which `main` would print."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(results, sql):
    with answered(results, sql) as (_, batches):
        return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


# What can be asked


def test_means_by_outlet_are_those_of_the_scores(results):
    frame = results.scores().to_pandas().query("measure == 'hedge_cues'")
    found = dict(
        rows(results, "select outlet, avg(value) from scores where measure = 'hedge_cues' group by outlet")
    )
    assert found == pytest.approx(frame.groupby("outlet").value.mean().to_dict())
    assert len(found) == 3


def test_the_tables_have_their_rows_and_columns(results, analyses):
    counts = {view: len(rows(results, f"from {view}")) for view in VIEWS}
    assert counts == {
        "articles": len(analyses),
        "scores": sum(len(analysis.scores) for analysis in analyses),
        "evidence": sum(len(analysis.evidence) for analysis in analyses),
        "failures": 1,
    }
    for view in VIEWS:
        assert [row[0] for row in rows(results, f"describe {view}")] == list(columns_of(view))
    assert sorted(row[0] for row in rows(results, "show tables")) == sorted(VIEWS)


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (select * from articles) select count(*) from a;",
        "from articles limit 1",
        "summarize articles",
        "explain select count(*) from scores",
        "explain analyze select count(*) from scores",
        "pivot scores on voice using avg(value) group by measure",
        "select meta->>'genre' as genre, count(*) from articles group by genre",
        "-- a remark\nselect 1",
    ],
)
def test_a_statement_that_reads_is_answered(results, sql):
    assert rows(results, sql)


def test_results_without_a_part_have_the_same_tables(tmp_path):
    empty = open_results(write_results(tmp_path, [], complete=False))
    assert rows(empty, "select count(*), count(value) from scores") == [(0, 0)]


# What cannot


@pytest.mark.parametrize(
    "sql",
    [
        "copy (select 1) to '{part}' (use_tmp_file false)",
        "explain analyze copy (select 1) to '{part}' (use_tmp_file false)",
        "explain (analyze) copy (select 1) to '{part}' (use_tmp_file false)",
        "explain /* */ analyze copy (select 1) to '{part}' (use_tmp_file false)",
        "copy (pivot scores on voice using avg(value) group by measure) to '{part}' (use_tmp_file false)",
        "explain analyze copy (pivot scores on voice using avg(value)) to '{part}' (use_tmp_file false)",
        "create table t as select 1",
        "create view v as select 1",
        "drop view scores",
        "insert into articles values (1)",
        "attach '{part}.db'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma database_list",
        "call duckdb_settings()",
        "export database '{part}'",
        "select 1; select 2",
        "select 1; copy (select 1) to '{part}'",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from glob('/etc/*')",
        "select * from read_csv('https://example.org/a.csv')",
        "select * from secret",
        "explain analyze select * from read_csv('{secret}')",
        "",
        "  -- nothing",
    ],
)
def test_nothing_else_is_read_written_or_changed(results, tmp_path, sql):
    secret = pd.DataFrame({"word": ["hidden"]})  # a variable of the program is no table
    (tmp_path / "secret.csv").write_text(secret.to_csv())
    before = {path: path.read_bytes() for path in results.folder.iterdir()}
    part = str(results.parts[0]).replace("'", "''")
    with pytest.raises(QueryError) as caught:
        rows(results, sql.format(part=part, secret=tmp_path / "secret.csv"))
    assert "\n" not in str(caught.value)
    assert "Error" not in str(caught.value)
    assert {path: path.read_bytes() for path in results.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "select vlue from scores",
            r"no column 'vlue'\. Did you mean 'value'\? There are id, title, .*bearing, sums$",
        ),
        ("select s.messure from scores as s", r"no column 'messure'\. Did you mean 'measure'\?"),
        (
            "select * from score",
            r"no table 'score'\. Did you mean 'scores'\? There are articles, scores, evidence, failures$",
        ),
        ("sellect 1", r"^syntax error at or near \"sellect\"$"),
        (
            "create table t as select 1",
            r"^CREATE is not possible, since a query only reads; begin with SELECT",
        ),
        ("select 1; select 2", r"^there are 2 statements; ask one at a time"),
        ("select * from 'x.csv'", r"^a query reads the results and no other file"),
        ("select error('too much')", r"^too much$"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(results, sql, said):
    with pytest.raises(QueryError, match=said):
        rows(results, sql)


# On the command line


def test_without_sql_the_tables_are_described_and_the_examples_run(folder, results):
    done = run("query", folder)
    assert done.exit_code == 0
    assert f"{len(results.articles())} articles" in done.stdout
    for view in VIEWS:
        assert f"{view}: {', '.join(columns_of(view))}" in done.stdout
    examples = re.findall(r'^framing query .* "(.*)"$', done.stdout, re.MULTILINE)
    assert len(examples) == 3
    for sql in examples:
        assert rows(results, sql)


SQL = (
    "select id, value, value * 1e-3 as small, sqrt(-1 - n) as undefined, 1e308 * 10 as endless, sum(n) over () as total, "
    "'=1+1' as \"=sum\", [value] as list, date '2026-11-27' as day from scores order by id, value limit 3"
)


def test_csv_is_neutralised_and_rounded(folder):
    done = run("query", folder, SQL, "--format", "csv")
    first, *found = csv.reader(io.StringIO(done.stdout))
    assert first == ["id", "value", "small", "undefined", "endless", "total", "'=sum", "list", "day"]
    assert len(found) == 3
    for _, value, small, undefined, endless, total, text, list_, day in found:
        assert float(small) == round(float(value) * 1e-3, 6)
        assert (undefined, endless, text, day) == ("", "", "'=1+1", "2026-11-27")
        assert int(total) > 0
        assert json.loads(list_) == [float(value)]


def test_json_lines_and_parquet_hold_the_same(folder, tmp_path):
    done = run("query", folder, SQL, "--format", "jsonl")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["undefined"] is None
    assert lines[0]["=sum"] == "=1+1"
    path = tmp_path / "x.parquet"
    assert run("query", folder, SQL, "--format", "parquet", "-o", path).exit_code == 0
    stored = pq.read_table(path).to_pylist()
    assert [{**row, "total": int(row["total"]), "day": str(row["day"])} for row in stored] == lines


def test_the_screen_shows_the_first_rows_and_says_so(folder):
    done = run("query", folder, f"from scores select value limit {MOST_ROWS + 1}")
    assert len(done.stdout.splitlines()) == MOST_ROWS + 1  # a heading
    assert "These are the first 1,000 rows; a file takes them all" in done.stderr
    few = run("query", folder, f"from scores select value limit {MOST_ROWS}")
    assert few.stderr == ""


def test_control_characters_do_not_reach_the_terminal(folder):
    done = run("query", folder, "select chr(27) || '[31m[bold]red' as text")
    assert "\x1b" not in done.stdout
    assert "[31m[bold]red" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-f", "parquet"], "parquet is not for the screen"),
        (["-o", "{folder}/part-000000.parquet", "-f", "parquet"], "is in the folder of the results"),
        (["-o", "{folder}/none/x.csv"], "there is no folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(folder, arguments, said):
    done = run("query", folder, "select 1", *(argument.format(folder=folder) for argument in arguments))
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_unfinished_folder_is_queried_with_a_note(analyses, tmp_path):
    at = write_results(tmp_path, analyses[:3], complete=False)
    done = run("query", at, "select count(*) as n from articles", "-f", "csv")
    assert done.stdout == "n\n3\n"
    assert "is not complete, and has 4 articles so far" in done.stderr


def test_without_duckdb_the_extra_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    done = run("query", folder, "select 1")
    assert done.exit_code == 2
    assert done.stderr == 'framing: a query needs DuckDB; install the extra "framing[query]"\n'


# Compared and reported


def test_stored_groups_are_compared_without_texts(analyses, folder):
    options = ["--group-by", "outlet", "--seed", 5, "--resamples", 100, "--format", "csv"]
    done = run("compare", folder, *options)
    assert done.exit_code == 0
    assert "1 article could not be scored and is in no group" in done.stderr
    expected = rounded(group_differences(analyses, "outlet", seed=5, resamples=100))
    found = pd.read_csv(io.StringIO(done.stdout), keep_default_na=False, na_values={})
    assert list(found.a) == list(expected.a)
    for name in ("value_a", "difference", "low", "high", "p", "q", "effect"):
        own = ["" if pd.isna(value) else value for value in expected[name]]
        assert [value and float(value) for value in map(str, found[name])] == own, name


@pytest.mark.parametrize("command", ["compare", "report"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "compare groups: --group-by and one of date, genre, outlet, wordcount"),
        (["--group-by", "outlet", "--model", "linear"], "was scored by the model 'lexicon'"),
        (["pyproject.toml", "--group-by", "outlet"], "name it alone"),
    ],
)
def test_what_stored_results_cannot_be_asked_is_said_in_a_line(folder, tmp_path, command, arguments, said):
    done = run(command, folder, *arguments, "-o", tmp_path / "x")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.fixture(scope="module")
def page(folder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "groups.html"
    done = run("report", folder, "--group-by", "outlet", "--resamples", 100, "-o", path)
    assert done.exit_code == 0, done.output
    return path


def test_the_page_of_groups_has_scores_and_no_words_of_articles(analyses, page):
    html = page.read_text(encoding="utf-8")
    assert "This page was made from stored scores" in html
    assert "How 24 articles tell it, by outlet" in html
    assert "made.csv: line 9: is empty; give it a text" in html
    assert "<script" not in html
    for section in (
        "groups",
        "glance",
        "differences",
        "sourcing",
        "stance",
        "hedging",
        "loaded",
        "tone",
        "method",
    ):
        assert f'<section id="{section}">' in html
    for outlet in ("The Gull", "The Tern", "Wire"):
        assert html.count(outlet) > 5
    sentences = [analysis.document.text.split("\n")[0] for analysis in analyses]
    assert not [text for text in sentences if text and text in html]
    links = set(re.findall(r'href="#([^"]*)"', html))
    assert links <= set(re.findall(r'id="([^"]*)"', html))


def test_the_page_is_the_same_bytes_twice_and_has_the_charts(folder, page, tmp_path):
    again, charts = tmp_path / "again.html", tmp_path / "charts"
    options = ["--group-by", "outlet", "--resamples", 100]
    assert run("report", folder, *options, "-o", again, "--charts", charts).exit_code == 0
    assert again.read_bytes() == page.read_bytes()
    assert {"groups.svg", "stance.png", "tone.svg"} <= {path.name for path in charts.iterdir()}


def test_a_name_of_a_group_is_text_and_nothing_else(analyses, tmp_path):
    rows_ = pq.read_table(write_results(tmp_path, analyses[:2]) / "part-000000.parquet")
    table = rows_.set_column(2, "outlet", pa.array(["<script>alert(1)</script>", "b", None]))
    pq.write_table(table, tmp_path / "part-000000.parquet")
    path = tmp_path.parent / "named.html"
    assert run("report", tmp_path, "--group-by", "outlet", "--resamples", 0, "-o", path).exit_code == 0
    html = path.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_the_screen(chromium, page, width):
    with opened(chromium, page, width) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.locator("section#glance svg:visible").count() > 0
