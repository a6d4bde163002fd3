"""The encoder: what it reads, how it is run, and what its dimensions make of its numbers."""

from __future__ import annotations

import builtins
from itertools import pairwise

import numpy as np
import pytest
from case_files import read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.actors import find_mentions
from framing.analysis import Analysis, Evidence, Markup, analyze, analyze_each, finder
from framing.attribution.tagged import LABELS, read_given
from framing.data import DataError
from framing.dimensions.stance import portrayals
from framing.document import make_document
from framing.encoder import network as networks
from framing.encoder import reading as readings
from framing.encoder.attribution import tag
from framing.encoder.heads import COLUMNS, HEDGING
from framing.encoder.hedging import cues
from framing.encoder.pieces import HIDDEN, LONGEST, TARGET, Pieces, windows
from framing.encoder.stance import about, code, sentence_of
from framing.linear.hedging import LABELS as HEDGES
from framing.models.units import NAME, read_units
from framing.models.weights import folder, read_verified
from framing.training.stance import TARGET_ACTOR, RatedMention, target_markup
from framing.training.stance_examples import rated_examples

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[unused1]",
    "[unused2]",
    "the",
    "port",
    "##s",
    "closed",
]
DECIDING = read_cases("deciding_words")
NEWS = (
    "Ministers said on Monday that Russia might close the port.\n\n"
    "“The shameful raid must stop,” Anna Lind, a spokeswoman for Turkey, told reporters. Critics accused Iran of lying."
)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(VOCABULARY)


# What it reads ------------------------------------------------------------------------------------------------------


def test_words_become_pieces_and_names_placeholders(pieces: Pieces) -> None:
    assert pieces["ports"] == (VOCABULARY.index("port"), VOCABULARY.index("##s"))
    assert pieces["<state>"] == pieces["<leader>"] == pieces[NAME] == (VOCABULARY.index("[unused1]"),)
    assert pieces[TARGET] == (VOCABULARY.index("[unused2]"),)
    assert pieces[HIDDEN] == (VOCABULARY.index("[MASK]"),)
    assert pieces["<"] == pieces["\u200b"] == pieces["quay"] == (VOCABULARY.index("[UNK]"),)


def test_a_word_without_end_is_cut(pieces: Pieces) -> None:
    assert 0 < len(pieces["port" + "s" * 90]) <= 12


@given(st.lists(st.integers(0, 130), max_size=12))
def test_windows_hold_every_unit(lengths: list[int]) -> None:
    pieces = Pieces(VOCABULARY)
    words = ["ports" if number % 3 else "the" for number in range(sum(lengths))]
    bounds = [sum(lengths[:end]) for end in range(len(lengths) + 1)]
    found = list(windows(pieces, words, bounds))
    held = {window.first + number for window in found for number in range(len(window.places))}
    assert held == set(range(len(words)))
    for window in found:
        assert len(window.pieces) <= LONGEST
        assert (window.pieces[0], window.pieces[-1]) == (pieces.start, pieces.stop)
        for number, (first, last) in enumerate(zip(window.places, window.ends, strict=True)):
            assert tuple(window.pieces[first:last]) == pieces[words[window.first + number]]
    for one, other in pairwise(found):
        assert one.first < other.first <= one.first + len(one.places)


def test_parts_of_a_long_paragraph_overlap(pieces: Pieces) -> None:
    one, other, *_ = windows(pieces, ["ports"] * 400, [0, 400])
    assert other.first < one.first + len(one.places)


def test_names_that_touch_are_one_and_the_target_is_where_it_was_asked_for() -> None:
    document = make_document("Anna Lind of Russia met Russia and Iran.")
    mentions = find_mentions(document)
    units = read_units(document, mentions)
    words = [NAME if word in ("anna", "lind") else word for word in units.words]
    spans = [document.tokens_in(each.start, each.end) for each in mentions if each.actor == "russia"]
    assert [word.form for word in about(units, words, 0, spans)] == [
        NAME, "of", TARGET, "met", TARGET, "and", NAME, ".",
    ]  # fmt: skip


def test_a_long_sentence_is_read_around_its_target(pieces: Pieces) -> None:
    coded = code(pieces, ["the"] * 300 + [TARGET] + ["ports"] * 300)
    assert len(coded.pieces) == 102
    assert [coded.pieces[at] for at in coded.targets] == [pieces[TARGET][0]]
    assert coded.places[0] == coded.places[-1] == (0, 0)
    assert coded.pieces[slice(*coded.places[301])] == list(pieces["ports"])


MENTIONS = [
    ("“The shameful raid must stop,” Anna Lind told Iran.", "Anna Lind"),
    ("The Russian president, Vladimir Putin, praised the pilots of Oslo Harbour Air.", "Vladimir Putin"),
    ("He met Lind in the United Arab Emirates.", "He"),
    ("Prime Minister Lind-Berg of Norway and Turkey's Erdogan quarrelled again.", "Lind-Berg"),
    ("HARBOUR CLOSES AFTER RAID, Lind Says", "Lind"),
]


def test_the_encoder_reads_mentions_as_it_learnt_them() -> None:
    net = networks.network()
    mentions = [
        RatedMention(str(number), text, text.index(name), text.index(name) + len(name), 0)
        for number, (text, name) in enumerate(MENTIONS)
    ]
    for mention, example in zip(mentions, rated_examples(mentions, "own", net.common), strict=True):
        markup = target_markup(mention, "encoder")
        reading = readings.read(markup.document, markup.mentions)
        (row,) = [row for row in portrayals(markup) if row.actor == TARGET_ACTOR]
        words = sentence_of(markup, reading.units, reading.words, row)
        assert tuple(word.form for word in words) == example.words


# The file -----------------------------------------------------------------------------------------------------------


def test_the_file_is_small_and_the_licence_of_its_base_lies_beside_it() -> None:
    path = folder("encoder", "")
    assert (path / "weights.onnx").stat().st_size < 30e6
    assert len(read_verified("encoder", "", "weights.onnx")) > 20e6
    assert "Apache-2.0" in (path / "card.md").read_text(encoding="utf-8")
    assert "Apache License" in (path / "LICENSE-APACHE").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_run_is_told_in_words() -> None:
    with pytest.raises(DataError, match="--model linear"):
        networks.open_network(b"no network")


# How it is run ------------------------------------------------------------------------------------------------------


def test_what_stands_beside_a_text_changes_nothing() -> None:
    net = networks.network()
    texts = [[101, *range(2000, 2000 + length), 102] for length in (3, 9, 30, 4, 60, 5, 9)]
    together = networks.run(net, texts)
    for text, own in zip(texts, together, strict=True):
        assert own.shape == (len(text), COLUMNS)
        assert np.array_equal(own, networks.run(net, [text])[0])


def test_the_number_of_threads_changes_nothing() -> None:
    def found(threads: int) -> list[Evidence]:
        networks.use_threads(threads)
        return analyze(NEWS, model="encoder", resamples=0).evidence

    try:
        assert found(1) == found(2) == found(1)
    finally:
        networks.use_threads(0)


def test_articles_that_are_read_together_are_read_as_each_alone() -> None:
    texts = [NEWS, "The port closed.", NEWS.replace("Russia", "Poland"), ""]
    alone = [repr(analyze(text, model="encoder", resamples=0).to_dict()) for text in texts]
    together = analyze_each(map(make_document, texts), model="encoder", resamples=0)
    assert [repr(analysis.to_dict()) for analysis in together] == alone


def test_a_reading_is_shared_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "_KEPT", 2)
    documents = [make_document(f"The port of number {number} closed.") for number in range(4)]
    first = readings.read(documents[0], ())
    assert readings.read(documents[0], ()) is first
    for document in documents[1:]:
        readings.read(document, ())
    assert readings.read(documents[0], ()) is not first


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_without_its_libraries_it_offers_the_linear_model(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def refuse(name: str, *rest: object, **more: object) -> object:
        if name == missing:
            raise ImportError(f"No module named '{name}'")
        return importing(name, *rest, **more)

    networks._shipped.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DataError, match="--model linear"):
        analyze(NEWS, model="encoder")
    monkeypatch.undo()
    networks._shipped.cache_clear()


# What its dimensions make of it -------------------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1))
def test_tags_make_whole_spans(seed: int) -> None:
    document = make_document(NEWS)
    given_ = read_given(document, read_units(document, find_mentions(document)))
    scores = (
        np.random.default_rng(seed).normal(size=(len(given_.units.words), len(LABELS))).astype(np.float32)
    )
    labels = [LABELS[label] for label in tag(given_, scores, 0.0)]
    for unit, label in enumerate(labels):
        if label.startswith("I-"):
            assert unit not in given_.bounds
            assert labels[unit - 1][2:] == label[2:]


def test_cues_end_with_their_sentence() -> None:
    document = make_document("It may. Might it? Perhaps so.")
    units = read_units(document, ())
    columns = np.zeros((len(units.words), COLUMNS), dtype=np.float32)
    hedged = [units.words.index(word) for word in ("may", ".", "might", "perhaps")]
    columns[hedged, HEDGING.start + HEDGES.index("epistemic")] = 5
    given_ = readings.Reading(units, list(units.words), columns, np.ones(len(hedged)), np.ones(len(hedged)))
    nothing = np.full((len(units.words), len(HEDGES)), np.nan)
    numbers = {"hedging, own": 1, "readiness to hedge beyond the lists": 0}
    found = cues(given_, nothing, numbers | {"hedging, linear": 1, "readiness to hedge": 0})
    assert [units.words[first:last] for first, last, *_ in found] == [["may"], ["might"], ["perhaps"]]
    assert all(label == "epistemic" and probability > 0.9 for *_, label, probability in found)


def rows(analysis: Analysis, dimension: str) -> list[Evidence]:
    return list(analysis.readings[dimension].evidence)


def test_each_dimension_finds_what_is_plain() -> None:
    analysis = analyze(NEWS, model="encoder", resamples=0)
    text = analysis.document.text

    def found(dimension: str) -> set[str]:
        return {text[item.start : item.end] for item in rows(analysis, dimension)}

    assert {"said", "told"} <= found("attribution")
    assert "might" in found("hedging")
    assert "shameful" in found("loaded")
    by_actor = {row.actor: row.label for row in rows(analysis, "stance")}
    assert by_actor["iran"] == "negative"


def test_a_pronoun_is_a_source() -> None:
    text = "Anna Lind, a minister, arrived. She said the port would close."
    (item,) = rows(analyze(text, model="encoder", resamples=0), "attribution")
    assert text[slice(*item.extra["source"])] == "She"
    assert item.extra["source_type"] == "pronoun"


@pytest.mark.parametrize("text", ["", " \n\n ", "“", "…", "<state>", "a" * 5000, "Russia " * 300, "😀 😀"])
def test_strange_texts_are_read(text: str) -> None:
    for item in analyze(text, model="encoder", resamples=0).evidence:
        assert 0 <= item.start < item.end <= len(text)


def test_scores_are_the_same_without_asking_which_words_decide() -> None:
    one, other = (analyze(NEWS, model="encoder", explain=explain) for explain in (True, False))
    assert repr([score.to_dict() for score in one.scores]) == repr(
        [score.to_dict() for score in other.scores]
    )
    assert any(row.extra["words"] for row in rows(one, "stance"))
    assert not any(row.extra["words"] for row in rows(other, "stance"))
    assert all(item.extra["contribution"] is None for item in rows(other, "loaded"))


def strongest(case: dict) -> list[str]:
    """The three words or terms of a case that contribute most."""
    document = make_document(case["text"])
    markup = Markup(document, find_mentions(document), model="encoder")
    found = finder(case["dimension"], "encoder")(markup)
    if case["dimension"] == "stance":
        (row,) = [row for row in found if row.actor == case["actor"]]
        spans = [(start, end, weight) for start, end, weight in row.extra["words"]]
    else:
        spans = [(item.start, item.end, item.extra["contribution"]) for item in found]
    best = sorted(spans, key=lambda span: -abs(span[2]))[:3]
    return [case["text"][start:end].lower() for start, end, _ in best]


@pytest.mark.parametrize("dimension", ["stance", "loaded"])
def test_the_deciding_word_is_among_the_three_strongest(dimension: str) -> None:
    cases = [case for case in DECIDING if case["dimension"] == dimension]
    hits = [any(case["word"] in word for word in strongest(case)) for case in cases]
    missed = [case["text"] for case, hit in zip(cases, hits, strict=True) if not hit]
    assert sum(hits) >= 0.8 * len(cases), missed
