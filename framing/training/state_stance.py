"""Stance toward states: news of 2014 on Ukraine, sentences coded -2..2 for how they portray each actor.

Two independent machine coders coded each sentence; agreement with them is not agreement with people. Sentences that
neither coded for an actor are left out; one they coded but in which no mention is found counts as neutral.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import f1_score

from framing.actors import find_mentions
from framing.analysis import Markup
from framing.dimensions.stance import DIMENSION
from framing.document import make_document
from framing.training.stance import SIGNS, json_lines
from framing.training.task import CorpusError, Task

STRONG = 0.7  # polarity from which a code is 2 instead of 1


class CodedArticle(NamedTuple):
    """An article: its actors, its sentences, and per sentence the mean code of each actor, -2..2 or None."""

    id: str
    actors: tuple[str, ...]
    sentences: tuple[str, ...]
    codes: tuple[tuple[float | None, ...], ...]


def read(path: Path) -> list[CodedArticle]:
    """Articles of a file of JSON lines. Raises `CorpusError` when a line is not in the layout."""
    articles: list[CodedArticle] = []
    for number, row in json_lines(path):
        try:
            sentences = tuple(sentence["text"] for sentence in row["sentences"])
            codes = tuple(
                tuple(_mean(codes) for codes in zip(*sentence["codes"], strict=True))
                for sentence in row["sentences"]
            )
            actors = tuple(row["actors"])
            coded = all(isinstance(text, str) for text in sentences) and {*map(len, codes)} <= {len(actors)}
        except (KeyError, TypeError, ValueError):
            coded = False
        if not coded:
            layout = '{"id", "actors": [...], "sentences": [{"text", "codes": [a row of codes per coder]}]}'
            raise CorpusError(f"{path}:{number}: is no article in the layout {layout}; give such JSON lines")
        articles.append(CodedArticle(str(row.get("id", number)), actors, sentences, codes))
    return articles


def _mean(codes: Sequence[float | None]) -> float | None:
    given = [code for code in codes if code is not None]
    return sum(given) / len(given) if given else None


def predict(articles: Sequence[CodedArticle], model: str) -> list[dict[str, Any]]:
    """Per article and sentence a model's code for each actor, -2..2, None where it finds no mention."""
    return [
        {"id": article.id, "codes": [_codes(article, sentence, model) for sentence in article.sentences]}
        for article in articles
    ]


def _codes(article: CodedArticle, sentence: str, model: str) -> list[int | None]:
    document = make_document(sentence, id=article.id)
    rows = DIMENSION.find[model](Markup(document, find_mentions(document), model=model))
    codes: list[int | None] = []
    for actor in article.actors:
        about = [row for row in rows if row.actor == actor]
        strongest = max(about, key=lambda row: abs(row.weight), default=None)
        codes.append(SIGNS[strongest.label] * (1 + (abs(strongest.weight) > STRONG)) if strongest else None)
    return codes


def metrics(articles: Sequence[CodedArticle], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Per actor: ordinal alpha against the mean code, macro-averaged F1 of its sign, and the sentences compared."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for article, prediction in zip(articles, predictions, strict=True):
        for codes, found in zip(article.codes, prediction["codes"], strict=True):
            for actor, code, guess in zip(article.actors, codes, found, strict=True):
                if code is not None:
                    pairs.setdefault(actor, []).append((code, guess or 0))
    return {actor: _agreement(pairs[actor]) for actor in sorted(pairs)}


def _agreement(pairs: Sequence[tuple[float, float]]) -> dict[str, float]:
    truth, found = ([_sign(values[coder]) for values in pairs] for coder in (0, 1))
    f1 = f1_score(truth, found, labels=sorted(SIGNS.values()), average="macro", zero_division=0.0)
    return {"alpha": ordinal_alpha(pairs), "macro_f1": float(f1), "n": len(pairs)}


def _sign(code: float) -> int:
    return (code > 0) - (code < 0)


def ordinal_alpha(pairs: Sequence[tuple[float, float]]) -> float:
    """Krippendorff's alpha for ordinal data of two coders (Krippendorff 2019, ch. 12); NaN when all codes are equal.

    >>> round(ordinal_alpha([(0, 0), (1, 1), (-1, 0), (1, 1)]), 3)
    0.9
    """
    counts = Counter(code for pair in pairs for code in pair)
    if len(counts) < 2:
        return math.nan
    data = [
        (coder, str(item), code)
        for item, pair in enumerate(pairs)
        for coder, code in zip("ab", pair, strict=True)
    ]
    return float(AnnotationTask(data, distance=_ordinal_distance(counts)).alpha())


def _ordinal_distance(counts: Mapping[float, int]) -> Callable[[float, float], float]:
    """Squared number of codes given between two, the two themselves by half."""

    def distance(one: float, other: float) -> float:
        low, high = min(one, other), max(one, other)
        between = sum(count for code, count in counts.items() if low <= code <= high)
        return (between - (counts[low] + counts[high]) / 2) ** 2

    return distance


TASK = Task(
    name="state-stance",
    corpus="coded articles on Ukraine, JSON lines",
    coders="machine coders",
    read=read,
    predict=predict,
    metrics=metrics,
)
