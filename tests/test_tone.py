from __future__ import annotations

import math

import pytest
from case_files import parameters, read_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, SPECIAL_CASES, SentimentIntensityAnalyzer, SentiText

from framing.analysis import Analysis, analyze
from framing.dimensions import tone

CASES = read_cases("tone")
NEWS = (
    "Ferry strike ends\n\nThe strike was a disaster for the islands. The new contract is good, but the union isn't "
    "happy. “We have won nothing and we are not very proud of this shameful deal,” a worker said. Ferries sail again "
    "at dawn. Nobody cheered! Shops reopen on Friday."
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["tone"], model="lexicon")


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    analysis = read(case["text"])
    text = analysis.document.text
    found = [
        {"label": item.label, "words": [text[start:end] for start, end, _ in item.extra["words"]]}
        for item in analysis.evidence
    ]
    assert found == case["expect"]


def test_each_sentence_has_the_compound_score_of_vader():
    vader = SentimentIntensityAnalyzer()
    analysis = read(NEWS.replace("“", '"').replace("”", '"'))
    assert len(analysis.evidence) == len(analysis.document.sentences)
    for item in analysis.evidence:
        assert item.weight == pytest.approx(vader.polarity_scores(analysis.document[item])["compound"])


def test_the_valence_of_a_word_counts_negations_and_intensifiers():
    (plain,) = read("They are proud of it.").evidence
    (negated,) = read("They are not proud of it.").evidence
    (strong,) = read("They are very proud of it.").evidence
    valence = [item.extra["words"][0][2] for item in (plain, negated, strong)]
    assert valence[1] < 0 < valence[0] < valence[2]


def test_the_mean_follows_from_the_evidence():
    analysis = read(NEWS)
    for score in analysis.scores:
        weights = [item.weight for item in analysis.evidence if score.voice in ("all", item.voice)]
        assert score.n == len(weights)
        mean = sum(weights) / len(weights) if weights else math.nan
        assert score.value == pytest.approx(mean, nan_ok=True)


def test_a_quoted_sentence_is_not_the_author_s():
    analysis = read(
        "The day was lovely. “This is the most horrible, shameful and evil war of all,” she said."
    )
    value = {score.voice: score.value for score in analysis.scores}
    assert value["attributed"] < 0 < value["author"]


def test_tone_told_plainly_and_told_in_anger():
    (plain,) = read("The army shelled the port.").evidence
    (loaded,) = read("The brutal army viciously shelled the helpless port.").evidence
    assert loaded.weight < plain.weight


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_without_sentences_tone_is_undefined(text):
    assert all(math.isnan(score.value) and score.n == 0 for score in read(text).scores)


def test_a_sentence_without_an_end_is_read_in_parts():
    (item,) = read("good but " * 5_000).evidence
    assert item.label == "positive"
    assert -1 <= item.weight <= 1
    assert len(item.extra["words"]) == 5_000


@given(st.text(max_size=120))
def test_spans_lie_in_their_sentence(text):
    for item in read(text).evidence:
        assert -1 <= item.weight <= 1
        assert all(item.start <= start < end <= item.end for start, end, _ in item.extra["words"])


WORDS = st.sampled_from(
    "the a good BAD bad, great! no no. not never so this least at very kind of sort but BUT without doubt ass shit bomb bus "
    "stop yeah right kiss death to die for beating heart just enough isn't or nor extremely HARDLY less win ?? :) :D "
    "“happy” 😁 ok©! war…".split()
)
VADER = SentimentIntensityAnalyzer()
PASSAGES = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)


@settings(max_examples=400)
@given(PASSAGES)
def test_any_sentence_is_rated_as_vader_rates_it(passage):
    straight = passage.translate(str.maketrans("“”", '""'))
    analysis = read(f"# {passage}")  # a headline is one sentence, whatever its punctuation
    for item in analysis.evidence:
        assert item.weight == pytest.approx(VADER.polarity_scores(straight)["compound"], abs=1e-12)
        seen = SentiText(straight)
        expected = [
            VADER.sentiment_valence(0, seen, word, index, [])[0]
            for index, word in enumerate(seen.words_and_emoticons)
            if word.lower() in VADER.lexicon and word.lower() not in BOOSTER_DICT
        ]
        assert [valence for _, _, valence in item.extra["words"]] == expected
        for start, end, _ in item.extra["words"]:
            assert analysis.document.text[start:end] in passage


def test_each_phrase_of_vader_has_a_word_that_tells_of_it():
    phrases = [phrase.split() for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in phrase]
    assert all(tone._TURNS.intersection(words) for words in phrases)
