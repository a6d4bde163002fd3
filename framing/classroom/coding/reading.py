"""Codings in CSV files, read whatever a spreadsheet or a hand made of them; what cannot be used is named.

Columns come in any order, and only `sentence` (or `start` and `end`) must be there. A mark by hand has the number of its
sentence and its words, one by the marking page its offsets too. Cells may be left empty where the row above says the same:
coder and round, article, sentence.
A file that lists no sentence says nothing and is no coding; a sheet that lists sentences and marks none is one of nothing.
"""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.classroom.coding.joining import join_codings
from framing.classroom.coding.marks import Coding
from framing.classroom.coding.rows import Index, RowReader, quoted, short
from framing.classroom.coding.writing import COLUMNS
from framing.corpus import Failure
from framing.decoding import UnreadableError, decode, replace_surrogates
from framing.tables import read_csv, restored

if TYPE_CHECKING:
    from framing.classroom.exercise import Exercise

_MOST_BYTES = 16_000_000
_MOST_LINES = 50_000  # of a file; thirty students who mark eight articles write a third of it
_MOST_NAMED = 50  # bad rows of a file that are named one by one
_AS_CSV = "save it in the spreadsheet as CSV UTF-8"
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_UNFILLED = "coding-sheet"  # the stem under which an exercise has its sheet
_NOTHING = "says nothing about the articles of this exercise"


def read_codings(
    paths: Iterable[str | os.PathLike[str]], exercise: Exercise
) -> tuple[list[Coding], list[Failure]]:
    """The codings in CSV files, folders of them and folders in these, and what could not be used. Bad input never raises.

    A bad row is named by file and line (`lost` is false) and the rest of its file is used. A file that says nothing about
    this exercise is lost. Of a file, the first 50,000 lines and 16 MB are read. A coder without a name is called as the
    file is. A coder's files on different articles are one coding; a second coding of the same article in the same round
    counts as one by somebody else with the same name.
    """
    failures: list[Failure] = []
    codings: list[Coding] = []
    index = Index(exercise)
    files = list(_files(paths, failures))
    stems = Counter(path.stem for path in files)
    for path in files:
        name = path.stem if stems[path.stem] == 1 else f"{path.parent.name}/{path.stem}"
        found, problems = _read_file(path, replace_surrogates(name)[0], index)
        if path.stem == _UNFILLED and [(own.coder, own.marks) for own in found] == [(name, ())]:
            notice = "is the coding sheet without a name or a mark", "it was left out"
            found, problems = [], [_failure(path, None, *notice, lost=False)]
        codings += found
        failures += problems
    joined, notices = join_codings(codings, exercise)
    return joined, [*failures, *notices]


def read_key(path: str | os.PathLike[str], exercise: Exercise) -> tuple[Coding | None, tuple[str, ...]]:
    """The one coding of these articles in this dimension in a file of hand coding, and the articles that it lacks.

    Rows about other articles, dimensions and pairs of sentence and actor are passed over. Raises `ValueError` that names
    the line for a row that cannot be used, and for codings by several people.
    """
    path = Path(path)
    codings, problems = _read_file(path, path.stem, Index(exercise), others=True)
    for problem in problems:
        if problem.problem != _NOTHING and (problem.lost or problem.line is not None):
            raise ValueError(str(problem))
    if len(codings) > 1:
        who = ", ".join(" ".join(filter(None, (coding.coder, coding.round))) for coding in codings[:5])
        raise ValueError(
            f"{path}: holds the codings of several ({who}); leave those of one coder in one round as the key"
        )
    coded = codings[0].articles if codings else ()
    lacking = tuple(article.id for article in exercise.articles if article.id not in coded)
    return (codings[0] if codings else None), lacking


def _files(paths: Iterable[str | os.PathLike[str]], failures: list[Failure]) -> Iterator[Path]:
    """The files to read, those of a folder in order; one that is given twice is read once."""
    seen: set[str] = set()
    for given in paths:
        path = Path(given)
        found = [path]
        if path.is_dir():
            every = *sorted(path.glob("*")), *sorted(path.glob("*/*"))
            inside = [file for file in every if not file.name.startswith(".")]
            found = [file for file in inside if file.suffix.lower() in (".csv", ".tsv")]
            failures += [
                _failure(file, None, "is a spreadsheet, not CSV", f"{_AS_CSV}, and hand in that")
                for file in inside
                if file.suffix.lower() in _SPREADSHEETS
            ]
            if not found:
                failures.append(
                    _failure(path, None, "is a folder without a CSV file", "name the files to read")
                )
        for file in found:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _failure(path: Path, line: int | None, problem: str, advice: str, *, lost: bool = True) -> Failure:
    return Failure(replace_surrogates(str(path))[0], line, problem, advice, lost)


class _Problems:
    """What is wrong with a file: the first bad rows one by one, the rest as a number."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.named: list[Failure] = []
        self.more = 0

    def row(self, line: int, error: UnreadableError) -> None:
        if len(self.named) < _MOST_NAMED:
            self.named.append(_failure(self.path, line, error.problem, error.advice, lost=False))
        else:
            self.more += 1

    def all(self) -> list[Failure]:
        if not self.more:
            return self.named
        problem = f"{self.more:,} more rows could not be used either"
        return [
            *self.named, _failure(self.path, None, problem, "mend the rows above and look again", lost=False)
        ]  # fmt: skip


def _read_file(
    path: Path, name: str, index: Index, *, others: bool = False
) -> tuple[list[Coding], list[Failure]]:
    """The codings of one file. With `others`, rows that are about something else are no fault."""
    problems = _Problems(path)
    notices: list[Failure] = []
    try:
        rows = list(_rows(path, problems, notices))
        if not others:
            _require_own(rows, index.exercise.id)
    except UnreadableError as error:
        return [], [*notices, _failure(path, None, error.problem, error.advice)]
    except OSError as error:
        problem, advice = f"cannot be read ({error.strerror})", "check the name and its permissions"
        return [], [*notices, _failure(path, None, problem, advice)]
    reader = RowReader(index, _named_once(rows, "coder") or name, _named_once(rows, "round"), others=others)
    for line, row in rows:
        try:
            reader.read(line, row, explain=len(problems.named) < _MOST_NAMED)
        except UnreadableError as error:
            problems.row(line, error)
    codings = reader.codings(replace_surrogates(str(path))[0])
    failures = [*notices, *problems.all()]
    if not codings:
        if problems.named:
            missing = ("holds no row that can be used", "mend the rows that are named")
        elif rows:
            missing = (_NOTHING, "give the files that were made for it")
        else:
            missing = ("has no rows", "list the sentences that were read, marked or not")
        failures.append(_failure(path, None, *missing))
    return codings, failures


def _require_own(rows: Sequence[tuple[int, Mapping[str, str]]], id: str) -> None:
    """Raise `UnreadableError` where rows name exercises and this is none of them."""
    named = {row["exercise"] for _, row in rows if row["exercise"]}
    if named and id not in named:
        raise UnreadableError(
            f"belongs to the exercise {quoted(min(named))}, not to {quoted(id)}",
            "give it with the key of its own exercise",
        )


def _rows(path: Path, problems: _Problems, notices: list[Failure]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column name with their lines, cells restored; what is no row is named."""
    with path.open("rb") as opened:
        data = opened.read(_MOST_BYTES + 1)
    try:
        decoded = decode(data[:_MOST_BYTES])
    except UnreadableError as error:
        advice = "hand in the file again" if error.problem == "is empty" else _AS_CSV
        raise UnreadableError(error.problem, advice) from None
    notices += [_failure(path, None, *notice, lost=False) for notice in decoded.notices]
    lines = list(islice(io.StringIO(decoded.text, newline=""), _MOST_LINES + 1))
    if len(lines) > _MOST_LINES or len(data) > _MOST_BYTES:
        problem = (
            f"has more than {_MOST_LINES:,} lines or {_MOST_BYTES // 1_000_000} MB; the rest was not read"
        )
        notices.append(_failure(path, None, problem, "give each coder a file of their own", lost=False))
        lines = lines[:_MOST_LINES] if len(lines) > _MOST_LINES else lines[:-1]
    if lines and re.fullmatch(r"sep=.\s*", lines[0]):  # how Excel is told the separator
        lines[0] = "\n"
    table = read_csv("".join(lines), _named_as(lines))
    columns = [column.lower() for column in table.columns]
    if "sentence" not in columns and not {"start", "end"} <= set(columns):
        near = [name for column in columns for name in get_close_matches(column, ("sentence",), 1)]
        hint = " (one is misspelled)" if near else ""
        raise UnreadableError(
            f"has no column sentence{hint}, only {short(', '.join(filter(None, table.columns))) or 'none'}",
            f"use the coding sheet of the exercise, whose columns are among {','.join(COLUMNS)}",
        )
    for line, cells in table.rows:
        if isinstance(cells, UnreadableError):
            problems.row(line, UnreadableError(cells.problem, cells.advice))
        elif any(cell.strip() for cell in cells.values()):
            yield line, _cells(cells)


def _named_as(lines: Sequence[str]) -> str:
    """The first of our columns as the header spells it, by which the separator is known."""
    header = next((line for line in lines if line.strip()), "")
    found = re.search(r"\b(?:sentence|words|label|start)\b", header, re.IGNORECASE)
    return found.group() if found else "sentence"


def _cells(cells: Mapping[str, Any]) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "")
    for name, cell in cells.items():
        if name.lower() in row:
            row[name.lower()] = restored(cell).strip()
    return row


def _named_once(rows: Sequence[tuple[int, Mapping[str, str]]], column: str) -> str:
    """What a column says where it says one thing only, as where a name stands in the first row of a sheet."""
    found = {row[column] for _, row in rows if row[column]}
    return found.pop() if len(found) == 1 else ""
