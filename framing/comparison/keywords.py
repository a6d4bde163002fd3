"""Distinctive words and phrases: log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, section 3.4).

Beside it stand Dunning's G² and the log ratio, which need no prior: the one asks how sure a difference is, the other how
large.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import xlogy

from framing.analysis import Analysis
from framing.attribution import grammar
from framing.comparison.groups import grouped
from framing.comparison.intervals import Array
from framing.document import Document

COLUMNS = (
    "group", "word", "z", "log_odds", "g2", "log_ratio", "count", "words", "other_count", "other_words",
)  # fmt: skip

LEAST_USES = 2  # of a phrase in all groups together; one that occurs once tells nothing of how anybody writes
# No phrase begins or ends with one of these: "of the base" is "base", cut at random.
FUNCTION_WORDS = (
    grammar.AUXILIARIES
    | grammar.SUBJECTS
    | grammar.OBJECTS
    | grammar.INDEFINITES
    | grammar.DETERMINERS
    | grammar.PREPOSITIONS
    | grammar.SUBORDINATORS
    | grammar.QUESTION_WORDS
    | grammar.COORDINATORS
    | grammar.RELATIVES
    | grammar.NEGATORS
)
_CLITIC = re.compile("'(?:s|re|ll|ve|d|m)$")


def log_odds(
    counts: Mapping[str, Mapping[str, int]],
    *,
    prior: float | None = None,
    alpha: float | Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Log-odds ratio with an informative Dirichlet prior, each group against all others (Monroe et al. 2008, eq. 15–22).

    `counts` gives the words of any number of groups. The prior expects every group to use a word as often as all groups
    together do, with the weight of `prior` words; by default the prior weighs as much as one more group of average
    size, which keeps what everybody uses, stop words above all, near zero. `alpha` gives the prior count of each word
    instead, or one for all words, as ConvoKit's `FightingWords` has it.

    One row per group and word it uses, most distinctive first: `z` in standard errors (higher = more distinctive),
    `log_odds` in nats, `g2` and `log_ratio` (see the functions `signed_g2` and `log_ratio`), and the counts behind them.
    With fewer than two groups the frame is empty; where there is but one word, it has no odds (NaN). Raises `ValueError`
    where both priors are given, or a word has no prior count above 0.

    >>> frame = log_odds({"a": {"the": 9, "base": 5}, "b": {"the": 9, "visit": 5}})
    >>> frame[frame.z > 1].word.tolist()
    ['base', 'visit']
    """
    if prior is not None and alpha is not None:
        raise ValueError("give the weight of the prior or its counts, not both")
    groups = [group for group in counts if any(counts[group].values())]
    if len(groups) < 2:
        return pd.DataFrame(columns=list(COLUMNS))
    used = [sorted(word for word, count in counts[group].items() if count) for group in groups]
    vocabulary = sorted(set(chain.from_iterable(used)))
    numbers = {word: number for number, word in enumerate(vocabulary)}
    # Only what a group uses has a row: of 200 groups, each lacks most words of the others.
    rows = np.repeat(np.arange(len(groups)), list(map(len, used)))
    columns = np.array([numbers[word] for words in used for word in words])
    count = np.array(
        [counts[group][word] for group, words in zip(groups, used, strict=True) for word in words],
        dtype=float,
    )
    words = np.bincount(rows, count).astype(np.float64)[rows]
    pooled = np.bincount(columns, count).astype(np.float64)
    other_count, other_words = pooled[columns] - count, pooled.sum() - words
    if alpha is None:
        weight = pooled.sum() / len(groups) if prior is None else prior
        expected = pooled * (weight / pooled.sum())
    else:
        expected = _given(alpha, vocabulary)
    inside, outside = count + expected[columns], other_count + expected[columns]
    delta = _logit(inside, words + expected.sum()) - _logit(outside, other_words + expected.sum())
    frame = pd.DataFrame({
        "group": [groups[row] for row in rows],
        "word": list(chain.from_iterable(used)),
        "z": delta / np.sqrt(1 / inside + 1 / outside),
        "log_odds": delta,
        "g2": signed_g2(count, words, other_count, other_words),
        "log_ratio": log_ratio(count, words, other_count, other_words),
        "count": count.astype(int),
        "words": words.astype(int),
        "other_count": other_count.astype(int),
        "other_words": other_words.astype(int),
    })  # fmt: skip
    return _sorted(frame, groups)


def signed_g2(count: Array, words: Array, other_count: Array, other_words: Array) -> Array:
    """Dunning's G² (Dunning 1993) of a word in a group against the others, negative where the group uses it less often.

    Twice the sum of observed × ln(observed / expected) over four cells, the word and all other words, in the group and
    outside; without its sign about χ² with one degree of freedom, so that a single word is beyond chance at 5 % from 3.84
    on. Arrays of counts of one shape; NaN where a side has no words.

    >>> signed_g2(np.array([10.0]), np.array([100.0]), np.array([5.0]), np.array([100.0])).round(3).tolist()
    [1.834]
    """
    both, everything = count + other_count, words + other_words
    cells = (
        (count, both, words),
        (other_count, both, other_words),
        (words - count, everything - both, words),
        (other_words - other_count, everything - both, other_words),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            xlogy(cell, cell / of_word) - xlogy(cell, of_side / everything)
            for cell, of_word, of_side in cells
        ]
        higher = np.sign(count / words - other_count / other_words)
    # What is 0 in a cell adds nothing, also where its row is empty.
    total = sum(np.where(cell == 0, 0, part) for (cell, *_), part in zip(cells, parts, strict=True))
    g2: Array = 2 * np.maximum(total, 0) * higher
    return g2


def log_ratio(count: Array, words: Array, other_count: Array, other_words: Array) -> Array:
    """Log ratio (Hardie 2014): how often the group's rate of a word doubles that of the others; −1 is half their rate.

    What one side never uses counts as used half a time, as Hardie has it, so that the ratio stays finite. Arrays of counts of
    one shape; NaN where a side has no words.

    >>> log_ratio(np.array([8.0, 4.0]), np.array([100.0, 100.0]), np.array([2.0, 0.0]), np.array([100.0, 50.0])).tolist()
    [2.0, 2.0]
    """
    sides = ((count, words), (other_count, other_words))
    rate, other_rate = (np.maximum(times, 0.5) / np.where(of > 0, of, np.nan) for times, of in sides)
    ratio: Array = np.log2(rate / other_rate)
    return ratio


def keywords(analyses: Iterable[Analysis], *, longest: int = 1, by: str | None = None) -> pd.DataFrame:
    """Distinctive words of each article against all others (Monroe et al. 2008), and phrases of up to `longest` words.

    With `by`, groups of articles by a column of their metadata stand in the place of articles (see `groups.grouped`). Numbers
    and punctuation are left out. Phrases are compared with phrases of the same length, and `words` then counts those. A
    phrase runs over no punctuation, number or end of a sentence, neither begins nor ends with a function word, and occurs
    twice or more in all. What a group uses no more often than a longer phrase of the list that holds it is not listed again.
    """
    members = (
        {analysis.document.id: [analysis] for analysis in analyses} if by is None else grouped(analyses, by)
    )
    frames: list[pd.DataFrame] = []
    inside: dict[
        tuple[str, str], set[int]
    ] = {}  # the counts of the phrases that hold a shorter one, by group
    for length in range(longest, 0, -1):
        counts = {
            group: sum((count_phrases(analysis, length) for analysis in some), Counter[str]())
            for group, some in members.items()
        }
        frame = log_odds(counts)
        if length > 1:
            frame = frame[frame["count"] + frame.other_count >= LEAST_USES]
        held = [
            count in inside.get((group, word), ())
            for group, word, count in zip(frame.group, frame.word, frame["count"], strict=True)
        ]
        frame = frame[~np.array(held, dtype=bool)]
        for group, phrase, count in zip(frame.group, frame.word, frame["count"], strict=True):
            for part in _parts(phrase):
                inside.setdefault((group, part), set()).add(count)
        frames.append(frame)
    if not frames:
        raise ValueError(f"a phrase has one word or more, not {longest}")
    full = [frame for frame in frames if not frame.empty]
    return _sorted(pd.concat(full), list(members)) if full else frames[0]


def count_words(analysis: Analysis) -> Counter[str]:
    """How often an article uses each word, lower-cased: tokens that begin with a letter, hyphenated words as one."""
    return count_phrases(analysis, 1)


def count_phrases(analysis: Analysis, length: int) -> Counter[str]:
    """How often an article uses each phrase of so many words, lower-cased; for longer ones see `keywords`."""
    counts: Counter[str] = Counter()
    for run in word_runs(analysis.document):
        for first in range(len(run) - length + 1):
            words = run[first : first + length]
            if length == 1 or not {words[0].alone, words[-1].alone} & FUNCTION_WORDS:
                counts[" ".join([*(word.before for word in words[:-1]), words[-1].alone])] += 1
    return counts


class RunWord(NamedTuple):
    """A word alone, as it stands before another ("mayor", "mayor's"), and its first token."""

    alone: str
    before: str
    first: int


def word_runs(document: Document) -> Iterator[list[RunWord]]:
    """Words with nothing but spaces between them, in order; a hyphenated one is one word, and no run leaves its sentence."""
    tokens, starts, ends = document.tokens, document.starts, document.ends
    for sentence in document.sentences:
        run: list[RunWord] = []
        token = sentence.first
        while token < sentence.last:
            last = token + 1
            if not (document.is_word[token] and tokens[token][0].isalpha()):
                if run:
                    yield run
                    run = []
                token = last
                continue
            # Only what touches a hyphen before it is wordlike without being a word.
            while last + 1 < sentence.last and tokens[last] == "-" and _goes_on(document, last):
                last += 2
            word = before = "".join(tokens[token:last])
            if last < sentence.last and starts[last] == ends[last - 1] and _CLITIC.fullmatch(tokens[last]):
                before += tokens[last]
                last += 1
            run.append(RunWord(word, before, token))
            token = last
        if run:
            yield run


def _goes_on(document: Document, hyphen: int) -> bool:
    """Whether a hyphen joins the word before it to one after it."""
    touches = (
        document.starts[hyphen] == document.ends[hyphen - 1]
        and document.starts[hyphen + 1] == document.ends[hyphen]
    )
    return touches and not document.is_word[hyphen + 1] and document.tokens[hyphen + 1][0].isalnum()


def _parts(phrase: str) -> Iterator[str]:
    """The shorter phrases inside a phrase."""
    words = phrase.split(" ")
    for length in range(1, len(words)):
        for first in range(len(words) - length + 1):
            yield _CLITIC.sub("", " ".join(words[first : first + length]))


def _given(alpha: float | Mapping[str, float], vocabulary: Sequence[str]) -> Array:
    """The prior counts of the words, and in the last places those of words that nobody used."""
    if not isinstance(alpha, Mapping):
        expected = np.full(len(vocabulary), float(alpha))
    else:
        known = set(vocabulary)
        unused = [count for word, count in alpha.items() if word not in known]
        expected = np.array([*(alpha.get(word, 0.0) for word in vocabulary), *unused], dtype=float)
    if not (expected[: len(vocabulary)] > 0).all():
        raise ValueError("every word needs a prior count above 0")
    return expected


def _sorted(frame: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Groups in their order, in each the most distinctive first."""
    order = frame.group.map({group: number for number, group in enumerate(groups)})
    return (
        frame.assign(order=order)
        .sort_values(["order", "z", "word"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="order")
    )


def _logit(counts: Array, of: Array) -> Array:
    others = of - counts
    log_odds: Array = np.log(counts) - np.log(np.where(others > 0, others, np.nan))
    return log_odds
