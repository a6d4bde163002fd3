"""Lexicons in other people's formats: LIWC `.dic` and YAML lists (quanteda's layout)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from framing.data import DataError, read_text
from framing.lexicon import Entry, Lexicon


def read_dic(path: Path) -> Lexicon:
    """A LIWC dictionary: categories between two `%` lines, then a word and its category numbers a line.

    A word in several categories becomes several entries. Raises `DataError` naming the line at fault.
    """
    categories: dict[str, str] = {}
    entries: list[Entry] = []
    marks = 0
    for number, line in enumerate(read_text(path).splitlines(), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        cells = [cell.strip() for cell in cells if cell.strip()]
        if not cells:
            continue
        if cells[0] == "%":
            marks += 1
        elif marks == 1:
            if len(cells) < 2:
                raise DataError(f"{path}:{number}: a category needs a number and a name")
            categories[cells[0]] = " ".join(cells[1:])
        elif marks == 2:
            for key in cells[1:]:
                if key not in categories:
                    raise DataError(f"{path}:{number}: category '{key}' is not declared between the % lines")
                entries.append(Entry(cells[0].lower(), categories[key], line=number))
    if marks != 2:
        raise DataError(f"{path}: is no LIWC dictionary; the categories must stand between two lines with %")
    return Lexicon(path.stem, entries, _header(path, "LIWC dictionary", categories.values()), path)


def read_yaml(path: Path) -> Lexicon:
    """A mapping of category to a list of terms; nested categories are joined by a full stop."""
    try:
        data = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise DataError(f"{path}: is not valid YAML; {' '.join(str(error).split())}") from error
    if not isinstance(data, Mapping):
        raise DataError(f"{path}: must map categories to lists of terms")
    entries = [Entry(term.lower(), category) for category, term in _terms(path, data, "")]
    return Lexicon(
        path.stem, entries, _header(path, "YAML", dict.fromkeys(e.category for e in entries)), path
    )


def _terms(path: Path, data: Any, category: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _terms(path, value, f"{category}.{key}" if category else str(key))
    elif isinstance(data, list):
        for item in data:
            yield from _terms(path, item, category)
    elif isinstance(data, str) and data.strip() and category:
        yield category, data.strip()
    else:
        raise DataError(f"{path}: '{data}' under '{category}' is not a term; put quotes around it")


def _header(path: Path, kind: str, categories: Any) -> dict[str, str]:
    return {
        "title": path.stem,
        "licence": "as of the imported file",
        "method": f"imported from {kind}",
        "categories": "; ".join(categories),
    }
