from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from names import filled, names_of, related
from test_name_blind import TEMPLATES, turns

from framing.actors import find_mentions, load_actors
from framing.analysis import Evidence, Markup, finder
from framing.document import make_document
from framing.linear.stance import explain, find, read_model
from framing.training import stance as newsmtsc

WIDTH = 12  # contributions compared when names are swapped


def rows(text: str) -> list[Evidence]:
    document = make_document(text)
    return find(Markup(document, find_mentions(document), model="linear"))


def strongest(text: str, actor: str, count: int = 3) -> list[str]:
    row = next(row for row in rows(text) if row.actor == actor)
    words = sorted(row.extra["words"], key=lambda word: -abs(word[2]))[:count]
    return [text[start:end] for start, end, _ in words]


@pytest.mark.parametrize(
    ("text", "actor", "word", "label"),
    [
        ("Critics accuse Russia of a brutal and shameful massacre.", "russia", "accuse", "negative"),
        ("The judges praised Turkey for its courage and honesty.", "turkey", "praised", "positive"),
        ("Israel was condemned for the disgraceful raid.", "israel", "disgraceful", "negative"),
        ("Merkel is a brilliant and admired leader.", "germany", "brilliant", "positive"),
        ("Iran lied about the failed and reckless experiment.", "iran", "lied", "negative"),
        ("Poland has been a generous friend to the refugees.", "poland", "generous", "positive"),
    ],
)
def test_the_deciding_word_is_among_the_strongest(text, actor, word, label):
    assert word in strongest(text, actor)
    assert next(row.label for row in rows(text) if row.actor == actor) == label


def test_where_a_word_stands_decides_whom_it_rates():
    by_actor = {
        row.actor: row.weight
        for row in rows("Turkey, a generous friend, helped the wounded while Iran shelled the hospital.")
    }
    assert by_actor["turkey"] > by_actor["iran"]


def test_contributions_sum_to_the_difference_of_the_logits():
    text = "Critics blamed Russia for the massacre. Turkey praised Qatar, but Qatar ignored the brave offer of Turkey."
    document = make_document(text)
    markup = Markup(document, find_mentions(document), model="linear")
    _, _, _, reading = explain(markup)
    base = read_model().base
    for row, (negative, positive) in enumerate(reading.logits):
        added = reading.weights[reading.row == row].sum()
        assert positive - negative == pytest.approx(base[1] - base[0] + added, abs=1e-4)
    found = find(markup)
    shares = reading.probabilities
    assert [row.weight for row in found] == pytest.approx(list(shares[:, 2] - shares[:, 0]))
    for row, item in enumerate(found):
        exact = np.round(reading.weights[reading.row == row], 3).tolist()
        assert item.extra["words"]
        assert all(weight in exact for _, _, weight in item.extra["words"])


def both(text: str, one: str, other: str) -> list[float]:
    """What the model says of each of two actors: the value and the strongest contributions."""
    found = rows(text)
    values: list[float] = []
    for id in (one, other):
        about = [row for row in found if row.actor == id]
        assert about, (text, id)
        for row in about:
            weights = sorted(
                (weight for _, _, weight in row.extra["words"]), key=lambda weight: (-abs(weight), weight)
            )
            values += [row.weight, *weights[:WIDTH], math.nan]
    return values


@pytest.mark.parametrize("kind", TEMPLATES)
def test_any_two_actors_get_the_same_stance(kind):
    """Every ordered pair of names of a kind, the templates taken in turn: swapping the names swaps the scores."""
    names = names_of(kind)
    actors = {actor.id: actor for actor in load_actors()}
    expected: dict[str, list[float]] = {}
    pairs = [pair for pair in permutations(names, 2) if not related(actors, *pair)]
    for number, (one, other) in enumerate(pairs):
        for template in turns(TEMPLATES[kind], number):
            text = (
                filled(template, names[one], names[other])
                .replace("The the ", "The ")
                .replace("the the ", "the ")
            )
            found = both(text, one, other)
            wanted = expected.setdefault(template, found)
            assert found == pytest.approx(wanted, abs=1e-6, nan_ok=True), (one, other, template)
    assert len(expected) == len(TEMPLATES[kind])


def test_weights_are_in_range_and_the_same_on_every_run():
    text = (
        "Russia bombed the port. Critics condemned Russia. Turkey praised Qatar for its courage. "
        "“Russia is a reliable friend of this town,” the mayor said. Ukraine thanked Poland."
    )
    found = rows(text)
    assert found == rows(text)
    assert all(-1 <= row.weight <= 1 for row in found)
    assert all(row.label in newsmtsc.SIGNS for row in found)
    shares = explain(Markup(make_document(text), find_mentions(make_document(text)))).reading.probabilities
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
    assert (shares >= 0).all()


@pytest.mark.parametrize("text", ["", " \n", "***", "Rain fell.", "Russia", "Russia.", "“Russia”"])
def test_little_or_no_text(text):
    assert all(math.isfinite(row.weight) for row in rows(text))
    assert len(rows(text)) == ("Russia" in text)


def test_the_models_give_the_same_rows():
    text = "Critics blamed Russia for the massacre. “Turkey lied,” said Russia. Mr. Putin praised Turkey and Russia."
    document = make_document(text)
    markup = Markup(document, find_mentions(document))
    ours, rules = (finder("stance", model)(markup) for model in ("linear", "lexicon"))
    for one, other in zip(ours, rules, strict=True):
        assert (one.start, one.end, one.actor, one.voice) == (
            other.start,
            other.end,
            other.actor,
            other.voice,
        )
        assert one.extra["mentions"] == other.extra["mentions"]


def test_a_pronoun_can_be_the_target():
    sentence = "She was praised for her courage, while the mayor was jailed for fraud."
    mention = newsmtsc.RatedMention("1", sentence, 0, 3, 1)
    prediction = newsmtsc.predict([mention], "linear")[0]
    assert prediction["polarity"] == 1
    assert "praised" in prediction["why"]


def test_a_sentence_that_is_not_scored_is_neutral():
    mention = newsmtsc.RatedMention("1", "***", 0, 1, 1)
    assert newsmtsc.predict([mention], "linear")[0]["polarity"] == 0


def test_the_model_is_loaded_once():
    assert finder("stance", "linear") is find
    assert read_model() is read_model()


@pytest.mark.parametrize(("name", "least"), [("dev-rw", 0.66), ("dev-mt", 0.65)])
def test_agreement_with_people(shared, name, least):
    mentions = newsmtsc.read(shared / "corpora" / "newsmtsc" / f"{name}.jsonl")
    assert newsmtsc.metrics(mentions, newsmtsc.predict(mentions, "linear"))["macro_f1"] >= least


def test_sums_are_exact_in_any_order():
    """Amounts lie on a grid, so no processor sums them to anything else."""
    table = read_model().table.view(np.float32)
    assert np.array_equal(table * 2**16, np.round(table * 2**16))
    assert np.abs(table).max() < 2**4


def test_what_a_row_says_does_not_depend_on_whether_words_are_asked_for():
    text = "Critics blamed Russia for the massacre. Turkey praised Qatar."
    document = make_document(text)
    asked = Markup(document, find_mentions(document), model="linear")
    rows, bare = find(asked), find(replace(asked, explain=False))
    assert [(row.actor, row.label, row.weight) for row in rows] == [
        (row.actor, row.label, row.weight) for row in bare
    ]
    assert any(row.extra["words"] for row in rows)
    assert {(row.why, len(row.extra["words"])) for row in bare} == {("not asked which words decide it", 0)}
