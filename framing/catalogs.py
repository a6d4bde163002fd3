"""Metadata of texts, from a table that lies beside them."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any, TypeVar

from framing.decoding import UnreadableError, decode
from framing.front_matter import plain_metadata
from framing.inputs import CATALOGS, Failure, Kind, clean
from framing.tables import read_csv

Catalogs = dict[PurePath, dict[str, dict[str, Any]]]  # by folder, by name of the file in it
Folder = TypeVar("Folder", bound=PurePath)


def between(root: Folder, folder: Folder) -> list[Folder]:
    """The folders from root down to folder, both included."""
    inner = folder.relative_to(root).parts
    return [root.joinpath(*inner[:depth]) for depth in range(len(inner) + 1)]


def catalogued(path: Folder, kind: Kind, folders: list[Folder], catalogs: Catalogs) -> dict[str, Any]:
    """What the catalogues of the folders say of a file."""
    meta: dict[str, Any] = {}
    for folder in folders:
        name, entries = path.relative_to(folder), catalogs.get(folder, {})
        meta |= entries.get(name.as_posix()) or entries.get(str(name.parent / kind.stem)) or {}
    return meta


def read_catalog(folder: Path) -> tuple[dict[str, dict[str, Any]], Failure | None]:
    """Metadata by file name or id, and what is wrong with the catalogue."""
    path = next((folder / name for name in CATALOGS if (folder / name).is_file()), None)
    if path is None:
        return {}, None
    try:
        return entries_of(clean(str(path)), path.read_bytes())
    except OSError as error:
        return {}, _without_metadata(clean(str(path)), f"cannot be read ({error.strerror})")


def entries_of(file: str, data: bytes) -> tuple[dict[str, dict[str, Any]], Failure | None]:
    """Metadata by file name or id that the bytes of a catalogue hold, and what is wrong with it."""
    try:
        table = read_csv(decode(data).text, "file")
    except UnreadableError as error:
        return {}, _without_metadata(file, error.problem)
    key = "file" if "file" in table.columns else "id"
    entries: dict[str, dict[str, Any]] = {}
    broken: Failure | None = None
    for line, row in table.rows:
        if isinstance(row, UnreadableError):
            broken = Failure(file, line, row.problem, row.advice, lost=False)
        elif row.get(key):
            entries[row[key].strip()] = plain_metadata({name: row[name] for name in row if name != "file"})
    return entries, broken


def _without_metadata(file: str, problem: str) -> Failure:
    return Failure(file, None, problem, "the articles were read without their metadata", lost=False)
