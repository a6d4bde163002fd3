"""How well a model does on a corpus that people coded: read, predict, measure."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from framing._version import __version__
from framing.analysis import MODELS
from framing.lexicon import lexicons_digest
from framing.training.task import CorpusError, Task

_MODULES = ("attribution", "hedging", "loaded", "stance", "state_stance")


class Validation(NamedTuple):
    """The figures of one task and model, and the prediction for every item."""

    task: str
    model: str
    n: int
    metrics: Mapping[str, Any]
    signature: Mapping[str, Any]
    predictions: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the command line's contract, figures rounded to 4 digits."""
        return {
            "task": self.task,
            "model": self.model,
            "n": self.n,
            "metrics": _rounded(self.metrics),
            "signature": dict(self.signature),
        }


@cache
def tasks() -> Mapping[str, Task]:
    """All tasks by name."""
    found = [importlib.import_module(f"framing.training.{module}").TASK for module in _MODULES]
    return {task.name: task for task in found}


def validate(task: str, data: Path, model: str = "lexicon") -> Validation:
    """Score a model on a corpus in its published layout.

    Raises `ValueError` for an unknown task or model and `CorpusError` when the data is not in that layout.
    """
    if task not in tasks():
        near = get_close_matches(task, tasks(), 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"unknown task '{task}'; choose from {', '.join(tasks())}.{hint}")
    if model not in MODELS:
        raise ValueError(f"unknown model '{model}'; choose from {', '.join(MODELS)}")
    if not data.exists():
        raise CorpusError(f"{data}: not found; give the file or folder of {tasks()[task].corpus}")
    chosen = tasks()[task]
    items = chosen.read(data)
    if not items:
        raise CorpusError(
            f"{data}: holds no item of {chosen.corpus}; is it the folder or file of that corpus?"
        )
    predictions = chosen.predict(items, model)
    signature = {"framing": __version__, "model": model, "lexicons": lexicons_digest(), "data": data.name}
    return Validation(task, model, len(items), chosen.metrics(items, predictions), signature, predictions)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return value
