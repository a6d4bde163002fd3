from __future__ import annotations

import math

import pytest
from case_files import parameters, read_cases

from framing.analysis import Analysis, analyze
from framing.dimensions.frames import FRAMES
from framing.lexicon import load_lexicon

CASES = read_cases("frames")
NEWS = (
    "The war goes on. Farmers cannot pay for seed. The ferry left at dawn. "
    "“The minister alone is to blame for this war,” a teacher said."
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["frames"], resamples=0, model="lexicon")


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    analysis = read(case["text"])
    assert [[item.label, analysis.document[item]] for item in analysis.evidence] == case["expect"]


def test_every_frame_has_its_cues_and_the_lexicon_no_other():
    counts = dict.fromkeys(FRAMES, 0)
    for entry in load_lexicon("frames").entries:
        counts[entry.category] += 1
    assert min(counts.values()) >= 50
    assert sum(counts.values()) >= 300


def test_the_share_of_sentences_follows_from_the_evidence():
    analysis = read(NEWS)
    document = analysis.document
    for score in analysis.scores:
        if score.voice == "all":
            framed = {
                document.sentence_at(item.start) for item in analysis.evidence if item.label == score.label
            }
            assert score.value == pytest.approx(len(framed) / len(document.sentences))


def test_a_frame_within_a_quotation_is_the_source_s():
    value = {(score.label, score.voice): score.value for score in read(NEWS).scores}
    assert value["responsibility", "author"] == 0
    assert value["responsibility", "attributed"] == 1


def test_cues_carry_a_reason():
    assert all(item.why for item in read(NEWS).evidence)


def test_without_sentences_the_share_is_undefined():
    assert all(math.isnan(score.value) and score.n == 0 for score in read("").scores)
