"""The content words of a text: stems without function words, with every name of a known actor as one word for the actor.

So "Moscow said it had refused" and "Russia refuses" have the same two. Nothing depends on who the actor is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from nltk.stem.snowball import EnglishStemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from framing.attribution import grammar
from framing.comparison.words import words_of
from framing.data import Remembered, folder, read_table
from framing.document import Document
from framing.lexicon import load_lexicon

_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
    if number > 1
}
_FUNCTION = (
    (
        ENGLISH_STOP_WORDS
        - _NUMBERS.keys()
        - frozenset("fire bill system interest sincere serious found cry".split())
    )
    | grammar.AUXILIARIES
    | grammar.DETERMINERS
    | grammar.PREPOSITIONS
    | grammar.SUBORDINATORS
    | grammar.ADVERBS
    | frozenset(
        "time post pro anti say says said saying told tell tells one ones mr mr. mrs mrs. ms ms. reportedly according".split()
    )
)


NEGATIVE = frozenset("not never no without nobody none neither nor cannot hardly".split())


class Word(NamedTuple):
    """A content word: its stem, or "@" and an actor, and the tokens `first:last`."""

    stem: str
    first: int
    last: int


def content_words(document: Document) -> list[list[Word]]:
    """The content words of each sentence.

    >>> from framing.document import make_document
    >>> [[word.stem for word in words] for words in content_words(make_document("Moscow said it had refused."))]
    [['@russia', 'refus']]
    """
    names = {match.first: match for match in load_lexicon("actors").match(document) if match.entry.actor}
    sentences: list[list[Word]] = []
    for sentence in document.sentences:
        words: list[Word] = []
        token = sentence.first
        while token < sentence.last:
            name = names.get(token)
            if name is not None:
                words.append(Word(f"@{name.entry.actor}", name.first, name.last))
                token = name.last
                continue
            written = document.tokens[token]
            if written not in _FUNCTION and written[0].isalnum():
                words.append(Word(_STEMS[written], token, token + 1))
            token += 1
        sentences.append(words)
    return sentences


_stemmer = EnglishStemmer()


def _stem(token: str) -> str:
    base = _spellings().get(token) or base_forms().get(token, token)
    return str(_NUMBERS.get(token) or _stemmer.stem(base))


_STEMS: Mapping[str, str] = Remembered(_stem)


@cache
def _spellings() -> dict[str, str]:
    """Spellings of places of one word, and the one that is shown: "kiev" and "kyiv"."""
    pairs = ((term.lower(), name.lower()) for term, name in words_of("place").items())
    return {term: name for term, name in pairs if name and " " not in term and " " not in name}


@cache
def base_forms() -> dict[str, str]:
    """Irregular forms and what they are forms of: "fled" of "flee"."""
    rows = read_table(folder("lexicons") / "irregular.tsv").rows
    return {form: row["term"] for _, row in rows for form in row["forms"].split("|") if form}


@cache
def irregular_pasts() -> frozenset[str]:
    """Irregular forms of verbs but those in -ing: "fled"."""
    rows = read_table(folder("lexicons") / "irregular.tsv").rows
    verbs = (row["forms"].split("|") for _, row in rows if row["category"] == "verb")
    return frozenset(form for forms in verbs for form in forms if form and not form.endswith("ing"))
