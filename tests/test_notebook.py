"""What notebooks show: every character kept and escaped, readable without any style, the same bytes twice."""

from __future__ import annotations

import base64
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framing
from framing.analysis import Evidence
from framing.output import notebook
from framing.output.charts import main_scores
from framing.output.style import shown

TEXT = (
    "The minister said the talks may resume. Critics of the brutal regime reportedly disagree. “The regime might "
    "perhaps keep the base for now,” a diplomat told reporters. Analysts say that Syria could ask for more. Russia "
    "praised the deal. Nobody knows whether it will last. "
)
HOSTILE = "\"'></mark></sub><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'></style>&amp; $x$"
TAGS = set(
    "div p b br small mark sub code h1 details summary table thead tbody tr th td img html head meta title style body main".split()
)
MAY = {"start": 10, "end": 13, "label": "hedge"}
TALKS = {"title": "Talks", "text": "The talks may resume.", "spans": [MAY]}


class Page(HTMLParser):
    """A page taken apart: tags, attributes, marks with their words and labels, and the text of each paragraph."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.marks: list[list[str]] = []
        self.paragraphs: list[str] = []
        self.text = ""
        self._marked: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in {"br", "img", "meta"}:
            return
        self.open.append(tag)
        if tag == "mark":
            self._marked.append(["", "", dict(attrs).get("title") or ""])
            self.marks.append(self._marked[-1])
        elif tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "mark":
            self._marked.pop()

    def handle_data(self, data):
        self.text += data
        if "sub" in self.open:
            self._marked[-1][1] += data.strip()
            return
        for mark in self._marked:
            mark[0] += data
        if "p" in self.open:
            self.paragraphs[-1] += data

    def labelled(self, words: str) -> list[str]:
        return [label for marked, label, _ in self.marks if marked == words]


def squeezed(text: str) -> str:
    return "".join(text.split())


def render(*args, **options) -> str:
    html = framing.render(*args, jupyter=False, **options)
    assert isinstance(html, str)
    return html


def document(id: str = "first", text: str = TEXT * 2, **meta):
    return framing.make_document(text, id, **meta)


@pytest.fixture(scope="module")
def analysis():
    given = document(title="A first title", outlet="The Paper", date="2025-01-02")
    return framing.analyze(given, resamples=50, model="lexicon")


@pytest.fixture(scope="module")
def comparison(analysis):
    other = framing.analyze(
        document("second", TEXT.replace("may", "will") * 3), resamples=50, model="lexicon"
    )
    return framing.compare([analysis, other], resamples=50)


# Hand-made spans


def test_a_hand_made_span_is_marked_with_its_label_and_reason():
    page = Page(render({**TALKS, "spans": [MAY | {"why": "modal verb", "voice": "attributed"}]}, manual=True))
    assert page.marks == [["may", "hedge, attributed", "modal verb; voice of a source"]]
    assert page.paragraphs == ["Talks", "The talks may resume."]


@pytest.mark.parametrize("style", ["evidence", "span", "ent", "table"])
def test_what_displacy_takes_is_taken(style):
    ents = {"text": TALKS["text"], "ents": [MAY], "title": None, "settings": {}}
    html = render(ents, manual=True, style=style, options={"ents": ["hedge"], "colors": {"hedge": "#0a0"}})
    assert "hedge" in html
    assert ("#0a0" in html) == (style != "table")


def test_a_row_of_evidence_from_the_command_line_is_a_span(analysis):
    row = json.loads(json.dumps(analysis.to_dict()))
    spans = [item for item in row["evidence"] if item["dimension"] == "loaded"]
    page = Page(render({"text": analysis.document.text, "spans": spans}, manual=True))
    assert [words for words, *_ in page.marks] == [item["text"] for item in spans]


def test_layers_nest_and_crossing_spans_are_cut():
    spans = [
        {"start": 0, "end": 17, "label": "outer"},
        {"start": 4, "end": 9, "label": "inner"},
        {"start": 13, "end": 25, "label": "crossing"},
    ]
    html = render({"text": "One two three four five six.", "spans": spans}, manual=True)
    bare = re.sub(' style="[^"]*"', "", re.search(r'<p style="line-height:2[^"]*">(.*?)</p>', html)[1])
    assert bare == (
        "<mark>One <mark>two t<sub> inner</sub></mark>hree<mark> fou</mark><sub> outer</sub></mark>"
        "<mark>r five s<sub> crossing</sub></mark>ix."
    )


def test_paragraphs_and_lines_are_kept():
    html = render({"text": "\n One\ntwo.\n\n \nThree.\n", "spans": []}, manual=True)
    assert re.findall(r'<p style="line-height:2[^"]*">(.*?)</p>', html, re.DOTALL) == [
        "One<br>\ntwo.",
        "Three.",
    ]


@st.composite
def spanned(draw):
    text = draw(st.text(st.sampled_from("ab <&\"'\n\t\u202e\ud800é😀>"), min_size=1, max_size=40))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    pairs = draw(st.lists(ends.filter(lambda pair: pair[0] < pair[1]), max_size=6))
    return {
        "text": text,
        "spans": [
            {"start": start, "end": end, "label": f"l{number}"} for number, (start, end) in enumerate(pairs)
        ],
    }


@given(spanned(), st.sampled_from(["evidence", "ent"]))
def test_every_character_is_kept_whatever_the_spans(what, style):
    page = Page(render(what, manual=True, style=style))
    kept = what["text"].replace("\ud800", "\ufffd")
    notes = ["Nothing is marked."] if not what["spans"] else []
    legend = 1 if style == "evidence" and len(what["spans"]) > 1 else 0
    paragraphs = page.paragraphs[legend : len(page.paragraphs) - len(notes)]
    assert squeezed("".join(paragraphs)) == squeezed(kept)
    assert page.open == []
    for span in what["spans"]:
        if kept[span["start"] : span["end"]].strip():
            assert any(label.startswith(span["label"]) for _, label, _ in page.marks)


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"start": 4, "end": 22}, r"the span 4–22 'x' lies outside the text, which has 21 characters"),
        ({"start": -1, "end": 3}, r"-1–3 'x' lies outside the text"),
        ({"start": 30, "end": 31}, r"30–31 'x' lies outside the text"),
        ({"start": 5, "end": 5}, r"5–5 'x' is empty or ends before it starts"),
        ({"start": 5, "end": 3}, r"5–3 'x' is empty or ends before it starts"),
        ({"start": 5}, r"has no 'end'"),
    ],
)
def test_a_span_that_is_none_is_named(span, message):
    with pytest.raises(ValueError, match=message):
        render({"text": TALKS["text"], "spans": [{"label": "x", **span}]}, manual=True)


def test_offsets_may_be_numbers_of_numpy_but_no_fractions():
    assert Page(
        render({**TALKS, "spans": [MAY | {"start": np.int64(10), "end": np.int64(13)}]}, manual=True)
    ).marks
    with pytest.raises(TypeError, match="float"):
        render({**TALKS, "spans": [MAY | {"start": 10.0}]}, manual=True)


# Errors


@pytest.mark.parametrize(
    ("what", "options", "error", "message"),
    [
        (TALKS, {}, TypeError, "a dict needs manual=True"),
        ("a text", {}, TypeError, "not str"),
        ("a text", {"manual": True}, TypeError, "not str"),
        ({"text": None}, {"manual": True}, TypeError, "'text' must be a string, not NoneType"),
        (TALKS, {"manual": True, "style": "evidense"}, ValueError, "Did you mean 'evidence'"),
        (TALKS, {"manual": True, "options": {"color": {}}}, ValueError, "Did you mean 'colors'"),
        (
            TALKS,
            {"manual": True, "options": {"colors": {"hedge": "red;x:y"}}},
            ValueError,
            "'red;x:y' is no colour",
        ),
        (TALKS, {"manual": True, "dimensions": ["hedging"]}, ValueError, "chooses among spans"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(what, options, error, message):
    with pytest.raises(error, match=message):
        render(what, **options)


def test_dimensions_are_those_of_an_analysis(analysis):
    with pytest.raises(ValueError, match=r"show framing.analyze\(document\)"):
        render(analysis.document, dimensions=["hedging"])
    with pytest.raises(TypeError, match="not Document"):
        render(analysis.document, manual=True)
    with pytest.raises(ValueError, match="unknown dimension 'hedgin'"):
        render(analysis, dimensions=["hedgin"])
    only = framing.analyze(analysis.document, dimensions=["tone"], model="lexicon", resamples=0)
    with pytest.raises(ValueError, match="no reading of 'hedging'; it has tone"):
        render(only, dimensions=["hedging"])
    assert Page(render(only)).marks, "what there is is shown"


# Documents, analyses, comparisons


def test_a_document_shows_title_byline_size_and_quotations():
    given = document(title="A title", outlet="The Paper", author="unknown", date="2025-01-02")
    html = given._repr_html_()
    page = Page(html)
    assert page.paragraphs[:2] == [
        "A title",
        f"The Paper · 2025-01-02 · {given.words} words · {len(given.sentences)} sentences",
    ]
    assert page.marks[0][:2] == ["“The regime might perhaps keep the base for now,”", "quote"]
    assert squeezed("".join(page.paragraphs[2:-1])) == squeezed(given.text)


def test_a_term_in_quotation_marks_is_told_from_speech():
    page = Page(
        document(text="The “peace” talks failed. “We are very close to it now,” he said.")._repr_html_()
    )
    assert [label for _, label, _ in page.marks] == ["in quotation marks", "quote"]


def test_a_document_is_not_analysed_to_be_shown(monkeypatch):
    given = document()
    monkeypatch.setattr(framing.analysis, "find_mentions", lambda document: pytest.fail("analysed"))
    monkeypatch.setattr(framing.analysis, "load_dimensions", lambda: pytest.fail("analysed"))
    assert "framing.analyze(document)" in given._repr_html_()
    assert "framing.analyze(document)" not in render(given, page=True)


def test_the_headline_of_the_text_is_the_title_with_its_marks():
    text = "Regime may fall\n\nThe minister said the talks may resume. Nobody knows more.\n"
    found = framing.analyze(document(text=text), resamples=0, model="lexicon")
    page = Page(render(found))
    assert page.paragraphs.count("Regime may fall") == 1
    assert page.labelled("may") == ["hedge: epistemic", "hedge: epistemic"]


def test_layers_of_an_analysis_nest_and_their_labels_stand_beside_them(analysis):
    html = render(analysis)
    page = Page(html)
    (quote,) = {label for words, label, _ in page.marks if words.startswith("“The regime")}
    assert quote.startswith("quote")
    assert page.labelled("regime")[0].startswith("loaded: ")
    assert page.labelled("might")[0] == "hedge: epistemic"
    assert re.search(r"<mark[^>]*>“The <mark[^>]*>regime<sub", html)
    kept = squeezed("".join(page.paragraphs))
    assert squeezed(analysis.document.text) in kept


@pytest.mark.parametrize("name", list(framing.load_dimensions()))
def test_every_dimension_can_be_shown_in_every_style(analysis, name):
    for style in notebook.STYLES:
        html = render(analysis, dimensions=[name], style=style)
        assert Page(html).open == []
    words = {item.start for item in analysis.readings[name].evidence}
    marked = [mark for mark in notebook._of_analysis(analysis, [name]).marks if mark.look != "content"]
    assert words <= {mark.start for mark in marked}


def test_the_label_says_whose_words_it_is_where_nothing_else_does(analysis):
    labels = Page(render(analysis, dimensions=["hedging"])).labelled("might")
    assert labels
    assert set(labels) == {"hedge: epistemic, attributed"}


def test_an_unknown_dimension_has_a_look_too(analysis):
    reading = analysis.readings["hedging"]
    item = Evidence("novel", "odd one", 4, 12, voice="author", why="because")
    own = replace(reading, evidence=(item,), scores=())
    page = Page(notebook.analysis_html(replace(analysis, readings={"novel": own})))
    assert ["minister", "odd one", "because; voice of the author"] in page.marks


def test_an_analysis_shows_its_main_scores_by_voice_and_its_signature(analysis):
    page = Page(analysis._repr_html_())
    for score in analysis.scores:
        if (
            score.key[:4] in notebook.main_keys([analysis])
            and score.voice in notebook.VOICES_SHOWN
            and score.n
        ):
            assert shown(score.value, score.unit) in page.text
            assert f"n\u00a0{score.n:,}" in page.text
    for name, value in analysis.signature.items():
        assert f"{name} {value}" in page.text
    assert [tag for tag, _ in page.tags].count("details") == 1
    assert "too little text" not in framing.analyze(TEXT, resamples=0, model="lexicon")._repr_html_()


@pytest.mark.parametrize("resamples", [0, 50])
def test_the_main_scores_are_those_of_the_chart(resamples):
    texts = {"first": TEXT * 2, "second": "Russia hit Syria. " * 6 + TEXT, "third": "Iran left.", "empty": ""}
    analyses = [
        framing.analyze(document(id, text), resamples=resamples, model="lexicon")
        for id, text in texts.items()
    ]
    comparison = framing.compare(analyses, resamples=0)
    chart = main_scores(comparison.scores)
    panels = chart.drop_duplicates("panel")
    drawn = [
        (row.dimension, row.measure, "", row.actor if isinstance(row.actor, str) else "")
        for row in panels.itertuples()
    ]
    assert notebook.main_keys(analyses) == drawn
    assert len(drawn) > 5


def test_a_comparison_shows_a_picture_and_the_same_as_a_table(comparison):
    page = Page(comparison._repr_html_())
    (image,) = [attrs for tag, attrs in page.tags if tag == "img"]
    assert image["alt"]
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).startswith(b"<svg")
    for analysis in comparison.analyses:
        assert analysis.document.id in page.text
        for score in analysis.scores:
            if score.key[:4] in notebook.main_keys(comparison.analyses) and score.voice == "all" and score.n:
                assert shown(score.value, score.unit) in page.text
    assert "2 articles side by side" in page.text


def test_the_picture_has_paper_of_its_own_light_or_dark(comparison):
    light, dark = (
        base64.b64decode(re.search('base64,([^"]+)', render(comparison, options={"dark": dark}))[1]).decode()
        for dark in (False, True)
    )
    for picture, paper in ((light, "#FFFFFF"), (dark, "#171614")):
        width, height = re.match(r'<svg[^>]* width="(\d+)" height="(\d+)"', picture).groups()
        assert f'<rect width="100%" height="100%" fill="{paper}"/><svg x="12" y="12"' in picture
        assert (int(width), int(height)) > (880, 200)


def test_a_large_comparison_shows_the_first_articles_and_says_so(monkeypatch, comparison):
    monkeypatch.setattr(notebook, "MOST_ARTICLES", 1)
    page = Page(comparison._repr_html_())
    assert "The first 1 of 2 articles" in page.text
    assert "second" not in page.text
    picture = base64.b64decode(re.search('base64,([^"]+)', comparison._repr_html_())[1]).decode()
    assert ">first<" in picture
    assert ">second<" not in picture


@pytest.mark.parametrize("texts", [[], [""], ["", "Short."]])
def test_little_or_nothing_can_be_shown(texts):
    analyses = [framing.analyze(document(str(n), text), model="lexicon") for n, text in enumerate(texts)]
    comparison = framing.compare(analyses, resamples=20)
    for what in (*analyses, *(one.document for one in analyses), comparison):
        for style in notebook.STYLES:
            assert Page(render(what, style=style, page=True)).open == []
    assert Page(comparison._repr_html_()).open == []
    assert framing.render([], jupyter=False) == ""


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", png, place + 8 + length) == (zlib.crc32(kind + body),)
        found.append((kind, body))
        place += 12 + length
    return found


def test_the_picture_is_packed_better_and_stays_the_same(comparison):
    import vl_convert

    drawn = vl_convert.svg_to_png(notebook._picture(comparison, dark=False), scale=1.5)
    png = comparison._repr_png_()
    before, after = (
        (
            [chunk for chunk in chunks(data) if chunk[0] != b"IDAT"],
            zlib.decompress(b"".join(body for kind, body in chunks(data) if kind == b"IDAT")),
        )
        for data in (drawn, png)
    )
    assert before == after
    assert len(png) < len(drawn) / 2


# Everything that is shown


@pytest.fixture(scope="module")
def hostile():
    given = document(
        HOSTILE,
        f"{HOSTILE} said the regime may fall. {TEXT}\n\nShare this article\n",
        title=HOSTILE,
        outlet=HOSTILE,
        author=HOSTILE,
        date=HOSTILE,
    )
    found = framing.analyze(given, resamples=50, model="lexicon")
    span = {"start": 0, "end": 3, **dict.fromkeys(("label", "why", "voice", "layer", "actor"), HOSTILE)}
    spans = {"text": HOSTILE, "title": HOSTILE, "spans": [span, span | {"layer": "other"}]}
    options = {"colors": {HOSTILE: "teal"}, "layers": [HOSTILE, "other"], "labels": [HOSTILE]}
    return {
        "document": given._repr_html_(),
        "analysis": found._repr_html_(),
        "comparison": framing.compare([found], resamples=0)._repr_html_(),
        **{
            f"{kind} {style}": render(what, style=style, page=True, manual=manual, options=settings)
            for style in notebook.STYLES
            for kind, what, manual, settings in (
                ("analysis", found, False, None),
                ("spans", spans, True, options),
            )
        },
    }


def test_nothing_of_a_text_becomes_markup(hostile):
    for name, html in hostile.items():
        page = Page(html)
        assert page.open == [], name
        assert {tag for tag, _ in page.tags} <= TAGS, name
        for _, attrs in page.tags:
            assert not [key for key in attrs if key.startswith("on") or key in {"id", "href"}], name
            assert "hacked" not in (attrs.get("style") or "") + (attrs.get("src") or ""), name
        assert HOSTILE[:20] in page.text, name


def test_everything_is_the_same_bytes_twice(analysis, comparison):
    assert comparison._repr_html_() == comparison._repr_html_()
    assert comparison._repr_png_() == comparison._repr_png_()
    program = (
        "import sys, framing; d = framing.make_document(sys.argv[1], 'first', title='A first title', "
        "outlet='The Paper', date='2025-01-02'); a = framing.analyze(d, resamples=50, model='lexicon'); "
        "sys.stdout.buffer.write((d._repr_html_() + a._repr_html_() + framing.render(a, style='table')).encode())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, analysis.document.text], capture_output=True, check=True, timeout=120
    )
    shown_here = analysis.document._repr_html_() + analysis._repr_html_() + render(analysis, style="table")
    assert run.stdout.decode() == shown_here


def test_nothing_has_an_id_and_mathjax_keeps_out(analysis, comparison):
    for html in (analysis._repr_html_(), comparison._repr_html_(), analysis.document._repr_html_()):
        page = Page(html)
        assert not any("id" in attrs for _, attrs in page.tags)
        first = page.tags[0][1]["class"].split()
        assert {"tex2jax_ignore", "mathjax_ignore"} <= set(first)
        assert not {"style", "script", "svg"} & {tag for tag, _ in page.tags}


def test_half_of_a_surrogate_pair_is_replaced():
    given = document(text="The talks \ud800 may resume.", title="T\udfff")
    assert "\ufffd" in given._repr_html_()
    render([given], page=True).encode("utf-8")
    notebook.document_html(given).encode("utf-8")


def test_options_choose_layers_and_labels():
    spans = [MAY | {"layer": "a"}, {"start": 4, "end": 9, "label": "noun", "layer": "b"}]
    what = {"text": TALKS["text"], "spans": spans}
    assert [words for words, *_ in Page(render(what, manual=True, options={"layers": "a"})).marks] == ["may"]
    assert [words for words, *_ in Page(render(what, manual=True, options={"ents": ["noun"]})).marks] == [
        "talks"
    ]


def test_a_table_has_a_row_for_each_passage_and_no_empty_column(analysis):
    page = Page(render(TALKS, manual=True, style="table"))
    assert [attrs.get("scope") for tag, attrs in page.tags if tag == "th"] == ["col"] * 3
    assert "10–13" in page.text
    rows = [tag for tag, _ in Page(render(analysis, dimensions=["loaded"], style="table")).tags].count("tr")
    assert rows == len(analysis.readings["loaded"].evidence) + 1


def test_a_page_is_whole_and_fetches_nothing(analysis):
    html = render([analysis, analysis.document], page=True)
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert [tag for tag, _ in page.tags][:2] == ["html", "head"]
    (policy,) = [attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs]
    assert policy.startswith("default-src 'none'")
    assert "<title>2 texts</title>" in html
    assert "<title>A first title</title>" in render(analysis, page=True)


def test_one_line_says_what_it_is(analysis, comparison):
    assert notebook.summary(comparison) == "Comparison of 2 articles"
    assert notebook.summary(analysis).startswith("Analysis of 'first', ")
    printed = []
    printer = SimpleNamespace(text=printed.append)
    analysis.document._repr_pretty_(printer, cycle=False)
    assert printed == [notebook.summary(analysis.document)]


# In a notebook and outside


@pytest.fixture
def ipython(monkeypatch):
    """A stand-in for IPython, whose shell has a kernel or not; what is displayed is kept."""

    def start(*, kernel: bool) -> list[dict[str, str]]:
        displayed: list[dict[str, str]] = []
        module, display = ModuleType("IPython"), ModuleType("IPython.display")
        shell = SimpleNamespace(kernel=object()) if kernel else SimpleNamespace()
        module.get_ipython = lambda: shell
        display.display = lambda bundle, *, raw: displayed.append(bundle if raw else {})
        monkeypatch.setitem(sys.modules, "IPython", module)
        monkeypatch.setitem(sys.modules, "IPython.display", display)
        return displayed

    return start


def test_in_a_notebook_it_is_displayed(ipython, analysis, comparison):
    displayed = ipython(kernel=True)
    assert framing.render(analysis) is None
    assert framing.render(comparison) is None
    assert [set(bundle) for bundle in displayed] == [
        {"text/plain", "text/html"},
        {"text/plain", "text/html", "image/png"},
    ]
    assert displayed[0]["text/html"] == render(analysis)
    assert base64.b64decode(displayed[1]["image/png"]) == comparison._repr_png_()
    assert framing.render(analysis, jupyter=False)
    assert framing.render(analysis, page=True), "a page is for a file"


def test_in_a_terminal_it_is_returned_unless_asked_for(ipython, analysis):
    displayed = ipython(kernel=False)
    assert framing.render(analysis)
    assert displayed == []
    assert framing.render(analysis, jupyter=True) is None
    assert len(displayed) == 1


def test_without_ipython_it_is_returned_and_displaying_says_what_to_install(monkeypatch, analysis):
    for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert framing.render(analysis)
    with pytest.raises(ImportError, match=r"framing\[notebook\]"):
        framing.render(analysis, jupyter=True)


def test_showing_a_document_or_an_analysis_loads_nothing_slow():
    program = (
        "import sys, framing; before = set(sys.modules); a = framing.analyze('Officials said so.', model='lexicon', "
        "resamples=0); print(*sys.modules, '|', *before); a._repr_html_(); a.document._repr_html_(); "
        "framing.render(a); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    analysed, displayed = (line.split() for line in run.stdout.splitlines())
    assert "framing.output.notebook" not in analysed
    assert "framing.output.notebook" in displayed
    assert not {"pandas", "altair", "scipy", "IPython", "sklearn"}.intersection(displayed)


def test_a_notebook_runs_and_keeps_html_and_a_picture(tmp_path, repository):
    pytest.importorskip("nbclient", reason="needs the extra 'notebook'")
    pytest.importorskip("ipykernel", reason="needs the extra 'notebook'")
    path = tmp_path / "two.ipynb"
    first = (
        "import framing\n"
        f"documents = [framing.make_document({TEXT!r} * n, str(n)) for n in (1, 2)]\n"
        "analyses = [framing.analyze(d, model='lexicon', resamples=20) for d in documents]\n"
        "framing.compare(analyses, resamples=20)"
    )
    cells = [first, "framing.render(analyses[0])\nanalyses[1]"]
    program = (
        "import sys, json, nbformat; from nbclient import NotebookClient; v4 = nbformat.v4;"
        "nb = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in json.loads(sys.argv[2])]);"
        "NotebookClient(nb, timeout=200, kernel_name='python3').execute(); nbformat.write(nb, sys.argv[1])"
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(path), json.dumps(cells)],
        check=True,
        timeout=300,
        cwd=repository,
        env=os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path), "IPYTHONDIR": str(tmp_path)},
    )
    kept = json.loads(path.read_text(encoding="utf-8"))
    outputs = [[output["data"] for output in cell["outputs"] if "data" in output] for cell in kept["cells"]]
    ((compared,), (rendered, analysed)) = outputs
    assert set(compared) == {"text/plain", "text/html", "image/png"}
    assert base64.b64decode(compared["image/png"]).startswith(b"\x89PNG")
    assert "".join(compared["text/plain"]) == "Comparison of 2 articles"
    assert "<mark" in "".join(rendered["text/html"])
    assert "<details>" in "".join(analysed["text/html"])


# In a browser


@pytest.fixture(scope="module")
def displays(analysis, comparison):
    own = {
        "title": "T",
        "text": TALKS["text"] * 30,
        "spans": [MAY | {"layer": f"layer {n}", "start": 10 + n, "end": 400 - n} for n in range(9)],
    }
    parts = [
        analysis._repr_html_(),
        comparison._repr_html_(),
        analysis.document._repr_html_(),
        *(
            render(analysis, style=style, dimensions=[*framing.load_dimensions()])
            for style in ("evidence", "ent", "table")
        ),
        render(own, manual=True),
        render({"text": "x" * 300, "spans": [{"start": 0, "end": 300, "label": "y" * 300}]}, manual=True),
    ]
    return "".join(parts).replace("<details>", "<details open>")


PAPERS = {"light": ("#ffffff", "#1f1f1f"), "dark": ("#1e1e1e", "#cccccc")}


@pytest.fixture(params=[(paper, width) for paper in PAPERS for width in (390, 1280)], ids=str)
def shown_page(request, chromium, displays):
    paper, width = request.param
    background, ink = PAPERS[paper]
    context = chromium.new_context(viewport={"width": width, "height": 800}, offline=True, color_scheme=paper)
    page = context.new_page()
    page.set_content(
        f"<!doctype html><body style='margin:8px;font:14px sans-serif;background:{background};color:{ink}'>{displays}"
    )
    page.ink = tuple(int(ink[n : n + 2], 16) for n in (1, 3, 5))
    yield page
    context.close()


def test_nothing_scrolls_sideways_and_nothing_is_cut(shown_page):
    assert shown_page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert shown_page.locator("img").evaluate("node => node.complete && node.naturalWidth > 0")


def test_marks_have_the_ink_of_the_page_and_more_than_colour(shown_page):
    """The words keep the page's own colour, and every kind of mark is told from bare text by a line, a box or a label."""
    looks = shown_page.locator("mark").evaluate_all(
        """nodes => nodes.map((node) => {
            const style = getComputedStyle(node), label = node.querySelector("sub");
            return {color: style.color, background: style.backgroundColor, label: label ? label.textContent.trim() : "",
                    line: style.textDecorationLine + style.borderLeftStyle + style.borderBottomStyle,
                    height: label ? label.getBoundingClientRect().height : 0};
        })"""
    )
    assert len(looks) > 60
    for look in looks:
        assert look["color"] == f"rgb{shown_page.ink}"
        assert look["background"] in {
            "rgba(0, 0, 0, 0)",
            "rgba(127, 127, 127, 0.16)",
            "rgba(127, 127, 127, 0.12)",
        }
        assert look["label"] or look["line"] != "nonenonenone" or "0.16" in look["background"]
        assert not look["label"] or look["height"] > 8


def luminance(color: str) -> float:
    parts = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize(
    "color", sorted({*notebook._COLORS, *(color for _, color in notebook._LOOKS.values())})
)
def test_lines_have_enough_contrast_on_light_and_dark_paper(color):
    for paper, _ in PAPERS.values():
        dark, light = sorted((luminance(color) + 0.05, luminance(paper) + 0.05))
        assert light / dark >= 3


def test_without_any_style_marks_and_labels_are_still_there(chromium, displays):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, offline=True)
    page = context.new_page()
    page.set_content(re.sub(' (?:style|class)="[^"]*"', "", displays))
    mark = page.locator("mark", has=page.locator("sub")).first
    assert mark.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 0)"
    assert mark.locator("sub").first.is_visible()
    context.close()
