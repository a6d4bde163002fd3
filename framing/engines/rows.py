"""One row for each article, in one Arrow schema, whichever engine scored it.

An article whole in one row cannot be lost in part, doubled or half written. A row holds the scores with the sums they were
worked out from, so that groups of articles can be pooled without their texts; the texts themselves are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import isnan
from typing import Any, NamedTuple

import pyarrow as pa

from framing._version import __version__
from framing.analysis import (
    Analysis,
    Evidence,
    Score,
    analyze_each,
    bearing,
    check_model,
    choose_dimensions,
)
from framing.corpus import Failure
from framing.decoding import replace_surrogates
from framing.document import Document, make_document
from framing.front_matter import plain_metadata
from framing.lexicon import lexicons_digest

SCHEMA_VERSION = 1
ARTICLE = ("title", "outlet", "author", "date", "url")  # metadata with a column of their own
_PLACE = ("file", "line")
_NOT_META = frozenset({*ARTICLE, *_PLACE})
_DIGITS, _DIGITS_OF_SUMS = 6, 9
_TOGETHER = 16  # analyses that are made into rows at once

_SCORE = pa.struct(
    [
        *((name, pa.string()) for name in ("dimension", "measure", "label", "actor", "voice")),
        *((name, pa.float64()) for name in ("value", "low", "high")),
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
        *((name, pa.string()) for name in ("actor", "voice", "source_actor", "why", "extra")),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        *((name, pa.string()) for name in ARTICLE),
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


class Settings(NamedTuple):
    """What decides the numbers: the options of `framing.analyze`, the actors to keep scores of, and whether to keep evidence."""

    model: str = "linear"
    dimensions: tuple[str, ...] | None = None
    actors: tuple[str, ...] | None = None
    seed: int = 0
    resamples: int = 1000
    evidence: bool = False

    def check(self) -> None:
        """Raise `ValueError` that lists the choices for an unknown model or dimension."""
        check_model(self.model)
        choose_dimensions(self.dimensions)


class Lost(NamedTuple):
    """An article that has no scores: as much as is known of it, what went wrong, and what to do."""

    id: str | None
    meta: Mapping[str, Any]
    problem: str
    advice: str


def lost(failure: Failure) -> Lost:
    """What could not be read."""
    return Lost(None, {"file": failure.file, "line": failure.line}, failure.problem, failure.advice)


def signature(settings: Settings) -> dict[str, Any]:
    """What makes results repeatable: the signature of an analysis, and the version of the schema."""
    return {
        "framing": __version__,
        "model": settings.model,
        "lexicons": lexicons_digest(),
        "seed": settings.seed,
        "resamples": settings.resamples,
        "schema": SCHEMA_VERSION,
    }


def analyses(documents: Iterable[Document], settings: Settings) -> Iterator[Analysis]:
    """The analyses of documents under these settings, one by one."""
    for analysis in analyze_each(
        documents,
        model=settings.model,
        dimensions=settings.dimensions,
        seed=settings.seed,
        resamples=settings.resamples,
        explain=settings.evidence,
    ):
        yield analysis if settings.actors is None else analysis.about(settings.actors)


def table(results: Iterable[Analysis | Lost], settings: Settings) -> pa.RecordBatch:
    """The rows of articles, in their order, as a batch of `SCHEMA`; a few analyses are held at a time."""
    waiting = iter(results)
    batches = [_table(some, settings) for some in iter(lambda: list(islice(waiting, _TOGETHER)), [])]
    return pa.concat_batches(batches) if batches else _table([], settings)


def _table(results: Sequence[Analysis | Lost], settings: Settings) -> pa.RecordBatch:
    scored = [result if isinstance(result, Analysis) else None for result in results]
    columns = {
        **_articles(results),
        "scores": _lists([None if one is None else one.scores for one in scored], _score_columns, _SCORE),
        "evidence": _lists(
            [None if one is None or not settings.evidence else _evidence(one) for one in scored],
            _evidence_columns,
            _EVIDENCE,
        ),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def score_batch(
    batch: pa.RecordBatch, settings: Settings, text_col: str = "text", id_col: str | None = "id"
) -> pa.RecordBatch:
    """Rows with a text and an id in, as many rows of `SCHEMA` out, in the same order: what a cluster maps.

    The other columns are metadata. A text that cannot be scored gives a row that says why. Raises `ValueError` for an unknown
    model, dimension or column.
    """
    settings.check()
    for name in (text_col, *([] if id_col is None else [id_col])):
        if name not in batch.schema.names:
            raise ValueError(f"there is no column '{name}'; there is {', '.join(batch.schema.names)}")
    rows = [_row(row, text_col, id_col) for row in batch.to_pylist()]
    scored = analyses((row for row in rows if isinstance(row, Document)), settings)
    return table((next(scored) if isinstance(row, Document) else row for row in rows), settings)


def _row(row: Mapping[str, Any], text_col: str, id_col: str | None) -> Document | Lost:
    """The document of a row, or why there is none."""
    text = row[text_col]
    id = None if id_col is None or row[id_col] is None else str(row[id_col])
    others = {name: value for name, value in row.items() if name not in {text_col, id_col, *_PLACE}}
    meta = plain_metadata(others) | {name: row[name] for name in _PLACE if row.get(name) is not None}
    if id is None:
        return Lost(None, meta, "has no id", "give each article an id of its own")
    if not isinstance(text, str):
        return Lost(id, meta, f"has no text in '{text_col}'", "put the article there or leave the row out")
    if not any(map(str.isalnum, text)):
        return Lost(id, meta, "holds no words", "put an article into it or leave it out")
    return make_document(replace_surrogates(text)[0], id, **meta)


def _articles(results: Iterable[Analysis | Lost]) -> dict[str, pa.Array]:
    """The columns about articles."""
    rows: dict[str, list[Any]] = {name: [] for name in SCHEMA.names if name not in {"scores", "evidence"}}
    for result in results:
        values: dict[str, Any]
        if isinstance(result, Lost):
            meta = result.meta
            values = {"id": result.id, "problem": result.problem, "advice": result.advice}
        else:
            document = result.document
            meta = document.meta
            size = {"words": document.words, "sentences": len(document.sentences)}
            values = {"id": document.id, "sha256": document.sha256, **size}
        for name in (*ARTICLE, "file"):
            values[name] = None if meta.get(name) in (None, "") else str(meta[name])
        values["line"] = meta.get("line")
        others = {name: value for name, value in meta.items() if name not in _NOT_META}
        values["meta"] = _json(others) if others else None
        for name, column in rows.items():
            column.append(values.get(name))
    return {name: pa.array(_writable(column), SCHEMA.field(name).type) for name, column in rows.items()}


def _lists(groups: Sequence[Sequence[Any] | None], columns: Any, kind: pa.StructType) -> pa.Array:
    """A column of lists of structs, null where a group is None."""
    arrays = columns(list(chain.from_iterable(group or () for group in groups)))
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind))
    offsets = [0]
    for group in groups:
        offsets.append(offsets[-1] + len(group or ()))
    absent = pa.array([group is None for group in groups], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, pa.list_(kind), mask=absent)


def _score_columns(scores: Sequence[Score]) -> list[pa.Array]:
    strings = ("dimension", "measure", "label", "actor", "voice")
    sums = [
        [round(value, _DIGITS_OF_SUMS) + 0.0 for value in score.totals.sum(axis=0).tolist()]
        for score in scores
    ]
    return [
        *(pa.array([getattr(score, name) for score in scores], pa.string()) for name in strings),
        *(_floats([getattr(score, name) for score in scores]) for name in ("value", "low", "high")),
        pa.array([score.n for score in scores], pa.int64()),
        pa.array([score.unit for score in scores], pa.string()),
        pa.array([bearing(score.totals) for score in scores], pa.int64()),
        pa.array(sums, pa.list_(pa.float64())),
    ]


def _evidence(analysis: Analysis) -> list[tuple[Evidence, str]]:
    """Evidence with its passage."""
    return [(item, analysis.document[item]) for item in analysis.evidence]


def _evidence_columns(items: Sequence[tuple[Evidence, str]]) -> list[pa.Array]:
    def strings(name: str) -> pa.Array:
        return pa.array(_writable([getattr(item, name) for item, _ in items]), pa.string())

    return [
        strings("dimension"),
        strings("label"),
        pa.array([item.start for item, _ in items], pa.int64()),
        pa.array([item.end for item, _ in items], pa.int64()),
        pa.array(_writable([text for _, text in items]), pa.string()),
        _floats([item.weight for item, _ in items]),
        *map(strings, ("actor", "voice", "source_actor", "why")),
        pa.array([_json(item.extra) if item.extra else None for item, _ in items], pa.string()),
    ]


def _floats(values: Sequence[float]) -> pa.Array:
    """Numbers with six digits, null where undefined."""
    return pa.array([None if isnan(value) else round(value, _DIGITS) + 0.0 for value in values], pa.float64())


def _json(value: Mapping[str, Any]) -> str:
    def plain(item: Any) -> Any:
        if isinstance(item, float):
            return None if isnan(item) else round(item, _DIGITS) + 0.0
        if isinstance(item, Mapping):
            return {str(key): plain(inner) for key, inner in item.items()}
        return [plain(inner) for inner in item] if isinstance(item, list | tuple) else item

    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, default=str)


def _writable(column: Sequence[Any]) -> list[Any]:
    """A column without lone surrogates, which UTF-8 has not."""
    return [replace_surrogates(value)[0] if isinstance(value, str) else value for value in column]
