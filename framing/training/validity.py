"""Measure a model on every development corpus, for the figures that the report and the README print.

Run `python -m framing.training.validity ../shared/corpora` in the repository. An interval is a percentile bootstrap over the items
of the corpus (articles of PolNeAR, sentences or mentions of the others), 200 draws, seed 0.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.comparison.intervals import percentiles
from framing.data import PACKAGE
from framing.lexicon import lexicons_digest
from framing.training.task import Task
from framing.training.validate import tasks

DRAWS = 200


class Measurement(NamedTuple):
    """What is measured where: a dimension's task, a file of the corpora, its name, the unit of n, the metrics shown."""

    dimension: str
    task: str
    path: str
    corpus: str
    items: str
    metrics: tuple[str, ...]


MEASUREMENTS = (
    Measurement(
        "attribution",
        "attribution",
        "polnear/dev",
        "PolNeAR, development part",
        "articles",
        ("content_f1", "source_f1", "cue_f1"),
    ),
    Measurement(
        "hedging",
        "hedging",
        "szeged/factbank-dev.xml",
        "FactBank half of the Szeged Uncertainty Corpus",
        "sentences",
        ("cue_f1",),
    ),
    Measurement(
        "loaded",
        "loaded",
        "babe/sg2-train.csv",
        "BABE, the published three quarters",
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
        ("russia.macro_f1", "russia.alpha"),
    ),
)


def measure(corpora: Path, model: str) -> Iterator[dict[str, Any]]:
    """One row per figure: dimension, corpus, who coded it, metric, value with interval, n."""
    for measurement in MEASUREMENTS:
        task = tasks()[measurement.task]
        items = task.read(corpora / measurement.path)
        predictions = task.predict(items, model)
        drawn = list(_resampled(task, items, predictions))
        value = _flat(task.metrics(items, predictions))
        for metric in measurement.metrics:
            low, high = percentiles(np.array([figures[metric] for figures in drawn]))
            yield {
                "dimension": measurement.dimension,
                "corpus": measurement.corpus,
                "coders": task.coders,
                "metric": metric,
                "figure": _spoken(metric),
                "value": round(value[metric], 3),
                "low": round(float(low), 3),
                "high": round(float(high), 3),
                "n": len(items),
                "items": measurement.items,
            }


def table(figures: Sequence[Mapping[str, Any]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| dimension | corpus | coded by | figure | value | 95 % interval | n |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in figures:
        interval = f"{row['low']:.2f}–{row['high']:.2f}"
        cells = (
            row["dimension"],
            row["corpus"],
            row["coders"],
            row["figure"],
            f"{row['value']:.2f}",
            interval,
            f"{row['n']:,} {row['items']}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def insert(page: str, content: str) -> str:
    """A page with the content between its two `validity` marks. Raises `ValueError` when it has none."""
    before, _, rest = page.partition(_OPENING)
    _, closing, after = rest.partition(_CLOSING)
    if not closing:
        raise ValueError(f"the page lacks the marks {_OPENING} and {_CLOSING}")
    return f"{before}{_OPENING}\n{content}{closing}{after}"


_OPENING = "<!-- validity -->"
_CLOSING = "<!-- /validity -->"


def main() -> None:
    """Write `framing/models/<model>/validity.json` and the table of the README."""
    corpora, model = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "lexicon"
    path = PACKAGE / "models" / model / "validity.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content: dict[str, Any] = {
        "model": model,
        "lexicons": lexicons_digest(),
        "figures": list(measure(corpora, model)),
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = PACKAGE.parent / "README.md"
    readme.write_text(insert(readme.read_text(encoding="utf-8"), table(content["figures"])), encoding="utf-8")


def _resampled(
    task: Task, items: Sequence[Any], predictions: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, float]]:
    random = np.random.default_rng(0)
    for _ in range(DRAWS):
        chosen = random.integers(len(items), size=len(items))
        yield _flat(task.metrics([items[i] for i in chosen], [predictions[i] for i in chosen]))


def _spoken(metric: str) -> str:
    """`russia.macro_f1` as a reader would say it."""
    return metric.replace("_", " ").replace(".", ": ").replace("f1", "F1")


def _flat(metrics: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, value in metrics.items():
        flat |= (
            _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: float(value)}
        )
    return flat


if __name__ == "__main__":
    main()
