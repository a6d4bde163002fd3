"""A page for each word list, from its file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from _site.tables import folded, quoted, table
from framing.data import Table, folder, read_table
from framing.lexicon import LISTS, lexicon_names, load_lexicon
from framing.output.style import actor_name

_MOST = 1000  # entries of a list that is shown whole
_FIRST = 40  # entries of each category of a longer one
_TOLD = ("title", "licence", "date", "method", "literature", "categories", "actors")
_LAST = ("note",)  # columns that stand at the end


def pages() -> dict[str, str]:
    """The Markdown of each page, by its place: lexicons first, then lists of words that are no evidence."""
    return {f"lexicons/{name}.md": _page(name) for name in (*lexicon_names(), *LISTS)}


def files() -> dict[str, Path]:
    """The files themselves, to be downloaded from their pages."""
    return {f"lexicons/{name}.tsv": path_of(name) for name in (*lexicon_names(), *LISTS)}


def overview() -> str:
    """A row for each list: size, title, and the kinds of words in it."""
    rows = ["| list | entries | what it holds |", "|---|---|---|"]
    for name in (*lexicon_names(), *LISTS):
        found = read_table(path_of(name))
        rows.append(f"| [{name}]({name}.md) | {len(found.rows):,} | {quoted(found.header['title'])} |")
    return "\n".join(rows)


def path_of(name: str) -> Path:
    """Where a list lies."""
    return folder("lexicons") / f"{name}.tsv"


def _page(name: str) -> str:
    found = read_table(path_of(name))
    return "\n\n".join((f"# {name}", *_parts(name, found))) + "\n"


def _parts(name: str, found: Table) -> Iterator[str]:
    header = found.header
    yield f"{header['title']}. {len(found.rows):,} entries."
    yield f"[Download the file]({name}.tsv){{ download }} · [How to read it](format.md)"
    yield "## Where it comes from"
    yield "\n".join(
        f"**{title}**\n:   {header[key]}\n"
        for key, title in (
            ("licence", "Licence"),
            ("date", "Date"),
            ("method", "Method"),
            ("literature", "Literature"),
        )
    )
    yield "## Categories"
    by_category: dict[str, list[dict[str, str]]] = defaultdict(list)
    for _, row in found.rows:
        by_category[row["category"]].append(row)
    categories = load_lexicon(path_of(name)).categories
    rows = [
        (category, f"{len(by_category[category]):,}", meaning) for category, meaning in categories.items()
    ]
    yield table(("category", "entries", "meaning"), rows)
    own = {key: meaning for key, meaning in header.items() if key not in _TOLD}
    if own:
        yield "This list has columns of its own:"
        yield table(("column", "meaning"), own.items())
    named = _named(found)
    if named:
        yield "## Whom it names"
        yield "Entries about an actor, or the names of one. A list that names one side more than another tells you so here."
        yield named
    yield "## Entries"
    whole = len(found.rows) <= _MOST
    if not whole:
        yield f"The first {_FIRST} of each category; the file has all."
    for category in categories:
        entries = by_category[category] if whole else by_category[category][:_FIRST]
        if entries:
            count = len(by_category[category])
            shown = "" if len(entries) == count else f", the first {len(entries)}"
            yield folded(
                f"{category} ({count:,} {'entry' if count == 1 else 'entries'}{shown})", _entries(entries)
            )


def _entries(rows: list[dict[str, str]]) -> str:
    columns = [
        column
        for column in sorted(rows[0], key=_LAST.__contains__)
        if column != "category" and any(row[column] for row in rows)
    ]
    return table(columns, [[row[column].replace("|", " | ") for column in columns] for row in rows])


def _named(found: Table) -> str:
    """How many entries each actor has, and how the list rates it on average where it rates."""
    weights: dict[str, list[float]] = defaultdict(list)
    for _, row in found.rows:
        if row.get("actor"):
            weights[row["actor"]].append(float(row.get("weight") or "nan"))
    if not weights:
        return ""
    rates = any(value == value for values in weights.values() for value in values)  # noqa: PLR0124  NaN is not itself
    rows = [
        (
            actor_name(actor),
            len(values),
            *([f"{mean(values):+.2f}".replace("-", "−")] if rates else []),
        )
        for actor, values in sorted(weights.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return table(("actor", "entries", *(["mean weight"] if rates else [])), rows, classes="tall")
