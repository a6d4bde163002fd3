"""One article: its text exactly as given, cut once into paragraphs, sentences and tokens.

Everything else points into the text with half-open code-point offsets, so that `document[span]` is always
the passage itself. Nothing here changes a character of the text.
"""

from __future__ import annotations

import hashlib
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, Protocol

from framing import boilerplate
from framing.data import Remembered, read_terms
from framing.decoding import replace_surrogates


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


class Paragraph(NamedTuple):
    """A block of text; `kind` is body, headline, boilerplate or metadata. Only body and headline are scored."""

    start: int
    end: int
    kind: str


class Sentence(NamedTuple):
    """A scored sentence; it holds the tokens `first:last` and lies in paragraph number `paragraph`."""

    start: int
    end: int
    first: int
    last: int
    paragraph: int
    kind: str


class HasSpan(Protocol):
    """Anything with half-open offsets: a span, a sentence, a piece of evidence."""

    @property
    def start(self) -> int:
        """The first code point."""

    @property
    def end(self) -> int:
        """The code point after the last."""


@dataclass(frozen=True, eq=False)
class Document:
    """One article and its segmentation. Make it with `make_document`.

    `tokens` are lower-cased with straight quotes, `starts` and `ends` their offsets; only scored sentences have
    tokens. `is_word` is false for punctuation, clitics ('s) and the later parts of a hyphenated word; `is_capital`
    tells whether the token is written with a capital. `quotes` are the outermost quotations, marks included.
    """

    text: str
    id: str
    meta: Mapping[str, Any]
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    tokens: tuple[str, ...] = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)
    is_word: tuple[bool, ...] = field(repr=False)
    is_capital: tuple[bool, ...] = field(repr=False)
    quotes: tuple[Span, ...] = field(repr=False)

    def __getitem__(self, span: HasSpan) -> str:
        return self.text[span.start : span.end]

    @cached_property
    def sha256(self) -> str:
        """Digest of the text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def words(self) -> int:
        """Number of scored words."""
        return sum(self.is_word)

    def sentence_at(self, offset: int) -> int | None:
        """Index of the sentence that covers a code point, or None."""
        index = bisect_right(self._sentence_starts, offset) - 1
        return index if index >= 0 and offset < self.sentences[index].end else None

    def sentence_of(self, token: int) -> int:
        """Index of the sentence that holds a token."""
        return bisect_right(self._sentence_firsts, token) - 1

    def tokens_in(self, start: int, end: int) -> range:
        """Indices of the tokens that overlap the characters `start:end`."""
        first = bisect_right(self.ends, start)
        return range(first, bisect_left(self.starts, end, lo=first))

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def _sentence_firsts(self) -> list[int]:
        return [sentence.first for sentence in self.sentences]


def make_document(text: str, id: str = "text", *, body_start: int = 0, **meta: Any) -> Document:
    """Segment a text. `body_start` is where the article begins after front matter; `meta` is kept as given.

    A title of the front matter that stands in it literally is scored as the headline.

    >>> document = make_document("Gen. Lee left the U.S. on Monday. “Why?” he asked.")
    >>> [document[sentence] for sentence in document.sentences]
    ['Gen. Lee left the U.S. on Monday.', '“Why?” he asked.']
    """
    paragraphs = tuple(_paragraphs(text, body_start, str(meta.get("title") or "")))
    spans: list[tuple[int, int, int]] = []  # start, end and paragraph of each sentence
    firsts: list[int] = []  # its first piece
    pieces: list[_Piece] = []
    offsets: list[int] = []
    for number, paragraph in enumerate(paragraphs):
        if paragraph.kind not in ("body", "headline"):
            continue
        for start, end in _sentences(text, paragraph):
            if not any(map(str.isalnum, text[start:end])):  # stars between two parts, a stray mark
                continue
            spans.append((start, end, number))
            firsts.append(len(pieces))
            _cut(text, start, end, pieces, offsets)
    columns = zip(*pieces, strict=True) if pieces else ((),) * 5
    tokens, starts, ends, is_word, is_capital = columns
    counts = [0, *accumulate(map(len, tokens))]
    places = pairwise([*(counts[first] for first in firsts), counts[-1]])
    sentences = [
        Sentence(start, end, first, last, number, paragraphs[number].kind)
        for (start, end, number), (first, last) in zip(spans, places, strict=True)
    ]
    return Document(
        text=text,
        id=replace_surrogates(id)[0],  # no file or table can hold them
        meta=dict(meta),
        paragraphs=paragraphs,
        sentences=tuple(sentences),
        tokens=tuple(chain.from_iterable(tokens)),
        starts=tuple([at + start for at, some in zip(offsets, starts, strict=True) for start in some]),
        ends=tuple([at + end for at, some in zip(offsets, ends, strict=True) for end in some]),
        is_word=tuple(chain.from_iterable(is_word)),
        is_capital=tuple(chain.from_iterable(is_capital)),
        quotes=tuple(_quotes(text, paragraphs)),
    )


def tokenize(text: str) -> list[str]:
    """The tokens of a bare string, as `Document.tokens` would have them.

    >>> tokenize("The US-led bloc’s “plan” isn’t new.")
    ['the', 'us', '-', 'led', 'bloc', "'s", '"', 'plan', '"', "isn't", 'new', '.']
    """
    if text.isascii() and text.replace(" ", "").isalpha():  # as most terms of lexicons are
        return text.lower().split()
    return [_normal(raw) for raw in _TOKEN.findall(text)]


def _normal(raw: str) -> str:
    return raw.translate(_STRAIGHT).replace("''", '"').lower()


# Tokens ---------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """The tokens of a piece of text, their offsets in it, and what else a document knows of them."""

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    is_word: tuple[bool, ...]
    is_capital: tuple[bool, ...]


# Tokens reach across a space only in a spaced ellipsis, and look across it only after an initial.
_SPACE = re.compile(r"(?<!\.)[ ]|[ ](?![A-Z.])")


def _cut(text: str, start: int, end: int, pieces: list[_Piece], offsets: list[int]) -> None:
    """Cut a sentence at its spaces; the same pieces come again and again, so their tokens are remembered."""
    sentence = text[start:end]
    parts = _SPACE.split(sentence) if ". " in sentence else sentence.split(" ")
    alone = text[start - 1].isspace() if start else sentence[0] not in _APOSTROPHE
    if alone:
        pieces += map(_PIECES.__getitem__, parts)
        offsets += accumulate([len(part) + 1 for part in parts[:-1]], initial=start)
    else:
        pieces.append(_piece(text, start, end))
        offsets.append(start)


def _piece(text: str, start: int, end: int) -> _Piece:
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    is_word: list[bool] = []
    is_capital: list[bool] = []
    glued = -1  # the end of a hyphen that a next word part would touch
    for match in _TOKEN.finditer(text, start, end):
        raw = match.group()
        token = sys.intern(_normal(raw))
        tokens.append(token)
        starts.append(match.start() - start)
        ends.append(match.end() - start)
        wordlike = token[0] != "'" and (token[-1].isalnum() or token[0].isalnum())
        is_word.append(wordlike and starts[-1] != glued)
        is_capital.append(raw[0].isupper())
        glued = ends[-1] if raw in _HYPHENS and ends[-2:-1] == starts[-1:] else -1
    return _Piece(tuple(tokens), tuple(starts), tuple(ends), tuple(is_word), tuple(is_capital))


_PIECES = Remembered(lambda part: _piece(" " + part, 1, len(part) + 1))


_STRAIGHT = str.maketrans("‘’ʼ`“”„«»‐‑", '\'\'\'\'"""""--')
_HYPHENS = frozenset("-‐‑")
# Invisible marks (zero width, direction, soft hyphen) are never tokens: they must not part the words of a term.
_IGNORED = r"\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_WORD = r"\w[\w\u0300-\u036f]*"
_APOSTROPHE = "['’ʼ]"


def _token_pattern() -> re.Pattern[str]:
    abbreviations = sorted(
        (term for term, _ in read_terms("abbreviations") if "." not in term), key=len, reverse=True
    )
    clitic = r"(?i:s|re|ll|ve|d|m)\b"
    return re.compile(
        rf"""
          https?://[^{_IGNORED}<>"”]+
        | (?:[^\W\d_]\.){{2,}}                                      # U.S.  a.m.
        | \b(?i:{"|".join(abbreviations)})\.                        # Gen.  Mr.
        | \b[A-Z]\.(?=[\x20\u00a0][A-Z])                                     # initials
        | \d+(?:[.,:]\d+)*\w*                                       # 1,200  3.5  10:30  1990s
        | \w*[nN]{_APOSTROPHE}[tT]\b                                # don't
        | (?:(?<=[\w.])|\A){_APOSTROPHE}{clitic}                           # 's  U.S.'s
        | {_WORD}(?:{_APOSTROPHE}(?!{clitic}|[tT]\b){_WORD})*       # Hay'at  O'Brien
        | \.(?:[ ]?\.)+                                             # ellipsis
        | -{{2,}}
        | ''                                                        # two single quotation marks as a double one
        | [^{_IGNORED}]
        """,
        re.VERBOSE,
    )


_TOKEN = _token_pattern()


# Sentences ------------------------------------------------------------------------------------------------------

# The lookbehinds and the possessive quantifiers keep the search linear on runs of full stops, spaced ones included.
# They stand after the first full stop, so that the search goes from stop to stop.
_SENTENCE_END = re.compile(
    r"[.!?…](?<![.!?…].)(?<!\.[ \u00a0].)[.!?…]*+(?:[ \u00a0]\.)*+[\"'”’»)\]}]*+\s++(?=\S)"
)
_OPENERS = "\"'“‘«„([{—–-"
_CLOSERS = "\"'”’»)]}"
_DASHES = "—–-"
_LAST_WORD = 40  # characters to look back for the word before a full stop; longer ones are no abbreviations
_FIRST_WORD = re.compile(r"\w+")

# What may begin a sentence after an abbreviation: "in the U.S. The ..."
_STARTERS = frozenset(
    "the a an he she it they we but and in on at this that these those there his her its their our what when while "
    "if as for after before since however meanwhile also both no some many most i you then now so still yet not "
    "nobody nothing none everyone everybody another others such each every all because although though despite "
    "during among until once instead even only perhaps thus therefore or to by with from who how why where my "
    "according several few".split()
)


@cache
def _abbreviations() -> Mapping[str, str]:
    return dict(read_terms("abbreviations"))


def _sentences(text: str, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a paragraph. A headline is one sentence, whatever its punctuation."""
    start = paragraph.start
    if paragraph.kind == "body":
        for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
            if _ends_sentence(text, match):
                yield start, match.start() + len(match.group().rstrip())
                start = match.end()
    if start < paragraph.end:
        yield start, paragraph.end


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop and the space after it end a sentence, by the words on both sides (after Mikheev 2002)."""
    following = text[match.end() : match.end() + _LAST_WORD].lstrip(_OPENERS + " ")
    if following[:1].islower():
        return False
    if match.group().rstrip(_CLOSERS + " \t\r\n\u00a0") != ".":
        return True
    before = text[max(0, match.start() - _LAST_WORD) : match.start()].rsplit(maxsplit=1)
    word = before[-1].lstrip(_OPENERS).lower() if before else ""
    if word in _NUMBERED and following[:1].isdigit():
        return False
    kind = _abbreviations().get(word, "other" if _is_initials(word) else "")
    if not kind:
        return True
    if text[match.end()] in _DASHES:  # "ST. LOUIS, Mo. — The ..."
        return False
    first = _FIRST_WORD.match(following)
    return kind != "title" and first is not None and first.group().lower() in _STARTERS


_NUMBERED = frozenset({"no", "nos", "art", "fig", "sec", "vol", "p", "pp"})


def _is_initials(word: str) -> bool:
    if len(word) > 1 and word[1] != ".":  # as most words
        return False
    return all(len(letter) == 1 and letter.isalpha() for letter in word.split("."))


# Paragraphs -----------------------------------------------------------------------------------------------------

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_MARKER = re.compile(r"(?:[-*•–‣·]|\d{1,2}[.)]|#{1,6}|>)[ \t\u00a0]+(?=\S)")
_TITLE_KEY = re.compile(r"\btitle\b", re.IGNORECASE)
_HEADLINE_LIMIT = 140  # characters; longer first lines are leads


def _paragraphs(text: str, body_start: int, title: str) -> Iterator[Paragraph]:
    """Blocks between line breaks, hard-wrapped lines joined, with their kinds."""
    if body_start:
        # The title's words may stand in an id or outlet before it.
        key = _TITLE_KEY.search(text, 0, body_start)
        at = text.find(title, key.end() if key else 0, body_start) if title else -1
        if at >= 0:
            yield Paragraph(at, at + len(title), "headline")
        else:
            yield Paragraph(0, body_start, "metadata")
    blocks = list(_blocks(text, body_start))
    furniture = boilerplate.mark([text[start:end] for start, end in blocks])
    headline = _headline(text, body_start, blocks, furniture)
    for index, (start, end) in enumerate(blocks):
        marker = _MARKER.match(text, start, end)
        heading = marker is not None and text[start] == "#"
        kind = "boilerplate" if furniture[index] else "headline" if heading or index == headline else "body"
        yield Paragraph(marker.end() if marker else start, end, kind)


def _headline(text: str, body_start: int, blocks: list[tuple[int, int]], furniture: list[bool]) -> int | None:
    """The first block, when it is short, unfinished as a sentence, and followed by an empty line and more text."""
    first = next((index for index, mark in enumerate(furniture) if not mark), None)
    if first is None or first + 1 >= len(blocks) or body_start:
        return None
    start, end = blocks[first]
    gap = text[end : blocks[first + 1][0]]
    unfinished = text[start:end].rstrip(_CLOSERS)[-1:] not in (".", "!", ":", "…", ",", ";")
    return first if end - start <= _HEADLINE_LIMIT and unfinished and len(gap.splitlines()) > 1 else None


def _blocks(text: str, body_start: int) -> Iterator[tuple[int, int]]:
    group: list[tuple[int, int]] = []
    for match in _LINE.finditer(text, body_start):
        line = match.group()
        if not line.strip():
            yield from _unwrapped(group)
            group = []
            continue
        start = match.start() + len(line) - len(line.lstrip())
        if group and len(text[group[-1][1] : start].splitlines()) > 1:
            yield from _unwrapped(group)
            group = []
        group.append((start, match.start() + len(line.rstrip())))
    yield from _unwrapped(group)


def _unwrapped(lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """One paragraph when the lines look hard-wrapped (three or more, all but the last of like length), else each."""
    lengths = [end - start for start, end in lines[:-1]]
    if len(lengths) >= 2 and min(lengths) >= 45 and max(lengths) <= 100 and max(lengths) - min(lengths) <= 25:
        yield lines[0][0], lines[-1][1]
    else:
        yield from lines


# Quotations -----------------------------------------------------------------------------------------------------

_QUOTE = re.compile("''|[\"“”„«»'‘’]")
_OPENS_AFTER = frozenset(" \t\u00a0\n\r([{—–-/:\"“‘'")
_CLOSER = {"“": ("”",), "„": ("“", "”"), "«": ("»",), '"': ('"',), "''": ("''",)}


def _quotes(text: str, paragraphs: tuple[Paragraph, ...]) -> Iterator[Span]:
    """Outermost quotations; one left open ends with its paragraph if the next one opens anew, else with its sentence."""
    scored = [paragraph for paragraph in paragraphs if paragraph.kind in ("body", "headline")]
    for index, paragraph in enumerate(scored):
        opened = -1
        closer: tuple[str, ...] = ()
        resume = paragraph.start
        for match in _QUOTE.finditer(text, paragraph.start, paragraph.end):
            at, mark = match.start(), match.group()
            if at < resume:
                continue
            if opened >= 0:
                if mark in closer or ("”" in closer and mark == '"' and not _may_open(text, at, paragraph)):
                    yield Span(opened, match.end())
                    opened = -1
            elif mark in _CLOSER and (mark not in ('"', "''") or _may_open(text, at, paragraph, len(mark))):
                opened, closer = at, _CLOSER[mark]
            elif mark in "'‘" and _may_open(text, at, paragraph):
                end = _single_close(text, at, paragraph)
                if end is not None:
                    yield Span(at, end + 1)
                    resume = end + 1
        if opened >= 0:
            goes_on = index + 1 < len(scored) and text[scored[index + 1].start] in _CLOSER
            ends = (
                [paragraph.end]
                if goes_on
                else [end for _, end in _sentences(text, paragraph) if end > opened]
            )
            yield Span(opened, ends[0])


def _may_open(text: str, at: int, paragraph: Paragraph, width: int = 1) -> bool:
    follows = at + width < paragraph.end and not text[at + width].isspace()
    return follows and (at == paragraph.start or text[at - 1] in _OPENS_AFTER)


_SINGLE_WORDS = 6
_SINGLE_LIMIT = 400  # characters; a single quotation mark that stays open for longer is an apostrophe


def _single_close(text: str, at: int, paragraph: Paragraph) -> int | None:
    """Where a single quotation closes: after punctuation, or after at most six words; otherwise it is an apostrophe."""
    close = "'" if text[at] == "'" else "’"
    limit = min(paragraph.end, at + _SINGLE_LIMIT)
    if close == "’":
        again = text.find("‘", at + 1, limit)
        limit = again if again >= 0 else limit
    if not (text[at + 1].isalnum() or text[at + 1] in '“"$'):
        return None
    finished = re.compile(rf"(?<=[.,!?…]){close}(?!\w)").search(text, at + 1, limit)
    if finished:
        return finished.start()
    first = re.compile(rf"{close}(?!\w)").search(text, at + 1, limit)
    return first.start() if first and len(text[at : first.start()].split()) <= _SINGLE_WORDS else None
