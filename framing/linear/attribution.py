"""Attribution by a tagger: a conditional random field marks sources, cues and contents, then they are linked.

It reads words, lexicon classes and what stands around: quotation marks and how far the last one is, the nearest
cue words on both sides and what follows them, commas between, places in sentence and paragraph, runs of names, and what
the rules of the model `lexicon` make of the sentence. A sequence is a paragraph, so what was decided in one sentence
bears on the next. Trained on PolNeAR (Newell, Margolin & Ruths 2018).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, compress
from typing import NamedTuple

import numpy as np

from framing.actors import Mention
from framing.analysis import Evidence, Markup
from framing.attribution import grammar
from framing.attribution.cues import Cue
from framing.attribution.tagged import (
    LABELS,
    PREPOSITION,
    ROLES,
    SAY,
    Given,
    attributions,
    cue_words,
    read_given,
)
from framing.attribution.text import Range
from framing.document import Document
from framing.lexicon import load_lexicon, surface_forms
from framing.models.context import (
    BUCKETS,
    Ints,
    bucket,
    edges,
    in_quotes,
    last_at,
    next_at,
)
from framing.models.tagger import EDGE, Description, Tagger
from framing.models.units import NAME, Units, blind_words, read_units
from framing.models.weights import load, unpack_words

OFFSETS = (-3, -2, -1, 0, 1, 2, 3)

# Word types ---------------------------------------------------------------------------------------------------------

# Traits of a word type, in this order; contexts are made of them.
_TRAITS = ("cue", "speech", "mark", "pause", "name", "verb", "behind a cue", "before a cue")
_COMMA, _QUOTE, _STOP, _PAUSE, _HYPHEN = range(1, 6)
_MARKS = {
    **dict.fromkeys(",", _COMMA),
    **dict.fromkeys("\"'", _QUOTE),
    **dict.fromkeys(".!?", _STOP),
    **dict.fromkeys([":", ";", *grammar.DASHES], _PAUSE),
    "-": _HYPHEN,
}
# What may open a clause or phrase, in classes.
_OPENERS = {
    word: number
    for number, words in enumerate(
        (
            "that",
            "to",
            "if whether",
            "who which whom whose",
            "how why what when where",
            "and or but nor",
            "as because while although though since after before",
            "of in on at by for with from about",
        ),
        1,
    )
    for word in words.split()
}
_KNOWN_NAME, _ROLE, _SUBJECT = 1, 2, 3
_TITLES = "mr. mrs. ms. dr. mr mrs ms sen. rep. gov. gen. president minister secretary"


@cache
def _source_words() -> dict[str, str]:
    """Last words of the lexicon of source nouns, and titles, with the kind of source they make."""
    found = {
        form[-1]: entry.category for entry in load_lexicon("sources").entries for form in surface_forms(entry)
    }
    return dict.fromkeys(_TITLES.split(), "role") | found


def describe(word: str) -> Description:
    """Features and traits of a word type, written as `_types` writes it."""
    if word == EDGE:
        return Description({"word": EDGE}, (0,) * len(_TRAITS))
    capital = word[0] == "^" and len(word) > 1
    plain = word[1:] if capital else word
    named = plain[0] == "<" and len(plain) > 1
    features = {"word": plain}
    if named:
        features["shape"] = "name"
    elif plain[0].isalnum():
        features |= {"ending": plain[-3:], "end": plain[-2:]}
        features["shape"] = "capital" if capital else "number" if plain[0].isdigit() else "small"
    else:
        features["shape"] = "mark"
    kind, more = cue_words().get(plain, (0, ""))
    if kind:
        features["cue"] = more
    noun = _source_words().get(plain)
    if noun:
        features["noun"] = noun
    mark, opener = _MARKS.get(plain, 0), _OPENERS.get(plain, 0)
    name = _KNOWN_NAME if named else _ROLE if noun else _SUBJECT if plain in grammar.SUBJECTS else 0
    traits = (
        kind,
        kind in (SAY, PREPOSITION),
        mark,
        mark in (_COMMA, _QUOTE),
        name,
        plain in grammar.FINITE or grammar.looks_finite(plain),
        1 + opener if opener else 10 + mark if mark else 16 + name if name else 1,
        1 + mark if mark else 7 + name if name else 11 if opener else 1,
    )
    return Description(features, traits)


def _types(units: Units, blind: list[str]) -> list[str]:
    """Units as word types: names without their letters, other words with a mark for a capital; titles keep their word."""
    titles = _source_words()
    types = list(blind)
    for unit in compress(range(len(types)), units.capital):
        word = blind[unit]
        if word == NAME and units.words[unit] in titles:
            word = units.words[unit]
        if word[0] != "<":
            types[unit] = "^" + word
    return types


# Contexts -----------------------------------------------------------------------------------------------------------


class Input(NamedTuple):
    """What the tagger reads: units with what the rules found in them, and their word types."""

    given: Given
    types: list[str]


def read_input(document: Document, mentions: tuple[Mention, ...], common: frozenset[str]) -> Input:
    """The input for a document; `common` are the words that are no names when they begin a sentence."""
    units = read_units(document, mentions)
    return Input(read_given(document, units), _types(units, blind_words(document, units, common)))


# How many numbers each context has.
SIZES = {
    "quotation": 9,
    "last quotation": 2 + 2 * BUCKETS,
    "next quotation": 2 + BUCKETS,
    "from start": BUCKETS,
    "to end": BUCKETS,
    "cue left": 1 + 5 * BUCKETS,
    "cue right": 1 + 5 * BUCKETS,
    "cue left, commas": 18,
    "cue right, commas": 18,
    "cue left, then": 20,
    "cue left, then, distance": 80,
    "before cue left": 12,
    "late cue": 17,
    "early cue": 6,
    "cues": 5,
    "sentence in paragraph": 8,
    "sentence before": 8,
    "names": 4,
    "verb right": 1 + BUCKETS,
    "quotation, cue left": 54,
    "quotation, cue right": 54,
    "cues both sides": 36,
    "cue left, commas, then": 216,
    "rules": 7,
    "rules around": 343,
    "rules, quotation": 63,
    "rules, cue": 9,
}
_LATE = 9  # units from the end of a sentence in which "..., said Lind" stands
_KINDS = {
    kind: number
    for number, kind in enumerate(
        ("finite", "participle", "infinitive", "passive", "noun", "adjective", "source", "colon"), 1
    )
}


class Layout(NamedTuple):
    """Documents one after the other: the first units of documents, paragraphs and sentences, and of all the end.

    `quotes` are the units of quotations; `rules` and `cues` hold for each unit the label that the rules give it, and the
    kind of cue they see there, 0 for none.
    """

    documents: list[int]
    paragraphs: list[int]
    sentences: list[int]
    quotes: list[range]
    rules: bytearray
    cues: bytearray


def lay_out(documents: Iterable[Given]) -> Layout:
    """The layout of documents, each with one unit or more."""
    layout = Layout([0], [0], [0], [], bytearray(), bytearray())
    for given in documents:
        at = layout.documents[-1]
        for starts, more in (
            (layout.documents, [len(given.units.words)]),
            (layout.paragraphs, given.bounds[1:]),
            (layout.sentences, given.units.sentences[1:]),
        ):
            starts += [at + start for start in more]
        for quote in given.text.document.quotes:
            units = given.text.document.tokens_in(quote.start, quote.end)
            if units:
                layout.quotes.append(range(at + units.start, at + units.stop))
        labels, kinds = bytearray(len(given.units.words)), bytearray(len(given.units.words))
        for cue in given.text.cues.values():
            kinds[cue.first : cue.last] = bytes([_KINDS[cue.kind]]) * (cue.last - cue.first)
        for cue, source, contents, _ in given.rules:
            if source is not None:
                _mark(labels, source, _SOURCE)
            for content in contents:
                _mark(labels, content, _CONTENT)
            _mark(labels, cue, _CUE)
        layout.rules.extend(labels)
        layout.cues.extend(kinds)
    return layout


_CONTENT, _SOURCE, _CUE = (LABELS.index(f"B-{role}") for role in ROLES)


def _mark(labels: bytearray, span: Range | Cue, begins: int) -> None:
    labels[span.first : span.last] = bytes([begins]) + bytes([begins + 1]) * (span.last - span.first - 1)


def contexts(layout: Layout, traits: Ints) -> dict[str, Ints]:
    """The contexts of each unit by name, each a number below its size; `traits` are those of the word types."""
    here = np.arange(len(traits))
    cue_word, speech, mark, pause, name, verb, behind, leading = np.ascontiguousarray(traits.T)
    number, start, end = edges(layout.sentences)
    _, opening, closing = edges(layout.documents)
    length, begins, closes = in_quotes(layout.quotes, len(here))
    inside = length > 0
    quotation = inside * (1 + (length >= 7) + 2 * begins + 4 * closes)

    cue = (cue_word > 0) & ~inside
    left, right = last_at(cue, start), next_at(cue, end)
    no_left, no_right = left < 0, right < 0
    cue_left = np.where(no_left, 0, cue_word.take(left))
    cue_right = np.where(no_right, 0, cue_word.take(right))
    commas = np.cumsum(mark == _COMMA)
    commas_left = np.where(no_left, 0, np.minimum(commas - commas.take(left), 2))
    commas_right = np.where(no_right, 0, np.minimum(commas.take(right) - commas, 2))
    from_left = bucket(here - left)
    then = np.where(no_left, 0, behind.take(np.minimum(left + 1, closing - 1)))
    before_left = np.where(left <= opening, 0, leading.take(np.maximum(left, 1) - 1))
    finite = next_at(verb > 0, end)
    known_name = last_at(name != _KNOWN_NAME, opening)

    # Of each sentence: what is the same for all its units.
    sentences = np.arange(len(layout.sentences) - 1)
    first, after = (
        np.array(points, dtype=np.intp) for points in (layout.sentences[:-1], layout.sentences[1:])
    )
    paragraph = edges(layout.paragraphs)[1]
    last_quotation, next_quotation = last_at(closes, paragraph), next_at(begins, end)
    document, paragraph = opening[first], paragraph[first]
    speaks = (speech > 0) & cue
    last_speech, first_speech = last_at(speaks, start)[after - 1], next_at(speaks, end)[first]
    late = (last_speech >= 0) & (after - last_speech <= _LATE)
    early = (first_speech >= 0) & (first_speech - first < _LATE)
    pauses = np.cumsum(pause)
    set_off = pauses[last_speech] > pauses[np.maximum(last_speech - 7, document)]
    touching = pause[np.maximum(last_speech - 1, document)]
    before = np.maximum(first - 1, document)
    ended = last_quotation[before]
    quote_before = (first > document) & (inside[before] | ((ended >= 0) & (first - 1 - ended < 3)))
    cue_before = (first > paragraph) & (left[before] >= 0)
    quotes = np.bincount(number, begins, len(sentences)) > 0
    cues = np.minimum(np.bincount(number, cue, len(sentences)), 4).astype(np.intp)
    is_late = late.take(number)
    behind_first = here > first_speech.take(number)

    rules, rule_cue = (
        np.frombuffer(each, dtype=np.uint8).astype(np.intp) for each in (layout.rules, layout.cues)
    )
    rule_before, rule_after = np.append(0, rules[:-1]), np.append(rules[1:], 0)
    rule_before[layout.documents[:-1]] = rule_after[np.array(layout.documents[1:]) - 1] = 0

    return {
        "quotation": quotation,
        "last quotation": ~inside
        * np.where(
            last_quotation < 0, 1, 2 + bucket(here - last_quotation) + BUCKETS * (last_quotation < start)
        ),
        "next quotation": ~inside * np.where(next_quotation < 0, 1, 2 + bucket(next_quotation - here)),
        "from start": bucket(here - start),
        "to end": bucket(end - 1 - here),
        "cue left": np.where(no_left, 0, 1 + BUCKETS * (cue_left - 1) + from_left),
        "cue right": np.where(no_right, 0, 1 + BUCKETS * (cue_right - 1) + bucket(right - here)),
        "cue left, commas": 3 * cue_left + commas_left,
        "cue right, commas": 3 * cue_right + commas_right,
        "cue left, then": np.where(here == left, 0, then),
        "cue left, then, distance": np.where(no_left, 0, 4 * then + from_left // 2),
        "before cue left": before_left,
        "late cue": is_late
        * ((1 + set_off + 4 * touching).take(number) + 2 * (here < last_speech.take(number)) + 8 * ~no_right),
        "early cue": 2 * early.take(number) * (1 + behind_first) + is_late,
        "cues": cues.take(number),
        "sentence in paragraph": (2 * np.minimum(sentences - number[paragraph], 3)).take(number) + inside,
        "sentence before": (quote_before + 2 * cue_before + 4 * quotes).take(number),
        "names": np.minimum(here - np.maximum(known_name, opening - 1), 3),
        "verb right": np.where(finite < 0, 0, 1 + bucket(finite - here)),
        "quotation, cue left": 6 * quotation + cue_left,
        "quotation, cue right": 6 * quotation + cue_right,
        "cues both sides": 6 * cue_left + cue_right,
        "cue left, commas, then": 36 * cue_left + 12 * commas_left + np.minimum(then, 11),
        "rules": rules,
        "rules around": 49 * rule_before + 7 * rules + rule_after,
        "rules, quotation": 9 * rules + quotation,
        "rules, cue": rule_cue,
    }


# Decisions ----------------------------------------------------------------------------------------------------------


class Model(NamedTuple):
    """The trained tagger, and the words that are no names when they begin a sentence."""

    tagger: Tagger
    common: frozenset[str]


# Kinds of cue that the rules add where the tagger marks nothing. On training articles held out, two in five of these are
# right, and more than half of the participles and adjectives: enough to gain more than is lost. Nouns and what stands
# before a colon are seldom right and are left out.
_TRUSTED = frozenset({"finite", "participle", "passive", "adjective", "source"})


@cache
def _model() -> Model:
    weights = load("linear", "attribution")
    return Model(Tagger(weights, describe, OFFSETS), frozenset(unpack_words(weights["common"])))


def find(markup: Markup) -> list[Evidence]:
    """The attributions of a document, one piece of evidence per cue, as `framing.dimensions.attribution` describes them."""
    if not markup.document.tokens:
        return []
    ahead = _ahead.pop(markup.document, None)
    (read,) = [ahead] if ahead and ahead.mentions == markup.mentions else _read([markup])
    return attributions(markup, read.given, read.labels, _TRUSTED)


class Read(NamedTuple):
    """A document that was tagged, with the label of each unit, an index into `LABELS`."""

    mentions: tuple[Mention, ...]
    given: Given
    labels: Ints


_ahead: dict[Document, Read] = {}  # documents of the last `prepare` whose evidence was not asked for yet


def prepare(markups: Iterable[Markup]) -> None:
    """Tag several documents at once, which is faster than one by one."""
    markups = [markup for markup in markups if markup.document.tokens]
    _ahead.clear()
    _ahead.update(zip([markup.document for markup in markups], _read(markups), strict=True))


def _read(markups: Sequence[Markup]) -> list[Read]:
    model = _model()
    model.tagger.types.trim()
    inputs = [read_input(markup.document, markup.mentions, model.common) for markup in markups]
    return [
        Read(markup.mentions, each.given, labels)
        for markup, each, labels in zip(markups, inputs, tag(model.tagger, inputs), strict=True)
    ]


def tag(tagger: Tagger, inputs: Sequence[Input]) -> list[Ints]:
    """The label of each unit of each document, an index into `LABELS`."""
    if not inputs:
        return []
    layout = lay_out(each.given for each in inputs)
    ids = tagger.types.ids(list(chain.from_iterable(each.types for each in inputs)))
    emissions = tagger.emissions(ids, layout.paragraphs, contexts(layout, tagger.types.traits[ids]))
    return np.split(tagger.decode(emissions, layout.paragraphs), layout.documents[1:-1])


def explain(
    document: Document, mentions: tuple[Mention, ...], start: int, label: str
) -> list[tuple[str, float]]:
    """What each feature of the unit at a code point adds to the score of a label of `LABELS`, the strongest first."""
    model = _model()
    given, types = read_input(document, mentions, model.common)
    ids = model.tagger.types.ids(types)
    unit = bisect_right(given.units.firsts, document.tokens_in(start, start + 1).start) - 1
    numbers = contexts(lay_out([given]), model.tagger.types.traits[ids])
    return model.tagger.explain(types, given.bounds, numbers, unit, label)
