"""What holds for every document and every analysis, whatever the text: for property tests and for the fuzzer."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from framing.analysis import ALL_VOICES
from framing.voice import VOICES

# The scores whose first total counts evidence (or adds up its weights), by the labels they count.
COUNTED = {
    ("hedging", "hedge_cues"): None,
    ("loaded", "loaded_terms"): None,
    ("attribution", "attributions"): None,
}
WEIGHED = {("stance", "mean_polarity"), ("tone", "mean_compound")}
# The scores whose totals of single voices add up to that of all.
ADDITIVE = {
    ("hedging", "hedge_cues"), ("hedging", "boosters"), ("loaded", "loaded_terms"), ("stance", "mean_polarity"),
    ("stance", "mentions"), ("tone", "mean_compound"),
}  # fmt: skip


def spans(extra):
    """All (start, end) pairs in what a dimension says beside a piece of evidence."""
    for value in extra.values():
        for pair in [value] if isinstance(value, tuple) else value if isinstance(value, list) else []:
            if (
                isinstance(pair, (tuple, list))
                and len(pair) >= 2
                and all(isinstance(n, int) for n in pair[:2])
            ):
                yield pair[:2]


def check_document(document):
    """Paragraphs, sentences, tokens and quotations lie in the text, in order."""
    text = document.text
    for parts in (document.paragraphs, document.sentences, document.quotes):
        assert all(0 <= part.start < part.end <= len(text) for part in parts)
        assert all(one.end <= other.start for one, other in pairwise(parts))
    assert [sentence.first for sentence in document.sentences[1:]] == [
        sentence.last for sentence in document.sentences[:-1]
    ]
    assert all(
        0 <= start < end <= len(text) for start, end in zip(document.starts, document.ends, strict=True)
    )
    assert all(end <= start for end, start in zip(document.ends, document.starts[1:], strict=False))


def check_analysis(analysis):
    """Evidence lies in scored sentences, and scores are recomputed from evidence."""
    document = analysis.document
    text = document.text
    for item in analysis.evidence:
        assert 0 <= item.start < item.end <= len(text)
        assert item.to_dict(text)["text"] == text[item.start : item.end] == document[item]
        assert document.sentence_at(item.start) is not None
        assert document.sentence_at(item.end - 1) is not None
        assert item.voice in VOICES
        assert math.isfinite(item.weight)
        assert all(0 <= start <= end <= len(text) for start, end in spans(item.extra))
    for mention in analysis.mentions:
        assert (
            document.sentence_at(mention.start) == document.sentence_at(mention.end - 1) == mention.sentence
        )
    groups = defaultdict(dict)
    for score in analysis.scores:
        groups[score.dimension, score.measure, score.label, score.actor][score.voice] = score
        value = float(score.formula(score.totals.sum(axis=0)))
        assert score.value == pytest.approx(value, nan_ok=True, abs=1e-9)
        assert not math.isinf(score.value)
        assert math.isnan(score.low) == math.isnan(score.high)
        assert math.isnan(score.low) or score.low <= score.high
    for (dimension, measure, label, actor), voices in groups.items():
        _check_sums(analysis.readings[dimension].evidence, dimension, measure, label, actor, voices)


def _check_sums(evidence, dimension, measure, label, actor, voices):
    everybody = voices["all"].totals.sum(axis=0)
    if (dimension, measure) in ADDITIVE:
        parts = sum((voices[voice].totals.sum(axis=0) for voice in VOICES if voice in voices), np.zeros(2))
        assert parts[0] == pytest.approx(everybody[0])
    chosen = [
        item
        for item in evidence
        if label in (None, item.label) and actor in (None, item.actor) and (label or item.label != "booster")
    ]
    for voice in voices if (dimension, measure) in {*COUNTED, *WEIGHED} else ():
        said = [item for item in chosen if voice in (item.voice, ALL_VOICES[-1])]
        amount = len(said) if (dimension, measure) in COUNTED else math.fsum(item.weight for item in said)
        assert voices[voice].totals.sum(axis=0)[0] == pytest.approx(amount, abs=1e-9)
