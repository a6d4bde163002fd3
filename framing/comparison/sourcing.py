"""Whose words: who speaks in an article, how much, from where on, with what verbs, and how the author differs from them.

Sources and cues are those of the dimension `attribution`; verb classes follow Caldas-Coulthard 1994 and Thompson & Ye 1991.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from framing.actors import with_wholes
from framing.analysis import LEAST_SENTENCES, Analysis, Evidence, Ratio
from framing.attribution import grammar
from framing.comparison.differences import TOO_LITTLE, adjusted, permutation_p
from framing.comparison.intervals import Array, accelerated, own_seed, resampled_sums
from framing.dimensions.attribution import VERB_CLASSES
from framing.document import Document, tokenize
from framing.lexicon import Entry, load_lexicon, surface_forms
from framing.voice import Voices

NOT_NAMED = "not_named"  # an attribution without a source: "it is said that"
NOT_FOUND = "not_found"  # a quotation that no attribution covers
LEAST_CUES = 5  # with fewer on both sides not even opposite habits would give a p below 0.01
NOT_USED = "not tested: neither side has such a verb"

SPEAKER_COLUMNS = (
    "article", "source_type", "source_actor", "attributions", "words", "share", "position", "start", "end",
    "longest", "longest_start", "longest_end",
)  # fmt: skip
VERB_COLUMNS = ("article", "actor", "verb", "verb_class", "count", "share", "start", "end")
VERB_DIFFERENCE_COLUMNS = (
    "a", "b", "verb_class", "count_a", "n_a", "share_a", "count_b", "n_b", "share_b", "difference", "p", "q", "note",
)  # fmt: skip
AUTHOR_COLUMNS = (
    "article", "actor", "author", "n_author", "attributed", "n_attributed", "difference", "low", "high", "p", "q",
    "note",
)  # fmt: skip


# Who speaks, and how much -----------------------------------------------------------------------------------------


def speakers(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """Who speaks in each article, how much and from where on (van Dijk 1988, ch. 2, on sources in the news).

    One row per article, type of source and actor that is the source (the actor itself, not the whole it is part of; ""
    where none is known), in the order of appearance: the number of `attributions`; `words` as the innermost source has
    them, so that the rows of an article add up to its attributed words, and their `share` (0..1) of all its words;
    `position`, the place of the first word of the first content in the article (0 its first word, below 1); the first cue;
    and the longest content without interruption in words, with its place. Attributions that name no source are of the
    type `not_named`; quotations that no attribution covers are `not_found`, with the first of them for the cue.
    `position` and `share` are NaN where there are no words.
    """
    rows = [row for analysis in analyses for row in _speakers(analysis)]
    return pd.DataFrame(rows, columns=list(SPEAKER_COLUMNS))


def _speakers(analysis: Analysis) -> list[dict[str, Any]]:
    document = analysis.document
    attributions, voices = analysis.markup.attributions, analysis.markup.voices
    words = Counter(
        {voice.attribution: number for voice, number in voices.words() if voice.name == "attributed"}
    )
    groups: dict[tuple[str, str], list[int]] = {}
    for number, item in enumerate(attributions):
        key = item.extra["source_type"] or NOT_NAMED, item.source_actor or ""
        groups.setdefault(key, []).append(number)
    rows = [
        _speaker(
            document,
            key,
            first=attributions[numbers[0]],
            attributions=len(numbers),
            words=sum(words[number] for number in numbers),
            spans=[
                (start, end) for number in numbers for start, end in attributions[number].extra["content"]
            ],
        )
        for key, numbers in groups.items()
    ]
    loose = list(_loose_quotes(document, voices))
    if loose:
        first = Evidence("attribution", "", *loose[0])
        rows.append(
            _speaker(document, (NOT_FOUND, ""), first=first, attributions=0, words=words[None], spans=loose)
        )
    return sorted(rows, key=lambda row: (np.isnan(row["position"]), row["position"], row["start"]))


def _speaker(
    document: Document,
    key: tuple[str, str],
    *,
    first: Evidence,
    attributions: int,
    words: int,
    spans: Sequence[tuple[int, int]],
) -> dict[str, Any]:
    sizes = [_words_in(document, *span) for span in spans]
    longest = max(zip(sizes, spans, strict=True), key=lambda pair: (pair[0], -pair[1][0]), default=(0, None))
    start, end = longest[1] or (first.start, first.end)
    place = _words_in(document, 0, min(start for start, _ in spans)) if spans else np.nan
    return {
        "article": document.id,
        "source_type": key[0],
        "source_actor": key[1],
        "attributions": attributions,
        "words": words,
        "share": words / document.words if document.words else np.nan,
        "position": place / document.words if document.words else np.nan,
        "start": first.start,
        "end": first.end,
        "longest": longest[0],
        "longest_start": start,
        "longest_end": end,
    }


def _loose_quotes(document: Document, voices: Voices) -> Iterator[tuple[int, int]]:
    """Passages that are attributed by their quotation marks alone."""
    for quote in document.quotes:
        tokens = document.tokens_in(quote.start, quote.end)
        turns = voices.turns(tokens.start, tokens.stop)
        ends = [start for start, _ in turns[1:]] + [document.ends[tokens.stop - 1]] if turns else []
        for (start, voice), end in zip(turns, ends, strict=True):
            if voice.name == "attributed" and voice.attribution is None:
                yield start, end


def _words_in(document: Document, start: int, end: int) -> int:
    tokens = document.tokens_in(start, end)
    return sum(document.is_word[tokens.start : tokens.stop])


# Verbs ------------------------------------------------------------------------------------------------------------


def verbs(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The words with which each article reports each side (Caldas-Coulthard 1994; Thompson & Ye 1991).

    One row per article, actor that is the source ("" where none is known, last), verb and verb class, most frequent
    first: the entry of the lexicon `reporting` that the cue is a form of, or the cue without auxiliaries where it is none;
    its `count` and `share` (0..1) of the cues of that side in the article; and its first cue, `start` to `end`. A cue of a
    part counts for its whole too, as in the scores.
    """
    rows: list[dict[str, object]] = []
    for analysis in analyses:
        counts: Counter[tuple[str, str, str]] = Counter()
        first: dict[tuple[str, str, str], Evidence] = {}
        for item in analysis.markup.attributions:
            verb = lemma(analysis.document[item], item.extra["verb_class"])
            for side in _sides(item):
                key = side, verb, item.extra["verb_class"]
                counts[key] += 1
                first.setdefault(key, item)
        cues: Counter[str] = Counter()
        for (side, _, _), count in counts.items():
            cues[side] += count
        order = sorted(counts, key=lambda key: (key[0] == "", key[0], -counts[key], first[key].start, key[1]))
        rows += [
            {
                "article": analysis.document.id,
                "actor": side,
                "verb": verb,
                "verb_class": verb_class,
                "count": counts[side, verb, verb_class],
                "share": counts[side, verb, verb_class] / cues[side],
                "start": first[side, verb, verb_class].start,
                "end": first[side, verb, verb_class].end,
            }
            for side, verb, verb_class in order
        ]
    return pd.DataFrame(rows, columns=list(VERB_COLUMNS))


def verb_differences(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """Does one side "say" and the other "claim"? A class of verbs against the rest, by an exact test (Fisher 1934, § 21.02).

    One row per pair of sides and verb class, over all the articles together: how many of the `n` cues of either side are
    of the class, the difference of the shares (a − b, −1..1), p and q after false-discovery control over all rows. Sides
    are the actors that are sources, those with most cues first; an actor is not set against one it is part of, since they
    share cues. With fewer than `LEAST_CUES` cues on a side, the row says so in `note` and carries no p; nor does one where
    neither side has a verb of the class. The test takes cues for independent: many from one article say less than it thinks.
    """
    counts: dict[str, Counter[str]] = {}
    for analysis in analyses:
        for item in analysis.markup.attributions:
            for side in _sides(item):
                counts.setdefault(side, Counter())[item.extra["verb_class"]] += 1
    counts.pop("", None)
    order = sorted(counts, key=lambda side: (-counts[side].total(), side))
    rows = [
        _verb_difference(a, b, verb_class, counts[a], counts[b])
        for a, b in combinations(order, 2)
        if a not in with_wholes(b) and b not in with_wholes(a)
        for verb_class in VERB_CLASSES
    ]
    frame = pd.DataFrame(rows, columns=list(VERB_DIFFERENCE_COLUMNS))
    frame["q"] = adjusted(frame["p"].astype(float))
    return frame


def _verb_difference(
    a: str, b: str, verb_class: str, one: Counter[str], other: Counter[str]
) -> dict[str, object]:
    count_a, count_b = one[verb_class], other[verb_class]
    n_a, n_b = one.total(), other.total()
    p, note = np.nan, ""
    if min(n_a, n_b) < LEAST_CUES:
        note = TOO_LITTLE
    elif count_a + count_b == 0:
        note = NOT_USED
    else:
        p = float(fisher_exact(np.array([[count_a, n_a - count_a], [count_b, n_b - count_b]])).pvalue)
    return {
        "a": a, "b": b, "verb_class": verb_class,
        "count_a": count_a, "n_a": n_a, "share_a": count_a / n_a,
        "count_b": count_b, "n_b": n_b, "share_b": count_b / n_b,
        "difference": count_a / n_a - count_b / n_b, "p": p, "q": np.nan, "note": note,
    }  # fmt: skip


def lemma(cue: str, verb_class: str = "") -> str:
    """The base form of a reporting cue: the longest entry of the lexicon `reporting` in it, or what is left without auxiliaries.

    Of entries that share a form, one of the verb class goes first.

    >>> lemma("has repeatedly said"), lemma("pointed out"), lemma("has never tutted")
    ('say', 'point out', 'tutted')
    """
    tokens = tokenize(cue)
    for length in range(len(tokens), 0, -1):
        for first in range(len(tokens) - length + 1):
            entries = _forms().get(tuple(tokens[first : first + length]))
            if entries:
                return next((entry for entry in entries if entry.category == verb_class), entries[0]).term
    rest = [token for token in tokens if token not in grammar.AUXILIARIES and not grammar.is_adverb(token)]
    return " ".join(rest or tokens)


@cache
def _forms() -> dict[tuple[str, ...], list[Entry]]:
    """The entries of the reporting lexicon by their inflected forms; what stands in the file goes first."""
    forms: dict[tuple[str, ...], list[Entry]] = {}
    inflected = []
    for entry in load_lexicon("reporting").entries:
        term, *others = surface_forms(entry)
        forms.setdefault(term, []).append(entry)
        inflected += [(form, entry) for form in others]
    for form, entry in inflected:
        forms.setdefault(form, []).append(entry)
    return forms


def _sides(item: Evidence) -> Sequence[str]:
    return with_wholes(item.source_actor) if item.source_actor else ("",)


# The author and the quoted ----------------------------------------------------------------------------------------


def author_and_sources(analyses: Iterable[Analysis], *, seed: int = 0, resamples: int = 1000) -> pd.DataFrame:
    """How the author portrays an actor and how the sources do (voices after White 2012, attribution and stance).

    One row per article and actor: mean polarity (−1..1) of the sentences that mention it in the author's voice and in
    attributed words, how many these are, and the difference (author − attributed, −2..2) with a 95 % bootstrap interval
    over sentences (see `intervals.accelerated`), a permutation p (see `permutation_p`) and q after false-discovery control over
    all rows. A sentence with mentions in both voices counts for both. Where a side has fewer than `LEAST_SENTENCES`
    sentences, the row says so in `note` and carries no interval and no p. Headlines are neither.
    """
    rows = [row for analysis in analyses for row in _author_and_sources(analysis, seed, resamples)]
    frame = pd.DataFrame(rows, columns=list(AUTHOR_COLUMNS))
    frame["q"] = adjusted(frame["p"].astype(float))
    return frame


def _author_and_sources(analysis: Analysis, seed: int, resamples: int) -> list[dict[str, object]]:
    reading = analysis.readings.get("stance")
    document = analysis.document
    tables = _totals(document, reading.evidence if reading else ())
    enough = [actor for actor, table in tables.items() if _sentences(table).min() >= LEAST_SENTENCES]
    own = own_seed(document.id, seed)
    drawn = resampled_sums([tables[actor] for actor in enough], seed=own, resamples=resamples)
    tests: dict[str, dict[str, object]] = {}
    for actor, sums in zip(enough, drawn, strict=True):
        author, attributed = (table[table[:, 1] > 0] for table in np.hsplit(tables[actor], 2))
        table = tables[actor]
        (low,), (high,) = accelerated(
            _difference(sums)[None],
            _difference(table.sum(axis=0))[None],
            _difference(table.sum(axis=0) - table)[None],
            np.array([_sentences(table).min()], dtype=float),
        )
        (p,) = permutation_p([author], [attributed], [Ratio()], seed=seed, resamples=resamples)
        tests[actor] = {"low": float(low), "high": float(high), "p": p, "note": ""}
    rows: list[dict[str, object]] = []
    for actor in sorted(tables):
        sums = tables[actor].sum(axis=0)
        row: dict[str, object] = {
            "article": document.id,
            "actor": actor,
            "author": float(Ratio()(sums[:2])),
            "n_author": int(sums[1]),
            "attributed": float(Ratio()(sums[2:])),
            "n_attributed": int(sums[3]),
            "difference": float(_difference(sums)),
            "low": np.nan,
            "high": np.nan,
            "p": np.nan,
            "q": np.nan,
            "note": TOO_LITTLE,
        }
        rows.append(row | tests.get(actor, {}))
    return rows


def _totals(document: Document, evidence: Iterable[Evidence]) -> dict[str, Array]:
    """For each actor, by sentence: polarity and rows in the author's voice, polarity and rows in attributed words."""
    starts = [sentence.start for sentence in document.sentences]
    columns = {"author": 0, "attributed": 2}
    tables: dict[str, Array] = {}
    for item in evidence:
        column = columns.get(item.voice)
        if item.actor is None or column is None:
            continue
        table = tables.setdefault(item.actor, np.zeros((len(starts), 4)))
        table[bisect_left(starts, item.start), column : column + 2] += item.weight, 1
    return tables


def _sentences(table: Array) -> Array:
    """How many sentences either side has."""
    counts: Array = np.count_nonzero(table[:, [1, 3]], axis=0)
    return counts


def _difference(sums: Array) -> Array:
    """Author − attributed of sums of shape (..., 4)."""
    difference: Array = Ratio()(sums[..., :2]) - Ratio()(sums[..., 2:])
    return difference
