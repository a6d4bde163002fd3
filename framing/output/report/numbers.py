"""The numbers of a report: scores in tables, each with the evidence it counts, and the differences that stand out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from framing.analysis import Analysis, Score
from framing.comparison.rows import supporting
from framing.output.charts import main_scores
from framing.output.highlight import evidence_id
from framing.output.style import SIGNIFICANT, actor_name, in_words, shown, spoken

MOST_PER_DIMENSION = 5
_KEY = ["dimension", "measure", "label", "actor", "voice"]


class Cell(NamedTuple):
    """A score of one article as the page prints it, with its id and the ids of the evidence it counts."""

    id: str
    value: str
    low: str
    high: str
    n: int
    evidence: tuple[str, ...]
    enough: bool


class Row(NamedTuple):
    """A score of some articles: what it measures, and a cell per article."""

    measure: str
    label: str
    actor: str
    voice: str
    unit: str
    key: str
    cells: tuple[Cell | None, ...]


def score_rows(analyses: Mapping[str, Analysis], dimension: str) -> list[Row]:
    """All scores of a dimension, a row each; a score that rests on nothing in any article is left out.

    `analyses` are by the key of their article in the page.
    """
    scores = [
        {
            score.key: (place, score)
            for place, score in enumerate(analysis.scores)
            if score.dimension == dimension
        }
        for analysis in analyses.values()
    ]
    keys = list(dict.fromkeys(key for own in scores for key in own))
    # The voices of one score stand together, whatever the order in which a dimension lists its scores.
    first: dict[tuple[str, ...], int] = {}
    for number, key in enumerate(keys):
        first.setdefault(key[:4], number)
    rows = []
    for key in sorted(keys, key=lambda key: first[key[:4]]):
        if not any(key in own and own[key][1].n for own in scores):
            continue
        _, measure, label, actor, voice = key
        found = next(own[key][1] for own in scores if key in own)
        cells = tuple(
            score_cell(analysis, name, *own[key]) if key in own else None
            for (name, analysis), own in zip(analyses.items(), scores, strict=True)
        )
        rows.append(
            Row(
                spoken(measure),
                spoken(label) if label else "",
                actor_name(actor) if actor else "",
                voice,
                in_words(found.unit),
                "|".join(key),
                cells,
            )
        )
    return rows


def score_cell(analysis: Analysis, key: str, place: int, score: Score) -> Cell:
    """A score as a cell; `key` is that of its article in the page, `place` its place in `analysis.scores`."""
    return Cell(
        id=f"{key}-s{place}",
        value=shown(score.value, score.unit),
        low=shown(score.low, score.unit),
        high=shown(score.high, score.unit),
        n=score.n,
        evidence=tuple(evidence_id(key, i) for i in supporting(analysis, score)),
        enough=not math.isnan(score.low),
    )


def main_cells(
    scores: pd.DataFrame, analyses: Mapping[str, Analysis]
) -> tuple[list[dict[str, str]], dict[str, list[Cell | None]]]:
    """The values of the first chart as a table for many articles: the columns, and the cells of each article by its key."""
    columns, found = [], []
    for _, panel in main_scores(scores).groupby("panel", sort=False):
        row = panel.iloc[0]
        actor = row.actor if isinstance(row.actor, str) else ""
        columns.append({"what": _what(str(row.measure), "", actor), "unit": in_words(str(row.unit))})
        found.append((str(row.dimension), str(row.measure), "", actor, "all"))
    cells = {}
    for name, analysis in analyses.items():
        own = {score.key: (place, score) for place, score in enumerate(analysis.scores)}
        cells[name] = [score_cell(analysis, name, *own[key]) if key in own else None for key in found]
    return columns, cells


def differing(frame: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per score with a difference that survives false-discovery control: the pair furthest apart, and how many pairs differ."""
    frame = frame[frame.p.notna() & (frame.voice != "headline")]
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, group in frame.groupby(_KEY, sort=False):
        dimension, measure, label, actor, voice = map(str, key)
        apart = group[group.q <= SIGNIFICANT]
        if apart.empty:
            continue
        row, unit = furthest(apart), str(apart.unit.iloc[0])
        rows.setdefault(dimension, []).append({
            "dimension": dimension, "what": _what(measure, label, actor), "voice": voice,
            "a": names.get(row["a"], row["a"]), "b": names.get(row["b"], row["b"]), "pairs": len(apart), "tested": len(group),
            "value_a": shown(row["value_a"], unit), "value_b": shown(row["value_b"], unit), "unit": in_words(unit),
            "difference": _apart(row["difference"], unit), "low": _apart(row["low"], unit), "high": _apart(row["high"], unit),
            "q": chance(row["q"]), "effect": shown(row["effect"], "−1..1"),
        })  # fmt: skip
    return [
        row
        for own in rows.values()
        for row in sorted(own, key=lambda row: -row["pairs"])[:MOST_PER_DIMENSION]
    ]


def furthest(pairs: pd.DataFrame) -> dict[str, Any]:
    """The pair furthest apart in a score, the higher one as `a`."""
    row = {str(name): value for name, value in pairs.iloc[int(pairs.difference.abs().argmax())].items()}
    if row["difference"] >= 0:
        return row
    return row | {
        "a": row["b"], "b": row["a"], "value_a": row["value_b"], "value_b": row["value_a"],
        "difference": -row["difference"], "low": -row["high"], "high": -row["low"], "effect": -row["effect"],
    }  # fmt: skip


def outstanding(scores: pd.DataFrame, differences: pd.DataFrame) -> list[dict[str, Any]]:
    """For each value of the first chart that differs beyond chance, in its order: the score and the pair furthest apart."""
    told = []
    for _, panel in main_scores(scores).groupby("panel", sort=False):
        score = panel.iloc[0]
        actor = score.actor if isinstance(score.actor, str) else ""
        key = (str(score.dimension), str(score.measure), "", actor, "all")
        frame = differences
        for column, value in zip(_KEY, key, strict=True):
            frame = frame[frame[column] == value]
        apart = frame[frame.q <= SIGNIFICANT]
        if apart.empty:
            continue
        pair = furthest(apart)
        told.append({
            "key": key, "a": pair["a"], "b": pair["b"], "value_a": pair["value_a"], "value_b": pair["value_b"],
            "dimension": key[0], "unit": in_words(str(score.unit)), "written": str(score.unit),
            "what": f"stance towards {actor_name(actor)}" if actor else spoken(str(score.measure)),
            "pairs": len(apart), "tested": int(frame.p.notna().sum()), "q": chance(pair["q"]),
        })  # fmt: skip
    return told


def chance(value: float) -> str:
    """A p or q as people read it: two significant places, none below .005."""
    return "–" if math.isnan(value) else "< .005" if value < 0.005 else f"{value:.3f}".lstrip("0")


def cells_of(
    row: Mapping[str, Any], analyses: Mapping[str, Analysis], keys: Mapping[str, str]
) -> list[tuple[str, Cell]]:
    """Both ends of an outstanding difference: the key of the article in the page and the cell of its score."""
    ends = []
    for side in ("a", "b"):
        name = keys[row[side]]
        analysis = analyses[name]
        place, score = next(
            (place, own) for place, own in enumerate(analysis.scores) if own.key == row["key"]
        )
        ends.append((name, score_cell(analysis, name, place, score)))
    return ends


def _what(measure: str, label: str, actor: str) -> str:
    return " · ".join(
        filter(None, [spoken(measure), spoken(label) if label else "", actor_name(actor) if actor else ""])
    )


def _apart(difference: float, unit: str) -> str:
    """A difference of two values: that of two shares is in percentage points."""
    return shown(difference, unit).replace(" %", " points")
