"""The page of a class: what it shows, what it hides, and how it opens in Chromium."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import escape

import axe
import browser
import classroom_material as material
import pandas as pd
import pytest
from simulated_class import simulated_class

from framing.classroom.coding import Coding, Mark
from framing.classroom.scoring import score_codings
from framing.corpus import Failure
from framing.output.charts import sheet_of, svg
from framing.output.charts.classroom import agreement_of_pairs, agreement_with, class_progress, marks_along
from framing.output.classroom.score_report import (
    against_tables,
    among,
    chart_labels,
    paradox,
    render_score,
    write_score,
)
from framing.output.classroom.talk import QUESTIONS, plain, talks
from framing.output.style import NARROW, WIDTH

TEXT = material.SHORT
HOSTILE = "\"><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'></style>"
TURNING = "\u202eevil\u202c \u2066x"


def coded(coder, *marks, **fields):
    return material.coding(coder, TEXT, marks, **fields)


def page_of(*codings, key=(("may", "epistemic"),), names=True, **options):
    exercise = material.short_exercise(TEXT, key, **options)
    return render_score(score_codings(exercise, codings, resamples=100), names=names)


def talk_of(*codings, key=(("may", "epistemic"),), **options):
    """The first sentence to talk about."""
    exercise = material.short_exercise(TEXT, key, **options)
    return talks(score_codings(exercise, codings, resamples=0), most=5)[0]


@pytest.fixture(scope="module")
def score():
    exercise = material.exercise_of("hedging", models=("lexicon", "linear"))
    class_ = simulated_class(exercise, students=6, round="before", careless=0.12).codings
    class_ += simulated_class(exercise, students=6, round="after", eye=2, seed=1).codings
    return score_codings(exercise, class_, failures=[Failure("ada.csv", 7, "no such label 'maybe'", "give epistemic", lost=False)], resamples=200)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory, score):
    """Pages of several classes: usual, of all dimensions, hostile, of 60 students, of nobody."""
    folder = tmp_path_factory.mktemp("pages")
    write_score(score, folder / "usual.html")
    exercise = material.exercise_of("stance", models=("lexicon", "linear"))
    write_score(
        score_codings(exercise, simulated_class(exercise, students=7).codings, resamples=100),
        folder / "stance.html",
    )
    exercise = material.exercise_of("attribution", ("moscow-wire", "khmeimim-wire"))
    write_score(
        score_codings(exercise, simulated_class(exercise, students=3).codings, resamples=100),
        folder / "several.html",
    )
    exercise = material.short_exercise(f"{TEXT} {HOSTILE} {TURNING}", [("may", "epistemic")])
    exercise = replace(
        exercise, id=HOSTILE, by=HOSTILE, articles=(replace(exercise.articles[0], title=HOSTILE + TURNING),),
        models={HOSTILE: Coding("m", ("short",), (Mark("short", 0, 8, HOSTILE, HOSTILE, comment=HOSTILE),))},
    )  # fmt: skip
    names = [
        HOSTILE,
        TURNING,
        "",
        "a" * 5000,
        "=cmd()",
        "key",
        *(f"Student {number}" for number in range(20)),
    ]
    class_ = [
        Coding(name, ("short",), (Mark("short", 9 + at % 4, 30 + at, HOSTILE, HOSTILE, comment=HOSTILE + TURNING * 200, neutral=HOSTILE),), HOSTILE)
        for at, name in enumerate(names)
    ]  # fmt: skip
    failures = [Failure(HOSTILE, 3, HOSTILE, HOSTILE, lost=False)] * 300
    write_score(score_codings(exercise, class_, failures=failures, resamples=50), folder / "hostile.html")
    write_score(score_codings(exercise, [], resamples=50), folder / "nobody.html")
    return folder


PAGES = ["usual", "stance", "several", "hostile", "nobody"]


# Talking --------------------------------------------------------------------------------------------------------


def test_a_question_says_who_marked_what_and_asks_openly():
    class_ = [
        coded(name, *([("may have", "epistemic")] if name in "abcdefgh" else [])) for name in "abcdefghijkl"
    ]
    exercise = material.short_exercise(TEXT, [("About", "approximator")])
    first, second = talks(score_codings(exercise, class_, resamples=0), most=5)
    asked = QUESTIONS["hedging"]
    assert first.question == f"Eight of twelve marked “may have”; the key does not. {asked['epistemic']}"
    assert second.question == f"Nobody marked “About”; the key does. {asked['approximator']}"


def test_a_question_names_the_types_that_differ():
    talk = talk_of(
        coded("a", ("may", "epistemic")), coded("b", ("may", "doxastic")), coded("c", ("may", "epistemic"))
    )
    assert talk.question.startswith(
        "All three marked “may”; so does the key. Of these, two call it epistemic and one calls it doxastic."
    )
    assert talk.question.endswith(QUESTIONS["hedging"]["epistemic"])


def test_a_question_names_other_edges_and_the_models_that_differ():
    models = {"linear": coded("linear"), "lexicon": coded("lexicon", ("may", "epistemic"))}
    talk = talk_of(coded("a", ("may", "epistemic")), coded("b", ("may have", "epistemic")), models=models)
    assert talk.question.startswith(
        "Both marked “may have”, one of them with other first or last words; the key has “may”. The model linear does not mark it."
    )


def test_a_question_of_stance_counts_the_ratings():
    sentence = "The raid may have failed."
    class_ = [
        material.coding(name, TEXT, [(sentence, value)], actor="x")
        for name, value in zip("abc", ("-1", "-1", "0"), strict=True)
    ]
    exercise = material.short_exercise(TEXT, dimension="stance", pairs=[(0, "x")])
    (talk,) = talks(score_codings(exercise, class_, resamples=0), most=5)
    assert talk.question.startswith("Of three ratings of x, two are −1 and one is 0.")
    assert [(answer.words, answer.label, answer.coders) for answer in talk.answers] == [
        ("x", "−1", (1, 2)),
        ("x", "0", (3,)),
    ]


def test_the_sentence_shows_how_many_marked_each_word():
    talk = talk_of(coded("a", ("may have", "epistemic")), coded("b", ("may", "epistemic")), coded("c"))
    heat = re.sub("<sup>.*?</sup>", "", talk.text)
    assert re.sub("<[^>]*>", "", heat) == "The raid may have failed."
    assert '<mark class="heat h4 by-key">may</mark><sup>2' in talk.text
    assert '<mark class="heat h2">have</mark><sup>1' in talk.text


def test_who_marked_what_is_listed_with_those_who_marked_nothing():
    talk = talk_of(
        coded("a", ("may", "epistemic"), comment="sounds unsure"), coded("b", ("may", "hedge")), coded("c")
    )
    assert {(each.words, each.label): each.coders for each in talk.answers} == {
        ("may", "epistemic"): (1,),
        ("may", "hedge"): (2,),
    }
    assert talk.unmarked == (3,)
    assert talk.comments == ((1, "may", "sounds unsure"),)


def test_types_given_as_often_come_in_the_same_order_every_time():
    types = ("weasel", "doxastic", "hearsay", "epistemic", "condition")
    talk = talk_of(coded("a", *(("may", label) for label in types)), coded("b", ("may", "weasel")))
    assert (
        "Of these, two call it weasel, one calls it condition, one calls it doxastic and one calls it epistemic."
        in talk.question
    )


def test_every_dimension_asks_openly():
    for questions in QUESTIONS.values():
        assert "" in questions
        assert all(question.endswith("?") for question in questions.values())


# The page -------------------------------------------------------------------------------------------------------


def test_the_same_score_gives_the_same_page(score):
    assert render_score(score) == render_score(score)


def test_the_page_has_every_section(score):
    page = render_score(score)
    for id in (
        "glance",
        "talk",
        "key",
        "pairs",
        "along",
        "progress",
        "types",
        "figures",
        "how",
        "teacher",
        "failures",
    ):
        assert f'<section id="{id}">' in page
    assert "ada.csv: line 7: no such label" in page


def test_the_figures_of_the_page_are_those_of_the_score(score):
    table = among(score)
    own = score.students[(score.students.kind == "words") & (score.students.measure == "gwet_ac1")]
    cells = dict(table.rows)["gwet_ac1"]
    assert cells[0].value == f"{own.value.item():.2f}"
    assert cells[0].units == own.units.item()
    for other in ("key", "lexicon", "linear"):
        words = against_tables(score, other)[0]
        assert [coder for coder, _ in words.rows][:6] == [str(number) for number in range(1, 7)]
    assert f">{cells[0].value} <small>{cells[0].interval}</small>" in render_score(score)


def test_the_paradox_is_told_where_it_is_there(score):
    same = [replace(score.exercise.key, coder=name) for name in "ab"]
    assert paradox(score_codings(score.exercise, same, resamples=0)) is None
    score = score_codings(
        score.exercise,
        simulated_class(score.exercise, students=5, careless=0.2, kinds=["random"]).codings,
        resamples=0,
    )
    told = paradox(score)
    assert told is not None
    percent, kappa, ac1 = told
    assert (
        f"Here any two students say the same of {percent} of the words, and yet kappa is {kappa}"
        in render_score(score)
    )
    assert f"AC1, here {ac1}, reckons" in render_score(score)


def test_a_page_without_names_holds_none():
    named = page_of(coded("Wilhelmina", ("may", "epistemic")), coded("Bartholomew"))
    assert named.count("Wilhelmina") > 3
    bare = page_of(
        coded("Wilhelmina", ("may", "epistemic")), coded("Bartholomew"), coded("Bartholomew"), names=False
    )
    assert "Wilhelmina" not in bare
    assert "Bartholomew" not in bare
    assert 'id="teacher"' not in bare
    assert "1 name" not in bare


def test_nothing_of_the_page_is_a_verdict(score):
    words = set(re.sub("<[^>]*>", " ", render_score(score).split("<body>")[1]).lower().split())
    assert not words & {"wrong", "mistake", "mistakes", "careless", "cheated", "bad", "poor", "failed"}


def test_what_a_file_holds_is_text_and_never_markup(folder):
    page = (folder / "hostile.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert escape("<script>") in page
    assert not set("\u202e\u2066") & set(re.sub(r"<blockquote.*?</blockquote>", "", page, flags=re.DOTALL))
    assert "a" * 100 not in page


def test_a_long_list_of_failures_is_cut_and_says_so(folder):
    page = (folder / "hostile.html").read_text(encoding="utf-8")
    assert page.count("<li><bdi>") >= 200
    assert "more are not listed." in page


def test_characters_nobody_sees_are_left_out():
    assert plain("A\u202eb\x00c\td") == "Abc\td"


# Charts ---------------------------------------------------------------------------------------------------------


def charts_of(count, **options):
    names = [f"{number} Name {number}" for number in range(1, count + 1)]
    rows = pd.DataFrame({
        "name": [*names, "linear"], "model": [False] * count + [True], "value": [number / count for number in range(count)] + [float("nan")],
        "low": [0.0] * (count + 1), "high": [1.0] * (count + 1), "units": [400] * (count + 1),
    })  # fmt: skip
    pairs = pd.DataFrame(
        [(a, b, 0.5) for at, a in enumerate([*names, "key"]) for b in [*names, "key"][at + 1 :]],
        columns=["a", "b", "value"],
    )
    marks = pd.DataFrame(
        [("An article", "", 0.1, 0.2, 0.5), ("An article", "key", 0.1, 0.15, 1.0)],
        columns=["article", "who", "start", "end", "share"],
    )
    steps = pd.DataFrame(
        [("By round", step, coder, 0.1 * coder) for step in ("1", "2") for coder in range(4)],
        columns=["by", "step", "coder", "value"],
    )
    return {
        "key": sheet_of(agreement_with, rows=rows, measure="alpha", **options),
        "pairs": sheet_of(agreement_of_pairs, pairs=pairs, students=names, others=["key"], measure="alpha", **options),
        "along": sheet_of(marks_along, marks=marks, articles=["An article"], rows=["key"], **options),
        "progress": sheet_of(class_progress, progress=steps, **options),
    }  # fmt: skip


@pytest.mark.parametrize("width", [WIDTH, NARROW])
@pytest.mark.parametrize("count", [3, 12, 60])
def test_charts_stay_on_their_sheet(count, width):
    for name, sheet in charts_of(count, width=width).items():
        ET.fromstring(svg(sheet))
        for row in [*sheet.rows["texts"], *sheet.rows["dots"], *sheet.rows["lines"]]:
            if row["x"] is not None:
                assert 0 <= row["x"] <= width, (name, row)
                assert 0 <= row["y"] <= sheet.height, (name, row)


def test_charts_name_what_is_undefined_and_sort_the_rest():
    texts = [row["text"] for row in charts_of(3)["key"].rows["texts"]]
    assert "undefined" in texts
    assert texts.index("3 Name 3") < texts.index("1 Name 1")


def test_charts_say_why_there_is_nothing_to_draw():
    none = pd.DataFrame({"name": [], "value": [], "by": [], "step": [], "coder": [], "a": [], "b": []})
    for sheet in (
        sheet_of(agreement_with, rows=none, measure="alpha"),
        sheet_of(agreement_of_pairs, pairs=none, students=["1"], others=["key"], measure="alpha"),
        sheet_of(class_progress, progress=none.astype(float)),
    ):
        assert sheet.rows["texts"][0]["style"] == "italic"


def test_long_names_are_short_in_charts_and_stay_one_of_a_kind(score):
    long = replace(score, coders=tuple("A very long name that goes on and on" for _ in score.coders))
    labels = chart_labels(long)
    assert len(set(labels.values())) == len(score.coders)
    assert set(chart_labels(long, names=False).values()) == {str(number) for number in labels}


# In the browser -------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(chromium, folder, request):
    name, width = request.param
    with browser.opened(chromium, folder / f"{name}.html", width) as page:
        yield page


@pytest.mark.parametrize("opened", [(name, width) for name in PAGES for width in (390, 1280)], indirect=True)
def test_no_width_scrolls_sideways_and_nothing_runs(opened):
    opened.evaluate("document.querySelectorAll('details').forEach(node => node.open = true)")
    if opened.locator("#show-names").count():
        opened.check("#show-names")
    assert opened.evaluate("document.documentElement.scrollWidth") <= opened.viewport_size["width"]


@pytest.mark.parametrize("opened", [("usual", 1280)], indirect=True)
def test_names_are_shown_by_a_switch_that_the_keyboard_reaches(opened):
    first = opened.locator("#key .wide svg .name").first
    assert opened.locator("#talk .name").first.is_hidden()
    assert first.evaluate("node => getComputedStyle(node).display") == "none"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "show-names"
    opened.keyboard.press("Space")
    assert opened.locator("#talk .name").first.is_visible()
    assert first.evaluate("node => getComputedStyle(node).display") == "inline"


@pytest.mark.parametrize("opened", [("usual", 1280)], indirect=True)
def test_the_teachers_part_is_folded_and_not_printed(opened):
    assert not opened.locator("#teacher table").is_visible()
    opened.emulate_media(media="print")
    assert not opened.locator("#teacher details").is_visible()
    assert opened.locator("#show-names").is_hidden()


@pytest.mark.parametrize(("paper", "width"), [("light", 390), ("dark", 1280)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(chromium, folder, axe_script, name, paper, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=paper, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto((folder / f"{name}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(node => node.open = true)")
    found = [fault for fault in axe.faults(page, axe_script) if fault.impact in axe.SERIOUS]
    context.close()
    assert not found, "\n".join([f"{len(found)} faults", *map(str, found[:8])])
