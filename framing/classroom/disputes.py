"""Which sentences coders see differently: one another, the key, and the models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from framing.classroom.agreement import ratio
from framing.classroom.coding import Coding
from framing.classroom.exercise import Exercise
from framing.classroom.units import ratings_of, stance_units
from framing.comparison.intervals import Array


def disputes(exercise: Exercise, codings: Sequence[Coding]) -> pd.DataFrame:
    """How far each sentence is disputed, the most disputed first: article, sentence (from 1), and four shares, 0..1.

    `students` is the share of pairs of students who differ about the word they differ about most: marked or not, or
    marked with other types. `key` is the share of students who differ from the key about a word, the largest in the
    sentence; `models` the same of each model, their mean. For stance, where a value counts and not a word, it is the
    mean distance in quarters of the scale. `dispute` is the mean of what is known, `coders` how many coded the article, and `unit` the word (or
    rated pair) they differ about most, by its place among all words of the exercise.
    """
    everyone = (*codings, exercise.key, *exercise.models.values())
    count = len(codings)
    if exercise.dimension == "stance":
        differ = _distances(ratings_of(exercise, everyone, "stance"), count)
        units = [(unit.article, unit.sentence) for unit in stance_units(exercise)]
    else:
        marked, labels = (ratings_of(exercise, everyone, kind) for kind in ("words", "labels"))
        differ = _differences(marked, labels, count)
        units = [
            (article.id, article.sentence_at(word.start))
            for article in exercise.articles
            for word in article.words
        ]
    frame = pd.DataFrame(units, columns=["article", "sentence"]).assign(**differ)
    known = frame[["students", "key", "models"]]
    # Of two sentences with the same greatest difference the one that differs in more words comes first.
    frame["extent"] = known.fillna(0).sum(axis=1)
    frame["mean"] = known.mean(axis=1).fillna(0)
    grouped = frame.groupby(["article", "sentence"], sort=False)
    found = grouped[["students", "key", "models"]].max()
    found = found.assign(extent=grouped["extent"].sum(), unit=grouped["mean"].idxmax()).reset_index()
    found["dispute"] = found[["students", "key", "models"]].mean(axis=1)
    found["coders"] = [sum(article in coding.articles for coding in codings) for article in found["article"]]
    places = {article.id: place for place, article in enumerate(exercise.articles)}
    found["place"] = found["article"].map(places)
    found = found.sort_values(
        ["dispute", "extent", "place", "sentence"], ascending=[False, False, True, True], kind="stable"
    )
    found["sentence"] += 1
    return found[
        ["article", "sentence", "students", "key", "models", "dispute", "coders", "unit"]
    ].reset_index(drop=True)


def _differences(marked: Array, labels: Array, count: int) -> dict[str, Array]:
    """For each word the shares of pairs of students, of students and key, of students and models that differ."""
    own, types = marked[:count], labels[:count]
    yes, no = (own == 1).sum(axis=0), (own == 0).sum(axis=0)
    typed = (~np.isnan(types)).sum(axis=0)
    same = sum(
        ((types == value).sum(axis=0) ** 2 for value in np.unique(types[~np.isnan(types)])),
        np.zeros(len(yes)),
    )
    coded = yes + no
    pairs = coded * (coded - 1) / 2

    def from_other(other: int) -> Array:
        apart = (own != marked[other]) | (
            (types != labels[other]) & ~np.isnan(types) & ~np.isnan(labels[other])
        )
        known = ~np.isnan(own) & ~np.isnan(marked[other])
        return ratio((apart & known).sum(axis=0), known.sum(axis=0))

    return _of_all(ratio(yes * no + (typed**2 - same) / 2, pairs), from_other, count, len(marked))


def _distances(values: Array, count: int) -> dict[str, Array]:
    """For each rated pair the mean distances in quarters of the scale."""
    own = values[:count]
    known = ~np.isnan(own)

    def from_other(other: int) -> Array:
        apart = np.abs(own - values[other])
        return ratio(np.nansum(apart, axis=0) / 4, (~np.isnan(apart)).sum(axis=0))

    total = np.zeros(values.shape[1])
    for a, b in combinations(range(count), 2):
        total += np.nan_to_num(np.abs(own[a] - own[b])) / 4
    rated = known.sum(axis=0)
    return _of_all(ratio(total, rated * (rated - 1) / 2), from_other, count, len(values))


def _of_all(
    students: Array, from_other: Callable[[int], Array], count: int, everyone: int
) -> dict[str, Array]:
    models = [from_other(other) for other in range(count + 1, everyone)]
    known = [~np.isnan(model) for model in models]
    total = sum((np.nan_to_num(model) for model in models), np.zeros(len(students)))
    of_models = ratio(total, sum((np.asarray(own, dtype=float) for own in known), np.zeros(len(students))))
    return {"students": students, "key": from_other(count), "models": of_models}
