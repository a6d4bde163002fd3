"""What is marked in an article: spans with labels, whose they are, and what the labels mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

DIMENSIONS = ("hedging", "loaded", "attribution", "stance")
LABELS: Mapping[str, Mapping[str, str]] = {
    "hedging": {
        "epistemic": "leaves open whether it is so: may, might, could, likely, appears, suggests, unclear",
        "doxastic": "says what somebody holds or expects, not what is: believed, thought, expected",
        "condition": "makes it depend on something or asks whether: if, unless, whether",
        "approximator": "makes a number or a word less exact: about, around, some, roughly, relatively",
        "hearsay": "passes on what others tell and does not vouch for it: reportedly, according to reports",
        "weasel": "leans on many people without a name: many expected, it is widely seen as, some say",
        "hedge": "a hedge of a kind you cannot tell",
    },
    "loaded": {
        "negative": "puts whom it touches in a bad light: thugs, regime, cronies, slammed",
        "neutral": "dramatises or takes sides without praise or blame: showdown, a name that one side disputes",
        "positive": "puts whom it touches in a good light: heroes, freedom fighters, proud tradition",
        "loaded": "a loaded word whose direction you cannot tell",
    },
    "attribution": {
        "cue": "the words that hand over to a source: said, according to, denied, believes, aims to",
        "content": "what the source says, thinks or wants",
        "named_person": "a source with the name of a person: Anna Berg, the minister Anna Berg",
        "named_org": "a source with the name of an organisation or a state: Moscow, the United Nations",
        "anonymous_official": "a source known by office alone: a security official, a diplomat",
        "unnamed_collective": "several sources without names: analysts, residents, critics",
        "document": "a text as the source: a report, a statement, a letter",
        "pronoun": "a source named before: he, she, they, who",
        "source": "a source of a kind you cannot tell",
    },
    "stance": {
        "-2": "very negative: harsh blame, crimes, contempt",
        "-1": "negative: criticism, trouble, a doubtful role",
        "0": "neutral: a plain report, or good and bad in balance",
        "1": "positive: approval, success, a helpful role",
        "2": "very positive: strong praise, admiration",
    },
}
# The label of a mark whose type nobody told; in attribution there is one for sources alone.
UNTYPED: Mapping[str, str] = {"hedging": "hedge", "loaded": "loaded", "attribution": "source"}


class Mark(NamedTuple):
    """A coded span: half-open code points of the article's text, its label, and what was said about it.

    `actor` is whom it is about (stance, loaded); `group` joins the source, cue and content of one attribution; `neutral` is
    another wording; `comment` the reason. The span of a stance mark is its sentence, its label -2..2.
    """

    article: str
    start: int
    end: int
    label: str
    actor: str = ""
    group: str = ""
    neutral: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Coding:
    """All that one coder marked in one round. `articles` are those that were coded: one without a mark was read too."""

    coder: str
    articles: tuple[str, ...]
    marks: tuple[Mark, ...]
    round: str = ""
    file: str = ""
