"""Scores as features for scikit-learn: texts in, a row of numbers for each out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from framing.actors import load_actors
from framing.analysis import (
    ALL_VOICES,
    Analysis,
    Score,
    analyze,
    analyze_each,
    check_model,
    load_dimensions,
)
from framing.document import Document, make_document

# Measures of an actor: a score is there only where the text has the actor, so that no text tells them all.
ACTOR_MEASURES = (
    ("attribution", "source_actor_share", ("all",)),
    ("stance", "mean_polarity", ALL_VOICES),
    ("stance", "mentions", ALL_VOICES),
)
_FILLS = {None: math.nan, "zero": 0.0}


class FramingTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no type hints
    """A scikit-learn transformer from texts to scores, a row for each text and the same columns for any text.

    A column is a dimension, measure, label or actor, and voice, joined by dots; values have the unit of their score
    (`framing.analyze`), without intervals. Nothing is learned from the texts: `fit` only settles the columns.

    Args:
        model: "lexicon", "linear" or "encoder"; see `framing.analyze`. The encoder is the most accurate and by far the
            slowest.
        dimensions: those to score, all when None.
        voices: whose words to score: "author", "attributed", "headline", or "all" for all together. Attribution, which is
            about who speaks, has "all" alone.
        actors: ids of actors to have columns of their own, such as "russia" (`framing.load_actors`); none when None. Stance
            has no columns without.
        missing: what stands where a score is undefined, for instance where a text does not mention an actor: NaN when None,
            0 when "zero". For other fillings put scikit-learn's `SimpleImputer` behind.

    Raises `ValueError` for unknown names or texts that are none. Texts are strings, or `Document`s with
    their headlines.

    >>> transformer = FramingTransformer(model="lexicon", dimensions=["hedging"])
    >>> features = transformer.fit_transform(["The raid may have failed.", "The raid failed."])
    >>> list(transformer.get_feature_names_out()[:2])
    ['hedging.hedged_sentences.all', 'hedging.hedge_cues.all']
    >>> features[:, 0].tolist()
    [100.0, 0.0]
    """

    def __init__(
        self,
        model: str = "linear",
        dimensions: Sequence[str] | None = None,
        voices: Sequence[str] = ("all",),
        actors: Sequence[str] | None = None,
        missing: str | None = None,
    ) -> None:
        self.model = model
        self.dimensions = dimensions
        self.voices = voices
        self.actors = actors
        self.missing = missing

    def fit(self, X: Any, y: ArrayLike | None = None) -> FramingTransformer:  # noqa: ARG002, N803  as scikit-learn calls it
        """Check the parameters and settle the columns; the texts are not read."""
        check_model(self.model)
        _check(self.voices, ALL_VOICES, "voice")
        _check(self.actors or (), [actor.id for actor in load_actors()], "actor")
        if self.missing not in _FILLS:
            raise ValueError(f"missing is '{self.missing}'; choose None or 'zero'")
        _check(self.dimensions or (), load_dimensions(), "dimension")
        chosen = [name for name in load_dimensions() if self.dimensions is None or name in self.dimensions]
        scores = analyze(make_document(""), model=self.model, dimensions=chosen, resamples=0).scores
        keys = [_key(score) for score in scores if score.voice in self.voices]
        keys += [
            (dimension, measure, actor, voice)
            for dimension, measure, voices in ACTOR_MEASURES
            for actor in self.actors or ()
            for voice in voices
            if dimension in chosen and voice in self.voices
        ]
        if not keys:
            raise ValueError(
                f"no score of {', '.join(chosen)} in the voice {', '.join(self.voices)}"
                f"{'' if self.actors else ' without actors'}; choose other dimensions or voices, or name actors"
            )
        self.columns_ = list(dict.fromkeys(keys))
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: N803  see `fit`
        """The scores of each text, texts × columns."""
        check_is_fitted(self)
        needed = sorted({dimension for dimension, *_ in self.columns_})
        how: dict[str, Any] = {"model": self.model, "dimensions": needed, "resamples": 0, "explain": False}
        rows = [self._row(analysis) for analysis in analyze_each(_documents(X), **how)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.columns_))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:  # noqa: ARG002  see `fit`
        """Names of the columns: dimension, measure, label or actor where it has one, voice."""
        check_is_fitted(self)
        return np.array([".".join(filter(None, key)) for key in self.columns_], dtype=object)

    def _row(self, analysis: Analysis) -> list[float]:
        fill = _FILLS[self.missing]
        values = {_key(score): score.value for score in analysis.scores}
        row = [values.get(key, math.nan) for key in self.columns_]
        return [fill if math.isnan(value) else value for value in row]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags


def _key(score: Score) -> tuple[str, str, str, str]:
    return score.dimension, score.measure, score.label or score.actor or "", score.voice


def _check(names: Sequence[str], known: Iterable[str], what: str) -> None:
    known = list(known)
    if isinstance(names, str):
        raise ValueError(f"{what}s must be a list of names, not the text '{names}'")  # noqa: TRY004  as for other values
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {what} '{name}'; choose from {', '.join(known)}")


def _documents(texts: Any) -> Iterator[Document]:
    one = isinstance(texts, str | Document) or not isinstance(texts, Iterable)
    unordered = isinstance(texts, Mapping | set | frozenset)  # so that rows would be anybody's guess
    if one or unordered or getattr(texts, "ndim", 1) != 1:
        raise ValueError(
            "give a list or column of texts, neither a single text nor a table or a set; "
            "in a ColumnTransformer name the column without brackets"
        )
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str | Document):
            raise ValueError(f"text {number} is {text!r}; drop or fill what is missing")  # noqa: TRY004  see `_check`
        yield make_document(str(text)) if isinstance(text, str) else text  # numpy has strings of its own
