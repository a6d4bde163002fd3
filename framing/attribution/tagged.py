"""From labels of units to attributions: what taggers share, whatever gives the labels.

A tagger says of each unit whether it begins or goes on a source, a cue or a content. Their spans are joined by what
the rules find where nothing is tagged, and linked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from framing.analysis import Evidence, Markup
from framing.attribution import grammar
from framing.attribution.blind import attribution_in_tokens, text_in_tokens
from framing.attribution.cues import Cue
from framing.attribution.linking import link
from framing.attribution.rules import Attribution, find_attributions
from framing.attribution.text import Range, Text, read_text
from framing.dimensions.attribution import evidence_of
from framing.document import Document
from framing.lexicon import Entry, load_lexicon, surface_forms
from framing.models.context import Ints, paragraph_bounds
from framing.models.units import Units, as_document

ROLES = ("content", "source", "cue")
LABELS = ("O", *(f"{place}-{role}" for role in ROLES for place in "BI"))

SAY, VERB, NOUN, ADJECTIVE, PREPOSITION = range(1, 6)  # kinds of cue word


class Given(NamedTuple):
    """What is to be tagged: units, the first units of paragraphs, and what the rules found, all counted in units."""

    document: Document
    units: Units
    bounds: list[int]
    text: Text
    rules: list[Attribution]


def read_given(document: Document, units: Units) -> Given:
    """The units of a document with what the rules make of them."""
    text = read_text(as_document(document, units))
    return Given(document, units, paragraph_bounds(document, units), text, find_attributions(text))


def attributions(markup: Markup, given: Given, labels: Ints, trusted: Collection[str]) -> list[Evidence]:
    """The evidence of labels, one piece per cue; `labels` are indices into `LABELS`, shape (units,).

    Attributions of the rules are added where nothing is tagged and the cue is of a kind in `trusted`.
    """
    tagged = _spans(given, labels)
    added = _added_by_rules(given, tagged, trusted)
    cues, sources, contents = (
        sorted({*tagged[role], *added.spans[role]}) for role in ("cue", "source", "content")
    )
    found = [
        Attribution(
            _cue(given.text, each.cue),
            each.source,
            each.contents,
            added.constructions.get(each.cue, "tagged"),
        )
        for each in link(given.text.document, cues, sources, contents)
        if _may_report(given, each.cue)
    ]
    text = text_in_tokens(given.document, given.units, given.text)
    return evidence_of(markup, text, [attribution_in_tokens(given.units, each) for each in found])


@cache
def cue_words() -> dict[str, tuple[int, str]]:
    """First words of the reporting lexicon with the kind of cue they may be, and a class that says more."""
    found: dict[str, tuple[int, str]] = {}
    for entry in load_lexicon("reporting").entries:
        takes = set(entry.extra["takes"].split())
        if "colon" in takes:
            continue
        if "source" in takes:
            kind = PREPOSITION
        elif "adjective" in takes:
            kind = ADJECTIVE
        elif entry.forms == "v" or "noun" not in takes:
            kind = SAY if "inverted" in takes else VERB
        else:
            kind = NOUN
        more = f"{kind}{'n' * ('noun' in takes)}{'p' * ('person' in takes)} {entry.category}"
        for form in surface_forms(entry):
            if form[0] not in found or len(form) == 1:
                found[form[0]] = kind, more
    return found


def _spans(given: Given, labels: Ints) -> dict[str, list[Range]]:
    """The spans of each role in units; one ends with its paragraph."""
    spans: dict[str, list[Range]] = {role: [] for role in ROLES}
    written = labels.astype(np.uint8).tobytes()
    for first, last in pairwise(given.bounds):
        for run in _RUN.finditer(written, first, last):
            begin, end = run.span()
            name = ROLES[(written[begin] - 1) // 2]
            spans[name].append(Range(begin, _whole(given, begin, end) if name == "content" else end))
    return spans


# The beginning of a span and what goes on with it, or only that, labels being bytes.
_RUN = re.compile(
    b"|".join(b"[%c%c]%c*" % (begins, begins + 1, begins + 1) for begins in range(1, len(LABELS), 2)),
)


class Added(NamedTuple):
    """Spans that the rules add by role, in units, and the construction in which they found each cue."""

    spans: dict[str, list[Range]]
    constructions: dict[Range, str]


def _added_by_rules(given: Given, spans: dict[str, list[Range]], trusted: Collection[str]) -> Added:
    """Attributions of the rules whose cue is of a trusted kind and stands where the tagger marks nothing."""
    taken = [False] * len(given.units.words)
    for first, last in chain.from_iterable(spans.values()):
        taken[first:last] = [True] * (last - first)
    added = Added({role: [] for role in spans}, {})
    for found in given.rules:
        cue = Range(found.cue.first, found.cue.last)
        if found.cue.kind in trusted and not any(taken[cue.first : cue.last]):
            added.constructions[cue] = found.construction
            for role, places in (("cue", [cue]), ("source", [found.source]), ("content", found.contents)):
                added.spans[role] += [
                    place for place in places if place and not any(taken[place.first : place.last])
                ]
    return added


def _may_report(given: Given, cue: Range) -> bool:
    """Whether a tagged cue holds a verb or a word that the lexicon lists; a lone noun or preposition was a slip."""
    return any(
        unit in given.text.cues or word in cue_words() or grammar.looks_finite(word) or word.endswith("ing")
        for unit, word in enumerate(given.units.words[cue.first : cue.last], cue.first)
    )


def _whole(given: Given, first: int, last: int) -> int:
    """The end of a content that does not break off at a word which something must follow: "the storm will" | "pass"."""
    words = given.units.words
    end = given.bounds[bisect_right(given.bounds, first)]
    while last < end and words[last - 1] in _UNFINISHED and words[last][0].isalnum():
        last += 1
    return last


_UNFINISHED = (grammar.FINITE | grammar.DETERMINERS | grammar.PREPOSITIONS | {"to", "be", "not"}) - {
    "that",
    "this",
}


def _cue(text: Text, span: Range) -> Cue:
    """A tagged cue as the rules describe theirs: with its entry of the lexicon, or as a neutral one that it lacks."""
    known = next((text.cues[token] for token in range(span.first, span.last) if token in text.cues), None)
    if known is not None:
        return known._replace(first=span.first, last=span.last)
    matches = load_lexicon("reporting").match(text.document, span.first, span.last)
    entry = matches[0].entry if matches else _unlisted()
    return Cue(span.first, span.last, span.last - 1, "finite", frozenset(), entry)


@cache
def _unlisted() -> Entry:
    return Entry("", "neutral")
