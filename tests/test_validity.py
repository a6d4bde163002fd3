"""The figures that are printed are the figures that were measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing.data import PACKAGE
from framing.lexicon import lexicons_digest
from framing.training.validate import tasks, validate
from framing.training.validity import MEASUREMENTS, insert, table

CONTENT = json.loads((PACKAGE / "models" / "lexicon" / "validity.json").read_text(encoding="utf-8"))


def test_figures_belong_to_the_lexicons_as_they_are(shared: Path) -> None:
    """Only those who have the corpora can measure anew, so a new term does not fail the tests of others."""
    assert CONTENT["lexicons"] == lexicons_digest(), (
        "run python -m framing.training.validity ../shared/corpora"
    )


def test_every_measurement_is_there_with_an_interval() -> None:
    assert len(CONTENT["figures"]) == sum(len(measurement.metrics) for measurement in MEASUREMENTS)
    for row in CONTENT["figures"]:
        assert row["low"] <= row["value"] <= row["high"]
        assert row["n"] > 0


def test_the_readme_prints_them(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert insert(readme, table(CONTENT["figures"])) == readme


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        insert("No marks.", "x")


@pytest.mark.parametrize("measurement", MEASUREMENTS, ids=lambda measurement: measurement.path)
def test_measuring_again_gives_the_same_figures(measurement: object, shared: Path) -> None:
    result = validate(measurement.task, shared / "corpora" / measurement.path)
    rows = {
        row["metric"]: row["value"]
        for row in CONTENT["figures"]
        if (row["dimension"], row["corpus"]) == (measurement.dimension, measurement.corpus)
    }
    for metric in measurement.metrics:
        value = result.metrics
        for part in metric.split("."):
            value = value[part]
        assert round(value, 3) == rows[metric]


BARS = [
    ("attribution", "polnear/dev", "content_f1", 0.60),
    ("hedging", "szeged/factbank-dev.xml", "cue_f1", 0.70),
    ("stance", "newsmtsc/dev-rw.jsonl", "macro_f1", 0.55),
    ("loaded", "babe/sg2-train.csv", "macro_f1", 0.66),
]


@pytest.mark.parametrize(("task", "path", "metric", "least"), BARS)
def test_lexicon_model_reaches_the_bar(task: str, path: str, metric: str, least: float, shared: Path) -> None:
    value = validate(task, shared / "corpora" / path).metrics[metric]
    print(f"{task} on {path}: {metric} {value:.3f} (at least {least})")  # noqa: T201  the figure belongs in the log
    assert value >= least


def test_tasks_name_their_corpus_and_coders() -> None:
    for task in tasks().values():
        assert task.corpus
        assert task.coders in {"people", "machine coders"}
