"""Which article mentions which figures, dates, people, places, organisations and claims."""

from __future__ import annotations

import pandas as pd
import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import analyze
from framing.comparison.facts import COLUMNS, KINDS, NOT_MENTIONED, facts, not_mentioned, only_in
from framing.comparison.figures import dates, figures
from framing.comparison.named import names
from framing.document import make_document

FIRST = """Mayor Orla Quint said that 40,000 people had fled Orvenholm on 8 Dec. 2024. The army closed the bridge at dawn.

"We waited for 30 boats," said Quint."""
SECOND = """Some forty thousand people left the town of Orvenholm. Mrs. Quint blamed the Trade Board.

Soldiers had closed the old bridge at dawn, witnesses said."""
THIRD = "In Orvenholm, the Trade Board met on December 8. Nothing was said of the 40 000 people."


def read(**texts):
    return [
        analyze(make_document(text, id), model="lexicon", dimensions=["attribution"], resamples=0)
        for id, text in texts.items()
    ]


@pytest.fixture(scope="module")
def three():
    return read(first=FIRST, second=SECOND, third=THIRD)


def rows_of(frame, fact):
    return frame[frame.fact == fact].set_index("article")


@pytest.mark.parametrize("case", parameters(read_cases("facts")))
def test_facts_of_a_text(case):
    meta = {"date": case["date"]} if "date" in case else {}
    document = make_document(case["text"], "case", **meta)
    frame = facts([analyze(document, model="lexicon", dimensions=["attribution"], resamples=0)])
    found = {kind: sorted(group.fact) for kind, group in frame.groupby("kind")}
    assert found == {kind: sorted(expected) for kind, expected in case["expect"].items()}


def test_facts_agree_across_articles_however_they_are_written(three):
    frame = facts(three)
    assert set(rows_of(frame, "40,000 people").index) == {"first", "second", "third"}
    assert set(rows_of(frame, "Orvenholm").index) == {"first", "second", "third"}
    assert set(rows_of(frame, "8 December 2024").index) == {"first", "third"}
    assert set(rows_of(frame, "Trade Board").index) == {"second", "third"}


def test_a_surname_is_the_person_whom_another_article_names_in_full(three):
    quint = rows_of(facts(three), "Orla Quint")
    assert quint["count"].to_dict() == {"first": 2, "second": 1}


def test_a_surname_that_two_persons_have_stays_a_surname():
    frame = facts(read(a="Judge Orla Quint met Judge Bram Quint.", b="Mr. Quint left."))
    assert list(frame[frame.article == "b"].fact) == ["Quint"]


def test_evidence_is_the_text_at_the_offsets(three):
    texts = {analysis.document.id: analysis.document for analysis in three}
    frame = facts(three)
    assert len(frame) > 8
    for row in frame.itertuples():
        document = texts[row.article]
        assert row.count == len(row.places)
        assert [row.start, row.end] == row.places[0]
        assert document.sentence_at(row.start) == row.sentence
        assert list(row.places) == sorted(row.places)
    mentioned = [
        texts["first"].text[start:end] for start, end in rows_of(frame, "Orla Quint").places["first"]
    ]
    assert mentioned == ["Orla Quint", "Quint"]


def test_the_first_mention_has_the_voice_of_its_words(three):
    frame = facts(three)
    assert rows_of(frame, "40,000 people").voice["first"] == "attributed"
    assert rows_of(frame, "40,000 people").voice["second"] == "author"


def test_what_most_articles_mention_comes_first(three):
    frame = facts(three)
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame.articles) == sorted(frame.articles, reverse=True)
    order = [(-row.articles, KINDS.index(row.kind), row.fact) for row in frame.itertuples()]
    assert order == sorted(order)


def test_what_one_article_alone_mentions(three):
    alone = only_in(facts(three))
    assert list(alone.fact) == ["30 boats"]
    assert set(alone.articles) == {1}
    assert list(alone.columns) == list(COLUMNS)


def test_what_all_but_one_mention(three):
    frame = not_mentioned(facts(three), ["first", "second", "third"])
    assert list(frame.columns) == list(NOT_MENTIONED)
    assert frame.set_index("fact").article.to_dict() == {
        "8 December 2024": "second",
        "Orla Quint": "third",
        "Trade Board": "first",
    }


def test_of_two_articles_nothing_is_said_not_to_be_mentioned(three):
    frame = not_mentioned(facts(three[:2]), ["first", "second"])
    assert frame.empty
    assert list(frame.columns) == list(NOT_MENTIONED)


def test_an_article_without_any_fact_is_the_one_that_does_not_mention_them():
    analyses = read(a="Orla left Berlin.", b="In Berlin it rained.", c="It rained all day.")
    frame = not_mentioned(facts(analyses), ["a", "b", "c"])
    assert frame.to_dict("records") == [{"fact": "Berlin", "kind": "place", "article": "c"}]


def test_a_claim_is_shared_when_its_content_words_largely_agree(three):
    claims = facts(three).query("kind == 'claim'")
    assert set(claims.article) == {"first", "second"}
    assert len(set(claims.fact)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The army closed the bridge at dawn.", "The army did not close the bridge at dawn."),
        ("The army closed the bridge at dawn.", "The army closed the school and the market for a week."),
        ("Moscow met Damascus and Ankara.", "Ankara waited while Damascus met Moscow."),
    ],
)
def test_clauses_that_say_different_things_are_no_shared_claim(one, other):
    assert "claim" not in set(facts(read(a=one, b=other)).kind)


def test_claims_of_one_article_are_not_listed(three):
    assert "claim" not in set(facts(three[:1]).kind)


def test_a_claim_names_the_actor_by_any_name():
    frame = facts(
        read(a="Moscow refused to extradite the general.", b="Russia has refused to extradite a general.")
    )
    assert set(frame.query("kind == 'claim'").article) == {"a", "b"}


def test_swapping_two_actors_swaps_the_facts():
    text = (
        "Russia said 300 soldiers of Ukraine crossed the bridge. Russian envoys met Ukrainian envoys in Kyiv."
    )
    swapped = (
        text.replace("Russia ", "X ").replace("Ukraine ", "Russia ").replace("X ", "Ukraine ")
        .replace("Russian", "Y").replace("Ukrainian", "Russian").replace("Y", "Ukrainian").replace("Kyiv", "Moscow")
    )  # fmt: skip
    names_of = {"Russia": "Ukraine", "Ukraine": "Russia", "Kyiv": "Moscow"}
    one, other = (facts(read(a=each))[["fact", "kind", "count"]] for each in (text, swapped))
    expected = sorted((names_of.get(row.fact, row.fact), row.kind, row.count) for row in one.itertuples())
    assert expected == sorted((row.fact, row.kind, row.count) for row in other.itertuples(index=False))


def test_no_articles_and_empty_articles_have_no_facts():
    for analyses in ([], read(empty="")):
        frame = facts(analyses)
        assert frame.empty
        assert list(frame.columns) == list(COLUMNS)
        assert only_in(frame).empty
        assert not_mentioned(frame, ["a", "b", "c"]).empty


def test_the_same_articles_give_the_same_facts(three):
    pd.testing.assert_frame_equal(facts(three), facts(three))


@given(st.integers(2, 10**9))
def test_a_number_is_the_same_with_commas_and_with_spaces(number):
    if 1500 <= number < 2100:
        number += 10_000
    found = [
        [each.key for each in figures(make_document(f"They counted {written} goats."))]
        for written in (f"{number:,}", f"{number:,}".replace(",", " "), str(number))
    ]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 1


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date(), max_value=pd.Timestamp("2099-12-31").date()))
def test_a_day_is_the_same_in_every_way_of_writing_it(day):
    written = [
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%b} {day.day}, {day.year}",
        f"{day.year}-{day.month:02}-{day.day:02}",
    ]
    keys = [
        [found.key for found in dates(make_document(f"It was on {each} that it fell."))] for each in written
    ]
    assert keys == [[day.isoformat()]] * 4


@given(st.text(max_size=60))
def test_whatever_the_text_the_names_lie_inside_it(text):
    document = make_document(text)
    for found in [*names(document), *figures(document), *dates(document)]:
        assert 0 <= found.start < found.end <= len(text)
