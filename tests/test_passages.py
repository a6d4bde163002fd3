"""Passages that two articles share, and how alike whole articles are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import analyze
from framing.comparison.passages import (
    COLUMNS,
    COPY,
    NEAR_COPY,
    SAME,
    SIMILARITY_COLUMNS,
    passages,
    similarity,
)
from framing.document import make_document

WIRE = (
    "The river burst its banks before dawn and swamped the lower town. Rescue crews lifted forty families from the "
    "roofs by helicopter."
)
OTHER = (
    "The mayor blamed the water board for ignoring repeated warnings. Insurers put the damage at two billion euros. "
    "Schools in the harbour district will stay shut until the end of the week."
)
RETOLD = (
    "Repeated warnings were ignored by the water board, the mayor complained. Cinemas stayed open. A baker offered free "
    "bread to anyone who asked for it, and nobody in the market hall went home hungry that night."
)
FAR = "Goalkeeper Ott saved a penalty in the final minute. The cup stays in the north."


def read(**texts):
    return [
        analyze(make_document(text, id), model="lexicon", dimensions=["hedging"], resamples=0)
        for id, text in texts.items()
    ]


def quoted(frame, analyses):
    texts = {analysis.document.id: analysis.document.text for analysis in analyses}
    return [
        (
            texts[row.a][row.start_a : row.end_a],
            texts[row.b][row.start_b : row.end_b],
            [texts[row.a][start:end] for start, end in row.differs_a],
            [texts[row.b][start:end] for start, end in row.differs_b],
        )
        for row in frame.itertuples()
    ]


def test_a_wire_paragraph_is_one_copy_however_many_sentences_it_has():
    analyses = read(a=f"{OTHER}\n\n{WIRE}", b=f"{WIRE}\n\n{FAR}")
    frame = passages(analyses)
    assert list(frame.columns) == list(COLUMNS)
    assert frame.kind.tolist() == [COPY]
    assert frame.similarity.tolist() == [1.0]
    assert quoted(frame, analyses) == [(WIRE, WIRE, [], [])]


def test_case_and_marks_make_no_difference_to_a_copy():
    first = "The river “burst” its banks, before dawn, and swamped the lower town."
    second = "THE RIVER burst its banks before dawn and swamped the lower town!"
    assert passages(read(a=first, b=second)).kind.tolist() == [COPY]


def test_an_edited_copy_is_a_near_copy_whose_edits_are_marked():
    edited = WIRE.replace("swamped", "drowned").replace("forty", "fifty")
    analyses = read(a=WIRE, b=edited)
    frame = passages(analyses)
    assert frame.kind.tolist() == [NEAR_COPY]
    assert quoted(frame, analyses)[0][2:] == (["swamped", "forty"], ["drowned", "fifty"])
    assert 0.8 <= frame.similarity[0] < 1


def test_a_denial_in_a_copy_is_an_edit():
    first = "The army closed the old bridge over the river on Monday morning at dawn."
    second = "The army has not closed the old bridge over the river on Monday morning at dawn."
    analyses = read(a=first, b=second)
    frame = passages(analyses)
    assert frame.kind.tolist() == [NEAR_COPY]
    assert quoted(frame, analyses)[0][2:] == ([], ["has not"])


def test_the_same_in_other_words_marks_what_only_one_says():
    analyses = read(a=OTHER, b=RETOLD)
    frame = passages(analyses)
    assert frame.kind.tolist() == [SAME]
    one, other, differs_a, differs_b = quoted(frame, analyses)[0]
    assert one == "The mayor blamed the water board for ignoring repeated warnings."
    assert other == "Repeated warnings were ignored by the water board, the mayor complained."
    assert (differs_a, differs_b) == (["blamed"], ["complained"])
    assert 0.35 <= frame.similarity[0] <= 1


def test_a_denial_in_other_words_is_marked():
    first = "Officials at the water board had ignored the repeated warnings of the mayor."
    second = "It is not true, the mayor heard, that the water board ignored repeated warnings."
    analyses = read(a=f"{first} {FAR}", b=f"{second} Cinemas stayed open.")
    marked = quoted(passages(analyses), analyses)[0]
    assert "not true" in marked[3]
    assert not any("not" in words for words in marked[2])


def test_one_sentence_is_paired_with_one_sentence():
    twice = "Repeated warnings were ignored by the water board. The water board ignored repeated warnings for years."
    frame = passages(read(a=OTHER, b=f"{FAR} {twice}"))
    assert len(frame) == 1


def test_a_long_sentence_is_told_in_two():
    long = "The mayor blamed the water board for ignoring repeated warnings, and insurers put the damage at two billion euros."
    short = "The mayor blamed the water board for its ignoring repeated warnings, he told a crowd. Damage was put at two billion euros by insurers."
    analyses = read(a=f"{long} {FAR}", b=f"Cinemas stayed open. {short} Bakers gave bread away.")
    frame = passages(analyses)
    assert len(frame) == 1
    assert quoted(frame, analyses)[0][:2] == (long, short)


def test_an_actor_is_the_same_by_any_name():
    first = "Moscow refused to extradite the fallen general to the court."
    second = "Russia has refused to let the court extradite a fallen general."
    analyses = read(a=f"{first} {FAR}", b=f"{second} Cinemas stayed open.")
    assert all("Moscow" not in marked for marked in quoted(passages(analyses), analyses)[0][2])


def test_the_subject_of_the_event_alone_makes_no_passage():
    first = "Vladimir Putin met Ahmed al-Sharaa in Moscow, and Russia was pleased with Syria."
    second = "In Syria, people watched how Moscow and Damascus, Putin and Sharaa, drank tea."
    assert passages(read(a=first, b=second)).empty


def test_short_sentences_are_paired_only_when_they_are_copies():
    assert passages(read(a=f"He denied it. {FAR}", b=f"They denied it. {OTHER}")).empty
    assert passages(read(a=f"He denied it. {FAR}", b=f"He denied it. {OTHER}")).kind.tolist() == [COPY]


def test_articles_about_different_things_share_nothing():
    assert passages(read(a=OTHER, b=FAR)).empty


def test_within_one_article_nothing_is_paired():
    assert passages(read(a=f"{WIRE}\n\n{WIRE}", b=FAR)).empty


def test_every_pair_of_articles_is_looked_at_in_the_order_given():
    frame = passages(read(c=WIRE, a=f"{FAR} {WIRE}", b=f"{OTHER} {WIRE}"))
    assert list(zip(frame.a, frame.b, strict=True)) == [("c", "a"), ("c", "b"), ("a", "b")]


def test_swapping_two_actors_leaves_the_similarity():
    text = "{0} refused to hand the general over to the court. Nobody in {1} believed it."
    retold = "The general will not be handed over to any court, {0} said, refusing again. {1} waited."
    one, other = (
        passages(read(a=text.format(*pair), b=retold.format(*pair)))
        for pair in (("Russia", "Ukraine"), ("Ukraine", "Russia"))
    )
    assert len(one) == 1
    assert one.similarity.tolist() == pytest.approx(other.similarity.tolist())


def test_vectors_find_what_has_few_words_in_common_and_drop_what_only_looks_alike():
    """The vectors are made up: two sentences point the same way, and a pair that words alone would take do not."""
    told = "The river flooded the lower town, and the mayor and many others blamed the water board."
    retold = "A mayor spoke of the water, of a town downstream and of years of neglect by officials."
    looks = "Schools in the harbour district will stay shut for one week, said Ott."
    alike = "Pubs in the harbour district will stay open all week long."
    filler = " ".join(
        f"{word} came back in the {word} again."
        for word in "Alder Birch Cedar Ebony Hazel Larch Maple".split()
    )
    filler += " " + " ".join(
        f"Nobody saw the {word} fall." for word in "oak pine rowan spruce thorn willow yew ash".split()
    )
    analyses = read(
        a=f"{told} {looks} {filler}", b=f"{filler.replace('again', 'once more')} {retold} {alike}"
    )
    sentences = [analysis.document[each] for analysis in analyses for each in analysis.document.sentences]
    assert len(sentences) >= 30

    def vectors(given):
        rng = np.random.default_rng(0)
        rows = {sentence: rng.normal(size=40) for sentence in sorted(set(given))}
        rows[retold] = rows[told]
        made = np.array([rows[sentence] for sentence in given])
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def pairs(frame):
        return {(one, other) for one, other, _, _ in quoted(frame, analyses)}

    by_words, by_both = pairs(passages(analyses)), pairs(passages(analyses, vectors=vectors))
    assert (told, retold) in by_both - by_words
    assert (looks, alike) in by_words - by_both


def test_vectors_of_few_sentences_are_left_out():
    analyses = read(a=OTHER, b=RETOLD)
    plain = passages(analyses)
    pd.testing.assert_frame_equal(plain, passages(analyses, vectors=lambda given: np.zeros((len(given), 2))))


def test_similarity_is_of_whole_articles_every_pair_once():
    frame = similarity(read(a=OTHER, b=OTHER, c=RETOLD, d=FAR))
    assert list(frame.columns) == list(SIMILARITY_COLUMNS)
    assert list(zip(frame.a, frame.b, strict=True)) == [
        ("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"),
    ]  # fmt: skip
    values = dict(zip(zip(frame.a, frame.b, strict=True), frame.similarity, strict=True))
    assert values["a", "b"] == pytest.approx(1)
    assert 1 > values["a", "c"] > values["a", "d"] >= 0


def test_an_article_without_words_has_no_similarity():
    frame = similarity(read(a=OTHER, b="..."))
    assert np.isnan(frame.similarity[0])


def test_no_article_and_one_article_give_empty_frames():
    for analyses in ([], read(a=OTHER)):
        assert passages(analyses).empty
        assert list(passages(analyses).columns) == list(COLUMNS)
        assert similarity(analyses).empty


words = st.lists(
    st.sampled_from("river town mayor board water warned flood school week shut not the of".split()),
    max_size=40,
)


@given(words, words)
def test_whatever_the_articles_say_passages_are_whole_sentences_and_marks_lie_inside(one, other):
    analyses = read(a=". ".join(map(str.capitalize, one)), b=" ".join(other) + ". " + " ".join(one))
    documents = {analysis.document.id: analysis.document for analysis in analyses}
    for row in passages(analyses).itertuples():
        assert 0 < row.similarity <= 1
        for id, start, end, marks in (
            (row.a, row.start_a, row.end_a, row.differs_a),
            (row.b, row.start_b, row.end_b, row.differs_b),
        ):
            sentences = documents[id].sentences
            assert start in {sentence.start for sentence in sentences}
            assert end in {sentence.end for sentence in sentences}
            assert all(start <= first < last <= end for first, last in marks)
            assert marks == tuple(sorted(marks))
