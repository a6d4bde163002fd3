"""Naming: which names an article uses for whom, how often, what each connotes, and where it changes the name.

To name somebody is to choose how to present them (van Leeuwen 2008, ch. 2; Reisigl & Wodak 2001 on nomination).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

import pandas as pd

from framing.actors import NameUse, load_actors, name_uses
from framing.analysis import Analysis
from framing.document import tokenize

COLUMNS = (
    "article",
    "actor",
    "name",
    "kind",
    "count",
    "mentions",
    "share",
    "connotation",
    "start",
    "end",
    "sentence",
)
RENAMING_COLUMNS = (
    "article",
    "actor",
    "earlier",
    "later",
    "start",
    "end",
    "sentence",
    "earlier_connotation",
    "later_connotation",
    "voice",
    "earlier_start",
    "earlier_end",
)


def naming(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The names each article uses for each actor (van Leeuwen 2008, ch. 2).

    One row per article, actor and name, most frequent first: `count` and its `share` (0..1) of the actor's
    `mentions` in the article, what the name connotes, and its first use: code points `start` to `end`, sentence
    number `sentence`.
    """
    rows = []
    for analysis in analyses:
        mentions = Counter(mention.actor for mention in analysis.mentions)
        rows += [
            {
                "article": analysis.document.id,
                **use._asdict(),
                "mentions": mentions[use.actor],
                "share": use.count / mentions[use.actor],
            }
            for use in name_uses(analysis.mentions)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def renamings(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """Where an article goes over to a name that connotes something else (Reisigl & Wodak 2001, ch. 2, on nomination).

    One row per article and name that the article has not used before, in the order of the text, where an earlier name
    of the same somebody connotes something else: "government" and later "regime", "al-Sharaa" and later "Jolani".
    `start`, `end` and `sentence` are the first use of the later name, `voice` is whose word it is there, and
    `earlier_start` to `earlier_end` is the first use of the earlier name: the one with most words in common, the last of
    several.

    What is usual in any article is no renaming: a last name after the full name, an office before a name, a capital or
    an adjective for a state, a plain name after an epithet. Nor is a name of somebody else who counts for the same
    actor: a minister, an army, the man for his government.
    """
    rows = [row for analysis in analyses for row in _renamings(analysis)]
    return pd.DataFrame(rows, columns=list(RENAMING_COLUMNS))


def _renamings(analysis: Analysis) -> list[dict[str, object]]:
    # A mention of a part counts for its whole too, but the name is that of the part.
    own = (mention for mention in analysis.mentions if mention.actor in _bearers()[mention.name])
    uses = sorted(name_uses(own), key=lambda use: use.start)
    voices = analysis.markup.voices
    rows: list[dict[str, object]] = []
    for number, later in enumerate(uses):
        earlier = [use for use in uses[:number] if use.actor == later.actor and _is_renaming(use, later)]
        if not earlier:
            continue
        nearest = max(earlier, key=lambda use: (len(_words(use.name) & _words(later.name)), use.start))
        rows.append({
            "article": analysis.document.id,
            "actor": later.actor,
            "earlier": nearest.name,
            "later": later.name,
            "start": later.start,
            "end": later.end,
            "sentence": later.sentence,
            "earlier_connotation": nearest.connotation,
            "later_connotation": later.connotation,
            "voice": voices.of(later.start, later.end).name,
            "earlier_start": nearest.start,
            "earlier_end": nearest.end,
        })  # fmt: skip
    return rows


# Kinds of names that say what is thought of the bearer; the others are usual names.
_JUDGING = frozenset({"epithet", "nom_de_guerre"})
_STATE = frozenset({"state", "metonym", "spelling"})
_MEMBERS = frozenset({"organisation", "people"})
_PLACES = frozenset({"state", "metonym", "people"})  # somebody with names of these kinds is no single person
_OFFICES = frozenset("president minister leader ruler chief king prince emir".split())
_EPITHETS_OF_MEN = frozenset("dictator strongman butcher leader ruler".split())


def _is_renaming(earlier: NameUse, later: NameUse) -> bool:
    referent = _referent(later)
    if earlier.connotation == later.connotation or referent is None or referent != _referent(earlier):
        return False
    if later.kind in _JUDGING:
        return True
    if earlier.kind in _JUDGING:
        return later.kind not in _STATE
    if earlier.kind == later.kind == "leader":
        return all(_words(use.name) & _OFFICES for use in (earlier, later))
    return earlier.kind == later.kind == "government"


def _referent(use: NameUse) -> str | None:
    """Whether a name stands for the person or the body that the actor is, or for neither: a part, a member, a people."""
    kinds = _kinds()[use.actor]
    one_person = "leader" in kinds and not kinds & _PLACES
    if use.kind == "leader":
        return "person" if one_person else None
    if use.kind in _JUDGING:
        rules_too = "government" in kinds and not _words(use.name) & _EPITHETS_OF_MEN
        return "person" if one_person and not rules_too else "body"
    if (
        use.kind in _MEMBERS
    ):  # an organisation has no adjective of its own, a state that has organisations does
        return None if one_person or "demonym" in kinds else "body"
    return "body" if use.kind in _STATE | {"government"} else None


@cache
def _kinds() -> dict[str, frozenset[str]]:
    """The kinds of names each actor has."""
    return {actor.id: frozenset(name.category for name in actor.names) for actor in load_actors()}


@cache
def _bearers() -> dict[str, set[str]]:
    """Whose name each is."""
    bearers: dict[str, set[str]] = {}
    for actor in load_actors():
        for name in actor.names:
            bearers.setdefault(name.term, set()).add(actor.id)
    return bearers


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(tokenize(name))
