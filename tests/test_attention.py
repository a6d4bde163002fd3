"""Careless codings of a simulated class are found, and honest ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from simulated_class import KINDS, plain_exercise, simulated_class

from framing.classroom import attention as module
from framing.classroom.attention import Attention, attention
from framing.classroom.units import choices_of

SEEDS = range(100, 125)


def named(exercise, group, key=None):
    return attention(choices_of(exercise, group.codings), [coding.coder for coding in group.codings], key=key)


@pytest.mark.parametrize("dimension", ["hedging", "loaded", "attribution", "stance"])
def test_careless_codings_are_found_and_honest_ones_left_alone(dimension):
    """30 students, 12 % of them careless; whoever was copied is no less alike than who copied, and counts for neither."""
    missed, found, false, honest = 0, set(), 0, 0
    for seed in SEEDS:
        exercise = plain_exercise(dimension, seed=seed)
        group = simulated_class(exercise, seed=seed)
        assert len(group.careless) == 4
        odd = {row.coder for row in named(exercise, group)}
        missed += len(group.careless.keys() - odd)
        found |= {group.careless[coder] for coder in group.careless.keys() & odd}
        others = {coding.coder for coding in group.codings} - group.careless.keys() - group.copied
        honest += len(others)
        false += len(others & odd)
    assert missed <= 0.05 * 4 * len(SEEDS)
    assert false < 0.03 * honest
    assert found == set(KINDS)


def test_most_careless_codings_are_found_in_a_class_that_is_two_fifths_careless():
    found = careless = 0
    for seed in SEEDS[:8]:
        exercise = plain_exercise(seed=seed)
        group = simulated_class(exercise, seed=seed, careless=0.4)
        odd = {row.coder for row in named(exercise, group)}
        found += len(group.careless.keys() & odd)
        careless += len(group.careless)
    assert found >= 0.9 * careless


@pytest.mark.parametrize(
    ("eye", "size"), [(0, {}), (4, {}), (2, {"articles": 1, "marks": 6, "sentences": 12})]
)
def test_a_class_without_careless_students_is_hardly_named_at_all(eye, size):
    """Neither where the task is hard, nor where it is easy and many find the same, nor where it is short."""
    false = 0
    for seed in SEEDS:
        exercise = plain_exercise(seed=seed, **size)
        false += len(
            {row.coder for row in named(exercise, simulated_class(exercise, seed=seed, careless=0, eye=eye))}
        )
    assert false < 0.03 * 30 * len(SEEDS)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("nothing", "few"),
        ("everything", "many"),
        ("one label", "one label"),
        ("random", "agreement"),
        ("copy", "alike"),
    ],
)
def test_what_stands_out_is_said_in_a_sentence_with_its_numbers(kind, says):
    exercise = plain_exercise(seed=1)
    group = simulated_class(exercise, students=20, careless=0.05, kinds=[kind], seed=1)
    (coder,) = group.careless
    (row,) = (row for row in named(exercise, group) if (row.coder, row.kind) == (coder, says))
    units = sum(len(article.words) for article in exercise.articles)
    expected = {
        "few": f"marked 0 of {units} places; ",
        "many": f"marked {units} of {units} places; ",
        "one label": "marks have the same label; its share",
        "agreement": f"agrees with the rest of the class {row.value:.2f} beyond chance",
        "alike": f"is the same as the coding of {min(group.copied, default='')} in all {units} places",
    }[says]
    assert expected in row.why
    assert row.why.endswith("usual in this class") or says in {"one label", "alike"}
    low = says in {"few", "agreement"}
    assert row.value < row.typical if low else row.value > row.typical


def test_nobody_is_named_in_a_class_of_two_or_none():
    assert attention([], []) == []
    assert attention(np.zeros((2, 40)), ["a", "b"]) == []
    assert attention(np.zeros((5, 0)), list("abcde")) == []
    assert attention(np.zeros((5, 40)), list("abcde")) == []
    assert attention(np.full((5, 40), np.nan), list("abcde")) == []
    assert attention(np.eye(5), list("abcde")) == []


def coded(*odd, students=8, units=120, seed=0):
    """Students who agree in nine units of ten, and behind them the odd ones."""
    random = np.random.default_rng(seed)
    truth = random.integers(1, 4, units) * (random.random(units) < 0.3)
    noise = random.random((students, units)) < 0.1
    ratings = np.where(noise, random.integers(0, 4, (students, units)), truth).astype(float)
    return np.vstack([ratings, *odd]), truth.astype(float)


def test_who_coded_nothing_is_named_among_those_who_did():
    ratings, _ = coded(np.full(120, np.nan))
    names = [f"s{number}" for number in range(len(ratings))]
    (row,) = attention(ratings, names)
    assert row[:3] == ("s8", "few", 0)
    assert row.why == "coded nothing"


def test_who_coded_only_one_of_two_articles_is_compared_in_that_one():
    ratings, _ = coded(students=9)
    ratings[0, 60:] = ratings[1, :60] = np.nan
    assert attention(ratings, list("abcdefghi")) == []
    ratings[2] = np.random.default_rng(1).permutation(ratings[2])
    ratings[2, 60:] = np.nan
    assert [row[:2] for row in attention(ratings, list("abcdefghi"))] == [("c", "agreement")]


def test_who_agrees_with_the_key_is_not_named_for_disagreeing_with_the_class():
    right, _ = coded(students=1, units=120, seed=7)
    ratings, _ = coded(right)
    names = [f"s{number}" for number in range(len(ratings))]
    assert [row[:2] for row in attention(ratings, names)] == [("s8", "agreement")]
    assert attention(ratings, names, key=right[0]) == []
    assert attention(ratings, names, key=np.full(120, np.nan)) == attention(ratings, names)


def test_codings_that_are_the_key_itself_are_not_named_for_being_alike():
    _, truth = coded()
    ratings, _ = coded(truth, truth)
    names = [f"s{number}" for number in range(len(ratings))]
    rows = attention(ratings, names)
    assert [(row.coder, row.kind, row.value) for row in rows] == [("s8", "alike", 1), ("s9", "alike", 1)]
    assert "is the same as the coding of s9 in all 120 places" in rows[0].why
    assert attention(ratings, names, key=truth) == []


def test_a_word_of_a_phrase_is_no_label_of_its_own():
    """Four phrases of five words with one label are four decisions, and four come out alike often enough."""
    phrases = [np.zeros(120) for _ in range(7)]
    for number, phrase in enumerate(phrases):
        for at in range(4):
            phrase[30 * at : 30 * at + 5] = 1 if number == 6 or (at + number) % 4 else 2
    assert not [row for row in attention(phrases, list("abcdefg")) if row.kind == "one label"]


def test_the_order_of_students_decides_only_the_order_of_what_is_said():
    exercise = plain_exercise(seed=3)
    group = simulated_class(exercise, seed=3)
    ratings, names = choices_of(exercise, group.codings), [coding.coder for coding in group.codings]
    before = attention(ratings, names)
    turned = attention(ratings[::-1], names[::-1])
    assert [(row.coder, row.kind) for row in before] == sorted((row.coder, row.kind) for row in turned)
    assert before == attention(ratings, names)


def test_words_are_never_a_verdict_on_a_person():
    rows: list[Attention] = []
    for seed in SEEDS[:5]:
        exercise = plain_exercise(seed=seed)
        rows += named(exercise, simulated_class(exercise, seed=seed, careless=0.4))
    assert {row.kind for row in rows} == set(module.KINDS)
    for word in ("careless", "cheat", "lazy", "wrong", "bad", "copied", "suspicious", "biased"):
        assert not any(word in row.why for row in rows)


def test_names_and_key_must_fit_the_ratings():
    with pytest.raises(ValueError, match="2 names for 3 codings"):
        attention(np.zeros((3, 4)), ["a", "b"])
    with pytest.raises(ValueError, match="the key has 5 units and the codings 4"):
        attention(np.zeros((3, 4)), ["a", "b", "c"], key=np.zeros(5))
