"""Hedging by the encoder: it marks words that make uncertain (epistemic, doxastic, condition); the other types and boosters
are the lexicon's. Trained on the Szeged Uncertainty Corpus (Szarvas et al. 2012).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from framing.analysis import Evidence, Markup
from framing.dimensions.hedging import evidence_of, fits
from framing.encoder.heads import HEDGING
from framing.encoder.network import network
from framing.encoder.reading import Reading, read
from framing.lexicon import load_lexicon
from framing.linear.hedging import DECIDED, LABELS, read_input, unit_scores


def find(markup: Markup) -> list[Evidence]:
    """Hedges and boosters; `extra` holds scope, owner and, where the encoder decided, the probability of a hedge."""
    document, lexicon = markup.document, load_lexicon("hedging")
    if not document.tokens:
        return []
    net, reading = network(), read(document, markup.mentions)
    model = net.linear.hedging
    given = read_input(document, markup.mentions, model.common)
    listed = {(match.first, match.entry.category): match.entry for match in given.matches}
    evidence: list[Evidence] = []
    taken: set[int] = set()
    for first, last, label, probability in cues(reading, unit_scores(model, given), net.numbers):
        begin, end = reading.units.firsts[first], reading.units.lasts[last - 1]
        entry = listed.get((begin, label))
        why = lexicon.reason(entry) if entry else lexicon.categories[label]
        evidence.append(evidence_of(markup, begin, end, label, why, probability=round(probability, 4)))
        taken.update(range(begin, end))
    evidence += [
        evidence_of(markup, match.first, match.last, match.entry.category, lexicon.reason(match.entry))
        for match in given.matches
        if match.entry.category not in DECIDED
        and taken.isdisjoint(range(match.first, match.last))
        and fits(document, match)
    ]
    return evidence


def cues(
    reading: Reading, other: NDArray[np.float64], numbers: Mapping[str, float]
) -> list[tuple[int, int, str, float]]:
    """Runs of units of one label in a sentence: first unit, unit after the last, label, highest probability of a hedge.

    `other` are the scores of the linear model, NaN where it has no candidate; there a hedge must be surer.
    """
    scores = numbers["hedging, own"] * reading.columns[:, HEDGING].astype(np.float64)
    candidate = ~np.isnan(other[:, 0])
    scores[candidate] += numbers["hedging, linear"] * other[candidate]
    scores[candidate, 1:] += numbers["readiness to hedge"]
    scores[~candidate, 1:] += numbers["readiness to hedge beyond the lists"]
    labels = scores.argmax(axis=1)
    hedged = 1 - np.exp(log_softmax(scores, axis=1)[:, 0])
    bounds = reading.units.sentences
    sentence = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    found = []
    keys = zip(labels.tolist(), sentence.tolist(), range(len(labels)), strict=True)
    for (label, _), group in groupby(keys, key=lambda key: key[:2]):
        units = [unit for *_, unit in group if reading.words[unit][0].isalpha()]
        if label and units:  # marks and names at either end are no part of a cue
            first, last = units[0], units[-1] + 1
            found.append((first, last, LABELS[label], float(hedged[first:last].max())))
    return found
