from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_name_blind import TEMPLATES, all_names, filled

from framing.actors import find_mentions
from framing.analysis import Analysis, Markup, analyze
from framing.dimensions.loaded import EVALUATIVE, SCARE_QUOTES, find_loaded, labels, terms
from framing.document import make_document
from framing.linear import loaded as linear
from framing.models.weights import folder
from framing.training.fit_loaded import cross_validated, pack, stored_lexical
from framing.training.loaded import TASK, CodedSentence, read_babe

# Each sentence with the word that a teacher would underline; none of the words is in a lexicon of loaded language.
UNDERLINED = [
    ("The minister gave a weird speech about the harvest.", "weird"),
    ("Her dopey answer pleased nobody in the hall.", "dopey"),
    ("The committee published a hilarious report on road works.", "hilarious"),
    ("Residents were told a fanciful story about the bridge.", "fanciful"),
    ("The mayor lazily closed the only school in the valley.", "lazily"),
    ("The board spent the money on a revolting tower.", "revolting"),
    ("The tone of the preachy bishop surprised the farmers.", "preachy"),
    ("The governor sent a boring letter about the cost of the ferry.", "boring"),
    ("They drew up a dumb plan for the harbour.", "dumb"),
    ("The paper printed a tedious portrait of the banker.", "tedious"),
    ("The bank behaved awfully towards its customers.", "awfully"),
    ("The union called off the strike after an annoying complaint.", "annoying"),
    ("The court handed down a lousy sentence.", "lousy"),
    ("The company made a fantastic offer to its workers.", "fantastic"),
    ("The crooked owner raised the rent again.", "crooked"),
    ("The snobbish club turned the letter down.", "snobbish"),
    ("A dull quarrel over parking divided the village.", "dull"),
    ("The council hopelessly delayed the new line.", "hopelessly"),
    ("A lazy group of clerks ran the office.", "lazy"),
    ("The editor wrote a gloomy column about trains.", "gloomy"),
]
PLAIN = (
    "The council approved the budget on Monday. The vote was seven to two. The new line will open in March, the "
    "operator said. Trains will run every ten minutes between the station and the port. Work began two years ago."
)
SLANTED = "The spineless council hopelessly delayed the plan. A lousy, dumb scheme, and a ridiculous one."


def read(text: str) -> Analysis:
    return analyze(text, model="linear", dimensions=["loaded"], resamples=0)


def parts_of(text: str) -> linear.Contributions:
    document = make_document(text)
    return linear.contributions(linear.trained(), document, find_mentions(document), terms(document))


def test_the_underlined_word_is_among_the_three_that_contribute_most():
    hits = 0
    for text, word in UNDERLINED:
        parts = parts_of(text)
        best = np.argsort(-parts.by_unit)[:3]
        hits += word in [parts.text.units.words[unit] for unit in best]
    assert hits >= 0.8 * len(UNDERLINED)


def test_underlined_words_are_evidence_although_no_lexicon_has_them():
    hits = 0
    for text, word in UNDERLINED:
        analysis = read(text)
        hits += word in [analysis.document[item] for item in analysis.evidence if item.label == EVALUATIVE]
        assert analyze(text, dimensions=["loaded"], resamples=0, model="lexicon").evidence == []
    assert hits >= 0.7 * len(UNDERLINED)


@pytest.mark.parametrize(
    "text", [PLAIN, SLANTED, "“Peace” came. The regime’s thugs, Moscow said, lied to Mr. Putin."]
)
def test_contributions_add_up_to_the_log_odds_of_the_probability(text):
    document = make_document(text)
    mentions = find_mentions(document)
    parts = parts_of(text)
    chances = linear.sentence_probabilities(document, mentions)
    assert chances.shape == (len(document.sentences),)
    for sentence, chance in enumerate(chances):
        total = parts.base[sentence] + parts.by_unit[parts.text.sentence == sentence].sum()
        assert total == pytest.approx(np.log(chance / (1 - chance)), abs=1e-9)


def test_evidence_tells_its_probability_and_contribution():
    analysis = read(SLANTED)
    chances = linear.sentence_probabilities(analysis.document, analysis.mentions)
    parts = parts_of(SLANTED)
    units = parts.text.units
    assert EVALUATIVE in {item.label for item in analysis.evidence}
    for item in analysis.evidence:
        sentence = analysis.document.sentence_at(item.start)
        covered = analysis.document.tokens_in(item.start, item.end)
        added = sum(parts.by_unit[i] for i, first in enumerate(units.firsts) if first in covered)
        assert item.extra["probability"] == round(float(chances[sentence]), 4)
        assert item.extra["contribution"] == pytest.approx(added, abs=1e-3)
        assert item.why


def test_the_lexicons_evidence_is_kept_with_its_neutral_alternatives():
    text = "The spineless council slammed the “experts”. The regime left in a lunatic hurry."
    kept = [item for item in read(text).evidence if item.label != EVALUATIVE]
    wanted = analyze(text, dimensions=["loaded"], resamples=0, model="lexicon").evidence
    assert [(i.start, i.end, i.label, i.weight, i.why, i.extra["neutral"]) for i in kept] == [
        (i.start, i.end, i.label, i.weight, i.why, i.extra["neutral"]) for i in wanted
    ]
    assert all(item.extra["neutral"] for item in kept if item.label != SCARE_QUOTES)


def test_words_of_a_sentence_below_the_threshold_are_no_evidence():
    assert [item for item in read(PLAIN).evidence if item.label == EVALUATIVE] == []
    for item in read(SLANTED).evidence:
        assert item.label != EVALUATIVE or item.extra["probability"] >= linear.THRESHOLD


def test_the_teaching_texts_show_more_in_opinion_than_in_wire(repository: Path):
    def per_1000(kind: str) -> float:
        analyses = [
            read(path.read_text(encoding="utf-8"))
            for path in sorted((repository / "texts").glob(f"*-{kind}.md"))
        ]
        found = sum(item.label == EVALUATIVE for analysis in analyses for item in analysis.evidence)
        return 1000 * found / sum(analysis.document.words for analysis in analyses)

    assert per_1000("wire") <= 2 < per_1000("opinion")


def test_evidence_of_both_kinds_never_overlaps():
    analysis = read(" ".join([SLANTED, *(text for text, _ in UNDERLINED)]))
    for one, other in zip(analysis.evidence, analysis.evidence[1:], strict=False):
        assert one.end <= other.start


def test_labels_add_up_to_the_total():
    scores = [s for s in read(SLANTED).scores if s.measure == "loaded_terms" and s.voice == "all"]
    parts = {score.label: score.value for score in scores if score.label}
    (total,) = [score.value for score in scores if not score.label]
    assert set(parts) == {*labels(), EVALUATIVE} == set(labels("linear"))
    assert parts[EVALUATIVE] > 0
    assert sum(parts.values()) == pytest.approx(total)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_name_changes_nothing(kind):
    """Whoever is named, evidence outside the name has the same words, probability and contribution."""
    expected: dict[str, list[object]] = {}
    for name in all_names(kind):
        for template in TEMPLATES[kind]:
            text = filled(template, name, "the ferryman" if "{1}" in template else name)
            analysis = read(text)
            named = [(mention.start, mention.end) for mention in analysis.mentions]
            found: list[object] = [
                (item.label, text[item.start : item.end], item.weight, *item.extra.values())
                for item in analysis.evidence
                if not any(start <= item.start and item.end <= end for start, end in named)
            ]
            found += linear.sentence_probabilities(analysis.document, analysis.mentions).round(9).tolist()
            assert found == expected.setdefault(template, found), (name, template)


def test_unknown_capitalised_words_are_alike():
    def chances(name: str) -> list[float]:
        document = make_document(f"The council of {name} made a ridiculous offer.")
        return linear.sentence_probabilities(document, ()).tolist()

    assert chances("Vile") == chances("Oberndorf") == chances("Liar")


def test_without_words_there_is_nothing():
    assert read("").evidence == []
    assert linear.sentence_probabilities(make_document(""), ()).shape == (0,)


@given(st.text(alphabet="a “”\"'‘’.\nregimeJAsly-", max_size=80))
def test_any_text_gives_spans_inside_it_in_order(text):
    analysis = read(text)
    spans = [(item.start, item.end) for item in analysis.evidence]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_the_same_text_gives_the_same_evidence():
    assert read(SLANTED).evidence == read(SLANTED).evidence


def test_numbers_and_unknown_words_have_units_of_their_own():
    words = linear.trained().words
    assert words["8,412"] == words[linear.NUMBER]
    assert words["zzqx"] == words[linear.OTHER]
    assert "zzqx" not in words


def test_stored_arrays_are_the_model():
    model = linear.trained()
    again = linear.unpack(pack(model, stored_lexical()))
    document = make_document(SLANTED)
    probabilities = partial(linear.sentence_probabilities, document, ())
    assert probabilities(model).tolist() == probabilities(again).tolist()


def test_weights_are_small_and_the_card_names_its_limits():
    assert (folder("linear", "loaded") / "weights.npz").stat().st_size <= 3_000_000
    card = (folder("linear", "loaded") / "card.md").read_text(encoding="utf-8")
    for needed in ("BABE", "BASIL", "CC BY-NC-SA", "Brier", "What it cannot do"):
        assert needed in card


def test_a_babe_sentence_is_judged_by_its_probability(tmp_path: Path):
    path = tmp_path / "part.csv"
    path.write_text(
        "text;label_bias;biased_words\n"
        "The pompous mayor stupidly closed it.;Biased;['pompous', 'stupidly']\n"
        "The vote was seven to two.;Non-biased;[]\n",
        encoding="utf-8",
    )
    items = TASK.read(path)
    predictions = TASK.predict(items, "linear")
    assert [prediction["biased"] for prediction in predictions] == [True, False]
    document = make_document(items[0].text)
    assert predictions[0]["score"] == round(
        float(linear.sentence_probabilities(document, find_mentions(document)).max()), 6
    )
    assert TASK.metrics(items, predictions)["word_recall"] == 1


def test_the_lexicon_model_judges_as_before():
    document = make_document(SLANTED)
    item = TASK.predict([CodedSentence("one", SLANTED, biased=True, words=())], "lexicon")[0]
    evidence = find_loaded(Markup(document, ()))
    assert item["score"] == round(sum(abs(found.weight) for found in evidence), 6)


@pytest.mark.parametrize("name", ["Smith", "Anne Smith", "Jane Anne Smith", "Jane Anne Mary Smith"])
def test_it_makes_no_difference_how_long_a_name_is(name):
    def chance(name: str) -> float:
        document = make_document(f"The plan of {name} was a disgusting disaster for the town.")
        return float(linear.sentence_probabilities(document, find_mentions(document))[0])

    assert chance(name) == chance("Smith")


@pytest.fixture(scope="module")
def folds(shared: Path):
    sentences = read_babe(shared / "corpora/babe/sg2-train.csv")
    return sentences, cross_validated(sentences, shared / "corpora")


def test_cross_validation_reaches_the_bar(folds, capsys):
    sentences, predictions = folds
    figures = TASK.metrics(sentences, predictions)
    with capsys.disabled():
        print(f"\nloaded, linear, 5 folds: macro F1 {figures['macro_f1']:.3f}, AUC {figures['auc']:.3f}")  # noqa: T201
    assert figures["macro_f1"] >= 0.77
    assert figures["auc"] >= 0.85
    assert f"| macro F1 | {figures['macro_f1']:.3f} |" in (folder("linear", "loaded") / "card.md").read_text()


def test_cross_validated_predictions_have_the_shape_of_any(folds):
    sentences, predictions = folds
    assert [prediction["id"] for prediction in predictions] == [sentence.id for sentence in sentences]
    assert set(predictions[0]) == set(TASK.predict(sentences[:1], "linear")[0])
