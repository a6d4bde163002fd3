"""What holds for every text, of everything that takes one: see `sound.py`. FRAMING_EXAMPLES asks for more texts (`make fuzz`).

Functions of a module alone have their properties in the test of that module.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sound
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.actors import find_mentions
from framing.analysis import MODELS, analyze, analyze_each
from framing.classroom.coding import read_codings, sheet
from framing.classroom.exercise import make_exercise
from framing.classroom.key import load_key, save_key, seal
from framing.comparison.compare import compare
from framing.comparison.naming import naming
from framing.decoding import replace_surrogates
from framing.document import make_document
from framing.lexicon import Entry, Lexicon, lexicon_names, load_lexicon
from framing.output.highlight import highlight
from framing.output.table import json_line
from framing.workbench import concordance, count, sample, suggest

EXAMPLES = int(os.environ.get("FRAMING_EXAMPLES", "25"))
FEW = max(3, EXAMPLES // 8)  # where one takes long

# Words of the lexicons, of grammar and of names, and marks, in any order: far from English, near to what rules look for.
_TERMS = sorted({
    word
    for name in lexicon_names()
    for entry in load_lexicon(name).entries[::7]
    for word in (entry.term.rstrip("*"), entry.term.title())
})  # fmt: skip
_MARKS = (
    ". , ; : ? ! … — – - ( ) [ ] { } \" ' “ ” ‘ ’ „ « » '' `` ... . . -- / & * # > < % $ 1,200.5 1990s 10:30 3 0 １２ "
    "Jan. 5, 2026 next week 14 March twelve million dollars"
).split(" ")
_BREAKS = ["\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u00a0", "\u2028", "\x85", "\v", "  "]
_ODD = [
    "\x00", "\ud800", "\udfff", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "e\u0301", "\u0301\u0301", "ﬁ", "İ", "ß",
    "ǅ", "🙂", "👩🏽‍🔬", "שלום", "العربية", "中文。", "ไทย", "Ω", "Ⅷ", "½", "²", "https://a.b/c?d=\"e”", "a@b.c", "#tag",
]  # fmt: skip
_SMALL = (
    "the a an of in on by to for that who which whose and or but not never no is was were has had would may could he she "
    "it they his said told says according wrote tweeted asked claimed Mr. Gen. U.S. Russia Kyiv Putin Anna Lind regime's "
    "isn't they'll so-called pro- anti- Photo: Reuters"
).split()
WORDS = st.sampled_from(_SMALL) | st.sampled_from(_TERMS) | st.sampled_from(_MARKS)
PIECES = WORDS | WORDS | WORDS | st.sampled_from(_BREAKS) | st.sampled_from(_ODD) | st.text(max_size=4)
SALAD = st.lists(PIECES, max_size=60).flatmap(
    lambda pieces: st.sampled_from([" ", " ", " ", ""]).map(lambda gap: gap.join(pieces))
)
TEXTS = SALAD | SALAD | st.text(max_size=200)

# Texts of one kind from end to end; what they cost at a million characters is told in test_redos.py.
LONG = 3_000
EXTREMES = {
    "nothing": "",
    "white space": " \t\r\n" * 50,
    "one token": "a" * LONG,
    "one token of a million": "a" * 1_000_000,
    "only marks": ".,;:!?-" * 300,
    "open quotations": "“‘\"'" * 300,
    "quotations that cross": "“Yes ‘no” she said’ ) ( " * 60,
    "windows": "He may go.\r\n\r\n“Why?” she asked.\r\n" * 20,
    "right to left": "\u202eשלום may “עולם” said. " * 40,
    "combining": "e\u0301\u0302" * LONG,
    "no letters": "\u200b\ufeff\u00ad" * 300,
    "surrogates": "\ud800 may \udfff said. " * 40,
    "NUL": "may\x00be said\x00. " * 40,
    "emoji": "👩🏽‍🔬🙂 may said. " * 40,
    "one sentence": "the minister said that he may " * 100,
    "names": "Russia Ukraine Mr. Putin " * 100,
    "front matter": "---\ntitle: x\n---\n" * 30,
    "pages": "<p>He may &amp; said</p><!-- " * 50,
    "headlines": "# It may rain\n\n" * 40,
}


def _same(one, other):
    return json.dumps(one.to_dict(), sort_keys=True) == json.dumps(other.to_dict(), sort_keys=True)


# Analyses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=EXAMPLES)
@given(text=TEXTS, before=TEXTS)
def test_any_text_has_sound_evidence_and_the_same_after_another_text(model, text, before):
    document = make_document(text)
    sound.check_document(document)
    found = analyze(document, model=model, resamples=20)
    sound.check_analysis(found)
    analyze(before, model=model, resamples=0)
    assert _same(analyze(make_document(text), model=model, resamples=20), found)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES)
def test_a_text_of_one_kind_from_end_to_end_is_read(model, text):
    document = make_document(text)
    sound.check_document(document)
    sound.check_analysis(analyze(document, model=model, resamples=0))


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=FEW)
@given(st.lists(TEXTS, max_size=5))
def test_texts_read_together_are_read_as_alone(model, texts):
    documents = [make_document(text, str(number)) for number, text in enumerate(texts)]
    together = list(analyze_each(documents, model=model, resamples=0))
    assert all(
        _same(analyze(document, model=model, resamples=0), analysis)
        for document, analysis in zip(documents, together, strict=True)
    )


@settings(max_examples=EXAMPLES)
@given(TEXTS)
def test_no_explanation_and_fewer_dimensions_change_no_score(text):
    whole = {score.key: score for score in analyze(text, model="linear", resamples=0).scores}
    for score in analyze(
        text, model="linear", dimensions=["stance", "tone"], resamples=0, explain=False
    ).scores:
        assert whole[score.key].value == pytest.approx(score.value, nan_ok=True)


@settings(max_examples=EXAMPLES)
@given(TEXTS)
def test_a_row_of_any_text_is_json_in_utf_8(text):
    line = json_line(analyze(text, model="lexicon", resamples=10).to_dict())
    line.encode()
    json.loads(line, parse_constant=pytest.fail)


_DIGESTS = """
import hashlib, json, sys
from framing.analysis import analyze
texts = json.load(sys.stdin)
made = {}
for text in texts[::int(sys.argv[1])]:
    for model in ("lexicon", "linear"):
        row = json.dumps(analyze(text, model=model, resamples=50).to_dict(), sort_keys=True)
        made[text + model] = hashlib.sha256(row.encode()).hexdigest()
print(json.dumps(made, sort_keys=True))
"""


def test_neither_the_order_of_texts_nor_the_seed_of_hashes_changes_a_byte(repository: Path):
    texts = [path.read_text(encoding="utf-8") for path in sorted((repository / "texts").glob("*.md"))]
    texts += [text for text in EXTREMES.values() if len(text) < 10_000]
    runs = [
        subprocess.run(
            [sys.executable, "-c", _DIGESTS, order],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
            cwd=repository,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for order, seed in (("1", "1"), ("-1", "2"))
    ]
    assert runs[0] == runs[1]
    assert len(json.loads(runs[0])) == 2 * len(set(texts))


# Pages, names and comparisons -----------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES)
@given(TEXTS)
def test_a_marked_text_has_every_character_and_no_tag_of_its_own(text):
    analysis = analyze(text, model="linear", resamples=0)
    blocks = highlight(analysis, "x")
    for block, paragraph in zip(blocks, analysis.document.paragraphs, strict=True):
        shown = block.html.striptags()
        assert "".join(shown.split()) == "".join(analysis.document[paragraph].split())
    marked = "".join(block.html for block in blocks)
    assert marked.count("<") == marked.count("<mark") + marked.count("</mark>")


@settings(max_examples=EXAMPLES)
@given(TEXTS)
def test_mentions_and_what_actors_are_called_lie_in_the_text(text):
    document = make_document(text)
    mentions = find_mentions(document)
    assert all(0 <= each.start < each.end <= len(text) for each in mentions)
    analysis = analyze(document, model="lexicon", resamples=0)
    assert list(naming([analysis])) == list(naming([analysis]))


# The frames of a comparison.
_FRAMES = (
    "scores", "evidence", "differences", "group_scores", "group_differences", "keywords", "group_keywords", "naming",
    "renamings", "speakers", "verbs", "verb_differences", "author_and_sources", "facts", "passages", "similarity",
)  # fmt: skip


def _compared(model, *texts):
    documents = [make_document(text, f"{n}\ud800", outlet=f"{n}\udfff") for n, text in enumerate(texts)]
    analyses = [analyze(document, model=model, resamples=0) for document in documents]
    comparison = compare(analyses, resamples=20, group_by="outlet")
    return {name: getattr(comparison, name) for name in _FRAMES}


@settings(max_examples=FEW)
@given(TEXTS, TEXTS)
def test_any_two_articles_are_compared_the_same_twice(one, other):
    again = _compared("lexicon", one, other)
    for name, frame in _compared("lexicon", one, other).items():
        pd.testing.assert_frame_equal(frame, again[name], obj=name)


# Between letters and as words: in quotations, names, dates and figures.
_HALVES = (
    "The \ud800 regime may \udfff fall\ud83d. “Yes \ud800 no,” said Anna \ud800Lind\ud800 \ud800. Ru\ud800ssia \ud800 said so on "
    "5 May\ud800 2026. Mr. Putin\ud800 \ud800 was brutal. Bas\ud800har Ass\ud800ad said 5\ud800 \ud800it twice \ud800it."
)


@pytest.mark.parametrize("model", MODELS)
def test_half_surrogates_reach_no_frame(model):
    for name, frame in _compared(model, _HALVES, f"{_HALVES} Russia fell.").items():
        assert all(str(column).isascii() for column in frame.columns), name
        frame.to_csv().encode()
    documents = [make_document(_HALVES, "one\ud800")]
    concordance(OWN, documents).to_csv().encode()
    suggest(OWN, documents).to_csv().encode()


# Word lists -----------------------------------------------------------------------------------------------------

OWN = Lexicon(
    "own",
    [
        Entry("said", "a"),
        Entry("may", "b", not_before=frozenset({"A"})),
        Entry("the", "b"),
        Entry("reg*", "a"),
    ],
    {"categories": "a = one; b = two"},
)


@settings(max_examples=EXAMPLES)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_hits_lie_in_their_texts_and_add_up(texts):
    documents = [make_document(text, str(number)) for number, text in enumerate(texts)]
    hits = concordance(OWN, documents)
    for hit in hits.itertuples():
        text = texts[int(hit.article)]
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.hit.split() == replace_surrogates(text[hit.start : hit.end])[0].split()
    for by in ("entry", "category"):
        assert count(OWN, documents, by=by)["hits"].sum() == len(hits)
    assert sample(hits, 5, seed=1).equals(sample(hits, 5, seed=1))
    suggested = suggest(OWN, documents)
    assert suggested.equals(suggest(OWN, documents))
    assert not set(suggested["term"]) & {"said", "may", "the"}
    assert np.isfinite(suggested["score"].astype(float)).all()


# Exercises ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", ["hedging", "loaded", "attribution", "stance"])
@settings(max_examples=FEW)
@given(text=TEXTS)
def test_an_exercise_on_any_text_comes_back_from_its_key(tmp_path_factory, dimension, text):
    try:
        exercise = make_exercise([make_document(text, "any")], dimension, models=["lexicon"])
    except ValueError:  # nothing to code
        return
    folder = tmp_path_factory.mktemp("any")
    save_key(exercise, folder / "key.json")
    again = load_key(folder / "key.json")
    assert (again, seal(again)) == (exercise, seal(exercise))
    for mark in exercise.key.marks:
        assert 0 <= mark.start < mark.end <= len(exercise.articles[0].text)
    (folder / "anna.csv").write_text(sheet(exercise), encoding="utf-8", newline="")
    codings, failures = read_codings([folder / "anna.csv"], exercise)
    assert [replace(coding, marks=()) for coding in codings] == codings
    assert all(not failure.lost for failure in failures)
