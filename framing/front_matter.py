"""Metadata above an article, between two lines of hyphens, as YAML."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from framing.decoding import replace_surrogates

_FIELDS = frozenset({"title", "outlet", "author", "date", "url"})  # always text in results
_RESERVED = frozenset({"text", "body_start", "file", "encoding", "line"})  # names that metadata may not take
_LIMIT = 20_000  # characters; what is longer is an article with rules in it
_FIELD = re.compile(r"\s*[\w -]{1,40}:(?:\s|$)")


class FrontMatter(NamedTuple):
    """Metadata, where the article begins, and what is wrong with the block, if anything."""

    meta: dict[str, Any]
    body_start: int
    problem: str | None


def front_matter(text: str) -> FrontMatter:
    r"""Front matter of a decoded file. A text between two rules that does not begin with a field is no front matter.

    >>> front_matter("---\ntitle: A quiet week\n---\nThe week was quiet.")
    FrontMatter(meta={'title': 'A quiet week'}, body_start=27, problem=None)
    """
    nothing = FrontMatter({}, 0, None)
    if not text.startswith("---"):  # most articles have none, and need no YAML
        return nothing
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    from framing.plain_yaml import NoAliasLoader

    handler = YAMLHandler()
    if not handler.detect(text):
        return nothing
    try:
        block, body = handler.split(text)
    except ValueError:  # the second line of hyphens is missing
        return nothing
    if len(block) > _LIMIT or not _FIELD.match(block):
        return nothing
    body_start = len(text) - len(body)
    try:
        fields = handler.load(block, Loader=NoAliasLoader)
    except yaml.MarkedYAMLError as error:
        place = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return FrontMatter({}, body_start, f"{error.problem or 'is no YAML'}{place}")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        return FrontMatter({}, body_start, " ".join(str(error).split()))
    if not isinstance(fields, Mapping):
        return nothing
    return FrontMatter(plain_metadata(fields), body_start, None)


def plain_metadata(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Metadata as text and numbers under lower-case names: dates in ISO form, lists joined, empty values left out.

    A name that `Document` needs itself gets an underscore. Values nested deeper than a list are left out.

    >>> plain_metadata({"Author": ["A. Roe", "B. Doe"], "file": 3, "note": ""})
    {'author': 'A. Roe, B. Doe', 'file_': 3}
    """
    meta: dict[str, Any] = {}
    for name, value in fields.items():
        key = replace_surrogates(str(name))[0].strip().lower()
        plain = _plain(value)
        if key and plain is not None:
            meta[f"{key}_" if key in _RESERVED else key] = str(plain) if key in _FIELDS else plain
    return meta


def _plain(value: Any) -> str | int | float | None:
    if isinstance(value, list):
        scalars = [_plain(item) for item in value if not isinstance(item, list)]
        return ", ".join(str(item) for item in scalars if item is not None) or None
    if isinstance(value, str):
        return " ".join(replace_surrogates(value)[0].split()) or None
    if isinstance(value, int):
        return value if abs(value) < 2**63 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):  # a datetime is a date
        return value.isoformat()
    return None if value is None or isinstance(value, (bytes, Mapping, set)) else str(value)
