"""The comparative report: one self-contained HTML page that opens without a network and runs nothing from the texts."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup, escape

from framing.analysis import Analysis, Dimension, Evidence, Score
from framing.comparison.compare import Comparison
from framing.comparison.rows import supporting
from framing.data import PACKAGE
from framing.output.charts import charts_of, svg
from framing.output.highlight import Block, highlight, slug
from framing.output.style import NARROW, OKABE_ITO, WIDTH, actor_name, shown, spoken

_TEMPLATES = files("framing.output") / "templates"
SIGNIFICANT = 0.05
MOST_PER_DIMENSION = 5
_KEY = ["dimension", "measure", "label", "actor", "voice"]
_QUOTED_POINT = re.compile("[.,;:](?=[\"”’']$)")
_SECTIONS = {"attribution": "sourcing", "tone": "frames", "readability": "frames"}


class Cell(NamedTuple):
    """A score of one article as the page prints it, with the ids of the evidence it counts."""

    value: str
    low: str
    high: str
    n: int
    evidence: tuple[str, ...]
    enough: bool


class Row(NamedTuple):
    """A score of all articles: what it measures, and a cell per article."""

    measure: str
    label: str
    actor: str
    voice: str
    unit: str
    cells: tuple[Cell | None, ...]


class Item(NamedTuple):
    """A piece of evidence as the list beneath an article prints it."""

    id: str
    dimension: str
    label: str
    text: str
    actor: str
    voice: str
    source: str
    weight: str
    neutral: str
    why: str


class Article(NamedTuple):
    """One article of the page."""

    number: int
    key: str
    name: str
    title: str
    byline: str
    url: str
    words: int
    sentences: int
    color: str
    headline: Markup
    blocks: list[Block]
    evidence: list[Item]


def write_report(
    comparison: Comparison, path: Path, *, title: str | None = None, failures: Sequence[str] = ()
) -> None:
    """Write the report of a comparison to one HTML file in UTF-8; `failures` says what could not be read."""
    page = render_report(comparison, title=title, failures=failures)
    path.write_bytes(page.encode("utf-8", "replace"))


def render_report(comparison: Comparison, *, title: str | None = None, failures: Sequence[str] = ()) -> str:
    """The report of a comparison as an HTML page; the same comparison gives the same page."""
    names = article_names(comparison.analyses)
    articles = [_article(number, analysis, names) for number, analysis in enumerate(comparison.analyses, 1)]
    style, script = (
        _TEMPLATES.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js")
    )
    dimensions = _dimensions(comparison.analyses)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _TEMPLATES.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(spoken=spoken, slug=slug, actor_name=actor_name)
    return environment.get_template("report.html").render(
        title=title or _title(articles),
        articles=articles,
        failures=failures,
        charts=_charts(comparison, names),
        tables={dimension.name: _table(comparison.analyses, dimension.name) for dimension in dimensions},
        dimensions={dimension.name: dimension for dimension in dimensions},
        differences=_differences(comparison, names),
        tests=int(comparison.differences.p.notna().sum()),
        different=int((comparison.differences.q <= SIGNIFICANT).sum()),
        per_dimension=MOST_PER_DIMENSION,
        sections=_SECTIONS,
        loaded=_loaded(articles),
        naming=_naming(comparison, articles),
        accuracy=_accuracy(comparison.analyses[0].signature["model"]),
        signature=dict(comparison.analyses[0].signature) if comparison.analyses else {},
        style=Markup(style),  # noqa: S704 - the package's own file
        script=Markup(script),  # noqa: S704 - see above
        policy=_policy(style, script),
    )


def article_names(analyses: Sequence[Analysis]) -> dict[str, str]:
    """A short name for each article id: the outlet where all are known and differ, otherwise the id."""
    outlets = [str(analysis.document.meta.get("outlet") or "").strip() for analysis in analyses]
    distinct = all(outlets) and len(set(outlets)) == len(outlets)
    ids = [analysis.document.id for analysis in analyses]
    short = [_shortened(name) for name in (outlets if distinct else ids)]
    # Two long names may look alike once shortened.
    return dict(zip(ids, short if len(set(short)) == len(short) else ids, strict=True))


def _shortened(name: str, limit: int = 26) -> str:
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"


def _title(articles: Sequence[Article]) -> str:
    return articles[0].title if len(articles) == 1 else f"How {len(articles)} articles tell it"


def _policy(style: str, script: str) -> str:
    """A content security policy under which only this page's own style and script run, and nothing is fetched."""

    def source(text: str) -> str:
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        return f"'sha256-{digest}'"

    return (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


# Articles -------------------------------------------------------------------------------------------------------


def _article(number: int, analysis: Analysis, names: Mapping[str, str]) -> Article:
    document, key = analysis.document, f"a{number}"
    meta = analysis.article
    blocks = [block for block in highlight(analysis, key) if block.kind != "metadata"]
    title = " ".join(str(meta["title"] or "").split())
    # The headline of the text, with its marks, stands for a title that is the same or missing.
    if blocks and blocks[0].kind == "headline" and title in {"", blocks[0].html.striptags()}:
        headline = blocks.pop(0).html
        title = headline.striptags()
    else:
        title = title or document.id
        headline = escape(title)
    parts = [meta["outlet"], meta["author"], meta["date"], document.meta.get("genre")]
    return Article(
        number=number,
        key=key,
        name=names[document.id],
        title=title,
        byline=" · ".join(str(part) for part in parts if part and str(part).casefold() != "unknown"),
        url=_web_address(meta["url"]),
        words=document.words,
        sentences=len(document.sentences),
        color=f"c{(number - 1) % len(OKABE_ITO)}",
        headline=headline,
        blocks=blocks,
        evidence=[_item(f"{key}-e{i}", document[item], item) for i, item in enumerate(analysis.evidence)],
    )


def _item(id: str, text: str, item: Evidence) -> Item:
    graded = item.dimension in {"stance", "tone"}
    return Item(
        id=id,
        dimension=item.dimension,
        label=spoken(item.label),
        text=text if len(text) <= 90 else text[:88].rstrip() + "…",
        actor=actor_name(item.actor) if item.actor else "",
        voice=item.voice,
        source=actor_name(item.source_actor) if item.source_actor else "",
        weight=shown(item.weight, "−1..1") if graded else "",
        neutral=str(item.extra.get("neutral") or ""),
        why=item.why,
    )


def _web_address(url: str | None) -> str:
    """The address when it is one a browser may open from a page of evidence, otherwise nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return (url or "") if parts.scheme in {"http", "https"} and parts.netloc else ""


# Numbers --------------------------------------------------------------------------------------------------------


def _dimensions(analyses: Iterable[Analysis]) -> list[Dimension]:
    found = {
        reading.dimension.name: reading.dimension
        for analysis in analyses
        for reading in analysis.readings.values()
    }
    return list(found.values())


def _charts(comparison: Comparison, names: Mapping[str, str]) -> dict[str, dict[str, Markup]]:
    """Every chart as SVG in two widths."""
    return {
        name: {
            "wide": Markup(svg(draw(width=WIDTH))),  # noqa: S704 - vl-convert escapes the text it draws
            "narrow": Markup(svg(draw(width=NARROW))),  # noqa: S704 - see above
        }
        for name, draw in charts_of(comparison, names).items()
    }


def _table(analyses: Sequence[Analysis], dimension: str) -> list[Row]:
    """All scores of a dimension, a row each; a score that rests on nothing in any article is left out."""
    scores = [
        {score.key: score for score in analysis.readings[dimension].scores}
        if dimension in analysis.readings
        else {}
        for analysis in analyses
    ]
    rows = []
    keys = list(dict.fromkeys(key for own in scores for key in own))
    # The voices of one score stand together, whatever the order in which a dimension lists its scores.
    first: dict[tuple[str, ...], int] = {}
    for number, key in enumerate(keys):
        first.setdefault(key[:4], number)
    for key in sorted(keys, key=lambda key: first[key[:4]]):
        if not any(key in own and own[key].n for own in scores):
            continue
        _, measure, label, actor, voice = key
        found = next(own[key] for own in scores if key in own)
        cells = tuple(
            _cell(analysis, f"a{number}", own[key]) if key in own else None
            for number, (analysis, own) in enumerate(zip(analyses, scores, strict=True), 1)
        )
        rows.append(
            Row(
                spoken(measure),
                spoken(label) if label else "",
                actor_name(actor) if actor else "",
                voice,
                found.unit,
                cells,
            )
        )
    return rows


def _cell(analysis: Analysis, key: str, score: Score) -> Cell:
    return Cell(
        value=shown(score.value, score.unit),
        low=shown(score.low, score.unit),
        high=shown(score.high, score.unit),
        n=score.n,
        evidence=tuple(f"{key}-e{i}" for i in supporting(analysis, score)),
        enough=not math.isnan(score.low),
    )


def _differences(comparison: Comparison, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per score with a difference that survives false-discovery control: the pair furthest apart, and how many pairs differ."""
    frame = comparison.differences
    frame = frame[frame.p.notna() & (frame.voice != "headline")]
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, group in frame.groupby(_KEY, sort=False):
        dimension, measure, label, actor, voice = map(str, key)
        apart = group[group.q <= SIGNIFICANT]
        if apart.empty:
            continue
        row = apart.iloc[int(apart.difference.abs().argmax())]
        what = [spoken(measure), spoken(label) if label else "", actor_name(actor) if actor else ""]
        rows.setdefault(dimension, []).append({
            "dimension": dimension, "what": " · ".join(filter(None, what)), "voice": voice, "unit": row.unit,
            "a": names[row.a], "b": names[row.b], "pairs": len(apart), "tested": len(group),
            "value_a": shown(row.value_a, row.unit), "value_b": shown(row.value_b, row.unit),
            "difference": shown(row.difference, row.unit), "low": shown(row.low, row.unit), "high": shown(row.high, row.unit),
            "q": "< .005" if row.q < 0.005 else f"{row.q:.3f}".lstrip("0"),
            "effect": "–" if math.isnan(row.effect) else f"{row.effect:+.2f}".replace("-", "−"),
        })  # fmt: skip
    return [
        row
        for own in rows.values()
        for row in sorted(own, key=lambda row: -row["pairs"])[:MOST_PER_DIMENSION]
    ]


def _loaded(articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Loaded terms over all articles, most frequent first, each with the places where it stands."""
    terms: dict[str, dict[str, Any]] = {}
    for article in articles:
        for item in article.evidence:
            if item.dimension == "loaded":
                term = terms.setdefault(
                    item.text.casefold(),
                    {
                        "text": item.text,
                        "label": item.label,
                        "neutral": item.neutral,
                        "why": item.why,
                        "places": {},
                    },
                )
                term["places"].setdefault(article.number, []).append(item)
    ordered = sorted(
        terms.values(),
        key=lambda term: (-sum(map(len, term["places"].values())), str(term["text"]).casefold()),
    )
    for term in ordered:
        term["places"] = [(articles[number - 1], items) for number, items in term["places"].items()]
    return ordered


def _naming(comparison: Comparison, articles: Sequence[Article], actors: int = 6) -> list[dict[str, Any]]:
    """The names of the actors most mentioned: per name its connotation, and per article count, share and first use."""
    keys = {analysis.document.id: number for number, analysis in enumerate(comparison.analyses)}
    totals = comparison.naming.groupby("actor")["count"].sum().sort_values(ascending=False, kind="stable")
    result = []
    for actor in totals.index[:actors]:
        own = comparison.naming[comparison.naming.actor == actor]
        names: dict[str, dict[str, Any]] = {}
        for row in own.itertuples():
            name = names.setdefault(
                row.name,
                {
                    "name": row.name,
                    "connotation": row.connotation,
                    "count": 0,
                    "cells": [None] * len(articles),
                },
            )
            name["count"] += row.count
            name["cells"][keys[row.article]] = {
                "count": row.count,
                "share": f"{row.share * 100:.0f} %",
                "sentence": row.sentence + 1,
            }
        ordered = sorted(names.values(), key=lambda name: (-name["count"], name["name"]))
        result.append({"actor": actor_name(str(actor)), "count": int(totals[actor]), "names": ordered})
    return result


def _accuracy(model: str) -> list[dict[str, Any]]:
    """The figures measured on coded news, from the file beside the model; none when it is missing."""
    path = PACKAGE / "models" / model / "validity.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["figures"]) if path.is_file() else []
