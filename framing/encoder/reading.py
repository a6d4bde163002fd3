"""What the encoder makes of a whole text: attribution, hedging and loaded language are read off the same pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.actors import Mention
from framing.analysis import Markup
from framing.document import Document
from framing.encoder.heads import LOADED
from framing.encoder.network import Floats, network, run
from framing.encoder.pieces import Window, windows
from framing.models.context import paragraph_bounds
from framing.models.units import Units, blind_words, read_units

_KEPT = 64  # readings that are kept, so that the dimensions of an analysis share one


class Reading(NamedTuple):
    """A text in units: their words with names as placeholders, the columns of each unit's first piece, shape (units,
    columns), and of each unit the number of pieces, and what they add to the log-odds that the sentence is loaded before
    that is averaged, both of shape (units,).
    """

    units: Units
    words: list[str]
    columns: Floats
    sizes: NDArray[np.intp]
    loaded: Floats


def read(document: Document, mentions: tuple[Mention, ...]) -> Reading:
    """What the encoder makes of a document in which these actors are mentioned; the last few are kept."""
    prepare([Markup(document, mentions)])
    reading: Reading = network().readings[document][mentions]
    return reading


def prepare(markups: Iterable[Markup]) -> None:
    """Read several documents at once, which is faster than one by one."""
    net = network()
    fresh = [each for each in markups if each.mentions not in net.readings.get(each.document, {})]
    texts: list[tuple[Units, list[str], list[Window]]] = []
    for each in fresh:
        units = read_units(each.document, each.mentions)
        words = blind_words(each.document, units, net.common)
        bounds = paragraph_bounds(each.document, units)
        texts.append((units, words, list(windows(net.pieces, words, bounds))))
    columns = iter(run(net, [window.pieces for _, _, own in texts for window in own]))
    for each, (units, words, own) in zip(fresh, texts, strict=True):
        if len(net.readings) >= _KEPT:
            del net.readings[next(iter(net.readings))]
        joined = _join(units, words, own, [next(columns) for _ in own])
        net.readings.setdefault(each.document, {})[each.mentions] = joined


def _join(units: Units, words: list[str], own: Sequence[Window], columns: Sequence[Floats]) -> Reading:
    """The windows of a text as one; where two overlap, a unit is taken from that in which it stands farther from an edge."""
    width = columns[0].shape[1] if columns else 0
    joined = np.zeros((len(words), width), dtype=np.float32)
    sizes, loaded = np.ones(len(words), dtype=np.intp), np.zeros(len(words), dtype=np.float32)
    depth = np.full(len(words), -1)
    for window, given in zip(own, columns, strict=True):
        places = np.array(window.places)
        last = window.first + len(places)
        inside = np.minimum(np.arange(len(places)), np.arange(len(places))[::-1])
        better = np.flatnonzero(inside > depth[window.first : last])
        at = window.first + better
        depth[at] = inside[better]
        joined[at] = given[places[better]]
        ends = np.array(window.ends)
        running = np.concatenate([[0.0], np.cumsum(given[:, LOADED], dtype=np.float64)])
        loaded[at] = (running[ends] - running[places])[better]
        sizes[at] = (ends - places)[better]
    return Reading(units, words, joined, sizes, loaded)
