"""The page of a report, put together from its sections."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from framing.analysis import Analysis, Dimension, Ratio
from framing.comparison.compare import Comparison
from framing.comparison.facts import not_mentioned, only_in
from framing.comparison.shift import shift
from framing.output.charts import Charts, at_a_glance, charts_of, draw_all, word_shift
from framing.output.page import environment, inline, json_data, policy, read_template
from framing.output.report import numbers, sections
from framing.output.report.articles import Article, articles_of
from framing.output.style import NARROW, SIGNIFICANT, WIDTH, article_colors, shown

MANY = 12  # articles; with more, a page shows an article when it is asked for, and compares groups rather than pairs
MOST_SHIFTS = 4
MOST_ROWS = 60  # of lists that would be endless for many articles


class Section(NamedTuple):
    """A section of the page: its id, which is that of its template too, and its heading."""

    id: str
    title: str


class Chunk(NamedTuple):
    """An article that the page keeps packed until somebody wants to read it: gzip in base64."""

    key: str
    packed: str


def write_report(
    comparison: Comparison, path: Path, *, title: str | None = None, failures: Sequence[str] = ()
) -> None:
    """Write the report of a comparison to one HTML file in UTF-8; `failures` says what could not be read."""
    page = render_report(comparison, title=title, failures=failures)
    path.write_bytes(page.encode("utf-8", "replace"))


def render_report(comparison: Comparison, *, title: str | None = None, failures: Sequence[str] = ()) -> str:
    """The report of a comparison as an HTML page; the same comparison gives the same page.

    With more than `MANY` articles each lies packed in the page until it is chosen, and pairs of articles are not tested.
    """
    analyses = comparison.analyses
    many = len(analyses) > MANY
    facts, passages = comparison.facts, comparison.passages
    articles = articles_of(comparison, facts, passages)
    by_key = {article.key: analysis for article, analysis in zip(articles, analyses, strict=True)}
    names = {article.id: article.name for article in articles}
    pages = sections.pages_of(articles, analyses)
    dimensions = _dimensions(analyses)
    differences = _differences(comparison, many=many)
    told = _outstanding(comparison, differences, articles, by_key)
    charts = _charts(comparison, names, told)
    loaded, most = sections.loaded_terms(articles), MOST_ROWS if many else None
    style, script = read_template("report.css"), read_template("report.js")
    context: dict[str, Any] = {
        "title": title or _title(articles),
        "articles": articles,
        "many": many,
        "stored": False,
        "group_by": comparison.group_by,
        "failures": failures,
        "dimensions": {dimension.name: dimension for dimension in dimensions},
        "charts": charts,
        "outstanding": told,
        "silent": sections.silent(comparison),
        "differences": numbers.differing(differences, {} if comparison.group_by else names),
        "tests": int(differences.p.notna().sum()),
        "different": int((differences.q <= SIGNIFICANT).sum()),
        "per_dimension": numbers.MOST_PER_DIMENSION,
        "loaded": loaded[:most],
        "terms": len(loaded),
        "naming": sections.names_of_actors(comparison.naming, pages),
        "renamings": sections.changes_of_name(comparison.renamings, pages)[:most],
        "speakers": sections.speakers(comparison.speakers, pages),
        "verbs": sections.verbs_by_side(comparison.verbs, comparison.verb_differences),
        "against": sections.author_against_sources(comparison.author_and_sources, pages)[:most],
        "facts": sections.facts_by_article(facts, pages),
        "alone": sections.facts_of_one(only_in(facts), facts, pages),
        "missing": sections.facts_not_mentioned(not_mentioned(facts, list(pages.numbers)), pages),
        "passages": sections.aligned(passages, pages),
        "accuracy": sections.accuracy(
            analyses[0].signature["model"] if analyses else "", {dimension.name for dimension in dimensions}
        ),
        "signature": dict(analyses[0].signature) if analyses else {},
        "style": Markup(style),  # noqa: S704 - the package's own file
        "script": Markup(script),  # noqa: S704 - see above
        "policy": policy(style, script),
    }
    if many:
        context["columns"], context["cells"] = numbers.main_cells(comparison.scores, by_key)
        context["tables"] = {}
        context["chunks"] = [_chunk(article, by_key, context) for article in articles]
    else:
        context["tables"] = {
            dimension.name: numbers.score_rows(by_key, dimension.name) for dimension in dimensions
        }
        context["data"] = json_data({article.key: article.data for article in articles})
    context["sections"] = _sections(context)
    return environment().get_template("report.html").render(context)


def _sections(context: Mapping[str, Any]) -> list[Section]:
    """The sections this page has, in order."""
    dimensions, articles = context["dimensions"], context["articles"]
    several = len(articles) > 1
    offered = [
        ("outstanding", "What stands out", bool(context["outstanding"])),
        ("articles", "The articles", True),
        ("glance", "At a glance", True),
        ("how", "How to read this", True),
        ("differences", "What differs", several),
        ("shifts", "What makes the difference", any(name.startswith("shift-") for name in context["charts"])),
        ("stance", "Stance by actor and voice", "stance" in dimensions),
        ("sourcing", "Whose words", "attribution" in dimensions),
        ("hedging", "Hedging", "hedging" in dimensions),
        ("loaded", "Loaded terms", "loaded" in dimensions),
        ("naming", "Naming", True),
        ("coverage", "What is told", several),
        ("words", "Distinctive words", several),
        ("frames", "Frames, tone, readability", True),
        ("reading", "Reading view", True),
        ("method", "Method and limits", True),
    ]
    return [Section(id, title) for id, title, shown_here in offered if shown_here]


def _title(articles: Sequence[Article]) -> str:
    return articles[0].title if len(articles) == 1 else f"How {len(articles)} articles tell it"


def _dimensions(analyses: Sequence[Analysis]) -> list[Dimension]:
    found = {
        reading.dimension.name: reading.dimension
        for analysis in analyses
        for reading in analysis.readings.values()
    }
    return list(found.values())


def _differences(comparison: Comparison, *, many: bool) -> pd.DataFrame:
    """Pairs of groups where there are groups or many articles, pairs of articles otherwise."""
    if comparison.group_by is not None:
        return comparison.group_differences
    return Comparison(()).differences if many else comparison.differences


def _outstanding(
    comparison: Comparison,
    differences: pd.DataFrame,
    articles: Sequence[Article],
    by_key: Mapping[str, Analysis],
) -> list[dict[str, Any]]:
    """What differs beyond chance among the values of the first chart, with both ends as the page prints them."""
    told = numbers.outstanding(comparison.scores, differences)
    if comparison.group_by is not None:
        for row in told:
            row["ends"] = [
                (None, row[side], shown(row[f"value_{side}"], row["written"])) for side in ("a", "b")
            ]
        return told
    keys = {article.id: article.key for article in articles}
    for row in told:
        row["ends"] = [
            (articles[int(name[1:]) - 1], cell, cell.value)
            for name, cell in numbers.cells_of(row, by_key, keys)
        ]
    return told


# Charts -----------------------------------------------------------------------------------------------------------


def _charts(
    comparison: Comparison, names: Mapping[str, str], told: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Markup]]:
    """Every chart as SVG in two widths, each value a link to the same value in the tables."""
    links = [
        f"#a{number}-s{place}"
        for number, analysis in enumerate(comparison.analyses, 1)
        for place in range(len(analysis.scores))
    ]
    charts = charts_of(comparison, names, links)
    if comparison.group_by is not None:
        charts["groups"] = partial(
            at_a_glance, comparison.group_scores.drop(columns="articles").rename(columns={"group": "article"})
        )
    else:
        charts |= _shifts(comparison, names, told[:MOST_SHIFTS])
    return {
        name: {"wide": inline(drawn[WIDTH]), "narrow": inline(drawn[NARROW])}
        for name, drawn in draw_all(charts, (WIDTH, NARROW)).items()
    }


def _shifts(comparison: Comparison, names: Mapping[str, str], told: Sequence[Mapping[str, Any]]) -> Charts:
    """For each difference that stands out, the words that make it up."""
    by_id = {analysis.document.id: analysis for analysis in comparison.analyses}
    colors = dict(zip(by_id, article_colors(len(by_id)), strict=True))
    charts: Charts = {}
    for number, row in enumerate(told, 1):
        a, b = row["a"], row["b"]
        score = next(score for score in by_id[a].scores if score.key == row["key"])
        if isinstance(score.formula, Ratio):  # of the others no word has a part
            charts[f"shift-{number}"] = partial(
                word_shift, shift(by_id[a], by_id[b], row["key"]), names[a], names[b],
                what=row["what"], unit=row["written"], value_a=row["value_a"], value_b=row["value_b"],
                colors=(colors[a], colors[b]),
            )  # fmt: skip
    return charts


def _chunk(article: Article, by_key: Mapping[str, Analysis], context: Mapping[str, Any]) -> Chunk:
    """An article with its numbers, text, list of evidence and data, packed."""
    own = {article.key: by_key[article.key]}
    tables = {name: numbers.score_rows(own, name) for name in context["dimensions"]}
    html = (
        environment()
        .get_template("report/article.html")
        .render(
            {
                **context,
                "article": article,
                "own_tables": tables,
                "data": json_data({article.key: article.data}),
            }
        )
    )
    packed = gzip.compress(html.encode("utf-8", "replace"), compresslevel=6, mtime=0)
    return Chunk(article.key, base64.b64encode(packed).decode("ascii"))
