from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from framing.analysis import MODELS, Dimension, Ratio, Reading, Score, analyze
from framing.comparison.compare import compare
from framing.document import make_document
from framing.models.figures import measured
from framing.output.highlight import Piece, blocks, highlight, slug
from framing.output.report import article_names, render_report, write_report
from framing.output.table import json_line, rounded, write_parquet

TEXT = (
    "The minister said the talks may resume. Critics of the brutal regime reportedly disagree. “Moscow might perhaps "
    "keep the base,” a diplomat told reporters. Analysts say that Syria could ask for more. Russia praised the deal. "
    "Nobody knows whether it will last."
)
HOSTILE = (
    '"><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">\' {{ 7 * 7 }} &amp; </style>'
)
VOID = {"meta", "br", "img", "input", "link", "hr", "path", "line", "rect", "circle"}


class Page(HTMLParser):
    """What a parser sees in a page: elements with attributes, their text, and whether tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def comparison():
    documents = [
        make_document(TEXT * 2, "plain", title="A plain title", outlet="Harbour Post", url="https://example.org/a?b=1&c=2"),
        make_document(f"{HOSTILE} said the regime may fall. {TEXT}", "hostile", title=HOSTILE, outlet=HOSTILE, author=HOSTILE, url="javascript:alert(1)"),
    ]  # fmt: skip
    return compare(
        [analyze(document, resamples=100, model="lexicon") for document in documents], resamples=100
    )


@pytest.fixture(scope="module")
def html(comparison):
    return render_report(comparison, failures=[f"{HOSTILE}: is empty"])


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


# The page


def test_the_page_is_well_formed_and_has_every_section(page):
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    sections = {attrs["id"] for attrs in page.all("section")}
    assert sections == {"articles", "how", "glance", "differences", "stance", "sourcing", "hedging", "loaded", "naming", "coverage", "words", "frames", "reading", "method"}  # fmt: skip
    contents = {attrs["href"][1:] for attrs in page.all("a") if attrs["href"].startswith("#")}
    assert sections | {"a1", "a2"} <= contents
    assert contents <= set(ids)


def test_nothing_of_a_text_becomes_markup(page, html):
    assert [attrs.get("type") for attrs in page.all("script")] == ["application/json", None]
    assert not page.all("img")
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]
    assert not [attrs for _, attrs in page.elements if "style" in attrs]
    assert "{{ 7 * 7 }}" in html
    assert "49 &amp;" not in html


def test_links_lead_into_the_page_or_to_the_web(page):
    targets = {attrs["href"] for attrs in page.all("a")}
    assert all(target.startswith(("#", "https://")) for target in targets)
    assert "https://example.org/a?b=1&c=2" in targets


def test_the_policy_allows_this_style_and_script_alone(page, html):
    policy = next(
        attrs["content"] for attrs in page.all("meta") if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_is_fetched(html):
    assert not re.findall(r"""(?:src|@import|url\()\s*=?\s*["']?(?:https?:)?//""", html)
    assert not re.findall(r"<link|<iframe|<object|<embed", html)


def test_every_number_names_evidence_that_exists_and_is_its_own(page, comparison):
    ids = {attrs["id"] for attrs in page.all("mark") if attrs.get("id")}
    rows = {attrs["id"] for attrs in page.all("td") if attrs.get("id")}
    linked = [attrs["data-all"].split() for attrs in page.all("a") if "data-all" in attrs]
    assert len(linked) > 50
    for places in linked:
        assert set(places) <= ids
        assert {f"{place}-why" for place in places} <= rows
        assert len({place.split("-")[0] for place in places}) == 1
    evidence = {id for id in ids if re.fullmatch(r"a\d+-e\d+", id)}
    assert len(evidence) == sum(len(analysis.evidence) for analysis in comparison.analyses)


def test_values_in_charts_lead_to_the_same_values_in_tables(page):
    links = [attrs["href"][1:] for attrs in page.all("a") if attrs.get("tabindex") == "-1"]
    numbers = {
        attrs["id"]
        for _, attrs in page.elements
        if (attrs.get("class") or "") == "number" and attrs.get("id")
    }
    assert len(links) > 20
    assert set(links) <= numbers


@pytest.fixture(scope="module")
def contrast():
    plain = "The ship left the harbour at noon. It carried grain and two crates of tools to the island. " * 12
    loaded = (
        "The brutal regime butchered its cowardly victims. Fanatics and thugs cheered the vicious massacre. "
        * 12
    )
    documents = [make_document(plain, "plain"), make_document(loaded, "loaded")]
    return compare(
        [analyze(document, resamples=200, model="lexicon") for document in documents], resamples=400
    )


def test_what_stands_out_is_told_first_with_its_evidence(contrast):
    html = render_report(contrast)
    page = Page(html)
    assert next(attrs["id"] for attrs in page.all("section")) == "outstanding"
    told = html.split('<section id="outstanding">')[1].split("</section>")[0]
    (line,) = [part for part in told.split("<li>") if part.startswith("<b>loaded terms</b>")]
    value = contrast.scores.query(
        "article == 'loaded' and measure == 'loaded_terms' and voice == 'all' and label.isna()"
    ).value
    assert line.index(f">{value.iloc[0]:.1f}</a>") < line.index("0.0")
    hedging = contrast.differences.query("measure == 'hedged_sentences' and voice == 'all'")
    assert (hedging.q > 0.05).all()
    assert "hedged" not in told


def test_nothing_stands_out_of_one_article_or_of_equal_ones(contrast):
    one = contrast.analyses[:1]
    twins = [analyze(make_document(TEXT * 3, id), resamples=100, model="lexicon") for id in ("one", "two")]
    for analyses in (one, twins):
        assert 'id="outstanding"' not in render_report(compare(analyses, resamples=200))


def test_differences_name_the_higher_article_first(contrast):
    html = render_report(contrast).split('<section id="differences">')[1].split("</section>")[0]
    assert re.findall(r'class="value">([^<]+)<small>', html)
    assert not re.findall(r'class="value">−[^<]*<small>', html)


def test_one_term_with_and_without_a_comma_in_its_quotes_is_one_row():
    text = "The “New Syria,” officials said, is here. They want a “New Syria” at once. "
    html = render_report(compare([analyze(make_document(text, "one"), resamples=0, model="lexicon")]))
    assert html.count('<th scope="row">“New Syria”</th>') == 1
    assert "“New Syria,”</th>" not in html


def test_an_actor_of_whom_too_little_is_said_is_named_in_the_caption():
    text = "Russia praised the fair deal. " * 9 + "Iran condemned the brutal raid. "
    html = render_report(
        compare([analyze(make_document(text, "one"), resamples=100, model="lexicon")], resamples=100)
    )
    assert "No article says enough about Iran for a panel." in html


def test_the_page_gives_no_verdict(page):
    words = " ".join(
        text for tag, parts in page.text.items() if tag not in {"script", "style"} for text in parts
    ).lower()
    assert not re.search(r"\bbias(ed)?\b|propaganda|unfair", words)


def test_the_page_has_figures_with_two_sentences_and_a_method_box(page, comparison):
    captions = " ".join(page.text["p"])
    assert captions.count("does not") + captions.count("do not") >= 7
    for dimension in (reading.dimension for reading in comparison.analyses[0].readings.values()):
        assert dimension.reference in captions
        assert dimension.limits in captions
    assert comparison.analyses[0].signature["lexicons"] in page.text["b"]


def accuracy(model, dimensions=None):
    analysis = analyze(TEXT, model=model, dimensions=dimensions, resamples=0)
    html = render_report(compare([analysis], resamples=0))
    return html.split("How good it is</h3>")[1].split("<h3>")[0]


@pytest.mark.parametrize("model", MODELS)
def test_the_method_box_says_which_model_made_the_page_and_how_good_it_is(model):
    box = accuracy(model)
    assert f"with the model <b>{model}</b>: " in box
    assert re.findall(r'class="value">(\w+(?: \(this page\))?)</th>', box)[1:] == [
        f"{model} (this page)",
        *(other for other in MODELS if other != model),
    ]
    for row in measured(model)["figures"]:
        if row["metric"] in {"content_f1", "cue_f1"} and row["figure"] != "cue F1":
            cell = f"<b>{row['value']:.2f}</b>"
            assert cell in box
            assert f"<small>{row['low']:.2f} to {row['high']:.2f}</small>" in box
            assert f"{row['n']:,} {row['items']}" in box
    assert "machine coders" in box


def test_the_method_box_has_figures_of_the_dimensions_on_the_page():
    box = accuracy("lexicon", ["hedging"])
    assert re.findall(r'<th scope="row">(\w+)</th>', box) == ["hedging"]
    assert "No accuracy figures" in accuracy("lexicon", ["tone"])


def test_a_model_without_figures_has_no_column(monkeypatch):
    only = {"lexicon": measured("lexicon")}
    monkeypatch.setattr(
        "framing.output.report.sections.measured", lambda model: only.get(model, {"figures": []})
    )
    assert "(this page)" in accuracy("lexicon")
    assert "(this page)" not in accuracy("linear")
    assert ">linear<" not in accuracy("lexicon").split("<table>")[1]


def test_cross_validated_figures_are_marked(monkeypatch):
    figures = [row | {"cross_validated": True} for row in measured("lexicon")["figures"]]
    monkeypatch.setattr("framing.output.report.sections.measured", lambda model: {"figures": figures})
    assert "†" in accuracy("lexicon")
    assert "† is cross-validated" in accuracy("lexicon")


def test_the_same_comparison_gives_the_same_bytes(comparison, html, tmp_path):
    write_report(comparison, tmp_path / "page.html", failures=[f"{HOSTILE}: is empty"])
    assert (tmp_path / "page.html").read_bytes() == html.encode()


def test_failures_are_named(page):
    assert any("is empty" in text for text in page.text["li"])


def test_a_lone_surrogate_does_not_stop_the_page(tmp_path):
    analysis = analyze(make_document("The regime \ud800 may fall.", "odd"), resamples=0, model="lexicon")
    write_report(compare([analysis]), tmp_path / "page.html", title="Odd \udfff")
    assert "may" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("texts", [[], [""], ["Short."], ["", TEXT]])
def test_little_or_no_text_makes_a_page(texts):
    analyses = [
        analyze(make_document(text, f"text {number}"), resamples=20, model="lexicon")
        for number, text in enumerate(texts)
    ]
    page = Page(render_report(compare(analyses, resamples=20)))
    assert page.open == []


def test_a_page_of_some_dimensions_leaves_the_others_out():
    analysis = analyze(make_document(TEXT, "one"), dimensions=["hedging"], resamples=20, model="lexicon")
    page = Page(render_report(compare([analysis])))
    assert {attrs["id"] for attrs in page.all("section")} == {"articles", "how", "glance", "hedging", "naming", "frames", "reading", "method"}  # fmt: skip


def test_articles_are_called_by_their_outlets_where_these_differ():
    first, second = (
        analyze(make_document(TEXT, id, outlet=outlet), dimensions=["tone"], resamples=0, model="lexicon")
        for id, outlet in (("a", "Post"), ("b", "Wire"))
    )
    assert article_names([first, second]) == {"a": "Post", "b": "Wire"}
    third = analyze(
        make_document(TEXT, "c", outlet="Wire"), dimensions=["tone"], resamples=0, model="lexicon"
    )
    assert article_names([first, second, third]) == {"a": "a", "b": "b", "c": "c"}


def test_a_checksum_in_a_file_name_is_no_part_of_a_label():
    first, second = (
        analyze(make_document(TEXT, id), dimensions=["tone"], resamples=0, model="lexicon")
        for id in ("a_0123456789abcdef", "b")
    )
    assert article_names([first, second]) == {"a_0123456789abcdef": "a", "b": "b"}
    alike = analyze(
        make_document(TEXT, "a_fedcba9876543210"), dimensions=["tone"], resamples=0, model="lexicon"
    )
    assert article_names([first, alike]) == {id: id for id in ("a_0123456789abcdef", "a_fedcba9876543210")}


def test_the_first_sentence_stands_for_a_missing_title():
    html = render_report(
        compare([analyze(make_document("It may rain. " + TEXT, "one"), resamples=20, model="lexicon")])
    )
    assert "<title>It may rain.</title>" in html


def test_a_headline_of_the_text_stands_for_a_missing_title():
    text = "Talks may resume\n\n" + TEXT
    html = render_report(compare([analyze(make_document(text, "one"), resamples=20, model="lexicon")]))
    assert "<title>Talks may resume</title>" in html
    (headline,) = re.findall(r'<h3 id="a1-title">(.*?)</h3>', html)
    assert plain(headline) == "Talks may resume"


# Marks


def plain(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


def test_marks_keep_every_character(comparison):
    for analysis in comparison.analyses:
        document = analysis.document
        for block, paragraph in zip(highlight(analysis, "a1"), document.paragraphs, strict=True):
            assert plain(block.html) == document[paragraph]


def test_layers_nest():
    document = make_document("“The regime may fall,” he said.")
    pieces = [Piece(0, 22, "content", "e0"), Piece(5, 15, "hedging", "e1"), Piece(5, 11, "loaded", "e2")]
    (block,) = blocks(document, pieces)
    assert re.sub(r' (data-e|id|aria-\w+|tabindex)="[^"]*"', "", block.html) == (
        '<mark class="content">“The <mark class="hedging"><mark class="loaded">regime</mark> may</mark> fall,”</mark> he said.'
    )


def test_pieces_that_cross_are_cut_and_only_the_first_part_has_the_id():
    document = make_document("One two three four five.")
    (block,) = blocks(document, [Piece(0, 13, "a", "e0"), Piece(8, 18, "b", "e1", after="end")])
    page = Page(block.html)
    assert page.open == []
    assert [attrs.get("id") for attrs in page.all("mark")] == ["e0", "e1", None]
    assert [attrs["data-e"] for attrs in page.all("mark")] == ["e0", "e1", "e1"]
    assert [attrs.get("data-after") for attrs in page.all("mark")] == [None, None, "end"]
    assert plain(block.html) == document.text


def test_a_piece_over_two_paragraphs_is_marked_in_both():
    document = make_document("“He left early.\n\n“She stayed late.”")
    html = [block.html for block in blocks(document, [Piece(1, 30, "content", "e0")])]
    assert [part.count("<mark") for part in html] == [1, 1]


def test_class_names_are_safe():
    assert slug('Human <b> "Interest"') == "human-b-interest"
    assert slug("…") == "other"


# Tables


def test_rows_are_written_alike_everywhere(tmp_path):
    frame = pd.DataFrame(
        {
            "article": ["a", "b"],
            "value": [1 / 3, np.nan],
            "zero": [-1e-9, 0.5],
            "source": [[1, 2], None],
            "text": ["x", None],
        }
    )
    result = rounded(frame)
    assert result.value[0] == 0.333333
    assert str(result.zero[0]) == "0.0"
    assert json.loads(result.source[0]) == [1, 2]
    assert result.text.isna().tolist() == [False, True]
    write_parquet(frame, tmp_path / "rows.parquet")
    again = pd.read_parquet(tmp_path / "rows.parquet")
    assert again.value.isna().tolist() == [False, True]
    assert frame.value[0] == 1 / 3


def test_json_lines_are_plain_json():
    line = json_line(
        {"value": float("nan"), "nested": {"pairs": [(0.12345678, -0.0000001)]}, "text": "\ud800 ñ"}
    )
    assert json.loads(line) == {"value": None, "nested": {"pairs": [[0.123457, 0.0]]}, "text": "\ud800 ñ"}
    line.encode("utf-8")


def test_the_terminal_shows_brackets_and_no_control_characters(capsys):
    from rich.console import Console

    from framing.output.screen import score_table

    document = make_document(TEXT, "one", title="[red]x[/red] \x1b[31m")
    analysis = analyze(document, dimensions=["hedging"], resamples=0, model="lexicon")
    Console(width=160).print(score_table(analysis))
    shown = capsys.readouterr().out
    assert "[red]x[/red]" in shown
    assert "\x1b" not in shown
    value = next(score.value for score in analysis.scores if score.voice == "all")
    assert f"{value:.3g}" in shown


def test_a_dimension_the_page_has_never_heard_of_gets_its_table():
    """A new dimension is a file in `dimensions/` and no edit here."""
    dimension = Dimension(
        "made", "Made up", "How much?", "per word", "more", "All else.", "2020", {}, lambda m, e: []
    )
    analyses = []
    for id in ("one", "two"):
        analysis = analyze(
            make_document("It rained on the town. Nobody came.", id), resamples=0, model="lexicon"
        )
        totals = np.ones((2, 2))
        score = Score("made", "rate", None, None, "all", "per word", totals, Ratio(), 2, value=1.0)
        analyses.append(replace(analysis, readings={"made": Reading(dimension, (), (score,))}))
    page = render_report(compare(analyses, resamples=0))
    assert "Made up" in page
    assert 'id="a1-s0"' in page
    assert 'id="made"' in page
