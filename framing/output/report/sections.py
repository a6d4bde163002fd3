"""What the sections of a report list beside charts and scores: terms, names, speakers, facts, passages, accuracy."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from framing.analysis import MODELS, Analysis
from framing.comparison.compare import Comparison
from framing.comparison.rows import rows_of
from framing.comparison.sourcing import NOT_NAMED
from framing.models.figures import measured
from framing.output.charts import VOICES_APART, most_mentioned, with_enough
from framing.output.highlight import evidence_id
from framing.output.report.articles import Article, mention_id
from framing.output.report.numbers import chance
from framing.output.style import actor_name, shortened, shown, spoken

_QUOTED_POINT = re.compile("[.,;:](?=[\"”’']$)")
MOST_PASSAGES = 40
MOST_FACTS = 60
MOST_ACTORS = 6
MOST_SIDES = 8
_LONGEST = 220  # characters of a quotation that the page repeats


class Link(NamedTuple):
    """A number that leads to places in one article."""

    article: Article
    text: str
    evidence: tuple[str, ...]
    note: str = ""


class Pages(NamedTuple):
    """The articles of a page in order, each with its analysis."""

    articles: list[Article]
    analyses: tuple[Analysis, ...]
    numbers: dict[str, int]

    def of(self, id: str) -> Article:
        """The article with this id."""
        return self.articles[self.numbers[id]]


def pages_of(articles: list[Article], analyses: tuple[Analysis, ...]) -> Pages:
    """The articles of a page with their analyses, in the same order."""
    return Pages(articles, analyses, {article.id: number for number, article in enumerate(articles)})


def silent(comparison: Comparison) -> dict[str, list[str]]:
    """Of the actors most mentioned, by chart, those of whom no article says enough for a panel."""
    scores = comparison.scores
    voices = {"at-a-glance": (3, ("all",)), "stance": (MOST_ACTORS, VOICES_APART)}
    return {
        name: [actor_name(actor) for actor in chosen if actor not in with_enough(scores, chosen, spoken_in)]
        for name, (count, spoken_in) in voices.items()
        for chosen in [most_mentioned(scores, count)]
    }


def loaded_terms(articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Loaded terms over all articles, most frequent first, each with the places where it stands."""
    terms: dict[str, dict[str, Any]] = {}
    for article in articles:
        for item in article.evidence:
            if item.dimension == "loaded":
                text = _QUOTED_POINT.sub("", item.text)
                start = {
                    "text": text,
                    "label": item.label,
                    "neutral": item.neutral,
                    "why": item.why,
                    "places": {},
                }
                term = terms.setdefault(text.casefold(), start)
                term["places"].setdefault(article.number, []).append(item)
    ordered = sorted(
        terms.values(),
        key=lambda term: (-sum(map(len, term["places"].values())), str(term["text"]).casefold()),
    )
    for term in ordered:
        term["places"] = [(articles[number - 1], items) for number, items in term["places"].items()]
    return ordered


def names_of_actors(naming: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """The names of the actors most mentioned: per name its connotation, and per article count, share and places."""
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for article, analysis in zip(pages.articles, pages.analyses, strict=True):
        for number, mention in enumerate(analysis.mentions):
            places[article.id, mention.actor, mention.name].append(mention_id(article.key, number))
    totals = naming.groupby("actor")["count"].sum().sort_values(ascending=False, kind="stable")
    result = []
    for actor in totals.index[:MOST_ACTORS]:
        names: dict[str, dict[str, Any]] = {}
        for row in rows_of(naming[naming.actor == actor]):
            start = {"name": row.name, "connotation": row.connotation, "count": 0, "cells": {}}
            name = names.setdefault(row.name, start)
            name["count"] += row.count
            article = pages.of(row.article)
            note = f"{row.share * 100:.0f} %, first in sentence {row.sentence + 1}"
            name["cells"][article.key] = Link(
                article, str(row.count), tuple(places[article.id, actor, row.name]), note
            )
        ordered = sorted(names.values(), key=lambda name: (-name["count"], name["name"]))
        result.append({"actor": actor_name(str(actor)), "count": int(totals[actor]), "names": ordered})
    return result


def changes_of_name(renamings: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """Where an article goes over to another name for the same actor, with the place of the later one."""
    rows = []
    for row in rows_of(renamings):
        article = pages.of(row.article)
        analysis = pages.analyses[article.number - 1]
        ids = [
            mention_id(article.key, number)
            for number, mention in enumerate(analysis.mentions)
            if (mention.actor, mention.start) == (row.actor, row.start)
        ]
        rows.append({
            "article": article, "actor": actor_name(row.actor), "earlier": row.earlier, "later": row.later,
            "earlier_connotation": row.earlier_connotation.rstrip("."), "later_connotation": row.later_connotation.rstrip("."),
            "sentence": row.sentence + 1, "evidence": tuple(ids),
        })  # fmt: skip
    return rows


def speakers(frame: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """Per article, who is quoted in the order of appearance: attributions, words, share, and the longest quotation."""
    result = []
    for article, analysis in zip(pages.articles, pages.analyses, strict=True):
        own = frame[frame.article == article.id].sort_values("position", kind="stable")
        if own.empty:
            continue
        cues: dict[tuple[str, str], list[str]] = defaultdict(list)
        for number, item in enumerate(analysis.evidence):
            if item.dimension == "attribution":
                kind = str(item.extra["source_type"] or NOT_NAMED)
                cues[kind, item.source_actor or ""].append(evidence_id(article.key, number))
        rows = [
            {
                "who": " · ".join(filter(None, [spoken(row.source_type), actor_name(row.source_actor) if row.source_actor else ""])),
                "link": Link(article, str(row.attributions), tuple(cues[row.source_type, row.source_actor])),
                "words": int(row.words), "share": shown(row.share, "share"), "position": shown(row.position, "share"),
                "longest": int(row.longest), "quote": shortened(" ".join(analysis.document.text[row.longest_start : row.longest_end].split()), _LONGEST),
            }
            for row in rows_of(own)
        ]  # fmt: skip
        result.append({"article": article, "rows": rows})
    return result


def verbs_by_side(verbs: pd.DataFrame, differences: pd.DataFrame) -> dict[str, Any]:
    """By side the verbs that introduce its words, and the pairs of sides whose verbs differ beyond chance."""
    sides: dict[str, dict[str, Any]] = {}
    for row in rows_of(verbs):
        side = sides.setdefault(row.actor, {"side": _side(row.actor), "count": 0, "verbs": Counter()})
        side["count"] += row.count
        side["verbs"][row.verb, spoken(row.verb_class)] += row.count
    tested = differences[differences.p.notna()]
    rows = [
        {
            "a": _side(row.a), "b": _side(row.b), "label": spoken(row.verb_class),
            "share_a": shown(row.share_a, "share"), "share_b": shown(row.share_b, "share"),
            "n_a": int(row.n_a), "n_b": int(row.n_b), "p": chance(row.p), "q": chance(row.q),
        }
        for row in rows_of(tested.sort_values("p", kind="stable").head(MOST_SIDES))
    ]  # fmt: skip
    return {
        "sides": sorted(sides.values(), key=lambda side: -int(side["count"]))[:MOST_SIDES],
        "tests": rows,
        "tested": len(tested),
    }


def _side(actor: str) -> str:
    return actor_name(actor) if actor else "no known actor"


def author_against_sources(frame: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """Stance of the author beside that of the quoted, where both can be told; the surest differences first."""
    return [
        {
            "article": pages.of(row.article), "actor": actor_name(row.actor),
            "author": shown(row.author, "−1..1"), "n_author": int(row.n_author),
            "attributed": shown(row.attributed, "−1..1"), "n_attributed": int(row.n_attributed),
            "difference": shown(row.difference, "−1..1"), "low": shown(row.low, "−1..1"), "high": shown(row.high, "−1..1"),
            "q": chance(row.q),
        }
        for row in rows_of(frame[frame.p.notna()].sort_values("p", kind="stable"))
    ]  # fmt: skip


# Coverage ---------------------------------------------------------------------------------------------------------


def facts_by_article(facts: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """The facts that most articles mention first: per fact the number of articles, and per article its places."""
    ids = _fact_ids(facts, pages)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for place, row in zip(ids, rows_of(facts), strict=True):
        start = {"fact": row.fact, "kind": row.kind, "articles": int(row.articles), "cells": {}}
        fact = rows.setdefault((row.kind, row.fact), start)
        article = pages.of(row.article)
        fact["cells"][article.key] = Link(article, str(row.count), place)
    return [fact for fact in rows.values() if fact["articles"] > 1][:MOST_FACTS]


def facts_of_one(alone: pd.DataFrame, facts: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """Per article the facts that it alone mentions, as links."""
    ids = {
        (row.kind, row.fact, row.article): place
        for place, row in zip(_fact_ids(facts, pages), rows_of(facts), strict=True)
    }
    found: dict[str, list[Link]] = defaultdict(list)
    for row in rows_of(alone):
        found[row.article].append(
            Link(pages.of(row.article), row.fact, ids[row.kind, row.fact, row.article], row.kind)
        )
    return [
        {"article": article, "facts": found[article.id]} for article in pages.articles if article.id in found
    ]


def facts_not_mentioned(missing: pd.DataFrame, pages: Pages) -> list[dict[str, Any]]:
    """Per article the facts that all others mention."""
    return [
        {"article": article, "facts": missing.loc[missing.article == article.id, "fact"].tolist()}
        for article in pages.articles
        if (missing.article == article.id).any()
    ]


def _fact_ids(facts: pd.DataFrame, pages: Pages) -> list[tuple[str, ...]]:
    """For each row of the frame the ids of its places: they are numbered by article in the order of the frame."""
    numbers: dict[str, int] = defaultdict(int)
    ids = []
    for row in rows_of(facts):
        key, first = pages.of(row.article).key, numbers[row.article]
        ids.append(tuple(f"{key}-f{first + number}" for number in range(len(row.places))))
        numbers[row.article] += len(row.places)
    return ids


def aligned(passages: pd.DataFrame, pages: Pages) -> dict[str, dict[str, Any]]:
    """Passages that two articles share, by kind, the most alike first: both texts with the words marked that differ.

    Each text has the id of its place; `count` is how many there are, of which the page shows `MOST_PASSAGES`.
    """
    numbers: dict[str, int] = defaultdict(int)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(passages):
        sides = []
        for id, start, end, spans in (
            (row.a, row.start_a, row.end_a, row.differs_a),
            (row.b, row.start_b, row.end_b, row.differs_b),
        ):
            article = pages.of(id)
            text = pages.analyses[article.number - 1].document.text
            sides.append({
                "article": article, "id": f"{article.key}-p{numbers[id]}", "html": _marked(text, int(start), int(end), spans),
            })  # fmt: skip
            numbers[id] += 1
        found[row.kind].append(
            {"sides": sides, "alike": row.similarity, "similarity": shown(row.similarity, "share")}
        )
    return {
        kind: {"count": len(rows), "rows": sorted(rows, key=lambda row: -row["alike"])[:MOST_PASSAGES]}
        for kind, rows in found.items()
    }


def _marked(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Markup:
    """A passage with the words that differ in bold."""
    parts, position = [], start
    for first, last in sorted(spans):
        parts += [escape(text[position:first]), Markup("<b>{}</b>").format(text[first:last])]
        position = last
    return Markup("").join([*parts, escape(text[position:end])])


# Accuracy ---------------------------------------------------------------------------------------------------------

_DECIDES = {
    "lexicon": "word lists and rules alone",
    "linear": "trained classifiers over words and their context, and rules where nothing is trained",
    "encoder": "a small transformer that reads whole sentences and no names, and rules where nothing is trained",
}


def accuracy(model: str, dimensions: Collection[str]) -> dict[str, Any]:
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
