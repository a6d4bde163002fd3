"""The articles of a report: who wrote what, the text with its marks, and the evidence as a list and as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup, escape

from framing.actors import name_uses
from framing.analysis import ALL_VOICES, Analysis, Evidence
from framing.comparison.compare import Comparison
from framing.comparison.rows import rows_of
from framing.dimensions.attribution import source_key
from framing.output.highlight import Block, Piece, evidence_id, highlight
from framing.output.style import OKABE_ITO, actor_name, shortened, shown, spoken


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
    id: str
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
    data: dict[str, Any]


class Places(NamedTuple):
    """Spans of one article that a number leads to beside its evidence: each with its id, its marks and its row of the list."""

    pieces: list[Piece]
    items: list[Item]
    data: list[dict[str, Any]]


def articles_of(comparison: Comparison, facts: pd.DataFrame, passages: pd.DataFrame) -> list[Article]:
    """The articles of a comparison in its order; facts and passages are marked in the texts too."""
    names = article_names(comparison.analyses)
    result = []
    for number, analysis in enumerate(comparison.analyses, 1):
        key, id = f"a{number}", analysis.document.id
        places = {
            "mentions": _mentions(analysis, key),
            "facts": _facts(analysis, key, facts[facts.article == id]),
            "passages": _passages(analysis, key, passages, names),
        }
        result.append(_article(number, analysis, names[id], places))
    return result


def article_names(analyses: Sequence[Analysis]) -> dict[str, str]:
    """A short name for each article id: the outlet where all are known and differ, otherwise the id.

    A checksum at the end of an id is left out, as long as the names still differ.
    """
    outlets = [str(analysis.document.meta.get("outlet") or "").strip() for analysis in analyses]
    distinct = all(outlets) and len(set(outlets)) == len(outlets)
    ids = [analysis.document.id for analysis in analyses]
    short = [shortened(name, _NAME) for name in (outlets if distinct else map(_without_checksum, ids))]
    # Two long names may look alike once shortened.
    return dict(zip(ids, short if len(set(short)) == len(short) else ids, strict=True))


def mention_id(key: str, number: int) -> str:
    """The id in the page of a mention: `number` is its place in `analysis.mentions`."""
    return f"{key}-m{number}"


_CHECKSUM = re.compile(r"[-_.][0-9a-f]{12,}$")
_NAME = 26  # characters of a name in charts and tables
_OPENING = 90  # characters of the first sentence that stand for a missing title


def _without_checksum(id: str) -> str:
    return _CHECKSUM.sub("", id)


def _article(number: int, analysis: Analysis, name: str, places: Mapping[str, Places]) -> Article:
    document, key = analysis.document, f"a{number}"
    meta = analysis.article
    beside = [piece for kind in places.values() for piece in kind.pieces]
    shown_blocks = [block for block in highlight(analysis, key, beside) if block.kind != "metadata"]
    title = " ".join(str(meta["title"] or "").split())
    # The headline of the text, with its marks, stands for a title that is the same or missing.
    if (
        shown_blocks
        and shown_blocks[0].kind == "headline"
        and title in {"", shown_blocks[0].html.striptags()}
    ):
        headline = shown_blocks.pop(0).html
        title = headline.striptags()
    else:
        opening = " ".join(document[document.sentences[0]].split()) if document.sentences else document.id
        title = title or shortened(opening, _OPENING)
        headline = escape(title)
    outlet = meta["outlet"] if meta["outlet"] != name else ""
    parts = [outlet, meta["author"], meta["date"], document.meta.get("genre")]
    items = [
        _item(evidence_id(key, place), document[item], item) for place, item in enumerate(analysis.evidence)
    ]
    return Article(
        number=number,
        key=key,
        id=document.id,
        name=name,
        title=title,
        byline=tuple(str(part) for part in parts if part and str(part).casefold() != "unknown"),
        url=_web_address(meta["url"]),
        words=document.words,
        sentences=len(document.sentences),
        color=f"c{(number - 1) % len(OKABE_ITO)}",
        headline=headline,
        blocks=shown_blocks,
        evidence=items + [item for kind in places.values() for item in kind.items],
        data=_data(analysis, places),
    )


def _item(id: str, text: str, item: Evidence) -> Item:
    graded = item.dimension in {"stance", "tone"}
    return Item(
        id=id,
        dimension=item.dimension,
        label=spoken(item.label),
        text=shortened(text, 90),
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


# What is marked beside the evidence -------------------------------------------------------------------------------


def _mentions(analysis: Analysis, key: str) -> Places:
    document = analysis.document
    connotes = {(use.actor, use.name): use.connotation for use in name_uses(analysis.mentions)}
    places = Places([], [], [])
    for number, mention in enumerate(analysis.mentions):
        id = mention_id(key, number)
        places.pieces.append(Piece(mention.start, mention.end, "naming", id))
        places.items.append(
            _place(
                id, "naming", mention.name, document[mention], connotes[mention.actor, mention.name],
                actor=actor_name(mention.actor),
            )
        )  # fmt: skip
        places.data.append(
            {"actor": mention.actor, "name": mention.name, "start": mention.start, "end": mention.end}
        )
    return places


def _facts(analysis: Analysis, key: str, facts: pd.DataFrame) -> Places:
    places = Places([], [], [])
    for row in rows_of(facts):
        for start, end in row.places:
            id = f"{key}-f{len(places.items)}"
            others = row.articles - 1
            told = (
                f"{others} other {'article mentions' if others == 1 else 'articles mention'} it"
                if others
                else "no other article mentions it"
            )
            places.pieces.append(Piece(start, end, "facts", id))
            places.items.append(
                _place(id, "facts", row.kind, analysis.document.text[start:end], f"{row.fact}: {told}")
            )
            places.data.append({"fact": row.fact, "kind": row.kind, "start": start, "end": end})
    return places


def _passages(analysis: Analysis, key: str, passages: pd.DataFrame, names: Mapping[str, str]) -> Places:
    places = Places([], [], [])
    for start, end, other, kind in _own_passages(analysis.document.id, passages):
        id = f"{key}-p{len(places.items)}"
        places.pieces.append(Piece(start, end, "passages", id))
        places.items.append(
            _place(
                id,
                "passages",
                kind,
                shortened(analysis.document.text[start:end], 90),
                f"told in {names[other]} too",
            )
        )
        places.data.append({"start": start, "end": end, "other": names[other], "kind": kind})
    return places


def _own_passages(article: str, passages: pd.DataFrame) -> Iterator[tuple[int, int, str, str]]:
    """The passages of an article in the order of the frame, with the other article and the kind."""
    for row in rows_of(passages):
        if row.a == article:
            yield int(row.start_a), int(row.end_a), str(row.b), str(row.kind)
        elif row.b == article:
            yield int(row.start_b), int(row.end_b), str(row.a), str(row.kind)


def _place(id: str, dimension: str, label: str, text: str, why: str, actor: str = "") -> Item:
    return Item(id, dimension, label, text, actor, "", "", "", "", why)


# Data -------------------------------------------------------------------------------------------------------------

_TOLD = {
    "text",
    "why",
    "dimension",
    "words",
}  # the list in the page has these, or the words of stance and tone


def _data(analysis: Analysis, places: Mapping[str, Places]) -> dict[str, Any]:
    """The evidence of an article in full precision, with the counts of words and sentences that scores set it against.

    Evidence number i is that of the mark `…-e{i}`. `words` and `sentences` are by voice; an attribution's `words` are
    those it alone attributes, where attributions are nested the innermost.
    """
    document = analysis.document
    marked = analysis.markup
    owned: dict[int, int] = {}
    for voice, words in marked.voices.words():
        if voice.attribution is not None:
            owned[voice.attribution] = owned.get(voice.attribution, 0) + words
    rows = []
    for item in analysis.evidence:
        row = {
            key: value for key, value in item.to_dict("").items() if value is not None and key not in _TOLD
        }
        row |= {"dimension": item.dimension, "sentence": document.sentence_at(item.start)}
        if item.dimension == "readability":
            row |= {"words": item.extra.get("words")}
        rows.append(row)
    if "attribution" in analysis.readings:
        first = next((i for i, item in enumerate(analysis.evidence) if item.dimension == "attribution"), 0)
        for number, item in enumerate(marked.attributions):
            rows[first + number] |= {"words": owned.get(number, 0), "speaker": source_key(document, item)}
    voices = ALL_VOICES if "attribution" in analysis.readings else ("all",)
    sizes = {
        name: {voice: int(table[ALL_VOICES.index(voice)].sum()) for voice in voices}
        for name, table in (("words", marked.words), ("sentences", marked.sentences))
    }
    return {
        "id": document.id,
        **sizes,
        "evidence": rows,
        **{name: kind.data for name, kind in places.items()},
    }
