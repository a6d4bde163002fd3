"""Attribution by the encoder: it marks sources, cues and contents, which are then linked as those of the linear model.

Of all sequences of labels that make whole spans the best is taken. Trained on PolNeAR (Newell, Margolin & Ruths 2018).
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from framing.analysis import Evidence, Markup
from framing.attribution.tagged import LABELS, Given, attributions, read_given
from framing.encoder.heads import ATTRIBUTION
from framing.encoder.network import Floats, network
from framing.encoder.reading import read
from framing.models.context import Ints
from framing.models.tagger import best_path

# Kinds of cue that the rules add where nothing is marked: "as per", "is keen to" and the passive are rare in the corpus.
_TRUSTED = frozenset({"source", "adjective", "passive"})
_NEVER = np.float32(-1e4)
_INSIDE = [number for number, label in enumerate(LABELS) if label.startswith("I-")]
_BEGINS = [number for number, label in enumerate(LABELS) if label.startswith("B-")]


def find(markup: Markup) -> list[Evidence]:
    """The attributions of a document, one piece of evidence per cue, as `framing.dimensions.attribution` describes them."""
    if not markup.document.tokens:
        return []
    reading = read(markup.document, markup.mentions)
    given = read_given(markup.document, reading.units)
    readiness = network().numbers["readiness to attribute"]
    labels = tag(given, reading.columns[:, ATTRIBUTION], readiness)
    return attributions(markup, given, labels, _TRUSTED)


def tag(given: Given, scores: Floats, readiness: float) -> Ints:
    """The label of each unit, an index into `LABELS`; `readiness` is added to the score of beginning a span."""
    emissions = scores.copy()
    emissions[:, _BEGINS] += np.float32(readiness)
    firsts = np.array([first for first, last in pairwise(given.bounds) if first < last])
    # A span does not go on into another paragraph: what does begins anew there.
    emissions[firsts[:, None], _BEGINS] = np.logaddexp(
        emissions[firsts[:, None], _BEGINS], emissions[firsts[:, None], _INSIDE]
    )
    emissions[firsts[:, None], _INSIDE] = _NEVER
    return best_path(_transitions(), emissions, given.bounds)


@cache
def _transitions() -> Floats:
    """0 where a label may follow another, shape (from, to): the inside of a span follows its beginning or inside only."""
    scores = np.zeros((len(LABELS), len(LABELS)), dtype=np.float32)
    for inside in _INSIDE:
        scores[:, inside] = _NEVER
        scores[[inside - 1, inside], inside] = 0
    return scores
