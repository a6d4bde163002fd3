"""The page a class talks over: what it marked, where it differs from one another, from the key and from the models."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from framing.analysis import load_dimensions
from framing.classroom.coding import Coding
from framing.classroom.exercise import Exercise
from framing.classroom.scoring import KEY, ClassScore
from framing.classroom.units import ratings_of
from framing.output.charts.classroom import (
    agreement_of_pairs,
    agreement_with,
    class_progress,
    decimal,
    marks_along,
)
from framing.output.charts.drawing import draw_all
from framing.output.charts.parts import shorten
from framing.output.classroom.guides import label_name
from framing.output.classroom.talk import plain, talks
from framing.output.page import environment, inline, policy, read_template
from framing.output.style import NARROW, WIDTH, shortened
from framing.output.table import records

MEASURES = {
    "percent": "percent",
    "cohen_kappa": "Cohen’s κ",
    "fleiss_kappa": "Fleiss’ κ",
    "krippendorff_alpha": "Krippendorff’s α",
    "gwet_ac1": "Gwet’s AC1",
    "exact": "F1, same spans",
    "overlap": "F1, overlapping spans",
    "label_percent": "same label, percent",
    "label_kappa": "label, Cohen’s κ",
}
KIND_NAMES = {
    "words": "words, marked or not",
    "sentences": "sentences, with a mark or not",
    "labels": "types, of words marked by both",
    "spans": "spans",
    "stance": "ratings of an actor in a sentence",
}
_SHARES = {"percent", "label_percent"}
_OPEN = 10  # sentences to talk about that are not folded
_MOST_TALKS = 60
_MOST_FAILURES = 200
_MOST_ROWS = 12  # students with a row of their own along the text
_MOST_ARTICLES = 6  # in the picture of marks along the text
_NAME_ROOM = 116  # pixels of a name in a chart
_NAME = 40  # characters of a name
_STUDENT = re.compile(r"student (\d+)")
_MINUS = re.compile(r"(?<= )-(?=\d)")


class Cell(NamedTuple):
    """A value as the page prints it, with its interval."""

    value: str
    interval: str
    units: int


class Table(NamedTuple):
    """A table of figures: a heading for each column, and for each row whose it is and its cells."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[Cell | None]]]


def write_score(score: ClassScore, path: Path, *, names: bool = True) -> None:
    """Write the page of `render_score` to a file in UTF-8."""
    path.write_bytes(render_score(score, names=names).encode("utf-8", "replace"))


def render_score(score: ClassScore, *, names: bool = True) -> str:
    """The page of a class as HTML; the same score gives the same page.

    Students stand by number, and a switch in the page shows their names. Without `names` the page holds neither names
    nor the part for the teacher, so that it can be handed out.
    """
    labels = chart_labels(score, names=names)
    style = read_template("report.css") + read_template("classroom/score.css")
    every = talks(score, most=_MOST_TALKS)
    context: dict[str, Any] = {
        "score": score,
        "exercise": score.exercise,
        "dimension": load_dimensions()[score.exercise.dimension],
        "names": names,
        "students": [
            (number, shortened(plain(name).strip() or "no name", _NAME) if names else "")
            for number, name in enumerate(score.coders, 1)
        ],
        "articles": {article.id: article for article in score.exercise.articles},
        "open": every[:_OPEN],
        "folded": every[_OPEN:],
        "disputed": int((score.sentences.dispute > 0).sum()),
        "glance": glance(score),
        "charts": _charts(score, labels),
        "among": among(score),
        "others": [(other, against_tables(score, other)) for other in (KEY, *score.exercise.models)],
        "labels": label_rows(score),
        "paradox": paradox(score),
        "measures": MEASURES,
        "by_coder": records(score.by_coder),
        "attention": [(_numbered(item.coder), _parts(item.why)) for item in score.attention],
        "failures": [plain(str(failure)) for failure in score.failures[:_MOST_FAILURES]] if names else [],
        "decimal": decimal,
        "percent": _percent,
        "plain": plain,
        "undefined": math.isnan,
        "style": Markup(style),  # noqa: S704 - the package's own files
        "policy": policy(style, ""),
    }
    context["sections"] = _sections(context)
    return environment().get_template("classroom/score.html").render(context)


def _sections(context: dict[str, Any]) -> list[tuple[str, str]]:
    charts, score = context["charts"], context["score"]
    offered = [
        ("glance", "At a glance", True),
        ("talk", "Let us talk about these", True),
        ("key", "With the key", "key" in charts),
        ("pairs", "With one another", "pairs" in charts),
        ("along", "Along the text", "along" in charts),
        ("progress", "Progress", "progress" in charts),
        (
            "types",
            "By type" if score.exercise.dimension != "stance" else "By rating",
            bool(context["labels"]),
        ),
        ("figures", "All figures", bool(score.coders)),
        ("how", "How to read the figures", True),
        ("teacher", "For the teacher", context["names"] and bool(score.coders)),
        ("failures", "Files and rows to look at", bool(context["failures"])),
    ]
    return [(id, title) for id, title, here in offered if here]


# Figures --------------------------------------------------------------------------------------------------------


def glance(score: ClassScore) -> dict[str, Any]:
    """The three figures on top: the students with one another, with the key, and the models with the key."""
    main = score.students[
        (score.students.kind == score.kind) & (score.students.measure == "krippendorff_alpha")
    ]
    of_key = _main(score, KEY)
    own = of_key[of_key.coder > 0].value.dropna()
    models = [
        (model, _cell(_row(_main(score, model), 0), "krippendorff_alpha")) for model in score.exercise.models
    ]
    return {
        "among": _cell(records(main)[0], "krippendorff_alpha") if len(main) else None,
        "key": (*(decimal(float(own.quantile(share))) for share in (0.5, 0.25, 0.75)), len(own))
        if len(own)
        else None,
        "models": models,
    }


def among(score: ClassScore) -> Table:
    """The students with one another: a row for each measure, a column for each kind of unit."""
    kinds = [kind for kind in KIND_NAMES if kind in set(score.students.kind)]
    cells = {(row["kind"], row["measure"]): row for row in records(score.students)}
    rows = [
        (measure, [_cell(cells[kind, measure], measure) if (kind, measure) in cells else None for kind in kinds])
        for measure in MEASURES
        if any((kind, measure) in cells for kind in kinds)
    ]  # fmt: skip
    return Table("The students with one another", [KIND_NAMES[kind] for kind in kinds], rows)


def against_tables(score: ClassScore, other: str) -> list[Table]:
    """Everybody with the key or a model: a table for each kind of unit, a row for each student; "0" is the key."""
    own = score.against[score.against.other == other]
    tables = []
    for kind, title in KIND_NAMES.items():
        rows = own[own.kind == kind]
        if rows.empty:
            continue
        measures = [measure for measure in MEASURES if measure in set(rows.measure)]
        by_coder: dict[str, list[Cell | None]] = {}
        for row in records(rows):
            by_coder.setdefault(str(row["coder"]), [None] * len(measures))[measures.index(row["measure"])] = _cell(
                row, row["measure"]
            )  # fmt: skip
        tables.append(Table(title, [MEASURES[m] for m in measures], list(by_coder.items())))
    return tables


def label_rows(score: ClassScore) -> list[dict[str, Any]]:
    """Each type with how often it was set, and the students' alpha and AC1 on where."""
    rows: dict[str, dict[str, Any]] = {}
    for row in records(score.labels):
        own = rows.setdefault(
            row["label"],
            {
                "label": label_name(plain(row["label"])),
                "students": "–" if math.isnan(row["students"]) else f"{row['students']:.1f}",
                "counts": [int(row[name]) for name in (KEY, *score.exercise.models)],
                "cells": {},
            },
        )
        if row["measure"]:
            own["cells"][row["measure"]] = _cell(row, row["measure"])
    return list(rows.values())


def paradox(score: ClassScore) -> tuple[str, str, str] | None:
    """Percent, Fleiss' kappa and AC1 of the students, where kappa is low although almost all agree; see Feinstein & Cicchetti 1990."""
    own = score.students[score.students.kind == score.kind].set_index("measure")["value"]
    if not {"percent", "fleiss_kappa", "gwet_ac1"} <= set(own.index):
        return None
    percent, kappa, ac1 = own["percent"], own["fleiss_kappa"], own["gwet_ac1"]
    if not (percent >= 0.8 and kappa < percent - 0.2):
        return None
    return _percent(percent), decimal(kappa), decimal(ac1)


def _main(score: ClassScore, other: str) -> pd.DataFrame:
    own = score.against
    return own[(own.other == other) & (own.kind == score.kind) & (own.measure == "krippendorff_alpha")]


def _row(rows: pd.DataFrame, coder: int) -> dict[str, Any]:
    own = rows[rows.coder == coder]
    if own.empty:
        return {"value": math.nan, "low": math.nan, "high": math.nan, "units": 0}
    return records(own)[0]


def _cell(row: dict[str, Any], measure: str) -> Cell:
    write = _percent if measure in _SHARES else decimal
    between = "" if math.isnan(row["low"]) else f"{write(row['low'])} to {write(row['high'])}"
    return Cell(write(row["value"]), between, int(row["units"]))


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value * 100:.0f} %"


# Charts ---------------------------------------------------------------------------------------------------------


def chart_labels(score: ClassScore, *, names: bool = True) -> dict[int, str]:
    """Each student's number and name, short enough for a chart; the number makes it one of a kind."""
    return {
        number: shorten(f"{number} {plain(name).strip()}".strip(), _NAME_ROOM, 12) if names else f"{number}"
        for number, name in enumerate(score.coders, 1)
    }


def _charts(score: ClassScore, labels: dict[int, str]) -> dict[str, dict[str, Markup]]:
    """Every chart as SVG in two widths, names in parts that the page's switch shows."""
    exercise, students = score.exercise, list(labels.values())
    charts: dict[str, Callable[..., Any]] = {}
    if students:
        charts["key"] = partial(agreement_with, _with_key(score, labels), "Krippendorff’s alpha")
        called = {str(number): label for number, label in labels.items()}
        named = score.pairs.assign(**{
            side: score.pairs[side].map(lambda name: called.get(name, name)) for side in ("a", "b")
        })  # fmt: skip
        if len(students) > 1:
            others = [KEY, *exercise.models]
            charts["pairs"] = partial(agreement_of_pairs, named, students, others, "Krippendorff’s alpha")
        if exercise.dimension != "stance":
            own = list(labels.values()) if len(students) <= _MOST_ROWS else []
            titles = _titles(exercise)
            shown = [titles[article.id] for article in exercise.articles[:_MOST_ARTICLES]]
            rows = [KEY, *exercise.models, *own]
            charts["along"] = partial(marks_along, class_marks(score, labels), shown, rows)
        followed = _progress(score)
        if not followed.empty:
            charts["progress"] = partial(class_progress, followed)
    return {
        name: {"wide": _named(inline(drawn[WIDTH]), students), "narrow": _named(inline(drawn[NARROW]), students)}
        for name, drawn in draw_all(charts, (WIDTH, NARROW)).items()
    }  # fmt: skip


def _named(picture: Markup, labels: Iterable[str]) -> Markup:
    """The picture with the name after each student's number in a part of its own."""
    drawn = str(picture)
    for label in labels:
        number, _, name = label.partition(" ")
        if name:
            told = f'>{number}<tspan class="name"> {escape(name)}</tspan></text>'
            drawn = drawn.replace(f">{escape(label)}</text>", told)
    return Markup(drawn)  # noqa: S704 - the chart's own text is escaped, and so is the name


def _with_key(score: ClassScore, labels: dict[int, str]) -> pd.DataFrame:
    columns = ["name", "model", "value", "low", "high", "units"]
    own = _main(score, KEY)
    rows = [{"name": labels[row["coder"]], "model": False, **row} for row in records(own) if row["coder"]]
    rows += [
        {"name": model, "model": True, **_row(_main(score, model), 0)} for model in score.exercise.models
    ]
    return pd.DataFrame(rows, columns=columns)


def class_marks(score: ClassScore, labels: dict[int, str]) -> pd.DataFrame:
    """Runs of words that were marked, as shares of each article's words: article, who ("" the class), start, end, share."""
    exercise = score.exercise
    coders: list[tuple[str, Coding]] = [
        (KEY, exercise.key), *exercise.models.items(), *zip(labels.values(), score.codings, strict=True)
    ]  # fmt: skip
    ratings = ratings_of(exercise, [coding for _, coding in coders], "words")
    own = ratings[len(coders) - len(labels) :]
    coded = (~np.isnan(own)).sum(axis=0)
    shares = np.divide((own == 1).sum(axis=0), coded, out=np.zeros(len(coded)), where=coded > 0)
    rows: list[tuple[str, str, float, float, float]] = []
    begin, titles = 0, _titles(exercise)
    for article in exercise.articles:
        count = len(article.words)
        part = slice(begin, begin + count)
        for who, values in [
            ("", shares[part]),
            *((who, row[part]) for (who, _), row in zip(coders, ratings, strict=True)),
        ]:
            rows += [(titles[article.id], who, *run) for run in _runs(values)]
        begin += count
    return pd.DataFrame(rows, columns=["article", "who", "start", "end", "share"])


def _runs(values: Sequence[float] | np.ndarray[Any, Any]) -> Iterator[tuple[float, float, float]]:
    """Start, end and value of runs of equal values above 0, as shares of their number."""
    start, count = 0, len(values)
    for at in range(1, count + 1):
        if at == count or values[at] != values[start]:
            if values[start] > 0:
                yield start / count, at / count, float(values[start])
            start = at


def _titles(exercise: Exercise) -> dict[str, str]:
    """A short title for each article, with its number where there are several."""
    several = len(exercise.articles) > 1
    return {
        article.id: f"{number}. {shortened(plain(article.title), 70)}" if several else shortened(plain(article.title), 70)
        for number, article in enumerate(exercise.articles, 1)
    }  # fmt: skip


def _progress(score: ClassScore) -> pd.DataFrame:
    """Progress with a title for each way to follow it, where there are two steps or more."""
    titles = _titles(score.exercise)
    called = {"round": "By round", "article": "By article, in order", "part": "By fifths of the text"}
    parts = []
    for by, own in score.progress.groupby("by", sort=False):
        if len(set(own.step)) > 1 and own.value.notna().any():
            steps = own.step.map(lambda step: titles.get(step, plain(step) or "no name"))
            if by == "part":
                steps = own.step.map(lambda step: f"part {step}")
            parts.append(own.assign(by=called[str(by)], step=steps))
    return pd.concat(parts, ignore_index=True) if parts else score.progress.head(0)


# Words ----------------------------------------------------------------------------------------------------------


def _numbered(coder: str) -> int:
    found = _STUDENT.fullmatch(coder)
    return int(found[1]) if found else 0


def _parts(why: str) -> list[str | int]:
    """A remark cut where it names a student, whose number stands in its place."""
    return [
        int(part) if at % 2 else _MINUS.sub("−", plain(part)) for at, part in enumerate(_STUDENT.split(why))
    ]
