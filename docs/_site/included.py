"""Papers of the repository as pages, their links turned into links between pages."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PAGES = {
    "CHANGELOG.md": "reference/changes.md",
    "CONTRIBUTING.md": "reference/contributing.md",
    "lexicons": "lexicons/index.md",
    "lexicons/": "lexicons/index.md",
    "lexicons/README.md": "lexicons/format.md",
    "texts/coding/README.md": "reference/texts/coding.md",
}
_LINK = re.compile(r"(?<!!)\[([^]\n]*)\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"^!\[[^]\n]*\]\([^)\s]+\)\n", re.MULTILINE)


def include(name: str, page: str) -> str:
    """A Markdown file of the repository inside a page. A link to what is no page keeps its words alone."""
    text = (ROOT / name).read_text(encoding="utf-8")
    home = posixpath.dirname(name)

    def turned(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if "://" in target or target.startswith("#"):
            return found[0]
        address, mark, anchor = target.partition("#")
        there = _page_of(posixpath.normpath(posixpath.join(home, address)))
        if there is None:
            return words
        return f"[{words}]({posixpath.relpath(there, posixpath.dirname(page))}{mark}{anchor})"

    return _LINK.sub(turned, _PICTURE.sub("", text))


def pages() -> dict[str, str]:
    """The cards of the trained models, and what is said of the coding of the teaching texts: page and text of each."""
    coding = ROOT / "texts" / "coding" / "README.md"
    papers = [
        *sorted((ROOT / "framing" / "models").rglob("card.md")),
        *([coding] if coding.is_file() else []),
    ]
    names = [path.relative_to(ROOT).as_posix() for path in papers]
    return {page: include(name, page) for name in names if (page := _page_of(name))}


def _page_of(path: str) -> str | None:
    """The page that shows a file of the repository."""
    if path.startswith("framing/models/") and path.endswith("/card.md"):
        return f"reference/models/{'-'.join(path.split('/')[2:-1])}.md"
    if path.startswith("lexicons/") and path.endswith(".tsv"):
        return path.removesuffix(".tsv") + ".md"
    if path.startswith("docs/") and path.endswith(".md"):
        return path.removeprefix("docs/")
    return _PAGES.get(path)
