"""The look of all charts: colours, sizes, and one configuration for light and dark."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

from framing.actors import load_actors

FONT = "sans-serif"
ROW = 22  # pixels per article in a panel
WIDTH = 880
NARROW = 350
SIGNIFICANT = 0.05  # up to this q a difference is told as one

# Okabe & Ito 2008, told apart with any colour vision; their yellow, too faint on white, is a grey here, and black is
# the ink of the page, so that it shows on dark paper too.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "ink", "#999999")

# From sources a reader can check to sources nobody can: blue to ochre, which stay apart with any colour vision.
SOURCE_TYPES = {
    "named_person": "#1F4E79",
    "named_org": "#3A729F",
    "document": "#9DC3E0",
    "pronoun": "#C9C5BD",
    "unnamed_collective": "#E3C583",
    "anonymous_official": "#8F6118",
}
UNKNOWN_SOURCE = "#6F6B64"
# Beside the colour, so that types are told apart in black and white too.
SOURCE_LETTERS = {
    "named_person": "P",
    "named_org": "O",
    "document": "D",
    "pronoun": "?",
    "unnamed_collective": "C",
    "anonymous_official": "A",
}
VERB_CLASSES = {"endorsing": "#3A729F", "neutral": "#D5D1C9", "distancing": "#E3A34B", "emotive": "#9C3F66"}


class Ink(NamedTuple):
    """The colours that change between light and dark paper."""

    ink: str
    muted: str
    rule: str
    band: str
    paper: str


LIGHT = Ink(ink="#1A1A18", muted="#6B6862", rule="#D8D4CC", band="#ECE8E0", paper="#FFFFFF")
DARK = Ink(ink="#ECEAE4", muted="#A3A099", rule="#45433F", band="#35332F", paper="#171614")


def ink(dark: bool) -> Ink:
    """The colours for light or dark paper."""
    return DARK if dark else LIGHT


def article_colors(count: int, *, dark: bool = False) -> list[str]:
    """A colour for each article in order, the same in every chart; they repeat after eight."""
    palette = [ink(dark).ink if color == "ink" else color for color in OKABE_ITO]
    return [palette[number % len(palette)] for number in range(count)]


def config(*, dark: bool = False) -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    colors = ink(dark)
    return {
        "aria": False,  # the page describes each chart in words and gives its numbers as a table
        "background": colors.paper,
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start", "frame": "group", "color": colors.ink, "fontSize": 12.5, "fontWeight": "bold",
            "subtitleColor": colors.muted, "subtitleFontSize": 11, "subtitlePadding": 3, "offset": 8,
        },
        "axis": {
            "labelColor": colors.muted, "titleColor": colors.muted, "labelFontSize": 10.5, "titleFontSize": 11,
            "titleFontWeight": "normal", "gridColor": colors.rule, "gridWidth": 0.7, "domain": False, "ticks": False,
            "labelPadding": 5,
        },
        "axisY": {"grid": False, "labelColor": colors.ink, "labelFontSize": 12, "labelPadding": 8},
        "legend": {"labelColor": colors.ink, "titleColor": colors.muted, "labelFontSize": 11.5, "symbolType": "square"},
        "concat": {"spacing": 18},
        "text": {"color": colors.ink, "fontSize": 11},
    }  # fmt: skip


def shown(value: float, unit: str) -> str:
    """A value as people read it: shares as percentages, polarities with a sign, the rest with one decimal.

    >>> shown(0.314, "share of words"), shown(0.2, "mean polarity, −1..1"), shown(12.34, "per 1,000 words")
    ('31 %', '+0.20', '12.3')
    """
    if math.isnan(value):
        return "–"
    if unit.startswith("share"):
        text = f"{value * 100:.0f} %"
    else:
        text = f"{value:+.2f}" if "1..1" in unit else f"{value:.1f}"
    return _ZERO.get(text, text.replace("-", "−"))


def shortened(text: str, limit: int) -> str:
    """The text, its end replaced by … where it has more than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def in_words(unit: str) -> str:
    """A unit as people read it.

    >>> in_words("mean polarity, −1..1")
    'mean polarity, −1 to 1'
    """
    return unit.replace("..", " to ")


@cache
def _titles() -> dict[str, str]:
    return {actor.id: actor.title for actor in load_actors()}


def actor_name(actor: str) -> str:
    """An actor as people write it: `us` -> "United States"."""
    return _titles().get(actor, actor.replace("_", " "))


def spoken(label: str) -> str:
    """A label as people write it: `named_org` -> "named organisation"."""
    return _SPOKEN.get(label, label.replace("_", " "))


_ZERO = {"+0.00": "0.00", "-0.00": "0.00", "-0.0": "0.0", "-0 %": "0 %"}
_SPOKEN = {
    "named_org": "named organisation", "pronoun": "pronoun, unresolved", "": "all", "mean_compound": "mean tone",
    "flesch_reading_ease": "Flesch reading ease", "flesch_kincaid_grade": "Flesch–Kincaid grade",
    "gunning_fog": "Gunning fog", "smog_index": "SMOG", "dale_chall_readability_score": "Dale–Chall", "mean_polarity": "stance",
}  # fmt: skip
