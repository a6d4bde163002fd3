"""From cues to attributions: which construction a cue stands in, and the source and contents that follow from it."""

from __future__ import annotations

from typing import NamedTuple

from framing.attribution import grammar
from framing.attribution.clauses import (
    Range,
    Text,
    bounds,
    content_after,
    noun_phrase_after,
    noun_phrase_before,
    subject,
    trimmed,
)
from framing.attribution.cues import Cue


class Attribution(NamedTuple):
    """A cue with its source and contents, in tokens, and the construction that told them apart."""

    cue: Cue
    source: Range | None
    contents: tuple[Range, ...]
    construction: str


def find_attributions(text: Text) -> list[Attribution]:
    """All attributions of a document, in the order of their cues."""
    found: list[Attribution] = []
    for cue in text.cues.values():
        if text.levels[cue.head] >= 0:  # what a quoted speaker reports is that speaker's content
            continue
        attribution = attribute(text, cue, found)
        if attribution is not None:
            found.append(attribution)
    return carry_over(text, found)


def attribute(text: Text, cue: Cue, earlier: list[Attribution]) -> Attribution | None:
    """The attribution a cue makes, or None when it has no content."""
    limits = bounds(text, cue.head)
    if cue.kind == "colon":
        return _colon(text, cue, limits, earlier)
    if cue.kind == "source":
        return _source_phrase(text, cue, limits)
    if cue.kind == "passive":
        return _passive(text, cue, limits)
    if cue.kind == "noun":
        return _noun(text, cue, limits)
    if cue.kind in ("participle", "infinitive"):
        return _dependent(text, cue, limits, earlier)
    return _finite(text, cue, limits, earlier)


def _finite(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    tokens = text.document.tokens
    before = tokens[cue.first - 1] if cue.first > limits.first else ""
    if "inverted" in cue.takes and (before in _CLOSERS or cue.first == limits.first) and cue.last < limits.last:
        inverted = _inverted(text, cue, limits)
        if inverted is not None:
            return inverted
    source = subject(text, cue, limits)
    if source is None and before in ("and", "but", "then", ",", "or"):
        source = _shared_source(text, cue, limits, earlier)
    after = content_after(text, cue.last, cue, limits) or _announced(text, cue, limits)
    if source is not None and "adverbial" in cue.takes:
        floating = _floating(text, cue, source, limits, after)
        if floating is not None:
            return floating
    if after is None or source is None:
        return None
    return Attribution(cue, source, (after,), "before")


_CLOSERS = frozenset(["\"", "'", ",", "?", "!", "—", "–", "--"])


def _inverted(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """"...," said X."""
    document, tokens = text.document, text.document.tokens
    if cue.last - cue.first > 2 or tokens[cue.last] in grammar.OBJECTS | grammar.PREPOSITIONS | {"that", "\"", ":", ","}:
        return None
    left = _left_content(text, cue.first, limits)
    if left is None:
        return None
    quoted = tokens[cue.first - 1] in ("\"", "'") or tokens[left.last - 1] == "\""
    source = noun_phrase_after(text, cue.last, limits)
    if source is None:
        return None
    if not quoted and (_has_verb(text, source) or not _is_clause(text, left)):
        return None
    if not (document.is_capital[source.first] or tokens[source.first] in grammar.DETERMINERS | grammar.SUBJECTS | grammar.INDEFINITES or quoted):
        return None
    contents = (left, *_resumed(text, source.last, limits, quoted))
    return Attribution(cue, source, contents, "inverted")


def _is_clause(text: Text, phrase: Range) -> bool:
    """Whether a stretch of text can stand as a statement: it holds what looks like a finite verb, outside an aside."""
    tokens = text.document.tokens
    for token in range(phrase.first, phrase.last):
        if tokens[token] in ("who", "whose") and tokens[token - 1] == ",":
            return False
        if tokens[token] in grammar.FINITE | {"'s"} and tokens[token] != "'s" or (token > phrase.first and grammar.looks_finite(tokens[token])):
            return True
    return False


def _states(text: Text, phrase: Range) -> bool:
    """Whether what stands before ", X said" can be what was said, and not a circumstance of saying it."""
    if _is_clause(text, phrase):
        return True
    first = text.document.tokens[phrase.first]
    return phrase.last - phrase.first > _CIRCUMSTANCE and first not in grammar.PREPOSITIONS | grammar.SUBORDINATORS


_CIRCUMSTANCE = 5  # tokens


def _has_verb(text: Text, phrase: Range) -> bool:
    """Whether a would-be noun phrase holds a finite verb outside a relative clause."""
    for token in range(phrase.first, phrase.last):
        if text.document.tokens[token] in ("who", "which", "whose", "that"):
            return False
        if text.document.tokens[token] in grammar.FINITE or (token > phrase.first and grammar.looks_finite(text.document.tokens[token])):
            return True
    return False


def _floating(text: Text, cue: Cue, source: Range, limits: Range, after: Range | None) -> Attribution | None:
    """"...", X said; "...", X said, "..."; As X said, ..."""
    tokens = text.document.tokens
    before = source.first - 1
    if before < limits.first:
        quote = _quotation_before(text, limits.first) if after is None else None
        if quote is None:
            return None
        return Attribution(cue, source, (quote, *_resumed(text, cue.last, limits, True)), "after")
    if tokens[before] == "as":
        if before == limits.first or tokens[before - 1] in grammar.COORDINATORS:
            rest = _after_comma(text, cue.last, limits)
            return Attribution(cue, source, (rest,), "as-clause") if rest else None
        left = _left_content(text, before, limits) if tokens[before - 1] == "," else None
        return Attribution(cue, source, (left,), "as-clause") if left else None
    closes = tokens[before] in _CLOSERS
    if not closes:
        return None
    quoted = tokens[before] in ("\"", "'") or text.levels[before - 1] not in (-1, text.levels[cue.head])
    if after is not None and not quoted:
        return None
    left = _left_content(text, source.first, limits)
    if left is None or not (quoted or _states(text, left)):
        return None
    if after is not None:
        contents: tuple[Range, ...] = (left, after)
    else:
        contents = (left, *_resumed(text, cue.last, limits, quoted))
    return Attribution(cue, source, contents, "after")


def _quotation_before(text: Text, first: int) -> Range | None:
    """The quotation that ends with the sentence before, in the same paragraph: "Why?" The minister asked."""
    document = text.document
    if first == 0 or text.levels[first - 1] < 0 or text.levels[first - 1] == text.levels[first]:
        return None
    sentences = document.sentences
    before, here = document.sentence_of(first - 1), document.sentence_of(first)
    return text.quotes[text.levels[first - 1]] if sentences[before].paragraph == sentences[here].paragraph else None


def _left_content(text: Text, last: int, limits: Range) -> Range | None:
    """The content that ends before `last`: from the start of the sentence, or of the quotation it closes."""
    tokens = text.document.tokens
    end = last
    while end > limits.first and tokens[end - 1] in (",", "—", "–", "--"):
        end -= 1
    if end <= limits.first:
        return None
    first = limits.first
    for position in range(end - 1, limits.first - 1, -1):
        if tokens[position] == ";" and text.levels[position] == text.levels[last]:
            first = position + 1
            break
    level = text.levels[first]
    if level >= 0 and level != text.levels[last]:
        first = text.quotes[level].first
    while first < end and tokens[first] in ("and", "but"):
        first += 1
    return Range(first, end) if end - first > 1 or end - 1 >= 0 and text.levels[end - 1] >= 0 else None


def _resumed(text: Text, start: int, limits: Range, quoted: bool) -> list[Range]:
    """Content that goes on after "X said": ", ..." or ". ..." when it was quoted, then only if quoted again."""
    tokens = text.document.tokens
    position = start
    while position < limits.last and (grammar.is_time(tokens[position]) and not quoted):
        position += 1
    if position >= limits.last or tokens[position] not in (",", "—", ":", "–", "--"):
        opening = next((token for token in range(start, limits.last) if text.levels[token] >= 0 and text.levels[token] != text.levels[start - 1]), None)
        if quoted and opening is not None:
            return [Range(opening, text.quotes[text.levels[opening]].last)]
        return []
    position += 1
    if position >= limits.last:
        return []
    if quoted:
        for token in range(position, limits.last):
            if text.levels[token] >= 0 and text.levels[token] != text.levels[start - 1]:
                return [Range(token, text.quotes[text.levels[token]].last)]
        return []
    following = text.cues.get(position)
    if following is not None or tokens[position].endswith("ing") or tokens[position] in ("but", "and", "while", "when", "after", "according"):
        return []
    last = trimmed(text, position, limits.last)
    return [Range(position, last)] if last > position else []


def _after_comma(text: Text, start: int, limits: Range) -> Range | None:
    """The main clause after a fronted "As X said," or "According to X,"."""
    tokens = text.document.tokens
    for position in range(start, limits.last):
        if tokens[position] in (",", ":") and text.levels[position] == text.levels[start - 1]:
            last = trimmed(text, position + 1, limits.last)
            if text.levels[last - 1] >= 0 and text.levels[last - 1] != text.levels[start - 1]:
                last = max(last, text.quotes[text.levels[last - 1]].last)
            return Range(position + 1, last) if last > position + 1 else None
    return None


def _source_phrase(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """According to X, ...; ..., according to X; ..., according to X, ..."""
    tokens = text.document.tokens
    source = noun_phrase_after(text, cue.last, limits)
    if source is None:
        return None
    lead = limits.first
    while lead < cue.first and (tokens[lead] in grammar.COORDINATORS or grammar.is_adverb(tokens[lead]) or tokens[lead] == ","):
        lead += 1
    if lead == cue.first:
        rest = _after_comma(text, source.last, limits)
        return Attribution(cue, source, (rest,), "fronted") if rest else None
    left = _left_content(text, cue.first, limits)
    if left is None:
        return None
    return Attribution(cue, source, (left, *_resumed(text, source.last, limits, False)), "according")


def _announced(text: Text, cue: Cue, limits: Range) -> Range | None:
    """What follows in the next paragraph after a sentence that ends with the cue and a colon."""
    document = text.document
    sentence = document.sentence_of(cue.head)
    if document.tokens[limits.last - 1] != ":" or sentence + 1 >= len(document.sentences) or not cue.takes & {"quote", "that"}:
        return None
    if any(token in grammar.STOPS or token in grammar.FINITE for token in document.tokens[cue.last : limits.last - 1]):
        return None
    following = document.sentences[sentence + 1]
    level = text.levels[following.first]
    if level >= 0:
        return text.quotes[level]
    return Range(following.first, trimmed(text, following.first, following.last))


def _colon(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    """Lind: "We stay" (a headline, a transcript), or a quotation that a colon introduces without a verb of saying."""
    document, tokens = text.document, text.document.tokens
    sentence = document.sentences[document.sentence_of(cue.head)]
    if cue.first == sentence.first:
        return None
    if any(attribution.cue.first >= limits.first for attribution in earlier) and earlier[-1].contents[-1].last > cue.first:
        return None
    quoted = _announced(text, cue, limits) if cue.last == limits.last else None
    if cue.last < limits.last and text.levels[cue.last] >= 0 and tokens[cue.last] in grammar.QUOTE_MARKS:
        quoted = text.quotes[text.levels[cue.last]]
    speaker = noun_phrase_before(text, cue.first, limits)
    opens = speaker is not None and speaker.first == sentence.first and cue.first - sentence.first <= _LABEL
    if opens and speaker is not None and cue.last < limits.last and _is_name(text, speaker):
        last = _paragraph_end(text, cue.head)
        return Attribution(cue, speaker, (quoted or Range(cue.last, trimmed(text, cue.last, last)),), "label")
    if quoted is not None and text.levels[quoted.first] >= 0:
        return Attribution(cue, _shared_source(text, cue, limits, []), (quoted,), "label")
    return None


_LABEL = 5  # tokens; a longer text before a colon is a sentence


def _is_name(text: Text, phrase: Range) -> bool:
    """Whether all words of a phrase are capitalised."""
    document = text.document
    return all(document.is_capital[token] or not document.is_word[token] for token in range(phrase.first, phrase.last))


def _paragraph_end(text: Text, token: int) -> int:
    sentences = text.document.sentences
    number = text.document.sentence_of(token)
    while number + 1 < len(sentences) and sentences[number + 1].paragraph == sentences[number].paragraph:
        number += 1
    return sentences[number].last


def _passive(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """X is expected to ...; it is said that ...; X was criticised by Y; a survey published by Y."""
    tokens = text.document.tokens
    source = None
    after: Range | None = None
    position = cue.last
    if position < limits.last and tokens[position] == "by":
        source = noun_phrase_after(text, position + 1, limits)
        position = source.last if source else position
    if "person" in cue.takes or "passive" in cue.takes or "np" in cue.takes:
        after = content_after(text, position, cue._replace(takes=cue.takes - {"person"} | {"passive"}), limits)
    patient = subject(text, cue, limits)
    if patient is not None and tokens[patient.first] in ("it", "there") and after is None:
        patient = None
    if patient is not None and (tokens[patient.first] == "it" and after and tokens[after.first] == "that" or "person" in cue.takes):
        patient = None
    if source is None and after is None:
        return None
    if source is None and not cue.takes & {"passive", "np", "person"}:
        return None
    contents = tuple(content for content in (patient, after) if content is not None)
    return Attribution(cue, source, contents, "passive") if contents else None


def _noun(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """Their claim that ...; fears of ...; the plan by X to ..."""
    tokens = text.document.tokens
    position = cue.last
    source = None
    if cue.first - 1 >= limits.first and tokens[cue.first - 1] in grammar.POSSESSIVES:
        owner = cue.first - 1
        source = Range(owner, owner + 1) if tokens[owner] not in ("'s", "'") else noun_phrase_before(text, owner, limits)
    if source is None and position < limits.last and tokens[position] in ("by", "from", "among"):
        source = _author(text, position + 1, limits)
        position = source.last if source else position
    if source is not None and position < limits.last and tokens[position] in ("is", "was"):
        position += 1
    if position >= limits.last:
        return None
    if source is None:
        return None
    if tokens[position] == "that" and "that" in cue.takes or tokens[position] == "to" and "inf" in cue.takes:
        content = content_after(text, position, cue, limits)
        return Attribution(cue, source, (content,), "noun") if content else None
    return None


def _author(text: Text, first: int, limits: Range) -> Range | None:
    """The noun phrase after "by" or "from", up to what it said or wants."""
    source = noun_phrase_after(text, first, limits)
    if source is None:
        return None
    last = next((token for token in range(source.first, source.last) if text.document.tokens[token] == "to"), source.last)
    return Range(source.first, last) if last > source.first else None


def _dependent(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    """..., adding that ...; declined to say whether ..."""
    content = content_after(text, cue.last, cue, limits) or _announced(text, cue, limits)
    if content is None:
        return None
    source = _shared_source(text, cue, limits, earlier)
    return Attribution(cue, source, (content,), "dependent")


def _shared_source(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Range | None:
    """The source of an attribution earlier in the sentence, whose subject the cue shares, or the sentence's subject."""
    for attribution in reversed(earlier):
        if attribution.cue.first < limits.first:
            break
        if attribution.source is not None and attribution.cue.kind in ("finite", "participle", "adjective"):
            return attribution.source
    tokens = text.document.tokens
    for position in range(limits.first + 1, cue.first):
        if tokens[position] in grammar.FINITE or tokens[position].endswith("ed") or tokens[position] == ",":
            return noun_phrase_before(text, position, limits)
    return None


def carry_over(text: Text, found: list[Attribution]) -> list[Attribution]:
    """Give quotations that begin a sentence, without a cue of their own, to the speaker quoted before them."""
    covered = [False] * len(text.document.tokens)
    for attribution in found:
        for content in attribution.contents:
            covered[content.first : content.last] = [True] * (content.last - content.first)
    result = list(found)
    speaker: int | None = None
    following = 0
    for quote in text.quotes:
        while following < len(result) and result[following].cue.first < quote.first:
            if _quotes(text, result[following]):
                speaker = following
            following += 1
        if speaker is not None and not all(covered[quote.first : quote.last]) and _goes_on(text, result[speaker], quote):
            result[speaker] = result[speaker]._replace(contents=(*result[speaker].contents, quote))
    return result


def _quotes(text: Text, attribution: Attribution) -> bool:
    """Whether some content of an attribution is quoted speech."""
    return any(
        text.levels[content.first] >= 0 or text.levels[content.last - 1] >= 0 for content in attribution.contents
    )


def _goes_on(text: Text, attribution: Attribution, quote: Range) -> bool:
    """Whether a quotation goes on with what the attribution quoted: it begins a sentence of this or the next paragraph."""
    document = text.document
    sentence = document.sentences[document.sentence_of(quote.first)]
    last = max(attribution.cue.last, attribution.contents[-1].last)
    before = document.sentences[document.sentence_of(last - 1)]
    return quote.first == sentence.first and last <= quote.first and sentence.paragraph - before.paragraph <= 1
