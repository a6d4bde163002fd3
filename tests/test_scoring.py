"""How a class is scored: what is compared, what is missing, and what comes first in the talk."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import classroom_material as material
import numpy as np
import pytest
from simulated_class import simulated_class

from framing.classroom.agreement import krippendorff_alpha, span_agreement
from framing.classroom.coding import Coding, Mark
from framing.classroom.disputes import disputes
from framing.classroom.scoring import AGREEMENT_COLUMNS, KEY, score_codings
from framing.classroom.units import KINDS, labels_of, ratings_of, stance_units, stance_value
from framing.corpus import Failure

TEXT = material.SHORT
KEY_MARKS = [("may", "epistemic"), ("About", "approximator")]


def short(**options):
    return material.short_exercise(TEXT, KEY_MARKS, **options)


def coded(coder, *marks, **fields):
    return material.coding(coder, TEXT, marks, **fields)


@pytest.fixture(scope="module")
def exercise():
    return material.exercise_of("hedging", models=("lexicon", "linear"))


@pytest.fixture(scope="module")
def score(exercise):
    return score_codings(
        exercise, simulated_class(exercise, students=8, careless=0.12).codings, resamples=200
    )


# Units ----------------------------------------------------------------------------------------------------------


def test_a_word_is_marked_when_a_mark_touches_it():
    exercise = short()
    ratings = ratings_of(exercise, [coded("a", ("ay ha", "epistemic")), coded("b")], "words")
    words = [TEXT[slice(*word)] for word in exercise.articles[0].words]
    assert [word for word, value in zip(words, ratings[0], strict=True) if value == 1] == ["may", "have"]
    assert not ratings[1].any()


def test_a_sentence_is_marked_when_a_mark_touches_it():
    ratings = ratings_of(short(), [coded("a", ("failed. Officials", "hearsay"))], "sentences")
    assert ratings.tolist() == [[1, 1, 0]]


def test_an_article_that_was_not_coded_is_missing_and_not_unmarked():
    exercise = short()
    absent = Coding("absent", (), ())
    for kind in ("words", "sentences"):
        ratings = ratings_of(exercise, [coded("a"), absent], kind)
        assert not np.isnan(ratings[0]).any()
        assert np.isnan(ratings[1]).all()


def test_labels_are_compared_only_where_both_marked_and_typed():
    exercise = short()
    codings = [
        coded("a", ("may", "epistemic")),
        coded("b", ("may have", "hedge")),
        coded("c", ("may have", "doxastic")),
    ]
    assert labels_of(codings) == ["doxastic", "epistemic"]
    ratings = ratings_of(exercise, codings, "labels")
    assert np.isnan(ratings[1]).all(), "a mark without a type says nothing about types"
    assert [int((~np.isnan(row)).sum()) for row in ratings] == [1, 0, 2]


def test_of_marks_within_one_another_the_shortest_gives_the_label():
    nested = [("The raid may have failed", "content"), ("may", "cue")]
    ratings = ratings_of(short(dimension="attribution"), [coded("a", *nested)], "labels")
    names = labels_of([coded("a", *nested)])
    assert [names[int(value)] for value in ratings[0, :5]] == [
        "content",
        "content",
        "cue",
        "content",
        "content",
    ]


def test_stance_is_a_value_for_each_sentence_and_actor():
    exercise = short(dimension="stance", pairs=[(0, "russia"), (1, "russia"), (1, "syria")])
    assert [unit.sentence for unit in stance_units(exercise)] == [0, 1, 1]
    sentence = "Officials said it was a success."
    rated = material.coding("a", TEXT, [(sentence, "-2")], actor="syria")
    ratings = ratings_of(exercise, [rated], "stance")
    assert np.isnan(ratings[0, :2]).all()
    assert ratings[0, 2] == -2
    assert math.isnan(stance_value("often"))


def test_a_kind_nobody_knows_is_named():
    with pytest.raises(ValueError, match="no kind of unit 'letters'; choose from words"):
        ratings_of(short(), [], "letters")


# Agreement ------------------------------------------------------------------------------------------------------


def test_every_kind_has_every_measure_with_its_interval_and_units(score):
    for kind in KINDS["hedging"]:
        own = score.students[score.students.kind == kind].set_index("measure")
        assert set(own.index) == {"percent", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1"}
        assert (own.units > 0).all()
        assert (own.low <= own.high).all()
    assert tuple(score.students.columns) == AGREEMENT_COLUMNS
    words = score.students[score.students.kind == "words"]
    assert (words.units == len(score.exercise.articles[0].words)).all()


def test_everybody_is_set_against_the_key_and_each_model_and_the_key_against_the_models(score):
    pairs = set(zip(score.against.other, score.against.coder, strict=True))
    students = range(1, len(score.coders) + 1)
    assert pairs == {
        *((KEY, number) for number in students),
        *((model, number) for model in ("lexicon", "linear") for number in (0, *students)),
    }
    own = score.against[(score.against.other == "lexicon") & (score.against.coder == 0)]
    exact = own[(own.kind == "spans") & (own.measure == "exact")]
    assert exact.value.tolist() == [1.0], "the key was made by the word lists"


def test_spans_agree_as_in_the_agreement_of_spans(score):
    for number, coding in enumerate(score.codings, 1):
        for other, theirs in ((KEY, score.exercise.key), ("linear", score.exercise.models["linear"])):
            own = score.against[(score.against.other == other) & (score.against.coder == number)]
            found = own[own.kind == "spans"].set_index("measure")["value"]
            expected = span_agreement(coding.marks, theirs.marks)
            for measure in ("exact", "overlap", "label_percent", "label_kappa"):
                assert found[measure] == pytest.approx(getattr(expected, measure), nan_ok=True)


def test_the_spans_of_a_class_are_the_mean_of_its_pairs(score):
    found = score.students[score.students.kind == "spans"].set_index("measure")
    expected = [span_agreement(a.marks, b.marks) for a, b in combinations(score.codings, 2)]
    for measure in ("exact", "overlap"):
        assert found.value[measure] == pytest.approx(np.mean([getattr(each, measure) for each in expected]))
        assert found.low[measure] <= found.value[measure] <= found.high[measure]


def test_spans_count_only_in_articles_that_both_coded():
    exercise = material.exercise_of("hedging", ("moscow-wire", "khmeimim-wire"))
    first = exercise.articles[0].id
    whole = replace(exercise.key, coder="whole")
    part = Coding("part", (first,), tuple(mark for mark in whole.marks if mark.article == first))
    score = score_codings(exercise, [whole, part], resamples=50)
    assert set(score.students[score.students.kind == "spans"].value) == {1.0}
    units = score.against[(score.against.coder == 1) & (score.against.kind == "words")].units
    assert set(units) == {len(exercise.articles[0].words)}, "the name 'part' comes before 'whole'"


def test_two_students_of_disjoint_texts_have_no_agreement():
    exercise = material.exercise_of("hedging", ("moscow-wire", "khmeimim-wire"))
    halves = [
        Coding(name, (article.id,), tuple(m for m in exercise.key.marks if m.article == article.id))
        for name, article in zip("ab", exercise.articles, strict=True)
    ]
    score = score_codings(exercise, halves, resamples=50)
    assert score.students.value.isna().all()
    assert (
        score.pairs.set_index(["a", "b"]).value["1", "2"] != score.pairs.set_index(["a", "b"]).value["1", "2"]
    )


def test_stance_is_ordinal():
    exercise = short(dimension="stance", pairs=[(0, "x"), (1, "x"), (2, "x")])
    sentences = [TEXT[slice(*span)] for span in exercise.articles[0].sentences]
    one, near, far = (
        material.coding(name, TEXT, list(zip(sentences, values, strict=True)), actor="x")
        for name, values in (("a", "012"), ("b", "122"), ("c", "212"))
    )
    assert score_codings(exercise, [one, near], resamples=0).pairs.value[0] > score_codings(exercise, [one, far], resamples=0).pairs.value[0]  # fmt: skip


def test_pairs_are_krippendorffs_alpha(score):
    ratings = ratings_of(score.exercise, score.codings, "words")
    row = score.pairs[(score.pairs.a == "2") & (score.pairs.b == "5")].value.item()
    assert row == pytest.approx(krippendorff_alpha(ratings[[1, 4]]))


def test_types_are_counted_for_class_key_and_models(score):
    rows = score.labels[score.labels.measure == "krippendorff_alpha"].set_index("label")
    key = [mark.label for mark in score.exercise.key.marks]
    for label in set(key):
        assert rows[KEY][label] == rows.lexicon[label] == key.count(label)
        assert rows.students[label] == np.mean(
            [sum(m.label == label for m in c.marks) for c in score.codings]
        )


def test_one_student_alone_is_still_set_against_the_key():
    score = score_codings(short(), [coded("a", ("may", "epistemic"))], resamples=0)
    assert score.students.empty
    assert not score.against[score.against.other == KEY].empty
    assert math.isnan(score.by_coder["class"][0])


def test_nobody_coded():
    score = score_codings(short(), [], failures=[Failure("a.csv", 3, "no label", "give one", lost=False)])
    assert score.coders == score.codings == score.attention == ()
    assert len(score.failures) == 1


def test_nobody_marked_anything():
    score = score_codings(material.short_exercise(TEXT), [coded("a"), coded("b")], resamples=50)
    alpha = score.students[
        (score.students.kind == "words") & (score.students.measure == "krippendorff_alpha")
    ]
    assert alpha.value.isna().all()
    assert (score.sentences.dispute == 0).all()


def test_another_dimension_is_named():
    with pytest.raises(ValueError, match="no exercise in 'tone'; choose from hedging"):
        score_codings(replace(short(), dimension="tone"), [])


# Disputes -------------------------------------------------------------------------------------------------------


def test_a_sentence_is_disputed_by_the_share_of_pairs_that_differ():
    class_ = [coded(name, *([("may", "epistemic")] if name in "ab" else [])) for name in "abcd"]
    found = disputes(short(), class_).set_index("sentence")
    assert found.students[1] == pytest.approx(4 / 6)
    assert found.key[1] == pytest.approx(2 / 4)
    assert found.students[2] == found.key[2] == 0
    assert found.key[3] == 1, "the key marks About, and nobody else"
    assert found.index.tolist() == [1, 3, 2]


def test_other_types_of_the_same_word_are_a_dispute():
    class_ = [coded("a", ("may", "epistemic")), coded("b", ("may", "doxastic")), coded("c", ("may", "hedge"))]
    found = disputes(short(), class_).set_index("sentence")
    assert found.students[1] == pytest.approx(1 / 3), "no type differs from none"
    assert found.key[1] == pytest.approx(1 / 3)


def test_models_that_differ_count_too():
    exercise = short(models={"linear": coded("linear", ("said", "hearsay"))})
    found = disputes(exercise, [coded("a"), coded("b")]).set_index("sentence")
    assert found.models[2] == 1
    assert found.dispute[2] == pytest.approx(1 / 3)


def test_the_most_disputed_word_is_named():
    exercise = short()
    found = disputes(exercise, [coded("a", ("have", "epistemic")), coded("b")]).set_index("sentence")
    assert TEXT[slice(*exercise.articles[0].words[found.unit[1]])] == "have"


def test_ratings_that_lie_far_apart_are_a_greater_dispute():
    exercise = short(dimension="stance", pairs=[(0, "x"), (1, "x")])
    first, second = (TEXT[slice(*span)] for span in exercise.articles[0].sentences[:2])
    class_ = [
        material.coding("a", TEXT, [(first, "-2"), (second, "0")], actor="x"),
        material.coding("b", TEXT, [(first, "2"), (second, "1")], actor="x"),
    ]
    found = disputes(exercise, class_)
    assert found.sentence.tolist() == [1, 2]
    assert found.students.tolist() == [1.0, 0.25]


# Codings --------------------------------------------------------------------------------------------------------


def test_the_order_of_files_changes_nothing(exercise):
    class_ = (
        simulated_class(exercise, students=4, round="before").codings
        + simulated_class(exercise, students=4, round="after", eye=2).codings
    )
    one, other = (score_codings(exercise, codings, resamples=50) for codings in (class_, class_[::-1]))
    assert one.rounds == other.rounds == ("before", "after")
    for frame in ("students", "against", "pairs", "sentences", "by_coder", "progress"):
        assert getattr(one, frame).equals(getattr(other, frame)), frame


def test_the_last_round_counts_and_progress_has_all(exercise):
    before = simulated_class(exercise, students=3, round="1").codings
    after = [replace(exercise.key, coder=coding.coder, round="2") for coding in before[:2]]
    score = score_codings(exercise, [*before, *after], resamples=0)
    assert [coding.round for coding in score.codings] == ["2", "2", "1"]
    own = score.progress[score.progress.by == "round"].set_index(["step", "coder"]).value
    assert own["2", 1] == own["2", 2] == own["2", 0] == 1
    assert own["1", 1] < 1
    assert ("2", 3) not in own.index


@pytest.mark.parametrize(
    ("given", "ordered"),
    [(["after", "before"], ["before", "after"]), (["10", "2", ""], ["", "2", "10"]), (["b", "a", "After"], ["a", "b", "After"])],
)  # fmt: skip
def test_rounds_come_in_order(given, ordered):
    score = score_codings(short(), [coded("a", round=name) for name in given], resamples=0)
    assert list(score.rounds) == ordered


def test_students_come_in_the_order_people_count():
    score = score_codings(short(), [coded(f"student {number}") for number in (10, 2, 1)], resamples=0)
    assert score.coders == ("student 1", "student 2", "student 10")


def test_progress_goes_by_article_where_there_are_several_and_by_fifths_otherwise(exercise, score):
    assert set(score.progress.by) == {"part"}
    several = material.exercise_of("hedging", ("moscow-wire", "khmeimim-wire"))
    scored = score_codings(several, simulated_class(several, students=3).codings, resamples=0)
    assert list(dict.fromkeys(scored.progress.step)) == [article.id for article in several.articles]


def test_two_students_of_one_name_are_told_apart_and_named():
    score = score_codings(short(), [coded("Kim", ("may", "epistemic")), coded("Kim")], resamples=0)
    assert score.coders == ("Kim", "Kim (2)")
    assert [failure.problem for failure in score.failures] == [
        "holds another coding by “Kim”, counted as “Kim (2)”"
    ]


def test_parts_of_a_coding_are_joined():
    exercise = material.exercise_of("hedging", ("moscow-wire", "khmeimim-wire"))
    parts = [Coding("a", (article.id,), tuple(m for m in exercise.key.marks if m.article == article.id)) for article in exercise.articles]  # fmt: skip
    score = score_codings(exercise, parts, resamples=0)
    assert score.coders == ("a",)
    assert score.by_coder.key[0] == 1
    assert score.failures == ()


def test_marks_outside_their_article_are_left_out_and_named():
    wild = Coding(
        "a",
        ("short", "other"),
        (Mark("short", 5, 10**9, "epistemic"), Mark("other", 0, 3, "x"), Mark("short", 4, 4, "y")),
    )
    score = score_codings(short(), [wild, coded("b", ("may", "epistemic"))], resamples=0)
    assert score.codings[0].marks == ()
    assert score.codings[0].articles == ("short",)
    (failure,) = score.failures
    assert str(failure).startswith("a: 3 marks lie outside the articles")
    assert not failure.lost


def test_more_marks_than_a_text_holds_are_cut_and_named():
    flood = Coding(
        "a", ("short",), tuple(Mark("short", at % 90, at % 90 + 1, f"label {at}") for at in range(3000))
    )
    score = score_codings(short(), [flood, coded("b")], resamples=0)
    assert len(score.codings[0].marks) == 100
    assert "3,000 marks" in score.failures[0].problem


def test_careless_students_stand_out(exercise):
    kinds = ["random", "nothing", "everything"]
    class_ = simulated_class(exercise, students=25, careless=0.12, kinds=kinds)
    score = score_codings(exercise, class_.codings, resamples=0)
    careless = {f"student {score.coders.index(name) + 1}" for name in class_.careless}
    assert len(careless) == 3
    assert {item.coder for item in score.attention} >= careless


def test_hand_coded_example_of_three():
    """Three people read three sentences: two see the hearsay, one the number, all the possibility."""
    class_ = [
        coded("Ada", ("may have", "epistemic"), ("a witness said", "hearsay"), comment="not sure"),
        coded("Ben", ("may", "epistemic"), ("About", "approximator")),
        coded("Cem", ("may", "epistemic"), ("a witness said", "hearsay")),
    ]
    score = score_codings(short(), class_, resamples=200)
    ratings = ratings_of(score.exercise, class_, "words")
    words = score.students[score.students.kind == "words"].set_index("measure").value
    agreed = [2 / 6 if 0 < column.sum() < 3 else 1 for column in ratings.T]
    assert words["percent"] == pytest.approx(np.mean(agreed))
    assert score.sentences.sentence.tolist()[0] in {1, 3}
    assert score.by_coder.key.idxmax() == 1, "Ben marked what the key has"
