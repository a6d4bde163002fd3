"""Passages of different articles that tell the same, word for word or in other words.

Sentences are compared by the cosine of their TF-IDF vectors (Salton & Buckley 1988) over content words, in which a known
actor is one word whatever its name. In each pair of articles a sentence is paired once at most, with the sentence that it
fits best and that fits it best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from framing.analysis import Analysis
from framing.comparison.content import NEGATIVE, Word, content_words
from framing.document import Document

COPY, NEAR_COPY, SAME = "copy", "near copy", "same in other words"
COLUMNS = (
    "a", "start_a", "end_a", "b", "start_b", "end_b", "similarity", "kind", "differs_a", "differs_b",
)  # fmt: skip
SIMILARITY_COLUMNS = ("a", "b", "similarity")

Vectors = Callable[[list[str]], NDArray[Any]]
Weights = dict[int, float]  # of the stems of a sentence

NEAR = 0.8  # of the tokens of two passages are the same and in the same order: an edited copy, not a second telling
ALIKE = 0.35  # cosine from which two sentences tell the same; from 0.3 to 0.4 four of five judged by hand do, above nine of ten
# With vectors: the mean of both cosines, and of TF-IDF alone, since vectors find much alike that merely has the same form.
ALIKE_BOTH = 0.38
_LEXICAL = 0.22
_ENOUGH = 30  # sentences whose mean vector tells what all have in common; with fewer, vectors are left out
_SHARED = 3  # content words, names of actors apart, that they must share; fewer may be the subject of the whole event
_ADDED = 0.06  # cosine that a neighbouring sentence must add to belong to a passage
_LONGEST = 3  # sentences of a passage told in other words
_MOST = 30  # passages of a pair of articles, the most similar ones
_BLOCK = 1024  # sentences compared at once
_IDENTICAL = 1 - 1e-9


class _Sentences(NamedTuple):
    """The sentences of all articles in one sequence: whose each is, its tokens that are words, and its content words."""

    article: NDArray[np.intp]
    firsts: list[int]  # the first sentence of each article, and the number of all
    tokens: list[list[int]]
    words: list[list[Word]]
    stems: list[list[str]]


class _Pair(NamedTuple):
    """Sentences `first_a:last_a` of one article and `first_b:last_b` of another, counted in all sentences."""

    similarity: float
    first_a: int
    last_a: int
    first_b: int
    last_b: int


def passages(analyses: Iterable[Analysis], *, vectors: Vectors | None = None) -> pd.DataFrame:
    """Passages that two articles share, told in the same or in other words (TF-IDF after Salton & Buckley 1988).

    One row per pair: the half-open offsets in the articles `a` and `b`, the `similarity` (0..1), and its `kind`. A "copy" has
    the same words in the same order, whatever its case and marks; in a "near copy" 80 % of the tokens are; what is the "same
    in other words" has a cosine of 0.35 or more and at least three content words in common, names of actors apart. `differs_a` and `differs_b` are
    the spans that the other passage does not have: of a copy any word, of other words those of content and denials. Copies that follow on each other
    are one passage, however long; passages in other words have up to three sentences. At most 30 passages a pair of articles.

    `vectors` gives vectors of sentences, shape (sentences, dimensions), such as `framing.encoder.vectors.sentence_vectors`.
    The mean of all is taken off, and their cosine and that of TF-IDF are averaged: from 0.38 on, with 0.22 by TF-IDF alone and
    two common words beside names, two sentences tell the same. Below 30 sentences in all, vectors are left out.
    """
    documents = [analysis.document for analysis in analyses]
    sentences = _sentences(documents)
    table, weighted = _tfidf(sentences.stems)
    dense = _dense(documents, vectors)
    weights = [
        dict(zip(weighted.indices[low:high].tolist(), weighted.data[low:high].tolist(), strict=True))
        for low, high in pairwise(weighted.indptr.tolist())
    ]
    rows: list[dict[str, object]] = []
    for (one, other), candidates in sorted(_candidates(sentences, table, dense).items()):
        sure = [
            pair
            for pair in candidates
            if len(set(sentences.stems[pair.first_a])) >= _SHARED or _is_copied(documents, sentences, pair)
        ]
        pairs = _merged(documents, sentences, _one_to_one(sure), weights)
        rows += [_row(documents[one], documents[other], sentences, pair) for pair in pairs]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def similarity(analyses: Iterable[Analysis], *, vectors: Vectors | None = None) -> pd.DataFrame:
    """How alike whole articles are, 0..1: the cosine of their TF-IDF vectors (Salton & Buckley 1988), every pair once.

    With `vectors` it is averaged with the cosine of the mean vectors of their sentences (see `passages`). An article without content words
    has no similarity (NaN). What is alike depends on all articles compared: words that all use weigh little.
    """
    documents = [analysis.document for analysis in analyses]
    words = [[word.stem for sentence in content_words(each) for word in sentence] for each in documents]
    table, _ = _tfidf(words)
    cosines = np.asarray((table @ table.T).todense(), dtype=float) if documents else np.zeros((0, 0))
    dense = _dense(documents, vectors)
    if dense is not None:
        firsts = np.cumsum([0, *(len(each.sentences) for each in documents)])
        means = np.array([dense[low:high].mean(axis=0) for low, high in pairwise(firsts)])
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), _TINY)
        cosines = (cosines + np.clip(means @ means.T, 0, 1)) / 2
    rows = [
        (documents[a].id, documents[b].id, min(1.0, cosines[a, b]) if words[a] and words[b] else np.nan)
        for a in range(len(documents))
        for b in range(a + 1, len(documents))
    ]
    return pd.DataFrame(rows, columns=list(SIMILARITY_COLUMNS)).astype({"similarity": float})


_TINY = 1e-12


def _sentences(documents: Sequence[Document]) -> _Sentences:
    article: list[int] = []
    tokens: list[list[int]] = []
    words: list[list[Word]] = []
    firsts = [0]
    for index, document in enumerate(documents):
        words += content_words(document)
        for sentence in document.sentences:
            article.append(index)
            inside = range(sentence.first, sentence.last)
            tokens.append([token for token in inside if document.tokens[token][0].isalnum()])
        firsts.append(len(words))
    stems = [[word.stem for word in own] for own in words]
    return _Sentences(np.array(article, dtype=np.intp), firsts, tokens, words, stems)


def _tfidf(texts: Sequence[Sequence[str]]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The TF-IDF vectors of texts, of length 1, and the same before they were made so."""
    vocabulary = {stem: n for n, stem in enumerate(_vocabulary(texts))}
    rows = [row for row, text in enumerate(texts) for _ in text]
    columns = [vocabulary[stem] for text in texts for stem in text]
    counts = sparse.csr_matrix(
        (np.ones(len(rows)), (rows, columns)), shape=(len(texts), max(1, len(vocabulary)))
    )
    if not texts:
        return counts, counts
    weighted = TfidfTransformer(sublinear_tf=True, norm=None).fit_transform(counts)
    return _unit(weighted), weighted


def _vocabulary(texts: Sequence[Sequence[str]]) -> list[str]:
    return sorted({stem for text in texts for stem in text})


def _unit(table: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, _TINY)) @ table)


def _dense(documents: Sequence[Document], vectors: Vectors | None) -> NDArray[Any] | None:
    if vectors is None:
        return None
    sentences = [document[sentence] for document in documents for sentence in document.sentences]
    if len(sentences) < _ENOUGH:
        return None
    own = np.asarray(vectors(sentences), dtype=np.float64)
    own = own - own.mean(axis=0)
    centred: NDArray[Any] = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), _TINY)
    return centred


def _candidates(
    sentences: _Sentences, table: sparse.csr_matrix, dense: NDArray[Any] | None
) -> dict[tuple[int, int], list[_Pair]]:
    """The pairs of sentences of different articles that are alike, by pairs of articles."""
    found: dict[tuple[int, int], list[_Pair]] = defaultdict(list)
    is_plain = np.array([not stem.startswith("@") for stem in _vocabulary(sentences.stems)] or [True])
    present = sparse.csr_matrix((table > 0).astype(np.float32))
    plain = sparse.csr_matrix(present @ sparse.diags(is_plain.astype(np.float32)))
    size = len(sentences.stems)
    for low in range(0, size, _BLOCK):
        high = min(size, low + _BLOCK)
        after = sentences.firsts[sentences.article[low] + 1]  # a sentence meets those of later articles only
        if after >= size:
            break
        cosines = (table[low:high] @ table[after:].T).tocoo()
        likely = cosines.data >= (ALIKE if dense is None else _LEXICAL)
        rows, columns = cosines.row[likely] + low, cosines.col[likely] + after
        values = cosines.data[likely]
        apart = sentences.article[rows] < sentences.article[columns]
        rows, columns, values = rows[apart], columns[apart], values[apart]
        both, names_apart = (_in_common(each, rows, columns) for each in (present, plain))
        lexical = values
        if dense is None:
            alike = (values >= ALIKE) & (names_apart >= _SHARED)
        else:
            values = (lexical + np.einsum("ij,ij->i", dense[rows], dense[columns])) / 2
            alike = (values >= ALIKE_BOTH) & (both >= _SHARED) & (names_apart >= _SHARED - 1)
        alike |= lexical > _IDENTICAL
        for row, column, value in zip(
            rows[alike].tolist(), columns[alike].tolist(), values[alike].tolist(), strict=True
        ):
            articles = int(sentences.article[row]), int(sentences.article[column])
            found[articles].append(_Pair(min(1.0, value), row, row + 1, column, column + 1))
    return found


def _in_common(table: sparse.csr_matrix, rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """How many words each pair of rows has in common."""
    common: NDArray[Any] = np.asarray(table[rows].multiply(table[columns]).sum(axis=1)).ravel()
    return common


def _one_to_one(candidates: Iterable[_Pair]) -> list[_Pair]:
    """The most similar pairs, no sentence twice, in the order of the first article."""
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    kept: list[_Pair] = []
    for pair in sorted(candidates, key=lambda pair: (-pair.similarity, pair.first_a, pair.first_b)):
        if pair.first_a not in taken_a and pair.first_b not in taken_b and len(kept) < _MOST:
            taken_a.add(pair.first_a)
            taken_b.add(pair.first_b)
            kept.append(pair)
    return sorted(kept, key=lambda pair: (pair.first_a, pair.first_b))


def _merged(
    documents: Sequence[Document], sentences: _Sentences, pairs: Sequence[_Pair], weights: Sequence[Weights]
) -> Iterator[_Pair]:
    """Pairs that follow on each other in both articles as one, and pairs with the neighbour that makes them more alike."""
    merged: list[tuple[_Pair, bool]] = []
    for pair in pairs:
        copied = _is_copied(documents, sentences, pair)
        if merged:
            last, last_copied = merged[-1]
            follows = last.last_a == pair.first_a and last.last_b == pair.first_b and copied == last_copied
            if follows and (copied or last.last_a - last.first_a < _LONGEST):
                joined = last._replace(last_a=pair.last_a, last_b=pair.last_b)
                merged[-1] = joined._replace(similarity=min(last.similarity, pair.similarity)), copied
                continue
        merged.append((pair, copied))
    taken_a = {n for pair, _ in merged for n in range(pair.first_a, pair.last_a)}
    taken_b = {n for pair, _ in merged for n in range(pair.first_b, pair.last_b)}
    for pair, copied in merged:
        yield pair if copied else _extended(sentences, pair, weights, taken_a, taken_b)


def _extended(
    sentences: _Sentences, pair: _Pair, weights: Sequence[Weights], taken_a: set[int], taken_b: set[int]
) -> _Pair:
    """A pair with the one free sentence beside it that adds most to its cosine, if it adds enough."""
    if max(pair.last_a - pair.first_a, pair.last_b - pair.first_b) >= _LONGEST:
        return pair
    now = _cosine(weights, pair)
    choices: list[tuple[_Pair, set[int], int]] = []
    for first, last, taken in (("first_a", "last_a", taken_a), ("first_b", "last_b", taken_b)):
        low, high = getattr(pair, first), getattr(pair, last)
        article = sentences.article[low]
        if low - 1 >= sentences.firsts[article] and low - 1 not in taken:
            choices.append((pair._replace(**{first: low - 1}), taken, low - 1))
        if high < sentences.firsts[article + 1] and high not in taken:
            choices.append((pair._replace(**{last: high + 1}), taken, high))
    scored = [
        (_cosine(weights, wider) - now, -n, wider, taken, place)
        for n, (wider, taken, place) in enumerate(choices)
    ]
    if not scored:
        return pair
    gain, _, wider, taken, place = max(scored, key=lambda item: item[:2])
    if gain < _ADDED:
        return pair
    taken.add(place)
    return wider._replace(similarity=min(1.0, pair.similarity + gain))


def _cosine(weights: Sequence[Weights], pair: _Pair) -> float:
    a, b = (
        _summed(weights[low:high]) for low, high in ((pair.first_a, pair.last_a), (pair.first_b, pair.last_b))
    )
    lengths = hypot(*a.values()) * hypot(*b.values())
    return sum(weight * b[stem] for stem, weight in a.items() if stem in b) / max(_TINY, lengths)


def _summed(some: Sequence[Weights]) -> Weights:
    total: Weights = defaultdict(float)
    for weights in some:
        for stem, weight in weights.items():
            total[stem] += weight
    return dict(total)


# Copies and differences -----------------------------------------------------------------------------------------


def _tokens(sentences: _Sentences, first: int, last: int) -> list[int]:
    return [token for number in range(first, last) for token in sentences.tokens[number]]


def _is_copied(documents: Sequence[Document], sentences: _Sentences, pair: _Pair) -> bool:
    one, other = (documents[sentences.article[number]] for number in (pair.first_a, pair.first_b))
    a = [one.tokens[token] for token in _tokens(sentences, pair.first_a, pair.last_a)]
    b = [other.tokens[token] for token in _tokens(sentences, pair.first_b, pair.last_b)]
    return bool(Indel.normalized_similarity(a, b, score_cutoff=NEAR) >= NEAR)


def _row(one: Document, other: Document, sentences: _Sentences, pair: _Pair) -> dict[str, object]:
    own, theirs = range(pair.first_a, pair.last_a), range(pair.first_b, pair.last_b)
    tokens_a, tokens_b = (_tokens(sentences, each.start, each.stop) for each in (own, theirs))
    words_a, words_b = [one.tokens[token] for token in tokens_a], [other.tokens[token] for token in tokens_b]
    ratio = Indel.normalized_similarity(words_a, words_b)
    kind = COPY if words_a == words_b else NEAR_COPY if ratio >= NEAR else SAME
    if kind == SAME:
        gone_a = _unmatched(one, other, sentences, own, theirs)
        gone_b = _unmatched(other, one, sentences, theirs, own)
    else:
        steps = [step for step in Indel.opcodes(words_a, words_b) if step.tag != "equal"]
        gone_a = [token for step in steps for token in tokens_a[step.src_start : step.src_end]]
        gone_b = [token for step in steps for token in tokens_b[step.dest_start : step.dest_end]]
    start_a, start_b = (
        sentences.firsts[sentences.article[own[0]]],
        sentences.firsts[sentences.article[theirs[0]]],
    )
    return {
        "a": one.id,
        "start_a": one.sentences[own[0] - start_a].start,
        "end_a": one.sentences[own[-1] - start_a].end,
        "b": other.id,
        "start_b": other.sentences[theirs[0] - start_b].start,
        "end_b": other.sentences[theirs[-1] - start_b].end,
        "similarity": 1.0
        if kind == COPY
        else max(pair.similarity, ratio)
        if kind == NEAR_COPY
        else pair.similarity,
        "kind": kind,
        "differs_a": _spans(one, gone_a),
        "differs_b": _spans(other, gone_b),
    }


def _unmatched(one: Document, other: Document, sentences: _Sentences, own: range, theirs: range) -> list[int]:
    """The tokens of some sentences that say what others do not: content words, and a denial where the others have none."""
    known = {stem for number in theirs for stem in sentences.stems[number]}
    new = [word for number in own for word in sentences.words[number] if word.stem not in known]
    gone = {token for word in new for token in range(word.first, word.last) if one.tokens[token][0].isalnum()}
    if not any(_denies(other.tokens[token]) for token in _tokens(sentences, theirs.start, theirs.stop)):
        gone |= {token for token in _tokens(sentences, own.start, own.stop) if _denies(one.tokens[token])}
    return sorted(gone)


def _denies(token: str) -> bool:
    return token in NEGATIVE or token.endswith("n't")


def _spans(document: Document, tokens: Sequence[int]) -> tuple[list[int], ...]:
    """The offsets of tokens, those with nothing but a space or a hyphen between them in one span."""
    spans: list[list[int]] = []
    for token in tokens:
        start, end = document.starts[token], document.ends[token]
        if spans and document.text[spans[-1][1] : start] in (" ", "-"):
            spans[-1][1] = end
        else:
            spans.append([start, end])
    return tuple(spans)
