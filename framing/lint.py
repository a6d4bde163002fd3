"""What is wrong with a lexicon: rows that can never match, match twice, say nothing, or name one side only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from framing.actors import load_actors
from framing.document import make_document, tokenize
from framing.lexicon import GUARDS, Entry, Lexicon, noun_forms, surface_forms, verb_forms

LONGEST = 8  # words; longer terms are sentences that came in by mistake
_GUARD_CLASSES = {"#": "7", '"': "“", ",": ";", "A": "Kovar"}
_PAIRED = ("state", "demonym", "metonym")  # kinds of name that every state has


class Finding(NamedTuple):
    """A fault of a lexicon: the line in its file, the term, a kind, and what to do about it."""

    line: int
    term: str
    kind: str
    problem: str


def lint(lexicon: Lexicon) -> list[Finding]:
    """All findings, by line: junk, duplicate, overlap, unreachable, missing inflection, one-sided."""
    checks = (_junk, _duplicates, _overlaps, _unreachable, _missing_inflections, _one_sided)
    return sorted(finding for check in checks for finding in check(lexicon))


def _junk(lexicon: Lexicon) -> Iterator[Finding]:
    categories = lexicon.categories
    actors = {actor.id for actor in load_actors()}
    for entry in lexicon.entries:

        def finding(problem: str, entry: Entry = entry) -> Finding:
            return Finding(entry.line, entry.term, "junk", problem)

        header_again = (entry.term, entry.category) == ("term", "category")
        if header_again or not _is_term(entry.term):
            yield finding("is no word; remove the row")
        if len(entry.term.split()) > LONGEST:
            yield finding(f"has more than {LONGEST} words; shorten it to the words that count")
        if entry.category not in categories:
            yield finding(
                f"category '{entry.category}' is not among {', '.join(categories)}; declare or correct it"
            )
        if not -1 <= entry.weight <= 1:
            yield finding(f"weight {entry.weight:g} is outside -1..1")
        if entry.case not in ("", "exact") or entry.in_name not in ("", "no"):
            yield finding("case may be 'exact' and in_name 'no'; leave them empty otherwise")
        if entry.actor and entry.actor not in actors:
            yield finding(f"unknown actor '{entry.actor}'; add it to actors.tsv or correct it")
        if entry.neutral and entry.neutral.lower() == entry.term.lower():
            yield finding("the neutral alternative is the term itself")
        for guard in GUARDS:
            for word in sorted(getattr(entry, guard)):
                if len(tokenize(word.lstrip("'"))) > 1:
                    yield finding(f"the guard '{word}' is more than one word and can never be next to a term")
    used = {entry.category for entry in lexicon.entries}
    for category in categories:
        if category not in used:
            yield Finding(0, category, "junk", "the category is declared but has no entry")


def _is_term(term: str) -> bool:
    """A word of two letters or more, a phrase, or one punctuation mark set down on purpose (the colon of a credit)."""
    tokens = tokenize(term.rstrip("*"))
    words = [token for token in tokens if token[0].isalnum()]
    return len(tokens) == 1 if not words else len(words) > 1 or len(words[0]) > 1


def _duplicates(lexicon: Lexicon) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], Entry] = {}
    for entry in lexicon.entries:
        key = (tuple(tokenize(entry.term)), entry.case, *(getattr(entry, guard) for guard in GUARDS))
        if key in seen:
            yield Finding(
                entry.line, entry.term, "duplicate", f"already on line {seen[key].line}; remove one"
            )
        seen.setdefault(key, entry)


def _overlaps(lexicon: Lexicon) -> Iterator[Finding]:
    owners: dict[tuple[str, ...], Entry] = {}
    for entry in lexicon.entries:
        if not entry.guarded:
            for form in surface_forms(entry)[1:]:
                owners.setdefault(form, entry)
    stems = {
        entry.term[:-1]: entry
        for entry in lexicon.entries
        if entry.term.endswith("*") and " " not in entry.term
    }
    for entry in lexicon.entries:
        tokens = tuple(tokenize(entry.term))
        owner = owners.get(tokens)
        if (
            owner is not None
            and owner is not entry
            and not entry.guarded
            and owner.category == entry.category
        ):
            yield Finding(
                entry.line,
                entry.term,
                "overlap",
                f"is a form of '{owner.term}' (line {owner.line}); remove one",
            )
        if len(tokens) == 1 and not entry.term.endswith("*"):
            stem = next(
                (stems[tokens[0][:n]] for n in range(2, len(tokens[0]) + 1) if tokens[0][:n] in stems), None
            )
            if stem is not None and _says_the_same(stem, entry):
                yield Finding(
                    entry.line, entry.term, "overlap", f"'{stem.term}' (line {stem.line}) finds it already"
                )


def _says_the_same(one: Entry, other: Entry) -> bool:
    def content(entry: Entry) -> tuple[object, ...]:
        return entry.category, entry.weight, entry.neutral, entry.note, dict(entry.extra)

    return content(one) == content(other)


def _unreachable(lexicon: Lexicon) -> Iterator[Finding]:
    for entry in lexicon.entries:
        document = make_document(example(entry))
        found = [match.entry for match in lexicon.match(document)]
        if entry not in found:
            hidden = (
                f"'{found[0].term}' (line {found[0].line}) is found instead"
                if found
                else "its guards exclude it"
            )
            yield Finding(entry.line, entry.term, "unreachable", hidden)


def example(entry: Entry) -> str:
    """A sentence in which an entry ought to be found.

    >>> example(Entry("about", "approximator", before=frozenset("#")))
    'yyy about 7 yyy.'
    """
    before = _fill(entry.after, entry.not_after)
    after = _fill(entry.before, entry.not_before)
    term = entry.term[:-1] + "x" if entry.term.endswith("*") else entry.term
    left = "" if before == "^" else f"yyy {before} " if before else "yyy "
    right = "." if after == "^" else f" {after} yyy." if after else " yyy."
    return (left + term + right).replace(" 's", "'s").replace(" 'd", "'d")


def _fill(wanted: frozenset[str], unwanted: frozenset[str]) -> str:
    choices = sorted(wanted - unwanted, key=lambda word: (word == "^", word))
    return _GUARD_CLASSES.get(choices[0], choices[0]) if choices else ""


def _missing_inflections(lexicon: Lexicon) -> Iterator[Finding]:
    terms = {entry.term.lower() for entry in lexicon.entries}
    for entry in lexicon.entries:
        if entry.forms or not entry.term.isalpha() or not entry.term.islower():
            continue
        forms = verb_forms(entry.term)
        listed = [form for form in forms if form in terms]
        missing = [form for form in forms if form not in terms]
        distinctive = [form for form in listed if form not in noun_forms(entry.term)]
        if distinctive and missing:
            problem = f"listed with {', '.join(listed)} but without {', '.join(missing)}; set forms to v"
            yield Finding(entry.line, entry.term, "missing inflection", problem)


def _one_sided(lexicon: Lexicon) -> Iterator[Finding]:
    """Bare names of some states but not of the others: such a list measures who is written about, not how."""
    states = [actor for actor in load_actors() if actor.is_state]
    if lexicon.name == "actors":
        for actor in states:
            for kind in _PAIRED:
                if not any(name.category == kind for name in actor.names):
                    yield Finding(
                        0, actor.id, "one-sided", f"has no {kind}, which the other states have; add it"
                    )
        return
    terms = {entry.term.lower(): entry for entry in lexicon.entries}
    for kind in _PAIRED:
        listed: dict[str, list[str]] = defaultdict(list)
        for actor in states:
            for name in actor.names:
                if name.category == kind and name.term.lower() in terms:
                    listed[actor.id].append(name.term.lower())
        if listed and len(listed) < len(states):
            entry = terms[next(iter(listed.values()))[0]]
            others = ", ".join(sorted({actor.id for actor in states} - set(listed))[:4])
            problem = f"a {kind} is listed for {', '.join(sorted(listed))} but not for {others} ...; list all or none"
            yield Finding(entry.line, entry.term, "one-sided", problem)
