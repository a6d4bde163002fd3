"""Attribution by a tagger: a conditional random field marks sources, cues and contents, then they are linked.

It reads words, lexicon classes and what stands around: quotation marks and how far the last one is, the nearest
cue words on both sides and what follows them, commas between, places in sentence and paragraph, runs of names, and what
the rules of the model `lexicon` make of the sentence. A sequence is a paragraph, so what was decided in one sentence
bears on the next. Trained on PolNeAR (Newell, Margolin & Ruths 2018).
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import compress
from typing import NamedTuple

import numpy as np

from framing.actors import Mention
from framing.analysis import Evidence, Markup
from framing.attribution import grammar
from framing.attribution.tagged import LABELS, PREPOSITION, SAY, Given, attributions, cue_words, read_given
from framing.document import Document
from framing.lexicon import load_lexicon, surface_forms
from framing.models.context import (
    BUCKETS,
    Ints,
    bucket,
    in_quotes,
    last_at,
    next_at,
    sentence_edges,
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


def contexts(given: Given, traits: Ints) -> dict[str, Ints]:
    """The contexts of each unit by name, each a number below its size; `traits` are those of the word types."""
    units = given.units
    here = np.arange(len(units.words))
    cue_word, speech, mark, pause, name, verb, behind, leading = np.ascontiguousarray(traits.T)
    number, start, end = sentence_edges(units)
    paragraph, ordinal = _paragraphs(given.document, units)
    length, begins, closes = in_quotes(given.document, units)
    inside = length > 0
    quotation = inside * (1 + (length >= 7) + 2 * begins + 4 * closes)

    cue = (cue_word > 0) & ~inside
    left, right = last_at(cue, start), next_at(cue, end)
    no_left, no_right = left < 0, right < 0
    cue_left = np.where(no_left, 0, cue_word[left])
    cue_right = np.where(no_right, 0, cue_word[right])
    commas = np.cumsum(mark == _COMMA)
    commas_left = np.where(no_left, 0, np.minimum(commas - commas[left], 2))
    commas_right = np.where(no_right, 0, np.minimum(commas[right] - commas, 2))
    then = np.where(no_left, 0, behind[np.minimum(left + 1, len(here) - 1)])
    before_left = np.where(left < 1, 0, leading[np.maximum(left - 1, 0)])

    last_quotation = last_at(closes, paragraph)
    next_quotation = next_at(begins, end)
    speaks = (speech > 0) & cue
    final = last_at(speaks, start)[end - 1]
    late = (final >= 0) & (end - final <= _LATE)
    pauses = np.cumsum(pause)
    set_off = pauses[final] > pauses[np.maximum(final - 7, 0)]
    touching = pause[np.maximum(final - 1, 0)]
    opening = next_at(speaks, end)[start]
    early = (opening >= 0) & (opening - start < _LATE)
    before_sentence = np.maximum(start - 1, 0)
    ended = last_quotation[before_sentence]
    quote_before = (start > 0) & (inside[before_sentence] | ((ended >= 0) & (start - 1 - ended < 3)))
    finite = next_at(verb > 0, end)
    rules, rule_cue = _rules(given)

    return {
        "quotation": quotation,
        "last quotation": ~inside
        * np.where(
            last_quotation < 0, 1, 2 + bucket(here - last_quotation) + BUCKETS * (last_quotation < start)
        ),
        "next quotation": ~inside * np.where(next_quotation < 0, 1, 2 + bucket(next_quotation - here)),
        "from start": bucket(here - start),
        "to end": bucket(end - 1 - here),
        "cue left": np.where(no_left, 0, 1 + BUCKETS * (cue_left - 1) + bucket(here - left)),
        "cue right": np.where(no_right, 0, 1 + BUCKETS * (cue_right - 1) + bucket(right - here)),
        "cue left, commas": 3 * cue_left + commas_left,
        "cue right, commas": 3 * cue_right + commas_right,
        "cue left, then": np.where(here == left, 0, then),
        "cue left, then, distance": np.where(no_left, 0, 4 * then + bucket(here - left) // 2),
        "before cue left": before_left,
        "late cue": np.where(late, 1 + set_off + 2 * (here < final) + 4 * touching + 8 * (cue_right > 0), 0),
        "early cue": 2 * np.where(early, 1 + (here > opening), 0) + late,
        "cues": np.minimum(np.bincount(number, cue, len(units.sentences))[number], 4).astype(np.intp),
        "sentence in paragraph": 2 * np.minimum(ordinal, 3) + inside,
        "sentence before": quote_before
        + 2 * ((start > paragraph) & (left[before_sentence] >= 0))
        + 4 * (np.bincount(number, begins, len(units.sentences))[number] > 0),
        "names": np.minimum(here - last_at(name != _KNOWN_NAME, np.zeros_like(here)), 3),
        "verb right": np.where(finite < 0, 0, 1 + bucket(finite - here)),
        "quotation, cue left": 6 * quotation + cue_left,
        "quotation, cue right": 6 * quotation + cue_right,
        "cues both sides": 6 * cue_left + cue_right,
        "cue left, commas, then": 36 * cue_left + 12 * commas_left + np.minimum(then, 11),
        "rules": rules,
        "rules around": 49 * np.append(0, rules[:-1]) + 7 * rules + np.append(rules[1:], 0),
        "rules, quotation": 9 * rules + quotation,
        "rules, cue": rule_cue,
    }


def _paragraphs(document: Document, units: Units) -> tuple[Ints, Ints]:
    """For each unit the first unit of its paragraph, and how many sentences of the paragraph stand before its own."""
    firsts: list[int] = []
    ordinals: list[int] = []
    for index, (sentence, unit) in enumerate(zip(document.sentences, units.sentences, strict=False)):
        goes_on = index > 0 and sentence.paragraph == document.sentences[index - 1].paragraph
        firsts.append(firsts[-1] if goes_on else unit)
        ordinals.append(ordinals[-1] + 1 if goes_on else 0)
    lengths = np.diff(units.sentences)
    return np.repeat(firsts, lengths), np.repeat(ordinals, lengths)


def _rules(given: Given) -> tuple[Ints, Ints]:
    """For each unit the label that the rules give it, and the kind of cue it may begin or be, 0 for none."""
    label = [0] * len(given.units.words)
    kind = [0] * len(given.units.words)
    for cue in given.text.cues.values():
        kind[cue.first : cue.last] = [_KINDS[cue.kind]] * (cue.last - cue.first)
    for attribution in given.rules:
        for span, begins in (
            (attribution.source, LABELS.index("B-source")),
            *((content, LABELS.index("B-content")) for content in attribution.contents),
            (attribution.cue, LABELS.index("B-cue")),
        ):
            if span is not None:
                label[span.first : span.last] = [begins + 1] * (span.last - span.first)
                label[span.first] = begins
    return np.array(label), np.array(kind)


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
    document = markup.document
    if not document.tokens:
        return []
    model = _model()
    model.tagger.types.trim()
    read = read_input(document, markup.mentions, model.common)
    return attributions(markup, read.given, tag(model.tagger, read), _TRUSTED)


def tag(tagger: Tagger, read: Input) -> Ints:
    """The label of each unit, an index into `LABELS`."""
    ids, given = tagger.types.ids(read.types), read.given
    emissions = tagger.emissions(ids, given.bounds, contexts(given, tagger.types.traits[ids]))
    return tagger.decode(emissions, given.bounds)


def explain(
    document: Document, mentions: tuple[Mention, ...], start: int, label: str
) -> list[tuple[str, float]]:
    """What each feature of the unit at a code point adds to the score of a label of `LABELS`, the strongest first."""
    model = _model()
    given, types = read_input(document, mentions, model.common)
    ids = model.tagger.types.ids(types)
    unit = bisect_right(given.units.firsts, document.tokens_in(start, start + 1).start) - 1
    numbers = contexts(given, model.tagger.types.traits[ids])
    return model.tagger.explain(types, given.bounds, numbers, unit, label)
