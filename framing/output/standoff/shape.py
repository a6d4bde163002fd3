"""The one shape of all formats: marks in a text, and links from a piece of evidence to its further spans."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from framing.analysis import Analysis, Evidence, load_dimensions
from framing.corpus import Failure
from framing.decoding import UnreadableError, decode, replace_surrogates
from framing.document import Document, make_document
from framing.front_matter import front_matter


class Loaded(NamedTuple):
    """A document read from standoff annotations, its evidence in the order of the file, and what to know about it."""

    document: Document
    evidence: list[Evidence]
    problems: list[Failure]


@dataclass
class Mark:
    """A span with a label. With a `role` it is a further span of the evidence that links to it.

    `weight` is None where the format gives none. `fields` are those of the dimension, the spans taken out: None where one is
    missing, an empty list where several may be. `place` is where the mark stands in its file: a line, or an id in words.
    """

    id: str
    start: int
    end: int
    label: str = ""
    dimension: str = ""
    voice: str = ""
    actor: str | None = None
    source_actor: str | None = None
    weight: float | None = None
    why: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    role: str = ""
    place: int | str = ""


class Link(NamedTuple):
    """From the id of a mark to that of another, and as what: "content", "source"."""

    source: str
    target: str
    role: str


@dataclass
class Standoff:
    """A text with marks and links, and what is known about the article."""

    id: str
    text: str
    meta: Mapping[str, Any]
    sha256: str = ""
    marks: list[Mark] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


# Out ----------------------------------------------------------------------------------------------------------------

_ABOUT_THE_FILE = frozenset({"file", "encoding", "line"})


def taken_apart(analysis: Analysis) -> Standoff:
    """The evidence of an analysis as marks, its further spans as marks with a role, and the links between them."""
    document = analysis.document
    meta = {
        key: value
        for key, value in document.meta.items()
        if key not in _ABOUT_THE_FILE and isinstance(value, (str, int, float))
    }
    result = Standoff(document.id, document.text, meta, document.sha256)
    for number, item in enumerate(analysis.evidence, 1):
        id = f"e{number}"
        fields, parts = _fields_and_parts(item.extra)
        result.marks.append(
            Mark(
                id, item.start, item.end, item.label, item.dimension, item.voice, item.actor, item.source_actor,
                item.weight, item.why, fields,
            )
        )  # fmt: skip
        for place, (role, span) in enumerate(parts, 1):
            part = Mark(f"{id}.{place}", span[0], span[1], role, role=role)
            part.weight = span[2] if len(span) == 3 else None
            result.marks.append(part)
            result.links.append(Link(id, part.id, role))
    return result


def _fields_and_parts(extra: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Sequence[Any]]]]:
    fields: dict[str, Any] = {}
    parts: list[tuple[str, Sequence[Any]]] = []
    for role, value in extra.items():
        if _is_span(value):
            fields[role] = None
            parts.append((role, value))
        elif isinstance(value, (list, tuple)) and value and all(map(_is_span, value)):
            fields[role] = []
            parts += [(role, span) for span in value]
        else:
            fields[role] = value
    return fields, parts


def _is_span(value: Any) -> bool:
    """Whether a value is [start, end] or [start, end, weight]."""
    return (
        isinstance(value, (list, tuple))
        and len(value) in (2, 3)
        and all(type(number) is int for number in value[:2])
        and value[0] < value[1]
        and (len(value) == 2 or isinstance(value[2], (int, float)))
    )


_SURROGATE = re.compile("[\ud800-\udfff]")


def as_json(value: Any) -> str:
    """A value as JSON in Unicode; lone surrogates stay escaped, so that the file is valid UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def write_text(path: Path, text: str) -> Path:
    """Write a text in UTF-8, its line ends as they are, and return the path; a lone surrogate becomes U+FFFD."""
    path.write_bytes(replace_surrogates(text)[0].encode())
    return path


# What no system's file names may hold, and the sign that stands for them.
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*%\x7f]|^\.|[. ]$')
_LONGEST_NAME = 180  # bytes; systems allow 255, endings included


class Names:
    """File names for ids, each given once; `id_of` turns them back.

    >>> names = Names()
    >>> names("a/b"), names("A/b"), id_of("a%2Fb")
    ('a%2Fb', 'A%2Fb-2', 'a/b')
    """

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def __call__(self, id: str) -> str:
        """The name, without an ending."""
        name = _name(id)
        key = name.casefold()
        self._taken[key] += 1
        return name if self._taken[key] == 1 else f"{name}-{self._taken[key]}"


def _name(id: str) -> str:
    name = _UNSAFE.sub(lambda match: "".join(f"%{ord(character):02X}" for character in match.group()), id)
    name = _SURROGATE.sub(lambda match: quote(match.group(), errors="surrogatepass"), name) or "_"
    if len(name.encode()) > _LONGEST_NAME:
        start = name.encode()[: _LONGEST_NAME - 20].decode(errors="ignore")
        return f"{start}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return name


def id_of(name: str) -> str:
    """The id that a file was named after, or the name itself where it was not made here."""
    id = unquote(name, errors="surrogatepass")
    return id if _name(id) == name else name


# In -----------------------------------------------------------------------------------------------------------------


def split_label(name: str) -> tuple[str, str]:
    """Dimension and label of a name such as "hedging_epistemic"; a name from elsewhere is all label.

    >>> split_label("hedging_epistemic"), split_label("Person")
    (('hedging', 'epistemic'), ('', 'Person'))
    """
    dimension, _, label = name.partition("_")
    return (dimension, label) if label and dimension in load_dimensions() else ("", name)


def joined_label(mark: Mark) -> str:
    """Dimension and label in one name: what a mark is called where a format has but one."""
    return f"{mark.dimension}_{mark.label}" if mark.dimension and not mark.role else mark.label


def put_together(standoff: Standoff, file: Path, problems: list[Failure]) -> Loaded:
    """The document and the evidence; spans outside the text and links to nothing are named in `problems` and left out."""
    text = standoff.text
    if (
        standoff.sha256
        and hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != standoff.sha256
    ):
        problems.append(
            problem(file, None, "the text is not the one that was annotated", "look at where the spans lie")
        )
    marks: dict[str, Mark] = {}
    for mark in standoff.marks:
        if not 0 <= mark.start < mark.end <= len(text):
            what = f"the span {mark.start}–{mark.end} of '{mark.label}' is not in the text of {len(text)} characters"
            problems.append(problem(file, mark.place, what, "it was left out"))
        elif mark.id in marks:
            problems.append(
                problem(file, mark.place, f"the id '{mark.id}' is given twice", "the second was left out")
            )
        else:
            marks[mark.id] = mark
    outside = {mark.id for mark in standoff.marks} - set(marks)
    parts: set[str] = set()
    for link in standoff.links:
        source, target = marks.get(link.source), marks.get(link.target)
        if source is None or target is None:
            if not {link.source, link.target} & outside:  # what was left out has been named
                what = f"'{link.role}' links '{link.source}' to '{link.target}', one of which is missing"
                problems.append(problem(file, None, what, "the link was left out"))
            continue
        span = (
            [target.start, target.end] if target.weight is None else [target.start, target.end, target.weight]
        )
        if not target.role:
            span = span[:2]
        elif target.role == link.role:
            parts.add(target.id)
        _add(source.fields, link.role, span)
    above = front_matter(text)
    meta = {
        key: value for key, value in (above.meta | dict(standoff.meta)).items() if key not in ("id", "text")
    }
    document = make_document(
        text, standoff.id, body_start=above.body_start, **(_plain_names(meta) | {"file": str(file)})
    )
    evidence = [_evidence(mark) for id, mark in marks.items() if id not in parts]
    return Loaded(document, evidence, sorted(problems, key=lambda item: (item.line is None, item.line or 0)))


def _plain_names(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in meta.items() if key != "body_start"}


def _add(fields: dict[str, Any], role: str, span: list[Any]) -> None:
    """Put a span where the field has a place for it: alone, or beside others."""
    if role in fields and fields[role] is None:
        fields[role] = span
    elif isinstance(fields.get(role), list) and not _is_span(fields[role]):
        fields[role].append(span)
    elif role in fields and _is_span(fields[role]):
        fields[role] = [fields[role], span]
    else:
        fields[role if role not in fields else f"{role}_"] = [span]


def _evidence(mark: Mark) -> Evidence:
    weight = 1.0 if mark.weight is None else mark.weight
    return Evidence(
        mark.dimension, mark.label, mark.start, mark.end, weight, mark.actor, mark.voice, mark.source_actor,
        mark.why, mark.fields,
    )  # fmt: skip


# Reading, with everything that may be wrong ---------------------------------------------------------------------------


def problem(file: Path, place: int | str | None, what: str, advice: str) -> Failure:
    """Something to know about a file that was read, at a line or at what has an id."""
    if isinstance(place, int):
        return Failure(str(file), place, what, advice, lost=False)
    return Failure(str(file), None, f"{place}: {what}" if place else what, advice, lost=False)


def named(file: Path, what: str, advice: str) -> Loaded:
    """What is loaded of a file that cannot be read: nothing, and why."""
    return Loaded(
        make_document("", id_of(file.stem), file=str(file)), [], [Failure(str(file), None, what, advice)]
    )


BOM = "\ufeff"


def read_text(path: Path, fits: Callable[[str], int]) -> str:
    """The text that annotations are about. A byte-order mark is part of it where more of them fit so: some tools count it."""
    data = path.read_bytes()
    text = decode(data).text if data else ""
    if data.startswith(BOM.encode()) and fits(BOM + text) > fits(text):
        return BOM + text
    return text


def read_json(file: Path) -> Any:
    """A parsed file. Raises `UnreadableError` with the line where it is no JSON."""
    try:
        return json.loads(decode(file.read_bytes()).text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"is no JSON (line {error.lineno}: {error.msg})", "export it anew") from error
    except RecursionError as error:
        raise UnreadableError("is nested too deep", "export it anew") from error


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a value that may be one, a list of them, or neither."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def json_object(value: Any) -> dict[str, Any] | None:
    """The object that a text holds as JSON, as it was written here; None where somebody wrote something else."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_offset(value: Any) -> bool:
    """Whether a value read from a file can be an offset."""
    return type(value) is int


def number(value: Any) -> float | None:
    """A number read from a file, None where it is none."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def text_or_none(value: Any) -> str | None:
    """A text read from a file, None where there is none."""
    return value if isinstance(value, str) and value else None


def same_words(one: str, other: str) -> bool:
    """Whether two quotes are the same but for white space."""
    return one.split() == other.split()


def short(text: str) -> str:
    """A text short enough for a message."""
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[:_SHORT]}…"


_SHORT = 40


def known(values: Iterable[str | None]) -> list[str]:
    """The different values there are, in order."""
    return sorted({value for value in values if value})
