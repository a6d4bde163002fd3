"""The rules see no names: they read a document in units, where a mention is one, and what they find is put back in tokens."""

from __future__ import annotations

from typing import TypeVar

from framing.attribution.cues import Cue
from framing.attribution.rules import Attribution
from framing.attribution.text import Range, Text
from framing.document import Document
from framing.models.units import Units


def span_in_tokens(units: Units, span: Range) -> Range:
    """The tokens of a span of units."""
    return Range(units.firsts[span.first], units.lasts[span.last - 1])


def attribution_in_tokens(units: Units, found: Attribution) -> Attribution:
    """An attribution in units as one in tokens."""
    source = found.source and span_in_tokens(units, found.source)
    contents = tuple([span_in_tokens(units, content) for content in found.contents])
    return Attribution(_cue_in_tokens(units, found.cue), source, contents, found.construction)


def _cue_in_tokens(units: Units, cue: Cue) -> Cue:
    first, last, head, kind, takes, entry = cue
    return Cue(units.firsts[first], units.lasts[last - 1], units.firsts[head], kind, takes, entry)


def text_in_tokens(document: Document, units: Units, text: Text) -> Text:
    """A text that was read in units as if it had been read in tokens."""
    cues = [_cue_in_tokens(units, cue) for cue in text.cues.values()]
    return Text(
        document=document,
        quotes=tuple(span_in_tokens(units, quote) for quote in text.quotes),
        quoted=_repeated(text.quoted, units),
        marked=_repeated(text.marked, units),
        cues={cue.first: cue for cue in cues},
        verbs=frozenset(units.firsts[unit] for unit in text.verbs),
    )


_Value = TypeVar("_Value")


def _repeated(values: list[_Value], units: Units) -> list[_Value]:
    """A value per unit as one per token."""
    repeated: list[_Value] = []
    done = 0
    for unit in units.long:
        repeated += values[done:unit]
        repeated += [values[unit]] * (units.lasts[unit] - units.firsts[unit])
        done = unit + 1
    return repeated + values[done:]
