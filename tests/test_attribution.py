from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import Analysis, analyze
from framing.attribution.sources import SOURCE_TYPES
from framing.dimensions.attribution import FORMS, VERB_CLASSES, inverse_simpson
from framing.lexicon import load_lexicon
from framing.training import attribution as polnear
from framing.training.task import CorpusError

CASES = read_cases("attribution")
NEWS = (
    "The port was closed. “It will open on Monday,” Anna Lind, the harbour master, said. She told reporters that two "
    "ships had left. The Kremlin said it knew of no delay. Captains believe the storm will pass."
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["attribution"], resamples=0, model="lexicon")


def rows(text: str) -> list[dict[str, object]]:
    """The attributions of a text with quoted substrings in place of spans."""

    def words(span: list[int] | None) -> str | None:
        return None if span is None else text[span[0] : span[1]]

    return [
        {
            "cue": text[item.start : item.end],
            "source": words(item.extra["source"]),
            "content": [words(span) for span in item.extra["content"]],
            "form": item.extra["form"],
            "source_type": item.extra["source_type"],
            "verb_class": item.label,
            "source_actor": item.source_actor,
            "resolved": words(item.extra.get("resolved")),
        }
        for item in read(text).evidence
    ]


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    found = rows(case["text"])
    compared = [{key: row[key] for key in wanted} for row, wanted in zip(found, case["expect"], strict=False)]
    assert compared == case["expect"]
    assert len(found) == len(case["expect"])


def test_the_lexicons_are_large_and_know_only_their_classes():
    cues, sources = load_lexicon("reporting").entries, load_lexicon("sources").entries
    assert len({entry.term for entry in cues}) >= 300
    assert len({entry.term for entry in sources}) >= 120
    assert {entry.category for entry in cues} == set(VERB_CLASSES)
    assert {entry.category for entry in sources} <= {*SOURCE_TYPES, "role"}
    assert all(entry.extra["takes"] for entry in cues)


def test_every_construction_a_cue_takes_is_explained_on_top_of_its_lexicon():
    lexicon = load_lexicon("reporting")
    taken = {word for entry in lexicon.entries for word in entry.extra["takes"].split()}
    assert taken == {part.partition("=")[0].strip() for part in lexicon.header["takes"].split(";")}


def test_fields_stand_in_the_order_of_the_contract():
    item = next(item for item in read(NEWS).evidence if "resolved" in item.extra)
    fields = ["source", "content", "form", "source_type", "verb_class", "resolved"]
    assert list(item.extra) == fields
    assert item.extra["verb_class"] == item.label
    assert item.why


def values(text: str) -> dict[tuple[str, str | None, str | None], float]:
    return {(score.measure, score.label, score.actor): score.value for score in read(text).scores}


def test_measures_follow_from_the_evidence():
    analysis = read(NEWS)
    document, evidence = analysis.document, analysis.evidence
    found = values(NEWS)
    covered = {
        token for item in evidence for span in item.extra["content"] for token in document.tokens_in(*span)
    }
    words = sum(document.is_word[token] for token in covered)
    assert found["attributed_words", None, None] == pytest.approx(words / document.words)
    assert found["attributions", None, None] == pytest.approx(1000 * len(evidence) / document.words)
    for measure, field, labels in (
        ("source_type_share", "source_type", SOURCE_TYPES),
        ("verb_class_share", "verb_class", VERB_CLASSES),
        ("form_share", "form", FORMS),
    ):
        for label in labels:
            some = sum(item.extra[field] == label for item in evidence)
            assert found[measure, label, None] == pytest.approx(some / len(evidence))


def test_a_part_counts_as_a_source_of_its_whole_too():
    found = values("Vladimir Putin said the talks went well. Ukraine said they did not.")
    assert found["source_actor_share", None, "putin"] == pytest.approx(0.5)
    assert found["source_actor_share", None, "russia"] == pytest.approx(0.5)
    assert found["source_actor_share", None, "ukraine"] == pytest.approx(0.5)


def test_one_person_under_two_names_is_one_source():
    one = "Anna Lind said the road was wide. Lind said the road was long."
    two = "Anna Lind said the road was wide. Omar Haddad said the road was long."
    assert values(one)["effective_sources", None, None] == pytest.approx(1)
    assert values(two)["effective_sources", None, None] == pytest.approx(2)


def test_inverse_simpson_is_the_number_of_equal_shares_and_undefined_without_any():
    sums = np.array([[2.0, 2.0, 2.0, 2.0], [5.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert inverse_simpson(sums)[:2].tolist() == [4.0, 1.0]
    assert math.isnan(inverse_simpson(sums)[2])


def test_formulas_travel_to_other_processes():
    for score in read(NEWS).scores:
        formula = pickle.loads(pickle.dumps(score.formula))  # our own bytes
        assert np.array_equal(
            formula(score.totals.sum(axis=0)), score.formula(score.totals.sum(axis=0)), equal_nan=True
        )


def test_without_words_attribution_is_undefined():
    assert all(math.isnan(score.value) and score.n == 0 for score in read("").scores)


def test_the_same_text_gives_the_same_evidence():
    assert rows(NEWS) == rows(NEWS)


@pytest.mark.parametrize(
    "piece", ["said ", "he said ", "“he said, ", "according to ", "and the ", "A: ", "a, who said, "]
)
def test_a_sentence_without_end_is_read(piece):
    spans = [span for item in read(piece * 3_000).evidence for span in item.extra["content"]]
    assert all(start < end <= len(piece) * 3_000 for start, end in spans)


@given(
    st.lists(
        st.sampled_from(
            "he She said that to “ ” \" ' , . : ; ( ) — Anna the by according claim who \n\n is".split(" ")
        )
    )
)
def test_spans_lie_in_the_text(words):
    text = " ".join(words)
    for item in read(text).evidence:
        spans = [
            [item.start, item.end],
            *item.extra["content"],
            item.extra["source"],
            item.extra.get("resolved"),
        ]
        assert all(0 <= span[0] < span[1] <= len(text) for span in spans if span is not None)
        assert item.extra["content"]


# The corpus ---------------------------------------------------------------------------------------------------------

TEXT = "Anna said rain came.\r\nShe hopes to stay, he thinks.\r\n"
CODED = """T1\tSource 0 4\tAnna
T2\tCue 5 9\tsaid
T3\tContent 10 19\train came

T4\tContent 35 39;41 43\tstay he
T5\tCue 26 31\thopes
T9\tContent 900 950\tnowhere
T
E1\tSource:T1 Cue:T2 Content:T3
E2\tCue:T5 Source:T77 Content:T4
E3\tCue:T88
#1\tAnnotatorNotes T1\tsure
"""


@pytest.fixture
def split(tmp_path):
    for name, content in (
        ("text/one.txt", TEXT),
        ("attributions/one_a.ann", CODED),
        ("attributions/one_b.ann", ""),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
    return tmp_path


def test_the_reader_keeps_line_ends_and_reads_past_broken_lines(split):
    (article,) = polnear.read(split)
    assert article.id == "one"
    assert article.text == TEXT
    first, second = article.attributions
    assert [article.text[start:end] for start, end in first.source + first.cue + first.content] == [
        "Anna",
        "said",
        "rain came",
    ]
    assert second.content == ((35, 39), (41, 43))
    assert second.source == ()


def test_a_folder_in_another_layout_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="lacks the folders"):
        polnear.read(tmp_path)


def test_a_coding_without_its_text_is_refused(split):
    (split / "text" / "one.txt").unlink()
    with pytest.raises(CorpusError, match=r"one\.txt.*one_a\.ann"):
        polnear.read(split)


def test_predictions_equal_to_the_coding_are_perfect_and_none_are_nothing(split):
    articles = polnear.read(split)
    perfect = [
        {
            "id": article.id,
            "attributions": [coded._asdict() for coded in article.attributions],
        }
        for article in articles
    ]
    assert set(polnear.metrics(articles, perfect).values()) == {1.0}
    nothing = [{"id": article.id, "attributions": []} for article in articles]
    assert set(polnear.metrics(articles, nothing).values()) == {0.0}


def test_metrics_count_tokens(split):
    articles = polnear.read(split)
    half = [{"id": "one", "attributions": [{"cue": [[5, 9]], "source": [], "content": [[10, 14]]}]}]
    found = polnear.metrics(articles, half)
    assert found["content_precision"] == 1
    assert found["content_recall"] == pytest.approx(1 / len(["rain", "came", "stay", "he"]))
    assert found["source_f1"] == 0
    assert found["recall_50"] == 0


def test_rules_reach_the_bar_on_people_s_coding(shared):
    articles = polnear.read(shared / "corpora" / "polnear" / "dev")
    found = polnear.metrics(articles, polnear.predict(articles, "lexicon"))
    assert found["content_f1"] >= 0.78
    assert found["content_precision"] >= 0.8
    assert found["source_f1"] >= 0.6
    assert found["cue_f1"] >= 0.5
