"""The page about groups of articles whose texts are not at hand: what stored scores can show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from framing.analysis import Dimension, load_dimensions
from framing.comparison.rows import rows_of
from framing.output.charts import (
    Charts,
    at_a_glance,
    bars_by_label,
    draw_all,
    labelled_measure,
    small_multiples,
    stance_by_voice,
)
from framing.output.page import environment, inline, policy, read_template
from framing.output.report import numbers, sections
from framing.output.report.page import Section
from framing.output.style import NARROW, OKABE_ITO, SIGNIFICANT, WIDTH, actor_name, in_words, shown, spoken

MOST_FAILURES = 20  # that the page names
_PLACES = {"attribution": "sourcing"}  # of a dimension, where its section has another name
_KEY = ["dimension", "measure", "label", "actor", "voice"]


class GroupReport(NamedTuple):
    """What the page is made from: scores and differences of groups, as `framing.comparison.groups` has them.

    `by` is the metadata column, `sizes` how many articles each group has, `signature` that of the scores, `source` the name
    of the folder of results, `complete` whether it holds all articles it is to hold.
    """

    by: str
    sizes: Mapping[str, int]
    scores: pd.DataFrame
    differences: pd.DataFrame
    signature: Mapping[str, Any]
    failures: Sequence[str] = ()
    source: str = "results"
    complete: bool = True


class GroupColumn(NamedTuple):
    """A group as the tables of the page have it."""

    name: str
    color: str
    articles: int


def write_group_report(report: GroupReport, path: Path, *, title: str | None = None) -> None:
    """Write the page about groups to one HTML file in UTF-8."""
    path.write_bytes(render_group_report(report, title=title).encode("utf-8", "replace"))


def render_group_report(report: GroupReport, *, title: str | None = None) -> str:
    """The page about groups as HTML: it holds no text, no evidence and no script."""
    columns = [
        GroupColumn(name, f"c{number % len(OKABE_ITO)}", count)
        for number, (name, count) in enumerate(report.sizes.items())
    ]
    dimensions = _dimensions(report)
    articles = sum(report.sizes.values())
    differences = report.differences
    told = numbers.outstanding(_as_articles(report.scores), differences)
    for row in told:
        row["ends"] = [(None, row[side], shown(row[f"value_{side}"], row["written"])) for side in ("a", "b")]
    style = read_template("report.css")
    context: dict[str, Any] = {
        "title": title or f"How {articles:,} articles tell it, by {report.by}",
        "group_by": report.by,
        "groups": columns,
        "count": articles,
        "source": report.source,
        "complete": report.complete,
        "stored": True,
        "many": True,
        "failures": report.failures[:MOST_FAILURES],
        "failed": len(report.failures),
        "dimensions": {dimension.name: dimension for dimension in dimensions},
        "places": {dimension.name: _PLACES.get(dimension.name, dimension.name) for dimension in dimensions},
        "charts": {
            name: {"wide": inline(drawn[WIDTH]), "narrow": inline(drawn[NARROW])}
            for name, drawn in draw_all(charts_of_groups(report), (WIDTH, NARROW)).items()
        },
        "outstanding": told,
        "differences": numbers.differing(differences, {}),
        "tests": int(differences.p.notna().sum()),
        "different": int((differences.q <= SIGNIFICANT).sum()),
        "per_dimension": numbers.MOST_PER_DIMENSION,
        "tables": {
            dimension.name: _score_rows(report.scores, dimension.name, columns) for dimension in dimensions
        },
        "accuracy": sections.accuracy(
            str(report.signature.get("model", "")), {dimension.name for dimension in dimensions}
        ),
        "signature": dict(report.signature),
        "style": Markup(style),  # noqa: S704 - the package's own file
        "policy": policy(style),
    }
    context["sections"] = _sections(context)
    return environment().get_template("groups.html").render(context)


def charts_of_groups(report: GroupReport) -> Charts:
    """The charts of the page by name: all groups at a glance, and one for each dimension."""
    scores = _as_articles(report.scores)
    charts: Charts = {"groups": partial(at_a_glance, scores)} if len(scores) else {}
    for dimension in _dimensions(report):
        measure = labelled_measure(scores, dimension.name)
        if dimension.name == "stance":
            charts["stance"] = partial(stance_by_voice, scores)
        elif measure and dimension.name in {"attribution", "frames", "hedging", "loaded"}:
            charts[dimension.name] = partial(bars_by_label, scores, dimension.name, measure)
        else:
            charts[dimension.name] = partial(small_multiples, scores, dimension.name)
    return charts


def _as_articles(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores of groups under the names that charts have for those of articles."""
    return scores.drop(columns="articles").rename(columns={"group": "article"})


def _dimensions(report: GroupReport) -> list[Dimension]:
    known = load_dimensions()
    return [known[name] for name in dict.fromkeys(report.scores.dimension) if name in known]


def _sections(context: Mapping[str, Any]) -> list[Section]:
    several = len(context["groups"]) > 1
    offered = [
        ("outstanding", "What stands out", bool(context["outstanding"])),
        ("groups", "The groups", True),
        ("glance", "At a glance", "groups" in context["charts"]),
        ("how", "How to read this", True),
        ("differences", "What differs", several),
        *(
            (context["places"][name], dimension.title, True)
            for name, dimension in context["dimensions"].items()
        ),
        ("method", "Method and limits", True),
    ]
    return [Section(id, title) for id, title, shown_here in offered if shown_here]


def _score_rows(scores: pd.DataFrame, dimension: str, columns: Sequence[GroupColumn]) -> list[numbers.Row]:
    """All scores of a dimension, a row each with a cell for each group; one that rests on nothing is left out."""
    own = scores[scores.dimension == dimension].fillna({"label": "", "actor": ""})
    places = {column.name: place for place, column in enumerate(columns)}
    found: dict[tuple[str, ...], dict[tuple[str, ...], list[numbers.Cell | None]]] = {}
    units: dict[tuple[str, ...], str] = {}
    for row in rows_of(own):
        key = tuple(getattr(row, name) for name in _KEY)
        cells = found.setdefault(key[:4], {}).setdefault(key, [None] * len(columns))
        units[key] = row.unit
        cells[places[row.group]] = numbers.Cell(
            id="",
            value=shown(row.value, row.unit),
            low=shown(row.low, row.unit),
            high=shown(row.high, row.unit),
            n=row.n,
            evidence=(),
            enough=not math.isnan(row.low),
        )
    return [
        numbers.Row(
            spoken(key[1]),
            spoken(key[2]) if key[2] else "",
            actor_name(key[3]) if key[3] else "",
            key[4],
            in_words(units[key]),
            "|".join(key),
            tuple(cells),
        )
        for by_voice in found.values()  # the voices of one score stand together
        for key, cells in by_voice.items()
        if any(cell is not None and cell.n for cell in cells)
    ]
