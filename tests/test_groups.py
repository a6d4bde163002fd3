"""Groups of articles: whom they hold, what their pooled scores are, and when two are called different."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from framing.analysis import Analysis, Dimension, Ratio, Reading, Score, analyze
from framing.comparison.differences import COLUMNS, NOT_TESTED, adjusted, permutation_p
from framing.comparison.groups import (
    LEAST_ARTICLES,
    TOO_FEW,
    group_differences,
    group_of,
    group_scores,
    grouped,
)
from framing.comparison.rows import SCORE_COLUMNS
from framing.dimensions.attribution import inverse_simpson
from framing.document import make_document

RAIN = "Rain fell on the coast. The minister may visit the harbour. He reportedly said nothing. Boats stayed in. It rained on."


def article(id, totals, *, measure="rate", formula=None, exchangeable=True, **meta):
    """An analysis with one hand-made score."""
    formula = formula or Ratio()
    totals = np.array(totals, dtype=float)
    value = float(formula(totals.sum(axis=0)))
    score = Score(
        "made", measure, None, None, "all", "per word", totals, formula, len(totals), exchangeable, value
    )
    dimension = Dimension("made", "Made", "", "", "", "", "", {}, lambda markup, evidence: [])
    return Analysis(
        make_document("Sentence. " * len(totals), id, **meta),
        {"made": Reading(dimension, (), (score,))},
        (),
        {},
    )


def articles(outlet, rates, *, sentences=6, words=10, **options):
    return [
        article(f"{outlet}-{number}", [[rate, words]] * sentences, outlet=outlet, **options)
        for number, rate in enumerate(rates)
    ]


# Who belongs where


@pytest.mark.parametrize(
    ("meta", "by", "group"),
    [
        ({"outlet": "The  Gazette"}, "outlet", "The Gazette"),
        ({"outlet": ""}, "outlet", "not given"),
        ({"wordcount": 500}, "wordcount", "500"),
        ({"score": float("nan")}, "score", "not given"),
        ({"date": "2026-11-22"}, "date", "2026-11-22"),
        ({"date": "2026-11-22"}, "year", "2026"),
        ({"date": "2026-11-22T10:00:00Z"}, "month", "2026-11"),
        ({"date": "2026-1"}, "month", "2026-01"),
        ({"date": date(2026, 3, 9)}, "month", "2026-03"),
        ({"date": "22 November 2026"}, "month", "2026-11"),
        ({"date": "about noon or so"}, "year", "not given"),
        ({"date": "22/11/2026"}, "year", "2026"),
        ({"date": "05/06/2026"}, "month", "not given"),
        ({"date": "2026-13-01"}, "month", "not given"),
        ({"date": "2026"}, "month", "not given"),
        ({"date": "2026-11-22", "year": 1999}, "year", "1999"),
        ({}, "year", "not given"),
    ],
)
def test_the_group_of_an_article(meta, by, group):
    assert group_of(article("a", [[1, 1]], **meta), by) == group


def test_groups_are_sorted_by_name_and_what_is_not_given_comes_last():
    given = [article(id, [[1, 1]], **meta) for id, meta in (
        ("a", {"outlet": "Wire"}), ("b", {}), ("c", {"outlet": "Dawn"}), ("d", {"outlet": "Wire"}),
    )]  # fmt: skip
    groups = grouped(given, "outlet")
    assert list(groups) == ["Dawn", "Wire", "not given"]
    assert [analysis.document.id for analysis in groups["Wire"]] == ["a", "d"]


def test_a_column_that_no_article_has_is_an_error_that_lists_those_there_are():
    with pytest.raises(ValueError, match=r"no article has 'outlt'.*genre, outlet.*Did you mean 'outlet'\?"):
        grouped([article("a", [[1, 1]], outlet="Wire", genre="news")], "outlt")
    assert grouped([], "outlet") == {}


# Scores


def test_a_group_is_worth_its_pooled_totals_and_not_the_mean_of_its_articles():
    long, short = article("a", [[1, 10]] * 9, outlet="o"), article("b", [[5, 10]], outlet="o")
    frame = group_scores([long, short], "outlet")
    assert list(frame.columns) == ["group", "articles", *SCORE_COLUMNS]
    row = frame.iloc[0]
    assert row.value == pytest.approx((9 + 5) / 100)
    assert (row.group, row.articles, row.n) == ("o", 2, 10)


def test_pooled_scores_equal_those_of_one_article_with_all_the_text():
    """Sentences that nothing connects: analysed apart and pooled, or together, they score the same."""
    parts = [analyze(make_document(RAIN, str(n), outlet="o"), model="lexicon", resamples=0) for n in range(3)]
    whole = analyze(make_document("\n\n".join([RAIN] * 3), "whole"), model="lexicon", resamples=0)
    pooled = group_scores(parts, "outlet", resamples=0).fillna({"label": "", "actor": ""})
    values = {
        (row.dimension, row.measure, row.label, row.actor, row.voice): (row.value, row.n)
        for row in pooled.itertuples()
    }
    checked = 0
    for score in whole.scores:
        if score.exchangeable:
            assert values[score.key] == pytest.approx((score.value, score.n), nan_ok=True), score.key
            checked += not np.isnan(score.value)
    assert checked > 30


def test_intervals_of_groups_are_over_articles_and_not_over_sentences():
    """Sentences alike within each article, articles apart: a bootstrap of sentences would find it far too certain."""
    apart = group_scores(articles("o", [0, 1, 2, 3, 4, 5], sentences=50), "outlet").iloc[0]
    few = group_scores(articles("o", [0, 1, 2, 3, 4, 5], sentences=5), "outlet").iloc[0]
    assert apart.low < 0.15
    assert apart.high > 0.35
    assert (few.low, few.high) == pytest.approx((apart.low, apart.high))


def test_below_the_least_number_of_articles_a_group_has_no_interval():
    enough = articles("enough", range(LEAST_ARTICLES))
    too_few = articles("few", range(LEAST_ARTICLES - 1))
    silent = [article(f"silent-{n}", [[0, 0]], outlet="few") for n in range(4)]
    frame = group_scores([*enough, *too_few, *silent], "outlet").set_index("group")
    assert frame.loc["enough", "low"] < frame.loc["enough", "value"] < frame.loc["enough", "high"]
    assert np.isnan([frame.loc["few", "low"], frame.loc["few", "high"]]).all()
    assert frame.loc["few", "articles"] == LEAST_ARTICLES - 1


def test_a_score_that_some_articles_lack_is_pooled_from_those_that_have_it():
    mixed = [*articles("o", [2] * 6), *(a for a in articles("o", [7] * 2, measure="other"))]
    mixed = [
        a if n < 6 else article(f"x{n}", [[7, 10]], measure="other", outlet="o") for n, a in enumerate(mixed)
    ]
    frame = group_scores(mixed, "outlet").set_index("measure")
    assert frame.articles.to_dict() == {"rate": 6, "other": 2}
    assert frame.value.to_dict() == pytest.approx({"rate": 0.2, "other": 0.7})


def test_kinds_of_each_articles_own_are_not_pooled():
    one = article("a", [[5, 5]], formula=inverse_simpson, exchangeable=False, outlet="o")
    other = article("b", [[1, 1, 1, 1]], formula=inverse_simpson, exchangeable=False, outlet="o")
    nothing = article("c", [[0]], formula=inverse_simpson, exchangeable=False, outlet="o")
    row = group_scores([one, other, nothing], "outlet").iloc[0]
    assert row.value == pytest.approx((2 + 4) / 2)
    assert np.isnan(row.low)
    assert row.articles == 2


# Differences


def test_groups_that_differ_are_told_apart_and_equal_ones_are_not():
    high, low = articles("high", [5, 6, 7] * 4), articles("low", [1, 2, 3] * 4)
    row = group_differences([*high, *low], "outlet").iloc[0]
    assert (row.a, row.b) == ("high", "low")
    assert row.difference == pytest.approx(0.4)
    assert row.low > 0
    assert row.p < 0.01
    assert row.effect == 1
    assert (row.articles_a, row.sentences_a, row.n_a, row.note) == (12, 72, 72, "")
    twins = group_differences([*low, *articles("twin", [1, 2, 3] * 4)], "outlet").iloc[0]
    assert twins.p == 1
    assert twins.effect == 0


def test_the_columns_are_those_of_differences_and_two_more_also_of_an_empty_frame():
    frame = group_differences(articles("o", [1] * 6), "outlet")
    assert frame.empty
    assert tuple(frame.columns) == (*COLUMNS, "articles_a", "articles_b")
    assert group_differences([], "outlet").empty
    assert list(group_scores([], "outlet").columns) == ["group", "articles", *SCORE_COLUMNS]


def test_too_few_articles_are_said_and_not_tested():
    """Many sentences make no difference: four articles are four."""
    few, many = articles("few", [9] * (LEAST_ARTICLES - 1), sentences=40), articles("many", [1, 2] * 5)
    row = group_differences([*few, *many], "outlet").iloc[0]
    assert row.note == TOO_FEW
    assert row.difference == pytest.approx(0.75)
    assert np.isnan([row.low, row.high, row.p, row.q, row.effect]).all()


def test_kinds_of_each_articles_own_are_not_tested():
    made = [
        article(f"{outlet}{n}", [[1] * (n + 1)], formula=inverse_simpson, exchangeable=False, outlet=outlet)
        for outlet in "ab"
        for n in range(6)
    ]
    row = group_differences(made, "outlet").iloc[0]
    assert row.note == NOT_TESTED
    assert np.isnan(row.p)


def test_p_permutes_articles_with_all_their_sentences():
    a, b = [1, 4, 2, 8, 5], [7, 9, 3, 8, 9, 6]
    row = group_differences([*articles("a", a), *articles("b", b)], "outlet", seed=3, resamples=500).iloc[0]
    sums = [np.array([[rate * 6, 60] for rate in rates], dtype=float) for rates in (a, b)]
    assert [row.p] == permutation_p([sums[0]], [sums[1]], [Ratio()], seed=3, resamples=500)


def test_false_discovery_is_controlled_over_all_pairs():
    random = np.random.default_rng(2)
    made = [a for outlet in "abcd" for a in articles(outlet, random.poisson(5, size=8))]
    frame = group_differences(made, "outlet", resamples=200)
    assert len(frame) == 6
    assert frame.q.tolist() == adjusted(frame.p).tolist()
    assert (frame.q > frame.p).any()


def test_groups_swap_their_signs_when_their_names_swap():
    made = [*articles("a", [1, 2, 3, 4, 5]), *articles("b", [4, 5, 6, 7, 8])]
    swapped = [*articles("b", [1, 2, 3, 4, 5]), *articles("a", [4, 5, 6, 7, 8])]
    one, other = (group_differences(each, "outlet").iloc[0] for each in (made, swapped))
    assert one.difference == pytest.approx(-other.difference)
    assert one.effect == pytest.approx(-other.effect)
    assert one.p == pytest.approx(other.p, abs=0.01)


def test_the_same_articles_give_the_same_frames_in_whatever_order_the_groups_come():
    made = [*articles("a", [1, 2, 3, 4, 5]), *articles("b", [4, 5, 6, 7, 8])]
    for frame in (group_scores, group_differences):
        pd.testing.assert_frame_equal(frame(made, "outlet"), frame([*made[5:], *made[:5]], "outlet"))
