"""Bias and framing analysis that shows its evidence and gives no verdicts.

>>> import framing
>>> analysis = framing.analyze("Officials said the raid may have failed.")
>>> analysis.document.words
7
"""

from framing._version import __version__
from framing.analysis import Analysis, Dimension, Evidence, Markup, Reading, Score, analyze, dimensions
from framing.document import Document, Span, make_document
from framing.lexicon import Entry, Lexicon, load_lexicon

__all__ = [
    "Analysis",
    "Dimension",
    "Document",
    "Entry",
    "Evidence",
    "Lexicon",
    "Markup",
    "Reading",
    "Score",
    "Span",
    "__version__",
    "analyze",
    "dimensions",
    "load_lexicon",
    "make_document",
]
