"""Measure the models on every development corpus, for the figures that the report, the README and docs/validity.md print.

Run `python -m framing.training.validity ../shared/corpora` in the repository; names of models behind it measure only those. An
interval is a percentile bootstrap over the items of the corpus (articles of PolNeAR, sentences or mentions of the others).
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.analysis import MODELS
from framing.data import PACKAGE
from framing.lexicon import lexicons_digest
from framing.models.figures import measured, path_of, weights_digest
from framing.training import fit_encoder
from framing.training.validate import compare_items, flat, spoken, tasks

MACHINES = "machine coders"
_CROSS = "†"


class Measurement(NamedTuple):
    """What is measured where: a dimension's task, a file of the corpora, its name, the unit of n, the metrics shown.

    `learnt_by` are the models that learn from this very file, so that they are measured by cross-validation.
    """

    dimension: str
    task: str
    path: str
    corpus: str
    items: str
    metrics: tuple[str, ...]
    learnt_by: tuple[str, ...] = ()


MEASUREMENTS = (
    Measurement(
        "attribution",
        "attribution",
        "polnear/dev",
        "PolNeAR, development part",
        "articles",
        ("content_f1", "source_f1", "cue_f1", "content_exact_f1", "recall_50"),
    ),
    Measurement(
        "hedging",
        "hedging",
        "szeged/factbank-dev.xml",
        "FactBank half of the Szeged Uncertainty Corpus",
        "sentences",
        ("cue_f1", "sentence_f1"),
        learnt_by=("linear", "encoder"),
    ),
    Measurement(
        "loaded",
        "loaded",
        "babe/sg2-train.csv",
        "BABE, the published three quarters",
        "sentences",
        ("macro_f1", "auc"),
        learnt_by=("linear", "encoder"),
    ),
    Measurement(
        "loaded",
        "loaded",
        "basil",
        "BASIL, sentences of whole articles",
        "sentences",
        ("macro_f1",),
    ),
    Measurement(
        "stance",
        "stance",
        "newsmtsc/dev-rw.jsonl",
        "NewsMTSC, real-world development set",
        "mentions",
        ("macro_f1",),
    ),
    Measurement(
        "stance",
        "stance",
        "newsmtsc/dev-mt.jsonl",
        "NewsMTSC, several targets a sentence",
        "mentions",
        ("macro_f1",),
    ),
    Measurement(
        "stance",
        "state-stance",
        "state-stance/dev.jsonl",
        "Ukraine 2014, coded by machines",
        "articles",
        tuple(
            f"{actor}.{metric}" for actor in ("russia", "ukraine", "west") for metric in ("macro_f1", "alpha")
        ),
        learnt_by=("encoder",),
    ),
)


# What other systems reach by the same figure, on splits of their own; docs/validity.md names the sources.
PEERS = {
    ("polnear/dev", "recall_50"): "Gender Gap Tracker .406, textacy .136",
    ("babe/sg2-train.csv", "macro_f1"): "fine-tuned RoBERTa .844, BABE's lexicon .559",
    ("newsmtsc/dev-rw.jsonl", "macro_f1"): "GRU-TSC .831 (sees names), VADER .512",
    ("newsmtsc/dev-mt.jsonl", "macro_f1"): "GRU-TSC .825 (sees names), VADER .496",
}


def measure(corpora: Path, model: str) -> Iterator[dict[str, Any]]:
    """One row per figure: dimension, task, corpus, who coded it, metric, value with interval, n, and how it was measured."""
    for measurement in MEASUREMENTS:
        task = tasks()[measurement.task]
        items = task.read(corpora / measurement.path)
        predictions, crossed = _predictions(measurement, items, model, corpora)
        result = compare_items(task, items, predictions, model, measurement.path)
        values, intervals = flat(result.metrics), flat(result.intervals)
        for metric in measurement.metrics:
            low, high = intervals[metric]
            yield {
                "dimension": measurement.dimension,
                "task": measurement.task,
                "data": measurement.path,
                "corpus": measurement.corpus,
                "coders": task.coders,
                "metric": metric,
                "figure": spoken(metric),
                "value": round(values[metric], 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "n": result.n,
                "items": measurement.items,
                "cross_validated": crossed,
            }


def _predictions(
    measurement: Measurement, items: Sequence[Any], model: str, corpora: Path
) -> tuple[list[dict[str, Any]], bool]:
    """Predictions for every item, and whether each comes from a model that was trained without it."""
    if model not in measurement.learnt_by:
        return tasks()[measurement.task].predict(items, model), False
    if model == "encoder":
        return fit_encoder.cross_validated(measurement.task, items, corpora), True
    fit = importlib.import_module(f"framing.training.fit_{measurement.task}")
    return fit.cross_validated(items, corpora), True


def full_table(figures: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """All figures as a Markdown table, a line each, with a column for each model and one for what others report."""
    rows = [
        (
            row["task"],
            row["corpus"],
            f"*agreement with {MACHINES}*" if row["coders"] == MACHINES else row["coders"],
            row["figure"],
            f"{row['n']:,} {row['items']}",
            *_values(figures, row, 3),
            PEERS.get((row["data"], row["metric"]), "–"),
        )
        for row in next(iter(figures.values()))
    ]
    return markdown(("task", "corpus", "coded by", "figure", "n", *figures, "others, on their splits"), rows)


def short_table(figures: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The first figure of each task as a Markdown table, with a column for each model."""
    first: dict[str, Mapping[str, Any]] = {}
    for row in next(iter(figures.values())):
        first.setdefault(row["task"], row)
    rows = [
        (task, f"{row['corpus']} ({row['n']:,} {row['items']})", row["figure"], *_values(figures, row, 2))
        for task, row in first.items()
    ]
    return markdown(("task", "measured on", "figure", *figures), rows)


def _values(
    figures: Mapping[str, Sequence[Mapping[str, Any]]], row: Mapping[str, Any], digits: int
) -> Iterator[str]:
    """The same figure of every model, with its interval."""
    for own in figures.values():
        found = {(other["data"], other["metric"]): other for other in own}.get((row["data"], row["metric"]))
        if found is None:
            yield "–"
            continue
        value, low, high = (f"{found[name]:.{digits}f}" for name in ("value", "low", "high"))
        yield f"{value} ({low}–{high})" + (_CROSS if found["cross_validated"] else "")


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]]) + "\n"


def insert(page: str, content: str, name: str = "validity") -> str:
    """A page with the content between its two marks of this name. Raises `ValueError` when it has none."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = page.partition(opening)
    _, found, after = rest.partition(closing)
    if not found:
        raise ValueError(f"the page lacks the marks {opening} and {closing}")
    return f"{before}{opening}\n{content}{closing}{after}"


PAGES = {"README.md": short_table, "docs/validity.md": full_table}


def main() -> None:
    """Write `framing/models/<model>/validity.json`, the table of the README and that of docs/validity.md."""
    corpora, models = Path(sys.argv[1]), sys.argv[2:] or MODELS
    for model in models:
        content: dict[str, Any] = {
            "model": model,
            "lexicons": lexicons_digest(),
            "weights": weights_digest(model),
            "figures": list(measure(corpora, model)),
        }
        path_of(model).parent.mkdir(parents=True, exist_ok=True)
        path_of(model).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    figures = {model: measured(model)["figures"] for model in MODELS}
    for name, table in PAGES.items():
        page = PACKAGE.parent / name
        page.write_text(insert(page.read_text(encoding="utf-8"), table(figures)), encoding="utf-8")


if __name__ == "__main__":
    main()
