"""Codings as CSV: what is read, what is named with which words, that nothing hostile harms, and that writing loses nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.classroom import coding
from framing.classroom.coding import (
    COLUMNS,
    LABELS,
    Coding,
    Mark,
    read_codings,
    sheet,
    write_codings,
)
from framing.classroom.exercise import make_exercise
from framing.document import make_document
from framing.tables import neutralised, restored

TEXT = (
    "Mr. Lee said the mayor may resign, or he may not.  “It’s a well‑run town,” said Café owner Ana Berg. "
    "Perhaps the “deal” with Russia fails. Syria praised Russia 🙂 and it rained."
)
OTHER = "The harbour was closed. Boats may leave about noon."


@pytest.fixture(scope="module")
def hedging():
    return make_exercise([make_document(TEXT, "town")], "hedging", models=["lexicon"])


@pytest.fixture(scope="module")
def two():
    documents = [make_document(TEXT, "town"), make_document(OTHER, "harbour")]
    return make_exercise(documents, "hedging", models=["lexicon"])


@pytest.fixture(scope="module")
def stance():
    return make_exercise([make_document(TEXT, "town")], "stance", models=["lexicon"])


def write(path, rows, columns=("sentence", "words", "label"), **options):
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, **options).writerows([columns, *rows])
    return path


@pytest.fixture
def hand(tmp_path):
    """A file of one coder with these rows."""
    return lambda *rows, **options: write(tmp_path / "ana.csv", rows, **options)


def words(found, text=TEXT):
    return [(text[mark.start : mark.end], mark.label) for mark in found.marks]


def said(failures):
    return [str(failure).rpartition("/")[2] for failure in failures]


# What is read -----------------------------------------------------------------------------------------------------


def test_words_are_found_in_their_sentence_the_next_free_place_first(hand, hedging):
    (found,), failures = read_codings(
        [hand((1, "may", "epistemic"), (1, "may", "Epistemic"), (3, "Perhaps", "epistemic"))], hedging
    )
    assert words(found) == [("may", "epistemic"), ("may", "epistemic"), ("Perhaps", "epistemic")]
    assert (found.coder, found.articles, failures) == ("ana", ("town",), [])
    assert len({mark.start for mark in found.marks}) == 3


def test_a_part_of_a_word_is_no_word(hand, hedging):
    (found,), _ = read_codings([hand((1, "may", "epistemic"))], hedging)
    assert TEXT[found.marks[0].start - 1] == " "
    _, failures = read_codings([hand((1, "resig", "epistemic"))], hedging)
    assert "“resig” is not in sentence 1" in str(failures[0])


@pytest.mark.parametrize(
    "typed",
    [
        '"it\'s a well-run town"',
        "“It’s a  well‑run town”",
        "IT'S A WELL–RUN TOWN",
        "It´s a well-run\u00a0town",
        "It's a well-run town,”",
    ],
)
def test_words_may_be_typed_otherwise(hand, hedging, typed):
    (found,), failures = read_codings([hand((2, typed, "weasel"))], hedging)
    assert failures == []
    assert "It’s a well‑run town" in words(found)[0][0]


def test_accents_may_be_left_out_or_decomposed(hand, hedging):
    for typed in ("cafe owner", "Cafe\u0301 owner"):
        (found,), _ = read_codings([hand((2, typed, "hedge"))], hedging)
        assert words(found) == [("Café owner", "hedge")]
    text = "The cafe\u0301 may open."
    exercise = make_exercise([make_document(text, "x")], "hedging", models=["lexicon"])
    (found,), _ = read_codings([hand((1, "café", "hedge"))], exercise)
    assert words(found, text) == [("cafe\u0301", "hedge")]


def test_offsets_are_code_points_after_an_emoji(tmp_path, hedging):
    start = TEXT.index("it rained")
    path = write(
        tmp_path / "a.csv", [(start, start + 2, "it", "hedge")], columns=("start", "end", "words", "label")
    )
    (found,), failures = read_codings([path], hedging)
    assert (words(found), failures) == ([("it", "hedge")], [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_spreadsheets_of_other_countries_are_read(hand, hedging, delimiter):
    (found,), failures = read_codings([hand((1, "may", "epistemic"), delimiter=delimiter)], hedging)
    assert (words(found), failures) == ([("may", "epistemic")], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised_and_named_where_they_are_unusual(tmp_path, hedging, encoding):
    content = "sentence;words;label;comment\r\n2;Café owner;weasel;naïve, “so they say” – à la carte\r\n"
    (tmp_path / "a.csv").write_bytes(content.encode(encoding))
    (found,), failures = read_codings([tmp_path / "a.csv"], hedging)
    assert words(found) == [("Café owner", "weasel")]
    assert found.marks[0].comment == "naïve, “so they say” – à la carte"
    assert [failure.lost for failure in failures] == ([] if encoding.startswith("utf-8") else [False])


def test_a_line_that_names_the_separator_is_passed_over(tmp_path, hedging):
    (tmp_path / "a.csv").write_text(
        "sep=;\nsentence;words;label\n1;mai;epistemic\n1;may;epistemic\n", encoding="utf-8"
    )
    (found,), failures = read_codings([tmp_path / "a.csv"], hedging)
    assert words(found) == [("may", "epistemic")]
    assert said(failures)[0].startswith("a.csv: line 3: “mai” is not in sentence 1")


def test_columns_stand_in_any_order_beside_others(hand, hedging):
    path = hand(("x", "epistemic", "may", "1.0"), columns=("Colour", "LABEL", " Words ", "Sentence"))
    (found,), _ = read_codings([path], hedging)
    assert words(found) == [("may", "epistemic")]


def test_a_row_without_label_is_untyped_where_there_is_such_a_label(hand, hedging):
    (found,), _ = read_codings([hand((1, "may", ""))], hedging)
    assert words(found) == [("may", "hedge")]
    attribution = make_exercise([make_document(TEXT, "town")], "attribution", models=["lexicon"])
    _, failures = read_codings([hand((1, "said", ""))], attribution)
    assert "has words but no label; give one of cue, content" in str(failures[0])


def test_labels_may_be_written_as_people_write_them(hand):
    attribution = make_exercise([make_document(TEXT, "town")], "attribution", models=["lexicon"])
    (found,), _ = read_codings([hand((1, "Mr. Lee", "Named person"), (1, "said", "CUE"))], attribution)
    assert words(found) == [("Mr. Lee", "named_person"), ("said", "cue")]


def test_a_row_may_leave_out_what_the_one_above_says(hand, two):
    path = hand(
        ("Ana", "2", "town", 1, "may", "epistemic"),
        ("", "", "", "", "may", "epistemic"),
        ("", "", "harbour", 2, "about", "approximator"),
        columns=("coder", "round", "article", "sentence", "words", "label"),
    )
    (found,), failures = read_codings([path], two)
    assert (found.coder, found.round, found.articles, failures) == ("Ana", "2", ("town", "harbour"), [])
    assert len(found.marks) == 3


def test_a_name_in_one_row_is_that_of_the_file(hand, hedging):
    path = hand(("", 1, "may"), ("Ben", 3, "Perhaps"), columns=("coder", "sentence", "words"))
    (found,), _ = read_codings([path], hedging)
    assert (found.coder, len(found.marks)) == ("Ben", 2)


def test_a_sheet_handed_in_untouched_is_a_coding_of_nothing(tmp_path, two):
    (tmp_path / "ana.csv").write_text(sheet(two), encoding="utf-8")
    (found,), failures = read_codings([tmp_path / "ana.csv"], two)
    assert (found.articles, found.marks, failures) == (("town", "harbour"), (), [])


def test_an_article_that_is_not_listed_was_not_coded(hand, two):
    path = hand(("harbour", 1, ""), columns=("article", "sentence", "words"))
    (found,), _ = read_codings([path], two)
    assert found.articles == ("harbour",)


def test_stance_is_rated_for_the_actors_of_a_sentence(hand, stance):
    path = hand(
        (4, "Russia", "+1"), (4, "syria", "neutral"), (3, "", "−2"), columns=("sentence", "actor", "label")
    )
    (found,), failures = read_codings([path], stance)
    assert failures == []
    assert {(mark.actor, mark.label, TEXT[mark.start : mark.end][:5]) for mark in found.marks} == {
        ("russia", "-2", "Perha"),
        ("russia", "1", "Syria"),
        ("syria", "0", "Syria"),
    }


def test_a_pair_without_a_rating_was_not_rated(tmp_path, stance):
    (tmp_path / "a.csv").write_text(sheet(stance), encoding="utf-8")
    (found,), failures = read_codings([tmp_path / "a.csv"], stance)
    assert (found.marks, failures) == ((), [])
    assert sheet(stance).count("russia") == 2


# Several files ----------------------------------------------------------------------------------------------------


def test_files_of_one_coder_on_different_articles_are_one_coding(tmp_path, two):
    columns = ("coder", "article", "sentence", "words")
    one = write(tmp_path / "1.csv", [("Ana", "harbour", 2, "may")], columns)
    other = write(tmp_path / "2.csv", [("Ana", "town", 1, "may")], columns)
    (found,), failures = read_codings([one, other], two)
    assert (found.articles, [mark.article for mark in found.marks]) == (
        ("town", "harbour"),
        ["town", "harbour"],
    )
    assert failures == []


def test_two_codings_by_one_name_are_told_apart(tmp_path, hedging):
    columns = ("coder", "sentence", "words")
    one = write(tmp_path / "1.csv", [("Ana", 1, "may")], columns)
    other = write(tmp_path / "2.csv", [("Ana", 3, "Perhaps")], columns)
    found, failures = read_codings([one, other], hedging)
    assert [each.coder for each in found] == ["Ana", "Ana (2)"]
    assert "another coding by “Ana”, counted as “Ana (2)”" in str(failures[0])


def test_a_file_handed_in_twice_counts_once(tmp_path, hedging):
    columns = ("coder", "sentence", "words")
    one = write(tmp_path / "1.csv", [("Ana", 1, "may")], columns)
    other = write(tmp_path / "2.csv", [("Ana", 1, "may")], columns)
    found, failures = read_codings([one, other, one], hedging)
    assert len(found) == 1
    assert ["is the same coding as" in str(failure) for failure in failures] == [True]


def test_nameless_files_of_one_name_are_called_after_their_folders(tmp_path, hedging):
    for name in ("ana", "ben"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "coding-sheet.csv", [(1, "may", "epistemic")])
    found, _ = read_codings([tmp_path / "ana", tmp_path / "ben"], hedging)
    assert [each.coder for each in found] == ["ana/coding-sheet", "ben/coding-sheet"]


def test_a_folder_stands_for_its_csv_files(tmp_path, hedging):
    write(tmp_path / "b.csv", [(1, "may", "epistemic")])
    write(tmp_path / "a.csv", [(3, "Perhaps", "epistemic")])
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    found, failures = read_codings([tmp_path], hedging)
    assert ([each.coder for each in found], failures) == (["a", "b"], [])


# What is named ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            (1, "may", "epistemc"),
            "line 2: unknown label 'epistemc'; choose from epistemic, doxastic, condition, ",
        ),
        ((1, "may", "epistemc"), "Did you mean 'epistemic'?"),
        ((1, "surely", "epistemic"), "“surely” is not in sentence 1; copy the words as they are there"),
        ((1, "Perhaps", "epistemic"), "“Perhaps” is not in sentence 1; they are in sentence 3"),
        ((9, "may", "epistemic"), "sentence 9 does not exist; town has the sentences 1 to 4"),
        ((0, "may", "epistemic"), "sentence 0 does not exist"),
        (("one", "may", "epistemic"), "sentence is 'one', not a whole number from 0 on"),
        (("", "may", "epistemic"), "names no sentence; write the number from the worksheet"),
        ((1, "", "epistemic"), "has the label epistemic and no words"),
        ((1, "may\0", "epistemic"), "holds a NUL character"),
        ((1, '"', "epistemic"), "is not in sentence 1"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_used(hand, hedging, row, message):
    (found,), failures = read_codings([hand(row, (3, "Perhaps", "epistemic"))], hedging)
    assert words(found) == [("Perhaps", "epistemic")]
    assert message in str(failures[0])
    assert (len(failures), failures[0].lost, failures[0].line) == (1, False, 2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("town", "", 0, 2, "may"),
            "the article has “Mr” at 0–2, not “may”; the row may be about another article",
        ),
        (("town", "", 5, 9999, "may"), "start 5 and end 9999 mark nothing in an article of"),
        (("town", "", 9, 5, ""), "mark nothing"),
        (("town", "", 5, "", ""), "has start or end alone"),
        (("town", "", "-1", 3, ""), "start is '-1', not a whole number"),
        (("town", 3, 0, 2, "Mr"), "start 0 lies in sentence 1, not in 3"),
        (("town", "", TEXT.index("  “"), TEXT.index("  “") + 4, ""), "lies outside the numbered sentences"),
        (("twon", "", 0, 2, "Mr"), "unknown article 'twon'; choose from town, harbour. Did you mean 'town'?"),
        (("", "", 0, 2, "Mr"), "names no article; write one of town, harbour"),
        (("harbour", "", 60, 62, "Mr"), "mark nothing"),
    ],
)
def test_offsets_that_cannot_be_are_named(hand, two, row, message):
    columns = ("article", "sentence", "start", "end", "words")
    good = ("town", 1, "", "", "may")
    (found,), failures = read_codings([hand(row, good, columns=columns)], two)
    assert words(found) == [("may", "hedge")]
    assert message in str(failures[0])
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((4, "Russia", "3"), "the rating is 3; give a whole number from -2 to 2"),
        ((4, "Russia", "1.5"), "unknown rating '1.5'"),
        ((4, "Russia", "positiv"), "Did you mean 'positive'?"),
        ((4, "Iran", "1"), "“Iran” is not to be rated in sentence 4; to be rated there: "),
        ((4, "", "1"), "nobody is named to be rated in sentence 4"),
        ((1, "Russia", "1"), "to be rated there: nobody"),
        ((3, "Russia", "-1"), "marks again what line 2 marks; line 2 was counted"),
    ],
)
def test_ratings_that_cannot_be_are_named(hand, stance, row, message):
    path = hand((3, "Russia", "1"), row, columns=("sentence", "actor", "label"))
    (found,), failures = read_codings([path], stance)
    assert [mark.label for mark in found.marks] == ["1"]
    assert message in str(failures[0])


def test_a_row_that_comes_again_counts_once(hand, hedging):
    (found,), failures = read_codings([hand((3, "Perhaps", "epistemic"), (3, "Perhaps", "weasel"))], hedging)
    assert words(found) == [("Perhaps", "epistemic")]
    assert said(failures) == ["ana.csv: line 3: marks again what line 2 marks; line 2 was counted"]


def test_another_exercise_is_refused_as_a_whole(tmp_path, hedging, two):
    (tmp_path / "a.csv").write_text(sheet(two), encoding="utf-8")
    found, failures = read_codings([tmp_path / "a.csv"], hedging)
    assert (found, [failure.lost for failure in failures]) == ([], [True])
    assert f"belongs to the exercise “{two.id}”, not to “{hedging.id}”" in str(failures[0])


def test_rows_of_another_exercise_or_dimension_are_named(hand, hedging):
    columns = ("exercise", "dimension", "sentence", "words")
    rows = [(hedging.id, "hedging", 1, "may"), ("other", "", 1, "may"), ("", "loaded", 3, "Perhaps")]
    (found,), failures = read_codings([hand(*rows, columns=columns)], hedging)
    assert len(found.marks) == 1
    assert [failure.problem for failure in failures] == [
        "belongs to the exercise “other”",
        "codes “loaded” in an exercise on hedging",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty; hand in the file again"),
        ("header.csv", b"sentence,words,label\n", "has no rows; list the sentences that were read, marked or not"),
        ("blank.csv", b"\n\n \n", "has no column sentence"),
        ("random.csv", bytes(range(256)) * 40, "save it in the spreadsheet as CSV UTF-8"),
        ("book.xlsx", b"PK\x03\x04" + b"\0" * 90, "is a zip archive or an office document; save it in the spreadsheet as CSV"),
        ("prose.csv", b"It may rain.\nPerhaps.\n", "has no column sentence, only It may rain."),
        ("sentance.csv", b"sentance,words\n1,may\n", "has no column sentence (one is misspelled), only sentance, words"),
        ("bad.csv", b"sentence,words,label\n9,x,y\n", "holds no row that can be used"),
        ("quote.csv", b'sentence,words\n1,"may\n', "a quotation mark is not closed"),
    ],
)  # fmt: skip
def test_a_file_that_says_nothing_is_lost_and_named(tmp_path, hedging, name, content, message):
    (tmp_path / name).write_bytes(content)
    good = write(tmp_path / "good.csv", [(1, "may", "epistemic")])
    found, failures = read_codings([tmp_path / name, good], hedging)
    assert [each.coder for each in found] == ["good"]
    assert any(failure.lost for failure in failures)
    assert any(message in str(failure) and name in str(failure) for failure in failures)


def test_what_is_no_file_is_named(tmp_path, hedging):
    found, failures = read_codings([tmp_path, tmp_path / "nowhere.csv"], hedging)
    assert found == []
    assert [failure.problem for failure in failures] == [
        "is a folder without a CSV file",
        "cannot be read (No such file or directory)",
    ]


# Hostile files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", [b"1,may,epistemic\n", b"1,surely,epistemic\n", b'1,"may\n', b",,\n", b"1,,\n"]
)
def test_a_million_rows_are_read_as_far_as_is_sane_and_told(tmp_path, hedging, line):
    (tmp_path / "a.csv").write_bytes(b"sentence,words,label\n" + line * 1_000_000)
    _, failures = read_codings([tmp_path / "a.csv"], hedging)
    assert any("has more than 50,000 lines or 16 MB; the rest was not read" in str(each) for each in failures)
    assert len(failures) < 60


def test_a_file_of_one_endless_cell_is_read_as_far_as_is_sane(tmp_path, hedging):
    (tmp_path / "a.csv").write_bytes(b"sentence,words,label\n1,may,epistemic\n1," + b"x" * 40_000_000)
    (found,), failures = read_codings([tmp_path / "a.csv"], hedging)
    assert words(found) == [("may", "epistemic")]
    assert any("the rest was not read" in str(failure) for failure in failures)


def test_huge_cells_are_cut_and_stay_out_of_messages(hand, hedging):
    path = hand((1, "may", "epistemic", "é" * 100_000), (1, "x" * 100_000, "y" * 100_000, ""),
                columns=("sentence", "words", "label", "comment"))  # fmt: skip
    (found,), failures = read_codings([path], hedging)
    assert len(found.marks[0].comment) == 2000
    assert all(len(str(failure)) < 400 for failure in failures)


def test_a_file_of_ever_new_coders_is_bounded(hand, hedging):
    rows = [(f"c{number}", 1, "may") for number in range(600)]
    found, failures = read_codings([hand(*rows, columns=("coder", "sentence", "words"))], hedging)
    assert len(found) == 500
    assert "is by one coder more than the 500 that a file may hold" in str(failures[0])
    assert "50 more rows could not be used either" in str(failures[-1])


def test_scripts_and_formulas_stay_text(hand, hedging):
    script, formula = "<script>alert(1)</script>", '=HYPERLINK("http://example.org";"x")'
    path = hand(
        (1, "may", "epistemic", script, formula), columns=("sentence", "words", "label", "comment", "neutral")
    )
    (found,), failures = read_codings([path], hedging)
    assert (found.marks[0].comment, found.marks[0].neutral, failures) == (script, formula, [])


def test_a_message_steers_no_terminal(hand, hedging):
    _, failures = read_codings([hand((1, "\x1b[31mred\u202e", "epistemic"))], hedging)
    assert all(str(failure).isprintable() for failure in failures)


# Writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1 more", "-x", "@SUM(A1)", "\tx", "\rx", "＝1", "-", "--1", "'=x", "''@x"]
)
def test_what_begins_like_a_formula_is_neutralised(cell):
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1", "+2", "-0.5", "12", "", "may", "'tis", "a=b"])
def test_other_cells_stay_as_they_are(cell):
    assert neutralised(cell) == restored(cell) == cell


@given(st.text())
def test_what_is_neutralised_is_restored(cell):
    assert restored(neutralised(cell)) == cell


@given(st.text(alphabet="'=+-@\t\r1x", max_size=6))
def test_what_is_neutralised_begins_no_formula(cell):
    written = neutralised(cell)
    assert restored(written) == cell
    assert written[:1] not in tuple("=+-@\t\r") or written.lstrip("+-").replace(".", "").isdigit()


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)
_NAMES = _CELLS.map(lambda name: " ".join(name.split())).filter(bool)


@given(
    coder=_NAMES,
    round=st.sampled_from(["", "before", "=2"]),
    cells=st.lists(st.tuples(st.sampled_from(["epistemic", "hedge"]), _CELLS, _CELLS), max_size=6),
    data=st.data(),
)
def test_a_coding_that_is_written_is_read_again(tmp_path_factory, two, coder, round, cells, data):
    marks = []
    for label, neutral, comment in cells:
        article = data.draw(st.sampled_from(two.articles))
        sentence = data.draw(st.sampled_from(article.sentences))
        start = data.draw(st.integers(sentence.start, sentence.end - 1))
        end = data.draw(st.integers(start + 1, len(article.text)))
        mark = Mark(article.id, start, end, label, neutral=neutral, comment=comment)
        if (article.id, start, end) not in {each[:3] for each in marks}:
            marks.append(mark)
    order = [article.id for article in two.articles]
    marks.sort(key=lambda mark: (order.index(mark.article), *mark[1:]))
    given_ = Coding(coder, tuple(order), tuple(marks), round)
    path = tmp_path_factory.mktemp("round") / "a.csv"
    write_codings([given_], two, path)
    (found,), failures = read_codings([path], two)
    assert failures == []
    assert Coding(found.coder, found.articles, found.marks, found.round) == given_


def test_several_codings_of_every_dimension_are_read_again(tmp_path):
    for dimension in LABELS:
        exercise = make_exercise(
            [make_document(TEXT, "town"), make_document(OTHER + " Iran spoke.", "harbour")], dimension, models=["lexicon", "linear"]
        )  # fmt: skip
        write_codings(exercise.models.values(), exercise, tmp_path / "a.csv")
        found, failures = read_codings([tmp_path / "a.csv"], exercise)
        assert failures == []
        assert [(each.coder, each.articles, set(each.marks)) for each in found] == [
            (each.coder, each.articles, set(each.marks)) for each in exercise.models.values()
        ]


def test_what_is_written_is_neutral_and_the_same_bytes_again(tmp_path, hedging):
    hostile = Coding("=cmd|' /C calc'!A0", ("town",), (Mark("town", 0, 2, "hedge", comment="@x\0\ud800"),))
    for name in ("a.csv", "b.csv"):
        write_codings([hostile], hedging, tmp_path / name)
    content = (tmp_path / "a.csv").read_bytes()
    assert content == (tmp_path / "b.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == list(COLUMNS)
    assert all(not cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row.values())
    (found,), _ = read_codings([tmp_path / "a.csv"], hedging)
    assert found.coder == "=cmd|' /C calc'!A0"
    assert found.marks[0].comment == "@x\ufffd\ufffd"


def test_a_sheet_lists_every_sentence_and_no_answer(two):
    rows = list(csv.DictReader(io.StringIO(sheet(two), newline="")))
    assert [row["sentence"] for row in rows] == ["1", "2", "3", "4", "1", "2"]
    assert rows[4]["text"] == "The harbour was closed."
    assert all(not row["words"] and not row["label"] for row in rows)


def test_labels_are_those_of_the_instrument():
    from framing.attribution.sources import SOURCE_TYPES
    from framing.dimensions.hedging import HEDGES

    assert tuple(LABELS["hedging"]) == (*HEDGES, "hedge")
    assert tuple(LABELS["attribution"]) == ("cue", "content", *SOURCE_TYPES, "source")
    assert tuple(LABELS) == coding.DIMENSIONS


def test_the_results_of_commands_are_neutral_too(tmp_path):
    from typer.testing import CliRunner

    from framing.cli.main import app

    (tmp_path / "rows.csv").write_text("id,text\n=1+1,It may rain.\n", encoding="utf-8")
    arguments = [
        "score",
        str(tmp_path / "rows.csv"),
        "--model",
        "lexicon",
        "--dimensions",
        "hedging,tone",
        "-f",
        "csv",
    ]
    done = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "scores.csv"), "--resamples", "0"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["article"] for row in rows} == {"'=1+1"}
    assert all(float(row["value"]) <= 1000 for row in rows if row["value"])


def test_a_coding_beside_articles_is_no_article(tmp_path, hedging, stance):
    from framing.corpus import load_corpus

    (tmp_path / "coding").mkdir()
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    write_codings(hedging.models.values(), hedging, tmp_path / "coding" / "key.csv")
    (tmp_path / "coding" / "sheet.csv").write_text(sheet(stance), encoding="utf-8")
    documents, failures = load_corpus(tmp_path)
    assert ([document.id for document in documents], failures) == (["a"], [])
