from __future__ import annotations

import itertools
import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import partial

import numpy as np
import pandas as pd
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import analyze
from framing.comparison.compare import compare
from framing.comparison.rows import SCORE_COLUMNS
from framing.document import make_document
from framing.output import charts
from framing.output.charts.parts import SMALL, over, squeeze, text_width, ticks, tint, wrap
from framing.output.charts.similarity import positions
from framing.output.style import NARROW, OKABE_ITO, WIDTH, article_colors, config, ink, shown

ARTICLES = ["first", "second <b>&", "third"]
HOSTILE = '<script>alert(1)</script>"]}'
SVG = "{http://www.w3.org/2000/svg}"


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


def scores_of(articles):
    rows = []
    for number, article in enumerate(articles):
        rows.append(row(article, "hedging", "hedged_sentences", 20.0 + number))
        rows += [
            row(article, "hedging", "hedge_cues", 5.0, label=label, unit="per 1,000 words")
            for label in ("epistemic", "hearsay")
        ]
        for voice, interval in (("all", 0.1), ("author", 0.1), ("attributed", None if number == 1 else 0.2)):
            rows.append(row(article, "stance", "mean_polarity", 0.2 - number / 500, actor="russia", voice=voice, unit="−1..1", n=9 if interval else 2, interval=interval))  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def scores():
    return scores_of(ARTICLES)


def facts_of(articles):
    mentions = [
        ("claim", "the harbour stays closed to every ship until the talks about the lease have come to an end", articles),
        ("figure", "1,600 soldiers", articles[:-1]),
        ("person", "Sergei Lavrov", articles[-1:]),
    ]  # fmt: skip
    return pd.DataFrame(
        [
            {"fact": fact, "kind": kind, "article": article, "count": 2, "articles": len(who)}
            for kind, fact, who in mentions
            for article in who
        ]
    )


def frames_of(articles):
    """Every frame that a chart is made from, by hand."""
    names = ["Russia", "Moscow", "the Russian Federation and its armed forces"]
    types = ["named_person", "named_org", "anonymous_official"]
    return {
        "scores": scores_of(articles),
        "naming": pd.DataFrame(
            [
                {"article": a, "actor": "russia", "name": n, "count": 3, "share": 1 / 3, "connotation": ""}
                for a in articles
                for n in names
            ]
        ),
        "words": pd.DataFrame(
            [
                {"group": a, "word": f"{word}{i}", "z": z, "count": 3, "other_count": 0}
                for i, a in enumerate(articles)
                for word, z in (("base", 2.5), ("internationalisation", 1.2))
            ]
        ),
        "positions": pd.DataFrame(
            [
                {"article": a, "kind": kind, "voice": voice, "start": at, "end": at + 0.01}
                for a in articles
                for kind, voice, at in (("loaded", "author", 0.5), ("hedging", "attributed", 0.2), ("attributed", "attributed", 0.19))
            ]
        ),
        "sources": pd.DataFrame(
            [{"article": a, "dimension": "attribution", "source_type": t} for a in articles for t in types]
        ),
        "arcs": pd.DataFrame(
            [
                {"article": a, "dimension": d, "actor": who, "position": at / 9, "value": (-1) ** at * 0.5}
                for a in articles
                for d, who in (("tone", ""), ("stance", "russia"))
                for at in range(10)
            ]
        ),
        "facts": facts_of(articles),
        "similarity": pd.DataFrame(
            [{"a": a, "b": b, "similarity": 0.4} for a, b in itertools.combinations(articles, 2)]
        ),
        "speakers": pd.DataFrame(
            [
                {"article": a, "source_type": t, "source_actor": who, "words": 50, "share": 0.1}
                for a in articles
                for t, who in (("named_person", "russia"), ("document", ""))
            ]
        ),
        "verbs": pd.DataFrame(
            [
                {"article": a, "actor": who, "verb": verb, "verb_class": kind, "count": 2}
                for a in articles
                for who, verb, kind in (("russia", "claim", "distancing"), ("", "say", "neutral"))
            ]
        ),
        "shift": pd.DataFrame(
            {"word": [f"word number {i}" for i in range(20)], "contribution": [4.0 - i / 2 for i in range(20)], "count_a": 2, "count_b": 1}
        ),
    }  # fmt: skip


def all_charts(articles, **options):
    """Every chart there is, drawn from the frames made by hand."""
    frames = frames_of(articles)
    score, positions = frames["scores"], frames["positions"]
    return {
        "at-a-glance": charts.at_a_glance(score, **options),
        "stance": charts.stance_by_voice(score, **options),
        "hedging": charts.bars_by_label(score, "hedging", "hedge_cues", **options),
        "dimension": charts.small_multiples(score, "hedging", **options),
        "naming": charts.naming_tiles(frames["naming"], articles, **options),
        "words": charts.distinctive_words(frames["words"], articles, **options),
        "loaded": charts.barcode(positions, articles, "loaded", **options),
        "hedges": charts.barcode(positions, articles, "hedging", **options),
        "sourcing": charts.sourcing(frames["sources"], articles, **options),
        "arc": charts.arc(frames["arcs"], articles, **options),
        "coverage": charts.coverage_matrix(frames["facts"], articles, **options),
        "similarity": charts.similarity_map(frames["similarity"], articles, **options),
        "speakers": charts.words_by_speaker(frames["speakers"], articles, **options),
        "verbs": charts.verbs_by_side(frames["verbs"], **options),
        "shift": charts.word_shift(
            frames["shift"], articles[0], articles[1], what="Hedge cues", unit="per 1,000 words", value_a=9.0, value_b=4.0, **options
        ),
    }  # fmt: skip


def rows_of(chart, kind):
    """The rows of one kind of mark."""
    for layer in chart.to_dict(validate=False)["layer"]:
        if layer["name"] == kind:
            spec = chart.to_dict(validate=False)
            return spec["datasets"][(layer.get("data") or spec["data"])["name"]]
    return []


def texts(chart):
    """All text drawn, in order."""
    root = ET.fromstring(charts.svg(chart))
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def boxes(chart):
    """The place of every level text, its width as estimated without slack."""
    for text in rows_of(chart, "texts"):
        if not text["angle"]:
            width = text_width(text["text"], text["size"], bold=text["weight"] == "bold") / 1.06
            left = text["x"] - {"left": 0, "center": width / 2, "right": width}[text["align"]]
            half = text["size"] * 0.36
            yield text["text"], left, text["y"] - half, left + width, text["y"] + half


def names(count):
    long = "The Observer of the Northern Coast and the Inland Valleys"
    return [f"{long if i % 7 == 3 else 'Herald'} {i:03d}" for i in range(count)]


# Readable -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 8, 13, 40])
@pytest.mark.parametrize("width", [NARROW, WIDTH])
def test_no_text_is_cut_covered_or_tiny(count, width):
    for name, chart in all_charts(names(count), width=width).items():
        found = list(boxes(chart))
        assert found
        for text, left, top, right, bottom in found:
            inside = left > -1 and top > -1 and right < width + 1 and bottom < chart.height + 1
            assert inside, (name, text, left, top, right, bottom)
        for (one, *a), (other, *b) in itertools.combinations(found, 2):
            apart = a[2] < b[0] + 0.5 or b[2] < a[0] + 0.5 or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (name, one, other)
        assert all(text["size"] >= min(SMALL, 10) for text in rows_of(chart, "texts"))


def test_slanted_names_stay_on_the_sheet():
    for width in (NARROW, WIDTH):
        for name, chart in all_charts(names(12), width=width).items():
            for text in rows_of(chart, "texts"):
                if text["angle"]:
                    length, turn = text_width(text["text"], text["size"]), math.radians(-text["angle"])
                    assert text["x"] + length * math.cos(turn) <= width + 1, (name, text["text"])
                    assert text["y"] - length * math.sin(turn) >= -1, (name, text["text"])


def test_every_chart_says_what_n_is():
    for name, chart in all_charts(ARTICLES).items():
        assert re.search(r"\bn\b", " ".join(texts(chart))), name


@pytest.mark.parametrize("width", [NARROW, WIDTH])
def test_two_hundred_articles_make_small_pictures(width):
    for name, chart in all_charts(names(200), width=width).items():
        assert len(charts.svg(chart)) < 150_000, name


def test_charts_of_many_articles_say_how_many_they_show():
    drawn = all_charts(names(40))
    for name in ("sourcing", "loaded", "hedges", "speakers", "naming", "coverage"):
        assert "24 of 40 articles shown" in " ".join(texts(drawn[name])), name
    for name in ("words", "arc"):
        assert "12 of 40 articles shown" in " ".join(texts(drawn[name])), name


def test_long_names_keep_their_ends_and_lose_nothing_when_wrapped():
    assert squeeze("The Observer of the Northern Coast 017", 100).endswith("017")
    assert wrap("khmeimim-reportage", 80) == ["khmeimim-", "reportage"]
    assert all(text_width(line) <= 60 for line in wrap("000_0228851268756346", 60))


@given(st.text("ab -_", max_size=60), st.integers(12, 200))
def test_wrapped_lines_fit_and_hold_the_whole_text(text, room):
    lines = wrap(text, room, lines=99)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line) <= room for line in lines)


@given(st.floats(-1e4, 1e4), st.floats(0.01, 1e4), st.integers(2, 6))
def test_ticks_are_round_few_and_inside(low, span, count):
    found = ticks(low, low + span, count)
    assert len(found) <= count + 1
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in found)


def test_text_on_a_fill_is_black_or_white_whichever_reads_better():
    assert over("#1F4E79") == "#FFFFFF"
    assert over("#E3C583") == "#1B1A17"
    assert tint("#000000", 0.0, "#FFFFFF") == "#FFFFFF"
    assert tint("#000000", 0.5, "#FFFFFF") == "#808080"


# Scores ---------------------------------------------------------------------------------------------------------


def test_at_a_glance_has_a_panel_per_dimension_and_actor_with_unit_and_n(scores):
    drawn = texts(charts.at_a_glance(scores))
    assert {"Hedging", "Stance: Russia", "per 100 sentences · n at the right"} <= set(drawn)
    assert drawn.count("first") == 1
    assert "second <b>&" in drawn
    assert {"20.0", "21.0", "22.0", "+0.20", "30", "9"} <= set(drawn)


def test_narrow_charts_stand_in_one_column(scores):
    drawn = charts.at_a_glance(scores, width=NARROW)
    assert texts(drawn).count("first") == 2
    assert f'width="{NARROW}"' in charts.svg(drawn)


def test_dots_stand_where_their_values_are(scores):
    chart = charts.at_a_glance(scores)
    places = [dot["x"] for dot in rows_of(chart, "dots") if dot["tip"].split(": ")[1].startswith("2")]
    assert len(places) == 3
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.15)
    spans = [rule["x2"] - rule["x"] for rule in rows_of(chart, "rules")][:3]
    assert spans == pytest.approx([2 * (places[1] - places[0])] * 3, abs=0.3)


def test_panels_of_a_row_stand_at_one_height(scores):
    long = scores.assign(label=scores.label.map({"epistemic": "a label so long that it takes two lines"}))
    tops = {dot["y"] for dot in rows_of(charts.small_multiples(long, "hedging"), "dots")}
    assert len(tops) == len(ARTICLES)


def test_too_little_text_is_said_instead_of_drawn(scores):
    chart = charts.stance_by_voice(scores)
    assert texts(chart).count(charts.TOO_LITTLE) == 1
    assert len(rows_of(chart, "dots")) == 5 + 2  # two in the key
    full = scores.assign(low=scores.low.fillna(0.0), high=scores.high.fillna(0.1))
    assert charts.TOO_LITTLE not in texts(charts.stance_by_voice(full))


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
    assert '<a xlink:href="#s0">' in charts.svg(charts.at_a_glance(linked))
    assert "<a " not in charts.svg(charts.at_a_glance(scores))


def test_without_resamples_values_are_drawn_all_the_same(scores):
    bare = scores.assign(low=np.nan, high=np.nan)
    drawn = texts(charts.at_a_glance(bare))
    assert "20.0" in drawn
    assert charts.TOO_LITTLE not in drawn


def test_articles_keep_order_and_colour_in_every_chart():
    colors = article_colors(len(ARTICLES))
    drawn = all_charts(ARTICLES)
    for name in ("at-a-glance", "hedging", "stance", "words", "loaded", "naming", "sourcing", "arc", "coverage", "speakers"):  # fmt: skip
        chart = drawn[name]
        assert [text for text in dict.fromkeys(texts(chart)) if text in ARTICLES] == ARTICLES, name
        svg = charts.svg(chart)
        places = [svg.find(color) for color in colors if color in svg]
        assert places == sorted(places), name


def test_bars_by_label_share_one_scale(scores):
    doubled = scores.assign(value=scores.value.where(scores.label != "hearsay", scores.value * 2))
    chart = charts.bars_by_label(doubled, "hedging", "hedge_cues")
    assert {"epistemic", "hearsay"} <= set(texts(chart))
    lengths = {round(bar["x2"] - bar["x"]) for bar in rows_of(chart, "rects")}
    assert len(lengths) == 2
    assert max(lengths) == pytest.approx(2 * min(lengths), abs=1.1)


def test_more_than_24_articles_share_a_strip_with_median_and_count():
    herald = [f"Herald {number:03d}" for number in range(25)]
    drawn = texts(charts.at_a_glance(scores_of(herald)))
    assert {"32.0", "25", "highest 44.0 Herald 024", "lowest 20.0 Herald 000"} <= set(drawn)
    assert "Herald 001" not in drawn
    assert "Herald 001" in texts(charts.at_a_glance(scores_of(herald[:24])))


def test_articles_of_a_group_share_a_strip_of_their_own():
    many = scores_of(names(30))
    many["group"] = ["early" if int(article[-3:]) < 10 else "late" for article in many.article]
    for chart in (charts.at_a_glance(many), charts.stance_by_voice(many)):
        drawn = texts(chart)
        assert {"early", "late", "10", "20"} <= set(drawn)
        assert "all articles" not in drawn


# Words and voices -----------------------------------------------------------------------------------------------


def test_sourcing_counts_every_attribution_and_says_when_there_is_none():
    evidence = pd.DataFrame({
        "article": ["first", "first", "first", "third"], "dimension": ["attribution"] * 3 + ["hedging"],
        "source_type": ["named_person", "named_person", "anonymous_official", None],
    })  # fmt: skip
    drawn = texts(charts.sourcing(evidence, ARTICLES))
    assert drawn.count("n 3") == 1
    assert drawn.count("no attribution found") == 2
    # The letter tells types apart where colours do not.
    assert {"P  named person", "A  anonymous official", "P 2", "A 1", "share of attributions"} <= set(drawn)


def test_speakers_leave_the_rest_to_the_author():
    frame = pd.DataFrame({
        "article": "first", "source_type": ["named_person", "document"], "source_actor": ["russia", ""],
        "words": [60, 20], "share": [0.3, 0.1],
    })  # fmt: skip
    drawn = texts(charts.words_by_speaker(frame, ["first", "third"]))
    assert {"P Russia 30 %", "D 10 %", "60 %", "200", "no attributed words"} <= set(drawn)


def test_verbs_of_each_side_stand_below_their_classes():
    frame = pd.DataFrame({
        "actor": ["russia", "russia", "", "us"], "verb": ["claim", "say", "say", "deny"],
        "verb_class": ["distancing", "neutral", "neutral", "distancing"], "count": [3, 1, 5, 1],
    })  # fmt: skip
    drawn = texts(charts.verbs_by_side(frame))
    assert {"distancing 3", "neutral 1", "claim 3 · say 1", "n 4", "all other sources"} <= set(drawn)
    assert drawn.index("Russia") < drawn.index("United States") < drawn.index("all other sources")
    assert "1 sides quoted less often are not shown." in texts(charts.verbs_by_side(frame, sides=1))


def test_distinctive_words_need_two_uses_and_show_both_counts():
    words = pd.DataFrame(
        {
            "group": "first",
            "word": ["harbour", "once", "quay"],
            "z": [2.2, 3.0, 1.0],
            "count": [4, 1, 2],
            "other_count": [2, 0, 1],
        }
    )
    chart = charts.distinctive_words(words, ARTICLES)
    assert {"harbour", "4 : 2", "quay"} <= set(texts(chart))
    assert "once" not in texts(chart)
    sure, unsure = (dot["fill"] for dot in rows_of(chart, "dots") if dot["tip"])
    assert sure == article_colors(1)[0]
    assert unsure == ink(False).paper


def test_barcodes_stand_tall_in_the_authors_voice_and_short_in_attributed_words():
    rows = [("loaded", "author", 0.5), ("loaded", "attributed", 0.7), ("hedging", "author", 0.1)]
    frame = pd.DataFrame([{"article": "first", "kind": kind, "voice": voice, "start": at, "end": at} for kind, voice, at in rows])  # fmt: skip
    chart = charts.barcode(frame, ["first"], "loaded")
    ends = [row["y"] for row in rows_of(chart, "lines") if row["y"] is not None]
    heights = [abs(low - high) for low, high in zip(ends[::2], ends[1::2], strict=True)]
    assert heights == [15, 6]
    assert "n 2" in texts(chart)
    assert "n 1" in texts(charts.barcode(frame, ["first"], "hedging"))


def test_positions_and_arcs_follow_the_text():
    text = "A brutal regime may fall. Moscow praised the plan. “The brutal attack on the base was a crime,” officials said."
    analysis = analyze(make_document(text, "a"), model="lexicon", resamples=0)
    found = charts.term_positions([analysis], {"a": "the article"})
    assert set(found.kind) == {"loaded", "hedging", "attributed"}
    assert set(found.article) == {"the article"}
    assert found.start.between(0, 1).all()
    assert (found.end >= found.start).all()
    along = charts.arcs([analysis], actors=["russia"])
    assert tuple(along.columns) == ("article", "dimension", "actor", "position", "value")
    assert (along.dimension == "tone").sum() == len(analysis.readings["tone"].evidence)
    assert set(along.actor) == {"", "russia"}
    assert along[along.dimension == "tone"].position.is_monotonic_increasing


def test_a_moving_mean_needs_three_values_and_is_their_mean():
    places, means = charts.smoothed(np.array([0.5, 0.5, 0.5, 0.9]), np.array([1.0, 0.0, 0.5, -1.0]))
    assert len(places) == len(means)
    assert means[20] == pytest.approx(0.5)
    assert np.isnan(means[[0, -1]]).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=3, max_size=30))
def test_a_moving_mean_keeps_between_its_values(rows):
    at, values = (np.array(column) for column in zip(*rows, strict=True))
    _, means = charts.smoothed(at, values, window=1.0)
    known = means[~np.isnan(means)]
    assert (known >= values.min() - 1e-9).all()
    assert (known <= values.max() + 1e-9).all()


# Coverage -------------------------------------------------------------------------------------------------------


def test_coverage_shows_who_mentions_a_fact_and_who_does_not():
    chart = charts.coverage_matrix(facts_of(ARTICLES), ARTICLES)
    assert {"Figures", "Claims", "1,600 soldiers", "3 of 3", "2 of 3", "not mentioned"} <= set(texts(chart))
    assert len(rows_of(chart, "rects")) == 3 + 2 + 1
    absent = [dot["tip"] for dot in rows_of(chart, "dots") if dot["tip"]]
    assert absent == ["third: not mentioned", "first: not mentioned", "second <b>&: not mentioned"]
    assert not re.search("omit|hid|conceal", " ".join(texts(chart)))


def test_coverage_takes_facts_in_turns_from_each_kind_and_counts_the_rest():
    many = [
        {"fact": f"{kind} {i}", "kind": kind, "article": a, "count": 1, "articles": 3}
        for kind in ("figure", "place")
        for i in range(9)
        for a in ARTICLES
    ]
    drawn = texts(charts.coverage_matrix(pd.DataFrame(many), ARTICLES, most=4))
    assert {"figure 0", "figure 1", "place 0", "place 1"} <= set(drawn)
    assert "figure 2" not in drawn
    assert any("14 more facts" in text for text in drawn)


def test_a_word_shift_adds_up():
    frame = frames_of(ARTICLES)["shift"]
    chart = charts.word_shift(frame, "A paper", "B paper", what="Hedge cues", unit="per 1,000 words", value_a=9.0, value_b=4.0, words=5)  # fmt: skip
    drawn = texts(chart)
    assert {"Hedge cues: A 9.0, B 4.0", "A  A paper", "B  B paper", "15 other words", "all words", "40 : 20"} <= set(drawn)  # fmt: skip
    bars = rows_of(chart, "rects")
    zero = bars[0]["x"]
    lengths = [bar["x2"] - zero if bar["x"] == zero else bar["x"] - zero for bar in bars]
    per_unit = lengths[0] / 4.0
    assert sum(lengths[:-1]) == pytest.approx(lengths[-1], abs=1)
    assert lengths[-1] / per_unit == pytest.approx(frame.contribution.sum(), abs=0.1)


def test_up_to_twelve_articles_are_a_matrix_of_all_pairs():
    frame = pd.DataFrame({"a": ["first", "first"], "b": ["second <b>&", "third"], "similarity": [0.416, 0.9]})
    drawn = texts(charts.similarity_map(frame, ARTICLES))
    assert drawn.count("42") == drawn.count("90") == 2


def test_more_than_twelve_articles_are_a_map():
    drawn = texts(all_charts(names(13))["similarity"])
    assert any("articles that lie close use like words" in text for text in drawn)
    assert "0: no words in common" not in " ".join(drawn)


def test_positions_keep_the_distances_of_points_in_a_plane():
    points = np.random.default_rng(0).normal(size=(9, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    places, kept = positions(distances)
    assert np.linalg.norm(places[:, None] - places[None], axis=2) == pytest.approx(distances)
    assert kept == pytest.approx(1)
    again, _ = positions(distances)
    assert (again == places).all()


def test_empty_frames_give_a_chart_that_says_so():
    empty = {name: frame.head(0) for name, frame in frames_of(ARTICLES).items()}
    for chart, words in (
        (charts.at_a_glance(empty["scores"]), "too little text for a chart"),
        (charts.stance_by_voice(empty["scores"]), "too little text for a chart"),
        (charts.naming_tiles(empty["naming"], ARTICLES), "no actor is named"),
        (charts.distinctive_words(empty["words"], ARTICLES), "no word is used twice and more often than elsewhere"),
        (charts.arc(empty["arcs"], ARTICLES), "nothing to draw along the article"),
        (charts.coverage_matrix(empty["facts"], ARTICLES), "no fact was found"),
        (charts.similarity_map(empty["similarity"], ARTICLES), "one article is like no other"),
        (charts.words_by_speaker(empty["speakers"], ARTICLES), "no attributed words found"),
        (charts.verbs_by_side(empty["verbs"]), "no attribution found"),
        (charts.word_shift(empty["shift"], "a", "b", what="x", unit="", value_a=0, value_b=0), "no word sets these two apart"),
    ):  # fmt: skip
        assert texts(chart) == [words]
    assert "n 0" in texts(charts.barcode(empty["positions"], ARTICLES))


# Pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
def test_vega_draws_the_same_as_we_do(dark):
    def drawn(svg):
        root, found = ET.fromstring(svg), []
        for node in root.iter(f"{SVG}text"):
            x, y = node.get("x", "0"), node.get("y", "0")
            moved = re.findall(
                r"(translate|rotate)\(\s*([-\d.]+)(?:,\s*([-\d.]+))?\)", node.get("transform", "")
            )
            shifts = [(float(a), float(b)) for name, a, b in moved if name == "translate"]
            turned = [float(a) for name, a, _ in moved if name == "rotate"]
            place = [shifts[0]] if turned else [*shifts, (float(x), float(y))]
            at = tuple(round(sum(numbers)) for numbers in zip(*place, strict=True))
            look = (node.get("fill"), node.get("text-anchor") or "start", node.get("font-size", "11").removesuffix("px"))  # fmt: skip
            found.append(("".join(node.itertext()), *at, *turned, *look))
        shapes = [node for node in root.iter() if node.tag in {f"{SVG}path", f"{SVG}line", f"{SVG}circle"}]
        colors = {node.get("stroke") for node in shapes}
        return found, colors - {None, "none"}

    for name, chart in all_charts(ARTICLES, dark=dark).items():
        ours, our_colors = drawn(charts.svg(chart))
        vegas, vega_colors = drawn(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))
        assert len(ours) == len(vegas), name
        for one, other in zip(ours, vegas, strict=True):
            assert one[0] == other[0], name
            assert one[3:] == other[3:], name
            assert one[1:3] == pytest.approx(other[1:3], abs=1.5), (name, one)
        assert our_colors == vega_colors, name


@pytest.mark.parametrize("ending", ["svg", "png", "html", "json"])
def test_a_chart_is_saved_as_its_ending_says(tmp_path, scores, ending):
    chart, path = charts.at_a_glance(scores), tmp_path / f"glance.{ending}"
    charts.save(chart, path)
    data = path.read_bytes()
    if ending == "png":
        assert data.startswith(b"\x89PNG")
    elif ending == "svg":
        assert "Hedging" in texts_of(data)
    elif ending == "json":
        spec = json.loads(data)
        assert spec["width"] == WIDTH
        assert "NaN" not in data.decode()
    else:
        page = data.decode()
        assert "Hedging" in page
        assert len(page) > 500_000  # what draws it is inside
        assert not re.search(r"<(?:script|link)[^>]+(?:src|href)=", page)


def texts_of(data):
    return ["".join(node.itertext()) for node in ET.fromstring(data).iter(f"{SVG}text")]


def test_another_ending_is_refused_with_the_choices(tmp_path, scores):
    with pytest.raises(ValueError, match="no chart format 'gif'; choose from png, svg, html, json"):
        charts.save(charts.at_a_glance(scores), tmp_path / "glance.gif")


def test_names_are_text_and_never_markup(scores):
    hostile = scores.assign(article=scores.article.replace({"first": HOSTILE, "third": "a\x00b"}))
    root = ET.fromstring(charts.svg(charts.at_a_glance(hostile, width=2000)))
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {"svg", "path", "circle", "text"}
    drawn = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert "a\ufffdb" in drawn
    assert any(text.startswith("<script>") for text in drawn)


def test_every_chart_is_drawn_in_every_width(scores):
    drawn = charts.draw_all({"glance": partial(charts.at_a_glance, scores)}, [350, 880])
    assert list(drawn) == ["glance"]
    assert {width: f'width="{width}"' in svg for width, svg in drawn["glance"].items()} == {
        350: True,
        880: True,
    }


def test_dark_paper_has_light_ink(scores):
    light, dark = (charts.at_a_glance(scores, dark=dark) for dark in (False, True))
    assert ink(True).ink in charts.svg(dark)
    assert ink(True).ink not in charts.svg(light)
    assert ink(True).paper in charts.svg(dark, paper=True)
    assert ink(True).paper not in charts.svg(dark)


def test_colours_repeat_after_eight_and_ink_turns_light_on_dark_paper():
    assert len(set(article_colors(8))) == 8
    assert article_colors(9)[8] == OKABE_ITO[0]
    assert article_colors(7, dark=True)[6] == ink(True).ink
    assert config(dark=True)["background"] != config()["background"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.5, "share of words", "50 %"), (-0.25, "−1..1", "−0.25"), (-0.001, "−1..1", "0.00"), (-3.0, "points", "−3.0"), (-0.31, "share of words", "−31 %"), (-0.001, "share of words", "0 %"), (np.nan, "points", "–")],
)  # fmt: skip
def test_values_are_written_as_people_read_them(value, unit, text):
    assert shown(value, unit) == text


@pytest.fixture(scope="module")
def comparison():
    text = "“Moscow may wait,” officials said. The regime of Syria reportedly fell. Analysts say Russia could leave. "
    documents = [make_document(text * 3, "one"), make_document(HOSTILE + " " + text * 2, HOSTILE)]
    return compare([analyze(document, resamples=50, model="lexicon") for document in documents], resamples=50)


def test_all_charts_are_saved_as_pictures(tmp_path, comparison):
    files = charts.save_charts(comparison, tmp_path / "charts")
    found = {file.stem for file in files}
    assert found == set(charts.charts_of(comparison))
    assert {
        "at-a-glance",
        "stance",
        "sourcing",
        "hedging",
        "frames",
        "hedges",
        "loaded-terms",
        "arc",
        "naming",
        "distinctive-words",
    } <= found
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".png":
            assert data.startswith(b"\x89PNG")
            assert len(data) > 5000
        else:
            root = ET.fromstring(data)
            assert not [node for node in root.iter() if node.tag.endswith("script")]
            assert "NaN" not in data.decode()


def test_charts_are_saved_in_the_formats_asked_for(tmp_path, comparison):
    files = charts.save_charts(comparison, tmp_path, formats=["json"])
    assert {file.suffix for file in files} == {".json"}
    with pytest.raises(ValueError, match="no chart format 'gif'"):
        charts.save_charts(comparison, tmp_path, formats=["gif"])


def test_charts_of_a_dimension_hold_all_it_measures(comparison):
    drawn = charts.dimension_charts(comparison, {"one": "the first"})
    assert set(drawn) == {f"all-{name}" for name in dict.fromkeys(comparison.scores.dimension)}
    assert {"the first", "hedge cues: epistemic"} <= set(texts(drawn["all-hedging"](width=WIDTH)))


def test_charts_of_coverage_need_two_articles(comparison):
    assert {"coverage", "similarity", "speakers", "verbs"} <= set(charts.charts_of(comparison))
    alone = compare(comparison.analyses[:1], resamples=50)
    assert not {"coverage", "similarity", "distinctive-words"} & set(charts.charts_of(alone))


def test_pictures_are_the_same_with_and_without_altair():
    for name, draw in {"glance": charts.at_a_glance, "stance": charts.stance_by_voice}.items():
        scores = scores_of(ARTICLES)
        assert charts.svg(charts.sheet_of(draw, scores=scores)) == charts.svg(draw(scores)), name
    empty = scores_of(ARTICLES).head(0)
    assert charts.svg(charts.at_a_glance.sheet(empty)) == charts.svg(charts.at_a_glance(empty))


def test_pictures_need_no_altair():
    code = "import sys, framing.output.charts; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
