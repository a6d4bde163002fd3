"""Stance by a statistical model: how a sentence portrays an actor, by every word and where it stands to the mention.

A multinomial logistic regression over three classes (Hamborg & Donnay 2021): each word of the sentence adds to the
logits an amount that depends on the word and on its relations to the mention (side, distance, clause, names between,
negation, quotation, reports), and the amounts of the words are summed. So what a word contributes is exact: what it
adds to the logit of positive less what it adds to that of negative. The weights of a word are the product of its
vector with a matrix for every relation, so words that are used alike share what was learned (`framing.training.fit_stance`).

The model never sees who an actor is: every mention is a unit without a name (see `framing.models.units`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise, zip_longest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention
from framing.analysis import Evidence, Markup
from framing.dimensions.stance import NO_WORD, NOT_ASKED, Portrayal, evidence_of, portrayals
from framing.document import Document
from framing.models.units import Units, blind_words, read_units
from framing.models.weights import load, unpack_words

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

LABELS = ("negative", "neutral", "positive")
_GRID = 2.0**16  # steps in which one logit is counted
LISTED = 0.2  # contribution, in logits, from which a word is listed in the evidence

# Words as numbers -------------------------------------------------------------------------------------------------

UNKNOWN, NAME = 0, 1  # the first ids of the vocabulary: a word it lacks, which adds nothing, and any name

# What a word is to the words around it, as bits.
_NAME, _COUNTED, _BREAK, _QUOTE, _CONTRAST, _REPORT, _NEGATION, _BE, _BY, _OWNER, _PREPOSITION, _STOP = (
    1 << bit for bit in range(12)
)
_EDGE = _BREAK | _QUOTE
_WORDS = {
    _BREAK: ', ; : ( ) " - – — but and or while who which that because although though as if when after',
    _QUOTE: '"',
    _CONTRAST: "but although though however while whereas yet despite unlike except ;",
    _NEGATION: "not no never neither nor without cannot hardly nobody none nothing",
    _BE: "am is are was were be been being get gets got getting 's 're",
    _BY: "by",
    _OWNER: "'s '",
    _PREPOSITION: "of for with to against on about at from over like than toward towards",
    _STOP: ', ; : ( ) " but',
}
_ARTICLES = frozenset("the a an".split())


def traits(words: Sequence[str], reporting: frozenset[str]) -> Ints:
    """The properties of the words of a vocabulary, as bits, shape (words,); `reporting` are verbs such as "said"."""
    found = np.zeros(len(words), dtype=np.int64)
    found[NAME] = _NAME
    classes = {bit: frozenset(listed.split()) for bit, listed in _WORDS.items()}
    for number, word in enumerate(words[NAME + 1 :], NAME + 1):
        found[number] = sum(
            bit for bit, listed in classes.items() if word in listed or (bit, word[-3:]) == (_NEGATION, "n't")
        )
        found[number] |= _COUNTED * (word[0].isalnum() and word not in _ARTICLES) | _REPORT * (
            word in reporting
        )
    return found


class Text(NamedTuple):
    """Units as numbers, shape (units,): the id of each word, its traits, and the sentence it is in."""

    ids: Ints
    traits: Ints
    sentence: Ints


class Parts(NamedTuple):
    """Stretches of sentences, shape (parts,): the row each belongs to, the units `first:last` of the mention in it,
    and its own units `low:high`. A row has one for each mention, which holds the words nearest to that mention.
    """

    row: Ints
    first: Ints
    last: Ints
    low: Ints
    high: Ints


# Where words stand -------------------------------------------------------------------------------------------------

_SIDES = 2  # before the mention, after it
_REACH = 20  # words between from which on distance makes no difference
_BUCKETS = np.repeat(np.arange(7), [1, 1, 2, 3, 5, 8, 1])  # of 0.._REACH words between
_NEGATION_REACH = 3  # units over which a negation works
_BE_REACH = 2  # units between a form of be and a participle, the participle counted
_LENGTHS = (15, 30)  # words in a short and in a middling sentence, at most

# How many values each group of relations has; every word has one of each group.
_GROUPS = {
    "any": 1,
    "distance": _SIDES * 7,
    "clause breaks and names between": _SIDES * 4 * 3,
    "negated, after be, before by, after a preposition": 2**4,
    "right after a name or its possessive, right before a name": _SIDES * 3 * 2,
    "inside a quotation or outside, report between, contrast between": _SIDES * 2**3,
    "what stands beside the mention": _SIDES * 5,
    "the mention speaks": _SIDES * 2,
    "names and words in the sentence": _SIDES * 3 * 3,
}
RELATIONS = sum(_GROUPS.values())
_OFFSETS = np.cumsum([0, *_GROUPS.values()])[:-1]


def relate(text: Text, parts: Parts) -> tuple[Ints, Ints, Ints]:
    """Every known word near a mention: its part and its unit, shape (words,), and its relations, shape (words, groups).

    A relation is a number below `RELATIONS`.
    """
    around = _Around(text)
    first, last = parts.first, parts.last
    # What is true of all words on one side of a mention is worked out once: side 2 i lies before the mention of part i,
    # side 2 i + 1 after it.
    known = np.flatnonzero(around.countable & (text.ids != UNKNOWN))
    edges = known.searchsorted(np.stack([parts.low, last, first, parts.high], axis=1).ravel()).reshape(-1, 4)
    begin = edges[:, :2].ravel()
    size = edges[:, 2:].ravel() - begin
    size[size < 0] = 0
    side = np.arange(len(size)).repeat(size)
    unit = known.take(np.arange(len(side)) + (begin - size.cumsum() + size).take(side))
    after = side & 1
    anchor = np.stack([first, last], axis=1).ravel()
    # Counts run from the mention to the word, both left out; their fields are parted only when the difference is taken.
    near, far = (
        np.abs(total.take(anchor).take(side) - total.take(unit + 1 - after)) for total in around.totals
    )
    words, breaks, names = near & _FIELD, near >> _BITS & _FIELD, near >> 2 * _BITS
    reports = far >> _BITS & _FIELD
    own = around.unit.take(unit)
    facing = np.stack([around.before.take(first), around.behind.take(last - 1)], axis=1)
    speaks = ((facing[:, 0] | facing[:, 1]) & _REPORT > 0).astype(np.int64)
    crowd, length = around.sizes(first)
    values = np.empty((len(_GROUPS), len(unit)), dtype=np.int64)
    values[0] = 0
    values[1] = _BUCKETS.take(np.minimum(words, _REACH)) + 7 * after
    values[2] = np.minimum(breaks, 3) * 3 + np.minimum(names, 2) + 12 * after
    values[3] = own & 15
    values[4] = _NAMES_BESIDE.take((own >> 4) + 6 * (words == 0) + 12 * after)
    values[5] = (far & 1) * 4 + (reports > 0) * 2 + (far >> 2 * _BITS > 0) + 8 * after
    values[6] = (_BESIDE.take(facing) + _AFTER * 5).ravel().take(side)
    values[7] = (speaks[:, None] + _AFTER * 2).ravel().take(side)
    values[8] = ((crowd * 3 + length)[:, None] + _AFTER * 9).ravel().take(side)
    values += _OFFSETS[:, None]
    return side >> 1, unit, values.T


_AFTER = np.arange(_SIDES)
# Counts of what stands between are kept three to a number.
_BITS = 21
_FIELD = (1 << _BITS) - 1

_TRAITS = np.arange(1 << 12)  # whatever traits a unit may have, for tables of what follows from them


def _has(*traits: int) -> Ints:
    """1 for each set of traits that has one of these."""
    return (_TRAITS & sum(traits) > 0).astype(np.int64)


_COUNTED_NEAR = _has(_NAME, _COUNTED) + (_has(_BREAK) << _BITS) + (_has(_NAME) << 2 * _BITS)
_COUNTED_FAR = _has(_QUOTE) + (_has(_REPORT) << _BITS) + (_has(_CONTRAST) << 2 * _BITS)

# What a unit's neighbours make of it: the value of its fourth group in the lowest four bits, then whether a name follows, and
# whether a name (1) or an owner (2) goes before.
_FROM_BEFORE = _has(_PREPOSITION) + (np.where(_has(_NAME), 1, _has(_OWNER) * 2) << 5)
_FROM_BEHIND = _has(_BY) * 2 + (_has(_NAME) << 4)
# The value of the group of names beside a word; a mention that the word touches is none of them.
_NAMES_BESIDE = np.array([0, 1, 2, 3, 4, 5, 0, 0, 2, 2, 4, 4, 6, 7, 8, 9, 10, 11, 6, 7, 6, 7, 6, 7])

# The kind of unit beside a mention: an owner or "by", a form of be or a preposition, an edge, another word. None is like
# an article and an unknown word, which have no traits.
_BESIDE = np.select(
    [_TRAITS == 0, _has(_OWNER, _BY) > 0, _has(_BE, _PREPOSITION) > 0, _has(_EDGE) > 0], [4, 1, 2, 3], 0
)


class _Around:
    """What stands around every unit: the traits of its neighbours in its sentence, and running counts."""

    def __init__(self, text: Text) -> None:
        own, self.sentence = text.traits, text.sentence
        joined = self.sentence[1:] == self.sentence[:-1]
        self.before, self.behind = np.zeros_like(own), np.zeros_like(own)
        self.before[1:] = own[:-1] * joined
        self.behind[:-1] = own[1:] * joined
        is_name = own & _NAME > 0
        begins = is_name & (self.before & _NAME == 0)
        ends = is_name & (self.behind & _NAME == 0)
        self.countable = begins | ~is_name  # a name of several words is one
        self.behind[begins] = self.behind[ends]
        counted = own * self.countable
        self.totals = np.zeros((2, len(own) + 1), dtype=np.int64)
        _COUNTED_NEAR.take(counted).cumsum(out=self.totals[0, 1:])
        _COUNTED_FAR.take(counted).cumsum(out=self.totals[1, 1:])
        self.unit = _FROM_BEFORE.take(self.before) + _FROM_BEHIND.take(self.behind) + self._turned(joined)

    def _turned(self, joined: Flags) -> Ints:
        """8 where a negation and 4 where a form of be works: one of few units before, with neither a stop nor the edge of
        the sentence between.
        """
        lately = self.before & (_NEGATION | _BE)
        goes_on = joined & (self.before[1:] & _STOP == 0)
        reached = {1: lately}
        for step in range(2, max(_NEGATION_REACH, _BE_REACH) + 1):
            reached[step] = lately.copy()
            reached[step][1:] |= reached[step - 1][:-1] * goes_on
        return (reached[_NEGATION_REACH] & _NEGATION > 0) * 8 + (reached[_BE_REACH] & _BE > 0) * 4

    def sizes(self, units: Ints) -> tuple[Ints, Ints]:
        """How many names and words the sentences of some units have: 0 one or none to 2 many, 0 few to 2 many."""
        sentences = self.sentence.take(units)
        low, high = (self.sentence.searchsorted(sentences, side) for side in ("left", "right"))
        counts = self.totals[0].take(high) - self.totals[0].take(low)
        return np.clip(counts >> 2 * _BITS, 1, 3) - 1, np.searchsorted(_LENGTHS, counts & _FIELD)


# The model ---------------------------------------------------------------------------------------------------------


class Ids(dict[str, int]):
    """The ids of words; a word that it lacks is unknown, and what stands for a mention is a name."""

    def __missing__(self, word: str) -> int:
        if word[0] == "<" and len(word) > 1:
            self[word] = NAME  # there are few kinds of mention, and many mentions
            return NAME
        return UNKNOWN


class Model(NamedTuple):
    """`table` holds what a word in a relation adds to the logits of negative and positive, shape (words * RELATIONS,);
    that of neutral stays 0. `base` is what they are without words, shape (2,).

    The two are one complex number each, because looking up single items is several times faster than looking up pairs.
    """

    ids: Ids
    traits: Ints
    table: NDArray[np.complex64]
    base: Floats


@cache
def read_model() -> Model:
    """The trained model; read once."""
    return unpack_model(load("linear", "stance"))


def unpack_model(weights: Mapping[str, NDArray[Any]]) -> Model:
    """The model of stored weights: vectors as whole numbers with a scale for each dimension, and matrices."""
    words = unpack_words(weights["words"])
    vectors = weights["vectors"].astype(np.float64) * weights["scales"]
    # On a grid sums are exact in any order, so that every processor gives the same.
    table = np.rint(vectors @ (weights["matrix"].astype(np.float64) * _GRID)).astype(np.float32)
    table /= np.float32(_GRID)
    ids = Ids((word, number) for number, word in enumerate(words) if number > NAME)
    pairs = np.ascontiguousarray(table).reshape(-1, 2).view(np.complex64)[:, 0]
    return Model(ids, weights["traits"].astype(np.int64), pairs, weights["base"].astype(np.float64))


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of negative, neutral, positive, shape (n, 3), from the logits of the outer two against neutral, (n, 2)."""
    all_three = np.insert(logits, 1, 0.0, axis=1)
    odds = np.exp(all_three - all_three.max(axis=1, keepdims=True))
    shares: NDArray[Any] = odds / odds.sum(axis=1, keepdims=True)
    return shares


class Reading(NamedTuple):
    """What the model makes of rows: logits of negative and positive, shape (rows, 2), and what each word near a mention
    adds to them: its row and unit, shape (words,), and the amounts, shape (words, 2).
    """

    logits: Floats
    row: Ints
    unit: Ints
    added: NDArray[np.float32]

    @property
    def weights(self) -> Floats:
        """What each word contributes: what it adds to the logit of positive less that of negative, shape (words,)."""
        return (self.added[:, 1] - self.added[:, 0]).astype(np.float64)

    @property
    def probabilities(self) -> Floats:
        """Of negative, neutral and positive, shape (rows, 3)."""
        return softmax(self.logits)


def read_text(document: Document, mentions: tuple[Mention, ...], ids: Ids) -> tuple[Units, list[int]]:
    """The units of a document and the ids of their words; every name has the same id."""
    units = read_units(document, mentions)
    words = blind_words(document, units, ids)
    return units, list(map(ids.__getitem__, words))


def number_text(units: Units, ids: Sequence[int], traits_of: Ints) -> Text:
    """Units, the ids of their words and the traits of the vocabulary as arrays."""
    numbers = np.array(ids, dtype=np.int64)
    sentence = np.repeat(np.arange(len(units.sentences) - 1), np.diff(units.sentences))
    return Text(numbers, traits_of[numbers], sentence)


def place(document: Document, units: Units, ids: Sequence[int], rows: Sequence[Portrayal]) -> Parts:
    """The parts of the sentences of some rows: words halfway between two mentions belong to the later one."""
    found: list[int] = []
    bounds = units.sentences
    others = [unit for unit, id in enumerate(ids) if id != NAME]
    for number, (sentence, _, _, mentions) in enumerate(rows):
        low, high = bounds[sentence], bounds[sentence + 1]
        runs = [_run(document, units, others, low, high, start, end) for _, start, end, *_ in mentions]
        if len(runs) > 1 or runs[0] == (high, high):
            runs = sorted({*runs} - {(high, high)})
        start = low
        for (first, last), following in zip_longest(runs, runs[1:]):
            end = (last + following[0]) // 2 if following else high
            found += (number, first, last, start, end)
            start = end
    return Parts(*np.array(found, dtype=np.int64).reshape(-1, 5).T)


def _run(
    document: Document, units: Units, others: Sequence[int], low: int, high: int, start: int, end: int
) -> tuple[int, int]:
    """The units of a mention with the names it touches, which may be more of its name; `high` twice where it has none.

    `others` are the units that are no names.
    """
    tokens = document.tokens_in(start, end)
    if not tokens:
        return high, high
    first = bisect_right(units.firsts, tokens.start) - 1
    last = min(high, bisect_left(units.firsts, tokens.stop, first))
    # Looked up, not walked to: a text may be nothing but names.
    before, behind = bisect_left(others, first) - 1, bisect_left(others, last)
    first = min(first, max(low, others[before] + 1)) if before >= 0 else min(first, low)
    return first, min(high, others[behind]) if behind < len(others) else high


def score(model: Model, text: Text, parts: Parts, rows: int) -> Reading:
    """What the model makes of a number of rows, from their parts."""
    part, unit, relations = relate(text, parts)
    at = relations.T + (text.ids * RELATIONS).take(unit)
    pairs = model.table.take(at).sum(axis=0)
    added = pairs.view(np.float32).reshape(-1, 2)
    row = parts.row[part]
    sums = [np.bincount(row, weights=added[:, side], minlength=rows) for side in (0, 1)]
    return Reading(model.base + np.stack(sums, axis=1), row, unit, added)


class Explained(NamedTuple):
    """The rows of a document, its units, and what the model makes of them."""

    rows: list[Portrayal]
    units: Units
    text: Text
    reading: Reading


def explain(markup: Markup) -> Explained:
    """Score every row of a document."""
    rows, model, document = portrayals(markup), read_model(), markup.document
    units, ids = read_text(document, markup.mentions, model.ids)
    text = number_text(units, ids, model.traits)
    return Explained(rows, units, text, score(model, text, place(document, units, ids, rows), len(rows)))


def find(markup: Markup) -> list[Evidence]:
    """A row per sentence, actor mentioned in it, and voice of the mention; its weight is p(positive) - p(negative).

    Words, whose weights are in logits, are listed from `LISTED` on; names and punctuation count but are no words. None are
    where nobody asked for an explanation.
    """
    if not markup.mentions:
        return []
    rows, units, text, reading = explain(markup)
    document = markup.document
    shares = reading.probabilities
    labels = shares.argmax(axis=1).tolist()
    values = (shares[:, 2] - shares[:, 0]).tolist()
    words = (
        deciding_words(document, len(rows), units, text, reading) if markup.explain else [[] for _ in rows]
    )
    otherwise = NO_WORD if markup.explain else NOT_ASKED
    return [
        evidence_of(document, about, LABELS[label], value, decisive, otherwise)
        for about, label, value, decisive in zip(rows, labels, values, words, strict=True)
    ]


def deciding_words(
    document: Document, rows: int, units: Units, text: Text, reading: Reading
) -> list[list[list[Any]]]:
    """For each row the words that contribute `LISTED` or more either way: start, end, weight."""
    weights = reading.weights
    listed = np.flatnonzero((np.abs(weights) >= LISTED) & (text.traits.take(reading.unit) & _COUNTED > 0))
    starts, ends, firsts, lasts = document.starts, document.ends, units.firsts, units.lasts
    words: list[list[Any]] = [
        [starts[firsts[unit]], ends[lasts[unit] - 1], weight]
        for unit, weight in zip(
            reading.unit.take(listed).tolist(), weights.take(listed).round(3).tolist(), strict=True
        )
    ]
    edges = reading.row.take(listed).searchsorted(np.arange(rows + 1)).tolist()
    return [words[first:last] for first, last in pairwise(edges)]
