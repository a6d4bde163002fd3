"""Short claims that several articles make: clauses whose content words largely agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from framing.attribution import grammar
from framing.comparison.content import NEGATIVE, Word, content_words, irregular_pasts
from framing.document import Document

_AGREEMENT = 0.62  # of the content words of two clauses (Dice); from 0.55 on two of five judged by hand said different things
_SHARED = 3  # content words; two alone are a subject, or a name with its epithet
_LONGEST = 14  # content words; longer clauses are whole stories, which are aligned as passages
_BLOCK = 2048  # clauses compared at once, so that memory does not grow with the square of their number

_CUTS = (
    frozenset(',;:—–()"…')
    | grammar.RELATIVES
    | frozenset(
        "but while whereas although though because if whether after before when until as since unless".split()
    )
)


# What begins no clause of its own: "according to reports".
_HANGING = frozenset("according including regarding concerning despite starting such".split())


_SAYING = frozenset({"said", "told"})


class Clause(NamedTuple):
    """A clause of an article: its tokens `first:last`, its content words, and whether it denies."""

    article: int
    first: int
    last: int
    stems: frozenset[str]
    denies: bool


def clauses(document: Document, article: int) -> Iterator[Clause]:
    """The clauses of a text that have a verb and enough content words to be a claim."""
    tokens = document.tokens
    for sentence, words in zip(document.sentences, content_words(document), strict=True):
        first = sentence.first
        for token in range(sentence.first, sentence.last + 1):
            if token < sentence.last and not (tokens[token] in _CUTS and not _inside(words, token)):
                continue
            own = [word for word in words if first <= word.first and word.last <= token]
            stems = frozenset(word.stem for word in own)
            introduces = token < sentence.last and tokens[token] == "that"  # "Lind has said publicly that"
            sized = _SHARED <= len(stems) <= _LONGEST and not introduces
            if sized and tokens[first] not in _HANGING and _has_verb(document, first, token):
                denies = any(each in NEGATIVE or each.endswith("n't") for each in tokens[first:token])
                yield Clause(article, first, token, stems, denies)
            first = token + 1


def _inside(words: Sequence[Word], token: int) -> bool:
    return any(word.first < token < word.last for word in words)


def _has_verb(document: Document, first: int, last: int) -> bool:
    """Whether a word may be the finite verb: an auxiliary, a word in -ed, or an irregular past other than "said"."""
    tokens, capital = document.tokens, document.is_capital
    for token in range(first, last):
        word = tokens[token]
        if word in grammar.FINITE or (word in irregular_pasts() and word not in _SAYING):
            return True
        adjective = token > first and tokens[token - 1] in grammar.DETERMINERS  # "the proposed order"
        if word.endswith("ed") and len(word) > 4 and not adjective and (not capital[token] or token == first):
            return True
    return False


def shared_claims(documents: Sequence[Document]) -> list[list[Clause]]:
    """Clauses of at least two articles that make the same claim, in groups; all of a group agree with its first clause.

    Two clauses agree when they share three content words or more, two of them no names of actors, when the shared are 62 %
    of those of both (Dice), and when both or none of them deny.
    """
    found = [clause for number, document in enumerate(documents) for clause in clauses(document, number)]
    pairs = _agreeing(found)
    order = sorted(pairs, key=lambda n: (-len({found[m].article for m in pairs[n]}), len(found[n].stems), n))
    taken: set[int] = set()
    groups: list[list[Clause]] = []
    for number in order:
        members = [other for other in pairs[number] if other not in taken]
        if number in taken or len({found[m].article for m in members} - {found[number].article}) < 1:
            continue
        taken.update([number, *members])
        groups.append([found[each] for each in (number, *members)])
    return groups


def _agreeing(found: Sequence[Clause]) -> dict[int, list[int]]:
    """For each clause those that agree with it."""
    if not found:
        return {}
    vocabulary = {stem: n for n, stem in enumerate(sorted(frozenset().union(*(c.stems for c in found))))}
    rows = [n for n, clause in enumerate(found) for _ in clause.stems]
    columns = [vocabulary[stem] for clause in found for stem in sorted(clause.stems)]
    table = sparse.csr_matrix(
        (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(found), len(vocabulary))
    )
    is_actor = np.array([stem.startswith("@") for stem in sorted(vocabulary)], dtype=np.float32)
    plain = sparse.csr_matrix(table @ sparse.diags(1 - is_actor))
    pairs: dict[int, list[int]] = defaultdict(list)
    for low in range(0, len(found), _BLOCK):
        shared = (plain[low : low + _BLOCK] @ plain.T).tocoo()
        enough = shared.data >= _SHARED - 1
        places = zip((shared.row[enough] + low).tolist(), shared.col[enough].tolist(), strict=True)
        for row, other in places:
            one, two = found[row], found[other]
            if one.article == two.article or one.denies != two.denies:
                continue
            both = len(one.stems & two.stems)
            if both >= _SHARED and 2 * both >= _AGREEMENT * (len(one.stems) + len(two.stems)):
                pairs[row].append(other)
    return {n: sorted(others) for n, others in pairs.items()}
