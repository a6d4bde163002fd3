"""Which paragraphs are furniture of the page rather than words of the article.

Captions, credits, bylines, invitations to comment or subscribe and notices stand at the edges. Inside the article
the same words may be its subject, so only the run of short blocks above the first paragraph of the body and below
its last one is looked at (Kohlschütter, Fankhauser & Nejdl 2010). What they say is data: `lexicons/boilerplate.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from framing.data import folder, read_table

_LONGEST_HEADING = 20  # words; a longer block without a full stop is an unfinished paragraph, no heading
_LONGEST_LABEL = 15
_LONGEST_CAPTION = 60
_LONGEST_NOTICE = 80
_LONGEST_BLOCK = 1_500  # characters
_DEEPEST = 40  # blocks from either edge

_CURLY = str.maketrans("‘’“”", "''\"\"")
_ORNAMENT = " \t\"'*_#>|•·‣–—-([])<«»→›…:\ufeff\u200b"
_NO_LETTERS = re.compile(r"[\W\d_]+")


class _Phrase(NamedTuple):
    term: str
    letters: str
    match: str
    before: frozenset[str]


def mark(paragraphs: list[str]) -> list[bool]:
    """Which paragraphs are boilerplate, in order.

    >>> mark(["A ferry leaves Odesa. Photo: Port Authority", "The ferry left at noon.", "Leave a comment"])
    [True, False, True]
    """
    count = len(paragraphs)
    above = _edge(paragraphs, range(min(count, _DEEPEST)), "start")
    below = _edge(paragraphs, range(count - 1, max(-1, count - 1 - _DEEPEST), -1), "end")
    found = {*above, *below}
    return [index in found for index in range(count)]


def _edge(paragraphs: list[str], inwards: range, side: str) -> Iterator[int]:
    """Indices of boilerplate from one edge to the body; headings between do not end the run."""
    for index in inwards:
        if _is_boilerplate(paragraphs[index], side):
            yield index
        elif not _is_heading(paragraphs[index]):
            return


def _is_heading(paragraph: str) -> bool:
    return _count(paragraph, _LONGEST_HEADING) <= _LONGEST_HEADING and not _is_finished(paragraph)


def _is_boilerplate(paragraph: str, side: str) -> bool:
    words = _count(paragraph, _LONGEST_NOTICE)
    if words > _LONGEST_NOTICE or len(paragraph) > _LONGEST_BLOCK:
        return False
    block = " ".join(paragraph.translate(_CURLY).split()).strip(_ORNAMENT)
    folded = block.lower()
    if len(folded) != len(block):  # a letter whose small form is longer; phrases have none
        block = folded
    letters = _NO_LETTERS.sub(" ", folded).strip()
    phrases = _phrases()[side]
    if not (letters in phrases.whole or folded.startswith(phrases.first) or phrases.inside.search(folded)):
        return False
    return any(_matches(phrase, block, folded, letters, words) for phrase in phrases.all)


def _matches(phrase: _Phrase, block: str, folded: str, letters: str, words: int) -> bool:
    match phrase.match:
        case "whole":
            return letters == phrase.letters
        case "label":
            return words <= _LONGEST_LABEL and not _is_finished(block) and _stands(phrase, block, folded, 0)
        case "notice":
            return _stands(phrase, block, folded, 0)
        case _:
            return words <= _LONGEST_CAPTION and any(
                _stands(phrase, block, folded, found.start())
                for found in re.finditer(re.escape(phrase.term), folded)
                if _begins_sentence(folded, found.start())
            )


def _stands(phrase: _Phrase, block: str, folded: str, at: int) -> bool:
    """Whether the phrase stands at a place, as whole words and before what it asks for."""
    if not folded.startswith(phrase.term, at):
        return False
    rest = block[at + len(phrase.term) :]
    if phrase.term[-1].isalnum() and rest[:1].isalnum():
        return False
    following = rest.lstrip()
    if not phrase.before or not following:
        return True
    first = following.split()[0]
    kind = "A" if first[0].isupper() else "#" if first[0].isdigit() else first[0]
    return kind in phrase.before or first in phrase.before


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or not (before[-1].isalnum() or before[-1] in ",'")


def _is_finished(block: str) -> bool:
    return block.rstrip("\"'”’»)]*_ \t")[-1:] in (".", "…")


def _count(paragraph: str, limit: int) -> int:
    """Number of words, counted no further than just beyond the limit."""
    return len(paragraph.split(maxsplit=limit + 1))


class _Phrases(NamedTuple):
    """The phrases that may stand at either side, and, for a quick answer, where they may stand."""

    all: tuple[_Phrase, ...]
    whole: frozenset[str]
    first: tuple[str, ...]
    inside: re.Pattern[str]


@cache
def _phrases() -> dict[str, _Phrases]:
    rows = [row for _, row in read_table(folder("lexicons") / "boilerplate.tsv").rows]
    return {side: _of_side(rows, side) for side in ("start", "end")}


def _of_side(rows: list[dict[str, str]], side: str) -> _Phrases:
    phrases = tuple(
        _Phrase(
            row["term"],
            _NO_LETTERS.sub(" ", row["term"]).strip(),
            row["match"],
            frozenset(filter(None, row["before"].split("|"))),
        )
        for row in rows
        if row["category"] in (side, "edge")
    )
    whole = frozenset(phrase.letters for phrase in phrases if phrase.match == "whole")
    first = tuple(phrase.term for phrase in phrases if phrase.match in ("label", "notice"))
    inside = "|".join(
        re.escape(phrase.term) for phrase in phrases if phrase.match not in ("whole", "label", "notice")
    )
    return _Phrases(phrases, whole, first, re.compile(inside))
