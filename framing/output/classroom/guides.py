"""What students are told: about each dimension, the same on paper and on the marking page, and what labels are called."""

from __future__ import annotations

from typing import NamedTuple

from framing.classroom.coding import LABELS
from framing.output.style import spoken


class Guide(NamedTuple):
    """The question of a dimension, how to mark with a pen, what to mark on the marking page, and what does not count."""

    title: str
    question: str
    marking: str
    on_screen: str
    not_counted: str


GUIDES = {
    "hedging": Guide(
        "Spot the hedges",
        "Which words make a statement less certain?",
        "Underline each hedge and write its kind above it. Mark the words themselves, not the whole sentence.",
        "Mark each hedge, as short as possible, and say how it weakens the statement.",
        "Not: “could” for what somebody was able to do, “will”, “should” for a duty, “can”, “even if”; nor words that make a "
        "statement more certain, such as “clearly”.",
    ),
    "loaded": Guide(
        "Find the loaded words",
        "Which words judge, slant or take sides beyond the facts?",
        "Underline each loaded word. Write + (good light), − (bad light) or n (neither) above it, and in the margin whom it "
        "touches and a word that both sides could accept.",
        "Mark them, say towards whom they lean and how, and how you would put it neutrally.",
        "Not: facts that are bad in themselves, such as “killed”. Do mark contested names and single words in quotation marks "
        "that quote nobody.",
    ),
    "attribution": Guide(
        "Whose words?",
        "Who says, believes, wants or feels what?",
        "Circle the source, underline the cue twice, and put brackets around what is said. Write the kind of source above it, "
        "and the same number at all parts of one attribution.",
        "Mark the source, the cue (“said”, “according to”) and the content; the three parts of one attribution bear the same "
        "number.",
        "Not: a cue without content (“refused to comment”). Do mark intentions (“hopes to”, “is keen to”).",
    ),
    "stance": Guide(
        "How are they portrayed?",
        "In what light does each sentence put the actors it speaks of?",
        "Circle a number for each actor under a sentence, from −2 (very negative) to 2 (very positive). Rate how the sentence "
        "puts it, whatever you think of the actor. Praise or blame by a source counts too.",
        "Choose a step from −2 (very negative) to 2 (very positive) for how the sentence puts it, whatever you think of the "
        "actor. Praise or blame by a source counts too.",
        "A plain report of what somebody did is 0.",
    ),
}


def label_name(label: str) -> str:
    """A label as the class reads it.

    >>> [label_name(label) for label in ("named_org", "pronoun", "-1", "1", "")]
    ['named organisation', 'pronoun', '−1', '+1', 'not typed']
    """
    if label in LABELS["stance"]:
        return f"{int(label):+d}".replace("-", "−").replace("+0", "0")
    return label if label == "pronoun" else spoken(label) if label else "not typed"
