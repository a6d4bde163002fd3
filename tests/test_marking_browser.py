"""The marking page as a student meets it: in Chromium, from disk, without a network, by mouse, keyboard and finger."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import NamedTuple

import axe
import classroom_material as material
import pytest

from framing.classroom import coding
from framing.classroom.coding import COLUMNS, DIMENSIONS
from framing.output.classroom.marking import marking_data, render_marking_page


class Opened(NamedTuple):
    page: object
    exercise: object
    address: str

    def word(self, text, nth=0):
        return self.page.locator(f'.word:text-is("{text}")').nth(nth)

    def drag(self, first, last):
        first.hover()
        self.page.mouse.down()
        last.hover()
        self.page.mouse.up()

    def label(self, name):
        self.page.locator(".tools .labels button", has_text=name).click()

    def chips(self):
        return self.page.locator(".chip").all_inner_texts()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def save(self, name="Ada"):
        """The rows of the file that is downloaded, and its name."""
        if name is not None:
            self.page.locator(".who input").first.fill(name)
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Save", exact=False).first.click()
        data = download.value.path().read_bytes()
        assert data.startswith("\ufeff".encode())
        return self.rows(data.decode("utf-8-sig")), download.value.suggested_filename

    def rows(self, text):
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        texts = {article.id: article.text for article in self.exercise.articles}
        for row in rows:
            assert set(row) == set(COLUMNS)
            if row["words"]:
                assert texts[row["article"]][int(row["start"]) : int(row["end"])] == row["words"]
        return rows

    def marked(self, text=None):
        """Words and label of the marks."""
        rows = self.save()[0] if text is None else self.rows(text)
        return [(row["words"], row["label"]) for row in rows if row["label"]]


@pytest.fixture
def visit(chromium, tmp_path):
    """Opens pages; afterwards nothing may have been asked of the network, complained or executed."""
    contexts, said, asked = [], [], []

    def opened(dimension="hedging", *, width=1280, touch=False, hostile=False, before="", **more):
        exercise = material.to_mark(dimension, hostile=hostile)
        path = tmp_path / f"{dimension}.html"
        path.write_bytes(render_marking_page(exercise).encode("utf-8", "replace"))
        height = 844 if touch else 900
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            offline=True,
            has_touch=touch,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        if before:
            context.add_init_script(before)
        context.set_default_timeout(5000)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda request: (
                asked.append(request.url) if not request.url.startswith(("file:", "blob:")) else None
            ),
        )
        page.goto(path.as_uri())
        return Opened(page, exercise, path.as_uri())

    yield opened
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.hacked") is None
        context.close()
    assert said == []
    assert asked == []


# Mouse ------------------------------------------------------------------------------------------------------------


def test_words_are_marked_by_dragging_and_by_clicking(visit):
    opened = visit()
    opened.drag(opened.word("reportedly"), opened.word("expect"))
    assert "“reportedly expect”" in opened.page.locator(".tools").inner_text()
    opened.label("hearsay")
    opened.word("may").click()
    opened.label("epistemic")
    assert opened.marked() == [("may", "epistemic"), ("reportedly expect", "hearsay")]
    assert opened.chips() == ["epistemic", "hearsay"]
    assert opened.page.locator(".said").inner_text().startswith("Saved as hedging-1-Ada.csv")


def test_a_drag_that_begins_and_ends_within_words_marks_whole_words_in_either_direction(visit):
    opened = visit()
    first, last = (opened.word(text).bounding_box() for text in ("Nobody", "knows"))
    for start, end in ((last, first), (first, last)):
        opened.page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 9)
        opened.page.mouse.down()
        opened.page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 9, steps=4)
        opened.page.mouse.up()
        assert "“Nobody knows”" in opened.page.locator(".tools .head").inner_text()
    opened.press("Escape")
    assert opened.page.locator(".chosen").count() == 0


def test_shift_and_a_click_reach_from_the_last_word_to_the_one_clicked(visit):
    opened = visit()
    opened.word("Analysts").click()
    opened.word("expect").click(modifiers=["Shift"])
    opened.press("6")
    assert opened.marked() == [("Analysts reportedly expect", "weasel")]


def test_a_mark_is_changed_removed_and_undone(visit):
    opened = visit()
    opened.word("perhaps").click()
    opened.label("hearsay")
    opened.word("perhaps").click()
    opened.label("epistemic")
    opened.page.locator(".tools").get_by_label("Comment").fill("it may not be so, “he says”,\nor is it?")
    opened.page.get_by_role("button", name="Done").click()
    assert opened.chips() == ["epistemic\u00a0✎"]
    opened.page.locator(".chip").click()
    opened.page.get_by_role("button", name="Remove", exact=True).click()
    assert opened.chips() == []
    back = opened.page.get_by_role("button", name="Undo")
    back.click()
    assert opened.chips() == ["epistemic\u00a0✎"]
    opened.press("Control+z")  # what was typed is one step
    assert opened.chips() == ["epistemic"]
    opened.press("Control+z", "Control+z")
    assert opened.chips() == []
    assert back.get_attribute("aria-disabled") == "true"
    opened.press("Control+Shift+z", "Control+y", "Control+y", "Control+y", "Control+z")
    assert opened.chips() == ["epistemic\u00a0✎"]
    rows, _ = opened.save()
    assert [row["comment"] for row in rows if row["label"]] == ["it may not be so, “he says”, or is it?"]


def test_marking_anew_changes_how_far_a_mark_reaches_and_keeps_what_was_said(visit):
    opened = visit("loaded")
    opened.word("regime").click()
    opened.label("negative")
    opened.page.get_by_label("A neutral wording").fill("government")
    opened.page.get_by_label("About").select_option("russia")
    opened.page.get_by_role("button", name="Done").click()
    opened.drag(opened.word("brutal"), opened.word("regime"))
    opened.label("negative")
    rows = [row for row in opened.save()[0] if row["label"]]
    assert [(row["words"], row["neutral"], row["actor"]) for row in rows] == [
        ("brutal regime", "government", "russia")
    ]


def test_no_mark_reaches_over_what_the_page_does_not_show(visit, monkeypatch):
    made = material.to_mark("hedging")
    lines = ("A headline may come first.", "outlet: hidden", "Then comes the body.")
    article = material.cut("first", [[line] for line in lines], "", "hedging")
    spans = (article.sentences[0], article.sentences[2])
    changed = replace(made, articles=(replace(article, sentences=spans, paragraphs=((0, 1), (1, 2))),))
    monkeypatch.setattr(material, "to_mark", lambda *_, **__: changed)
    opened = visit()
    opened.drag(opened.word("may"), opened.word("Then"))
    opened.press("1")
    assert opened.marked() == [("may come first", "epistemic")]


# Keyboard ---------------------------------------------------------------------------------------------------------


def test_all_is_done_by_keyboard_alone(visit):
    opened = visit()
    page = opened.page
    for _ in range(20):  # the text is reached by Tab, and is one stop
        opened.press("Tab")
        if page.evaluate("document.activeElement.matches('.word')"):
            break
    assert page.evaluate("document.activeElement.textContent") == "🙂👩🏽‍🔬"
    opened.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "may"
    opened.press("1")
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')")
        == "may, sentence 1, marked epistemic"
    )
    opened.press("2")  # a number on a mark changes it
    opened.press("Control+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft")
    assert page.locator(".said").inner_text() == "2 words: “Analysts reportedly”"
    opened.press("Enter")
    assert page.evaluate("document.activeElement.closest('.tools') !== null")
    opened.press("6")
    assert page.evaluate("document.activeElement.textContent") == "reportedly"
    opened.press("End", "Alt+ArrowLeft", "Alt+ArrowLeft", "Control+End", "Home", "3", "Delete", "4")
    opened.press("Enter", "Tab", "Escape")
    assert page.evaluate("document.activeElement.textContent") == "Nobody"
    assert opened.marked() == [
        ("may", "doxastic"),
        ("Analysts reportedly", "weasel"),
        ("Nobody", "approximator"),
    ]


def test_up_and_down_go_by_the_lines_on_the_screen(visit):
    opened = visit(width=390)
    opened.word("brutal").focus()
    top = "document.activeElement.getBoundingClientRect().top + scrollY"
    tops = [opened.page.evaluate(top)]
    for _ in range(3):
        opened.press("ArrowDown")
        tops.append(opened.page.evaluate(top))
    assert tops == sorted(set(tops))
    opened.press("ArrowUp", "ArrowUp", "ArrowUp")
    assert opened.page.evaluate("document.activeElement.textContent") == "brutal"


def test_a_question_mark_shows_the_keys(visit):
    opened = visit()
    opened.word("may").focus()
    opened.press("?")
    assert opened.page.get_by_role("dialog", name="The keys").is_visible()
    opened.press("Escape", "1")
    assert opened.chips() == ["epistemic"]


def test_letters_typed_into_a_field_mark_nothing(visit):
    opened = visit()
    opened.word("may").click()
    opened.label("epistemic")
    opened.word("may").click()
    opened.page.locator(".tools").get_by_label("Comment").press_sequentially("2? no")
    opened.press("Backspace", "Control+z")
    assert opened.chips()[0].startswith("epistemic")


# Touch ------------------------------------------------------------------------------------------------------------


def test_a_finger_taps_the_first_word_and_the_last(visit):
    opened = visit(width=390, touch=True)
    opened.word("Analysts").tap()
    opened.word("expect").tap()
    tools = opened.page.locator(".tools")
    box = tools.bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)
    for target in tools.locator("button").all():
        assert target.bounding_box()["height"] >= 40
    chosen = opened.page.locator(".chosen").last.bounding_box()
    assert chosen["y"] + chosen["height"] <= box["y"]
    tools.get_by_role("button", name="weasel").tap()
    assert tools.is_hidden()
    opened.word("perhaps").tap()
    opened.word("perhaps").tap()  # the same again takes it back
    assert tools.is_hidden()
    assert opened.marked() == [("Analysts reportedly expect", "weasel")]
    opened.page.locator(".chip").tap()
    tools.get_by_role("button", name="Remove", exact=True).tap()
    assert opened.chips() == []


def test_what_a_phone_selects_itself_grows_to_whole_words(visit):
    opened = visit(width=390, touch=True)
    opened.word("may").tap()
    opened.press("Escape")
    opened.word("quiet").dispatch_event("pointerdown", {"pointerType": "touch"})
    opened.page.evaluate(
        """() => {
          const nodes = [...document.querySelectorAll(".word")];
          const node = (text) => nodes.find((one) => one.textContent === text).firstChild;
          getSelection().setBaseAndExtent(node("reportedly"), 4, node("deal"), 2);
        }"""
    )
    opened.page.locator(".tools").wait_for()
    opened.page.locator(".tools").get_by_role("button", name="hearsay").tap()
    assert opened.marked() == [("reportedly expect a\r\ndeal", "hearsay")]


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways(visit, dimension, width):
    opened = visit(dimension, width=width)
    opened.page.locator(".who input").first.fill("Somebody with a long name")
    if dimension == "stance":
        opened.page.locator(".step").first.click()
    else:
        opened.word("Russia’s").click()
    assert opened.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    told, first = (opened.page.locator(place).first.bounding_box() for place in (".told", ".do button"))
    assert opened.page.locator(".count").bounding_box()["width"] <= told["width"]
    assert told["x"] + told["width"] <= first["x"]


# Attribution ------------------------------------------------------------------------------------------------------


def test_the_parts_of_an_attribution_find_each_other(visit):
    opened = visit("attribution")
    opened.drag(opened.word("Cafe\u0301"), opened.word("gain"))
    opened.label("content")
    opened.word("said").click()
    opened.label("cue")
    opened.drag(opened.word("a", 1), opened.word("official"))
    opened.label("anonymous official")
    # In the second article one attribution lies in the other's content.
    opened.drag(opened.word("The"), opened.word("ministry"))
    opened.label("named organisation")
    opened.word("said", 1).click()
    opened.label("cue")
    opened.drag(opened.word("aides"), opened.word("left"))
    opened.label("content")
    opened.word("believed").click()
    opened.page.get_by_role("button", name="Another mark on “believed”").click()
    opened.label("cue")
    opened.word("aides").click()
    opened.page.get_by_role("button", name="Another mark on “aides”").click()
    opened.label("unnamed collective")
    rows = [row for row in opened.save()[0] if row["label"]]
    assert [(row["article"], row["words"], row["label"], row["group"]) for row in rows] == [
        ("first", "Cafe\u0301 owners, perhaps, could gain", "content", "1"),
        ("first", "said", "cue", "1"),
        ("first", "a security official", "anonymous_official", "1"),
        ("second", "The ministry", "named_org", "1"),
        ("second", "said", "cue", "1"),
        ("second", "aides believed the minister had left", "content", "1"),
        ("second", "aides", "unnamed_collective", "2"),
        ("second", "believed", "cue", "2"),
    ]
    assert opened.page.locator(".several").count() == 2


def test_an_attribution_can_be_told_where_it_belongs(visit):
    opened = visit("attribution")
    opened.word("said").click()
    opened.label("cue")
    opened.drag(opened.word("a", 1), opened.word("official"))
    opened.page.get_by_label("Attribution").select_option(label="a new one")
    opened.label("anonymous official")
    assert opened.chips() == ["cue 1", "anonymous official 2"]
    opened.page.locator(".chip").last.click()
    opened.page.get_by_label("Attribution").select_option("1")
    assert opened.chips() == ["cue 1", "anonymous official 1"]


# Stance -----------------------------------------------------------------------------------------------------------


def test_a_stance_is_chosen_for_each_sentence_and_actor(visit):
    opened = visit("stance")
    pairs = opened.page.locator(".pair")
    assert pairs.locator("legend").all_inner_texts() == ["Russia", "United States", "Russia"]
    pairs.nth(0).locator(".step").nth(0).click()
    pairs.nth(0).get_by_label("Comment").fill("brutal")
    pairs.nth(1).locator(".step").nth(5).click()
    pairs.nth(1).locator("input:checked").focus()
    opened.press("Tab")
    assert opened.page.evaluate("document.activeElement.type") == "radio"
    opened.press("Space", "ArrowRight", "ArrowRight", "ArrowRight")
    assert opened.page.locator(".said").inner_text() == "Russia: +1."
    assert "3 of 3 answered" in opened.page.locator(".finished").first.inner_text()
    rows = [row for row in opened.save()[0] if row["actor"]]
    (sentence, *_) = opened.exercise.articles[0].sentences
    assert [(row["sentence"], row["actor"], row["label"], row["words"], row["comment"]) for row in rows] == [
        ("1", "russia", "-2", "", "brutal"),
        ("1", "us", "", "", ""),
        ("3", "russia", "1", "", ""),
    ]
    assert (int(rows[0]["start"]), int(rows[0]["end"])) == tuple(sentence)
    opened.press("Shift+Tab")
    pairs.nth(2).locator("input:checked").focus()
    opened.press("Delete")
    assert pairs.nth(2).locator("input:checked").count() == 0
    opened.page.get_by_role("button", name="Undo").click()
    assert pairs.nth(2).locator("input:checked").get_attribute("value") == "1"


def test_ratings_come_back_from_their_file(visit, tmp_path):
    opened = visit("stance")
    for number, step in enumerate((1, 5, 2)):
        opened.page.locator(".pair").nth(number).locator(".step").nth(step).click()
    opened.page.locator(".finished input").first.check()
    before = saved_text(opened)
    again = fresh(visit, "stance")
    load(again, tmp_path, before)
    assert again.page.locator(".pair input:checked").evaluate_all(
        "nodes => nodes.map((node) => node.value)"
    ) == [
        "-1",
        "silent",
        "0",
    ]
    assert again.page.locator(".finished input").first.is_checked()
    assert saved_text(again) == before


# Files ------------------------------------------------------------------------------------------------------------


def saved_text(opened, name="Ada"):
    opened.page.locator(".who input").first.fill(name)
    with opened.page.expect_download() as download:
        opened.page.locator(".do .main").click()
    return download.value.path().read_bytes().decode("utf-8-sig")


def fresh(visit, dimension="hedging", **more):
    """A page whose browser remembers nothing."""
    return visit(dimension, before="try { localStorage.clear(); } catch {}", **more)


def load(opened, folder, text, *, encoding="utf-8-sig"):
    path = folder / "loaded.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    opened.page.locator('input[type="file"]').set_input_files(path)
    opened.page.locator(".notice p").wait_for()
    return opened.page.locator(".notice p").inner_text()


def test_the_file_is_named_for_exercise_coder_and_round_by_safe_characters(visit):
    opened = visit()
    opened.page.locator(".who input").nth(1).fill("before/after")
    rows, name = opened.save("Zoë: <b>../7</b>")
    assert name == "hedging-1-Zoë-b-..-7-b-before-after.csv"
    assert rows == []


def test_whoever_saves_at_the_end_of_the_page_reads_what_came_of_it(visit):
    opened = visit(width=390, touch=True)
    opened.page.locator(".who input").first.fill("Ada")
    with opened.page.expect_download():
        opened.page.get_by_role("button", name="Save your marks as CSV").tap()
    box = opened.page.locator(".notice").bounding_box()
    assert 0 <= box["y"] <= 844 - box["height"]
    assert "2 articles are not yet noted as read to the end" in opened.page.locator(".notice").inner_text()


def test_without_a_name_nothing_is_saved(visit):
    opened = visit()
    opened.page.locator(".do .main").click()
    assert "Write your name or number first" in opened.page.locator(".notice").inner_text()
    assert opened.page.evaluate("document.activeElement.matches('.who input')")


def test_a_finished_article_has_a_row_for_every_sentence(visit):
    opened = visit()
    opened.word("perhaps").click()
    opened.label("epistemic")
    rows, _ = opened.save()
    assert [(row["article"], row["sentence"], row["words"]) for row in rows] == [
        ("first", "1", ""), ("first", "2", ""), ("first", "3", "perhaps"),
    ]  # fmt: skip
    opened.page.locator(".finished input").nth(1).check()
    opened.page.locator(".finished input").nth(0).check()
    rows, _ = opened.save()
    assert [(row["article"], row["sentence"], row["words"]) for row in rows] == [
        ("first", "1", ""), ("first", "2", ""), ("first", "3", "perhaps"), ("first", "4", ""),
        ("second", "1", ""), ("second", "2", ""),
    ]  # fmt: skip
    assert {(row["exercise"], row["coder"], row["round"], row["dimension"]) for row in rows} == {
        ("hedging-1", "Ada", "", "hedging")
    }
    article = opened.exercise.articles[1]
    assert rows[-1]["text"] == article.text[article.sentences[1].start : article.sentences[1].end]
    assert all(row["start"] == row["end"] == "" for row in rows if not row["words"])


def test_offsets_are_code_points_after_pictures_combining_marks_and_line_ends(visit):
    opened = visit()
    for number, text in enumerate(("🙂👩🏽‍🔬", "Russia’s", "U.S.-led", "1,200.5", "Cafe\u0301", "Nobody")):
        opened.word(text).click()
        opened.press(str(number + 1))
    text = opened.exercise.articles[0].text
    assert [(int(row["start"]), row["words"]) for row in opened.save()[0] if row["words"]] == [
        (text.index(words), words)
        for words in ("🙂👩🏽‍🔬", "Russia’s", "U.S.-led", "1,200.5", "Cafe\u0301", "Nobody")
    ]


def test_cells_that_a_spreadsheet_would_calculate_are_made_harmless_and_restored(visit, tmp_path):
    opened = visit("loaded")
    comments = ["=1+1", "+49", "-1", "@cmd", "'=x", "'tis", 'say "so", twice; then']
    for number, comment in enumerate(comments):
        opened.page.locator("article .word").nth(number + 1).click()
        opened.label("negative")
        opened.page.locator(".tools").get_by_label("Comment").fill(comment)
        opened.page.get_by_role("button", name="Done").click()
    text = saved_text(opened)
    written = [row["comment"] for row in opened.rows(text) if row["label"]]
    assert written == ["'=1+1", "+49", "-1", "'@cmd", "''=x", "'tis", 'say "so", twice; then']
    again = fresh(visit, "loaded")
    load(again, tmp_path, text)
    assert saved_text(again) == text
    shown = again.page.locator(".jump small").all_inner_texts()
    assert shown == comments


def test_a_saved_file_is_loaded_and_gone_on_with(visit, tmp_path):
    opened = visit()
    opened.drag(opened.word("Analysts"), opened.word("deal"))
    opened.press("6")
    opened.page.locator(".finished input").first.check()
    text = saved_text(opened)
    again = fresh(visit)
    again.word("quiet").click()
    again.press("1")
    assert load(again, tmp_path, text).startswith("1 mark loaded from loaded.csv.")
    assert again.page.locator(".who input").first.input_value() == "Ada"
    assert again.page.locator(".finished input").first.is_checked()
    assert "saved" in again.page.locator(".kept").inner_text()
    assert saved_text(again) == text
    again.page.get_by_role("button", name="Undo").click()
    assert again.chips() == ["epistemic"]


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "cp1252")])
def test_a_sheet_filled_in_by_hand_is_loaded_and_its_bad_rows_are_named(visit, tmp_path, separator, encoding):
    lines = [
        ("article", "sentence", "words", "label", "comment"),
        ("first", "1", "may", "epistemic", "“so”"),
        ("first", "2", "a", "hedge", ""),
        ("first", "9", "may", "epistemic", ""),
        ("second", "2", "perhaps", "epistemic", ""),
        ("elsewhere", "1", "may", "epistemic", ""),
        ("second", "1", "", "", ""),
    ]
    opened = visit()
    said = load(opened, tmp_path, "\r\n".join(map(separator.join, lines)), encoding=encoding)
    assert "line 4: there is no sentence 9" in said
    assert "line 5: “perhaps” is not in sentence 2" in said
    assert "line 6: there is no article “elsewhere” here" in said
    assert "“so”" in opened.page.locator(".jump small").first.inner_text()
    assert [words for words, _ in opened.marked()] == ["may", "a"]


def test_a_file_of_another_kind_is_refused_in_plain_words(visit, tmp_path):
    opened = visit()
    opened.word("may").click()
    opened.press("1")
    assert "names no column “sentence”" in load(opened, tmp_path, "a,b\r\n1,2\r\n")
    foreign = "exercise,sentence,words,label\r\nother,1,may,epistemic\r\n"
    assert "it belongs to the exercise “other”" in load(opened, tmp_path, foreign)
    assert "could not be used" in load(opened, tmp_path, b"\x00\xff\xfe" * 50)
    assert opened.chips() == ["epistemic"]


def test_the_marks_can_be_copied_as_text(visit):
    opened = visit(width=390, touch=True)
    opened.word("may").tap()
    opened.page.locator(".tools").get_by_role("button", name="epistemic").tap()
    opened.page.locator(".copy summary").tap()
    area = opened.page.get_by_label("Your marks as CSV text")
    opened.page.wait_for_timeout(50)  # the fold opens
    assert [row["words"] for row in opened.rows(area.input_value()) if row["words"]] == ["may"]
    opened.page.get_by_role("button", name="Copy").tap()
    opened.page.get_by_text("Copied.").or_(opened.page.get_by_text("copy it by hand")).wait_for()


@pytest.mark.skipif(not hasattr(coding, "read_codings"), reason="codings cannot be read yet")
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_what_is_saved_is_read_as_a_coding(visit, tmp_path, dimension):
    opened = visit(dimension)
    if dimension == "stance":
        opened.page.locator(".step").first.click()
        opened.page.locator(".step.silent").nth(1).click()
    else:
        opened.drag(opened.word("reportedly"), opened.word("deal"))
        opened.label(opened.page.locator(".tools .labels button").first.inner_text().split("\n")[-1])
        opened.press("Escape")
    opened.page.locator(".finished input").nth(1).check()
    path = tmp_path / "saved.csv"
    path.write_bytes(saved_text(opened).encode("utf-8-sig"))
    codings, failures = coding.read_codings([path], opened.exercise)
    assert failures == []
    assert [(one.coder, one.articles, len(one.marks)) for one in codings] == [("Ada", ("first", "second"), 1)]


# Memory -----------------------------------------------------------------------------------------------------------


def test_the_work_is_there_again_after_a_reload_and_leaving_unsaved_is_warned_of(visit):
    opened = visit()
    page, asked = opened.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []  # nothing is lost by leaving an empty page
    page.locator(".who input").first.fill("Ada")
    opened.word("may").click()
    opened.press("1")
    page.locator(".finished input").first.check()
    page.reload()
    assert asked == ["beforeunload"]
    assert opened.chips() == ["epistemic"]
    assert page.locator(".who input").first.input_value() == "Ada"
    assert page.locator(".finished input").first.is_checked()
    assert "1 mark by Ada was kept on this device" in page.locator(".notice").inner_text()
    assert page.locator(".kept").inner_text() == "not saved yet"
    opened.save(None)
    page.reload()
    assert asked == ["beforeunload"]
    assert page.locator(".kept").inner_text() == "saved"


def test_two_people_at_one_device_do_not_see_each_others_marks(visit):
    opened = visit()
    page = opened.page
    name = page.locator(".who input").first
    name.fill("Ada")
    opened.word("may").click()
    opened.press("1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_role("button", name="Not Ada? Start afresh").click()
    assert opened.chips() == []
    name.fill("Ben")
    opened.word("perhaps").click()
    opened.press("2")
    name.fill("Cem")
    name.blur()
    page.get_by_role("button", name="Start afresh as Cem").click()
    assert opened.chips() == []
    name.fill("Ada")
    name.blur()
    assert opened.chips() == ["epistemic"]
    name.fill("Ben")
    name.blur()
    page.get_by_role("button", name="Go on with those").click()
    assert opened.chips() == ["doxastic"]


def test_a_browser_that_forbids_its_memory_is_borne_with(visit):
    forbid = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    opened = visit(before=forbid)
    opened.word("may").click()
    opened.press("1")
    assert opened.marked() == [("may", "epistemic")]


# The list of marks, several markers, access --------------------------------------------------------------------------


def test_the_list_of_marks_leads_to_them(visit):
    opened = visit()
    for text in ("may", "believed"):
        opened.word(text).click()
        opened.press("2")
    assert opened.page.locator(".mine summary").inner_text() == "Your marks (2)"
    opened.page.locator(".jump", has_text="“may”").click()
    assert opened.page.evaluate("document.activeElement.textContent") == "may"
    assert "“may”" in opened.page.locator(".tools .head").inner_text()


def test_several_markers_live_on_a_page_and_are_taken_down(visit):
    opened = visit("stance")
    page = opened.page
    page.evaluate(
        """(data) => {
          window.told = [];
          const root = document.body.appendChild(document.createElement("div"));
          root.className = "second";
          window.second = createMarker(root, data, {bar: false, onChange: (marks) => told.push(marks)});
        }""",
        marking_data(opened.exercise),
    )
    second = page.locator(".second")
    page.locator(".marker .step").nth(0).click()
    second.locator(".step").nth(1).click()
    assert page.locator(".marker input:checked").get_attribute("value") == "-2"
    assert second.locator("input:checked").get_attribute("value") == "-1"
    assert second.locator(".who, .do .main, input[type=file]").count() == 0
    (told,) = page.evaluate("told")
    assert [(mark["actor"], mark["label"]) for mark in told] == [("russia", "-1")]
    assert set(told[0]) == {"article", "start", "end", "label", "actor", "group", "neutral", "comment"}
    page.evaluate(
        "second.setMarks([{...told[0][0], label: '2'}, {article: 'nowhere', start: 0, end: 1, label: '0'}])"
    )
    assert second.locator("input:checked").get_attribute("value") == "2"
    assert page.evaluate("[second.marks().length, told.length]") == [1, 1]  # the host knows what it set
    assert opened.rows(page.evaluate("second.csv()"))[0]["label"] == "2"
    page.evaluate("second.destroy()")
    assert second.inner_html() == ""


def test_a_hostile_article_and_hostile_marks_do_nothing(visit, tmp_path):
    opened = visit(hostile=True)
    opened.word("SUM").click()
    opened.press("1")
    opened.word("may").click()
    opened.press("1")
    rows = "sentence,words,label,comment,group\r\n2,may,<img src=x onerror=hacked=1>,<script>hacked=1</script>,__proto__\r\n"
    load(opened, tmp_path, rows)
    assert "<img src=x" in opened.chips()[0]
    opened.page.locator(".chip").click()
    assert opened.page.locator(".tools").get_by_label("Comment").input_value() == "<script>hacked=1</script>"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_axe_finds_no_serious_fault(visit, axe_script, dimension, paper, width):
    opened = visit(dimension, width=width, color_scheme=paper)
    page = opened.page
    if dimension == "stance":
        page.locator(".step").nth(1).click()
    else:
        for number, text in enumerate(("may", "brutal", "Analysts")):
            opened.word(text).click()
            opened.press(str(number + 1), "Escape")
        opened.drag(opened.word("brutal"), opened.word("leave"))
        opened.press("1")
        page.locator(".chip").first.click()
    for details in page.locator("details").all():
        details.evaluate("node => node.open = true")
    found = [fault for fault in axe.faults(page, axe_script) if fault.impact in axe.SERIOUS]
    assert not found, "\n".join([f"{len(found)} faults", *map(str, found)])


def test_paper_shows_the_marks_and_not_the_tools(visit):
    opened = visit()
    opened.word("may").click()
    opened.press("1")
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".chip").is_visible()
    assert opened.page.locator(".jump").is_visible()
    for hidden in (".do", ".tools", ".end"):
        assert opened.page.locator(hidden).is_hidden()
