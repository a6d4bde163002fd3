"""Every number in a report follows from the list of evidence that the same page carries: no analysis is looked at here."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser

import numpy as np
import pytest

from framing import analyze, compare, load_actors, read
from framing.data import folder
from framing.dimensions.readability import COUNTS, FORMULAS
from framing.output.report import render_report
from framing.output.style import actor_name, shown

TEXTS = sorted(path for path in folder("texts").glob("*.md") if path.stem != "README")
WHOLES = {actor.id: actor.part_of for actor in load_actors()}
VOID = {"meta", "br", "img", "input", "link", "hr", "path", "line", "rect", "circle"}


class Node:
    """An element of a page: tag, attributes, children and text."""

    def __init__(self, tag, attrs, parent):
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Node | str] = []

    def all(self, tag, **attrs):
        found = []
        for child in self.children:
            if isinstance(child, Node):
                wanted = child.tag == tag and all(
                    child.attrs.get(k.rstrip("_")) == v for k, v in attrs.items()
                )
                found += [child] * wanted + child.all(tag, **attrs)
        return found

    def find(self, id):
        if self.attrs.get("id") == id:
            return self
        for child in self.children:
            if isinstance(child, Node) and (found := child.find(id)):
                return found
        return None

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self):
        return " ".join(self.text.split())


class Tree(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.root = self.at = Node("", {}, None)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        node = Node(tag, dict(attrs), self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Node(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


@pytest.fixture(scope="module", params=["lexicon", "linear"])
def page(request):
    analyses = [analyze(read(path), model=request.param, resamples=60) for path in TEXTS]
    return Tree(render_report(compare(analyses, resamples=60))).root


@pytest.fixture(scope="module")
def data(page):
    (script,) = page.all("script", type="application/json")
    return json.loads(script.text)


# How a reader would work out a score: from the evidence it names, `items`, and the evidence and sizes of its article.


def per(scale, count, base):
    return scale * count / base if base else math.nan


def touched(items):
    return len({item["sentence"] for item in items})


def mean_weight(items):
    return per(1, math.fsum(item["weight"] for item in items), len(items))


def of(article, dimension, voice):
    return [
        item
        for item in article["evidence"]
        if item["dimension"] == dimension and voice in ("all", item["voice"])
    ]


def share_of_attributions(items, article, key):
    return per(1, len(items), len(of(article, "attribution", "all")))


def effective_sources(items, article, key):
    words = Counter()
    for item in items:
        if item.get("speaker") is not None:
            words[item["speaker"]] += item.get("words", 0)
    total = sum(words.values())
    return 1 / sum((count / total) ** 2 for count in words.values() if count) if total else math.nan


def readability(items, article, key):
    rows = [item for item in items if item["label"] == "sentence"]
    return float(
        FORMULAS[key[1]][1](np.array([sum(row[name] for row in rows) for name in COUNTS], dtype=float))
    )


RULES = {
    "attributed_words": lambda items, article, key: per(
        1, article["words"]["attributed"], article["words"]["all"]
    ),
    "attributions": lambda items, article, key: per(1000, len(items), article["words"]["all"]),
    "source_type_share": share_of_attributions,
    "verb_class_share": share_of_attributions,
    "form_share": share_of_attributions,
    "source_actor_share": share_of_attributions,
    "effective_sources": effective_sources,
    "share": lambda items, article, key: per(1, touched(items), article["sentences"][key[4]]),
    "hedged_sentences": lambda items, article, key: per(100, touched(items), article["sentences"][key[4]]),
    "hedge_cues": lambda items, article, key: per(1000, len(items), article["words"][key[4]]),
    "boosters": lambda items, article, key: per(1000, len(items), article["words"][key[4]]),
    "loaded_terms": lambda items, article, key: per(1000, len(items), article["words"][key[4]]),
    "loaded_sentences": lambda items, article, key: per(100, touched(items), article["sentences"][key[4]]),
    "mean_polarity": lambda items, article, key: mean_weight(items),
    "mentions": lambda items, article, key: per(
        1000, sum(len(item["mentions"]) for item in items), article["words"][key[4]]
    ),
    "mean_compound": lambda items, article, key: mean_weight(items),
    **dict.fromkeys(FORMULAS, readability),
}


def evidence_of(node, data):
    """The evidence a number leads to, from the data of the page."""
    ids = (node.attrs.get("data-all") or "").split()
    return [data[id.split("-e")[0]]["evidence"][int(id.split("-e")[1])] for id in ids]


def score_numbers(page):
    """Each score in a table: its key, unit, element, n and article."""
    for row in page.all("tr"):
        if row.attrs.get("data-score"):
            unit = row.all("th")[0].all("small")[0].words.replace(" to ", "..")
            for cell in row.all("td", class_="value"):
                numbers = [node for tag in ("a", "span") for node in cell.all(tag, class_="number")]
                for number in numbers:
                    n = int(re.search(r"n (\d+)", cell.words)[1])
                    yield (
                        row.attrs["data-score"].split("|"),
                        unit,
                        number,
                        n,
                        number.attrs["id"].split("-")[0],
                    )


def test_every_score_follows_from_the_evidence_it_names(page, data):
    wrong, seen = [], Counter()
    for key, unit, number, _, article in score_numbers(page):
        value = RULES[key[1]](evidence_of(number, data), data[article], key)
        seen[key[1]] += 1
        if shown(value, unit) != number.words:
            wrong.append((key, article, number.words, value))
    assert wrong == []
    assert set(seen) == set(RULES)
    assert sum(seen.values()) > 1000


def test_no_evidence_of_a_score_is_left_out(page, data):
    """A score names all the evidence of its dimension, voice, label and actor that the page has."""
    for key, _, number, _, article in score_numbers(page):
        dimension, measure, label, actor, voice = key
        items = of(data[article], dimension, voice)
        if measure in ("hedged_sentences", "hedge_cues"):
            items = [item for item in items if item["label"] != "booster"]
        if label:
            items = [
                item
                for item in items
                if label in {value for value in item.values() if isinstance(value, str)}
            ]
        if measure == "boosters":
            items = [item for item in items if item["label"] == "booster"]
        if actor and dimension == "stance":
            items = [item for item in items if item["actor"] == actor]
        if measure in RULES and not (actor and dimension == "attribution"):
            assert len(evidence_of(number, data)) == len(items), key


def test_n_is_what_a_score_is_set_against(page, data):
    bases = {
        "per 1,000 words": "words",
        "share of words": "words",
        "per 100 sentences": "sentences",
        "share of sentences": "sentences",
    }
    checked = 0
    for key, unit, number, n, article in score_numbers(page):
        if unit in bases:
            assert n == data[article][bases[unit]][key[4]]
            checked += 1
        elif key[1] in ("mean_polarity", "mean_compound"):
            assert n == len(evidence_of(number, data))
            checked += 1
    assert checked > 500


def test_the_sizes_are_those_of_the_text(page, data):
    for key, article in data.items():
        text = page.find(key)
        words = re.search(r"([\d,]+) words", text.all("p", class_="meta")[0].words)[1]
        assert (
            int(words.replace(",", ""))
            == article["words"]["all"]
            == sum(article["words"][voice] for voice in ("author", "attributed", "headline"))
        )


def test_the_data_point_at_the_marked_words(page, data):
    """Offsets of the data and marks in the text are the same evidence: equal lengths, and equal order."""
    for key, article in data.items():
        marks = {
            id: node.words
            for node in page.find(key).all("mark")
            if (id := node.attrs.get("id") or "").startswith(f"{key}-e")
        }
        assert len(marks) == len(article["evidence"])
        rows = {node.attrs["id"] for node in page.find(key).all("td") if node.attrs.get("id")}
        assert {f"{id}-why" for id in marks} <= rows


def test_values_in_charts_are_those_of_the_tables(page):
    links = [node for node in page.all("a", tabindex="-1") if (node.attrs.get("href") or "").startswith("#a")]
    assert len(links) > 50
    for link in links:
        assert link.words == page.find(link.attrs["href"][1:]).words


def test_what_stands_out_is_told_with_the_values_of_the_tables(page):
    by_evidence = defaultdict(set)
    for _, _, number, _, _ in score_numbers(page):
        by_evidence[number.attrs.get("data-all")].add(number.words)
    told = page.find("outstanding").all("a", class_="number")
    assert told
    for number in told:
        assert number.words in by_evidence[number.attrs["data-all"]]


def test_differences_are_those_of_the_values(page):
    values = {}
    heads = [node.words for node in page.find("hedging").all("thead")[0].all("th", class_="value")]
    for key, _, number, _, article in score_numbers(page):
        values.setdefault((key[4], heads[int(article[1:]) - 1]), set()).add(number.words)
    rows = page.find("differences").all("tbody")[0].all("tr")
    assert rows
    for row in rows:
        voice = row.all("td", class_="voice")[0].words
        articles = [text.strip() for text in row.all("td")[1].children if isinstance(text, str)]
        pair = [text.strip() for text in row.all("td", class_="value")[0].children if isinstance(text, str)]
        for article, value in zip(articles, pair, strict=True):
            assert value in values[voice, article]


def test_names_are_counted_from_their_mentions(page, data):
    counted = 0
    for table in page.find("naming").all("table"):
        for row in table.all("tbody")[0].all("tr"):
            name = row.all("th")[0].words
            for number in row.all("a", class_="number"):
                ids = number.attrs["data-all"].split()
                key = ids[0].split("-")[0]
                mentions = data[key]["mentions"]
                own = [mentions[int(id.split("-m")[1])] for id in ids]
                (actor,) = {mention["actor"] for mention in own}
                assert {mention["name"] for mention in own} == {name}
                same = [m for m in mentions if (m["actor"], m["name"]) == (actor, name)]
                assert number.words == str(len(own)) == str(len(same))
                share = len(own) / sum(mention["actor"] == actor for mention in mentions)
                assert f"{share * 100:.0f} %" in row.words
                counted += 1
    assert counted > 50


def test_facts_are_counted_from_their_places(page, data):
    counted = 0
    for table in page.find("coverage").all("table"):
        for row in table.all("tbody")[0].all("tr"):
            fact = row.all("th")[0].words
            for number in row.all("a", class_="number"):
                ids = number.attrs["data-all"].split()
                own = [data[id.split("-")[0]]["facts"][int(id.split("-f")[1])] for id in ids]
                assert {place["fact"] for place in own} == {fact}
                assert number.words == str(len(own))
                counted += 1
    assert counted > 10


def test_speakers_are_counted_from_their_cues(page, data):
    counted = 0
    for table in page.find("sourcing").all("table"):
        if "order of appearance" not in table.words:
            continue
        for row in table.all("tbody")[0].all("tr"):
            for number in row.all("a", class_="number"):
                items = evidence_of(number, data)
                cells = [cell.words for cell in row.all("td", class_="value")]
                assert number.words == str(len(items))
                words = sum(item.get("words", 0) for item in items)
                article = data[number.attrs["data-all"].split("-")[0]]
                assert cells[1] == str(words)
                assert cells[2] == shown(words / article["words"]["all"], "share")
                counted += 1
    assert counted > 20


def test_loaded_terms_are_counted_from_their_places(page, data):
    counted = 0
    for number in page.find("loaded").all("a", class_="number place"):
        items = evidence_of(number, data)
        assert {item["dimension"] for item in items} == {"loaded"}
        told = re.search(r"×(\d+)", number.words)
        assert int(told[1] if told else 1) == len(items)
        counted += len(items)
    assert counted == sum(len(of(article, "loaded", "all")) for article in data.values())


def test_actors_have_names_a_reader_knows(data):
    for article in data.values():
        for mention in article["mentions"]:
            assert actor_name(mention["actor"])
            assert mention["actor"] in WHOLES
