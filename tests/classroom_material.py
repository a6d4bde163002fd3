"""Exercises made by hand: from the teaching texts, from a few sentences, and from texts that strain the marking page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import framing
from framing.classroom.coding import Coding, Mark
from framing.classroom.exercise import Exercise, ExerciseArticle, make_exercise
from framing.document import Span, make_document

TEXTS = Path(__file__).resolve().parent.parent / "texts"
SHORT = "The raid may have failed. Officials said it was a success. About forty people were there, a witness said."
SECRET = "the-answer-of-the-key"
# Pictures outside the basic plane, letters with combining marks, and the line ends of another system come before what is marked.
FIRST = (
    (
        "🙂👩🏽‍🔬 Russia’s brutal regime may leave the U.S.-led talks.",
        "Analysts reportedly expect a\r\ndeal worth 1,200.5 million.",
    ),
    ("“Cafe\u0301 owners, perhaps, could gain,” said a security official.", "Nobody knows."),
)
SECOND = (("It was quiet.", "The ministry said that aides believed the minister had left."),)
TAGS = "\"><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'></style>"
HOSTILE = ((TAGS, "=SUM(A1) said it may rain."),)


@cache
def exercise_of(dimension="hedging", names=("moscow-wire",), models=("lexicon",)):
    """An exercise on teaching texts whose key is what the word lists find."""
    documents = [framing.read(TEXTS / f"{name}.md") for name in names]
    made = make_exercise(documents, dimension, models=models)
    return replace(made, key=replace(made.models["lexicon"], coder="key"), by="the word lists")


def short_exercise(text=SHORT, key=(), models=None, dimension="hedging", pairs=()):
    """An exercise on one text of a few sentences; marks of the key are (words, label)."""
    made = make_exercise([make_document(text, "short")], "hedging", models=["lexicon"])
    article = replace(made.articles[0], pairs=tuple(pairs))
    return Exercise("short", dimension, (article,), coding("key", text, key), "the teacher", models or {})


def coding(coder, text, marks=(), *, article="short", round="", **fields):
    """A coding of one text; each mark is (words, label) and stands at the words' first place."""
    return Coding(
        coder,
        (article,),
        tuple(
            Mark(article, text.index(words), text.index(words) + len(words), label, **fields)
            for words, label in marks
        ),
        round,
    )


def to_mark(dimension, *, hostile=False):
    """Two articles to mark, the first with a headline that the text does not repeat; or one that tries to break the page."""
    texts = [("first", HOSTILE, TAGS)] if hostile else [("first", FIRST, "A title"), ("second", SECOND, "")]
    articles = tuple(cut(id, text, title, dimension) for id, text, title in texts)
    key = Coding("keeper-of-the-key", ("first",), (Mark("first", 0, 1, "epistemic", comment=SECRET),))
    return Exercise(f"{dimension}-1", dimension, articles, key, "made by hand", {"linear": key})


def cut(id, paragraphs, title, dimension):
    """An article to mark, of paragraphs and sentences as they are given, whatever is in them."""
    text = "\r\n\r\n".join(map(" ".join, paragraphs))
    places, sentences = [], []
    for paragraph in paragraphs:
        places.append((len(sentences), len(sentences) + len(paragraph)))
        sentences += [Span(text.index(one), text.index(one) + len(one)) for one in paragraph]
    pairs = ((0, "russia"), (0, "us"), (2, "russia")) if dimension == "stance" and id == "first" else ()
    return ExerciseArticle(id, title, "The Paper", text, "", tuple(places), tuple(sentences), (), pairs)
