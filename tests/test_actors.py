from __future__ import annotations

import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.actors import find_mentions, load_actors, name_uses
from framing.data import DataError
from framing.document import make_document
from framing.lexicon import load_lexicon

CASES = read_cases("actors")
EVERY_STATE_HAS = {"state", "demonym", "metonym", "government", "leader"}
HEADER = "\n".join(
    f"# {key}: x" for key in ("title", "licence", "date", "method", "literature", "categories")
)


def found(text: str) -> list[list[str]]:
    document = make_document(text)
    return [[mention.actor, document[mention]] for mention in find_mentions(document)]


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    assert found(case["text"]) == case["expect"]


def test_there_are_many_actors_and_each_has_a_title():
    actors = load_actors()
    assert len(actors) >= 25
    assert all(actor.title != actor.id for actor in actors)


def test_no_state_is_named_less_fully_than_another():
    for actor in load_actors():
        if actor.is_state:
            kinds = {name.category for name in actor.names}
            leaders = load_leaders(actor.id)
            missing = EVERY_STATE_HAS - (kinds | leaders)
            assert not missing, f"{actor.id} lacks {missing}"


def load_leaders(whole: str) -> set[str]:
    """Kinds of name that a state has through its parts, such as a president who is an actor of his own."""
    parts = [actor for actor in load_actors() if actor.part_of == whole]
    return {name.category for part in parts for name in part.names}


def test_every_name_says_what_it_connotes():
    assert [name.term for actor in load_actors() for name in actor.names if not name.note] == []


def test_names_that_judge_are_told_from_plain_ones():
    notes = {name.term: name.note for actor in load_actors() for name in actor.names}
    assert "jihadist" in notes["Jolani"]
    assert "legitima" in notes["Russian regime"]
    assert "legitima" in notes["Russian government"]


def test_a_part_counts_for_its_whole_wherever_it_stands():
    for actor in load_actors():
        if actor.part_of:
            document = make_document(f"Then we heard of {actor.names[0].term}.")
            actors = {mention.actor for mention in find_mentions(document)}
            assert actors == set() or {actor.id, actor.part_of} <= actors


def test_only_the_actors_asked_for_are_returned():
    document = make_document("Moscow and Kyiv met.")
    russia = [actor for actor in load_actors() if actor.id == "russia"]
    assert [mention.actor for mention in find_mentions(document, russia)] == ["russia"]


@pytest.mark.parametrize(
    ("date", "whole"),
    [
        ("2024-11-30", False),
        ("2012-05-01", False),
        ("2024-12-08", True),
        ("2025", True),
        ("", True),
        ("May 2013", True),
    ],
)
def test_a_part_counts_for_its_whole_since_it_joined_it(date, whole):
    """HTS and its leader came to power in December 2024; a date that is missing or not in ISO form limits nothing."""
    document = make_document("HTS sent al-Sharaa.", date=date)
    actors = [mention.actor for mention in find_mentions(document)]
    assert actors == (["hts", "syria", "sharaa", "syria"] if whole else ["hts", "sharaa"])


def test_uses_of_names_come_with_first_place_and_connotation():
    document = make_document("Al-Sharaa spoke. Jolani smiled, and al-Sharaa left.")
    uses = [use for use in name_uses(find_mentions(document)) if use.actor == "sharaa"]
    assert [(use.name, use.count, use.sentence) for use in uses] == [("al-Sharaa", 2, 0), ("Jolani", 1, 1)]
    assert document[uses[1]] == "Jolani"
    assert "jihadist" in uses[1].connotation


def test_a_part_of_two_wholes_is_refused(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text(
        f"{HEADER}\nterm\tcategory\tactor\tpart_of\nOne\tx\tone\twhole\nTwo\tx\tone\tother\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="part of two"):
        load_actors(path)


def test_a_part_of_nobody_is_refused(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text(f"{HEADER}\nterm\tcategory\tactor\tpart_of\nOne\tx\tone\twhole\n", encoding="utf-8")
    with pytest.raises(DataError, match="'whole', which has no names"):
        load_actors(path)


def test_own_actors_can_be_loaded_by_path(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text(f"{HEADER}\nterm\tcategory\tactor\nThe Harbour Board\tx\tboard\n", encoding="utf-8")
    assert [(actor.id, actor.part_of) for actor in load_actors(path)] == [("board", None)]


def test_place_words_are_declared():
    lexicon = load_lexicon("places")
    assert {entry.category for entry in lexicon.entries} == set(lexicon.categories)


@given(
    st.lists(st.sampled_from(["Russia", "in", "the", "Kyiv", ",", "HTS", "and", "west", "pro-", ".", "“"]))
)
def test_mentions_lie_in_their_sentences(words):
    document = make_document(" ".join(words))
    for mention in find_mentions(document):
        sentence = document.sentences[mention.sentence]
        assert sentence.start <= mention.start < mention.end <= sentence.end
