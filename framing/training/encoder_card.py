"""The card of the encoder: what it was made from, how good it is where, and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.training.card import figures_table
from framing.training.task import Task
from framing.training.validate import Validation, compare_items, flat, spoken, tasks

DATE = "2026-11-26"

_METRICS = {
    "attribution": ("content_f1", "source_f1", "cue_f1", "content_exact_f1", "recall_50"),
    "stance": ("macro_f1", "accuracy"),
    "hedging": ("cue_f1", "cue_precision", "cue_recall", "sentence_f1"),
    "loaded": ("macro_f1", "auc", "word_recall"),
    "state-stance": ("russia.macro_f1", "russia.alpha", "ukraine.macro_f1", "west.macro_f1"),
}
DEVELOPMENT = (
    ("attribution", "polnear/dev"),
    ("stance", "newsmtsc/dev-rw.jsonl"),
    ("stance", "newsmtsc/dev-mt.jsonl"),
)
SMALL = (
    ("hedging", "szeged/factbank-dev.xml"),
    ("loaded", "babe/sg2-train.csv"),
    ("state-stance", "state-stance/dev.jsonl"),
)


class Measured(NamedTuple):
    """The items of a corpus with a model's predictions, and the figures of all together."""

    task: Task
    path: str
    items: Sequence[Any]
    predictions: list[dict[str, Any]]
    whole: Validation

    @property
    def name(self) -> str:
        """Task and file, as the card names them."""
        return f"{self.task.name}, {self.path}"


def measure(task: str, corpora: Path, path: str, predictions: list[dict[str, Any]] | None = None) -> Measured:
    """The figures of the encoder that decides at present, or of predictions that are there already."""
    chosen = tasks()[task]
    items = chosen.read(corpora / path)
    found = chosen.predict(items, "encoder") if predictions is None else predictions
    return Measured(chosen, path, items, found, compare_items(chosen, items, found, "encoder", path))


def rounding_table(rounded: Sequence[Measured], exact: Sequence[Measured]) -> str:
    """What the matrices in 8 bits lose against the same network in floats, as a Markdown table."""
    rows = []
    for one, other in zip(exact, rounded, strict=True):
        values = [flat(each.whole.metrics) for each in (one, other)]
        rows += [
            (one.name, spoken(metric), *(f"{own[metric]:.4f}" for own in values))
            for metric in _METRICS[one.task.name]
        ]
    return _table(("measured on", "figure", "floats", "8 bits"), rows)


def parts_table(measured: Sequence[Measured]) -> str:
    """How the figures change by outlet and by length, as a Markdown table."""
    rows = []
    for each in measured:
        metric = _METRICS[each.task.name][0]
        for name, chosen in _parts(each):
            items = [each.items[number] for number in chosen]
            found = [each.predictions[number] for number in chosen]
            own = compare_items(each.task, items, found, "encoder", each.path)
            low, high = flat(own.intervals)[metric]
            value = flat(own.metrics)[metric]
            rows.append(
                (each.name, name, spoken(metric), f"{value:.3f}", f"{low:.3f}–{high:.3f}", f"{own.n:,}")
            )
    return _table(("measured on", "part", "figure", "value", "95 % interval", "n"), rows)


def _parts(measured: Measured) -> Iterator[tuple[str, list[int]]]:
    """Names and items of the parts: each outlet where it is known, and three parts of like size by length in words."""
    outlet = _OUTLETS.get(measured.task.name)
    if outlet is not None:
        outlets = [outlet(item) for item in measured.items]
        for name in sorted(set(outlets)):
            yield name, [number for number, own in enumerate(outlets) if own == name]
    text = _TEXTS[measured.task.name]
    lengths = np.array([len(text(item).split()) for item in measured.items])
    edges = np.quantile(lengths, [1 / 3, 2 / 3]).astype(int).tolist()
    part = np.searchsorted(edges, lengths)
    names = (f"up to {edges[0]} words", f"{edges[0] + 1} to {edges[1]} words", f"over {edges[1]} words")
    for number, name in enumerate(names):
        yield name, np.flatnonzero(part == number).tolist()


_OUTLETS: Mapping[str, Callable[[Any], str]] = {"attribution": lambda item: item.id.partition("_")[0]}
_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "attribution": lambda item: item.text,
    "stance": lambda item: item.sentence,
    "hedging": lambda item: item.text,
    "loaded": lambda item: item.text,
}


def reliability_table(chances: Sequence[float], right: Sequence[bool]) -> str:
    """How often a decision of a probability is right, as a Markdown table, and the expected calibration error below."""
    shares, hits = np.array(chances), np.array(right, dtype=float)
    tenth = np.minimum((shares * 10).astype(int), 9)
    rows, error = [], 0.0
    for number in np.unique(tenth).tolist():
        inside = tenth == number
        mean, hit = float(shares[inside].mean()), float(hits[inside].mean())
        error += float(inside.mean()) * abs(mean - hit)
        rows.append(
            (
                f"{number / 10:.1f} to {number / 10 + 0.1:.1f}",
                f"{mean:.2f}",
                f"{hit:.2f}",
                f"{inside.sum():,}",
            )
        )
    table = _table(("probability", "mean", "right", "n"), rows)
    return f"{table}\n\nExpected calibration error: {error:.3f}."


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]])


def card(sections: Mapping[str, str], size: int) -> str:
    """The text of the card; `framing.models.weights.save_file` puts the digest in."""
    head = f"Made on {DATE}. {size / 1e6:.1f} MB, SHA-256 of weights.onnx: `{{sha256}}`"
    parts = ["# Encoder", head, *(f"## {heading}\n\n{text.strip()}" for heading, text in sections.items())]
    return "\n\n".join(parts) + "\n"


def figures(measured: Sequence[Measured]) -> str:
    """The figures of all that was measured, as a Markdown table."""
    return figures_table([(each.name, each.whole, _METRICS[each.task.name]) for each in measured])
