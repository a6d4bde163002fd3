"""The segmentation survives news; every offset points into the text as it was given."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.document import _TOKEN, Span, _normal, _piece, make_document, tokenize
from framing.lexicon import lexicon_names, load_lexicon

CASES = json.loads(
    Path(__file__).with_name("cases").joinpath("segmentation.json").read_text(encoding="utf-8")
)


def _case(case):
    marks = [pytest.mark.xfail(strict=True, reason=case["comment"])] if case.get("known_failure") else []
    return pytest.param(case, id=case["label"], marks=marks)


def _found(document):
    return {
        "sentences": [document[s] for s in document.sentences if s.kind == "body"],
        "headlines": [document[s] for s in document.sentences if s.kind == "headline"],
        "boilerplate": [document[p] for p in document.paragraphs if p.kind == "boilerplate"],
        "quotes": [document[quote] for quote in document.quotes],
        "tokens": list(document.tokens),
    }


@pytest.mark.parametrize("case", [_case(case) for case in CASES])
def test_case(case):
    found = _found(make_document(case["text"]))
    assert {key: found[key] for key in case["expect"]} == case["expect"]


def _check(document):
    """What holds for any document whatever."""
    text = document.text
    for before, after in pairwise(document.paragraphs):
        assert before.end <= after.start
    for before, after in pairwise(document.sentences):
        assert before.end <= after.start
        assert before.last == after.first
    assert not document.sentences or document.sentences[0].first == 0
    assert not document.sentences or document.sentences[-1].last == len(document.tokens)
    assert len(document.tokens) == len(document.starts) == len(document.ends) == len(document.is_word)
    for index, sentence in enumerate(document.sentences):
        paragraph = document.paragraphs[sentence.paragraph]
        assert paragraph.start <= sentence.start < sentence.end <= paragraph.end
        assert sentence.kind == paragraph.kind
        assert sentence.first < sentence.last
        assert document[sentence] == document[sentence].strip()
        assert document.sentence_at(sentence.start) == index
        assert document.sentence_of(sentence.first) == document.sentence_of(sentence.last - 1) == index
        assert document.tokens_in(sentence.start, sentence.end) == range(sentence.first, sentence.last)
        for token in range(sentence.first, sentence.last):
            assert sentence.start <= document.starts[token] < document.ends[token] <= sentence.end
    for before, after in pairwise(zip(document.starts, document.ends, strict=True)):
        assert before[1] <= after[0]
    for before, after in pairwise(document.quotes):
        assert before.end <= after.start
    for quote in document.quotes:
        assert 0 <= quote.start < quote.end <= len(text)
    # No word of the article falls between the tokens.
    covered = {
        at for start, end in zip(document.starts, document.ends, strict=True) for at in range(start, end)
    }
    for paragraph in document.paragraphs:
        if paragraph.kind in {"body", "headline"}:
            missed = [text[at] for at in range(paragraph.start, paragraph.end) if at not in covered]
            assert not any(character.isalnum() for character in missed)


PIECES = [
    *"“”‘’'\"«».,;:!?…-–—()[] \n\t",
    "\n\n",
    "\r\n",
    "Mr.",
    "U.S.",
    "a.m.",
    "Roe",
    "the",
    "said",
    "3.5",
    "1,000",
    "don’t",
    "Russia’s",
    ". . .",
    "''",
    "* ",
    "# ",
    "> ",
    "1. ",
    "Photo: ",
    "Comments",
    "\u200f",
    "\u00ad",
    "\u00a0",
    "é",
    "e\u0301",
    "السلام",
    "习",
    "\x00",
    "<b>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_invariants_hold_for_anything_like_news(text):
    _check(make_document(text))


@given(st.text(max_size=80))
def test_invariants_hold_for_anything(text):
    _check(make_document(text))


@given(st.text(max_size=60), st.text(max_size=20), st.integers(0, 60))
def test_invariants_hold_below_front_matter(text, title, body_start):
    document = make_document(text, body_start=min(body_start, len(text)), title=title.strip())
    _check(document)
    assert not [s for s in document.sentences if s.kind == "body" and s.start < document.paragraphs[0].start]


SPACED = st.sampled_from(
    "J. K. U.S. A 'S 's ... . .. Mr. Rowling. “No,” it’s co-op -- -x x- 1,200. don't \u00a0B \n \t".split(" ")
)


@given(st.lists(st.one_of(SPACED, st.text(max_size=6)), max_size=12).map(" ".join))
def test_tokens_do_not_depend_on_where_a_sentence_is_cut_to_remember_its_pieces(text):
    document = make_document(text)
    for sentence in document.sentences:
        whole = _piece(text, sentence.start, sentence.end)
        tokens = slice(sentence.first, sentence.last)
        assert document.tokens[tokens] == whole.tokens
        assert document.starts[tokens] == tuple(sentence.start + start for start in whole.starts)
        assert document.ends[tokens] == tuple(sentence.start + end for end in whole.ends)
        assert document.is_word[tokens] == whole.is_word
        assert document.is_capital[tokens] == whole.is_capital


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_document_is_the_same_every_time(text):
    assert _found(make_document(text)) == _found(make_document(text))


@pytest.mark.parametrize(
    "case", [_case(c) for c in CASES if "sentences" in c["expect"] and "known_failure" not in c]
)
def test_offsets_count_code_points_whatever_stands_before(case):
    """An emoji is two units in UTF-16 and four bytes in UTF-8, but one code point."""
    before = "👍 It began.\n\n"
    moved = make_document(before + case["text"])
    alone = make_document(case["text"])
    if case["expect"].get("headlines") or case["expect"].get("boilerplate"):
        return
    assert [moved.text[s.start : s.end] for s in moved.sentences[1:]] == [alone[s] for s in alone.sentences]


def test_the_title_in_front_matter_is_the_headline_and_the_rest_is_not_scored():
    text = "---\ntitle: Ferry late\nauthor: A. Roe\n---\n\nThe ferry left."
    document = make_document(text, body_start=text.index("\n\nThe"), title="Ferry late")
    assert [(s.kind, document[s]) for s in document.sentences] == [
        ("headline", "Ferry late"),
        ("body", "The ferry left."),
    ]


def test_a_title_is_looked_for_behind_its_key():
    text = "---\nid: ferry\noutlet: The Ferry\ntitle: Ferry\n---\n\nThe ferry left."
    document = make_document(text, body_start=text.index("\n\nThe"), title="Ferry")
    assert document.sentences[0].start == text.index("title: Ferry") + len("title: ")
    assert document[document.sentences[0]] == "Ferry"


def test_words_are_counted_as_people_count_them():
    document = make_document("The US-led bloc didn’t leave Russia’s 2 bases, i.e. Tartus — or so — at 5 a.m.")
    words = [token for token, is_word in zip(document.tokens, document.is_word, strict=True) if is_word]
    assert document.words == len(words)
    assert "," not in words
    assert "—" not in words
    assert "'s" not in words
    assert words.count("didn't") == 1


def test_tokens_in_a_range_are_those_it_touches():
    document = make_document("The ferry left.")
    start = document.text.index("ferry")
    assert [document.tokens[t] for t in document.tokens_in(start, start + 5)] == ["ferry"]
    assert [document.tokens[t] for t in document.tokens_in(start + 2, start + 7)] == ["ferry", "left"]
    assert list(document.tokens_in(start, start)) == []
    assert list(document.tokens_in(3, 4)) == []
    assert document[Span(start, start + 5)] == "ferry"


def test_what_is_not_scored_has_no_sentence():
    text = "The ferry left.\n\nLeave a comment"
    document = make_document(text)
    assert document.sentence_at(text.index("Leave")) is None
    assert document.sentence_at(len(text) + 5) is None
    assert "comment" not in document.tokens


def in_full(text: str) -> list[str]:
    return [_normal(raw) for raw in _TOKEN.findall(text)]


@given(st.text(st.sampled_from("abnstmdz MRSU\t\n'.-é1"), max_size=12) | st.text())
def test_tokenize_takes_no_wrong_short_cut(text):
    assert tokenize(text) == in_full(text)


def test_tokenize_takes_no_wrong_short_cut_with_terms_of_lexicons():
    for name in lexicon_names():
        for entry in load_lexicon(name).entries:
            assert tokenize(entry.term) == in_full(entry.term)


def test_tokenize_is_what_a_document_does():
    for case in CASES:
        document = make_document(case["text"])
        if len(document.sentences) == 1 and "\n" not in case["text"]:
            assert tokenize(document[document.sentences[0]]) == list(document.tokens)


def test_metadata_is_kept_and_a_document_cannot_be_changed():
    document = make_document("The ferry left.", "a", outlet="Post")
    assert document.meta == {"outlet": "Post"}
    with pytest.raises(AttributeError):
        document.text = "other"


@pytest.mark.parametrize(
    "unit",
    [
        "The ferry left. ",
        "a",
        "“Yes ",
        "' ",
        "'a ",
        "‘a ",
        ". ",
        "U.S. ",
        "a\n",
        "Mr. Roe ",
        "x.",
        "-",
        "(",
        "1.",
        "''",
        "a'",
        "İ",
    ],
)
def test_long_monotony_is_cut_in_linear_time(unit):
    """Work is counted in text length, not seconds: what is quadratic would not end."""
    document = make_document(unit * (400_000 // len(unit)))
    assert document.sha256
    assert len(document.sentences) <= 400_000


def test_paragraphs_in_another_order_keep_their_sentences():
    paragraphs = [
        c["text"] for c in CASES if len(c["expect"].get("sentences", [])) > 1 and "\n" not in c["text"]
    ]
    paragraphs = [p for p in paragraphs if p == p.strip() and make_document(p).paragraphs[0].start == 0]
    alone = {p: [make_document(p)[s] for s in make_document(p).sentences] for p in paragraphs}
    paragraphs.reverse()
    text = "\n\n".join(["It began here.", *paragraphs, "It ended here."])
    document = make_document(text)
    together = [document[s] for s in document.sentences]
    assert together == ["It began here.", *(s for p in paragraphs for s in alone[p]), "It ended here."]
