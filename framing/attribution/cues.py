"""Candidate cues: entries of the lexicon `reporting`, with the verbs around them and what they are in their sentence."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from framing.attribution import grammar
from framing.document import Document
from framing.lexicon import Entry, Match, load_lexicon

VERBAL = frozenset({"finite", "participle", "infinitive", "passive"})


class Cue(NamedTuple):
    """A reporting cue: the tokens `first:last`, its lexical head, what it is, and what the lexicon lets follow.

    `kind` is one of `VERBAL`, or noun, adjective, colon, or source (its source follows).
    """

    first: int
    last: int
    head: int
    kind: str
    takes: frozenset[str]
    entry: Entry

    @property
    def base(self) -> str:
        """The base form of the verb."""
        return self.entry.term.split()[0]


def find_cues(document: Document) -> list[Cue]:
    """All cues of a document in order."""
    found = (_cue(document, match) for match in load_lexicon("reporting").match(document))
    return [cue for cue in found if cue is not None]


def _cue(document: Document, match: Match) -> Cue | None:
    takes = _words(match.entry.extra["takes"])
    first, kind = match.first, None
    if takes & {"source", "colon"}:
        kind = "source" if "source" in takes else "colon"
    elif "adjective" in takes:
        first, kind = _adjective(document, match)
    elif match.entry.forms == "v" or "noun" not in takes:
        first, kind = _verb(document, match, takes)
    if kind is None and "noun" in takes:
        return Cue(match.first, match.last, match.last - 1, "noun", takes, match.entry)
    return None if kind is None else Cue(first, match.last, match.first, kind, takes, match.entry)


@cache
def _words(cell: str) -> frozenset[str]:
    return frozenset(cell.split())


def _adjective(document: Document, match: Match) -> tuple[int, str | None]:
    """Where the group of an adjective with its copula begins; "officials wary of" needs no copula."""
    first = _group_start(document, match.first, _COPULA_GROUP)
    copular = not _COPULAR.isdisjoint(document.tokens[first : match.first])
    apposed = match.last - match.first > 1 and first > 0 and document.tokens[first - 1].endswith("s")
    return first, "adjective" if copular or apposed else None


_COPULAR = grammar.BE | grammar.COPULAS
_COPULA_GROUP = _COPULAR | grammar.HAVE | grammar.MODALS


def _verb(document: Document, match: Match, takes: frozenset[str]) -> tuple[int, str | None]:
    """Where the group of a verb begins, and its kind; None where the word is a noun or an attribute."""
    tokens, head = document.tokens, match.first
    sentence = document.sentences[document.sentence_of(head)]
    first = _group_start(document, head, grammar.AUXILIARIES)
    group = set(tokens[first:head])
    before = tokens[first - 1] if first > sentence.first else ""
    after = tokens[match.last] if match.last < sentence.last else ""
    base = match.entry.term.split()[0]
    shape = grammar.inflection(tokens[head], base)
    if before == "-":
        return first, None
    if shape == "ing":
        if group & grammar.BE:
            return first, "finite"
        return first, None if before in grammar.DETERMINERS or after == "of" else "participle"
    if shape in ("past", "participle"):
        if group & grammar.BE and (not group & grammar.HAVE or group & {"been", "being"}):
            return first, "finite" if "stative" in takes else "passive"
        if group & _PERFECT:
            return first, "finite"
        if before in _ARTICLES:
            return first, None
        return first, "passive" if shape == "participle" or after == "by" else "finite"
    if "'s" in group:
        return first, None
    if group & _WITH_BASE:
        return first, "finite"
    if before == "to":
        return first - 1, "infinitive" if shape == "base" else None
    if base in _INVARIANT and before not in _BEFORE_NOUN:
        return first, "finite"
    if "noun" in takes and grammar.looks_finite(after):
        return first, None
    return first, "finite" if _is_present(document, first, sentence.first, shape, after) else None


_INVARIANT = frozenset("bet cast put read set".split())  # the past has the form of the present


_ARTICLES = grammar.DETERMINERS - {"that", "which", "these", "those", "some", "many", "several", "few"}
_BEFORE_NOUN = grammar.PREPOSITIONS | _ARTICLES | {""}
_PERFECT = grammar.HAVE | {"'d"}
_WITH_BASE = grammar.MODALS | grammar.DO


def _is_present(document: Document, first: int, opening: int, shape: str, after: str) -> bool:
    """Whether a form that could be a noun is a verb in the present tense, by the words on both sides."""
    before = document.tokens[first - 1] if first > opening else ""
    if before in _PERSONAL:
        return True
    if after in grammar.FINITE and "which" not in document.tokens[max(opening, first - _PHRASE) : first]:
        return False
    if after in ("of", "'s", "'") or (before == "," and grammar.looks_finite(after)):
        return False
    if before in grammar.PREPOSITIONS or before == "":
        return False
    if before == "," and after in _CLAUSE_STARTS:
        return True
    if shape == "base":
        return _is_plural(document, first - 1, opening)
    return before not in _NO_SUBJECTS and not before[0].isdigit()


_PERSONAL = grammar.SUBJECTS - {"who"}
_NO_SUBJECTS = grammar.DETERMINERS - {"that", "which"}
_CLAUSE_STARTS = frozenset("that he she they it we there".split())


def _is_plural(document: Document, token: int, opening: int) -> bool:
    """Whether the noun phrase that ends at a token can be a plural subject."""
    tokens = document.tokens
    if _is_plural_noun(tokens[token]):
        return True
    if document.is_capital[token] and "and" in tokens[max(opening, token - 4) : token]:
        return True
    heads = range(max(opening, token - _PHRASE), token)
    return any(_is_plural_noun(tokens[head]) and tokens[head + 1] in _OF_PLACE for head in heads)


def _is_plural_noun(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and word not in _NO_PLURALS)


_PHRASE = 6  # tokens of a subject behind its head: "analysts at the state bank"
_OF_PLACE = frozenset("at in from of".split())
_PLURALS = frozenset("people police men women children media majority half".split()) | frozenset(
    "i you we they who that many some most others few several both all those these".split()
)
_NO_PLURALS = grammar.AUXILIARIES | frozenset("his its this as us".split())


# "'s" after these is a verb; after a noun it marks the possessor.
_CONTRACTING = grammar.SUBJECTS | frozenset("that what there here where how this".split())


def _group_start(document: Document, head: int, auxiliaries: frozenset[str]) -> int:
    """The first token of the group of verbs and adverbs that ends before `head`."""
    opening = document.sentences[document.sentence_of(head)].first
    first = position = head
    while position > opening:
        position -= 1
        token = document.tokens[position]
        if token == "'s" and (position == opening or document.tokens[position - 1] not in _CONTRACTING):
            break
        if token in auxiliaries or (grammar.is_adverb(token) and not document.is_capital[position]):
            first = position
        elif token not in ("both", "all"):
            break
    return first
