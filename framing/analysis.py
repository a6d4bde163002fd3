"""From a document to evidence, and from evidence to scores with intervals.

A dimension is a constant that knows how to find its evidence and how to count it. Counts are additive totals per
sentence, and a score is a formula over their sums, so the bootstrap draws rows of numbers and never reads text again
(the idea of sacreBLEU's sufficient statistics, Post 2018).
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from framing._version import __version__
from framing.actors import Mention, find_mentions
from framing.comparison.intervals import accelerated_ends, distinct_columns, drawn_sums
from framing.document import Document, make_document
from framing.lexicon import Lexicon, Match, lexicons_digest
from framing.voice import VOICES, Voices

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Formula = Callable[[Floats], Floats]
_Record = TypeVar("_Record")

MODELS = ("lexicon", "linear", "encoder")
DEFAULT_MODEL = "encoder"
_AHEAD = 16  # documents that a model reads ahead
ALL_VOICES = (*VOICES, "all")
_VOICE_NUMBERS = {voice: number for number, voice in enumerate(VOICES)}
LEAST_SENTENCES = 5  # below this a bootstrap interval says nothing, and none is given


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_Record]) -> type[_Record]:
    """A dataclass that nobody may change. Type checkers see to it: checks at run time make building it ten times as slow."""
    return dataclass(slots=True)(cls)


@record
class Evidence:
    """A span of the text that counts towards a score, who speaks it, and why it counts.

    `start` and `end` are code points; `weight` is in the unit of the dimension; `extra` holds the dimension's own fields.
    """

    dimension: str
    label: str
    start: int
    end: int
    weight: float = 1.0
    actor: str | None = None
    voice: str = ""
    source_actor: str | None = None
    why: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, text: str) -> dict[str, Any]:
        """The evidence as a row of the command line's contract."""
        row: dict[str, Any] = {
            "dimension": self.dimension,
            "label": self.label,
            "start": self.start,
            "end": self.end,
            "text": text[self.start : self.end],
            "weight": self.weight,
            "actor": self.actor,
            "voice": self.voice,
            "source_actor": self.source_actor,
            "why": self.why,
        }
        return row | dict(self.extra)


@dataclass(frozen=True)
class Markup:
    """What dimensions look at: the document, who is mentioned, what is attributed, and whose words each span is.

    `explain` is false where nobody will look at the evidence, so that a model need not ask which words decided.
    """

    document: Document
    mentions: tuple[Mention, ...]
    attributions: tuple[Evidence, ...] = ()
    model: str = "lexicon"
    explain: bool = True

    @cached_property
    def voices(self) -> Voices:
        """The voice of every token."""
        return Voices(self.document, self.attributions, self.mentions)

    @cached_property
    def words(self) -> Floats:
        """Words by voice and sentence, shape (voices, sentences), in the order of `ALL_VOICES`."""
        document = self.document
        firsts = [sentence.first for sentence in document.sentences]
        words = np.zeros((len(ALL_VOICES), len(firsts)))
        if firsts:
            voices = np.frombuffer(
                bytes(map(_VOICE_NUMBERS.__getitem__, self.voices.names())), dtype=np.uint8
            )
            is_word = np.frombuffer(bytes(document.is_word), dtype=np.bool_)
            for number in range(len(VOICES)):
                words[number] = np.add.reduceat((voices == number) & is_word, firsts, dtype=np.intp)
        words[-1] = words[:-1].sum(axis=0)
        return words

    @cached_property
    def sentences(self) -> Floats:
        """1 where a sentence has a word in a voice, shape (voices, sentences)."""
        return (self.words > 0).astype(np.float64)

    def count(self, groups: Sequence[Iterable[Evidence]]) -> Floats:
        """Pieces of evidence by group, voice and sentence, shape (groups, voices, sentences)."""
        return self._add([[(item, 1.0) for item in group] for group in groups])

    def weigh(self, groups: Sequence[Iterable[Evidence]]) -> Floats:
        """Sums of the weights of evidence by group, voice and sentence, shape (groups, voices, sentences)."""
        return self._add([[(item, item.weight) for item in group] for group in groups])

    def _add(self, groups: Sequence[Iterable[tuple[Evidence, float]]]) -> Floats:
        totals = np.zeros((len(groups), len(ALL_VOICES), len(self.document.sentences)))
        for group, amounts in zip(totals, groups, strict=True):
            everybody = group[-1]
            for item, amount in amounts:
                sentence = self.document.sentence_at(item.start)
                if sentence is not None:
                    voice = item.voice or self.voices.of(item.start, item.end).name
                    group[_VOICE_NUMBERS[voice], sentence] += amount
                    everybody[sentence] += amount
        return totals


@record
class Score:
    """One number: a formula over additive totals, shape (sentences, columns), with a 95 % bootstrap interval.

    `n` is how many sentences, words or rows the value is a mean or share of. NaN is undefined, never 0.
    `exchangeable` is false where the columns are kinds that only this article has, such as its sources: resampled
    sentences then have fewer kinds than the article, so that no interval and no test is honest. Such a score needs no
    totals by sentence, and has one row.
    """

    dimension: str
    measure: str
    label: str | None
    actor: str | None
    voice: str
    unit: str
    totals: Floats = field(repr=False)
    formula: Formula = field(repr=False)
    n: int
    exchangeable: bool = True
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan

    def valued(self, value: float, low: float, high: float) -> Score:
        """The same score with its value and interval."""
        return Score(
            self.dimension, self.measure, self.label, self.actor, self.voice, self.unit,
            self.totals, self.formula, self.n, self.exchangeable, value, low, high,
        )  # fmt: skip

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What the score is about: the same in every article."""
        return self.dimension, self.measure, self.label or "", self.actor or "", self.voice

    def to_dict(self) -> dict[str, Any]:
        """The score as a row of the command line's contract, neither rounded nor NaN replaced."""
        return {
            "dimension": self.dimension,
            "measure": self.measure,
            "label": self.label,
            "actor": self.actor,
            "voice": self.voice,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "unit": self.unit,
        }


@dataclass(frozen=True, eq=False)
class Ratio:
    """A formula: the sum of the first column per sum of the second, times `scale`; NaN where the second is 0.

    >>> float(Ratio(1000)(np.array([3.0, 400.0])))
    7.5
    """

    scale: float = 1.0

    def __call__(self, sums: Floats) -> Floats:
        """Of sums of shape (..., 2), the values of shape (...)."""
        above, below = sums[..., 0], sums[..., 1]
        if self.scale != 1:
            above = above * self.scale
        if np.all(below):
            values: Floats = above / below
            return values
        return np.where(below != 0, above / np.where(below != 0, below, 1), math.nan)


ratio = cache(Ratio)  # one for each scale, as the scores of a formula are worked out together


def cues(dimension: str, document: Document, lexicon: Lexicon, matches: Iterable[Match]) -> list[Evidence]:
    """Evidence of what a lexicon found: labelled with the category, explained by the entry's note or the category."""
    return [
        Evidence(
            dimension=dimension,
            label=match.entry.category,
            start=document.starts[match.first],
            end=document.ends[match.last - 1],
            why=lexicon.reason(match.entry),
        )
        for match in matches
    ]


def rates(
    dimension: str,
    measure: str,
    counts: Floats,
    of: Floats,
    *,
    scale: float,
    unit: str,
    labels: Sequence[str | None] = (None,),
) -> list[list[Score]]:
    """The scores "counts per `scale` of something", a list for each label, of a score for each voice.

    `counts` are by label, voice and sentence, what they are set against by voice and sentence; `n` is the sum of that.
    """
    totals = np.empty((*counts.shape, 2))
    totals[..., 0], totals[..., 1] = counts, of
    sizes = of.sum(axis=1).astype(int).tolist()
    formula = ratio(scale)
    return [
        [
            Score(dimension, measure, label, None, voice, unit, table, formula, n)
            for voice, table, n in zip(ALL_VOICES, tables, sizes, strict=True)
        ]
        for label, tables in zip(labels, totals, strict=True)
    ]


def grouped(evidence: Iterable[Evidence], labels: Iterable[str]) -> list[list[Evidence]]:
    """The evidence of each label, in the order of the labels."""
    groups: dict[str, list[Evidence]] = {label: [] for label in labels}
    for item in evidence:
        if item.label in groups:
            groups[item.label].append(item)
    return list(groups.values())


Finder = Callable[[Markup], list[Evidence]]


@dataclass(frozen=True)
class Dimension:
    """How to find one kind of evidence and count it, with the words that explain it to readers.

    `find` finds evidence by lexicons and rules; other models have a finder of their own (see `finder`). It may leave the
    voice empty: `analyze` fills it in. `measure` returns scores without values; `analyze` computes those.
    """

    name: str
    title: str
    question: str
    unit: str
    higher: str
    limits: str
    reference: str
    find: Finder
    measure: Callable[[Markup, list[Evidence]], list[Score]]


@dataclass(frozen=True)
class Reading:
    """One dimension of one document: its evidence and its scores."""

    dimension: Dimension
    evidence: tuple[Evidence, ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class Analysis:
    """All readings of a document, with the signature that makes them repeatable."""

    document: Document
    readings: Mapping[str, Reading]
    mentions: tuple[Mention, ...]
    signature: Mapping[str, Any]

    @property
    def scores(self) -> list[Score]:
        """All scores, dimension by dimension."""
        return [score for reading in self.readings.values() for score in reading.scores]

    @property
    def evidence(self) -> list[Evidence]:
        """All evidence, dimension by dimension, each in the order of the text."""
        return [item for reading in self.readings.values() for item in reading.evidence]

    @property
    def article(self) -> dict[str, Any]:
        """Who wrote what where, as far as it was given, and the size of the article."""
        document = self.document
        known = {
            key: _text_or_none(document.meta.get(key))
            for key in ("title", "outlet", "author", "date", "url", "file")
        }
        size = {"sha256": document.sha256, "words": document.words, "sentences": len(document.sentences)}
        return {"id": document.id, **known, **size}

    @cached_property
    def markup(self) -> Markup:
        """What the dimensions looked at: whose words each span is, as far as attribution was read, and words by voice."""
        reading = self.readings.get("attribution")
        return Markup(
            self.document,
            self.mentions,
            reading.evidence if reading else (),
            model=self.signature.get("model", "lexicon"),
        )

    def about(self, actors: Sequence[str]) -> Analysis:
        """The same analysis without the scores of other actors and the evidence they rest on."""
        readings = {name: _about(reading, actors) for name, reading in self.readings.items()}
        mentions = tuple(mention for mention in self.mentions if mention.actor in actors)
        return replace(self, readings=readings, mentions=mentions)

    def to_dict(self, evidence: bool = True) -> dict[str, Any]:
        """The line of the command line's contract: article, signature, scores and, if asked for, evidence."""
        row: dict[str, Any] = {
            "article": self.article,
            "signature": dict(self.signature),
            "scores": [score.to_dict() for score in self.scores],
        }
        if evidence:
            row["evidence"] = [item.to_dict(self.document.text) for item in self.evidence]
        return row


@cache
def load_dimensions() -> Mapping[str, Dimension]:
    """All dimensions by name: the modules of `framing.dimensions`, attribution first, since it decides the voices."""
    package = importlib.import_module("framing.dimensions")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    found = {name: importlib.import_module(f"framing.dimensions.{name}").DIMENSION for name in names}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != "attribution", name))}


def analyze(
    document: Document | str,
    *,
    model: str = DEFAULT_MODEL,
    dimensions: Sequence[str] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    explain: bool = True,
) -> Analysis:
    """Read a document in every dimension, or in those named.

    `resamples` is the number of bootstrap draws over sentences (0: no intervals). Without `explain` the scores are the same,
    but models do not say which words decided, which takes most of the encoder's time. Raises `ValueError` for an unknown
    model or dimension. The same input gives the same result.

    >>> analysis = analyze("Officials said the raid may have failed.")
    >>> [(item.label, analysis.document[item]) for item in analysis.readings["hedging"].evidence]
    [('epistemic', 'may')]
    """
    chosen = choose_dimensions(dimensions)
    check_model(model)
    if isinstance(document, str):
        document = make_document(document)
    markup = Markup(document, find_mentions(document), model=model, explain=explain)
    return _analyze(markup, chosen, seed, resamples)


def _analyze(markup: Markup, chosen: Sequence[Dimension], seed: int, resamples: int) -> Analysis:
    attributions = _find(load_dimensions()["attribution"], markup)
    markup = replace(markup, attributions=tuple(attributions))
    readings: dict[str, Reading] = {}
    for dimension in chosen:
        found = attributions if dimension.name == "attribution" else _find(dimension, markup)
        evidence = [item if item.voice else _stamp(item, markup) for item in found]
        readings[dimension.name] = Reading(
            dimension, tuple(evidence), tuple(dimension.measure(markup, evidence))
        )
    readings = _with_values(readings, seed, resamples)
    signature = {
        "framing": __version__,
        "model": markup.model,
        "lexicons": lexicons_digest(),
        "seed": seed,
        "resamples": resamples,
    }
    return Analysis(markup.document, readings, markup.mentions, signature)


def analyze_each(
    documents: Iterable[Document],
    *,
    model: str = DEFAULT_MODEL,
    dimensions: Sequence[str] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    explain: bool = True,
) -> Iterator[Analysis]:
    """Analyze documents one by one, as `analyze` does; a model that reads several faster together reads a few ahead.

    Raises `ValueError` for an unknown model or dimension before anything is read.
    """
    check_model(model)
    chosen = choose_dimensions(dimensions)
    return _each(iter(documents), model, chosen, seed, resamples, explain)


def _each(
    waiting: Iterator[Document],
    model: str,
    chosen: Sequence[Dimension],
    seed: int,
    resamples: int,
    explain: bool,
) -> Iterator[Analysis]:
    prepare = _preparer(model)
    ahead = 1  # at first, so that nobody waits for the first result until many documents are read
    while group := list(islice(waiting, ahead)):
        markups = [
            Markup(document, find_mentions(document), model=model, explain=explain) for document in group
        ]
        if prepare:
            ahead = min(2 * ahead, _AHEAD)
            prepare(markups)
        for markup in markups:
            yield _analyze(markup, chosen, seed, resamples)


def check_model(name: str) -> None:
    """Raise `ValueError` that lists the choices when there is no such model."""
    if name not in MODELS:
        near = get_close_matches(name, MODELS, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"unknown model '{name}'; choose from {', '.join(MODELS)}.{hint}")


def choose_dimensions(names: Sequence[str] | None) -> list[Dimension]:
    """The dimensions of these names, all when None. Raises `ValueError` that lists the choices for an unknown one."""
    known = load_dimensions()
    for name in names or ():
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"unknown dimension '{name}'; choose from {', '.join(known)}.{hint}")
    return [dimension for name, dimension in known.items() if names is None or name in names]


def _about(reading: Reading, actors: Sequence[str]) -> Reading:
    """Scores without an actor count evidence of every actor, so a dimension that has only such keeps all of it."""
    scores = tuple(score for score in reading.scores if score.actor is None or score.actor in actors)
    if all(score.actor is None for score in reading.scores):
        return reading
    evidence = tuple(item for item in reading.evidence if item.actor is None or item.actor in actors)
    return replace(reading, scores=scores, evidence=evidence)


def finder(dimension: str, model: str) -> Finder:
    """What finds the evidence of a dimension: `find` in the model's module of its name, or the rules where it has none.

    A model is a package of such modules, `framing.linear` for instance.
    """
    if dimension in _modules(model):
        find: Finder = importlib.import_module(f"framing.{model}.{dimension}").find
        return find
    return load_dimensions()[dimension].find


@cache
def _modules(model: str) -> frozenset[str]:
    if model == "lexicon":
        return frozenset()
    package = importlib.import_module(f"framing.{model}")
    return frozenset(module.name for module in pkgutil.iter_modules(package.__path__))


def _preparer(model: str) -> Callable[[Iterable[Markup]], None] | None:
    """`prepare` of a model that reads several documents at once, None where it has none."""
    if not _modules(model):
        return None
    prepare: Callable[[Iterable[Markup]], None] | None
    prepare = getattr(importlib.import_module(f"framing.{model}"), "prepare", None)
    return prepare


def _find(dimension: Dimension, markup: Markup) -> list[Evidence]:
    return sorted(finder(dimension.name, markup.model)(markup), key=attrgetter("start", "end"))


def _stamp(item: Evidence, markup: Markup) -> Evidence:
    """The evidence with its voice, and with the actor who speaks it, where the dimension left them open."""
    voice = markup.voices.of(item.start, item.end)
    source = item.source_actor if item.dimension == "attribution" else voice.source_actor
    return Evidence(
        item.dimension, item.label, item.start, item.end, item.weight, item.actor, voice.name, source,
        item.why, item.extra,
    )  # fmt: skip


def bearing(totals: Floats) -> int:
    """Number of sentences that bear on a score: those whose totals are not all zero."""
    return int(np.count_nonzero(totals.any(axis=1)))


def _with_values(readings: Mapping[str, Reading], seed: int, resamples: int) -> dict[str, Reading]:
    """Fill in values and intervals, all scores on the same bootstrap draws."""
    scores = [score for reading in readings.values() for score in reading.scores]
    valued = map(Score.valued, scores, *_edges(scores, seed, resamples).tolist())
    return {
        name: Reading(reading.dimension, reading.evidence, tuple(islice(valued, len(reading.scores))))
        for name, reading in readings.items()
    }


def _edges(scores: Sequence[Score], seed: int, resamples: int) -> Floats:
    """Value, low and high of each score, 3 × scores."""
    edges = np.full((3, len(scores)), math.nan)
    tables: dict[int, list[int]] = {}
    for number, score in enumerate(scores):
        if score.exchangeable:
            tables.setdefault(len(score.totals), []).append(number)
        else:
            edges[0, number] = score.formula(score.totals.sum(axis=0))
    for rows, group in tables.items():
        draws = resamples if rows >= LEAST_SENTENCES else 0
        edges[:, group] = _edges_of_table([scores[number] for number in group], seed, draws)
    return edges


def _edges_of_table(scores: Sequence[Score], seed: int, resamples: int) -> Floats:
    """Value, low and high of scores over the same sentences, 3 × scores; those of a formula are worked out together."""
    columns, places = distinct_columns([score.totals for score in scores])
    # Many scores have the same formula and totals, as all do that count nothing in a voice: these are worked out once.
    distinct: dict[tuple[Formula, tuple[int, ...]], int] = {}
    numbers = [
        distinct.setdefault((score.formula, own), len(distinct))
        for score, own in zip(scores, places, strict=True)
    ]
    alike: dict[tuple[Formula, int], list[tuple[int, tuple[int, ...]]]] = {}
    for (formula, own), number in distinct.items():
        alike.setdefault((formula, len(own)), []).append((number, own))
    edges = np.full((3, len(distinct)), math.nan)
    sums = np.ascontiguousarray(columns.T).sum(axis=0)
    bears = columns != 0
    supported: list[tuple[Formula, Numbers, Numbers, Numbers]] = []
    for (formula, _), group in alike.items():
        which, chosen = (np.array(part) for part in zip(*group, strict=True))
        edges[0, which] = formula(sums[chosen])
        support = np.count_nonzero(bears[chosen].any(axis=1), axis=1)
        enough = support >= LEAST_SENTENCES
        if enough.any():
            supported.append((formula, which[enough], chosen[enough], support[enough]))
    if resamples and supported:
        formulas, whiches, chosens, supports = zip(*supported, strict=True)
        tested, bearing = np.concatenate(whiches), np.concatenate(supports).astype(float)
        drawn, left_out = drawn_sums(columns, seed=seed, resamples=resamples), sums[:, None] - columns
        ordered = _worked_out(formulas, chosens, drawn, ordered=True)
        jackknifed = _worked_out(formulas, chosens, left_out)
        edges[1:, tested] = accelerated_ends(ordered, edges[0, tested], jackknifed, bearing)
    return edges[:, numbers]


_TOGETHER = 16  # scores; the sums of more would not stay in the cache


def _worked_out(
    formulas: Sequence[Formula], groups: Sequence[Numbers], sums: Floats, *, ordered: bool = False
) -> Floats:
    """What each formula makes of the sums of its scores, scores × samples; `sums` are columns × samples."""
    values = np.empty((sum(map(len, groups)), sums.shape[1]))
    done = 0
    for formula, group in zip(formulas, groups, strict=True):
        for first in range(0, len(group), _TOGETHER):
            some = sums[group[first : first + _TOGETHER]]
            part = values[done : done + len(some)]
            part[:] = formula(some.swapaxes(1, 2))
            if ordered:
                part.sort(axis=-1)
            done += len(some)
    return values


def _text_or_none(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
