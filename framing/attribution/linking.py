"""From tagged spans to attributions: which source a cue has, and which cue a content belongs to.

Taggers mark cues, sources and contents without saying what belongs together. The nearest fitting span does, where
whatever stands between makes a link dearer: another cue, a content, the end of a sentence. A content with no cue near goes on
with what the last speaker said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from framing.attribution.text import Range
from framing.document import Document

_REACH = 60  # tokens between a content and its cue
_SHARED = (
    16  # cost up to which a cue without a content of its own shares one: "told reporters in a speech that"
)
_CUE_BETWEEN = 12  # costs are in tokens
_CONTENT_BETWEEN = 3
_SENTENCE_BETWEEN = 10
_UNMARKED = 6  # a content before its cue with no comma or quotation mark between them
_BEHIND = 1  # a source behind its cue


class Linked(NamedTuple):
    """A cue with its source and contents, in tokens."""

    cue: Range
    source: Range | None
    contents: tuple[Range, ...]


def link(
    document: Document, cues: Sequence[Range], sources: Sequence[Range], contents: Sequence[Range]
) -> list[Linked]:
    """Attributions from the spans of each kind, in the order of the cues; a cue without content is none.

    >>> from framing.document import make_document
    >>> document = make_document("“It is late,” Anna Lind said, adding that the port had closed.")
    >>> for found in link(document, [Range(8, 9), Range(10, 11)], [Range(6, 8)], [Range(0, 6), Range(11, 16)]):
    ...     print(found.cue, found.source, found.contents)
    Range(first=8, last=9) Range(first=6, last=8) (Range(first=0, last=6),)
    Range(first=10, last=11) Range(first=6, last=8) (Range(first=11, last=16),)
    """
    owned = {
        cue: _source_of(document, cue, _near(cues, cue), _near(sources, cue), _near(contents, cue))
        for cue in cues
    }
    belongs: dict[Range, list[Range]] = {cue: [] for cue in cues}
    shared: dict[Range, tuple[int, Range]] = {}
    for content in contents:
        candidates, others = _near(cues, content), _near(contents, content)
        nearest, least = None, _REACH + 1
        for cue in candidates:
            gap = _gap(content, cue, owned[cue])
            if gap.last - gap.first > max(least, _SHARED):
                continue  # it can only become dearer
            cost = _cost(document, content, cue, gap, candidates, others)
            if cost < least:
                nearest, least = cue, cost
            if cost <= _SHARED:
                shared[cue] = min(shared.get(cue, (cost, content)), (cost, content))
        nearest = nearest or _speaking(cues, content)
        if nearest is not None:
            belongs[nearest].append(content)
    for cue, theirs in belongs.items():
        if not theirs and cue in shared:
            theirs.append(shared[cue][1])
    return [Linked(cue, owned[cue], _joined(theirs)) for cue, theirs in belongs.items() if theirs]


def _speaking(cues: Sequence[Range], content: Range) -> Range | None:
    """The last cue before a content that has none near: a quotation or speech that goes on, paragraph after paragraph."""
    before = bisect_left(cues, (content.first, 0))
    return cues[before - 1] if before else None


def _joined(contents: Sequence[Range]) -> tuple[Range, ...]:
    """Contents in order, those that touch as one."""
    joined: list[Range] = []
    for content in contents:
        if joined and content.first <= joined[-1].last:
            joined[-1] = Range(joined[-1].first, max(joined[-1].last, content.last))
        else:
            joined.append(content)
    return tuple(joined)


def _near(spans: Sequence[Range], place: Range) -> Sequence[Range]:
    """The spans that begin at most so far from a place that a link is possible; spans are in order."""
    low = bisect_left(spans, (place.first - _REACH, 0))
    return spans[low : bisect_left(spans, (place.last + _REACH, 0), lo=low)]


def _source_of(
    document: Document,
    cue: Range,
    cues: Sequence[Range],
    sources: Sequence[Range],
    contents: Sequence[Range],
) -> Range | None:
    """The nearest source in the sentence of a cue."""
    sentence = document.sentences[document.sentence_of(cue.first)]

    def cost(source: Range) -> int:
        gap = _between(cue, source)
        return (
            gap.last
            - gap.first
            + _CUE_BETWEEN * _count(cues, gap)
            + _CONTENT_BETWEEN * _count(contents, gap)
            + _BEHIND * (source.first > cue.first)
        )

    near = [source for source in sources if sentence.first <= source.first < sentence.last]
    return min(near, key=cost) if len(near) > 1 else next(iter(near), None)


def _gap(content: Range, cue: Range, source: Range | None) -> Range:
    """What stands between a content and its cue, or the source of that when it is nearer."""
    gap = _between(content, cue)
    if source is None:
        return gap
    other = _between(content, source)
    return other if other.last - other.first < gap.last - gap.first else gap


def _cost(
    document: Document,
    content: Range,
    cue: Range,
    gap: Range,
    cues: Sequence[Range],
    contents: Sequence[Range],
) -> int:
    """How far a content is from a cue, in tokens and what is dearer; `gap` is what stands between."""
    crossed = abs(document.sentence_of(cue.first) - document.sentence_of(content.first))
    before = content.first < cue.first
    edge = document.tokens[content.last - 1 : min(gap.last, content.last + 1)]
    marked = not before or any(token in _MARKS for token in edge)
    return (
        gap.last
        - gap.first
        + _CUE_BETWEEN * _count(cues, _between(content, cue))
        + _CONTENT_BETWEEN * _count(contents, gap)
        + _SENTENCE_BETWEEN * crossed
        + _UNMARKED * (not marked)
    )


_MARKS = frozenset("\" ' , ; : . ? ! —  – - --".split())


def _between(one: Range, other: Range) -> Range:
    """The tokens between two spans, empty where they touch or overlap."""
    first, last = (one, other) if one.first <= other.first else (other, one)
    return Range(first.last, max(first.last, last.first))


def _count(spans: Sequence[Range], inside: Range) -> int:
    if inside.first == inside.last:
        return 0
    return sum(inside.first <= span.first and span.last <= inside.last for span in spans)
