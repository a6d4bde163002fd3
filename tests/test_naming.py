from __future__ import annotations

import pandas as pd
import pytest

from framing.actors import load_actors
from framing.analysis import analyze
from framing.comparison.naming import COLUMNS, RENAMING_COLUMNS, naming, renamings
from framing.document import make_document
from framing.lexicon import load_lexicon


def analysis_of(text, id="text"):
    return analyze(make_document(text, id), resamples=0, model="lexicon")


def changes(text):
    frame = renamings([analysis_of(text)])
    return list(zip(frame.earlier, frame.later, strict=True))


def test_a_change_of_name_is_placed_and_explained():
    analysis = analysis_of(
        "Aid for al-Sharaa was late. Nobody knew why. Some of the aid for Jolani was lost."
    )
    (row,) = renamings([analysis]).itertuples()
    assert (row.article, row.actor, row.earlier, row.later) == ("text", "sharaa", "al-Sharaa", "Jolani")
    assert analysis.document.text[row.start : row.end] == "Jolani"
    assert analysis.document.text[row.earlier_start : row.earlier_end] == "al-Sharaa"
    assert row.sentence == 2
    notes = {entry.term: entry.note for entry in load_lexicon("actors").entries}
    assert (row.earlier_connotation, row.later_connotation) == (notes["al-Sharaa"], notes["Jolani"])
    assert row.voice == "author"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Russian government met. The Russian regime fell silent.", [("Russian government", "Russian regime")]),
        ("The Russian regime met. The Russian government fell silent.", [("Russian regime", "Russian government")]),
        ("The Russian government met. The Russian authorities waited.", [("Russian government", "Russian authorities")]),
        ("Russia sent aid. The Russian aggressor waited.", [("Russia", "Russian aggressor")]),
        ("Hamas met. Hamas terrorists fled.", [("Hamas", "Hamas terrorists")]),
        ("Jolani spoke. Later President Sharaa left.", [("Jolani", "President Sharaa")]),
        ("Interim President Sharaa spoke. President Sharaa left.", [("Interim President Sharaa", "President Sharaa")]),
        ("Assad fled. The Syrian dictator lost.", [("Assad", "Syrian dictator")]),
        ("Netanyahu spoke. Bibi left.", [("Netanyahu", "Bibi")]),
    ],
)  # fmt: skip
def test_a_name_that_connotes_something_else_is_a_renaming(text, expected):
    assert changes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Vladimir Putin spoke. Putin left. Mr. Putin came back.",
        "President Ahmed al-Sharaa spoke. Sharaa left. Ahmed al-Shara came back.",
        "Russia sent aid. Moscow waited. Russian ships left. The Kremlin was calm. The Russian military stayed.",
        "Putin's Russia sent aid. Russia waited. Moscow was calm.",
        "Sergey Lavrov spoke. Dmitry Peskov left. The Russian president came.",
        "Assad fled. The Assad regime had lost. Assad's forces went home.",
        "The Russian regime met. The Ukrainian government waited.",
        "The Russian government met. The Russian government fell silent.",
    ],
)
def test_what_is_usual_or_about_somebody_else_is_no_renaming(text):
    assert changes(text) == []


def test_the_earlier_name_is_the_one_with_most_words_in_common():
    text = "The Russian government met. Moscow waited. The Russian regime fell silent."
    assert changes(text) == [("Russian government", "Russian regime")]


def test_a_new_name_is_a_renaming_once_and_in_the_order_of_the_text():
    text = (
        "The Russian government met. The Russian regime fell silent. The Russian government waited. "
        "The Russian authorities were calm. The Russian regime was not."
    )
    assert [later for _, later in changes(text)] == ["Russian regime", "Russian authorities"]


def test_a_name_in_the_words_of_a_source_says_so():
    text = "The Russian government met on Monday. “The Russian regime has lost every vote,” said Ms. Lind."
    (row,) = renamings([analysis_of(text)]).itertuples()
    assert row.voice == "attributed"


def test_an_article_read_for_one_actor_has_the_renamings_of_that_actor():
    text = "Syria waited. Al-Sharaa spoke. Jolani left. The Russian government met. The Russian regime fell silent."
    whole = renamings([analysis_of(text)])
    for actor in ("sharaa", "russia", "syria"):
        limited = renamings([analysis_of(text).about([actor])])
        pd.testing.assert_frame_equal(
            limited, whole[whole.actor == actor].reset_index(drop=True), check_dtype=False
        )
    assert set(whole.actor) == {"sharaa", "russia"}


def test_names_of_two_states_may_be_exchanged():
    text = "{0} sent aid. The {1} government met. The {2} regime fell silent. {1} ships left. The {2} leadership waited."
    one = renamings([analysis_of(text.format("Russia", "Russian", "Ukrainian"))])
    other = renamings([analysis_of(text.format("Ukraine", "Ukrainian", "Russian"))])
    assert len(one) == 1
    assert one.actor.map({"ukraine": "russia"}).tolist() == other.actor.tolist()
    columns = ["earlier_connotation", "later_connotation", "sentence", "voice"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


def test_every_government_can_become_a_regime():
    names = {}
    for actor in load_actors():
        if actor.is_state:
            for entry in actor.names:
                word = entry.term.split()[-1]
                if (entry.category, word) in {("government", "government"), ("epithet", "regime")}:
                    names.setdefault(actor.id, {}).setdefault(word, entry.term)
    pairs = {id: kinds for id, kinds in names.items() if len(kinds) == 2}
    assert len(pairs) > 30
    for id, kinds in pairs.items():
        text = f"Yesterday the {kinds['government']} met. Today the {kinds['regime']} fell silent."
        frame = renamings([analysis_of(text)])
        assert frame[frame.actor == id][["earlier", "later"]].to_numpy().tolist() == [
            [kinds["government"], kinds["regime"]]
        ], id


def test_articles_without_names_give_empty_frames_with_the_same_columns():
    for analyses in ([], [analysis_of("It rained."), analysis_of("")]):
        assert list(naming(analyses).columns) == list(COLUMNS)
        assert list(renamings(analyses).columns) == list(RENAMING_COLUMNS)
        assert renamings(analyses).empty
