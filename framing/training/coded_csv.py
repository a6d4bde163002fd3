"""A researcher's own coded texts as CSV, read into the items that each task has for its published corpus.

The columns are `text,start,end,label`, a row for each coded span; `start` and `end` are half-open code points of the
text, as in Python's `text[start:end]`. Rows with the same text are one item. A row with nothing in `start`, `end` and
`label` is a text in which nothing is coded, which is as good to know. An optional `id` names the item; an optional
`attribution` joins the spans of one attribution, which otherwise each stand for one of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.decoding import UnreadableError, decode
from framing.document import Span
from framing.tables import read_csv, unknown, whole_number
from framing.training.attribution import ROLES, Article, Coded
from framing.training.hedging import Cue, MarkedSentence
from framing.training.loaded import CodedSentence
from framing.training.stance import NAMES, SIGNS, RatedMention
from framing.training.task import CorpusError

COLUMNS = ("text", "start", "end", "label")
HEDGES = ("epistemic", "doxastic", "condition", "approximator", "hearsay", "weasel")
UNTYPED = "hedge"  # a hedge whose type was not coded

_BABE = "label_bias"  # the column by which a file of BABE is told
_LAYOUT = f"give a CSV with the columns {','.join(COLUMNS)}"
_POLARITY = re.compile(r"[-−]?[01](\.0+)?")
_POLARITIES = SIGNS | {str(sign): sign for sign in NAMES}


class CodedSpan(NamedTuple):
    """A coded span of a text, its label, which attribution it belongs to (its line when that is not coded)."""

    start: int
    end: int
    label: str
    attribution: str


class CodedText(NamedTuple):
    """A text with all that was coded in it."""

    id: str
    text: str
    spans: list[CodedSpan]


def is_coded_csv(task: str, path: Path) -> bool:
    """Is this file to be read as coded texts? Every `.csv` is, except a file of BABE for the task it belongs to."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    if task != "loaded":
        return True
    with path.open("rb") as opened:
        columns = opened.readline().decode("utf-8-sig", "replace").strip().split(";")
    return _BABE not in [column.strip(' "') for column in columns]


def read(task: str, path: Path) -> list[Any]:
    """The items of a task. Raises `CorpusError` that names file, line, what is wrong and what to do."""
    if task not in _READERS:
        raise CorpusError(
            f"{path}: is CSV, which the task {task} does not read; "
            f"give its own layout, or choose from {', '.join(_READERS)}"
        )
    choices, make = _READERS[task]
    return make(_texts(path, choices))


def _texts(path: Path, choices: Sequence[str]) -> list[CodedText]:
    try:
        data = path.read_bytes()
        decoded = decode(data)
        if decoded.encoding not in {"utf-8", "utf-8-sig"} or "\ufffd" in decoded.text:
            raise CorpusError(
                f"{path}: is not UTF-8 (it looks like {decoded.encoding}); save it as UTF-8, "
                "so that start and end count the same characters everywhere"
            )
        table = read_csv(decoded.text, "text")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); {_LAYOUT}") from error
    except UnreadableError as error:
        raise CorpusError(f"{path}: {error.problem}; {_LAYOUT}") from error
    columns = [column.lower() for column in table.columns]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        found = ", ".join(filter(None, table.columns)) or "none"
        raise CorpusError(
            f"{path}: lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
            f"(found: {found}); {_LAYOUT}{'' if choices else f', or a file of BABE with {_BABE}'}"
        )
    texts: dict[tuple[str, str], CodedText] = {}
    for line, cells in table.rows:
        if isinstance(cells, UnreadableError):
            raise CorpusError(f"{path}:{line}: {cells}")
        row = {name.lower(): cell for name, cell in cells.items()}
        if not any(cell.strip() for cell in row.values()):
            continue
        try:
            text, span = row.get("text", ""), _span(line, row, choices)
        except ValueError as error:
            raise CorpusError(f"{path}:{line}: {error}") from error
        id = row.get("id", "").strip()
        item = texts.setdefault((id, text), CodedText(id or f"{path.stem}#{line}", text, []))
        if span:
            item.spans.append(span)
    return _checked(path, list(texts.values()))


def _checked(path: Path, texts: list[CodedText]) -> list[CodedText]:
    if not texts:
        raise CorpusError(f"{path}: has a header and no rows; {_LAYOUT} and a row for each coded span")
    seen: set[str] = set()
    for item in texts:
        if item.id in seen:
            raise CorpusError(
                f"{path}: the id '{item.id}' has two different texts; give each text an id of its own"
            )
        seen.add(item.id)
    return texts


def _span(line: int, row: Mapping[str, str], choices: Sequence[str]) -> CodedSpan | None:
    """The coded span of a row, None where nothing is coded. Raises `ValueError` that says what is wrong."""
    text = row.get("text", "")
    start, end, label = (row.get(column, "").strip() for column in COLUMNS[1:])
    if not text.strip():
        raise ValueError("has no text; repeat the text in every row of its spans")
    if not (start or end or label):
        return None
    if not (start and end):
        absent = " and ".join(name for name, cell in (("start", start), ("end", end)) if not cell)
        given = ", ".join(
            f"{name} {cell}" for name, cell in zip(COLUMNS[1:], (start, end, label), strict=True) if cell
        )
        raise ValueError(f"has {given} but no {absent}; give both, or leave all empty where nothing is coded")
    first = whole_number(start, "start", "characters of the text")
    last = whole_number(end, "end", "characters of the text")
    if not first < last <= len(text):
        raise ValueError(
            f"start {first} and end {last} mark nothing in a text of {len(text)} characters; "
            "give half-open offsets counted from 0, as in text[start:end]"
        )
    return CodedSpan(
        first, last, _label(label, choices), row.get("attribution", "").strip() or f"line {line}"
    )


def _label(label: str, choices: Sequence[str]) -> str:
    """The label as the task calls it; any where the task gives no choice."""
    if _POLARITY.fullmatch(label):
        label = label.replace("−", "-").partition(".")[0]
    if not choices or label.lower() in choices:
        return label.lower()
    if not label:
        raise ValueError(f"has start and end but no label; give one of {', '.join(choices)}")
    raise unknown("label", label, choices)


def _mentions(texts: Sequence[CodedText]) -> list[RatedMention]:
    """An item for each rated mention; a text without one has nothing to compare."""
    return [
        RatedMention(
            item.id if len(item.spans) == 1 else f"{item.id}:{number}",
            item.text,
            span.start,
            span.end,
            _POLARITIES[span.label],
        )
        for item in texts
        for number, span in enumerate(item.spans, 1)
    ]


def _articles(texts: Sequence[CodedText]) -> list[Article]:
    return [Article(item.id, item.text, tuple(_attributions(item.spans))) for item in texts]


def _attributions(spans: Sequence[CodedSpan]) -> list[Coded]:
    groups: dict[str, dict[str, list[Span]]] = {}
    for span in spans:
        parts = groups.setdefault(span.attribution, {role: [] for role in ROLES})
        parts[span.label].append(Span(span.start, span.end))
    return [
        Coded(**{role: tuple(sorted(found)) for role, found in parts.items()}) for parts in groups.values()
    ]


def _sentences(texts: Sequence[CodedText]) -> list[MarkedSentence]:
    """With one hedge of no type in the material, all are compared without their types."""
    untyped = any(span.label == UNTYPED for item in texts for span in item.spans)
    names = {label: UNTYPED if untyped else label for label in HEDGES}
    return [
        MarkedSentence(
            item.id,
            item.text,
            tuple(Cue(span.start, span.end, names.get(span.label, UNTYPED)) for span in item.spans),
            names,
        )
        for item in texts
    ]


def _coded_sentences(texts: Sequence[CodedText]) -> list[CodedSentence]:
    """A text counts as biased when a loaded term is coded in it."""
    return [
        CodedSentence(
            item.id,
            item.text,
            bool(item.spans),
            tuple(item.text[span.start : span.end] for span in item.spans),
            tuple((span.start, span.end) for span in item.spans),
        )
        for item in texts
    ]


# Per task: the labels to choose from (none: any), and what makes its items.
_READERS: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[CodedText]], list[Any]]]] = {
    "attribution": (ROLES, _articles),
    "hedging": ((*HEDGES, UNTYPED), _sentences),
    "loaded": ((), _coded_sentences),
    "stance": (tuple(_POLARITIES), _mentions),
}
