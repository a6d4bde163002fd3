"""Fit a linear-chain conditional random field with CRFsuite (Okazaki 2007) and hand its weights to `framing.models.tagger`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pycrfsuite
from numpy.typing import NDArray

from framing.models.context import Ints
from framing.models.tagger import EDGE, Description, pack

NEAR = 1  # how far away the features outside `WIDE` are looked at


class Settings(NamedTuple):
    """How a field is fitted: penalties on the weights' size and squares, rounds of L-BFGS, and the rarest feature kept."""

    c1: float
    c2: float
    iterations: int
    least: int


class Example(NamedTuple):
    """A tagged text: a word type, numbers by context, and a label per unit; `bounds` part the sequences."""

    types: Sequence[str]
    contexts: Mapping[str, Ints]
    labels: Sequence[int]
    bounds: Sequence[int]


def fit(
    examples: Iterable[Example],
    *,
    labels: Sequence[str],
    describe: Callable[[str], Description],
    offsets: Sequence[int],
    wide: frozenset[str],
    sizes: Mapping[str, int],
    settings: Settings,
) -> dict[str, NDArray[Any]]:
    """The weights of a tagger. Features of a word type named in `wide` count at every offset, others within `NEAR`.

    The same examples give the same weights.
    """

    @cache
    def written(type_: str, offset: int) -> tuple[str, ...]:
        features = describe(type_).features.items()
        return tuple(
            f"{name}@{offset}={value}" for name, value in features if name in wide or abs(offset) <= NEAR
        )

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(
        {
            "c1": settings.c1,
            "c2": settings.c2,
            "max_iterations": settings.iterations,
            "feature.minfreq": settings.least,
        }
    )
    for example in examples:
        for features, tags in _sequences(example, offsets, written):
            trainer.append(pycrfsuite.ItemSequence(features), [labels[tag] for tag in tags])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "crf")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        found = tagger.info()
        tagger.close()
    return pack(labels, found.transitions, found.state_features, offsets, sizes)


def _sequences(
    example: Example, offsets: Sequence[int], written: Callable[[str, int], tuple[str, ...]]
) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
    contexts = [(name, numbers.tolist()) for name, numbers in example.contexts.items()]
    for first, last in zip(example.bounds, example.bounds[1:], strict=False):
        features = []
        for unit in range(first, last):
            row = [f"{name}={numbers[unit]}" for name, numbers in contexts]
            for offset in offsets:
                there = unit + offset
                row += written(example.types[there] if first <= there < last else EDGE, offset)
            features.append(row)
        if features:
            yield features, example.labels[first:last]
