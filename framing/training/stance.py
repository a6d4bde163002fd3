"""Stance against NewsMTSC (Hamborg & Donnay 2021): mentions of persons and groups in news, rated by people.

Each mention is marked in one sentence and rated -1, 0 or 1. `dev-rw` has the mix of real news, `dev-mt` sentences with
several rated mentions.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.metrics import accuracy_score, f1_score

from framing.actors import Mention, find_mentions
from framing.analysis import Markup, finder
from framing.document import make_document
from framing.training.task import CorpusError, Counts, Error, Sums, Task, excerpt, of_kind, read_text

SIGNS = {"negative": -1, "neutral": 0, "positive": 1}
TARGET_ACTOR = "target"
NAMES = {sign: label for label, sign in SIGNS.items()}
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


def target_markup(mention: RatedMention, model: str) -> Markup:
    """The sentence with its mention as that of the actor `TARGET_ACTOR`; without mentions where it is not scored."""
    document = make_document(mention.sentence, id=mention.id)
    sentence = document.sentence_at(mention.start)
    if sentence is None:
        return Markup(document, (), model=model, explain=False)
    target = Mention(TARGET_ACTOR, mention.start, mention.end, TARGET_ACTOR, "leader", sentence)
    explain = model != "encoder"  # which takes long to say what decided
    return Markup(document, (target, *find_mentions(document)), model=model, explain=explain)


def _prediction(mention: RatedMention, model: str) -> dict[str, Any]:
    rows = finder("stance", model)(target_markup(mention, model))
    row = next((row for row in rows if row.actor == TARGET_ACTOR), None)
    return {
        "id": mention.id,
        "polarity": SIGNS[row.label] if row else 0,
        "value": round(row.weight, 4) if row else 0.0,
        "why": row.why if row else "the sentence is not scored",
    }


def count(mention: RatedMention, prediction: Mapping[str, Any]) -> Counts:
    """What adds up over mentions: how often a polarity was taken for which."""
    return Counter([("pair", mention.polarity, prediction["polarity"])])


def figures(sums: Sums) -> dict[str, Any]:
    """Macro-averaged F1 over the three classes, F1 of each, and accuracy; all 0..1."""
    truth, found, n = zip(*((*pair, n) for pair, n in of_kind(sums, "pair")), strict=True)
    each = f1_score(truth, found, labels=sorted(NAMES), average=None, zero_division=0.0, sample_weight=n)
    return {
        "macro_f1": float(each.mean()),
        "accuracy": float(accuracy_score(truth, found, sample_weight=n)),
        **{f"{label}_f1": float(each[sorted(NAMES).index(sign)]) for label, sign in SIGNS.items()},
    }


def confusion(sums: Sums) -> dict[str, Any]:
    """Mentions by coded polarity (rows) and predicted polarity (columns)."""
    return signs_table({pair: n for pair, n in of_kind(sums, "pair")})  # noqa: C416  mypy sees the pairs


def signs_table(pairs: Mapping[tuple[Any, ...], float]) -> dict[str, dict[str, int]]:
    """Counts of (coded sign, predicted sign) as a table with the names of the classes."""
    return {
        coded: {found: int(pairs.get((SIGNS[coded], SIGNS[found]), 0)) for found in SIGNS} for coded in SIGNS
    }


def errors(mentions: Sequence[RatedMention], predictions: Sequence[Mapping[str, Any]]) -> list[Error]:
    """Mentions whose polarity is wrong, those whose value lies furthest from the code first; the score is the value."""
    wrong = [
        (abs(prediction["value"] - mention.polarity), mention, prediction)
        for mention, prediction in zip(mentions, predictions, strict=True)
        if prediction["polarity"] != mention.polarity
    ]
    return [
        Error(
            mention.id,
            excerpt(mention.sentence, mention.start, mention.end),
            f"{mention.sentence[mention.start : mention.end]}: {NAMES[mention.polarity]}",
            NAMES[prediction["polarity"]],
            prediction["value"],
            prediction["why"],
        )
        for _, mention, prediction in sorted(wrong, key=lambda error: -error[0])
    ]


TASK = Task(
    name="stance",
    corpus="NewsMTSC, JSON lines",
    coders="people",
    read=read,
    predict=predict,
    count=count,
    figures=figures,
    confusion=confusion,
    errors=errors,
)
metrics = TASK.metrics
