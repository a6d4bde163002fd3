"""What all formats share: rows that can be entries or cannot, names of categories, cells of spreadsheets, inflections."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from framing.corpus import Failure
from framing.document import tokenize
from framing.lexicon import Entry, Lexicon, surface_forms


class Found(NamedTuple):
    """What a file holds: what it is, its categories with what they mean, and each row as an entry or as a failure."""

    kind: str
    categories: dict[str, str]
    rows: list[Entry | Failure]


def row(path: Path, line: int, term: str, category: str, weight: float = 1.0) -> Entry | Failure:
    """An entry, or why a lexicon cannot hold the row."""
    plain = " ".join(term.replace("_", " ").split()).translate(_QUOTES)
    body = plain.rstrip("*")
    if not body:
        return Failure(
            str(path), line, "the term is empty", "give a word or remove the row; an asterisk alone is none"
        )
    if any(mark in body for mark in "*?"):
        problem = f"'{term}' has a wildcard that is not at its end"
        return Failure(str(path), line, problem, "write out the words it stands for, or end it with *")
    if not any(map(str.isalnum, body)):
        return Failure(
            str(path), line, f"'{term}' is no word", "marks and emoticons are not looked for; remove it"
        )
    if any(mark in body for mark in "()<>[]{}"):
        problem = f"'{term}' has a condition on other words"
        return Failure(str(path), line, problem, "write it as a term of several words, or with a guard")
    if math.isnan(weight) or math.isinf(weight):
        return Failure(str(path), line, f"the weight of '{term}' is no number", "write a number from -1 to 1")
    return Entry(f"{body}*" if plain.endswith("*") else body, category, weight=weight, line=line)


_QUOTES = str.maketrans("‘’ʼ“”‐‑", "'''\"\"--")


def category_name(title: str) -> str:
    """A name that the header of a lexicon can hold: words joined by underscores.

    >>> category_name("Positive emotion"), category_name("core.affect")
    ('Positive_emotion', 'core.affect')
    """
    return _NO_NAME.sub("_", title.strip()).strip("_") or "unnamed"


_NO_NAME = re.compile(r"[^\w.-]+")


def meaning(text: str) -> str:
    """What a category means, in one line and without the semicolon that would end it."""
    line = " ".join(text.replace(";", ",").split())
    return line[1:-1].strip() if line.startswith("(") and line.endswith(")") else line


# Terms ----------------------------------------------------------------------------------------------------------


def written_out(lexicon: Lexicon) -> Iterator[tuple[str, Entry]]:
    """Every form of every entry as it is written, each once a category, in the order of the file."""
    seen: set[tuple[str, str]] = set()
    for entry in lexicon.entries:
        for tokens in surface_forms(entry):
            form = entry.term if tokens == _tokens(entry) else joined(tokens)
            if (form.lower(), entry.category) not in seen:
                seen.add((form.lower(), entry.category))
                yield form, entry


def _tokens(entry: Entry) -> tuple[str, ...]:
    tokens = tokenize(entry.term.rstrip("*"))
    if entry.term.endswith("*"):
        tokens[-1] += "*"
    return tuple(tokens)


def joined(tokens: Iterable[str]) -> str:
    """Tokens as people write them: a hyphen and a clitic touch the words beside them.

    >>> joined(["so", "-", "called", "elite", "'s"])
    "so-called elite's"
    """
    return " ".join(tokens).replace(" - ", "-").replace(" '", "'")


def lost_in(lexicon: Lexicon, *, weights: bool = False) -> list[str]:
    """What plain lists of words cannot hold of a lexicon, a sentence each; with `weights`, they hold those."""
    entries = lexicon.entries
    lost = [
        (sum(bool(e.before or e.not_before or e.after or e.not_after) for e in entries), "guards"),
        (sum(bool(e.case or e.in_name) for e in entries), "conditions on capitals"),
        (0 if weights else sum(e.weight != 1 for e in entries), "weights"),
        (sum(bool(e.neutral) for e in entries), "neutral alternatives"),
        (sum(bool(e.note) for e in entries), "notes"),
        (sum(bool(e.actor) for e in entries), "actors"),
        (sum(any(e.extra.values()) for e in entries), "columns of its own"),
    ]  # fmt: skip
    notes = [
        f"{what} of {count:,} {'entry' if count == 1 else 'entries'} are left out"
        for count, what in lost
        if count
    ]
    if weights and any(e.weight == 0 for e in entries):
        notes.append(
            f"{sum(e.weight == 0 for e in entries):,} of weight 0 are left out: there, 0 means not in a category"
        )
    if any(e.forms for e in entries):
        count = sum(len(surface_forms(e)) for e in entries)
        notes.append(f"inflections are written out: {len(entries):,} entries became {count:,} terms")
    notes.append("the provenance on top is left out: keep the .tsv beside it")
    return notes
