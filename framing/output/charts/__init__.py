"""Charts: each a function from a tidy frame to an Altair chart, a file each, the articles always in the same order and colour.

Every chart names its unit and shows n, the count a value rests on. Where a value has no interval because too few
sentences bear on it, the row says so and nothing is drawn. `width` is the whole chart in pixels; below 600 the panels
stand under one another. `dark` is for dark paper. Colour never tells something alone: rows are labelled, types have
letters, voices have shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from framing.comparison.compare import Comparison
from framing.output.charts.arc import arc, arcs, smoothed
from framing.output.charts.barcode import barcode, term_positions
from framing.output.charts.coverage import coverage_matrix
from framing.output.charts.dimension import small_multiples
from framing.output.charts.drawing import FORMATS, draw_all, save, save_all, sheet_of, svg
from framing.output.charts.glance import at_a_glance, main_scores
from framing.output.charts.labels import bars_by_label, labelled_measure
from framing.output.charts.naming import naming_tiles
from framing.output.charts.parts import TOO_LITTLE
from framing.output.charts.shift import word_shift
from framing.output.charts.similarity import similarity_map
from framing.output.charts.sourcing import sources, sourcing
from framing.output.charts.speakers import words_by_speaker
from framing.output.charts.stance import VOICES_APART, most_mentioned, stance_by_voice, with_enough
from framing.output.charts.verbs import verbs_by_side
from framing.output.charts.words import distinctive_words
from framing.output.style import WIDTH

__all__ = [
    "FORMATS",
    "TOO_LITTLE",
    "VOICES_APART",
    "Charts",
    "arc",
    "arcs",
    "at_a_glance",
    "barcode",
    "bars_by_label",
    "charts_of",
    "coverage_matrix",
    "dimension_charts",
    "distinctive_words",
    "draw_all",
    "labelled_measure",
    "main_scores",
    "most_mentioned",
    "naming_tiles",
    "save",
    "save_charts",
    "sheet_of",
    "similarity_map",
    "small_multiples",
    "smoothed",
    "sources",
    "sourcing",
    "stance_by_voice",
    "svg",
    "term_positions",
    "verbs_by_side",
    "with_enough",
    "word_shift",
    "words_by_speaker",
]

if TYPE_CHECKING:
    import altair as alt

Charts = dict[str, Callable[..., "alt.LayerChart"]]
_ACTORS = 2  # whose stance is followed along the article, beside tone


def charts_of(
    comparison: Comparison, names: Mapping[str, str] | None = None, links: Sequence[str] | None = None
) -> Charts:
    """The charts of a comparison by name, each to be called with `width` and `dark`.

    `names` are labels for article ids; `links`, one per row of `comparison.scores`, say where each drawn value leads.
    """
    names = names or {}
    articles = [names.get(analysis.document.id, analysis.document.id) for analysis in comparison.analyses]
    scores = comparison.scores
    if links is not None:
        scores = scores.assign(link=list(links))
    scores, naming = _named(scores, names), _named(comparison.naming, names)
    if comparison.group_by is None:
        words, apart = _named(comparison.keywords, names, "group"), articles
    else:
        words = comparison.group_keywords
        apart = list(dict.fromkeys(words.group))
    positions = term_positions(comparison.analyses, names)
    has = {name for analysis in comparison.analyses for name in analysis.readings}
    charts: Charts = {"at-a-glance": partial(at_a_glance, scores)}
    if "stance" in has:
        charts["stance"] = partial(stance_by_voice, scores)
    if "attribution" in has:
        charts["sourcing"] = partial(sourcing, sources(comparison.analyses, names), articles)
        charts["speakers"] = partial(words_by_speaker, _named(comparison.speakers, names), articles)
        charts["verbs"] = partial(verbs_by_side, comparison.verbs)
    for dimension in ("hedging", "frames"):
        measure = labelled_measure(scores, dimension)
        if measure:
            charts[dimension] = partial(bars_by_label, scores, dimension, measure)
    if "hedging" in has:
        charts["hedges"] = partial(barcode, positions, articles, "hedging")
    if "loaded" in has:
        charts["loaded-terms"] = partial(barcode, positions, articles, "loaded")
    if has & {"tone", "stance"}:
        along = arcs(comparison.analyses, names, actors=most_mentioned(scores, _ACTORS))
        charts["arc"] = partial(arc, along, articles)
    if "readability" in has:
        charts["readability"] = partial(small_multiples, scores, "readability")
    charts["naming"] = partial(naming_tiles, naming, articles)
    if len(articles) > 1:
        similarity = _named(comparison.similarity, names, "a", "b")
        charts["coverage"] = partial(coverage_matrix, _named(comparison.facts, names), articles)
        charts["similarity"] = partial(similarity_map, similarity, articles)
        charts["distinctive-words"] = partial(distinctive_words, words, apart)
    return charts


def dimension_charts(comparison: Comparison, names: Mapping[str, str] | None = None) -> Charts:
    """A chart for each dimension with all it measures, by name."""
    scores = _named(comparison.scores, names or {})
    return {
        f"all-{dimension}": partial(small_multiples, scores, dimension)
        for dimension in dict.fromkeys(map(str, scores.dimension))
    }


def save_charts(
    comparison: Comparison, folder: Path, *, dark: bool = False, formats: Sequence[str] = ("png", "svg")
) -> list[Path]:
    """Write every chart of a comparison into a folder, which is made if missing; returns the files.

    `formats` are of png, svg, html and json; raises `ValueError` for others.
    """
    return save_all(charts_of(comparison), folder, formats, width=WIDTH, dark=dark)


def _named(frame: pd.DataFrame, names: Mapping[str, str], *columns: str) -> pd.DataFrame:
    """The frame with articles called by their names."""
    called = {
        column: frame[column].map(lambda article: names.get(article, article))
        for column in columns or ("article",)
    }
    return frame.assign(**called)
