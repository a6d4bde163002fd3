"""Hedging by the trained classifier: what it decides, whose hedge it is and what it weakens."""

from __future__ import annotations

import math
from functools import partial

import pytest
from case_files import read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import analyze
from framing.dimensions.hedging import BOOSTER, HEDGES
from framing.document import make_document
from framing.lexicon import load_lexicon
from framing.linear.hedging import DECIDED, LABELS, candidates, explain, features, read_input, trained

read = partial(analyze, model="linear", dimensions=["hedging"], resamples=0)
TEXT = (
    "The bridge may close on Monday. The ferry left in May. If it rains, the harbour will stay shut. "
    "“The storm could probably last about a week,” said Anna Lind, the harbour master."
)


def found(text: str) -> list[tuple[str, str]]:
    return [(item.label, text[item.start : item.end]) for item in read(text).evidence]


def test_it_decides_in_context():
    assert ("epistemic", "may") in found("The bridge may close on Monday.")
    assert found("The ferry left in May.") == []
    assert ("condition", "If") in found("If it rains, the harbour will stay shut.")


def test_most_hand_made_cases_come_out_as_with_the_rules():
    """The cases were made for the rules, which the classifier reads; it may differ, but not often."""
    cases = [case for case in read_cases("hedging") if not case.get("known_failure")]
    wanted = [(case["label"], *pair) for case in cases for pair in case["expect"]]
    given_ = [(case["label"], *pair) for case in cases for pair in found(case["text"])]
    both = sum(item in given_ for item in wanted)
    assert 2 * both / (len(wanted) + len(given_)) >= 0.75


def test_every_cue_has_scope_owner_and_reason():
    analysis = read(TEXT)
    for item in analysis.evidence:
        assert item.label in {*HEDGES, BOOSTER}
        start, end = item.extra["scope"]
        assert start <= item.start < item.end <= end
        assert item.why
        assert ("probability" in item.extra) == (item.label in DECIDED)
    by_words = {analysis.document[item]: item for item in analysis.evidence}
    assert by_words["may"].extra["owner"] is None
    owner = by_words["could"].extra["owner"]
    assert TEXT[owner[0] : owner[1]].startswith("Anna Lind")
    assert by_words["could"].voice == "attributed"


def test_the_rules_give_scope_and_owner_too():
    evidence = analyze(TEXT, dimensions=["hedging"], resamples=0, model="lexicon").evidence
    scopes = {TEXT[item.start : item.end]: TEXT[slice(*item.extra["scope"])] for item in evidence}
    assert scopes["may"] == "The bridge may close on Monday"
    assert scopes["If"] == "If it rains"


def test_scores_add_up_feature_by_feature():
    model = trained()
    document = make_document(TEXT)
    given_ = read_input(document, (), model.common)
    rows = features(given_, candidates(given_, model.possible))
    for row in rows:
        scores = model.classifier.scores(row)
        for number in range(len(LABELS)):
            parts = sum(model.classifier.contribution(feature, number) for feature in row)
            assert scores[number] == pytest.approx(parts + model.classifier.scores([])[number])


def test_a_decision_can_be_explained():
    parts = explain(make_document(TEXT), (), TEXT.index("may"))
    assert parts["epistemic"][0][1] > 0
    assert any("word may" in feature for feature, _ in parts["epistemic"])
    assert explain(make_document(TEXT), (), 0) == {}


def test_the_reason_fits_the_type():
    for item in read(TEXT).evidence:
        notes = {entry.note for entry in load_lexicon("hedging").entries if entry.category == item.label}
        assert item.why in {*notes, load_lexicon("hedging").categories[item.label]}


@given(st.text(max_size=80))
def test_any_text_gives_sound_evidence_twice(text):
    evidence = read(text).evidence
    assert evidence == read(text).evidence
    for item in evidence:
        assert 0 <= item.start < item.end <= len(text)
        assert 0 <= item.extra.get("probability", 1) <= 1


def test_without_sentences_hedging_is_undefined():
    assert all(math.isnan(score.value) for score in read("").scores)
