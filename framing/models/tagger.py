"""A linear-chain tagger: for every unit of a text one label, the best sequence by Viterbi (Lafferty, McCallum & Pereira 2001).

Features are of two kinds. Those of a word type (its form, ending, lexicon class) are looked up once per type and
counted for the units around it; those of a context are small numbers per unit. Weights are those of a conditional random
field, so a label's score is the sum of the weights of the features that hold, and transitions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.models.weights import Weights, pack_words, unpack_words

Ints = NDArray[np.intp]
Floats = NDArray[np.float32]

EDGE = "<edge>"  # the type of what stands before and after a sequence
_MOST_TYPES = 100_000  # looked-up types kept; with more the table is begun anew before the next document


class Description(NamedTuple):
    """What a tagger is told of a word type: values of its features by name, and numbers that contexts are made of."""

    features: Mapping[str, str]
    traits: Sequence[int] = ()


class Types:
    """The types seen so far: for each its scores by offset and label, and its traits. Grows as texts are read.

    Without weights, as while training, there are traits only.
    """

    def __init__(
        self,
        describe: Callable[[str], Description],
        weights: Weights | None = None,
        offsets: Sequence[int] = (0,),
    ) -> None:
        weights = weights or {"labels": pack_words([])}
        self.offsets = tuple(offsets)
        self._describe = describe
        self._labels = len(unpack_words(weights["labels"]))
        names = [name.removesuffix(".words") for name in weights if name.endswith(".words")]
        self._values = {
            name: {word: i for i, word in enumerate(unpack_words(weights[f"{name}.words"]))} for name in names
        }
        self._weights = {name: weights[f"{name}.weights"].astype(np.float32) for name in names}
        self._begin()

    def _begin(self) -> None:
        self._ids: dict[str, int] = {}
        self._scores = np.zeros((len(self.offsets), 0, self._labels), dtype=np.float32)
        self._traits = np.zeros((0, 0), dtype=np.intp)
        self._pending: list[Description] = []

    def trim(self) -> None:
        """Forget all types if there are too many; between documents only, since the numbers of types change."""
        if len(self._ids) > _MOST_TYPES:
            self._begin()

    def ids(self, words: Sequence[str]) -> Ints:
        """A number for each word, by which `scores` and `traits` are looked up, shape (words,)."""
        known = self._ids
        try:
            return np.fromiter(map(known.__getitem__, words), np.intp, len(words))
        except KeyError:
            for word in words:
                if word not in known:
                    known[word] = len(known)
                    self._pending.append(self._describe(word))
            self._settle()
            return np.fromiter(map(known.__getitem__, words), np.intp, len(words))

    def _settle(self) -> None:
        new = np.zeros((len(self._pending), len(self.offsets), self._labels), dtype=np.float32)
        for row, description in enumerate(self._pending):
            for name, value in description.features.items():
                index = self._values.get(name, {}).get(value)
                if index is not None:
                    new[row] += self._weights[name][index]
        traits = np.array([description.traits for description in self._pending], dtype=np.intp)
        self._scores = np.concatenate([self._scores, new.swapaxes(0, 1)], axis=1)
        self._traits = np.concatenate([self._traits, traits]) if self._traits.size else traits
        self._pending = []

    def parts(self, word: str, offset: int) -> Iterator[tuple[str, Floats]]:
        """What each feature of a type adds to the scores of the unit at an offset before it, as (feature, per label)."""
        column = self.offsets.index(offset)
        for name, value in self._describe(word).features.items():
            index = self._values.get(name, {}).get(value)
            if index is not None:
                yield f"{name} {value} at {offset:+d}", self._weights[name][index, column]

    @property
    def scores(self) -> Floats:
        """Scores of each type for the unit at each offset before it, shape (offsets, types, labels)."""
        return self._scores

    @property
    def traits(self) -> Ints:
        """Traits of each type, shape (types, traits)."""
        return self._traits


class Tagger:
    """A trained tagger. `describe` and `offsets` must be those it was trained with."""

    def __init__(
        self, weights: Weights, describe: Callable[[str], Description], offsets: Sequence[int]
    ) -> None:
        self.labels = unpack_words(weights["labels"])
        self.types = Types(describe, weights, offsets)
        self._transitions = weights["transitions"].astype(np.float32)
        self._contexts = {
            name.removesuffix(".context"): table.astype(np.float32)
            for name, table in weights.items()
            if name.endswith(".context")
        }

    def emissions(self, ids: Ints, bounds: Sequence[int], contexts: Mapping[str, Ints]) -> Floats:
        """Score of each label for each unit without transitions, shape (units, labels).

        `bounds` are the first units of the sequences and the end of the last; nothing is seen across them. `contexts`
        hold a number per unit.
        """
        reach = max(map(abs, self.types.offsets))
        edge = int(self.types.ids([EDGE])[0])
        lengths = np.diff(bounds)
        # Every sequence is laid between edges, so one shift serves all.
        places = np.arange(len(ids)) + reach * np.repeat(np.arange(len(lengths)), lengths)
        padded = np.full(len(ids) + reach * (len(lengths) + 1), edge, dtype=np.intp)
        padded[places + reach] = ids
        inner = len(padded) - 2 * reach
        scores: Floats = _sum(
            (table, padded[reach + offset :][:inner])
            for offset, table in zip(self.types.offsets, self.types.scores, strict=True)
        )[places]
        if self._contexts:
            scores += _sum((table, contexts[name]) for name, table in self._contexts.items())
        return scores

    def explain(
        self, types: Sequence[str], bounds: Sequence[int], contexts: Mapping[str, Ints], unit: int, label: str
    ) -> list[tuple[str, float]]:
        """What each feature adds to the score of a label for one unit, the strongest first.

        The contributions add up to the unit's emission of that label, which is all but the transitions.
        """
        column = self.labels.index(label)
        place = bisect_right(bounds, unit)
        parts: list[tuple[str, float]] = []
        for offset in self.types.offsets:
            there = unit + offset
            word = types[there] if bounds[place - 1] <= there < bounds[place] else EDGE
            parts += [(name, float(row[column])) for name, row in self.types.parts(word, offset)]
        for name, weights in self._contexts.items():
            number = int(contexts[name][unit])
            parts.append((f"{name} {number}", float(weights[number, column])))
        return sorted((part for part in parts if part[1]), key=lambda part: (-abs(part[1]), part[0]))

    def decode(self, emissions: Floats, bounds: Sequence[int]) -> Ints:
        """The best sequence of labels, shape (units,)."""
        return best_path(self._transitions, emissions, bounds)


def _sum(parts: Iterable[tuple[Floats, Ints]]) -> Floats:
    """The rows that numbers pick from a table, added up over tables with numbers of their own, one after the other."""
    (first, numbers), *others = parts
    total = first.take(numbers, axis=0)
    for table, numbers in others:
        total += table.take(numbers, axis=0)
    return total


def best_path(transitions: Floats, emissions: Floats, bounds: Sequence[int]) -> Ints:
    """The best sequence of labels, shape (units,), by Viterbi; all sequences are walked at once, the longest first.

    `transitions` has the shape (from, to), `emissions` (units, labels); sequence `i` has the units `bounds[i]:bounds[i + 1]`.
    """
    sizes = np.diff(bounds)
    longest = int(sizes.max(initial=0))
    if longest == 0:
        return np.zeros(len(emissions), dtype=np.intp)
    # Where each unit is met: by its place in its sequence, and then the longest sequence first.
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    alive = np.searchsorted(-sizes[order], -np.arange(longest))  # sequences that are longer than each step
    steps = np.cumsum([0, *alive])
    place = np.arange(len(emissions)) - np.repeat(bounds[:-1], sizes)
    met = steps[place] + np.repeat(rank, sizes)
    count, units = len(transitions), len(emissions)
    # The score of the best path to each label, of units in the order in which they are met.
    best = np.empty((count, units), dtype=np.float32)
    best[:, met] = emissions.T
    spread = transitions[:, :, None]  # [from, to, sequence]
    first, *lasts = steps[1:].tolist()
    before, paths = best[:, :first], np.empty((count, count, first), dtype=np.float32)
    for last in lasts:
        here = best[:, first:last]
        if here.shape[1] < before.shape[1]:
            before, paths = before[:, : last - first], paths[:, :, : last - first]
        np.add(before[:, None], spread, out=paths)
        here += np.maximum.reduce(paths)
        before, first = here, last
    # The label before each label, for all units together, so that steps have less to do; the first of equally good ones.
    best = best[:, met]
    chosen, top = np.zeros((count, units), dtype=np.uint8), best[0] + spread[0]
    for label in range(1, count):
        path = best[label] + spread[label]
        np.maximum(chosen, (path > top) * np.uint8(label), out=chosen)
        np.maximum(top, path, out=top)
    back = chosen.tobytes()
    ends = bounds[1:]
    labels = bytearray(units)
    final = best[:, np.asarray(ends) - 1].argmax(axis=0).tolist()
    for start, end, at_end in zip(bounds, ends, final, strict=False):
        label = at_end
        if start < end:
            labels[end - 1] = label
        for unit in range(end - 2, start - 1, -1):
            labels[unit] = label = back[label * units + unit]
    return np.frombuffer(labels, dtype=np.uint8).astype(np.intp)


def pack(
    labels: Sequence[str],
    transitions: Mapping[tuple[str, str], float],
    states: Mapping[tuple[str, str], float],
    offsets: Sequence[int],
    sizes: Mapping[str, int],
) -> dict[str, NDArray[Any]]:
    """The arrays of a trained CRF. `states` maps (feature, label) to a weight, `sizes` a context to its count of numbers.

    A feature is written `name@offset=value` when it is one of a word type, `name=number` when it is a context.
    """
    index = {label: i for i, label in enumerate(labels)}
    column = {str(offset): i for i, offset in enumerate(offsets)}
    matrix = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (one, other), weight in transitions.items():
        matrix[index[one], index[other]] = weight
    words: dict[str, dict[str, NDArray[np.float32]]] = {}
    contexts: dict[str, dict[int, NDArray[np.float32]]] = {}
    for (feature, label), weight in states.items():
        name, _, value = feature.partition("=")
        kind, at, offset = name.partition("@")
        if at:
            rows = words.setdefault(kind, {})
            row = rows.setdefault(value, np.zeros((len(offsets), len(labels)), dtype=np.float32))
            row[column[offset], index[label]] = weight
        else:
            numbers = contexts.setdefault(kind, {})
            numbers.setdefault(int(value), np.zeros(len(labels), dtype=np.float32))[index[label]] = weight
    arrays: dict[str, NDArray[Any]] = {"labels": pack_words(labels), "transitions": matrix}
    for kind, rows in words.items():
        ordered = sorted(rows)
        arrays[f"{kind}.words"] = pack_words(ordered)
        arrays[f"{kind}.weights"] = np.stack([rows[word] for word in ordered]).astype(np.float16)
    for kind, numbers in contexts.items():
        table = np.zeros((sizes[kind], len(labels)), dtype=np.float32)
        for number, row in numbers.items():
            table[number] = row
        arrays[f"{kind}.context"] = table
    return arrays
