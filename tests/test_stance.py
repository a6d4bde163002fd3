from __future__ import annotations

import json
import math
from collections import Counter
from itertools import permutations

import pytest
from case_files import parameters, read_cases
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from framing.actors import find_mentions, load_actors
from framing.analysis import Analysis, analyze
from framing.dimensions.stance import LABELLED, polarity
from framing.document import make_document
from framing.lexicon import load_lexicon, surface_forms
from framing.training import stance as newsmtsc
from framing.training import state_stance
from framing.training.task import CorpusError

CASES = read_cases("stance")
NEWS = (
    "Russia bombed the port. Critics condemned Russia. Turkey praised Qatar for its courage. "
    "“Russia is a reliable friend of this town and its people,” the mayor said. Ukraine thanked Poland. "
    "The Kremlin has a new spokesman."
)


def read(text: str) -> Analysis:
    return analyze(text, dimensions=["stance"], resamples=0, model="lexicon")


@pytest.mark.parametrize(
    "case",
    parameters(CASES),
)
def test_case(case):
    assert {row.actor: row.label for row in read(case["text"]).evidence} == case["expect"]


# One name per kind and actor; leaders who are actors themselves stand for their states.
TEMPLATES = {
    "state": "Critics blamed {0} for the massacre, but {1} won praise when {1} offered aid, said a ferryman.",
    "metonym": "While {0} broke its promise, {1} stands for peace and stability.",
    "demonym": "The {0} minister failed to help, and {1} officials condemned the brutal raid.",
    "leader": "{0} said {1} was a liar; the charity thanked {0} for generous support.",
    "people": "{0} suffered a humiliating defeat, although {1} were praised as brave.",
}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_swapping_two_names_swaps_their_scores(kind):
    """Stance is blind to names: every pair of actors, one name each of the same kind, gives the same two numbers."""
    names = [
        next(name.term for name in actor.names if name.category == kind and _plain(name))
        for actor in load_actors()
        if any(name.category == kind and _plain(name) for name in actor.names)
    ]
    assert len(names) >= 8
    expected = None
    for one, other in permutations(names, 2):
        values = _polarities(TEMPLATES[kind].format(one, other), one, other)
        expected = expected or values
        assert values == expected, (one, other)


def _plain(name) -> bool:
    return not (name.before or name.not_before or name.after or name.not_after) and "'" not in name.term


def _polarities(text: str, one: str, other: str) -> list[float]:
    document = make_document(text)
    mentions = find_mentions(document)
    named = [[mention for mention in mentions if mention.name == name] for name in (one, other)]
    return [polarity(document, 0, targets, mentions)[0] for targets in named]


def test_swapping_two_actors_in_an_article_swaps_their_means():
    there = {key: value for key, value in _means(NEWS).items() if key in ("russia", "turkey")}
    swapped = _means(
        NEWS.replace("Russia", "#")
        .replace("Turkey", "Russia")
        .replace("#", "Turkey")
        .replace("The Kremlin", "Ankara")
    )
    assert there["russia"] == swapped["turkey"]
    assert there["turkey"] == swapped["russia"]


def _means(text: str) -> dict[str, float]:
    return {
        score.actor: score.value
        for score in read(text).scores
        if score.measure == "mean_polarity" and score.voice == "all"
    }


def test_means_and_counts_follow_from_the_evidence():
    analysis = read(NEWS)
    for score in analysis.scores:
        rows = [
            row for row in analysis.evidence if row.actor == score.actor and score.voice in ("all", row.voice)
        ]
        if score.measure == "mean_polarity":
            assert score.n == len(rows)
            assert score.value == pytest.approx(math.fsum(row.weight for row in rows) / len(rows))
        elif score.voice == "all":
            mentions = [mention for mention in analysis.mentions if mention.actor == score.actor]
            assert score.value == pytest.approx(1000 * len(mentions) / analysis.document.words)


def test_there_is_a_row_per_sentence_actor_and_voice():
    analysis = read("For this brutal Russia the mayor said that “Russia was kind and generous to us all”.")
    rows = [(row.voice, row.label) for row in analysis.evidence if row.actor == "russia"]
    assert sorted(rows) == [("attributed", "positive"), ("author", "negative")]


def test_rows_point_at_mentions_and_words():
    analysis = read(NEWS)
    document = analysis.document
    row = next(row for row in analysis.evidence if row.actor == "qatar")
    assert document[row] == "Turkey praised Qatar for its courage."
    assert [document.text[start:end] for start, end in row.extra["mentions"]] == ["Qatar"]
    assert [document.text[start:end] for start, end, _ in row.extra["words"]] == ["praised", "courage"]
    assert "“praised” +" in row.why


def test_a_row_is_labelled_by_its_polarity():
    for row in read(NEWS).evidence:
        assert row.label == (
            "positive" if row.weight > LABELLED else "negative" if row.weight < -LABELLED else "neutral"
        )
        assert -1 < row.weight < 1


def test_actors_nobody_mentions_have_no_score():
    assert {score.actor for score in read("Rain fell.").scores} == set()


def test_a_very_long_sentence_is_read():
    document = make_document("Russia praised and Russia blamed " * 2000)
    value, words = polarity(document, 0, find_mentions(document))
    assert -1 < value < 1
    assert len(words) == 4000


def test_the_lexicon_corrects_vader_by_many_entries():
    entries = load_lexicon("stance").entries
    vader = SentimentIntensityAnalyzer().lexicon
    rated = {entry.term for entry in entries if entry.category != "neutral"}
    overridden = {
        form[0] for entry in entries for form in surface_forms(entry) if len(form) == 1 and form[0] in vader
    }
    assert len(rated) >= 600
    assert len(overridden) >= 600
    neutral = {form for entry in entries if entry.category == "neutral" for form in surface_forms(entry)}
    assert {(word,) for word in ("interest", "united", "security", "party", "share")} <= neutral


def test_weights_of_the_lexicon_agree_with_its_categories():
    signs = dict.fromkeys(("praise", "help_given", "success", "service", "human"), 1)
    signs |= dict.fromkeys(("blame", "accusation", "harm_done", "harm_suffered", "failure", "threat"), -1)
    for entry in load_lexicon("stance").entries:
        assert entry.weight * signs.get(entry.category, 0) >= 0, entry.term
        assert bool(entry.extra["agent"]) == bool(entry.extra["patient"]), entry.term
        assert entry.note, entry.term
        if entry.category in signs:
            assert entry.weight, entry.term


# Agreement with coders --------------------------------------------------------------------------------------------


def figures(task, path):
    items = task.read(path)
    return task.metrics(items, task.predict(items, "lexicon"))


def test_agreement_with_people_on_news(shared):
    assert figures(newsmtsc.TASK, shared / "corpora/newsmtsc/dev-rw.jsonl")["macro_f1"] >= 0.6
    assert figures(newsmtsc.TASK, shared / "corpora/newsmtsc/dev-mt.jsonl")["macro_f1"] >= 0.5


def test_agreement_with_machine_coders_on_states(shared):
    found = figures(state_stance.TASK, shared / "corpora/state-stance/dev.jsonl")
    assert set(found) == {"russia", "ukraine", "west"}
    assert found["russia"]["macro_f1"] >= 0.48
    assert all(found[actor]["alpha"] > 0.2 for actor in found)


def test_stance_toward_russia_in_the_real_articles(shared):
    """001 sees an opportunity for Russia, 002 a setback; nothing in the lexicon is about either."""
    means = {
        path.name[:3]: _means(path.read_text(encoding="utf-8"))["russia"]
        for path in sorted((shared / "texts").glob("*.txt"))
    }
    assert max(means, key=means.__getitem__) == "001"
    assert min(means, key=means.__getitem__) == "002"
    assert means["002"] < 0


def test_reading_newsmtsc(tmp_path):
    path = tmp_path / "rated.jsonl"
    row = {"mention": "Lind", "polarity": -1, "from": 16, "to": 20, "sentence": "Voters despised Lind."}
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    items = newsmtsc.read(path)
    assert items == [newsmtsc.RatedMention("rated#1", "Voters despised Lind.", 16, 20, -1)]
    (prediction,) = newsmtsc.predict(items, "lexicon")
    assert prediction["polarity"] == -1
    assert newsmtsc.metrics(items, [prediction])["accuracy"] == 1


def test_a_mention_outside_the_scored_text_is_neutral():
    mention = newsmtsc.RatedMention("x", "Photo: Lind", 40, 44, 0)
    assert newsmtsc.predict([mention], "lexicon")[0]["polarity"] == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"mention": "x"}', "lacks polarity"),
        ("[1]", "no JSON object"),
        ("not json", "no JSON"),
        ("\ud800", "not UTF-8"),
    ],
)
def test_another_layout_is_refused(tmp_path, content, message):
    path = tmp_path / "other.jsonl"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(CorpusError, match=message):
        newsmtsc.read(path)


def test_a_missing_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="cannot be read"):
        newsmtsc.read(tmp_path / "none.jsonl")


def test_reading_coded_articles(tmp_path):
    path = tmp_path / "coded.jsonl"
    sentence = {"text": "Critics condemned Russia.", "codes": [[-1, None], [-2, None]]}
    row = {"id": "a", "actors": ["russia", "west"], "sentences": [sentence]}
    path.write_text(json.dumps(row), encoding="utf-8")
    (article,) = state_stance.read(path)
    assert article.codes == ((-1.5, None),)
    predictions = state_stance.predict([article], "lexicon")
    assert predictions == [{"id": "a", "codes": [[-1, None]]}]
    assert state_stance.metrics([article], predictions)["russia"]["n"] == 1


def test_articles_in_another_layout_are_refused(tmp_path):
    path = tmp_path / "coded.jsonl"
    path.write_text('{"id": "a"}', encoding="utf-8")
    with pytest.raises(CorpusError, match="sentences"):
        state_stance.read(path)


def test_alpha_is_one_for_equal_codes_and_undefined_for_a_single_one():
    assert state_stance.ordinal_alpha({(1, 1): 1, (0, 0): 1, (-1, -1): 1}) == 1
    assert math.isnan(state_stance.ordinal_alpha({(0, 0): 2}))


@given(st.lists(st.tuples(st.sampled_from([-2, -1.5, 0, 1, 2]), st.integers(-2, 2)), min_size=2, max_size=30))
def test_alpha_is_that_of_another_implementation(pairs):
    """NLTK asks for a distance; the ordinal one is the codes given between two, the two themselves by half."""
    counts = Counter(code for pair in pairs for code in pair)

    def distance(one, other):
        between = sum(n for code, n in counts.items() if min(one, other) <= code <= max(one, other))
        return (between - (counts[one] + counts[other]) / 2) ** 2

    if len(counts) > 1:
        data = [(coder, item, code) for item, pair in enumerate(pairs) for coder, code in enumerate(pair)]
        expected = AnnotationTask(data, distance=distance).alpha()
        assert state_stance.ordinal_alpha(Counter(pairs)) == pytest.approx(expected)
