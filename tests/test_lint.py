"""Each kind of fault is found in a lexicon that has it, and none in the shipped ones."""

from __future__ import annotations

import pytest

from framing.lexicon import Entry, Lexicon, lexicon_names, load_lexicon
from framing.lint import lint

HEADER = {"categories": "x = y"}


@pytest.mark.parametrize("name", lexicon_names())
def test_shipped_lexicons_are_clean(name: str) -> None:
    assert lint(load_lexicon(name)) == []


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        ("junk", [Entry(". , ;", "x")]),
        ("junk", [Entry("term", "category")]),
        ("junk", [Entry("s", "x")]),
        ("junk", [Entry("fine", "z")]),
        ("junk", [Entry("fine", "x", weight=3)]),
        ("junk", [Entry("fine", "x", case="upper")]),
        ("junk", [Entry("fine", "x", actor="atlantis")]),
        ("junk", [Entry("fine", "x", neutral="Fine")]),
        ("junk", [Entry("fine", "x", before=frozenset({"two words"}))]),
        ("junk", [Entry("a b c d e f g h i", "x")]),
        ("duplicate", [Entry("fine", "x"), Entry("Fine", "x")]),
        ("overlap", [Entry("claim", "x", forms="v"), Entry("claimed", "x")]),
        ("overlap", [Entry("terroris*", "x"), Entry("terrorist", "x")]),
        ("unreachable", [Entry("so", "x", before=frozenset({"far"}), not_before=frozenset({"far", ","}))]),
        ("unreachable", [Entry("fine", "x"), Entry("fine", "x", not_before=frozenset({"art"}))]),
        ("missing inflection", [Entry("claim", "x"), Entry("claimed", "x")]),
        ("one-sided", [Entry("Moscow", "x"), Entry("Damascus", "x")]),
    ],
)
def test_fault_is_found(kind: str, entries: list[Entry]) -> None:
    assert kind in {finding.kind for finding in lint(Lexicon("test", entries, HEADER))}


def test_a_clean_list_has_no_findings() -> None:
    entries = [
        Entry("claim", "x", forms="v"),
        Entry("so far", "x"),
        Entry("about", "x", before=frozenset("#")),
    ]
    assert lint(Lexicon("test", entries, HEADER)) == []
