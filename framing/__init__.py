"""Bias and framing analysis that shows its evidence and gives no verdicts.

>>> import framing
>>> analysis = framing.analyze("Officials said the raid may have failed.")
>>> analysis.document.words
7
"""

import importlib
from collections.abc import Callable
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
    from framing.estimator import FramingTransformer
    from framing.output.notebook import render
    from framing.output.widgets import mark, rewrite

__all__ = [
    "Actor",
    "Analysis",
    "Comparison",
    "Dimension",
    "Document",
    "Entry",
    "Evidence",
    "Failure",
    "FramingTransformer",
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
    "mark",
    "read",
    "render",
    "rewrite",
]

# Comparisons, pictures and widgets are loaded when they are first asked for: they need libraries slower than all the rest.
_LATE = {
    "Comparison": "framing.comparison.compare",
    "FramingTransformer": "framing.estimator",
    "compare": "framing.comparison.compare",
    "mark": "framing.output.widgets",
    "render": "framing.output.notebook",
    "rewrite": "framing.output.widgets",
}

if not TYPE_CHECKING:  # a checker that saw this would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        """A name that is loaded late."""
        if name not in _LATE:
            raise AttributeError(f"module 'framing' has no attribute '{name}'")
        module = importlib.import_module(_LATE[name])
        if name in {"Comparison", "compare"}:
            _let_show_itself(module.Comparison, html="comparison_html", png="comparison_png")
        globals()[name] = getattr(module, name)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _let_show_itself(noun: type, **how: str) -> None:
    """Give a class the methods by which notebooks show its objects. The core knows nothing of how results look."""

    def shown(name: str) -> Callable[[Any], Any]:
        def show(self: object) -> Any:
            return getattr(importlib.import_module("framing.output.notebook"), name)(self)

        return show

    for kind, name in how.items():
        setattr(noun, f"_repr_{kind}_", shown(name))
    summary = shown("summary")
    setattr(noun, "_repr_pretty_", lambda self, printer, cycle: printer.text(summary(self)))  # noqa: B010  unknown to the class


_let_show_itself(Document, html="document_html")
_let_show_itself(Analysis, html="analysis_html")
