"""An article with its evidence marked up as HTML, layers nested where they overlap (quote ⊃ hedge ⊃ loaded term)."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from framing.analysis import Analysis, Evidence
from framing.document import Document, Paragraph
from framing.output.style import actor_name, shown


class Piece(NamedTuple):
    """A span to mark: code points, class names, the id of the evidence it belongs to, and a short text shown after it."""

    start: int
    end: int
    classes: str
    evidence: str
    main: bool = True
    after: str = ""


class Block(NamedTuple):
    """A paragraph ready to print; `kind` is the paragraph's kind in the document."""

    kind: str
    html: Markup


def highlight(analysis: Analysis, prefix: str) -> list[Block]:
    """The paragraphs of an article in order, every character kept, with a `mark` around each piece of evidence.

    The mark of evidence number i (in the order of `analysis.evidence`) has the id `{prefix}-e{i}`, its further pieces
    carry the same `data-e`. All text is escaped.
    """
    pieces = [
        piece
        for number, item in enumerate(analysis.evidence)
        for piece in _pieces(item, f"{prefix}-e{number}")
    ]
    return blocks(analysis.document, pieces)


def blocks(document: Document, pieces: Iterable[Piece]) -> list[Block]:
    """The paragraphs of a document with the given pieces marked, cut where they cross or leave a paragraph."""
    starts = [paragraph.start for paragraph in document.paragraphs]
    inside: list[list[Piece]] = [[] for _ in starts]
    for piece in pieces:
        number = max(bisect_right(starts, piece.start) - 1, 0)
        while number < len(starts) and starts[number] < piece.end:
            paragraph = document.paragraphs[number]
            cut = piece._replace(start=max(piece.start, paragraph.start), end=min(piece.end, paragraph.end))
            if cut.start < cut.end:
                inside[number].append(cut)
            number += 1
    seen: set[str] = set()
    return [
        Block(paragraph.kind, Markup("").join(_render(document.text, paragraph, marks, seen)))
        for paragraph, marks in zip(document.paragraphs, inside, strict=True)
    ]


def slug(text: str) -> str:
    """A label as a class name.

    >>> slug("Human interest <b>")
    'human-interest-b'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "other"


def _pieces(item: Evidence, id: str) -> Iterator[Piece]:
    """The spans of one piece of evidence: the evidence itself, and the source, content or deciding words it names."""
    dimension = slug(item.dimension)
    classes = f"{dimension} {dimension}-{slug(item.label)}"
    if item.dimension == "attribution":
        yield Piece(item.start, item.end, f"{classes} cue", id)
        source = item.extra.get("source")
        if source:
            yield Piece(source[0], source[1], f"{dimension} source", id, main=False)
        for start, end in item.extra.get("content", ()):
            yield Piece(start, end, f"{dimension} content", id, main=False)
    elif item.dimension in {"stance", "tone"}:
        value = shown(item.weight, "−1..1")
        yield Piece(
            item.start,
            item.end,
            f"{classes} sentence",
            id,
            after=f"{actor_name(item.actor)} {value}" if item.actor else value,
        )
        for start, end in item.extra.get("mentions", ()):
            yield Piece(start, end, f"{dimension} mention", id, main=False)
        for start, end, weight in item.extra.get("words", ()):
            sign = "positive" if weight > 0 else "negative" if weight < 0 else "neutral"
            yield Piece(int(start), int(end), f"{dimension} word {sign}", id, main=False)
    else:
        yield Piece(item.start, item.end, classes, id)


def _render(text: str, paragraph: Paragraph, pieces: list[Piece], seen: set[str]) -> Iterator[Markup]:
    """Text and tags of a paragraph. A piece that would cross an open one is cut where that one ends."""
    waiting = [(piece.start, -piece.end, number, piece) for number, piece in enumerate(pieces)]
    heapq.heapify(waiting)
    ends: list[int] = []
    position = paragraph.start
    while waiting:
        first, _, number, piece = heapq.heappop(waiting)
        while ends and ends[-1] <= first:
            yield escape(text[position : ends[-1]]) + _CLOSE
            position = ends.pop()
        whole = not ends or piece.end <= ends[-1]
        if not whole:
            heapq.heappush(waiting, (ends[-1], -piece.end, number, piece._replace(start=ends[-1])))
        yield escape(text[position:first]) + _open(piece, seen, after=piece.after if whole else "")
        position = first
        ends.append(piece.end if whole else ends[-1])
    while ends:
        yield escape(text[position : ends[-1]]) + _CLOSE
        position = ends.pop()
    yield escape(text[position : paragraph.end])


_CLOSE = Markup("</mark>")


def _open(piece: Piece, seen: set[str], after: str) -> Markup:
    shown_after = Markup(' data-after="{}"').format(after) if after else Markup("")
    start = Markup('<mark class="{}" data-e="{}"').format(piece.classes, piece.evidence) + shown_after
    if not piece.main or piece.evidence in seen:
        return start + Markup(">")
    seen.add(piece.evidence)
    return start + Markup(' id="{0}" aria-describedby="{0}-why" tabindex="0">').format(piece.evidence)
