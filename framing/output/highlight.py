"""An article with its evidence marked up as HTML, layers nested where they overlap (quote ⊃ hedge ⊃ loaded term)."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def evidence_id(prefix: str, number: int) -> str:
    """The id of a piece of evidence in a page: `number` is its place in `analysis.evidence`."""
    return f"{prefix}-e{number}"


def highlight(analysis: Analysis, prefix: str, beside: Iterable[Piece] = ()) -> list[Block]:
    """The paragraphs of an article in order, every character kept, with a `mark` around each piece of evidence.

    The mark of evidence number i (in the order of `analysis.evidence`) has the id `{prefix}-e{i}`, its further pieces
    carry the same `data-e`. Other pieces to mark may stand `beside` them. All text is escaped.
    """
    pieces = [
        piece
        for number, item in enumerate(analysis.evidence)
        for piece in _pieces(item, evidence_id(prefix, number))
    ]
    return blocks(analysis.document, [*pieces, *beside])


# The tags around a piece: told whether this is its first part, and whether it ends here rather than being cut.
Tags = Callable[[Piece, bool, bool], tuple[Markup, Markup]]


def blocks(document: Document, pieces: Iterable[Piece]) -> list[Block]:
    """The paragraphs of a document with the given pieces marked, cut where they cross or leave a paragraph."""
    return marked(document.text, document.paragraphs, pieces, _tags)


def marked(text: str, paragraphs: Sequence[Paragraph], pieces: Iterable[Piece], tags: Tags) -> list[Block]:
    """Paragraphs of a text, in order and apart, with the given pieces in tags, cut where they cross or leave a paragraph."""
    starts = [paragraph.start for paragraph in paragraphs]
    inside: list[list[Piece]] = [[] for _ in starts]
    for piece in pieces:
        number = max(bisect_right(starts, piece.start) - 1, 0)
        while number < len(starts) and starts[number] < piece.end:
            paragraph = paragraphs[number]
            cut = piece._replace(start=max(piece.start, paragraph.start), end=min(piece.end, paragraph.end))
            if cut.start < cut.end:
                inside[number].append(cut)
            number += 1
    seen: set[str] = set()
    return [
        Block(paragraph.kind, Markup("").join(_render(text, paragraph, marks, tags, seen)))
        for paragraph, marks in zip(paragraphs, inside, strict=True)
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


def _render(
    text: str, paragraph: Paragraph, pieces: list[Piece], tags: Tags, seen: set[str]
) -> Iterator[Markup]:
    """Text and tags of a paragraph. A piece that would cross an open one is cut where that one ends."""
    waiting = [(piece.start, -piece.end, number, piece) for number, piece in enumerate(pieces)]
    heapq.heapify(waiting)
    open_pieces: list[tuple[int, Markup]] = []  # where each ends, and the tag that ends it
    position = paragraph.start

    def close() -> Iterator[Markup]:
        nonlocal position
        end, closing = open_pieces.pop()
        yield escape(text[position:end]) + closing
        position = end

    while waiting:
        first, _, number, piece = heapq.heappop(waiting)
        while open_pieces and open_pieces[-1][0] <= first:
            yield from close()
        whole = not open_pieces or piece.end <= open_pieces[-1][0]
        if not whole:
            rest = open_pieces[-1][0]
            heapq.heappush(waiting, (rest, -piece.end, number, piece._replace(start=rest)))
        opening, closing = tags(piece, piece.evidence not in seen, whole)
        if piece.main:
            seen.add(piece.evidence)
        yield escape(text[position:first]) + opening
        position = first
        open_pieces.append((piece.end if whole else open_pieces[-1][0], closing))
    while open_pieces:
        yield from close()
    yield escape(text[position : paragraph.end])


_CLOSE = Markup("</mark>")


def _tags(piece: Piece, first: bool, whole: bool) -> tuple[Markup, Markup]:
    """The tags of the report: the first part of the evidence itself has its id, the last what is shown after it."""
    after = Markup(' data-after="{}"').format(piece.after) if piece.after and whole else Markup("")
    start = Markup('<mark class="{}" data-e="{}"').format(piece.classes, piece.evidence) + after
    if not piece.main or not first:
        return start + Markup(">"), _CLOSE
    described = Markup(' id="{0}" aria-describedby="{0}-why" tabindex="0">').format(piece.evidence)
    return start + described, _CLOSE
