"""From cues to attributions: the construction a cue stands in, and the source and contents that follow from it."""

from __future__ import annotations

from typing import NamedTuple

from framing.attribution import grammar
from framing.attribution.contents import (
    begins_in_verb,
    content_after,
    content_after_comma,
    content_announced,
    content_before,
    content_gapped,
    content_resumed,
    quotation_before,
    rest_of_paragraph,
)
from framing.attribution.cues import Cue
from framing.attribution.phrases import before_clause, has_verb, phrase_after, phrase_before, subject
from framing.attribution.sources import before_relative, is_known_source
from framing.attribution.text import Range, Text, window

_LABEL = 5  # tokens; a longer text before a colon is a sentence
_STATEMENT = 5  # tokens; a shorter text before ", X said" that shows no verb is a circumstance


class Attribution(NamedTuple):
    """A cue with its source and contents, in tokens, and the construction that told them apart."""

    cue: Cue
    source: Range | None
    contents: tuple[Range, ...]
    construction: str


def find_attributions(text: Text) -> list[Attribution]:
    """All attributions of a text, in the order of their cues."""
    found: list[Attribution] = []
    for cue in text.cues.values():
        attribution = _attribute(text, cue, found)
        if attribution is not None and _says_something(text, attribution):
            found.append(attribution)
    return _carried_over(text, found)


def _says_something(text: Text, attribution: Attribution) -> bool:
    """Whether the contents hold more than a word that points to what was said before: "he knows it"."""
    document = text.document
    for first, last in attribution.contents:
        for token in range(first, last):
            if document.is_word[token] and document.tokens[token] not in _POINTERS:
                return True
    return False


_POINTERS = grammar.REFLEXIVES | {"it", "this", "that", "so"}


def _attribute(text: Text, cue: Cue, earlier: list[Attribution]) -> Attribution | None:
    """The attribution a cue makes, or None when it has no content."""
    limits = window(text, cue.head)
    match cue.kind:
        case "colon":
            return _label(text, cue, limits, earlier)
        case "source":
            return _source_phrase(text, cue, limits)
        case "passive":
            return _passive(text, cue, limits)
        case "noun":
            return _noun(text, cue, limits)
        case "participle" | "infinitive":
            return _dependent(text, cue, limits, earlier)
        case _:
            return _finite(text, cue, limits, earlier)


def _finite(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    """X said ...; "...," X said; "...," said X; as X said, ..."""
    tokens = text.document.tokens
    before = tokens[cue.first - 1] if cue.first > limits.first else ""
    if "inverted" in cue.takes and before in _CLOSERS:
        inverted = _inverted(text, cue, limits)
        if inverted is not None:
            return inverted
    source = subject(text, cue, limits)
    if source is None and before in _SHARING:
        source = _shared_source(text, cue, limits, earlier)
    if source is None:
        return None
    after = (
        content_after(text, cue, limits)
        or content_announced(text, cue, limits)
        or content_gapped(text, cue, source, limits)
    )
    if "adverbial" in cue.takes:
        floating = _floating(text, cue, source, after, limits)
        if floating is not None:
            return floating
    if after is None or not _can_speak(text, cue, source):
        return None
    return Attribution(cue, source, (after,), "before")


_SHARING = grammar.COORDINATORS | {"then", ","}
_CLOSERS = frozenset({'"', "'", ",", "?", "!"}) | grammar.DASHES


def _can_speak(text: Text, cue: Cue, source: Range) -> bool:
    """Whether a phrase can be the subject of a cue that may be a plural noun, or that facts may have as a subject."""
    document = text.document
    if document.tokens[source.first] in ("that", "which"):
        source = before_relative(text, source) or source
    marked = any(
        document.is_capital[token] or document.tokens[token] in _MARKERS
        for token in range(source.first, source.last)
    )
    if document.tokens[cue.head].endswith("s") and not marked:
        return False
    return "speaker" not in cue.takes or is_known_source(document, source)


_MARKERS = grammar.DETERMINERS | grammar.SUBJECTS | grammar.INDEFINITES


def _inverted(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """The source behind the cue: "...," said X."""
    document, tokens = text.document, text.document.tokens
    if cue.last >= limits.last or tokens[cue.last] in _NO_SUBJECT:
        return None
    left = content_before(text, cue.first, limits)
    source = phrase_after(text, cue.last, limits)
    if left is None or source is None:
        return None
    quoted = tokens[cue.first - 1] in grammar.QUOTE_MARKS or text.quoted[left.last - 1] >= 0
    if not quoted and (has_verb(text, source) or not has_verb(text, left)):
        return None
    if not (quoted or document.is_capital[source.first] or tokens[source.first] in _MARKERS):
        return None
    return Attribution(
        cue, source, (left, *content_resumed(text, source.last, limits, quoted=quoted)), "inverted"
    )


_NO_SUBJECT = grammar.OBJECTS | grammar.PREPOSITIONS | {"that", '"', ":", ","}


def _floating(text: Text, cue: Cue, source: Range, after: Range | None, limits: Range) -> Attribution | None:
    """The cue in or after what was said: "...", X said; "...", X said, "..."; as X said, ..."""
    tokens = text.document.tokens
    before = source.first - 1
    if before < limits.first:
        quote = quotation_before(text, limits.first) if after is None else None
        if quote is None:
            return None
        return Attribution(
            cue, source, (quote, *content_resumed(text, cue.last, limits, quoted=True)), "after"
        )
    if tokens[before] == "as":
        return _as_clause(text, cue, source, limits)
    quoted = tokens[before] in grammar.QUOTE_MARKS or text.quoted[before - 1] >= 0
    if tokens[before] not in _CLOSERS:
        return None
    left = content_before(text, source.first, limits)
    if left is None:
        rest = content_resumed(text, cue.last, limits, quoted=False)
        return Attribution(cue, source, rest, "after") if rest and after is None else None
    if after is not None and not (quoted or begins_in_verb(text, after)):
        if after.first == cue.last or not _is_main_clause(text, left):
            return None
        after = None
    rest = (after,) if after is not None else content_resumed(text, cue.last, limits, quoted=quoted)
    if not (quoted or rest or _states(text, left)):
        return None
    return Attribution(cue, source, (left, *rest), "after")


def _states(text: Text, phrase: Range) -> bool:
    """Whether what stands before ", X said" can be what was said, and not a circumstance of saying it."""
    first = text.document.tokens[phrase.first]
    if first in _SCENES:
        return False
    opens = first in _OPENERS
    return has_verb(text, phrase) or (phrase.last - phrase.first > _STATEMENT and not opens)


def _is_main_clause(text: Text, phrase: Range) -> bool:
    """Whether what stands before ", X said in a study that ..." is what was said, and the study only where."""
    first = text.document.tokens[phrase.first]
    opens = first in _OPENERS or first.endswith("ing")
    return not opens and _states(text, phrase)


_OPENERS = grammar.PREPOSITIONS | grammar.SUBORDINATORS
_SCENES = frozenset("as when while after before since despite during amid following whenever".split())


def _as_clause(text: Text, cue: Cue, source: Range, limits: Range) -> Attribution | None:
    """As X said, ...; ..., as X said; as reported by X, ..."""
    tokens = text.document.tokens
    conjunction = min(cue.first, source.first) - 1
    if conjunction == limits.first or tokens[conjunction - 1] in grammar.COORDINATORS:
        content = content_after_comma(text, max(cue.last, source.last), limits)
    else:
        content = content_before(text, conjunction, limits) if tokens[conjunction - 1] == "," else None
    return Attribution(cue, source, (content,), "as-clause") if content else None


def _source_phrase(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """According to X, ...; ..., according to X; ..., according to X, ..."""
    tokens = text.document.tokens
    source = phrase_after(text, cue.last, limits)
    if source is None:
        return None
    source = before_clause(text, source, limits)
    if all(
        word in grammar.COORDINATORS or word == "," or grammar.is_adverb(word)
        for word in tokens[limits.first : cue.first]
    ):
        content = content_after_comma(text, source.last, limits)
        return Attribution(cue, source, (content,), "fronted") if content else None
    left = content_before(text, cue.first, limits)
    if left is None:
        return None
    return Attribution(
        cue, source, (left, *content_resumed(text, source.last, limits, quoted=False)), "according"
    )


def _passive(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """X is expected to ...; it is said that ...; X was criticised by Y; as reported by X, ..."""
    tokens = text.document.tokens
    source = None
    position = cue.last
    if position < limits.last and tokens[position] == "by":
        source = phrase_after(text, position + 1, limits)
        position = source.last if source else position
    if source is not None and cue.first > limits.first and tokens[cue.first - 1] == "as":
        return _as_clause(text, cue, before_clause(text, source, limits), limits)
    if source is None and not cue.takes & {"passive", "np", "person"}:
        return None
    after = content_after(text, cue._replace(takes=cue.takes - {"person"} | {"passive"}), limits, position)
    if after is None and "as" in cue.takes and "np" not in cue.takes:
        return None
    patient = None if "person" in cue.takes else subject(text, cue, limits)
    if (
        patient is not None
        and tokens[patient.first] in ("it", "there")
        and (after is None or tokens[after.first] in grammar.QUESTION_WORDS | {"that"})
    ):
        if after is None and tokens[patient.first - 1 : patient.first] == (",",):
            return _parenthesis(text, cue, patient, limits)
        patient = None
    contents = tuple(content for content in (patient, after) if content is not None)
    if not contents or (source is None and after is None):
        return None
    return Attribution(cue, source, contents, "passive")


def _parenthesis(text: Text, cue: Cue, subject: Range, limits: Range) -> Attribution | None:
    """The port, it is said, will close."""
    left = content_before(text, subject.first, limits)
    rest = content_resumed(text, cue.last, limits, quoted=False)
    contents = (left, *rest) if left is not None else rest
    return Attribution(cue, None, contents, "passive") if contents else None


def _noun(text: Text, cue: Cue, limits: Range) -> Attribution | None:
    """X's claim that ...; a pledge by X to ...; their answer is that ..."""
    tokens = text.document.tokens
    position = cue.last
    owner = cue.first - 1
    source = None
    if owner >= limits.first and tokens[owner] in grammar.POSSESSIVES:
        clitic = tokens[owner] in ("'s", "'")
        source = (
            phrase_before(text, owner, limits) if clitic and owner > limits.first else Range(owner, owner + 1)
        )
    elif position < limits.last and tokens[position] in ("by", "from"):
        source = _author(text, position + 1, limits)
        position = source.last if source else position
    if position < limits.last and tokens[position] in ("is", "was"):
        position += 1
    if source is None or position >= limits.last or _NOUN_TAKES.get(tokens[position]) not in cue.takes:
        return None
    content = content_after(text, cue, limits, position)
    return Attribution(cue, source, (content,), "noun") if content else None


_NOUN_TAKES = {"that": "that", "to": "inf"}


def _author(text: Text, first: int, limits: Range) -> Range | None:
    """The noun phrase after "by" or "from", up to what it wants."""
    source = phrase_after(text, first, limits)
    if source is None:
        return None
    ends = (token for token in range(source.first, source.last) if text.document.tokens[token] == "to")
    last = next(ends, source.last)
    return Range(source.first, last) if last > source.first else None


def _dependent(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    """..., adding that ...; declined to say whether ..."""
    content = content_after(text, cue, limits) or content_announced(text, cue, limits)
    if content is None:
        return None
    return Attribution(cue, _shared_source(text, cue, limits, earlier), (content,), "dependent")


def _shared_source(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Range | None:
    """The source of an attribution earlier in the sentence, whose subject the cue shares, or the sentence's subject."""
    for attribution in reversed(earlier):
        if attribution.cue.first < limits.first:
            break
        if attribution.source is not None and attribution.cue.kind in ("finite", "participle", "adjective"):
            return attribution.source
    return _topic(text, Range(limits.first, cue.first))


def _topic(text: Text, clause: Range) -> Range | None:
    """The subject of a clause, after what is set off in front of it: "Instead, the mayor stayed, hoping to win"."""
    tokens = text.document.tokens
    first = clause.first
    if (
        grammar.is_adverb(tokens[first])
        or tokens[first] in grammar.PREPOSITIONS
        or tokens[first].endswith("ing")
    ):
        commas = (
            token for token in range(first, clause.last) if tokens[token] == "," and text.quoted[token] < 0
        )
        first = next(commas, first - 1) + 1
    elif tokens[first] in grammar.COORDINATORS | {"but"}:
        first += 1
    if first + 1 >= clause.last:
        return None
    if tokens[first] in grammar.SUBJECTS:
        expletive = tokens[first] == "it" and tokens[first + 1] in grammar.BE | grammar.MODALS
        return None if expletive else Range(first, first + 1)
    ends = (
        token
        for token in range(first + 1, clause.last)
        if tokens[token] in grammar.FINITE or grammar.looks_finite(tokens[token]) or tokens[token] == ","
    )
    last = next(ends, None)
    if last is None:
        return None
    while last - 1 > first and grammar.is_adverb(tokens[last - 1]):
        last -= 1
    return phrase_before(text, last, Range(first, clause.last))


def _label(text: Text, cue: Cue, limits: Range, earlier: list[Attribution]) -> Attribution | None:
    """Lind: "We stay" (a headline, a transcript), or a quotation that a colon introduces without a verb of saying."""
    document = text.document
    sentence = document.sentences[document.sentence_of(cue.head)]
    attributed = (
        earlier and earlier[-1].cue.first >= limits.first and earlier[-1].contents[-1].last > cue.first
    )
    if attributed or cue.first == sentence.first:
        return None
    ends = cue.last == limits.last
    quote = content_announced(text, cue, limits) if ends else None
    if not ends and text.quoted[cue.last] >= 0:
        quote = text.quotes[text.quoted[cue.last]]
    speaker = phrase_before(text, cue.first, limits)
    if not ends and speaker is not None and _names_speaker(text, speaker):
        content = quote or rest_of_paragraph(text, cue.last)
        return Attribution(cue, speaker, (content,), "label") if content else None
    if quote is None:
        return None
    return Attribution(cue, _shared_source(text, cue, limits, []), (quote,), "label")


def _names_speaker(text: Text, phrase: Range) -> bool:
    """Whether a phrase opens a headline as a name, or a paragraph as a name in capital letters, as in a transcript."""
    document = text.document
    number = document.sentence_of(phrase.first)
    sentence = document.sentences[number]
    continues = number > 0 and document.sentences[number - 1].paragraph == sentence.paragraph
    if phrase.first != sentence.first or phrase.last - phrase.first > _LABEL or continues:
        return False
    words = [token for token in range(phrase.first, phrase.last) if document.is_word[token]]
    if sentence.kind == "headline":
        return all(document.is_capital[token] for token in words)
    return all(document.text[document.starts[token] : document.ends[token]].isupper() for token in words)


def _carried_over(text: Text, found: list[Attribution]) -> list[Attribution]:
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
            contents = result[following].contents
            if any(
                text.quoted[content.first] >= 0 or text.quoted[content.last - 1] >= 0 for content in contents
            ):
                speaker = following
            following += 1
        if (
            speaker is not None
            and not all(covered[quote.first : quote.last])
            and _goes_on(text, result[speaker], quote)
        ):
            result[speaker] = result[speaker]._replace(contents=(*result[speaker].contents, quote))
    return result


def _goes_on(text: Text, attribution: Attribution, quote: Range) -> bool:
    """Whether a quotation begins a sentence of the paragraph where an attribution ends, or of the next one."""
    document = text.document
    sentence = document.sentences[document.sentence_of(quote.first)]
    last = max(attribution.cue.last, attribution.contents[-1].last)
    before = document.sentences[document.sentence_of(last - 1)]
    return (
        quote.first == sentence.first and last <= quote.first and sentence.paragraph - before.paragraph <= 1
    )
