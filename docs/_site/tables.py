"""Tables as HTML: Markdown's own are slow when they have hundreds of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

_OPENING = '<div class="scroll {}" tabindex="0" role="region" aria-label="Table">\n<table class="data">'
_CLOSING = "</table>\n</div>"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, classes: str = "") -> str:
    """A table that scrolls sideways by itself; the first cell of a row is its heading, cells are escaped."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in columns)
    body = Markup("\n").join(
        Markup('<tr><th scope="row">{}</th>').format(first)
        + Markup("").join(Markup("<td>{}</td>").format(cell) for cell in rest)
        + Markup("</tr>")
        for first, *rest in rows
    )
    head_and_body = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    return f"{_OPENING.format(classes)}\n{head_and_body}\n{_CLOSING}"


def scrolling(html: str) -> str:
    """HTML with the tables that Markdown made as `table` makes them: reached with the keyboard where they scroll."""
    return _MARKDOWN.sub(lambda found: _OPENING.format("") + found[1] + _CLOSING, html)


_MARKDOWN = re.compile(r"<table>(.*?)</table>", re.DOTALL)


def folded(summary: str, content: str) -> str:
    """Content behind a line that opens it."""
    return f"<details>\n<summary>{escape(summary)}</summary>\n{content}\n</details>"


def quoted(text: str) -> str:
    """A text inside a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
