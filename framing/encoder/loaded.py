"""Loaded language by the encoder: how likely a sentence is loaded, and which of its words experts would blame.

The evidence is that of the lexicons, and words without an entry that are blamed in a loaded sentence. What a piece of
evidence contributes is measured by hiding its words (occlusion, Li, Monroe & Jurafsky 2016): the log-odds of its sentence
with them less those without. Trained on sentences that experts coded (Spinde et al. 2021); the probability also heeds the linear
model, which knows the lexicons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from framing.analysis import Evidence, Markup
from framing.dimensions.loaded import Place, find_loaded, terms
from framing.encoder.heads import BLAMED, LOADED
from framing.encoder.network import Network, network, run
from framing.encoder.pieces import HIDDEN, sentence
from framing.encoder.reading import Reading, read
from framing.linear import loaded as linear
from framing.linear.loaded import THRESHOLD, evaluative
from framing.models.units import units_in

WHY = "One of the words that experts would blame, as a transformer trained on their codes has it, in a sentence it takes for loaded (probability {:.2f})."
_LONGEST = 100  # pieces around a place that are read when its words are hidden

Floats = NDArray[np.float64]


def find(markup: Markup) -> list[Evidence]:
    """The evidence of the lexicons, and words without an entry that are blamed in a loaded sentence.

    `extra` holds `neutral`, the `probability` that the sentence is loaded, and the `contribution` of the words to it in
    log-odds. The weight of `evaluative` evidence is 0: whom a word flatters or belittles is not known.
    """
    document = markup.document
    if not document.tokens:
        return []
    net = network()
    reading = read(document, markup.mentions)
    named = terms(document)
    chances = _chances(markup, named)
    listed = find_loaded(markup, named)
    units = reading.units
    places = [units_in(units, document.tokens_in(item.start, item.end)) for item in listed]
    taken = {unit for first, last in places for unit in range(first, last)}
    runs = blamed_runs(reading, chances, taken, net.numbers["blamed from"])
    listed += [evaluative(document, units, first, last) for first, last in runs]
    places += runs
    sentences = [bisect_right(units.sentences, first) - 1 for first, _ in places]
    added = contributions(net, reading, sentences, places) if markup.explain else None
    explained = []
    for number, (item, where) in enumerate(zip(listed, sentences, strict=True)):
        chance = float(chances[where])
        contribution = None if added is None else round(added[number], 3)
        extra = {**item.extra, "probability": round(chance, 4), "contribution": contribution}
        explained.append(replace(item, why=item.why or WHY.format(chance), extra=extra))
    return explained


def sentence_probabilities(markup: Markup) -> Floats:
    """How likely each sentence is to be called loaded by experts, 0..1, shape (sentences,)."""
    return _chances(markup, terms(markup.document)) if markup.document.tokens else np.zeros(0)


def _chances(markup: Markup, named: Sequence[Place]) -> Floats:
    net, document = network(), markup.document
    own = own_log_odds(read(document, markup.mentions))
    parts = linear.contributions(net.linear.loaded, document, markup.mentions, named)
    return blended(own, parts.log_odds(), net.numbers)


def own_log_odds(reading: Reading) -> Floats:
    """The log-odds that the encoder alone gives each sentence, shape (sentences,)."""
    bounds = np.array(reading.units.sentences)
    sums = np.concatenate([[0.0], np.cumsum(reading.loaded, dtype=np.float64)])
    sizes = np.concatenate([[0], np.cumsum(reading.sizes)])
    odds: Floats = np.diff(sums[bounds]) / np.maximum(np.diff(sizes[bounds]), 1)
    return odds


def blended(own: Floats, other: Floats, numbers: dict[str, float]) -> Floats:
    """Calibrated probabilities from the log-odds of encoder and linear model."""
    odds = numbers["loaded, own"] * own + numbers["loaded, linear"] * other + numbers["loaded, base"]
    chances: Floats = expit(odds)
    return chances


def blamed_runs(reading: Reading, chances: Floats, taken: set[int], least: float) -> list[tuple[int, int]]:
    """Words that would be blamed in a loaded sentence and are in no other evidence; neighbours are one run."""
    bounds = reading.units.sentences
    of = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    blamed = expit(reading.columns[:, BLAMED]) >= least
    runs: list[tuple[int, int]] = []
    for unit in np.flatnonzero(blamed & (chances >= THRESHOLD)[of]).tolist():
        if unit in taken or not reading.words[unit][0].isalpha():
            continue
        if runs and runs[-1][1] == unit and of[unit - 1] == of[unit]:
            runs[-1] = (runs[-1][0], unit + 1)
        else:
            runs.append((unit, unit + 1))
    return runs


def contributions(
    net: Network, reading: Reading, sentences: Sequence[int], places: Sequence[tuple[int, int]]
) -> list[float]:
    """What the units of each place add to the log-odds of its sentence: with them less without, the sentence read alone."""
    asked: list[list[int]] = []
    for number, (first, last) in zip(sentences, places, strict=True):
        low, high = reading.units.sentences[number], reading.units.sentences[number + 1]
        whole, spans = sentence(net.pieces, reading.words[low:high], first - low, _LONGEST)
        without = list(whole)
        for begin, end in spans[first - low : last - low]:
            without[begin:end] = net.pieces[HIDDEN] * (end - begin)
        asked += [whole, without]
    odds = [float(own[1:-1, LOADED].mean(dtype=np.float64)) for own in run(net, asked)]
    return [with_them - without for with_them, without in zip(odds[::2], odds[1::2], strict=True)]
