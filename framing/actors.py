"""Stub until the actors land."""
from __future__ import annotations
from typing import NamedTuple
from framing.document import Document
class Mention(NamedTuple):
    actor: str
    start: int
    end: int
    name: str
    kind: str
    sentence: int
def find_mentions(document: Document) -> tuple[Mention, ...]:
    return ()
