"""The audit of symmetry: who is named changes no score. Two names change places, and every score follows its name.

For every pair of actors and every kind of name they share (state, demonym, metonym, leader, people): in sentences made for
the purpose and in sentences of real news. What is found is written without the names and compared with what the same
sentence gave for the first pair. Readability is left out, since its formulas count the letters of names; loaded terms that
are names themselves are left out as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, permutations
from pathlib import Path

import pytest
from case_files import read_cases
from names import filled, names_of, related

from framing.actors import Mention, find_mentions, load_actors
from framing.analysis import MODELS, Analysis, Markup, analyze
from framing.dimensions.stance import portrayals
from framing.document import make_document
from framing.encoder.network import network
from framing.encoder.pieces import windows
from framing.encoder.stance import code, sentence_of
from framing.models.context import paragraph_bounds
from framing.models.units import blind_words, read_units
from framing.training.attribution import read as read_polnear
from framing.training.state_stance import read as read_states

DIMENSIONS = ["attribution", "hedging", "stance", "loaded", "tone", "frames"]
TEMPLATES = read_cases("name_blind")
KINDS = tuple(TEMPLATES)
STEP = {
    "lexicon": 7,
    "linear": 1,
    "encoder": 15,
}  # the rules are audited on every seventh pair, since test_name_blind has all of them; the encoder takes longer
REAL_SENTENCES = 12  # of each kind, taken in turn
TOLERANCE = 6  # digits


def pairs(kind: str, step: int) -> list[tuple[str, str]]:
    """Ordered pairs of actors that have a name of a kind, unless a mention of one counts for the other."""
    actors = {actor.id: actor for actor in load_actors()}
    every = [pair for pair in permutations(names_of(kind), 2) if not related(actors, *pair)]
    return every[::step]


def without_names(text: str, model: str, one: str, other: str) -> list[tuple]:
    """What is found in a text, in an order that no name decides, with `0` and `1` for the two names and actors."""
    analysis = analyze(text, model=model, dimensions=DIMENSIONS, resamples=0)
    actors = {one: "0", other: "1"}
    spans = {(m.start, m.end): actors[m.actor] for m in analysis.mentions if m.actor in actors}

    def blind(start: int, end: int) -> str:
        pieces, position = [], start
        for (first, last), sign in sorted(spans.items()):
            if start <= first and last <= end:
                pieces += [text[position:first], f"<{sign}>"]
                position = last
        return "".join([*pieces, text[position:end]]).replace("the <", "<").replace("The <", "<")

    return sorted(_rows(analysis, actors, spans, blind), key=repr)


def _rows(analysis: Analysis, actors, spans, blind) -> Iterator[tuple]:
    for item in analysis.evidence:
        if item.actor is not None and item.actor not in actors:
            continue  # the whole that an actor is a part of has a row of its own, as the part has
        if any(start <= item.start and item.end <= end for start, end in spans):
            continue  # a name that is loaded itself, a frame in "Hamas fighters"
        extra = item.extra
        yield (
            item.dimension,
            item.label,
            blind(item.start, item.end),
            round(item.weight, TOLERANCE),
            actors.get(item.actor or "", ""),
            item.voice,
            actors.get(item.source_actor or "", ""),
            [blind(start, end) for start, end in extra.get("content", ())],
            blind(*extra["source"]) if extra.get("source") else "",
            extra.get("probability"),
            extra.get("contribution"),
            [
                (blind(start, end), round(weight, TOLERANCE))
                for start, end, weight in extra.get("words", ())
                if item.dimension == "stance"
            ],
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_made_sentences(model: str, kind: str) -> None:
    names = names_of(kind)
    expected: dict[str, list[tuple]] = {}
    audited = 0
    for number, (one, other) in enumerate(pairs(kind, STEP[model])):
        template = TEMPLATES[kind][number % len(TEMPLATES[kind])]
        found = without_names(filled(template, names[one], names[other]), model, one, other)
        assert found == expected.setdefault(template, found), (one, other, template)
        audited += 1
    assert audited > 10
    assert any(row[0] == "stance" and row[3] for rows in expected.values() for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_the_encoder_reads_the_same_whoever_is_named(kind: str) -> None:
    """For every pair, since it takes no run of the network."""
    names = names_of(kind)
    expected: dict[str, tuple] = {}
    for number, (one, other) in enumerate(pairs(kind, 1)):
        template = TEMPLATES[kind][number % len(TEMPLATES[kind])]
        found = encoder_input(filled(template, names[one], names[other]), one, other)
        assert found == expected.setdefault(template, found), (one, other, template)


def encoder_input(text: str, one: str, other: str) -> tuple:
    """All pieces that the encoder reads of a text, with the voices and in the order of the two actors."""
    net, document = network(), make_document(text)
    markup = Markup(document, find_mentions(document), model="encoder")
    units = read_units(document, markup.mentions)
    words = blind_words(document, units, net.common)
    own = [window.pieces for window in windows(net.pieces, words, paragraph_bounds(document, units))]
    asked = {
        row.actor: code(net.pieces, [word.form for word in sentence_of(markup, units, words, row)]).pieces
        for row in portrayals(markup)
    }
    return own, asked.get(one), asked.get(other)


@pytest.fixture(scope="module")
def real(shared: Path) -> dict[str, list[str]]:
    """Sentences of news that mention two actors by names of one kind, as templates."""
    texts = [article.text for article in islice(read_polnear(shared / "corpora" / "polnear" / "train"), 400)]
    texts += [
        sentence
        for article in read_states(shared / "corpora" / "state-stance" / "dev.jsonl")
        for sentence in article.sentences
    ]
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for text in texts:
        document = make_document(text)
        by_sentence: dict[int, dict[tuple[int, int], Mention]] = {}
        for mention in find_mentions(document):
            by_sentence.setdefault(mention.sentence, {}).setdefault((mention.start, mention.end), mention)
        for number, spans in by_sentence.items():
            template = _template(document, number, spans)
            kinds = {mention.kind for mention in spans.values()}
            if template and len(kinds) == 1 and len(found.get(kind := kinds.pop(), [])) < REAL_SENTENCES:
                found.setdefault(kind, []).append(template)
    return found


def _template(document, number: int, spans: dict[tuple[int, int], Mention]) -> str | None:
    """A sentence with `{0}` and `{1}` for its two actors, or None when there are not just two, each by a plain name."""
    sentence = document.sentences[number]
    actors = list(dict.fromkeys(mention.actor for mention in spans.values()))
    text, position, pieces = document.text, sentence.start, []
    if len(actors) != 2 or "{" in document[sentence]:
        return None
    for start, end in sorted(spans):
        before = text[position:start]
        lead = before[:-4] if before.lower().endswith("the ") else before
        if before.endswith(("-", "/")) or text[end : end + 1] in ("-", "/"):
            return None
        pieces += [lead, f"{{{actors.index(spans[start, end].actor)}}}"]
        position = end
    return "".join([*pieces, text[position : sentence.end]])


@pytest.mark.parametrize("kind", ["state", "demonym", "leader", "metonym"])
@pytest.mark.parametrize("model", ["linear", "encoder"])
def test_real_sentences(model: str, kind: str, real: dict[str, list[str]]) -> None:
    names = names_of(kind)
    expected: dict[str, list[tuple]] = {}
    audited = left_out = 0
    for number, (one, other) in enumerate(pairs(kind, STEP[model])):
        template = real[kind][number % len(real[kind])]
        text = filled(template, names[one], names[other])
        plain = {names[actor].removeprefix("the ") for actor in (one, other)}
        written = [
            text[m.start : m.end] for m in find_mentions(make_document(text)) if m.actor in (one, other)
        ]
        if len(written) != template.count("{") or not plain.issuperset(written):
            left_out += 1  # a name that is a place there, or that makes a longer name with its neighbour
            continue
        found = without_names(text, model, one, other)
        assert found == expected.setdefault(template, found), (one, other)
        audited += 1
    assert real[kind]
    assert audited > 4 * left_out
