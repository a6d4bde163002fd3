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
    owned = [_source_of(document, cue, cues, sources, contents) for cue in cues]
    sentences = [document.sentence_of(cue.first) for cue in cues]
    belongs: list[list[Range]] = [[] for _ in cues]
    shared: dict[int, tuple[int, Range]] = {}
    for content in contents:
        sentence = document.sentence_of(content.first)
        gaps = [(*_gap(content, cues[number], owned[number]), number) for number in _near(cues, content)]
        nearest, least = -1, _REACH + 1
        for size, first, last, number in sorted(gaps):
            if size > max(least, _SHARED):
                break  # it can only become dearer, and the others are farther
            cue = cues[number]
            cost = size + _SENTENCE_BETWEEN * abs(sentences[number] - sentence)
            cost += _CONTENT_BETWEEN * _count(contents, first, last)
            cost += _CUE_BETWEEN * _count(cues, *_between(content, cue))
            if content.first < cue.first:
                edge = document.tokens[content.last - 1 : min(last, content.last + 1)]
                cost += _UNMARKED * _MARKS.isdisjoint(edge)
            if (cost, number) < (least, nearest):
                nearest, least = number, cost
            if cost <= _SHARED:
                shared[number] = min(shared.get(number, (cost, content)), (cost, content))
        if nearest < 0:
            nearest = _speaking(cues, content)
        if nearest >= 0:
            belongs[nearest].append(content)
    for number, (_, content) in shared.items():
        belongs[number] = belongs[number] or [content]
    return [
        Linked(cue, source, _joined(theirs))
        for cue, source, theirs in zip(cues, owned, belongs, strict=True)
        if theirs
    ]


def _speaking(cues: Sequence[Range], content: Range) -> int:
    """The last cue before a content that has none near: a quotation or speech that goes on, paragraph after paragraph.

    The number of the cue, or -1.
    """
    return bisect_left(cues, (content.first, 0)) - 1


def _joined(contents: Sequence[Range]) -> tuple[Range, ...]:
    """Contents in order, those that touch as one."""
    joined: list[Range] = []
    for content in contents:
        if joined and content.first <= joined[-1].last:
            joined[-1] = Range(joined[-1].first, max(joined[-1].last, content.last))
        else:
            joined.append(content)
    return tuple(joined)


def _near(spans: Sequence[Range], place: Range) -> range:
    """The spans that begin at most so far from a place that a link is possible; spans are in order."""
    low = bisect_left(spans, (place.first - _REACH, 0))
    return range(low, bisect_left(spans, (place.last + _REACH, 0), low))


def _source_of(
    document: Document,
    cue: Range,
    cues: Sequence[Range],
    sources: Sequence[Range],
    contents: Sequence[Range],
) -> Range | None:
    """The nearest source in the sentence of a cue."""
    sentence = document.sentences[document.sentence_of(cue.first)]
    low = bisect_left(sources, (max(sentence.first, cue.first - _REACH), 0))
    near = sources[low : bisect_left(sources, (min(sentence.last, cue.last + _REACH), 0), low)]

    def cost(source: Range) -> int:
        first, last = _between(cue, source)
        return (
            last
            - first
            + _CUE_BETWEEN * _count(cues, first, last)
            + _CONTENT_BETWEEN * _count(contents, first, last)
            + _BEHIND * (source.first > cue.first)
        )

    return min(near, key=cost) if len(near) > 1 else next(iter(near), None)


def _gap(content: Range, cue: Range, source: Range | None) -> tuple[int, int, int]:
    """What stands between a content and its cue, or the source of that when it is nearer: how many tokens, and which."""
    first, last = _between(content, cue)
    if source is not None:
        other, end = _between(content, source)
        if end - other < last - first:
            first, last = other, end
    return last - first, first, last


_MARKS = frozenset("\" ' , ; : . ? ! —  – - --".split())


def _between(one: Range, other: Range) -> tuple[int, int]:
    """The tokens between two spans, empty where they touch or overlap."""
    first, last = (one.last, other.first) if one.first <= other.first else (other.last, one.first)
    return first, max(first, last)


def _count(spans: Sequence[Range], first: int, last: int) -> int:
    """How many spans lie in the tokens `first:last`; spans are in order."""
    if first == last:
        return 0
    low = bisect_left(spans, (first, 0))
    inside = spans[low : bisect_left(spans, (last, 0), low)]
    return sum([span.last <= last for span in inside]) if inside else 0
