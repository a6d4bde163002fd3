"""A researcher's own coded CSV: what is read, what is refused with which words, and that it measures what it should."""

from __future__ import annotations

import csv

import pytest

from framing.training.coded_csv import COLUMNS, HEDGES, is_coded_csv, read
from framing.training.task import CorpusError
from framing.training.validate import tasks, validate

NEWS = [
    "The envoy said the “talks” may resume. Critics of the brutal regime reportedly disagree.",
    "“We won,” Anna Berg said, “and they may have lost.” Critics condemned Russia.",
    "It rains on the café — naïve 🙂 as it may be.",
    "The thugs slammed the glorious heroes, officials said.",
    "The market opened at nine.",
]


def write(path, rows, columns=COLUMNS, **options):
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, **options)
        writer.writerows([columns, *rows])
    return path


@pytest.fixture
def own(tmp_path):
    return lambda *rows, **options: write(tmp_path / "own.csv", rows, **options)


# What is read -----------------------------------------------------------------------------------------------------


def test_rows_with_the_same_text_are_one_item(own):
    path = own(
        ("It may rain, perhaps.", 3, 6, "epistemic"),
        ("It snows.", "", "", ""),
        ("It may rain, perhaps.", 13, 20, "Hearsay"),
    )
    first, second = read("hedging", path)
    assert [(first.text[cue.start : cue.end], cue.label) for cue in first.cues] == [
        ("may", "epistemic"),
        ("perhaps", "hearsay"),
    ]
    assert (first.id, second.id, second.cues) == ("own#2", "own#3", ())
    assert set(first.compared) == set(HEDGES)


def test_offsets_are_code_points_of_the_text_as_it_is(own):
    text = "🙂 Café “naïve”,\r\nit “may” rain."
    start = text.index("may")
    (item,) = read("hedging", own((text, start, start + 3, "epistemic")))
    assert item.text == text
    assert item.text[item.cues[0].start : item.cues[0].end] == "may"


def test_spreadsheets_write_numbers_with_points_and_other_separators(own):
    path = own(
        ("Critics condemned Lind.", "18.0", "22.0", "-1.0"), ("Nobody spoke.", "", "", ""), delimiter=";"
    )
    (item,) = read("stance", path)
    assert (item.sentence[item.start : item.end], item.polarity) == ("Lind", -1)


def test_columns_may_stand_in_any_order_beside_others(own):
    path = own(
        ("x", 1, "neutral", "Lind spoke.", 4, 0), columns=("note", "id", "LABEL", "text", "End", "start")
    )
    (item,) = read("stance", path)
    assert (item.id, item.start, item.end, item.polarity) == ("1", 0, 4, 0)


def test_each_mention_is_an_item_of_its_own(own):
    text = "Lind praised Berg."
    items = read("stance", own((text, 0, 4, "neutral"), (text, 13, 17, "positive")))
    assert [(item.id, item.polarity) for item in items] == [("own#2:1", 0), ("own#2:2", 1)]


def test_a_column_joins_the_spans_of_an_attribution(own):
    text = "“We won,” Anna said, “again.”"
    rows = [
        (text, 0, 9, "content", 1),
        (text, 10, 14, "source", 1),
        (text, 15, 19, "cue", 1),
        (text, 21, 29, "content", 1),
    ]
    columns = (*COLUMNS, "attribution")
    (joined,) = read("attribution", own(*rows, columns=columns))
    assert [len(coded.content) for coded in joined.attributions] == [2]
    (apart,) = read("attribution", own(*(row[:4] for row in rows)))
    assert [len(coded.content) for coded in apart.attributions] == [1, 0, 0, 1]


def test_a_text_is_biased_when_a_term_is_coded_in_it(own):
    first, second = read("loaded", own(("The thugs won.", 4, 9, ""), ("It rained.", "", "", "")))
    assert (first.biased, first.words, first.spans) == (True, ("thugs",), ((4, 9),))
    assert (second.biased, second.spans) == (False, ())


def test_a_hedge_without_a_type_takes_the_types_away(own):
    text = "It may rain, perhaps about noon."
    path = own((text, 3, 6, "epistemic"), (text, 13, 20, "hedge"), (text, 21, 26, "hedge"))
    result = validate("hedging", path)
    assert set(result.confusion) == {"hedge"}
    assert set(result.spans) == {"all", "hedge"}


def test_boosters_are_no_hedges(own):
    assert validate("hedging", own(("It will certainly rain.", "", "", ""))).confusion == {}


def test_which_files_are_read_so(tmp_path):
    babe = tmp_path / "babe.CSV"
    babe.write_text("text;news_link;label_bias\nx;y;Biased\n", encoding="utf-8")
    own = write(tmp_path / "own.csv", [])
    assert [is_coded_csv("loaded", path) for path in (babe, own, tmp_path)] == [False, True, False]
    assert is_coded_csv("hedging", babe)
    assert not is_coded_csv("stance", tmp_path / "none.csv")


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("It rains.", 3, 3, "hedge"), "own.csv:2: start 3 and end 3 mark nothing in a text of 9 characters; give half-open"),
        (("It rains.", 5, 3, "hedge"), "own.csv:2: start 5 and end 3 mark nothing"),
        (("It rains.", 3, 10, "hedge"), "own.csv:2: start 3 and end 10 mark nothing"),
        (("It rains.", -1, 3, "hedge"), "own.csv:2: start is '-1', not a whole number from 0 on; count characters"),
        (("It rains.", 0, "2.5", "hedge"), "own.csv:2: end is '2.5', not a whole number"),
        (("It rains.", 0, "²", "hedge"), "own.csv:2: end is '²', not a whole number"),
        (("It rains.", "", 2, "hedge"), "own.csv:2: has end 2, label hedge but no start; give both, or leave all empty"),
        (("It rains.", "", "", "hedge"), "own.csv:2: has label hedge but no start and end; give both"),
        (("It rains.", 0, 2, ""), "own.csv:2: has start and end but no label; give one of epistemic, "),
        (("It rains.", 0, 2, "booster"), "own.csv:2: unknown label 'booster'; choose from epistemic, doxastic, condition, "),
        (("It rains.", 0, 2, "epistemc"), "Did you mean 'epistemic'?"),
        (("", 0, 2, "hedge"), "own.csv:2: has no text; repeat the text in every row"),
        (("a", 0, 1, "hedge", "more"), "own.csv:2: has 5 cells, but the header 4; put quotation marks around"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_line_and_what_to_do(own, row, message):
    with pytest.raises(CorpusError) as caught:
        read("hedging", own(row))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "own.csv: is empty; give a CSV with the columns text,start,end,label"),
        (b"text,start,end,label\n", "own.csv: has a header and no rows; give a CSV with the columns text,start,end,label"),
        (b"text,start,end,label\n,,,\n", "own.csv: has a header and no rows"),
        (b"text,begin,label\nx,1,hedge\n", "own.csv: lacks the columns start, end (found: text, begin, label); give a CSV"),
        (b"text,start,end\nx,0,1\n", "own.csv: lacks the column label (found: text, start, end)"),
        ("text,start,end,label\nA café rains.,0,1,hedge\n".encode("cp1252"), "own.csv: is not UTF-8 (it looks like cp1252); save it as UTF-8"),
        ("text,start,end,label\nIt rains.,0,1,hedge\n".encode("utf-16"), "own.csv: is not UTF-8 (it looks like utf-16); save it as UTF-8"),
        (b"PK\x03\x04" + b"\x00" * 100, "own.csv: is a zip archive or an office document; give a CSV"),
        (b'text,start,end,label\n"It rains.,0,1,hedge\n', 'own.csv:2: a quotation mark is not closed, or one inside a field is not doubled; write ""'),
        (b"id,text,start,end,label\n1,It rains.,0,1,hedge\n1,It snows.,0,1,hedge\n", "own.csv: the id '1' has two different texts; give each"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_what_to_do(tmp_path, content, message):
    (tmp_path / "own.csv").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        validate("hedging", tmp_path / "own.csv")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_loaded_terms_may_also_come_from_babe(own):
    with pytest.raises(CorpusError, match=r"lacks the column end .*, or a file of BABE with label_bias"):
        validate("loaded", own(("It rains.", 0, "x"), columns=("text", "start", "label")))


def test_a_mark_of_byte_order_is_no_part_of_the_header(tmp_path):
    (tmp_path / "own.csv").write_bytes("text,start,end,label\nLind spoke.,0,4,1\n".encode("utf-8-sig"))
    assert read("stance", tmp_path / "own.csv")[0].polarity == 1


@pytest.mark.parametrize(
    ("task", "choices"),
    [("stance", "negative, neutral, positive, -1, 0, 1"), ("attribution", "cue, source, content")],
)
def test_each_task_names_its_labels(own, task, choices):
    with pytest.raises(CorpusError, match=f"unknown label 'x'; choose from {choices}"):
        read(task, own(("It rains.", 0, 2, "x")))


def test_texts_without_a_mention_are_nothing_to_rate(own):
    with pytest.raises(CorpusError, match="holds no item of NewsMTSC"):
        validate("stance", own(("It rains.", "", "", "")))


def test_a_task_without_such_a_layout_says_so(own):
    with pytest.raises(
        CorpusError, match=r"own\.csv: is CSV, which the task state-stance does not read; give its own"
    ):
        validate("state-stance", own(("It rains.", 0, 2, "x")))


# What is measured -------------------------------------------------------------------------------------------------


def rows_of(task, items, predictions):
    """What a model said, written as if people had coded it."""
    for item, prediction in zip(items, predictions, strict=True):
        if task == "stance":
            yield item.sentence, item.start, item.end, prediction["polarity"], ""
            continue
        spans = {
            "hedging": lambda found: [(*cue, "") for cue in found["cues"] if cue[2] in HEDGES],
            "loaded": lambda found: [(*term, "") for term in found["terms"]] if found["biased"] else [],
            "attribution": lambda found: [
                (*span, role, number)
                for number, row in enumerate(found["attributions"], 1)
                for role in ("cue", "source", "content")
                for span in row[role]
            ],
        }[task](prediction)
        yield from ((item.text, *span) for span in spans or [("", "", "", "")])


@pytest.mark.parametrize("model", ["lexicon", "linear"])
@pytest.mark.parametrize("task", ["attribution", "hedging", "loaded", "stance"])
def test_what_a_model_says_agrees_with_itself(task, model, tmp_path):
    if task == "stance":
        blank = [
            (text, text.index(word), text.index(word) + len(word), 0)
            for text in NEWS
            for word in ("Russia", "regime", "thugs", "heroes", "market", "café")
            if word in text
        ]
    else:
        blank = [(text, "", "", "") for text in NEWS]
    items = read(task, write(tmp_path / "blank.csv", blank))
    predictions = tasks()[task].predict(items, model)
    coded = write(tmp_path / "coded.csv", rows_of(task, items, predictions), (*COLUMNS, "attribution"))
    result = validate(task, coded, model, errors=50)
    for name, value in result.metrics.items():
        if name.endswith(("f1", "recall_50", "auc", "precision", "recall")) and not name.startswith(
            ("positive", "negative", "neutral", "macro")
        ):
            assert value == 1, name
    assert result.metrics.get("accuracy", 1) == 1
    assert list(result.errors) == []
    for scores in result.spans.values():
        if task != "loaded":  # terms in a text that is not biased as a whole are not coded here
            assert scores["exact"]["f1"] == scores["overlap"]["f1"] == 1


def test_spans_are_scored_exactly_and_by_overlap(own):
    text = "It may well rain, perhaps."
    result = validate(
        "hedging", own((text, 3, 16, "epistemic"), (text, 18, 25, "epistemic"), (text, 0, 2, "weasel"))
    )
    assert result.spans["epistemic"]["coded"] == 2
    assert result.spans["epistemic"]["overlap"]["recall"] == 1
    assert result.spans["epistemic"]["exact"]["recall"] == 1 / 2
    assert result.spans["weasel"]["overlap"]["f1"] == 0


def test_an_offset_of_hundreds_of_digits_is_named(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,start,end,label\nIt rains.,0," + "9" * 400 + ",neutral\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"own\.csv:2: end is '9+', not a whole number"):
        read("stance", path)


def test_a_column_that_only_sounds_like_babe_s_is_no_babe(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,start,end,label,label_bias_note\nThe thugs won.,4,9,x,\n", encoding="utf-8")
    assert is_coded_csv("loaded", path)
    path.write_text("text;label_bias\nThe thugs won.;Biased\n", encoding="utf-8-sig")
    assert not is_coded_csv("loaded", path)
