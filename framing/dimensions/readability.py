"""Readability: five school-grade formulas, equal to textstat's on the scored text.

The formulas need nothing but counts, and counts add up over sentences, so every score has a bootstrap interval and
never reads the text twice. Words, syllables and familiar words are textstat's: its rules, the CMU pronouncing
dictionary, pyphen for what that lacks, and the Dale–Chall list, each asked once per word type.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from textstat import textstat

from framing.analysis import Dimension, Evidence, Floats, Formula, Markup, Score
from framing.document import Document
from framing.voice import VOICES

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
_STRETCH = re.compile(r"[^.!?]+")
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
    return _Word(
        textstat.syllable_count(word),
        textstat.polysyllabcount(word),
        textstat.difficult_words(word, syllable_threshold=_POLYSYLLABLE, unique=False),
        textstat.difficult_words(word, syllable_threshold=0, unique=False),
    )


def scored_text(document: Document) -> str:
    """The sentences that are scored, one space between them: what textstat has to be given for the same scores.

    Sentences that touch in the text ("Stop!”He") are not parted.

    >>> from framing.document import make_document
    >>> scored_text(make_document("One came.   Two left."))
    'One came. Two left.'
    """
    return "".join(_pieces(document))


def _pieces(document: Document) -> Iterator[str]:
    """The scored text, sentence by sentence, each with the space that follows it."""
    for sentence, following in pairwise(document.sentences):
        yield document[sentence] + ("" if sentence.end == following.start else " ")
    yield from (document[sentence] for sentence in document.sentences[-1:])


def find_readability(markup: Markup) -> list[Evidence]:
    """A row for each sentence, with its counts, and one for each word that is not on the Dale–Chall list."""
    document = markup.document
    text = scored_text(document)
    begins = [0]
    for piece in _pieces(document):
        begins.append(begins[-1] + len(piece))
    counts = [[0] * len(COUNTS) for _ in document.sentences]
    evidence: list[Evidence] = []
    for chunk in _CHUNK.finditer(text):
        letters = _TRIMMED.search(chunk.group())
        if letters is None:
            continue
        index = bisect_right(begins, chunk.start()) - 1
        word = _look_up(chunk.group()[:_LONGEST])
        counts[index] = [total + one for total, one in zip(counts[index], (1, 0, *word), strict=True)]
        if word.difficult_words:
            shift = document.sentences[index].start - begins[index] + chunk.start()
            evidence.append(_difficult(shift + letters.start(), shift + letters.end(), word.syllables))
    for start in _stretches(text):
        counts[bisect_right(begins, start) - 1][COUNTS.index("sentences")] += 1
    for sentence, count in zip(document.sentences, counts, strict=True):
        if any(count):
            evidence.append(_sentence(sentence.start, sentence.end, dict(zip(COUNTS, count, strict=True))))
    return evidence


def _stretches(text: str) -> Iterator[int]:
    """Where textstat's sentences begin: stretches between full stops of three words or more.

    They are counted for the sentence in which they begin: a headline without a full stop runs on into the lead.
    """
    for stretch in _STRETCH.finditer(text):
        first = _LETTER.search(text, stretch.start(), stretch.end())
        if first and sum(bool(_LETTER.search(chunk)) for chunk in stretch.group().split()) >= _LEAST_WORDS:
            yield first.start()


def _difficult(start: int, end: int, syllables: int) -> Evidence:
    plural = "" if syllables == 1 else "s"
    why = f"not on the Dale–Chall list of familiar words; {syllables} syllable{plural}"
    return Evidence("readability", DIFFICULT_WORD, start, end, float(syllables), why=why)


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
    scores = []
    for voice in (*VOICES, "all"):
        totals = np.zeros((len(markup.document.sentences), len(COUNTS)))
        spoken = [item for item in sentences if voice in ("all", item.voice)]
        for item in spoken:
            index = markup.document.sentence_at(item.start)
            if index is not None:
                totals[index] = [item.extra[name] for name in COUNTS]
        scores += [
            Score("readability", name, None, None, voice, unit, totals, formula, n=len(spoken))
            for name, (unit, formula) in FORMULAS.items()
        ]
    return scores


def _columns(sums: Floats) -> dict[str, Floats]:
    """The sums by name; words are NaN where there are none or none has a syllable, so that scores are undefined."""
    columns = dict(zip(COUNTS, np.moveaxis(sums, -1, 0), strict=True))
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
    find={"lexicon": find_readability},
    measure=measure_readability,
)
