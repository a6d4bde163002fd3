"""The words of `names.tsv`: names, and what tells the kind of a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from framing.data import read_table

WordsOf = Mapping[str, str]


@cache
def words_of(category: str) -> WordsOf:
    """The terms of a category, each with the name that is shown for it, or with "" where that is the term itself."""
    rows = read_table(Path(__file__).with_name("names.tsv")).rows
    return {row["term"]: row["name"] for _, row in rows if row["category"] == category}
