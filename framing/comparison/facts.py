"""Coverage of one event: which figures, dates, people, places, organisations and claims each article mentions.

What counts as the same fact is decided by normal forms: "40,000" is "forty thousand", "Mr. Putin" is "Vladimir Putin". That an
article does not mention a fact says nothing about why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pandas as pd

from framing.analysis import Analysis
from framing.comparison.claims import shared_claims
from framing.comparison.figures import Found, dates, figures, show_date
from framing.comparison.named import ORGANISATION, PERSON, PLACE, UNKNOWN, names
from framing.decoding import replace_surrogates
from framing.document import Document

KINDS = ("figure", "date", PERSON, PLACE, ORGANISATION, "claim")
COLUMNS = ("fact", "kind", "article", "count", "start", "end", "sentence", "voice", "articles", "places")
NOT_MENTIONED = ("fact", "kind", "article")
_LEAST = 3  # articles, before it is worth saying that all but one mention something

_Facts = list[list[Found]]  # of each article


def facts(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The facts that articles mention: one row per fact and article that mentions it.

    `fact` is how it is shown, `kind` one of `KINDS`; `count` are the mentions in `article`, `places` the half-open offsets of
    each, `start` and `end` those of the first, with its `sentence` (0-based) and `voice`; `articles` is how many of the
    articles mention it. The most widely mentioned come first. A claim is a clause whose content words largely agree with
    those of a clause in another article; claims of one article alone are not listed. Names of unknown kind are left out.
    """
    analyses = list(analyses)
    documents = [analysis.document for analysis in analyses]
    found = _resolved([[*figures(each), *dates(each), *names(each)] for each in documents])
    for group in shared_claims(documents):
        document = documents[group[0].article]
        shown = _clause(document, group[0].first, group[0].last)
        for clause in group:
            start, end = _span(documents[clause.article], clause.first, clause.last)
            found[clause.article].append(Found("claim", shown, shown, start, end))
    shown_as = _shown(found)
    rows: list[dict[str, object]] = []
    for order, (analysis, own) in enumerate(zip(analyses, found, strict=True)):
        voices = analysis.markup.voices
        places: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
        for each in sorted(own, key=lambda each: (each.start, each.end)):
            places[each.kind, shown_as[each.kind, each.key]].append([each.start, each.end])
        for (kind, fact), spans in places.items():
            start, end = spans[0]
            rows.append({
                "fact": replace_surrogates(fact)[0],
                "kind": kind,
                "article": analysis.document.id,
                "count": len(spans),
                "start": start,
                "end": end,
                "sentence": analysis.document.sentence_at(start),
                "voice": voices.of(start, end).name,
                "places": tuple(spans),
                "order": order,
            })  # fmt: skip
    mentioned = Counter((row["kind"], row["fact"]) for row in rows)
    for row in rows:
        row["articles"] = mentioned[row["kind"], row["fact"]]
    rows.sort(
        key=lambda row: (-int(str(row["articles"])), KINDS.index(str(row["kind"])), row["fact"], row["order"])
    )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def only_in(facts: pd.DataFrame) -> pd.DataFrame:
    """The rows of facts that one article alone mentions, article by article."""
    alone = facts[facts["articles"] == 1]
    order = {article: place for place, article in enumerate(dict.fromkeys(facts["article"]))}
    return alone.sort_values("article", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)


def not_mentioned(facts: pd.DataFrame, articles: Sequence[str]) -> pd.DataFrame:
    """What all `articles` but one mention: a row per fact with the `article` that does not; empty below three articles.

    Claims are left out: that no clause was found that makes one does not show that the article does not tell it.
    """
    rows: list[dict[str, str]] = []
    if len(articles) >= _LEAST:
        most = facts[(facts["articles"] == len(articles) - 1) & (facts["kind"] != "claim")]
        by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for fact, kind, article in most[list(NOT_MENTIONED)].itertuples(index=False, name=None):
            by[kind, fact].add(article)
        for (kind, fact), mentioning in by.items():
            (missing,) = set(articles) - mentioning
            rows.append({"fact": fact, "kind": kind, "article": missing})
    return pd.DataFrame(rows, columns=list(NOT_MENTIONED))


def _span(document: Document, first: int, last: int) -> tuple[int, int]:
    return document.starts[first], document.ends[last - 1]


def _clause(document: Document, first: int, last: int) -> str:
    """A clause as it is shown: without line breaks and a conjunction before it or a full stop after it."""
    start, end = _span(document, first, last)
    text = " ".join(document.text[start:end].split()).rstrip(".!?")
    word, _, rest = text.partition(" ")
    return rest if word.lower() in ("and", "or", "that", "then") and rest else text


# The same fact in several articles ------------------------------------------------------------------------------


def _resolved(found: _Facts) -> _Facts:
    """The facts with keys that are the same across articles; names whose kind no article tells are left out."""
    kinds = _kinds(found)
    surnames = _surnames(found)
    years = _years(found)
    result: _Facts = []
    for own in found:
        kept: list[Found] = []
        for each in own:
            if each.kind == "date":
                key = years.get(each.key, each.key)
                kept.append(each._replace(key=key, shown=show_date(key) if key[-1] != "s" else each.shown))
                continue
            if each.kind == "figure":
                kept.append(each)
                continue
            name = each
            if name.kind in (PERSON, UNKNOWN) and name.key in surnames:
                full = surnames[name.key]
                name = name._replace(kind=PERSON, key=full.key, shown=full.shown)
            kind = kinds.get(name.key, UNKNOWN)
            if kind != UNKNOWN:
                kept.append(name._replace(kind=kind))
        result.append(kept)
    return result


def _names(found: _Facts) -> Iterable[Found]:
    return (each for own in found for each in own if each.kind not in ("figure", "date"))


def _kinds(found: _Facts) -> dict[str, str]:
    """The kind of each name: the one that most mentions tell; the first told where two are as many."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in _names(found):
        if name.kind != UNKNOWN:
            counts[name.key][name.kind] += 1
    return {key: max(told, key=told.__getitem__) for key, told in counts.items()}


def _surnames(found: _Facts) -> dict[str, Found]:
    """Surnames of one word, each with the only full name that ends in it in any of the articles."""
    full: dict[str, dict[str, Found]] = defaultdict(dict)
    for name in _names(found):
        words = name.key.split()
        if name.kind == PERSON and len(words) > 1 and ":" not in name.key:
            full[words[-1]].setdefault(name.key, name)
    return {surname: next(iter(names.values())) for surname, names in full.items() if len(names) == 1}


def _years(found: _Facts) -> dict[str, str]:
    """Dates without a year, each with the only date of a year that it may be."""
    keys = {each.key for own in found for each in own if each.kind == "date"}
    whole: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        if key[0] != "-" and "-" in key:
            whole[f"-{key[4:]}"].add(key)
    return {key: min(whole[key]) for key in keys if len(whole.get(key, ())) == 1}


def _shown(found: _Facts) -> dict[tuple[str, str], str]:
    """How each fact is shown: in the form that is used most, a person by the full name where one is used."""
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for own in found:
        for each in own:
            forms[each.kind, each.key][each.shown] += 1
    return {
        fact: max(used, key=lambda form: (fact[0] == PERSON and " " in form, used[form], len(form), form))
        for fact, used in forms.items()
    }
