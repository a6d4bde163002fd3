"""Stance by the encoder: how a sentence portrays an actor it mentions, asked for by a placeholder in the actor's place.

Every other name is a placeholder too, so the encoder sees neither who the actor is nor who the others are. What a word
contributes is measured by hiding it (occlusion, Li, Monroe & Jurafsky 2016): the polarity with it less that without it.
Trained on NewsMTSC (Hamborg & Donnay 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from framing.analysis import Evidence, Markup
from framing.attribution import grammar
from framing.dimensions.stance import NOT_ASKED, Portrayal, evidence_of, portrayals
from framing.encoder.heads import AROUND, AT_TARGET
from framing.encoder.network import Floats, Network, network, run
from framing.encoder.pieces import HIDDEN, TARGET, Pieces, sentence
from framing.encoder.reading import read
from framing.linear.stance import LABELS
from framing.models.units import NAME, Units

LONGEST = 100  # pieces around the target that are read
LISTED = 0.03  # difference in polarity from which a word is listed
CLEAR = 0.1  # polarity, either way, from which it is asked which words decide it
_SMALL = (
    grammar.DETERMINERS
    | grammar.PREPOSITIONS
    | frozenset(
        "and or that which who whom whose i he she it we they him her them his its their you your our my".split()
    )
    | frozenset(
        "is are was were be been being am has have had do does did will would as at than then there".split()
    )
)


class Word(NamedTuple):
    """A word of a sentence as the encoder reads it, and the units `first:last` it stands for."""

    form: str
    first: int
    last: int


def find(markup: Markup) -> list[Evidence]:
    """A row per sentence, actor mentioned in it, and voice of the mention; its weight is p(positive) - p(negative).

    Words are listed whose hiding changes that by `LISTED` or more, where it is `CLEAR` or more either way.
    """
    if not markup.mentions:
        return []
    net, document = network(), markup.document
    reading = read(document, markup.mentions)
    rows = portrayals(markup)
    asked = [sentence_of(markup, reading.units, reading.words, row) for row in rows]
    coded = [code(net.pieces, [word.form for word in words]) for words in asked]
    shares = probabilities(net, coded)
    values: list[float] = (shares[:, 2] - shares[:, 0]).tolist()
    decisive = deciding_words(net, asked, coded, values) if markup.explain else [[] for _ in rows]
    units = reading.units
    evidence = []
    for row, own, value, words in zip(rows, shares, values, decisive, strict=True):
        listed = [
            [
                document.starts[units.firsts[word.first]],
                document.ends[units.lasts[word.last - 1] - 1],
                round(weight, 3),
            ]
            for word, weight in words
            if abs(weight) >= LISTED
        ]
        label = LABELS[int(own.argmax())]
        evidence.append(evidence_of(document, row, label, value, listed, _otherwise(markup, value)))
    return evidence


def _otherwise(markup: Markup, value: float) -> str:
    """What is said of a row for which no word is listed."""
    if not markup.explain:
        return NOT_ASKED
    return "no single word decides it" if abs(value) >= CLEAR else "close to neutral"


def sentence_of(markup: Markup, units: Units, words: Sequence[str], row: Portrayal) -> list[Word]:
    """The sentence of a row, with the target where it mentions the actor."""
    spans = [markup.document.tokens_in(mention.start, mention.end) for mention in row.mentions]
    return about(units, words, row.sentence, spans)


def about(units: Units, words: Sequence[str], number: int, mentions: Sequence[range]) -> list[Word]:
    """The words of a sentence, by its number, with the target at the tokens of some mentions; names that touch are one."""
    low, high = units.sentences[number], units.sentences[number + 1]
    found: list[Word] = []
    for unit in range(low, high):
        form = words[unit]
        if any(units.firsts[unit] < own.stop and own.start < units.lasts[unit] for own in mentions):
            form = TARGET
        elif form[0] == "<" and len(form) > 1:
            form = NAME
        if found and {form, found[-1].form} <= {NAME, TARGET}:
            whole = TARGET if TARGET in (form, found[-1].form) else NAME
            found[-1] = Word(whole, found[-1].first, unit + 1)
        else:
            found.append(Word(form, unit, unit + 1))
    return found


class Coded(NamedTuple):
    """A sentence in word pieces, those of the target's mentions, and of each word the pieces `first:last`, none if it is cut."""

    pieces: list[int]
    targets: list[int]
    places: list[tuple[int, int]]


def code(pieces: Pieces, words: Sequence[str]) -> Coded:
    """The word pieces of a sentence, at most `LONGEST` around its first target."""
    flat, places = sentence(pieces, words, words.index(TARGET) if TARGET in words else 0, LONGEST)
    targets = [first for (first, _), word in zip(places, words, strict=True) if word == TARGET and first]
    return Coded(flat, targets, places)


def probabilities(net: Network, sentences: Sequence[Coded]) -> NDArray[np.float64]:
    """Of negative, neutral and positive for sentences, shape (sentences, 3); without a target neutral is certain."""
    columns = run(net, [coded.pieces for coded in sentences])
    scores = [
        portrayal(own, coded.targets) if coded.targets else np.array([-np.inf, 0, -np.inf])
        for own, coded in zip(columns, sentences, strict=True)
    ]
    temperature = net.numbers["temperature of stance"]
    shares: NDArray[np.float64] = softmax(np.array(scores).reshape(-1, 3) / temperature, axis=1)
    return shares


def portrayal(columns: Floats, targets: Sequence[int]) -> NDArray[np.float64]:
    """Scores of negative, neutral and positive from the columns of a sentence's pieces, shape (3,)."""
    scores: NDArray[np.float64] = columns[targets, AT_TARGET].mean(axis=0, dtype=np.float64) + columns[
        :, AROUND
    ].mean(axis=0, dtype=np.float64)
    return scores


def deciding_words(
    net: Network, asked: Sequence[Sequence[Word]], coded: Sequence[Coded], values: Sequence[float]
) -> list[list[tuple[Word, float]]]:
    """Of each sentence that is not close to neutral the words that may decide, with the polarity that each contributes."""
    hidden: list[Coded] = []
    of: list[tuple[int, Word]] = []
    for number, (words, own) in enumerate(zip(asked, coded, strict=True)):
        for word, (first, last) in (
            zip(words, own.places, strict=True) if abs(values[number]) >= CLEAR else ()
        ):
            if may_decide(word.form) and first:
                pieces = list(own.pieces)
                pieces[first:last] = net.pieces[HIDDEN] * (last - first)
                hidden.append(own._replace(pieces=pieces))
                of.append((number, word))
    found: list[list[tuple[Word, float]]] = [[] for _ in asked]
    without = probabilities(net, hidden).tolist()
    for (number, word), (negative, _, positive) in zip(of, without, strict=True):
        found[number].append((word, values[number] - (positive - negative)))
    return found


def may_decide(form: str) -> bool:
    """Whether a word may say something about somebody: no name, no mark, and none of the words that hold sentences together."""
    return form not in _SMALL and form[0].isalpha()
