"""The project's own format, written: provenance on top, then an entry a row (see `lexicons/README.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from framing.data import PROVENANCE
from framing.lexicon import GUARDS, Lexicon
from framing.lexicon_formats.spreadsheet import cell_of, used_columns

_COLUMNS = ("forms", "weight", "actor", "neutral", "case", "in_name", *GUARDS, "note", "source")


def write_tsv(lexicon: Lexicon, path: Path, *, columns: tuple[str, ...] = ()) -> None:
    """Write a lexicon as `.tsv`, with `columns` even where no entry has anything there.

    Raises `ValueError` when the file exists: nobody's work is overwritten; `OSError` when it cannot be written.
    """
    used = used_columns(lexicon.entries, _COLUMNS)
    names = ["term", "category", *(name for name in _COLUMNS if name in columns or name in used)]
    names += [name for name in used if name not in names]
    lines = [f"# {key}: {value}" for key, value in in_order(lexicon.header).items()]
    lines.append("\t".join(names))
    # In the order of the file: where a term stands in two categories, the first one counts.
    lines += ["\t".join(cell_of(entry, name) for name in names) for entry in lexicon.entries]
    text = "\n".join(lines) + "\n"
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ValueError(f"{path}: exists already; name another file, or remove it first") from error


def in_order(header: Mapping[str, str]) -> dict[str, str]:
    """A header in one line a key, what every lexicon has first, categories last."""
    last = "categories"
    keys = [key for key in PROVENANCE if key != last and key in header]
    keys += [key for key in header if key not in PROVENANCE]
    return {key: " ".join(header[key].split()) for key in (*keys, last) if key in header}
