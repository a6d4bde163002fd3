"""Word shifts: which evidence makes a score of one article differ from that of another (Gallagher et al. 2021)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from framing.analysis import Analysis, Evidence, Ratio, Score
from framing.comparison.rows import supporting
from framing.document import Document

COLUMNS = ("word", "contribution", "count_a", "count_b", "rate_a", "rate_b")

NO_CUE = "(quotation without a cue)"

# A sum s of valences becomes a value in −1..1 as s / sqrt(s² + this): 15 in VADER, 1 in our lexicon of stance.
_SOFTENED = {("stance", "mean_polarity"): 1.0, ("tone", "mean_compound"): 15.0}


class _Piece(NamedTuple):
    """A word and what it adds to the first column of a score's totals."""

    word: str
    amount: float


def shift(a: Analysis, b: Analysis, key: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """What each word contributes to the difference of a score between two articles (Gallagher et al. 2021).

    `key` is `Score.key` of a score that both have and that is a ratio. One row per word, the largest contribution first: it
    is `rate_a` − `rate_b`, the part of either value that the word makes, and the contributions add up to value_a − value_b.
    A word is the text of a piece of evidence in lower case: the cue of a hedge or an attribution, a loaded term, a name for
    mentions. `count_a` and `count_b` count its pieces. What counts for a sentence once, as in shares of sentences, is divided
    between the pieces in it. Attributed words count for the cue that attributes them.

    Means of weights (stance, tone) are taken relative to the reference 0, the neutral middle of their scale, which is the same
    for every article: a sentence then adds its own value to the mean, divided between the words that decide it. What they do
    not explain, all of it where none is listed, stands under the sentence itself. A sentence that adds nothing has no row.

    Raises `ValueError` where there is no such score in either, it is undefined, or it is no sum over evidence (readability,
    effective sources).
    """
    sides = [_parts(analysis, key) for analysis in (a, b)]
    rows = [
        (word, rates[0] - rates[1], counts[0], counts[1], rates[0], rates[1])
        for word in dict.fromkeys(word for side in sides for word in side)
        for counts, rates in [tuple(zip(*(side.get(word, (0, 0.0)) for side in sides), strict=True))]
    ]
    rows.sort(key=lambda row: (-abs(row[1]), row[0]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _parts(analysis: Analysis, key: tuple[str, str, str, str, str]) -> dict[str, tuple[int, float]]:
    """How often each word counts in a score, and the part of the value that it makes."""
    score = next((score for score in analysis.scores if score.key == key), None)
    what = " ".join(filter(None, key))
    if score is None:
        raise ValueError(f"'{analysis.document.id}' has no score {what}")
    if not isinstance(score.formula, Ratio):
        raise ValueError(  # noqa: TRY004  the type is what tells the kinds of scores apart, not a caller's mistake
            f"{what} is no sum over pieces of evidence, so no word has a part in it"
        )
    above, below = score.totals.sum(axis=0).tolist()
    if not below:
        raise ValueError(
            f"{what} is undefined in '{analysis.document.id}', so there is no difference to explain"
        )
    counts, amounts = Counter[str](), defaultdict[str, list[float]](list)
    for word, amount in _pieces(analysis, score):
        counts[word] += 1
        amounts[word].append(amount)
    found = {word: math.fsum(parts) for word, parts in amounts.items()}
    if not math.isclose(math.fsum(found.values()), above, rel_tol=1e-9, abs_tol=1e-9):
        raise ValueError(f"the evidence of {what} in '{analysis.document.id}' does not add up to it")
    return {word: (counts[word], score.formula.scale * amount / below) for word, amount in found.items()}


def _pieces(analysis: Analysis, score: Score) -> Iterator[_Piece]:
    document = analysis.document
    if score.measure == "attributed_words":
        yield from _attributed(analysis)
        return
    everything = analysis.evidence
    evidence = [everything[number] for number in supporting(analysis, score)]
    if score.measure == "mentions":
        for item in evidence:
            for start, end in item.extra["mentions"]:
                yield _Piece(_word(document, start, end), 1.0)
    elif (score.dimension, score.measure) in _SOFTENED:
        for item in evidence:
            yield from _deciding(document, item, _SOFTENED[score.dimension, score.measure])
    else:
        yield from _counted(document, score, evidence)


def _counted(document: Document, score: Score, evidence: Sequence[Evidence]) -> Iterator[_Piece]:
    """Pieces of a count by sentence, in equal parts where a sentence counts once however many it has."""
    by_sentence = defaultdict[int, list[Evidence]](list)
    for item in evidence:
        sentence = document.sentence_at(item.start)
        if sentence is not None:
            by_sentence[sentence].append(item)
    for sentence, items in by_sentence.items():
        amount = float(score.totals[sentence, 0]) / len(items)
        for item in items:
            yield _Piece(_word(document, item.start, item.end), amount)


def _deciding(document: Document, item: Evidence, softened: float) -> Iterator[_Piece]:
    """The value of a sentence divided between the words that decide it.

    Each adds its own weight, on the scale of the value. What is missing to the value (rounding, emphasis, words too weak to
    be listed) is divided by the size of the weights, unless it outweighs them: then it stays with the sentence. So a good word
    in a bad sentence still counts as good.
    """
    words = [word for word in item.extra.get("words", ()) if word[2]]
    total, size = math.fsum(weight for *_, weight in words), math.fsum(abs(weight) for *_, weight in words)
    scale = 1 / math.sqrt(total**2 + softened)
    rest = item.weight - scale * total
    shared = abs(rest) <= scale * size
    for start, end, weight in words:
        share = rest * abs(weight) / size if shared else 0.0
        yield _Piece(_word(document, start, end), scale * weight + share)
    if rest and not shared:
        yield _Piece(_word(document, item.start, item.end), rest)


def _attributed(analysis: Analysis) -> Iterator[_Piece]:
    """The words of each attribution, under its cue."""
    evidence = analysis.readings["attribution"].evidence
    for voice, words in analysis.markup.voices.words():
        if voice.name == "attributed":
            cue = None if voice.attribution is None else evidence[voice.attribution]
            yield _Piece(_word(analysis.document, cue.start, cue.end) if cue else NO_CUE, float(words))


def _word(document: Document, start: int, end: int) -> str:
    return " ".join(document.text[start:end].split()).casefold()
