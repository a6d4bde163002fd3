"""The marking page as a file: what it holds, and what it must not."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import classroom_material as material
import pytest

from framing.classroom.coding import COLUMNS, DIMENSIONS
from framing.output.classroom.guides import GUIDES
from framing.output.classroom.marking import marking_data, render_marking_page
from framing.output.page import read_template


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_data_hold_texts_and_labels_and_nothing_of_the_key(dimension):
    exercise = material.to_mark(dimension)
    data = marking_data(exercise, "Ada", "before")
    assert set(data) == {"exercise", "dimension", "coder", "round", "labels", "articles"}
    assert (data["exercise"], data["coder"], data["round"]) == (exercise.id, "Ada", "before")
    assert all(set(label) == {"id", "name", "meaning"} for label in data["labels"])
    for given, article in zip(data["articles"], exercise.articles, strict=True):
        assert given["text"] == article.text
        assert [article.text[start:end] for start, end in given["sentences"]] == [
            article.text[span.start : span.end] for span in article.sentences
        ]
    assert json.loads(json.dumps(data)) == data


def test_pairs_are_given_with_the_names_of_the_actors():
    data = marking_data(material.to_mark("stance"))
    assert [0, "russia", "Russia"] in data["articles"][0]["pairs"]


def test_whom_a_loaded_word_may_touch_are_those_the_text_names():
    (first, _) = marking_data(material.to_mark("loaded"))["articles"]
    assert ["russia", "Russia"] in first["actors"]
    assert all(article["actors"] == [] for article in marking_data(material.to_mark("hedging"))["articles"])


def test_labels_are_named_as_people_read_them():
    names = {
        label["id"]: label["name"]
        for dimension in DIMENSIONS
        for label in marking_data(material.to_mark(dimension))["labels"]
    }
    assert names["anonymous_official"] == "anonymous official"
    assert names["named_org"] == "named organisation"
    assert [names[step] for step in ("-2", "-1", "0", "1", "2")] == ["−2", "−1", "0", "+1", "+2"]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_page_tells_no_answer_and_is_the_same_every_time(dimension):
    exercise = material.to_mark(dimension)
    page = render_marking_page(exercise)
    assert page == render_marking_page(exercise)
    assert GUIDES[dimension].title in page
    for secret in (material.SECRET, exercise.key.coder, exercise.by):
        assert secret not in page


def test_nothing_runs_in_the_page_but_what_its_policy_names():
    page = render_marking_page(material.to_mark("hedging"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r'(?:src|href)="|url\(|@import|\son\w+="|\sstyle="', page)


def test_a_hostile_text_stays_text():
    page = render_marking_page(material.to_mark("hedging", hostile=True))
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "<img" not in page


def test_every_rule_of_the_style_is_under_the_marker():
    style = read_template("classroom/marker.css")
    rules = re.findall(r"(?:^|[{}])\s*([^{}@/]+?)\s*\{", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    selectors = [part.strip() for rule in rules for part in re.split(r",(?![^()]*\))", rule)]
    assert len(selectors) > 50
    assert [one for one in selectors if not one.startswith(".framing-marker")] == []


def test_the_script_writes_the_columns_of_the_contract_and_uses_no_ids():
    script = read_template("classroom/marker.js")
    assert tuple(re.findall(r'"(\w+)"', re.search(r"COLUMNS = \[(.*?)\]", script, re.DOTALL)[1])) == COLUMNS
    for forbidden in (
        "getElementById",
        "document.querySelector",
        "innerHTML",
        "outerHTML",
        "eval(",
        "fetch(",
        "http",
    ):
        assert forbidden not in script
