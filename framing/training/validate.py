"""How well a model does on a corpus that people coded: read, predict, measure."""

from __future__ import annotations

import importlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from framing._version import __version__
from framing.analysis import DEFAULT_MODEL, check_model
from framing.comparison.intervals import percentiles
from framing.lexicon import lexicons_digest
from framing.training import coded_csv
from framing.training.spans import span_scores
from framing.training.task import CorpusError, Counts, Error, Task, total

DRAWS = 200  # bootstrap samples behind an interval
SEED = 0
_MODULES = ("attribution", "hedging", "loaded", "stance", "state_stance")


class Validation(NamedTuple):
    """The figures of one task and model, and the prediction for every item.

    `intervals` has (low, high) for each metric, nested as `metrics` is, and is empty when none were asked for.
    """

    task: str
    model: str
    n: int
    metrics: Mapping[str, Any]
    signature: Mapping[str, Any]
    predictions: list[dict[str, Any]]
    intervals: Mapping[str, Any]
    confusion: Mapping[str, Any]
    spans: Mapping[str, Any]
    errors: Sequence[Error]

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the command line's contract, figures rounded to 4 digits.

        After the keys of the contract come intervals, confusion table, span scores and errors, as far as there are any.
        """
        extra = {
            "intervals": _rounded(self.intervals),
            "confusion": self.confusion,
            "spans": _rounded(self.spans),
            "errors": [_rounded(error._asdict()) for error in self.errors],
        }
        return {
            "task": self.task,
            "model": self.model,
            "n": self.n,
            "metrics": _rounded(self.metrics),
            "signature": dict(self.signature),
            **{name: value for name, value in extra.items() if value},
        }


@cache
def tasks() -> Mapping[str, Task]:
    """All tasks by name."""
    found = [importlib.import_module(f"framing.training.{module}").TASK for module in _MODULES]
    return {task.name: task for task in found}


def validate(
    task: str, data: Path, model: str = DEFAULT_MODEL, *, draws: int = DRAWS, errors: int = 0
) -> Validation:
    """Score a model on a corpus in its published layout, or on a CSV of one's own (see `coded_csv`).

    `draws` is the number of bootstrap samples (0: no intervals), `errors` how many of the worst errors are kept. Raises
    `ValueError` for an unknown task or model and `CorpusError` when the data is not in a layout that can be read.
    """
    if task not in tasks():
        near = get_close_matches(task, tasks(), 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"unknown task '{task}'; choose from {', '.join(tasks())}.{hint}")
    check_model(model)
    if not data.exists():
        raise CorpusError(f"{data}: not found; give the file or folder of {tasks()[task].corpus}")
    chosen = tasks()[task]
    items = coded_csv.read(task, data) if coded_csv.is_coded_csv(task, data) else chosen.read(data)
    if not items:
        raise CorpusError(
            f"{data}: holds no item of {chosen.corpus}; is it the folder or file of that corpus?"
        )
    predictions = chosen.predict(items, model)
    return compare_items(chosen, items, predictions, model, data.name, draws=draws, errors=errors)


def compare_items(
    task: Task,
    items: Sequence[Any],
    predictions: list[dict[str, Any]],
    model: str,
    data: str,
    *,
    draws: int = DRAWS,
    errors: int = 0,
) -> Validation:
    """The figures of predictions that are there already, one per item."""
    counts = [task.count(item, prediction) for item, prediction in zip(items, predictions, strict=True)]
    sums = total(counts)
    metrics = task.figures(sums)
    signature: dict[str, Any] = {
        "framing": __version__,
        "model": model,
        "lexicons": lexicons_digest(),
        "data": data,
    }
    if draws:
        signature |= {"seed": SEED, "resamples": draws}
    return Validation(
        task=task.name,
        model=model,
        n=len(items),
        metrics=metrics,
        signature=signature,
        predictions=predictions,
        intervals=_intervals(metrics, [flat(task.figures(own)) for own in _resampled(counts, draws)]),
        confusion=task.confusion(sums),
        spans=span_scores(sums),
        errors=task.errors(items, predictions)[:errors] if errors else (),
    )


def _resampled(counts: Sequence[Counts], draws: int) -> Iterator[Counts]:
    """The sums of bootstrap samples of the items (Efron & Tibshirani 1993, ch. 6)."""
    if not draws:
        return
    keys = {key: column for column, key in enumerate(total(counts))}
    cells = np.array(
        [(row, keys[key], n) for row, own in enumerate(counts) for key, n in own.items()], dtype=float
    ).reshape(-1, 3)
    places = cells[:, :2].astype(int).T
    table = csr_array((cells[:, 2], (places[0], places[1])), shape=(len(counts), len(keys)))
    random = np.random.default_rng(SEED)
    weights = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws)
    for row in (weights @ table).tolist():
        yield Counter(dict(zip(keys, row, strict=True)))


def _intervals(
    metrics: Mapping[str, Any], drawn: Sequence[Mapping[str, float]], prefix: str = ""
) -> dict[str, Any]:
    """For each figure, nested as they are, the central 95 % of what was drawn; counts have none."""
    intervals: dict[str, Any] = {}
    for name, value in metrics.items() if drawn else ():
        if isinstance(value, Mapping):
            intervals[name] = _intervals(value, drawn, f"{prefix}{name}.")
        elif isinstance(value, float):
            values = np.array([figures.get(prefix + name, math.nan) for figures in drawn])
            intervals[name] = [float(edge) for edge in percentiles(values)]
    return intervals


def flat(metrics: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested figures by names with dots.

    >>> flat({"russia": {"alpha": 0.5}, "n": 2})
    {'russia.alpha': 0.5, 'n': 2}
    """
    named: dict[str, Any] = {}
    for name, value in metrics.items():
        named |= flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return named


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value


def spoken(metric: str) -> str:
    """`russia.macro_f1` as a reader would say it.

    >>> spoken("russia.macro_f1"), spoken("recall_50"), spoken("auc")
    ('russia: macro F1', 'recall at half', 'AUC')
    """
    named = {"recall_50": "recall at half", "auc": "AUC"}
    return named.get(metric, metric.replace("_", " ").replace(".", ": ").replace("f1", "F1"))
