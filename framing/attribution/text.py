"""What the rules look at: a document with its cues, and its quotations as blocks whose inside bounds nothing outside."""

from __future__ import annotations

from typing import NamedTuple

from framing.attribution.cues import VERBAL, Cue, find_cues
from framing.document import Document

REACH = 300  # tokens that a rule looks around its cue; a sentence without end must not make reading slow
SPEECH = 4  # words; a shorter quotation is a part of the sentence around it


class Range(NamedTuple):
    """Tokens `first:last`, half-open."""

    first: int
    last: int


class Text(NamedTuple):
    """A document as the rules see it.

    `quotes` are the quotations that hold speech, `quoted` the number of the one each token stands in, or -1; `marked` tells
    the tokens in quotation marks, a single quoted word too; `cues` are known by their first token, `verbs` are the tokens
    of verbal cues.
    """

    document: Document
    quotes: tuple[Range, ...]
    quoted: list[int]
    marked: list[bool]
    cues: dict[int, Cue]
    verbs: frozenset[int]


def read_text(document: Document) -> Text:
    """A document with its quotations, and the cues outside them: what a quoted speaker reports is that speaker's."""
    quotes: list[Range] = []
    quoted = [-1] * len(document.tokens)
    marked = [False] * len(document.tokens)
    for quote in document.quotes:
        tokens = document.tokens_in(quote.start, quote.end)
        marked[tokens.start : tokens.stop] = [True] * len(tokens)
        if _is_speech(document, tokens):
            quoted[tokens.start : tokens.stop] = [len(quotes)] * len(tokens)
            quotes.append(Range(tokens.start, tokens.stop))
    cues = {cue.first: cue for cue in find_cues(document) if not marked[cue.head]}
    verbs = frozenset(
        token for cue in cues.values() if cue.kind in VERBAL for token in range(cue.first, cue.last)
    )
    return Text(document, tuple(quotes), quoted, marked, cues, verbs)


def _is_speech(document: Document, tokens: range) -> bool:
    """Whether a quotation is long, or a short sentence of its own: a capital first, a mark of its own last."""
    words = sum(document.is_word[tokens.start : tokens.stop])
    # A name may hold its quotation marks, and is then one token.
    whole = (
        words > 0
        and len(tokens) > 2
        and document.is_capital[tokens[1]]
        and document.tokens[tokens[-2]] in (",", ".", "!", "?")
    )
    return words >= SPEECH or whole


def window(text: Text, token: int) -> Range:
    """The tokens among which a cue looks for source and content: its sentence, as far as `REACH`."""
    sentence = text.document.sentences[text.document.sentence_of(token)]
    return Range(max(sentence.first, token - REACH), min(sentence.last, token + REACH))


def words_of(document: Document, tokens: Range) -> str:
    """The text of a range."""
    return document.text[document.starts[tokens.first] : document.ends[tokens.last - 1]]
