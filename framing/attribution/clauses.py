"""Where a source and a content begin and end: noun phrases and clauses found by punctuation and closed classes.

Ranges are half-open token indices. A quotation of speech is one block: its inside never bounds what lies outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from framing.attribution import grammar
from framing.attribution.cues import Cue, find_cues
from framing.document import Document

REACH = 300  # tokens; a sentence without end must not make reading it slow
SPEECH = 4  # words; a shorter quotation is a part of the sentence around it


class Range(NamedTuple):
    """Tokens `first:last`."""

    first: int
    last: int


class Text(NamedTuple):
    """A document with what every rule asks for: its quotations as token ranges and the one each token stands in."""

    document: Document
    quotes: tuple[Range, ...]
    levels: list[int]  # index of the quotation a token stands in, or -1
    cues: dict[int, Cue]  # by the first token
    verbs: frozenset[int]  # the tokens of cues that are verbs


def read_text(document: Document) -> Text:
    """A document with its cues and quotations."""
    quotes, levels = quotations(document)
    cues = find_cues(document)
    verbs = frozenset(token for cue in cues if cue.kind in _VERBS for token in range(cue.first, cue.last))
    return Text(document, quotes, levels, {cue.first: cue for cue in cues}, verbs)


_VERBS = frozenset({"finite", "participle", "infinitive", "passive"})


def quotations(document: Document) -> tuple[tuple[Range, ...], list[int]]:
    """The quotations that hold speech, as tokens, and for every token the one it stands in, or -1."""
    quotes: list[Range] = []
    levels = [-1] * len(document.tokens)
    for quote in document.quotes:
        tokens = document.tokens_in(quote.start, quote.end)
        words = sum(document.is_word[token] for token in tokens)
        if words < SPEECH and not (words and _is_utterance(document, tokens)):
            continue
        for token in tokens:
            levels[token] = len(quotes)
        quotes.append(Range(tokens.start, tokens.stop))
    return tuple(quotes), levels


def _is_utterance(document: Document, tokens: range) -> bool:
    """Whether a short quotation stands alone: it ends with a mark of its own and begins with a capital."""
    return document.tokens[tokens[-1] - 1] in (",", ".", "!", "?") and document.is_capital[tokens[0] + 1]


def bounds(text: Text, token: int) -> Range:
    """The tokens among which a cue looks for source and content: its sentence."""
    sentence = text.document.sentences[text.document.sentence_of(token)]
    return Range(max(sentence.first, token - REACH), min(sentence.last, token + REACH))


# Sources --------------------------------------------------------------------------------------------------------


def subject(text: Text, cue: Cue, limits: Range) -> Range | None:
    """The noun phrase before a cue, appositives and relative clauses between commas included."""
    tokens = text.document.tokens
    last = cue.first
    if last <= limits.first:
        return None
    if tokens[last - 1] in (",", ")"):
        return _with_aside(text, last, limits)
    return noun_phrase_before(text, last, limits)


def noun_phrase_before(text: Text, last: int, limits: Range) -> Range | None:
    """The noun phrase that ends at `last`; a pronoun or relative pronoun stands alone."""
    document, tokens = text.document, text.document.tokens
    before = tokens[last - 1]
    if before in grammar.SUBJECTS or before in ("that", "which"):
        return Range(last - 1, last)
    level = text.levels[last - 1]
    first = last
    while first > limits.first:
        token = tokens[first - 1]
        if text.levels[first - 1] != level or not (grammar.is_nominal(document, first - 1) or token == "\""):
            break
        if token in grammar.SUBORDINATORS or token in ("but", "or", "nor", "yet", "who", "which") or first - 1 in text.verbs:
            break
        if token == "and" and not _joins_names(text, first - 1, limits):
            break
        if token in grammar.SUBJECTS or token in grammar.OBJECTS - grammar.REFLEXIVES - {"her"}:
            break
        first -= 1
    first = _after_fronted(text, first, last)
    return Range(first, last) if first < last else None


def _joins_names(text: Text, conjunction: int, limits: Range) -> bool:
    """Whether "and" joins two parts of one noun phrase: nothing before it looks like a verb."""
    tokens = text.document.tokens
    position = conjunction - 1
    while position >= limits.first and tokens[position] not in grammar.STOPS and tokens[position] != ",":
        if tokens[position] in grammar.FINITE or position in text.verbs or tokens[position] in grammar.SUBJECTS:
            return False
        position -= 1
    return conjunction > limits.first and tokens[conjunction - 1] != ","


def _after_fronted(text: Text, first: int, last: int) -> int:
    """Skip what stands before the noun phrase proper: adverbs, and a fronted phrase such as "in a statement"."""
    document, tokens = text.document, text.document.tokens
    opening = document.sentences[document.sentence_of(first)].first
    while first < last - 1 and (tokens[first] in _LOOSE or grammar.is_adverb(tokens[first])):
        if tokens[first] in grammar.INDEFINITES or (document.is_capital[first] and first > opening):
            break
        first += 1
    if first < last and tokens[first] in grammar.PREPOSITIONS:
        starts = [
            token
            for token in range(first + 2, last)
            if (tokens[token] in grammar.DETERMINERS - grammar.POSSESSIVES or document.is_capital[token])
            and tokens[token - 1] not in grammar.PREPOSITIONS | grammar.DETERMINERS | {"and", "-"}
            and not document.is_capital[token - 1]
        ]
        return starts[-1] if starts else last
    return first


_LOOSE = frozenset({"and", "'s", "'", '"', "-"})


def _with_aside(text: Text, last: int, limits: Range) -> Range | None:
    """A noun phrase with an aside in commas or brackets before the cue: "Lind, who heads the bank, said"."""
    tokens = text.document.tokens
    opener = {",": ",", ")": "("}[tokens[last - 1]]
    position = last - 2
    while position > limits.first and not (tokens[position] == opener and text.levels[position] == text.levels[last - 1]):
        if text.levels[position] != text.levels[last - 1] or tokens[position] in (";", ":"):
            return None
        position -= 1
    if position <= limits.first:
        return None
    name = noun_phrase_before(text, position, limits)
    if name is None and tokens[position - 1] in (",", ")"):
        name = _with_aside(text, position, limits)
    if name is None or tokens[name.first] in grammar.SUBJECTS:
        return None
    if opener == "," and tokens[position + 1] in grammar.PREPOSITIONS:
        return name
    return Range(name.first, last - 1 if opener == "," else last)


def noun_phrase_after(text: Text, first: int, limits: Range) -> Range | None:
    """The noun phrase that begins at `first`, with what describes it: "a resident of the port, who asked ..."."""
    document, tokens = text.document, text.document.tokens
    last = first
    level = text.levels[first] if first < limits.last else -1
    if level != -1 and tokens[first] == "\"":
        return None
    while last < limits.last:
        token = tokens[last]
        if text.levels[last] != level and token == "\"":
            break
        if token == "," and not _describes(text, last + 1, limits):
            break
        if token in grammar.STOPS or token in ("\"",) or (token in grammar.SUBORDINATORS and token != "than"):
            break
        if last > first and token in _CIRCUMSTANCE or (last in text.cues and text.cues[last].kind == "participle"):
            break
        last += 1
    while last > first and tokens[last - 1] in {"and", "but", ","} | grammar.DAYS:
        last -= 1
    return Range(first, last) if last > first else None


_CIRCUMSTANCE = frozenset("during after before when while since as amid about because".split()) | grammar.DAYS


def _describes(text: Text, token: int, limits: Range) -> bool:
    """Whether a comma goes on describing a noun: a relative clause, an appositive, an age, a place."""
    document, tokens = text.document, text.document.tokens
    if token >= limits.last or text.levels[token] != text.levels[token - 1]:
        return False
    following = tokens[token]
    if following in ("who", "whose", "a", "an", "the", "one", "former", "president", "director", "head") or following[0].isdigit():
        return token + 1 < limits.last and tokens[token + 1] not in grammar.FINITE
    return document.is_capital[token] and following not in grammar.SUBJECTS or _is_role(following)


def _is_role(token: str) -> bool:
    return token.endswith(("man", "woman", "or", "er", "ist", "director", "chief", "head")) and len(token) > 4


# Contents -------------------------------------------------------------------------------------------------------


def content_after(text: Text, first: int, cue: Cue, limits: Range) -> Range | None:
    """What a cue introduces from `first` on, past an addressee and words of time and place; None when nothing."""
    tokens = text.document.tokens
    takes = cue.takes
    start = first
    if start >= limits.last:
        return None
    if "person" in takes:
        start = _past_addressee(text, start, limits, takes)
    elif takes & {"that", "quote"} and not ("inf" in takes and tokens[start] == "to"):
        start = _past_circumstance(text, start, limits)
    if start is None or start >= limits.last:
        return None
    if tokens[start] in (":", ",") and start + 1 < limits.last:
        opens = tokens[start + 1] in grammar.QUOTE_MARKS
        if "quote" in takes and (opens or tokens[start] == ":"):
            start += 1
        else:
            return None
    if not _may_begin(text, start, cue, limits):
        return None
    last = clause_end(text, start, cue, limits)
    return Range(start, last) if last > start else None


def _may_begin(text: Text, start: int, cue: Cue, limits: Range) -> bool:
    tokens, takes = text.document.tokens, cue.takes
    token = tokens[start]
    if token in grammar.QUOTE_MARKS and start + 1 < limits.last:
        return bool(takes & {"quote", "that", "np"})
    if token == "that":
        return bool(takes & {"that", "np", "quote", "noun"})
    if token == "to":
        return "inf" in takes or ("passive" in takes and cue.kind == "passive")
    if token in grammar.QUESTION_WORDS:
        return "wh" in takes or ("np" in takes and token in ("what", "how", "why"))
    if token == "as":
        return "np" in takes and cue.kind == "passive"
    if token in grammar.ROUGHLY and start + 1 < limits.last and grammar.is_quantity(tokens[start + 1]):
        return bool(takes & {"clause", "np"})
    if token in grammar.PREPOSITIONS or token in grammar.COORDINATORS or token in grammar.SUBORDINATORS:
        return False
    if "as" in takes and "as" in tokens[start : min(start + _OBJECT, limits.last)]:
        return True
    if token in grammar.FINITE or not token[-1].isalnum() and len(token) == 1 and token not in "$£€#@":
        return False
    if cue.kind == "infinitive":
        return "clause" in takes and _begins_clause(text, start)
    return bool(takes & {"clause", "np"}) and cue.kind != "noun"


_OBJECT = 12  # tokens before the "as" of "sees the pact as a threat"


def _begins_clause(text: Text, start: int) -> bool:
    return text.document.tokens[start] in grammar.SUBJECTS | {"there"}


def _past_circumstance(text: Text, start: int, limits: Range) -> int:
    """Skip "on Tuesday", "in a statement", "to reporters" between a verb of saying and what was said."""
    tokens = text.document.tokens
    position = start
    while position < limits.last and grammar.is_time(tokens[position]):
        position += 1
    if tokens[position : position + 1] and tokens[position] in ("this", "last") and position + 1 < limits.last:
        position += 2 if tokens[position + 1] in grammar.PERIODS else 0
    if position >= limits.last or tokens[position] not in grammar.PREPOSITIONS:
        return position
    scan = position
    while scan < limits.last and scan - position < 16:
        token = tokens[scan]
        if token == "that" or token == ":" or (token in grammar.QUOTE_MARKS and text.levels[scan] != text.levels[start - 1]):
            return scan
        if token == "," :
            opens = scan + 1 < limits.last and tokens[scan + 1] in grammar.QUOTE_MARKS
            return scan if opens else limits.last
        if token in grammar.STOPS or token in grammar.FINITE:
            break
        if scan > position and token in grammar.SUBJECTS - {"who", "you"} | {"there"}:
            return scan
        scan += 1
    position += 1
    dated = position
    while position < limits.last and (grammar.is_time(tokens[position]) or grammar.is_month_or_number(tokens[position])):
        position += 1
    return position if position > dated else limits.last


def _past_addressee(text: Text, start: int, limits: Range, takes: frozenset[str]) -> int:
    """Skip whom a verb like "tell" addresses."""
    tokens = text.document.tokens
    position = start
    while position < limits.last and position - start < 16:
        token = tokens[position]
        if token in grammar.QUOTE_MARKS and text.levels[position] != text.levels[start - 1] or token == ":":
            return position
        if token == "that" or token in grammar.QUESTION_WORDS or (token == "to" and "inf" in takes and position > start):
            return position
        if position > start and tokens[position - 1] not in grammar.PREPOSITIONS | grammar.DETERMINERS | {"and", "-"}:
            if token in grammar.SUBJECTS or token in grammar.DETERMINERS - grammar.POSSESSIVES | {"there"}:
                return position
        if token == ",":
            opens = position + 1 < limits.last and tokens[position + 1] in grammar.QUOTE_MARKS
            return position if opens else limits.last
        if token in grammar.STOPS:
            return limits.last
        position += 1
    return limits.last


def clause_end(text: Text, start: int, cue: Cue, limits: Range) -> int:
    """The end of the clause or phrase that begins at `start`."""
    tokens = text.document.tokens
    level = text.levels[cue.head]
    position = start
    while position < limits.last:
        if text.levels[position] not in (level, -1) or (level == -1 and text.levels[position] >= 0):
            quote = text.quotes[text.levels[position]]
            if quote.last > limits.last:
                return quote.last
            position = max(quote.last, position + 1)
            continue
        token = tokens[position]
        if token == ";" or (token in grammar.DASHES and position > start and "that" not in cue.takes):
            break
        if token in (",", "and", "but", "—", "–", "--") and position > start and _ends_at(text, position, start, cue, limits):
            break
        position += 1
    return trimmed(text, start, position)


def trimmed(text: Text, start: int, last: int) -> int:
    """An end without the punctuation that belongs to the sentence around; a closing quotation mark keeps its own."""
    tokens = text.document.tokens
    while last > start and (tokens[last - 1] in (",", ".", ";", ":", "!", "?", "—", "–", "--") or tokens[last - 1] in ("and", "but")):
        last -= 1
    return last


def _ends_at(text: Text, position: int, start: int, cue: Cue, limits: Range) -> bool:
    """Whether a comma or conjunction ends what a cue introduces at `start`.

    A clause goes on past most commas, a noun phrase or infinitive past few; a fronted clause ends at its comma.
    """
    document, tokens = text.document, text.document.tokens
    following = position + 1
    if following >= limits.last:
        return False
    token, after = tokens[position], tokens[following]
    if token in ("and", "but"):
        return _resumes(text, following, cue) or (not _is_clause_content(text, start, cue) and grammar.looks_finite(after))
    if _is_fronted(text, cue, limits) or after in ("who", "where") or after.endswith("ing") or _floats(text, following, limits):
        return True
    if following in text.cues and text.cues[following].kind in ("participle", "source"):
        return True
    if after in ("and", "but") and _starts_attribution(text, following + 1, limits):
        return True
    if _is_clause_content(text, start, cue):
        return False
    return (
        after in grammar.COORDINATORS | grammar.DETERMINERS | grammar.SUBJECTS
        or document.is_capital[following]
        or grammar.looks_finite(after)
    )


def _is_clause_content(text: Text, start: int, cue: Cue) -> bool:
    """Whether content is a clause rather than a noun phrase or an infinitive."""
    token = text.document.tokens[start]
    return token == "that" or token in grammar.QUESTION_WORDS or ("clause" in cue.takes and token != "to")


def _is_fronted(text: Text, cue: Cue, limits: Range) -> bool:
    """Whether a cue stands in a clause that its comma ends: "While officials warn of ..., ..."; "..., who says ..., ..."."""
    tokens = text.document.tokens
    if cue.first == limits.first:
        return cue.kind == "participle"
    if cue.first - 2 >= limits.first and tokens[cue.first - 1] in ("who", "which"):
        return tokens[cue.first - 2] == ","
    for position in range(cue.first - 1, max(limits.first, cue.first - _CLAUSE) - 1, -1):
        if tokens[position] == ",":
            return False
        if tokens[position] in _FRONTING:
            return position == limits.first or tokens[position - 1] in grammar.COORDINATORS | {","}
    return False


_CLAUSE = 12  # tokens from a conjunction to the verb of its clause
_FRONTING = grammar.SUBORDINATORS - {"that", "so", "than", "because"} | {"after", "before"}


def _resumes(text: Text, token: int, cue: Cue) -> bool:
    """Whether another verb of the same subject follows a conjunction: "said ... and called ..."."""
    other = text.cues.get(token)
    return other is not None and other.kind == "finite" and cue.kind == "finite" and _same_tense(text, other, cue)


def _same_tense(text: Text, one: Cue, other: Cue) -> bool:
    tokens = text.document.tokens
    ends = [grammar.inflection(tokens[cue.head], cue.entry.term.split()[0]) for cue in (one, other)]
    return ends[0] == ends[1] and ends[0] != "base"


def _starts_attribution(text: Text, start: int, limits: Range) -> bool:
    """Whether a new "X said" begins at `start`."""
    for position in range(start, min(start + 7, limits.last)):
        if position in text.cues and text.cues[position].kind == "finite":
            return position > start
        if text.document.tokens[position] in grammar.FINITE or text.document.tokens[position] == ",":
            return False
    return False


def _floats(text: Text, start: int, limits: Range) -> bool:
    """Whether ", X said" stands at `start` and nothing follows but circumstances."""
    tokens = text.document.tokens
    for position in range(start, min(start + 7, limits.last)):
        cue = text.cues.get(position)
        if cue is not None and cue.kind == "finite" and "adverbial" in cue.takes:
            return cue.last >= limits.last or tokens[cue.last] in (",", ".", *grammar.DAYS)
        if tokens[position] in grammar.FINITE or tokens[position] == ",":
            return False
    return False
