from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import Analysis, analyze
from framing.dimensions import loaded
from framing.lexicon import load_lexicon
from framing.lint import lint
from framing.training.loaded import TASK, read_babe
from framing.training.task import CorpusError

CASES = read_cases("loaded")
PLAIN = "The council passed the budget. Opponents criticised it. The mayor will speak on Monday."
SLANTED = "The spineless council rammed through the budget. Opponents slammed it. The mayor, a thug, will rant on Monday."


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["loaded"], resamples=0, model="lexicon")


def value(analysis: Analysis, measure: str, voice: str, label: str | None = None) -> float:
    (score,) = [s for s in analysis.scores if (s.measure, s.voice, s.label) == (measure, voice, label)]
    return score.value


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    analysis = read(case["text"])
    found = [
        {"text": analysis.document[item], "label": item.label, "neutral": item.extra["neutral"]}
        for item in analysis.evidence
    ]
    assert len(found) == len(case["expect"]), found
    for item, expected in zip(found, case["expect"], strict=True):
        assert item | expected == item


@pytest.mark.parametrize("name", ["loaded", "contested"])
def test_the_lexicon_is_clean(name):
    assert lint(load_lexicon(name)) == []


@pytest.mark.parametrize(("name", "least"), [("loaded", 500), ("contested", 120)])
def test_every_entry_says_why_and_what_else_could_stand_there(name, least):
    lexicon = load_lexicon(name)
    assert len(lexicon.entries) >= least
    assert [entry.term for entry in lexicon.entries if not (entry.neutral and entry.note)] == []


@pytest.mark.parametrize(
    "actor", ["russia", "ukraine", "us", "west", "israel", "iran", "turkey", "nato", "syria", "kurds"]
)
def test_contested_names_flatter_and_belittle_each_side(actor):
    weights = [entry.weight for entry in load_lexicon("contested").entries if entry.actor == actor]
    assert min(weights) < 0 < max(weights)


def test_no_two_pieces_of_evidence_overlap():
    analysis = read(" ".join(case["text"] for case in CASES))
    for one, other in zip(analysis.evidence, analysis.evidence[1:], strict=False):
        assert one.end <= other.start


def test_slant_of_the_same_event_shows():
    plain, slanted = read(PLAIN), read(SLANTED)
    assert value(plain, "loaded_terms", "all") == 0
    assert value(slanted, "loaded_terms", "all") == pytest.approx(1000 * 5 / slanted.document.words)
    assert value(slanted, "loaded_sentences", "all") == 100


def test_labels_add_up_to_the_total():
    analysis = read(SLANTED)
    parts = [s.value for s in analysis.scores if s.measure == "loaded_terms" and s.voice == "all" and s.label]
    assert len(parts) == len(loaded.labels())
    assert sum(parts) == pytest.approx(value(analysis, "loaded_terms", "all"))


def test_a_loaded_word_in_a_quotation_is_not_the_author_s():
    quoted = read(
        "The bridge opened on Monday. “It is a reckless, shameful waste of our money”, said Jan Kuiper, a resident."
    )
    assert {item.voice for item in quoted.evidence} == {"attributed"}
    assert value(quoted, "loaded_terms", "author") == 0
    assert value(quoted, "loaded_terms", "attributed") > 0


def test_without_words_the_rate_is_undefined():
    assert math.isnan(value(read(""), "loaded_terms", "all"))


@given(st.text(alphabet="a “”\"'‘’.\nregimeJA-", max_size=80))
def test_any_text_gives_spans_inside_it_in_order(text):
    spans = [(item.start, item.end) for item in read(text).evidence]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def babe(path: Path, rows: list[str]) -> Path:
    path.write_text("text;outlet;label_bias;biased_words\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_babe_file_is_read_as_published(tmp_path):
    path = babe(
        tmp_path / "part.csv",
        [
            "The thugs slammed it.;A;Biased;['thugs', 'slammed']",
            '"It rained; nobody came.";B;Non-biased;[]',
            "Who knows.;C;No agreement;[]",
        ],
    )
    items = TASK.read(path)
    assert [(item.id, item.biased, item.words) for item in items] == [
        ("part#1", True, ("thugs", "slammed")),
        ("part#2", False, ()),
    ]
    predictions = TASK.predict(items, "lexicon")
    assert [prediction["biased"] for prediction in predictions] == [True, False]
    figures = TASK.metrics(items, predictions)
    assert figures["macro_f1"] == figures["accuracy"] == figures["auc"] == figures["word_recall"] == 1
    assert figures["precision_by_label"] == {"dysphemism": 1, "epithet": 1}


def test_another_table_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("sentence,label\nIt rained.,0\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="label_bias"):
        read_babe(path)


def basil(folder: Path) -> Path:
    for name in ("articles", "annotations"):
        (folder / name / "2019").mkdir(parents=True)
    body = {"body-paragraphs": [["It rained.", "The thugs left."], ["All slept."]]}
    spans = [
        {"id": "p1", "bias": "lex", "txt": "thugs", "start": 4, "end": 9},
        {"id": "p2", "bias": "inf", "txt": "All slept", "start": 0, "end": 9},
        {"id": "title", "bias": "lex", "txt": "Rain", "start": 0, "end": 4},
    ]
    (folder / "articles" / "2019" / "x_1.json").write_text(json.dumps(body), encoding="utf-8")
    coded = json.dumps({"phrase-level-annotations": spans})
    (folder / "annotations" / "2019" / "x_1_ann.json").write_text(coded, encoding="utf-8")
    return folder


def test_basil_sentences_count_as_biased_for_their_words(tmp_path):
    items = TASK.read(basil(tmp_path))
    assert [(item.id, item.biased, item.words) for item in items] == [
        ("x_1#0", False, ()),
        ("x_1#1", True, ("thugs",)),
        ("x_1#2", False, ()),
    ]


def test_a_folder_without_annotations_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="BASIL"):
        TASK.read(tmp_path)


def test_a_basil_article_that_is_missing_is_named(tmp_path):
    basil(tmp_path)
    (tmp_path / "articles" / "2019" / "x_1.json").unlink()
    with pytest.raises(CorpusError, match=r"x_1_ann\.json"):
        TASK.read(tmp_path)
