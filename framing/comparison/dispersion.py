"""Dispersion: whether a term, or a kind of evidence, runs through an article or stands in one place of it (Gries 2008)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.stats import binom

from framing.analysis import Analysis
from framing.comparison.intervals import Array
from framing.document import Document, tokenize

COLUMNS = ("article", "term", "dimension", "label", "count", "n", "dispersion", "expected", "first", "last")

PARTS = 10  # an article is cut into; paragraphs would make an article of short paragraphs another measure than one of long


def dispersion(analyses: Iterable[Analysis], term: str | None = None) -> pd.DataFrame:
    """How unevenly a term is spread over an article: Gries's DP (Gries 2008), normalised (Lijffijt & Gries 2012).

    One row per article for a `term`, a word or phrase in any case; without one, a row per article, dimension and label of
    its evidence, label "" being all of the dimension. The article is cut into `PARTS` parts with as many words each, as nearly
    as can be. `dispersion` is 0 where each part has its share of the `count` uses, and 1 where a single part has them all; NaN
    where there is no use, or the article has fewer words than parts. `n` is the number of words. Few uses cannot be in all
    parts, so `expected` says what they would give on average if each fell on any word at random: read the one against the other.
    `first` and `last` say where the first and last use stand, as shares of the article's words, 0..1.
    """
    rows = []
    for analysis in analyses:
        document = analysis.document
        places = _words_before(document)
        words = document.words
        for what, tokens in _uses(analysis, term):
            at = [places[token] for token in tokens]
            rows.append((
                document.id, *what, len(at), words,
                deviation_of_proportions(at, words),
                expected_deviation(len(at), words),
                min(at) / words if at else np.nan,
                max(at) / words if at else np.nan,
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def deviation_of_proportions(places: Sequence[int], words: int, *, parts: int = PARTS) -> float:
    """Gries's DP (Gries 2008), divided by its largest value (Lijffijt & Gries 2012), 0..1.

    `places` are the uses, as numbers of words before each, of a text of so many `words`. DP is half the sum over the parts
    of |share of the uses − share of the words|. NaN without uses, or with fewer words than parts.

    >>> deviation_of_proportions([0, 25, 50, 75], 100, parts=4), deviation_of_proportions([3, 4], 100, parts=4)
    (0.0, 1.0)
    """
    if not places or words < parts:
        return np.nan
    sizes = _sizes(words, parts)
    counts = np.bincount(np.searchsorted(np.cumsum(sizes), places, side="right"), minlength=parts)
    shares = sizes / words
    return float(np.abs(counts / len(places) - shares).sum() / 2 / (1 - shares.min()))


def expected_deviation(count: int, words: int, *, parts: int = PARTS) -> float:
    """The mean of `deviation_of_proportions` where so many uses fall on words at random, each for itself.

    The uses in a part are then binomial. NaN without uses, or with fewer words than parts.

    >>> round(expected_deviation(1, 100, parts=4), 3)
    1.0
    """
    if not count or words < parts:
        return np.nan
    shares = _sizes(words, parts) / words
    uses = np.arange(count + 1)
    apart = sum(float(binom.pmf(uses, count, share) @ np.abs(uses / count - share)) for share in shares)
    return float(apart / 2 / (1 - shares.min()))


def _sizes(words: int, parts: int) -> Array:
    """Words of each part; what is left over goes to the first."""
    whole, left = divmod(words, parts)
    return np.array([whole + (part < left) for part in range(parts)], dtype=float)


def _words_before(document: Document) -> list[int]:
    """The number of words before each token; of a token that is no word, before the last word."""
    is_word = np.array(document.is_word, dtype=int)
    before: list[int] = np.maximum(np.cumsum(is_word) - 1, 0).tolist()
    return before


def _uses(analysis: Analysis, term: str | None) -> Iterator[tuple[tuple[str, str, str], list[int]]]:
    """What is counted, as term, dimension and label, with the first token of each use."""
    document = analysis.document
    if term is not None:
        yield (term, "", ""), _places_of(document, tuple(tokenize(term)))
        return
    for name, reading in analysis.readings.items():
        by_label: dict[str, list[int]] = {"": []}
        for item in reading.evidence:
            tokens = document.tokens_in(item.start, item.end)
            if tokens:
                by_label[""].append(tokens.start)
                by_label.setdefault(item.label, []).append(tokens.start)
        for label in sorted(by_label):
            yield ("", name, label), by_label[label]


def _places_of(document: Document, wanted: tuple[str, ...]) -> list[int]:
    """Where a sequence of tokens begins; it may not run over the end of a sentence."""
    if not wanted:
        raise ValueError("the term has no word")
    return [
        token
        for sentence in document.sentences
        for token in range(sentence.first, sentence.last - len(wanted) + 1)
        if document.tokens[token : token + len(wanted)] == wanted
    ]
