"""What the encoder learns from, in word pieces: articles and sentences with labels by unit, and mentions with ratings."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from hashlib import md5
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention, find_mentions
from framing.document import Document, make_document
from framing.encoder.pieces import Pieces, windows
from framing.encoder.stance import about, code
from framing.linear.hedging import LABELS as HEDGING_LABELS
from framing.models.context import paragraph_bounds
from framing.models.units import Units, blind_words, read_units
from framing.training import attribution
from framing.training.attribution import Article
from framing.training.hedging import MarkedSentence
from framing.training.loaded import CodedSentence
from framing.training.stance_examples import Example
from framing.training.state_stance import CodedArticle

FOLDS = 5
IGNORED = -100  # the label of a unit that says nothing
_TOGETHER = (1, 1, 1, 2, 2, 3, 4)  # how many single sentences are read as paragraphs of one text


class Tagged(NamedTuple):
    """A window with labels by unit: of attribution, of hedging, and whether experts blamed the word.

    `sentences` are pieces `first:last` with whether the sentence between is loaded. Lists are empty where nobody labelled.
    """

    pieces: list[int]
    places: list[int]
    attribution: list[int]
    hedging: list[int]
    blamed: list[int]
    sentences: list[tuple[int, int, int]]


class Rated(NamedTuple):
    """A sentence with the pieces of the target's mentions, and the probabilities of negative, neutral, positive."""

    pieces: list[int]
    targets: list[int]
    shares: tuple[float, float, float]


def fold_of(id: str) -> int:
    """Which of the folds an article or document belongs to."""
    return int(md5(id.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def blind(
    document: Document, mentions: tuple[Mention, ...], common: frozenset[str]
) -> tuple[Units, list[str]]:
    """The units of a document and their words, names as placeholders."""
    units = read_units(document, mentions)
    return units, blind_words(document, units, common)


# Windows with labels by unit ------------------------------------------------------------------------------------------


def attribution_windows(
    articles: Iterable[Article], pieces: Pieces, common: frozenset[str]
) -> Iterator[Tagged]:
    """The windows of coded articles."""
    for article in articles:
        document = make_document(article.text, id=article.id)
        units, words = blind(document, find_mentions(document), common)
        labels = attribution.labels(article, document, units)
        for window in windows(pieces, words, paragraph_bounds(document, units)):
            own = labels[window.first : window.first + len(window.places)]
            yield Tagged(window.pieces, window.places, own, [], [], [])


class _Sentence(NamedTuple):
    """A sentence on its own: its words and their labels, and whether it is loaded (None: nobody said)."""

    words: list[str]
    hedging: list[int]
    blamed: list[int]
    loaded: bool | None


def hedging_windows(
    sentences: Sequence[MarkedSentence], pieces: Pieces, common: frozenset[str], chance: random.Random
) -> list[Tagged]:
    """Neighbouring marked sentences of a document as windows."""
    found: list[Tagged] = []
    for _, group in groupby(sentences, key=attrgetter("document")):
        found += _together([_hedging_sentence(each, common) for each in group], pieces, chance)
    return found


def _hedging_sentence(sentence: MarkedSentence, common: frozenset[str]) -> _Sentence:
    document = make_document(sentence.text, id=sentence.id)
    coded = [0] * len(document.tokens)
    for cue in sentence.cues:
        for token in document.tokens_in(cue.start, cue.end):
            coded[token] = HEDGING_LABELS.index(cue.label)
    units, words = blind(document, find_mentions(document), common)
    return _Sentence(words, _by_unit(units, coded), [], None)


def _by_unit(units: Units, coded: Sequence[int]) -> list[int]:
    return [max(coded[first:last]) for first, last in zip(units.firsts, units.lasts, strict=True)]


def loaded_windows(
    sentences: Sequence[CodedSentence], pieces: Pieces, common: frozenset[str], chance: random.Random
) -> list[Tagged]:
    """Sentences that experts coded, in any order, as windows."""
    shuffled = list(sentences)
    chance.shuffle(shuffled)
    return _together([_loaded_sentence(each, common) for each in shuffled], pieces, chance)


def _loaded_sentence(sentence: CodedSentence, common: frozenset[str]) -> _Sentence:
    document = make_document(sentence.text, id=sentence.id)
    coded = [0] * len(document.tokens)
    text = sentence.text.lower()
    for word in sentence.words:
        start = text.find(word.lower())
        if start >= 0:
            for token in document.tokens_in(start, start + len(word)):
                coded[token] = 1
    units, words = blind(document, find_mentions(document), common)
    return _Sentence(words, [], _by_unit(units, coded), sentence.biased)


def _together(sentences: Sequence[_Sentence], pieces: Pieces, chance: random.Random) -> list[Tagged]:
    """Sentences as paragraphs of windows, a few in each."""
    rest = [sentence for sentence in sentences if sentence.words]
    found: list[Tagged] = []
    while rest:
        size = chance.choice(_TOGETHER)
        taken, rest = rest[:size], rest[size:]
        words = [word for sentence in taken for word in sentence.words]
        bounds = [0]
        for sentence in taken:
            bounds.append(bounds[-1] + len(sentence.words))
        hedged = list(chain.from_iterable(sentence.hedging for sentence in taken))
        blamed = list(chain.from_iterable(sentence.blamed for sentence in taken))
        for window in windows(pieces, words, bounds):
            end = window.first + len(window.places)
            coded = []
            for sentence, first, last in zip(taken, bounds, bounds[1:], strict=False):
                if sentence.loaded is not None and window.first <= first and last <= end:
                    begin, stop = window.places[first - window.first], window.ends[last - 1 - window.first]
                    coded.append((begin, stop, int(sentence.loaded)))
            found.append(
                Tagged(
                    window.pieces,
                    window.places,
                    [],
                    hedged[window.first : end],
                    blamed[window.first : end],
                    coded,
                )
            )
    return found


# Rated mentions -------------------------------------------------------------------------------------------------------

_TAUGHT = 0.4  # share of the teacher's probabilities in those that a rated mention is learnt with


def rated(pieces: Pieces, example: Example, shares: NDArray[np.float32]) -> Rated:
    """A mention that people rated; `shares` are the teacher's probabilities, which soften the rating."""
    rating = np.zeros(3)
    rating[example.polarity + 1] = 1
    return labelled(pieces, example, (1 - _TAUGHT) * rating + _TAUGHT * shares)


def labelled(pieces: Pieces, example: Example, shares: NDArray[Any]) -> Rated:
    """A mention with the probabilities of negative, neutral, positive that are to be learnt."""
    coded = code(pieces, example.words)
    negative, neutral, positive = shares.tolist()
    return Rated(coded.pieces, coded.targets, (negative, neutral, positive))


def state_examples(
    articles: Iterable[CodedArticle], pieces: Pieces, common: frozenset[str]
) -> Iterator[Rated]:
    """The coded portrayals of states whose mention is found."""
    for article in articles:
        for text, codes in zip(article.sentences, article.codes, strict=True):
            document = make_document(text, id=article.id)
            mentions = find_mentions(document)
            units, words = blind(document, mentions, common)
            for actor, mean in zip(article.actors, codes, strict=True):
                theirs = [mention for mention in mentions if mention.actor == actor]
                if mean is None or not theirs:
                    continue
                sentence = theirs[0].sentence
                spans = [
                    document.tokens_in(each.start, each.end) for each in theirs if each.sentence == sentence
                ]
                coded = code(pieces, [word.form for word in about(units, words, sentence, spans)])
                yield Rated(coded.pieces, coded.targets, _shares(mean))


def _shares(mean: float) -> tuple[float, float, float]:
    """Probabilities of negative, neutral, positive for a mean code of -2..2."""
    strength = abs(mean)
    if strength == 0:
        return 0.04, 0.92, 0.04
    sure = float(np.interp(strength, [0.25, 0.5, 1, 1.5, 2], [0.5, 0.6, 0.8, 0.88, 0.95]))
    rest = (1 - sure) * 0.85
    return (sure, rest, 1 - sure - rest) if mean < 0 else (1 - sure - rest, rest, sure)
