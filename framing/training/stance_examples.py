"""Sentences to learn stance from: mentions rated by people (NewsMTSC), and far more mentions that nobody rated.

The unrated ones, names and pronouns in the news of PolNeAR, BASIL, BABE and the Szeged corpus and the other names in the
sentences of NewsMTSC, are labelled by a larger model (`framing.training.teach_stance`). Every example is blind to
names: it has `<target>` where the mention stands and `<name>` for every other name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import md5, sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from framing.actors import Mention, find_mentions
from framing.document import Document, make_document
from framing.lexicon import load_lexicon, surface_forms
from framing.linear.stance import Ints, Parts, Text
from framing.models.units import NAME, Units, blind_words, read_units
from framing.training import hedging, loaded
from framing.training.stance import RatedMention, read
from framing.training.task import read_text

TARGET = "<target>"
UNRATED = 9
LEAST_USES = 2  # of a word in lower case, for the vocabulary
FOLDS = 7  # parts of the rated mentions, by article; the first is kept out of what the teacher learns from
_PRONOUNS = frozenset("he she they him her them we".split())
_UNITS = range(5, 91)  # in a sentence that is worth reading
_LONGEST = 400  # code points of a sentence of the Szeged corpus, which has lists as well


class Example(NamedTuple):
    """A sentence in words blind to names, how its target is rated (-1, 0, 1 or `UNRATED`), and what it comes from."""

    words: tuple[str, ...]
    polarity: int
    corpus: str
    group: str

    @property
    def fold(self) -> int:
        """Which part of the rated mentions it belongs to; an article is never in two."""
        return int(md5(self.group.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def articles(corpora: Path) -> list[tuple[str, Document]]:
    """The documents whose mentions nobody rated, with the name of their corpus."""
    texts = [
        ("polnear", read_text(path, "an article"))
        for path in sorted((corpora / "polnear" / "train" / "text").iterdir())
    ]
    for path in sorted((corpora / "basil" / "articles").glob("*/*.json")):
        article = json.loads(read_text(path, "an article of BASIL"))
        paragraphs = [" ".join(paragraph) for paragraph in article["body-paragraphs"]]
        texts.append(("basil", "\n\n".join([article["title"], *paragraphs])))
    texts += [("babe", item.text) for item in loaded.read_babe(corpora / "babe" / "sg2-train.csv")]
    for name in ("factbank-dev.xml", "wiki.xml"):
        sentences = hedging.read(corpora / "szeged" / name)
        texts += [("szeged", item.text) for item in sentences if len(item.text) < _LONGEST]
    return [(corpus, make_document(text)) for corpus, text in texts]


def vocabulary(documents: Iterable[Document]) -> list[str]:
    """The words that documents use in lower case at least `LEAST_USES` times, sorted."""
    uses: Counter[str] = Counter()
    for document in documents:
        uses.update(
            token for token, capital in zip(document.tokens, document.is_capital, strict=True) if not capital
        )
    return sorted(word for word, count in uses.items() if count >= LEAST_USES)


def rated_examples(mentions: Sequence[RatedMention], corpus: str, common: frozenset[str]) -> list[Example]:
    """An example of every rated mention, without words where its sentence is not scored."""
    found: list[Example] = []
    for mention in mentions:
        document = make_document(mention.sentence)
        sentence = document.sentence_at(mention.start)
        words: tuple[str, ...] = ()
        if sentence is not None:
            target = Mention("target", mention.start, mention.end, "target", "leader", sentence)
            units = read_units(document, (target, *find_mentions(document)))
            blind = blind_words(document, units, common)
            words = _around(units, blind, sentence, document.tokens_in(mention.start, mention.end))
        found.append(Example(words, mention.polarity, corpus, "_".join(mention.id.split("_")[:3])))
    return found


def unrated_examples(
    documents: Iterable[tuple[str, Document]], mentions: Sequence[RatedMention], common: frozenset[str]
) -> Iterator[Example]:
    """An example of every name and of every first pronoun in a sentence; in sentences of NewsMTSC of the other names."""
    for corpus, document in documents:
        units = read_units(document, find_mentions(document))
        blind = blind_words(document, units, common)
        for sentence in range(len(document.sentences)):
            if units.sentences[sentence + 1] - units.sentences[sentence] in _UNITS:
                for tokens in _candidates(units, blind, sentence, _PRONOUNS):
                    yield Example(_around(units, blind, sentence, tokens), UNRATED, corpus, "")
    by_sentence: dict[str, list[RatedMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    for text, rated in by_sentence.items():
        document = make_document(text)
        units = read_units(document, find_mentions(document))
        blind = blind_words(document, units, common)
        taken = {token for mention in rated for token in document.tokens_in(mention.start, mention.end)}
        for sentence in range(len(document.sentences)):
            for tokens in _candidates(units, blind, sentence, frozenset()):
                if taken.isdisjoint(tokens):
                    yield Example(_around(units, blind, sentence, tokens), UNRATED, "newsmtsc", "")


def _is_name(word: str) -> bool:
    return word[0] == "<" and len(word) > 2


def _candidates(
    units: Units, words: Sequence[str], sentence: int, pronouns: frozenset[str]
) -> Iterator[range]:
    """The tokens of each run of names in a sentence, and of the first use of each pronoun."""
    unit, last = units.sentences[sentence], units.sentences[sentence + 1]
    seen: set[str] = set()
    while unit < last:
        end = unit + 1
        if _is_name(words[unit]):
            while end < last and _is_name(words[end]):
                end += 1
            yield range(units.firsts[unit], units.lasts[end - 1])
        elif words[unit] in pronouns and words[unit] not in seen:
            seen.add(words[unit])
            yield range(units.firsts[unit], units.lasts[unit])
        unit = end


def _around(units: Units, words: Sequence[str], sentence: int, tokens: range) -> tuple[str, ...]:
    """The words of a sentence with the mention at some tokens as the target; a name of several words is one."""
    low, high = units.sentences[sentence], units.sentences[sentence + 1]
    inside = [
        unit
        for unit in range(low, high)
        if units.firsts[unit] < tokens.stop and units.lasts[unit] > tokens.start
    ]
    if not inside:
        return ()
    first, last = inside[0], inside[-1] + 1
    while first > low and _is_name(words[first - 1]):
        first -= 1
    while last < high and _is_name(words[last]):
        last += 1
    before = [NAME if _is_name(word) else word for word in words[low:first]]
    after = [NAME if _is_name(word) else word for word in words[last:high]]
    return (*_merged(before), TARGET, *_merged(after))


def _merged(words: Sequence[str]) -> Iterator[str]:
    for number, word in enumerate(words):
        if not (word == NAME and number and words[number - 1] == NAME):
            yield word


def digest(examples: Iterable[Example]) -> str:
    """A digest of the words of examples, so that labels made for them are not used for others."""
    content = "\n".join(" ".join(example.words) for example in examples)
    return sha256(content.encode()).hexdigest()


def reporting_verbs() -> frozenset[str]:
    """Forms of the neutral verbs that introduce a quotation, such as "said"."""
    return frozenset(
        form[0]
        for entry in load_lexicon("reporting").entries
        if entry.category == "neutral" and "quote" in entry.extra.get("takes", "").split()
        for form in surface_forms(entry)
        if len(form) == 1
    )


def numbers(examples: Sequence[Example], ids: dict[str, int], traits: Ints) -> tuple[Text, Parts]:
    """Examples as the text and the parts that the model reads, a row each; `ids` has the names too."""
    words = np.array([ids.get(word, 0) for example in examples for word in example.words], dtype=np.int64)
    length = np.array([len(example.words) for example in examples])
    low = np.cumsum(length) - length
    rows = np.flatnonzero(length)
    first = low[rows] + [examples[row].words.index(TARGET) for row in rows.tolist()]
    text = Text(words, traits[words], np.repeat(np.arange(len(examples)), length))
    return text, Parts(rows, first, first + 1, low[rows], low[rows] + length[rows])


class Material(NamedTuple):
    """All that stance is learnt from: the vocabulary without names, and the examples, the rated ones first."""

    words: list[str]
    examples: list[Example]


def read_material(corpora: Path) -> Material:
    """Read the training part of NewsMTSC and the unrated articles in a folder of corpora."""
    mentions = read(corpora / "newsmtsc" / "train.jsonl")
    documents = articles(corpora)
    sentences = dict.fromkeys(mention.sentence for mention in mentions)
    words = vocabulary([*(document for _, document in documents), *map(make_document, sentences)])
    common = frozenset(words)
    rated = rated_examples(mentions, "newsmtsc", common)
    return Material(words, [*rated, *unrated_examples(documents, mentions, common)])
