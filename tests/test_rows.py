"""Rows of results: an article each, with the numbers that `analyze` gives."""

from __future__ import annotations

import json
import math

import pyarrow as pa
import pytest

import framing
from framing.analysis import bearing
from framing.corpus import Failure
from framing.document import make_document
from framing.engines.rows import SCHEMA, Lost, Settings, analyses, lost, score_batch, signature, table
from framing.output.table import json_line

TEXT = (
    "Officials in Moscow said the raid may have failed. “It was a disgrace,” Ivan Petrov said. Russia denied it. "
    "Ukraine's regime reportedly struck again. The ministry claimed success. Nobody could confirm the report."
)
SETTINGS = Settings(model="lexicon", resamples=50, evidence=True)


def rows_of(*documents: framing.Document, settings: Settings = SETTINGS) -> list[dict[str, object]]:
    return table(list(analyses(documents, settings)), settings).to_pylist()


def test_a_row_holds_what_analyze_gives() -> None:
    document = make_document(TEXT, "a", title="Raid", outlet="Gazette", file="a.txt", genre="wire", pages=3)
    (row,) = rows_of(document)
    analysis = framing.analyze(document, model="lexicon", resamples=50)
    wanted = json.loads(json_line(analysis.to_dict()))
    assert {name: row[name] for name in wanted["article"]} == wanted["article"]
    assert json.loads(row["meta"]) == {"genre": "wire", "pages": 3}
    assert (row["line"], row["problem"], row["advice"]) == (None, None, None)
    assert [{name: score[name] for name in wanted["scores"][0]} for score in row["scores"]] == wanted[
        "scores"
    ]
    for stored, score in zip(row["scores"], analysis.scores, strict=True):
        assert stored["sums"] == pytest.approx(score.totals.sum(axis=0).tolist(), abs=1e-9)
        assert stored["bearing"] == bearing(score.totals)
        value = float(score.formula(score.totals.sum(axis=0)))
        assert stored["value"] == (None if math.isnan(value) else pytest.approx(value, abs=1e-6))
    for stored, evidence in zip(row["evidence"], wanted["evidence"], strict=True):
        assert TEXT[stored["start"] : stored["end"]] == stored["text"]
        extra = json.loads(stored.pop("extra") or "{}")
        assert stored | extra == evidence


def test_settings_leave_out_what_nobody_asked_for() -> None:
    settings = Settings("lexicon", ("hedging", "stance"), ("russia",), resamples=0)
    (row,) = rows_of(make_document(TEXT), settings=settings)
    assert row["evidence"] is None
    assert {score["dimension"] for score in row["scores"]} == {"hedging", "stance"}
    assert {score["actor"] for score in row["scores"]} == {None, "russia"}
    assert signature(settings)["resamples"] == 0


def test_what_is_lost_is_a_row() -> None:
    batch = table(
        [lost(Failure("a.csv", 3, "has no text", "write one")), Lost("b", {}, "is odd", "mend it")], SETTINGS
    )
    assert batch.schema == SCHEMA
    first, second = batch.to_pylist()
    assert (first["file"], first["line"], first["problem"], first["advice"]) == (
        "a.csv",
        3,
        "has no text",
        "write one",
    )
    assert (second["id"], second["scores"], second["evidence"], second["words"]) == ("b", None, None, None)


def test_many_rows_are_the_rows_one_by_one() -> None:
    documents = [make_document(f"{TEXT} Number {number}.", str(number)) for number in range(40)]
    assert rows_of(*documents) == [row for document in documents for row in rows_of(document)]


def test_no_rows_are_a_batch_too() -> None:
    assert table([], SETTINGS).schema == SCHEMA


def test_a_batch_gives_a_row_for_each_row() -> None:
    batch = pa.RecordBatch.from_pylist(
        [
            {"id": "a", "text": TEXT, "outlet": "Gazette", "file": "x.jsonl", "line": 1},
            {"id": "b", "text": None, "outlet": "Herald", "file": "x.jsonl", "line": 2},
            {"id": "c", "text": "…!", "outlet": None, "file": None, "line": None},
            {"id": None, "text": TEXT, "outlet": None, "file": None, "line": None},
            {"id": "e", "text": TEXT, "outlet": None, "file": None, "line": None},
        ]
    )
    rows = score_batch(batch, SETTINGS).to_pylist()
    assert [row["id"] for row in rows] == ["a", "b", "c", None, "e"]
    assert [row["problem"] for row in rows] == [
        None,
        "has no text in 'text'",
        "holds no words",
        "has no id",
        None,
    ]
    assert [row["outlet"] for row in rows] == ["Gazette", "Herald", None, None, None]
    assert [row["line"] for row in rows] == [1, 2, None, None, None]
    assert rows[0]["scores"] == rows[4]["scores"]
    with pytest.raises(ValueError, match="there is no column 'body'; there is id, text"):
        score_batch(batch, SETTINGS, text_col="body")
    with pytest.raises(ValueError, match="unknown model 'lexicn'"):
        score_batch(batch, Settings(model="lexicn"))
