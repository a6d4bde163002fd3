"""Results as tables: tidy frames, and the same bytes for the same result as CSV, JSON lines or Parquet."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.comparison.rows import evidence_frame, scores_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DIGITS",
    "evidence_frame",
    "json_line",
    "json_text",
    "records",
    "rounded",
    "scores_frame",
    "write_parquet",
]

DIGITS = 6
_SURROGATE = re.compile("[\ud800-\udfff]")


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one line of JSON without line end. NaN is null, floats have six digits, lone surrogates stay escaped.

    >>> json_line({"value": 0.1234567, "low": float("nan"), "text": "Москва"})
    '{"value": 0.123457, "low": null, "text": "Москва"}'
    """
    line = json.dumps(_plain(row), ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def json_text(value: Any) -> str:
    """A value as JSON, written as `json_line` writes rows."""
    return json_line({"": value})[5:-1]


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy for writing: floats with six digits and no minus zero, nested fields as JSON."""
    import pandas as pd

    result = frame.copy()
    for name in result.columns:
        column = result[name]
        if pd.api.types.is_float_dtype(column):
            result[name] = column.round(DIGITS) + 0.0
        elif not pd.api.types.is_numeric_dtype(column):
            result[name] = pd.Series([_cell(value) for value in column], index=column.index, dtype="str")
    return result


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """A frame as Parquet; undefined values are null."""
    with path.open("wb") as file:
        rounded(frame).to_parquet(file, index=False, engine="pyarrow")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, DIGITS) + 0.0
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _cell(value: Any) -> str | None:
    if isinstance(value, list | tuple | Mapping):
        return json_text(value)
    return None if _missing(value) else str(value)


def _missing(value: Any) -> bool:
    import pandas as pd

    return value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA
