"""Agreement with the machine coders of the articles in ../shared: overlap of cues."""

from __future__ import annotations

import json

from framing.analysis import analyze

BAR = 0.65


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def test_cues_agree_with_the_machine_coders(shared, capsys):
    agreed = found = right = predicted = 0
    for path in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = (shared / "texts" / gold["file"]).read_bytes().decode("utf-8")
        spans = [
            (item.start, item.end) for item in analyze(text, dimensions=["attribution"], resamples=0).evidence
        ]
        coded = [item for item in gold["items"] if item["kind"] == "attribution"]
        possible = [(item["cue"]["start"], item["cue"]["end"]) for item in coded]
        sure = [(item["cue"]["start"], item["cue"]["end"]) for item in coded if item["status"] == "agreed"]
        agreed += len(sure)
        found += sum(any(overlap(span, other) for other in spans) for span in sure)
        predicted += len(spans)
        right += sum(any(overlap(span, other) for other in possible) for span in spans)
    recall, precision = found / agreed, right / predicted
    f1 = 2 * precision * recall / (precision + recall)
    figures = f"F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f}"
    with capsys.disabled():
        print(f"\nattribution cues, machine-coded articles: {figures}")  # noqa: T201  # to be read in every test run
    assert f1 >= BAR, figures
