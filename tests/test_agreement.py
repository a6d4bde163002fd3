"""Agreement of coders equals what other packages compute, and is undefined where it should be."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from framing.classroom import agreement as module
from framing.classroom.agreement import (
    LEVELS,
    MEASURES,
    SpanAgreement,
    agreement,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent,
    span_agreement,
)
from framing.classroom.coding import Mark
from framing.training.spans import count_spans, span_scores

NAN = math.nan
FUNCTIONS = dict(zip(MEASURES, (percent, None, fleiss_kappa, krippendorff_alpha, gwet_ac1), strict=True))


SEVERAL = st.integers(2, 6)


def tables(coders=SEVERAL, values=4, missing=False):
    """Random codings, coders × units, the values −1, 0, 1 and so on."""
    value = st.integers(-1, values - 2).map(float)
    cell = st.one_of(value, st.just(NAN)) if missing else value
    return st.tuples(coders, st.integers(1, 15)).flatmap(
        lambda size: st.lists(
            st.lists(cell, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        ).map(np.array)
    )


def near(value):
    return pytest.approx(value, abs=1e-9, rel=1e-9)


def various(ratings):
    return len(np.unique(ratings[~np.isnan(ratings)])) > 1


# Coefficients -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@given(ratings=tables(missing=True))
def test_alpha_equals_the_package_krippendorff(level, ratings):
    pairable = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    assume(pairable.size and various(pairable))
    expected = krippendorff.alpha(ratings, level_of_measurement=level)
    assert krippendorff_alpha(ratings, level=level) == near(expected)


@given(tables())
def test_alpha_and_the_mean_kappa_of_pairs_equal_nltk(ratings):
    assume(various(ratings))
    task = AnnotationTask(
        [(str(coder), unit, value) for coder, row in enumerate(ratings) for unit, value in enumerate(row)]
    )
    assert krippendorff_alpha(ratings) == near(task.alpha())
    assume(all(len({*one, *other}) > 1 for one, other in combinations(ratings, 2)))  # nltk divides by 0
    assert dict(zip(MEASURES, agreement(ratings, resamples=0), strict=True))["cohen_kappa"].value == near(
        task.kappa()
    )
    assert percent(ratings) == near(task.avg_Ao())


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@given(ratings=tables(st.just(2)))
def test_cohens_kappa_equals_sklearn_and_statsmodels(weights, ratings):
    assume(various(ratings))
    one, other = ratings.astype(int)
    scale = list(range(ratings.astype(int).min(), ratings.astype(int).max() + 1))
    counts = np.array([[np.sum((one == a) & (other == b)) for b in scale] for a in scale])
    kappa = cohen_kappa(one, other, weights=weights)
    assert kappa == near(cohen_kappa_score(one, other, labels=scale, weights=weights))
    assert kappa == near(cohens_kappa(counts, wt=weights, return_results=False))


@given(tables())
def test_fleiss_kappa_equals_statsmodels(ratings):
    assume(various(ratings))
    counts, _ = aggregate_raters(ratings.T.astype(int))
    assert fleiss_kappa(ratings) == near(fleiss_of_statsmodels(counts))


def ac1_by_hand(ratings):
    """Gwet 2008 in fractions, a unit and a value at a time."""
    units = [Counter(value for value in column if not math.isnan(value)) for column in ratings.T]
    coded = [unit for unit in units if unit]
    paired = [unit for unit in units if unit.total() >= 2]
    values = sorted({value for unit in coded for value in unit})
    observed = sum(
        Fraction(sum(n * (n - 1) for n in unit.values()), unit.total() * (unit.total() - 1))
        for unit in paired
    ) / len(paired)
    shares = [sum(Fraction(unit[value], unit.total()) for unit in coded) / len(coded) for value in values]
    chance = sum(share * (1 - share) for share in shares) / (len(values) - 1)
    return (observed - chance) / (1 - chance)


@given(tables(missing=True))
def test_ac1_equals_the_formula_in_fractions_with_missing_codings_too(ratings):
    assume(various(ratings) and ((~np.isnan(ratings)).sum(axis=0) >= 2).any())
    assert gwet_ac1(ratings) == near(float(ac1_by_hand(ratings)))


def skewed():
    """125 subjects: both say yes in 118, one of the two in 5 and 2, none in 0."""
    return np.repeat([[1, 1, 0, 0], [1, 0, 1, 0]], [118, 5, 2, 0], axis=1).astype(float)


def test_kappa_is_below_chance_where_coders_agree_in_94_of_100_units_and_ac1_is_not():
    """A worked example by the formulas of Gwet 2008; the paradox is that of Feinstein & Cicchetti 1990."""
    observed = Fraction(118, 125)
    one, other = Fraction(123, 125), Fraction(120, 125)
    by_chance = one * other + (1 - one) * (1 - other)
    yes = (one + other) / 2
    guessed = 2 * yes * (1 - yes)
    assert percent(skewed()) == near(0.944) == near(float(observed))
    kappa = cohen_kappa(*skewed())
    assert kappa == near(float((observed - by_chance) / (1 - by_chance))) == pytest.approx(-0.0234, abs=5e-5)
    ac1 = gwet_ac1(skewed())
    assert ac1 == near(float((observed - guessed) / (1 - guessed))) == pytest.approx(0.9408, abs=5e-5)
    values = {row.measure: row.value for row in agreement(skewed(), resamples=0)}
    assert values["cohen_kappa"] < 0 < values["percent"] < values["gwet_ac1"] + 0.01
    assert values["fleiss_kappa"] < 0 > values["krippendorff_alpha"]


def test_weighted_kappa_goes_by_values_and_not_by_their_order():
    one, other = [-2, -2, 1, 1, -2], [-2, 1, 1, 1, -2]
    assert cohen_kappa(one, other, weights="linear") == near(cohen_kappa(one, other))
    one, other = [*one, 2], [*other, 1]
    apart = cohen_kappa_score(one, other, labels=[-2, -1, 0, 1, 2], weights="linear")
    assert cohen_kappa(one, other, weights="linear") == near(apart)


@given(tables(missing=True), st.permutations(range(6)), st.permutations(range(15)))
def test_neither_the_order_of_coders_nor_of_units_matters(ratings, coders, units):
    turned = ratings[[coder for coder in coders if coder < len(ratings)]]
    turned = turned[:, [unit for unit in units if unit < ratings.shape[1]]]
    before, after = agreement(ratings, resamples=0), agreement(turned, resamples=0)
    assert [row.value for row in before] == pytest.approx([row.value for row in after], nan_ok=True)


@given(tables(missing=True))
def test_the_rows_of_an_agreement_are_the_coefficients(ratings):
    rows = {row.measure: row for row in agreement(ratings, level="ordinal", resamples=0)}
    assert tuple(rows) == MEASURES
    for measure, function in FUNCTIONS.items():
        if function is not None and measure != "krippendorff_alpha":
            assert rows[measure].value == pytest.approx(function(ratings), nan_ok=True)
    assert rows["krippendorff_alpha"].value == pytest.approx(
        krippendorff_alpha(ratings, level="ordinal"), nan_ok=True
    )
    kappas = [cohen_kappa(one, other) for one, other in combinations(ratings, 2)]
    known = [kappa for kappa in kappas if not math.isnan(kappa)]
    assert rows["cohen_kappa"].value == pytest.approx(np.mean(known) if known else NAN, nan_ok=True)
    assert all(math.isnan(row.low) and math.isnan(row.high) for row in rows.values())


# Where there is nothing to say --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ratings",
    [
        [],
        np.zeros((0, 5)),
        np.zeros((3, 0)),
        [[1.0, 0.0, 1.0]],
        np.full((3, 4), NAN),
        [[1.0, 0.0, NAN, NAN], [NAN, NAN, 0.0, 1.0]],
    ],
    ids=["nothing", "no coder", "no unit", "one coder", "nothing coded", "two coders of disjoint texts"],
)
def test_where_no_two_coded_the_same_unit_nothing_is_defined(ratings):
    for row in agreement(ratings):
        assert np.isnan([row.value, row.low, row.high]).all()
        assert (row.units, row.coders) == (0, 0)
    for function in (percent, fleiss_kappa, krippendorff_alpha, gwet_ac1):
        assert math.isnan(function(ratings))


def test_two_coders_of_disjoint_texts_have_no_kappa():
    assert math.isnan(cohen_kappa([1, 0, NAN, NAN], [NAN, NAN, 1, 0]))
    assert math.isnan(cohen_kappa([], []))


@pytest.mark.parametrize("coders", [2, 3])
def test_where_all_chose_one_value_only_percent_and_ac1_are_defined(coders):
    rows = {row.measure: row for row in agreement(np.ones((coders, 9)))}
    assert rows["percent"][1:4] == rows["gwet_ac1"][1:4] == (1, 1, 1)
    assert np.isnan([rows[m].value for m in ("cohen_kappa", "fleiss_kappa", "krippendorff_alpha")]).all()
    assert math.isnan(cohen_kappa([1] * 9, [1] * 9, weights="linear"))


def test_ac1_of_one_value_is_the_limit_of_a_value_that_vanishes():
    rare = np.zeros((2, 100_000))
    rare[:, 0] = 1
    assert gwet_ac1(rare) == 1 == gwet_ac1(rare[:, 1:])


def test_coders_who_agree_throughout_have_1_and_who_always_differ_have_less_than_chance():
    perfect = np.array([[0, 1, 2, 0, 1]] * 3)
    assert [row.value for row in agreement(perfect)] == pytest.approx([1] * 5)
    opposed = np.array([[0, 1, 0, 1], [1, 0, 1, 0]])
    assert percent(opposed) == 0
    assert cohen_kappa(*opposed) == fleiss_kappa(opposed) == gwet_ac1(opposed) == -1
    assert krippendorff_alpha(opposed) < 0


def test_a_unit_coded_by_one_has_no_pair_but_counts_in_the_shares():
    pair = np.array([[0.0, 1, 1, 0, 0], [0, 1, 0, 0, 0]])
    alone = np.column_stack([pair, [1, NAN]])
    assert percent(alone) == percent(pair) == 0.8
    assert cohen_kappa(*alone) == cohen_kappa(*pair)
    assert krippendorff_alpha(alone) == krippendorff_alpha(pair)
    assert gwet_ac1(alone) == near(float(ac1_by_hand(alone)))
    assert {(row.units, row.coders) for row in agreement(alone)} == {(5, 2)}


def test_a_coder_who_shares_no_unit_with_others_is_not_counted():
    ratings = [[0.0, 1, 1, 0, NAN], [0, 1, 0, 0, NAN], [NAN, NAN, NAN, NAN, 1]]
    assert {(row.units, row.coders) for row in agreement(ratings)} == {(4, 2)}


def test_what_cannot_be_ratings_is_refused():
    with pytest.raises(ValueError, match="coders × units; it has 1 dimensions"):
        percent([1, 0, 1])
    with pytest.raises(ValueError, match="finite"):
        percent([[1, math.inf], [1, 0]])
    with pytest.raises(ValueError, match="2 and 3 units"):
        cohen_kappa([1, 0], [1, 0, 1])
    with pytest.raises(ValueError, match="'cubic'; choose from None, 'linear', 'quadratic'"):
        cohen_kappa([1, 0], [1, 1], weights="cubic")
    for call in (krippendorff_alpha, agreement):
        with pytest.raises(ValueError, match="'ratio'; choose from nominal, ordinal, interval"):
            call([[1, 0], [1, 1]], level="ratio")
    with pytest.raises(ValueError, match="1 numbers for 2 units"):
        agreement([[1, 0], [1, 1]], groups=[0])


# Intervals ----------------------------------------------------------------------------------------------------------


def coded(coders, units, *, seed=0, agreeing=0.7, missing=0.0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, units)
    ratings = np.where(
        random.random((coders, units)) < agreeing, truth, random.integers(0, 4, (coders, units))
    )
    return np.where(random.random((coders, units)) < missing, NAN, ratings.astype(float))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_a_resample_of_counts_is_worth_what_its_codings_are_worth(missing):
    ratings = coded(4, 12, missing=missing)
    values, codes = module.value_codes(ratings)
    rows = module._sampled_rows(codes, None)
    codes = codes[:, rows.firsts]
    counts = module.value_counts(codes, len(values))
    parts = (
        module._share_table(counts),
        module._coincidences(counts),
        module._pair_table(codes, len(values)),
    )
    formulas = module._formulas(values, codes, "ordinal")
    for draw in next(module._draws(rows.times, 0, 20)):
        again = np.repeat(ratings[:, rows.firsts], draw, axis=1)
        rows_again = agreement(again, level="ordinal", resamples=0)
        assert draw.sum() == rows.times.sum()
        for row in rows_again:
            if len(np.unique(again[~np.isnan(again)])) == len(
                values
            ):  # AC1 goes by how many values there are
                sums = draw @ parts[module._TABLE_OF[row.measure]]
                assert formulas[row.measure](sums) == near(row.value)


def test_intervals_are_the_same_for_a_seed_and_hold_the_value():
    ratings = coded(5, 60, missing=0.1)
    first, again, other = agreement(ratings), agreement(ratings), agreement(ratings, seed=1)
    assert first == again != other
    for row in first:
        assert -1 < row.low < row.value < row.high < 1
        assert row.high - row.low < 0.4


@pytest.mark.parametrize("measure", ["percent", "cohen_kappa", "gwet_ac1"])
def test_an_interval_of_95_percent_holds_the_truth_in_about_as_many_classes(measure):
    at = MEASURES.index(measure)
    truth = agreement(coded(2, 200_000, seed=99), resamples=0)[at].value
    rows = [agreement(coded(2, 40, seed=seed), resamples=400)[at] for seed in range(300)]
    assert 0.93 <= np.mean([row.low <= truth <= row.high for row in rows]) <= 0.99


def test_few_units_have_no_interval():
    ratings = coded(3, 4)
    assert all(math.isnan(row.low) and math.isnan(row.high) for row in agreement(ratings))
    lonely = np.column_stack([ratings, np.repeat([[1.0], [NAN], [NAN]], 20, axis=1)])
    assert all(math.isnan(row.low) for row in agreement(lonely))
    assert not any(math.isnan(row.low) for row in agreement(coded(3, 5)))


def test_words_drawn_by_sentence_have_wider_intervals_and_the_same_values():
    phrases = np.repeat(coded(2, 30), 6, axis=1)
    alone, together = agreement(phrases), agreement(phrases, groups=np.repeat(range(30), 6))
    sentences = agreement(coded(2, 30))
    for word, sentence, expected in zip(alone, together, sentences, strict=True):
        assert sentence.value == near(word.value)
        assert sentence.high - sentence.low > 1.8 * (word.high - word.low)
        if expected.measure != "krippendorff_alpha":  # which corrects for the number of codings
            assert sentence.high - sentence.low == pytest.approx(expected.high - expected.low, rel=0.2)
    assert all(math.isnan(row.low) for row in agreement(phrases, groups=np.repeat(range(4), 45)))


# Spans --------------------------------------------------------------------------------------------------------------

marks = st.lists(
    st.builds(
        lambda article, start, length, label, actor: Mark(article, start, start + length, label, actor),
        st.sampled_from(["x", "y"]),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(["epistemic", "hearsay", "weasel"]),
        st.sampled_from(["", "us"]),
    ),
    max_size=9,
)


@given(marks, marks)
def test_f1_of_spans_is_that_of_the_conll_conventions(a, b):
    def alone(coding):
        """The spans of both articles one behind the other."""
        return {"span": [((mark.start + 99 * (mark.article == "y"), mark.end + 99 * (mark.article == "y")),) for mark in coding]}  # fmt: skip

    own = span_agreement(a, b)
    assert (own.spans_a, own.spans_b) == (len(a), len(b))
    if not (a or b):
        assert math.isnan(own.exact)
        assert math.isnan(own.overlap)
        return
    scores = span_scores(count_spans(alone(a), alone(b)))["span"]
    assert own.exact == near(scores["exact"]["f1"])
    assert own.overlap == near(scores["overlap"]["f1"])


@given(marks, marks)
def test_neither_the_order_of_marks_nor_which_coding_comes_first_matters(a, b):
    own, turned = span_agreement(a[::-1], b), span_agreement(b, a)
    assert own == pytest.approx(span_agreement(a, b), nan_ok=True)
    assert own[:4] == pytest.approx(turned[:4], nan_ok=True)
    assert own.matched == turned.matched <= min(len(a), len(b))


def test_spans_of_two_articles_never_match():
    own = span_agreement([Mark("x", 0, 9, "hearsay")], [Mark("y", 0, 9, "hearsay")])
    assert own == pytest.approx(SpanAgreement(0, 0, NAN, NAN, 1, 1, 0), nan_ok=True)


def test_spans_that_touch_do_not_overlap():
    assert span_agreement([Mark("x", 0, 5, "hearsay")], [Mark("x", 5, 9, "hearsay")]).overlap == 0


def test_labels_are_compared_one_to_one_among_the_spans_that_fit_best():
    a = [Mark("x", 0, 10, "weasel"), Mark("x", 20, 30, "hearsay"), Mark("x", 40, 50, "doxastic")]
    b = [Mark("x", 0, 3, "hearsay"), Mark("x", 3, 10, "weasel"), Mark("x", 21, 30, "weasel")]
    own = span_agreement(a, b)
    assert own.exact == 0
    assert own.overlap == near(2 * (2 / 3) * 1 / (2 / 3 + 1))
    assert (own.matched, own.label_percent) == (2, 0.5)
    assert own.label_kappa == near(cohen_kappa([0, 1], [0, 0]))


def test_ratings_of_two_actors_in_a_sentence_meet_those_of_the_same_actor():
    a = [Mark("x", 0, 40, "-1", "us"), Mark("x", 0, 40, "2", "iran")]
    b = [Mark("x", 0, 40, "2", "us"), Mark("x", 0, 40, "-1", "iran")]
    assert span_agreement(a, b).label_percent == 0
    assert span_agreement(a, b).exact == 1


def test_marks_within_marks_meet_those_of_their_size():
    a = [Mark("x", 0, 60, "content"), Mark("x", 10, 14, "cue")]
    b = [Mark("x", 10, 15, "cue"), Mark("x", 0, 58, "content")]
    assert span_agreement(a, b)[1:4] == (1, 1, 1)


def test_who_marked_nothing_agrees_in_nothing_with_who_marked_something():
    own = span_agreement([], [Mark("x", 0, 9, "hearsay")])
    assert own[:2] == (0, 0)
    assert np.isnan(own[2:4]).all()
    assert (own.spans_a, own.spans_b, own.matched) == (0, 1, 0)


def test_labels_that_are_all_the_same_have_a_percentage_and_no_kappa():
    own = span_agreement([Mark("x", 0, 9, "hearsay")], [Mark("x", 0, 9, "hearsay")])
    assert own.label_percent == 1
    assert math.isnan(own.label_kappa)


def test_ten_thousand_marks_are_matched():
    a = [Mark("x", 10 * at, 10 * at + 6, "hearsay") for at in range(10_000)]
    b = [Mark("x", 10 * at + 3, 10 * at + 9, "weasel") for at in range(10_000)]
    own = span_agreement(a, b)
    assert (own.matched, own.overlap, own.exact) == (10_000, 1, 0)
