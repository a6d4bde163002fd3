"""Noun phrases that name a source, found by capitals, punctuation and closed classes (Quirk et al. 1985, chapter 17)."""

from __future__ import annotations

from framing.attribution import grammar
from framing.attribution.cues import Cue
from framing.attribution.text import Range, Text
from framing.lexicon import load_lexicon


def subject(text: Text, cue: Cue, limits: Range) -> Range | None:
    """The noun phrase before a cue, with an appositive or relative clause between commas or brackets."""
    if cue.first <= limits.first:
        return None
    if text.document.tokens[cue.first - 1] in _ASIDES:
        return _with_aside(text, cue.first, limits)
    return phrase_before(text, cue.first, limits)


def phrase_before(text: Text, last: int, limits: Range) -> Range | None:
    """The noun phrase that ends at `last`; a pronoun or relative pronoun stands alone."""
    document, tokens = text.document, text.document.tokens
    last = _before_time(text, last, limits)
    if tokens[last - 1] in _ALONE:
        return Range(last - 1, last)
    first = last
    while first > limits.first and _belongs(text, first - 1, limits):
        first -= 1
    opening = document.sentences[document.sentence_of(last - 1)].first
    while first < last - 1 and (tokens[first] in _LOOSE or grammar.is_adverb(tokens[first])):
        if tokens[first] in grammar.INDEFINITES or (document.is_capital[first] and first > opening):
            break
        first += 1
    if first == last:
        return None
    noun = _with_relative(text, first, limits)
    if noun < first:
        return Range(noun, last)
    if tokens[first] in grammar.PREPOSITIONS:
        first = _after_fronted(text, first, last)
    conjunctions = (token for token in range(last - 2, first, -1) if tokens[token] in _TEMPORAL)
    first = next(conjunctions, first - 1) + 1
    return Range(first, last) if first < last else None


_ALONE = grammar.SUBJECTS | {"that", "which"}


def _before_time(text: Text, last: int, limits: Range) -> int:
    """The end of a phrase without the time behind it: "the mayor on Friday", "a report last year"."""
    tokens = text.document.tokens
    if (
        last - 2 > limits.first
        and tokens[last - 1] in grammar.PERIODS
        and tokens[last - 2] in ("this", "last")
    ):
        return last - 2
    if last - 2 > limits.first and tokens[last - 1] in grammar.DAYS and tokens[last - 2] == "on":
        return last - 2
    return last


def _with_relative(text: Text, first: int, limits: Range) -> int:
    """Where a phrase begins whose end is a relative clause without commas: "the firm that ran the port"."""
    tokens = text.document.tokens
    verb = first - 1 if first > limits.first and tokens[first - 1] in grammar.FINITE else first
    finite = tokens[verb] in grammar.FINITE or grammar.looks_finite(tokens[verb])
    if not finite or verb - 2 < limits.first or tokens[verb - 1] not in ("who", "that", "which"):
        return first
    noun = phrase_before(text, verb - 1, limits)
    return first if noun is None else noun.first


_TEMPORAL = frozenset("after before since until".split())
_LOOSE = frozenset({"and", "'s", "'", '"', "-"})


def _belongs(text: Text, token: int, limits: Range) -> bool:
    """Whether a token can be a part of a noun phrase that ends after it."""
    document = text.document
    word = document.tokens[token]
    if text.quoted[token] >= 0 or not (grammar.is_nominal(word) or word == '"'):
        return False
    if token in text.verbs:
        return _is_reduced(text, token)
    if word in grammar.OBJECTS and token > limits.first and document.tokens[token - 1] == "of":
        return True
    if word in _STANDS_BEFORE:
        hyphen = document.tokens[token + 1] == "-"
        return hyphen and document.ends[token] == document.starts[token + 1]
    return word != "and" or _joins_names(text, token, limits)


_STANDS_BEFORE = (
    grammar.SUBORDINATORS
    | grammar.SUBJECTS
    | (grammar.OBJECTS - grammar.REFLEXIVES - {"her"})
    | {"but", "or", "nor", "yet", "which"}
)


def _is_reduced(text: Text, token: int) -> bool:
    """Whether a verb is a participle that describes the noun before: "a letter seen by the court"."""
    cue = text.cues.get(token)
    if cue is None or cue.kind != "passive" or cue.first != cue.head:
        return False
    return text.document.tokens[cue.last] == "by"


def _joins_names(text: Text, conjunction: int, limits: Range) -> bool:
    """Whether "and" joins two parts of one noun phrase: nothing before it looks like a verb."""
    tokens = text.document.tokens
    if conjunction == limits.first or tokens[conjunction - 1] == ",":
        return False
    for token in range(conjunction - 1, limits.first - 1, -1):
        if tokens[token] in grammar.STOPS or tokens[token] == ",":
            break
        if tokens[token] in _OPENS_CLAUSE or token in text.verbs or _looks_like_predicate(text, token):
            return False
    return True


def _looks_like_predicate(text: Text, token: int) -> bool:
    """Whether a token has the shape of a past tense and no article before it: "the senator paused and recalled"."""
    document = text.document
    attribute = document.is_capital[token] or document.tokens[token - 1] in _BEFORE_ATTRIBUTE
    return grammar.looks_finite(document.tokens[token]) and not attribute


_BEFORE_ATTRIBUTE = grammar.DETERMINERS | grammar.PREPOSITIONS | {"and"}
_OPENS_CLAUSE = grammar.FINITE | grammar.SUBJECTS


def _after_fronted(text: Text, first: int, last: int) -> int:
    """The noun phrase proper after a fronted phrase: "In a short speech the king said"."""
    document, tokens = text.document, text.document.tokens
    starts = [
        token
        for token in range(first + 2, last)
        if (tokens[token] in _FIRST or document.is_capital[token])
        and tokens[token - 1] not in _GOES_ON
        and not document.is_capital[token - 1]
    ]
    if starts:
        return starts[-1]
    return first + 1 if tokens[first] in _TEMPORAL else last


_FIRST = grammar.DETERMINERS - grammar.POSSESSIVES
_GOES_ON = grammar.PREPOSITIONS | grammar.DETERMINERS | {"and", "-"}
_ASIDES = {",": ",", ")": "("}


def _with_aside(text: Text, last: int, limits: Range) -> Range | None:
    """A noun phrase with an aside before the cue: "Lind, who heads the bank, said"."""
    tokens = text.document.tokens
    opener = _ASIDES[tokens[last - 1]]
    for position in range(last - 2, limits.first, -1):
        if text.quoted[position] >= 0 or tokens[position] in (";", ":"):
            return None
        if tokens[position] != opener:
            continue
        name = phrase_before(text, position, limits)
        if name is None and tokens[position - 1] in _ASIDES:
            name = _with_aside(text, position, limits)
        predicate = tokens[position + 1] in grammar.FINITE
        if predicate or (name is not None and _is_inside_clause(text, name, limits)):
            continue
        if name is None or tokens[name.first] in grammar.SUBJECTS:
            return None
        aside = tokens[position + 1 : last - 1]
        reports = last - 2 in text.verbs and aside[0] not in grammar.RELATIVES
        if opener == "," and (
            reports or all(map(grammar.is_adverb, aside)) or aside[0] in grammar.PREPOSITIONS
        ):
            return name
        return Range(name.first, last - 1 if opener == "," else last)
    return None


def _is_inside_clause(text: Text, phrase: Range, limits: Range) -> bool:
    """Whether a phrase follows a verb, so that it is no subject: "who works for the port, a state firm, said"."""
    tokens = text.document.tokens
    behind_verb = phrase.first > limits.first and tokens[phrase.first - 1] in grammar.FINITE
    return behind_verb or tokens[phrase.first] == "whose"


def phrase_after(text: Text, first: int, limits: Range) -> Range | None:
    """The noun phrase that begins at `first`, with what describes it: "a resident of the port, who asked not to be named"."""
    tokens = text.document.tokens
    last = first
    while last < limits.last and text.quoted[last] < 0:
        token = tokens[last]
        if token in _ENDS or (token in _CIRCUMSTANCES and last > first):
            break
        if token == "," and not _describes(text, last + 1, limits):
            break
        if last in text.cues and text.cues[last].kind == "participle":
            break
        if last > first and _is_predicate(text, first, last):
            break
        if token == "in" and last > first and _names_document(text, last + 1, limits):
            break
        last += 1
    while last > first and (tokens[last - 1] in _TRAILING or tokens[last - 1] in grammar.DAYS):
        last -= 1
    return Range(first, last) if last > first else None


_ENDS = grammar.STOPS | grammar.SUBORDINATORS | {'"'}
_TRAILING = grammar.PREPOSITIONS | {"and", "but", ","}
_CIRCUMSTANCES = frozenset("during after before amid about".split()) | grammar.DAYS


def _is_predicate(text: Text, first: int, token: int) -> bool:
    """Whether a reporting verb follows a phrase without a relative clause: "a letter seen by the court shows"."""
    cue = text.cues.get(token)
    if cue is None or cue.kind != "finite":
        return False
    return grammar.RELATIVES.isdisjoint(text.document.tokens[first:token])


def _names_document(text: Text, first: int, limits: Range) -> bool:
    """Whether a noun phrase names where something was said, such as "a statement"."""
    tokens = text.document.tokens
    found = load_lexicon("sources").match(text.document, first, min(first + _MEDIUM, limits.last))
    ends = (match.last for match in found if match.entry.category == "document")
    return any(
        end >= limits.last
        or tokens[end] in grammar.PREPOSITIONS | grammar.DAYS
        or not grammar.is_nominal(tokens[end])
        for end in ends
    )


_MEDIUM = 4  # tokens: "a recent telephone interview"


def _describes(text: Text, token: int, limits: Range) -> bool:
    """Whether what follows a comma describes the noun before: a relative clause, an appositive, an age, a place."""
    document, tokens = text.document, text.document.tokens
    if token + 1 >= limits.last or text.quoted[token] >= 0:
        return False
    word = tokens[token]
    if word in ("who", "whose", "a", "an", "the", "one", "former") or word[0].isdigit():
        return tokens[token + 1] not in grammar.FINITE
    return (document.is_capital[token] and word not in grammar.SUBJECTS) or _is_agent(word)


def _is_agent(word: str) -> bool:
    """Whether a word has an ending of nouns for people in a role."""
    return len(word) > len("actor") - 1 and word.endswith(
        ("man", "woman", "or", "er", "ist", "chief", "head")
    )


def before_clause(text: Text, source: Range, limits: Range) -> Range:
    """A source without what follows its comma, where that is the rest of a statement and not an aside."""
    for token in range(source.first, source.last):
        if text.document.tokens[token] == "," and has_verb(text, Range(token + 1, limits.last)):
            return Range(source.first, token)
    return source


def has_verb(text: Text, phrase: Range) -> bool:
    """Whether a stretch of text holds, outside quotations, what looks like a finite verb before any relative clause."""
    tokens = text.document.tokens
    for token in range(phrase.first, phrase.last):
        if text.quoted[token] >= 0:
            continue
        if tokens[token] in grammar.RELATIVES:
            return False
        if tokens[token] in grammar.FINITE or (token > phrase.first and grammar.looks_finite(tokens[token])):
            return True
    return False
