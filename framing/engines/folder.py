"""A folder of results on the disk: parts of Parquet and the manifest beside them, each there as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from framing.engines.rows import OF_INPUT, SCHEMA, SCHEMA_VERSION, Settings, signature

if sys.platform != "win32":
    import fcntl

MANIFEST = "_manifest.json"  # the underscore: what reads a folder of Parquet files passes over it
KIND = "framing_results"
_LOCK = ".lock"
_HALF = ".tmp"  # ends the name of a file until it is whole
_ABOUT = b"framing"


class ResultsError(ValueError):
    """A folder of results cannot be used or written; the message says what to do."""


class Part(NamedTuple):
    """What is known of a part of the results: the articles in it and those that failed, with their rows."""

    articles: int
    words: int
    failures: list[dict[str, Any]]
    fingerprint: str


def about(settings: Settings, chunk: int | None = None) -> dict[str, Any]:
    """What the parts of one folder have in common, as manifest and parts have it; `chunk` where all have as many articles."""
    common = {KIND: SCHEMA_VERSION, "signature": signature(settings), "settings": settings.to_dict()}
    return common if chunk is None else common | {"chunk": chunk}


def part_name(number: int) -> str:
    """The file of a part.

    >>> part_name(12)
    'part-000012.parquet'
    """
    return f"part-{number:06}.parquet"


# Opening --------------------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, common: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder for one run; it is made if need be. What a run that was killed left half written is removed.

    Raises `ResultsError` when the folder cannot be made, is in use, or holds anything but results like `common`; then
    nothing in it is touched.
    """
    _check(folder, common)
    made = not folder.exists()
    with saving(folder):
        folder.mkdir(exist_ok=True)
        lock = _locked(folder)
    try:
        _check(folder, common)
        with saving(folder):
            for half in folder.glob(f"*{_HALF}"):
                half.unlink()
        yield
    finally:
        with suppress(OSError):
            (folder / _LOCK).unlink()
        lock.close()
        if made:
            with suppress(OSError):
                folder.rmdir()  # only if nothing came of it


def _check(folder: Path, common: Mapping[str, Any]) -> None:
    elsewhere = "choose another folder with -o, or delete this one"
    try:
        names = set(os.listdir(folder))  # noqa: PTH208  never more than names
    except FileNotFoundError:
        return
    except NotADirectoryError as error:
        raise ResultsError(
            f"{folder}: is a file; results of many articles go to a folder, name one"
        ) from error
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be read ({error.strerror}); {elsewhere}") from error
    if all(name == _LOCK or name.endswith(_HALF) for name in names):
        return
    found = read_manifest(folder)
    if found.get(KIND) is None:
        raise ResultsError(
            f"{folder}: holds other files than results; choose another folder with -o, or an empty one"
        )
    for key in (KIND, "chunk", *common["signature"], *common["settings"]):
        then, now = (_value(which, key) for which in (found, common))
        if then != now:
            name = {KIND: "form", "framing": "version"}.get(key, key)
            raise ResultsError(
                f"{folder}: holds results of other settings: {name} was {_shown(then)} and is now {_shown(now)}; {elsewhere}"
            )


def _value(manifest: Mapping[str, Any], key: str) -> Any:
    for place in (manifest, manifest.get("signature") or {}, manifest.get("settings") or {}):
        if key in place:
            return place[key]
    return None


def _shown(value: Any) -> str:
    if value is None:
        return "not given"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _locked(folder: Path) -> IO[str]:
    """The open file whose lock this run holds. The lock ends with the process, however that ends."""
    path = folder / _LOCK
    while True:
        file = path.open("a+", encoding="ascii")
        if sys.platform == "win32":
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            process = file.read().strip()
            file.close()
            which = f" (process {process})" if process else ""
            raise ResultsError(
                f"{folder}: another run{which} is writing to it; wait for its end, or choose another folder with -o"
            ) from error
        except OSError:  # a file system without locks
            return file
        with suppress(FileNotFoundError):
            if _is_at(file, path):
                file.truncate(0)
                file.write(str(os.getpid()))
                file.flush()
                return file
        file.close()  # the run that held it has just removed it


def _is_at(file: IO[str], path: Path) -> bool:
    return os.path.samestat(os.fstat(file.fileno()), path.stat())


# Writing --------------------------------------------------------------------------------------------------------


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """An error of the disk says what to do: whatever is whole stays, and the same command goes on from there."""
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"{path}: cannot be written ({error.strerror}); see to the folder, its permissions and the free space, "
            "then give the same command again, which goes on with what is missing"
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, whenever the machine stops."""
    half = path.with_name(path.name + _HALF)
    with saving(path):
        try:
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError:
            with suppress(OSError):
                half.unlink()
            raise
        _settle(path.parent)


def _settle(folder: Path) -> None:
    """Have the disk know the names in a folder; where folders cannot be opened, the system sees to it."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest, unless it is there already."""
    content = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    path = folder / MANIFEST
    if not path.is_file() or path.read_bytes() != content:
        write_whole(path, content)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest; empty where there is none that can be read."""
    try:
        return load_manifest(folder)
    except (OSError, ValueError):
        return {}


def load_manifest(folder: Path) -> dict[str, Any]:
    """The manifest; empty where there is none. Raises `OSError` or `ValueError` for one that cannot be read."""
    if not (folder / MANIFEST).is_file():
        return {}
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return manifest if isinstance(manifest, dict) else {}


def write_part(
    folder: Path,
    number: int,
    batches: Sequence[pa.RecordBatch],
    common: Mapping[str, Any],
    first: int,
    fingerprint: str,
) -> None:
    """Write the rows of a part. The same rows are the same bytes, however they were cut into batches."""
    told = dict(common) | {"first": first, "fingerprint": fingerprint}
    table = pa.Table.from_batches(batches, SCHEMA).combine_chunks()
    table = table.replace_schema_metadata({_ABOUT: json.dumps(told, ensure_ascii=False).encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=True)
    write_whole(folder / part_name(number), sink.getvalue())


# Reading --------------------------------------------------------------------------------------------------------


def fingerprint_of(inputs: Sequence[Mapping[str, Any]]) -> str:
    """A digest of articles as they came in: id, text, metadata, and what could not be read."""
    digest = hashlib.sha256()
    for known in inputs:
        digest.update(json.dumps(known, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def read_part(folder: Path, number: int, common: Mapping[str, Any], first: int) -> Part | None:
    """What is in a part, None where it is missing, damaged or from elsewhere, so that it has to be made anew."""
    path = folder / part_name(number)
    try:
        with pq.ParquetFile(path) as file:
            told = json.loads((file.schema_arrow.metadata or {})[_ABOUT])
            if any(told[key] != value for key, value in common.items()) or told["first"] != first:
                return None
            table = file.read(columns=["id", "file", "line", "words", "problem", "advice"])
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
    return part_of([table], told["fingerprint"])


def part_of(rows: Sequence[pa.Table | pa.RecordBatch], fingerprint: str) -> Part:
    """What rows, as they are to be written or were read, tell of their part."""
    words = [count for some in rows for count in some["words"].to_pylist()]
    columns = ["id", "file", "line", "problem", "advice"]
    failures = [
        row
        for some in rows
        if some["problem"].null_count < len(some)
        for row in some.select(columns).to_pylist()
        if row["problem"] is not None
    ]
    return Part(len(words), sum(count or 0 for count in words), failures, fingerprint)


def difference(folder: Path, number: int, first: int, inputs: Sequence[Mapping[str, Any]]) -> str | None:
    """How articles differ from those that a part was made of, in words; None where they only go on after them."""
    path = folder / part_name(number)
    stored = pq.read_table(path, columns=list(OF_INPUT)).to_pylist()
    for count, (then, now) in enumerate(zip(stored, inputs, strict=False), first + 1):
        if then["sha256"] is not None:  # whatever else there is to say came up when it was scored
            then |= {"problem": None, "advice": None}
        if then == now:
            continue
        before, after = _called(then), _called(now)
        if before != after:
            return f"article {count} was {before} and is now {after}"
        if then["sha256"] != now["sha256"]:
            return f"article {count}, {after}, has another text"
        return f"article {count}, {after}, has other metadata"
    if len(stored) > len(inputs):
        return f"it ends after {first + len(inputs):,} articles, before {_called(stored[len(inputs)])}"
    return None


def _called(known: Mapping[str, Any]) -> str:
    place = known["file"] if known["line"] is None else f"{known['file']}: line {known['line']}"
    return repr(known["id"]) if known["id"] is not None else str(place)


def sha256_of(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
