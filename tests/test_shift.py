"""Word shifts: the words that make a score of two articles differ, and that they add up to the difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from framing.analysis import Analysis, Dimension, Evidence, Ratio, Reading, Score, analyze
from framing.comparison.shift import COLUMNS, NO_CUE, shift
from framing.corpus import load_corpus
from framing.document import make_document

HEDGES = ("hedging", "hedge_cues", "", "", "all")
HEDGED = ("hedging", "hedged_sentences", "", "", "all")
TONE = ("tone", "mean_compound", "", "", "all")
POLARITY = ("stance", "mean_polarity", "", "russia", "all")


def analysis_of(text, id="text"):
    return analyze(make_document(text, id), resamples=0, model="lexicon")


@pytest.fixture(scope="module")
def teaching(repository):
    """Two articles on one event, with all voices in them."""
    documents, _ = load_corpus(
        [repository / "texts" / name for name in ("khmeimim-reportage.md", "khmeimim-opinion.md")]
    )
    return [analyze(document, resamples=0, model="lexicon") for document in documents]


def value(analysis, key):
    return next(score.value for score in analysis.scores if score.key == key)


def test_contributions_add_up_to_the_difference_of_every_ratio_score(teaching):
    a, b = teaching
    others = {score.key for score in b.scores}
    checked = set()
    for score in a.scores:
        if isinstance(score.formula, Ratio) and score.key in others:
            for one, other in ((a, b), (b, a)):
                frame = shift(one, other, score.key)
                difference = value(one, score.key) - value(other, score.key)
                assert frame.contribution.sum() == pytest.approx(difference, abs=1e-9), score.key
                assert frame.rate_a.sum() == pytest.approx(value(one, score.key), abs=1e-9), score.key
            checked.add(score.measure)
    assert checked == {
        "attributed_words", "attributions", "source_type_share", "verb_class_share", "form_share",
        "source_actor_share", "share", "hedged_sentences", "hedge_cues", "boosters", "loaded_terms",
        "loaded_sentences", "mean_polarity", "mentions", "mean_compound",
    }  # fmt: skip


def test_a_word_contributes_its_rate_here_less_its_rate_there():
    a = analysis_of("It may rain. It may snow. Perhaps it clears.")
    b = analysis_of("It may rain. The sky is grey.")
    frame = shift(a, b, HEDGES)
    assert tuple(frame.columns) == COLUMNS
    rows = frame.set_index("word")
    assert rows.loc["may", ["count_a", "count_b"]].tolist() == [2, 1]
    assert rows.loc["may", "contribution"] == pytest.approx(1000 * (2 / 9 - 1 / 7))
    assert rows.loc["perhaps", "contribution"] == pytest.approx(1000 * (1 / 9))
    assert frame.word.tolist() == ["perhaps", "may"]


def test_cases_and_line_breaks_make_no_other_word():
    a = analysis_of("Perhaps it rains. It was perhaps late.")
    b = analysis_of("It rains. It was late.")
    assert shift(a, b, HEDGES).word.tolist() == ["perhaps"]


def test_what_counts_a_sentence_once_is_divided_between_its_evidence():
    a = analysis_of("Perhaps it may rain. It is late. It may snow. Go home.")
    b = analysis_of("It rains. It is late.")
    rows = shift(a, b, HEDGED).set_index("word")
    assert rows.loc["perhaps", "contribution"] == pytest.approx(12.5)
    assert rows.loc["may", "contribution"] == pytest.approx(37.5)


def test_a_good_word_in_a_bad_sentence_counts_as_good():
    a = analysis_of("Officials called the brutal murder of a kind man a crime. It rained.")
    b = analysis_of("Officials met at noon. It rained.")
    rows = shift(a, b, TONE).set_index("word")
    assert rows.loc["kind", "contribution"] > 0
    assert rows.loc["murder", "contribution"] < rows.loc["crime", "contribution"] < 0


def test_stance_is_shifted_by_the_words_that_decide_it():
    a = analysis_of("The mayor praised Russia. Russia has ports.")
    b = analysis_of("The mayor condemned Russia. Russia has ports.")
    frame = shift(a, b, POLARITY)
    assert set(frame.word) == {"praised", "condemned"}
    assert (frame.contribution > 0).all()


def test_the_same_text_about_another_actor_shifts_the_same():
    a, b = "The mayor praised {}. {} has ports.", "The mayor condemned {}. {} has ports."
    frames = [
        shift(
            analysis_of(a.format(name, name)),
            analysis_of(b.format(name, name)),
            (*POLARITY[:3], actor, "all"),
        )
        for name, actor in (("Russia", "russia"), ("Ukraine", "ukraine"))
    ]
    assert frames[0].equals(frames[1])


def made(rows, id="made"):
    """An analysis with one hand-made mean of weights, a row per sentence: its value and the words that decide it."""
    document = make_document(" ".join("Grand plans failed." for _ in rows), id)
    evidence = tuple(
        Evidence("stance", "", sentence.start, sentence.end, weight, "russia", "author", extra={
            "mentions": [], "words": [[sentence.start + at, sentence.start + to, own] for at, to, own in words],
        })
        for sentence, (weight, words) in zip(document.sentences, rows, strict=True)
    )  # fmt: skip
    totals = np.array([[weight, 1.0] for weight, _ in rows])
    score = Score(
        "stance",
        "mean_polarity",
        None,
        "russia",
        "all",
        "",
        totals,
        Ratio(),
        len(rows),
        value=totals[:, 0].mean(),
    )
    dimension = Dimension("stance", "", "", "", "", "", "", {}, lambda markup, found: [])
    return Analysis(document, {"stance": Reading(dimension, evidence, (score,))}, (), {})


def test_what_the_words_do_not_explain_stays_with_the_sentence():
    """The one listed word is good, the sentence is bad: the rest has no word."""
    a, b = made([(-0.5, [(0, 5, 0.1)])]), made([(0.0, [])])
    rows = shift(a, b, POLARITY).set_index("word")
    assert rows.loc["grand", "contribution"] == pytest.approx(0.1 / np.sqrt(1.01))
    assert rows.loc["grand plans failed.", "contribution"] == pytest.approx(-0.5 - 0.1 / np.sqrt(1.01))


def test_a_sentence_without_listed_words_stands_for_itself_and_one_that_adds_nothing_is_left_out():
    a, b = made([(0.4, []), (0.0, [])]), made([(0.0, [])])
    frame = shift(a, b, POLARITY)
    assert frame.word.tolist() == ["grand plans failed."]
    assert frame.contribution.tolist() == [0.2]
    assert frame.count_a.tolist() == [1]


def test_what_is_missing_to_the_value_is_shared_by_the_words():
    a, b = made([(0.8, [(0, 5, 0.6), (12, 18, -0.2)])]), made([(0.0, [])])
    rows = shift(a, b, POLARITY).contribution
    assert rows.sum() == pytest.approx(0.8)
    assert len(rows) == 2


def test_attributed_words_count_for_their_cue_and_unclaimed_quotations_for_none():
    a = analysis_of(
        "The mayor said the road was closed. “We never had a chance to leave the town.” It rained."
    )
    b = analysis_of("It rained in the north. It snowed in the south.")
    rows = shift(a, b, ("attribution", "attributed_words", "", "", "all")).set_index("word")
    assert set(rows.index) == {"said", NO_CUE}
    words = a.document.words
    assert rows.loc["said", "contribution"] == pytest.approx(4 / words)
    assert rows.loc[NO_CUE, "contribution"] == pytest.approx(9 / words)


def test_what_a_ministry_says_counts_for_its_state():
    a = analysis_of("The Kremlin said it was late. Russia said it was early. Turkey warned of rain.")
    b = analysis_of("Turkey said it was late. Turkey warned of rain. Russia argued that it was early.")
    key = ("attribution", "source_actor_share", "", "russia", "all")
    rows = shift(a, b, key).set_index("word")
    assert rows.loc["said", ["count_a", "count_b"]].tolist() == [2, 0]
    assert rows.contribution.sum() == pytest.approx(value(a, key) - value(b, key))


def test_scores_that_are_no_sums_over_evidence_are_refused(teaching):
    for key in (
        ("readability", "gunning_fog", "", "", "all"),
        ("attribution", "effective_sources", "", "", "all"),
    ):
        with pytest.raises(ValueError, match="no word has a part in it"):
            shift(*teaching, key)


def test_a_score_that_is_missing_or_undefined_is_refused():
    a, b = analysis_of("It may rain.", "wet"), analysis_of("It rains. The mayor praised Russia.", "dry")
    with pytest.raises(ValueError, match="'wet' has no score stance mean_polarity russia all"):
        shift(b, a, POLARITY)
    with pytest.raises(ValueError, match="undefined in 'wet'"):
        shift(a, b, ("hedging", "hedge_cues", "", "", "headline"))


def test_evidence_that_does_not_make_the_score_is_refused():
    a = analysis_of("It may rain. It may snow.", "a")
    reading = replace(a.readings["hedging"], evidence=())
    broken = replace(a, readings={**a.readings, "hedging": reading})
    with pytest.raises(ValueError, match="does not add up"):
        shift(broken, a, HEDGES)
