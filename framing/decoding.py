"""From bytes to text: what is no text is refused with advice, and what is not UTF-8 is recognised and named.

UTF-8 is tried first and strictly. Nothing is translated: line ends stay, and a byte-order mark is the only thing
that is not part of the text, so offsets are those of the file opened with the encoding reported here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

# How files begin that are often taken for text, what they are, and what to do about it.
_SIGNATURES = (
    (b"PK\x03\x04", "is a zip archive or an office document", "open it and save the article as .txt"),
    (b"PK\x05\x06", "is an empty zip archive", "give the article itself"),
    (b"%PDF-", "is a PDF", "copy the article into a .txt file"),
    (b"{\\rtf", "is a rich-text document", "open it and save the article as .txt"),
    (b"\xd0\xcf\x11\xe0", "is an old office document", "open it and save the article as .txt"),
    (b"\x89PNG", "is a picture", "type or recognise its text into a .txt file"),
    (b"\xff\xd8\xff", "is a picture", "type or recognise its text into a .txt file"),
    (b"GIF8", "is a picture", "type or recognise its text into a .txt file"),
    (b"\x1f\x8b", "is compressed with gzip", "unpack it first"),
    (b"PAR1", "is a Parquet table", "rename it to .parquet"),
)
# The longer mark first: UTF-32's begins like UTF-16's.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What English news that is not UTF-8 is written in. With every code page to choose from, a detector takes the few
# accented letters of such a text for Polish or Vietnamese as readily and turns £ into Ł.
_LIKELY = ["cp1252", "mac_roman", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
_SAMPLE = 1 << 16  # bytes shown to the detector, from shortly before the first that is not ASCII
_HEAD = (
    1 << 23
)  # bytes of a table: a smaller one is decoded as a whole, a larger one by what these are written in
_BINARY_SHARE = 0.02  # share of control characters above which a file is no text ...
_STRAY = 4  # ... beyond a few, which any file may hold

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_ASCII_BYTE = re.compile(rb"[^\x01-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ENCODED_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_REPLACEMENT = "\ufffd"


class UnreadableError(ValueError):
    """An input cannot be read as an article: what is wrong, and what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}; {advice}")
        self.problem = problem
        self.advice = advice


class Stream(NamedTuple):
    """A text piece by piece, its encoding, and what `Decoded` says of it.

    What a large file holds beyond its beginning is known when the texts have been read: then notices are added.
    """

    texts: Iterator[str]
    encoding: str
    notices: list[tuple[str, str]]


class Decoded(NamedTuple):
    """A text, its encoding, and what a reader should know about how it was read, as (problem, advice) pairs."""

    text: str
    encoding: str
    notices: list[tuple[str, str]]


def decode(data: bytes) -> Decoded:
    """Text of a file. Characters that cannot stand in UTF-8 become U+FFFD one by one, so offsets hold.

    Raises `UnreadableError` for an empty or binary file and for an encoding that is not recognised.
    """
    if not data:
        raise UnreadableError("is empty", "put an article into it or leave it out")
    for magic, problem, advice in _SIGNATURES:
        if data.startswith(magic):
            raise UnreadableError(problem, advice)
    text, encoding = _decode(data)
    controls = len(_CONTROL.findall(text))
    if controls > _STRAY + _BINARY_SHARE * len(text):
        raise UnreadableError("is binary, not text", "save the article as plain text in UTF-8")
    notices = []
    if encoding not in ("utf-8", "utf-8-sig"):
        notices.append((f"is not UTF-8 and was read as {encoding}", "check é, £ and ’, or save it as UTF-8"))
    controls -= text.count("\x00")  # NUL is refused where it stands
    text, _ = replace_surrogates(text)
    notices += _blemishes(controls, text.count(_REPLACEMENT))
    return Decoded(text, encoding, notices)


def decode_stream(chunks: Iterator[bytes]) -> Stream:
    """Text of a file that is read in chunks, in bounded memory; see `decode`, which small files go through.

    What the first 8 MiB are written in, all is taken to be. An `UnreadableError` of the chunks is raised by the texts,
    after what could be read.
    """
    head: list[bytes] = []
    size = 0
    cut = None
    try:
        while size < _HEAD:
            head.append(next(chunks))
            size += len(head[-1])
    except StopIteration:
        whole = decode(b"".join(head))
        return Stream(iter([whole.text]), whole.encoding, whole.notices)
    except UnreadableError as error:
        if not head:
            raise
        cut = error
    start = b"".join(head)
    # A character may be cut in two at the end, but no line is.
    begun = decode(start[: start.rfind(b"\n") + 1] or start)
    notices = [(problem, advice) for problem, advice in begun.notices if problem.startswith("is not")]
    texts = _texts(chain([start], filter(None, chunks)), cut, begun.encoding, notices)
    return Stream(texts, begun.encoding, notices)


def _texts(
    chunks: Iterator[bytes], cut: UnreadableError | None, encoding: str, notices: list[tuple[str, str]]
) -> Iterator[str]:
    errors = "framing-surrogates" if encoding.startswith("utf-8") else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    controls = damaged = 0
    try:
        for chunk in chain(chunks, [b""]):
            if cut and not chunk:
                raise cut
            text, _ = replace_surrogates(decoder.decode(chunk, final=not chunk))
            controls += len(_CONTROL.findall(text)) - text.count("\x00")
            damaged += text.count(_REPLACEMENT)
            yield text
    finally:
        notices += _blemishes(controls, damaged)


def _one_for_a_surrogate(error: UnicodeError) -> tuple[str, int]:
    """U+FFFD for what cannot be decoded, one for the three bytes of a surrogate, as `decode` has it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    surrogate = _ENCODED_SURROGATE.match(error.object, error.start)
    return _REPLACEMENT, surrogate.end() if surrogate else error.end


codecs.register_error("framing-surrogates", _one_for_a_surrogate)


def replace_surrogates(text: str) -> tuple[str, int]:
    r"""The text with each lone surrogate, which no file can hold, replaced by U+FFFD, and how many there were.

    >>> replace_surrogates("lost \ud83d half")
    ('lost � half', 1)
    """
    return _SURROGATE.subn(_REPLACEMENT, text)


def broken(count: int) -> str:
    """How many characters are broken, in words."""
    return f"{count} broken character{'' if count == 1 else 's'}"


def _blemishes(controls: int, damaged: int) -> Iterator[tuple[str, str]]:
    if controls:
        yield "holds control characters, which were kept", "remove them"
    if damaged:
        yield f"holds {broken(damaged)}, shown as {_REPLACEMENT}", "save it anew as UTF-8"


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    # Plain UTF-16 and UTF-32 are full of NULs, and that is valid UTF-8.
    if 10 * data.count(b"\x00") < len(data):
        try:
            # Some programs write lone surrogates, which strict UTF-8 has no place for.
            return data.decode("utf-8", "surrogatepass"), "utf-8"
        except UnicodeDecodeError:
            text = data.decode("utf-8", "replace")
            if 2 * text.count(_REPLACEMENT) <= len(_NOT_ASCII.findall(text)):
                return text, "utf-8"
    guess = _detect(data)
    if guess is None:
        problem = "is no text, or in an encoding that is not recognised"
        raise UnreadableError(problem, "save the article as plain text in UTF-8")
    return data.decode(guess, "replace"), guess


def _detect(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    first = _NOT_ASCII_BYTE.search(data)
    # An even start keeps the halves of two-byte characters together.
    start = max(0, first.start() - _SAMPLE // 8) // 4 * 4 if first else 0
    sample = data[start : start + _SAMPLE]
    best = from_bytes(sample, cp_isolation=_LIKELY).best() or from_bytes(sample).best()
    return best.encoding.replace("_", "-") if best else None
