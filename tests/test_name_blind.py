"""No score may depend on who an actor is: the same sentences about any two actors give the same evidence."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from itertools import permutations
from pathlib import Path

import pytest
from names import all_names, filled, names_of, related

from framing.actors import find_mentions, load_actors
from framing.analysis import analyze
from framing.dimensions.stance import pulls, set_scene
from framing.document import make_document
from framing.lexicon import load_lexicon, surface_forms

TEMPLATES = json.loads((Path(__file__).parent / "cases" / "name_blind.json").read_text(encoding="utf-8"))
PER_PAIR = int(
    os.environ.get("FRAMING_TEMPLATES_PER_PAIR", "1")
)  # set it to 10 for every pair with every template


def weights(text: str, one: str, other: str) -> tuple[list[float], list[float]]:
    """What each evaluation adds for the one and for the other actor."""
    document = make_document(text)
    mentions = find_mentions(document)
    scene = set_scene(document, 0, mentions)
    found = []
    for id in (one, other):
        targets = [mention for mention in mentions if mention.actor == id]
        assert targets, (text, id)
        found.append([pull.weight for pull in pulls(scene, targets)])
    return found[0], found[1]


def close(found: list[float], wanted: list[float]) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) < 1e-6 for a, b in zip(found, wanted, strict=True))


def turns(templates: list[str], number: int) -> list[str]:
    return [templates[(number + step) % len(templates)] for step in range(min(PER_PAIR, len(templates)))]


@pytest.mark.parametrize("kind", TEMPLATES)
def test_any_two_actors_get_the_same_stance(kind):
    """Every ordered pair of names of a kind, the templates taken in turn: swapping the names swaps the scores."""
    names = names_of(kind)
    assert len(names) >= 8
    actors = {actor.id: actor for actor in load_actors()}
    expected: dict[str, tuple[list[float], list[float]]] = {}
    pairs = [pair for pair in permutations(names, 2) if not related(actors, *pair)]
    for number, (one, other) in enumerate(pairs):
        for template in turns(TEMPLATES[kind], number):
            found = weights(filled(template, names[one], names[other]), one, other)
            wanted = expected.setdefault(template, found)
            assert close(found[0], wanted[0]), (one, other, template)
            assert close(found[1], wanted[1]), (one, other, template)
    assert all(any(map(any, values)) for values in expected.values())


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_name_changes_no_other_dimension(kind):
    """Evidence outside the name itself has the same words, labels and weights whoever is named."""
    expected: dict[str, dict[str, list[object]]] = {}
    for name in all_names(kind):
        for template in TEMPLATES[kind]:
            found = beside_names(filled(template, name, "the ferryman" if "{1}" in template else name))
            assert found == expected.setdefault(template, found), (name, template)


def beside_names(text: str) -> dict[str, list[object]]:
    analysis = analyze(text, dimensions=["hedging", "loaded", "tone", "frames"], resamples=0, model="lexicon")
    named = [(mention.start, mention.end) for mention in analysis.mentions]
    found: dict[str, list[object]] = defaultdict(list)
    for item in analysis.evidence:
        if item.dimension == "tone":
            found["tone"].append(round(item.weight, 4))
        elif not any(start <= item.start and item.end <= end for start, end in named):
            found[item.dimension].append((item.label, round(item.weight, 4), text[item.start : item.end]))
    return found


def test_no_name_is_an_evaluative_word():
    """No name, demonym or capital is an entry of the stance lexicon, or part of one."""
    names = {
        form: name
        for actor in load_actors()
        for name in actor.names
        for form in surface_forms(name)
        if name.case != "exact" or len(form) > 1 or not name.term.isupper()  # "us" and "is" are words
    }
    faults = [
        (entry.term, names[part].term)
        for entry in load_lexicon("stance").entries
        for form in surface_forms(entry)
        for first in range(len(form))
        for last in range(first + 1, len(form) + 1)
        if (part := form[first:last]) in names
    ]
    assert faults == []
