"""Furniture at the edges is told from the article, and the same words inside it are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.boilerplate import mark
from framing.data import folder, read_table

CASES = json.loads(Path(__file__).with_name("cases").joinpath("boilerplate.json").read_text(encoding="utf-8"))
BODY = "The trawlers came home on Monday."


def _case(case):
    marks = [pytest.mark.xfail(strict=True, reason=case["comment"])] if case.get("known_failure") else []
    return pytest.param(case, id=case["label"], marks=marks)


@pytest.mark.parametrize("case", [_case(case) for case in CASES])
def test_case(case):
    assert mark(case["paragraphs"]) == case["expect"]


ROWS = [row for _, row in read_table(folder("lexicons") / "boilerplate.tsv").rows]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['term']} ({row['category']})" for row in ROWS])
def test_every_phrase_is_found_at_its_edge_and_never_inside(row):
    paragraph = row["term"] if row["match"] == "whole" else f"{row['term']} Roe"
    if row["category"] != "end":
        assert mark([paragraph, BODY]) == [True, False]
    if row["category"] != "start":
        assert mark([BODY, paragraph]) == [False, True]
    assert mark([BODY, paragraph, BODY]) == [False, False, False]


def test_the_values_of_the_columns_are_known():
    assert {row["category"] for row in ROWS} == {"start", "end", "edge"}
    assert {row["match"] for row in ROWS} == {"whole", "label", "notice", "credit"}


def test_the_phrases_are_sorted_and_none_is_twice():
    keys = [(row["category"], row["term"]) for row in ROWS]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("paragraph", ["a" * 2_000_000, "a " * 1_000_000, "photo: " * 200_000, "İ" * 100])
def test_monstrous_paragraphs_are_no_boilerplate(paragraph):
    assert mark([paragraph, BODY, paragraph]) == [False, False, False]


@given(st.lists(st.text(max_size=40), max_size=6))
def test_one_mark_a_paragraph(paragraphs):
    assert len(mark(paragraphs)) == len(paragraphs)
