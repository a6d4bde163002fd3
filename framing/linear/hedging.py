"""Hedging by a classifier that decides in context which words hedge, among those that can.

A candidate is a word or phrase that the lexicon lists, or a word that coders marked. It is judged by itself, its
neighbours, what the rules of the lexicon make of it, and what else stands in the sentence. The classifier decides on the
types that coders marked: epistemic, doxastic and condition; the other types and boosters are the lexicon's. Trained on
the Szeged Uncertainty Corpus (Szarvas et al. 2012).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention
from framing.analysis import Evidence, Markup
from framing.dimensions.hedging import evidence_of, fits
from framing.document import Document
from framing.lexicon import Match, load_lexicon
from framing.models.classifier import Classifier, softmax
from framing.models.units import Units, blind_words, read_units
from framing.models.weights import Weights, load, unpack_words

NO_HEDGE = "none"
DECIDED = ("epistemic", "doxastic", "condition")
LABELS = (NO_HEDGE, *DECIDED)

_FEW = 6  # units on either side in which some words matter for any cue
_TELLING = frozenset(
    "if unless whether would will could should might may not no n't never that to it there when until so as who ? say said "
    "says be been".split()
)
_ENDING = 3


class Candidate(NamedTuple):
    """The units `first:last` that may hedge, their words, and what the lexicon says of them, "" where nothing."""

    first: int
    last: int
    words: str
    listed: str


class Input(NamedTuple):
    """What the classifier reads: units, their words without names, and the lexicon's matches in tokens."""

    document: Document
    units: Units
    words: list[str]
    matches: list[Match]


def read_input(document: Document, mentions: tuple[Mention, ...], common: frozenset[str]) -> Input:
    """The input for a document; `common` are the words that are no names when they begin a sentence."""
    units = read_units(document, mentions)
    words = blind_words(document, units, common)
    return Input(document, units, words, load_lexicon("hedging").match(document))


def candidates(given: Input, possible: frozenset[str]) -> list[Candidate]:
    """The matches of types that are decided here, and other units whose word is in `possible`, in the order of the text."""
    found: list[Candidate] = []
    taken: set[int] = set()
    for match in given.matches:
        first = bisect_left(given.units.firsts, match.first)
        last = bisect_left(given.units.firsts, match.last)
        taken.update(range(first, last))
        if match.entry.category in DECIDED and first < last:
            listed = match.entry.category if fits(given.document, match) else f"no {match.entry.category}"
            found.append(Candidate(first, last, " ".join(given.words[first:last]), listed))
    found += [
        Candidate(unit, unit + 1, word, "")
        for unit, word in enumerate(given.words)
        if word in possible and unit not in taken
    ]
    return sorted(found)


def features(given: Input, found: Sequence[Candidate]) -> Iterator[list[str]]:
    """The features of each candidate, in the order of the text."""
    words, bounds = given.words, given.units.sentences
    sentence = 0
    told_in, told = -1, frozenset[str]()  # looked for once a sentence, which may be the whole text
    for unit, end, word, listed in found:
        while bounds[sentence + 1] <= unit:
            sentence += 1
        if told_in != sentence:
            told_in, told = sentence, _TELLING.intersection(words[bounds[sentence] : bounds[sentence + 1]])
        first, last = bounds[sentence], bounds[sentence + 1]
        before = words[unit - 1] if unit > first else "^"
        before_that = words[unit - 2] if unit > first + 1 else "^"
        after = words[end] if end < last else "$"
        after_that = words[end + 1] if end + 1 < last else "$"
        ending = word[-_ENDING:]
        row = [
            f"word {word}",
            f"listed {listed}",
            f"word {word} listed {listed}",
            f"before {before}",
            f"after {after}",
            f"word {word} before {before}",
            f"word {word} after {after}",
            f"word {word} before {before_that} {before}",
            f"word {word} after {after} {after_that}",
            f"word {word} after -{after[-_ENDING:]}",
            f"listed {listed} before {before}",
            f"listed {listed} after {after}",
            f"ending {ending}",
            f"ending {ending} after {after}",
            f"before -{before[-2:]}",
            f"after -{after[-2:]}",
        ]
        for other in _TELLING.intersection(words[max(first, unit - _FEW) : unit]):
            row += (f"left {other}", f"word {word} left {other}")
        for other in _TELLING.intersection(words[end : min(last, end + _FEW)]):
            row += (f"right {other}", f"word {word} right {other}")
        row += [f"word {word} with {other}" for other in told]
        yield row


# Decisions ----------------------------------------------------------------------------------------------------------


class Model(NamedTuple):
    """The trained classifier, the words it may find outside the lexicon, and those that are no names at a beginning."""

    classifier: Classifier
    possible: frozenset[str]
    common: frozenset[str]

    def decide(self, row: Sequence[str]) -> tuple[str, float]:
        """The label of a candidate with these features, and the probability that it hedges at all."""
        scores = self.classifier.scores(row)
        return LABELS[scores.index(max(scores))], 1 - softmax(scores)[0]


@cache
def trained() -> Model:
    """The shipped model."""
    return unpack(load("linear", "hedging"))


def unpack(weights: Weights) -> Model:
    """The model that weights hold."""
    words = (frozenset(unpack_words(weights[name])) for name in ("possible", "common"))
    return Model(Classifier(weights), *words)


def find(markup: Markup) -> list[Evidence]:
    """Hedges and boosters; `extra` holds scope, owner and, where the classifier decided, the probability of a hedge."""
    return find_with(trained(), markup)


def unit_scores(model: Model, given: Input) -> NDArray[np.float64]:
    """The score of each label for each unit of a document, shape (units, labels); NaN where no candidate stands."""
    scores = np.full((len(given.words), len(LABELS)), np.nan)
    found = candidates(given, model.possible)
    for candidate, row in zip(found, features(given, found), strict=True):
        scores[candidate.first : candidate.last] = model.classifier.scores(row)
    return scores


def find_with(model: Model, markup: Markup) -> list[Evidence]:
    """Hedges and boosters by a given model."""
    document, lexicon = markup.document, load_lexicon("hedging")
    given = read_input(document, markup.mentions, model.common)
    evidence = [
        evidence_of(markup, match.first, match.last, match.entry.category, lexicon.reason(match.entry))
        for match in given.matches
        if match.entry.category not in DECIDED and fits(document, match)
    ]
    listed = {(match.first, match.entry.category): match.entry for match in given.matches}
    found = candidates(given, model.possible)
    for candidate, row in zip(found, features(given, found), strict=True):
        label, probability = model.decide(row)
        if label != NO_HEDGE:
            first, last = given.units.firsts[candidate.first], given.units.lasts[candidate.last - 1]
            entry = listed.get((first, label))
            why = lexicon.reason(entry) if entry else lexicon.categories[label]
            evidence.append(evidence_of(markup, first, last, label, why, probability=round(probability, 4)))
    return evidence


def explain(
    document: Document, mentions: tuple[Mention, ...], start: int
) -> dict[str, list[tuple[str, float]]]:
    """What each feature of the candidate at a code point adds to the score of each label, the strongest first.

    Empty where no candidate stands. The score is the sum of these and a bias that is the same everywhere.
    """
    model = trained()
    given = read_input(document, mentions, model.common)
    found = candidates(given, model.possible)
    for candidate, row in zip(found, features(given, found), strict=True):
        if document.starts[given.units.firsts[candidate.first]] == start:
            parts = {
                label: [(feature, model.classifier.contribution(feature, number)) for feature in row]
                for number, label in enumerate(LABELS)
            }
            return {
                label: sorted((part for part in own if part[1]), key=lambda part: (-abs(part[1]), part[0]))
                for label, own in parts.items()
            }
    return {}
