"""Loaded language: wording that evaluates, slants or takes sides beyond the facts (Bolinger 1980; Recasens et al. 2013).

Two lexicons find most of it: `loaded` holds general terms, `contested` the names and labels that parties to a conflict
dispute. Two rules add what no list can hold: quotation marks that set a term apart without quoting anybody, and new
names on the pattern of a doctrine or a corps: an entry of `contested` with something in its column `head` is the last
word of such a name, and the evidence covers the whole name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from framing.analysis import Dimension, Evidence, Markup, Score, grouped, rates
from framing.document import Document, Span
from framing.lexicon import Entry, load_lexicon
from framing.neutral import neutral_form

SCARE_QUOTES = "scare_quotes"
EVALUATIVE = "evaluative"  # a word that no lexicon has and a trained model blames

_SCARE_WORDS = 4  # longer passages in quotation marks quote somebody
_SCARE_WEIGHT = -0.3  # quotation marks distance, but less than a hostile word does
_CUE_REACH = 4  # tokens beside a quotation in which a reporting cue makes it speech, or a name somebody gave
_NAME_WORDS = 3  # words that a coined name may have before its last one
_DETERMINERS = frozenset("a an the this that these those its his her their our my your".split())
_NICKNAME = "A nickname set inside a name: it keeps an alias or a past before the reader."
_DISTANCE = "Quotation marks without a speaker: they mark a term as contested, coined or doubted."


class Place(NamedTuple):
    """A stretch of tokens `first:last` that counts, and what is known about it."""

    first: int
    last: int
    label: str
    weight: float
    actor: str | None
    neutral: str | None
    why: str


def labels(model: str = "lexicon") -> tuple[str, ...]:
    """All labels of a model's evidence, in order of the alphabet: the categories of both lexicons, scare quotes, and
    `evaluative` where the model finds words without an entry.
    """
    found = {SCARE_QUOTES, *load_lexicon("loaded").categories, *load_lexicon("contested").categories}
    return tuple(sorted(found if model == "lexicon" else {EVALUATIVE, *found}))


def terms(document: Document) -> list[Place]:
    """Where the terms of both lexicons stand, none of them overlapping; the longest first."""
    return _apart([*_listed(document, "contested"), *_listed(document, "loaded")])


def find_loaded(markup: Markup, named: Sequence[Place] | None = None) -> list[Evidence]:
    """Loaded terms, contested names, coinages and scare quotes; `extra` holds the neutral alternative, or None.

    `named` are the `terms` of the document, where they are known already.
    """
    document = markup.document
    named = terms(document) if named is None else named
    quotations = {_inside(document, quote): quote for quote in document.quotes}
    taken = {token for place in named for token in range(place.first, place.last)}
    marked = [
        place
        for place in _scare_quotes(markup, quotations)
        if taken.isdisjoint(range(place.first, place.last))
    ]
    return [_evidence(document, place, quotations) for place in sorted([*named, *marked])]


def _listed(document: Document, name: str) -> Iterator[Place]:
    lexicon = load_lexicon(name)
    for match in lexicon.match(document):
        entry = match.entry
        first = _start_of_name(document, match.first) if entry.extra.get("head") else match.first
        why = lexicon.reason(entry)
        written = document.tokens[match.first : match.last]
        neutral = _neutral(entry.term, entry.forms, entry.neutral, written)
        yield Place(first, match.last, entry.category, entry.weight, entry.actor or None, neutral, why)


@cache
def _neutral(term: str, forms: str, neutral: str, written: tuple[str, ...]) -> str | None:
    """As `neutral_form`, kept: news repeats its words."""
    return neutral_form(Entry(term, "", forms=forms, neutral=neutral), written)


def _start_of_name(document: Document, token: int) -> int:
    """Where the run of capitalised words that ends with a token begins, a determiner left out."""
    first = max(document.sentences[document.sentence_of(token)].first, token - _NAME_WORDS)
    while token > first and document.is_capital[token - 1] and document.tokens[token - 1] not in _DETERMINERS:
        token -= 1
    return token


def _apart(places: Sequence[Place]) -> list[Place]:
    """The longest of places that overlap; of equal ones the first given."""
    kept: list[Place] = []
    taken: set[int] = set()
    for place in sorted(places, key=lambda place: place.first - place.last):
        tokens = range(place.first, place.last)
        if taken.isdisjoint(tokens):
            kept.append(place)
            taken.update(tokens)
    return kept


def _evidence(document: Document, place: Place, quotations: dict[tuple[int, int], Span]) -> Evidence:
    """Evidence of a place; where the place is all that quotation marks enclose, they belong to it."""
    span = quotations.get((place.first, place.last))
    return Evidence(
        dimension="loaded",
        label=place.label,
        start=span.start if span else document.starts[place.first],
        end=span.end if span else document.ends[place.last - 1],
        weight=place.weight,
        actor=place.actor,
        why=place.why,
        extra={"neutral": place.neutral},
    )


# Quotation marks ------------------------------------------------------------------------------------------------


def _inside(document: Document, quote: Span) -> tuple[int, int]:
    """The tokens `first:last` between quotation marks, punctuation at either end left out."""
    inside, tokens = document.tokens_in(quote.start, quote.end), document.tokens
    first, last = inside.start, inside.stop
    while first < last and not tokens[first][0].isalnum():
        first += 1
    while first < last and not tokens[last - 1][0].isalnum():
        last -= 1
    return (first, last) if first < last else (0, 0)


def _is_term(document: Document, first: int, last: int) -> bool:
    """Whether tokens are a term of one to four words; with punctuation inside, or of a single letter, they are not."""
    return (
        0 < document.is_word[first:last].count(True) <= _SCARE_WORDS
        and (last - first > 1 or len(document.tokens[first]) > 1)
        and all(token[-1].isalnum() or token == "-" for token in document.tokens[first:last])
    )


def _scare_quotes(markup: Markup, quotations: dict[tuple[int, int], Span]) -> Iterator[Place]:
    document = markup.document
    cues: dict[int, set[int]] = {}
    for (first, last), quote in quotations.items():
        if not _is_term(document, first, last):
            continue
        if _is_nickname(document, first, last, quote):
            yield Place(first, last, SCARE_QUOTES, _SCARE_WEIGHT, None, None, _NICKNAME)
        elif (
            markup.voices.of(quote.start, quote.end).name != "attributed"
            and not _is_title(document, first, last)
            and not _is_utterance(document, first, last)
            and not _is_reported(document, first, last, cues)
        ):
            yield Place(first, last, SCARE_QUOTES, _SCARE_WEIGHT, None, None, _DISTANCE)


def _is_reported(document: Document, first: int, last: int, cues: dict[int, set[int]]) -> bool:
    """Whether a reporting cue stands close before or after. `cues` keeps the tokens of those of each sentence."""
    low, high = max(0, first - 1 - _CUE_REACH), min(last + 1 + _CUE_REACH, len(document.tokens))
    for number in range(document.sentence_of(low), document.sentence_of(high - 1) + 1):
        if number not in cues:  # cues are found a sentence at a time
            sentence = document.sentences[number]
            matches = load_lexicon("reporting").match(document, sentence.first, sentence.last)
            cues[number] = {token for cue in matches for token in range(cue.first, cue.last)}
        if not cues[number].isdisjoint((*range(low, first), *range(last, high))):
            return True
    return False


def _is_nickname(document: Document, first: int, last: int, quote: Span) -> bool:
    """A capitalised name in quotation marks between two capitalised words, with nothing else between them."""
    sentence = document.sentences[document.sentence_of(first)]
    before, after = first - 2, last + 1
    if before < sentence.first or after >= sentence.last or not document.is_capital[first]:
        return False
    touching = document.ends[before] + 1 == quote.start and document.starts[after] == quote.end + 1
    surname = after + 2 if document.tokens[after + 1 : after + 2] == ("-",) else after
    return (
        touching
        and document.is_capital[before]
        and (document.is_capital[after] or document.is_capital[surname])
    )


def _is_title(document: Document, first: int, last: int) -> bool:
    """A work's title: capitalised, with an article of its own, a kind of work close before it, or "by" after it."""
    if not (document.is_capital[first] and document.is_capital[last - 1]):
        return False
    if document.tokens[first] in _DETERMINERS:
        return True
    around = document.tokens[max(0, first - 1 - _CUE_REACH) : first]
    return bool(_WORKS.intersection(around)) or document.tokens[last + 1 : last + 2] == ("by",)


_WORKS = frozenset(
    "album article book chapter column documentary editorial episode essay film hashtag headline headlined memoir movie "
    "novel paper play podcast poem program programme report series show sitcom song speech study titled entitled track "
    "video".split()
)


def _is_utterance(document: Document, first: int, last: int) -> bool:
    """A whole sentence in quotation marks: a slogan or an exclamation, not a term."""
    sentence = document.sentences[document.sentence_of(first)]
    before, after = range(first - 1, sentence.first - 1, -1), range(last, sentence.last)
    return not any(document.is_word[token] for token in (*before[:_CUE_REACH], *after[:_CUE_REACH]))


# Scores ---------------------------------------------------------------------------------------------------------


def measure_loaded(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Loaded terms per 1,000 words, in all and by label; sentences with one per 100; each by voice.

    `n` is the number of words or sentences of the voice.
    """
    names = labels(markup.model)
    counts = markup.count(grouped(evidence, names))
    terms = counts.sum(axis=0, keepdims=True)
    by_voice = zip(
        *rates(
            "loaded",
            "loaded_terms",
            np.concatenate([terms, counts]),
            markup.words,
            scale=1000,
            unit="per 1,000 words",
            labels=(None, *names),
        ),
        *rates(
            "loaded",
            "loaded_sentences",
            np.minimum(terms, 1),
            markup.sentences,
            scale=100,
            unit="per 100 sentences",
        ),
        strict=True,
    )
    return list(chain.from_iterable(by_voice))


DIMENSION = Dimension(
    name="loaded",
    title="Loaded language",
    question="How much of the wording evaluates, slants or takes sides beyond the facts?",
    unit="terms per 1,000 words; sentences with a loaded term per 100",
    higher="more words that a plainer one could replace: judgements, contested names, images, scare quotes",
    limits=(
        "It cannot tell whether a judgement is fair, nor slant by what is left out; a plain word used with irony is missed, "
        "and a listed word used in its plain sense counts unless its neighbours show it."
    ),
    reference="Bolinger 1980; van Dijk 1998; Recasens, Danescu-Niculescu-Mizil & Jurafsky 2013; Da San Martino et al. 2019",
    find=find_loaded,
    measure=measure_loaded,
)
