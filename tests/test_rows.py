"""Rows hold what analyses say, one for each article, whatever is wrong with it."""

from __future__ import annotations

import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing import analyze, corpus, make_document
from framing.analysis import bearing
from framing.corpus import Article, Failure
from framing.engines.rows import (
    SCHEMA,
    Settings,
    batch_of,
    failed_row,
    input_of,
    row_of,
    score_batch,
    score_each,
    signature,
)

TEXT = (
    "Officials in Damascus said the raid may have failed. “It was a barbaric attack,” a spokesman claimed. "
    "Russia denied it. Turkey welcomed the withdrawal. Nobody knows how many people were killed. It rained."
)
LEXICON = Settings("lexicon", resamples=50, evidence=True)


@pytest.fixture(scope="module")
def analysis():
    document = make_document(TEXT, "a", title="Raid", outlet="Post", file="a.txt", line=3, genre="news")
    return analyze(document, model="lexicon", resamples=50)


def _rounded(value, digits):
    return None if math.isnan(value) else round(value, digits) + 0.0


def test_a_row_says_what_the_analysis_says(analysis):
    row = row_of(analysis, LEXICON)
    assert list(row) == SCHEMA.names
    assert {key: row[key] for key in analysis.article} == analysis.article
    assert (row["line"], row["meta"]) == (3, '{"genre": "news"}')
    assert row["problem"] is row["advice"] is None
    for given, score in zip(row["scores"], analysis.scores, strict=True):
        told = score.to_dict()
        assert {key: given[key] for key in told if key not in {"value", "low", "high"}} == {
            key: told[key] for key in told if key not in {"value", "low", "high"}
        }
        for key in ("value", "low", "high"):
            assert given[key] == (None if math.isnan(told[key]) else pytest.approx(told[key], abs=5.1e-7))
        assert given["bearing"] == bearing(score.totals)
        assert given["sums"] == [_rounded(total, 9) for total in score.totals.sum(axis=0).tolist()]


def test_values_can_be_worked_out_from_the_sums(analysis):
    import numpy as np

    for given, score in zip(row_of(analysis, LEXICON)["scores"], analysis.scores, strict=True):
        value = float(score.formula(np.array(given["sums"])))
        assert (None if math.isnan(value) else pytest.approx(value, abs=1e-6)) == given["value"]


def test_evidence_points_into_the_text(analysis):
    row = row_of(analysis, LEXICON)
    assert len(row["evidence"]) == len(analysis.evidence) > 0
    for given, item in zip(row["evidence"], analysis.evidence, strict=True):
        told = item.to_dict(TEXT)
        assert given["text"] == TEXT[given["start"] : given["end"]]
        assert given["label"] == told["label"]
        assert json.loads(given["extra"] or "{}") == json.loads(json.dumps(dict(item.extra)))


def test_evidence_is_there_only_if_asked_for(analysis):
    assert row_of(analysis, LEXICON._replace(evidence=False))["evidence"] is None


def test_actors_are_those_wanted(analysis):
    row = row_of(analysis, LEXICON._replace(actors=("russia",)))
    assert {score["actor"] for score in row["scores"]} == {None, "russia"}


def test_a_batch_is_its_rows(analysis):
    failure = Failure("b.txt", 2, "holds no article", "leave it out")
    failed = failed_row(input_of(Article(TEXT, "c", {})), "took too long", "wait")
    batch = batch_of([input_of(failure), analysis, failed, analysis], LEXICON)
    assert batch.schema == SCHEMA
    one, two, three, four = batch.to_pylist()
    assert (one["file"], one["line"], one["problem"], one["advice"]) == (
        "b.txt",
        2,
        "holds no article",
        "leave it out",
    )
    assert one["scores"] is one["words"] is one["id"] is one["evidence"] is None
    assert (three["id"], three["problem"], three["scores"]) == ("c", "took too long", None)
    assert two == four == row_of(analysis, LEXICON)


def test_no_rows_are_a_batch_too():
    assert batch_of([], LEXICON).num_rows == 0


def test_rows_survive_parquet(analysis, tmp_path):
    table = pa.Table.from_batches([batch_of([analysis], LEXICON)])
    pq.write_table(table, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").equals(table)


def test_lone_surrogates_become_a_replacement():
    document = make_document("It may \ud800 rain.", "i\ud800d", title="t\ud800", note="\ud800")
    row = row_of(analyze(document, model="lexicon", resamples=0), LEXICON)
    assert (row["id"], row["title"], row["meta"]) == ("i\ufffdd", "t\ufffd", '{"note": "\ufffd"}')


def test_a_batch_of_texts_gives_a_row_for_each():
    batch = pa.record_batch(
        {
            "doc": ["a", "b", "c", None],
            "body": [TEXT, None, " ", TEXT],
            "Title": ["Raid", "x", "y", None],
            "id": ["1", "2", "3", "4"],
            "file": ["f.csv"] * 4,
            "line": [2, 3, 4, 5],
            "year": [2020, None, 2022, 2023],
        }
    )
    settings = Settings("lexicon", resamples=0)
    rows = score_batch(batch, settings, text_col="body", id_col="doc").to_pylist()
    assert [row["id"] for row in rows] == ["a", "b", "c", ""]
    assert [row["line"] for row in rows] == [2, 3, 4, 5]
    assert [row["title"] for row in rows] == ["Raid", "x", "y", None]
    assert [bool(row["problem"]) for row in rows] == [False, True, True, False]
    assert rows[0]["meta"] == '{"id_": "1", "year": 2020}'
    assert rows[1]["sha256"] is rows[1]["scores"] is None
    alone = analyze(make_document(TEXT, "a", title="Raid"), model="lexicon", resamples=0)
    assert rows[0]["scores"] == row_of(alone, settings)["scores"]


def test_a_missing_column_is_named_with_the_choices():
    with pytest.raises(ValueError, match="no column 'text'; choose from id, body"):
        score_batch(pa.record_batch({"id": ["a"], "body": [TEXT]}), LEXICON)


def test_an_unknown_model_is_named():
    with pytest.raises(ValueError, match="unknown model 'lexikon'"):
        score_batch(pa.record_batch({"id": ["a"], "text": [TEXT]}), Settings("lexikon"))


def test_an_article_that_raises_costs_no_other(monkeypatch):
    def failing(text, *args, **kwargs):
        if "Turkey" in text:
            raise RecursionError("too deep")
        return make_document(text, *args, **kwargs)

    monkeypatch.setattr(corpus, "make_document", failing)
    articles = [Article("It may rain.", "a", {}), Article(TEXT, "b", {}), Article("It rained.", "c", {})]
    told = []
    results = score_each(articles, Settings("lexicon", resamples=0), lambda: told.append(1))
    given = batch_of(results, LEXICON).to_pylist()
    assert [row["problem"] for row in given] == [None, "cannot be scored (RecursionError: too deep)", None]
    assert [row["id"] for row in given] == ["a", "b", "c"]
    assert len(told) >= 3


def test_the_same_input_has_the_same_columns():
    article = Article(TEXT, "a", {"b": 1, "a": 2, "outlet": ""})
    document = make_document(TEXT, "a", a=2, b=1)
    assert input_of(article) == input_of(document)
    assert input_of(article)["meta"] == '{"a": 2, "b": 1}'
    assert input_of(article) != input_of(article._replace(text=TEXT + " "))


def test_the_signature_names_what_decides():
    told = signature(Settings("linear", seed=3, resamples=7))
    assert (told["model"], told["seed"], told["resamples"], told["schema"]) == ("linear", 3, 7, 1)
    assert told["lexicons"]
