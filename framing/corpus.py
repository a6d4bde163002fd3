"""Files, folders and tables in, articles out; what could not be read is named, never dropped in silence."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import chain
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote

from framing.archives import chunks, members, unpacked
from framing.catalogs import Catalogs, between, catalogued, entries_of, read_catalog
from framing.decoding import (
    Decoded,
    Stream,
    UnreadableError,
    broken,
    decode,
    decode_stream,
    replace_surrogates,
)
from framing.document import Document, make_document
from framing.front_matter import front_matter, plain_metadata
from framing.inputs import (
    ARCHIVES,
    CATALOGS,
    CODING,
    KINDS,
    PAGES,
    STDIN,
    TABLES,
    TEXTS,
    Failure,
    Input,
    Kind,
    Names,
    clean,
    find,
    is_article,
    kind_of,
    of_other_kinds,
)
from framing.tables import LARGEST, Row, csv_rows, json_rows, parquet_rows, require_column

__all__ = ["STDIN", "Failure", "load_corpus", "read", "stream_corpus"]

_KIND_OF_VALUE = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    bytes: "bytes",
}

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{1,30})", re.IGNORECASE)
_FEW_REPEATS = 16  # of an id, counted each time; of more it is kept how many there were
_PARTITION = re.compile(r"\w[\w .-]*=.*", re.DOTALL)
_UNKNOWN_PARTITION = "__HIVE_DEFAULT_PARTITION__"


class Article(NamedTuple):
    """What a document is made of; its metadata has `file` and, from a table, `line`."""

    text: str
    id: str
    meta: dict[str, Any]
    body_start: int = 0


def load_corpus(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    text_col: str = "text",
    id_col: str | None = None,
) -> tuple[list[Document], list[Failure]]:
    """Articles of files and folders, and what could not be read. Bad input never raises.

    A path is a text (.txt, .md, with or without front matter), a page (.html), a table (.csv, .tsv, .jsonl,
    .parquet: an article a row, its text in `text_col`, its id in `id_col` or in a column `id`, the other columns
    metadata), an archive of these (.tar, .zip), a folder of them, a pattern such as `news/2024-*.csv`, or `-` for
    standard input. Texts, tables and tar archives may be compressed (.gz, .zst); folders such as `outlet=bbc` are a
    column of the tables in them. A `catalog.csv` or `metadata.csv` beside texts gives
    them metadata by its column `file` (or `id`, the name without its ending); front matter goes before it.

    Documents keep the order given, folders are sorted. Offsets of a text count code points of the decoded file,
    those of a row its field, those of a page the extracted article.
    """
    documents: list[Document] = []
    failures: list[Failure] = []
    for item in stream_corpus(paths, text_col=text_col, id_col=id_col):
        if isinstance(item, Failure):
            failures.append(item)
        else:
            documents.append(item)
    return documents, failures


def stream_corpus(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    text_col: str = "text",
    id_col: str | None = None,
    without: str | os.PathLike[str] | None = None,
) -> Iterator[Document | Failure]:
    """What `load_corpus` gives, one by one as it is read, so that a large corpus need not fit into memory.

    Tables and archives are read piece by piece: memory holds one article, a few megabytes of its table, the names of
    the files of a folder and up to 48 bytes for the id of each article. A text of more than 32 MiB, or a row of as
    many characters, is no article.

    `without` is a file or folder that folders may hold and that is no article, such as where the results go to.
    """
    for item in stream_articles(paths, text_col=text_col, id_col=id_col, without=without):
        if isinstance(item, Failure):
            yield item
        else:
            yield document_of(item)


def stream_articles(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    text_col: str = "text",
    id_col: str | None = None,
    without: str | os.PathLike[str] | None = None,
) -> Iterator[Article | Failure]:
    """What `stream_corpus` gives before it is segmented by `document_of`, for those who do that elsewhere."""
    taken = Names()
    repeats: dict[str, int] = {}
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    for item in _read_all(given, text_col, id_col, without):
        if isinstance(item, Failure):
            yield item
            continue
        unique = _unique(item.id, taken, repeats)
        if unique != item.id:
            problem = f"the id {item.id!r} is taken by another article, this one became {unique!r}"
            advice = "give each article an id of its own"
            yield Failure(item.meta["file"], item.meta.get("line"), problem, advice, lost=False)
        yield item._replace(id=unique)


def document_of(article: Article) -> Document:
    """The document that an article is segmented into."""
    return make_document(article.text, article.id, body_start=article.body_start, **article.meta)


def read(path: str | os.PathLike[str]) -> Document:
    """The one article of a file. Raises `UnreadableError` when there is none, or more than one."""
    documents, failures = load_corpus(path)
    if len(documents) > 1:
        raise UnreadableError(f"{path}: holds {len(documents)} articles", "read them with load_corpus")
    if not documents:
        lost = next(failure for failure in failures if failure.lost)
        raise UnreadableError(f"{lost.file}: {lost.problem}", lost.advice)
    return documents[0]


# Reading one file -----------------------------------------------------------------------------------------------


def _read_all(
    paths: Iterable[str | os.PathLike[str]],
    text_col: str,
    id_col: str | None,
    without: str | os.PathLike[str] | None,
) -> Iterator[Article | Failure]:
    catalogs: Catalogs = {}
    for item in find(paths, without):
        if isinstance(item, Failure):
            yield item
            continue
        try:
            yield from _read(item, text_col, id_col, catalogs)
        except UnreadableError as error:
            yield Failure(clean(item.file), None, error.problem, error.advice)
        except OSError as error:
            advice = "check the name and its permissions"
            yield Failure(clean(item.file), None, f"cannot be read ({error.strerror})", advice)


def _read(item: Input, text_col: str, id_col: str | None, catalogs: Catalogs) -> Iterator[Article | Failure]:
    file, path = clean(item.file), Path(item.file)
    kind = kind_of(path.name)
    if item.file == STDIN:
        # A program started without standard input has none.
        yield from _read_text(file, "stdin", sys.stdin.buffer.read() if sys.stdin else b"", {})
    elif kind.ending in ARCHIVES:
        yield from _read_archive(file, path, kind, text_col, id_col)
    elif kind.ending in TABLES:
        with path.open("rb") as packed:
            table = unpacked(packed, kind.compression)
            yield from _read_table(file, path, kind, table, text_col, id_col)
    elif kind.ending in TEXTS | PAGES | {""}:
        folders = between(item.root, path.parent)
        for folder in folders:
            if folder not in catalogs:
                catalogs[folder], problem = read_catalog(folder)
                if problem:
                    yield problem
        meta = catalogued(path, kind, folders, catalogs)
        if kind.compression or path.stat().st_size > LARGEST:
            with path.open("rb") as packed:
                data, cut = _load(unpacked(packed, kind.compression))
        else:
            data, cut = path.read_bytes(), None
        yield from _read_article(file, kind, data, cut, meta)
    else:
        decode(path.read_bytes())  # knows better advice for what is no text
        raise UnreadableError(f"is of a kind that is not read ({kind.ending})", f"save it as {KINDS}")


def _read_archive(
    file: str, path: Path, kind: Kind, text_col: str, id_col: str | None
) -> Iterator[Article | Failure]:
    """What an archive holds, as if it was a folder."""
    catalogs: Catalogs = {}
    begun: set[PurePath] = set()  # folders of which something has been read
    skipped: Counter[str] = Counter()
    try:
        for member in members(path, kind.ending, kind.compression):
            inner = PurePosixPath(member.name)
            place, what = f"{file}/{member.name}", kind_of(inner.name)
            if isinstance(member.content, UnreadableError):
                yield Failure(place, None, member.content.problem, member.content.advice, lost=what.is_read)
            elif not is_article(inner.name) or any(
                part.startswith(".") or part == CODING for part in inner.parent.parts
            ):
                continue
            elif what.ending in ARCHIVES:
                yield Failure(
                    place, None, "is an archive inside an archive and was not read", "unpack it first"
                )
            elif what.is_read:
                try:
                    yield from _read_member(place, inner, member.content, text_col, id_col, catalogs, begun)
                except UnreadableError as error:
                    yield Failure(place, None, error.problem, error.advice)
            else:
                skipped[what.ending or "no ending"] += 1
    except UnreadableError as error:
        yield Failure(file, None, error.problem, f"what stands before was read; {error.advice}")
    else:
        if not begun:
            yield Failure(file, None, "holds no article", f"put {KINDS} into it")
    yield from of_other_kinds(file, skipped)


def _read_member(
    place: str,
    inner: PurePosixPath,
    content: BinaryIO,
    text_col: str,
    id_col: str | None,
    catalogs: Catalogs,
    begun: set[PurePath],
) -> Iterator[Article | Failure]:
    kind = kind_of(inner.name)
    content = unpacked(content, kind.compression)
    if inner.name in CATALOGS and inner.parent not in catalogs:
        data, _ = _load(content)
        catalogs[inner.parent], problem = entries_of(place, data)
        if problem:
            yield problem
        elif inner.parent in begun:
            advice = "pack it first; they were read without their metadata"
            yield Failure(place, None, "stands after articles it speaks of", advice, lost=False)
        content = BytesIO(data)
    else:
        begun.update(inner.parents)
    if kind.ending in TABLES:
        if kind.ending == ".parquet":  # read from its end, which a stream does not reach
            data, cut = _load(content)
            if cut:
                raise cut
            content = BytesIO(data)
        yield from _read_table(place, inner, kind, content, text_col, id_col)
    else:
        data, cut = _load(content)
        meta = catalogued(inner, kind, between(PurePosixPath(), inner.parent), catalogs)
        yield from _read_article(place, kind, data, cut, meta)


def _load(stream: BinaryIO) -> tuple[bytes, UnreadableError | None]:
    """What a stream holds that is small enough for an article, and why there is no more of it."""
    data = bytearray()
    try:
        for chunk in chunks(stream):
            data += chunk
            if len(data) > LARGEST:
                break
    except UnreadableError as error:
        if not data:
            raise
        return bytes(data), error
    if len(data) > LARGEST:
        problem = f"is larger than {LARGEST >> 20} MiB, as no article is"
        raise UnreadableError(problem, "give each article a file or a row of a table")
    return bytes(data), None


def _read_article(
    file: str, kind: Kind, data: bytes, cut: UnreadableError | None, meta: dict[str, Any]
) -> Iterator[Article | Failure]:
    reader = _read_page if kind.ending in PAGES else _read_text
    try:
        yield from reader(file, clean(kind.stem), data, meta)
    except UnreadableError as error:
        raise cut or error from None
    if cut:
        advice = f"the article was read as far as it goes; {cut.advice}"
        yield Failure(file, None, cut.problem, advice, lost=False)


def _read_text(file: str, name: str, data: bytes, meta: dict[str, Any]) -> Iterator[Article | Failure]:
    decoded = decode(data)
    above = front_matter(decoded.text)
    _require_article(decoded.text[above.body_start :])
    if above.problem:
        problem = f"the metadata above the article cannot be read ({above.problem})"
        advice = "the article was read without it; put values with a colon or a bracket in quotation marks"
        yield Failure(file, None, problem, advice, lost=False)
    yield from _notices(file, decoded.notices)
    meta |= above.meta
    id = str(meta.pop("id", name))
    yield Article(decoded.text, id, meta | {"file": file, "encoding": decoded.encoding}, above.body_start)


def _read_page(file: str, name: str, data: bytes, meta: dict[str, Any]) -> Iterator[Article | Failure]:
    try:
        import trafilatura  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UnreadableError(
            "is a web page", 'install the extra "framing[io]" or save the article as .txt'
        ) from error
    decoded = _decode_page(data)
    page: Any = trafilatura.bare_extraction(decoded.text, with_metadata=True, include_comments=False)
    text = replace_surrogates(page.text or "")[0] if page else ""
    if not any(character.isalnum() for character in text):
        raise UnreadableError("is a web page without an article", "copy the article into a .txt file")
    found = {
        "title": page.title,
        "author": page.author,
        "outlet": page.sitename,
        "date": page.date,
        "url": page.url,
    }
    meta = plain_metadata(found) | meta
    yield from _notices(file, decoded.notices)
    id = str(meta.pop("id", name))
    yield Article(text, id, meta | {"file": file, "encoding": decoded.encoding})


def _read_table(
    file: str, path: PurePath, kind: Kind, source: BinaryIO, text_col: str, id_col: str | None
) -> Iterator[Article | Failure]:
    if kind.ending == ".parquet":
        decoded = Stream(iter(()), "utf-8", [])
        columns, rows = parquet_rows(source)
    else:
        decoded = decode_stream(chunks(source))
        if kind.ending in (".jsonl", ".ndjson"):
            columns, rows = [], json_rows(decoded.texts)
        else:
            columns, rows = csv_rows(decoded.texts, text_col)
    if path.name in CATALOGS and text_col not in columns and {"file", "id"} & set(columns):
        return
    told = len(decoded.notices)
    yield from _notices(file, decoded.notices)
    columns, rows = _begin(columns, rows, {text_col, id_col} - {None})
    if columns:
        require_column(text_col, columns, "--text-col")
    if id_col is not None:
        require_column(id_col, columns, "--id-col")
    folders = [folder for folder in path.parts[:-1] if _PARTITION.fullmatch(folder)]
    partitions = plain_metadata(dict(map(_partition, folders)))
    name = clean("/".join([*folders, kind.stem]))
    line = 0
    try:
        for count, (line, row) in enumerate(rows, 1):
            place = {"file": file, "encoding": decoded.encoding, "line": line}
            yield from _read_row(row, f"{name}-{count}", partitions, place, text_col, id_col or "id")
    except UnreadableError as error:
        yield Failure(file, line, f"is the last that was read, for the file {error.problem}", error.advice)
    yield from _notices(file, decoded.notices[told:])


def _begin(
    columns: list[str], rows: Iterator[Row], wanted: set[str | None]
) -> tuple[list[str], Iterator[Row]]:
    """Columns of a table, and its rows anew; those of JSON lines are looked for until all that are wanted are known."""
    known = dict.fromkeys(columns)
    head: list[Row] = []
    size = 0
    for line, row in rows:
        head.append((line, row))
        if isinstance(row, dict) and not columns:
            known.update(dict.fromkeys(row))
            size += sum(len(value) for value in row.values() if isinstance(value, str))
        if columns or wanted <= known.keys() or size > LARGEST:
            break
    if not head:
        problem = "holds no article" + (", only the names of columns" if columns else "")
        raise UnreadableError(problem, "write a row for each article")
    return list(known), chain(head, rows)


def _read_row(
    row: dict[str, Any] | UnreadableError,
    name: str,
    partitions: dict[str, Any],
    place: dict[str, Any],
    text_col: str,
    id_col: str,
) -> Iterator[Article | Failure]:
    try:
        if isinstance(row, UnreadableError):
            raise row
        text, surrogates = article_text(row, text_col)
    except UnreadableError as error:
        yield Failure(place["file"], place["line"], error.problem, error.advice)
        return
    if surrogates:
        problem = f"holds {broken(surrogates)}, shown as \ufffd"
        yield Failure(place["file"], place["line"], problem, "write it anew as UTF-8", lost=False)
    meta = row_metadata(row, text_col, id_col)
    id = plain_metadata({"title": row.get(id_col)}).get("title")
    yield Article(text, id or name, partitions | meta | place)


def _partition(folder: str) -> tuple[str, str | None]:
    """The column that a folder such as outlet=bbc stands for."""
    name, _, value = folder.partition("=")
    return name, None if value == _UNKNOWN_PARTITION else unquote(value)


def row_metadata(row: Mapping[str, Any], text_col: str, id_col: str) -> dict[str, Any]:
    """The metadata in a row of a table; a column `id` beside that of the ids becomes `id_`."""
    meta = plain_metadata({name: value for name, value in row.items() if name not in {text_col, id_col}})
    if "id" in meta:
        meta["id_"] = meta.pop("id")
    return meta


def article_text(row: Mapping[str, Any], text_col: str) -> tuple[str, int]:
    """The article in a row of a table, and how many surrogates were replaced in it.

    Raises `UnreadableError` where there is none.
    """
    value = row.get(text_col)
    if value is None:
        raise UnreadableError(f"has nothing in {text_col!r}", "put the article there or leave the row out")
    if not isinstance(value, str):
        raise UnreadableError(
            f"has no text in {text_col!r}, but {_KIND_OF_VALUE.get(type(value), 'something else')}",
            "put the article there in quotation marks",
        )
    text, surrogates = replace_surrogates(value)
    _require_article(text)
    return text, surrogates


# Small helpers --------------------------------------------------------------------------------------------------


def _require_article(text: str) -> None:
    if "\x00" in text:
        raise UnreadableError("holds NUL bytes, which no text has", "save it anew as plain text in UTF-8")
    if not text.strip():
        raise UnreadableError("holds no article, only white space", "put an article into it or leave it out")
    if not any(character.isalnum() for character in text):
        raise UnreadableError("holds no words", "put an article into it or leave it out")


def _notices(file: str, notices: list[tuple[str, str]]) -> Iterator[Failure]:
    for problem, advice in notices:
        yield Failure(file, None, problem, advice, lost=False)


def _decode_page(data: bytes) -> Decoded:
    """A page says itself what it is written in; what it says is believed where it is not UTF-8."""
    declared = _CHARSET.search(data, 0, 4096)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            if declared:
                encoding = declared[1].decode("ascii").lower()
                return Decoded(data.decode(encoding), encoding, [])
        except (LookupError, ValueError):
            pass
    return decode(data)


def _unique(id: str, taken: Names, repeats: dict[str, int]) -> str:
    """The id, or the id with the first number from 2 on that is free; `repeats` has how far that went."""
    unique, count = id, repeats.get(id, 1)
    while not taken.add(unique):
        count += 1
        unique = f"{id}-{count}"
    if count > _FEW_REPEATS:
        repeats[id] = count
    return unique
