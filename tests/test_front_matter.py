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


_NINE = ",".join(["*a{}"] * 9)
_BOMBS = {
    "lists": "a0: &a0 [lol, lol]\n"
    + "".join(f"a{n}: &a{n} [{_NINE.replace('{}', str(n - 1))}]\n" for n in range(1, 10)),
    "pairs": "a0: &a0 [lol,lol]\n"
    + "".join(f"a{n}: &a{n} [{_NINE.replace('{}', str(n - 1))}]\n" for n in range(1, 12))
    + "p: !!pairs [x: *a11]\n",
    "merged": "a0: &a0 {x: 1, y: 2}\n"
    + "".join(f"a{n}: &a{n} {{<<: [{_NINE.replace('{}', str(n - 1))}]}}\n" for n in range(1, 12)),
    "itself": "a: &a [*a]\n",
}


@pytest.mark.parametrize("block", _BOMBS.values(), ids=_BOMBS)
def test_a_few_lines_do_not_become_millions(block):
    found = front_matter(f"---\ntitle: x\n{block}---\nThe week was quiet.")
    assert found.meta == {}  # and is there at once
    assert found.problem.startswith("aliases (*name) are not read")
    assert found.body_start > 0


@pytest.mark.parametrize(
    "block",
    [
        "a: " + "[" * 5000,
        "a: " + "{a: " * 3000,
        "? " * 4000 + "x",
        "a: " + "1:" * 6000 + "1",
        "a: " + "9" * 19_000,
    ],
)
def test_deep_nesting_and_numbers_without_end_raise_nothing(block):
    text = f"---\ntitle: x\n{block}\n---\nThe week was quiet."
    assert len(str(front_matter(text).meta)) < 100


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system ['echo']", "!!python/name:os.system", "!!binary aGk="]
)
def test_no_tag_of_a_block_is_obeyed(value):
    found = front_matter(f"---\ntitle: x\na: {value}\n---\nThe week was quiet.")
    assert "a" not in found.meta
    assert found.problem is not None or found.meta == {"title": "x"}
