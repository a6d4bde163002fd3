"""Dispersion of terms and of evidence through an article."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import analyze
from framing.comparison.dispersion import (
    COLUMNS,
    PARTS,
    deviation_of_proportions,
    dispersion,
    expected_deviation,
)
from framing.document import make_document

PLAIN = "Boats came in at noon and left at one. "


def analysis_of(text, id="text"):
    return analyze(make_document(text, id), resamples=0, model="lexicon")


def test_dp_equals_a_worked_example():
    """Gries 2008: half the sum of |use − size|. Parts of 4, 3 and 3 words; 1, 0 and 3 uses of 4."""
    dp = (abs(1 / 4 - 4 / 10) + abs(0 - 3 / 10) + abs(3 / 4 - 3 / 10)) / 2
    assert deviation_of_proportions([0, 7, 8, 9], 10, parts=3) == pytest.approx(dp / (1 - 3 / 10))


def test_dp_is_1_where_the_smallest_part_has_all_uses_and_0_where_all_have_their_share():
    assert deviation_of_proportions([8, 9], 10, parts=3) == 1
    assert deviation_of_proportions(range(10), 10, parts=3) == pytest.approx(0)


@given(
    st.integers(PARTS, 400).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n - 1), min_size=1))
    )
)
def test_dp_stays_within_its_range(text):
    words, places = text
    assert -1e-12 <= deviation_of_proportions(places, words) <= 1 + 1e-12


def test_dp_is_undefined_without_uses_or_with_fewer_words_than_parts():
    assert np.isnan([deviation_of_proportions([], 100), deviation_of_proportions([1], PARTS - 1)]).all()
    assert np.isnan([expected_deviation(0, 100), expected_deviation(1, PARTS - 1)]).all()


@pytest.mark.parametrize(("count", "words"), [(1, 100), (3, 97), (12, 213)])
def test_what_is_expected_is_what_random_uses_give_on_average(count, words):
    random = np.random.default_rng(count)
    drawn = [deviation_of_proportions(random.integers(0, words, count).tolist(), words) for _ in range(3000)]
    assert np.mean(drawn) == pytest.approx(expected_deviation(count, words), abs=0.01)


def test_a_term_in_one_place_is_less_spread_than_one_that_runs_through():
    through = PLAIN * 20
    one_place = through.replace("noon", "dawn", 4)
    frame = dispersion([analysis_of(through, "a"), analysis_of(one_place, "b")], "Boats")
    assert tuple(frame.columns) == COLUMNS
    assert frame.dispersion.tolist() == pytest.approx([0, 0])
    dawn = dispersion([analysis_of(one_place)], "dawn").iloc[0]
    assert dawn["count"] == 4
    assert dawn.n == 180
    assert dawn.dispersion > dawn.expected
    assert (dawn["first"], dawn["last"]) == pytest.approx((4 / 180, 31 / 180))


def test_a_term_is_found_in_any_case_and_within_sentences_only():
    text = "BOATS LEFT. Left boats left early. Boats. Left alone they rust in the sun by the old sea wall."
    frame = dispersion([analysis_of(text)], "boats left")
    assert frame["count"].tolist() == [2]


def test_a_term_that_is_not_used_has_no_dispersion():
    row = dispersion([analysis_of(PLAIN * 20)], "goats").iloc[0]
    assert row["count"] == 0
    assert np.isnan([row.dispersion, row.expected, row["first"], row["last"]]).all()


def test_a_term_without_words_is_an_error():
    with pytest.raises(ValueError, match="no word"):
        dispersion([analysis_of(PLAIN)], "  ")


def test_paragraphs_make_no_difference():
    one, many = analysis_of(PLAIN * 20), analysis_of((PLAIN.strip() + "\n\n") * 20)
    for term in ("noon", "boats"):
        frames = [dispersion([each], term) for each in (one, many)]
        assert frames[0].equals(frames[1])


def test_evidence_is_dispersed_by_dimension_and_label():
    analysis = analysis_of("It may rain. It perhaps snows. " + PLAIN * 10 + "It is said to clear. ")
    frame = dispersion([analysis])
    hedges = frame[frame.dimension == "hedging"].set_index("label")
    items = analysis.readings["hedging"].evidence
    assert hedges.loc["", "count"] == len(items) == hedges["count"].sum() / 2
    assert set(hedges.index) == {"", *(item.label for item in items)}
    assert hedges.loc["", "first"] == pytest.approx(1 / analysis.document.words)


def test_without_articles_the_frame_is_empty_with_its_columns():
    assert tuple(dispersion([]).columns) == COLUMNS
    assert dispersion([]).empty
