"""The README of the hand coding says what the files of the hand coding show."""

from __future__ import annotations

import csv
import re

import pytest

from framing.classroom.coding import LABELS
from framing.corpus import load_corpus
from framing.data import folder
from framing.training.passes import PASSES, main, passes_table
from framing.training.validity import insert

CODING = folder("texts") / "coding"
PAGE = (CODING / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table():
    return passes_table(CODING)


def rows(name):
    with (CODING / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_page_states_the_agreement_that_the_command_finds(table, monkeypatch, tmp_path):
    assert insert(PAGE, table, "passes") == PAGE, "run `python -m framing.training.passes`"
    copy = tmp_path / "coding" / "README.md"
    copy.parent.mkdir()
    copy.write_text(insert(PAGE, "", "passes"), encoding="utf-8")
    monkeypatch.setattr("framing.training.passes.folder", lambda name: tmp_path)
    monkeypatch.setattr("framing.training.passes.passes_table", lambda folder: table)
    main()
    assert copy.read_text(encoding="utf-8") == PAGE


def test_spans_that_both_passes_have_are_counted_again_by_hand(table):
    for part, label in (("attribution: cues", "cue"), ("attribution: contents", "content")):
        first, second = (
            [(row["article"], row["start"], row["end"]) for row in rows(name) if row["label"] == label]
            for name in PASSES
        )
        (line,) = [line for line in table.splitlines() if line.startswith(f"| {part} |")]
        assert f"| {len(first)}, {len(second)} |" in line
        exact = 2 * len(set(first) & set(second)) / (len(first) + len(second))
        assert len(set(first)) == len(first)
        assert f"| {exact:.2f} (" in line


def test_ratings_that_both_passes_have_are_counted_again_by_hand(table):
    first, second = (
        {
            (row["article"], row["sentence"], row["actor"]): row["label"]
            for row in rows(name)
            if row["dimension"] == "stance"
        }
        for name in PASSES
    )
    both = first.keys() & second.keys()
    same = sum(first[pair] == second[pair] for pair in both) / len(both)
    assert f"| {len(first)}, {len(second)} | {len(both)} | {same * 100:.0f} % |" in table


def test_the_key_chooses_among_the_passes_and_adds_nothing():
    def marks(name):
        return {
            (row["article"], row["dimension"], row["start"], row["end"], row["label"], row["actor"])
            for row in rows(name)
        }

    first, second, key = (marks(name) for name in (*PASSES, "key.csv"))
    assert key <= first | second
    assert not key <= first
    assert not key <= second


def test_the_page_explains_every_column_and_dimension():
    columns = set(rows("key.csv")[0])
    part = PAGE.split("## Columns")[1].split("##")[0]
    assert columns == set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in part.splitlines() if "|" in line))
    )
    for dimension in LABELS:
        assert f"**{dimension.capitalize()}.**" in PAGE
    for label in LABELS["hedging"]:
        assert f"*{label}*" in PAGE or label == "hedge"


def test_the_folder_of_the_coding_is_not_read_as_articles():
    documents, failures = load_corpus(folder("texts"))
    assert len(documents) == 8
    assert not failures
