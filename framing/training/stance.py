"""Stance against NewsMTSC (Hamborg & Donnay 2021): mentions of persons and groups in news, rated by people.

Each mention is marked in one sentence and rated -1, 0 or 1. `dev-rw` has the mix of real news, `dev-mt` sentences with
several rated mentions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.metrics import accuracy_score, f1_score

from framing.actors import Mention, find_mentions
from framing.analysis import Markup
from framing.dimensions.stance import DIMENSION
from framing.document import make_document
from framing.training.task import CorpusError, Task, read_text

SIGNS = {"negative": -1, "neutral": 0, "positive": 1}
_TARGET = "target"
_FIELDS = ("mention", "polarity", "from", "to", "sentence")


class RatedMention(NamedTuple):
    """A sentence, the half-open code points of a mention in it, and its polarity: -1, 0 or 1."""

    id: str
    sentence: str
    start: int
    end: int
    polarity: int


def read(path: Path) -> list[RatedMention]:
    """Mentions of a file of JSON lines. Raises `CorpusError` when a line is not in the published layout."""
    return [_mention(path, number, line) for number, line in json_lines(path)]


def json_lines(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines with their line numbers. Raises `CorpusError` for anything else."""
    objects: list[tuple[int, dict[str, Any]]] = []
    # Not splitlines: a sentence may hold characters that it takes for the end of a line.
    for number, line in enumerate(read_text(path, "a file of JSON lines").split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise CorpusError(f"{path}:{number}: is no JSON; give a file of JSON lines") from error
            if not isinstance(row, dict):
                raise CorpusError(f"{path}:{number}: is no JSON object; give a file of JSON lines")
            objects.append((number, row))
    return objects


def _mention(path: Path, number: int, row: Mapping[str, Any]) -> RatedMention:
    missing = [field for field in _FIELDS if field not in row]
    if missing:
        raise CorpusError(f"{path}:{number}: lacks {', '.join(missing)}; give a file of NewsMTSC")
    sentence, start, end, polarity = (row[field] for field in ("sentence", "from", "to", "polarity"))
    if not isinstance(sentence, str) or polarity not in SIGNS.values():
        raise CorpusError(f"{path}:{number}: needs a sentence and a polarity of -1, 0 or 1; give NewsMTSC")
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(sentence)):
        raise CorpusError(f"{path}:{number}: needs from and to inside its sentence; give a file of NewsMTSC")
    return RatedMention(str(row.get("id", f"{path.stem}#{number}")), sentence, start, end, int(polarity))


def predict(mentions: Sequence[RatedMention], model: str) -> list[dict[str, Any]]:
    """A model's polarity of each mention: its sign, and its value in -1..1; 0 where the sentence is not scored."""
    return [_prediction(mention, model) for mention in mentions]


def _prediction(mention: RatedMention, model: str) -> dict[str, Any]:
    document = make_document(mention.sentence, id=mention.id)
    sentence = document.sentence_at(mention.start)
    target = Mention(_TARGET, mention.start, mention.end, _TARGET, "leader", sentence or 0)
    known = find_mentions(document) if sentence is not None else ()
    markup = Markup(document, (target, *known) if sentence is not None else (), model=model)
    row = next((row for row in DIMENSION.find[model](markup) if row.actor == _TARGET), None)
    return {
        "id": mention.id,
        "polarity": SIGNS[row.label] if row else 0,
        "value": round(row.weight, 4) if row else 0.0,
        "why": row.why if row else "the sentence is not scored",
    }


def metrics(mentions: Sequence[RatedMention], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Macro-averaged F1 over the three classes, F1 of each, and accuracy; all 0..1."""
    truth = [mention.polarity for mention in mentions]
    found = [prediction["polarity"] for prediction in predictions]
    signs = sorted(SIGNS.values())
    each = f1_score(truth, found, labels=signs, average=None, zero_division=0.0)
    return {
        "macro_f1": float(each.mean()),
        "accuracy": float(accuracy_score(truth, found)),
        **{f"{label}_f1": float(each[signs.index(sign)]) for label, sign in SIGNS.items()},
    }


TASK = Task(
    name="stance",
    corpus="NewsMTSC, JSON lines",
    coders="people",
    read=read,
    predict=predict,
    metrics=metrics,
)
