from __future__ import annotations

import math

import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import Analysis, analyze
from framing.dimensions.hedging import BOOSTER, CONTEXTS, HEDGES
from framing.lexicon import load_lexicon
from framing.training import hedging as szeged
from framing.training.task import CorpusError

CASES = read_cases("hedging")
NEWS = (
    "The bridge may be closed. It clearly was old. The ferry left at dawn. "
    "“The new bridge could cost about 40 million, if we are lucky,” a worker said. It was Monday."
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["hedging"], resamples=0, model="lexicon")


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    analysis = read(case["text"])
    assert [[item.label, analysis.document[item]] for item in analysis.evidence] == case["expect"]


def test_the_lexicon_is_large_and_knows_only_the_types_and_rules_there_are():
    entries = load_lexicon("hedging").entries
    assert len({entry.term for entry in entries}) >= 300
    assert {entry.category for entry in entries} == {*HEDGES, BOOSTER}
    assert {entry.extra["context"] for entry in entries} == {"", *CONTEXTS}


def test_measures_follow_from_the_evidence():
    analysis = read(NEWS)
    document = analysis.document
    for score in analysis.scores:
        if score.voice != "all":
            continue
        items = [
            item for item in analysis.evidence if (item.label == BOOSTER) == (score.measure == "boosters")
        ]
        items = [item for item in items if score.label in (None, item.label)]
        if score.measure == "hedged_sentences":
            hedged = {document.sentence_at(item.start) for item in items}
            assert score.value == pytest.approx(100 * len(hedged) / len(document.sentences))
        else:
            assert score.value == pytest.approx(1000 * len(items) / document.words)


def test_a_booster_hedges_nothing():
    values = {
        score.measure: score.value
        for score in read("It certainly failed.").scores
        if score.voice == "all" and not score.label
    }
    assert values["hedged_sentences"] == values["hedge_cues"] == 0
    assert values["boosters"] > 0


def test_a_hedge_within_a_quotation_is_the_source_s():
    values = {score.voice: score.value for score in read(NEWS).scores if score.measure == "hedged_sentences"}
    assert values["author"] == pytest.approx(20)
    assert values["attributed"] == pytest.approx(100)


def test_cues_carry_a_reason():
    assert all(item.why for item in read(NEWS).evidence)


def test_without_sentences_hedging_is_undefined():
    assert all(math.isnan(score.value) and score.n == 0 for score in read("").scores)


def test_a_sentence_without_an_end_keeps_its_cues():
    assert len(read("if it would " * 5_000).evidence) == 10_000


@given(st.text(alphabet="ifwould may as,.-“”'\n", max_size=120))
def test_spans_lie_in_the_text(text):
    analysis = read(text)
    assert all(0 <= item.start < item.end <= len(text) for item in analysis.evidence)


# The corpus ---------------------------------------------------------------------------------------------------------

XML = """<?xml version="1.0" encoding="UTF-8"?><Annotation><DocumentSet><Document type="unknown">
<DocID type="FILENAME">one.txt</DocID><DocumentPart type="unknown">
<Sentence id="S1.1">It <ccue type="speculation_modal_possible_">may  <i>well</i></ccue> rain &amp; it does  n't   <ccue
type="speculation_hypo_doxastic _">seem</ccue> cold.</Sentence><Sentence id="S1.2">It snows.</Sentence></DocumentPart></Document>
</DocumentSet></Annotation>"""


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "small.xml"
    path.write_text(XML, encoding="utf-8")
    return path


def test_the_reader_keeps_text_and_offsets_of_nested_and_spaced_cues(corpus):
    first, second = szeged.read(corpus)
    assert first.text == "It may  well rain & it does  n't   seem cold."
    assert [(first.text[cue.start : cue.end], cue.label) for cue in first.cues] == [
        ("may  well", "epistemic"),
        ("seem", "doxastic"),
    ]
    assert (first.id, second.id, second.cues) == ("one.txt#S1.1", "one.txt#S1.2", ())


def test_the_task_predicts_and_compares(corpus):
    sentences = szeged.TASK.read(corpus)
    predictions = szeged.TASK.predict(sentences, "lexicon")
    assert [cue[2] for cue in predictions[0]["cues"]] == ["epistemic", "epistemic"]
    figures = szeged.TASK.metrics(sentences, predictions)
    assert figures["cue_f1"] == figures["sentence_f1"] == 1.0


def test_types_that_the_corpus_does_not_mark_are_left_out_of_the_comparison(corpus):
    sentences = szeged.read(corpus)
    predictions = [
        {"id": sentence.id, "cues": [[0, 2, "approximator"], [3, 6, "booster"]]} for sentence in sentences
    ]
    figures = szeged.metrics(sentences, predictions)
    assert figures["cue_precision"] == figures["cue_recall"] == figures["cue_f1"] == 0.0


def test_agreement_counts_words(corpus):
    sentences = szeged.read(corpus)
    predictions = [{"id": "a", "cues": [[3, 6, "epistemic"]]}, {"id": "b", "cues": [[0, 2, "condition"]]}]
    figures = szeged.metrics(sentences, predictions)
    assert figures["cue_precision"] == pytest.approx(1 / 2)
    assert figures["cue_recall"] == pytest.approx(1 / 3)
    assert figures["cue_f1"] == pytest.approx(2 / 5)
    assert figures["sentence_f1"] == pytest.approx(2 / 3)


BOMB = '<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{}]><a>&a9;</a>'.format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)

OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize(
    "content",
    ["", "no xml", "<Annotation/>", BOMB, OUTSIDE, OUTSIDE.replace("SYSTEM", "PUBLIC 'a'")],
    ids=["empty", "text", "other", "bomb", "file", "public"],
)
def test_a_file_in_another_layout_is_refused_by_name(tmp_path, content):
    path = tmp_path / "other.xml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"other\.xml"):
        szeged.read(path)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.xml"):
        szeged.read(tmp_path / "none.xml")


def test_hedge_cues_in_news_reach_the_bar(shared):
    sentences = szeged.read(shared / "corpora" / "szeged" / "factbank-dev.xml")
    figures = szeged.metrics(sentences, szeged.predict(sentences, "lexicon"))
    assert figures["cue_f1"] >= 0.70, figures
