"""From a document to evidence, and from evidence to scores with intervals.

A dimension is a constant that knows how to find its evidence and how to count it. Counts are additive totals per
sentence, and a score is a formula over their sums, so the bootstrap draws rows of numbers and never reads text again
(the idea of sacreBLEU's sufficient statistics, Post 2018).
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing._version import __version__
from framing.actors import Mention, find_mentions
from framing.comparison.intervals import percentiles, resampled_sums
from framing.document import Document, make_document
from framing.lexicon import Lexicon, Match, lexicons_digest
from framing.voice import VOICES, Voices

Floats = NDArray[np.float64]
Formula = Callable[[Floats], Floats]

MODELS = ("lexicon",)
LEAST_SENTENCES = 5  # below this a bootstrap interval says nothing, and none is given


@dataclass(frozen=True, slots=True)
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
    """What dimensions look at: the document, who is mentioned, what is attributed, and whose words each span is."""

    document: Document
    mentions: tuple[Mention, ...]
    attributions: tuple[Evidence, ...] = ()
    model: str = "lexicon"

    @cached_property
    def voices(self) -> Voices:
        """The voice of every token."""
        return Voices(self.document, self.attributions)

    @cached_property
    def _words(self) -> Mapping[str, Floats]:
        totals = {voice: np.zeros(len(self.document.sentences)) for voice in VOICES}
        for index, sentence in enumerate(self.document.sentences):
            for token in range(sentence.first, sentence.last):
                if self.document.is_word[token]:
                    totals[self.voices.of_token(token).name][index] += 1
        return totals | {"all": np.sum(list(totals.values()), axis=0)}

    def words(self, voice: str) -> Floats:
        """Words in a voice, by sentence, shape (sentences,)."""
        return self._words[voice]

    def sentences(self, voice: str) -> Floats:
        """1 where a sentence has a word in a voice, shape (sentences,)."""
        return (self._words[voice] > 0).astype(np.float64)

    def count(self, evidence: Iterable[Evidence], voice: str) -> Floats:
        """Pieces of evidence in a voice, by sentence, shape (sentences,)."""
        return self._add(evidence, voice, lambda item: 1.0)

    def weigh(self, evidence: Iterable[Evidence], voice: str) -> Floats:
        """Sum of the weights of evidence in a voice, by sentence, shape (sentences,)."""
        return self._add(evidence, voice, lambda item: item.weight)

    def flag(self, evidence: Iterable[Evidence], voice: str) -> Floats:
        """1 where a sentence has evidence in a voice, shape (sentences,)."""
        return np.minimum(self.count(evidence, voice), 1.0)

    def _add(self, evidence: Iterable[Evidence], voice: str, amount: Callable[[Evidence], float]) -> Floats:
        totals = np.zeros(len(self.document.sentences))
        for item in evidence:
            sentence = self.document.sentence_at(item.start)
            if sentence is not None and voice in (
                "all",
                item.voice or self.voices.of(item.start, item.end).name,
            ):
                totals[sentence] += amount(item)
        return totals


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Ratio:
    """A formula: the sum of the first column per sum of the second, times `scale`; NaN where the second is 0.

    >>> Ratio(1000)(np.array([3.0, 400.0]))
    array(7.5)
    """

    scale: float = 1.0

    def __call__(self, sums: Floats) -> Floats:
        """Of sums of shape (..., 2), the values of shape (...)."""
        below = sums[..., 1]
        return np.divide(
            sums[..., 0] * self.scale, below, out=np.full_like(below, math.nan), where=below != 0
        )


def cues(dimension: str, document: Document, lexicon: Lexicon, matches: Iterable[Match]) -> list[Evidence]:
    """Evidence of what a lexicon found: labelled with the category, explained by the entry's note or the category."""
    definitions = lexicon.categories
    return [
        Evidence(
            dimension=dimension,
            label=match.entry.category,
            start=document.starts[match.first],
            end=document.ends[match.last - 1],
            why=match.entry.note or definitions[match.entry.category],
        )
        for match in matches
    ]


def rate(
    dimension: str,
    measure: str,
    voice: str,
    counts: Floats,
    of: Floats,
    *,
    scale: float,
    unit: str,
    label: str | None = None,
) -> Score:
    """The score "counts per `scale` of something", both by sentence, shape (sentences,); `n` is the sum of `of`."""
    totals = np.column_stack([counts, of])
    return Score(dimension, measure, label, None, voice, unit, totals, Ratio(scale), n=int(of.sum()))


@dataclass(frozen=True)
class Dimension:
    """How to find one kind of evidence and count it, with the words that explain it to readers.

    `find` maps a model's name to the function that finds evidence; `lexicon` is always there. It may leave the voice
    empty: `analyze` fills it in. `measure` returns scores without values; `analyze` computes those.
    """

    name: str
    title: str
    question: str
    unit: str
    higher: str
    limits: str
    reference: str
    find: Mapping[str, Callable[[Markup], list[Evidence]]]
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
    model: str = "lexicon",
    dimensions: Sequence[str] | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Analysis:
    """Read a document in every dimension, or in those named.

    `resamples` is the number of bootstrap draws over sentences (0: no intervals). Raises `ValueError` for an unknown
    model or dimension. The same input gives the same result.

    >>> analysis = analyze("Officials said the raid may have failed.")
    >>> [(item.label, analysis.document[item]) for item in analysis.readings["hedging"].evidence]
    [('epistemic', 'may')]
    """
    chosen = choose_dimensions(dimensions)
    if model not in MODELS:
        raise ValueError(f"unknown model '{model}'; choose from {', '.join(MODELS)}")
    if isinstance(document, str):
        document = make_document(document)
    markup = Markup(document, find_mentions(document), model=model)
    attributions = _find(load_dimensions()["attribution"], markup)
    markup = replace(markup, attributions=tuple(attributions))
    readings: dict[str, Reading] = {}
    for dimension in chosen:
        found = attributions if dimension.name == "attribution" else _find(dimension, markup)
        evidence = [_stamp(item, markup) for item in found]
        readings[dimension.name] = Reading(
            dimension, tuple(evidence), tuple(dimension.measure(markup, evidence))
        )
    readings = _with_values(readings, seed, resamples)
    signature = {
        "framing": __version__,
        "model": model,
        "lexicons": lexicons_digest(),
        "seed": seed,
        "resamples": resamples,
    }
    return Analysis(document, readings, markup.mentions, signature)


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


def _find(dimension: Dimension, markup: Markup) -> list[Evidence]:
    find = dimension.find.get(markup.model, dimension.find["lexicon"])
    return sorted(find(markup), key=lambda item: (item.start, item.end))


def _stamp(item: Evidence, markup: Markup) -> Evidence:
    """The evidence with its voice, and with the actor who speaks it, where the dimension left them open."""
    if item.voice:
        return item
    voice = markup.voices.of(item.start, item.end)
    source = item.source_actor if item.dimension == "attribution" else voice.source_actor
    return replace(item, voice=voice.name, source_actor=source)


def bearing(totals: Floats) -> int:
    """Number of sentences that bear on a score: those whose totals are not all zero."""
    return int(np.count_nonzero(totals.any(axis=1)))


def _with_values(readings: Mapping[str, Reading], seed: int, resamples: int) -> dict[str, Reading]:
    """Fill in values and intervals, all scores on the same bootstrap draws."""
    supported = [
        score
        for reading in readings.values()
        for score in reading.scores
        if score.exchangeable and bearing(score.totals) >= LEAST_SENTENCES
    ]
    sums = resampled_sums([score.totals for score in supported], seed=seed, resamples=resamples)
    drawn = np.empty((len(supported), resamples))
    for row, score in enumerate(supported):
        drawn[row] = score.formula(sums[row])
    low, high = (
        dict(zip((score.key for score in supported), edge.tolist(), strict=True))
        for edge in percentiles(drawn)
    )

    def valued(score: Score) -> Score:
        value = float(score.formula(score.totals.sum(axis=0)))
        return replace(
            score, value=value, low=low.get(score.key, math.nan), high=high.get(score.key, math.nan)
        )

    return {
        name: replace(reading, scores=tuple(map(valued, reading.scores)))
        for name, reading in readings.items()
    }


def _text_or_none(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
