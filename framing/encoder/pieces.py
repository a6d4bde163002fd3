"""Texts as the encoder reads them: word pieces, in sequences of whole paragraphs.

Every name is one placeholder, of a mention of an actor as of anybody else (`framing.models.units`), so no name
reaches the encoder. Its stance toward somebody is asked for by another placeholder where that one is mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from framing.decoding import replace_surrogates
from framing.models.units import NAME

TARGET = "<target>"
HIDDEN = "[MASK]"  # stands for a word that is hidden
START, BREAK, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
PLACEHOLDERS = {NAME: "[unused1]", TARGET: "[unused2]"}  # pieces that the vocabulary of BERT leaves free
LONGEST = 160  # pieces of a sequence
_OVERLAP = 48  # pieces that two sequences of a long paragraph share
_LONGEST_WORD = 12  # pieces of a word that are read: an address or a number without end is no word
_MOST_WORDS = 200_000  # kept with their pieces; with more the table is begun anew


class Pieces(dict[str, tuple[int, ...]]):
    """The word pieces (Wu et al. 2016) of each word, one at least; worked out when a word is first met."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415  may be missing

        super().__init__()
        self.vocabulary = tuple(vocabulary)
        numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._tokenizer = Tokenizer(models.WordPiece(numbers, unk_token=UNKNOWN))
        self._tokenizer.normalizer = normalizers.BertNormalizer()
        self._tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self.start, self.stop, self.unknown = (numbers[piece] for piece in (START, BREAK, UNKNOWN))
        self.name = numbers[PLACEHOLDERS[NAME]]
        self._special = {TARGET: numbers[PLACEHOLDERS[TARGET]], HIDDEN: numbers[HIDDEN]}

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= _MOST_WORDS:
            self.clear()
        if word in self._special:
            own: tuple[int, ...] = (self._special[word],)
        elif word[0] == "<" and len(word) > 1:
            own = (self.name,)
        else:
            readable = replace_surrogates(word)[0]  # the tokenizer takes UTF-8 alone
            own = tuple(self._tokenizer.encode(readable, add_special_tokens=False).ids[:_LONGEST_WORD]) or (
                self.unknown,
            )
        self[word] = own
        return own


class Window(NamedTuple):
    """Word pieces as the encoder reads them: the units `first`, `first` + 1, ... have the pieces `places:ends`."""

    pieces: list[int]
    places: list[int]
    ends: list[int]
    first: int


def windows(pieces: Pieces, words: Sequence[str], bounds: Sequence[int]) -> Iterator[Window]:
    """Sequences that hold every unit of a text; whole paragraphs, whose first units are `bounds`, or parts of a long one.

    Parts of a paragraph overlap. `bounds` ends with the number of units.
    """
    coded = [pieces[word] for word in words]
    held: list[tuple[int, int]] = []
    size = 1
    for first, last in pairwise(bounds):
        length = sum(map(len, coded[first:last])) + 1
        if held and size + length > LONGEST:
            yield _window(pieces, coded, held)
            held, size = [], 1
        if length + 1 > LONGEST:
            yield from (_window(pieces, coded, [part]) for part in _parts(coded, first, last, LONGEST - 2))
        elif first < last:
            held.append((first, last))
            size += length
    if held:
        yield _window(pieces, coded, held)


def _parts(coded: Sequence[Sequence[int]], first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    """Overlapping parts of the units `first:last`, each of at most so many pieces."""
    while True:
        end, size = first, 0
        while end < last and (end == first or size + len(coded[end]) <= longest):
            size += len(coded[end])
            end += 1
        yield first, end
        if end == last:
            return
        shared = 0
        following = end
        while following > first + 1 and shared < _OVERLAP:
            following -= 1
            shared += len(coded[following])
        first = following


def _window(pieces: Pieces, coded: Sequence[Sequence[int]], paragraphs: Sequence[tuple[int, int]]) -> Window:
    own = [pieces.start]
    places: list[int] = []
    ends: list[int] = []
    for first, last in paragraphs:
        for unit in range(first, last):
            places.append(len(own))
            own += coded[unit]
            ends.append(len(own))
        own.append(pieces.stop)
    return Window(own, places, ends, paragraphs[0][0])


def sentence(
    pieces: Pieces, words: Sequence[str], center: int, longest: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """The pieces of a sentence, at most so many around one of its words, and of each word its pieces `first:last`.

    A word that is cut has (0, 0).
    """
    flat: list[int] = []
    places: list[tuple[int, int]] = []
    for word in words:
        places.append((len(flat), len(flat) + len(pieces[word])))
        flat += pieces[word]
    low = 0
    if len(flat) > longest:
        low = max(0, min(places[center][0] - longest // 2, len(flat) - longest))
    high = min(len(flat), low + longest)
    kept = [
        (first - low + 1, last - low + 1) if low <= first and last <= high else (0, 0)
        for first, last in places
    ]
    return [pieces.start, *flat[low:high], pieces.stop], kept
