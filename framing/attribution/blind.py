"""The rules see no names: they read a document in units, where a mention is one, and what they find is put back in tokens."""

from __future__ import annotations

from typing import TypeVar

from framing.attribution.rules import Attribution
from framing.attribution.text import Range, Text
from framing.document import Document
from framing.models.units import Units


def span_in_tokens(units: Units, span: Range) -> Range:
    """The tokens of a span of units."""
    return Range(units.firsts[span.first], units.lasts[span.last - 1])


def attribution_in_tokens(units: Units, found: Attribution) -> Attribution:
    """An attribution in units as one in tokens."""
    return found._replace(
        cue=found.cue._replace(
            **span_in_tokens(units, Range(found.cue.first, found.cue.last))._asdict(),
            head=units.firsts[found.cue.head],
        ),
        source=found.source and span_in_tokens(units, found.source),
        contents=tuple(span_in_tokens(units, content) for content in found.contents),
    )


def text_in_tokens(document: Document, units: Units, text: Text) -> Text:
    """A text that was read in units as if it had been read in tokens."""
    cues = {}
    for cue in text.cues.values():
        first, last = span_in_tokens(units, Range(cue.first, cue.last))
        cues[first] = cue._replace(first=first, last=last, head=units.firsts[cue.head])
    return Text(
        document=document,
        quotes=tuple(span_in_tokens(units, quote) for quote in text.quotes),
        quoted=_repeated(text.quoted, units),
        marked=_repeated(text.marked, units),
        cues=cues,
        verbs=frozenset(units.firsts[unit] for unit in text.verbs),
    )


_Value = TypeVar("_Value")


def _repeated(values: list[_Value], units: Units) -> list[_Value]:
    """A value per unit as one per token."""
    repeated = list(values)
    # From the back, so that what stands before keeps its place; few units have several tokens.
    for unit in reversed(units.long):
        repeated[unit : unit + 1] = [values[unit]] * (units.lasts[unit] - units.firsts[unit])
    return repeated
