"""Rows with their lines; a broken row stands in its place and the others go on."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.decoding import UnreadableError
from framing.tables import read_csv, read_json_lines, read_parquet, require_column


def _read(text, column="text"):
    table = read_csv(text, column)
    return [(line, row if isinstance(row, dict) else row.problem) for line, row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_shows_the_column(delimiter):
    text = delimiter.join(["id", "text", "a,b;c"]) + "\n" + delimiter.join(["1", "Calm.", "x"])
    (_, row), *_ = _read(text)
    assert (row["id"], row["text"]) == ("1", "Calm.")


def test_lines_are_those_of_the_file():
    rows = _read('id,text\r\n1,"two\r\nlines"\r\n\r\n2,one\r\n')
    assert [(line, row["id"]) for line, row in rows] == [(2, "1"), (5, "2")]


def test_an_article_longer_than_the_default_limit_and_the_limit_afterwards():
    before = csv.field_size_limit()
    (_, row), *_ = _read("text\n" + "a" * 300_000 + "\n")
    assert len(row["text"]) == 300_000
    assert csv.field_size_limit() == before


def test_a_quotation_mark_that_never_closes_costs_only_its_row():
    rows = _read('id,text\n1,"The ferry left.\n2,It came back.\n3,"All was ""calm""."\n')
    assert [line for line, _ in rows] == [2, 3, 4]
    assert "not closed" in rows[0][1]
    assert rows[1][1] == {"id": "2", "text": "It came back."}
    assert rows[2][1] == {"id": "3", "text": 'All was "calm".'}


def test_a_quotation_mark_that_is_not_doubled_costs_only_its_row():
    rows = _read('id,text\n1,"He said "no" to it"\n2,It came back.\n')
    assert "not doubled" in rows[0][1]
    assert rows[1][1]["text"] == "It came back."


def test_many_open_quotation_marks_are_given_up_on_in_linear_time():
    rows = _read("text\n" + 'x""","y\n' * 20_000)
    assert "too many" in rows[-1][1]
    assert len(rows) < 100


def test_cells_beyond_the_header_are_a_fault_and_missing_ones_are_none():
    rows = _read("id,text,outlet\n1,The ferry, late again, left,Post\n2,Calm.\n3,Calm.,Post,,\n")
    assert "5 cells" in rows[0][1]
    assert rows[1][1] == {"id": "2", "text": "Calm."}
    assert rows[2][1]["outlet"] == "Post"


def test_a_table_without_rows_is_refused():
    with pytest.raises(UnreadableError, match="no rows"):
        read_csv("", "text")


def test_json_lines():
    table = read_json_lines(
        '{"text": "One \u2028 line."}\n\n[1]\n{"text": \n{"id": 2, "text": "Two."}\n' + "[" * 100_000
    )
    assert table.columns == ["text", "id"]
    assert [line for line, _ in table.rows] == [1, 3, 4, 5, 6]
    assert [isinstance(row, dict) for _, row in table.rows] == [True, False, False, True, False]


def test_parquet():
    target = io.BytesIO()
    pd.DataFrame({"text": ["One.", None], "n": [1, 2]}).to_parquet(target)
    table = read_parquet(target.getvalue())
    assert table.columns == ["text", "n"]
    assert table.rows[0] == (1, {"text": "One.", "n": 1})
    with pytest.raises(UnreadableError, match="no readable Parquet"):
        read_parquet(target.getvalue()[:-20])


@pytest.mark.parametrize(
    ("columns", "advice"),
    [
        (["id", "Text"], "did you mean 'Text'? Name it with --text-col"),
        (["id", "texts"], "'texts'"),
        (["id", "x"], "name the right one with --text-col"),
    ],
)
def test_a_missing_column_names_those_there_are(columns, advice):
    with pytest.raises(UnreadableError) as caught:
        require_column("text", columns, "--text-col")
    assert all(column in caught.value.problem for column in columns)
    assert advice in caught.value.advice


@given(st.text(st.sampled_from('a",;\n\r\t\x00|'), max_size=60))
def test_no_table_raises_anything_else(text):
    try:
        table = read_csv(text, "a")
    except UnreadableError:
        return
    assert all(1 <= line <= len(io.StringIO(text, newline="").readlines()) for line, _ in table.rows)


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=2, max_size=2), min_size=1)
)
def test_what_the_csv_module_writes_comes_back(rows):
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "text"], *rows])
    read = read_csv(target.getvalue(), "text").rows
    assert [[row["id"], row["text"]] for _, row in read if isinstance(row, dict)] == rows
