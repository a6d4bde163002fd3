"""The matcher and the readers of lexicon files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.data import DataError
from framing.document import make_document
from framing.lexicon import (
    Entry,
    Lexicon,
    _shipped_digest,
    lexicon_names,
    lexicons_digest,
    load_lexicon,
)
from framing.lint import example


def found(text: str, *entries: Entry) -> list[str]:
    """What a lexicon of these entries marks in a text."""
    document = make_document(text)
    lexicon = Lexicon("test", entries, {"categories": "x = y"})
    return [
        document.text[document.starts[m.first] : document.ends[m.last - 1]] for m in lexicon.match(document)
    ]


def guard(*words: str) -> frozenset[str]:
    return frozenset(words)


@pytest.mark.parametrize(
    ("text", "entry", "expected"),
    [
        (
            "They claim it, claimed it, are claiming it.",
            Entry("claim", "x", forms="v"),
            ["claim", "claimed", "claiming"],
        ),
        ("He pointed out two points.", Entry("point out", "x", forms="v"), ["pointed out"]),
        ("Two enemies, one enemy.", Entry("enemy", "x", forms="n"), ["enemies", "enemy"]),
        ("Terrorists and terrorism.", Entry("terroris*", "x"), ["Terrorists", "terrorism"]),
        ("Terror is not listed.", Entry("terroris*", "x"), []),
        ("A far-right party, a far right party.", Entry("far right", "x"), ["far-right", "far right"]),
        ("The US told us.", Entry("US", "x", case="exact"), ["US"]),
        ("May he go in May?", Entry("may", "x", case="exact"), ["May"]),
        ("The United Nations were united.", Entry("united", "x", in_name="no"), ["united"]),
        ("About 40 asked about it.", Entry("about", "x", before=guard("#")), ["About"]),
        ("About forty asked about it.", Entry("about", "x", before=guard("#")), ["About"]),
        ("It may rain on May 3.", Entry("may", "x", not_before=guard("#")), ["may"]),
        ("As if. But if so.", Entry("if", "x", not_after=guard("as")), ["if"]),
        ("Said so. He said.", Entry("said", "x", after=guard("^")), ["Said"]),
        ("The “new” and the new.", Entry("new", "x", after=guard('"')), ["new"]),
        ("The Tula Doctrine, a doctrine.", Entry("doctrine", "x", after=guard("A")), ["Doctrine"]),
        ("the so‑called plan", Entry("so-called", "x"), ["so‑called"]),
        ("It isn’t, it isn't.", Entry("isn't", "x"), ["isn’t", "isn't"]),
        ("Out. Of order.", Entry("out of", "x"), []),
    ],
)
def test_entry_is_found_where_it_should_be(text: str, entry: Entry, expected: list[str]) -> None:
    assert found(text, entry) == expected


def test_longest_entry_wins_and_guards_fall_back_to_the_shorter() -> None:
    new, syria = Entry("new", "x"), Entry("new syria", "x", not_before=guard("was"))
    assert found("The New Syria plan.", new, syria) == ["New Syria"]
    assert found("The new Syria was far.", new, syria) == ["new"]


def test_range_limits_the_search() -> None:
    document = make_document("one two. one two.")
    lexicon = Lexicon("test", [Entry("two", "x")], {"categories": "x = y"})
    assert [match.first for match in lexicon.match(document, 2)] == [4]
    assert [match.first for match in lexicon.match(document, 0, 2)] == [1]
    assert lexicon.match(document, 6) == []
    assert lexicon.match(document, 3, 3) == []


@pytest.mark.parametrize("name", lexicon_names())
def test_every_entry_finds_itself(name: str) -> None:
    lexicon = load_lexicon(name)
    missed = [
        entry.term
        for entry in lexicon.entries
        if entry not in [m.entry for m in lexicon.match(make_document(example(entry)))]
    ]
    assert missed == []


@pytest.mark.parametrize("name", lexicon_names())
def test_provenance_is_complete(name: str) -> None:
    lexicon = load_lexicon(name)
    assert lexicon.header["licence"] == "CC0-1.0"
    assert {entry.category for entry in lexicon.entries} == set(lexicon.categories)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("hedging", 300),
        ("reporting", 300),
        ("sources", 120),
        ("loaded", 500),
        ("contested", 120),
        ("stance", 600),
        ("frames", 300),
    ],
)
def test_lexicons_are_large_enough_to_be_useful(name: str, least: int) -> None:
    assert len({entry.term for entry in load_lexicon(name).entries}) >= least


HEADER = "# title: t\n# licence: l\n# date: d\n# method: m\n# literature: l\n# categories: x = y\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("term\tcategory\nfoo\tx\n", "lacks title"),
        (HEADER + "word\tcategory\nfoo\tx\n", "needs the columns 'term' and 'category'"),
        (HEADER + "term\tcategory\nfoo\tx\textra\n", ":8: 3 cells but 2 columns"),
        (HEADER + "term\tcategory\tweight\nfoo\tx\theavy\n", ":8: the weight 'heavy' is not a number"),
        (HEADER + "term\tcategory\n\tx\n", ":8: the term is empty"),
    ],
)
def test_faulty_file_is_named_with_its_line(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"own\.tsv.*") as error:
        load_lexicon(path)
    assert problem in str(error.value)


def test_unknown_lexicon_lists_the_choices() -> None:
    with pytest.raises(DataError, match=r"unknown lexicon 'hedgehog'; choose from .*hedging"):
        load_lexicon("hedgehog")


def test_liwc_dictionary_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "mood.dic"
    path.write_text("%\n1\tcalm\n2\tangry\n%\nquiet\t1\nfur*\t2\n", encoding="utf-8")
    lexicon = load_lexicon(path)
    document = make_document("A quiet man, furious at last.")
    assert [match.entry.category for match in lexicon.match(document)] == ["calm", "angry"]


def test_yaml_list_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "mood.yaml"
    path.write_text("calm: [quiet, at ease]\nangry:\n  strong: ['fur*']\n", encoding="utf-8")
    lexicon = load_lexicon(path)
    document = make_document("At ease, not furious.")
    assert [match.entry.category for match in lexicon.match(document)] == ["calm", "angry.strong"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.dic", "quiet 1\n", "two lines with %"),
        ("b.dic", "%\n1\tcalm\n%\nquiet\t7\n", ":4: category '7'"),
        ("a.yaml", "- quiet\n", "must map categories"),
        ("b.yaml", "calm: [1, 2]\n", "is not a term"),
        ("c.yaml", "calm: [", "is not valid YAML"),
        ("c.dic", "%\n1\tcalm\n%\n*\t1\n", ":4: the term is empty"),
        ("d.yaml", "calm: ['*']", "the term is empty"),
    ],
)
def test_faulty_import_is_explained(tmp_path: Path, name: str, content: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_lexicon(path)
    assert name in str(error.value)
    assert problem in str(error.value)


def test_a_file_that_was_edited_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    for term in ("one", "two"):
        path.write_text(HEADER + f"term\tcategory\n{term}\tx\n", encoding="utf-8")
        assert [entry.term for entry in load_lexicon(path).entries] == [term]


def test_the_digest_covers_entries_and_header() -> None:
    entries, header = [Entry("one", "x")], {"categories": "x = y"}
    digest = Lexicon("test", entries, header).digest
    assert digest == Lexicon("test", [Entry("one", "x", line=7)], header).digest
    assert digest != Lexicon("test", [Entry("one", "x", weight=0.5)], header).digest
    assert digest != Lexicon("test", entries, {"categories": "x = z"}).digest


def test_the_signature_covers_the_lists_that_cut_and_inflect(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _shipped_digest.__wrapped__()
    assert before == lexicons_digest()
    monkeypatch.setattr("framing.lexicon.LISTS", ())
    assert before != _shipped_digest.__wrapped__()


@given(st.text())
def test_matches_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    document = make_document(text)
    lexicon = load_lexicon("hedging")
    last = 0
    for match in lexicon.match(document):
        assert last <= match.first < match.last <= len(document.tokens)
        last = match.last
