"""Every score can be recomputed from the listed evidence and the document alone, with none of the totals behind it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from framing import Analysis, Score, analyze, load_actors, read
from framing.analysis import LEAST_SENTENCES, Evidence, Ratio, bearing
from framing.data import folder
from framing.dimensions.attribution import source_key
from framing.dimensions.readability import COUNTS, FORMULAS
from framing.voice import VOICES, Voices

TEXTS = sorted(path for path in folder("texts").glob("*.md") if path.stem != "README")
WHOLES = {actor.id: actor.part_of for actor in load_actors()}


class Facts:
    """What a reader has: the words of the document, each with its voice, and the evidence."""

    def __init__(self, analysis: Analysis) -> None:
        document = self.document = analysis.document
        self.attributions = analysis.readings["attribution"].evidence
        self.voices = Voices(document, self.attributions)
        self.of = {name: reading.evidence for name, reading in analysis.readings.items()}
        spoken = [
            (self.voices.of_token(token).name, document.sentence_of(token))
            for token, is_word in enumerate(document.is_word)
            if is_word
        ]
        self.words = Counter(voice for voice, _ in spoken) + Counter(all=len(spoken))
        self.sentences = Counter(voice for voice, _ in set(spoken))
        self.sentences["all"] = len({sentence for _, sentence in spoken})

    def items(self, score: Score) -> list[Evidence]:
        return [item for item in self.of[score.dimension] if score.voice in ("all", item.voice)]

    def touched(self, items: list[Evidence]) -> int:
        return len({self.document.sentence_at(item.start) for item in items})


def per(scale: float, count: float, base: float) -> float:
    return scale * count / base if base else math.nan


def labelled(items: list[Evidence], score: Score) -> list[Evidence]:
    return [item for item in items if score.label in (None, item.label)]


def hedges(facts: Facts, score: Score) -> list[Evidence]:
    return [item for item in labelled(facts.items(score), score) if item.label != "booster"]


def mean_weight(items: list[Evidence]) -> float:
    return per(1, math.fsum(item.weight for item in items), len(items))


def about(facts: Facts, score: Score) -> list[Evidence]:
    return [item for item in facts.items(score) if item.actor == score.actor]


def share_of(field: str) -> Callable[[Facts, Score], float]:
    def share(facts: Facts, score: Score) -> float:
        items = facts.items(score)
        return per(1, sum(item.extra[field] == score.label for item in items), len(items))

    return share


def source_actor_share(facts: Facts, score: Score) -> float:
    def chain(actor: str | None) -> list[str]:
        return [] if actor is None else [actor, *chain(WHOLES[actor])]

    items = facts.items(score)
    return per(1, sum(score.actor in chain(item.source_actor) for item in items), len(items))


def effective_sources(facts: Facts, score: Score) -> float:
    words = Counter()
    for token, is_word in enumerate(facts.document.is_word):
        number = facts.voices.of_token(token).attribution
        if is_word and number is not None:
            words[source_key(facts.document, facts.attributions[number])] += 1
    del words[None]
    total = sum(words.values())
    return 1 / sum((count / total) ** 2 for count in words.values()) if total else math.nan


def readability(facts: Facts, score: Score) -> float:
    rows = [item for item in facts.items(score) if item.label == "sentence"]
    sums = [sum(item.extra[name] for item in rows) for name in COUNTS]
    return float(FORMULAS[score.measure][1](np.array(sums, dtype=float)))


RULES: dict[str, dict[str, Callable[[Facts, Score], float]]] = {
    "attribution": {
        "attributed_words": lambda facts, score: per(1, facts.words["attributed"], facts.words["all"]),
        "attributions": lambda facts, score: per(1000, len(facts.items(score)), facts.words["all"]),
        "source_type_share": share_of("source_type"),
        "verb_class_share": share_of("verb_class"),
        "form_share": share_of("form"),
        "source_actor_share": source_actor_share,
        "effective_sources": effective_sources,
    },
    "frames": {
        "share": lambda facts, score: per(
            1, facts.touched(labelled(facts.items(score), score)), facts.sentences[score.voice]
        )
    },
    "hedging": {
        "hedged_sentences": lambda facts, score: per(
            100, facts.touched(hedges(facts, score)), facts.sentences[score.voice]
        ),
        "hedge_cues": lambda facts, score: per(1000, len(hedges(facts, score)), facts.words[score.voice]),
        "boosters": lambda facts, score: per(
            1000, sum(item.label == "booster" for item in facts.items(score)), facts.words[score.voice]
        ),
    },
    "loaded": {
        "loaded_terms": lambda facts, score: per(
            1000, len(labelled(facts.items(score), score)), facts.words[score.voice]
        ),
        "loaded_sentences": lambda facts, score: per(
            100, facts.touched(facts.items(score)), facts.sentences[score.voice]
        ),
    },
    "readability": dict.fromkeys(FORMULAS, readability),
    "stance": {
        "mean_polarity": lambda facts, score: mean_weight(about(facts, score)),
        "mentions": lambda facts, score: per(
            1000,
            sum(len(item.extra["mentions"]) for item in about(facts, score)),
            facts.words[score.voice],
        ),
    },
    "tone": {"mean_compound": lambda facts, score: mean_weight(facts.items(score))},
}


@pytest.fixture(scope="module", params=TEXTS, ids=lambda path: path.stem)
def analysis(request) -> Analysis:
    return analyze(read(request.param), resamples=50, model="lexicon")


def test_there_are_texts_to_recompute():
    assert len(TEXTS) == 8


@pytest.mark.parametrize("dimension", RULES)
def test_every_value_follows_from_evidence_and_document(analysis, dimension):
    facts = Facts(analysis)
    scores = analysis.readings[dimension].scores
    recomputed = {score.key: RULES[dimension][score.measure](facts, score) for score in scores}
    assert {score.key: score.value for score in scores} == pytest.approx(recomputed, nan_ok=True)
    assert not all(math.isnan(value) for value in recomputed.values())


def test_every_score_keeps_the_promises_of_scores(analysis):
    for score in analysis.scores:
        assert score.voice in (*VOICES, "all")
        assert (score.n == 0) <= math.isnan(score.value), score.key
        if isinstance(score.formula, Ratio):
            above, below = score.totals.sum(axis=0)
            assert score.value == pytest.approx(per(score.formula.scale, above, below), nan_ok=True)
            assert score.n == below, f"{score.key}: n is not what the value is a share of"
        enough = score.exchangeable and bearing(score.totals) >= LEAST_SENTENCES
        assert enough or math.isnan(score.low)
        assert math.isnan(score.low) or score.low <= score.high


def test_voices_share_out_what_all_have(analysis):
    """The additive totals of the three voices make those of all."""
    by_key = {score.key: score for score in analysis.scores}
    for score in analysis.scores:
        parts = [by_key.get((*score.key[:-1], voice)) for voice in VOICES]
        if score.voice == "all" and any(parts) and "sentences" not in score.unit:
            sums = sum(part.totals.sum(axis=0) for part in parts if part is not None)
            lacking = [part is None for part in parts]
            assert sums[0] == pytest.approx(score.totals.sum(axis=0)[0])
            assert any(lacking) or sums == pytest.approx(score.totals.sum(axis=0))
