"""Folders of results, as the engines write them: opened, read by columns, pooled into groups without their texts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from framing.analysis import Score, choose_dimensions
from framing.comparison import groups
from framing.comparison.intervals import Array
from framing.comparison.stored import formulas
from framing.corpus import Failure
from framing.data import DataError
from framing.engines.folder import KIND, load_manifest, read_manifest
from framing.engines.rows import NAMED, OF_INPUT, SCHEMA, SCHEMA_VERSION

MOST_GROUPS = 100  # of which all pairs are compared

ARTICLE = tuple(SCHEMA.names[: SCHEMA.names.index("problem")])
FAILURE = tuple(name for name in OF_INPUT if name != "sha256")
ABOUT = (
    "id",
    "title",
    "outlet",
    "author",
    "date",
    "url",
    "words",
    "meta",
)  # what stands beside a score or evidence
_KEY = ("dimension", "measure", "label", "actor", "voice")
_COUNTED = (*_KEY, "n", "unit", "bearing", "sums")
SCORE = (*_KEY, "value", "low", "high", "n", "unit", "bearing", "sums")
_Key = tuple[str, str, str, str, str]
_Whole = NDArray[np.int64]


def is_results(path: str | Path) -> bool:
    """Whether a path is a folder of results: its manifest says so."""
    return KIND in read_manifest(Path(path))


def open_results(folder: str | Path) -> Results:
    """The results in a folder that `framing score` wrote, complete or not.

    Raises `DataError` where it is no such folder, was written by another version, or lacks a part.
    """
    folder = Path(folder)
    try:
        manifest = load_manifest(folder)
    except (OSError, ValueError) as error:
        raise DataError(f"{folder}: has a manifest that cannot be read ({error}); score again") from error
    version = manifest.get(KIND)
    if version is None:
        raise DataError(
            f"{folder}: is no folder of results; make one with framing score PATH --jobs 2 -o {folder}"
        )
    if version != SCHEMA_VERSION:
        raise DataError(
            f"{folder}: was written in form {version}, and this version of framing reads form {SCHEMA_VERSION}; "
            "use the version that wrote it, or score again"
        )
    complete = bool(manifest.get("complete"))
    if complete:
        parts = [folder / _name(part) for part in manifest.get("parts", ())]
    else:
        parts = sorted(folder.glob("part-*.parquet"))
    for part in parts:
        if not part.is_file():
            raise DataError(
                f"{part}: is missing; run the same framing score again, which makes only what is missing"
            )
    return Results(folder, manifest, tuple(parts), complete)


def _name(part: Any) -> str:
    """The file of a part of the manifest: a name in the folder, never a way out of it."""
    name = part.get("file", "") if isinstance(part, Mapping) else part
    return Path(str(name)).name


@dataclass(frozen=True)
class Results:
    """A folder of results: parts of Parquet with a row an article, and the manifest that says how they were made.

    `complete` is false while the engine has more to score; `parts` are then those it has written so far.
    """

    folder: Path
    manifest: Mapping[str, Any]
    parts: tuple[Path, ...]
    complete: bool

    @property
    def signature(self) -> dict[str, Any]:
        """Version, model, lexicons, seed and draws: with the same texts, they make the same results."""
        return dict(self.manifest.get("signature") or {})

    @property
    def count(self) -> int:
        """How many articles there are, those that could not be scored too."""
        return sum(len(_read(part, ["id"])) for part in self.parts)

    def articles(self) -> pa.Table:
        """A row per article, those that could not be scored too: the columns `ARTICLE`, then `problem` and `advice`."""
        return pa.concat_tables(self._tables([*ARTICLE, "problem", "advice"]))

    def scores(self) -> pa.Table:
        """A row per article and score: the columns `ABOUT` of the article, then those of the score.

        The score's are `SCORE`; among them are `sums`, its totals over the article, and `bearing`, how many sentences bear on it.
        `.to_pandas()` makes a frame; undefined values are null. Needs about 300 bytes a row.
        """
        return pa.concat_tables(map(_scores, self._tables([*ABOUT, "scores"])))

    def _tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Columns of each part, in this order; of a folder without parts, those of no article."""
        tables = (_read(part, columns) for part in self.parts)
        yield from (
            table.select(list(columns)) for table in chain(tables, [SCHEMA.empty_table()][len(self.parts) :])
        )

    def failures(self) -> list[Failure]:
        """The articles that could not be scored, and why, in order."""
        columns = ["id", "file", "line", "problem", "advice"]
        return [
            Failure(row["file"] or row["id"] or "", row["line"], row["problem"], row["advice"] or "")
            for part in self.parts
            for table in [_read(part, columns)]
            for row in table.filter(pc.is_valid(table["problem"])).to_pylist()
        ]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The metadata that articles have, by which they can be grouped, in the order of the alphabet."""
        found: set[str] = set()
        for part in self.parts:
            table = _scored(_read(part, [*NAMED, "meta", "problem"]))
            found.update(name for name in NAMED if table[name].null_count < len(table))
            found.update(name for text in pc.unique(table["meta"]).to_pylist() for name in _metadata(text))
        return tuple(sorted(found))

    def group_scores(self, by: str, *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
        """Scores of the groups that a metadata column makes: a row per group and score, as `groups.group_scores` has them.

        Raises `ValueError` that lists the columns when no article has this one.
        """
        return groups.scores_of(self.make_groups(by, seed=seed, resamples=resamples))

    def group_differences(self, by: str, *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
        """Every pair of groups in every score: a row each, as `groups.group_differences` has them.

        Raises `ValueError` when no article has the column, or it makes more than `MOST_GROUPS` groups.
        """
        return compared(
            self.make_groups(by, seed=seed, resamples=resamples), by, seed=seed, resamples=resamples
        )

    def make_groups(
        self,
        by: str,
        *,
        seed: int = 0,
        resamples: int = 1000,
        dimensions: Sequence[str] | None = None,
        actors: Sequence[str] | None = None,
    ) -> list[groups.Group]:
        """The groups that a metadata column makes, for `groups.scores_of` and `groups.differences_of`.

        Only scores of these dimensions and actors, where some are named. Raises `ValueError` as `group_scores` does.
        """
        pool = self.pool(by, dimensions=dimensions, actors=actors)
        return groups.make_groups(pool, seed=seed, resamples=resamples)

    def pool(
        self, by: str, *, dimensions: Sequence[str] | None = None, actors: Sequence[str] | None = None
    ) -> groups.Pool:
        """What those groups are made of: totals by article, about 30 bytes for each score of each article.

        Raises `ValueError` as `group_scores` does, and `DataError` for a measure that this version does not know.
        """
        choose_dimensions(dimensions)  # names the choices, if there is no such dimension
        names: list[str] = []
        gathered: dict[_Key, _Gathered] = {}
        for part in self.parts:
            table = _scored(
                _read(part, [*_columns_for(by), "problem", *(f"scores.{name}" for name in _COUNTED)])
            )
            for key, rows in _by_key(table, part):
                dimension, _, _, actor, _ = key
                if (dimensions is None or dimension in dimensions) and (
                    not actors or not actor or actor in actors
                ):
                    if key not in gathered:
                        gathered[key] = _Gathered(self._meant(key, rows.unit))
                    gathered[key].add(rows, len(names), part)
            names += _groups(table, by)
        if names and set(names) == {groups.NOT_GIVEN}:
            raise groups.no_such_column(by, self.columns)
        tallies = []
        while gathered:  # what is put together is let go
            tallies.append(gathered.popitem()[1].tally())
        return groups.Pool(names, tallies)

    def _meant(self, key: _Key, unit: str) -> Score:
        """The score of a key, with the formula that this version has for it."""
        dimension, measure, label, actor, voice = key
        known = formulas().get((dimension, measure))
        if known is None:
            raise DataError(
                f"{self.folder}: has the measure '{measure}' of the dimension '{dimension}', which this version of framing "
                f"does not know; use version {self.signature.get('framing', 'that wrote it')}, or score again"
            )
        return replace(known, label=label or None, actor=actor or None, voice=voice, unit=unit)


def compared(made: Sequence[groups.Group], by: str, *, seed: int, resamples: int) -> pd.DataFrame:
    """All pairs of groups, as `Results.group_differences` has them. Raises `ValueError` for more than `MOST_GROUPS`."""
    if len(made) > MOST_GROUPS:
        raise ValueError(
            f"'{by}' makes {len(made):,} groups, and pairs are compared of {MOST_GROUPS} at most; choose a column with fewer"
        )
    return groups.differences_of(made, seed=seed, resamples=resamples)


# Parts --------------------------------------------------------------------------------------------------------------


class _Rows(NamedTuple):
    """The rows of one score in one part: the number of the article in the part, the place in it, and what is counted."""

    articles: _Whole
    places: _Whole
    sums: Array | list[Array]  # a list where the rows have columns of their own
    n: _Whole
    sentences: _Whole
    unit: str


class _Gathered:
    """The rows of one score as they come, part by part."""

    def __init__(self, score: Score) -> None:
        self._score = score if score.exchangeable else groups.of_own_kinds(score)
        self._formula, self._exchangeable = score.formula, score.exchangeable
        self._parts: list[tuple[groups.Counts, groups.Counts, Array, groups.Counts, groups.Counts]] = []

    def add(self, rows: _Rows, first: int, part: Path) -> None:
        """The rows of a part whose first article has the number `first` among all."""
        if not self._exchangeable:
            sums = groups.means_of(float(self._formula(own)) if len(own) else math.nan for own in rows.sums)
        elif isinstance(rows.sums, list):
            raise DataError(
                f"{part}: rows of '{self._score.measure}' have sums of different length; score again"
            )
        else:
            sums = rows.sums
        articles, places, n, sentences = (
            column.astype(np.int32) for column in (rows.articles + first, rows.places, rows.n, rows.sentences)
        )
        self._parts.append((articles, places, np.round(sums, groups.SUM_DIGITS) + 0.0, n, sentences))

    def tally(self) -> groups.Tally:
        """All the rows together."""
        return groups.Tally(
            self._score, *(np.concatenate(column) for column in zip(*self._parts, strict=True))
        )


def _read(part: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of a part, of `scores` only the fields wanted: `scores.value`."""
    try:
        with pq.ParquetFile(part) as file:
            wanted = set(columns)
            leaves = [column.path for column in map(file.schema.column, range(len(file.schema)))]
            return file.read(columns=[leaf for leaf in leaves if wanted.intersection(_names(leaf))])
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{part}: is no readable Parquet file, or only part of one; delete it and run the same framing score again"
        ) from error


def _names(leaf: str) -> set[str]:
    """What a leaf of the file is called: `scores.list.element.value` is part of `scores`, and is `scores.value`."""
    column, *levels = leaf.split(".")
    return {column, ".".join([column, *levels[2:3]])}


def _scored(table: pa.Table) -> pa.Table:
    """The rows of articles that could be scored."""
    return table.filter(pc.is_null(table["problem"]))


def _scores(table: pa.Table) -> pa.Table:
    """A row per score, with the columns of its article before its own."""
    lists = table["scores"].combine_chunks()
    flat, parents = pc.list_flatten(lists), pc.list_parent_indices(lists)
    about = table.drop_columns(["scores"]).take(parents)
    names = [field.name for field in flat.type]
    return pa.table(
        [*about.columns, *(pc.struct_field(flat, [name]) for name in names)],
        names=[*about.column_names, *names],
    )


def _by_key(table: pa.Table, part: Path) -> Iterator[tuple[_Key, _Rows]]:
    """The scores of a part, each with all its rows in order."""
    lists = table["scores"].combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.concat_arrays(lists.chunks) if lists.num_chunks else pa.array([], type=lists.type)
    flat, articles = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy()
    if not len(flat):
        return
    places = np.arange(len(flat)) - np.searchsorted(articles, articles)
    codes, values = np.zeros(len(flat), dtype=np.int64), []
    for name in _KEY:
        column = pc.fill_null(pc.struct_field(flat, [name]), "").dictionary_encode()
        codes = codes * len(column.dictionary) + column.indices.to_numpy()
        values.append((column.dictionary.to_pylist(), column.indices.to_numpy()))
    n, sentences = (pc.fill_null(pc.struct_field(flat, [name]), 0).to_numpy() for name in ("n", "bearing"))
    units, sums = pc.struct_field(flat, ["unit"]), pc.struct_field(flat, ["sums"])
    widths = pc.fill_null(pc.list_value_length(sums), 0).to_numpy().astype(np.int64)
    starts = np.cumsum(widths) - widths
    numbers = pc.list_flatten(sums).to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ends = np.flatnonzero(np.diff(codes[order], append=-1)) + 1
    for rows in np.split(order, ends[:-1]):
        first, width = rows[0], widths[rows]
        key = tuple(names[indices[first]] for names, indices in values)
        own: Array | list[Array]
        if (width == width[0]).all():
            own = numbers[starts[rows][:, None] + np.arange(width[0])]
        else:
            own = [numbers[start : start + size] for start, size in zip(starts[rows], width, strict=True)]
        yield (
            key,
            _Rows(articles[rows], places[rows], own, n[rows], sentences[rows], units[first].as_py() or ""),
        )


def _columns_for(by: str) -> list[str]:
    """The columns that tell the group of an article."""
    if by in NAMED:
        return [by]
    return ["meta", "date"] if by in {"year", "month"} else ["meta"]


def _groups(table: pa.Table, by: str) -> list[str]:
    """The group of each row."""
    if by in NAMED:
        return [groups.group_in({by: value}, by) for value in table[by].to_pylist()]
    dates = table["date"].to_pylist() if "date" in table.column_names else [None] * len(table)
    return [
        groups.group_in({"date": date, by: _metadata(text).get(by)}, by)
        for text, date in zip(table["meta"].to_pylist(), dates, strict=True)
    ]


def _metadata(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
