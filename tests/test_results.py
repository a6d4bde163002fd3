"""Folders of results: opened, read, and grouped to the same numbers as the texts themselves."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stored_results import analysed, write_results

from framing.analysis import load_dimensions
from framing.comparison.groups import LEAST_ARTICLES, group_differences, group_scores
from framing.comparison.stored import formulas
from framing.data import DataError
from framing.engines import results
from framing.engines.results import ABOUT, ARTICLE, SCORE, is_results, open_results
from framing.output.table import rounded


@pytest.fixture(scope="module")
def analyses():
    return analysed()


@pytest.fixture(scope="module")
def folder(analyses, tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"), analyses)


# Opened


def test_a_folder_is_known_by_its_manifest(folder, tmp_path):
    assert is_results(folder)
    (tmp_path / "_manifest.json").write_text('{"name": "another program"}')
    assert not is_results(tmp_path)
    assert not is_results(tmp_path / "_manifest.json")
    (tmp_path / "_manifest.json").write_text("{")
    assert not is_results(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda at: (at / "_manifest.json").unlink(), "is no folder of results; make one with framing score"),
        (lambda at: (at / "_manifest.json").write_text("{"), "has a manifest that cannot be read"),
        (lambda at: (at / "_manifest.json").write_text('{"framing_results": 2}'), "was written in form 2"),
        (lambda at: (at / "part-000001.parquet").unlink(), r"part-000001.parquet: is missing"),
        (lambda at: (at / "part-000001.parquet").write_bytes(b"PAR1"), "no readable Parquet file"),
    ],
)
def test_what_is_wrong_with_a_folder_is_named(analyses, tmp_path, change, said):
    folder = write_results(tmp_path, analyses[:4], size=2)
    change(folder)
    with pytest.raises(DataError, match=said):
        open_results(folder).articles()


def test_an_unfinished_folder_has_the_parts_that_are_there(analyses, tmp_path):
    folder = write_results(tmp_path, analyses[:5], size=2, complete=False)
    (folder / "part-000001.parquet").unlink()
    found = open_results(folder)
    assert not found.complete
    assert found.articles()["id"].to_pylist() == [a.document.id for a in (*analyses[:2], analyses[4])] + [
        "lost"
    ]


def test_an_unfinished_folder_without_parts_has_no_rows(tmp_path):
    found = open_results(write_results(tmp_path, [], complete=False))
    assert found.articles().column_names == [*ARTICLE, "problem", "advice"]
    assert len(found.scores()) == 0
    assert found.group_scores("outlet").empty
    assert found.group_differences("outlet").empty
    assert found.columns == ()


# Read


def test_every_article_and_score_is_a_row(analyses, folder):
    found = open_results(folder)
    articles = found.articles().to_pandas()
    assert list(articles.id) == [*(analysis.document.id for analysis in analyses), "lost"]
    assert found.signature == dict(analyses[0].signature)
    scores = found.scores()
    assert scores.column_names == [*ABOUT, *SCORE]
    frame = scores.to_pandas()
    assert len(frame) == sum(len(analysis.scores) for analysis in analyses)
    own = frame[frame.id == analyses[3].document.id]
    np.testing.assert_allclose(own.value, [score.value for score in analyses[3].scores], atol=5e-7)
    assert list(own.measure) == [score.measure for score in analyses[3].scores]
    assert set(own.outlet) == {analyses[3].document.meta["outlet"]}


def test_what_was_not_scored_is_listed(folder):
    (failure,) = open_results(folder).failures()
    assert str(failure) == "made.csv: line 9: is empty; give it a text"


def test_a_measure_has_one_formula_and_the_table_of_formulas_has_them_all(analyses):
    for analysis in analyses:
        for score in analysis.scores:
            known = formulas()[score.dimension, score.measure]
            assert (known.formula, known.exchangeable) == (score.formula, score.exchangeable), score.key
    assert {dimension for dimension, _ in formulas()} == set(load_dimensions())


# Grouped


@pytest.mark.parametrize("by", ["outlet", "genre", "month"])
def test_groups_of_stored_results_are_those_of_the_texts(analyses, folder, by):
    found = open_results(folder)
    options = {"seed": 3, "resamples": 200}
    scores, differences = (made(analyses, by, **options) for made in (group_scores, group_differences))
    assert scores.low.notna().sum() > 20
    assert (scores.articles >= LEAST_ARTICLES).any()
    pd.testing.assert_frame_equal(rounded(found.group_scores(by, **options)), rounded(scores))
    pd.testing.assert_frame_equal(rounded(found.group_differences(by, **options)), rounded(differences))
    assert differences.p.notna().sum() > 20


def test_a_column_that_no_article_has_is_an_error_that_lists_those_there_are(folder):
    with pytest.raises(ValueError, match=r"no article has 'outlt'.*genre, outlet.*Did you mean 'outlet'"):
        open_results(folder).group_scores("outlt")


def test_dimensions_and_actors_can_be_chosen(analyses, folder):
    found = open_results(folder)
    assert {tally.score.dimension for tally in found.pool("outlet", dimensions=["tone"]).tallies} == {"tone"}
    actors = {tally.score.actor for tally in found.pool("outlet", actors=["russia"]).tallies}
    assert actors == {None, "russia"}
    with pytest.raises(ValueError, match="unknown dimension 'tune'"):
        found.pool("outlet", dimensions=["tune"])


def test_a_measure_of_a_newer_version_is_named(analyses, tmp_path):
    folder = write_results(tmp_path, analyses[:2])
    part = folder / "part-000000.parquet"
    table = pq.read_table(part)
    rows = table.to_pylist()
    rows[1]["scores"][0]["measure"] = "whispers"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), part)
    with pytest.raises(
        DataError, match=r"measure 'whispers' of the dimension 'attribution', .* does not know"
    ):
        open_results(folder).group_scores("outlet")


def test_too_many_groups_to_compare_in_pairs_are_refused(folder, monkeypatch):
    monkeypatch.setattr(results, "MOST_GROUPS", 2)
    with pytest.raises(ValueError, match=r"'outlet' makes 3 groups, .* 2 at most"):
        open_results(folder).group_differences("outlet", resamples=0)
    assert not open_results(folder).group_scores("outlet", resamples=0).empty


def test_metadata_that_is_no_text_groups_as_it_does_in_articles(analyses, tmp_path):
    folder = write_results(tmp_path, analyses)
    assert set(open_results(folder).pool("wordcount").groups) == {"300", "400", "not given"}
    assert json.loads(open_results(folder).articles()["meta"][0].as_py())["wordcount"] in {300, 400}
