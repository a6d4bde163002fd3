"""Attribution: who says, believes or wants what in a text (Pareti 2015; Newell et al. 2018).

The cue is the evidence; its source, contents and kind stand beside it. Rules find them: lexicons of reporting cues and
source nouns, quotation marks, capitals and closed classes (see `framing.attribution`). Verb classes follow
Caldas-Coulthard 1994 and Thompson & Ye 1991.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framing.actors import Mention, load_actors
from framing.analysis import Dimension, Evidence, Floats, Markup, Score, ratio
from framing.attribution.clauses import Range, Text
from framing.attribution.rules import Attribution, find_attributions, read_text
from framing.attribution.sources import PRONOUN, SOURCE_TYPES, antecedent, head, people_named, source_type
from framing.document import Document

FORMS = ("direct", "indirect", "mixed")
VERB_CLASSES = ("neutral", "endorsing", "distancing", "emotive")


def find_attribution(markup: Markup) -> list[Evidence]:
    """The attributions of a document, one piece of evidence per cue."""
    document = markup.document
    text = read_text(document)
    quoted = _quoted(document)
    inside = _Mentions(markup.mentions)
    people = people_named(text, markup.mentions)
    resolved: list[tuple[Range, str]] = []
    evidence = []
    for attribution in find_attributions(text):
        source = attribution.source
        whole = antecedent(text, source, resolved, people) if source else None
        named = whole or source
        kind = source_type(document, named, inside.of(document, named)) if named else None
        if named and kind and kind != PRONOUN:
            resolved.append((named, kind))
        evidence.append(_evidence(text, attribution, whole, kind, inside, quoted))
    return evidence
