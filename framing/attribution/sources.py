"""What kind of source a noun phrase names, and whom a pronoun stands for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress
from operator import attrgetter
from typing import NamedTuple

from framing.actors import Mention, load_actors
from framing.attribution import grammar
from framing.attribution.phrases import phrase_before
from framing.attribution.text import Range, Text
from framing.document import Document
from framing.lexicon import Match, load_lexicon
from framing.models.units import read_units

NAMED_PERSON = "named_person"
NAMED_ORG = "named_org"
ANONYMOUS_OFFICIAL = "anonymous_official"
UNNAMED_COLLECTIVE = "unnamed_collective"
DOCUMENT = "document"
PRONOUN = "pronoun"
SOURCE_TYPES = (NAMED_PERSON, NAMED_ORG, ANONYMOUS_OFFICIAL, UNNAMED_COLLECTIVE, DOCUMENT, PRONOUN)

_ROLES = frozenset({"role", ANONYMOUS_OFFICIAL})
_PEOPLE_LISTED = _ROLES | {UNNAMED_COLLECTIVE}
_PERSONS = frozenset({"he", "she", "his", "her", "him"})
_THINGS = frozenset({"it", "its"})
_GROUPS = frozenset({"they", "their", "them"})
_PRONOUNS = (
    _PERSONS | _THINGS | _GROUPS | frozenset({"i", "we", "you", "my", "our", "your", "one", "us", "me"})
)
_RELATIVES = frozenset({"who", "which", "that"})
_STANDING_FOR = _PRONOUNS | _RELATIVES
_FEMALE = frozenset("mrs. mrs ms. ms miss lady dame queen princess empress duchess baroness".split())
_MALE = frozenset("mr. mr sir lord king prince emperor duke baron".split())
_SINGULAR = frozenset("a an another one".split())
_HEAD_ENDS = frozenset({",", "who", "which", "that", "whose", "(", "—", "–", "whom"})
_ARTICLES = grammar.DETERMINERS | grammar.INDEFINITES
_NO_NAMES = _ARTICLES | grammar.PREPOSITIONS
_OFFICES = _HEAD_ENDS | (grammar.PREPOSITIONS - {"of", "for"})
_HEADS = _HEAD_ENDS | grammar.PREPOSITIONS
_PLURAL_DETERMINERS = frozenset(
    "many some most others several few both all these those two three four".split()
)
_NAME = 2  # words, the first and the last name of a person
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
    for token in range(source.first + 1, source.last):
        if document.tokens[token] in ends:
            return Range(source.first, token)
    return source


def source_type(
    document: Document, source: Range, mentions: Sequence[Mention], names: Mapping[str, str]
) -> str:
    """The type of a source, one of `SOURCE_TYPES`.

    `mentions` are those of actors inside it, `names` what is known of the last words of names (see `full_names`).
    """
    tokens = document.tokens
    if source.last - source.first == 1 and tokens[source.first] in _STANDING_FOR:
        return PRONOUN
    core = head(document, source)
    matches = load_lexicon("sources").match(document, core.first, core.last)
    plural = _is_plural(document, core, matches)
    last = matches[-1] if matches else None
    final = last if last and last.last == core.last else None
    role = any(match.entry.category in _ROLES for match in matches)
    may_be_person = final is None or final.entry.category in _PEOPLE_LISTED
    if may_be_person and not plural and _has_name_apposed(document, source, core):
        return NAMED_PERSON
    common_noun = final and (final.entry.category == DOCUMENT or not document.is_capital[core.last - 1])
    if not common_noun and (role or not final):
        by_name = _by_name(document, source, matches, mentions, names)
        if by_name:
            return by_name
    if last is None:
        return UNNAMED_COLLECTIVE
    if last.entry.category == NAMED_ORG and common_noun and not mentions and plural:
        return UNNAMED_COLLECTIVE
    return ANONYMOUS_OFFICIAL if last.entry.category == "role" else last.entry.category


def _is_plural(document: Document, core: Range, matches: Sequence[Match] | None = None) -> bool:
    """Whether a noun phrase is joined by "and" or ends in a plural of the lexicon `sources`, which has `matches` in it."""
    words = document.tokens[core.first : core.last]
    if "and" in words or words[0] in _PLURAL_DETERMINERS or words[-1] == "people":
        return True
    if not words[-1].endswith("s"):
        return False
    if matches is None:
        matches = load_lexicon("sources").match(document, core.first, core.last)
    return any(match.last == core.last and not match.entry.term.endswith("s") for match in matches)


def _has_name_apposed(document: Document, source: Range, core: Range) -> bool:
    """Whether a noun is followed by a name between commas: "the harbour master, Anna Lind"; "one of them, Anna Lind"."""
    commas = (token for token in range(core.last, source.last) if document.tokens[token] == ",")
    comma = next(commas, source.last)
    if comma > core.last and document.tokens[core.first] != "one":
        return False
    name = document.is_capital[comma + 1 : min(comma + 1 + _NAME, source.last)]
    return len(name) == _NAME and all(name)


def is_known_source(document: Document, source: Range) -> bool:
    """Whether a noun phrase holds a pronoun, a name or a noun of the lexicon `sources`, and not only a thing or event."""
    core = head(document, source)
    first = document.sentences[document.sentence_of(core.first)].first
    return (
        document.tokens[core.last - 1] in _STANDING_FOR
        or any(document.is_capital[token] for token in range(max(core.first, first + 1), core.last))
        or bool(load_lexicon("sources").match(document, core.first, core.last))
    )


def _names(document: Document, core: Range, matches: Sequence[Match]) -> list[int]:
    """The capitalised tokens that are neither titles, kinds of source nor articles."""
    listed = {token for match in matches for token in range(match.first, match.last)}
    return [
        token
        for token in range(core.first, core.last)
        if document.is_capital[token] and token not in listed and document.tokens[token] not in _ARTICLES
    ]


def full_names(document: Document) -> dict[str, str]:
    """The last words of the names of two words or more in a text, taken for persons until something says otherwise."""
    capital, tokens = document.is_capital, document.tokens
    inside = range(1, len(capital))
    return {
        tokens[token]: NAMED_PERSON
        for token in compress(inside, capital[1:])
        if capital[token - 1]
        and tokens[token - 1] not in _NO_NAMES
        and not (token + 1 < len(capital) and capital[token + 1])
    }


def _by_name(
    document: Document,
    source: Range,
    matches: Sequence[Match],
    mentions: Sequence[Mention],
    known: Mapping[str, str],
) -> str | None:
    """The type that a proper name gives a source, or None when it holds none."""
    core = head(document, source)
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
    if _is_described_as_body(document, Range(core.last, source.last)):
        return NAMED_ORG
    if core.last - core.first == 1 and written.lower() in known:
        return known[written.lower()]
    first = document.sentences[document.sentence_of(core.first)].first
    if core.last - core.first == 1 and core.first == first and written.endswith("s"):
        return None
    return NAMED_PERSON


def _is_described_as_body(document: Document, aside: Range) -> bool:
    """Whether what follows a name makes it a body: "Orbis, which makes drills", "Orbis, the mining company"."""
    words = document.tokens[aside.first : aside.last]
    if words[:2] == (",", "which"):
        return True
    if words[:1] != (",",) or len(words) == 1 or words[1] in grammar.RELATIVES:
        return False
    apposition = head(document, Range(aside.first + 1, aside.last))
    found = load_lexicon("sources").match(document, apposition.first, apposition.last)
    return bool(found) and found[-1].last == apposition.last and found[-1].entry.category == NAMED_ORG


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


class Referent(NamedTuple):
    """Whom a later pronoun can stand for: a source or a person named, and the type of it."""

    source: Range
    type: str


_source = attrgetter("source")


def antecedent(
    text: Text,
    source: Range,
    earlier: Sequence[Referent],
    people: Sequence[Range],
    genders: Mapping[str, str],
) -> Range | None:
    """Whom a pronoun, or "the official", stands for: the nearest source before it that fits in number and gender.

    `earlier` holds resolved sources in the order of the text, `people` names of persons; `genders` tells of the last words
    of sources which pronoun stood for them before, or "he" and "she" by a title.
    """
    document, tokens = text.document, text.document.tokens
    token = tokens[source.first]
    if source.last - source.first == 1:
        if token in _RELATIVES:
            return before_relative(text, source)
        persons = [Referent(person, NAMED_PERSON) for person in _last_before(people, source)]
        oldest = _paragraphs_before(document, source.first, 3)
        for referent in sorted([*earlier[-_MEMORY:], *persons], key=_source, reverse=True):
            if referent.source.last > source.first:
                continue
            if referent.source.first < oldest:  # and so are those before it
                break
            if _fits(document, token, source, referent, genders):
                return referent.source
        return None
    if token == "the" and source.last - source.first <= _ROLE_TOKENS:
        matches = load_lexicon("sources").match(document, source.first + 1, source.last)
        if matches and matches[-1].entry.category in _ROLES:
            return _same_role(document, tokens[source.last - 1], earlier)
    return None


def _last_before(people: Sequence[Range], source: Range) -> Sequence[Range]:
    before = bisect_left(people, source)
    return people[max(0, before - _PEOPLE) : before]


def _paragraphs_before(document: Document, token: int, paragraphs: int) -> int:
    """The first token that stands at most some paragraphs before another."""
    sentences = document.sentences
    here = document.sentence_of(token)
    return sentences[
        bisect_left(sentences, sentences[here].paragraph - paragraphs, 0, here, key=_paragraph)
    ].first


_paragraph = attrgetter("paragraph")


def _fits(
    document: Document, pronoun: str, source: Range, referent: Referent, genders: Mapping[str, str]
) -> bool:
    """Whether a pronoun can stand for a source by its type, number and gender."""
    core = head(document, referent.source)
    if pronoun in _PERSONS:
        if referent.type == UNNAMED_COLLECTIVE:
            person = document.tokens[core.first] in _SINGULAR
        else:
            person = referent.type in (NAMED_PERSON, ANONYMOUS_OFFICIAL)
        if not person:
            return False
        gender = genders.get(document.tokens[core.last - 1]) or gender_of(document, referent.source)
        return gender in (None, grammatical_gender(pronoun)) and not _is_plural(document, core)
    if pronoun in _GROUPS:
        if referent.type == NAMED_ORG and referent.source.first >= _paragraphs_before(
            document, source.first, 0
        ):
            return True
        several = referent.type == UNNAMED_COLLECTIVE or _is_plural(document, core)
        return several and document.tokens[core.first] not in _SINGULAR
    return pronoun in _THINGS and referent.type in (NAMED_ORG, DOCUMENT) and not _is_plural(document, core)


def grammatical_gender(pronoun: str) -> str | None:
    """The gender of a pronoun for one person: he, she, or None for any other word."""
    return _GENDERS.get(pronoun)


_GENDERS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}


def gender_of(document: Document, source: Range) -> str | None:
    """The gender that a title or noun gives a source: he, she, or None where nothing tells.

    A capitalised last word is a surname, whatever it looks like ("Anna King"), and so is any other name in -man.
    """
    core = head(document, source)
    for token in range(core.first, core.last):
        word, capital = document.tokens[token], document.is_capital[token]
        if word.endswith("woman") or (word in _FEMALE and not (capital and token == core.last - 1)):
            return "she"
        if word in _MALE and not (capital and token == core.last - 1):
            return "he"
        if word.endswith("man") and word != "human" and not capital:
            return "he"
    return None


def _same_role(document: Document, noun: str, earlier: Sequence[Referent]) -> Range | None:
    """The latest source that was introduced with the same noun: "Minister Anna Lind", later "the minister"."""
    for referent in reversed(earlier[-_MEMORY:]):
        words = document.tokens[referent.source.first : referent.source.last]
        if noun in words and words[0] != "the":
            return referent.source
    return None


_ROLE_TOKENS = 4  # "the deputy foreign minister"
_PEOPLE = 5  # names of persons looked back at


def before_relative(text: Text, source: Range) -> Range | None:
    """The noun phrase that a relative pronoun follows."""
    limits = text.document.sentences[text.document.sentence_of(source.first)]
    last = source.first
    if last > limits.first and text.document.tokens[last - 1] == ",":
        last -= 1
    if last <= limits.first:
        return None
    return phrase_before(text, last, Range(max(limits.first, last - _MEMORY), last))


def people_named(text: Text, mentions: tuple[Mention, ...]) -> list[Range]:
    """Persons named near the beginning of a sentence, where its topic stands, outside quotations: leaders, "Judge Lind"."""
    document = text.document
    people = set()
    units = read_units(document, mentions)
    for mention in mentions:
        if mention.kind == "leader":
            tokens = document.tokens_in(mention.start, mention.end)
            # Counted in units, so that it makes no difference how long the names before are.
            place = bisect_right(units.firsts, tokens.start) - 1 - units.sentences[mention.sentence]
            if place < _TOPIC and text.quoted[tokens.start] < 0:
                people.add(Range(tokens.start, tokens.stop))
    titles = load_lexicon("sources")
    for sentence in document.sentences:
        match = titles.match_at(document, sentence.first, min(sentence.first + _TOPIC, sentence.last))
        if match is None or match.entry.category not in _ROLES:
            continue
        last = match.last
        while last < sentence.last and document.is_capital[last]:
            last += 1
        if last > match.last:
            people.add(Range(match.first, last))
    return sorted(people)
