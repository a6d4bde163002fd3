"""Agreement with the machine coders of the articles in ../shared, and with the experts who coded BABE."""

from __future__ import annotations

import json

from framing.analysis import analyze
from framing.training.loaded import TASK

BAR = 0.50
BABE_BAR = 0.66


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def test_loaded_terms_agree_with_the_machine_coders(shared, capsys):
    agreed = found = right = predicted = 0
    for path in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = (shared / "texts" / gold["file"]).read_bytes().decode("utf-8")
        spans = [
            (item.start, item.end) for item in analyze(text, dimensions=["loaded"], resamples=0).evidence
        ]
        coded = [item for item in gold["items"] if item["kind"] == "loaded"]
        possible = [(item["start"], item["end"]) for item in coded]
        sure = [(item["start"], item["end"]) for item in coded if item["status"] == "agreed"]
        agreed += len(sure)
        found += sum(any(overlap(span, other) for other in spans) for span in sure)
        predicted += len(spans)
        right += sum(any(overlap(span, other) for other in possible) for span in spans)
    recall, precision = found / agreed, right / predicted
    f1 = 2 * precision * recall / (precision + recall)
    figures = f"F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f}"
    with capsys.disabled():
        print(f"\nloaded terms, machine-coded articles: {figures}")  # noqa: T201  # to be read in every test run
    assert f1 >= BAR, figures


def test_the_names_that_an_article_sets_in_quotation_marks_get_neutral_alternatives(shared):
    (path,) = (shared / "texts").glob("001*.txt")
    analysis = analyze(path.read_bytes().decode("utf-8"), dimensions=["loaded"], resamples=0)
    neutral = {analysis.document[item].strip("“”."): item.extra["neutral"] for item in analysis.evidence}
    assert all(neutral[name] for name in ("Jolani", "Donroe Doctrine", "New Syria"))


def test_sentences_agree_with_experts(shared, capsys):
    items = TASK.read(shared / "corpora" / "babe" / "sg2-train.csv")
    metrics = TASK.metrics(items, TASK.predict(items, "lexicon"))
    figures = {name: round(metrics[name], 3) for name in ("macro_f1", "accuracy", "auc", "word_recall")}
    with capsys.disabled():
        print(f"\nloaded sentences, BABE (training part, n = {len(items)}): {figures}")  # noqa: T201  # see above
    assert figures["macro_f1"] >= BABE_BAR, figures
