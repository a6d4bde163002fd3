"""Tone: how positive or negative each sentence sounds, by VADER (Hutto & Gilbert 2014).

VADER is asked sentence by sentence, never for a longer text: its compound score saturates with length.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from vaderSentiment.vaderSentiment import BOOSTER_DICT, SentimentIntensityAnalyzer, SentiText

from framing.analysis import Dimension, Evidence, Markup, Ratio, Score
from framing.document import Sentence
from framing.voice import VOICES

_THRESHOLD = 0.05  # compound; the cut that VADER's authors give for positive and negative
# Words; VADER takes quadratic time, and what is longer is a table or a list, not a sentence.
_LONGEST = 200

_CHUNK = re.compile(r"\S+")
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
        pieces += [text[position:start], _LETTER.sub(_mask, text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


def _mask(letter: re.Match[str]) -> str:
    """An x in the same case: VADER looks whether some words, not all, are in capitals."""
    return "X" if letter.group().isupper() else "x"


_LETTER = re.compile(r"[^\W_]")


def _rate(text: str, sentence: Sentence) -> Evidence:
    chunks = [match.span() for match in _CHUNK.finditer(text, sentence.start, sentence.end)]
    parts = [chunks[first : first + _LONGEST] for first in range(0, len(chunks), _LONGEST)]
    passages = [(part[0][0], text[part[0][0] : part[-1][1]].translate(_STRAIGHT)) for part in parts]
    compounds = [_vader().polarity_scores(passage)["compound"] for _, passage in passages]
    compound = float(np.average(compounds, weights=[len(part) for part in parts]))
    words = [word for start, passage in passages for word in _words(start, passage)]
    reasons = ", ".join(f"{text[start:end]} {valence:+.1f}" for start, end, valence in words)
    return Evidence(
        dimension="tone",
        label=_label(compound),
        start=sentence.start,
        end=sentence.end,
        weight=compound,
        why=f"VADER compound {compound:+.2f}: {reasons or 'no word of its lexicon'}",
        extra={"words": words},
    )


def _label(compound: float) -> str:
    if compound >= _THRESHOLD:
        return "positive"
    return "negative" if compound <= -_THRESHOLD else "neutral"


def _words(offset: int, passage: str) -> list[tuple[int, int, float]]:
    """Start, end and valence of the words of VADER's lexicon, with the intensifiers and negations before them."""
    vader = _vader()
    sentiment_text = SentiText(passage)
    words: list[tuple[int, int, float]] = []
    for index, chunk in enumerate(_CHUNK.finditer(passage)):
        token = sentiment_text.words_and_emoticons[index]
        if token.lower() in BOOSTER_DICT or token.lower() not in vader.lexicon:
            continue
        (valence,) = vader.sentiment_valence(0, sentiment_text, token, index, [])
        start = offset + chunk.start() + chunk.group().index(token)
        words.append((start, start + len(token), valence))
    return words


def measure_tone(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Mean compound of the sentences of each voice, −1..1; a sentence belongs to the voice of most of its words.

    `n` is the number of sentences.
    """
    scores = []
    for voice in (*VOICES, "all"):
        sentences = markup.count(evidence, voice)
        totals = np.column_stack([markup.weigh(evidence, voice), sentences])
        n = int(sentences.sum())
        scores.append(Score("tone", "mean_compound", None, None, voice, "−1..1", totals, Ratio(), n=n))
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
    find={"lexicon": find_tone},
    measure=measure_tone,
)
