"""Bias and framing analysis that shows its evidence and gives no verdicts.

>>> import framing
>>> analysis = framing.analyze("Officials said the raid may have failed.")
>>> analysis.document.words
7
"""

from framing._version import __version__
from framing.actors import Actor, Mention, find_mentions, load_actors
from framing.analysis import Analysis, Dimension, Evidence, Markup, Reading, Score, analyze, load_dimensions
from framing.comparison.compare import Comparison, compare
from framing.corpus import Failure, load_corpus, read
from framing.document import Document, Span, make_document
from framing.lexicon import Entry, Lexicon, load_lexicon

__all__ = [
    "Actor",
    "Analysis",
    "Comparison",
    "Dimension",
    "Document",
    "Entry",
    "Evidence",
    "Failure",
    "Lexicon",
    "Markup",
    "Mention",
    "Reading",
    "Score",
    "Span",
    "__version__",
    "analyze",
    "compare",
    "find_mentions",
    "load_actors",
    "load_corpus",
    "load_dimensions",
    "load_lexicon",
    "make_document",
    "read",
]
