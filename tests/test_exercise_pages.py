"""The pages of an exercise as people meet them: on paper, on a phone, in the dark, and with hostile articles."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape

import axe
import pytest

from framing.classroom.coding import DIMENSIONS, LABELS, Coding, Mark
from framing.classroom.exercise import make_exercise
from framing.classroom.ideas import load_ideas
from framing.classroom.key import seal
from framing.corpus import read
from framing.data import folder
from framing.document import make_document
from framing.output.classroom import render_answers, render_ideas, render_worksheet
from framing.output.classroom.answers import _paired
from framing.output.classroom.guides import GUIDES
from framing.output.print import print_page

HOSTILE = "\"><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'></style>"
TEXT = (
    "Officials in Moscow said the talks may have failed. “We lost,” he said. The brutal regime in Damascus failed its "
    "people. Russia praised the deal."
)


@pytest.fixture(scope="module")
def made():
    documents = [
        make_document(TEXT, "talks", title="Talks fail", outlet="The Gull"),
        make_document(
            f"Russia may fall, said {HOSTILE}. It is long over.", "odd", title=HOSTILE, outlet=HOSTILE
        ),
    ]
    return {
        dimension: make_exercise(documents, dimension, models=["linear", "lexicon"])
        for dimension in DIMENSIONS
    }


@pytest.fixture(scope="module")
def pages(made, tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    for dimension, exercise in made.items():
        (place / f"worksheet-{dimension}.html").write_text(render_worksheet(exercise), encoding="utf-8")
        (place / f"answers-{dimension}.html").write_text(render_answers(exercise), encoding="utf-8")
    (place / "ideas.html").write_text(render_ideas(load_ideas()), encoding="utf-8")
    return place


def plain(html):
    """The text of a page as people read it."""
    body = html.split("<body", 1)[1]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


# What is on them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_worksheet_has_numbered_sentences_labels_and_the_seal(made, dimension):
    exercise = made[dimension]
    html = render_worksheet(exercise)
    text = plain(html)
    for article in exercise.articles:
        for number, (start, end) in enumerate(article.sentences, 1):
            assert f"{number} {' '.join(article.text[start:end].split())}" in text
    assert all(meaning in text for meaning in LABELS[dimension].values())
    digits = seal(exercise)[:12]
    assert f"{digits[:4]} {digits[4:8]} {digits[8:]}" in text
    assert all(field in text for field in ("Name", "Date", "Notes", exercise.id))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_worksheet_has_no_answer(made, dimension):
    """The page is the same whatever the key is, but for the seal."""
    exercise = made[dimension]
    empty = replace(exercise, key=Coding("nobody", ("talks", "odd"), ()), models={}, by="")
    digits = [[seal(each)[place : place + 4] for place in (0, 4, 8)] for each in (exercise, empty)]
    shown, other = (
        render_worksheet(each).replace(" ".join(own), "seal")
        for each, own in zip((exercise, empty), digits, strict=True)
    )
    assert shown == other


def test_a_worksheet_on_stance_has_a_scale_for_each_pair(made):
    html = render_worksheet(made["stance"])
    assert html.count('class="rating"') == sum(len(article.pairs) for article in made["stance"].articles)


def test_answers_show_reasons_alternatives_and_who_made_the_key(made):
    text = plain(render_answers(made["loaded"]))
    regime = next(mark for mark in made["loaded"].key.marks if mark.neutral)
    assert regime.comment in text
    assert f"neutral: {regime.neutral}" in text
    assert "The key: the model linear, not a person." in text
    assert "where the class has the better reason, the class is right" in text
    assert re.search(r"macro F1 0\.\d\d \(0\.\d\d–0\.\d\d\) on BABE", text)
    assert "lexicon" in text


def test_answers_by_hand_compare_all_models_with_the_key(made):
    start = TEXT.index("talks")
    marks = (Mark("talks", start, start + 9, "doxastic", comment="mine"), Mark("talks", 0, 9, "weasel"))
    exercise = replace(made["hedging"], key=Coding("roe", ("talks", "odd"), marks), by="roe, by hand")
    text = plain(render_answers(exercise))
    assert "The key: roe, by hand." in text
    assert "not a person" not in text
    for model in ("lexicon", "linear"):
        assert (
            f"{model} does not mark: Officials . Otherwise: may epistemic, where the key has doxastic" in text
        )
    assert "lexicon 2 1 0 1" in text


def test_answers_on_stance_compare_ratings(made):
    exercise = made["stance"]
    key = replace(
        exercise.key, coder="roe", marks=tuple(mark._replace(label="-2") for mark in exercise.key.marks)
    )
    text = plain(render_answers(replace(exercise, key=key, by="roe, by hand")))
    assert re.search(r"lexicon Otherwise: .*Russia −?[01], where the key has −2", text)


@pytest.mark.parametrize(
    ("key", "own", "pairs"),
    [
        ([(0, 5), (3, 9)], [(2, 9)], [((0, 5), None), ((3, 9), (2, 9))]),
        ([(0, 5)], [(5, 9)], [((0, 5), None), (None, (5, 9))]),
        ([(0, 9)], [(0, 2), (3, 9)], [((0, 9), (3, 9)), (None, (0, 2))]),
        ([], [], []),
    ],
)
def test_marks_are_compared_with_what_they_overlap_most(key, own, pairs):
    def marks(spans):
        return [Mark("a", *span, "hedge") for span in spans]

    found = _paired(marks(key), marks(own), "hedging")
    assert [tuple(mark and mark[1:3] for mark in pair) for pair in found] == pairs


def test_parts_of_attributions_are_compared_with_the_same_part():
    cue, content = Mark("a", 0, 9, "cue", group="1"), Mark("a", 0, 9, "content", group="1")
    source, untyped = Mark("a", 0, 9, "document", group="1"), Mark("a", 0, 9, "source", group="2")
    assert _paired([cue], [content], "attribution") == [(cue, None), (None, content)]
    assert _paired([source], [untyped], "attribution") == [(source, untyped)]


def test_ideas_show_all_of_an_idea():
    text = plain(render_ideas(load_ideas()))
    for idea in load_ideas():
        assert all(part in text for part in (idea.title, idea.goal, *idea.steps, *idea.talk, *idea.material))


def test_every_dimension_has_its_guide():
    assert tuple(GUIDES) == DIMENSIONS


def test_the_same_exercise_gives_the_same_pages(made):
    for render in (render_worksheet, render_answers):
        assert render(made["attribution"]) == render(made["attribution"])


# How they behave --------------------------------------------------------------------------------------------------

NAMES = ["ideas", *(f"{kind}-{dimension}" for kind in ("worksheet", "answers") for dimension in DIMENSIONS)]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs_nothing_fetches_nothing_and_fits_a_phone(chromium, pages, name):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, offline=True)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    address = (pages / f"{name}.html").as_uri()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    assert (said, asked) == ([], [address])
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("name", ["ideas", "worksheet-stance", "answers-loaded", "answers-stance"])
def test_axe_finds_no_serious_fault(chromium, pages, axe_script, name, paper, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=paper, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto((pages / f"{name}.html").as_uri())
    found = [fault for fault in axe.faults(page, axe_script) if fault.impact in axe.SERIOUS]
    context.close()
    assert not found, "\n".join([f"{len(found)} faults", *map(str, found)])


def test_each_article_begins_on_a_page_of_its_own(tmp_path):
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))) or not shutil.which(
        "pdftotext"
    ):
        pytest.skip("needs Chromium and pdftotext on the path")
    texts = [read(folder("texts") / f"{name}.md") for name in ("moscow-wire", "khmeimim-wire")]
    exercise = make_exercise(texts, "hedging", models=["lexicon"])
    (tmp_path / "w.html").write_text(render_worksheet(exercise), encoding="utf-8")
    print_page(tmp_path / "w.html", tmp_path / "w.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "w.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    sheets = text.split("\f")
    begun = [number for number, page in enumerate(sheets) if "Article 2 of 2" in page]
    assert len(begun) == 1
    assert "Article 2 of 2" in sheets[begun[0]].strip().splitlines()[0]
    assert 4 <= len(sheets) - 1 <= 7
