"""What runs trained weights: files and digests, units blind to names, the classifier, the tagger and its contexts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.actors import find_mentions
from framing.data import DataError
from framing.document import make_document
from framing.models import classifier, tagger, weights
from framing.models.context import bucket, edges, in_quotes, last_at, next_at, paragraph_bounds
from framing.models.tagger import EDGE, Description, Tagger
from framing.models.units import NAME, as_document, blind_words, read_units, units_in

TEXT = (
    "The United States and Turkish President Erdogan met. Russians in Moscow like “The new port”, he said.\n\n"
    "On Tuesday Anna Lind resigned."
)


# Files --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", tmp_path)
    weights.load.cache_clear()
    yield tmp_path / "models" / "linear" / "task"
    weights.load.cache_clear()


def test_weights_are_read_back_once_and_the_same_bytes_are_written(saved):
    arrays = {"a": np.arange(3.0), "words": weights.pack_words(["né", "b c"])}
    weights.save("linear", "task", arrays, "SHA-256 of weights.npz: `{sha256}`")
    first = (saved / "weights.npz").read_bytes()
    weights.save("linear", "task", dict(reversed(arrays.items())), "SHA-256 of weights.npz: `{sha256}`")
    assert (saved / "weights.npz").read_bytes() == first
    loaded = weights.load("linear", "task")
    assert loaded["a"].tolist() == [0.0, 1.0, 2.0]
    assert weights.unpack_words(loaded["words"]) == ["né", "b c"]
    assert weights.load("linear", "task") is loaded


def test_weights_that_are_not_those_of_the_card_are_refused(saved):
    weights.save("linear", "task", {"a": np.arange(3.0)}, "SHA-256 of weights.npz: `{sha256}`")
    (saved / "weights.npz").write_bytes((saved / "weights.npz").read_bytes() + b" ")
    with pytest.raises(
        DataError, match=r"not the file that card\.md beside it describes; install framing again"
    ):
        weights.load("linear", "task")


def test_missing_weights_are_named(saved):
    with pytest.raises(DataError, match=r"weights\.npz: cannot be read"):
        weights.load("linear", "task")


def test_shipped_weights_are_small_plain_and_described():
    files = sorted((weights.PACKAGE / "models" / "linear").glob("*/weights.npz"))
    assert [path.parent.name for path in files] == ["attribution", "hedging", "loaded", "stance"]
    assert sum(path.stat().st_size for path in files) <= 15_000_000
    for path in files:
        assert all(array.dtype != object for array in weights.load("linear", path.parent.name).values())
        card = (path.parent / "card.md").read_text(encoding="utf-8")
        for heading in ("Data", "Features", "How good it is", "What it cannot do"):
            assert f"## {heading}" in card, path


# Units --------------------------------------------------------------------------------------------------------------


def test_mentions_are_units_of_their_kind_with_the_article():
    document = make_document(TEXT)
    units = read_units(document, find_mentions(document))
    assert units.words[:4] == ["<state>", "and", "<leader>", "met"]
    assert units.sentences == [0, 5, 18, 24]
    for first, last, word in zip(units.firsts, units.lasts, units.words, strict=True):
        assert word[0] == "<" or document.tokens[first:last] == (word,)
    assert [*itertools.pairwise([0, *units.lasts])] == [*zip(units.firsts, units.lasts, strict=True)]


def test_other_capitalised_words_are_names_unless_they_begin_as_common_words():
    document = make_document(TEXT)
    words = blind_words(document, read_units(document, find_mentions(document)), {"on", "the"})
    assert words[words.index('"') + 1] == "the"
    assert words[-6:] == ["on", NAME, NAME, NAME, "resigned", "."]


def test_a_document_in_units_keeps_its_offsets():
    document = make_document(TEXT)
    collapsed = as_document(document, read_units(document, find_mentions(document)))
    assert collapsed.tokens[0] == "Xstatex"
    assert collapsed.text[collapsed.starts[0] : collapsed.ends[0]] == "The United States"
    assert collapsed.tokens[collapsed.sentences[1].first] == "Xpeoples"
    assert [(s.start, s.end) for s in collapsed.sentences] == [(s.start, s.end) for s in document.sentences]


@given(st.text(alphabet="ab .“”\n", max_size=60))
def test_any_text_has_units(text):
    document = make_document(text)
    units = read_units(document, find_mentions(document))
    assert units.words == list(document.tokens)
    assert len(units.sentences) == len(document.sentences) + 1


# Contexts -----------------------------------------------------------------------------------------------------------


def test_buckets_grow_with_distance():
    assert bucket(np.arange(30)).tolist() == sorted(bucket(np.arange(30)).tolist())


def test_nearest_flags_stay_within_their_sentence():
    flags = np.array([True, False, False, True, False])
    start, end = np.array([0, 0, 2, 2, 2]), np.array([2, 2, 5, 5, 5])
    assert last_at(flags, start).tolist() == [0, 0, -1, 3, 3]
    assert next_at(flags, end).tolist() == [0, -1, 3, 3, -1]


def test_edges_of_sentences_paragraphs_and_quotations():
    document = make_document(TEXT)
    units = read_units(document, find_mentions(document))
    number, start, end = edges(units.sentences)
    assert number.tolist() == [0] * 5 + [1] * 13 + [2] * 6
    assert (start[6], end[6]) == (5, 18)
    assert paragraph_bounds(document, units) == [0, 18, 24]
    quotes = [range(*units_in(units, document.tokens_in(*quote))) for quote in document.quotes]
    length, begins, ends = in_quotes(quotes, len(units.words))
    assert [units.words[i] for i in np.flatnonzero(length)] == ['"', "the", "new", "port", '"']
    assert begins.sum() == ends.sum() == 1


# Classifier ---------------------------------------------------------------------------------------------------------


def test_a_classifier_sums_the_weights_of_what_it_knows():
    arrays = classifier.pack(
        ["no", "yes"], ["a", "b", "zero"], np.array([[1.0, 0, 0], [0, 2, 0]]), np.array([0.5, 0])
    )
    assert weights.unpack_words(arrays["features"]) == ["a", "b"]
    model = classifier.Classifier(arrays)
    assert model.scores(["a", "b", "unknown"]) == [1.5, 2.0]
    assert model.contribution("b", 1) == 2.0
    assert sum(classifier.softmax(model.scores(["a"]))) == pytest.approx(1)


# Tagger -------------------------------------------------------------------------------------------------------------

LABELS = ("O", "A", "B")


def describe(word: str) -> Description:
    return Description({"word": word}, (len(word),))


def small_tagger(seed: int) -> Tagger:
    random = np.random.default_rng(seed)
    states = {
        (f"word@{offset}={word}", label): float(random.normal())
        for word in ("x", "y", EDGE)
        for offset in (-1, 0, 1)
        for label in LABELS
    } | {(f"size={number}", label): float(random.normal()) for number in (0, 1) for label in LABELS}
    transitions = {(one, other): float(random.normal()) for one in LABELS for other in LABELS}
    arrays = tagger.pack(LABELS, transitions, states, (-1, 0, 1), {"size": 2})
    return Tagger(arrays, describe, (-1, 0, 1))


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 1000))
def test_decoding_finds_the_best_of_all_sequences(lengths, seed):
    model = small_tagger(seed)
    random = np.random.default_rng(seed)
    bounds = [0, *np.cumsum(lengths).tolist()]
    types = random.choice(["x", "y", "unknown"], size=bounds[-1]).tolist()
    contexts = {"size": random.integers(0, 2, size=bounds[-1])}
    emissions = model.emissions(model.types.ids(types), bounds, contexts)
    found = model.decode(emissions, bounds)
    for first, last in itertools.pairwise(bounds):

        def score(path, first=first):
            steps = sum(emissions[first + i, label] for i, label in enumerate(path))
            return steps + sum(model._transitions[one, other] for one, other in itertools.pairwise(path))

        best = max(itertools.product(range(3), repeat=last - first), key=score)
        assert score(tuple(found[first:last])) == pytest.approx(score(best), abs=1e-4)


def test_contributions_sum_to_the_score():
    model = small_tagger(1)
    types, bounds, contexts = ["x", "y", "x"], [0, 1, 3], {"size": np.array([0, 1, 1])}
    emissions = model.emissions(model.types.ids(types), bounds, contexts)
    for unit, (column, label) in itertools.product(range(3), enumerate(LABELS)):
        parts = model.explain(types, bounds, contexts, unit, label)
        assert sum(value for _, value in parts) == pytest.approx(float(emissions[unit, column]), abs=1e-4)


def test_sequences_do_not_see_each_other():
    model = small_tagger(2)
    contexts = {"size": np.array([0, 0, 0, 0])}
    together = model.emissions(model.types.ids(["x", "y", "y", "x"]), [0, 2, 4], contexts)
    alone = model.emissions(model.types.ids(["x", "y"]), [0, 2], {"size": np.array([0, 0])})
    assert together[:2].tolist() == alone.tolist()


def test_types_are_looked_up_once_and_forgotten_between_documents(monkeypatch):
    monkeypatch.setattr(tagger, "_MOST_TYPES", 3)
    seen = []

    def watched(word):
        seen.append(word)
        return describe(word)

    types = tagger.Types(watched)
    assert types.ids(["a", "b", "a"]).tolist() == [0, 1, 0]
    ids = types.ids(["c", "d", "e"])
    assert types.traits[ids].tolist() == [[1], [1], [1]]
    assert seen == ["a", "b", "c", "d", "e"]
    types.trim()
    assert types.ids(["e"]).tolist() == [0]
    assert types.scores.shape[1] == 1


def test_a_tagger_that_forgets_tags_as_before(monkeypatch):
    from framing.analysis import analyze

    texts = [f"Anna Lind said the {word} may close." for word in ("port", "quay", "mole", "dock")]
    before = [analyze(text, model="linear", resamples=0).evidence for text in texts]
    monkeypatch.setattr(tagger, "_MOST_TYPES", 5)
    assert [analyze(text, model="linear", resamples=0).evidence for text in texts] == before
