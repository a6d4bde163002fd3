"""Actors of the news, their names, and where a text mentions them.

Names, and what each connotes, are in `lexicons/actors.tsv`; words that turn a country's name into a mere place are
in `lexicons/places.tsv`. Naming somebody is choosing how to present them (van Leeuwen 2008, ch. 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import and_
from pathlib import Path
from typing import NamedTuple

from framing.data import DataError
from framing.document import Document
from framing.lexicon import Entry, Lexicon, Match, load_lexicon


@dataclass(frozen=True)
class Actor:
    """Somebody news is about: a state, camp, movement or leader.

    `part_of` is the id of the whole it counts for too, `since` the day from which it does, in ISO form, or "".
    """

    id: str
    title: str
    part_of: str | None
    names: tuple[Entry, ...]
    since: str = ""

    @property
    def is_state(self) -> bool:
        """Whether the actor is a state, a union of states or a camp of them."""
        return any(name.category == "state" for name in self.names)


class Mention(NamedTuple):
    """A name of an actor in a text. `name` is the lexicon's term, `kind` its category, `sentence` an index."""

    actor: str
    start: int
    end: int
    name: str
    kind: str
    sentence: int


class NameUse(NamedTuple):
    """How often a text uses a name for an actor, where first, and what the name connotes."""

    actor: str
    name: str
    kind: str
    count: int  # type: ignore[assignment]  # nobody counts the fields of a row
    start: int
    end: int
    sentence: int
    connotation: str


def load_actors(path: Path | None = None) -> tuple[Actor, ...]:
    """All actors by id, from `lexicons/actors.tsv` or a file in its format.

    Raises `DataError` where a part belongs to an unknown actor or to two wholes.
    """
    return _actors(load_lexicon(path or "actors"))


@cache
def _actors(lexicon: Lexicon) -> tuple[Actor, ...]:
    names: dict[str, list[Entry]] = {}
    wholes: dict[str, str] = {}
    since: dict[str, str] = {}
    for entry in lexicon.entries:
        if not entry.actor:
            continue
        names.setdefault(entry.actor, []).append(entry)
        since[entry.actor] = max(since.get(entry.actor, ""), entry.extra.get("since", ""))
        whole = entry.extra.get("part_of", "")
        if whole and wholes.setdefault(entry.actor, whole) != whole:
            raise DataError(
                f"{lexicon.path}:{entry.line}: '{entry.actor}' is part of two actors; keep one part_of"
            )
    for part, whole in wholes.items():
        if whole not in names:
            raise DataError(
                f"{lexicon.path}: '{part}' is part of '{whole}', which has no names; add some or correct it"
            )
    titles = _titles(lexicon)
    return tuple(
        Actor(id, titles.get(id, id), wholes.get(id), tuple(names[id]), since[id]) for id in sorted(names)
    )


@cache
def _by_id(lexicon: Lexicon) -> Mapping[str, Actor]:
    return {actor.id: actor for actor in _actors(lexicon)}


def _titles(lexicon: Lexicon) -> dict[str, str]:
    pairs = (part.partition("=") for part in lexicon.header.get("actors", "").split(";"))
    return {id.strip(): title.strip() for id, _, title in pairs if title.strip()}


def find_mentions(document: Document, actors: Iterable[Actor] | None = None) -> tuple[Mention, ...]:
    """Every mention, in the order of the text; one of a part is followed by one each for its wholes.

    The longest name wins; an office and the name of its holder right after it are one mention. A name inside a longer
    name of somebody else, after "pro-" or "anti-", in a dateline, or that only says where something happens is no
    mention. A part that joined its whole on a known day (HTS joined the Syrian state in December 2024) counts for it
    in articles whose `date` in the metadata is that day or later, and in those without a date in ISO form.
    `actors` limits which are returned, not how names are found.

    >>> from framing.document import make_document
    >>> [(m.actor, m.name) for m in find_mentions(make_document("Moscow has bases in Syria, said Mr. Putin."))]
    [('russia', 'Moscow'), ('putin', 'Mr. Putin'), ('russia', 'Mr. Putin')]
    """
    known = _by_id(load_lexicon("actors"))
    wanted = known if actors is None else {actor.id for actor in actors}
    date = _date(document)
    mentions: list[Mention] = []
    for match in _names(document):
        entry = match.entry
        start, end = document.starts[match.first], document.ends[match.last - 1]
        sentence = document.sentence_of(match.first)
        mentions += [
            Mention(actor, start, end, entry.term, entry.category, sentence)
            for actor in _with_wholes(entry.actor, known, date)
            if actor in wanted
        ]
    return tuple(mentions)


def _date(document: Document) -> str:
    """The article's date, as far as it is given in ISO form: a day, a month, a year or nothing."""
    match = _ISO_DATE.match(str(document.meta.get("date") or ""))
    return match.group() if match else ""


_ISO_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


def _with_wholes(actor: str, known: Mapping[str, Actor], date: str) -> Iterator[str]:
    """An actor and the wholes it belonged to on a date, or belongs to when there is none."""
    yield actor
    whole, since = known[actor].part_of, known[actor].since
    if whole is not None and date >= since[: len(date)]:
        yield from _with_wholes(whole, known, date)


def is_title_case(document: Document, sentence: int) -> bool:
    """Whether most words of a sentence have a capital, as in many headlines, so that a capital marks no name."""
    tokens = slice(document.sentences[sentence].first, document.sentences[sentence].last)
    capital, is_word = document.is_capital[tokens], document.is_word[tokens]
    least = _TITLE_CASE * sum(is_word)
    # Marks have no capital and few clitics do, so the first sum settles most sentences.
    return sum(capital) >= least and sum(map(and_, capital, is_word)) >= least


def name_uses(mentions: Iterable[Mention]) -> list[NameUse]:
    """The names used per actor, most frequent first, each with its first use: the rows of a naming table."""
    counts: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        key = (mention.actor, mention.name)
        counts[key] = counts.get(key, 0) + 1
        first.setdefault(key, mention)
    notes = {entry.term: entry.note for entry in load_lexicon("actors").entries}
    uses = [
        NameUse(m.actor, m.name, m.kind, counts[key], m.start, m.end, m.sentence, notes.get(m.name, ""))
        for key, m in first.items()
    ]
    return sorted(uses, key=lambda use: (use.actor, -use.count, use.start))


@cache
def with_wholes(actor: str) -> tuple[str, ...]:
    """An actor and the wholes it is part of, for all of which its words count."""
    wholes = {known.id: known.part_of for known in load_actors()}
    chain = [actor]
    while (whole := wholes.get(chain[-1])) is not None:
        chain.append(whole)
    return tuple(chain)


# Which names count -----------------------------------------------------------------------------------------------

_PLACES = frozenset({"state", "metonym", "spelling"})  # kinds of name that may stand for a place
_PREFIXES = frozenset({"pro", "anti", "non", "ex", "un"})
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
_FRONT = 3  # tokens of "In the northern" before a place at the beginning of a sentence
_DASHES = frozenset("— – - --".split())
_DATELINE = 14  # tokens within which the dash of a dateline stands
_TITLE_CASE = 0.7  # share of capitalised words above which a capital says nothing, as in many headlines


def _names(document: Document) -> list[Match]:
    matches = load_lexicon("actors").match(document)
    cues = load_lexicon("places").match(document)
    before = {cue.last: cue.entry.category for cue in cues}
    after = {cue.first: cue.entry.category for cue in cues}
    named = {token for match in matches for token in range(match.first, match.last)}
    sentences = {document.sentence_of(match.first) for match in matches}
    title_case = {sentence for sentence in sentences if is_title_case(document, sentence)}
    kept: list[Match] = []
    place_end, fronted = -1, False
    for match in matches:
        if not match.entry.actor or _prefixed(document, match):
            continue
        names_tell = match.entry.category in _PLACES and document.sentence_of(match.first) not in title_case
        if names_tell and _inside_longer_name(document, match, named):
            continue
        in_list = _goes_on(document, match, place_end, fronted)
        if in_list or _is_place(document, match, before, after) or _in_dateline(document, match):
            fronted = fronted if in_list else _is_fronted(document, match)
            place_end = match.last
            continue
        if kept and _is_office_of(document, kept[-1], match):
            match = match._replace(first=kept.pop().first)  # noqa: PLW2901  the two are one mention
        kept.append(match)
    return kept


def _is_office_of(document: Document, office: Match, holder: Match) -> bool:
    """Whether a leader's name follows right after an office of the same state: "Turkish President" and "Erdogan"."""
    wholes = {holder.entry.actor, holder.entry.extra.get("part_of")}
    return (
        office.last == holder.first
        and document.sentence_of(office.first) == document.sentence_of(holder.first)
        and office.entry.category == "leader"
        and holder.entry.category in ("leader", "nom_de_guerre")
        and office.entry.actor in wholes
    )


def _in_dateline(document: Document, match: Match) -> bool:
    """Whether a place stands before the first dash of a paragraph that begins "ANKARA, May 4 —" or "Ankara (AP) -"."""
    sentence = document.sentences[document.sentence_of(match.first)]
    if match.entry.category not in _PLACES or sentence.start != document.paragraphs[sentence.paragraph].start:
        return False
    opening = range(sentence.first, min(sentence.last, sentence.first + _DATELINE))
    dash = next((token for token in opening if document.tokens[token] in _DASHES), sentence.first)
    words = [token for token in opening if token < dash and document.tokens[token][0].isalpha()]
    city = document.text[document.starts[sentence.first] : document.ends[sentence.first]]
    return (
        match.last <= dash
        and all(document.is_capital[token] for token in words)
        and document.text[document.ends[dash - 1]].isspace()
        and (
            "(" in document.tokens[sentence.first : dash] or (city.isupper() and not _is_acronym(match, city))
        )
    )


def _prefixed(document: Document, match: Match) -> bool:
    first = match.first
    return first >= 2 and document.tokens[first - 1] == "-" and document.tokens[first - 2] in _PREFIXES


def _inside_longer_name(document: Document, match: Match, named: set[int]) -> bool:
    """Whether a capitalised word that is no known name itself stands right before the name."""
    sentence = document.sentences[document.sentence_of(match.first)]
    previous = match.first - 1
    if previous <= sentence.first or not document.is_capital[previous] or previous in named:
        return False
    return document.tokens[previous] not in _CALENDAR and document.tokens[previous].isalpha()


def _is_acronym(match: Match, city: str) -> bool:
    """Whether what begins a sentence in capitals may be a state's initials."""
    return match.entry.category == "state" and match.entry.term == city


def _goes_on(document: Document, match: Match, place_end: int, fronted: bool) -> bool:
    """Whether a name continues a list of places: "in Syria, Iraq and Lebanon", but not "In Syria, Russia fought"."""
    tokens = document.tokens
    sentence = document.sentences[document.sentence_of(match.first)]
    first = match.first - (match.first > sentence.first and tokens[match.first - 1] == "the")
    if match.entry.category not in _PLACES or first <= sentence.first or place_end != first - 1:
        return False
    following = tokens[match.last] if match.last < sentence.last else ""
    comma = tokens[first - 1] == "," and not fronted and following in (",", "and", "or")
    return following != "'s" and (comma or tokens[first - 1] in ("and", "or"))


def _is_fronted(document: Document, match: Match) -> bool:
    """Whether a place stands at the beginning of its sentence, after a preposition and an article at most."""
    return match.first - document.sentences[document.sentence_of(match.first)].first <= _FRONT


def _is_place(document: Document, match: Match, before: dict[int, str], after: dict[int, str]) -> bool:
    tokens = document.tokens
    sentence = document.sentences[document.sentence_of(match.first)]
    possessive = match.last < sentence.last and tokens[match.last] == "'s"
    follows = after.get(match.last + possessive)
    if follows == "inside" or (follows == "event" and not possessive):
        return match.entry.category in _PLACES | {"demonym"}
    if match.entry.category not in _PLACES or possessive:
        return False
    first = match.first
    if first - 1 >= sentence.first and tokens[first - 1] == "the":
        first -= 1
    return before.get(first) in ("location", "motion")
