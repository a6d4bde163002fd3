"""What trained models read of a text: its tokens, with every mention of an actor as one unit of its kind.

No model sees who an actor is. A mention becomes one unit such as `<state>` or `<leader>`, however many words it has and
with the article before it, so texts in which known actors are named in the same way are the same to a model. Other
capitalised words are names as well, `<name>`, unless they begin their sentence and are known as common words; of these each
word is a unit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import compress
from operator import not_
from typing import NamedTuple
from weakref import WeakKeyDictionary

from framing.actors import Mention, is_title_case
from framing.document import Document, Sentence

NAME = "<name>"


class Units(NamedTuple):
    """The units of a document; `words`, `capital`, `firsts` and `lasts` have one item a unit.

    `words` are tokens as in `Document.tokens` or a kind of mention in angle brackets; unit `i` covers the tokens
    `firsts[i]:lasts[i]`; sentence `j` has the units `sentences[j]:sentences[j + 1]`; `named` are the units that are
    mentions, `long` those of several tokens; `opens` flags the tokens that begin a unit.
    """

    words: list[str]
    capital: list[bool]
    firsts: list[int]
    lasts: list[int]
    sentences: list[int]
    named: list[int]
    long: list[int]
    opens: bytearray


def read_units(document: Document, mentions: tuple[Mention, ...]) -> Units:
    """The units of a document in which these actors are mentioned; mentions that overlap are one, of the longest's kind.

    They are kept with the document, since the models of one analysis read the same.
    """
    kept = _kept.get(document)
    if kept is None or kept[0] != mentions:
        kept = _kept[document] = mentions, _units(document, mentions)
    return kept[1]


_kept: WeakKeyDictionary[Document, tuple[tuple[Mention, ...], Units]] = WeakKeyDictionary()


def _units(document: Document, mentions: tuple[Mention, ...]) -> Units:
    tokens, starts, ends = document.tokens, document.starts, document.ends
    spans: list[tuple[int, int, str]] = []
    free = 0  # the token behind the last mention
    for start, end, kind in sorted({(start, end, kind) for _, start, end, _, kind, _ in mentions}):
        first = bisect_right(ends, start)
        last = bisect_left(starts, end, first)
        if first == last:
            continue
        if first < free:
            spans[-1] = (spans[-1][0], max(last, free), spans[-1][2])
        else:
            if tokens[first - 1] == "the" and first > free:
                first -= first > document.sentences[document.sentence_of(first)].first
            spans.append((first, last, kind))
        free = spans[-1][1]
    words, capital = list(tokens), list(document.is_capital)
    opens = bytearray(b"\1") * len(tokens)
    named: list[int] = []
    long: list[int] = []
    dropped = 0
    for first, last, kind in spans:
        words[first], capital[first] = f"<{kind}>", True
        named.append(first - dropped)
        more = last - first - 1
        if more:
            opens[first + 1 : last] = bytes(more)
            long.append(first - dropped)
            dropped += more
    firsts = list(compress(range(len(tokens)), opens))
    return Units(
        words=list(compress(words, opens)),
        capital=list(compress(capital, opens)),
        firsts=firsts,
        lasts=[*firsts, len(tokens)][1:],
        sentences=_sentences(document, firsts),
        named=named,
        long=long,
        opens=opens,
    )


def units_in(units: Units, tokens: range) -> tuple[int, int]:
    """The units `first:last` that share tokens with a range."""
    return bisect_right(units.lasts, tokens.start), bisect_left(units.firsts, tokens.stop)


class _Pseudonyms(dict[str, str]):
    """For a kind of mention in angle brackets a capitalised word that is no other."""

    def __missing__(self, kind: str) -> str:
        self[kind] = f"X{kind[1:-1]}{'s' if kind == '<people>' else 'x'}"
        return self[kind]


_PSEUDONYMS = _Pseudonyms()


def as_document(document: Document, units: Units) -> Document:
    """The document with units for tokens, so that rules over tokens see no name either.

    A mention reads `Xstatex`, say: a capitalised word that is no other; `Xpeoples` is a plural as names of peoples are.
    """
    plain = units.words.copy()
    for unit in units.named:
        plain[unit] = _PSEUDONYMS[plain[unit]]
    bounds = units.sentences
    sentences = tuple(
        Sentence(start, end, first, last, paragraph, kind)
        for (start, end, _, _, paragraph, kind), first, last in zip(
            document.sentences, bounds, bounds[1:], strict=False
        )
    )
    return replace(
        document,
        sentences=sentences,
        tokens=tuple(plain),
        starts=tuple(compress(document.starts, units.opens)),
        ends=tuple(compress(document.ends, units.opens[1:] + b"\1")),
        is_word=tuple(compress(document.is_word, units.opens)),
        is_capital=tuple(units.capital),
    )


def _sentences(document: Document, firsts: list[int]) -> list[int]:
    return [*(bisect_left(firsts, sentence.first) for sentence in document.sentences), len(firsts)]


def common_words(documents: Iterable[Document]) -> frozenset[str]:
    """The words that are written small twice or more in some texts: no names where they begin a sentence."""
    small: Counter[str] = Counter()
    for document in documents:
        small.update(compress(document.tokens, map(not_, document.is_capital)))
    return frozenset(word for word, count in small.items() if count > 1)


def blind_words(document: Document, units: Units, common: Container[str]) -> list[str]:
    """The words with names as `<name>`: a capitalised word is one unless it begins a sentence and is in `common`.

    A quotation begins a sentence too. In a headline in title case a capital says nothing: there every word in `common`
    is taken for a common word.
    """
    words = list(units.words)
    plain, bounds = units.words, units.sentences
    starts = set(bounds)
    in_title_case: dict[int, bool] = {}
    for unit in compress(range(len(words)), units.capital):
        word = plain[unit]
        if word[0] == "<" or word == "i":
            continue
        if word in common:
            if unit in starts or plain[unit - 1] == '"':
                continue
            sentence = bisect_right(bounds, unit) - 1
            if sentence not in in_title_case:
                in_title_case[sentence] = _is_title_case(document, units, sentence)
            if in_title_case[sentence]:
                continue
        words[unit] = NAME
    return words


def _is_title_case(document: Document, units: Units, sentence: int) -> bool:
    """Whether a sentence is a headline in title case; one capitalised word beside mentions makes none."""
    if not is_title_case(document, sentence):
        return False
    within = range(units.sentences[sentence], units.sentences[sentence + 1])
    return sum(units.capital[unit] and units.words[unit][0] != "<" for unit in within) > 1
