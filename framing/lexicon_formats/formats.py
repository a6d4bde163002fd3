"""The formats by name, and what they have in common: a file in, a lexicon with its provenance out, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date as day
from pathlib import Path
from typing import NamedTuple

from framing.corpus import Failure
from framing.data import DataError
from framing.lexicon import Entry, Lexicon, load_lexicon
from framing.lexicon_formats.dic import read_dic, write_dic
from framing.lexicon_formats.quanteda import read_yaml, write_yaml
from framing.lexicon_formats.rows import Found, lost_in
from framing.lexicon_formats.spreadsheet import read_dicx, read_plain, write_dicx, write_plain
from framing.lexicon_formats.tsv import write_tsv
from framing.tables import unknown

FORMATS: dict[str, Callable[[Path], Found]] = {
    "liwc": read_dic,
    "dicx": read_dicx,
    "quanteda": read_yaml,
    "csv": read_plain,
}
EXPORTS: dict[str, Callable[[Lexicon], str]] = {
    "liwc": write_dic,
    "dicx": write_dicx,
    "quanteda": write_yaml,
    "csv": write_plain,
}
_BY_SUFFIX = {".dic": "liwc", ".dicx": "dicx", ".yaml": "quanteda", ".yml": "quanteda", ".csv": "csv"}
_LARGEST = 20_000_000  # bytes; the largest dictionaries in use have two million


class Imported(NamedTuple):
    """A lexicon made from a foreign file, the rows it could not hold, and what else there is to know."""

    lexicon: Lexicon
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


def read_foreign(path: Path) -> Lexicon:
    """A lexicon in a format of `FORMATS`, as it is. Raises `DataError` at the first row that a lexicon cannot hold."""
    found = _read(path, "")
    for item in found.rows:
        if isinstance(item, Failure):
            advice = f"{item.advice}, or have `framing lexicon import` leave such rows out"
            raise DataError(f"{path}:{item.line}: {item.problem}; {advice}")
    return _lexicon(path, found, (), None)


def read_any(path: Path, format: str = "", *, only: Sequence[str] = (), date: str = "") -> Imported:
    """A lexicon from a foreign file, rows that cannot be held left out and named; `only` some of its categories.

    Raises `DataError` when the file cannot be read at all, an unknown format or category included.
    """
    found = _read(path, format)
    for name in only:
        if name not in found.categories:
            raise DataError(f"{path}: {unknown('category', name, found.categories)}")
    failures = tuple(item for item in found.rows if isinstance(item, Failure))
    lexicon = _lexicon(path, found, only, date or day.today().isoformat())  # noqa: DTZ011  the day where the person is
    if not lexicon.entries:
        first = f" (the first row: {failures[0]})" if failures else ""
        raise DataError(f"{path}: holds no term that can be looked for{first}; give a file with words")
    return Imported(lexicon, failures, tuple(_notes(lexicon)))


def _notes(lexicon: Lexicon) -> list[str]:
    terms: dict[str, set[str]] = {}
    for entry in lexicon.entries:
        terms.setdefault(entry.term, set()).add(entry.category)
    several = sum(len(categories) > 1 for categories in terms.values())
    if not several:
        return []
    note = f"{several:,} terms stand in several categories: a word in a text counts once, for the category that comes first"
    return [f"{note} in the file; take one category at a time with --only to count them all"]


def import_lexicon(
    path: str | Path,
    output: str | Path | None = None,
    *,
    format: str = "",
    only: Sequence[str] = (),
    date: str = "",
) -> Imported:
    """A lexicon from a LIWC `.dic` or `.dicx`, a quanteda YAML dictionary or a CSV; written to `output` (`.tsv`) if given.

    `format` is one of `FORMATS`, by the file's ending when empty. `only` are the categories to take, all when empty. The
    header names the source file with its digest and says "licence: as of the imported file". `date` is that of the
    import in ISO form, today when empty. Rows that a lexicon cannot hold are left out and named with their lines.

    Raises `DataError` when the file cannot be read at all, and `ValueError` when `output` exists or is no `.tsv`.
    """
    imported = read_any(Path(path), format, only=only, date=date)
    if output is not None:
        if Path(output).suffix != ".tsv":
            raise ValueError(f"{output}: a lexicon is written as .tsv; name a file that ends so")
        write_tsv(imported.lexicon, Path(output))
    return imported


def export_lexicon(
    lexicon: Lexicon | str | Path, format: str, output: str | Path | None = None
) -> tuple[str, list[str]]:
    r"""A lexicon as the text of a file in one of `EXPORTS`, and what that cannot hold, a sentence each.

    Written to `output` if given, which must not exist yet. Inflections are written out where the format has no column for
    them. CSV holds every column, and cells that a spreadsheet would run get an apostrophe in front.

    >>> text, lost = export_lexicon(Lexicon("own", [Entry("slam", "harsh", forms="v")], {"categories": "harsh = h"}), "liwc")
    >>> print(text.replace("\t", " "))
    %
    1 harsh (h)
    %
    slam 1
    slammed 1
    slamming 1
    slams 1
    <BLANKLINE>
    """
    if not isinstance(lexicon, Lexicon):
        lexicon = load_lexicon(lexicon)
    if format not in EXPORTS:
        raise unknown("format", format, EXPORTS)
    text = EXPORTS[format](lexicon)
    if output is not None:
        try:
            with Path(output).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError as error:
            raise ValueError(f"{output}: exists already; name another file, or remove it first") from error
    if format == "csv":
        lost = ["the provenance on top and what categories mean are left out: keep the .tsv beside it"]
    else:
        lost = lost_in(lexicon, weights=format == "dicx")
    return text, lost


def _read(path: Path, format: str) -> Found:
    if not format:
        format = _BY_SUFFIX.get(path.suffix.lower(), "")
        if not format:
            raise DataError(f"{path}: its ending tells no format; name one of {', '.join(FORMATS)}")
    elif format not in FORMATS:
        raise DataError(str(unknown("format", format, FORMATS)))
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); check the name and the permissions"
        ) from error
    if size > _LARGEST:
        raise DataError(f"{path}: has {size / 1e6:.0f} MB, more than any lexicon; is it the right file?")
    return FORMATS[format](path)


def _lexicon(path: Path, found: Found, only: Sequence[str], date: str | None) -> Lexicon:
    """Without a date where a file is only read: the same file has the same digest every day."""
    entries = [item for item in found.rows if isinstance(item, Entry) and (not only or item.category in only)]
    held = {entry.category for entry in entries}
    used = [name for name in found.categories if name in held]  # in the order of the file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    categories = (
        name if found.categories.get(name, name) in ("", name) else f"{name} = {found.categories[name]}"
        for name in used
    )
    header = {
        "title": path.stem,
        "licence": "as of the imported file",
        **({"date": date} if date else {}),
        "method": f"imported from {path.name} ({found.kind}, SHA-256 {digest})",
        "literature": "as of the imported file",
        "categories": "; ".join(categories),
    }
    return Lexicon(path.stem, entries, header, path)
