from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from framing.analysis import analyze
from framing.comparison.compare import compare
from framing.comparison.rows import SCORE_COLUMNS
from framing.document import make_document
from framing.output import charts
from framing.output.style import NARROW, OKABE_ITO, article_colors, config, ink, shown

ARTICLES = ["first", "second <b>&", "third"]
HOSTILE = '<script>alert(1)</script>"]}'


def row(
    article,
    dimension,
    measure,
    value,
    *,
    label=None,
    actor=None,
    voice="all",
    unit="per 100 sentences",
    n=30,
    interval=1.0,
):
    low, high = (value - interval, value + interval) if interval is not None else (np.nan, np.nan)
    values = (dimension, measure, label, actor, voice, value, low, high, n, unit)
    return {"article": article, **dict(zip(SCORE_COLUMNS, values, strict=True))}


@pytest.fixture
def scores():
    rows = []
    for number, article in enumerate(ARTICLES):
        rows.append(row(article, "hedging", "hedged_sentences", 20.0 + number))
        rows += [
            row(article, "hedging", "hedge_cues", 5.0, label=label, unit="per 1,000 words")
            for label in ("epistemic", "hearsay")
        ]
        for voice, interval in (("all", 0.1), ("author", 0.1), ("attributed", None if number == 1 else 0.2)):
            rows.append(row(article, "stance", "mean_polarity", 0.2 - number / 10, actor="russia", voice=voice, unit="−1..1", n=9 if interval else 2, interval=interval))  # fmt: skip
    return pd.DataFrame(rows)


def texts(chart):
    """All text drawn, in order."""
    root = ET.fromstring(charts.svg(chart))
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_at_a_glance_has_a_panel_per_dimension_and_actor_with_unit_and_n(scores):
    drawn = texts(charts.at_a_glance(scores))
    assert {"Hedging", "Stance: Russia", "per 100 sentences · n at the right"} <= set(drawn)
    assert drawn.count("first") == 1
    assert "second <b>&" in drawn
    assert {"20.0", "21.0", "22.0", "+0.20", "30", "9"} <= set(drawn)


def test_narrow_charts_stand_in_one_column(scores):
    drawn = texts(charts.at_a_glance(scores, width=NARROW))
    assert drawn.count("first") == 2
    width = float(
        re.search(r'width="([\d.]+)"', charts.svg(charts.at_a_glance(scores, width=NARROW))).group(1)
    )
    assert width <= NARROW + 40


def test_too_little_text_is_said_instead_of_drawn(scores):
    svg = charts.svg(charts.stance_by_voice(scores))
    assert svg.count(charts.TOO_LITTLE) == 1
    full = scores.assign(low=scores.low.fillna(0.0), high=scores.high.fillna(0.1))
    assert charts.TOO_LITTLE not in charts.svg(charts.stance_by_voice(full))


def test_an_actor_of_whom_no_article_says_enough_gets_no_panel(scores):
    little = scores[scores.dimension == "stance"].assign(actor="iran", low=np.nan, high=np.nan, n=2)
    # An interval of another measure does not help the one that is drawn.
    other = little.assign(measure="positive_sentences", low=0.0, high=1.0)
    more = pd.concat([scores, little, other], ignore_index=True)
    assert charts.most_mentioned(more, 3) == ["russia", "iran"]
    assert charts.with_enough(more, ["russia", "iran"]) == ["russia"]
    assert "Stance: Iran" not in texts(charts.at_a_glance(more))
    assert "Iran" not in texts(charts.stance_by_voice(more))
    assert charts.with_enough(more.assign(low=np.nan), ["russia", "iran"]) == ["russia", "iran"]


def test_values_that_are_all_zero_have_an_axis_of_whole_steps(scores):
    zero = scores[scores.dimension == "hedging"].assign(value=0.0, low=0.0, high=0.0)
    for chart in (charts.at_a_glance(zero), charts.bars_by_label(zero, "hedging", "hedge_cues")):
        assert not [text for text in texts(chart) if re.match(r"0\.0\d", text)]


def test_drawn_values_can_be_links(scores):
    linked = scores.assign(link=[f"#s{number}" for number in range(len(scores))])
    assert "#s0" in charts.svg(charts.at_a_glance(linked))
    assert "<a " not in charts.svg(charts.at_a_glance(scores))


def test_without_resamples_values_are_drawn_all_the_same(scores):
    bare = scores.assign(low=np.nan, high=np.nan)
    drawn = texts(charts.at_a_glance(bare))
    assert "20.0" in drawn
    assert charts.TOO_LITTLE not in drawn


def test_articles_keep_order_and_colour_in_every_chart(scores):
    naming = pd.DataFrame({
        "article": ARTICLES, "actor": "russia", "name": ["Russia", "Moscow", "Russia"], "count": [3, 2, 1], "share": 1.0, "connotation": "",
    })  # fmt: skip
    words = pd.DataFrame(
        {"group": ARTICLES, "word": ["base", "visit", "lease"], "z": 2.5, "count": 3, "other_count": 0}
    )
    positions = pd.DataFrame(
        {"article": ARTICLES, "kind": "loaded", "voice": "author", "start": 0.5, "end": 0.51}
    )
    colors = article_colors(len(ARTICLES))
    for chart in (
        charts.at_a_glance(scores),
        charts.bars_by_label(scores, "hedging", "hedge_cues"),
        charts.stance_by_voice(scores),
        charts.distinctive_words(words, ARTICLES),
        charts.barcode(positions, ARTICLES),
        charts.naming_tiles(naming, ARTICLES),
    ):
        drawn = texts(chart)
        assert [text for text in dict.fromkeys(drawn) if text in ARTICLES] == ARTICLES
        svg = charts.svg(chart)
        places = [svg.find(color) for color in colors if color in svg]
        assert places == sorted(places)


def test_bars_by_label_share_one_scale(scores):
    chart = charts.bars_by_label(scores, "hedging", "hedge_cues")
    drawn = texts(chart)
    assert {"epistemic", "hearsay"} <= set(drawn)
    domains = {
        tuple(map(float, found.split(",")))
        for found in re.findall(r'"domain": \[([\d., ]+)\]', json.dumps(chart.to_dict()))
    }
    assert domains == {(0.0, 6.12)}


def test_sourcing_counts_every_attribution_and_says_when_there_is_none():
    evidence = pd.DataFrame({
        "article": ["first", "first", "first", "third"], "dimension": ["attribution"] * 3 + ["hedging"],
        "source_type": ["named_person", "named_person", "anonymous_official", None],
    })  # fmt: skip
    drawn = texts(charts.sourcing(evidence, ARTICLES))
    assert drawn.count("n 3") == 1
    assert drawn.count("no attribution found") == 2
    assert {"named person", "anonymous official", "share of attributions"} <= set(drawn)


def test_distinctive_words_need_two_uses_and_show_both_counts():
    words = pd.DataFrame(
        {
            "group": "first",
            "word": ["harbour", "once"],
            "z": [2.2, 3.0],
            "count": [4, 1],
            "other_count": [2, 0],
        }
    )
    drawn = texts(charts.distinctive_words(words, ARTICLES))
    assert {"harbour", "4 : 2"} <= set(drawn)
    assert "once" not in drawn


def test_empty_frames_give_a_chart_that_says_so():
    naming = pd.DataFrame(columns=["article", "actor", "name", "count", "share", "connotation"])
    assert texts(charts.naming_tiles(naming, ARTICLES)) == ["no actor is named"]
    words = pd.DataFrame(columns=["group", "word", "z", "count", "other_count"])
    assert texts(charts.distinctive_words(words, ARTICLES)) == [
        "no word is used twice and more often than elsewhere"
    ]


def test_colours_repeat_after_eight_and_ink_turns_light_on_dark_paper():
    assert len(set(article_colors(8))) == 8
    assert article_colors(9)[8] == OKABE_ITO[0]
    assert article_colors(7, dark=True)[6] == ink(True).ink
    assert config(dark=True)["title"]["color"] != config()["title"]["color"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.5, "share of words", "50 %"), (-0.25, "−1..1", "−0.25"), (-0.001, "−1..1", "0.00"), (-3.0, "points", "−3.0"), (-0.31, "share of words", "−31 %"), (-0.001, "share of words", "0 %"), (np.nan, "points", "–")],
)  # fmt: skip
def test_values_are_written_as_people_read_them(value, unit, text):
    assert shown(value, unit) == text


def test_all_charts_are_saved_as_pictures(tmp_path):
    text = "“Moscow may wait,” officials said. The regime of Syria reportedly fell. Analysts say Russia could leave. "
    documents = [make_document(text * 3, "one"), make_document(HOSTILE + " " + text * 2, HOSTILE)]
    comparison = compare(
        [analyze(document, resamples=50, model="lexicon") for document in documents], resamples=50
    )
    files = charts.save_charts(comparison, tmp_path / "charts")
    names = {file.stem for file in files}
    assert names == set(charts.charts_of(comparison))
    assert {
        "at-a-glance",
        "stance",
        "sourcing",
        "hedging",
        "frames",
        "loaded-terms",
        "naming",
        "distinctive-words",
    } <= names
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".png":
            assert data.startswith(b"\x89PNG")
            assert len(data) > 5000
        else:
            root = ET.fromstring(data)
            assert not [node for node in root.iter() if node.tag.endswith("script")]
            assert "NaN" not in data.decode()
