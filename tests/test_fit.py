"""Fitting the taggers and classifiers: on a small corpus of our own they learn it, and the same corpus gives the same weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from framing.actors import find_mentions
from framing.analysis import Markup
from framing.attribution.tagged import LABELS
from framing.document import Span, make_document
from framing.linear import attribution as linear_attribution
from framing.linear.hedging import find_with, unpack
from framing.models.tagger import Tagger
from framing.models.weights import unpack_words
from framing.training import fit_attribution, fit_hedging, hedging
from framing.training.attribution import Article, Coded
from framing.training.card import card, figures_table
from framing.training.hedging import Cue, MarkedSentence
from framing.training.validate import compare_items

SPEAKERS = ("The mayor", "Anna Lind", "A ferryman", "The harbour office", "Officials")
CONTENTS = ("the port is shut", "two ships had left", "the storm will pass", "nobody was hurt")


def coded_articles() -> list[Article]:
    """Sentences such as "The mayor said the port is shut.", coded, between others that attribute nothing."""
    articles = []
    for number, speaker in enumerate(SPEAKERS * 4):
        content = CONTENTS[number % len(CONTENTS)]
        text = f"It rained at dawn. {speaker} said {content}. The quay was empty."
        start = len("It rained at dawn. ")
        cue = start + len(speaker) + 1
        said = cue + len("said ")
        coded = Coded(
            cue=(Span(cue, cue + 4),),
            source=(Span(start, start + len(speaker)),),
            content=(Span(said, said + len(content)),),
        )
        articles.append(Article(str(number), text, (coded,)))
    return articles


def marked_sentences() -> list[MarkedSentence]:
    """Sentences with a hedge of each type, and some with none."""
    kinds = (
        ("The bridge may close in week {}.", "may", "epistemic"),
        ("Officials believe it closed in week {}.", "believe", "doxastic"),
        ("The bridge will open if week {} is dry.", "if", "condition"),
        ("Come what may, the bridge did close in week {}.", "", ""),
    )
    sentences = []
    for number in range(80):
        pattern, word, label = kinds[number % len(kinds)]
        text = pattern.format(number)
        start = text.index(word)
        cues = (Cue(start, start + len(word), label),) if word else ()
        sentences.append(MarkedSentence(f"d{number // 8}#{number}", text, cues))
    return sentences


@pytest.fixture(scope="module")
def tagger_weights():
    return fit_attribution.train(coded_articles())


def test_a_tagger_learns_what_was_coded(tagger_weights):
    tagger = Tagger(tagger_weights, linear_attribution.describe, linear_attribution.OFFSETS)
    document = make_document("A sailor said the harbour is open.")
    common = frozenset(unpack_words(tagger_weights["common"]))
    given = linear_attribution.read_input(document, find_mentions(document), common)
    labels = [LABELS[label] for label in linear_attribution.tag(tagger, [given])[0]]
    assert labels[2] == "B-cue"
    assert labels[3:7] == ["B-content", *["I-content"] * 3]


def test_the_same_articles_give_the_same_weights(tagger_weights):
    again = fit_attribution.train(coded_articles())
    assert again.keys() == tagger_weights.keys()
    assert all(np.array_equal(again[name], tagger_weights[name]) for name in again)


def test_a_classifier_of_hedges_learns_what_was_marked():
    prepared = list(map(fit_hedging.prepare, marked_sentences()))
    weights = fit_hedging.train(prepared)
    assert "may" in unpack_words(weights["possible"])
    find = partial(find_with, unpack(weights))
    (item,) = find(Markup(make_document("The port may close."), ()))
    assert item.label == "epistemic"
    assert find(Markup(make_document("Come what may, it did."), ())) == []


def test_a_card_says_how_good_the_model_is():
    sentences = marked_sentences()
    predictions = hedging.predict(sentences, "lexicon")
    validation = compare_items(hedging.TASK, sentences, predictions, "lexicon", "own", draws=20)
    table = figures_table([("our sentences", validation, ("cue_f1",))])
    assert table.splitlines()[2].startswith("| our sentences | cue F1 | 0.")
    assert table.endswith("| 80 |")
    text = card("Hedging", {"a": np.zeros(3)}, {"How good it is": table})
    assert "`{sha256}`" in text
