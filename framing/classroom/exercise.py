"""An exercise: articles to code by hand in one dimension, and its key."""

from __future__ import annotations

import hashlib
import json
import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from pathlib import Path

from framing.actors import find_mentions, load_actors
from framing.analysis import MODELS, check_model
from framing.classroom.coding import DIMENSIONS, Coding, Mark, read_key
from framing.classroom.models import coded_by
from framing.data import folder
from framing.document import Document, Span
from framing.tables import unknown

MOST_ARTICLES = 24
TRUSTED = ("encoder", "linear", "lexicon")  # whose coding is the key where no person's is


@dataclass(frozen=True)
class ExerciseArticle:
    """An article of an exercise, cut once: sentences in order (number 1 is the first, a headline counts) and words.

    `paragraphs` are the first and last sentence of each, half-open. For stance, `pairs` are the (sentence index, actor) to
    be rated.
    """

    id: str
    title: str
    outlet: str
    text: str
    sha256: str
    paragraphs: tuple[tuple[int, int], ...]
    sentences: tuple[Span, ...]
    words: tuple[Span, ...]
    pairs: tuple[tuple[int, str], ...] = ()

    def sentence_at(self, offset: int) -> int:
        """The number, from 0, of the sentence that holds a code point or is the last to begin before it."""
        return max(bisect_right(self.sentences, offset, key=lambda span: span.start) - 1, 0)

    def by_sentence(self, marks: Iterable[Mark]) -> dict[int, list[Mark]]:
        """The marks in this article by the number, from 0, of the sentence they begin in."""
        found: dict[int, list[Mark]] = {}
        for mark in marks:
            if mark.article == self.id:
                found.setdefault(self.sentence_at(mark.start), []).append(mark)
        return found

    def rated(self, marks: Iterable[Mark]) -> list[tuple[tuple[int, str], Mark]]:
        """The marks of stance in this article, each with its pair."""
        return [
            ((self.sentence_at(mark.start), mark.actor), mark) for mark in marks if mark.article == self.id
        ]


@dataclass(frozen=True)
class Exercise:
    """What is to be coded, how the key answers, and how each model does. `by` says who made the key."""

    id: str
    dimension: str
    articles: tuple[ExerciseArticle, ...]
    key: Coding
    by: str
    models: Mapping[str, Coding]


def make_exercise(
    documents: Iterable[Document],
    dimension: str,
    *,
    models: Sequence[str] = MODELS,
    key: str | os.PathLike[str] | None = None,
) -> Exercise:
    """An exercise on articles in one dimension: hedging, loaded, attribution or stance.

    `models` code the articles too. The key is the coding in the CSV file `key`; without one, the hand coding of the teaching
    texts where it has all articles; otherwise what the first of encoder, linear, lexicon among the models finds.
    Its id is made of the dimension and the articles, so that the same exercise with another key has the same.

    Raises `ValueError` for an unknown dimension or model, articles that cannot be coded, and a key that cannot be used.
    """
    documents = list(documents)
    if dimension not in DIMENSIONS:
        raise unknown("dimension", dimension, DIMENSIONS)
    for model in models:
        check_model(model)
    _check(documents, dimension)
    articles = tuple(_article(document, dimension) for document in documents)
    coded = {model: coded_by(model, documents, dimension) for model in MODELS if model in models}
    exercise = Exercise(_id(articles, dimension), dimension, articles, Coding("", (), ()), "", coded)
    by_hand, by = _key_by_hand(exercise, key)
    if by_hand is not None:
        return _asking_for_what_is_keyed(replace(exercise, key=by_hand, by=by))
    if not coded:
        raise ValueError("there is no key: give one with --key, or name a model to make it")
    first = next(model for model in TRUSTED if model in coded)
    return replace(exercise, key=coded[first], by=f"the model {first}, not a person")


def _asking_for_what_is_keyed(exercise: Exercise) -> Exercise:
    """For stance: the pairs that the key rated, and those of its actors in the sentences that mention them.

    Coders rate actors that a sentence means without naming too, and hardly ever all actors that it mentions. A key without
    a rating leaves the exercise as it is.
    """
    actors = {mark.actor for mark in exercise.key.marks}
    if exercise.dimension != "stance" or not actors:
        return exercise
    articles = []
    for article in exercise.articles:
        mentioned = {pair for pair in article.pairs if pair[1] in actors}
        rated = {pair for pair, _ in article.rated(exercise.key.marks)}
        articles.append(replace(article, pairs=tuple(sorted(mentioned | rated))))
    models = {
        name: replace(
            coding,
            marks=tuple(
                mark
                for article in articles
                for pair, mark in article.rated(coding.marks)
                if pair in article.pairs
            ),
        )
        for name, coding in exercise.models.items()
    }
    return replace(exercise, articles=tuple(articles), models=models)


def keyed_by_model(exercise: Exercise) -> str:
    """The model that made the key, or "" where people did."""
    own = exercise.models.get(exercise.key.coder)
    return exercise.key.coder if own == exercise.key else ""


def _check(documents: Sequence[Document], dimension: str) -> None:
    if not documents:
        raise ValueError("there is no article to code; name one or more")
    if len(documents) > MOST_ARTICLES:
        raise ValueError(
            f"{len(documents)} articles are more than a class can code; choose {MOST_ARTICLES} at most"
        )
    ids = [document.id for document in documents]
    for document in documents:
        if ids.count(document.id) > 1:
            raise ValueError(f"two articles have the id {document.id!r}; give each an id of its own")
        if not document.sentences:
            raise ValueError(f"the article {document.id!r} has no sentence to code; leave it out")
        if dimension == "stance" and not find_mentions(document):
            raise ValueError(
                f"the article {document.id!r} mentions no actor whose portrayal could be rated; leave it out"
            )


def _id(articles: Sequence[ExerciseArticle], dimension: str) -> str:
    """Readable, and another one for other texts.

    The digits are of a SHA-256 over the dimension and the texts.
    """
    content = json.dumps([dimension, [[article.id, article.sha256] for article in articles]])
    name = re.sub("[^a-z0-9]+", "-", articles[0].id.lower())[:40].strip("-") or "article"
    more = f"-and-{len(articles) - 1}-more" if len(articles) > 1 else ""
    return f"{dimension}-{name}{more}-{hashlib.sha256(content.encode('ascii')).hexdigest()[:6]}"


def _article(document: Document, dimension: str) -> ExerciseArticle:
    sentences = document.sentences
    paragraphs = []
    for _, group in groupby(range(len(sentences)), key=lambda number: sentences[number].paragraph):
        numbers = list(group)
        paragraphs.append((numbers[0], numbers[-1] + 1))
    pairs: dict[tuple[int, str], None] = {}
    if dimension == "stance":
        pairs = dict.fromkeys((mention.sentence, mention.actor) for mention in find_mentions(document))
    headline = next((document[sentence] for sentence in sentences if sentence.kind == "headline"), "")
    return ExerciseArticle(
        id=document.id,
        title=str(document.meta.get("title") or headline or document.id),
        outlet=str(document.meta.get("outlet") or ""),
        text=document.text,
        sha256=document.sha256,
        paragraphs=tuple(paragraphs),
        sentences=tuple(Span(sentence.start, sentence.end) for sentence in sentences),
        words=tuple(_words(document)),
        pairs=tuple(sorted(pairs, key=lambda pair: pair[0])),
    )


def _words(document: Document) -> Iterable[Span]:
    """The words of the sentences, each with what is written together with it: clitics, and all of a hyphenated word."""
    start = end = -1
    for token, first in enumerate(document.starts):
        joined = first == end and (document.tokens[token][0].isalnum() or document.tokens[token][0] in "'-")
        if start >= 0 and joined and not document.is_word[token]:
            end = document.ends[token]
        else:
            if start >= 0:
                yield _without_hyphen(document, start, end)
            start, end = (first, document.ends[token]) if document.is_word[token] else (-1, -1)
    if start >= 0:
        yield _without_hyphen(document, start, end)


def _without_hyphen(document: Document, start: int, end: int) -> Span:
    """A word without a hyphen or quotation mark after it."""
    return Span(start, start + len(document.text[start:end].rstrip("-‐‑'’")))


# The key ----------------------------------------------------------------------------------------------------------


def _key_by_hand(exercise: Exercise, given: str | os.PathLike[str] | None) -> tuple[Coding | None, str]:
    """The key that coders made, and who; none where the articles are no teaching texts, or not coded yet."""
    if exercise.dimension == "stance":
        exercise = replace(exercise, articles=tuple(map(with_every_pair, exercise.articles)))
    if given is not None:
        path = Path(given)
        key, lacking = read_key(path, exercise)
        if key is None or lacking:
            raise ValueError(
                f"{path}: has no coding of {', '.join(lacking)} in {exercise.dimension}; code these too, marked or not"
            )
        return replace(key, file=path.name), f"{key.coder}, by hand"
    path = folder("texts") / "coding" / "key.csv"
    if not path.is_file() or not all(map(_is_teaching_text, exercise.articles)):
        return None, ""
    key, lacking = read_key(path, exercise)
    if key is None or lacking:
        return None, ""
    return replace(
        key, file=""
    ), "two machine coders, who read by the codebook, and a third reading where they differed"


def with_every_pair(article: ExerciseArticle) -> ExerciseArticle:
    """The article with every actor to be rated in every sentence, also one that is meant and not named."""
    actors = [actor.id for actor in load_actors()]
    return replace(article, pairs=tuple(product(range(len(article.sentences)), actors)))


def _is_teaching_text(article: ExerciseArticle) -> bool:
    path = folder("texts") / f"{article.id}.md"
    return path.is_file() and path.read_text(encoding="utf-8") == article.text
