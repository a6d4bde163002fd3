"""What lies packed: compressed streams, and the members of tar and zip archives, read without writing anything.

An archive may be made to harm. Names that lead out of it, links and devices are refused, what unpacks to far more than
it weighs is stopped, and what is damaged is named; the members before it are read all the same.
"""

from __future__ import annotations

import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, NamedTuple, Self

from framing.decoding import UnreadableError, replace_surrogates
from framing.inputs import CATALOGS

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 20  # bytes read at once
_RATIO = 200  # times its packed size that something may unpack to; text gets 3 to 10 times smaller ...
_SMALL = 1 << 26  # ... and this many bytes are unpacked whatever they were
_HEADER = 1 << 20  # bytes of a long name in a tar archive
_LONG_HEADERS = frozenset({
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
})  # fmt: skip
_OUTSIDE = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)")
_ENCRYPTED = 1  # a bit of a zip member's flags
_FAULTS = (
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class Member(NamedTuple):
    """A file in an archive: its name there, its size in bytes, and what it holds, or why that is not read.

    What it holds can be read until the next member is asked for.
    """

    name: str
    size: int
    content: BinaryIO | UnreadableError


class Unpacked(io.RawIOBase):
    """A stream that unpacks another as it is read; damage and explosions raise `UnreadableError`."""

    def __init__(self, stream: BinaryIO, packed: Callable[[], int]) -> None:
        """`packed` tells how many packed bytes have been read so far."""
        self._stream = stream
        self._packed = packed
        self._size = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Bytes that have been read."""
        return self._size

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Some bytes, as few as can be had at once, so that none is lost where damage follows."""
        view = memoryview(buffer).cast("B")
        read = getattr(self._stream, "read1", self._stream.read)
        try:
            data = read(len(view))
        except UnreadableError:
            raise
        except _FAULTS as error:
            raise _damaged() from error
        self._size += len(data)
        check_ratio(self._size, self._packed())
        view[: len(data)] = data
        return len(data)


def unpacked(packed: BinaryIO, compression: str) -> BinaryIO:
    """What a stream holds that is compressed with `.gz` or `.zst`; a stream without compression as it is."""
    if not compression:
        return packed
    if compression == ".gz":
        stream: BinaryIO = gzip.GzipFile(fileobj=packed)  # type: ignore[assignment]
    else:
        import pyarrow as pa  # noqa: PLC0415  only those who have such a file wait for it

        stream = pa.CompressedInputStream(packed, "zstd")
    return Unpacked(stream, packed.tell)  # type: ignore[return-value]


def check_ratio(size: int, packed: int) -> None:
    """Raise `UnreadableError` where `packed` bytes explode to `size`."""
    if size > max(_SMALL, _RATIO * packed):
        problem = f"unpacks to more than {_RATIO} times its size, as no text does"
        raise UnreadableError(problem, "leave it out, or unpack it where you trust it")


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """What a stream holds, by a megabyte or less."""
    read = getattr(stream, "read1", stream.read)
    while data := read(CHUNK):
        yield data


def members(path: Path, ending: str, compression: str) -> Iterator[Member]:
    """The files of a `.tar` or `.zip` archive in its order, but a zip archive's catalogues before all.

    Raises `UnreadableError` from where the archive is damaged.
    """
    with path.open("rb") as packed:
        try:
            if ending == ".zip":
                yield from _zip_members(packed, path.stat().st_size)
            else:
                yield from _tar_members(unpacked(packed, compression))
        except UnreadableError:
            raise
        except _FAULTS as error:
            raise _damaged() from error


def _zip_members(packed: BinaryIO, weight: int) -> Iterator[Member]:
    total = 0
    with zipfile.ZipFile(packed) as archive:
        for info in sorted(archive.infolist(), key=lambda info: Path(info.filename).name not in CATALOGS):
            if info.is_dir():
                continue
            name, size = _name(info.filename), info.file_size
            try:
                _check(name, info.external_attr >> 16, info.flag_bits)
                check_ratio(size, info.compress_size)
                content = archive.open(info)
            except UnreadableError as error:
                yield Member(name, size, error)
                continue
            except NotImplementedError as error:
                yield Member(name, size, UnreadableError(f"cannot be unpacked ({error})", "pack it anew"))
                continue
            except _FAULTS:
                yield Member(name, size, _damaged())
                continue
            total += size  # members may share their bytes
            check_ratio(total, weight)
            with content:
                yield Member(name, size, _guarded(content, size))


def _tar_members(stream: BinaryIO) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
        while info := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep them all
            if info.isdir():
                continue
            if info.issparse():  # how much it weighs cannot be told
                raise _damaged()
            linked = info.issym() or info.islnk()
            content = None if linked else archive.extractfile(info)
            name = _name(info.name)
            try:
                _check(name)
                if content is None or not info.isreg():
                    raise _refused("is a link or a device")
                yield Member(name, info.size, _guarded(content, info.size))
            except UnreadableError as error:
                yield Member(name, info.size, error)
            while content and content.read(CHUNK):  # an end that comes too early is told only here
                pass


class _Header(tarfile.TarInfo):
    """What stands above a member; tarfile takes a damaged one for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not buf or buf.strip(b"\0"):
                raise tarfile.ReadError("no end mark, or none that is a header") from error
            raise
        if header.size < 0 or (header.type in _LONG_HEADERS and header.size > _HEADER):
            raise tarfile.ReadError("a header that is no header")
        return header


def _guarded(content: IO[bytes], size: int) -> BinaryIO:
    return Unpacked(content, lambda: size)  # type: ignore[return-value, arg-type]


def _name(name: str) -> str:
    return replace_surrogates(name.replace("\\", "/").removeprefix("./"))[0]


def _check(name: str, mode: int = 0, flags: int = 0) -> None:
    if stat.S_ISLNK(mode):
        raise _refused("is a link or a device")
    if _OUTSIDE.match(name):
        raise _refused("has a name that leads out of the archive")
    if flags & _ENCRYPTED:
        raise UnreadableError("is encrypted", "unpack the archive with its password")


def _refused(problem: str) -> UnreadableError:
    return UnreadableError(f"{problem} and was not read", "pack the file itself")


def _damaged() -> UnreadableError:
    return UnreadableError("is damaged or cut off", "copy or download it anew")
