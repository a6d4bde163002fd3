"""A folder of results: Parquet parts that are whole or not there, and a manifest that says what they hold.

A part is written beside its place, flushed to the disk, and moved there, so that a run may end at any moment. What it was
made from stands in its own metadata. Nothing in a folder tells when, where or by how many processes it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from framing.data import DataError
from framing.engines.rows import SCHEMA_VERSION, Settings, signature

_LOCKS = os.name == "posix"  # elsewhere two runs in one folder are not told apart
if _LOCKS:
    import fcntl

KIND = "framing_results"
MANIFEST = "_manifest.json"  # the underscore: what reads a folder of Parquet files passes over it
_KEY = b"framing"
_TEMPORARY = ".tmp"


class Part(NamedTuple):
    """What a part says of itself; `fingerprint` is that of the articles it was made from."""

    number: int
    first: int
    articles: int
    failures: int
    words: int
    fingerprint: str


def part_path(folder: Path, number: int) -> Path:
    """Where a part lies."""
    return folder / f"part-{number:06}.parquet"


def write_part(folder: Path, part: Part, batch: pa.RecordBatch) -> None:
    """Write a part; once it is there, it is whole."""
    schema = batch.schema.with_metadata({_KEY: json.dumps(part._asdict(), sort_keys=True)})
    table = pa.Table.from_batches([batch]).replace_schema_metadata(schema.metadata)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(part_path(folder, part.number), sink.getvalue())


def read_part(folder: Path, number: int) -> Part | None:
    """What the part of a number says of itself, None where there is none. Raises `DataError` when it is no part."""
    path = part_path(folder, number)
    if not path.exists():
        return None
    try:
        metadata = pq.read_metadata(path).metadata or {}
        return Part(**json.loads(metadata[_KEY]))
    except (OSError, KeyError, ValueError, TypeError, pa.ArrowException) as error:
        raise DataError(
            f"{path}: is damaged or was not written by framing; delete it and run the command again"
        ) from error


def opening(settings: Settings) -> dict[str, Any]:
    """The manifest of a run that has begun."""
    return {
        KIND: SCHEMA_VERSION,
        "signature": signature(settings),
        "settings": settings._asdict(),
        "complete": False,
    }


def closing(folder: Path, settings: Settings, parts: Sequence[Part]) -> dict[str, Any]:
    """The manifest of a run that is done."""
    whole = hashlib.sha256("".join(part.fingerprint for part in parts).encode())
    files = [part_path(folder, part.number) for part in parts]
    return {
        **opening(settings),
        "complete": True,
        "articles": sum(part.articles for part in parts),
        "failures": sum(part.failures for part in parts),
        "words": sum(part.words for part in parts),
        "input": whole.hexdigest(),
        "parts": [
            {"file": file.name, "articles": part.articles, "failures": part.failures, "sha256": _digest(file)}
            for file, part in zip(files, parts, strict=True)
        ],
    }


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder."""
    write_whole(folder / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder of results, None where it is no such folder. Raises `DataError` for one of another version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    if not isinstance(manifest, dict) or KIND not in manifest:
        return None
    if manifest[KIND] != SCHEMA_VERSION:
        raise DataError(
            f"{folder}: was written in form {manifest[KIND]} of results, and this version of framing reads "
            f"{SCHEMA_VERSION}; score the articles again into another folder"
        )
    return manifest


def prepare(folder: Path, settings: Settings) -> None:
    """Make the folder, or see whether a run in it can go on. Raises `DataError` where it cannot; nothing is touched then."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder)
    if manifest is None:
        if any(not _is_temporary(path) for path in folder.iterdir()):
            raise DataError(f"{folder}: holds other files; name a new or an empty folder")
        write_manifest(folder, opening(settings))
    else:
        wanted = json.loads(json.dumps(opening(settings)))
        for group in ("signature", "settings"):
            for name, value in wanted[group].items():
                found = manifest.get(group, {}).get(name)
                if found != value:
                    raise DataError(
                        f"{folder}: holds results with {name} {_shown(found)}, not {_shown(value)}; "
                        "name another folder, or delete this one"
                    )
    for path in folder.iterdir():
        if _is_temporary(path):
            path.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No second run writes into the folder meanwhile. Raises `DataError` when one does already."""
    if not _LOCKS:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(
                f"{folder}: another run is writing here; wait for it or name another folder"
            ) from None
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes | pa.Buffer) -> None:
    """Write a file so that it is there with all of its content or not at all, also after a power cut."""
    beside = path.with_name(f".{path.name}{_TEMPORARY}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if _LOCKS:
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_temporary(path: Path) -> bool:
    return path.name.startswith(".") and path.name.endswith(_TEMPORARY)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shown(value: Any) -> str:
    if value is None:
        return "all"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
