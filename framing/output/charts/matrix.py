"""A matrix of any two: a square for each pair, shaded by its value and with the number in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from framing.output.charts.parts import Labels, Sheet, over, tint

Pairs = Mapping[frozenset[str], float]


class Shades(NamedTuple):
    """How a value is shown: the darkest colour, the tint of 0, and the value as it is told and as it is written small."""

    color: str
    faintest: float
    told: Callable[[float], str]
    written: Callable[[float], str]
    size: float


def by_pair(frame: pd.DataFrame, values: str) -> dict[frozenset[str], float]:
    """A column of values by the pair that the columns a and b name."""
    return {
        frozenset((str(a), str(b))): float(value)
        for a, b, value in zip(frame.a, frame.b, frame[values], strict=True)
    }


def draw_matrix(
    sheet: Sheet,
    top: float,
    pairs: Pairs,
    names: Sequence[str],
    labels: Labels,
    step: float,
    row: float,
    shades: Shades,
) -> float:
    """Draw the squares below `top`, `step` wide and `row` high, and give where they end; a dash where there is no value."""
    for line, one in enumerate(names):
        middle = top + (line + 0.5) * row
        labels.draw(sheet, one, labels.room - 10, middle)
        for column, other in enumerate(names):
            x = labels.room + column * step
            value = pairs.get(frozenset((one, other)), math.nan)
            if one == other or math.isnan(value):
                sheet.rule(x + step / 2 - 3, middle, x + step / 2 + 3, middle, sheet.ink.rule)
                continue
            strength = shades.faintest + (1 - shades.faintest) * max(value, 0)
            fill = tint(shades.color, strength, sheet.ink.paper)
            tip = f"{one} and {other}: {shades.told(value)}"
            sheet.rect(x + 1, middle - row / 2 + 1, x + step - 1, middle + row / 2 - 1, fill, tip=tip)
            text = shades.written(value)
            sheet.text(x + step / 2, middle, text, align="center", size=shades.size, color=over(fill))
    return top + len(names) * row
