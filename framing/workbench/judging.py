"""How often a lexicon is right: a sample of its hits to judge by hand, and the precision that follows.

The sample is stratified, so that a few frequent entries do not take all of it: an entry with its share of the hits is a
stratum of its own, rare ones share the stratum of their category. Strata get places by the square root of their hits
(power allocation, Bankier 1988), and what is judged is weighted back by the hits it stands for.
"""

from __future__ import annotations

import heapq
import io
import math
import zlib
from collections.abc import Hashable
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from framing.comparison.intervals import LEVEL
from framing.corpus import Failure
from framing.data import DataError
from framing.decoding import UnreadableError
from framing.tables import neutralised, read_spreadsheet

COLUMNS = (
    "article", "sentence", "before", "hit", "after", "term", "category", "right", "comment",
    "voice", "quoted", "start", "end", "line", "stratum", "of",
)  # fmt: skip
_NEEDED = ("term", "category", "right", "stratum", "of")
_ANSWERS = {
    **dict.fromkeys(("y", "yes", "1", "true", "right", "x"), 1.0),
    **dict.fromkeys(("n", "no", "0", "false", "wrong"), 0.0),
}
_OPEN = frozenset(("", "?", "unsure"))
REST = "rare entries"
_DIGITS = 12  # of a number of hits


def sample(hits: pd.DataFrame, size: int, *, seed: int = 0) -> pd.DataFrame:
    """A stratified random sample of the hits of `concordance` to judge: `size` rows, all where there are no more.

    Columns of the hits, empty `right` (y or n) and `comment`, the `stratum`, and how many hits that stratum has, `of`.
    The same hits, size and seed give the same rows, in the order of category and term. Raises `ValueError` for a size
    below 1.
    """
    if size < 1:
        raise ValueError(f"a sample has one hit or more, not {size}")
    hits = hits.reset_index(drop=True)
    strata = _strata(hits, size)
    places = _places({name: len(rows) for name, rows in strata.items()}, min(size, len(hits)))
    chosen: list[tuple[int, str, int]] = []
    for name, rows in strata.items():
        random = np.random.default_rng((seed, zlib.crc32(name.encode("utf-8", "surrogatepass"))))
        drawn = random.choice(len(rows), places[name], replace=False).tolist()
        chosen += [(rows[at], name, len(rows)) for at in drawn]
    frame = hits.loc[[row for row, _, _ in chosen]].assign(
        right="", comment="", stratum=[name for _, name, _ in chosen], of=[of for _, _, of in chosen]
    )
    frame = frame.sort_values(["category", "term", "article", "start"], kind="stable", ignore_index=True)
    return frame[list(COLUMNS)]


def _strata(hits: pd.DataFrame, size: int) -> dict[str, list[int]]:
    """The rows of each stratum: entries that have a share of the hits to themselves, and the rest of each category."""
    by_entry: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(hits.category, hits.term, strict=True)):
        by_entry.setdefault(key, []).append(row)
    strata: dict[str, list[int]] = {}
    rest: dict[str, list[int]] = {}
    for (category, term), rows in sorted(by_entry.items()):
        if len(rows) * size >= len(hits):
            strata[f"{category}: {term}"] = rows
        else:
            rest.setdefault(f"{category}: {REST}", []).extend(rows)
    if len(strata) + len(rest) > size:
        rest = {REST: sorted(row for rows in rest.values() for row in rows)}
    return strata | rest


def _places(sizes: dict[str, int], size: int) -> dict[str, int]:
    """Places of a sample by the square root of the strata's sizes, one at least, none more than it has."""
    places = dict.fromkeys(sizes, 1)
    waiting = [(-math.sqrt(of) / 2, number, name) for number, (name, of) in enumerate(sizes.items())]
    heapq.heapify(waiting)
    left = size - len(places)
    while left > 0 and waiting:
        _, number, name = heapq.heappop(waiting)
        if places[name] < sizes[name]:
            places[name] += 1
            left -= 1
            heapq.heappush(waiting, (-math.sqrt(sizes[name]) / (places[name] + 1), number, name))
    return places


def write_sample(rows: pd.DataFrame) -> str:
    """A sample as CSV to fill in: cells that a spreadsheet would take for a formula get an apostrophe in front."""
    safe = rows.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = [neutralised(str(cell)) for cell in safe[name]]
    buffer = io.StringIO()
    safe.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def read_judged(path: str | Path) -> tuple[pd.DataFrame, list[Failure]]:
    """The rows of a judged sample, and what is wrong with others; the rest is used.

    In `right`, y or n (or yes, no, 1, 0) is an answer; an empty cell or ? is none, and its row is left out. Raises
    `DataError` when the file cannot be read or lacks a column.
    """
    path = Path(path)
    table = read_spreadsheet(path, "right")
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise DataError(
            f"{path}: lacks the column {', '.join(missing)}; judge the file that --sample wrote, with all its columns"
        )
    rows: list[tuple[object, ...]] = []
    failures: list[Failure] = []
    seen: dict[Hashable, int] = {}
    for line, cells in table.rows:
        if isinstance(cells, UnreadableError):
            failures.append(Failure(str(path), line, cells.problem, cells.advice))
            continue
        values = {name: " ".join(cell.split()) for name, cell in cells.items()}
        answer = values.get("right", "").lower()  # a row may be cut short
        if answer in _OPEN:
            continue
        place = tuple(values.get(name, "") for name in ("article", "start", "end", "term", "category"))
        problem = _problem(values, answer) or (
            f"is the same hit as line {seen[place]}" if any(place[:3]) and place in seen else ""
        )
        if problem:
            failures.append(
                Failure(str(path), line, problem, "the row was left out: correct it or remove it")
            )
            continue
        seen[place] = line
        rows.append(
            (values["term"], values["category"], _ANSWERS[answer], values["stratum"], int(values["of"]))
        )
    return pd.DataFrame(rows, columns=["term", "category", "right", "stratum", "of"]), failures


def _problem(values: dict[str, str], answer: str) -> str:
    if answer not in _ANSWERS:
        return f"'{values['right']}' in the column right is neither y nor n"
    for name in ("term", "category", "stratum"):
        if not values.get(name):
            return f"has nothing in the column {name}"
    of = values.get("of", "")
    if not of.isdecimal() or len(of) > _DIGITS or int(of) == 0:
        return f"'{of}' in the column of is no number of hits"
    return ""


def precision(judged: pd.DataFrame) -> pd.DataFrame:
    """The share of hits that are right, 0..1, with 95 % intervals by Wilson's score (Wilson 1927; Brown, Cai & DasGupta 2001).

    `judged` are rows as `read_judged` gives them. One row for "all", then for each category, then for each entry
    (`level`): `judged` hits, `right` ones, `precision` and its `low` and `high`, `effective` sample size, and how many
    hits the judged ones stand for, `hits`. A judged hit weighs as many hits as its stratum has for each judged one.
    Where weights differ, the interval is that of Kish's effective sample size, sum(w)² / sum(w²) (Kish 1965, 11.7): about
    right, and wide rather than narrow. A stratum of which nothing was judged is not represented. NaN where nothing was.

    >>> rows = pd.DataFrame({"term": ["a"] * 4, "category": ["x"] * 4, "right": [1.0, 1, 1, 0], "stratum": ["x: a"] * 4, "of": [8] * 4})
    >>> precision(rows)[["level", "judged", "precision", "low", "high", "hits"]].round(3).values.tolist()[0]
    ['all', 4, 0.75, 0.301, 0.954, 8]
    """
    in_stratum = judged.groupby("stratum")["right"].transform("size")
    weighted = judged.assign(weight=judged["of"].astype(float) / in_stratum)
    parts = [("all", "", "", weighted)]
    parts += [
        ("category", category, "", weighted[weighted.category == category])
        for category in sorted(set(weighted.category))
    ]
    for category, term in sorted(set(zip(weighted.category, weighted.term, strict=True))):
        own = weighted[(weighted.category == category) & (weighted.term == term)]
        parts.append(("entry", category, term, own))
    rows = [_share(*part) for part in parts]
    return pd.DataFrame(rows)


def _share(level: str, category: str, term: str, rows: pd.DataFrame) -> dict[str, object]:
    weights, right = rows.weight.to_numpy(dtype=float), rows.right.to_numpy(dtype=float)
    total = weights.sum()
    share = float(weights @ right / total) if total else math.nan
    effective = float(total**2 / (weights @ weights)) if total else 0.0
    low, high = wilson(share, effective)
    return {
        "level": level, "category": category, "term": term, "judged": len(rows), "right": int(right.sum()),
        "precision": share, "low": low, "high": high, "effective": effective, "hits": round(total),
    }  # fmt: skip


def wilson(share: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share of `n`, which need not be a whole number; NaN where n is 0.

    For whole numbers it is that of `scipy.stats.binomtest(...).proportion_ci(method="wilson")`, as the tests hold.

    >>> [round(end, 3) for end in wilson(0.9, 10)]
    [0.596, 0.982]
    """
    if not n:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(max(share * (1 - share), 0) / n + (z / (2 * n)) ** 2)
    below = 1 + z * z / n
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)
