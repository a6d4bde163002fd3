"""Loaded language by a trained classifier: how likely a sentence is loaded, and which of its words make it so.

A logistic regression over words, pairs of words and the terms of the lexicons, trained on sentences that experts coded
(Spinde et al. 2021). Everything it knows of a word, its meaning included, is folded into three numbers when it
is trained, so that the log-odds of a sentence are a sum over its words: what a word contributes is exact. The sentence's
names are hidden from it (see `framing.models.units`).

The evidence is that of the lexicons, and words without an entry that carry a sentence over the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention
from framing.analysis import Evidence, Floats, Markup
from framing.dimensions.loaded import EVALUATIVE, Place, find_loaded, terms
from framing.document import Document
from framing.models.units import NAME, Units, blind_words, read_units, units_in
from framing.models.weights import Weights, load, unpack_words

Ints = NDArray[np.int64]

THRESHOLD = 0.5  # probability from which a sentence counts as loaded
LEAST = 0.6  # log-odds that a word must contribute to be shown; less is what any sentence has
LEAST_BLAMED = 0.27  # chance that experts blame a word, 0..1, from which on it is shown; below lie words of topics rather than judgements
WHY = "One of the words for which a classifier, trained on sentences that experts coded, takes this one for loaded (probability {:.2f})."
NUMBER, OTHER = "<number>", "<other>"  # units that no list holds: numbers, and words never seen


class Vocabulary(dict[str, int]):
    """The number of each known word; unknown ones are `OTHER`, or `NUMBER` where they begin with a digit."""

    def __missing__(self, word: str) -> int:
        return self[NUMBER if word[0].isdigit() else OTHER]


class Model(NamedTuple):
    """A trained classifier; all numbers but `blamed` are log-odds.

    A word adds `plain` wherever it stands and `rooted` divided by the square root of the length of its sentence in
    units, shape (words,); two neighbours, whose `pair_keys` are sorted, add `paired` divided likewise, shape (pairs,).
    A term of the lexicons adds that of its label and `weight` times its own absolute weight. `base` and `length`
    times the logarithm of the length belong to no word. `blamed` is the chance, 0..1, that experts blame the word in a
    sentence; the highest of a sentence times `strongest` is added for that word. `common` are the words that begin a
    sentence without being taken for a name.
    """

    words: Vocabulary
    common: frozenset[str]
    plain: Floats
    rooted: Floats
    pair_keys: Ints
    paired: Floats
    blamed: Floats
    labels: dict[str, float]
    weight: float
    strongest: float
    base: float
    length: float


class Text(NamedTuple):
    """What the classifier reads: units, their numbers in the vocabulary, their sentences, whether they count, and the
    lengths of sentences.

    `ids`, `sentence` and `counts` have the shape (units,), `lengths`, in units that count and at least 1, (sentences,).
    Of a name of several words the first counts, so that it makes no difference how long a name is.
    """

    units: Units
    ids: Ints
    sentence: Ints
    counts: NDArray[np.bool_]
    lengths: Floats


class Contributions(NamedTuple):
    """What makes the log-odds of each sentence: its `base`, shape (sentences,), plus `by_unit`, shape (units,)."""

    text: Text
    base: Floats
    by_unit: Floats

    def log_odds(self) -> Floats:
        """The log-odds of each sentence, shape (sentences,)."""
        return self.base + _by_sentence(self.text, self.by_unit)


@cache
def trained() -> Model:
    """The shipped model."""
    return unpack(load("linear", "loaded"))


def unpack(weights: Weights) -> Model:
    """The model of stored arrays."""
    words = unpack_words(weights["words"])
    constants = dict(zip(unpack_words(weights["constant_names"]), weights["constants"].tolist(), strict=True))
    return Model(
        words=Vocabulary(zip(words, range(len(words)), strict=True)),
        common=frozenset(words[: int(weights["common"])]),
        plain=weights["plain"].astype(np.float64),
        rooted=weights["rooted"].astype(np.float64),
        pair_keys=weights["pair_keys"],
        paired=weights["paired"].astype(np.float64),
        blamed=weights["blamed"].astype(np.float64),
        labels=dict(zip(unpack_words(weights["labels"]), weights["by_label"].tolist(), strict=True)),
        **constants,
    )


def find(markup: Markup, model: Model | None = None) -> list[Evidence]:
    """The evidence of the lexicons, and words without an entry that make a sentence loaded; by the shipped model if none
    is given.

    `extra` holds `neutral`, the `probability` that the sentence is loaded, and the `contribution` of the words to it in
    log-odds. The weight of `evaluative` evidence is 0: the model does not know whom a word flatters or belittles.
    """
    model = model or trained()
    document = markup.document
    named = terms(document)
    parts = contributions(model, document, markup.mentions, named)
    units, chances = parts.text.units, probability(parts.log_odds())
    listed = find_loaded(markup, named)
    places = [units_in(units, document.tokens_in(item.start, item.end)) for item in listed]
    taken = {unit for first, last in places for unit in range(first, last)}
    runs = _runs(model, parts, chances, taken)
    listed += [evaluative(document, units, first, last) for first, last in runs]
    return _explained(listed, [*places, *runs], parts, chances)


def sentence_probabilities(
    document: Document, mentions: tuple[Mention, ...], model: Model | None = None
) -> Floats:
    """How likely each sentence is to be called loaded by experts, 0..1, shape (sentences,); by the shipped model if none
    is given.
    """
    parts = contributions(model or trained(), document, mentions, terms(document))
    return probability(parts.log_odds())


def probability(log_odds: Floats) -> Floats:
    """Probabilities of log-odds, 0..1."""
    return 1 / (1 + np.exp(-np.maximum(log_odds, _LEAST_LOG_ODDS)))


_LEAST_LOG_ODDS = (
    -700.0
)  # below, the exponential is more than a number can hold; a very long sentence may come to it


def read_text(
    words: Vocabulary, common: frozenset[str], document: Document, mentions: tuple[Mention, ...]
) -> Text:
    """A document as the classifier reads it."""
    units = read_units(document, mentions)
    blind = blind_words(document, units, common)
    # list and map stay in C for known words; __missing__ is called for the others only
    ids = np.array(list(map(words.__getitem__, blind)), dtype=np.int64)
    sizes = np.diff(units.sentences)
    sentence = np.arange(len(sizes)).repeat(sizes)
    counts = np.ones(len(ids), dtype=bool)
    name = ids == words[NAME]
    counts[1:] = ~(name[1:] & name[:-1] & (sentence[1:] == sentence[:-1]))
    lengths = np.bincount(sentence, counts, minlength=len(sizes))
    return Text(units, ids, sentence, counts, np.maximum(lengths, 1.0))


def pair_keys(text: Text, words: int) -> tuple[Ints, Ints]:
    """The first units of all pairs of neighbours in a sentence, and each pair as one number; both of shape (pairs,)."""
    first = np.flatnonzero((text.sentence[1:] == text.sentence[:-1]) & text.counts[1:])
    return first, text.ids[first] * words + text.ids[first + 1]


def outside_names(words: Vocabulary, text: Text, named: Iterable[Place]) -> Iterator[tuple[int, int, Place]]:
    """Terms with the units `first:last` they cover, but for those with a name in them: no score may depend on it."""
    name = words[NAME]
    for place in named:
        first, last = units_in(text.units, range(place.first, place.last))
        # Mentions are units in angle brackets, and "<" alone is a token.
        if name not in text.ids[first:last].tolist() and not any(
            word[0] == "<" and len(word) > 1 for word in text.units.words[first:last]
        ):
            yield first, last, place


def contributions(
    model: Model, document: Document, mentions: tuple[Mention, ...], named: Sequence[Place]
) -> Contributions:
    """What every unit adds to the log-odds of its sentence. A pair or term counts in equal parts for its units."""
    text = read_text(model.words, model.common, document, mentions)
    sentence, root = text.sentence, np.sqrt(text.lengths)
    rooted = text.counts * model.rooted.take(text.ids)
    first, keys = pair_keys(text, len(model.words))
    if len(keys):
        at = np.minimum(model.pair_keys.searchsorted(keys), len(model.pair_keys) - 1)
        known = np.flatnonzero(model.pair_keys.take(at) == keys)
        first, halves = first.take(known), model.paired.take(at.take(known)) / 2
        rooted[first] += halves
        rooted[first + 1] += halves
    by_unit = text.counts * model.plain.take(text.ids) + rooted / root.take(sentence)
    chance = text.counts * model.blamed.take(text.ids)
    highest = np.maximum.reduceat(chance, text.units.sentences[:-1]).take(sentence)
    top = np.flatnonzero(chance == highest)
    by_unit[top] += model.strongest * chance[top] / np.bincount(sentence[top])[sentence[top]]
    for start, stop, place in outside_names(model.words, text, named):
        by_unit[start:stop] += (model.labels.get(place.label, 0.0) + model.weight * abs(place.weight)) / (
            stop - start
        )
    return Contributions(text, model.base + model.length * np.log(text.lengths), by_unit)


def _by_sentence(text: Text, by_unit: Floats) -> Floats:
    sums: Floats = np.bincount(text.sentence, by_unit, minlength=len(text.lengths)).astype(np.float64)
    return sums


def _runs(model: Model, parts: Contributions, chances: Floats, taken: set[int]) -> list[tuple[int, int]]:
    """Words that carry a loaded sentence and are in no other evidence; neighbours are one run."""
    text = parts.text
    carries = (parts.by_unit >= LEAST) & (chances >= THRESHOLD)[text.sentence]
    shown = np.flatnonzero(carries & (model.blamed[text.ids] >= LEAST_BLAMED))
    runs: list[tuple[int, int]] = []
    for unit in shown.tolist():
        if unit in taken or not text.units.words[unit][0].isalpha() or text.ids[unit] == model.words[NAME]:
            continue
        if runs and runs[-1][1] == unit and text.sentence[unit - 1] == text.sentence[unit]:
            runs[-1] = (runs[-1][0], unit + 1)
        else:
            runs.append((unit, unit + 1))
    return runs


def evaluative(document: Document, units: Units, first: int, last: int) -> Evidence:
    """Evidence of units that a classifier takes for loaded; it does not know whom they flatter or belittle."""
    return Evidence(
        dimension="loaded",
        label=EVALUATIVE,
        start=document.starts[units.firsts[first]],
        end=document.ends[units.lasts[last - 1] - 1],
        weight=0.0,
        extra={"neutral": None},
    )


def _explained(
    evidence: Sequence[Evidence], places: Sequence[tuple[int, int]], parts: Contributions, chances: Floats
) -> list[Evidence]:
    """The evidence at these units with the probability of its sentence and its contribution; `why` where it has none."""
    explained = []
    likely = chances.take(parts.text.sentence.take([first for first, _ in places])).tolist() if places else []
    for item, (first, last), chance in zip(evidence, places, likely, strict=True):
        contribution = sum(parts.by_unit[first:last].tolist())
        extra = {**item.extra, "probability": round(chance, 4), "contribution": round(contribution, 3)}
        why = item.why or WHY.format(chance)
        explained.append(
            Evidence(
                item.dimension,
                item.label,
                item.start,
                item.end,
                item.weight,
                item.actor,
                why=why,
                extra=extra,
            )
        )
    return explained
