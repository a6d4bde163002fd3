"""What models find in articles, as marks that somebody who codes might have set."""

from __future__ import annotations

import math
from collections.abc import Sequence

from framing.analysis import Evidence, analyze
from framing.classroom.coding import Coding, Mark
from framing.dimensions.hedging import HEDGES
from framing.document import Document

# Polarity from which a model's row is rated -2 or 2. The models spread theirs differently, and that of a trained one says how
# sure it is rather than how strong the wording; these mark about the strongest fifth of the rows of each that are not neutral,
# in the teaching texts.
STRONG = {"lexicon": 0.5, "linear": 0.75, "encoder": 0.92}


def coded_by(model: str, documents: Sequence[Document], dimension: str) -> Coding:
    """What a model finds, as somebody who codes would have marked it; its reasons are the comments."""
    marks: list[Mark] = []
    for document in documents:
        analysis = analyze(document, model=model, dimensions=[dimension], resamples=0)
        evidence = analysis.readings[dimension].evidence
        marks += sorted(_MARKS[dimension](document, evidence, model), key=lambda mark: mark[1:])
    return Coding(model, tuple(document.id for document in documents), tuple(marks))


def _hedges(document: Document, evidence: Sequence[Evidence], model: str) -> list[Mark]:
    """Hedges with their types; boosters are no hedges."""
    return [
        Mark(document.id, item.start, item.end, item.label, comment=item.why)
        for item in evidence
        if item.label in HEDGES
    ]


def _loaded(document: Document, evidence: Sequence[Evidence], model: str) -> list[Mark]:
    """Loaded terms with the sign of their weight."""
    return [
        Mark(
            document.id,
            item.start,
            item.end,
            "negative" if item.weight < 0 else "positive" if item.weight > 0 else "neutral",
            actor=item.actor or "",
            neutral=item.extra["neutral"] or "",
            comment=item.why,
        )
        for item in evidence
    ]


def _attributions(document: Document, evidence: Sequence[Evidence], model: str) -> list[Mark]:
    """Cue, source and contents of each attribution, joined by its number."""
    marks = []
    for number, item in enumerate(evidence, 1):
        source, kind = item.extra["source"], item.extra["source_type"] or "source"
        parts = [(item.start, item.end, "cue", item.why)]
        parts += [(*source, kind, "")] if source else []
        parts += [(*content, "content", "") for content in item.extra["content"]]
        marks += [
            Mark(document.id, start, end, label, group=str(number), comment=why)
            for start, end, label, why in parts
        ]
    return marks


def _ratings(document: Document, evidence: Sequence[Evidence], model: str) -> list[Mark]:
    """A rating -2..2 per sentence and actor: 0 for a neutral row, 1 either way, 2 from `STRONG` on.

    Where a sentence has a row for each of several voices, the rating is their mean, halves away from 0.
    """
    rows: dict[tuple[int, int, str], list[Evidence]] = {}
    for item in evidence:
        rows.setdefault((item.start, item.end, item.actor or ""), []).append(item)
    marks = []
    for (start, end, actor), found in rows.items():
        mean = sum(_rating(item, model) for item in found) / len(found)
        rating = int(math.copysign(math.floor(abs(mean) + 0.5), mean))
        why = "; ".join(dict.fromkeys(item.why for item in found))
        marks.append(Mark(document.id, start, end, str(rating), actor=actor, comment=why))
    return marks


def _rating(item: Evidence, model: str) -> int:
    if item.label == "neutral":
        return 0
    strength = 2 if abs(item.weight) >= STRONG[model] else 1
    return strength if item.label == "positive" else -strength


_MARKS = {"hedging": _hedges, "loaded": _loaded, "attribution": _attributions, "stance": _ratings}
