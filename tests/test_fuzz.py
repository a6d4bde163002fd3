"""A short run of every target of the fuzzer, with the same inputs every time; `make fuzz` looks further."""

from __future__ import annotations

import random

import pytest
from fuzz.mutation import mutated
from fuzz.targets import SAMPLE, TARGETS, TOKENS, seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from framing.analysis import analyze
from framing.classroom.key import load_key
from framing.dimensions import tone
from framing.lexicon import load_lexicon
from framing.lexicon_formats import read_any
from framing.workbench import read_judged

RUNS = 40
VADER = SentimentIntensityAnalyzer()
SLOW = {"page": 10, "analyze_lexicon": 20, "analyze_linear": 20}


@pytest.mark.parametrize("name", TARGETS)
def test_changed_inputs_raise_nothing_unexpected(name):
    chance = random.Random(name)
    tokens = [token.encode("utf-8", "surrogatepass") for token in TOKENS]
    inputs = [mutated(seeds(name), tokens, chance) for _ in range(SLOW.get(name, RUNS))]
    for data in [*seeds(name)[:5], *inputs]:
        TARGETS[name](data)
    assert len(set(inputs)) > len(inputs) // 2


def test_what_the_fuzzer_begins_with_can_be_used(tmp_path):
    (tmp_path / "key.json").write_bytes(seeds("key_file")[0])
    assert load_key(tmp_path / "key.json").articles[0].text == SAMPLE.text
    (tmp_path / "own.tsv").write_bytes(seeds("lexicon_tsv")[0])
    assert load_lexicon(tmp_path / "own.tsv").entries
    for suffix in ("dic", "dicx", "yaml", "csv"):
        (tmp_path / f"own.{suffix}").write_bytes(seeds(f"lexicon_{suffix}")[0])
        assert len(read_any(tmp_path / f"own.{suffix}").lexicon.entries) > 1
    (tmp_path / "judged.csv").write_bytes(seeds("judged")[0])
    assert len(read_judged(tmp_path / "judged.csv")[0]) == 1


# What was found -------------------------------------------------------------------------------------------------


def test_two_commas_before_a_verb_are_an_aside_of_nothing():
    (found,) = analyze("Moscow, , said it may leave.", model="lexicon", dimensions=["attribution"]).evidence
    assert found.extra["source"] == [0, 6]


def test_the_encoder_reads_half_a_surrogate_as_an_unknown_word():
    analysis = analyze("The \ud83d raid may have failed.", model="encoder", resamples=0)
    assert [analysis.document[item] for item in analysis.readings["hedging"].evidence] == ["may"]


def test_a_judged_row_that_is_cut_short_is_not_judged(tmp_path):
    path = tmp_path / "judged.csv"
    path.write_text(
        "article,term,category,stratum,of,right\na,may,hedge,x,3\na,may,hedge,x,3,y\n", encoding="utf-8"
    )
    judged, failures = read_judged(path)
    assert (len(judged), failures) == (1, [])


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from([*"🙂😁㊗🇶🇦🧝🏿", "👩🏽‍🔬", " ", "  ", "GREAT", "not", "very", "bad,", "without"]),
        min_size=1,
        max_size=12,
    )
)
def test_emoji_are_rated_as_vader_rates_them(pieces):
    passage = "".join(pieces).strip() or "🙂"
    vader = VADER.polarity_scores(passage)["compound"]
    assert tone._compound([tone._CHUNKS[chunk] for chunk in passage.split()], passage)[0] == vader
