"""Tone: how positive or negative each sentence sounds, by VADER (Hutto & Gilbert 2014).

VADER is asked sentence by sentence, never for a longer text: its compound score saturates with length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, compress
from operator import attrgetter
from types import SimpleNamespace
from typing import NamedTuple

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
    SentiText,
    negated,
    normalize,
)

from framing.analysis import Dimension, Evidence, Markup, Score, rates
from framing.data import Remembered
from framing.document import Sentence

_THRESHOLD = 0.05  # compound; the cut that VADER's authors give for positive and negative
# Words; VADER takes quadratic time, and what is longer is a table or a list, not a sentence.
_LONGEST = 200

_SPACED = re.compile(r"\S+")
# VADER knows straight quotation marks only: with curly ones it would miss "isn’t" and every word beside a mark.
_STRAIGHT = str.maketrans("‘’ʼ“”„«»", "'" * 3 + '"' * 5)


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def find_tone(markup: Markup) -> list[Evidence]:
    """A row for each sentence: its compound score, −1..1, and the words that made it, with their valence, about −5..5.

    The names of actors are masked first, as "United" is a happy word to VADER and a state's name is not its mood.
    """
    text = _without_names(markup)
    return [_rate(text, sentence) for sentence in markup.document.sentences]


def _without_names(markup: Markup) -> str:
    text = markup.document.text
    pieces, position = [], 0
    for start, end in sorted({(mention.start, mention.end) for mention in markup.mentions}):
        pieces += [text[position:start], _masked(text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


@lru_cache(maxsize=10_000)
def _masked(name: str) -> str:
    return _LETTER.sub(_mask, name)


def _mask(letter: re.Match[str]) -> str:
    """An x in the same case: VADER looks whether some words, not all, are in capitals."""
    return "X" if letter.group().isupper() else "x"


_LETTER = re.compile(r"[^\W_]")


def _rate(text: str, sentence: Sentence) -> Evidence:
    start, end = sentence.start, sentence.end
    chunks = text[start:end].split()
    words: list[tuple[int, int, float]] = []
    total = 0.0
    offsets: Sequence[int] = ()
    for first in range(0, len(chunks), _LONGEST):
        part = chunks[first : first + _LONGEST]
        seen = list(map(_CHUNKS.__getitem__, part))
        if not any(map(_TELLS, seen)):  # what is left may change a valence, but has none
            continue
        offsets = offsets or _offsets(text, start, end, chunks)
        last = first + len(part) - 1
        compound, found = _compound(seen, text[offsets[first] : offsets[last] + len(part[-1])])
        total += compound * len(part)
        for index, at, size, valence in found:
            words.append((offsets[first + index] + at, offsets[first + index] + at + size, valence))
    compound = total / len(chunks)
    reasons = ", ".join([f"{text[start:end]} {valence:+.1f}" for start, end, valence in words])
    why = f"VADER compound {compound:+.2f}: {reasons or 'no word of its lexicon'}"
    return Evidence("tone", _label(compound), start, end, compound, why=why, extra={"words": words})


def _offsets(text: str, start: int, end: int, chunks: Sequence[str]) -> list[int]:
    """Where each chunk between spaces begins."""
    offsets = list(accumulate([len(chunk) + 1 for chunk in chunks[:-1]], initial=start))
    if offsets[-1] + len(chunks[-1]) != end:  # more than one space between two
        offsets = [match.start() for match in _SPACED.finditer(text, start, end)]
    return offsets


def _label(compound: float) -> str:
    if compound >= _THRESHOLD:
        return "positive"
    return "negative" if compound <= -_THRESHOLD else "neutral"


# VADER ----------------------------------------------------------------------------------------------------------

# VADER's own functions rate words and sentences, but are asked only about the words whose valence something near may
# change: it would compare every word of the sentence with all its lists, and does so several times for each word.


class _Chunk(NamedTuple):
    """What VADER sees in a chunk between spaces."""

    word: str  # without its punctuation
    lower: str
    at: int  # where the word begins in the chunk
    valence: float  # in the lexicon; 0 for a word it lacks and for an intensifier
    turns: bool  # whether it may change the valence of a word near it
    upper: bool
    emoji: bool  # whether VADER would describe a part of it in words first
    tells: bool  # whether it has a valence or may have one as an emoji


def _chunk(chunk: str) -> _Chunk:
    straight = chunk.translate(_STRAIGHT)
    (word,) = SentiText(straight).words_and_emoticons
    lower = word.lower()
    intensifies = lower in BOOSTER_DICT
    valence = 0.0 if intensifies else _vader().lexicon.get(lower, 0.0)
    emoji = not _vader().emojis.keys().isdisjoint(straight)
    return _Chunk(
        word=word,
        lower=lower,
        at=straight.index(word),
        valence=valence,
        turns=intensifies or lower in _TURNS or negated([lower]),
        upper=word.isupper(),
        emoji=emoji,
        tells=valence != 0 or emoji,
    )


_CHUNKS = Remembered(_chunk)
_TELLS, _LOWER, _UPPER, _TURNING = map(attrgetter, ("tells", "lower", "upper", "turns"))

# Each phrase of VADER has a word that is not so common; it tells that the phrase may be there.
_COMMON = frozenset("the of to for death right stop heart bad enough".split())
_TURNS = (
    frozenset({"no", "least", "so", "this"}).union(
        *(phrase.split() for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in phrase)
    )
    - _COMMON
)
_BEFORE, _AFTER = 3, 2  # words within which something may change a valence


def _compound(seen: Sequence[_Chunk], passage: str) -> tuple[float, list[tuple[int, int, int, float]]]:
    """VADER's compound score of a passage; of the words of its lexicon the chunk, the offset in it, length and valence."""
    lowers = list(map(_LOWER, seen))
    sentiments = [0.0] * len(seen)
    found: list[tuple[int, int, int, float]] = []
    emoji = False
    for index in compress(range(len(seen)), map(_TELLS, seen)):
        chunk = seen[index]
        valence = chunk.valence
        emoji |= chunk.emoji
        if not valence:
            continue
        first = max(0, index - _BEFORE)
        around = seen[first : index + _AFTER + 1]
        if chunk.upper or any(map(_TURNING, around)):
            mixed_case = any(map(_UPPER, seen)) and not all(map(_UPPER, seen))
            valence = _turned([near.word for near in around], index - first, mixed_case)
        found.append((index, chunk.at, len(chunk.word), valence))
        if chunk.lower != "kind" or lowers[index + 1 : index + 2] != ["of"]:
            sentiments[index] = valence
    vader = _vader()
    if emoji:
        described = _described(passage.translate(_STRAIGHT))
        return _compound([_CHUNKS[chunk] for chunk in described.split()], described)[0], found
    if "but" in lowers:
        words = [chunk.word for chunk in seen]
        sentiments = vader._but_check(words, sentiments)  # noqa: SLF001  there is no other name for it
    total = sum(sentiments)
    if "!" in passage or "?" in passage:
        emphasis = vader._punctuation_emphasis(passage)  # noqa: SLF001
        total += emphasis if total > 0 else -emphasis if total < 0 else 0.0
    return round(normalize(total), 4), found


# VADER does not straighten marks in what it says of an emoji, and so misses the word between them.
_KEPT = str.maketrans("‘’ʼ`“”„«»", "′" * 4 + "″" * 5)


def _described(passage: str) -> str:
    """A passage as VADER reads it, with words in place of emoji."""
    pieces: list[str] = []
    spaced = True
    for character in passage:
        description = _vader().emojis.get(character)
        if description is not None and not spaced:
            pieces.append(" ")
        pieces.append(character if description is None else description.translate(_KEPT))
        spaced = description is None and character == " "
    return "".join(pieces).strip()


def _turned(words: Sequence[str], index: int, mixed_case: bool) -> float:
    """The valence of a word among its neighbours; `mixed_case` tells whether some words of the passage are in capitals."""
    seen = SimpleNamespace(words_and_emoticons=words, is_cap_diff=mixed_case)
    valence: float
    (valence,) = _vader().sentiment_valence(0, seen, words[index], index, [])
    return valence


def measure_tone(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Mean compound of the sentences of each voice, −1..1; a sentence belongs to the voice of most of its words.

    `n` is the number of sentences.
    """
    (sentences,) = markup.count([evidence])
    (scores,) = rates("tone", "mean_compound", markup.weigh([evidence]), sentences, scale=1, unit="−1..1")
    return scores


DIMENSION = Dimension(
    name="tone",
    title="Tone",
    question="Do the sentences sound positive or negative?",
    unit="mean VADER compound, −1..1",
    higher="more positive wording, whatever it is about",
    limits=(
        "Tone is not stance: a plain report of a massacre is negative, and one sentence can praise one actor and blame "
        "another. VADER was made for social media; on sentences of newspaper editorials it agrees with people at r = .50 "
        "(on tweets r = .87), so read differences between articles and not single sentences."
    ),
    reference="Hutto & Gilbert 2014, VADER (vaderSentiment 3.3.2)",
    find=find_tone,
    measure=measure_tone,
)
