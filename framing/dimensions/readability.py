"""Readability: five school-grade formulas, equal to textstat's on the scored text.

The formulas need nothing but counts, and counts add up over sentences, so every score has a bootstrap interval and
never reads the text twice. Words, syllables and familiar words are textstat's: its rules, the CMU pronouncing
dictionary, pyphen for what that lacks, and the Dale–Chall list, each asked once per word type.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, compress, pairwise
from operator import add
from typing import Any, NamedTuple

import numpy as np
from textstat.backend.selections import list_words
from textstat.backend.utils import get_lang_easy_words

from framing.analysis import ALL_VOICES, Dimension, Evidence, Floats, Formula, Markup, Score
from framing.data import Remembered
from framing.document import Document, Sentence
from framing.syllables import syllables
from framing.voice import Voice, Voices

SENTENCE = "sentence"
DIFFICULT_WORD = "difficult_word"

# The columns of the totals, in this order, and the fields of a sentence's evidence; from the third on those of a word.
COUNTS = ("words", "sentences", "syllables", "polysyllables", "complex_words", "difficult_words")

_POLYSYLLABLE = (
    3  # syllables of a long word: for SMOG; for Gunning fog if it is not on the Dale–Chall list either
)
_LEAST_WORDS = 3  # textstat counts a stretch between stops as a sentence from this many words on

_LONGEST = 1000  # characters of a word that are looked up; a longer one is no word and would take long

_CHUNK = re.compile(r"\S+")
_STOPS = re.compile(r"[.!?]+")
_LETTER = re.compile(r"\w")
_TRIMMED = re.compile(r"\w(?:\S*\w)?")


class _Word(NamedTuple):
    """What textstat says of one whitespace-delimited word; all but `syllables` are 0 or 1."""

    syllables: int
    polysyllables: int
    complex_words: int
    difficult_words: int


@lru_cache(maxsize=100_000)
def _look_up(word: str) -> _Word:
    """What textstat's `syllable_count`, `polysyllabcount` and `difficult_words` say, from the same lists by its rules.

    They are not asked themselves, since they would parse a whole dictionary first.
    """
    parts = list_words(word)
    unfamiliar = [part.lower() for part in parts if part.lower() not in get_lang_easy_words(_LANGUAGE)]
    return _Word(
        _syllables(word),
        sum(_syllables(part) >= _POLYSYLLABLE for part in parts),
        sum(_syllables(part) >= _POLYSYLLABLE for part in unfamiliar),
        len(unfamiliar),
    )


_LANGUAGE = "en_US"  # textstat's own choice


def _syllables(text: str) -> int:
    return sum(map(syllables, list_words(text, lowercase=True)))


def scored_text(document: Document) -> str:
    """The sentences that are scored, one space between them: what textstat has to be given for the same scores.

    Sentences that touch in the text ("Stop!”He") are not parted.

    >>> from framing.document import make_document
    >>> scored_text(make_document("One came.   Two left."))
    'One came. Two left.'
    """
    pieces = [
        document[sentence] + ("" if sentence.end == following.start else " ")
        for sentence, following in pairwise(document.sentences)
    ]
    return "".join([*pieces, *(document[sentence] for sentence in document.sentences[-1:])])


class _Part(NamedTuple):
    """What counts in a part of a sentence between two spaces."""

    words: int
    syllables: int
    polysyllables: int
    complex_words: int
    difficult_words: int
    difficult: tuple[tuple[int, int, float, str], ...]  # start, end, syllables and why of each
    head: int  # chunks with a letter before the first full stop
    tails: tuple[int, ...]  # and after each


def find_readability(markup: Markup) -> list[Evidence]:
    """A row for each sentence, with its counts, and one for each word that is not on the Dale–Chall list."""
    document = markup.document
    evidence: list[Evidence] = []
    counts: list[dict[str, int]] = []
    stretches: list[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]] = []
    for sentence, (start, end) in zip(document.sentences, _spans(document), strict=True):
        pieces = document.text[start:end].split(" ")
        words, syllables, polysyllables, complex_words, unfamiliar, difficult, heads, tails = zip(
            *map(_PARTS.__getitem__, pieces), strict=True
        )
        numbers = sum(words), 0, sum(syllables), sum(polysyllables), sum(complex_words), sum(unfamiliar)
        counts.append(dict(zip(COUNTS, numbers, strict=True)))
        stretches.append((heads, tails))
        if numbers[-1]:
            offsets = accumulate([len(piece) + 1 for piece in pieces[:-1]], initial=start)
            evidence += _difficult_words(
                compress(zip(offsets, difficult, strict=True), difficult), sentence, markup.voices
            )
    for number in _begun(stretches):
        counts[number]["sentences"] += 1
    for sentence, count in zip(document.sentences, counts, strict=True):
        if any(count.values()):
            evidence.append(_sentence(sentence.start, sentence.end, count))
    return evidence


def _spans(document: Document) -> Iterator[tuple[int, int]]:
    """Where the words of each sentence stand: a word that runs on into the next sentence belongs to the first."""
    end = 0
    for number, sentence in enumerate(document.sentences):
        start, end = max(sentence.start, end), max(sentence.end, end)
        if number + 1 < len(document.sentences) and document.sentences[number + 1].start == end:
            rest = _CHUNK.match(document.text, end)
            end = rest.end() if rest else end
        yield start, end


def _part(piece: str) -> _Part:
    words = 0
    counts = _Word(0, 0, 0, 0)
    difficult: list[tuple[int, int, float, str]] = []
    for chunk in _CHUNK.finditer(piece):
        letters = _TRIMMED.search(chunk.group())
        if letters is None:
            continue
        word = _look_up(chunk.group()[:_LONGEST])
        words += 1
        counts = _Word(*map(add, counts, word))
        if word.difficult_words:
            start, end = chunk.start() + letters.start(), chunk.start() + letters.end()
            plural = "" if word.syllables == 1 else "s"
            why = f"not on the Dale–Chall list of familiar words; {word.syllables} syllable{plural}"
            difficult.append((start, end, float(word.syllables), why))
    head, *tails = (
        sum(bool(_LETTER.search(chunk)) for chunk in part.split()) for part in _STOPS.split(piece)
    )
    return _Part(words, *counts, tuple(difficult), head, tuple(tails))


_PARTS = Remembered(_part)


def _difficult_words(
    pieces: Iterable[tuple[int, Sequence[tuple[int, int, float, str]]]], sentence: Sentence, voices: Voices
) -> Iterable[Evidence]:
    """Evidence of the difficult words of a sentence, given for each piece of it with the offset of the piece."""
    turns = voices.turns(sentence.first, sentence.last)
    if len(turns) > 1:
        return _by_turns(pieces, sentence, voices, turns)
    ((_, (voice, source, _)),) = turns
    return [
        Evidence(
            "readability", DIFFICULT_WORD, at + first, at + last, weight, None, voice, source, why, _NOTHING
        )
        for at, words in pieces
        for first, last, weight, why in words
    ]


_NOTHING: Mapping[str, Any] = {}  # all share it: a text has hundreds of difficult words


def _by_turns(
    pieces: Iterable[tuple[int, Sequence[tuple[int, int, float, str]]]],
    sentence: Sentence,
    voices: Voices,
    turns: Sequence[tuple[int, Voice]],
) -> Iterator[Evidence]:
    """The same for a sentence in several voices."""
    limits = [*(start for start, _ in turns[1:]), sentence.end]
    turn = 0
    for at, words in pieces:
        for first, last, weight, why in words:
            start, end = at + first, at + last
            while limits[turn] <= start and turn + 1 < len(turns):
                turn += 1
            voice = turns[turn][1] if end <= limits[turn] else voices.of(start, end)
            yield Evidence(
                "readability", DIFFICULT_WORD, start, end, weight, None, voice.name, voice.source_actor, why
            )


def _begun(sentences: Iterable[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]]) -> Iterator[int]:
    """In which sentence each of textstat's sentences begins: stretches between full stops of three words or more.

    They are counted for the sentence with their first word: a headline without a full stop runs on into the lead.
    `sentences` holds the words of each part of each sentence before its first full stop, and those after each.
    """
    begun, length = 0, 0
    for number, (heads, tails) in enumerate(sentences):
        read = 0
        for stop in compress(range(len(tails)), tails):
            begun = begun if length else number
            length += sum(heads[read : stop + 1])
            for words in tails[stop]:
                if length >= _LEAST_WORDS:
                    yield begun
                begun, length = number, words
            read = stop + 1
        begun = begun if length else number
        length += sum(heads[read:])
    if length >= _LEAST_WORDS:
        yield begun


def _sentence(start: int, end: int, count: dict[str, int]) -> Evidence:
    why = (
        f"{count['words']} words, {count['syllables']} syllables, "
        f"{count['difficult_words']} words not on the Dale–Chall list"
    )
    return Evidence("readability", SENTENCE, start, end, float(count["words"]), why=why, extra=count)


def measure_readability(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """The five formulas over the sentences of each voice; a sentence belongs to the voice of most of its words.

    `n` is the number of sentences.
    """
    sentences = [item for item in evidence if item.label == SENTENCE]
    by_voice = {voice: np.zeros((len(markup.document.sentences), len(COUNTS))) for voice in ALL_VOICES}
    sizes = Counter([*(item.voice for item in sentences), *("all" for _ in sentences)])
    for item in sentences:
        index = markup.document.sentence_at(item.start)
        if index is not None:
            by_voice[item.voice][index] = by_voice["all"][index] = [item.extra[name] for name in COUNTS]
    return [
        Score("readability", name, None, None, voice, unit, totals, formula, sizes[voice])
        for voice, totals in by_voice.items()
        for name, (unit, formula) in FORMULAS.items()
    ]


def _columns(sums: Floats) -> dict[str, Floats]:
    """The sums by name; words are NaN where there are none or none has a syllable, so that scores are undefined."""
    columns = {name: sums[..., column] for column, name in enumerate(COUNTS)}
    columns["words"] = np.where(columns["syllables"] > 0, columns["words"], np.nan)
    columns["sentences"] = np.maximum(columns["sentences"], 1)
    return columns


def flesch_reading_ease(sums: Floats) -> Floats:
    """Reading ease, about 0 (hard) to 100 (easy), from words per sentence and syllables per word (Flesch 1948)."""
    total = _columns(sums)
    length, syllables = total["words"] / total["sentences"], total["syllables"] / total["words"]
    return 206.835 - 1.015 * length - 84.6 * syllables


def flesch_kincaid_grade(sums: Floats) -> Floats:
    """US school grade from the same two ratios (Kincaid et al. 1975)."""
    total = _columns(sums)
    length, syllables = total["words"] / total["sentences"], total["syllables"] / total["words"]
    return 0.39 * length + 11.8 * syllables - 15.59


def gunning_fog(sums: Floats) -> Floats:
    """US school grade from words per sentence and the share of unfamiliar words of three syllables (Gunning 1952)."""
    total = _columns(sums)
    return 0.4 * (total["words"] / total["sentences"] + 100 * total["complex_words"] / total["words"])


def smog_index(sums: Floats) -> Floats:
    """US school grade from words of three syllables per sentence (McLaughlin 1969); made for 30 sentences or more."""
    total = _columns(sums)
    grade = 1.043 * np.sqrt(30 * total["polysyllables"] / total["sentences"]) + 3.1291
    return np.where(np.isnan(total["words"]), np.nan, grade)


def dale_chall_readability_score(sums: Floats) -> Floats:
    """Dale–Chall score, 4.9 or less (grade 4) to 10 and more (college), from unfamiliar words (Dale & Chall 1948).

    Above 5 % unfamiliar words a constant is added. textstat's second version is not used: it asks for two syllables
    in a difficult word and adds the constant almost always, which neither the formula of 1948 nor that of 1995 does.
    """
    total = _columns(sums)
    unfamiliar = 100 * total["difficult_words"] / total["words"]
    score = 0.1579 * unfamiliar + 0.0496 * total["words"] / total["sentences"]
    return np.where(unfamiliar > 5, score + 3.6365, score)


_GRADE = "US school grade"
FORMULAS: dict[str, tuple[str, Formula]] = {
    "flesch_reading_ease": ("points, 0–100", flesch_reading_ease),
    "flesch_kincaid_grade": (_GRADE, flesch_kincaid_grade),
    "gunning_fog": (_GRADE, gunning_fog),
    "smog_index": (_GRADE, smog_index),
    "dale_chall_readability_score": ("points, about 4–11", dale_chall_readability_score),
}

DIMENSION = Dimension(
    name="readability",
    title="Readability",
    question="How much schooling does the text ask of its readers?",
    unit="points or US school grade",
    higher="harder to read; for Flesch reading ease, easier",
    limits=(
        "The formulas see the length of words and sentences, not meaning, order or what readers know. Proper names and "
        "inflected forms count as unfamiliar words, a headline without a full stop runs on into the sentence after it, "
        "and SMOG was made for 30 sentences or more."
    ),
    reference=(
        "Flesch 1948; Kincaid et al. 1975; Gunning 1952; McLaughlin 1969; Dale & Chall 1948; counts as in textstat 0.7.8"
    ),
    find=find_readability,
    measure=measure_readability,
)
