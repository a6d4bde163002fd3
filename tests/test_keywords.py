"""Distinctive words and phrases, against the equations of their papers and against ConvoKit."""

from __future__ import annotations

from fractions import Fraction
from math import log, sqrt

import numpy as np
import pytest
from case_files import parameters, read_cases
from scipy.stats import chi2_contingency

from framing.analysis import analyze
from framing.comparison.keywords import (
    COLUMNS,
    count_phrases,
    count_words,
    keywords,
    log_odds,
    log_ratio,
    signed_g2,
)
from framing.document import make_document

CONVOKIT = read_cases("log_odds")


def analysis_of(text, id="text", **meta):
    return analyze(make_document(text, id, **meta), resamples=0, model="lexicon", dimensions=["hedging"])


# Log-odds


@pytest.mark.parametrize("case", parameters(CONVOKIT["cases"]))
def test_log_odds_equal_those_of_convokit(case):
    """z of ConvoKit's own `FightingWords`, as run on the texts of the file; either class is set against the other."""
    frame = log_odds(case["counts"], alpha=case["alpha"])
    signs = {"first": 1, "second": -1}
    for row in frame.itertuples():
        assert signs[row.group] * row.z == pytest.approx(case["z"][row.word], abs=1e-6), row.word
    assert set(frame.word) == {word for counts in case["counts"].values() for word in counts}


def test_the_words_given_to_convokit_are_those_of_its_texts():
    words = " ".join(CONVOKIT["texts"]["first"]).lower().replace(".", "").replace(",", "").split()
    counts = CONVOKIT["cases"][0]["counts"]["first"]
    assert {word: words.count(word) for word in words} == counts


def test_log_odds_equal_the_equations_of_the_paper():
    """Monroe, Colaresi & Quinn 2008, worked out by hand: equations 15, 16, 20 and 22, the informative prior of section 3.4.

    A says tax 6 times, road 3 and care 1 in 10 words; B says tax 2, road 3 and care 15 in 20. The prior weighs 30 words, in
    the shares of both together: 8/30 tax, 6/30 road, 16/30 care. So tax has 6 + 8 of 10 + 30 in A, 2 + 8 of 20 + 30 in B.
    """
    frame = log_odds(
        {"A": {"tax": 6, "road": 3, "care": 1}, "B": {"tax": 2, "road": 3, "care": 15}}, prior=30
    )
    by_hand = {
        "tax": (Fraction(14, 40 - 14), Fraction(10, 50 - 10), 1 / 14 + 1 / 10),
        "road": (Fraction(9, 40 - 9), Fraction(9, 50 - 9), 1 / 9 + 1 / 9),
        "care": (Fraction(17, 40 - 17), Fraction(31, 50 - 31), 1 / 17 + 1 / 31),
    }
    rows = frame[frame.group == "A"].set_index("word")
    for word, (odds_a, odds_b, variance) in by_hand.items():
        delta = log(odds_a / odds_b)
        assert rows.loc[word, "log_odds"] == pytest.approx(delta, abs=1e-12)
        assert rows.loc[word, "z"] == pytest.approx(delta / sqrt(variance), abs=1e-12)
    assert rows.loc["tax", "z"] == pytest.approx(1.8531, abs=1e-4)
    assert rows.index.tolist() == ["tax", "road", "care"]


def test_log_odds_of_several_groups_set_each_against_all_others():
    """The same equations word by word, with the prior in proportion to all words."""
    words = {"a": {"x": 30, "y": 50, "z": 20}, "b": {"x": 5, "y": 60, "z": 15}, "c": {"y": 10, "z": 10}}
    frame = log_odds(words, prior=50).set_index(["group", "word"])
    sizes = {group: sum(counts.values()) for group, counts in words.items()}
    everything = sum(sizes.values())
    for (group, word), row in frame.iterrows():
        pooled = sum(counts.get(word, 0) for counts in words.values())
        alpha = 50 * pooled / everything
        mine, theirs = words[group][word] + alpha, pooled - words[group][word] + alpha
        odds = mine / (sizes[group] + 50 - mine)
        other_odds = theirs / (everything - sizes[group] + 50 - theirs)
        assert row.log_odds == pytest.approx(np.log(odds / other_odds))
        assert row.z == pytest.approx(row.log_odds / np.sqrt(1 / mine + 1 / theirs))


def test_distinctive_words_leave_what_all_share_near_zero():
    frame = log_odds({
        "a": {"the": 40, "harbour": 6, "road": 3},
        "b": {"the": 42, "minister": 6, "road": 3},
        "c": {"the": 41, "goat": 6, "road": 3},
    })  # fmt: skip
    first = frame.groupby("group", sort=False).head(1)
    assert first.word.tolist() == ["harbour", "minister", "goat"]
    assert (first.z > 2).all()
    assert frame[frame.word.isin(["the", "road"])].z.abs().max() < 1
    row = first.iloc[0]
    assert (row["count"], row.words, row.other_count, row.other_words) == (6, 49, 0, 101)


def test_a_single_word_has_no_odds():
    frame = log_odds({"a": {"x": 1}, "b": {"x": 2}})
    assert frame.log_odds.isna().all()
    assert frame.z.isna().all()


def test_one_group_has_nothing_to_differ_from():
    assert log_odds({"a": {"x": 1}, "b": {}}).empty
    assert log_odds({"a": {"x": 1}, "b": {"x": 0}}).empty
    assert tuple(log_odds({}).columns) == COLUMNS


def test_a_prior_that_leaves_a_word_without_odds_is_an_error():
    counts = {"a": {"x": 1, "y": 2}, "b": {"x": 2}}
    with pytest.raises(ValueError, match="above 0"):
        log_odds(counts, alpha={"x": 1.0})
    with pytest.raises(ValueError, match="not both"):
        log_odds(counts, prior=3, alpha=0.1)


# G² and the log ratio


def test_g2_equals_that_of_scipy_with_the_sign_of_the_difference():
    random = np.random.default_rng(1)
    words, other_words = random.integers(50, 500, (2, 40)).astype(float)
    count, other_count = (random.integers(0, 20, (2, 40))).astype(float)
    count[0], other_count[1] = 0, 0
    found = signed_g2(count, words, other_count, other_words)
    for number, value in enumerate(found):
        inside, outside = count[number], other_count[number]
        if inside + outside == 0:
            continue
        table = [[inside, words[number] - inside], [outside, other_words[number] - outside]]
        expected = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
        assert abs(value) == pytest.approx(expected, abs=1e-9)
        assert value * (inside / words[number] - outside / other_words[number]) >= 0
    assert (found < -1).any()
    assert (found > 1).any()


def test_a_word_that_is_all_there_is_has_no_g2():
    one = np.ones(1)
    assert signed_g2(3 * one, 3 * one, 5 * one, 5 * one).tolist() == [0]
    assert np.isnan(signed_g2(3 * one, 9 * one, 0 * one, 0 * one)).all()
    assert np.isnan(log_ratio(3 * one, 9 * one, 0 * one, 0 * one)).all()


def test_the_log_ratio_doubles_and_halves():
    count, other = np.array([12.0, 3.0, 6.0, 0.0, 2.0]), np.array([3.0, 12.0, 6.0, 1.0, 0.0])
    hundred = np.full(5, 100.0)
    assert log_ratio(count, hundred, other, hundred).tolist() == [2, -2, 0, -1, 2]


def test_z_g2_and_log_ratio_agree_on_who_uses_a_word_more():
    frame = log_odds({"a": {"x": 9, "y": 30, "z": 2}, "b": {"x": 2, "y": 30, "z": 8}})
    told = frame[frame.word != "y"]
    assert (np.sign(told.z) == np.sign(told.g2)).all()
    assert (np.sign(told.z) == np.sign(told.log_ratio)).all()


# Words and phrases of articles


def test_numbers_and_punctuation_are_no_words():
    words = count_words(analysis_of("In 2024, 300 goats crossed -- goats! Goats' owner's 2nd claim."))
    assert words["goats"] == 3
    assert not {word for word in words if not word[0].isalpha()}


def test_a_hyphenated_word_is_one_word():
    words = count_words(analysis_of("The well-known al-Hadi, a so-called out-of-work uncle - known well."))
    assert {"well-known", "al-hadi", "so-called", "out-of-work", "known", "well"} <= set(words)
    assert not {"al", "so", "out"} & set(words)


def test_phrases_do_not_cross_sentences_punctuation_or_numbers():
    text = (
        "The harbour town woke. Town council members met: old, grey men. Twelve 12 boats left port 5 early."
    )
    pairs = count_phrases(analysis_of(text), 2)
    assert {"harbour town", "town council", "council members", "grey men", "boats left", "left port"} <= set(
        pairs
    )
    assert not {"woke town", "members met old", "old grey", "twelve boats", "port early"} & set(pairs)


def test_a_phrase_has_no_function_word_at_its_ends_but_may_have_one_inside():
    triples = count_phrases(analysis_of("The mayor of Riverton spoke at the harbour's edge."), 3)
    assert set(triples) == {"mayor of riverton"}
    assert set(count_phrases(analysis_of("They saw the mayor's boat."), 2)) == {"mayor's boat"}


def texts(*given):
    return [analysis_of(text, str(number), outlet=f"o{number % 2}") for number, text in enumerate(given)]


GRAIN = "The grain deal held. The grain deal failed. A grain deal came, and boats waited."
BOATS = "Boats left the port. Boats came to the port, and a deal on boats was near. Grain was dear."


def test_keywords_of_articles_are_grouped_by_id_and_those_of_groups_by_their_name():
    given = texts(GRAIN, BOATS, GRAIN, BOATS)
    assert list(dict.fromkeys(keywords(given).group)) == ["0", "1", "2", "3"]
    by_outlet = keywords(given, by="outlet")
    assert list(dict.fromkeys(by_outlet.group)) == ["o0", "o1"]
    row = by_outlet[(by_outlet.group == "o0") & (by_outlet.word == "grain")].iloc[0]
    assert (row["count"], row.other_count) == (6, 2)


def test_a_phrase_takes_the_place_of_words_that_are_used_only_in_it():
    frame = keywords(texts(GRAIN, BOATS), longest=3)
    mine = set(frame[frame.group == "0"].word)
    assert "grain deal" in mine
    assert not {"grain", "deal"} & mine
    theirs = set(frame[frame.group == "1"].word)
    assert {"grain", "deal", "boats"} <= theirs


def test_a_word_that_is_also_used_alone_keeps_its_row():
    frame = keywords(texts(GRAIN + " The deal was short.", BOATS), longest=2)
    mine = set(frame[frame.group == "0"].word)
    assert {"grain deal", "deal"} <= mine
    assert "grain" not in mine


def test_phrases_that_occur_once_are_left_out_and_words_are_not():
    frame = keywords(texts(GRAIN, BOATS), longest=2)
    assert "dear" in set(frame.word)
    assert set(frame[frame.word.str.contains(" ")].word) == {"grain deal"}


def test_words_have_the_same_figures_with_and_without_phrases():
    given = texts(GRAIN + " The deal was short.", BOATS)
    alone, among = (keywords(given, longest=longest).set_index(["group", "word"]) for longest in (1, 3))
    both = among.index.intersection(alone.index)
    assert len(both) > 10
    assert alone.loc[both].equals(among.loc[both])


def test_phrases_are_sorted_among_the_words():
    frame = keywords(texts(GRAIN, BOATS), longest=2)
    for _, group in frame.groupby("group"):
        assert group.z.is_monotonic_decreasing


def test_keywords_of_one_article_or_without_words_are_empty():
    assert keywords(texts(GRAIN), longest=2).empty
    assert keywords(texts("12. 13.", "14. 15."), longest=2).empty
    with pytest.raises(ValueError, match="one word or more, not 0"):
        keywords(texts(GRAIN), longest=0)
