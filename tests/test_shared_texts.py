"""What four real articles must show. Their sentences are not ours to print, so only figures and terms stand here."""

from __future__ import annotations

from pathlib import Path

import pytest

from framing import Analysis, analyze, load_corpus


@pytest.fixture(scope="module", params=["lexicon", "encoder"])
def analyses(shared: Path, request: pytest.FixtureRequest) -> dict[str, Analysis]:
    documents, failures = load_corpus(shared / "texts")
    assert failures == []
    return {document.id[:3]: analyze(document, resamples=0, model=request.param) for document in documents}


def value(analysis: Analysis, measure: str, actor: str | None = None, label: str | None = None) -> float:
    return next(
        s.value
        for s in analysis.scores
        if (s.measure, s.actor, s.label, s.voice) == (measure, actor, label, "all")
    )


def test_the_catalogue_beside_them_is_used(analyses: dict[str, Analysis]) -> None:
    assert sorted(analyses) == ["000", "001", "002", "003"]
    assert analyses["001"].article["outlet"] == "Asia Times"
    assert analyses["001"].article["author"] == "Andrew Korybko"


def test_russia_is_portrayed_best_in_001_and_worst_in_002(analyses: dict[str, Analysis]) -> None:
    stance = {id: value(analysis, "mean_polarity", "russia") for id, analysis in analyses.items()}
    assert max(stance, key=stance.__getitem__) == "001"
    assert min(stance, key=stance.__getitem__) == "002"
    assert stance["002"] < 0


def test_001_uses_contested_names_that_have_neutral_alternatives(analyses: dict[str, Analysis]) -> None:
    neutral = {
        analyses["001"].document[item].strip("“”"): item.extra["neutral"]
        for item in analyses["001"].readings["loaded"].evidence
    }
    for term in ("Jolani", "Donroe Doctrine", "New Syria"):
        assert neutral[term]


def test_003_has_the_most_attributed_words_and_named_or_official_sources(
    analyses: dict[str, Analysis],
) -> None:
    words = {id: value(analysis, "attributed_words") for id, analysis in analyses.items()}
    assert max(words, key=words.__getitem__) == "003"
    types = ("named_person", "named_org", "anonymous_official")
    sources = {
        id: sum(item.extra["source_type"] in types for item in analysis.readings["attribution"].evidence)
        for id, analysis in analyses.items()
    }
    assert max(sources, key=sources.__getitem__) == "003"


def test_captions_credits_and_site_furniture_are_not_scored(analyses: dict[str, Analysis]) -> None:
    document = analyses["001"].document
    kinds = [paragraph.kind for paragraph in document.paragraphs]
    assert kinds[0] == "boilerplate"
    assert kinds[-1] == "boilerplate"
    assert document.sentences[0].start > document.paragraphs[0].end
