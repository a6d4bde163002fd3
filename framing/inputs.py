"""Files, folders and patterns in, the files to read out; what is not found is named."""

from __future__ import annotations

import difflib
import glob
import os
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from framing.decoding import replace_surrogates

STDIN = "-"
CATALOGS = ("catalog.csv", "metadata.csv")
CODING = "coding"  # a folder of what people marked in the articles beside it
TEXTS = frozenset({".txt", ".text", ".md", ".markdown"})
PAGES = frozenset({".html", ".htm", ".xhtml"})
TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"})
ARCHIVES = frozenset({".tar", ".zip"})
KINDS = "a .txt, .md, .html, .csv, .jsonl or .parquet file"

_COMPRESSIONS = frozenset({".gz", ".zst"})
_SHORT = {".tgz": (".tar", ".gz"), ".tzst": (".tar", ".zst")}
_COMPRESSED = (TEXTS | PAGES | TABLES | {".tar"}) - {".parquet"}  # Parquet is compressed inside
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Failure:
    """What went wrong with an input, and what to do. `line` counts from 1 (in a Parquet file, the rows).

    `lost` tells whether an article could not be read; otherwise it was, and this is what to know about it.
    """

    file: str
    line: int | None
    problem: str
    advice: str
    lost: bool = True

    def __str__(self) -> str:
        name = "standard input" if self.file == STDIN else self.file
        place = name if self.line is None else f"{name}: line {self.line}"
        return _printable(f"{place}: {self.problem}; {self.advice}")


class Input(NamedTuple):
    """A file to read and the folder it was found in, whose catalogue speaks of it too."""

    file: str
    root: Path


class Kind(NamedTuple):
    """What a file is by its name: the name without endings, the ending, and the ending of its compression or ''."""

    stem: str
    ending: str
    compression: str

    @property
    def is_read(self) -> bool:
        """Whether files of this kind are read when a folder holds them."""
        return self.ending in TEXTS | PAGES | TABLES | ARCHIVES


class Names:
    """A set of names that keeps 8 bytes of each: 16 to 32 bytes of memory a name, and 48 while it grows.

    Two of a million different names are taken for the same in one of thirty million such sets.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 << 10))
        self._count = 0

    def add(self, name: str) -> bool:
        """Whether the name is new."""
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if not self._place(int.from_bytes(digest) or 1):  # 0 marks a slot that is free
            return False
        self._count += 1
        if 2 * self._count > len(self._slots):
            before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
            for value in before:
                if value:
                    self._place(value)
        return True

    def _place(self, value: int) -> bool:
        slots, last = self._slots, len(self._slots) - 1
        slot = value & last
        while slots[slot]:
            if slots[slot] == value:
                return False
            slot = (slot + 1) & last
        slots[slot] = value
        return True


def kind_of(name: str) -> Kind:
    """What a file is by its name.

    >>> kind_of("news.2024.JSONL.gz")
    Kind(stem='news.2024', ending='.jsonl', compression='.gz')
    """
    path = Path(name)
    ending = path.suffix.lower()
    if ending in _SHORT:
        return Kind(path.stem, *_SHORT[ending])
    inner = Path(path.stem)
    if ending in _COMPRESSIONS and inner.suffix.lower() in _COMPRESSED:
        return Kind(inner.stem, inner.suffix.lower(), ending)
    return Kind(path.stem, ending, "")


def find(
    paths: Iterable[str | os.PathLike[str]], without: str | os.PathLike[str] | None
) -> Iterator[Input | Failure]:
    """The files of files, folders and patterns, each once; `without` is a file or folder that is left out."""
    seen = Names()
    left_out = None if without is None else os.path.realpath(without)
    for path in paths:
        for item in _find(os.fspath(path)):
            if isinstance(item, Failure):
                yield item
                continue
            real = STDIN if item.file == STDIN else os.path.realpath(item.file)
            if left_out is not None and (real == left_out or real.startswith(left_out + os.sep)):
                continue
            if seen.add(real):
                yield item
            else:
                yield Failure(clean(item.file), None, "is given twice", "it was read once", lost=False)


def clean(name: str) -> str:
    """A name that can be written to a file of UTF-8."""
    return replace_surrogates(name)[0]


def is_article(name: str) -> bool:
    """Whether a file of this name in a folder may be an article: hidden ones and a README are none."""
    return not name.startswith(".") and Path(name).stem.upper() != "README"


def of_other_kinds(place: str, skipped: Counter[str]) -> Iterator[Failure]:
    """What is to be said about files that were not read because of their kind."""
    if skipped:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(skipped.items()))
        yield Failure(place, None, f"holds files of other kinds ({kinds})", f"give {KINDS}", lost=False)


def _find(path: str) -> Iterator[Input | Failure]:
    if path == STDIN:
        yield Input(path, Path())
    elif os.path.isdir(path):  # noqa: PTH112  never raises, whatever the name
        yield from _walk(path)
    elif os.path.exists(path):  # noqa: PTH110  never raises
        yield Input(path, Path(path).parent)
    elif _MAGIC.search(path) and "\x00" not in path:
        yield from _match(path)
    else:
        yield Failure(clean(path), None, "does not exist", _suggestion(Path(path)))


def _match(pattern: str) -> Iterator[Input | Failure]:
    """What a pattern that no shell expanded stands for; a catalogue may lie where its fixed part ends."""
    places = Path(pattern).parts
    fixed = next(depth for depth, place in enumerate(places) if _MAGIC.search(place))
    root = Path(*places[:fixed])
    deep = "**" in places
    found = False
    for path in _in_order(glob.iglob(pattern, recursive=True)):  # noqa: PTH207  keeps paths as they were given
        if not os.path.isdir(path):  # noqa: PTH112  never raises
            found = True
            yield Input(path, root)
        elif not deep:  # ** names what lies inside by itself
            found = True
            yield from _walk(path)
    if not found:
        advice = "* stands for part of a name, ** for folders in folders; check the names"
        yield Failure(clean(pattern), None, "matches no file", advice)


def _walk(folder: str) -> Iterator[Input | Failure]:
    """Files of a folder and its folders in order; hidden ones, a README and codings are no articles."""
    refused: list[OSError] = []
    files: list[str] = []
    skipped: Counter[str] = Counter()
    only_catalogs = True
    for place, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = [name for name in folders if not name.startswith(".") and name != CODING]
        for name in filter(is_article, names):
            kind = kind_of(name)
            if kind.is_read:
                files.append(str(Path(place, name)))
                only_catalogs = only_catalogs and name in CATALOGS
            else:
                skipped[kind.ending or "no ending"] += 1
    for error in refused:
        place = clean(os.fsdecode(error.filename))
        yield Failure(place, None, f"cannot be read ({error.strerror})", "check its permissions")
    yield from of_other_kinds(clean(folder), skipped)
    if only_catalogs and not refused:
        yield Failure(clean(folder), None, "holds no article", f"put {KINDS} into it")
    yield from (Input(file, Path(folder)) for file in _in_order(files))


def _in_order(files: Iterable[str]) -> list[str]:
    """Sorted folder by folder: no name holds NUL, which goes before every other character."""
    return sorted(files, key=lambda file: file.replace(os.sep, "\x00"))


def _suggestion(path: Path) -> str:
    try:
        names = [sibling.name for sibling in path.parent.iterdir()]
    except (OSError, ValueError):
        return "check the name and the folder"
    stems = [Path(name).stem for name in names]  # the same ending makes no two names alike
    close = difflib.get_close_matches(path.stem, stems, 1)
    return f"did you mean {names[stems.index(close[0])]!r}?" if close else "check the name"


def _printable(message: str) -> str:
    """A message on one line, without characters that steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in message)
