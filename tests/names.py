"""Names of actors for templates: one of each kind, without conditions of its own."""

from __future__ import annotations

from functools import cache

from framing.actors import Actor, load_actors
from framing.lexicon import Entry

THE = frozenset(
    "United States|United Kingdom|United Nations|United Arab Emirates|European Union|EU|UAE|UK|US|UN|West|Kremlin|"
    "White House|Pentagon|Houthis|Kurds|Alawites".split("|")
)


def plain(name: Entry) -> bool:
    """A name without conditions of its own, and no possessive, so that it fits any template."""
    return not (name.before or name.not_before or name.after or name.not_after) and "'" not in name.term


@cache
def names_of(kind: str) -> dict[str, str]:
    """One name of a kind per actor, with its article."""
    chosen: dict[str, str] = {}
    for actor in load_actors():
        for name in actor.names:
            if name.category == kind and plain(name) and not name.term.endswith("leaders"):  # not one person
                chosen.setdefault(actor.id, f"the {name.term}" if name.term in THE else name.term)
    return chosen


def all_names(kind: str) -> list[str]:
    """All plain names of a kind."""
    return [
        name.term for actor in load_actors() for name in actor.names if name.category == kind and plain(name)
    ]


def filled(template: str, one: str, other: str) -> str:
    """A template with two names, its first letter a capital; a name's article is dropped where the template has one."""
    text = template.replace("{0}", one).replace("{1}", other)
    text = text.replace("the the ", "the ").replace("The the ", "The ")
    return text[0].upper() + text[1:]


def with_wholes(actors: dict[str, Actor], id: str | None) -> set[str]:
    """An actor and the wholes it is a part of."""
    return {id} | with_wholes(actors, actors[id].part_of) if id else set()


def related(actors: dict[str, Actor], one: str, other: str) -> bool:
    """Whether one is part of the other, so that a mention of one counts for both."""
    return one in with_wholes(actors, other) or other in with_wholes(actors, one)
