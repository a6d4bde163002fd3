"""The teaching texts show what the exercises need, and take nothing over from anybody."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from framing.corpus import load_corpus
from framing.data import folder

STYLES = {"wire", "op-ed", "security analysis", "reportage"}
DOCUMENTS, FAILURES = load_corpus(folder("texts"))
RUN = 6  # so many words in a row are more than a name or an idiom


def _body(document):
    return " ".join(document[p] for p in document.paragraphs if p.kind not in {"metadata", "headline"})


def _article(document):
    return " ".join(document[sentence] for sentence in document.sentences if sentence.kind == "body")


def _all(*, outlet=None, style=None):
    return "\n".join(
        _article(d)
        for d in DOCUMENTS
        if outlet in {None, d.meta["outlet"]} and style in {None, d.meta["style"]}
    )


def test_they_read_without_a_word_of_complaint():
    assert [str(failure) for failure in FAILURES] == []


def test_two_events_are_told_four_ways_each():
    told = {}
    for document in DOCUMENTS:
        told.setdefault(document.meta["event"], set()).add(document.meta["style"])
    assert len(told) == 2
    assert all(styles == STYLES for styles in told.values())
    assert len(DOCUMENTS) == 8


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)
def test_front_matter_is_complete(document):
    assert document.id == Path(document.meta["file"]).stem
    assert document.meta["licence"] == "CC0-1.0"
    assert "written for teaching" in document.meta["note"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", document.meta["date"])
    assert all(document.meta.get(field) for field in ("title", "outlet", "genre", "author"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)
def test_length(document):
    assert 350 <= len(_article(document).split()) <= 600


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)
def test_the_title_is_the_headline(document):
    headlines = [document[sentence] for sentence in document.sentences if sentence.kind == "headline"]
    assert headlines == [document.meta["title"]]


@pytest.mark.parametrize(
    "pattern",
    [
        "“Jolani”",
        "“Donroe Doctrine",
        "“New Syria",
        r"\bregime\b",
        r"\bgovernment\b",
        r"\b[Aa]nalysts say\b",
        r"\breportedly\b",
        r"\bis said to\b",
        r"\baccording to reports\b",
        r"\b(?:asked not to be|spoke on condition of|not authorised to speak)",
    ],
)
def test_what_real_articles_show_is_there(pattern):
    assert re.search(pattern, _all())


@pytest.mark.parametrize("event", sorted({document.meta["event"] for document in DOCUMENTS}))
def test_each_event_has_both_names_for_those_in_power_and_anonymous_sources(event):
    text = "\n".join(_article(document) for document in DOCUMENTS if document.meta["event"] == event)
    assert re.search(r"\bregime\b", text)
    assert re.search(r"\bgovernment\b", text)
    assert re.search(r"asked not to be (?:named|identified)", text)
    assert "“Jolani”" in text


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.meta["style"] == "reportage"], ids=lambda d: d.id
)
def test_a_quotation_runs_over_paragraphs(document):
    paragraphs = [document[p] for p in document.paragraphs if p.kind == "body"]
    assert any(
        paragraph.count("“") > paragraph.count("”") and following.startswith("“")
        for paragraph, following in pairwise(paragraphs)
    )


def test_the_wire_asserts_in_words_that_are_not_loaded():
    assert not re.search(r"\bregime\b|dictator|Jolani|fanatic", _all(style="wire"))


def test_furniture_is_there_to_be_recognised():
    kinds = {document.id: {paragraph.kind for paragraph in document.paragraphs} for document in DOCUMENTS}
    assert sum("boilerplate" in found for found in kinds.values()) >= 4


def test_the_guide_names_every_article():
    guide = (folder("texts") / "README.md").read_text(encoding="utf-8")
    assert all(f"`{Path(document.meta['file']).name}`" in guide for document in DOCUMENTS)


def _runs(text, length):
    words = re.findall(r"\w+", text.lower().replace("’", "").replace("'", ""))
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)
def test_nothing_is_taken_over(document, shared):
    published = set()
    for path in sorted((shared / "texts").glob("*.txt")):
        published |= _runs(path.read_text(encoding="utf-8"), RUN)
    assert published
    assert _runs(_body(document), RUN) & published == set()
