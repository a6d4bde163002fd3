"""Agreement with the machine coders of the articles in ../shared: overlap of spans, both articles together.

Recall is over the items that both coders marked, precision over those that at least one did.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framing.analysis import MODELS, analyze
from framing.dimensions.hedging import BOOSTER


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def span(item: dict[str, Any]) -> tuple[int, int]:
    """Attributions are compared by their cues."""
    place = item.get("cue") or item
    return place["start"], place["end"]


KINDS = {"hedging": "hedge", "attribution": "attribution", "loaded": "loaded"}
BARS = {"hedging": 0.75, "attribution": 0.65, "loaded": 0.50}
BARS_OF = dict.fromkeys(MODELS, BARS) | {"encoder": {"hedging": 0.80, "attribution": 0.75, "loaded": 0.60}}


@pytest.mark.parametrize("dimension", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_evidence_agrees_with_the_machine_coders(
    model: str, dimension: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, least = KINDS[dimension], BARS_OF[model][dimension]
    agreed = found = right = predicted = 0
    for path in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = (shared / "texts" / gold["file"]).read_bytes().decode("utf-8")
        evidence = analyze(text, model=model, dimensions=[dimension], resamples=0).evidence
        spans = [(item.start, item.end) for item in evidence if item.label != BOOSTER]
        coded = [item for item in gold["items"] if item["kind"] == kind]
        possible = [span(item) for item in coded]
        sure = [span(item) for item in coded if item["status"] == "agreed"]
        agreed += len(sure)
        found += sum(any(overlap(one, other) for other in spans) for one in sure)
        predicted += len(spans)
        right += sum(any(overlap(one, other) for other in possible) for one in spans)
    recall, precision = found / agreed, right / predicted
    f1 = 2 * precision * recall / (precision + recall)
    figures = f"F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f} (F1 at least {least})"
    with capsys.disabled():
        print(f"\n{model}, {dimension}, machine-coded articles: {figures}")  # noqa: T201  # to be read in every test run
    assert f1 >= least, figures
