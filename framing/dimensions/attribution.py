"""Attribution: who says, believes or wants what in a text (Pareti 2015; Newell et al. 2018).

The cue is the evidence; its source, contents and kind stand beside it. Rules find them: lexicons of reporting cues and
source nouns, quotation marks, capitals and closed classes (see `framing.attribution`). Verb classes follow
Caldas-Coulthard 1994 and Thompson & Ye 1991.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from framing.actors import Mention, with_wholes
from framing.analysis import ALL_VOICES, Dimension, Evidence, Floats, Formula, Markup, Score, ratio
from framing.attribution.blind import attribution_in_tokens, text_in_tokens
from framing.attribution.rules import Attribution, find_attributions
from framing.attribution.sources import (
    NAMED_ORG,
    NAMED_PERSON,
    PRONOUN,
    SOURCE_TYPES,
    Referent,
    antecedent,
    full_names,
    gender_of,
    grammatical_gender,
    head,
    office,
    people_named,
    source_type,
)
from framing.attribution.text import Range, Text, read_text, words_of
from framing.document import Document
from framing.models.units import as_document, read_units

FORMS = ("direct", "indirect", "mixed")
VERB_CLASSES = ("neutral", "endorsing", "distancing", "emotive")


def find_attribution(markup: Markup) -> list[Evidence]:
    """The attributions of a document, one piece of evidence per cue.

    `extra` holds source, contents, form, source type and verb class, and whom a pronoun stands for as `resolved`.
    """
    document = markup.document
    units = read_units(document, markup.mentions)
    text = read_text(as_document(document, units))
    found = [attribution_in_tokens(units, each) for each in find_attributions(text)]
    return evidence_of(markup, text_in_tokens(document, units, text), found)


def evidence_of(markup: Markup, text: Text, attributions: Iterable[Attribution]) -> list[Evidence]:
    """Attributions, in the order of the text, as evidence: with form, source type, verb class and resolved pronouns."""
    document = markup.document
    people = people_named(text, markup.mentions)
    names, genders = full_names(document), dict[str, str]()
    earlier: list[Referent] = []
    begins = [mention.start for mention in markup.mentions]
    evidence = []
    for attribution in attributions:
        source, resolved, kind, actor = attribution.source, None, None, None
        if source is not None:
            resolved = antecedent(text, source, earlier, people, genders)
            named = resolved or source
            core = head(document, named)
            kind = source_type(document, named, _mentioned(markup, begins, core), names)
            inside = _mentioned(markup, begins, office(document, named, kind))
            actor = inside[0].actor if inside else None
            if kind != PRONOUN:
                earlier.append(Referent(named, kind))
                gender = grammatical_gender(document.tokens[source.first]) or gender_of(document, named)
                if gender and kind == NAMED_PERSON:
                    genders[document.tokens[core.last - 1]] = gender
                if kind in (NAMED_PERSON, NAMED_ORG):
                    names[document.tokens[core.last - 1]] = kind
        verb_class = attribution.cue.entry.category
        extra = {
            "source": _span(document, source) if source else None,
            "content": [_span(document, content) for content in attribution.contents],
            "form": _form(attribution.contents, text.marked),
            "source_type": kind,
            "verb_class": verb_class,
        }
        if resolved:
            extra["resolved"] = _span(document, resolved)
        start, end = _span(document, Range(attribution.cue.first, attribution.cue.last))
        evidence.append(
            Evidence(
                dimension="attribution",
                label=verb_class,
                start=start,
                end=end,
                source_actor=actor,
                why=_why(document, attribution, resolved),
                extra=extra,
            )
        )
    return evidence


def _mentioned(markup: Markup, begins: Sequence[int], tokens: Range) -> Sequence[Mention]:
    """The mentions of actors that begin in a range; `begins` are the starts of `Markup.mentions`, in order."""
    start, end = _span(markup.document, tokens)
    first = bisect_left(begins, start)
    return markup.mentions[first : bisect_left(begins, end, first)]


def _span(document: Document, tokens: Range) -> list[int]:
    return [document.starts[tokens.first], document.ends[tokens.last - 1]]


def _form(contents: Sequence[Range], marked: Sequence[bool]) -> str:
    marks = [marked[content.first : content.last] for content in contents]
    return "direct" if all(map(all, marks)) else "mixed" if any(map(any, marks)) else "indirect"


_CONSTRUCTIONS = {
    "before": "attributes what follows it",
    "after": "attributes the words around or before it",
    "inverted": "attributes the words before it, and its source follows",
    "as-clause": "attributes the main clause from a clause with as",
    "according": "attributes the statement before it",
    "fronted": "attributes the statement after it",
    "passive": "attributes in the passive",
    "noun": "is a noun that attributes what follows it",
    "dependent": "attributes what follows it, and shares its source with another verb",
    "label": "stands between a speaker and what was said",
    "tagged": "was marked as a cue by the tagger",
}


def _why(document: Document, attribution: Attribution, resolved: Range | None) -> str:
    cue, source = attribution.cue, attribution.source
    words = words_of(document, Range(cue.first, cue.last))
    reason = f"'{words}' {_CONSTRUCTIONS[attribution.construction]}"
    if source is None:
        return f"{reason}; no source is named."
    stands = f", which stands for '{words_of(document, resolved)}'" if resolved else ""
    return f"{reason}; the source is '{words_of(document, source)}'{stands}."


# Measures -----------------------------------------------------------------------------------------------------------


def measure_attribution(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """How much is attributed, how often, to what kinds of source and actors, how, and to how many sources in effect.

    All for the voice "all". `n` is the number of words for shares of words, of attributions otherwise.
    """
    groups: list[tuple[str, str | None, str | None, list[Evidence]]] = [
        (measure, label, None, [item for item in evidence if item.extra[field] == label])
        for measure, field, labels in (
            ("source_type_share", "source_type", SOURCE_TYPES),
            ("verb_class_share", "verb_class", VERB_CLASSES),
            ("form_share", "form", FORMS),
        )
        for label in labels
    ]
    sides = {item.source_actor for item in evidence if item.source_actor}
    for actor in sorted({whole for side in sides for whole in with_wholes(side)}):
        theirs = [item for item in evidence if item.source_actor and actor in with_wholes(item.source_actor)]
        groups.append(("source_actor_share", None, actor, theirs))
    counts = markup.count([evidence, *(group for *_, group in groups)])[:, -1]
    words, attributed = markup.words[-1], markup.words[ALL_VOICES.index("attributed")]
    shares = np.stack([counts, np.broadcast_to(counts[0], counts.shape)], axis=-1)
    n, share = int(counts[0].sum()), ratio()
    scores = [
        _score(
            "attributed_words", "share of words", np.stack([attributed, words], 1), share, int(words.sum())
        ),
        _score(
            "attributions",
            "per 1,000 words",
            np.stack([counts[0], words], 1),
            ratio(1000),
            int(words.sum()),
        ),
    ]
    scores += [
        _score(measure, "share of attributions", totals, share, n, label=label, actor=actor)
        for (measure, label, actor, _), totals in zip(groups, shares[1:], strict=True)
    ]
    by_source = _words_by_source(markup)
    sources = np.array([list(by_source.values()) or [0]], dtype=np.float64)
    scores.append(
        _score("effective_sources", "sources", sources, inverse_simpson, len(by_source), exchangeable=False)
    )
    return scores


def inverse_simpson(sums: Floats) -> Floats:
    """Effective number of categories of counts in the last axis: 1 / sum of squared shares; NaN when all are 0."""
    total = sums.sum(axis=-1)
    squares = (sums**2).sum(axis=-1)
    effective: Floats = np.divide(total**2, squares, out=np.full_like(total, np.nan), where=squares != 0)
    return effective


def _words_by_source(markup: Markup) -> Counter[str]:
    """Attributed words of each source, named the same or by the same last name."""
    counts: Counter[str] = Counter()
    for voice, words in markup.voices.words():
        if voice.attribution is not None:
            name = source_key(markup.document, markup.attributions[voice.attribution])
            if name is not None:
                counts[name] += words
    return counts


def source_key(document: Document, item: Evidence) -> str | None:
    """What tells one source from another: a person's last name, otherwise the noun phrase without its article."""
    span = item.extra.get("resolved") or item.extra["source"]
    if span is None:
        return None
    tokens = document.tokens_in(*span)
    core = head(document, Range(tokens.start, tokens.stop))
    if item.extra["source_type"] == "named_person":
        return document.tokens[core.last - 1]
    words = document.tokens[core.first : core.last]
    return " ".join(words[1:] if words[0] in ("the", "a", "an") and len(words) > 1 else words)


def _score(
    measure: str,
    unit: str,
    totals: Floats,
    formula: Formula,
    n: int,
    *,
    label: str | None = None,
    actor: str | None = None,
    exchangeable: bool = True,
) -> Score:
    return Score("attribution", measure, label, actor, "all", unit, totals, formula, n, exchangeable)


DIMENSION = Dimension(
    name="attribution",
    title="Attribution",
    question="Who speaks in the text, and how much of it is theirs?",
    unit="share of words; attributions per 1,000 words; shares of attributions; effective number of sources",
    higher="more of the text is reported as what somebody says, believes or wants, and by more sources",
    limits=(
        "It cannot tell whether a source was quoted correctly or chosen fairly; a source in another sentence than its "
        "words, and words without a reporting cue or quotation marks, can be missed."
    ),
    reference="Caldas-Coulthard 1994; Thompson & Ye 1991; Pareti 2015; Newell et al. 2018",
    find=find_attribution,
    measure=measure_attribution,
)
