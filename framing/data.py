"""Where the package's data lies, and the one reader of its tab-separated files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

_Made = TypeVar("_Made")

PACKAGE = Path(__file__).resolve().parent
PROVENANCE = ("title", "licence", "date", "method", "literature", "categories")


class DataError(ValueError):
    """A data file cannot be used; the message names file and line and says what to do."""


def folder(name: str) -> Path:
    """The folder `lexicons` or `texts`: inside an installed package, or beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


class Cells(NamedTuple):
    """A provenance header, the names of the columns, and rows of as many cells, each with its line number in the file."""

    header: Mapping[str, str]
    columns: list[str]
    rows: list[tuple[int, list[str]]]


class Table(NamedTuple):
    """A provenance header and rows by column name, each with its line number in the file."""

    path: Path
    header: Mapping[str, str]
    rows: list[tuple[int, dict[str, str]]]


def read_text(path: Path) -> str:
    """The text of a data file. Raises `DataError` when it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); check the name and the permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def read_table(path: Path) -> Table:
    """Read a file as `read_cells` does, its rows by column name."""
    header, columns, rows = read_cells(path)
    return Table(path, header, [(line, dict(zip(columns, cells, strict=True))) for line, cells in rows])


def read_cells(path: Path) -> Cells:
    """Read a tab-separated file with `# key: value` provenance on top.

    Raises `DataError` when the file is missing, is not UTF-8, lacks provenance, or a row has more cells than columns.
    """
    lines = read_text(path).split("\n")
    header: dict[str, str] = {}
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if not columns and line.startswith("#"):
            key, _, value = line[1:].partition(":")
            if value:
                header[key.strip()] = value.strip()
        elif not line.strip():
            continue
        elif not columns:
            columns = [cell.strip() for cell in line.split("\t")]
        else:
            cells = list(map(str.strip, line.split("\t")))
            if len(cells) > len(columns):
                raise DataError(
                    f"{path}:{number}: {len(cells)} cells but {len(columns)} columns; remove a tab"
                )
            if len(cells) < len(columns):
                cells += [""] * (len(columns) - len(cells))
            rows.append((number, cells))
    missing = [key for key in PROVENANCE if not header.get(key)]
    if missing:
        raise DataError(
            f"{path}: the provenance on top lacks {', '.join(missing)}; add a line '# {missing[0]}: ...'"
        )
    if "term" not in columns or "category" not in columns:
        raise DataError(
            f"{path}: needs the columns 'term' and 'category'; found {', '.join(columns) or 'none'}"
        )
    return Cells(header, columns, rows)


@cache
def read_terms(name: str) -> tuple[tuple[str, str], ...]:
    """The (term, category) pairs of a shipped list that is no lexicon of evidence, such as abbreviations."""
    return tuple(
        (row["term"], row["category"]) for _, row in read_table(folder("lexicons") / f"{name}.tsv").rows
    )


class Remembered(dict[str, _Made]):
    """What a function makes of words, kept for the next time; all is forgotten when there are too many of them.

    >>> lengths = Remembered(len)
    >>> [lengths[word] for word in ("to", "be", "to")], list(lengths)
    ([2, 2, 2], ['to', 'be'])
    """

    def __init__(self, make: Callable[[str], _Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> _Made:
        made = self._make(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = made
        return made


_LONGEST_WORD = 100  # characters; longer ones are too rare to be kept
_MOST_WORDS = 50_000
