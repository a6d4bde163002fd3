from __future__ import annotations

import pytest

from framing.document import make_document
from framing.lexicon import Entry, load_lexicon, surface_forms
from framing.neutral import OMIT, neutral_form


@pytest.mark.parametrize(
    ("entry", "written", "expected"),
    [
        (Entry("slam", "x", forms="v", neutral="criticise"), "slammed", "criticised"),
        (Entry("slam", "x", forms="v", neutral="criticise"), "slams", "criticises"),
        (Entry("slam", "x", forms="v", neutral="criticise"), "slam", "criticise"),
        (Entry("brag", "x", forms="v", neutral="say"), "bragged", "said"),
        (Entry("loot", "x", forms="looted|looting", neutral="take"), "looting", "taking"),
        (Entry("loot", "x", forms="looted|looting", neutral="take"), "looted", "take"),
        (Entry("appease", "x", forms="v", neutral="make concessions to"), "appeased", "made concessions to"),
        (Entry("meddle", "x", forms="v", neutral="be involved"), "meddling", "be involved"),
        (Entry("plot", "x", forms="plots", neutral="plan"), "plots", "plans"),
        (Entry("cesspool", "x", forms="n", neutral="place of crime"), "cesspools", "places of crime"),
        (Entry("socialist", "x", forms="n", neutral="left-leaning"), "socialists", "left-leaning"),
        (Entry("brazen", "x", forms="brazenly", neutral="open"), "brazenly", "openly"),
        (Entry("notorious", "x", forms="notoriously", neutral="known"), "notoriously", "known"),
        (
            Entry("cruel", "x", forms="cruelly|cruelty", neutral="harsh|harshly|harshness"),
            "cruelty",
            "harshness",
        ),
        (Entry("cruel", "x", forms="cruelly|cruelty", neutral="harsh|harshly|harshness"), "cruel", "harsh"),
        (Entry("self-styled", "x", neutral=OMIT), "self-styled", OMIT),
        (Entry("sham", "x"), "sham", None),
    ],
)
def test_the_alternative_has_the_form_of_the_term(entry, written, expected):
    (form,) = [form for form in surface_forms(entry) if "".join(form) == written]
    assert neutral_form(entry, form) == expected


@pytest.mark.parametrize("name", ["loaded", "contested"])
def test_several_alternatives_are_one_for_each_form(name):
    for entry in load_lexicon(name).entries:
        if "|" in entry.neutral:
            assert entry.forms not in ("", "n", "v"), entry.term
            assert len(entry.neutral.split("|")) == 1 + len(entry.forms.split("|")), entry.term


@pytest.mark.parametrize("name", ["loaded", "contested"])
def test_no_alternative_is_loaded_itself(name):
    """Whoever takes the advice must not be told in the next reading that this word, too, is loaded."""
    lexicons = [load_lexicon("loaded"), load_lexicon("contested")]
    faults = []
    for entry in load_lexicon(name).entries:
        for form in surface_forms(entry):
            alternative = neutral_form(entry, form)
            if alternative and not alternative.startswith("("):
                document = make_document(f"They saw {alternative} there today.")
                faults += [(entry.term, alternative) for lexicon in lexicons if lexicon.match(document)]
    assert faults == []
