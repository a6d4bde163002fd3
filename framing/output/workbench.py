"""The lexicon workbench at a terminal: hits in context with aligned columns, counts, precision, suggestions, changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.markup import escape
from rich.table import Table

from framing.output.table import records

if TYPE_CHECKING:
    import pandas as pd

    from framing.workbench import Effect

_LONGEST_ID = 18  # characters of an article's id beside a hit
_ELLIPSIS = "…"


def heading(text: str) -> Table:
    """A line of its own between tables."""
    table = _grid("", ("",), header=False)
    table.add_row(escape(text))
    return table


def concordance_table(hits: pd.DataFrame, total: int, width: int) -> Table:
    """Hits one below the other, as wide as the terminal: the words before end where those after begin."""
    title = f"Hits in context ({len(hits):,} of {total:,})"
    table = _grid(title, ("article", "sent.", "before", "hit", "after", "voice"), right={1, 2})
    ids = _wide(hits.article, _LONGEST_ID)
    found = min(28, max([3, *map(cell_len, map(_one_line, hits.hit))]))
    side = max(10, (width - ids - 5 - found - 10 - 5 * 2) // 2)
    for row in records(hits):
        table.add_row(
            escape(_cut(row['article'], ids)), str(row['sentence']),
            f"[dim]{escape(_cut_left(row['before'], side))}[/dim]",
            f"[bold]{escape(_cut(row['hit'], found))}[/bold]",
            f"[dim]{escape(_cut(row['after'], side))}[/dim]",
            row['voice'],
        )  # fmt: skip
    return table


def count_tables(counts: dict[str, pd.DataFrame], most: int) -> Iterator[Table]:
    """Hits by category, voice, article and entry, the most frequent entries first, and the entries without a hit."""
    yield _counts("By category", ("category", "entries", "found", *_USES), counts["category"])
    yield _counts("By voice", ("voice", "words", "hits", "per_1000"), counts["voice"])
    articles = counts["article"].sort_values("per_1000", ascending=False, kind="stable")
    shown = articles.head(most) if most else articles
    yield _counts(
        _shown("By article", shown, articles),
        ("article", "words", "hits", "per_1000", "found", *_VOICES),
        shown,
    )
    entries = counts["entry"]
    hit = entries[entries.hits > 0].sort_values("hits", ascending=False, kind="stable")
    shown = hit.head(most) if most else hit
    yield _counts(_shown("By entry", shown, hit), ("term", "category", *_USES), shown)
    silent = entries[entries.hits == 0].term.tolist()
    if silent:
        limit = 40 if most else len(silent)
        more = f" {_ELLIPSIS} and {len(silent) - limit:,} more" if len(silent) > limit else ""
        table = _grid(f"Never found ({len(silent):,} of {len(entries):,} entries)", ("",), header=False)
        table.add_row(escape(", ".join(silent[:limit])) + more)
        yield table


_VOICES = ("author", "attributed", "quoted")
_USES = ("hits", "per_1000", "articles", "dispersion", *_VOICES)
_HEADS = {"per_1000": "/1,000", "dispersion": "spread", "attributed": "sources", "found": "found"}


def _counts(title: str, columns: Sequence[str], frame: pd.DataFrame) -> Table:
    numbers = {at for at, name in enumerate(columns) if name not in ("category", "voice", "article", "term")}
    table = _grid(title, [_HEADS.get(name, name) for name in columns], right=numbers)
    for row in records(frame):
        table.add_row(*(_cell(row[name]) for name in columns))
    return table


def _shown(title: str, shown: pd.DataFrame, whole: pd.DataFrame) -> str:
    return title if len(shown) == len(whole) else f"{title} ({len(shown):,} of {len(whole):,})"


def precision_table(rows: pd.DataFrame) -> Table:
    """How often a lexicon was right, in all, by category and by entry."""
    table = _grid(
        "Precision of the hits that were judged",
        ("", "judged", "right", "precision", "95 %", "stands for"),
        right={1, 2, 3, 4, 5},
    )
    for row in records(rows):
        name = {"all": "all hits", "category": row["category"], "entry": f"  {row['term']}"}[row["level"]]
        style = "" if row["level"] == "entry" else "bold"
        cells = (
            str(row["judged"]),
            str(row["right"]),
            _share(row["precision"]),
            f"{_share(row['low'])} to {_share(row['high'])}",
        )
        stands = "" if row["level"] == "entry" else f"{row['hits']:,} hits"
        table.add_row(escape(name), *cells, stands, style=style)
    return table


def suggestion_tables(rows: pd.DataFrame, width: int) -> Iterator[Table]:
    """Suggested terms, a table a method, each with its first use."""
    for method, measure in dict.fromkeys(zip(rows.method, rows.measure, strict=True)):
        own = rows[(rows.method == method) & (rows.measure == measure)]
        near = any(own.near)
        heads = ("term", measure, "uses", "articles", *(["near"] if near else []), "first use")
        table = _grid(_METHODS[method], heads, right={1, 2, 3})
        term, beside = _wide(own.term, 26), _wide(own.near, 18) if near else 0
        room = max(20, width - term - beside - max(6, len(measure)) - 4 - 8 - 2 * (4 + near))
        for row in records(own):
            cells = [
                escape(_cut(row["term"], term)),
                f"{row['score']:.2f}",
                str(row["count"]),
                str(row["articles"]),
            ]
            more = [escape(_cut(row["near"], beside))] if near else []
            table.add_row(*cells, *more, _use(row["before"], row["written"], row["after"], room))
        yield table


_METHODS = {
    "log-odds": "Typical words and phrases (log-odds, in standard errors)",
    "collocation": "Phrases with a term of the lexicon (likelihood ratio)",
    "neighbour": "Near a term in meaning (cosine of the encoder's vectors)",
}


def _use(before: str, written: str, after: str, room: int) -> str:
    """A use with some words around it, in so much room."""
    hit = _one_line(written)
    room -= cell_len(hit) + 2
    before = _cut_left(before, max(6, room // 2))
    after = _cut(after, max(6, room - cell_len(before)))
    gap = "" if not after or after[0] in ",.;:!?’'”)" else " "
    return f"[dim]{escape(before)}[/dim] [bold]{escape(hit)}[/bold][dim]{gap}{escape(after)}[/dim]"


def effect_tables(result: Effect, most: int, width: int) -> Iterator[Table]:
    """What a change did: entries that gained or lost hits, scores before and after, articles that changed most."""
    entries = result.entries
    shown = entries.head(most) if most else entries
    heads = ("term", "category", "old", "new", "gained", "lost", "example")
    table = _grid(_shown("Entries whose hits changed", shown, entries), heads, right={2, 3, 4, 5})
    term, category = _wide(shown.term, 22), _wide(shown.category, 16)
    room = max(20, width - term - category - 3 - 3 - 6 - 4 - 6 * 2)
    for row in records(shown):
        example = _use(row["before"], row["hit"], row["after"], room)
        numbers = (
            str(row["old"]),
            str(row["new"]),
            f"+{row['gained']}" if row["gained"] else "0",
            f"−{row['lost']}" if row["lost"] else "0",
        )
        table.add_row(
            escape(_cut(row["term"], term)), escape(_cut(row["category"], category)), *numbers, example
        )
    if not len(entries):
        table.add_row("none")
    yield table
    measures = result.measures
    changed = measures[
        (measures.difference != 0) & measures.difference.notna() | (measures.measure == "hits")
    ]
    shown = changed.head(most) if most else changed
    columns = ("measure", "articles", "old", "new", "difference", "95 %", "rank corr.", "moved", "swapped")
    table = _grid(_shown("Scores, mean of the articles", shown, changed), columns, right=set(range(1, 9)))
    for row in records(shown):
        table.add_row(
            _measure(row), str(row['articles']), _number(row['old']), _number(row['new']), _signed(row['difference']),
            f"{_signed(row['low'])} to {_signed(row['high'])}" if not math.isnan(row['low']) else "—",
            _number(row['rank_correlation']), str(row['moved']), f"{row['swapped']} of {row['pairs']}",
        )  # fmt: skip
    yield table
    yield _articles_table(result.articles, most)


def _articles_table(articles: pd.DataFrame, most: int) -> Table:
    """The first score that is compared, article by article, what changed most first."""
    measure = [name for name in dict.fromkeys(articles.measure) if name != "hits"][:1] or ["hits"]
    own = articles[(articles.measure == measure[0]) & (articles.label == "") & (articles.actor == "")]
    if not len(own):
        own = articles[articles.measure == "hits"]
    ordered = own.reindex(own.difference.abs().sort_values(ascending=False, kind="stable").index)
    shown = ordered.head(most) if most else ordered
    name = f"{own.measure.iloc[0].replace('_', ' ')}, {own.unit.iloc[0]}"
    table = _grid(
        _shown(f"Articles: {name}", shown, ordered), ("article", "old", "new", "difference"), right={1, 2, 3}
    )
    for row in records(shown):
        table.add_row(
            escape(row["article"]), _number(row["old"]), _number(row["new"]), _signed(row["difference"])
        )
    return table


def _measure(row: dict[str, Any]) -> str:
    name = row["measure"].replace("_", " ")
    about = " · ".join(part.replace("_", " ") for part in (row["label"], row["actor"]) if part)
    return escape(f"{name}{': ' + about if about else ''}, {row['unit']}")


def _grid(title: str, heads: Sequence[str], *, right: Iterable[int] = (), header: bool = True) -> Table:
    table = Table(
        title=escape(title) or None, title_justify="left", title_style="bold", header_style="dim",
        box=None, pad_edge=False, show_header=header, min_width=cell_len(title),
    )  # fmt: skip
    for at, head in enumerate(heads):
        table.add_column(
            head, justify="right" if at in right else "left", overflow="fold", no_wrap=at in right
        )
    return table


def _wide(texts: Iterable[str], most: int) -> int:
    return min(most, max([4, *(cell_len(_one_line(text)) for text in texts)]))


def _one_line(text: object) -> str:
    """A text without line ends and control characters, which could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def _cut(text: object, width: int) -> str:
    line = _one_line(text)
    return line if cell_len(line) <= width else set_cell_size(line, width - 1) + _ELLIPSIS


def _cut_left(text: object, width: int) -> str:
    line = _one_line(text)
    if cell_len(line) <= width:
        return line
    return _ELLIPSIS + set_cell_size(line[::-1], width - 1)[::-1]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "—" if math.isnan(value) else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else escape(_one_line(value))


def _number(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.2f}"


def _signed(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:+.2f}".replace("-", "−") if value else "0"


def _share(value: float) -> str:
    return "—" if math.isnan(value) else f"{100 * value:.0f} %"
