"""Fit the linear model of hedging on the Szeged Uncertainty Corpus, and write its weights and card.

Run `python -m framing.training.fit_hedging ../shared/corpora` in the repository; it takes about a minute.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from framing.actors import Mention, find_mentions
from framing.document import Document, make_document
from framing.linear.hedging import LABELS, candidates, features, find_with, read_input, unpack
from framing.models.classifier import pack
from framing.models.units import common_words
from framing.models.weights import Weights, pack_words, save
from framing.training import hedging
from framing.training.card import card, figures_table
from framing.training.hedging import MarkedSentence
from framing.training.validate import compare_items

FOLDS = 5
SEED = 0
C = 0.1  # inverse strength of the penalty, the best of 0.05 .. 1 by cross-validation on the news part
# Taken from the score of "no hedge": in news people marked more than in the encyclopaedia that most examples come from.
READINESS = 1.3
LEAST_FEATURE = 2  # examples that have a feature
LEAST_MARKED = 2  # times coders marked a word that the lexicon lacks
_NEVER = frozenset(
    "to of the a an that as it in on no not is was be been are were and or by with have has had there".split()
)


class Prepared(NamedTuple):
    """A sentence of the corpus, segmented, with the coded label of each token."""

    sentence: MarkedSentence
    document: Document
    mentions: tuple[Mention, ...]
    labels: list[int]


def prepare(sentence: MarkedSentence) -> Prepared:
    """Segment a sentence and label its tokens."""
    document = make_document(sentence.text, id=sentence.id)
    labels = [0] * len(document.tokens)
    for cue in sentence.cues:
        for token in document.tokens_in(cue.start, cue.end):
            labels[token] = LABELS.index(cue.label)
    return Prepared(sentence, document, find_mentions(document), labels)


def train(prepared: Sequence[Prepared]) -> Weights:
    """The weights for marked sentences: multinomial logistic regression over the candidates in them."""
    common = common_words(each.document for each in prepared)
    marked = Counter(
        token
        for each in prepared
        for token, label in zip(each.document.tokens, each.labels, strict=True)
        if label
    )
    possible = (
        frozenset(token for token, count in marked.items() if count >= LEAST_MARKED and token[0].isalpha())
        - _NEVER
    )
    rows: list[list[str]] = []
    truth: list[int] = []
    for each in prepared:
        given = read_input(each.document, each.mentions, common)
        found = candidates(given, possible)
        rows += features(given, found)
        for candidate in found:
            tokens = range(given.units.firsts[candidate.first], given.units.lasts[candidate.last - 1])
            truth.append(next((each.labels[token] for token in tokens if each.labels[token]), 0))
    counts = Counter(feature for row in rows for feature in row)
    kept = sorted(feature for feature, count in counts.items() if count >= LEAST_FEATURE)
    fitted = LogisticRegression(C=C, max_iter=300).fit(_matrix(rows, kept), truth)
    bias = fitted.intercept_.copy()
    bias[0] -= READINESS
    arrays = pack(LABELS, kept, fitted.coef_, bias)
    return arrays | {"possible": pack_words(sorted(possible)), "common": pack_words(sorted(common))}


def _matrix(rows: Sequence[Sequence[str]], kept: Sequence[str]) -> csr_matrix:
    column = {feature: index for index, feature in enumerate(kept)}
    indices = [[column[feature] for feature in row if feature in column] for row in rows]
    ends = np.cumsum([0, *map(len, indices)])
    columns = np.concatenate([np.array(row, dtype=np.int32) for row in indices])
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(kept)))


def cross_validated(sentences: Sequence[MarkedSentence], corpora: Path) -> list[dict[str, Any]]:
    """Predictions for each sentence by a model trained on the encyclopaedia and on the documents of the other folds."""
    wiki = list(map(prepare, hedging.read(corpora / "szeged" / "wiki.xml")))
    news = list(map(prepare, sentences))
    documents = sorted({sentence.document for sentence in sentences})
    order = np.random.default_rng(SEED).permutation(len(documents))
    fold = {documents[number]: place % FOLDS for place, number in enumerate(order)}
    predictions: dict[str, dict[str, Any]] = {}
    for held_out in range(FOLDS):
        others = [each for each in news if fold[each.sentence.document] != held_out]
        theirs = [sentence for sentence in sentences if fold[sentence.document] == held_out]
        model = unpack(train([*wiki, *others]))
        predictions |= {row["id"]: row for row in hedging.predict_with(theirs, partial(find_with, model))}
    return [predictions[sentence.id] for sentence in sentences]


def main() -> None:
    """Train on the encyclopaedia and the published half of the news part; write weights and card."""
    corpora = Path(sys.argv[1])
    news = hedging.read(corpora / "szeged" / "factbank-dev.xml")
    wiki = hedging.read(corpora / "szeged" / "wiki.xml")
    crossed = compare_items(hedging.TASK, news, cross_validated(news, corpora), "linear", "factbank-dev.xml")
    arrays = train(list(map(prepare, [*wiki, *news])))
    sections = {
        "Data": f"""
The Szeged Uncertainty Corpus (Szarvas, Vincze, Farkas, Móra & Gurevych 2012), for research use: {len(wiki):,} sentences of its
encyclopaedia and {len(news):,} of its news part (half of it; the other half was not at hand). People marked the cues. Probable and
possible became epistemic, investigation became condition. Weights are shipped, no text.""",
        "Features": """
Candidates are what the lexicon lists and words marked twice or more. Of each: the word or phrase, what the lexicon and its rules
say, the two neighbours on each side and their endings, some telling words within six words and in the sentence (if, would, that,
not ...). Names are never features: actors are placeholders by kind, other capitalised words one placeholder.""",
        "Settings": f"""
Multinomial logistic regression (scikit-learn), C = {C}, features in {LEAST_FEATURE} examples or more, {READINESS} taken from the
score of "no hedge"; both chosen by cross-validation on the news part. No random numbers but the folds: seed {SEED}.""",
        "How good it is": figures_table(
            [
                (
                    f"news part, {FOLDS}-fold cross-validation by document, the encyclopaedia always in training",
                    crossed,
                    ("cue_f1", "cue_precision", "cue_recall", "sentence_f1"),
                )
            ]
        ),
        "What it cannot do": """
It decides on epistemic, doxastic and condition only; approximators, hearsay, weasels and boosters are the lexicon's, and the lexicon
was written after looking at this corpus. What people mark differs: the encyclopaedia's coders marked fewer words. It reads
words and neighbours, not syntax: what a hedge weakens is taken to be its clause. English news and encyclopaedia only.""",
    }
    save("linear", "hedging", arrays, card("Hedging, linear model", arrays, sections))


if __name__ == "__main__":
    main()
