"""Bias and framing analysis that shows its evidence and gives no verdicts.

>>> import framing
>>> analysis = framing.analyze("Officials said the raid may have failed.")
>>> analysis.document.words
7
"""

from typing import TYPE_CHECKING, Any

from framing._version import __version__
from framing.actors import Actor, Mention, find_mentions, load_actors
from framing.analysis import (
    Analysis,
    Dimension,
    Evidence,
    Markup,
    Reading,
    Score,
    analyze,
    analyze_each,
    load_dimensions,
)
from framing.corpus import Failure, load_corpus, read
from framing.document import Document, Span, make_document
from framing.lexicon import Entry, Lexicon, load_lexicon

if TYPE_CHECKING:
    from framing.comparison.compare import Comparison, compare

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
    "analyze_each",
    "compare",
    "find_mentions",
    "load_actors",
    "load_corpus",
    "load_dimensions",
    "load_lexicon",
    "make_document",
    "read",
]

if not TYPE_CHECKING:  # a checker that saw this would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        """Comparisons are loaded when they are first asked for: pandas and scipy take longer than all the rest."""
        if name not in ("Comparison", "compare"):
            raise AttributeError(f"module 'framing' has no attribute '{name}'")
        from framing.comparison.compare import Comparison, compare  # noqa: PLC0415  see above

        globals().update(Comparison=Comparison, compare=compare)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
