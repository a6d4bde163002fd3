"""Hedging: words that weaken the commitment to what is said, and boosters that strengthen it (Hyland 2005).

The lexicon finds the cues. Where a word is a hedge only in some surroundings that its neighbours do not show, the
column `context` of its entry names one of the rules below, or `none` for a fixed phrase that is no hedge at all
("as soon as possible") and keeps the words in it from counting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, pairwise

import numpy as np

from framing.analysis import Dimension, Evidence, Markup, Score, grouped, rates
from framing.attribution import grammar
from framing.attribution.text import Range
from framing.document import Document
from framing.lexicon import Match, load_lexicon

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
    """Hedges and boosters of a document, labelled with their type; `extra` holds what they weaken, and who hedges.

    `scope` is the clause around the cue, `owner` the source whose words the cue is, None for the author.
    """
    lexicon = load_lexicon("hedging")
    return [
        evidence_of(markup, match.first, match.last, match.entry.category, lexicon.reason(match.entry))
        for match in lexicon.match(markup.document)
        if fits(markup.document, match)
    ]


def evidence_of(markup: Markup, first: int, last: int, label: str, why: str, **more: float) -> Evidence:
    """The tokens `first:last` as a cue, with its scope and owner, and what more is known of it."""
    document = markup.document
    start, end = document.starts[first], document.ends[last - 1]
    scope = clause(document, first, last)
    attribution = markup.voices.of(start, end).attribution
    source = None if attribution is None else markup.attributions[attribution].extra["source"]
    extra = {"scope": [document.starts[scope.first], document.ends[scope.last - 1]], "owner": source}
    return Evidence("hedging", label, start, end, why=why, extra=extra | more)


def clause(document: Document, first: int, last: int) -> Range:
    """The tokens of the clause around the tokens `first:last`: what a cue there weakens, as far as marks and conjunctions tell.

    >>> from framing.document import make_document
    >>> document = make_document("He left, but the raid may have failed because it rained.")
    >>> found = clause(document, 6, 7)
    >>> document.text[document.starts[found.first] : document.ends[found.last - 1]]
    'the raid may have failed'
    """
    sentence = document.sentences[document.sentence_of(first)]
    tokens = document.tokens
    begin, end = first, last
    earliest, latest = max(sentence.first, first - _WINDOW), min(sentence.last, last + _WINDOW)
    while begin > earliest and (tokens[begin - 1] not in _MAY_PART or not _parts(tokens, begin - 1)):
        begin -= 1
    while end < latest and (tokens[end] not in _MAY_PART or not _parts(tokens, end)):
        end += 1
    return Range(begin, end)


def _parts(tokens: Sequence[str], token: int) -> bool:
    """Whether a token stands between two clauses: a mark, a conjunction, or "and" before a subject."""
    word = tokens[token]
    if word in ("and", "or") and token + 1 < len(tokens):
        return tokens[token + 1] in grammar.SUBJECTS
    return word in _BETWEEN_CLAUSES


_BETWEEN_CLAUSES = (
    frozenset(', ; : . ! ? … ( ) " but'.split())
    | grammar.DASHES
    | frozenset("that whether because although though while whereas since who which if unless when".split())
)
_MAY_PART = _BETWEEN_CLAUSES | {"and", "or"}


def fits(document: Document, match: Match) -> bool:
    """Whether a match is a hedge in its context, by the rule that its entry names."""
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
    counts = markup.count(grouped(evidence, (*HEDGES, BOOSTER)))
    hedges = counts[:-1].sum(axis=0, keepdims=True)
    per_100 = partial(rates, "hedging", scale=100, unit="per 100 sentences")
    per_1000 = partial(rates, "hedging", of=markup.words, scale=1000, unit="per 1,000 words")
    by_voice = zip(
        *per_100("hedged_sentences", np.minimum(hedges, 1), markup.sentences),
        *per_1000("hedge_cues", np.concatenate([hedges, counts[:-1]]), labels=(None, *HEDGES)),
        *per_1000("boosters", counts[-1:]),
        strict=True,
    )
    return list(chain.from_iterable(by_voice))


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
    find=find_hedges,
    measure=measure_hedging,
)
