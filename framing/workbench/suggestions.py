"""Terms that a corpus uses and a lexicon lacks, found in three ways.

Log-odds: words and pairs of words that stand in sentences with a hit more often than in others, or in the corpus more
often than in another (Monroe et al. 2008). Collocations: phrases of two or three words of which a hit is one (Dunning
1993). Neighbours: words whose vector, each word read alone by the encoder, is near that of a term. They are suggestions to
read in context: what is typical of a corpus or near in meaning need not belong on the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from nltk.collocations import BigramAssocMeasures
from nltk.util import ngrams

from framing.actors import find_mentions
from framing.comparison.keywords import FUNCTION_WORDS, RunWord, log_odds, word_runs
from framing.document import Document, tokenize
from framing.lexicon import Entry, Lexicon, load_lexicon, noun_forms, surface_forms, verb_forms
from framing.workbench.hits import around

COLUMNS = ("method", "term", "score", "measure", "count", "articles", "near", "before", "written", "after", "article", "sentence")  # fmt: skip
LOG_ODDS, COLLOCATION, NEIGHBOUR = "log-odds", "collocation", "neighbour"
LEAST_USES = 2  # of a word or phrase that log-odds or collocations suggest; one use tells nothing
LEAST_Z = 1.0  # standard errors; below, a word is about as frequent on both sides
LEAST_COSINE = 0.5  # below it most neighbours have little to do with the term, by reading some hundred
_CONTEXT = 8  # words beside an example
_MOST_WORDS = 8000  # the most frequent words of a corpus; the encoder reads some thousand of them a second
_SHORTEST = 3  # letters of a word that is suggested

Vectors = Callable[[list[str]], np.ndarray]


class _Use(NamedTuple):
    """A word of a text: how it is written alone and before others, where, and whether a hit or a name."""

    alone: str
    before: str
    start: int
    end: int
    sentence: int
    hit: str
    named: bool


class _Text(NamedTuple):
    """A document as runs of words between which stand but spaces; a hit is one word of its run."""

    document: Document
    runs: list[list[_Use]]


def suggest(
    lexicon: Lexicon,
    documents: Iterable[Document],
    *,
    against: Iterable[Document] | None = None,
    category: str = "",
    most: int = 10,
    vectors: Vectors | None = None,
) -> pd.DataFrame:
    """Terms of a corpus that a lexicon lacks, `most` by each method, the best first.

    - `log-odds`: words and pairs of words in sentences with a hit, against all other sentences; with `against`, in the
      corpus against that one. `score` is z, in standard errors.
    - `collocation`: phrases of two or three words of which one is a hit, by `near`. `score` is the likelihood ratio G² of the hit
      and its company; what is no more frequent than by chance (PMI of 0 or less) is left out.
    - `neighbour`: words whose vector has a cosine of 0.5 or more with that of a term of one word, `near`, with `vectors` (texts to an
      array), such as `framing.encoder.vectors.sentence_vectors`. Compared are words alone, out of context; the mean
      of some hundred common ones is taken off first, since all vectors have much in common.

    With a `category`, only its entries are what is compared with. `count` is uses in the corpus, in so many `articles`;
    `before`, `written`, `after`, `article` and `sentence` are the first use. Left out are what the lexicon has already,
    inflections included, function words, numbers, and names: of known actors, and whatever is written with a capital inside
    sentences. A sentence that comes again word for word is read once. Raises `ValueError` for an unknown category, or no documents.
    """
    entries = lexicon.of_category(category)
    documents = list(documents)
    if not documents:
        raise ValueError("there is no article to take suggestions from; name a folder with texts")
    names = _names(documents)
    seen: set[str] = set()
    texts = [_read(document, lexicon, category, names, seen) for document in documents]
    known = _Known(lexicon)
    others = None
    if against is not None:
        other_documents = list(against)
        other_names = _names(other_documents)
        seen = set()
        others = [_read(document, lexicon, category, other_names, seen) for document in other_documents]
    rows = [*_by_log_odds(texts, others, known, most), *_by_collocation(texts, known, most)]
    if vectors is not None:
        rows += _by_vectors(texts, entries, known, most, vectors)
    return pd.DataFrame(rows, columns=list(COLUMNS))


# What may be suggested ------------------------------------------------------------------------------------------


class _Known:
    """What a lexicon has already: forms of its entries, beginnings that end with an asterisk, further inflections."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._forms: set[str] = set()
        self._stems: list[str] = []
        for entry in lexicon.entries:
            for form in surface_forms(entry):
                text = _flat(" ".join(form))
                if text.endswith("*"):
                    self._stems.append(text[:-1])
                else:
                    self._forms.add(text)
            word = entry.term.lower()
            if word.isalpha():
                self._forms.update(verb_forms(word), noun_forms(word))
        self._beginnings = tuple(self._stems)

    def __contains__(self, phrase: str) -> bool:
        text = _flat(phrase)
        return text in self._forms or (bool(self._beginnings) and text.startswith(self._beginnings))


def _flat(phrase: str) -> str:
    """A phrase with spaces for hyphens, since either finds the other."""
    return " ".join(phrase.lower().replace("-", " ").split())


def _may_be_term(use: _Use) -> bool:
    return not (use.hit or use.named or use.alone in FUNCTION_WORDS or len(use.alone) < _SHORTEST)


def _names(documents: Sequence[Document]) -> frozenset[str]:
    """Words that are names in these texts: of known actors, or with a capital inside sentences as often as without.

    Where a sentence or quotation begins, a capital tells nothing, unless the next word has one and the word is never without.
    """
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for document in documents:
        for sentence in document.sentences:
            if sentence.kind == "headline":  # where every word may have a capital
                continue
            for token in range(sentence.first, sentence.last):
                word = document.tokens[token]
                if not document.is_capital[token]:
                    small[word] += 1
                elif token > sentence.first and document.is_word[token - 1]:
                    capital[word] += 1
                elif token + 1 < sentence.last and document.is_capital[token + 1]:
                    beside[word] += 1
    written_so = {word for word, count in capital.items() if count >= small[word]}
    return _actor_words() | written_so | (beside.keys() - small.keys())


@cache
def _actor_words() -> frozenset[str]:
    """Words with a capital in the names of actors."""
    words = (word for entry in load_lexicon("actors").entries for word in entry.term.split())
    return frozenset(token for word in words if word[0].isupper() for token in tokenize(word))


def _read(
    document: Document, lexicon: Lexicon, category: str, names: frozenset[str], seen: set[str]
) -> _Text:
    """The runs of a document; a sentence that was `seen` already, in another copy or a standing notice, is left out."""
    again = set()
    for number, sentence in enumerate(document.sentences):
        text = document[sentence].lower()
        if text in seen:
            again.add(number)
        seen.add(text)
    hits: dict[int, str] = {}  # the term by token
    ends: dict[int, int] = {}  # where a hit ends by the token at which it begins
    for match in lexicon.match(document):
        ends[match.first] = match.last
        counts = not category or match.entry.category == category
        hits |= dict.fromkeys(range(match.first, match.last), match.entry.term if counts else " ")
    mentioned = {
        token
        for mention in find_mentions(document)
        for token in document.tokens_in(mention.start, mention.end)
    }
    runs = []
    for run in word_runs(document):
        if document.sentence_of(run[0].first) in again:
            continue
        own: list[_Use] = []
        inside = -1  # the end of a hit that goes on
        for word in run:
            if word.first < inside:
                continue
            use = _use(document, word, hits, mentioned, names)
            if word.first in ends:
                inside = ends[word.first]
                start, end = document.starts[word.first], document.ends[inside - 1]
                text = " ".join(document.text[start:end].lower().split())
                use = use._replace(alone=text, before=text, start=start, end=end)
            own.append(use)
        runs.append(own)
    return _Text(document, runs)


def _use(
    document: Document, word: RunWord, hits: dict[int, str], mentioned: set[int], names: frozenset[str]
) -> _Use:
    start = document.starts[word.first]
    tokens = document.tokens_in(start, start + len(word.alone))
    hit = next((hits[token] for token in tokens if token in hits), "")
    parts = [document.tokens[token] for token in tokens if document.tokens[token] != "-"]
    named = not mentioned.isdisjoint(tokens) or not names.isdisjoint(parts)
    return _Use(
        word.alone, word.before, start, start + len(word.alone), document.sentence_of(word.first), hit, named
    )


# Log-odds -------------------------------------------------------------------------------------------------------


def _by_log_odds(
    texts: Sequence[_Text], others: Sequence[_Text] | None, known: _Known, most: int
) -> Iterator[tuple[object, ...]]:
    uses: dict[str, list[tuple[_Text, _Use, _Use]]] = {}
    frames = []
    for length in (2, 1):
        inside: Counter[str] = Counter()
        outside: Counter[str] = Counter()
        for text in texts:
            with_hit = {use.sentence for run in text.runs for use in run if use.hit.strip()}
            for phrase, first, last in _phrases(text, length):
                uses.setdefault(phrase, []).append((text, first, last))
                counted = others is not None or first.sentence in with_hit
                (inside if counted else outside)[phrase] += 1
        for text in others or ():
            outside.update(phrase for phrase, _, _ in _phrases(text, length))
        frame = log_odds({"in": inside, "out": outside})
        frames.append(frame[(frame.group == "in") & (frame["count"] >= LEAST_USES) & (frame.z >= LEAST_Z)])
    found = pd.concat([frame for frame in frames if not frame.empty]) if any(map(len, frames)) else frames[0]
    shown: list[tuple[str, int]] = []
    found = found.sort_values(["z", "word"], ascending=[False, True], kind="stable")
    for word, z, uses_inside in zip(found.word, found.z, found["count"], strict=True):
        # A word that is always part of a phrase on the list is not listed again.
        held = any(word in phrase.split() and uses_inside == count for phrase, count in shown)
        if word in known or held:
            continue
        shown.append((word, uses_inside))
        yield _row(LOG_ODDS, word, z, "z", "", uses[word])
        if len(shown) == most:
            return


def _phrases(text: _Text, length: int) -> Iterator[tuple[str, _Use, _Use]]:
    """Phrases of so many words that may be terms: no hit, no name, and no function word at either end."""
    for run in text.runs:
        for at in range(len(run) - length + 1):
            words = run[at : at + length]
            if all(map(_may_be_term, words)):
                yield _phrase(words), words[0], words[-1]


def _phrase(words: Sequence[_Use]) -> str:
    return " ".join([*(word.before for word in words[:-1]), words[-1].alone])


# Collocations ---------------------------------------------------------------------------------------------------


def _by_collocation(texts: Sequence[_Text], known: _Known, most: int) -> Iterator[tuple[object, ...]]:
    """Phrases by the likelihood ratio of a hit and its company: the other word, or the other two with the hit's place open.

    So phrases of two and of three words can be ranked together.
    """
    runs = [(text, run) for text in texts for run in text.runs]
    words = Counter(use.alone for _, run in runs for use in run)
    total = words.total()
    uses: dict[tuple[str, ...], list[tuple[_Text, _Use, _Use]]] = {}
    parts: dict[tuple[str, ...], tuple[_Use, tuple[str, ...]]] = {}  # the hit and its company
    company: Counter[tuple[str, ...]] = Counter()
    for text, run in runs:
        for phrase in (some for length in (2, 3) for some in ngrams(run, length)):
            if _is_collocation(phrase):
                key = tuple(use.alone for use in phrase)
                at = next(place for place, use in enumerate(phrase) if use.hit.strip())
                uses.setdefault(key, []).append((text, phrase[0], phrase[-1]))
                parts[key] = phrase[at], _without(key, at)
    often = {key: own for key, own in uses.items() if len(own) >= LEAST_USES}
    wanted = {parts[key][1] for key in often}
    for _, run in runs:
        for length in (2, 3):
            for key in ngrams([use.alone for use in run], length):
                company.update(open_ for at in range(length) if (open_ := _without(key, at)) in wanted)
    scored = []
    for key, own in often.items():
        hit, others = parts[key]
        figures = len(own), (words[hit.alone], company[others]), total
        if BigramAssocMeasures.pmi(*figures) > 0:
            scored.append((-BigramAssocMeasures.likelihood_ratio(*figures), key))
    shown: list[tuple[str, int]] = []
    for score, key in sorted(scored):
        phrase, count = " ".join(key), len(uses[key])
        # The same uses are listed once, in the better of two phrases.
        held = any(count == other and (phrase in whole or whole in phrase) for whole, other in shown)
        if phrase in known or held:
            continue
        shown.append((phrase, count))
        yield _row(COLLOCATION, phrase, -score, "G²", parts[key][0].hit, uses[key])
        if len(shown) == most:
            return


def _without(words: tuple[str, ...], at: int) -> tuple[str, ...]:
    """A phrase with one place open."""
    return (*words[:at], "", *words[at + 1 :])


def _is_collocation(words: Sequence[_Use]) -> bool:
    """Whether a hit and words that may be terms stand together, no name among them and no function word at an end."""
    if not any(word.hit.strip() for word in words):
        return False
    ends = all(word.hit.strip() or _may_be_term(word) for word in (words[0], words[-1]))
    others = any(not word.hit and _may_be_term(word) for word in words)
    return others and ends and not any(word.named and not word.hit for word in words)


# Neighbours -----------------------------------------------------------------------------------------------------


def _by_vectors(
    texts: Sequence[_Text],
    entries: Sequence[Entry],
    known: _Known,
    most: int,
    vectors: Vectors,
) -> Iterator[tuple[object, ...]]:
    uses: dict[str, list[tuple[_Text, _Use, _Use]]] = {}
    for text in texts:
        for word, first, last in _phrases(text, 1):
            uses.setdefault(word, []).append((text, first, last))
    # Where an asterisk leaves the ending open, the words found stand for the entry.
    found = {
        use.alone: use.hit
        for text in texts
        for run in text.runs
        for use in run
        if use.hit.strip() and use.hit.endswith("*")
    }
    # The vector of a phrase is the mean of its content words: "attack on" would lie where "attack" does.
    single = (entry.term for entry in entries if entry.term.isalpha())
    terms = list(dict.fromkeys([*single, *found]))
    words = [word for word in uses if word.isalpha() and word not in known]
    words = sorted(words, key=lambda word: (-len(uses[word]), word))[:_MOST_WORDS]
    if not words or not terms:
        return
    common = _common_words()
    table = vectors([*words, *(term.lower() for term in terms), *common])
    empty = np.linalg.norm(table, axis=1) == 0
    table = table - table[len(words) + len(terms) :].mean(axis=0)
    table[empty] = 0
    table = table[: len(words) + len(terms)]
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    cosines = table[: len(words)] @ table[len(words) :].T
    best = cosines.max(axis=1)
    order = sorted(range(len(words)), key=lambda at: (-round(float(best[at]), 6), words[at]))
    for at in order[:most]:
        if best[at] < LEAST_COSINE:
            return
        near = terms[int(cosines[at].argmax())]
        yield _row(NEIGHBOUR, words[at], float(best[at]), "cosine", found.get(near, near), uses[words[at]])


@cache
def _common_words() -> tuple[str, ...]:
    """Some hundred words of news, whose mean is what all vectors have in common: the same for every corpus and lexicon."""
    names = ("frames", "places", "reporting", "sources")
    words = {
        e.term for name in names for e in load_lexicon(name).entries if e.term.isalpha() and e.term.islower()
    }
    return tuple(sorted(words)[::4])


def _row(
    method: str, term: str, score: float, measure: str, near: str, uses: Sequence[tuple[_Text, _Use, _Use]]
) -> tuple[object, ...]:
    text, first, last = uses[0]
    before, after = around(text.document, first.start, last.end, _CONTEXT)
    articles = len({id(own.document) for own, _, _ in uses})
    shown = " ".join(text.document.text[first.start : last.end].split())
    return (
        method, term, score, measure, len(uses), articles, near,
        before, shown, after, text.document.id, first.sentence + 1,
    )  # fmt: skip
