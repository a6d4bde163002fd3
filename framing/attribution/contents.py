"""Where what a source says begins and ends: after the cue, before it, around it, or in the next paragraph."""

from __future__ import annotations

from framing.attribution import grammar
from framing.attribution.cues import Cue
from framing.attribution.text import Range, Text

_DELAY = (
    16  # tokens between a verb of saying and what was said: "told reporters at the gate of the port that"
)
_DATELINE = 9  # tokens, its dash included
_OBJECT = 12  # tokens before the "as" of "sees the pact as a threat"
_CLAUSE = 12  # tokens from a conjunction to the verb of its clause
_SUBJECT = 7  # tokens of a subject before its verb of saying


def content_after(text: Text, cue: Cue, limits: Range, start: int | None = None) -> Range | None:
    """What a cue introduces behind itself, or from `start` on, past an addressee and words of time and place."""
    tokens = text.document.tokens
    start = cue.last if start is None else start
    if start >= limits.last:
        return None
    if "person" in cue.takes:
        start = _past_addressee(text, start, cue, limits)
    elif cue.takes & {"that", "quote"} and not _introduces_content(tokens[start], cue):
        start = _past_circumstance(text, start, limits)
    if start + 1 < limits.last and tokens[start] in (":", ","):
        if "quote" not in cue.takes or not (tokens[start] == ":" or tokens[start + 1] in grammar.QUOTE_MARKS):
            return None
        start += 1
    if start >= limits.last or not _may_begin(text, start, cue, limits):
        return None
    last = _end(text, start, cue, limits)
    return Range(start, last) if last > start else None


def _introduces_content(token: str, cue: Cue) -> bool:
    """Whether "to" or "as" belongs to the cue ("is said to", "was seen as") and begins no circumstance."""
    return (token == "to" and _takes_infinitive(cue)) or (token == "as" and cue.kind == "passive")


def _may_begin(text: Text, start: int, cue: Cue, limits: Range) -> bool:
    """Whether a construction that the cue takes can begin at a token."""
    tokens, takes = text.document.tokens, cue.takes
    token = tokens[start]
    following = tokens[start + 1] if start + 1 < limits.last else ""
    if token in grammar.QUOTE_MARKS:
        return bool(following and takes & {"quote", "that", "np"})
    if token == "that":
        return bool(takes & {"that", "np", "quote"})
    if token == "to":
        return _takes_infinitive(cue)
    if token in grammar.QUESTION_WORDS:
        return "wh" in takes or ("np" in takes and token in ("what", "how", "why"))
    if token == "as":
        return bool(takes & {"np", "as"}) and cue.kind == "passive"
    if _is_rough_number(text, start, limits) and cue.kind != "infinitive":
        return bool(takes & {"clause", "np"})
    if token in _JOINS:
        return False
    if "as" in takes and "as" in tokens[start : min(start + _OBJECT, limits.last)]:
        return True
    if token in grammar.FINITE or not (token[-1].isalnum() or len(token) > 1 or token in grammar.SIGNS):
        return False
    if cue.kind == "infinitive":
        return "clause" in takes and token in _CLAUSE_SUBJECTS
    return bool(takes & {"clause", "np"})


def _takes_infinitive(cue: Cue) -> bool:
    """Whether a cue takes to and a verb, as every passive does: "is believed to favour"."""
    return "inf" in cue.takes or (cue.kind == "passive" and "passive" in cue.takes)


def _is_rough_number(text: Text, token: int, limits: Range) -> bool:
    """Whether a token and the next are such as "about half"."""
    tokens = text.document.tokens
    following = token + 1 < limits.last and grammar.is_quantity(tokens[token + 1])
    return following and tokens[token] in grammar.ROUGHLY


_CLAUSE_SUBJECTS = grammar.SUBJECTS | {"there"}
_NEW_SUBJECTS = _CLAUSE_SUBJECTS - {"who", "you"}
_JOINS = grammar.PREPOSITIONS | grammar.COORDINATORS | grammar.SUBORDINATORS


def _past_circumstance(text: Text, start: int, limits: Range) -> int:
    """Skip "on Tuesday", "in a statement", "this week" between a verb of saying and what was said.

    The end of the window when no content follows.
    """
    tokens = text.document.tokens
    start = _past_time(text, start, limits)
    if (
        start >= limits.last
        or tokens[start] not in grammar.PREPOSITIONS
        or _is_rough_number(text, start, limits)
    ):
        return start
    for token in range(start, min(start + _DELAY, limits.last)):
        if tokens[token] in ("that", ":") or (
            tokens[token] in grammar.QUOTE_MARKS and text.quoted[token] >= 0
        ):
            return token
        if tokens[token] == ",":
            return _at_quotation(text, token, limits)
        if tokens[token] in _OTHER_CLAUSE:
            break
        if tokens[token] in _NEW_SUBJECTS and tokens[token - 1] not in _GOES_ON:
            return token
    after = _past_time(text, start + 1, limits)
    return after if after > start + 1 else limits.last


def _past_time(text: Text, start: int, limits: Range) -> int:
    """Skip days, dates and adverbs."""
    tokens = text.document.tokens
    while start < limits.last and (grammar.is_time(tokens[start]) or grammar.is_date(tokens[start])):
        if tokens[start] == "there" and start + 1 < limits.last and _goes_with_there(tokens[start + 1]):
            return start
        start += 1
    if start + 1 < limits.last and tokens[start] in ("this", "last") and tokens[start + 1] in grammar.PERIODS:
        start += 2
    return start


def _goes_with_there(token: str) -> bool:
    """Whether "there" before a token opens a clause ("there is") and is no place."""
    return token in grammar.FINITE or grammar.is_adverb(token)


def _past_addressee(text: Text, start: int, cue: Cue, limits: Range) -> int:
    """Skip whom a verb like "tell" addresses; the end of the window when no content follows."""
    tokens = text.document.tokens
    for token in range(start, min(start + _DELAY, limits.last)):
        word = tokens[token]
        if word in _INTRODUCERS or (word in grammar.QUOTE_MARKS and text.quoted[token] >= 0):
            return token
        if word == ",":
            return _at_quotation(text, token, limits)
        if word in grammar.STOPS:
            break
        if token == start:
            continue
        if word == "to" and "inf" in cue.takes:
            return token
        if word in _CLAUSE_STARTS and tokens[token - 1] not in _GOES_ON:
            return token
    return limits.last


_INTRODUCERS = grammar.QUESTION_WORDS | {"that", ":"}
_OTHER_CLAUSE = grammar.STOPS | grammar.FINITE
_CLAUSE_STARTS = _CLAUSE_SUBJECTS | (grammar.DETERMINERS - grammar.POSSESSIVES)
_GOES_ON = grammar.PREPOSITIONS | grammar.DETERMINERS | {"and", "-"}


def _at_quotation(text: Text, comma: int, limits: Range) -> int:
    """The comma when a quotation follows it, otherwise the end of the window."""
    opens = comma + 1 < limits.last and text.document.tokens[comma + 1] in grammar.QUOTE_MARKS
    return comma if opens else limits.last


# The end ------------------------------------------------------------------------------------------------------------


def _end(text: Text, start: int, cue: Cue, limits: Range) -> int:
    """The end of the clause or phrase that begins at `start`; quotations are passed as a whole."""
    tokens = text.document.tokens
    position = start
    while position < limits.last:
        if text.quoted[position] >= 0:
            position = text.quotes[text.quoted[position]].last
            if position > limits.last:
                return position
            continue
        token = tokens[position]
        if position > start and token in _BREAKS and _ends_at(text, position, start, cue, limits):
            break
        position += 1
    return trimmed(text, start, position)


_BREAKS = frozenset({",", ";", "and", "but"}) | grammar.DASHES


def trimmed(text: Text, start: int, last: int) -> int:
    """An end without the punctuation and conjunctions of the sentence around; a closing quotation mark keeps its own."""
    tokens = text.document.tokens
    while last > start and (tokens[last - 1] in _TRAILING or tokens[last - 1] in grammar.DASHES):
        last -= 1
    return last


_TRAILING = frozenset({",", ".", ";", ":", "!", "?", "and", "but"})


def _ends_at(text: Text, position: int, start: int, cue: Cue, limits: Range) -> bool:
    """Whether a mark or conjunction ends the content that begins at `start`.

    A clause goes on past most commas, a noun phrase or infinitive past few; a fronted clause ends at its comma.
    """
    document, tokens = text.document, text.document.tokens
    token, following = tokens[position], position + 1
    clause = _is_clause(text, start, cue)
    if token == ";" or (token in grammar.DASHES and not clause):
        return True
    if following >= limits.last:
        return False
    after = tokens[following]
    if token in ("and", "but"):
        return _same_tense(text, following, cue) or (not clause and grammar.looks_finite(after))
    if _is_fronted(text, cue, limits) or after in ("who", "where") or (after.endswith("ing") and not clause):
        return True
    if following in text.cues and text.cues[following].kind in ("participle", "source"):
        return True
    if after in _NEW_REPORTS and _reports(text, following + 1, limits, floating=False):
        return True
    if _reports(text, following, limits, floating=True):
        return True
    return not clause and (after in _OPENERS or document.is_capital[following] or grammar.looks_finite(after))


_OPENERS = grammar.COORDINATORS | grammar.DETERMINERS | grammar.SUBJECTS
_NEW_REPORTS = frozenset("and but though although while whereas".split())


def _is_clause(text: Text, start: int, cue: Cue) -> bool:
    """Whether content is a clause rather than a noun phrase or an infinitive."""
    token = text.document.tokens[start]
    return token in _CLAUSE_OPENERS or ("clause" in cue.takes and token != "to")


_CLAUSE_OPENERS = grammar.QUESTION_WORDS | {"that"}


def _is_fronted(text: Text, cue: Cue, limits: Range) -> bool:
    """Whether a cue's clause ends at its comma: "While officials warn of ..., ..."; "..., who says ..., ..."."""
    tokens = text.document.tokens
    if cue.first == limits.first:
        return cue.kind == "participle"
    if cue.first - 2 >= limits.first and tokens[cue.first - 1] in ("who", "which"):
        return tokens[cue.first - 2] == ","
    for token in range(cue.first - 1, max(limits.first, cue.first - _CLAUSE) - 1, -1):
        if tokens[token] == ",":
            break
        if tokens[token] in _FRONTING:
            return token == limits.first or tokens[token - 1] in grammar.COORDINATORS | {","}
    return False


_FRONTING = grammar.SUBORDINATORS - {"that", "so", "than", "because"} | {"after", "before"}


def _same_tense(text: Text, token: int, cue: Cue) -> bool:
    """Whether a cue of the same subject follows a conjunction: "praised ... and called for ..."."""
    other = text.cues.get(token)
    if other is None or other.kind != "finite" or cue.kind != "finite":
        return False
    one, two = (grammar.inflection(text.document.tokens[each.head], each.base) for each in (cue, other))
    return one == two and one != "base"


def _reports(text: Text, start: int, limits: Range, *, floating: bool) -> bool:
    """Whether another "X said" begins at `start`; a floating one is followed by nothing but a mark or a day."""
    tokens = text.document.tokens
    for token in range(start, min(start + _SUBJECT, limits.last)):
        cue = text.cues.get(token)
        if cue is not None and cue.kind == "finite":
            if not floating:
                return token > start
            if "adverbial" in cue.takes:
                return cue.last >= limits.last or tokens[cue.last] in {",", "."} | grammar.DAYS
        if tokens[token] in grammar.FINITE or tokens[token] == ",":
            return False
    return False


def content_gapped(text: Text, cue: Cue, source: Range, limits: Range) -> Range | None:
    """The rest of a relative clause that the cue interrupts: "a tax which it says would hurt the poor"."""
    tokens = text.document.tokens
    before = tokens[source.first - 1] if source.first > limits.first else ""
    if before not in grammar.RELATIVES or "clause" not in cue.takes or cue.last >= limits.last:
        return None
    if tokens[cue.last] not in grammar.FINITE:
        return None
    last = _end(text, cue.last, cue, limits)
    commas = (token for token in range(cue.last, last) if tokens[token] == "," and text.quoted[token] < 0)
    last = next(commas, last)
    return Range(cue.last, last) if last > cue.last else None


# Elsewhere ----------------------------------------------------------------------------------------------------------


def content_before(text: Text, last: int, limits: Range) -> Range | None:
    """What was said before ", X said": from the start of the sentence, or of the quotation that ends in it."""
    tokens = text.document.tokens
    while last > limits.first and (tokens[last - 1] == "," or tokens[last - 1] in grammar.DASHES):
        last -= 1
    if last <= limits.first:
        return None
    breaks = (
        token + 1
        for token in range(last - 1, limits.first - 1, -1)
        if tokens[token] == ";" and text.quoted[token] < 0
    )
    first = next(breaks, _past_dateline(text, limits.first, last))
    if text.quoted[first] >= 0:
        first = text.quotes[text.quoted[first]].first
    while first < last and tokens[first] in ("and", "but"):
        first += 1
    linker = last - first == 1 and (grammar.is_adverb(tokens[first]) or grammar.is_time(tokens[first]))
    return None if first == last or linker else Range(first, last)


def begins_in_verb(text: Text, content: Range) -> bool:
    """Whether content goes on from a subject before it: "Donors, he said, “are tired”"."""
    tokens = text.document.tokens[content.first : content.last]
    return tokens[0] in grammar.FINITE or (tokens[0] in grammar.QUOTE_MARKS and tokens[1] in grammar.FINITE)


def _past_dateline(text: Text, first: int, last: int) -> int:
    """The first token behind a dateline: "PORT LINDEN, Friday — "."""
    document = text.document
    if not document.text[document.starts[first] : document.ends[first]].isupper():
        return first
    for token in range(first + 1, min(first + _DATELINE, last)):
        if document.tokens[token] in grammar.DASHES:
            return token + 1
        if document.is_word[token] and not (
            document.is_capital[token] or document.tokens[token][0].isdigit()
        ):
            return first
    return first


def content_resumed(text: Text, start: int, limits: Range, *, quoted: bool) -> tuple[Range, ...]:
    """What goes on after "X said" or its source: the next quotation when it was quoted, otherwise what follows a comma."""
    tokens = text.document.tokens
    if quoted:
        opening = next((token for token in range(start, limits.last) if text.quoted[token] >= 0), None)
        return () if opening is None else (text.quotes[text.quoted[opening]],)
    start = _past_time(text, start, limits) + 1
    if start >= limits.last or not (tokens[start - 1] in (",", ":") or tokens[start - 1] in grammar.DASHES):
        return ()
    another = start in text.cues and tokens[start] not in grammar.FINITE
    if another or tokens[start].endswith("ing") or tokens[start] in _NEW_CLAUSES:
        return ()
    last = trimmed(text, start, limits.last)
    return (Range(start, last),) if last > start else ()


_NEW_CLAUSES = frozenset({"but", "and", "while", "when", "after"})


def content_after_comma(text: Text, start: int, limits: Range) -> Range | None:
    """The main clause after a fronted "As X said," or "According to X,"."""
    tokens = text.document.tokens
    for token in range(start, limits.last):
        if tokens[token] in (",", ":") and text.quoted[token] < 0:
            last = trimmed(text, token + 1, limits.last)
            if text.quoted[last - 1] >= 0:
                last = text.quotes[text.quoted[last - 1]].last
            return Range(token + 1, last) if last > token + 1 else None
    return None


def content_announced(text: Text, cue: Cue, limits: Range) -> Range | None:
    """What follows a sentence that ends with the cue and a colon: the quotation, or else the sentence, after it."""
    document = text.document
    number = document.sentence_of(cue.head) + 1
    if (
        number >= len(document.sentences)
        or document.tokens[limits.last - 1] != ":"
        or cue.last < limits.last - _DELAY
    ):
        return None
    if any(token in _OTHER_CLAUSE for token in document.tokens[cue.last : limits.last - 1]):
        return None
    following = document.sentences[number]
    if text.quoted[following.first] >= 0:
        return text.quotes[text.quoted[following.first]]
    last = trimmed(text, following.first, following.last)
    return Range(following.first, last) if last > following.first and cue.takes & {"quote", "that"} else None


def quotation_before(text: Text, first: int) -> Range | None:
    """The quotation that ends with the sentence before, in the same paragraph: "Why?" The minister asked."""
    if first == 0 or text.quoted[first - 1] < 0:
        return None
    sentences, here = text.document.sentences, text.document.sentence_of(first)
    same = sentences[here - 1].paragraph == sentences[here].paragraph
    return text.quotes[text.quoted[first - 1]] if same else None


def rest_of_paragraph(text: Text, start: int) -> Range | None:
    """What stands from a token to the end of its paragraph."""
    sentences, number = text.document.sentences, text.document.sentence_of(start)
    while number + 1 < len(sentences) and sentences[number + 1].paragraph == sentences[number].paragraph:
        number += 1
    last = trimmed(text, start, sentences[number].last)
    return Range(start, last) if last > start else None
