"""Whose words a span is: the author's, or those of a source the author quotes or reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import compress, groupby
from typing import TYPE_CHECKING, NamedTuple

from framing.actors import Mention
from framing.document import Document, Span
from framing.models.units import read_units

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

    def __init__(
        self, document: Document, attributions: Sequence[Evidence], mentions: tuple[Mention, ...] = ()
    ) -> None:
        self._document = document
        self._mentions = mentions
        self._weighed: dict[tuple[int, int], Voice] = {}
        self._voices = _NOBODY | {
            index: Voice("attributed", attribution.source_actor, index)
            for index, attribution in enumerate(attributions)
        }
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
        return self._voices[self._owner[token]]

    def turns(self, first: int, last: int) -> list[tuple[int, Voice]]:
        """The voices of the tokens `first:last` in turn, each with the offset at which it begins."""
        owners = self._owner[first:last]
        starts = self._document.starts
        if owners and owners.count(owners[0]) == len(owners):
            return [(starts[first], self._voices[owners[0]])]
        turns: list[tuple[int, Voice]] = []
        for owner, tokens in groupby(range(first, last), self._owner.__getitem__):
            turns.append((starts[next(tokens)], self._voices[owner]))
        return turns

    def of(self, start: int, end: int) -> Voice:
        """The voice of most tokens in `start:end`, a name being one token; the first one's where two are equal."""
        span = start, end
        if span not in self._weighed:  # several dimensions ask for the same sentences and mentions
            self._weighed[span] = self._weigh(start, end)
        return self._weighed[span]

    def _weigh(self, start: int, end: int) -> Voice:
        tokens = self._document.tokens_in(start, end)
        owners = self._owner[tokens.start : tokens.stop]
        if not owners:
            return self._voices[_AUTHOR]
        if owners.count(owners[0]) == len(owners):
            return self._voices[owners[0]]
        counts = Counter(compress(owners, self._counted[tokens.start : tokens.stop])) or Counter(owners)
        return self._voices[max(counts, key=counts.__getitem__)]

    @cached_property
    def _counted(self) -> list[bool]:
        """Which tokens count where voices are weighed: of a name the first, so that no long name speaks louder."""
        counted = [False] * len(self._document.tokens)
        for first in read_units(self._document, self._mentions).firsts:
            counted[first] = True
        return counted

    def words(self) -> list[tuple[Voice, int]]:
        """The voices in the order of their first words, with the number of words of each."""
        owners = compress(self._owner, self._document.is_word)
        return [(self._voices[owner], number) for owner, number in Counter(owners).items()]

    def names(self) -> Iterator[str]:
        """Who speaks, for every token: one of `VOICES`."""
        names = {owner: voice.name for owner, voice in self._voices.items()}
        return map(names.__getitem__, self._owner)

    def _paint(self, span: Span, owner: int, least: int = 1) -> None:
        tokens = self._document.tokens_in(span.start, span.end)
        inside = slice(tokens.start, tokens.stop)
        if least == 1 or sum(self._document.is_word[inside]) >= least:
            self._owner[inside] = [owner] * len(tokens)


_AUTHOR = -1
_UNKNOWN = -2
_HEADLINE = -3
_NOBODY = {
    _AUTHOR: Voice("author", None, None),
    _UNKNOWN: Voice("attributed", None, None),
    _HEADLINE: Voice("headline", None, None),
}
