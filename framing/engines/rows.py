"""The rows that every engine writes: one for each article, its scores and evidence nested in it.

A row per article means that no article can be lost, doubled or half written without its whole row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import attrgetter, or_
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from framing._version import __version__
from framing.analysis import (
    DEFAULT_MODEL,
    Analysis,
    Evidence,
    Score,
    analyze_each,
    check_model,
    choose_dimensions,
)
from framing.corpus import Article, Failure, article_text, document_of, row_metadata
from framing.decoding import UnreadableError, replace_surrogates
from framing.document import Document
from framing.lexicon import lexicons_digest

SCHEMA_VERSION = 1
DIGITS = 6  # of values and weights
SUM_DIGITS = 9  # of the totals that values are worked out from

_SCORE = pa.struct(
    [
        ("dimension", pa.string()),
        ("measure", pa.string()),
        ("label", pa.string()),
        ("actor", pa.string()),
        ("voice", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("unit", pa.string()),
        ("bearing", pa.int64()),
        ("sums", pa.list_(pa.float64())),
    ]
)
_EVIDENCE = pa.struct(
    [
        ("dimension", pa.string()),
        ("label", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", pa.string()),
        ("weight", pa.float64()),
        ("actor", pa.string()),
        ("voice", pa.string()),
        ("source_actor", pa.string()),
        ("why", pa.string()),
        ("extra", pa.string()),
    ]
)

# `problem` and `advice` say why an article could not be read or scored; what was not reached then is null. `meta` and
# `extra` are JSON objects. `sums` are the totals of a score over the sentences, `bearing` the sentences that bear on it.
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("outlet", pa.string()),
        ("author", pa.string()),
        ("date", pa.string()),
        ("url", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("sha256", pa.string()),
        ("words", pa.int64()),
        ("sentences", pa.int64()),
        ("meta", pa.string()),
        ("problem", pa.string()),
        ("advice", pa.string()),
        ("scores", pa.list_(_SCORE)),
        ("evidence", pa.list_(_EVIDENCE)),
    ]
)

NAMED = ("title", "outlet", "author", "date", "url", "file")  # metadata with a column of its own
OF_INPUT = ("id", *NAMED, "line", "sha256", "meta", "problem", "advice")  # known before an article is scored

_EDGES = attrgetter("value", "low", "high")
_NAMES = attrgetter("dimension", "measure", "label", "actor", "voice", "n", "unit")


class Settings(NamedTuple):
    """What decides the numbers. None means every dimension, and every actor."""

    model: str = DEFAULT_MODEL
    dimensions: tuple[str, ...] | None = None
    actors: tuple[str, ...] | None = None
    seed: int = 0
    resamples: int = 1000
    evidence: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON has them."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in self._asdict().items()
        }


def check_settings(settings: Settings) -> None:
    """Raise `ValueError` for an unknown model or dimension."""
    check_model(settings.model)
    choose_dimensions(settings.dimensions)


def signature(settings: Settings) -> dict[str, Any]:
    """What makes a result repeatable: versions, digest of the lexicons, seed and draws."""
    return {
        "framing": __version__,
        "schema": SCHEMA_VERSION,
        "model": settings.model,
        "lexicons": lexicons_digest(),
        "seed": settings.seed,
        "resamples": settings.resamples,
    }


# An article before it is scored ---------------------------------------------------------------------------------


def input_of(item: Article | Document | Failure) -> dict[str, Any]:
    """The columns of a row that are known before the article is scored. Two inputs with equal ones are the same."""
    if isinstance(item, Failure):
        known = {"file": _valid(item.file), "line": item.line}
        return (
            dict.fromkeys(OF_INPUT) | known | {"problem": _valid(item.problem), "advice": _valid(item.advice)}
        )
    meta = dict(item.meta)
    row = dict.fromkeys(OF_INPUT) | {"id": _valid(item.id)}
    for name in NAMED:
        value = meta.pop(name, None)
        row[name] = None if value is None or value == "" else _valid(str(value))
    if type(meta.get("line")) is int:
        row["line"] = meta.pop("line")
    row["sha256"] = hashlib.sha256(item.text.encode("utf-8", "surrogatepass")).hexdigest()
    row["meta"] = _json(meta) if meta else None
    return row


def failed_row(known: Mapping[str, Any], problem: str, advice: str) -> dict[str, Any]:
    """The row of an article without scores, from what `input_of` knows of it: why there are none, and what to do."""
    return dict.fromkeys(SCHEMA.names) | dict(known) | {"problem": _valid(problem), "advice": _valid(advice)}


# Rows -----------------------------------------------------------------------------------------------------------


def row_of(analysis: Analysis, settings: Settings) -> dict[str, Any]:
    """The row of an article as plain Python: a value for each column of `SCHEMA`."""
    row: dict[str, Any] = batch_of([analysis], settings).to_pylist()[0]
    return row


def batch_of(items: Sequence[Analysis | Mapping[str, Any]], settings: Settings) -> pa.RecordBatch:
    """The rows of analyses, and of failures as `failed_row` makes them, in this order."""
    known: list[Mapping[str, Any]] = []
    scores: list[list[Score] | None] = []
    evidence: list[tuple[str, list[Evidence]] | None] = []
    for item in items:
        if isinstance(item, Analysis):
            wanted = item if settings.actors is None else item.about(settings.actors)
            document = item.document
            size = {"words": document.words, "sentences": len(document.sentences)}
            known.append(input_of(document) | size)
            scores.append(wanted.scores)
            evidence.append((_valid(document.text), wanted.evidence) if settings.evidence else None)
        else:
            known.append(item)
            scores.append(None)
            evidence.append(None)
    columns = [
        pa.array([row.get(field.name) for row in known], field.type)
        for field in SCHEMA
        if field.name not in {"scores", "evidence"}
    ]
    columns += [_score_lists(scores), _evidence_lists(evidence)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _score_lists(groups: Sequence[list[Score] | None]) -> pa.ListArray:
    scores = [score for group in groups for score in group or ()]
    edges = np.array([_EDGES(score) for score in scores]).reshape(-1, 3)
    value, low, high = np.round(edges, DIGITS).T + 0.0
    bearing, sums = _totals(scores)
    names: list[Sequence[Any]] = list(zip(*map(_NAMES, scores), strict=True)) or [()] * 7
    *keys, n, unit = (
        pa.array(column, kind)
        for column, kind in zip(names, [*[pa.string()] * 5, pa.int64(), pa.string()], strict=True)
    )
    value, low, high = (pa.array(column, from_pandas=True) for column in (value, low, high))
    columns = [*keys, value, low, high, n, unit, bearing, sums]
    return _lists(groups, pa.StructArray.from_arrays(columns, fields=list(_SCORE)))


def _totals(scores: Sequence[Score]) -> tuple[pa.Array, pa.ListArray]:
    """The sentences that bear on each score, as `framing.analysis.bearing` counts them, and the sums of its totals.

    Tables of one shape are added up together, as one by one is ten times as slow.
    """
    tables = [score.totals for score in scores]
    shapes: dict[tuple[int, ...], list[int]] = {}
    for number, table in enumerate(tables):
        shapes.setdefault(table.shape, []).append(number)
    bearing = np.zeros(len(tables), dtype=np.int64)
    ends = np.cumsum([table.shape[1] for table in tables], dtype=np.intp)
    flat = np.zeros(ends[-1] if tables else 0)
    for (_, width), numbers in shapes.items():
        alike = np.array([tables[number] for number in numbers])
        bears = reduce(or_, (alike != 0).transpose(2, 0, 1))  # a column at a time is faster than any(axis=2)
        bearing[numbers] = np.count_nonzero(bears, axis=1)
        flat[(ends[numbers] - width)[:, None] + np.arange(width)] = alike.sum(axis=1)
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    sums = pa.array(np.round(flat, SUM_DIGITS) + 0.0, from_pandas=True)
    return pa.array(bearing), pa.ListArray.from_arrays(offsets, sums)


def _evidence_lists(groups: Sequence[tuple[str, list[Evidence]] | None]) -> pa.ListArray:
    items = [item for group in groups if group for item in group[1]]
    texts = [group[0][item.start : item.end] for group in groups if group for item in group[1]]
    weights = np.round(np.array([item.weight for item in items], dtype=np.float64), DIGITS) + 0.0
    columns = [
        _strings(item.dimension for item in items),
        _strings(item.label for item in items),
        pa.array([item.start for item in items], pa.int64()),
        pa.array([item.end for item in items], pa.int64()),
        pa.array(texts, pa.string()),
        pa.array(weights, from_pandas=True),
        _strings(item.actor for item in items),
        _strings(item.voice for item in items),
        _strings(item.source_actor for item in items),
        _strings(_valid(item.why) for item in items),
        _strings(_json(item.extra) if item.extra else None for item in items),
    ]
    lists = [None if group is None else group[1] for group in groups]
    return _lists(lists, pa.StructArray.from_arrays(columns, fields=list(_EVIDENCE)))


def _strings(values: Any) -> pa.Array:
    return pa.array(list(values), pa.string())


def _lists(groups: Sequence[Sequence[Any] | None], values: pa.Array) -> pa.ListArray:
    """The values in as many lists as there are groups; no group is null, an offset that is null says so."""
    ends = accumulate((len(group or ()) for group in groups), initial=0)
    last, *firsts = reversed(list(ends))
    starts = [None if group is None else first for group, first in zip(groups, reversed(firsts), strict=True)]
    return pa.ListArray.from_arrays(pa.array([*starts, last], pa.int32()), values)


# Batches in, batches out ----------------------------------------------------------------------------------------


def score_batch(
    batch: pa.RecordBatch,
    settings: Settings,
    text_col: str = "text",
    id_col: str = "id",
) -> pa.RecordBatch:
    """Score a batch of articles: a row in `SCHEMA` for each row, in the same order, whatever is wrong with it.

    `text_col` and `id_col` name the columns of the text and the id, the others are metadata. Raises `ValueError` for a
    missing column, and for an unknown model or dimension.
    """
    check_settings(settings)
    for name in (text_col, id_col):
        if name not in batch.schema.names:
            raise ValueError(f"there is no column {name!r}; choose from {', '.join(batch.schema.names)}")
    return score_given([_article(row, text_col, id_col) for row in batch.to_pylist()], settings)


def score_given(given: Sequence[Article | Mapping[str, Any]], settings: Settings) -> pa.RecordBatch:
    """The rows of articles, and of failures as `failed_row` makes them, in this order."""
    results = iter(score_each([item for item in given if isinstance(item, Article)], settings))
    return batch_of([next(results) if isinstance(item, Article) else item for item in given], settings)


def score_each(
    items: Sequence[Article | Document],
    settings: Settings,
    told: Callable[[], object] = lambda: None,
) -> list[Analysis | dict[str, Any]]:
    """The analyses of articles, or the row of a failure where one cannot be scored. `told` is called after each."""
    try:
        results: list[Analysis | dict[str, Any]] = []
        for analysis in analyze_each(
            (_document(item) for item in items),
            model=settings.model,
            dimensions=settings.dimensions,
            seed=settings.seed,
            resamples=settings.resamples,
            explain=settings.evidence,
        ):
            results.append(analysis)
            told()
    except Exception as error:  # noqa: BLE001  whatever it is, the other articles go on
        if len(items) > 1:
            return [result for item in items for result in score_each([item], settings, told)]
        told()
        problem = f"cannot be scored ({type(error).__name__}: {error})"
        return [
            failed_row(input_of(items[0]), problem, "report this with the article, which ought to be scored")
        ]
    return results


def _document(item: Article | Document) -> Document:
    return item if isinstance(item, Document) else document_of(item)


def _article(row: Mapping[str, Any], text_col: str, id_col: str) -> Article | dict[str, Any]:
    """The article of a row, or the row of its failure. Here the columns `file` and `line` say where it is from."""
    meta = row_metadata(row, text_col, id_col)
    meta = {name[:-1] if name in {"file_", "line_", "encoding_"} else name: meta[name] for name in meta}
    article = Article("", "" if row[id_col] is None else _valid(str(row[id_col])), meta)
    try:
        return article._replace(text=article_text(row, text_col)[0])
    except UnreadableError as error:
        return failed_row(input_of(article) | {"sha256": None}, error.problem, error.advice)


def _valid(text: str) -> str:
    """Arrow holds valid Unicode only: a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else replace_surrogates(text)[0]


def _json(fields: Mapping[str, Any]) -> str:
    return _valid(json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str))
