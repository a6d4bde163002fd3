from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom

from framing.analysis import LEAST_SENTENCES, Analysis, Evidence, Reading, analyze, load_dimensions
from framing.comparison.differences import TOO_LITTLE
from framing.comparison.sourcing import (
    AUTHOR_COLUMNS,
    LEAST_CUES,
    NOT_FOUND,
    NOT_NAMED,
    NOT_USED,
    SPEAKER_COLUMNS,
    VERB_COLUMNS,
    VERB_DIFFERENCE_COLUMNS,
    author_and_sources,
    lemma,
    speakers,
    verb_differences,
    verbs,
)
from framing.corpus import load_corpus
from framing.document import make_document
from framing.lexicon import load_lexicon, surface_forms

TEXTS = Path(__file__).resolve().parent.parent / "texts"


@pytest.fixture(scope="module")
def articles():
    documents, _ = load_corpus(TEXTS)
    return [analyze(document, model="lexicon", resamples=0) for document in documents]


def analysis_of(text, id="text"):
    return analyze(make_document(text, id), resamples=0, model="lexicon")


def made(dimension, evidence, *, sentences=1, id="text"):
    """An analysis of one dimension with made-up evidence in a text of numbered sentences."""
    document = make_document(" ".join(f"Item {number} is here." for number in range(sentences)), id)
    reading = Reading(load_dimensions()[dimension], tuple(evidence), ())
    return Analysis(document, {dimension: reading}, (), {})


def cues(**sides):
    """Attributions of sides, as a string of verb classes for each: n, e, d or m."""
    classes = {"n": "neutral", "e": "endorsing", "d": "distancing", "m": "emotive"}
    return made(
        "attribution",
        [
            Evidence(
                "attribution", classes[letter], 0, 4, source_actor=side or None,
                extra={"source": None, "content": [], "form": "indirect", "source_type": None,
                       "verb_class": classes[letter]},
            )
            for side, letters in sides.items()
            for letter in letters
        ],
    )  # fmt: skip


def stances(author, attributed, *, actor="russia", id="text"):
    """An article with a sentence of the author for each value, then one of a source for each."""
    values = [("author", value) for value in author] + [("attributed", value) for value in attributed]
    analysis = made("stance", [], sentences=len(values), id=id)
    evidence = [
        Evidence("stance", "neutral", sentence.start, sentence.end, value, actor, voice)
        for sentence, (voice, value) in zip(analysis.document.sentences, values, strict=True)
    ]
    return made("stance", evidence, sentences=len(values), id=id)


# Who speaks


def test_speakers_come_in_the_order_of_the_text_with_their_words_and_places():
    text = (
        "Nothing was decided on Monday. “The harbour stays open for all ships,” said Anna Lind, the mayor. "
        "Officials said the road was closed."
    )
    analysis = analysis_of(text)
    lind, officials = speakers([analysis]).itertuples()
    assert (lind.source_type, officials.source_type) == ("named_person", "anonymous_official")
    assert (lind.attributions, lind.words, lind.longest) == (1, 7, 7)
    assert (officials.words, officials.longest) == (4, 4)
    assert lind.share == pytest.approx(7 / analysis.document.words)
    assert lind.position == pytest.approx(5 / analysis.document.words)
    assert text[lind.start : lind.end] == "said"
    assert "The harbour stays open for all ships" in text[lind.longest_start : lind.longest_end]
    assert text[officials.longest_start : officials.longest_end] == "the road was closed"


def test_the_longest_quote_is_the_longest_of_several_and_its_first_cue_the_first():
    text = (
        "Officials said it was late. The ferry left. Officials said the ferry had left the old harbour at noon. "
        "Officials said nothing was lost."
    )
    (row,) = speakers([analysis_of(text)]).itertuples()
    assert (row.attributions, row.longest) == (3, 9)
    assert text[row.longest_start : row.longest_end] == "the ferry had left the old harbour at noon"
    assert row.start == text.index("said")


def test_a_source_that_is_not_named_and_a_quotation_without_source_have_rows_of_their_own():
    text = "It is said that the harbour was sold. “Nobody ever asked us about the price.” The ferry left."
    frame = speakers([analysis_of(text)]).set_index("source_type")
    assert set(frame.index) == {NOT_NAMED, NOT_FOUND}
    loose = frame.loc[NOT_FOUND]
    assert (loose.attributions, loose.words, loose.longest) == (0, 7, 7)
    assert "Nobody ever asked us" in text[loose.start : loose.end]


def test_the_words_of_all_speakers_are_the_attributed_words(articles):
    frame = speakers(articles)
    for analysis in articles:
        (score,) = [score for score in analysis.scores if score.measure == "attributed_words"]
        rows = frame[frame.article == analysis.document.id]
        assert rows.words.sum() == score.totals[:, 0].sum()
        assert rows.share.sum() == pytest.approx(score.value)
        assert rows.attributions.sum() == len(analysis.readings["attribution"].evidence)
        assert rows.position.between(0, 1, inclusive="left").all()
        assert rows.position.is_monotonic_increasing


# Verbs


@pytest.mark.parametrize(
    ("cue", "base"),
    [
        ("said", "say"), ("has repeatedly claimed", "claim"), ("According to", "according to"),
        ("was told", "tell"), ("pointed out", "point out"), ("denies", "deny"), ("allegations", "allegation"),
        ("didn't admit", "admit"), ("would be tutting", "tutting"), ("did", "did"),
    ],
)  # fmt: skip
def test_a_cue_is_reduced_to_its_entry_or_left_without_auxiliaries(cue, base):
    assert lemma(cue) == base


def test_every_form_of_every_reporting_cue_finds_an_entry_that_has_it():
    for entry in load_lexicon("reporting").entries:
        for form in surface_forms(entry):
            found = lemma(" ".join(form), entry.category)
            assert any(
                form in surface_forms(other)
                for other in load_lexicon("reporting").entries
                if other.term == found
            ), form


def test_verbs_of_each_side_with_counts_shares_and_first_cue():
    text = (
        "Russia said the talks went well. Russia said the road was open. Russia claimed the bridge was safe. "
        "Ukraine said the road was closed. Locals said nothing had changed."
    )
    frame = verbs([analysis_of(text)])
    assert list(zip(frame.actor, frame.verb, frame["count"], strict=True)) == [
        ("russia", "say", 2), ("russia", "claim", 1), ("ukraine", "say", 1), ("", "say", 1),
    ]  # fmt: skip
    assert frame.share.tolist() == pytest.approx([2 / 3, 1 / 3, 1, 1])
    assert frame.verb_class.tolist() == ["neutral", "distancing", "neutral", "neutral"]
    claim = frame.iloc[1]
    assert text[claim.start : claim.end] == "claimed"


def test_a_part_speaks_for_its_whole_too_as_in_the_scores(articles):
    frame = verbs(articles)
    assert {"sharaa", "syria"} <= set(frame.actor)
    for analysis in articles:
        rows = frame[frame.article == analysis.document.id]
        scored = {
            score.actor: score.totals[:, 0].sum()
            for score in analysis.scores
            if score.measure == "source_actor_share"
        }
        assert rows[rows.actor != ""].groupby("actor")["count"].sum().to_dict() == scored


def test_shares_of_a_side_add_up_to_one(articles):
    sums = verbs(articles).groupby(["article", "actor"]).share.sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))


def test_fishers_test_equals_the_lady_tasting_tea():
    """Fisher 1935, ch. 2: of eight cups, three of four told right; both sides of that: 34/70."""
    frame = verb_differences([cues(russia="nnnd" * 2, ukraine="dddn" * 2)]).set_index("verb_class")
    row = frame.loc["neutral"]
    assert (row.count_a, row.n_a, row.count_b, row.n_b) == (6, 8, 2, 8)
    draws = hypergeom(16, 8, 8).pmf(range(9))
    assert row.p == pytest.approx(draws[draws <= draws[6] * (1 + 1e-9)].sum())
    assert row.difference == pytest.approx(0.5)
    assert frame.loc["emotive"].note == NOT_USED
    assert np.isnan(frame.loc["emotive"].p)


def test_q_is_over_all_rows_that_were_tested():
    frame = verb_differences([cues(russia="n" * 12, ukraine="d" * 12, israel="nd" * 6, iran="n")])
    tested = frame[frame.p.notna()]
    assert len(tested) == 6
    assert tested.q.to_numpy() == pytest.approx(false_discovery_control(tested.p.to_numpy()))
    apart = tested[(tested.a == "russia") & (tested.b == "ukraine")]
    assert (apart.q < 0.001).all()


def test_sides_with_few_cues_are_not_tested_and_parts_not_set_against_their_whole():
    few = "n" * (LEAST_CUES - 1)
    frame = verb_differences([cues(russia="nnnnn", iran=few, putin="ddddd", **{"": "nnnnnnnn"})])
    assert set(zip(frame.a, frame.b, strict=True)) == {("putin", "iran"), ("russia", "iran")}
    assert set(frame.note) == {TOO_LITTLE}
    assert frame[["p", "q"]].isna().all(axis=None)
    assert frame[frame.a == "russia"].n_a.unique().tolist() == [10]


def test_exchanging_two_sides_exchanges_their_rows():
    one = verb_differences([cues(russia="nnnnnnd", ukraine="dddddn")])
    other = verb_differences([cues(ukraine="nnnnnnd", russia="dddddn")])
    assert one.a.tolist() == other.b.tolist()
    columns = [name for name in VERB_DIFFERENCE_COLUMNS if name not in ("a", "b")]
    pd.testing.assert_frame_equal(one[columns], other[columns])


def test_verbs_are_compared_over_all_articles_together():
    together = verb_differences([cues(russia="nnn", ukraine="ddd"), cues(russia="nnn", ukraine="ddd")])
    pd.testing.assert_frame_equal(together, verb_differences([cues(russia="nnnnnn", ukraine="dddddd")]))


# The author and the quoted


def test_the_author_is_set_against_the_sources():
    row = author_and_sources([stances([0.5, 0.7] * 6, [-0.5, -0.3] * 6)]).iloc[0]
    assert (row.author, row.attributed, row.difference) == pytest.approx((0.6, -0.4, 1.0))
    assert (row.n_author, row.n_attributed) == (12, 12)
    assert 0.8 < row.low < 1 < row.high < 1.2
    assert row.p < 0.01
    assert row.q == row.p
    assert row.note == ""


def test_few_sentences_on_a_side_are_said_and_not_tested():
    row = author_and_sources([stances([0.1] * 9, [0.2] * (LEAST_SENTENCES - 1))]).iloc[0]
    assert row.note == TOO_LITTLE
    assert row.difference == pytest.approx(-0.1)
    assert np.isnan([row.low, row.high, row.p, row.q]).all()
    alone = author_and_sources([stances([0.1] * 9, [])]).iloc[0]
    assert (alone.author, alone.n_attributed) == (pytest.approx(0.1), 0)
    assert np.isnan([alone.attributed, alone.difference]).all()


def test_means_are_those_of_the_scores(articles):
    frame = author_and_sources(articles, resamples=0).set_index(["article", "actor"])
    checked = 0
    for analysis in articles:
        for score in analysis.scores:
            if score.measure == "mean_polarity" and score.voice in ("author", "attributed"):
                row = frame.loc[analysis.document.id, score.actor]
                assert row[score.voice] == pytest.approx(score.value)
                assert row[f"n_{score.voice}"] == score.n
                checked += 1
    assert checked > 50


def test_an_article_is_tested_alike_whoever_stands_beside_it():
    a, b = stances([0.1, -0.4, 0.3] * 4, [0.2, 0.5] * 4, id="a"), stances([0.4] * 6, [0.1, 0.3] * 5, id="b")
    alone, among = author_and_sources([a]), author_and_sources([b, a])
    columns = [name for name in AUTHOR_COLUMNS if name != "q"]
    assert alone.iloc[0][columns].tolist() == among.iloc[1][columns].tolist()
    pd.testing.assert_frame_equal(alone, author_and_sources([a]))


def test_under_no_difference_few_are_flagged_and_intervals_cover():
    random = np.random.default_rng(5)
    rows = []
    for trial in range(150):
        author, attributed = random.normal(0, 0.3, size=20), random.normal(0, 0.3, size=15)
        rows.append(author_and_sources([stances(author, attributed, id=str(trial))], resamples=300).iloc[0])
    frame = pd.DataFrame(rows)
    assert (frame.p <= 0.05).mean() <= 0.09
    assert 0.88 <= frame.low.le(0).mul(frame.high.ge(0)).mean() <= 0.99


def test_without_evidence_frames_are_empty_with_the_same_columns():
    for analyses in ([], [analysis_of("")], [analyze("It rained.", dimensions=["tone"], model="lexicon")]):
        for frame, columns in (
            (speakers(analyses), SPEAKER_COLUMNS),
            (verbs(analyses), VERB_COLUMNS),
            (verb_differences(analyses), VERB_DIFFERENCE_COLUMNS),
            (author_and_sources(analyses), AUTHOR_COLUMNS),
        ):
            assert frame.empty
            assert list(frame.columns) == list(columns)
