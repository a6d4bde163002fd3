"""Lexicons in other people's formats: LIWC `.dic` and `.dicx`, quanteda's YAML dictionaries, and CSV, in and out.

A module a format reads and writes it. What a format cannot hold is said when a lexicon is written, and what a lexicon
cannot hold (a wildcard inside a word, a condition on other words) is named with its line when a file is read.
"""

from framing.lexicon_formats.formats import (
    EXPORTS,
    FORMATS,
    Imported,
    export_lexicon,
    import_lexicon,
    read_any,
    read_foreign,
)
from framing.lexicon_formats.tsv import write_tsv

__all__ = [
    "EXPORTS",
    "FORMATS",
    "Imported",
    "export_lexicon",
    "import_lexicon",
    "read_any",
    "read_foreign",
    "write_tsv",
]
