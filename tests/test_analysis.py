"""Scores follow from evidence, and the same input gives the same result."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing import analyze, compare, load_dimensions, make_document
from framing.analysis import ALL_VOICES, Analysis, Evidence, Markup, Ratio
from framing.output.table import json_line
from framing.voice import VOICES

TEXT = """Talks stall

Officials in Moscow said the talks “may have failed because of the regime”. The envoy, who asked not to be named,
warned of a disaster.

Perhaps nobody knows. Russia reportedly bombed the harbour. Analysts say that Syria could be facing a crisis.
The town was quiet on Monday. Its market opened at nine. A trader sold bread to soldiers from the base.
"""


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(make_document(TEXT, id="talks"), model="lexicon")


def test_every_dimension_explains_itself() -> None:
    names = list(load_dimensions())
    assert names[0] == "attribution"
    assert names[1:] == sorted(names[1:])
    assert {"frames", "hedging", "loaded", "readability", "stance", "tone"} <= set(names)
    for name, dimension in load_dimensions().items():
        assert dimension.name == name
        for text in (dimension.title, dimension.question, dimension.unit, dimension.higher, dimension.limits):
            assert text.strip()
        assert any(c.isdigit() for c in dimension.reference), f"{name} names no literature with its year"


def test_evidence_lies_in_scored_sentences_and_has_a_voice_and_a_reason(analysis: Analysis) -> None:
    assert {item.dimension for item in analysis.evidence} <= set(load_dimensions())
    for item in analysis.evidence:
        assert 0 <= item.start < item.end <= len(TEXT)
        assert analysis.document.sentence_at(item.start) is not None
        assert item.voice in VOICES
        assert item.why
        assert analysis.document[item] == item.to_dict(TEXT)["text"]


def test_a_quoted_hedge_is_the_sources_and_the_other_the_authors(analysis: Analysis) -> None:
    voices = {analysis.document[item]: item.voice for item in analysis.readings["hedging"].evidence}
    assert voices["may"] == "attributed"
    assert voices["Perhaps"] == "author"


def test_score_keys_are_unique_and_undefined_is_nan(analysis: Analysis) -> None:
    keys = [score.key for score in analysis.scores]
    assert len(keys) == len(set(keys))
    for score in analysis.scores:
        assert score.totals.shape[0] == (len(analysis.document.sentences) if score.exchangeable else 1)
        assert score.n >= 0
        assert math.isnan(score.low) or score.low <= score.high
        assert score.unit


def test_interval_needs_enough_sentences() -> None:
    few = analyze("It may rain. It may snow.", model="lexicon")
    assert all(math.isnan(score.low) for score in few.scores)


def test_no_text_gives_no_value() -> None:
    empty = analyze("", model="lexicon")
    assert empty.evidence == []
    assert all(math.isnan(score.value) for score in empty.scores if score.measure == "hedged_sentences")


def test_same_bytes_twice() -> None:
    first, second = (json_line(analyze(make_document(TEXT), model="lexicon").to_dict()) for _ in range(2))
    assert first == second
    assert json_line(analyze(make_document(TEXT), seed=1, model="lexicon").to_dict()) != first


def test_contract_of_a_line(analysis: Analysis) -> None:
    row = analysis.to_dict()
    assert list(row) == ["article", "signature", "scores", "evidence"]
    assert list(row["article"]) == [
        "id",
        "title",
        "outlet",
        "author",
        "date",
        "url",
        "file",
        "sha256",
        "words",
        "sentences",
    ]
    assert list(row["signature"]) == ["framing", "model", "lexicons", "seed", "resamples"]
    for score in row["scores"]:
        assert list(score) == [
            "dimension",
            "measure",
            "label",
            "actor",
            "voice",
            "value",
            "low",
            "high",
            "n",
            "unit",
        ]
    common = ["dimension", "label", "start", "end", "text", "weight", "actor", "voice", "source_actor", "why"]
    own = {
        "attribution": ["source", "content", "form", "source_type", "verb_class"],
        "stance": ["mentions", "words"],
        "loaded": ["neutral"],
    }
    for item in row["evidence"]:
        assert list(item)[: len(common)] == common
        assert list(item)[len(common) :][: len(own.get(item["dimension"], []))] == own.get(
            item["dimension"], []
        )
    assert "evidence" not in analysis.to_dict(evidence=False)


@pytest.mark.parametrize("name", load_dimensions())
def test_a_dimension_reads_the_same_alone_as_among_others(analysis: Analysis, name: str) -> None:
    only = analyze(make_document(TEXT, id="talks"), dimensions=[name], model="lexicon")
    assert list(only.readings) == [name]
    assert only.readings[name].evidence == analysis.readings[name].evidence
    alone, among = ([score.to_dict() for score in a.readings[name].scores] for a in (only, analysis))
    assert repr(alone) == repr(among)  # to the last digit; NaN equals itself only in words


def test_results_cross_process_boundaries(analysis: Analysis) -> None:
    """Batch scoring sends documents to other processes and gets analyses back."""
    document = pickle.loads(pickle.dumps(analysis.document))
    assert json_line(analyze(document, model="lexicon").to_dict()) == json_line(analysis.to_dict())
    again = pickle.loads(pickle.dumps(analysis))
    assert json_line(again.to_dict()) == json_line(analysis.to_dict())
    compared = compare(
        [analysis, analyze(make_document(TEXT.upper(), id="other"), model="lexicon")], resamples=50
    )
    copy = pickle.loads(pickle.dumps(compared))
    for frame in ("scores", "differences", "naming", "keywords"):
        pd.testing.assert_frame_equal(getattr(copy, frame), getattr(compared, frame))


ANALYZE_AND_COMPARE = """
import sys
from framing import analyze, compare, make_document
from framing.output.table import json_line
one, two = (analyze(make_document(text, text[:4]), resamples=50) for text in (sys.argv[1], sys.argv[1].upper()))
compared = compare([one, two], resamples=50)
print(json_line(one.to_dict()))
for frame in (compared.differences, compared.naming, compared.keywords):
    print(frame.to_csv())
"""


def test_results_do_not_depend_on_the_order_of_sets() -> None:
    first, second = (
        subprocess.run(
            [sys.executable, "-c", ANALYZE_AND_COMPARE, TEXT],
            capture_output=True,
            check=True,
            timeout=120,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "— … !", "* * *", "Talks stall", "Talks stall\n\n", "It may."]
)
def test_the_smallest_texts_have_scores_without_a_guess(text: str) -> None:
    analysis = analyze(make_document(text), resamples=50, model="lexicon")
    for score in analysis.scores:
        assert math.isnan(score.low)
        assert math.isnan(score.high)
        assert score.n > 0 or math.isnan(score.value), score.key
    assert (
        compare([analysis, analyze(make_document(TEXT, id="talks"), model="lexicon")], resamples=50)
        .differences.p.isna()
        .all()
    )


def test_unknown_names_are_told_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"unknown dimension 'hedgng'.*Did you mean 'hedging'"):
        analyze("Text.", dimensions=["hedgng"], model="lexicon")
    with pytest.raises(ValueError, match=r"unknown model 'oracle'; choose from lexicon"):
        analyze("Text.", model="oracle")


def test_about_keeps_one_actor_and_what_its_scores_count(analysis: Analysis) -> None:
    russia = analysis.about(["russia"])
    assert {item.actor for item in russia.readings["stance"].evidence} == {"russia"}
    assert {score.actor for score in russia.scores} == {None, "russia"}
    assert {mention.actor for mention in russia.mentions} == {"russia"}
    assert russia.readings["loaded"].evidence == analysis.readings["loaded"].evidence


def test_ratio_is_undefined_without_a_base() -> None:
    sums = np.array([[2.0, 4.0], [1.0, 0.0]])
    assert Ratio(100)(sums)[0] == 50
    assert math.isnan(Ratio(100)(sums)[1])


def test_markup_counts_by_voice() -> None:
    document = make_document("It may rain. “It may snow here one day,” he thought.")
    markup = Markup(document, ())
    evidence = [
        Evidence("hedging", "epistemic", document.text.index(word), document.text.index(word) + 4)
        for word in ("rain", "snow")
    ]
    author, attributed, everybody = (ALL_VOICES.index(voice) for voice in ("author", "attributed", "all"))
    counts = markup.count([evidence, [*evidence, *evidence]])
    assert counts[:, everybody].tolist() == [[1, 1], [2, 2]]
    assert counts[0, author].tolist() == [1, 0]
    assert markup.weigh([evidence])[0, attributed].tolist() == [0, 1]
    assert markup.words[everybody].tolist() == [3, 8]
    assert markup.words[attributed].tolist() == [0, 6]
    assert markup.sentences[attributed].tolist() == [0, 1]


@settings(max_examples=60)
@given(
    st.text(
        alphabet=st.sampled_from('Russia said “may” the regime’s ‘x’ "(failed).\n–…éП\u200f\ud800 1,5'),
        max_size=300,
    )
)
def test_any_text_is_read(text: str) -> None:
    analysis = analyze(text, resamples=20, model="lexicon")
    for item in analysis.evidence:
        assert 0 <= item.start < item.end <= len(text)
