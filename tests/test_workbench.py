"""The lexicon workbench: hits in context and counted, samples judged, terms suggested, changes measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder
from scipy.stats import binomtest, spearmanr

from framing import Document, Entry, Lexicon, analyze, load_lexicon, make_document
from framing.data import DataError
from framing.lexicon import lexicons_digest, replacing
from framing.lint import lint
from framing.workbench import (
    concordance,
    count,
    effect,
    new_lexicon,
    precision,
    read_judged,
    sample,
    suggest,
    write_sample,
)
from framing.workbench.hits import COUNTS
from framing.workbench.judging import REST, wilson

HEADER = {"categories": "harsh = harsher than the fact needs; praise = praise"}


def own(*entries: Entry) -> Lexicon:
    return Lexicon("own", entries, HEADER)


HARSH = own(
    Entry("brutal", "harsh", forms="brutally"),
    Entry("vicious", "harsh", line=1),
    Entry("splendid", "praise", line=2),
    Entry("superb", "praise", line=3),
)
ARTICLES = [
    make_document(
        "A brutal night\n\nThe raid was brutal and brief, witnesses told reporters. “It was a vicious and brutal attack on us "
        "all,” the mayor said. The harbour burned.\n\nA splendid view of the bay opened.",
        "raid",
    ),
    make_document("The fair opened. The weather was mild, and the crowd was calm.", "fair"),
]


# A new lexicon


def test_a_new_lexicon_is_valid_and_clean(tmp_path: Path) -> None:
    lexicon = new_lexicon(tmp_path / "own.tsv", date="2026-11-27")
    assert lint(lexicon) == []
    assert lexicon.header["date"] == "2026-11-27"
    assert [entry.term for entry in lexicon.entries] == ["outrageous", "slam"]
    assert lexicon.match(make_document("He slammed it.")) != []


def test_a_new_lexicon_begins_with_the_terms_given(tmp_path: Path) -> None:
    lexicon = new_lexicon(
        tmp_path / "own.tsv",
        categories={"harsh words": "harsher; than needed", "praise": ""},
        terms=["brutal", "gut reaction=praise"],
    )
    assert lexicon.categories == {"harsh_words": "harsher, than needed", "praise": "to fill in"}
    assert [(e.term, e.category) for e in lexicon.entries] == [
        ("brutal", "harsh_words"),
        ("gut reaction", "praise"),
    ]


@pytest.mark.parametrize(
    ("name", "terms", "problem"),
    [
        ("own.txt", (), r"ends in \.tsv"),
        ("hedging.tsv", (), "name of a shipped lexicon"),
        ("own.tsv", ("fine=prais",), "no category 'prais'"),
        ("there.tsv", (), "exists already"),
    ],
)
def test_nothing_is_overwritten_and_slips_are_told(
    tmp_path: Path, name: str, terms: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "there.tsv").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        new_lexicon(tmp_path / name, terms=terms)
    assert (tmp_path / "there.tsv").read_text() == "mine"


# Hits


def test_hits_stand_in_their_context_with_their_voice() -> None:
    hits = concordance(HARSH, ARTICLES, context=3)
    assert hits[["article", "sentence", "hit", "voice", "quoted"]].to_numpy().tolist() == [
        ["raid", 1, "brutal", "headline", False],
        ["raid", 2, "brutal", "attributed", False],
        ["raid", 3, "vicious", "attributed", True],
        ["raid", 3, "brutal", "attributed", True],
        ["raid", 5, "splendid", "author", False],
    ]
    second = hits.iloc[2]
    assert (second.before, second.after) == ("“It was a", "and brutal attack")
    assert all(ARTICLES[0].text[row.start : row.end] == row.hit for row in hits.itertuples())


def test_context_stays_in_its_paragraph_and_keeps_marks_that_touch() -> None:
    hits = concordance(own(Entry("burned", "harsh"), Entry("splendid", "praise")), ARTICLES, context=2)
    assert hits[["before", "hit", "after"]].to_numpy().tolist() == [
        ["The harbour", "burned", "."],
        ["A", "splendid", "view of"],
    ]


@pytest.mark.parametrize("by", COUNTS)
def test_every_way_of_counting_adds_up_to_the_hits(by: str) -> None:
    frame = count(HARSH, ARTICLES, by=by)
    hits = frame[frame.voice != "all"].hits if by == "voice" else frame.hits
    assert hits.sum() == len(concordance(HARSH, ARTICLES)) == 5


def test_counts_say_how_often_where_and_in_whose_words() -> None:
    entries = count(HARSH, ARTICLES).set_index("term")
    words = sum(document.words for document in ARTICLES)
    brutal = entries.loc["brutal"]
    assert (brutal.hits, brutal.articles, brutal.attributed, brutal.headline, brutal.quoted) == (
        3,
        1,
        2,
        1,
        1,
    )
    assert brutal.per_1000 == pytest.approx(3000 / words)
    assert entries.loc["superb"].hits == 0
    assert np.isnan(entries.loc["superb"].dispersion)
    shares = [document.words / words for document in ARTICLES]
    assert brutal.dispersion == pytest.approx((1 - shares[0]) / (1 - min(shares)))
    voices = count(HARSH, ARTICLES, by="voice").set_index("voice")
    assert voices.loc["all"].words == words
    assert count(HARSH, ARTICLES, by="category").found.tolist() == [2, 1]
    assert count(HARSH, ARTICLES, by="article").hits.tolist() == [5, 0]


def test_a_list_that_never_hits_has_counts_too() -> None:
    silent = own(Entry("nowhere", "harsh"))
    assert concordance(silent, ARTICLES).empty
    for by in COUNTS:
        assert count(silent, ARTICLES, by=by).hits.sum() == 0
    with pytest.raises(ValueError, match="not counted by 'word'; choose from all, category"):
        count(silent, ARTICLES, by="word")


def test_an_analysis_keeps_its_own_voices() -> None:
    analysis = analyze(ARTICLES[0], model="linear", dimensions=["attribution"], resamples=0)
    assert len(concordance(HARSH, [analysis])) == 5
    without = analyze(ARTICLES[0], model="lexicon", dimensions=["hedging"], resamples=0)
    with pytest.raises(ValueError, match="analysed without attribution"):
        concordance(HARSH, [without])


# Samples and precision


def made_hits(sizes: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Hits of terms of categories, so many each."""
    rows = [
        (f"a{n % 7}", 1, n, n + 1, "before", term, "after", term, category, 0, "author", False)
        for (category, term), size in sizes.items()
        for n in range(size)
    ]
    return pd.DataFrame(rows, columns=list(concordance(HARSH, []).columns))


HITS = made_hits({("x", "much"): 400, ("x", "some"): 50, **{("y", f"rare{n}"): 2 for n in range(25)}})


def test_a_sample_is_seeded_and_covers_rare_entries() -> None:
    rows = sample(HITS, 40, seed=1)
    assert len(rows) == 40
    assert rows.equals(sample(HITS, 40, seed=1))
    assert not rows.equals(sample(HITS, 40, seed=2))
    drawn = rows.stratum.value_counts()
    assert set(drawn.index) == {"x: much", "x: some", f"y: {REST}"}
    assert drawn["x: some"] >= 40 * 50 / 500  # more than its share
    assert rows.drop_duplicates("stratum").of.sum() == len(HITS)
    assert not rows.duplicated(["term", "article", "start"]).any()


@pytest.mark.parametrize("size", [1, 2, 3, 26, 499, 500, 900])
def test_a_sample_has_as_many_rows_as_asked_for_or_all(size: int) -> None:
    rows = sample(HITS, size)
    assert len(rows) == min(size, len(HITS))
    assert rows.drop_duplicates("stratum").of.sum() == len(HITS)
    with pytest.raises(ValueError, match="one hit or more"):
        sample(HITS, 0)


def test_the_weighted_precision_is_that_of_all_hits_on_average() -> None:
    """`much` is always right, all others always wrong: 400 of 500 hits are right, whatever the sample's shares."""
    rows = sample(HITS, 40)
    judged = rows.assign(right=(rows.term == "much").astype(float))
    table = precision(judged)
    assert table.precision.iloc[0] == pytest.approx(400 / 500)
    assert table.hits.iloc[0] == 500
    plain = judged.right.mean()
    assert plain < 0.7  # an unweighted mean would mislead
    assert table[table.level == "category"].precision.tolist() == pytest.approx([400 / 450, 0])


def test_intervals_equal_those_of_scipy() -> None:
    for right, n in ((0, 5), (3, 4), (17, 30), (30, 30)):
        theirs = binomtest(right, n).proportion_ci(method="wilson")
        assert wilson(right / n, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert np.isnan(wilson(np.nan, 0)).all()


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Over 150 samples of hits of which those of each entry are right as often as it happens to be."""
    random = np.random.default_rng(0)
    hits = made_hits({("x", "much"): 200, ("x", "some"): 40, **{("y", f"rare{n}"): 3 for n in range(6)}})
    chance = {term: random.uniform(0.3, 1) for term in sorted(set(hits.term))}
    hits["truth"] = (random.random(len(hits)) < hits.term.map(chance)).astype(float)
    answers = hits.set_index(["term", "article", "start"]).truth
    held = 0
    for seed in range(150):
        rows = sample(hits, 50, seed=seed)
        keys = list(zip(rows.term, rows.article, rows.start, strict=True))
        whole = precision(rows.assign(right=answers.loc[keys].to_numpy())).iloc[0]
        held += whole.low <= hits.truth.mean() <= whole.high
    assert held / 150 >= 0.94


def test_a_judged_sample_is_read_back_and_bad_rows_are_named(tmp_path: Path) -> None:
    rows = sample(made_hits({("x", "=much"): 8}), 8)
    text = write_sample(rows)
    assert "'=much" in text
    lines = text.splitlines()
    answers = ["y", "N", "yes", "", "?", "perhaps", "1", "0"]
    filled = [lines[0]] + [
        line.replace(",x,,,", f",x,{answer},fine,") for line, answer in zip(lines[1:], answers, strict=True)
    ]
    filled += [filled[1], filled[7].replace(",8", ",many").replace("a6", "b"), '"open']
    path = tmp_path / "judged.csv"
    path.write_text("\n".join(filled) + "\n", encoding="utf-8")
    judged, failures = read_judged(path)
    assert judged.right.tolist() == [1, 0, 1, 1, 0]
    assert set(judged.term) == {"=much"}
    assert [(failure.line, failure.problem.partition(" (")[0]) for failure in failures] == [
        (7, "'perhaps' in the column right is neither y nor n"),
        (10, "is the same hit as line 2"),
        (11, "'many' in the column of is no number of hits"),
        (12, "a quotation mark is not closed, or one inside a field is not doubled"),
    ]
    assert precision(judged).precision.iloc[0] == pytest.approx(0.6)


def test_a_file_that_is_no_sample_is_refused_and_an_empty_one_gives_nan(tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text("term,right\nx,y\n", encoding="utf-8")
    with pytest.raises(
        DataError, match="lacks the column category, stratum, of; judge the file that --sample wrote"
    ):
        read_judged(path)
    path.write_text(write_sample(sample(HITS, 3)), encoding="utf-8")
    judged, failures = read_judged(path)
    assert (judged.empty, failures) == (True, [])
    table = precision(judged)
    assert table.judged.tolist() == [0]
    assert np.isnan(table.precision.iloc[0])


# Suggestions

STORM = " ".join(
    f"The {word} storm hit the {place}. Rain fell on the {place} all day."
    for word, place in zip(
        ["brutal"] * 3 + ["brutal, savage"] * 4, "harbour pier market dam road park wall".split(), strict=True
    )
)


def test_words_of_sentences_with_hits_are_suggested() -> None:
    rows = suggest(HARSH, [make_document(STORM, "storm")])
    by_method = {method: own.term.tolist() for method, own in rows.groupby("method")}
    assert by_method["log-odds"][:2] == ["storm", "storm hit"] or "savage" in by_method["log-odds"]
    assert "brutal storm" in by_method["collocation"]
    assert "rain" not in rows.term.tolist()
    phrase = rows[rows.term == "brutal storm"].iloc[0]
    assert (phrase["count"], phrase.near, phrase.article, phrase.sentence) == (3, "brutal", "storm", 1)


def test_the_score_of_a_pair_is_that_of_nltk() -> None:
    document = make_document(
        "the brutal storm came over us and a brutal storm went while the storm slept", "one"
    )
    rows = suggest(HARSH, [document])
    finder = BigramCollocationFinder.from_words(list(document.tokens))
    theirs = finder.score_ngram(BigramAssocMeasures.likelihood_ratio, "brutal", "storm")
    ours = rows[(rows.method == "collocation") & (rows.term == "brutal storm")].score
    assert ours.iloc[0] == pytest.approx(theirs)


def test_nothing_listed_and_no_name_is_suggested() -> None:
    text = " ".join(
        f"Putin brutally told Ankara and Marlow so: a vicious plot of {name} is brutal."
        for name in ["Kallas"] * 6
    )
    lexicon = own(
        Entry("brutal", "harsh", forms="brutally"), Entry("vicious", "harsh"), Entry("plot", "harsh")
    )
    documents = [make_document(text.replace("is brutal", f"is brutal on day {n}"), f"a{n}") for n in range(3)]
    rows = suggest(lexicon, documents)
    words = {word for term in rows.term for word in term.split()}
    assert words.isdisjoint({"putin", "ankara", "marlow", "kallas", "plots"})
    assert not set(rows.term) & {"brutal", "brutally", "vicious", "plot"}


def test_a_sentence_that_comes_again_is_read_once() -> None:
    notice = make_document("The brutal storm hit the town.", "one")
    again = make_document("The brutal storm hit the town.", "two")
    assert suggest(HARSH, [notice, again]).empty


def test_a_corpus_can_be_set_against_another() -> None:
    here = make_document("The envoy haggled. They haggled over gas. All haggled.", "here")
    there = make_document("The envoy talked. They talked over gas. All talked.", "there")
    assert suggest(HARSH, [here], against=[there]).term.tolist() == ["haggled"]
    assert suggest(HARSH, [here]).empty


def test_neighbours_are_words_whose_vector_is_near_that_of_a_term() -> None:
    table = {"brutal": [1, 0, 0], "vicious": [0, 1, 0], "splendid": [0, 0, 1], "superb": [0, 0, 1]}
    table |= {"savage": [1, 0.1, 0]}

    def vectors(words: list[str]) -> np.ndarray:
        return np.array([table.get(word, [0, 0, 0]) for word in words], dtype=float)

    rows = suggest(HARSH, [make_document(STORM, "storm")], vectors=vectors)
    near = rows[rows.method == "neighbour"]
    assert near[["term", "near", "measure"]].to_numpy().tolist() == [["savage", "brutal", "cosine"]]
    praise = suggest(HARSH, [make_document(STORM, "storm")], vectors=vectors, category="praise")
    assert "savage" not in set(praise[praise.method == "neighbour"].term)


def test_the_encoder_finds_words_of_near_meaning() -> None:
    from framing.encoder.vectors import sentence_vectors

    document = make_document(
        "The savage storm hit the quiet town. Boats lay on the shore. Bread was sold at noon, and cruel jokes were told.",
        "one",
    )
    rows = suggest(HARSH, [document], vectors=sentence_vectors)
    assert rows.term.tolist()[:1] in (["savage"], ["cruel"])


def test_suggestions_need_articles_and_a_known_category() -> None:
    with pytest.raises(ValueError, match="no article"):
        suggest(HARSH, [])
    with pytest.raises(ValueError, match="unknown category 'prais'; choose from harsh, praise"):
        suggest(HARSH, ARTICLES, category="prais")


# Effect


def corpus() -> list[Document]:
    words = [
        "mild",
        "brutal",
        "brutal savage",
        "savage savage",
        "brutal brutal brutal",
        "calm",
        "savage calm savage",
    ]
    return [
        make_document(f"The {word} storm hit the town at noon. It was calm.", f"a{n}")
        for n, word in enumerate(words)
    ]


def test_a_change_is_measured_in_hits_rates_and_order() -> None:
    new = own(*HARSH.entries, Entry("savage", "harsh"))
    result = effect(HARSH, new, corpus())
    assert result.entries[["term", "old", "new", "gained", "lost", "change"]].to_numpy().tolist() == [
        ["savage", 0, 5, 5, 0, "added"]
    ]
    row = result.measures.iloc[0]
    articles = result.articles
    assert row.articles == 7
    assert row.difference == pytest.approx(articles.difference.mean())
    assert row.low < row.difference < row.high
    assert row.rank_correlation == pytest.approx(spearmanr(articles.old, articles.new).statistic)
    assert row.rank_low <= row.rank_correlation <= row.rank_high
    pairs = [(a, b) for a in range(7) for b in range(a)]
    turned = [
        (a, b) for a, b in pairs
        if (articles.old[a] - articles.old[b]) * (articles.new[a] - articles.new[b]) < 0
    ]  # fmt: skip
    assert (row.swapped, row.pairs, row.moved) == (
        len(turned),
        21,
        len({at for pair in turned for at in pair}),
    )
    again = effect(HARSH, new, corpus())
    assert again.measures.equals(result.measures)


def test_no_change_is_no_change() -> None:
    result = effect(HARSH, HARSH, corpus())
    row = result.measures.iloc[0]
    assert result.entries.empty
    assert (row.difference, row.low, row.high, row.swapped, row.moved) == (0, 0, 0, 0, 0)
    assert row.rank_correlation == pytest.approx(1)


def test_too_few_articles_have_no_interval() -> None:
    result = effect(HARSH, own(Entry("calm", "praise")), corpus()[:2])
    row = result.measures.iloc[0]
    assert np.isnan([row.low, row.high, row.rank_correlation]).all()
    assert "Intervals need 5 articles or more." in result.notes
    with pytest.raises(ValueError, match="no article"):
        effect(HARSH, HARSH, [])


def test_the_scores_of_a_dimension_follow_a_change_of_its_lexicon() -> None:
    shipped = load_lexicon("hedging")
    less = Lexicon("mine", [e for e in shipped.entries if e.term != "may"], shipped.header)
    documents = [
        make_document(f"It may rain in {n} towns. Perhaps it will snow. The sun rose.", f"a{n}")
        for n in range(5)
    ]
    before = lexicons_digest()
    result = effect(shipped, less, documents)
    measures = result.measures[result.measures.label == ""].set_index(["measure", "unit"])
    hedges = (
        measures.loc[("hedges", "per 1,000 words")]
        if ("hedges", "per 1,000 words") in measures.index
        else None
    )
    changed = result.measures[(result.measures.measure != "hits") & (result.measures.difference < 0)]
    assert hedges is None or hedges.difference < 0
    assert not changed.empty
    assert "fitted anew" in result.notes[0]
    assert load_lexicon("hedging") is shipped
    assert lexicons_digest() == before


def test_both_may_stand_in_for_a_shipped_lexicon() -> None:
    shipped = load_lexicon("loaded")
    other = Lexicon("other", [*shipped.entries, Entry("storm", "metaphor")], shipped.header)
    result = effect(Lexicon("mine", shipped.entries, shipped.header), other, corpus(), instead_of="loaded")
    rates = result.measures[(result.measures.measure == "loaded_terms") & (result.measures.label == "")]
    assert rates.difference.iloc[0] > 0


def test_a_lexicon_that_cannot_stand_in_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'actors' is read by several dimensions or none; choose from contested"
    ):
        effect(HARSH, HARSH, corpus(), instead_of="actors")
    with pytest.raises(ValueError, match=r"lacks the column .*turn.*, which 'stance' has"):
        effect(load_lexicon("stance"), HARSH, corpus())
    result = effect(load_lexicon("places"), HARSH, corpus())
    assert "only its hits are compared" in result.notes[0]


# Standing in for a shipped lexicon


def test_a_stand_in_is_seen_inside_its_with_alone() -> None:
    shipped = load_lexicon("loaded")
    stand_in = Lexicon("mine", [Entry("storm", "weather")], {"categories": "weather = weather"})
    document = make_document("The storm was brutal, and the regime fell.", "one")
    plain = analyze(document, model="lexicon", dimensions=["loaded"], resamples=0)
    with replacing("loaded", stand_in):
        assert load_lexicon("loaded") is stand_in
        changed = analyze(document, model="lexicon", dimensions=["loaded"], resamples=0)
        with replacing("contested", stand_in):
            assert load_lexicon("contested") is stand_in
            assert load_lexicon("loaded") is stand_in
        assert load_lexicon("contested") is not stand_in
    again = analyze(document, model="lexicon", dimensions=["loaded"], resamples=0)
    assert load_lexicon("loaded") is shipped
    assert {item.label for item in changed.evidence} >= {"weather"}
    assert "weather" in {score.label for score in changed.scores}
    assert changed.signature["lexicons"] != plain.signature["lexicons"]
    assert repr(again.to_dict()) == repr(plain.to_dict())


def test_a_stand_in_goes_when_an_error_passes_and_needs_a_shipped_name() -> None:
    shipped = load_lexicon("frames")

    def fail() -> None:
        with replacing("frames", HARSH):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert load_lexicon("frames") is shipped
    with (
        pytest.raises(DataError, match=r"unknown lexicon 'framez'.*Did you mean 'frames'"),
        replacing("framez", HARSH),
    ):
        pass


def test_the_program_starts_without_the_workbench() -> None:
    program = "import sys, framing.cli; print('framing.workbench' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("terms", [("storm", "squall"), ("squall", "storm"), ("squall", "gale")])
def test_a_lexicon_that_finds_nothing_has_an_effect_too(terms: tuple[str, str]) -> None:
    old, new = (
        Lexicon("w", [Entry(term, "weather")], {"categories": "weather = weather"}, Path("w.tsv"))
        for term in terms
    )
    entries = effect(old, new, [make_document("A storm of protest.", "a")]).entries
    assert list(entries.term) == [term for term in terms if term == "storm"]
