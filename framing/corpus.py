"""Files, folders and tables in, articles out; what could not be read is named, never dropped in silence."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from framing.decoding import Decoded, UnreadableError, broken, decode, replace_surrogates
from framing.document import Document, make_document
from framing.front_matter import front_matter, plain_metadata
from framing.tables import Rows, read_csv, read_json_lines, read_parquet, require_column

STDIN = "-"
CATALOGS = ("catalog.csv", "metadata.csv")
CODING = "coding"  # a folder of what people marked in the articles beside it
_TEXTS = frozenset({".txt", ".text", ".md", ".markdown"})
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"})
_KINDS = "a .txt, .md, .html, .csv, .jsonl or .parquet file"

_KIND_OF_VALUE = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    bytes: "bytes",
}

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{1,30})", re.IGNORECASE)


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


class _Input(NamedTuple):
    """A file to read and the folder it was found in, whose catalogue speaks of it too."""

    file: str
    root: Path


class Article(NamedTuple):
    """What a document is made of; `make_document` says more of the fields."""

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
    metadata), a folder of these, or `-` for standard input. A `catalog.csv` or `metadata.csv` beside texts gives
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

    `without` is a file that folders may hold and that is no article, such as the one the results go to.
    """
    for item in stream_articles(paths, text_col=text_col, id_col=id_col, without=without):
        if isinstance(item, Failure):
            yield item
        else:
            yield make_document(item.text, item.id, body_start=item.body_start, **item.meta)


def stream_articles(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    text_col: str = "text",
    id_col: str | None = None,
    without: str | os.PathLike[str] | None = None,
) -> Iterator[Article | Failure]:
    """What `stream_corpus` gives before it is segmented, for those who segment elsewhere."""
    ids: set[str] = set()
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    for item in _read_all(given, text_col, id_col, without):
        if isinstance(item, Failure):
            yield item
            continue
        unique = _unique(item.id, ids)
        if unique != item.id:
            problem = f"the id {item.id!r} is taken by another article, this one became {unique!r}"
            advice = "give each article an id of its own"
            yield Failure(item.meta["file"], item.meta.get("line"), problem, advice, lost=False)
        yield item._replace(id=unique)


def read(path: str | os.PathLike[str]) -> Document:
    """The one article of a file. Raises `UnreadableError` when there is none, or more than one."""
    documents, failures = load_corpus(path)
    if len(documents) > 1:
        raise UnreadableError(f"{path}: holds {len(documents)} articles", "read them with load_corpus")
    if not documents:
        lost = next(failure for failure in failures if failure.lost)
        raise UnreadableError(f"{lost.file}: {lost.problem}", lost.advice)
    return documents[0]


# Finding files --------------------------------------------------------------------------------------------------


def _read_all(
    paths: Iterable[str | os.PathLike[str]],
    text_col: str,
    id_col: str | None,
    without: str | os.PathLike[str] | None,
) -> Iterator[Article | Failure]:
    seen: set[str] = set()
    left_out = None if without is None else os.path.realpath(without)
    catalogs: dict[Path, dict[str, dict[str, Any]]] = {}
    for path in paths:
        for item in _find(os.fspath(path)):
            if isinstance(item, Failure):
                yield item
                continue
            real = STDIN if item.file == STDIN else os.path.realpath(item.file)
            if real == left_out:
                continue
            if real in seen:
                yield Failure(_clean(item.file), None, "is given twice", "it was read once", lost=False)
                continue
            seen.add(real)
            try:
                yield from _read(item, text_col, id_col, catalogs)
            except UnreadableError as error:
                yield Failure(_clean(item.file), None, error.problem, error.advice)
            except OSError as error:
                advice = "check the name and its permissions"
                yield Failure(_clean(item.file), None, f"cannot be read ({error.strerror})", advice)


def _find(path: str) -> Iterator[_Input | Failure]:
    if path == STDIN:
        yield _Input(path, Path())
    elif os.path.isdir(path):  # noqa: PTH112  never raises, whatever the name
        yield from _walk(path)
    elif os.path.exists(path):  # noqa: PTH110  never raises
        yield _Input(path, Path(path).parent)
    else:
        yield Failure(_clean(path), None, "does not exist", _suggestion(Path(path)))


def _walk(folder: str) -> Iterator[_Input | Failure]:
    """Files of a folder and its folders in order; hidden ones, a README and codings are no articles."""
    refused: list[OSError] = []
    files: list[Path] = []
    skipped: Counter[str] = Counter()
    for place, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = [name for name in folders if not name.startswith(".") and name != CODING]
        for name in names:
            kind = Path(name).suffix.lower()
            if name.startswith(".") or Path(name).stem.upper() == "README":
                continue
            if kind in _TEXTS | _PAGES | _TABLES:
                files.append(Path(place, name))
            else:
                skipped[kind or "no ending"] += 1
    for error in refused:
        place = _clean(os.fsdecode(error.filename))
        yield Failure(place, None, f"cannot be read ({error.strerror})", "check its permissions")
    if skipped:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(skipped.items()))
        yield Failure(
            _clean(folder), None, f"holds files of other kinds ({kinds})", f"give {_KINDS}", lost=False
        )
    if all(file.name in CATALOGS for file in files) and not refused:
        yield Failure(_clean(folder), None, "holds no article", f"put {_KINDS} into it")
    yield from (_Input(str(file), Path(folder)) for file in sorted(files, key=lambda file: file.parts))


def _suggestion(path: Path) -> str:
    try:
        names = [sibling.name for sibling in path.parent.iterdir()]
    except (OSError, ValueError):
        return "check the name and the folder"
    stems = [Path(name).stem for name in names]  # the same ending makes no two names alike
    close = difflib.get_close_matches(path.stem, stems, 1)
    return f"did you mean {names[stems.index(close[0])]!r}?" if close else "check the name"


# Reading one file -----------------------------------------------------------------------------------------------


def _read(
    item: _Input, text_col: str, id_col: str | None, catalogs: dict[Path, dict[str, dict[str, Any]]]
) -> Iterator[Article | Failure]:
    file, path = _clean(item.file), Path(item.file)
    kind = path.suffix.lower()
    if item.file == STDIN:
        # A program started without standard input has none.
        yield from _read_text(file, "stdin", sys.stdin.buffer.read() if sys.stdin else b"", {})
    elif kind in _TABLES:
        yield from _read_table(file, path, text_col, id_col)
    elif kind in _TEXTS | _PAGES | {""}:
        meta: dict[str, Any] = {}
        for folder in _between(item.root, path.parent):
            if folder not in catalogs:
                catalogs[folder], problem = _read_catalog(folder)
                if problem:
                    yield problem
            name = path.relative_to(folder)
            entries = catalogs[folder]
            meta |= entries.get(name.as_posix()) or entries.get(str(name.with_suffix(""))) or {}
        reader = _read_page if kind in _PAGES else _read_text
        yield from reader(file, _clean(path.stem), path.read_bytes(), meta)
    else:
        decode(path.read_bytes())  # knows better advice for what is no text
        raise UnreadableError(f"is of a kind that is not read ({kind})", f"save it as {_KINDS}")


def _read_text(file: str, name: str, data: bytes, meta: dict[str, Any]) -> Iterator[Article | Failure]:
    decoded = decode(data)
    above = front_matter(decoded.text)
    _require_article(decoded.text[above.body_start :])
    if above.problem:
        problem = f"the metadata above the article cannot be read ({above.problem})"
        advice = "the article was read without it; put values with a colon or a bracket in quotation marks"
        yield Failure(file, None, problem, advice, lost=False)
    yield from _notices(file, decoded)
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
    yield from _notices(file, decoded)
    id = str(meta.pop("id", name))
    yield Article(text, id, meta | {"file": file, "encoding": decoded.encoding})


def _read_table(file: str, path: Path, text_col: str, id_col: str | None) -> Iterator[Article | Failure]:
    data = path.read_bytes()
    kind = path.suffix.lower()
    decoded = Decoded("", "utf-8", []) if kind == ".parquet" else decode(data)
    table = _rows(kind, data, decoded, text_col)
    if path.name in CATALOGS and text_col not in table.columns and {"file", "id"} & set(table.columns):
        return
    yield from _notices(file, decoded)
    if not table.rows:
        problem = "holds no article" + (", only the names of columns" if table.columns else "")
        raise UnreadableError(problem, "write a row for each article")
    if table.columns:
        require_column(text_col, table.columns, "--text-col")
    if id_col is not None:
        require_column(id_col, table.columns, "--id-col")
    elif "id" in table.columns:
        id_col = "id"
    for count, (line, row) in enumerate(table.rows, 1):
        try:
            if isinstance(row, UnreadableError):
                raise row
            text, surrogates = article_text(row, text_col)
        except UnreadableError as error:
            yield Failure(file, line, error.problem, error.advice)
            continue
        if surrogates:
            yield Failure(
                file,
                line,
                f"holds {broken(surrogates)}, shown as \ufffd",
                "write it anew as UTF-8",
                lost=False,
            )
        meta = plain_metadata({name: value for name, value in row.items() if name not in {text_col, id_col}})
        id = plain_metadata({"title": row.get(id_col)}).get("title") if id_col else None
        place = {"file": file, "encoding": decoded.encoding, "line": line}
        yield Article(text, id or f"{_clean(path.stem)}-{count}", meta | place)


def _rows(kind: str, data: bytes, decoded: Decoded, text_col: str) -> Rows:
    if kind == ".parquet":
        return read_parquet(data)
    if kind in (".jsonl", ".ndjson"):
        return read_json_lines(decoded.text)
    return read_csv(decoded.text, text_col)


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


# Catalogues -----------------------------------------------------------------------------------------------------


def _between(root: Path, folder: Path) -> list[Path]:
    """The folders from root down to folder, both included."""
    inner = folder.relative_to(root).parts
    return [root.joinpath(*inner[:depth]) for depth in range(len(inner) + 1)]


def _read_catalog(folder: Path) -> tuple[dict[str, dict[str, Any]], Failure | None]:
    """Metadata by file name or id, and what is wrong with the catalogue."""
    path = next((folder / name for name in CATALOGS if (folder / name).is_file()), None)
    if path is None:
        return {}, None
    try:
        table = read_csv(decode(path.read_bytes()).text, "file")
    except (UnreadableError, OSError) as error:
        problem = (
            error.problem if isinstance(error, UnreadableError) else f"cannot be read ({error.strerror})"
        )
        advice = "the articles were read without their metadata"
        return {}, Failure(_clean(str(path)), None, problem, advice, lost=False)
    key = "file" if "file" in table.columns else "id"
    entries: dict[str, dict[str, Any]] = {}
    broken: Failure | None = None
    for line, row in table.rows:
        if isinstance(row, UnreadableError):
            broken = Failure(_clean(str(path)), line, row.problem, row.advice, lost=False)
        elif row.get(key):
            entries[row[key].strip()] = plain_metadata({name: row[name] for name in row if name != "file"})
    return entries, broken


# Small helpers --------------------------------------------------------------------------------------------------


def _require_article(text: str) -> None:
    if "\x00" in text:
        raise UnreadableError("holds NUL bytes, which no text has", "save it anew as plain text in UTF-8")
    if not text.strip():
        raise UnreadableError("holds no article, only white space", "put an article into it or leave it out")
    if not any(character.isalnum() for character in text):
        raise UnreadableError("holds no words", "put an article into it or leave it out")


def _notices(file: str, decoded: Decoded) -> Iterator[Failure]:
    for problem, advice in decoded.notices:
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


def _unique(id: str, taken: set[str]) -> str:
    unique, count = id, 1
    while unique in taken:
        count += 1
        unique = f"{id}-{count}"
    taken.add(unique)
    return unique


def _clean(name: str) -> str:
    return replace_surrogates(name)[0]


def _printable(message: str) -> str:
    """A message on one line, without characters that steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in message)
