"""Whose words a span is: the author's, or those of a source the author quotes or reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from framing.document import Document, Span

if TYPE_CHECKING:
    from framing.analysis import Evidence

VOICES = ("author", "attributed", "headline")
_SPEECH = 5  # words; a shorter quotation without a speaker is a term set in quotation marks, not speech


class Voice(NamedTuple):
    """Who speaks: one of `VOICES`, the actor who is the source, and the index of the innermost attribution."""

    name: str
    source_actor: str | None
    attribution: int | None


class Voices:
    """The voice of every token of a document.

    Content of an attribution is attributed; where attributions are nested, the innermost one decides. A quotation of
    five or more words that no attribution covers is attributed to an unknown source. A headline keeps its own voice.
    """

    def __init__(self, document: Document, attributions: Sequence[Evidence]) -> None:
        self._document = document
        self._sources = [attribution.source_actor for attribution in attributions]
        self._owner = [_AUTHOR] * len(document.tokens)
        spans = [
            (Span(start, end), index)
            for index, attribution in enumerate(attributions)
            for start, end in attribution.extra.get("content", ())
        ]
        spans.sort(key=lambda item: (item[0].start - item[0].end, item[1]))
        for quote in document.quotes:
            self._paint(quote, _UNKNOWN, least=_SPEECH)
        for span, index in spans:
            self._paint(span, index)
        for sentence in document.sentences:
            if sentence.kind == "headline":
                self._owner[sentence.first : sentence.last] = [_HEADLINE] * (sentence.last - sentence.first)

    def of_token(self, token: int) -> Voice:
        """The voice of one token."""
        return self._voice(self._owner[token])

    def of(self, start: int, end: int) -> Voice:
        """The voice of most tokens in `start:end`; the first one's where two are equal."""
        owners = Counter(self._owner[token] for token in self._document.tokens_in(start, end))
        return self._voice(max(owners, key=owners.__getitem__, default=_AUTHOR))

    def _voice(self, owner: int) -> Voice:
        return _NOBODY.get(owner) or Voice("attributed", self._sources[owner], owner)

    def _paint(self, span: Span, owner: int, least: int = 1) -> None:
        tokens = self._document.tokens_in(span.start, span.end)
        if least == 1 or sum(self._document.is_word[token] for token in tokens) >= least:
            for token in tokens:
                self._owner[token] = owner


_AUTHOR = -1
_UNKNOWN = -2
_HEADLINE = -3
_NOBODY = {
    _AUTHOR: Voice("author", None, None),
    _UNKNOWN: Voice("attributed", None, None),
    _HEADLINE: Voice("headline", None, None),
}
