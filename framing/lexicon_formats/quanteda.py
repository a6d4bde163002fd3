"""YAML dictionaries in quanteda's layout: categories, nested as one likes, over lists of terms with glob patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from framing.corpus import Failure
from framing.data import DataError, read_text
from framing.lexicon import Entry, Lexicon
from framing.lexicon_formats.rows import Found, category_name, meaning, row, written_out
from framing.plain_yaml import NoAliasLoader

_DEEPEST = 20  # categories inside categories
_WORDS = ("str", "bool")  # to YAML, no and yes are no words


def read_yaml(path: Path) -> Found:
    """A mapping of category to a list of terms; nested categories are joined by a full stop.

    Nothing in the file is run or built. Raises `DataError` when it is no YAML, has aliases, or is no mapping.
    """
    try:
        root = yaml.compose(read_text(path), Loader=NoAliasLoader)
    except yaml.YAMLError as error:
        raise DataError(f"{path}: is not valid YAML; {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise DataError(
            f"{path}: is nested too deeply; write categories inside each other at most {_DEEPEST} deep"
        ) from error
    if not isinstance(root, yaml.MappingNode):
        raise DataError(f"{path}: must map categories to lists of terms")
    categories: dict[str, str] = {}
    rows = list(_terms(path, root, (), categories))
    return Found("YAML", categories, rows)


def _terms(
    path: Path, node: yaml.Node, parents: tuple[str, ...], categories: dict[str, str]
) -> Iterator[Entry | Failure]:
    category = ".".join(category_name(name) for name in parents)
    line = node.start_mark.line + 1
    if len(parents) > _DEEPEST:
        raise DataError(f"{path}:{line}: is nested too deeply; write categories at most {_DEEPEST} deep")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise DataError(f"{path}:{key.start_mark.line + 1}: the name of a category must be a word")
            yield from _terms(path, value, (*parents, key.value), categories)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _terms(path, item, parents, categories)
    elif isinstance(node, yaml.ScalarNode) and node.tag.rpartition(":")[2] in _WORDS:
        categories.setdefault(category, meaning(" / ".join(parents)))
        yield row(path, line, node.value.lower(), category)
    else:
        problem = f"'{node.value}' under '{category}' is not a term"
        yield Failure(str(path), line, problem, "put quotes around it")


def write_yaml(lexicon: Lexicon) -> str:
    """A dictionary for quanteda: categories, nested at each full stop of their names, over sorted terms."""
    terms: dict[str, list[str]] = {category: [] for category in lexicon.categories}
    for form, entry in written_out(lexicon):
        terms.setdefault(entry.category, []).append(form.lower())
    root = _Node()
    for category, own in terms.items():
        if own:
            _below(root, category.split(".")).terms.extend(sorted(own))
    return yaml.safe_dump(
        _plain(root), allow_unicode=True, sort_keys=False, default_flow_style=False, width=1_000_000
    )


@dataclass
class _Node:
    """A category: its own terms, and the categories inside it."""

    terms: list[str] = field(default_factory=list)
    inside: dict[str, _Node] = field(default_factory=dict)


def _below(node: _Node, names: list[str]) -> _Node:
    for name in names:
        node = node.inside.setdefault(name, _Node())
    return node


def _plain(node: _Node) -> object:
    """A list of terms, a mapping of categories, or a list that ends with such a mapping."""
    inside = {name: _plain(child) for name, child in node.inside.items()}
    return inside if inside and not node.terms else [*node.terms, inside] if inside else node.terms
