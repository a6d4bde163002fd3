from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from framing.analysis import LEAST_SENTENCES, Analysis, Dimension, Ratio, Reading, Score, analyze
from framing.comparison.compare import compare
from framing.comparison.differences import (
    NOT_TESTED,
    TOO_LITTLE,
    adjusted,
    cliffs_delta,
    differences,
    permutation_p,
)
from framing.comparison.intervals import (
    BLOCK,
    _quantiles_of_each,
    _ranks,
    accelerated,
    blocks,
    drawn_sums,
    percentiles,
    resampled_sums,
    student,
)
from framing.comparison.naming import naming
from framing.comparison.rows import evidence_frame, scores_frame, supporting
from framing.dimensions.attribution import inverse_simpson
from framing.document import make_document

PLAIN = (
    "The council met on Monday. It discussed the road to the harbour. The mayor read out the budget. "
    "Two members asked about the bridge. The bridge was built long ago. The session ended at noon. "
    "Nobody spoke against the plan. The next session is in March."
)
CAUTIOUS = (
    "The council may have met on Monday. It perhaps discussed the road to the harbour. The mayor possibly read out "
    "the budget. Two members reportedly asked about the bridge. The bridge might be old. The session probably ended "
    "at noon. It seems that nobody spoke against the plan. The next session could be in March."
)


def analysis_of(id, totals, *, measure="rate", formula=None, exchangeable=True):
    """An analysis with one hand-made score."""
    formula = formula or Ratio()
    value = float(formula(totals.sum(axis=0)))
    score = Score(
        "made", measure, None, None, "all", "per sentence", totals, formula, len(totals), exchangeable, value
    )
    dimension = Dimension("made", "Made", "", "", "", "", "", {}, lambda markup, evidence: [])
    sentences = " ".join(f"Sentence {number} is here." for number in range(len(totals)))
    return Analysis(make_document(sentences, id), {"made": Reading(dimension, (), (score,))}, (), {})


def counts(values: list[float]) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


# Intervals


def interval(totals, formula, *, seed=0, resamples=1000):
    """The bootstrap interval of one score, as `analyze` gets its."""
    (sums,) = resampled_sums([totals], seed=seed, resamples=resamples)
    whole = totals.sum(axis=0)
    ends = accelerated(
        formula(sums)[None],
        formula(whole)[None],
        formula(whole - totals)[None],
        np.array([float(np.count_nonzero(totals.any(axis=1)))]),
    )
    return tuple(float(end[0]) for end in ends)


def test_an_interval_holds_the_value_and_narrows_with_more_sentences():
    random = np.random.default_rng(1)
    few, many = (counts(list(random.poisson(2, size=size))) for size in (20, 500))
    spans = []
    for totals in (few, many):
        low, high = interval(totals, Ratio())
        assert low <= totals[:, 0].mean() <= high
        spans.append(high - low)
    assert spans[1] < spans[0] / 2


def test_analyze_gives_the_interval_of_the_function():
    """Scores worked out many at once get what each would get alone."""
    analysis = analyze(CAUTIOUS, model="lexicon", resamples=300, seed=4)
    given = {score.key: (score.low, score.high) for score in analysis.scores}
    checked = 0
    for score in analysis.scores:
        if score.exchangeable and not np.isnan(score.low):
            alone = interval(score.totals, score.formula, seed=4, resamples=300)
            assert given[score.key] == pytest.approx(alone, rel=1e-12, abs=1e-12), score.key
            checked += 1
    assert checked > 20


def test_an_interval_without_skew_or_bias_is_that_of_the_widened_percentiles():
    """Hesterberg 2015: the level follows t with n − 1 degrees of freedom and the factor sqrt(n / (n − 1))."""
    drawn = np.linspace(-1, 1, 1001)
    left_out = np.array([-0.1, 0.1] * 5)
    low, high = accelerated(drawn[None], np.zeros(1), left_out[None], np.array([10.0]))
    share = stats.norm.cdf(np.sqrt(10 / 9) * stats.t.ppf(0.975, 9))
    assert (low[0], high[0]) == pytest.approx(
        tuple(np.quantile(drawn, (1 - share, share), method="hazen")), abs=1e-5
    )


def test_an_interval_equals_the_bca_of_scipy_where_it_is_not_widened():
    """With very many sentences t is normal, and what is left is Efron's BCa, which scipy has too."""
    sample = np.random.default_rng(3).exponential(size=60)
    theirs = stats.bootstrap((sample,), np.mean, rng=np.random.default_rng(5), method="BCa")
    drawn, left_out = theirs.bootstrap_distribution, (sample.sum() - sample) / 59
    ours = accelerated(drawn[None], sample.mean()[None], left_out[None], np.array([1e9]))
    ends = theirs.confidence_interval
    assert [end[0] for end in ours] == pytest.approx([ends.low, ends.high], rel=1e-3)
    assert (np.array([ends.low, ends.high]) > np.quantile(drawn, (0.025, 0.975)) + 0.005).all()


def test_a_quantile_of_values_that_repeat_lies_between_them():
    """Mid-quantiles: half of the draws are 0, half 1, so 0 stands for the lowest quarter and 1 for the highest."""
    drawn = np.array([[0.0] * 500 + [1.0] * 500])
    shares = (0.1, 0.25, 0.5, 0.6, 0.75, 1.0)
    found = _quantiles_of_each(drawn, np.array([1000]), np.array(shares)[:, None])
    assert found[:, 0] == pytest.approx([0, 0, 0.5, 0.7, 1, 1])


@pytest.mark.parametrize("count", [1, 2, 7, 8, 1000])
def test_ranks_are_what_counting_finds(count: int):
    random = np.random.default_rng(count)
    drawn = random.integers(0, 6, (20, count)) / 5
    drawn[random.random(drawn.shape) < 0.2] = np.nan
    ordered = np.sort(drawn, axis=-1)
    limits = np.array([np.full(20, limit) for limit in (-1, 0, 0.4, 0.5, 1, 2, np.nan)])
    assert np.array_equal(_ranks(ordered, limits), [(ordered < row[:, None]).sum(axis=-1) for row in limits])


@pytest.mark.parametrize("rows", [200, 600])
def test_the_sums_of_a_table_do_not_depend_on_what_kind_of_numbers_stands_beside_it(rows: int):
    random = np.random.default_rng(rows)
    whole, shares = random.integers(0, 9, (40, rows)).astype(float), random.random((3, rows))
    together = drawn_sums(np.concatenate([whole, shares]), seed=1, resamples=50)
    assert np.array_equal(together[:40], drawn_sums(whole, seed=1, resamples=50))
    assert together[40:] == pytest.approx(drawn_sums(shares, seed=1, resamples=50), rel=1e-12)
    always = np.ones((1, rows))
    assert (drawn_sums(always, seed=1, resamples=50) == rows).all()


def test_an_interval_counts_what_is_defined_and_keeps_what_is_all_the_same():
    drawn = np.array([[0.0, 1.0, np.nan] * 100, [2.0] * 300, [np.nan] * 300, [0.0, 1.0, 2.0] * 100])
    value = np.array([0.5, 2.0, np.nan, np.nan])
    left_out = np.array([[0.4, 0.6, np.nan, 0.5, 0.5, 0.5]] * 4)
    low, high = accelerated(drawn, value, left_out, np.full(4, 6.0))
    assert (low[0], high[0]) == (0, 1)
    assert (low[1], high[1]) == (2, 2)
    assert np.isnan([low[2:], high[2:]]).all()


def test_a_lone_event_keeps_the_interval_within_what_was_drawn():
    """Of five sentences only one has the event: the acceleration is as large as it can be."""
    low, high = interval(counts([0, 0, 0, 0, 5]), Ratio())
    assert 0 <= low <= 1 <= high <= 5


def test_the_quantiles_of_student_are_those_of_scipy():
    freedom = np.array([4.0, 5.0, 10.0, 30.0, 1e6])
    assert student(freedom, 0.975) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-3)
    assert student(freedom[2:], 0.975) == pytest.approx(stats.t.ppf(0.975, freedom[2:]), rel=1e-5)


def test_resamples_are_repeatable_and_keep_the_number_of_sentences():
    totals = counts([0, 1, 2, 3, 4])
    (sums,) = resampled_sums([totals], seed=3, resamples=50)
    assert sums.shape == (50, 2)
    assert np.array_equal([sums], resampled_sums([totals], seed=3, resamples=50))
    assert not np.array_equal([sums], resampled_sums([totals], seed=4, resamples=50))
    assert set(sums[:, 1]) == {5.0}


def test_tables_side_by_side_see_the_same_resamples_and_not_each_other():
    left, right = counts([0.1, 0.7, 5.3, 2.2]), counts([3, 3, 0, 1])
    together = resampled_sums([left, right], seed=5, resamples=20)
    assert np.array_equal(together[:1], resampled_sums([left], seed=5, resamples=20))
    assert np.array_equal(together[1:], resampled_sums([right], seed=5, resamples=20))


@pytest.mark.parametrize(("sentences", "resamples"), [(0, 10), (3, 0)])
def test_without_sentences_or_resamples_the_interval_is_undefined(sentences, resamples):
    assert np.isnan(interval(np.ones((sentences, 2)), Ratio(), resamples=resamples)).all()


def test_percentiles_are_those_of_the_defined_values():
    random = np.random.default_rng(2)
    values = random.normal(size=(5, 400))
    values[1, ::3] = np.nan
    values[2, 1:] = np.nan
    values[3] = np.nan
    low, high = percentiles(values, level=0.9)
    for row in (0, 1, 2, 4):
        defined = values[row][~np.isnan(values[row])]
        assert (low[row], high[row]) == pytest.approx(tuple(np.quantile(defined, (0.05, 0.95))))
    assert np.isnan([low[3], high[3]]).all()
    assert percentiles(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)


def test_blocks_draw_what_one_draw_would(monkeypatch):
    totals = counts(list(range(30)))
    whole = resampled_sums([totals], seed=1, resamples=100)
    monkeypatch.setattr("framing.comparison.intervals.BLOCK", 300)
    assert np.array_equal(whole, resampled_sums([totals], seed=1, resamples=100))


def test_long_texts_are_resampled_in_blocks_that_add_up():
    sizes = list(blocks(1000, BLOCK // 100))
    assert sum(sizes) == 1000
    assert max(sizes) == 100


# Differences


def test_a_clear_difference_is_found_and_an_identity_is_not():
    low, high = analysis_of("low", counts([0, 1] * 10)), analysis_of("high", counts([5, 6] * 10))
    row = differences([high, low]).iloc[0]
    assert row.difference == pytest.approx(5)
    assert row.low > 0
    assert row.p < 0.01
    assert row.q == pytest.approx(row.p)
    assert row.effect == 1
    assert row.note == ""
    same = differences([low, analysis_of("again", counts([0, 1] * 10))]).iloc[0]
    assert same.difference == 0
    assert same.p == 1
    assert same.low < 0 < same.high
    assert same.effect == 0


def test_too_little_text_is_said_and_not_tested():
    short = analysis_of("short", counts([4.0] * (LEAST_SENTENCES - 1)))
    row = differences([short, analysis_of("long", counts([0.0, 1.0] * 10))]).iloc[0]
    assert row.note == TOO_LITTLE
    assert row.value_a == 4
    assert row.sentences_a == LEAST_SENTENCES - 1
    assert np.isnan([row.low, row.high, row.p, row.q, row.effect]).all()


def test_a_score_that_one_article_lacks_is_kept():
    a = analysis_of("a", counts([1.0] * 9))
    b = analysis_of("b", counts([1.0] * 9), measure="other")
    frame = differences([a, b])
    assert list(frame.measure) == ["rate", "other"]
    assert set(frame.note) == {TOO_LITTLE}


def test_under_no_difference_p_is_uniform():
    random = np.random.default_rng(11)
    p = []
    for trial in range(200):
        a, b = (counts(list(random.poisson(1.5, size=25))) for _ in range(2))
        p += permutation_p([a], [b], [Ratio()], seed=trial, resamples=199)
    assert np.mean(np.array(p) <= 0.05) <= 0.09
    assert 0.4 <= np.mean(p) <= 0.6


def test_permutation_p_equals_a_worked_example():
    """Three against three: 2 of the 20 splits are as far apart as the observed one, whatever the formula."""
    a, b = counts([1.0, 2.0, 3.0]), counts([7.0, 8.0, 9.0])
    exact = 2 / 20
    p = permutation_p([a, a], [b, b], [Ratio(), total], resamples=20_000)
    assert p == pytest.approx([exact, exact], abs=0.01)


def total(sums):
    return sums[..., 0]


def test_a_test_without_permutations_or_difference_has_no_p():
    a, b = counts([1.0, 2.0]), counts([3.0, 4.0])
    empty = np.zeros((2, 2))
    assert np.isnan(permutation_p([a], [b], [Ratio()], resamples=0)).all()
    assert np.isnan(permutation_p([a], [empty], [Ratio()], resamples=50)).all()
    assert permutation_p([], [], []) == []


def test_intervals_of_a_pair_do_not_depend_on_who_else_is_compared():
    a, b, c = (analysis_of(id, counts(list(range(n)))) for id, n in (("a", 8), ("b", 9), ("c", 12)))
    alone, among = differences([a, b]).iloc[0], differences([c, a, b])
    together = among[(among.a == "a") & (among.b == "b")].iloc[0]
    columns = ["difference", "low", "high", "p", "effect"]
    assert alone[columns].tolist() == together[columns].tolist()


def test_few_scattered_sentences_against_many_alike_do_not_seem_to_differ():
    """Sides of unequal size and spread: exchanging sentences alone would call this a clear difference."""
    few = analysis_of("few", counts([0.0, -0.4, 0.5, -0.9, -0.3]))
    many = analysis_of("many", counts([0.0, 0.1, -0.1, 0.0] * 6))
    row = differences([few, many]).iloc[0]
    assert row.low < 0 < row.high
    assert row.p > 0.1


def test_what_counts_kinds_of_its_own_article_is_not_tested():
    """Two sources here and three there are other sources: no shuffling of sentences makes them the same."""
    even = np.tile([[5.0, 0.0], [0.0, 5.0]], (6, 1))
    three = np.tile(np.eye(3) * 5.0, (4, 1))
    a = analysis_of("a", even, formula=inverse_simpson, exchangeable=False)
    b = analysis_of("b", three, formula=inverse_simpson, exchangeable=False)
    row = differences([a, b]).iloc[0]
    assert (row.value_a, row.value_b) == pytest.approx((2, 3))
    assert np.isnan([row.p, row.low, row.effect]).all()
    assert row.note == NOT_TESTED


@pytest.mark.parametrize(
    ("a", "b", "delta"),
    [([1, 2], [3, 4], -1), ([1, 3], [2, 2], 0), ([1, 1], [1, 1], 0), ([2, 3, 4], [1, 3], 0.5)],
)
def test_cliffs_delta(a, b, delta):
    above = np.mean([[float(x > y) - float(x < y) for y in b] for x in a])
    assert cliffs_delta(np.array(a, float), np.array(b, float)) == pytest.approx(above)
    assert above == pytest.approx(delta)


def test_false_discovery_control_leaves_untested_rows_out():
    q = adjusted(pd.Series([0.01, np.nan, 0.04]))
    assert q.tolist()[::2] == pytest.approx([0.02, 0.04])
    assert np.isnan(q[1])


# Names


def test_naming_gives_share_and_first_use():
    analysis = analyze("Moscow sent aid. Russia said so. Moscow waited.", resamples=0, model="lexicon")
    frame = naming([analysis])
    rows = frame[frame.actor == "russia"].set_index("name")
    assert rows.loc["Moscow", "count"] == 2
    assert rows.loc["Moscow", "share"] == pytest.approx(2 / 3)
    assert rows.loc["Moscow", "sentence"] == 0
    assert rows.share.sum() == pytest.approx(1)
    first = rows.loc["Moscow"]
    assert analysis.document.text[first.start : first.end] == "Moscow"


# All together


@pytest.fixture(scope="module")
def pair():
    return [
        analyze(make_document(text, id), resamples=200, model="lexicon")
        for id, text in (("plain", PLAIN), ("cautious", CAUTIOUS))
    ]


def test_a_comparison_holds_a_row_per_score_and_pair(pair):
    comparison = compare(pair, resamples=200)
    assert len(comparison.scores) == sum(len(analysis.scores) for analysis in pair)
    rows = comparison.differences
    assert set(zip(rows.a, rows.b, strict=True)) == {("plain", "cautious")}
    hedged = rows[(rows.measure == "hedged_sentences") & (rows.voice == "all")].iloc[0]
    assert hedged.value_a < hedged.value_b
    assert hedged.q <= 0.05
    again = compare(pair, resamples=200)
    pd.testing.assert_frame_equal(rows, again.differences)


def test_a_comparison_of_one_article_or_none_is_empty_but_well_formed(pair):
    for analyses in ([], pair[:1]):
        comparison = compare(analyses)
        assert comparison.differences.empty
        assert comparison.keywords.empty


def test_without_resamples_values_are_compared_and_nothing_is_tested(pair):
    rows = compare(pair, resamples=0).differences
    assert rows.difference.notna().any()
    assert rows[["low", "high", "p", "q"]].isna().all(axis=None)


def test_two_articles_may_not_share_an_id(pair):
    with pytest.raises(ValueError, match="two articles have the id 'plain'"):
        compare([pair[0], pair[0]])


def test_frames_have_the_columns_of_the_contract(pair):
    scores, evidence = scores_frame(pair), evidence_frame(pair)
    assert list(scores.columns) == ["article", *pair[0].to_dict()["scores"][0]]
    row = pair[0].to_dict()["evidence"][0]
    assert ["article", *row][:11] == list(evidence.columns)[:11]
    texts = {analysis.document.id: analysis.document.text for analysis in pair}
    assert all(texts[item.article][item.start : item.end] == item.text for item in evidence.itertuples())


def test_counts_equal_the_evidence_that_supports_them(pair):
    """Where a score counts pieces of evidence, those listed for it are as many as it counted."""
    checked = 0
    for analysis in pair:
        for score in analysis.scores:
            if score.measure in {
                "hedge_cues",
                "boosters",
                "loaded_terms",
                "attributions",
                "source_type_share",
            }:
                listed = supporting(analysis, score)
                assert len(listed) == score.totals[:, 0].sum(), score.key
                assert {analysis.evidence[number].dimension for number in listed} <= {score.dimension}
                checked += len(listed)
    assert checked > 20
