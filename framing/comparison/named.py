"""Named people, places and organisations of a text, told apart by what stands in and beside the name.

A run of capitalised words is a name. Its kind is told by a list of names, by a title or a given name, by the noun that it
ends in ("Ministry", "River"), or by the words around it ("the town of ..."); a name of which nothing tells the kind has none.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from framing.actors import is_title_case, load_actors
from framing.attribution import grammar
from framing.attribution.sources import ANONYMOUS_OFFICIAL, UNNAMED_COLLECTIVE
from framing.comparison.figures import Found
from framing.comparison.words import words_of
from framing.document import Document, tokenize
from framing.lexicon import Entry, Lexicon, Match, load_lexicon

PERSON, PLACE, ORGANISATION, UNKNOWN = "person", "place", "organisation", ""

_PARTICLES = frozenset("de la van von der den bin ibn bint al el da di du dos le ul".split())
_TIED = frozenset("al el as ad ar ez an ash at ul".split())  # before a hyphen: "al-Sharaa"
_QUOTES = frozenset("\"'")
_DIRECTIONS = frozenset(
    "north south east west northern southern eastern western central northwest northeast southwest southeast "
    "northwestern northeastern southwestern southeastern upper lower greater inner outer new old".split()
)
_COMMON = (
    grammar.AUXILIARIES
    | grammar.DETERMINERS
    | grammar.INDEFINITES
    | (grammar.PREPOSITIONS - {"like"})
    | grammar.SUBORDINATORS
    | grammar.COORDINATORS
    | grammar.SUBJECTS
    | grammar.OBJECTS
    | grammar.QUESTION_WORDS
    | grammar.ADVERBS
    | frozenset("former ex acting late yes no today yesterday tomorrow earlier post pro anti".split())
)
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan. feb. mar. apr. aug. sept. sep. oct. nov. dec.".split()
)
_TITLES = frozenset({"role", ANONYMOUS_OFFICIAL})
_PEOPLE = _TITLES | {UNNAMED_COLLECTIVE}
_PERSON_WORDS = 4
_TITLE_CASE_WORDS = 8  # fewer may have a capital for the names alone: "Mayor Anna Lind resigned."
_LONGEST_TITLE = 4  # tokens
_APPOSED = 8  # tokens of ", the head of the airport" that may tell a person
_NO_PLACE_ENDS = ("ish", "ic", "ese", "ian", "ism")  # languages and creeds: "in Spanish"
# The same word as British and American press write it, so that a name is one.
_SPELLINGS = {
    "defense": "defence", "center": "centre", "organization": "organisation", "labor": "labour",
    "harbor": "harbour", "program": "programme", "theater": "theatre",
}  # fmt: skip


class _Atom(NamedTuple):
    """The smallest part of a run: a name of the list, or a capitalised word with what is tied to it."""

    first: int
    last: int
    match: Match | None

    @property
    def kind(self) -> str:
        """The kind of a listed name; "none" for what is listed as no name, "" for all else."""
        category = self.match.entry.category if self.match else UNKNOWN
        return UNKNOWN if category == "word" else category


class _Run(NamedTuple):
    """A name as it stands: its atoms, whether a title stands before it, and the sentence's first and last token."""

    atoms: tuple[_Atom, ...]
    title: bool
    opening: int
    limit: int

    @property
    def first(self) -> int:
        return self.atoms[0].first

    @property
    def last(self) -> int:
        return self.atoms[-1].last


def names(document: Document) -> list[Found]:
    """The names of a text in its order; those of which nothing tells the kind have the kind "".

    A surname alone has the key of the full name when the text has it once; otherwise its key is one word.

    >>> from framing.document import make_document
    >>> document = make_document("Mayor Anna Lind left Berlin for the Ministry of Trade. Lind did not speak.")
    >>> [(name.kind, name.key) for name in names(document)]
    [('person', 'anna lind'), ('place', 'berlin'), ('organisation', 'trade ministry'), ('person', 'anna lind')]
    """
    runs = list(_runs(document))
    lower = {
        token for token, capital in zip(document.tokens, document.is_capital, strict=True) if not capital
    }
    inside = {document.tokens[run.first] for run in runs if run.first > run.opening}
    found = [(run, name) for run in runs for name in _read(document, run)]
    result: list[Found] = []
    for (run, _), name in zip(found, _with_surnames(document, found), strict=True):
        # A capital that begins a sentence makes no name, unless the word has one elsewhere.
        first, single = document.tokens[run.first], run.last - run.first == 1
        opens = run.first == run.opening and first not in inside
        if name.kind != UNKNOWN or not (opens and (single or first in lower)):
            result.append(name)
    taken = [(name.start, name.end) for name in result]
    return sorted([*result, *_peoples(document, taken)], key=lambda name: (name.start, name.end))


def _peoples(document: Document, taken: Sequence[tuple[int, int]]) -> Iterator[Found]:
    """Countries mentioned by their adjective or their people, outside other names: "Russian troops", "the Russians"."""
    ends = [end for _, end in taken]
    for token, (word, capital) in enumerate(zip(document.tokens, document.is_capital, strict=True)):
        country = _countries().get(word) if capital else None
        if country is None:
            continue
        start, end = document.starts[token], document.ends[token]
        near = bisect_right(ends, start)
        if near == len(taken) or taken[near][0] >= end:
            yield Found(PLACE, fold(country), country, start, end)


@cache
def _countries() -> dict[str, str]:
    """The country of each adjective and people."""
    found = {term.lower(): name for term, name in words_of("demonym").items() if name}
    for actor in load_actors():
        if actor.is_state and any(name.category == "demonym" for name in actor.names):
            words = [name.term.lower() for name in actor.names if name.category in ("demonym", "people")]
            found |= {
                word: words_of(PLACE).get(actor.title) or actor.title for word in words if " " not in word
            }
    found |= {f"{word}s": country for word, country in found.items() if word.endswith("n")}
    return {word: country for word, country in found.items() if country not in ("European Union", "the West")}


# Names of the lists ---------------------------------------------------------------------------------------------


@cache
def _known() -> Lexicon:
    """Every listed name; its `extra` holds `key` and `shown`. The word lists go before the actors."""
    entries: dict[str, Entry] = {}
    for kind in (PLACE, ORGANISATION):
        for term, name in words_of(kind).items():
            _enter(entries, term, kind, fold(name or term), name or term)
            if kind == PLACE and len(term) > 4:
                _enter(entries, term.upper(), kind, fold(name or term), name or term)
    for term in words_of("none"):
        _enter(entries, term, "none", fold(term), term)
    for actor in load_actors():
        kinds = {entry.category for entry in actor.names}
        is_person = "leader" in kinds and not kinds & {"state", "government", "organisation", "people"}
        bodies = {entry.term for entry in actor.names if entry.category == "organisation"}
        leaders = [
            entry.term for entry in actor.names if entry.category == "leader" and _is_person(entry.term)
        ]
        for entry in actor.names:
            term = entry.term
            if entry.category in ("state", "spelling") and actor.is_state and actor.id != "west":
                _enter(entries, term, PLACE, fold(actor.title), actor.title)
            elif entry.category == "leader" or (entry.category == "nom_de_guerre" and is_person):
                if _is_person(term) and not _begins_with_title(term):
                    key = actor.id if is_person else f"{actor.id}: {_surname_of(term, leaders)}"
                    _enter(entries, term, PERSON, key, term)
            elif entry.category == "organisation" and _is_written_as_name(term):
                shown = actor.title if actor.title in bodies else term
                _enter(entries, term, ORGANISATION, fold(shown), shown)
    foreign = [entry.term for entry in load_lexicon("actors").entries if not entry.actor]
    for term in foreign:
        _enter(entries, term, "none" if tokenize(term)[-1] in _demonyms() else "word", fold(term), term)
    return Lexicon("names", entries.values(), {"categories": ""})


def _enter(entries: dict[str, Entry], term: str, kind: str, key: str, shown: str) -> None:
    entries.setdefault(term, Entry(term, kind, case="exact", extra={"key": key, "shown": shown}))


def _is_written_as_name(term: str) -> bool:
    """Whether all words but particles have a capital: "Vladimir Putin", not "Russian president"."""
    words = term.replace('"', "").replace("-", " ").split()
    return all(word[0].isupper() or word in _PARTICLES | _TIED for word in words)


def _is_person(term: str) -> bool:
    return _is_written_as_name(term) and tokenize(term)[0] not in _demonyms()


def _begins_with_title(term: str) -> bool:
    first = tokenize(term)[0]
    return first in _title_words()


@cache
def _title_words() -> frozenset[str]:
    return frozenset(
        tokenize(entry.term)[0] for entry in load_lexicon("sources").entries if entry.category in _TITLES
    )


def _surname_of(term: str, leaders: Sequence[str]) -> str:
    """What is the same in all names of a leader: the single name that stands in it, or its last word."""
    words = [_bare(word) for word in term.replace("-", " ").split()]
    singles = {_bare(name.split("-")[-1]) for name in leaders if len(name.split()) == 1}
    return next((word for word in words if word in singles), words[-1])


@cache
def _demonyms() -> frozenset[str]:
    actors = (entry.term for entry in load_lexicon("actors").entries if entry.category == "demonym")
    return frozenset(term.lower() for term in (*words_of("demonym"), *actors))


@cache
def _given() -> frozenset[str]:
    """Given names: those of the list, and the first words of the names of leaders."""
    leaders = (
        entry.term.split()
        for entry in load_lexicon("actors").entries
        if entry.category == "leader" and _is_person(entry.term) and not _begins_with_title(entry.term)
    )
    first = {words[0] for words in leaders if len(words) > 1 and "-" not in words[0]}
    return frozenset(name.lower() for name in (*words_of("given"), *first))


# Runs -----------------------------------------------------------------------------------------------------------


def _runs(document: Document) -> Iterator[_Run]:
    """The runs of capitalised words of a text, without the articles, peoples, titles and days at their edges."""
    known = {match.first: match for match in _known().match(document)}
    for number, sentence in enumerate(document.sentences):
        words = sum(document.is_word[sentence.first : sentence.last])
        shouted = (words >= _TITLE_CASE_WORDS or sentence.kind == "headline") and is_title_case(
            document, number
        )
        token = sentence.first
        while token < sentence.last:
            atom = _atom(document, token, sentence.last, known)
            if atom is None:
                token += 1
                continue
            atoms = [atom]
            while following := _next(document, atoms, sentence.last, known):
                atoms.append(following)
            token = atoms[-1].last
            for part in _at_titles(document, tuple(atoms)):
                run = _stripped(document, part, sentence.first, sentence.last)
                if run is not None and not shouted:
                    yield run
                elif run is not None:  # among capitals only what is listed is a name
                    yield from (
                        _Run((each,), False, sentence.first, sentence.last)
                        for each in run.atoms
                        if each.match is not None
                        and each.match.entry.category in (PERSON, PLACE, ORGANISATION)
                    )


def _at_titles(document: Document, atoms: tuple[_Atom, ...]) -> Iterator[tuple[_Atom, ...]]:
    """A run cut before the title of a person in it: "Arkansas" and "Gov. Lea Ott"."""
    for place in range(1, len(atoms) - 1):
        if atoms[place].match is not None:
            continue
        role = load_lexicon("sources").match_at(document, atoms[place].first, atoms[-1].last)
        if role is None or role.entry.category not in _TITLES or role.last >= atoms[-1].last:
            continue
        holder = next((atom for atom in atoms if atom.first == role.last), None)
        if holder is not None and (holder.match or document.tokens[holder.first] in _given()):
            yield atoms[:place]
            yield from _at_titles(document, atoms[place:])
            return
    yield atoms


def _atom(document: Document, token: int, limit: int, known: dict[int, Match]) -> _Atom | None:
    if token in known and known[token].last <= limit:
        return _Atom(token, known[token].last, known[token])
    tied = _tied(document, token, limit)
    if document.tokens[token] in _TIED and tied is not None:
        return _Atom(token, tied + 1, None)
    if not document.is_capital[token] or not document.tokens[token][0].isalpha():
        return None
    last = token + 1
    while tied is not None and tied not in known:
        last = tied + 1
        tied = _tied(document, tied, limit)
    return _Atom(token, last, None)


def _tied(document: Document, token: int, limit: int) -> int | None:
    """The capitalised token that a hyphen ties to this one: "Jean-Noel", "al-Sharaa"."""
    if token + 2 >= limit or document.tokens[token + 1] != "-" or not document.is_capital[token + 2]:
        return None
    touching = document.ends[token] == document.starts[token + 1] == document.starts[token + 2] - 1
    return token + 2 if touching and document.tokens[token] not in _demonyms() | _COMMON else None


def _next(document: Document, atoms: Sequence[_Atom], limit: int, known: dict[int, Match]) -> _Atom | None:
    """The atom that goes on a run: the next word, one after "de" or "bin", one after "Ministry of"."""
    tokens, last = document.tokens, atoms[-1].last
    if last >= limit:
        return None
    if tokens[last][0].isalpha() or tokens[last] in _TIED:
        atom = _atom(document, last, limit, known)
        if atom is not None:
            return atom
    begins = last
    while begins < limit and begins - last < 2 and tokens[begins] in _PARTICLES:
        begins += 1
    if begins > last and begins < limit and document.is_capital[begins]:
        atom = _atom(document, begins, limit, known)
        return None if atom is None else atom._replace(first=last, match=None)
    if tokens[last] in _CONNECTORS and _opens_name(document, atoms):
        begins = last + 1 + (last + 1 < limit and tokens[last + 1] == "the")
        atom = _atom(document, begins, limit, known) if begins < limit else None
        return None if atom is None else atom._replace(first=last, match=None)
    if tokens[last] == "and" and _goes_on_after_and(document, atoms, last + 1, limit, known):
        atom = _atom(document, last + 1, limit, known)
        return None if atom is None else atom._replace(first=last, match=None)
    if tokens[last] in _QUOTES and tokens[atoms[-1].first] in _given():
        inside = last + 1
        while inside < limit and inside - last <= 2 and document.is_capital[inside]:
            inside += 1
        if inside > last + 1 and inside + 1 < limit and tokens[inside] in _QUOTES:
            atom = _atom(document, inside + 1, limit, known)
            return None if atom is None else atom._replace(first=last, match=None)
    return None


_CONNECTORS = frozenset({"of", "for", "on"})


def _opens_name(document: Document, atoms: Sequence[_Atom]) -> bool:
    """Whether a run ends in a noun that "of" goes on with: "Ministry", "Gulf"."""
    word, connector = document.tokens[atoms[-1].last - 1].capitalize(), document.tokens[atoms[-1].last]
    if atoms[-1].kind in (PERSON, PLACE, ORGANISATION):
        return False
    if connector == "on":
        return word in ("Committee", "Council", "Commission")
    return (word in words_of("body") and word not in _NEVER_OF) or (
        word in words_of("feature") and connector == "of"
    )


_NEVER_OF = frozenset(
    "News Post Times Police Watch Press Survey Services Forces Guard Journal Team Unit Units".split()
)


def _goes_on_after_and(
    document: Document, atoms: Sequence[_Atom], begins: int, limit: int, known: dict[int, Match]
) -> bool:
    """Whether "and" stands inside a body's name: "Ministry of Trade and Industry", "Ways and Means Committee"."""
    tokens = document.tokens
    if begins >= limit or not document.is_capital[begins] or begins in known or tokens[begins] in _given():
        return False
    if any(atom.match is not None for atom in atoms) or tokens[atoms[0].first] in _given():
        return False
    words = [tokens[token] for token in range(atoms[0].first, atoms[-1].last)]
    if _CONNECTORS.intersection(words):
        return _is_body(document, atoms) and "and" not in words
    last = begins
    while last < limit and document.is_capital[last] and last not in known and tokens[last][0].isalpha():
        last += 1
    heads = words_of("body").keys() - {"Post", "Times", "News", "Police"}
    return (
        last - begins > 1
        and tokens[last - 1].capitalize() in heads
        and words[-1].capitalize() not in words_of("body")
        and atoms[0].first > document.sentences[document.sentence_of(begins)].first
    )


def _stripped(document: Document, atoms: tuple[_Atom, ...], opening: int, limit: int) -> _Run | None:
    """A run without what is no part of the name at its edges, or None where nothing is left."""
    title = False
    while atoms:
        first, last = atoms[0].first, atoms[-1].last
        if atoms[0].match is not None and atoms[0].kind != "none":
            break
        role = load_lexicon("sources").match_at(document, first, last)
        if role is not None and role.entry.category in _TITLES and not _is_body(document, atoms):
            atoms, title = tuple(atom for atom in atoms if atom.first >= role.last), True
            continue
        if not _is_lead(document, atoms, opening):
            break
        atoms, title = atoms[1:], False
    while atoms and document.tokens[atoms[-1].last - 1] in _CALENDAR and atoms[-1].match is None:
        atoms = atoms[:-1]
    if not atoms:
        return None
    # What "of" or "de" tied to a word that is gone begins with it.
    begins = atoms[0].first
    while document.tokens[begins] in ("of", "the", "for", '"', "'", "-"):
        begins += 1
    atoms = (atoms[0]._replace(first=begins), *atoms[1:])
    return _Run(atoms, title or _has_title_before(document, begins, opening), opening, limit)


def _is_lead(document: Document, atoms: Sequence[_Atom], opening: int) -> bool:
    """Whether the first atom of a run is no part of the name."""
    word = document.tokens[atoms[0].first]
    if word in _demonyms():
        return not (len(atoms) > 1 and (_is_body(document, atoms)))
    if word in _COMMON or word in _CALENDAR:
        return True
    rest = atoms[1:]
    if word in _DIRECTIONS:
        return bool(rest) and rest[0].match is not None
    if atoms[0].match is not None:  # a word that is no name: "Prime Minister"
        return len(atoms) > 1
    if atoms[0].first > opening and document.tokens[atoms[0].first - 1] not in _QUOTES:
        return False
    listed = bool(rest) and rest[0].match is not None and rest[0].match.entry.category != "word"
    return listed and word not in _given() and not _is_body(document, atoms)


def _is_body(document: Document, atoms: Sequence[_Atom]) -> bool:
    """Whether a run of several words ends in a noun such as "Council", or begins with one before "of"."""
    tokens = document.tokens
    span = range(atoms[0].first, atoms[-1].last)
    ends = tokens[span[-1]].capitalize() in words_of("body") and len(span) > 1
    inner = any(
        tokens[token].capitalize() in words_of("body") and tokens[token + 1] in ("of", "for")
        for token in span[:-1]
    )
    return ends or inner


def _has_title_before(document: Document, first: int, opening: int) -> bool:
    """Whether a noun such as "minister" stands right before a name."""
    for start in range(first - 1, max(opening, first - _LONGEST_TITLE) - 1, -1):
        match = load_lexicon("sources").match_at(document, start, first)
        if match is not None and match.last == first and match.entry.category in _TITLES:
            return True
    return False


# Kinds ----------------------------------------------------------------------------------------------------------


def _read(document: Document, run: _Run) -> Iterator[Found]:
    """What a run names: one thing, or, when it is made of listed names alone, each of them."""
    kinds = [atom.kind for atom in run.atoms]
    if kinds == ["none"]:
        return
    if all(kind in (PERSON, PLACE, ORGANISATION) for kind in kinds):
        for atom in run.atoms:
            yield _listed(document, atom)
        return
    rest = document.tokens[run.atoms[0].last : run.last]
    if kinds[0] == PLACE and not any(kinds[1:]) and _SITES.issuperset(rest):
        yield _listed(document, run.atoms[0])._replace(end=document.ends[run.last - 1])
        return
    # "Senior White House officials", but "French Senate".
    ends_listed = (
        kinds[-1] == ORGANISATION and not any(kinds[:-1]) and len(_words(document, run)) < _LONG_BODY
    )
    if ends_listed and not _countries().get(document.tokens[run.first]):
        yield _listed(document, run.atoms[-1])
        return
    kind = _kind(document, run)
    words = _words(document, run)
    if not words or (len(words) == 1 and _says_nothing(words[0])):
        return
    shown = " ".join(words)
    key = fold(shown)
    yield Found(kind, key, shown, document.starts[run.first], document.ends[run.last - 1])


_LONG_BODY = 6  # words; a longer name that ends in that of a listed body is its own
# What a place may have after its name and still be shown as the place: "Orsk Air Base".
_SITES = frozenset(
    "air base airbase naval military province governorate city district region oblast port".split()
)


def _says_nothing(word: str) -> bool:
    """Whether a single word is no name for certain."""
    lower = word.lower()
    return (
        lower in _demonyms()
        or (lower.endswith("s") and lower[:-1] in _demonyms())
        or word in words_of("none")
        or word in words_of("initials")
        or len(word) == 1
        or word.capitalize() in words_of("body")
        or word.capitalize() in words_of("feature")
        or lower in _title_words()
        or lower in _people_words()
    )


@cache
def _people_words() -> frozenset[str]:
    return frozenset(
        entry.term.lower()
        for entry in load_lexicon("actors").entries
        if entry.category in ("people", "demonym")
    )


def _listed(document: Document, atom: _Atom) -> Found:
    entry = atom.match.entry if atom.match else None
    if entry is None:
        raise ValueError("only a listed name says by itself what it names")
    return Found(
        entry.category,
        entry.extra["key"],
        entry.extra["shown"].replace('"', ""),
        document.starts[atom.first],
        document.ends[atom.last - 1],
    )


def _words(document: Document, run: _Run) -> list[str]:
    """The words of a name as they are written, without a name of war in quotation marks."""
    text = document.text[document.starts[run.first] : document.ends[run.last - 1]]
    kept: list[str] = []
    quoted = False
    for word in text.split():
        opens = word[0] in "\"“”'‘"
        quoted = quoted or opens
        if not quoted:
            kept.append(word)
        if quoted and word[-1] in "\"“”'’":
            quoted = False
    return kept


def _kind(document: Document, run: _Run) -> str:
    tokens = document.tokens
    words = [token for token in tokens[run.first : run.last] if token[0].isalpha()]
    several = len(words) > 1
    given = tokens[run.first] in _given() and several
    final = tokens[run.last - 1].capitalize()
    opening = tokens[run.first].capitalize()
    if run.atoms[0].first == run.opening and words[0] in _COMMON:
        return UNKNOWN
    if several and final in _OTHER_HEADS:
        return UNKNOWN
    if several and (_is_body(document, run.atoms)):
        return UNKNOWN if given and len(words) == 2 and not run.title else ORGANISATION
    if several and (final in words_of("feature") or (opening in words_of("feature") and not run.title)):
        return UNKNOWN if given and len(words) == 2 else PLACE
    if _is_place_of(document, run):
        return PLACE
    if _is_acronym(document, run):
        return ORGANISATION if _acts(document, run) else UNKNOWN
    if run.title and len(words) <= _PERSON_WORDS and final not in words_of("none"):
        return PERSON
    if given and len(words) <= _PERSON_WORDS:
        return PERSON
    if several and len(words) < _PERSON_WORDS and _is_described_as_person(document, run):
        return PERSON
    return UNKNOWN


# Names of shows, laws, prizes and buildings are none of the three.
_OTHER_HEADS = frozenset(
    "Show Act Bill Law Amendment War Wars Prize Award Awards Report Building Tower Towers Day Cup Games Week Treaty "
    "Agreement Accord Accords Convention Doctrine Plan Caller Conference Summit Crisis Revolution Festival Election "
    "Theorem Pact Protocol Memorial Hall House".split()
)


def _is_place_of(document: Document, run: _Run) -> bool:
    """Whether the words beside a name make it a place: "the town of ...", "... province", "..., Syria"."""
    tokens = document.tokens
    before = tokens[max(run.opening, run.first - 2) : run.first]
    if len(before) == 2 and before[1] == "of" and before[0] in _place_heads():
        return not run.title or before[0] not in ("mayor", "governor")
    following = tokens[run.last : min(run.limit, run.last + 2)]
    if following and not document.is_capital[run.last]:
        named = following[0] in words_of("feature_noun") or " ".join(following) in words_of("feature_noun")
        if (
            named
            and following[-1] not in ("hall", "councillor", "council")
            and not _is_acronym(document, run)
        ):
            return not run.title
    return False


@cache
def _place_heads() -> frozenset[str]:
    return frozenset(words_of("place_of"))


def _is_acronym(document: Document, run: _Run) -> bool:
    if run.last - run.first > 1:
        return False
    written = document.text[document.starts[run.first] : document.ends[run.first]].replace(".", "")
    return written.isalpha() and 2 <= len(written) <= 6 and sum(map(str.isupper, written)) >= len(written) - 1


def _acts(document: Document, run: _Run) -> bool:
    """Whether the words after initials show that they name a body: "an ABC spokesman", "ABC said"."""
    following = document.tokens[run.last] if run.last < run.limit else ""
    match = load_lexicon("sources").match_at(document, run.last, run.limit) if following else None
    speaks = match is not None and match.entry.category in _PEOPLE and not document.is_capital[run.last]
    return speaks or following in _SPEAKS


_SPEAKS = frozenset("said says told announced denied claimed added warned confirmed".split())


def _is_described_as_person(document: Document, run: _Run) -> bool:
    """Whether an age, "who" or an apposition follows a name: "Lea Ott, the head of the airport,"."""
    tokens, after = document.tokens, run.last
    if after + 1 >= run.limit or tokens[after] != ",":
        return False
    follows = tokens[after + 1]
    if follows == "who" or (
        follows.isdigit() and len(follows) == 2 and tokens[after + 2 : after + 3] == (",",)
    ):
        return True
    if follows not in ("a", "an", "the"):
        return False
    apposed = load_lexicon("sources").match(document, after + 2, min(run.limit, after + _APPOSED))
    return bool(apposed) and apposed[0].first - after <= 4 and apposed[0].entry.category in _TITLES


# One name for one bearer ----------------------------------------------------------------------------------------


def fold(name: str) -> str:
    """A name in lower case without accents, apostrophes, hyphens and articles, spelled in the British way.

    >>> fold("Center for Défense"), fold("Hay’at Tahrir al-Sham")
    ('centre for defence', 'hayat tahrir al sham')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = plain.replace("'", "").replace("-", " ").replace(".", "").split()
    spelled = " ".join(_SPELLINGS.get(word, word) for word in words if word != "the")
    office = _OFFICE.fullmatch(spelled)
    return f"{office['of']} {office['office']}" if office else spelled


# "US Department of Justice" is "Justice Department".
_OFFICE = re.compile(r"(?:us |united states )?(?P<office>department|ministry) of (?P<of>\w+)")


def _bare(name: str) -> str:
    """The last word of a folded name: the surname without "al-" and "von"."""
    words = fold(name).split()
    return words[-1] if words else ""


def _with_surnames(document: Document, found: Sequence[tuple[_Run, Found]]) -> list[Found]:
    """A surname alone gets the key of the full name, initials that of the name they stand behind."""
    full: dict[str, dict[str, Found]] = defaultdict(dict)
    short: dict[str, Found] = {}
    for run, name in found:
        if name.kind == PERSON and len(name.shown.split()) > 1:
            full[_bare(name.shown)].setdefault(name.key, name)
        initials = _initials_after(document, run)
        if initials and name.kind in (ORGANISATION, UNKNOWN):
            kind = ORGANISATION
            short[initials] = name._replace(kind=kind)
    near = _places_by_preposition(document, found)
    result: list[Found] = []
    for run, name in found:
        one_word = len(fold(name.shown).split()) == 1 or (
            len(name.shown.split()) == 1 and name.shown.lower().startswith(("al-", "el-"))
        )
        owners = full.get(_bare(name.shown), {}) if one_word and not run.atoms[0].match else {}
        abbreviated = short.get(name.shown)
        if abbreviated is not None and name.kind in (ORGANISATION, UNKNOWN):
            name = name._replace(kind=abbreviated.kind, key=abbreviated.key, shown=abbreviated.shown)  # noqa: PLW2901
        elif len(owners) == 1 and name.kind in (PERSON, UNKNOWN):
            (owner,) = owners.values()
            name = name._replace(kind=PERSON, key=owner.key, shown=owner.shown)  # noqa: PLW2901
        elif name.kind == PERSON and one_word and name.key == fold(name.shown):
            name = name._replace(key=_bare(name.shown))  # noqa: PLW2901
        elif name.kind == UNKNOWN and name.key in near:
            name = name._replace(kind=PLACE)  # noqa: PLW2901
        elif name.kind == UNKNOWN and any(name.key == short_name.key for short_name in short.values()):
            name = name._replace(kind=ORGANISATION)  # noqa: PLW2901
        result.append(name)
    return result


def _initials_after(document: Document, run: _Run) -> str:
    """The initials in brackets after a name, where they are its own: "Orbit Drill Board (ODB)"."""
    tokens, last = document.tokens, run.last
    if last + 2 >= run.limit or tokens[last] != "(" or tokens[last + 2] != ")" or last - run.first < 2:
        return ""
    written = document.text[document.starts[last + 1] : document.ends[last + 1]]
    letters = [token[0] for token in tokens[run.first : last] if token[0].isalpha()]
    wanted = iter(letters)
    return written if written.isupper() and all(letter in wanted for letter in written.lower()) else ""


def _places_by_preposition(document: Document, found: Iterable[tuple[_Run, Found]]) -> set[str]:
    """Names of one word that only "in", "near" and their like go before, and at least one of these does."""
    tokens = document.tokens
    before: dict[str, Counter[bool]] = defaultdict(Counter)
    for run, name in found:
        if name.kind != UNKNOWN or run.last - run.first > 1 or _is_acronym(document, run):
            continue
        locates = run.first > run.opening and tokens[run.first - 1] in _LOCATING
        goes_on = run.last < run.limit and tokens[run.last] in _SPEAKS | {"-", "v", "v."}
        before[name.key][locates and not goes_on] += 1
    return {
        key
        for key, counts in before.items()
        if counts[True] and counts[True] >= counts[False] and not key.endswith(_NO_PLACE_ENDS)
    }


_LOCATING = frozenset("in near outside".split())
