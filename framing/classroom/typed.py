"""Words as people type them: found in a sentence whatever quotation marks, hyphens, case, accents and spaces are used."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from framing.document import Span

_SAME = str.maketrans(
    "‘’ʼ`´′“”„«»″‐‑‒–—―−", "''''''\"\"\"\"\"\"-------"
)  # before normalisation, which would part an accent from its letter
_EDGES = " \"'.,;:!?()[]"
_LONGEST = 4000  # characters; nobody types more


class Folded(NamedTuple):
    """A text as people type it, and where each of its characters stands in the text as it is."""

    text: str
    places: tuple[Span, ...]


def _letters(text: str) -> str:
    """Without case, accents, invisible marks, and kinds of quotation marks, hyphens and spaces."""
    letters = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    if letters.isascii():
        return letters
    return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))


def typed(text: str) -> str:
    """A text as `fold` has it, with spaces and hyphens single."""
    return re.sub("-+", "-", " ".join(_letters(text).split()))


def fold(text: str, span: Span) -> Folded:
    """A stretch of text as `typed` has it, with the places its letters come from."""
    letters: list[str] = []
    places: list[Span] = []
    for place in range(span.start, span.end):
        found = _letters(text[place])
        if not found and places:  # an accent of its own belongs to the letter before
            places[-1] = Span(places[-1].start, place + 1)
        for letter in found:
            plain = " " if letter.isspace() else letter
            if plain not in " -" or letters[-1:] != [plain]:
                letters.append(plain)
                places.append(Span(place, place + 1))
    return Folded("".join(letters), tuple(places))


def occurrences(words: str, sentence: Folded) -> list[Span]:
    """Where words stand as whole words; quotation marks and punctuation around them may be typed or left out."""
    if len(words) > _LONGEST:
        return []
    whole = typed(words)
    for form in (whole, whole.strip(_EDGES)):
        if not form or form not in sentence.text:
            continue
        before = r"(?<!\w)" if form[0].isalnum() else ""
        after = r"(?!\w)" if form[-1].isalnum() else ""
        found = list(re.finditer(before + re.escape(form) + after, sentence.text))
        if found:
            places = sentence.places
            return [Span(places[match.start()].start, places[match.end() - 1].end) for match in found]
    return []
