"""Analyses as tidy frames: one row per score or piece of evidence, in the columns of the contract after `article`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from framing.actors import with_wholes
from framing.analysis import Analysis, Evidence, Score

if TYPE_CHECKING:
    import pandas as pd

SCORE_COLUMNS = ("dimension", "measure", "label", "actor", "voice", "value", "low", "high", "n", "unit")
EVIDENCE_COLUMNS = (
    "dimension", "label", "start", "end", "text", "weight", "actor", "voice", "source_actor", "why",
)  # fmt: skip

_SURROGATE = re.compile("[\ud800-\udfff]")


def scores_frame(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """One row per article and score; `n` counts what the value rests on, undefined values are NaN."""
    import pandas as pd

    rows = [
        {"article": analysis.document.id, **score.to_dict()}
        for analysis in analyses
        for score in analysis.scores
    ]
    return pd.DataFrame(rows, columns=["article", *SCORE_COLUMNS])


def evidence_frame(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """One row per article and piece of evidence: the contract's columns, then the fields of single dimensions.

    Frames hold valid Unicode only: a lone surrogate in a text becomes U+FFFD here.
    """
    import pandas as pd

    rows = [
        {"article": analysis.document.id, **_valid(item.to_dict(analysis.document.text))}
        for analysis in analyses
        for item in analysis.evidence
    ]
    own = sorted({key for row in rows for key in row} - {"article", *EVIDENCE_COLUMNS})
    return pd.DataFrame(rows, columns=["article", *EVIDENCE_COLUMNS, *own])


def _valid(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _SURROGATE.sub("\ufffd", cell) if isinstance(cell, str) else cell for key, cell in row.items()
    }


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows of a frame as named tuples, whose fields are what made the frame says they are."""
    return frame.itertuples(index=False)


# A booster is evidence of hedging that only its own measure counts.
OWN_MEASURE = {"booster": "boosters"}


def supporting(analysis: Analysis, score: Score) -> list[int]:
    """Which evidence a score counts: positions in `analysis.evidence`.

    Evidence counts when its voice, its actor and its label, or another of its fields, are those of the score.
    """
    first = 0
    for name, reading in analysis.readings.items():
        if name == score.dimension:
            return [first + number for number, item in enumerate(reading.evidence) if _supports(item, score)]
        first += len(reading.evidence)
    return []


def _supports(item: Evidence, score: Score) -> bool:
    actors = {None, item.actor}
    if item.dimension == "attribution" and item.source_actor:
        actors.update(with_wholes(item.source_actor))
    own = OWN_MEASURE.get(item.label)
    return (
        score.voice in {"all", item.voice}
        and score.actor in actors
        and (score.label is None or score.label in _labels(item))
        and (score.measure == own if own else score.measure not in OWN_MEASURE.values())
    )


def _labels(item: Evidence) -> set[str]:
    return {item.label, *(value for value in item.extra.values() if isinstance(value, str))}
