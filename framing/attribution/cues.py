"""Candidate cues: entries of the lexicon `reporting` in a sentence, with the verbs around them and what they are."""

from __future__ import annotations

from typing import NamedTuple

from framing.attribution import grammar
from framing.document import Document
from framing.lexicon import Entry, Match, load_lexicon


class Cue(NamedTuple):
    """A reporting cue: the tokens `first:last`, its lexical head, what it is, and what the lexicon lets follow.

    `kind` is finite, participle, infinitive, passive, noun, adjective, colon or source (its source follows).
    """

    first: int
    last: int
    head: int
    kind: str
    takes: frozenset[str]
    entry: Entry


def find_cues(document: Document) -> list[Cue]:
    """All cues of a document in order."""
    cues = []
    for match in load_lexicon("reporting").match(document):
        cue = _cue(document, match)
        if cue is not None:
            cues.append(cue)
    return cues


def _cue(document: Document, match: Match) -> Cue | None:
    takes = frozenset(match.entry.extra["takes"].split())
    if "source" in takes:
        return Cue(match.first, match.last, match.first, "source", takes, match.entry)
    if "colon" in takes:
        return Cue(match.first, match.last, match.first, "colon", takes, match.entry)
    if "adjective" in takes:
        return _adjective(document, match, takes)
    if match.entry.forms == "v":
        verb = _verb(document, match, takes)
        if verb is not None or "noun" not in takes:
            return verb
    if "noun" in takes:
        return Cue(match.first, match.last, match.last - 1, "noun", takes, match.entry)
    return None


def _adjective(document: Document, match: Match, takes: frozenset[str]) -> Cue | None:
    first = _group_start(document, match.first, grammar.BE | grammar.HAVE | grammar.MODALS | _COPULAS)
    copular = any(document.tokens[token] in grammar.BE | _COPULAS for token in range(first, match.first))
    apposed = match.last - match.first > 1 and first > 0 and document.tokens[first - 1].endswith("s")
    return Cue(first, match.last, match.first, "adjective", takes, match.entry) if copular or apposed else None


_COPULAS = frozenset("seem seems seemed appear appears appeared remain remains remained feel feels felt sound sounds".split())


def _verb(document: Document, match: Match, takes: frozenset[str]) -> Cue | None:
    tokens = document.tokens
    head = match.first
    shape = grammar.inflection(tokens[head], match.entry.term.split()[0])
    first = _group_start(document, head, grammar.AUXILIARIES)
    group = set(tokens[first:head])
    sentence = document.sentences[document.sentence_of(head)]
    before = tokens[first - 1] if first > sentence.first else ""
    after = tokens[match.last] if match.last < sentence.last else ""
    if before == "-" or "'s" in group and shape in ("base", "s"):
        return None
    if shape == "ing":
        if group & grammar.BE:
            return Cue(first, match.last, head, "finite", takes, match.entry)
        if before in grammar.DETERMINERS or after == "of":
            return None
        return Cue(first, match.last, head, "participle", takes, match.entry)
    if shape in ("past", "participle"):
        if group & grammar.BE and not (group & grammar.HAVE and "been" not in group and "being" not in group):
            return Cue(first, match.last, head, "passive", takes, match.entry)
        if group & (grammar.HAVE | {"'d"}):
            return Cue(first, match.last, head, "finite", takes, match.entry)
        if before in grammar.DETERMINERS - {"that", "which", "these", "those", "some", "many", "several", "few"}:
            return None
        if shape == "participle" or after == "by":
            return Cue(first, match.last, head, "passive", takes, match.entry)
        return Cue(first, match.last, head, "finite", takes, match.entry)
    if group & (grammar.MODALS | grammar.DO):
        return Cue(first, match.last, head, "finite", takes, match.entry)
    if before == "to":
        return Cue(first - 1, match.last, head, "infinitive", takes, match.entry) if shape == "base" else None
    if after in ("of", "'s", "'") or after in grammar.FINITE or before in grammar.DETERMINERS - {"that", "which"}:
        return None
    if before in grammar.PREPOSITIONS or before == "":
        return None
    if before == "," and after in _CLEAR_STARTS:
        return Cue(first, match.last, head, "finite", takes, match.entry)
    if shape == "base" and not _plural(document, first - 1, sentence.first):
        return None
    if shape == "s" and before in ("they", "we", "i", "you"):
        return None
    return Cue(first, match.last, head, "finite", takes, match.entry)


def _group_start(document: Document, head: int, auxiliaries: frozenset[str]) -> int:
    """The first token of the group of verbs and adverbs that ends before `head`."""
    sentence = document.sentences[document.sentence_of(head)]
    first = head
    position = head - 1
    while position >= sentence.first:
        token = document.tokens[position]
        adverb = grammar.is_adverb(token) and token not in _QUANTIFIERS and not document.is_capital[position]
        if token in auxiliaries or adverb:
            first = position
        elif token not in ("both", "all"):
            break
        position -= 1
    return first


_QUANTIFIERS = frozenset("more most both all no so".split())


_CLEAR_STARTS = frozenset("that he she they it we there".split())
_PLURALS = frozenset(
    "people police men women children media i you we they who that many some most others few several both all those these "
    "majority half authorities republicans democrats".split()
)


def _plural(document: Document, token: int, first: int) -> bool:
    """Whether the noun phrase that ends at a token can be a plural subject."""
    text = document.tokens[token]
    if text in _PLURALS or (text.endswith("s") and text not in ("'s", "is", "was", "his", "its", "this", "as", "us")):
        return True
    return "and" in document.tokens[max(first, token - 4) : token] and document.is_capital[token]
