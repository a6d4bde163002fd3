"""The documentation builds without a warning, loads nothing from elsewhere, says what holds, and shows commands that run."""

from __future__ import annotations

import csv
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import axe
import pytest
from browser import chromium
from typer.testing import CliRunner

import framing
import framing.classroom
from framing.analysis import load_dimensions
from framing.cli.main import app
from framing.document import Document, make_document
from framing.lexicon import LISTS, lexicon_names
from framing.models.figures import measured

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(DOCS)
    from _site import commands, python
    from _site import included as papers
    from _site import lexicons as lists

PAGES = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
ORDER = sorted(PAGES, key=lambda page: ("/" in page, not page.endswith("index.md"), page))
COMMANDS = commands.commands()
LINES = list(dict.fromkeys(line for page in ORDER for line in commands.shell_lines(PAGES[page])))

# What is shown and not run here, and why.
NOT_RUN = {
    "make report": "sets up a machine and draws the report, as every run of .ci/run does",
    "source .venv/bin/activate": "tells a shell where the program is, which the tests do by a path",
    ".venv/bin/python -m framing.training.validity ../shared/corpora": "measures for an hour, on corpora of others",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as `make docs` builds it; a warning is an error."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    return folder


def text_of(page: Path) -> str:
    """What a page says, without tags and with single spaces."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


# The site -----------------------------------------------------------------------------------------------------------


def test_every_page_is_built_and_nothing_is_left_to_fill_in(site):
    written = {page.removesuffix(".md") + ".html" for page in PAGES}
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert written <= built
    for page in sorted(built):
        main = (site / page).read_text(encoding="utf-8").partition("<article")[2]
        assert not re.search(r"\{\{|\{%|‹|--8<--", main), page


def test_building_leaves_nothing_in_the_repository(site):
    assert not (ROOT / "site").exists()
    assert not list(DOCS.rglob("*.html"))


class Loaded(HTMLParser):
    """Addresses that a browser fetches when it opens a page; links that people follow are none."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag != "a" and known.get("rel") != "canonical":
            self.addresses += [known[name] for name in ("src", "href", "data", "poster") if name in known]
            self.addresses += known.get("srcset", "").split()
        self.addresses += re.findall(r"url\(([^)]*)\)", known.get("style", ""))


def test_no_page_loads_anything_from_elsewhere(site):
    for page in site.rglob("*.html"):
        parser = Loaded()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.addresses, page
        assert not [found for found in parser.addresses if re.match(r"(\w+:)?//", found.strip("'\""))], page
    for sheet in site.rglob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        loaded = re.findall(r"@import\s+[^;]+|url\(\s*['\"]?(?:\w+:)?//[^)]*\)", css)
        assert not loaded, sheet


def test_the_parser_sees_what_would_be_loaded():
    parser = Loaded()
    parser.feed(
        '<link href="https://a.example/x.css"><img src="//b.example/y.png"><a href="https://c.example">c</a>'
    )
    assert parser.addresses == ["https://a.example/x.css", "//b.example/y.png"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


PATIENCE = 120_000  # milliseconds: the machine may have other work
LOOKED_AT = (
    "index",
    "teachers/index",
    "researchers/word-lists",
    "dimensions/stance",
    "lexicons/contested",
    "reference/commands",
    "reference/python/framing",
    "reference/python/classroom",
)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_open_from_disk_fit_the_screen_and_are_accessible(site, browser, width, scheme, repository):
    script = axe.source(repository / "build" / "axe")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in LOOKED_AT:
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_selector("article h1", timeout=PATIENCE)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        grave = [fault for fault in axe.faults(page, script) if fault.impact in axe.SERIOUS]
        assert not grave, f"{name}\n" + "\n".join(map(str, grave))
    context.close()
    assert not complaints
    assert all(address.startswith(("file:", "data:", "about:", "blob:")) for address in asked)


def test_the_search_works_without_a_server(site, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    page.click("input[name=query]")
    page.wait_for_selector(".md-search-result__meta:has-text('Type to start')", timeout=PATIENCE)
    page.keyboard.type("effective number of sources")
    page.wait_for_selector(".md-search-result__item a", timeout=PATIENCE)
    assert "attribution" in page.inner_text(".md-search-result__list").lower()
    page.close()


# What the pages say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(load_dimensions()))
def test_a_dimension_has_its_page(site, name):
    dimension = load_dimensions()[name]
    said = text_of(site / "dimensions" / f"{name}.html")
    for field in ("title", "question", "unit", "higher", "limits", "reference"):
        assert getattr(dimension, field) in said, field
    assert "What is marked, and why" in said
    assert "Code it by hand" in said
    for row in measured("linear")["figures"]:
        if row["dimension"] == name:
            assert f"{row['value']:.3f} ({row['low']:.3f}–{row['high']:.3f})" in said
    assert f"dimensions/{name}.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*lexicon_names(), *LISTS])
def test_a_word_list_has_its_page_and_its_file(site, name):
    said = text_of(site / "lexicons" / f"{name}.html")
    found = lists.read_table(lists.path_of(name))
    assert found.header["title"] in said
    assert f"{len(found.rows):,} entries" in said
    for category, meaning in framing.load_lexicon(lists.path_of(name)).categories.items():
        assert f"{category}" in said
        assert " ".join(meaning.split()) in said
    assert (site / "lexicons" / f"{name}.tsv").read_bytes() == lists.path_of(name).read_bytes()
    shown = min(len(found.rows), 40)
    assert sum(row["term"] in said for _, row in found.rows) >= shown


def test_every_word_list_is_named_where_it_is_used():
    """Lists of words that are no evidence, and VADER's corrections, need no dimension."""
    linked = {
        found
        for page, text in PAGES.items()
        if page.startswith("dimensions/")
        for found in re.findall(r"\.\./lexicons/(\w+)\.md", text)
    }
    assert set(lexicon_names()) <= linked


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_has_its_help_its_options_and_an_example(site, command):
    said = text_of(site / "reference" / "commands.html")
    section = said.partition(f"{command.name}¶")[2]
    assert section, "the reference does not have it"
    if command.group:
        return
    section = section.partition("¶")[0]
    for parameter in command.made.params:
        names = (
            parameter.opts if parameter.param_type_name == "option" else [parameter.metavar or parameter.name]
        )
        assert any(name in section for name in names), parameter.name
    assert f"$ {command.name}" in section, "no page of the documentation shows it"


def referred(*pages: Path) -> set[str]:
    """The names that pages of the Python reference explain."""
    found = re.compile(r'class="doc doc-object-name[^"]*">([\w.]+)<')
    return {name for page in pages for name in found.findall(page.read_text(encoding="utf-8"))}


def test_the_reference_has_every_public_name(site):
    names = {name for name in framing.__all__ if not name.startswith("__")}
    assert names <= referred(site / "reference" / "python" / "framing.html")


PACKAGES = (
    *(f"framing.classroom.{module.name}" for module in pkgutil.iter_modules(framing.classroom.__path__)),
    "framing.estimator",
    "framing.lexicon_formats",
    "framing.output.classroom",
    "framing.output.widgets",
    "framing.workbench",
)


@pytest.mark.parametrize("name", PACKAGES)
def test_the_reference_has_what_a_module_offers(site, name):
    explained = referred(*(site / "reference" / "python").glob("*.html"))
    module = importlib.import_module(name)
    offered = {
        name
        for name, made in vars(module).items()
        if name in getattr(module, "__all__", (name,))
        and not name.startswith("_")
        and (hasattr(module, "__all__") or getattr(made, "__module__", "") == module.__name__)
        and (inspect.isclass(made) or inspect.isfunction(made))
    }
    assert offered
    assert offered <= explained


@pytest.mark.parametrize("page", sorted(python.pages()))
def test_a_public_name_is_explained_once_and_in_words(site, page):
    html = (site / page).with_suffix(".html").read_text(encoding="utf-8")
    names = re.findall(r'<h3 id="(framing\.[\w.]+)"', html)
    assert names
    assert len(names) == len(set(names))
    for name, section in zip(names, re.split(r'<h3 id="framing\.[\w.]+"', html)[1:], strict=True):
        assert re.search(r'<div class="doc doc-contents[^"]*">.*?<p>\w', section, re.DOTALL), name


def test_examples_in_docstrings_are_fenced():
    from _site.doctests import fenced

    assert (
        fenced("Adds.\n\n>>> 1 + 1\n2\n\nNo more.\n") == "Adds.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nNo more.\n"
    )


def test_an_included_paper_keeps_the_links_that_lead_to_pages(site):
    changes = papers.include("CHANGELOG.md", "reference/changes.md")
    assert "[docs/validity.md](../validity.md)" in changes
    contributing = text_of(site / "reference" / "contributing.html")
    assert "Add a dimension in four files" in contributing
    assert papers._page_of("framing/linear") is None


def test_the_first_question_is_the_first():
    first = re.search(r"^## (.*)$", PAGES["questions.md"], re.MULTILINE)
    assert first is not None
    assert first[1] == "Does a high score mean the article is biased?"


def test_quotations_from_the_teaching_texts_are_in_them():
    found = 0
    for page, text in PAGES.items():
        for quoted, name in re.findall(r"^> (.+)\n>\n> — ([\w-]+)$", text, re.MULTILINE):
            assert quoted in (ROOT / "texts" / f"{name}.md").read_text(encoding="utf-8"), f"{page}: {quoted}"
            found += 1
    assert found >= 5


def test_the_teachers_guide_names_texts_and_notebooks_that_exist():
    said = " ".join(text for page, text in PAGES.items() if page.startswith("teachers/"))
    texts = {path.stem for path in (ROOT / "texts").glob("*-*.md")}
    assert texts <= set(re.findall(r"`([\w-]+)`", said))
    named = set(re.findall(r"`([\w-]+\.ipynb)`", said))
    there = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert there <= named
    assert named <= there
    for page, text in PAGES.items():
        if "texts/coding/" in text:
            assert "machine" in text.lower(), (
                f"{page} speaks of the coding of the teaching texts, and not of who made it"
            )


# What the pages show ------------------------------------------------------------------------------------------------


HEDGED = [
    ("Nobody knows whether the bridge may close.", ["whether", "may"]),
    ("The ferry left at nine.", []),
    ("It will reportedly cost about four million.", ["reportedly", "about"]),
]
TYPES = {"whether": "condition", "may": "epistemic", "reportedly": "hearsay", "about": "approximator"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A folder with what the commands of the pages ask for.

    Of the teaching texts only the one that pages count in is whole: each command reads what it reads, and in less time.
    """
    folder = tmp_path_factory.mktemp("desk")
    for place in ("texts", "articles", "codings"):
        (folder / place).mkdir()
    for path in (ROOT / "texts").glob("*-*.md"):
        text = path.read_text(encoding="utf-8")
        whole = path.stem == "khmeimim-wire"
        (folder / "texts" / path.name).write_text(text if whole else beginning(text), encoding="utf-8")
    for name in ("moscow-wire.md", "moscow-opinion.md"):
        shutil.copy(folder / "texts" / name, folder / "articles")
    article = " ".join(sentence for sentence, _ in HEDGED)
    (folder / "article.txt").write_text(article, encoding="utf-8")
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["id", "outlet", "body"], *([str(n), "The Gull", s] for n, (s, _) in enumerate(HEDGED))]
        )
    with (folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "start", "end", "label"])
        for sentence, words in HEDGED:
            spans = [(sentence.index(word), sentence.index(word) + len(word), TYPES[word]) for word in words]
            rows.writerows([sentence, *span] for span in spans or [("", "", "")])
    write_coding(folder / "my-coding.csv", make_document(article), TYPES)
    wire = framing.read(ROOT / "texts" / "khmeimim-wire.md")
    for coder, words in CODERS.items():
        write_coding(folder / "codings" / f"{coder}.csv", wire, dict.fromkeys(words, ""))
    return folder


CODERS = {"anna": ("could", "according to reports", "whether"), "ben": ("could", "according to reports")}


def beginning(text: str) -> str:
    """The metadata of a teaching text and its first paragraphs."""
    head, mark, body = text.partition("\n---\n")
    return head + mark + "\n\n".join(body.split("\n\n")[:3]) + "\n"


def write_coding(path: Path, document: Document, labels: Mapping[str, str]) -> None:
    """A coding in the format of the exercises, as somebody fills it in by hand."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["sentence", "words", "label"])
        for number, sentence in enumerate(document.sentences, 1):
            text = document.text[sentence.start : sentence.end]
            found = [word for word in labels if f" {word}" in text]
            rows.writerows([number, word, labels.get(word, "")] for word in found or [""])


@pytest.mark.parametrize("line", LINES)
def test_a_command_shown_runs(desk, line, monkeypatch):
    """In the order of the pages, in one folder, as a reader would go through them; each once."""
    if line in NOT_RUN:
        assert line in LINES, NOT_RUN[line]
        return
    assert line.startswith("framing "), "name it in NOT_RUN, with the reason"
    assert not re.search(r"[*?|<>$;&]", line), "what a shell does to a line is not done here"
    monkeypatch.chdir(desk)
    done = CliRunner().invoke(app, shlex.split(line)[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_what_is_not_run_is_shown_somewhere():
    assert set(NOT_RUN) <= set(LINES)


EXAMPLES = [
    (page, number, fence)
    for page in ORDER
    for number, fence in enumerate(
        re.findall(r"^ *```python\n(.*?)^ *```$", PAGES[page], re.MULTILINE | re.DOTALL), 1
    )
]


@pytest.mark.parametrize(
    ("page", "number", "fence"), EXAMPLES, ids=lambda value: str(value).split("\n")[0][:30]
)
def test_an_example_in_python_gives_what_it_shows(desk, monkeypatch, page, number, fence):
    """The examples of a page are one session: those before are run first."""
    monkeypatch.chdir(desk)
    session = [other for name, place, other in EXAMPLES if name == page and place <= number]
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest("".join(session), {}, page, page, 0)
    assert test.examples
    told: list[str] = []
    doctest.DocTestRunner(optionflags=flags).run(test, out=told.append)
    assert not told, "".join(told)


def test_the_codings_on_the_desk_are_of_the_sentences_they_name(desk):
    """So that a failing command is the command's fault."""
    for coding, sentences in (("codings/anna.csv", 26), ("my-coding.csv", len(HEDGED))):
        with (desk / coding).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {int(row["sentence"]) for row in rows} == set(range(1, sentences + 1))
        assert sum(bool(row["words"]) for row in rows) >= 4
