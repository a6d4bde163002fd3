"""What kind of source a noun phrase names, and whom a pronoun stands for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from framing.actors import Mention, load_actors
from framing.attribution import grammar
from framing.attribution.phrases import phrase_before
from framing.attribution.text import Range, Text
from framing.document import Document
from framing.lexicon import Match, load_lexicon

NAMED_PERSON = "named_person"
NAMED_ORG = "named_org"
ANONYMOUS_OFFICIAL = "anonymous_official"
UNNAMED_COLLECTIVE = "unnamed_collective"
DOCUMENT = "document"
PRONOUN = "pronoun"
SOURCE_TYPES = (NAMED_PERSON, NAMED_ORG, ANONYMOUS_OFFICIAL, UNNAMED_COLLECTIVE, DOCUMENT, PRONOUN)

_ROLES = frozenset({"role", ANONYMOUS_OFFICIAL})
_PERSONS = frozenset({"he", "she", "his", "her", "him"})
_THINGS = frozenset({"it", "its"})
_GROUPS = frozenset({"they", "their", "them"})
_PRONOUNS = (
    _PERSONS | _THINGS | _GROUPS | frozenset({"i", "we", "you", "my", "our", "your", "one", "us", "me"})
)
_RELATIVES = frozenset({"who", "which", "that"})
_HEAD_ENDS = frozenset({",", "who", "which", "that", "whose", "(", "—", "–", "whom"})
_OFFICES = _HEAD_ENDS | (grammar.PREPOSITIONS - {"of", "for"})
_HEADS = _HEAD_ENDS | grammar.PREPOSITIONS
_TOPIC = 6  # tokens
_MEMORY = 40  # sources looked back at, so that time stays linear in the number of attributions


def head(document: Document, source: Range) -> Range:
    """The noun phrase proper: up to a comma, a relative clause or a preposition."""
    return _until(document, source, _HEADS)


def office(document: Document, source: Range, kind: str) -> Range:
    """The part of a source that tells for whom it speaks: "a spokesman for the army" speaks for it, a resident of a town not."""
    speaks = kind in (ANONYMOUS_OFFICIAL, NAMED_ORG, DOCUMENT)
    return _until(document, source, _OFFICES if speaks else _HEADS)


def _until(document: Document, source: Range, ends: frozenset[str]) -> Range:
    inside = range(source.first + 1, source.last)
    return Range(
        source.first, next((token for token in inside if document.tokens[token] in ends), source.last)
    )


def source_type(document: Document, source: Range, mentions: Sequence[Mention]) -> str:
    """The type of a source, one of `SOURCE_TYPES`; `mentions` are those of actors inside it."""
    tokens = document.tokens
    if source.last - source.first == 1 and tokens[source.first] in _PRONOUNS | _RELATIVES:
        return PRONOUN
    core = head(document, source)
    matches = load_lexicon("sources").match(document, core.first, core.last)
    last = matches[-1] if matches else None
    final = last if last and last.last == core.last else None
    role = any(match.entry.category in _ROLES for match in matches)
    if final and final.entry.category in _ROLES and _is_name(document, Range(core.last + 1, source.last)):
        return NAMED_PERSON
    common_noun = final and (final.entry.category == DOCUMENT or not document.is_capital[core.last - 1])
    if not common_noun and (role or not final):
        by_name = _by_name(document, core, matches, mentions)
        if by_name:
            return by_name
    if last is None:
        return UNNAMED_COLLECTIVE
    return ANONYMOUS_OFFICIAL if last.entry.category == "role" else last.entry.category


def _is_name(document: Document, apposition: Range) -> bool:
    """Whether a role is followed by a name between commas: "the harbour master, Anna Lind"."""
    return apposition.last - apposition.first > 1 and all(
        document.is_capital[apposition.first : apposition.first + 2]
    )


def is_known_source(document: Document, source: Range) -> bool:
    """Whether a noun phrase holds a pronoun, a name or a noun of the lexicon `sources`, and not only a thing or event."""
    core = head(document, source)
    first = document.sentences[document.sentence_of(core.first)].first
    return (
        document.tokens[core.last - 1] in _PRONOUNS | _RELATIVES
        or any(document.is_capital[token] for token in range(max(core.first, first + 1), core.last))
        or bool(load_lexicon("sources").match(document, core.first, core.last))
    )


def _names(document: Document, core: Range, matches: Sequence[Match]) -> list[int]:
    """The capitalised tokens that are neither titles, kinds of source nor articles."""
    listed = {token for match in matches for token in range(match.first, match.last)}
    return [
        token
        for token in range(core.first, core.last)
        if document.is_capital[token]
        and token not in listed
        and document.tokens[token] not in grammar.DETERMINERS | grammar.INDEFINITES
    ]


def _by_name(
    document: Document, core: Range, matches: Sequence[Match], mentions: Sequence[Mention]
) -> str | None:
    """The type that a proper name gives a source, or None when it holds none."""
    names = _names(document, core, matches)
    if not names:
        return None
    written = document.text[document.starts[core.last - 1] : document.ends[core.last - 1]]
    kinds = {mention.kind for mention in mentions if mention.end == document.ends[core.last - 1]}
    has_role = any(match.entry.category in _ROLES for match in matches)
    actors = {mention.actor for mention in mentions if mention.end == document.ends[core.last - 1]}
    if "leader" in kinds or actors & _persons():
        return NAMED_PERSON
    if kinds & {"demonym", "people"}:
        return UNNAMED_COLLECTIVE
    if kinds:
        return NAMED_ORG
    if not document.is_capital[core.last - 1]:
        return None
    ends_with_name = names[-1] == core.last - 1
    if has_role:
        return NAMED_PERSON if ends_with_name else None
    if (written.isupper() and len(written) > 1) or document.tokens[core.first] == "the":
        return NAMED_ORG
    first = document.sentences[document.sentence_of(core.first)].first
    if core.last - core.first == 1 and core.first == first and written.endswith("s"):
        return None
    return NAMED_PERSON


@cache
def _persons() -> frozenset[str]:
    """The actors that are persons: they have a leader's name and none of a state, a government or a body."""
    return frozenset(
        actor.id
        for actor in load_actors()
        if any(name.category == "leader" for name in actor.names)
        and not any(
            name.category in ("state", "government", "organisation", "people") for name in actor.names
        )
    )


def antecedent(
    text: Text, source: Range, earlier: Sequence[tuple[Range, str]], people: Sequence[Range]
) -> Range | None:
    """Whom a pronoun, or "the official", stands for: the nearest fitting source before it, or a person named before.

    `earlier` holds resolved sources with their types in the order of the text, `people` names of persons.
    """
    document, tokens = text.document, text.document.tokens
    token = tokens[source.first]
    if source.last - source.first == 1:
        if token in _RELATIVES:
            return before_relative(text, source)
        if token in _PERSONS:
            return _nearest(source, earlier, {NAMED_PERSON, ANONYMOUS_OFFICIAL}, people)
        if token in _GROUPS:
            return _nearest(source, earlier, {UNNAMED_COLLECTIVE, NAMED_ORG, ANONYMOUS_OFFICIAL}, ())
        if token in _THINGS:
            return _nearest(source, earlier, {NAMED_ORG, DOCUMENT}, ())
        return None
    if token == "the" and source.last - source.first <= _ROLE_TOKENS:
        matches = load_lexicon("sources").match(document, source.first + 1, source.last)
        if matches and matches[-1].entry.category in _ROLES:
            return _same_role(document, tokens[source.last - 1], earlier)
    return None


def _same_role(document: Document, noun: str, earlier: Sequence[tuple[Range, str]]) -> Range | None:
    """The latest source that was introduced with the same noun: "Minister Anna Lind", later "the minister"."""
    for candidate, _ in reversed(earlier[-_MEMORY:]):
        words = document.tokens[candidate.first : candidate.last]
        if noun in words and words[0] != "the":
            return candidate
    return None


_ROLE_TOKENS = 4  # "the deputy foreign minister"


def _nearest(
    source: Range, earlier: Sequence[tuple[Range, str]], types: set[str], people: Sequence[Range]
) -> Range | None:
    best: Range | None = None
    for candidate, kind in earlier[-_MEMORY:]:
        if (
            candidate.last <= source.first
            and kind in types
            and (best is None or candidate.first > best.first)
        ):
            best = candidate
    before = bisect_left(people, source) - 1
    if before >= 0 and (best is None or people[before].first > best.first):
        best = people[before]
    return best


def before_relative(text: Text, source: Range) -> Range | None:
    """The noun phrase that a relative pronoun follows."""
    limits = text.document.sentences[text.document.sentence_of(source.first)]
    last = source.first
    if last > limits.first and text.document.tokens[last - 1] == ",":
        last -= 1
    if last <= limits.first:
        return None
    return phrase_before(text, last, Range(max(limits.first, last - _MEMORY), last))


def people_named(text: Text, mentions: Sequence[Mention]) -> list[Range]:
    """Leaders that are named near the beginning of a sentence, where its topic stands, outside quotations."""
    people = set()
    for mention in mentions:
        if mention.kind == "leader":
            tokens = text.document.tokens_in(mention.start, mention.end)
            place = tokens.start - text.document.sentences[mention.sentence].first
            if place < _TOPIC and text.quoted[tokens.start] < 0:
                people.add(Range(tokens.start, tokens.stop))
    return sorted(people)
