"""What MkDocs calls while it builds the documentation: pages made from the package, and words that pages take from it."""

# ruff: noqa: INP001 - a script, no part of a package

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from _site import commands, examples, figures, included, lexicons, python, tables
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import framing
from framing.analysis import load_dimensions

DOCS = Path(__file__).resolve().parent
_SEARCH = 'data-md-component="search" role="dialog"'


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the package, and name them in the navigation."""
    made = lexicons.pages() | python.pages() | included.pages()
    for place, content in made.items():
        files.append(File.generated(config, place, content=content))
    for place, path in lexicons.files().items():
        files.append(File.generated(config, place, abs_src_path=str(path)))
    config.nav = _named(config.nav, list(made))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill in what a page takes from the package: `{{ ... }}`, a Jinja2 expression over the names below."""
    if page.file.generated_by is not None:
        return markdown
    here = page.file.src_uri
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  Markdown is made here, and what goes into HTML is escaped where it does
    )
    return environment.from_string(markdown).render(
        accuracy=figures.accuracy,
        citation=examples.citation,
        contents=examples.contents,
        commands=lambda: commands.reference(_sources(), here),
        dimension=load_dimensions().get(Path(here).stem),
        dimensions=figures.overview,
        example=examples.example,
        group=commands.group,
        ideas=figures.ideas,
        include=lambda name: included.include(name, here),
        json_line=examples.json_line,
        judged=examples.judged,
        labels=figures.labels,
        lexicons=lexicons.overview,
        marks=examples.marks,
        output=examples.output,
        signature=examples.signature(),
        tellings=examples.tellings,
        version=framing.__version__,
        widths=examples.widths,
    )


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Tables that scroll can be reached with the keyboard."""
    return tables.scrolling(html)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """The theme gives its search the role of a dialog, and no name."""
    return output.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')


def _sources() -> dict[str, str]:
    """The pages that people wrote, those for users first."""
    return {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(DOCS.rglob("*.md"), key=lambda path: (path.name != "index.md", path))
    }


def _named(nav: Any, made: list[str]) -> Any:
    """The navigation with each `folder/*` replaced by the pages made in that folder."""
    if isinstance(nav, dict):
        return {title: _named(inner, made) for title, inner in nav.items()}
    if not isinstance(nav, list):
        return [place for place in made if place.startswith(nav[:-1])] if nav.endswith("/*") else nav
    found: list[Any] = []
    for entry in nav:
        turned = _named(entry, made)
        found.extend(turned if isinstance(turned, list) else [turned])
    return found
