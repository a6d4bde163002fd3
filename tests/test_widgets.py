"""Boxes in a notebook without a browser: what the kernel answers, and what is read where no box runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from framing.analysis import analyze
from framing.classroom.coding import Mark, read_codings
from framing.classroom.exercise import make_exercise
from framing.corpus import read
from framing.document import make_document
from framing.output.page import read_template
from framing.output.widgets import mark, rewrite, showing

TEXT = "The talks may fail. Critics of the brutal regime reportedly disagree. Russia praised the deal."
HOSTILE = "\"'></textarea></mark><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'> may fail."


@pytest.fixture
def notebook(monkeypatch):
    """As in a notebook, as far as boxes ask."""
    monkeypatch.setattr(showing, "in_notebook", lambda: True)


@pytest.fixture
def no_anywidget(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)


@pytest.fixture
def sent(monkeypatch):
    """A box, and what its widget sends to the page."""
    messages = []
    box = rewrite(TEXT, model="lexicon")
    monkeypatch.setattr(box.widget, "send", messages.append)
    return box, messages


def ask(box, **message) -> None:
    """What the page sends comes in as it does in a kernel."""
    box.widget._handle_custom_msg({"view": "v", **message}, [])


# Rewriting


def test_a_new_text_is_answered_with_its_marks_and_the_scores_that_changed(sent):
    box, messages = sent
    ask(box, kind="whole", seq=1)
    ask(box, kind="text", seq=2, text=TEXT.replace("may fail", "will fail"))
    whole, answer = messages
    assert (whole["seq"], whole["text"], len(whole["rows"])) == (1, TEXT, len(whole["order"]))
    assert (answer["kind"], answer["view"], answer["seq"]) == ("answer", "v", 2)
    changed = {row["title"]: row for row in answer["rows"]}
    assert set(changed) == {"Hedging"}
    assert {name: changed["Hedging"][name] for name in ("before", "after", "change", "way")} == {
        "before": "66.7", "after": "33.3", "change": "−33.3", "way": "down",
    }  # fmt: skip
    assert "hedge: epistemic" in whole["marked"]
    assert "hedge: epistemic" not in answer["marked"]
    assert box.text == TEXT.replace("may fail", "will fail")


def test_what_is_sent_is_what_an_analysis_of_the_text_says(sent):
    box, messages = sent
    new = "Officials said the deal might be off. Syria thanked its great friend."
    ask(box, kind="text", seq=1, text=new)
    scores = {score.key: score for score in analyze(new, model="lexicon", resamples=0).scores}
    for change in box.changes.rows:
        score = scores.get((*change.key, "all"))
        assert (
            change.after is None
            if score is None
            else change.after.value == pytest.approx(score.value, nan_ok=True)
        )
    assert "Stance: Syria" in {row["title"] for row in messages[0]["rows"]}  # nobody spoke of Syria before
    assert json.loads(json.dumps(messages)) == messages


def test_an_answer_tells_to_which_question_it_belongs(sent):
    box, messages = sent
    for number, text in enumerate(["It may.", "It might.", "It might be."], 1):
        ask(box, kind="text", seq=number, text=text)
    assert [message["seq"] for message in messages] == [1, 2, 3]
    assert [message["text"] for message in messages] == ["It may.", "It might.", "It might be."]


def test_a_score_leads_to_its_words_and_back(sent):
    box, messages = sent
    ask(box, kind="whole", seq=1)
    row = next(row for row in messages[0]["rows"] if row["title"] == "Loaded language")
    ask(box, kind="show", seq=2, id=row["id"])
    ask(box, kind="show", seq=3, id="")
    _, chosen, back = messages
    assert chosen["chosen"] == row["id"]
    assert "regime" in chosen["passages"]
    assert "hedge" not in chosen["marked"]
    assert "rows" not in chosen
    assert back["passages"] == back["chosen"] == ""
    assert "hedge" in back["marked"]


def test_a_stance_leads_to_the_sentences_on_that_actor_alone():
    box = rewrite("Russia praised the deal. Syria slammed the brutal deal.", model="lexicon")
    box._row = next(row["id"] for row in box._parts()["rows"] if row["title"] == "Stance: Syria")
    assert "slammed" in box._parts()["passages"]
    assert "praised" not in box._parts()["passages"]


@pytest.mark.parametrize(
    "message", [None, [], "text", {}, {"kind": "text"}, {"kind": "show", "id": 7}, {"kind": 3}]
)
def test_a_message_that_makes_no_sense_harms_nothing(sent, message):
    box, _ = sent
    box.widget._handle_custom_msg(message, [])
    ask(box, kind="text", seq=1, text=TEXT)
    assert box.text == TEXT


@pytest.mark.parametrize(
    "text", ["", "   \n\n ", "?!", "\x00", "half \ud800 of a pair may go", "\u202eturned", "😀 may " * 50]
)
def test_whatever_is_typed_is_answered(sent, text):
    box, messages = sent
    ask(box, kind="text", seq=1, text=text)
    json.dumps(messages).encode("utf-8")
    assert "\ud800" not in messages[0]["text"] + messages[0]["marked"]
    assert str(box)


def test_text_is_escaped_wherever_it_goes(notebook):
    box = rewrite(HOSTILE, model="lexicon")
    answer = box._parts()
    for html in (answer["marked"], box._repr_mimebundle_()["text/html"], box.compare()._repr_html_()):
        assert "<script" not in html
        assert "<img" not in html
    assert "<script" not in mark(HOSTILE)._repr_mimebundle_()["text/html"]


def test_the_text_of_a_document_is_its_headline_and_body(repository):
    document = read(repository / "texts" / "moscow-opinion.md")
    box = rewrite(document, model="lexicon")
    assert not box.text.startswith("---")
    before = analyze(document, model="lexicon", resamples=0)
    assert [before.document[item] for item in before.evidence] == [
        box.analysis.document[item] for item in box.analysis.evidence
    ]


def test_a_comparison_has_intervals_and_prints_as_a_table():
    box = rewrite(TEXT * 4, model="lexicon", dimensions=["hedging", "loaded"])
    changes = box.compare(TEXT.replace("brutal regime", "government") * 4)
    lines = str(changes).splitlines()
    assert lines[0].split() == ["score", "before", "after", "change"]
    assert [line.split(" (")[0] for line in lines[1:]] == ["Hedging", "Loaded language"]
    assert " to " in lines[1]
    assert lines[1].endswith("no change")
    assert lines[2].split()[-1].startswith("−")
    hedging, loaded = changes.rows
    assert hedging.difference == 0
    assert loaded.difference == pytest.approx(loaded.after.value - loaded.before.value)
    assert "<table" in changes._repr_html_()


def test_a_score_that_is_undefined_changes_by_nothing_that_could_be_named():
    box = rewrite("", model="lexicon", dimensions=["hedging"])
    assert re.search(r"–\s+0\.0\s+–$", str(box.compare("It rains.")))


def test_actors_are_those_asked_for():
    box = rewrite(TEXT, model="lexicon", dimensions=["stance"], actors=["syria"])
    assert box.changes.rows == ()
    (row,) = box.compare("Syria praised the deal.").rows
    assert (row.title, row.before) == ("Stance: Syria", None)
    with pytest.raises(ValueError, match=r"unknown actor 'siria'.*Did you mean 'syria'"):
        rewrite(TEXT, actors=["siria"])


@pytest.mark.parametrize(
    ("options", "message"), [({"model": "liner"}, "linear"), ({"dimensions": ["hedge"]}, "hedging")]
)
def test_what_is_unknown_is_named_before_anything_is_read(options, message):
    with pytest.raises(ValueError, match=message):
        rewrite(TEXT, **options)


def test_without_before_there_is_one_column(notebook):
    box = rewrite(TEXT, model="lexicon", before=False)
    box.text = "It may."
    assert box.widget.start["before"] is False
    assert "change" not in box._repr_mimebundle_()["text/html"]


# Marking


def test_marks_of_the_page_are_marks_in_the_kernel():
    box = mark("😀 The talks may fail.", coder="Kim", round="1")
    row = {
        "article": "text",
        "start": 12,
        "end": 15,
        "label": "epistemic",
        "actor": "",
        "group": "",
        "neutral": "",
        "comment": "why",
    }
    box.widget.marks = [row]
    assert box.marks == [Mark("text", 12, 15, "epistemic", comment="why")]
    assert (box.coding.coder, box.coding.round, box.coding.articles) == ("Kim", "1", ("text",))
    box.widget.marks = []
    assert box.coding.articles == ()
    box.widget.read = ["text"]
    assert (box.coding.articles, box.coding.marks) == (("text",), ())


@pytest.mark.parametrize(
    "wrong",
    [{"start": -1}, {"end": 999}, {"article": "other"}, {"label": "hedgy"}, {"start": "x"}, {"start": None}],
)
def test_marks_of_the_page_that_fit_no_text_are_left_out(wrong):
    box = mark("The talks may fail.")
    box.mark(1, "may", "epistemic")
    box.widget.marks = [box._rows()[0] | wrong, box._rows()[0]]
    assert box.marks == [Mark("text", 10, 13, "epistemic")]


def test_words_that_stand_there_twice_are_marked_one_after_the_other():
    box = mark("It may rain and it may snow. It may.")
    box.mark(1, "may", "epistemic")
    assert box.mark(1, "may", "epistemic").start == 19
    assert box.mark(2, "may", "epistemic").start == 32
    with pytest.raises(ValueError, match="“may” does not stand in sentence 1 once more"):
        box.mark(1, "may", "epistemic")
    assert box.widget.marks == box._rows()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ((3, "may", "epistemic"), "there is no sentence 3; 'text' has 1"),
        ((1, "might", "epistemic"), "“might” does not stand in sentence 1;"),
        ((1, "may", "epistemc"), "Did you mean 'epistemic'"),
    ],
)
def test_a_mark_that_cannot_be_set_is_named(told, message):
    with pytest.raises(ValueError, match=message):
        mark("The talks may fail.").mark(*told)


def test_a_coding_is_saved_as_others_are_read(tmp_path):
    exercise = make_exercise(
        [make_document("It may rain. It will.", "a"), make_document("So be it.", "b")],
        "hedging",
        models=["lexicon"],
    )
    box = mark(exercise, coder="Kim")
    box.mark(1, "may", "epistemic", article="a")
    box.to_csv(tmp_path / "kim.csv")
    codings, failures = read_codings([tmp_path / "kim.csv"], exercise)
    assert not failures
    assert [(coding.coder, coding.articles, coding.marks) for coding in codings] == [
        ("Kim", ("a",), box.coding.marks)
    ]
    with pytest.raises(ValueError, match="article"):
        box.mark(1, "may", "epistemic")


def test_a_box_may_begin_with_the_marks_of_a_model():
    assert mark("The talks may fail.").marks == []
    (found,) = mark("The talks may fail.", model_marks=True).marks
    assert found[:4] == ("text", 10, 13, "epistemic")
    with pytest.raises(ValueError, match="about hedging, not loaded"):
        mark(mark("It may.").exercise, "loaded")


def test_stance_is_rated_by_sentence_and_actor():
    box = mark("Russia praised the deal. It may fail.", "stance")
    one = box.mark(1, label="1", actor="russia")
    assert (one.start, one.end) == (0, 24)
    assert box.widget.data["articles"][0]["pairs"] == [[0, "russia", "Russia"]]


# Where no box runs


def test_a_notebook_keeps_the_box_and_what_is_read_without_it(notebook):
    for box in (rewrite(TEXT, model="lexicon"), mark(TEXT)):
        bundle = box._repr_mimebundle_()
        assert bundle[showing.VIEW]["model_id"] == box.widget.model_id
        assert "The talks" in re.sub("<[^>]*>", "", bundle["text/html"])
        assert "anywidget" not in bundle["text/html"]
        assert bundle["text/plain"] == str(box)


def test_without_anywidget_the_rest_works_and_says_what_to_install(notebook, no_anywidget):
    box, marker = rewrite(TEXT, model="lexicon"), mark(TEXT)
    for bundle in (box._repr_mimebundle_(), marker._repr_mimebundle_()):
        assert showing.VIEW not in bundle
        assert "pip install &#39;framing[notebook]&#39;" in bundle["text/html"]
    box.text = "It will fail."
    marker.mark(1, "may", "epistemic")
    assert "−" in str(box)
    with pytest.raises(ImportError, match=r"pip install 'framing\[notebook\]'"):
        _ = box.widget


def test_importing_the_boxes_loads_neither_anywidget_nor_a_model():
    code = "import sys, framing.output.widgets; print([name for name in ('anywidget', 'ipywidgets', 'onnxruntime') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_outside_a_notebook_a_box_prints_and_makes_no_widget():
    box = rewrite(TEXT, model="lexicon")
    assert "widget" not in vars(box)
    assert list(box._repr_mimebundle_()) == ["text/plain", "text/html"]
    assert "hedging: may; reportedly" in repr(box)
    box.text = TEXT.replace("may", "will")
    assert "before" in repr(box)
    marker = mark(TEXT)
    assert "  1  The talks may fail.\n" in repr(marker)
    marker.mark(1, "may", "epistemic")
    assert "1: “may” epistemic" in repr(marker)


def test_a_notebook_as_a_page_shows_what_stands_for_the_boxes(notebook):
    nbformat = pytest.importorskip("nbformat")
    nbconvert = pytest.importorskip("nbconvert", reason="needs nbconvert")
    page = nbformat.v4.new_notebook()
    for box in (rewrite(TEXT, model="lexicon"), mark(TEXT)):
        output = nbformat.v4.new_output("display_data", data=box._repr_mimebundle_())
        page.cells.append(nbformat.v4.new_code_cell("box", outputs=[output]))
    html, _ = nbconvert.HTMLExporter(template_name="lab").from_notebook_node(page)
    assert "Loaded language" in html
    assert "hedge: epistemic" in html
    assert "<small><b>2</b></small>" in html
    assert "widget-view" not in html


# The style


def test_a_style_follows_the_theme_of_the_notebook():
    style = ".box {\n  color-scheme: light dark; --paper: #fff; --ink: #000;\n}\n@media (prefers-color-scheme: dark) {\n  .box {\n    --paper: #000;\n  }\n}\n"
    themed = showing.themed(style)
    assert themed.startswith(style)
    assert re.search(
        r'body\[data-jp-theme-light="true"\] \.box, [^{]*\{ color-scheme: light; --paper: #fff; --ink: #000 \}',
        themed,
    )
    assert re.search(
        r'body\[data-jp-theme-light="false"\] \.box, [^{]*\{ color-scheme: dark;\s*--paper: #000;\s*\}',
        themed,
    )


@pytest.mark.parametrize("name", ["classroom/marker.css", "widgets/rewrite.css"])
def test_the_styles_of_both_boxes_can_be_themed(name):
    added = showing.themed(read_template(name)).removeprefix(read_template(name))
    assert added.count("--paper:") == 2
    assert added.count("color-scheme: light;") == added.count("color-scheme: dark;") == 1
    assert added.count("{") == added.count("}") == 2
