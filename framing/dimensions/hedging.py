"""Hedging: words that weaken the commitment to what is said, and boosters that strengthen it (Hyland 2005).

The lexicon finds the cues. Where a word is a hedge only in some surroundings that its neighbours do not show, the
column `context` of its entry names one of the rules below, or `none` for a fixed phrase that is no hedge at all
("as soon as possible") and keeps the words in it from counting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from framing.analysis import Dimension, Evidence, Floats, Markup, Score, ratio
from framing.document import Document
from framing.lexicon import Match, load_lexicon
from framing.voice import VOICES

HEDGES = ("epistemic", "doxastic", "condition", "approximator", "hearsay", "weasel")
BOOSTER = "booster"

_BE = frozenset("be am is are was were been being 're 's gets got isn't aren't wasn't weren't".split())
_PURPOSE_OR_TIME = frozenset("so before until than as".split())
_HYPOTHETICAL = frozenset("if unless were supposing without otherwise".split())
_CLAUSE_WORDS = 3
_OBJECT_WORDS = 8


def find_hedges(markup: Markup) -> list[Evidence]:
    """Hedges and boosters of a document, labelled with their type."""
    document = markup.document
    lexicon = load_lexicon("hedging")
    definitions = lexicon.categories
    return [
        Evidence(
            dimension="hedging",
            label=match.entry.category,
            start=document.starts[match.first],
            end=document.ends[match.last - 1],
            why=match.entry.note or definitions[match.entry.category],
        )
        for match in lexicon.match(document)
        if _fits(document, match)
    ]


def _fits(document: Document, match: Match) -> bool:
    context = match.entry.extra.get("context", "")
    if not context:
        return True
    sentence = document.sentences[document.sentence_of(match.first)]
    before = document.tokens[sentence.first : match.first]
    after = document.tokens[match.last : sentence.last]
    return _CONTEXTS[context](before, after)


def _never(before: Sequence[str], after: Sequence[str]) -> bool:
    return False


def _possibility(before: Sequence[str], after: Sequence[str]) -> bool:
    """Modal `could` of what may be: not of past ability, which purpose and comparison show ("so that they could")."""
    return not _PURPOSE_OR_TIME.intersection(before[-4:])


def _hypothetical(before: Sequence[str], after: Sequence[str]) -> bool:
    """Conditional `would`: the sentence states the condition; a reported future ("said he would") has none."""
    return bool(_HYPOTHETICAL.intersection(before) or _HYPOTHETICAL.intersection(after))


def _clause(before: Sequence[str], after: Sequence[str]) -> bool:
    """Conditional `if` opens a clause: in "a firm, if risky, plan" it concedes."""
    return len(after) > _CLAUSE_WORDS and not any(token in ",;:.-)" for token in after[:_CLAUSE_WORDS])


def _passive(before: Sequence[str], after: Sequence[str]) -> bool:
    """A participle after a form of be, adverbs between them allowed, or one that follows a comma or an adverb alone."""
    for token in reversed(before):
        if token in _BE or token == ",":
            return True
        if not token.endswith("ly") and token not in ("not", "n't", "also", "now", "still", "often", "long", "once"):
            return False
    return False


def _as(before: Sequence[str], after: Sequence[str]) -> bool:
    """A verb of seeing that takes an `as` ("sees the pact as a threat") judges; without it, eyes see."""
    return "as" in after[1:_OBJECT_WORDS]


_CONTEXTS: dict[str, Callable[[Sequence[str], Sequence[str]], bool]] = {
    "none": _never,
    "possibility": _possibility,
    "hypothetical": _hypothetical,
    "clause": _clause,
    "passive": _passive,
    "as": _as,
}


def measure_hedging(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Hedged sentences per 100; hedge cues per 1,000 words, in all and by type; boosters per 1,000 words; by voice.

    `n` is the number of sentences or words of the voice.
    """
    hedges = [item for item in evidence if item.label != BOOSTER]
    boosters = [item for item in evidence if item.label == BOOSTER]
    by_type = {label: [item for item in hedges if item.label == label] for label in HEDGES}
    scores: list[Score] = []
    for voice in (*VOICES, "all"):
        sentences, words = markup.sentences(voice), markup.words(voice)
        scores.append(_score("hedged_sentences", None, voice, markup.flag(hedges, voice), sentences))
        scores.append(_score("hedge_cues", None, voice, markup.count(hedges, voice), words))
        scores += [_score("hedge_cues", label, voice, markup.count(by_type[label], voice), words) for label in HEDGES]
        scores.append(_score("boosters", None, voice, markup.count(boosters, voice), words))
    return scores


def _score(measure: str, label: str | None, voice: str, counts: Floats, of: Floats) -> Score:
    unit, scale = ("per 100 sentences", 100.0) if measure == "hedged_sentences" else ("per 1,000 words", 1000.0)
    return Score(
        dimension="hedging",
        measure=measure,
        label=label,
        actor=None,
        voice=voice,
        unit=unit,
        totals=np.column_stack([counts, of]),
        formula=ratio(scale),
        n=int(of.sum()),
    )


DIMENSION = Dimension(
    name="hedging",
    title="Hedging",
    question="How far does the text commit itself to what it says?",
    unit="hedged sentences per 100; cues per 1,000 words",
    higher="more of what is said is put as possible, believed, conditional, approximate or hearsay",
    limits=(
        "It cannot tell honest caution from evasion, nor which words a cue weakens; "
        "a cue that negation turns round (not doubtful) still counts."
    ),
    reference="Lakoff 1973; Hyland 2005; Szarvas et al. 2012; Vincze 2013",
    find={"lexicon": find_hedges},
    measure=measure_hedging,
)
