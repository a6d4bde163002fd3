"""Stance toward states: news of 2014 on Ukraine, sentences coded -2..2 for how they portray each actor.

Two independent machine coders coded each sentence; agreement with them is not agreement with people. Sentences that
neither coded for an actor are left out; one they coded but in which no mention is found counts as neutral.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import f1_score

from framing.actors import find_mentions
from framing.analysis import Markup, finder
from framing.document import make_document
from framing.training.stance import NAMES, SIGNS, json_lines, signs_table
from framing.training.task import CorpusError, Counts, Error, Sums, Task, excerpt, of_kind

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
    rows = finder("stance", model)(Markup(document, find_mentions(document), model=model, explain=False))
    codes: list[int | None] = []
    for actor in article.actors:
        about = [row for row in rows if row.actor == actor]
        strongest = max(about, key=lambda row: abs(row.weight), default=None)
        codes.append(SIGNS[strongest.label] * (1 + (abs(strongest.weight) > STRONG)) if strongest else None)
    return codes


def count(article: CodedArticle, prediction: Mapping[str, Any]) -> Counts:
    """What adds up over articles: how often each actor's mean code met which code of the model."""
    return Counter(
        ("pair", actor, code, guess or 0)
        for codes, found in zip(article.codes, prediction["codes"], strict=True)
        for actor, code, guess in zip(article.actors, codes, found, strict=True)
        if code is not None
    )


def figures(sums: Sums) -> dict[str, Any]:
    """Per actor: ordinal alpha against the mean code, macro-averaged F1 of its sign, and the sentences compared."""
    return {actor: _agreement(pairs) for actor, pairs in _by_actor(sums).items()}


def _by_actor(sums: Sums) -> dict[str, dict[tuple[float, float], float]]:
    actors: dict[str, dict[tuple[float, float], float]] = {}
    for (actor, code, guess), n in of_kind(sums, "pair"):
        actors.setdefault(actor, {})[code, guess] = n
    return dict(sorted(actors.items()))


def _agreement(pairs: Mapping[tuple[float, float], float]) -> dict[str, float]:
    truth, found = ([_sign(pair[coder]) for pair in pairs] for coder in (0, 1))
    f1 = f1_score(
        truth,
        found,
        labels=sorted(NAMES),
        average="macro",
        zero_division=0.0,
        sample_weight=list(pairs.values()),
    )
    return {"alpha": ordinal_alpha(pairs), "macro_f1": float(f1), "n": int(sum(pairs.values()))}


def _sign(code: float) -> int:
    return (code > 0) - (code < 0)


def confusion(sums: Sums) -> dict[str, Any]:
    """Per actor, sentences by the sign of the mean code (rows) and of the model's code (columns)."""
    table = {}
    for actor, pairs in _by_actor(sums).items():
        signs: Counter[tuple[int, int]] = Counter()
        for (code, guess), n in pairs.items():
            signs[_sign(code), _sign(guess)] += int(n)
        table[actor] = signs_table(signs)
    return table


def errors(articles: Sequence[CodedArticle], predictions: Sequence[Mapping[str, Any]]) -> list[Error]:
    """Sentences in which an actor's sign is wrong, those furthest from the mean code first; the score is the model's code."""
    wrong: list[tuple[float, Error]] = []
    for article, prediction in zip(articles, predictions, strict=True):
        for number, (codes, found) in enumerate(zip(article.codes, prediction["codes"], strict=True)):
            for actor, code, guess in zip(article.actors, codes, found, strict=True):
                if code is not None and _sign(code) != _sign(guess or 0):
                    why = "no mention of the actor was found" if guess is None else "the model's code"
                    named = f"{actor}: {NAMES[_sign(code)]} ({code:g})", NAMES[_sign(guess or 0)]
                    text = excerpt(article.sentences[number])
                    error = Error(f"{article.id}#{number + 1}", text, *named, guess, why)
                    wrong.append((abs((guess or 0) - code), error))
    return [error for _, error in sorted(wrong, key=lambda item: -item[0])]


def ordinal_alpha(pairs: Mapping[tuple[float, float], float]) -> float:
    """Krippendorff's alpha for ordinal data of two coders (Krippendorff 2019, ch. 12); NaN when all codes are equal.

    `pairs` says how often each pair of codes was given.

    >>> round(ordinal_alpha({(0, 0): 1, (1, 1): 2, (-1, 0): 1}), 3)
    0.9
    """
    codes = sorted({code for pair in pairs for code in pair})
    if len(codes) < 2:
        return math.nan
    together = np.zeros((len(codes), len(codes)))
    for (one, other), n in pairs.items():
        together[codes.index(one), codes.index(other)] += n
        together[codes.index(other), codes.index(one)] += n
    each = together.sum(axis=1)
    # Two codes are apart by the codes given between them, the two themselves by half.
    reach = np.cumsum(each) - each / 2
    apart = (reach[:, None] - reach[None, :]) ** 2
    observed, expected = (together * apart).sum(), (np.outer(each, each) * apart).sum()
    return float(1 - (each.sum() - 1) * observed / expected)


TASK = Task(
    name="state-stance",
    corpus="coded articles on Ukraine, JSON lines",
    coders="machine coders",
    read=read,
    predict=predict,
    count=count,
    figures=figures,
    confusion=confusion,
    errors=errors,
)
metrics = TASK.metrics
