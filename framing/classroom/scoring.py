"""How far a class, the key and the models agree, and which sentences to talk about."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from framing.classroom.agreement import LEAST_UNITS, agreement, krippendorff_alpha, span_agreement
from framing.classroom.attention import Attention, attention
from framing.classroom.coding import LABELS, Coding, Mark, join_codings
from framing.classroom.disputes import disputes
from framing.classroom.exercise import Exercise
from framing.classroom.spans import TOTALS, span_f1, span_totals, spans_of
from framing.classroom.units import (
    KINDS,
    NO_TYPE,
    choices_of,
    labels_of,
    ratings_of,
    stance_units,
    stance_value,
)
from framing.comparison.intervals import Array, drawn_sums, percentiles
from framing.corpus import Failure

KEY = "key"
PARTS = 5  # of a text, along which agreement is followed where there is a single article
AGREEMENT_COLUMNS = ("kind", "measure", "value", "low", "high", "units", "coders")
_MOST_MARKS = 2  # a word; whoever marks more did not mark words
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, eq=False)
class ClassScore:
    """An exercise scored. `coders` are the students' names; student number n, from 1, is `coders[n - 1]`.

    `codings` are the students' latest, in the order of `coders`, and `rounds` the names of their rounds in order. The
    frames have one observation a row, with 95 % intervals, and NaN where a value is undefined:

    - `students`: agreement of the students with one another: `AGREEMENT_COLUMNS`
    - `against`: agreement with the key and each model: coder (0 is the key itself), other ("key" or a model's name), and
      `AGREEMENT_COLUMNS`
    - `pairs`: Krippendorff's alpha of any two: a, b, value; students by number as text, "key", names of models
    - `labels`: a row a type of mark: how often students (mean), key and models set it, and how the students agree on it
    - `sentences`: a row a sentence, the most disputed first: see `disputes`
    - `by_coder`: a row a student: marks, share of units marked, agreement with the class (mean alpha with classmates)
      and with the key
    - `progress`: alpha of each student with the key by round, by article and by fifth of the text: by, step, coder,
      value; coder 0 is the alpha of the students with one another

    The kinds of units are those of `framing.classroom.units.KINDS`, and spans, for which the measures are exact and
    overlap (F1; their interval by percentiles), and, of two coders, label_percent and label_kappa, without intervals.
    All intervals resample sentences, since the words of a sentence are not marked one by one. `attention` speaks of "student n".
    """

    exercise: Exercise
    coders: tuple[str, ...]
    codings: tuple[Coding, ...]
    rounds: tuple[str, ...]
    students: pd.DataFrame
    against: pd.DataFrame
    pairs: pd.DataFrame
    labels: pd.DataFrame
    sentences: pd.DataFrame
    by_coder: pd.DataFrame
    progress: pd.DataFrame
    attention: tuple[Attention, ...]
    failures: tuple[Failure, ...]
    seed: int
    resamples: int

    @property
    def kind(self) -> str:
        """The kind of unit that charts show."""
        return KINDS[self.exercise.dimension][0]


def score_codings(
    exercise: Exercise,
    codings: Iterable[Coding],
    *,
    failures: Iterable[Failure] = (),
    seed: int = 0,
    resamples: int = 1000,
) -> ClassScore:
    """Score the codings of a class against one another, the key and the models' codings stored in the exercise.

    A student with several rounds counts with the last; rounds are put in order: before, numbers, other names by the
    alphabet, after. Codings of one name and round are joined where their articles differ. Marks that lie outside their article are left out and named in
    `failures`. The same codings give the same figures, whatever their order. No model is run.

    Raises `ValueError` for an exercise in a dimension that cannot be coded by hand.
    """
    if exercise.dimension not in KINDS:
        raise ValueError(f"no exercise in '{exercise.dimension}'; choose from {', '.join(KINDS)}")
    problems = list(failures)
    every, notices = join_codings(_cleaned(exercise, codings, problems), exercise)
    problems += notices
    rounds = _in_order(coding.round for coding in every)
    coders = tuple(sorted({coding.coder for coding in every}, key=_natural))
    by_round = {(coding.coder, coding.round): coding for coding in every}
    latest = tuple(
        next(by_round[coder, name] for name in reversed(rounds) if (coder, name) in by_round)
        for coder in coders
    )
    scorer = _Scorer(exercise, latest, seed, resamples)
    return ClassScore(
        exercise=exercise,
        coders=coders,
        codings=latest,
        rounds=rounds,
        students=scorer.students(),
        against=scorer.against(),
        pairs=scorer.pairs(),
        labels=scorer.labels(),
        sentences=disputes(exercise, latest),
        by_coder=scorer.by_coder(),
        progress=scorer.progress([{coder: by_round[coder, name] for coder in coders if (coder, name) in by_round} for name in rounds], rounds),
        attention=scorer.attention(),
        failures=tuple(problems),
        seed=seed,
        resamples=resamples,
    )  # fmt: skip


# Agreement ------------------------------------------------------------------------------------------------------


class _Scorer:
    """The ratings of an exercise, made once: students, key and models, in this order."""

    def __init__(self, exercise: Exercise, codings: tuple[Coding, ...], seed: int, resamples: int) -> None:
        self.exercise, self.codings = exercise, codings
        self.seed, self.resamples = seed, resamples
        self.all = (*codings, exercise.key, *exercise.models.values())
        self.names = [*(str(number) for number in range(1, len(codings) + 1)), KEY, *exercise.models]
        self.kinds = KINDS[exercise.dimension]
        self.level: Any = "ordinal" if exercise.dimension == "stance" else "nominal"
        self.ratings = {kind: ratings_of(exercise, self.all, kind) for kind in self.kinds}
        self.main = self.ratings[self.kinds[0]]
        self.alphas: dict[tuple[int, int], float] = {}
        self.spans = (
            [] if exercise.dimension == "stance" else [spans_of(exercise, coding) for coding in self.all]
        )
        self.groups = {kind: _sentences(exercise, kind) for kind in self.kinds}

    def students(self) -> pd.DataFrame:
        count = len(self.codings)
        rows = self._agreement(list(range(count)))
        if self.spans:
            rows += self._of_spans(list(combinations(range(count), 2)), count)
        return pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))

    def against(self) -> pd.DataFrame:
        count, rows = len(self.codings), []
        for other in range(count, len(self.all)):
            for coder in [*range(count), *([count] if other > count else [])]:
                found = self._agreement([coder, other])
                if self.spans:
                    found += self._of_spans([(coder, other)], 2)
                rows += [((coder + 1) % (count + 1), self.names[other], *row) for row in found]
        return pd.DataFrame(rows, columns=["coder", "other", *AGREEMENT_COLUMNS])

    def pairs(self) -> pd.DataFrame:
        rows = [
            (self.names[a], self.names[b], self._alpha(a, b))
            for a, b in combinations(range(len(self.all)), 2)
        ]
        return pd.DataFrame(rows, columns=["a", "b", "value"])

    def labels(self) -> pd.DataFrame:
        """How often each type is set, and how the students agree on where."""
        if self.exercise.dimension == "stance":
            return self._values()
        rows = []
        count = len(self.codings)
        for label in [*labels_of(self.all), *sorted({m.label for c in self.all for m in c.marks} & NO_TYPE)]:
            only = [
                replace(coding, marks=tuple(mark for mark in coding.marks if mark.label == label))
                for coding in self.all
            ]
            numbers = [len(coding.marks) for coding in only]
            found = (
                agreement(
                    ratings_of(self.exercise, only[:count], "words"), seed=self.seed, resamples=self.resamples, groups=self.groups["words"]
                )
                if count > 1
                else []
            )  # fmt: skip
            rows += self._label_rows(label, numbers, found)
        return pd.DataFrame(rows, columns=self._label_columns())

    def by_coder(self) -> pd.DataFrame:
        count, rows = len(self.codings), []
        for number, coding in enumerate(self.codings):
            others = [self._alpha(number, other) for other in range(count) if other != number]
            known = self.main[number][~np.isnan(self.main[number])]
            marked = known != 0 if self.exercise.dimension != "stance" else ~np.isnan(known)
            rows.append((
                number + 1, coding.coder, coding.round, len(coding.marks), float(marked.mean()) if len(known) else math.nan,
                _mean(others), self._alpha(number, count),
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=["coder", "name", "round", "marks", "marked", "class", "key"])

    def progress(self, rounds: Sequence[dict[str, Coding]], names: Sequence[str]) -> pd.DataFrame:
        places = {coding.coder: number for number, coding in enumerate(self.codings, 1)}
        kind, key = self.kinds[0], len(self.codings)
        rows: list[tuple[str, str, int, float]] = []
        if len(rounds) > 1:
            for name, codings in zip(names, rounds, strict=True):
                ratings = ratings_of(self.exercise, [*codings.values(), self.exercise.key], kind)
                rows += self._step("round", name, ratings, [places[coder] for coder in codings])
        steps = self._articles() if len(self.exercise.articles) > 1 else self._parts()
        by = "article" if len(self.exercise.articles) > 1 else "part"
        for step, units in steps:
            rows += self._step(by, step, self.main[: key + 1, units], list(places.values()))
        return pd.DataFrame(rows, columns=["by", "step", "coder", "value"])

    def attention(self) -> tuple[Attention, ...]:
        count = len(self.codings)
        if not count or not self.main.shape[1]:
            return ()
        names = [f"student {number}" for number in range(1, count + 1)]
        chosen = choices_of(self.exercise, self.all[: count + 1])
        return tuple(attention(chosen[:count], names, key=chosen[count]))

    def _alpha(self, a: int, b: int) -> float:
        pair = min(a, b), max(a, b)
        if pair not in self.alphas:
            self.alphas[pair] = krippendorff_alpha(self.main[list(pair)], level=self.level)
        return self.alphas[pair]

    def _agreement(self, coders: list[int]) -> list[tuple[Any, ...]]:
        if len(coders) < 2:
            return []
        return [
            (kind, *found)
            for kind in self.kinds
            for found in agreement(
                self.ratings[kind][coders],
                level=self.level,
                seed=self.seed,
                resamples=self.resamples,
                groups=self.groups[kind],
            )
        ]

    def _of_spans(self, pairs: Sequence[tuple[int, int]], coders: int) -> list[tuple[Any, ...]]:
        """F1 of spans, the mean of pairs of coders, with intervals over sentences; of two coders their labels too."""
        sentences = sum(len(article.sentences) for article in self.exercise.articles)
        if not pairs or not sentences:
            return []
        tables = np.array([span_totals(self.spans[a], self.spans[b], sentences) for a, b in pairs])
        columns = tables.reshape(-1, sentences)
        enough = self.resamples and sentences >= LEAST_UNITS
        drawn = (
            drawn_sums(columns, seed=self.seed, resamples=self.resamples)
            if enough
            else np.empty((len(columns), 0))
        )
        resampled = span_f1(drawn.reshape(len(pairs), len(TOTALS), -1).transpose(1, 0, 2))
        units = round(tables[:, -2:].sum() / (2 * len(pairs)))
        rows: list[tuple[Any, ...]] = []
        for measure, value in span_f1(tables.sum(axis=2).T).items():
            low, high = percentiles(resampled[measure][None])
            rows.append(("spans", measure, float(value), float(low[0]), float(high[0]), units, coders))
        if len(pairs) == 1:
            labels = span_agreement(*(self._common_marks(pairs[0])))
            rows += [
                ("spans", measure, value, math.nan, math.nan, units, coders)
                for measure, value in (("label_percent", labels.label_percent), ("label_kappa", labels.label_kappa))
            ]  # fmt: skip
        return rows

    def _common_marks(self, pair: tuple[int, int]) -> list[list[Mark]]:
        a, b = (self.all[number] for number in pair)
        common = set(a.articles) & set(b.articles)
        return [[mark for mark in coding.marks if mark.article in common] for coding in (a, b)]

    def _label_columns(self) -> list[str]:
        return ["label", "students", KEY, *self.exercise.models, "measure", "value", "low", "high", "units"]

    def _label_rows(
        self, label: str, numbers: Sequence[float], found: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        count = len(self.codings)
        counts = (label, _mean(numbers[:count]), *numbers[count:])
        if not found:
            return [(*counts, "", math.nan, math.nan, math.nan, 0)]
        return [(*counts, each.measure, each.value, each.low, each.high, each.units) for each in found]

    def _values(self) -> pd.DataFrame:
        rows = []
        for label in LABELS["stance"]:
            numbers = [int(count) for count in (self.main == stance_value(label)).sum(axis=1)]
            rows += self._label_rows(label, numbers, [])
        return pd.DataFrame(rows, columns=self._label_columns())

    def _step(
        self, by: str, step: str, ratings: Array, coders: Sequence[int]
    ) -> list[tuple[str, str, int, float]]:
        rows = [
            (by, step, coder, krippendorff_alpha(ratings[[at, -1]], level=self.level))
            for at, coder in enumerate(coders)
        ]
        among = krippendorff_alpha(ratings[:-1], level=self.level) if len(coders) > 1 else math.nan
        return [*rows, (by, step, 0, among)]

    def _articles(self) -> Iterator[tuple[str, NDArray[np.intp]]]:
        """The units of each article."""
        owners = np.array(_owners(self.exercise), dtype=object)
        for article in self.exercise.articles:
            yield article.id, np.flatnonzero(owners == article.id)

    def _parts(self) -> Iterator[tuple[str, NDArray[np.intp]]]:
        """The units of each fifth of the text."""
        for number, units in enumerate(np.array_split(np.arange(self.main.shape[1]), PARTS), 1):
            if len(units):
                yield str(number), units


def _owners(exercise: Exercise) -> list[str]:
    """The article of each unit that charts show."""
    if exercise.dimension == "stance":
        return [unit.article for unit in stance_units(exercise)]
    return [article.id for article in exercise.articles for _ in article.words]


def _sentences(exercise: Exercise, kind: str) -> list[int]:
    """For each unit the number of its sentence, counted on from article to article: sentences are what is resampled."""
    begins = dict(
        zip(
            (article.id for article in exercise.articles),
            accumulate((len(article.sentences) for article in exercise.articles), initial=0),
            strict=False,
        )
    )
    if kind == "stance":
        return [begins[unit.article] + unit.sentence for unit in stance_units(exercise)]
    return [
        begins[article.id] + article.sentence_at(span.start)
        for article in exercise.articles
        for span in (article.sentences if kind == "sentences" else article.words)
    ]


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


# Codings --------------------------------------------------------------------------------------------------------


def _cleaned(exercise: Exercise, codings: Iterable[Coding], problems: list[Failure]) -> list[Coding]:
    """Codings without marks that lie outside their article, in the order of names."""
    lengths = {article.id: len(article.text) for article in exercise.articles}
    most = _MOST_MARKS * max(sum(len(article.words) for article in exercise.articles), 50)
    cleaned: list[Coding] = []
    for coding in sorted(codings, key=lambda coding: (_natural(coding.coder), coding.file)):
        inside = [
            mark
            for mark in dict.fromkeys(coding.marks)
            if mark.article in coding.articles and 0 <= mark.start < mark.end <= lengths.get(mark.article, -1)
        ]
        file = coding.file or coding.coder
        outside = len(set(coding.marks)) - len(inside)
        if outside:
            advice = "they are left out; check that the sheet belongs to this exercise"
            problems.append(
                Failure(file, None, f"{outside} marks lie outside the articles", advice, lost=False)
            )
        if len(inside) > most:
            advice = f"the first {most:,} are used; check that the file is a coding of this exercise"
            problems.append(
                Failure(file, None, f"{len(inside):,} marks, more than a text holds", advice, lost=False)
            )
            inside = inside[:most]
        articles = tuple(article for article in coding.articles if article in lengths)
        cleaned.append(replace(coding, articles=articles, marks=tuple(inside)))
    return cleaned


def _in_order(rounds: Iterable[str]) -> tuple[str, ...]:
    """The names of rounds in order: none, before, numbers by size, others by the alphabet, after."""
    groups = {"": 0, "before": 1, "after": 3}
    return tuple(
        sorted(set(rounds), key=lambda name: (groups.get(name.strip().casefold(), 2), *_natural(name)))
    )


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Names in the order people put them in: student 2 before student 10."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts if part], name
