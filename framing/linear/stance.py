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
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention
from framing.analysis import Evidence, Markup
from framing.dimensions.stance import Portrayal, evidence_of, portrayals
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
    size = parts.high - parts.low
    part = np.repeat(np.arange(len(size)), size)
    unit = np.arange(len(part)) + np.repeat(parts.low - np.cumsum(size) + size, size)
    known = (text.ids[unit] != UNKNOWN) & around.countable[unit]
    outside = (unit < parts.first[part]) | (unit >= parts.last[part])
    part, unit = part[known & outside], unit[known & outside]
    first, last = parts.first[part], parts.last[part]
    after = unit >= last
    low, high = np.where(after, last, unit + 1), np.where(after, unit, first)
    words, breaks, names, quotes, reports, contrasts = (total[high] - total[low] for total in around.totals)
    before, behind = around.before[unit], around.behind[unit]
    touches = words == 0
    owner = np.where(before & _NAME, 1, np.where(before & _OWNER, 2, 0)) * ~(after & touches)
    faces = (behind & _NAME > 0) & (after | ~touches)
    beside = np.where(
        after, _beside(around.behind[parts.last - 1])[part], _beside(around.before[parts.first])[part]
    )
    speaks = (around.before[parts.first] | around.behind[parts.last - 1]) & _REPORT > 0
    crowd = np.clip(around.count(2, parts.first), 1, 3) - 1
    length = np.searchsorted(_LENGTHS, around.count(0, parts.first))
    values = (
        np.zeros_like(unit),
        _BUCKETS[np.minimum(words, _REACH)] + 7 * after,
        np.minimum(breaks, 3) * 3 + np.minimum(names, 2) + 12 * after,
        around.word[unit],
        owner * 2 + faces + 6 * after,
        quotes % 2 * 4 + (reports > 0) * 2 + (contrasts > 0) + 8 * after,
        beside + 5 * after,
        speaks[part] + 2 * after,
        (crowd * 3 + length)[part] + 9 * after,
    )
    return part, unit, np.stack(values, axis=1) + _OFFSETS


class _Around:
    """What stands around every unit: the traits of its neighbours in its sentence, and running counts."""

    def __init__(self, text: Text) -> None:
        own, sentence = text.traits, text.sentence
        self.sentence = sentence
        joined = sentence[1:] == sentence[:-1]
        self.before = np.concatenate([[0], own[:-1] * joined])
        self.behind = np.concatenate([own[1:] * joined, [0]])
        is_name = own & _NAME > 0
        begins = is_name & (self.before & _NAME == 0)
        self.countable = begins | ~is_name  # a name of several words is one
        ends = np.where(is_name & (self.behind & _NAME == 0), np.arange(len(own)), len(own))
        end = np.minimum.accumulate(ends[::-1])[::-1]
        self.behind[begins] = self.behind[end[begins]]
        marks = [
            begins | (own & _COUNTED > 0),
            own & _BREAK > 0,
            begins,
            own & _QUOTE > 0,
            own & _REPORT > 0,
            own & _CONTRAST > 0,
        ]
        self.totals = np.zeros((len(marks), len(own) + 1), dtype=np.int64)
        np.cumsum(marks, axis=1, out=self.totals[:, 1:])
        self.word = (
            self._lately(own, _NEGATION, _NEGATION_REACH) * 8
            + self._lately(own, _BE, _BE_REACH) * 4
            + (self.behind & _BY > 0) * 2
            + (self.before & _PREPOSITION > 0)
        )

    def _lately(self, own: Ints, trait: int, reach: int) -> Flags:
        """Whether one of the few units before has a trait, with neither a stop nor the edge of the sentence between."""
        found = np.zeros(len(own), dtype=bool)
        for step in range(reach, 0, -1):
            previous = np.concatenate([np.zeros(step, dtype=np.int64), own[:-step]])[: len(own)]
            # From far to near: what is nearer may stop what was found farther away.
            found &= previous & _STOP == 0
            found |= previous & trait > 0
            found[step:] &= self.sentence[step:] == self.sentence[: max(0, len(own) - step)]
            found[:step] = False
        return found

    def count(self, total: int, units: Ints) -> Ints:
        """A total over the sentences of some units."""
        sentences = self.sentence[units]
        low, high = (np.searchsorted(self.sentence, sentences, side) for side in ("left", "right"))
        counted: Ints = self.totals[total][high] - self.totals[total][low]
        return counted


def _beside(neighbour: Ints) -> Ints:
    """The kind of unit beside a mention: an owner or "by", a form of be or a preposition, an edge, another word.

    None is like an article and an unknown word, which have no traits.
    """
    kinds = [
        neighbour == 0,
        neighbour & (_OWNER | _BY) > 0,
        neighbour & (_BE | _PREPOSITION) > 0,
        neighbour & _EDGE > 0,
    ]
    return np.select(kinds, [4, 1, 2, 3], 0)


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
    found: list[tuple[int, int, int, int, int]] = []
    others = [unit for unit, id in enumerate(ids) if id != NAME]
    for number, about in enumerate(rows):
        low, high = units.sentences[about.sentence], units.sentences[about.sentence + 1]
        spans = {mention[1:3] for mention in about.mentions}
        runs = sorted({_run(document, units, others, low, high, *span) for span in spans} - {(high, high)})
        middles = [(one[1] + other[0]) // 2 for one, other in pairwise(runs)]
        found += [
            (number, first, last, start, end)
            for (first, last), start, end in zip(runs, [low, *middles], [*middles, high], strict=False)
        ]
    return Parts(*np.array(found, dtype=np.int64).reshape(-1, 5).T)


def _run(
    document: Document, units: Units, others: Sequence[int], low: int, high: int, start: int, end: int
) -> tuple[int, int]:
    """The units of a mention with the names it touches, which may be more of its name; `high` twice where it has none.

    `others` are the units that are no names.
    """
    tokens = document.tokens_in(start, end)
    if not len(tokens):
        return high, high
    first = bisect_right(units.firsts, tokens.start) - 1
    last = min(high, bisect_left(units.firsts, tokens.stop))
    # Looked up, not walked to: a text may be nothing but names.
    before, behind = bisect_left(others, first) - 1, bisect_left(others, last)
    first = min(first, max(low, others[before] + 1)) if before >= 0 else min(first, low)
    return first, min(high, others[behind]) if behind < len(others) else high


def score(model: Model, text: Text, parts: Parts, rows: int) -> Reading:
    """What the model makes of a number of rows, from their parts."""
    part, unit, relations = relate(text, parts)
    pairs = np.take(model.table, text.ids[unit, None] * RELATIONS + relations).sum(axis=1)
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

    Words, whose weights are in logits, are listed from `LISTED` on; names and punctuation count but are no words.
    """
    if not markup.mentions:
        return []
    rows, units, text, reading = explain(markup)
    document = markup.document
    weights = reading.weights
    listed = (np.abs(weights) >= LISTED) & (text.traits[reading.unit] & _COUNTED > 0)
    spans = [
        (document.starts[units.firsts[unit]], document.ends[units.lasts[unit] - 1])
        for unit in reading.unit[listed].tolist()
    ]
    words = [
        (start, end, weight)
        for (start, end), weight in zip(spans, np.round(weights[listed], 3).tolist(), strict=True)
    ]
    edges = np.searchsorted(reading.row[listed], np.arange(len(rows) + 1)).tolist()
    shares = reading.probabilities
    labels = shares.argmax(axis=1).tolist()
    values = (shares[:, 2] - shares[:, 0]).tolist()
    return [
        evidence_of(document, about, LABELS[labels[row]], values[row], words[edges[row] : edges[row + 1]])
        for row, about in enumerate(rows)
    ]
