"""Metadata above an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.front_matter import front_matter, plain_metadata

BODY = "\n\nThe harbour was calm."


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_fields_are_read_and_the_article_begins_below(end):
    text = (
        f"---{end}Title: 'Calm: a report'{end}date: 2026-11-22{end}pages: 3{end}---{end}The harbour was calm."
    )
    above = front_matter(text)
    assert above.meta == {"title": "Calm: a report", "date": "2026-11-22", "pages": 3}
    assert text[above.body_start :].strip() == "The harbour was calm."
    assert above.problem is None


@pytest.mark.parametrize(
    "text",
    [
        "The harbour was calm.",
        "---\nThe harbour was calm.\n---\nThe end came later.",
        "---\ntitle: no second rule\n\nThe harbour was calm.",
        "--- \n\n",
        "\n---\ntitle: not on top\n---\n" + BODY,
    ],
)
def test_rules_alone_are_no_front_matter(text):
    assert front_matter(text) == ({}, 0, None)


@pytest.mark.parametrize(
    "block",
    [
        "title: Calm: a report",
        'title: "never closed',
        "title: {a: [",
        "title: !!python/object/apply:os.system ['true']",
        "date: 2026-13-45",
        "a: " + "[" * 5000,
        "? [a, b]\n: c\ntitle: x: y",
        "number: " + "9" * 5000,
        "title: &a [*a]\n\tb: c",
    ],
)
def test_broken_front_matter_is_named_and_left_out(block):
    text = f"---\nid: first\n{block}\n---{BODY}"
    above = front_matter(text)
    assert above.problem
    assert "\n" not in above.problem
    assert above.meta == {}
    assert text[above.body_start :].strip() == "The harbour was calm."


def test_the_line_of_a_fault_is_that_of_the_file():
    assert "line 3" in str(front_matter(f"---\nid: first\ntitle: a: b\n---{BODY}").problem)


def test_references_that_grow_without_end_are_left_out():
    levels = "\n".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]" for i in range(9))
    above = front_matter(f"---\ntitle: safe\na0: &a0 [lol, lol]\n{levels}\n---{BODY}")
    assert above.meta == {"title": "safe", "a0": "lol, lol"}


def test_metadata_is_plain():
    assert plain_metadata(
        {
            "title": 1984,
            "author": ["A. Roe", None, "B. Doe"],
            "seen": True,
            "share": float("nan"),
            "weight": 0.5,
            "huge": 2**80,
            "nested": {"a": 1},
            "raw": b"x",
            "half": "a\ud800b",
            "lines": "one\ntwo",
            "text": "kept under another name",
            "": "nameless",
            7: "seven",
        }
    ) == {
        "title": "1984",
        "author": "A. Roe, B. Doe",
        "seen": True,
        "weight": 0.5,
        "half": "a\ufffdb",
        "lines": "one two",
        "text_": "kept under another name",
        "7": "seven",
    }


@given(st.text(max_size=120))
def test_no_block_raises(block):
    text = f"---\nid: {block}\n---{BODY}"
    above = front_matter(text)
    assert 0 <= above.body_start <= len(text)
