"""Made-up classes for the tests: honest students who miss things and differ, and some who do not care.

An honest student finds a mark of the key by its difficulty and their own eye and threshold, takes one label for another now
and then, is a word off at the edges, and marks some tempting words that the key does not have. Careless are those who mark
at random, nothing, or everything, use one label throughout, or copy somebody's coding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from framing.classroom.coding import LABELS, UNTYPED, Coding, Mark
from framing.classroom.exercise import Exercise, ExerciseArticle
from framing.document import Span, make_document

KINDS = ("random", "nothing", "everything", "one label", "copy")
_WORDS = (
    "boat harbour child teacher road market river council window garden letter bridge school baker engine "
    "winter morning village station forest"
).split()


class SimulatedClass(NamedTuple):
    """The codings of a class, what kind of careless its careless students are, and whom somebody copied."""

    codings: tuple[Coding, ...]
    careless: Mapping[str, str]
    copied: frozenset[str]


def simulated_class(
    exercise: Exercise,
    *,
    students: int = 30,
    careless: float = 0.12,
    seed: int = 0,
    kinds: Sequence[str] = KINDS,
    eye: float = 1.0,
    round: str = "",
) -> SimulatedClass:
    """Codings of an exercise, made from its key. `eye` is how well honest students see, in logits: 1 finds about 70 in 100.

    `careless` is the share of careless students; their kinds are drawn from `kinds`, each once before one comes again.
    """
    random = np.random.default_rng(seed)
    names = [f"student-{number:02}" for number in range(1, students + 1)]
    count = int(np.round(students * careless))
    drawn = np.concatenate([random.permutation(kinds) for _ in range(count // len(kinds) + 1)])[:count]
    lazy = dict(zip(random.choice(names, count, replace=False).tolist(), drawn.tolist(), strict=True))
    honest = [name for name in names if name not in lazy]
    answers = _stance if exercise.dimension == "stance" else _spans
    # Who uses one label looks at the text as others do, and does not look at the labels.
    looking = [name for name in names if lazy.get(name, "one label") == "one label"]
    marks = answers(exercise, looking, random, eye)
    copied = set()
    for name, kind in lazy.items():
        if kind == "copy":
            source = str(random.choice(honest))
            copied.add(source)
            marks[name] = marks[source]
        else:
            marks[name] = _careless(exercise, kind, random, marks.get(name, []))
    articles = tuple(article.id for article in exercise.articles)
    codings = tuple(Coding(name, articles, tuple(marks[name]), round, f"{name}.csv") for name in names)
    return SimulatedClass(codings, lazy, frozenset(copied))


def _spans(exercise, names, random, eye) -> dict[str, list[Mark]]:
    key = exercise.key.marks
    labels = _labels(exercise.dimension)
    difficulty = random.normal(0, 1, len(key))
    words = [(article, number) for article in exercise.articles for number in range(len(article.words))]
    taken = {(mark.article, mark.start) for mark in key}
    tempting = random.random(len(words)) < 0.04
    found: dict[str, list[Mark]] = {}
    for name in names:
        sight, threshold, care = random.normal(eye, 0.5), random.normal(0, 0.5), random.uniform(0.7, 0.95)
        seen = random.random(len(key)) < _logistic(sight - threshold - difficulty)
        marks = [
            _near(exercise, mark, random)._replace(label=_label(mark.label, labels, care, random))
            for mark, sees in zip(key, seen, strict=True)
            if sees
        ]
        alarm = random.random(len(words)) < np.where(tempting, _logistic(-1.5 - threshold), 0.003)
        for at in np.flatnonzero(alarm):
            article, number = words[at]
            word = article.words[number]
            if (article.id, word.start) not in taken:
                marks.append(Mark(article.id, word.start, word.end, str(random.choice(labels))))
        found[name] = sorted(marks)
    return found


def _near(exercise, mark, random) -> Mark:
    """The mark, in one of six cases a word longer or shorter at its end."""
    article = next(article for article in exercise.articles if article.id == mark.article)
    if random.random() > 1 / 6:
        return mark
    ends = [word.end for word in article.words]
    at = int(np.searchsorted(ends, mark.end)) + int(random.choice([-1, 1]))
    return mark._replace(end=ends[at]) if 0 <= at < len(ends) and ends[at] > mark.start else mark


def _label(label, labels, care, random) -> str:
    return label if random.random() < care else str(random.choice(labels))


def _stance(exercise, names, random, eye) -> dict[str, list[Mark]]:
    """Each pair is rated; one in four ratings is a step off."""
    found: dict[str, list[Mark]] = {}
    for name in names:
        steps = random.choice([-1, 0, 1], len(exercise.key.marks), p=[0.12, 0.76, 0.12])
        found[name] = [
            mark._replace(label=str(int(np.clip(int(mark.label) + step, -2, 2))))
            for mark, step in zip(exercise.key.marks, steps, strict=True)
        ]
    return found


def _careless(exercise, kind, random, seen) -> list[Mark]:
    labels = _labels(exercise.dimension)
    one = str(random.choice([label for label in labels if label != "0"]))
    if kind == "nothing":
        return []
    if exercise.dimension == "stance":
        marks = exercise.key.marks
        if kind == "random":
            return [mark._replace(label=str(random.choice(labels))) for mark in marks]
        return [mark._replace(label=one) for mark in marks]
    if kind == "one label":
        return [mark._replace(label=one) for mark in seen]
    share = 1.0 if kind == "everything" else random.uniform(0.05, 0.3)
    return [
        Mark(article.id, word.start, word.end, one if kind == "everything" else str(random.choice(labels)))
        for article in exercise.articles
        for word in article.words
        if random.random() < share
    ]


def _labels(dimension):
    """Those a student chooses from, who always knows the type."""
    return [label for label in LABELS[dimension] if label != UNTYPED.get(dimension)]


def _logistic(logits):
    return 1 / (1 + np.exp(-logits))


# An exercise to code, and what codings look like as numbers ---------------------------------------------------------


def plain_exercise(
    dimension: str = "hedging", *, articles: int = 2, sentences: int = 20, marks: int = 12, seed: int = 0
) -> Exercise:
    """Articles of ten-word sentences without sense, each with `marks` marks in its key, of a word or two."""
    random = np.random.default_rng(seed)
    cut: list[ExerciseArticle] = []
    key: list[Mark] = []
    for number in range(1, articles + 1):
        lines = [" ".join(random.choice(_WORDS, 10)).capitalize() + "." for _ in range(sentences)]
        document = make_document(" ".join(lines), f"article-{number}")
        words = tuple(_span(document, at) for at, is_word in enumerate(document.is_word) if is_word)
        places = tuple(Span(sentence.start, sentence.end) for sentence in document.sentences)
        pairs: tuple[tuple[int, str], ...] = ()
        if dimension == "stance":
            pairs = tuple(
                (sentence, actor)
                for sentence in range(sentences)
                for actor in ("us", "iran")[: 1 + sentence % 2]
            )
            key += [
                Mark(document.id, *places[sentence], str(random.choice(_labels("stance"))), actor)
                for sentence, actor in pairs
            ]
        else:
            firsts = 5 * random.choice(len(words) // 5, marks, replace=False)
            key += [
                Mark(
                    document.id,
                    words[first].start,
                    words[first + int(random.integers(0, 2))].end,
                    str(random.choice(_labels(dimension))),
                )
                for first in sorted(firsts)
            ]
        whole = ((0, sentences),)
        text = document.text
        article = ExerciseArticle(
            document.id, f"Article {number}", "", text, document.sha256, whole, places, words, pairs
        )
        cut.append(article)
    ids = tuple(article.id for article in cut)
    return Exercise("simulated", dimension, tuple(cut), Coding("key", ids, tuple(key)), "a key made up", {})


def _span(document, token):
    return Span(document.starts[token], document.ends[token])
