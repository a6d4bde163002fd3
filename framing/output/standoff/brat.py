"""brat standoff: a text and a file of annotations of the same name (Stenetorp et al. 2012; brat.nlplab.org/standoff.html).

Offsets count code points of the text file, a byte-order mark included. A span may not hold a line end, so that one that does
is written as a discontinuous one, and read as one again. The type of a span is dimension and label ("hedging_epistemic") or
the role of a further span, which a relation of the same name joins to its evidence; `voice`, `actor` and `source_actor` are
attributes; weight, reason and the other fields stand in the note. `annotation.conf` tells brat which of these there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from framing.analysis import Analysis
from framing.corpus import Failure
from framing.decoding import UnreadableError, decode
from framing.output.standoff.shape import (
    Link,
    Loaded,
    Mark,
    Names,
    Standoff,
    as_json,
    id_of,
    joined_label,
    json_object,
    known,
    number,
    problem,
    put_together,
    read_text,
    same_words,
    short,
    split_label,
    taken_apart,
    text_or_none,
    write_text,
)
from framing.voice import VOICES

_ATTRIBUTES = ("voice", "actor", "source_actor")
_NOTE = frozenset({"weight", "why", "fields", "label", "span"})
_NO_TYPE = re.compile(r"[^\w-]", re.ASCII)
_BREAK = re.compile(r"[\t\r\n]")
_LINE_END = re.compile(r"[\r\n]+")

Fragments = list[tuple[int, int]]


def write(analyses: Iterable[Analysis], folder: Path) -> list[Path]:
    """Two files for each article, and the configuration of brat; in the order written."""
    names, files, marks = Names(), list[Path](), list[Mark]()
    for analysis in analyses:
        standoff = taken_apart(analysis)
        name = names(standoff.id)
        files.append(write_text(folder / f"{name}.txt", standoff.text))
        lines = "".join(f"{line}\n" for line in _lines(standoff))
        files.append(write_text(folder / f"{name}.ann", lines))
        marks += standoff.marks
    files.append(write_text(folder / "annotation.conf", _configuration(marks)))
    return files


def _lines(standoff: Standoff) -> Iterator[str]:
    numbers = {mark.id: f"T{number}" for number, mark in enumerate(standoff.marks, 1)}
    attributes = 0
    for note, mark in enumerate(standoff.marks, 1):
        id = numbers[mark.id]
        fragments = _fragments(standoff.text, mark.start, mark.end)
        spans = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(standoff.text[start:end] for start, end in fragments)
        words = _BREAK.sub(" ", words)
        yield f"{id}\t{_type(joined_label(mark))} {spans}\t{words}"
        for attribute in _ATTRIBUTES:
            value = getattr(mark, attribute)
            if value:
                attributes += 1
                yield f"A{attributes}\t{attribute} {id} {_type(value)}"
        more = _note(mark, fragments)
        if more:
            yield f"#{note}\tAnnotatorNotes {id}\t{as_json(more)}"
    for place, link in enumerate(standoff.links, 1):
        yield f"R{place}\t{_type(link.role)} Arg1:{numbers[link.source]} Arg2:{numbers[link.target]}"


def _note(mark: Mark, fragments: Fragments) -> dict[str, Any]:
    """What only a note can say."""
    note: dict[str, Any] = {}
    if mark.weight is not None:
        note["weight"] = mark.weight
    if not mark.role:
        note |= {"why": mark.why, "fields": mark.fields}
    if _type(joined_label(mark)) != joined_label(mark):
        note["label"] = joined_label(mark)
    if (fragments[0][0], fragments[-1][1]) != (mark.start, mark.end):
        note["span"] = [mark.start, mark.end]
    return note


def _fragments(text: str, start: int, end: int) -> Fragments:
    """The pieces of a span between line ends; those of white space alone are left out."""
    fragments = []
    for match in _LINE_END.finditer(text, start, end):
        fragments.append((start, match.start()))
        start = match.end()
    fragments.append((start, end))
    return [(one, other) for one, other in fragments if text[one:other].strip()] or [(start, end)]


def _type(name: str) -> str:
    """A name as brat allows it: letters, digits, underscore, hyphen."""
    return _NO_TYPE.sub("_", name) or "_"


def _configuration(marks: Iterable[Mark]) -> str:
    marks = list(marks)
    types = known(_type(joined_label(mark)) for mark in marks)
    roles = known(_type(mark.role) for mark in marks if mark.role)
    values = {
        "voice": list(VOICES),
        "actor": known(mark.actor for mark in marks),
        "source_actor": known(mark.source_actor for mark in marks),
    }
    lines = ["[entities]", *types, "", "[relations]"]
    lines += ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
    lines += [f"{role}\tArg1:<ENTITY>, Arg2:<ENTITY>" for role in roles]
    lines += ["", "[events]", "", "[attributes]"]
    lines += [f"{name}\tArg:<ENTITY>, Value:{'|'.join(some)}" for name, some in values.items() if some]
    return "\n".join(lines) + "\n"


# In -----------------------------------------------------------------------------------------------------------------


def read(file: Path) -> list[Loaded]:
    """The article of an .ann file and the .txt beside it. Raises `UnreadableError` where the text is missing."""
    place = file.with_suffix(".txt")
    if not place.is_file():
        raise UnreadableError(f"has no text '{place.name}' beside it", "put the annotated text there")
    lines = decode(file.read_bytes()).text.split("\n") if file.stat().st_size else []
    text = read_text(place, lambda text: _fits(text, lines))
    problems: list[Failure] = []
    standoff = _Reader(file, text, problems).read(lines)
    return [put_together(standoff, file, problems)]


def _fits(text: str, lines: Iterable[str]) -> int:
    """How many spans have the words that the file says they have."""
    return sum(
        same_words(words, _words(text, fragments))
        for match in map(_SPAN.fullmatch, lines)
        if match
        for fragments, words in [(_spans(match[3]), match[4] or "")]
    )


def _spans(cell: str) -> Fragments:
    pairs = (pair.split(" ") for pair in cell.split(";"))
    return [(int(start), int(end)) for start, end in pairs]


def _words(text: str, fragments: Fragments) -> str:
    return " ".join(text[start:end] for start, end in fragments)


_SPAN = re.compile(r"(T\S*)\t(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)(?:\t(.*?))?\r?", re.DOTALL)
_ATTRIBUTE = re.compile(r"[AM]\S*\t(\S+) (\S+)(?: (.+))?")
_RELATION = re.compile(r"R\S*\t(\S+) \S+?:(\S+) \S+?:(\S+)")
_EVENT = re.compile(r"(E\S*)\t(\S+?):(\S+)((?: \S+?:\S+)*) ?")
_REMARK = re.compile(r"#\S*\t(\S+) (\S+)\t?(.*)")


class _Reader:
    """One file of annotations: marks first, since attributes and relations may stand before them."""

    def __init__(self, file: Path, text: str, problems: list[Failure]) -> None:
        self._file = file
        self._text = text
        self._problems = problems
        self._marks: dict[str, Mark] = {}
        self._skipped: set[str] = set()
        self._events: dict[str, str] = {}
        self._standoff = Standoff(id_of(file.stem), text, {})

    def read(self, lines: Iterable[str]) -> Standoff:
        """All lines; each that cannot be read is named."""
        steps: dict[str, tuple[int, Callable[[int, str], bool]]] = {
            "T": (0, self._span), "E": (1, self._event), "A": (2, self._attribute), "M": (2, self._attribute),
            "R": (2, self._relation), "#": (2, self._remark),
        }  # fmt: skip
        filled = [(place, line.rstrip("\r")) for place, line in enumerate(lines, 1) if line.strip()]
        for turn in range(3):
            for place, line in filled:
                when, step = steps.get(line[0], (0, None))
                if when == turn and (step is None or not step(place, line)):
                    what = (
                        "is a line that is not read" if step is None else "is not written as brat writes it"
                    )
                    self._say(place, f"'{short(line)}' {what}", "it was left out")
        return self._standoff

    def _say(self, place: int, what: str, advice: str) -> None:
        self._problems.append(problem(self._file, place, what, advice))

    def _span(self, place: int, line: str) -> bool:
        match = _SPAN.fullmatch(line)
        if not match:
            return False
        id, name, cell, words = match.groups()
        fragments = _spans(cell)
        if words is not None and not same_words(words, _words(self._text, fragments)):
            found = short(_words(self._text, fragments))
            self._say(place, f"the words there are '{found}', not '{short(words)}'", "it was left out")
            self._skipped.add(id)
            return True
        dimension, label = split_label(name)
        mark = Mark(id, fragments[0][0], fragments[-1][1], label, dimension, place=place)
        if not self._is_whole(fragments):
            mark.fields["spans"] = [list(fragment) for fragment in fragments]
            mark.start, mark.end = min(fragments)[0], max(end for _, end in fragments)
        self._standoff.marks.append(mark)
        self._marks.setdefault(id, mark)
        return True

    def _is_whole(self, fragments: Fragments) -> bool:
        """Whether only line ends part the fragments."""
        gaps = [self._text[end:start] for (_, end), (start, _) in pairwise(fragments)]
        return all(not gap.strip() and _LINE_END.search(gap) for gap in gaps)

    def _event(self, place: int, line: str) -> bool:
        match = _EVENT.fullmatch(line)
        if not match:
            return False
        id, name, trigger, arguments = match.groups()
        self._events[id] = trigger
        mark = self._marks.get(trigger)
        if mark is None:
            return self._missing(place, trigger)
        mark.dimension, mark.label = split_label(name)
        for argument in arguments.split():
            role, _, target = argument.partition(":")
            self._link(trigger, target, role)
        return True

    def _relation(self, place: int, line: str) -> bool:
        match = _RELATION.match(line)
        if not match:
            return False
        role, source, target = match.groups()
        for id in (source, target):
            if self._id(id) not in self._marks:
                return self._missing(place, id)
        self._link(source, target, role)
        return True

    def _link(self, source: str, target: str, role: str) -> None:
        source, target = self._id(source), self._id(target)
        mark = self._marks.get(target)
        if mark is not None and mark.label == role and not mark.dimension:
            mark.role = role
        self._standoff.links.append(Link(source, target, role))

    def _attribute(self, place: int, line: str) -> bool:
        match = _ATTRIBUTE.fullmatch(line)
        if not match:
            return False
        name, id, value = match.groups()
        mark = self._marks.get(self._id(id))
        if mark is None:
            return self._missing(place, id)
        if name in _ATTRIBUTES and value:
            setattr(mark, name, value)
        else:
            mark.fields[name] = True if value is None else value
        return True

    def _remark(self, place: int, line: str) -> bool:
        match = _REMARK.fullmatch(line)
        if not match:
            return False
        _, id, words = match.groups()
        mark = self._marks.get(self._id(id))
        if mark is None:
            return self._missing(place, id)
        note = _parsed(words)
        if note is None:
            mark.why = words
            return True
        mark.weight = number(note.get("weight"))
        mark.why = text_or_none(note.get("why")) or ""
        fields = note.get("fields")
        mark.fields = (fields if isinstance(fields, dict) else {}) | mark.fields
        label, span = note.get("label"), note.get("span")
        if isinstance(label, str) and _type(label) == _type(joined_label(mark)):
            mark.dimension, mark.label = split_label(label)
        if isinstance(span, list) and len(span) == 2 and all(type(offset) is int for offset in span):
            fragments = _fragments(self._text, *span)
            if (fragments[0][0], fragments[-1][1]) == (mark.start, mark.end):
                mark.start, mark.end = span
        return True

    def _id(self, id: str) -> str:
        return self._events.get(id, id)

    def _missing(self, place: int, id: str) -> bool:
        if self._id(id) not in self._skipped:  # what was left out has been named
            self._say(place, f"there is no '{id}' to which the line belongs", "the line was left out")
        return True


def _parsed(words: str) -> dict[str, Any] | None:
    """A note that was written here; None for one that somebody wrote."""
    note = json_object(words) if words.startswith("{") else None
    return note if note and note.keys() <= _NOTE else None
