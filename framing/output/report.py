"""The comparative report: one self-contained HTML page that opens without a network and runs nothing from the texts."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from framing.analysis import MODELS, Analysis, Dimension, Evidence, Score
from framing.comparison.compare import Comparison
from framing.comparison.rows import supporting
from framing.models.figures import measured
from framing.output.charts import VOICES_APART, charts_of, main_scores, most_mentioned, svg, with_enough
from framing.output.highlight import Block, highlight, slug
from framing.output.style import NARROW, OKABE_ITO, WIDTH, actor_name, in_words, shown, spoken

_TEMPLATES = files("framing.output") / "templates"
SIGNIFICANT = 0.05
MOST_PER_DIMENSION = 5
_KEY = ["dimension", "measure", "label", "actor", "voice"]
_QUOTED_POINT = re.compile("[.,;:](?=[\"”’']$)")
_TAG = re.compile("<[^>]*>")
_SPOKEN_PARTS = re.compile(' (?:role|aria-[a-z]+|target)="[^"]*"')
# Vega puts the address of its own site before a place in the page.
_LINK = re.compile('<a xlink:href="[^"#]*#')
_SECTIONS = {"attribution": "sourcing"}


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
    byline: tuple[str, ...]
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
        outstanding=_outstanding(comparison, articles),
        silent=_silent(comparison),
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
        accuracy=_accuracy(
            comparison.analyses[0].signature["model"] if comparison.analyses else "",
            {dimension.name for dimension in dimensions},
        ),
        signature=dict(comparison.analyses[0].signature) if comparison.analyses else {},
        style=Markup(style),  # noqa: S704 - the package's own file
        script=Markup(script),  # noqa: S704 - see above
        policy=_policy(style, script),
    )


def article_names(analyses: Sequence[Analysis]) -> dict[str, str]:
    """A short name for each article id: the outlet where all are known and differ, otherwise the id.

    A checksum at the end of an id is left out, as long as the names still differ.
    """
    outlets = [str(analysis.document.meta.get("outlet") or "").strip() for analysis in analyses]
    distinct = all(outlets) and len(set(outlets)) == len(outlets)
    ids = [analysis.document.id for analysis in analyses]
    short = [_shortened(name) for name in (outlets if distinct else map(_without_checksum, ids))]
    # Two long names may look alike once shortened.
    return dict(zip(ids, short if len(set(short)) == len(short) else ids, strict=True))


_CHECKSUM = re.compile(r"[-_.][0-9a-f]{12,}$")
_OPENING = 90  # characters of the first sentence that stand for a missing title


def _without_checksum(id: str) -> str:
    return _CHECKSUM.sub("", id)


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
        opening = " ".join(document[document.sentences[0]].split()) if document.sentences else document.id
        title = title or _shortened(opening, _OPENING)
        headline = escape(title)
    outlet = meta["outlet"] if meta["outlet"] != names[document.id] else ""
    parts = [outlet, meta["author"], meta["date"], document.meta.get("genre")]
    return Article(
        number=number,
        key=key,
        name=names[document.id],
        title=title,
        byline=tuple(str(part) for part in parts if part and str(part).casefold() != "unknown"),
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
    """Every chart as SVG in two widths, each value a link to the same value in the tables."""
    links = [
        f"#a{number}-s{place}"
        for number, analysis in enumerate(comparison.analyses, 1)
        for place in range(len(analysis.scores))
    ]
    return {
        name: {"wide": _inline(svg(draw(width=WIDTH))), "narrow": _inline(svg(draw(width=NARROW)))}
        for name, draw in charts_of(comparison, names, links).items()
    }


def _inline(picture: str) -> Markup:
    """A chart for the page: hidden from screen readers and the tab key, for which the tables have the same links."""
    picture = _TAG.sub(lambda tag: _SPOKEN_PARTS.sub("", tag[0]), picture)
    picture = _LINK.sub('<a tabindex="-1" href="#', picture)
    return Markup(picture)  # noqa: S704 - vl-convert escapes the text it draws


def _table(analyses: Sequence[Analysis], dimension: str) -> list[Row]:
    """All scores of a dimension, a row each; a score that rests on nothing in any article is left out."""
    scores = [
        {
            score.key: (place, score)
            for place, score in enumerate(analysis.scores)
            if score.dimension == dimension
        }
        for analysis in analyses
    ]
    rows = []
    keys = list(dict.fromkeys(key for own in scores for key in own))
    # The voices of one score stand together, whatever the order in which a dimension lists its scores.
    first: dict[tuple[str, ...], int] = {}
    for number, key in enumerate(keys):
        first.setdefault(key[:4], number)
    for key in sorted(keys, key=lambda key: first[key[:4]]):
        if not any(key in own and own[key][1].n for own in scores):
            continue
        _, measure, label, actor, voice = key
        _, found = next(own[key] for own in scores if key in own)
        cells = tuple(
            _cell(analysis, f"a{number}", *own[key]) if key in own else None
            for number, (analysis, own) in enumerate(zip(analyses, scores, strict=True), 1)
        )
        rows.append(
            Row(
                spoken(measure),
                spoken(label) if label else "",
                actor_name(actor) if actor else "",
                voice,
                in_words(found.unit),
                cells,
            )
        )
    return rows


def _cell(analysis: Analysis, key: str, place: int, score: Score) -> Cell:
    return Cell(
        id=f"{key}-s{place}",
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
        row, unit = _furthest(apart), str(apart.unit.iloc[0])
        what = [spoken(measure), spoken(label) if label else "", actor_name(actor) if actor else ""]
        rows.setdefault(dimension, []).append({
            "dimension": dimension, "what": " · ".join(filter(None, what)), "voice": voice,
            "a": names[row["a"]], "b": names[row["b"]], "pairs": len(apart), "tested": len(group),
            "value_a": shown(row["value_a"], unit), "value_b": shown(row["value_b"], unit), "unit": in_words(unit),
            "difference": _apart(row["difference"], unit), "low": _apart(row["low"], unit), "high": _apart(row["high"], unit),
            "q": _q(row["q"]), "effect": shown(row["effect"], "−1..1"),
        })  # fmt: skip
    return [
        row
        for own in rows.values()
        for row in sorted(own, key=lambda row: -row["pairs"])[:MOST_PER_DIMENSION]
    ]


def _furthest(pairs: pd.DataFrame) -> dict[str, Any]:
    """The pair of articles furthest apart in a score, the higher one as `a`."""
    row = {str(name): value for name, value in pairs.iloc[int(pairs.difference.abs().argmax())].items()}
    if row["difference"] >= 0:
        return row
    return row | {
        "a": row["b"], "b": row["a"], "value_a": row["value_b"], "value_b": row["value_a"],
        "difference": -row["difference"], "low": -row["high"], "high": -row["low"], "effect": -row["effect"],
    }  # fmt: skip


def _outstanding(comparison: Comparison, articles: Sequence[Article]) -> list[dict[str, Any]]:
    """For each value of the first chart in which articles differ beyond chance: the highest and the lowest of a pair.

    Only differences with q ≤ .05 are told, in the order of the chart.
    """
    numbers = {analysis.document.id: number for number, analysis in enumerate(comparison.analyses)}
    told = []
    for _, panel in main_scores(comparison.scores).groupby("panel", sort=False):
        score = panel.iloc[0]
        actor = score.actor if isinstance(score.actor, str) else ""
        frame = comparison.differences
        frame = frame[
            (frame.dimension == score.dimension) & (frame.measure == score.measure) & (frame.voice == "all")
        ]
        frame = frame[(frame.actor == actor) & (frame.label == "")]
        apart = frame[frame.q <= SIGNIFICANT]
        if apart.empty:
            continue
        pair = _furthest(apart)
        ends = []
        for side in ("a", "b"):
            number = numbers[pair[side]]
            analysis = comparison.analyses[number]
            key = (str(score.dimension), str(score.measure), "", actor, "all")
            place, found = next((place, own) for place, own in enumerate(analysis.scores) if own.key == key)
            ends.append((articles[number], _cell(analysis, f"a{number + 1}", place, found)))
        told.append({
            "dimension": str(score.dimension), "ends": ends, "unit": in_words(str(score.unit)),
            "what": f"stance towards {actor_name(actor)}" if actor else spoken(str(score.measure)),
            "pairs": len(apart), "tested": int(frame.p.notna().sum()), "q": _q(pair["q"]),
        })  # fmt: skip
    return told


def _apart(difference: float, unit: str) -> str:
    """A difference of two values: that of two shares is in percentage points."""
    return shown(difference, unit).replace(" %", " points")


def _q(value: float) -> str:
    return "< .005" if value < 0.005 else f"{value:.3f}".lstrip("0")


def _silent(comparison: Comparison, actors: int = 6) -> dict[str, list[str]]:
    """Of the actors most mentioned, by chart, those of whom no article says enough for a panel."""
    scores = comparison.scores
    voices = {"at-a-glance": (3, ("all",)), "stance": (actors, VOICES_APART)}
    return {
        name: [actor_name(actor) for actor in chosen if actor not in with_enough(scores, chosen, spoken_in)]
        for name, (count, spoken_in) in voices.items()
        for chosen in [most_mentioned(scores, count)]
    }


def _loaded(articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Loaded terms over all articles, most frequent first, each with the places where it stands."""
    terms: dict[str, dict[str, Any]] = {}
    for article in articles:
        for item in article.evidence:
            if item.dimension == "loaded":
                text = _QUOTED_POINT.sub("", item.text)
                term = terms.setdefault(
                    text.casefold(),
                    {
                        "text": text,
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


_DECIDES = {
    "lexicon": "word lists and rules alone",
    "linear": "trained classifiers over words and their context, and rules where nothing is trained",
    "encoder": "a small transformer that reads whole sentences and no names, and rules where nothing is trained",
}


def _accuracy(model: str, dimensions: Collection[str]) -> dict[str, Any]:
    """The main figure of each corpus for the dimensions of the page: that of its model, then those of the others.

    A model without figures, or one that lacks this figure, has an empty cell or no column.
    """
    figures = {name: measured(name)["figures"] for name in (model, *(own for own in MODELS if own != model))}
    by_model = {
        name: {(row["data"], row["metric"]): row for row in rows} for name, rows in figures.items() if rows
    }
    first: dict[str, dict[str, Any]] = {}
    for rows in figures.values():
        for row in rows:
            if row["dimension"] in dimensions:
                first.setdefault(row["data"], row)
    rows = [
        {**row, "own": {name: own.get((row["data"], row["metric"])) for name, own in by_model.items()}}
        for row in first.values()
    ]
    crossed = any(found and found["cross_validated"] for row in rows for found in row["own"].values())
    return {"decides": _DECIDES.get(model, ""), "models": list(by_model), "rows": rows, "crossed": crossed}
