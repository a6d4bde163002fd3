"""Hedging: words that weaken the commitment to what is said, and boosters that strengthen it (Hyland 2005).

The lexicon finds the cues. Where a word is a hedge only in some surroundings that its neighbours do not show, the
column `context` of its entry names one of the rules below, or `none` for a fixed phrase that is no hedge at all
("as soon as possible") and keeps the words in it from counting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from framing.analysis import Dimension, Evidence, Markup, Score, cues, rate
from framing.document import Document
from framing.lexicon import Match, load_lexicon
from framing.voice import VOICES

HEDGES = ("epistemic", "doxastic", "condition", "approximator", "hearsay", "weasel")
BOOSTER = "booster"

_PURPOSE_OR_TIME = frozenset("so before until than".split())
_HYPOTHETICAL = frozenset("if unless supposing otherwise".split())
_PENDING = frozenset("will would won't wouldn't shall must cannot can't 'll".split())
_QUANTITIES = frozenset("many much few little far long soon".split())
_PAUSES = frozenset(",;:.–—)")
_WINDOW = (
    30  # tokens on either side that a rule looks at, so that time stays linear in a sentence of any length
)
_CLAUSE_WORDS = 2
_OBJECT_WORDS = 8
_PENDING_WORDS = 12


def find_hedges(markup: Markup) -> list[Evidence]:
    """Hedges and boosters of a document, labelled with their type."""
    document = markup.document
    lexicon = load_lexicon("hedging")
    matches = (match for match in lexicon.match(document) if _fits(document, match))
    return cues("hedging", document, lexicon, matches)


def _fits(document: Document, match: Match) -> bool:
    context = match.entry.extra.get("context", "")
    if not context:
        return True
    sentence = document.sentences[document.sentence_of(match.first)]
    before = document.tokens[max(sentence.first, match.first - _WINDOW) : match.first]
    after = document.tokens[match.last : min(sentence.last, match.last + _WINDOW)]
    return CONTEXTS[context](before, after)


def _never(before: Sequence[str], after: Sequence[str]) -> bool:
    return False


def _possibility(before: Sequence[str], after: Sequence[str]) -> bool:
    """Modal `could` of what may be: not of past ability, which purpose, time and comparison show ("so that they could")."""
    return not _PURPOSE_OR_TIME.intersection(before[-4:])


def _hypothetical(before: Sequence[str], after: Sequence[str]) -> bool:
    """Conditional `would`: the sentence states the condition; a reported future ("said he would") has none."""
    return bool(_HYPOTHETICAL.intersection(before) or _HYPOTHETICAL.intersection(after))


def _clause(before: Sequence[str], after: Sequence[str]) -> bool:
    """Conditional `if` opens a clause: in "a firm, if risky, plan" it concedes."""
    return not any(token in _PAUSES for token in after[:_CLAUSE_WORDS])


def _pending(before: Sequence[str], after: Sequence[str]) -> bool:
    """`until` of an event still to come: the main clause before it is future or modal."""
    return bool(_PENDING.intersection(before[-_PENDING_WORDS:]))


def _as(before: Sequence[str], after: Sequence[str]) -> bool:
    """A verb of seeing that takes an `as` ("sees the pact as a threat") judges; without it, eyes see."""
    return any(
        token == "as" and following not in _QUANTITIES
        for token, following in pairwise(after[: _OBJECT_WORDS + 1])
    )


CONTEXTS: dict[str, Callable[[Sequence[str], Sequence[str]], bool]] = {
    "none": _never,
    "possibility": _possibility,
    "hypothetical": _hypothetical,
    "clause": _clause,
    "pending": _pending,
    "as": _as,
}


def measure_hedging(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Hedged sentences per 100; hedge cues per 1,000 words, in all and by type; boosters per 1,000 words; by voice.

    `n` is the number of sentences or words of the voice.
    """
    hedges = [item for item in evidence if item.label != BOOSTER]
    boosters = [item for item in evidence if item.label == BOOSTER]
    by_type = {label: [item for item in hedges if item.label == label] for label in HEDGES}
    per_100 = partial(rate, "hedging", scale=100, unit="per 100 sentences")
    per_1000 = partial(rate, "hedging", scale=1000, unit="per 1,000 words")
    scores: list[Score] = []
    for voice in (*VOICES, "all"):
        sentences, words = markup.sentences(voice), markup.words(voice)
        scores.append(per_100("hedged_sentences", voice, markup.flag(hedges, voice), sentences))
        scores.append(per_1000("hedge_cues", voice, markup.count(hedges, voice), words))
        scores += [
            per_1000("hedge_cues", voice, markup.count(by_type[label], voice), words, label=label)
            for label in HEDGES
        ]
        scores.append(per_1000("boosters", voice, markup.count(boosters, voice), words))
    return scores


DIMENSION = Dimension(
    name="hedging",
    title="Hedging",
    question="How far does the text commit itself to what it says?",
    unit="hedged sentences per 100; cues per 1,000 words",
    higher="more of what is said is put as possible, believed, conditional, approximate or hearsay",
    limits=(
        "It cannot tell honest caution from evasion, nor which words a cue weakens; "
        "a cue that a negation turns round (not doubtful) still counts."
    ),
    reference="Lakoff 1973; Hyland 2005; Szarvas et al. 2012; Vincze 2013",
    find={"lexicon": find_hedges},
    measure=measure_hedging,
)
