"""Analyses as tidy frames: one row per score or piece of evidence, in the columns of the contract after `article`."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from framing.analysis import Analysis

SCORE_COLUMNS = ("dimension", "measure", "label", "actor", "voice", "value", "low", "high", "n", "unit")
EVIDENCE_COLUMNS = (
    "dimension", "label", "start", "end", "text", "weight", "actor", "voice", "source_actor", "why",
)  # fmt: skip


def scores_frame(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """One row per article and score; `n` counts what the value rests on, undefined values are NaN."""
    rows = [
        {
            "article": analysis.document.id,
            "dimension": score.dimension,
            "measure": score.measure,
            "label": score.label,
            "actor": score.actor,
            "voice": score.voice,
            "value": score.value,
            "low": score.low,
            "high": score.high,
            "n": score.n,
            "unit": score.unit,
        }
        for analysis in analyses
        for score in analysis.scores
    ]
    return pd.DataFrame(rows, columns=["article", *SCORE_COLUMNS])


def evidence_frame(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """One row per article and piece of evidence: the contract's columns, then the fields of single dimensions."""
    rows = [
        {"article": analysis.document.id, **item.to_dict(analysis.document.text)}
        for analysis in analyses
        for item in analysis.evidence
    ]
    own = sorted({key for row in rows for key in row} - {"article", *EVIDENCE_COLUMNS})
    return pd.DataFrame(rows, columns=["article", *EVIDENCE_COLUMNS, *own])
