"""Stance: how a sentence portrays an actor it mentions, from the evaluative words around the mention.

Words and their weights are in `lexicons/stance.tsv`; words it lacks are taken from VADER's lexicon (Hutto & Gilbert
2014). A verb may rate the one who acts and the one acted upon differently (connotation frames, Rashkin et al. 2016).
Nothing here looks at who an actor is: names are masked before words are looked up, so swapping two names swaps
their scores.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, groupby, pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from framing.actors import Mention, is_title_case
from framing.analysis import ALL_VOICES, Dimension, Evidence, Floats, Markup, Score, ratio
from framing.document import Document, HasSpan
from framing.lexicon import Match, load_lexicon

Role = Literal["weight", "agent", "patient"]

# How strongly a word bears on a mention. An ordinal logistic regression on the training part of NewsMTSC (Hamborg &
# Donnay 2021) gave these factors, rounded here. Contrast, judged and elsewhere are set by hand: they tell two actors
# apart, where that corpus, mostly of one person a sentence, has little to say.
VADER_SCALE = 0.7 / 4  # VADER rates words from -4 to 4, for tweets
_AFTER_WORD = 0.7  # the mention stands after the word
_HALF_DISTANCE = 15  # words between at which a word counts half
_NAME_BETWEEN = 0.7  # each other name between
_REPORT_BETWEEN = 0.85  # a reporting verb between
_QUOTE_BETWEEN = 0.9  # each quotation mark between, two at most
_CONTRAST = 0.6  # each "but" between
_SPEAKER = 0.5  # the mention is the source of a report: what it says is about others
_NEGATED = -0.5
_NEGATIVE_BIAS = 1.25  # bad outweighs good (Rozin & Royzman 2001)
LABELLED = 0.15  # polarity beyond which a row is positive or negative

_REACH = 60  # words; beyond it a word says nothing about a mention
_JUDGED = 0.4  # the word follows one that judges: in "X accused Y of lying" it is about Y
_ELSEWHERE = 0.4  # another name and a report or a "but" between: the word is about that other
_OWNED = 0.3  # the word stands right after another name: "American sanctions", "Peru's failure"
_TURN_REACH = 3  # words over which "failed to" or "very" works
_BY_REACH = 6  # tokens between a verb and the name after "by"
_JUDGING = frozenset({"praise", "blame"})
_BE = frozenset("am is are was were be been being get gets got getting 's 're".split())
_NEGATORS = frozenset("not no never neither nor without cannot".split())
_NO_NEGATION = frozenset("only just merely simply".split())  # "not only generous" is generous
_CONTRASTS = frozenset("but although though however while whereas yet despite unlike except ;".split())
_STOPS = frozenset(', ; : ( ) " but'.split())
_ARTICLES = frozenset("the a an".split())


class Evaluation(NamedTuple):
    """An evaluative word or phrase: its tokens `first:last`, its term, and how it rates by role, -1..1.

    `turn` is the product of the negations, reversals and intensifiers before it; `passive` marks a passive
    `verb`, `judges` one that praises or blames whoever follows it.
    """

    first: int
    last: int
    term: str
    rates: Mapping[Role, float]
    turn: float
    passive: bool
    judges: bool
    verb: bool


class Pull(NamedTuple):
    """What an evaluation says of one actor: in which role it takes the mention, and how much of it counts."""

    evaluation: Evaluation
    role: Role
    factor: float

    @property
    def weight(self) -> float:
        """Contribution to the polarity, before it is brought into -1..1."""
        product = self.evaluation.rates[self.role] * self.factor
        return product * _NEGATIVE_BIAS if product < 0 else product


class Scene(NamedTuple):
    """A sentence with its names masked: its evaluations, and running counts of what may stand between two tokens."""

    document: Document
    first: int
    evaluations: tuple[Evaluation, ...]
    runs: tuple[tuple[int, int], ...]  # per token the run of name tokens it lies in, itself when in none
    counts: Mapping[str, tuple[int, ...]]
    speaks_before: frozenset[int]  # tokens at which a reporting verb begins
    speaks_after: frozenset[int]  # tokens before which an inverted one ("said") ends

    @property
    def names(self) -> int:
        """How many names the sentence holds."""
        return self.counts["names"][-1]

    def between(self, what: str, low: int, high: int) -> int:
        """How many words, names, reports, quotes or contrasts the tokens `low:high` hold."""
        running = self.counts[what]
        return running[high - self.first] - running[low - self.first]


def polarity(
    document: Document, sentence: int, targets: Sequence[HasSpan], names: Iterable[HasSpan] = ()
) -> tuple[float, list[tuple[int, int, float]]]:
    """How a sentence portrays whoever the spans `targets` mention: -1..1, and the words that decide it.

    `names` are the mentions of all other known actors: like the targets they are masked, so that a name never rates.
    The words come as (start, end, weight) in code points, in the order of the text.

    >>> from framing.actors import find_mentions
    >>> from framing.document import make_document
    >>> document = make_document("Critics condemned Russia for the massacre.")
    >>> value, words = polarity(document, 0, find_mentions(document))
    >>> value < -0.3, [document.text[start:end] for start, end, _ in words]
    (True, ['condemned', 'massacre'])
    """
    scene = set_scene(document, sentence, [*targets, *names])
    return _polarity(document, pulls(scene, targets))


def _polarity(document: Document, found: Sequence[Pull]) -> tuple[float, list[tuple[int, int, float]]]:
    total = math.fsum(pull.weight for pull in found)
    words = [
        (
            document.starts[pull.evaluation.first],
            document.ends[pull.evaluation.last - 1],
            round(pull.weight, 3),
        )
        for pull in found
    ]
    return total / math.sqrt(1 + total * total), words


# What the words say ----------------------------------------------------------------------------------------------


def set_scene(document: Document, sentence: int, names: Iterable[HasSpan]) -> Scene:
    """Look up the evaluative words of a sentence in which the spans `names` are masked."""
    first, last = document.sentences[sentence].first, document.sentences[sentence].last
    masked = {token for name in names for token in document.tokens_in(name.start, name.end)}
    title_case = is_title_case(document, sentence)
    named = [
        token in masked or (not title_case and token > first and _may_be_name(document, token))
        for token in range(first, last)
    ]
    reports = [
        match
        for match in _between_names(document, "reporting", first, last, masked)
        if match.entry.category == "neutral" and "quote" in match.entry.extra.get("takes", "").split()
    ]
    begins = frozenset(match.first for match in reports)
    tokens = document.tokens[first:last]
    starts_run = [here and not before for here, before in zip(named, [False, *named], strict=False)]
    words = [
        starts_run[i] if named[i] else document.is_word[first + i] and token not in _ARTICLES
        for i, token in enumerate(tokens)
    ]
    counts = {
        "words": words,
        "names": starts_run,
        "named": named,
        "reports": [first + i in begins for i in range(last - first)],
        "quotes": [token == '"' for token in tokens],
        "contrasts": [token in _CONTRASTS for token in tokens],
    }
    evaluations = tuple(_without_emphasis(list(_evaluations(document, first, last, masked, named))))
    judging = {evaluation.first for evaluation in evaluations if evaluation.judges}
    counts["judged"] = [first + i in judging for i in range(last - first)]
    return Scene(
        document,
        first,
        evaluations,
        tuple(_runs(first, named)),
        {what: tuple(accumulate(map(int, marks), initial=0)) for what, marks in counts.items()},
        begins,
        frozenset(
            match.last for match in reports if "inverted" in match.entry.extra.get("takes", "").split()
        ),
    )


def _between_names(
    document: Document, lexicon: str, first: int, last: int, masked: set[int]
) -> Iterator[Match]:
    """Entries in the stretches between masked names, so that no match depends on how a name is written."""
    edges = [first - 1, *sorted(token for token in masked if first <= token < last), last]
    for edge, next_edge in pairwise(edges):
        yield from load_lexicon(lexicon).match(document, edge + 1, next_edge)


def _may_be_name(document: Document, token: int) -> bool:
    return document.is_capital[token] and document.tokens[token].isalpha() and len(document.tokens[token]) > 1


def _runs(first: int, named: Sequence[bool]) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(named):
        end = position + 1
        while named[position] and end < len(named) and named[end]:
            end += 1
        for _ in range(position, end):
            yield first + position, first + end
        position = end


def _evaluations(
    document: Document, first: int, last: int, masked: set[int], named: Sequence[bool]
) -> Iterator[Evaluation]:
    """The evaluative words in order: those of the lexicon, and those it lacks by VADER's."""
    matches = {match.first: match for match in _between_names(document, "stance", first, last, masked)}
    turns = {match.last: match for match in matches.values() if match.entry.extra["turn"]}
    vader = vader_rates()
    position = since = first
    turn = 1.0
    while position < last:
        match = matches.get(position)
        end = match.last if match else position + 1
        if not named[position - first]:
            if match is not None:
                rates = _rates(match.entry.weight, match.entry.extra["agent"], match.entry.extra["patient"])
                if any(rates.values()):
                    turn = _turn_here(document, first, since, position, turns, turn)
                    passive = _is_passive(document, first, last, match)
                    verb = match.entry.forms == "v"
                    judges = verb and not passive and match.entry.category in _JUDGING
                    yield Evaluation(position, end, match.entry.term, rates, turn, passive, judges, verb)
                    since = end
            elif document.tokens[position] in vader:
                rates = _rates(vader[document.tokens[position]] * VADER_SCALE, "", "")
                turn = _turn_here(document, first, since, position, turns, turn)
                word = document.tokens[position]
                yield Evaluation(position, end, word, rates, turn, passive=False, judges=False, verb=False)
                since = end
        position = end


def _without_emphasis(evaluations: Sequence[Evaluation]) -> Iterator[Evaluation]:
    """Evaluations without praise that only strengthens the blame right after it: "the greatest threat"."""
    for evaluation, following in pairwise([*evaluations, None]):
        if evaluation is not None and not (
            following is not None
            and following.first == evaluation.last
            and not evaluation.verb
            and following.rates["weight"] < 0 < evaluation.rates["weight"]
        ):
            yield evaluation


@cache
def _rates(weight: float, agent: str, patient: str) -> Mapping[Role, float]:
    rates: dict[Role, float] = {"weight": weight}
    if agent:
        rates |= {"agent": float(agent), "patient": float(patient)}
    return rates


@cache
def vader_rates() -> Mapping[str, float]:
    """VADER's ratings of single words, -4..4."""
    return {word: rate for word, rate in SentimentIntensityAnalyzer().lexicon.items() if word.isalpha()}


def _turn_here(
    document: Document, first: int, since: int, position: int, turns: Mapping[int, Match], turn: float
) -> float:
    """Turn of the evaluation at a position; right after another one it has that one's `turn` and its effect."""
    if not position == since > first:
        return _turn(document, since, position, turns)
    match = turns.get(position)
    return turn * float(match.entry.extra["turn"]) if match else turn


def _turn(document: Document, since: int, position: int, turns: Mapping[int, Match]) -> float:
    """Product of what negates, reverses or strengthens in the words before, up to a stop or another evaluation."""
    turn = 1.0
    token = position
    while token > since and position - token <= _TURN_REACH:
        match = turns.get(token)
        previous = document.tokens[token - 1]
        if match is not None:
            turn *= float(match.entry.extra["turn"])
            token = max(since, match.first)
        elif previous in _STOPS:
            break
        else:
            negates = previous in _NEGATORS or previous.endswith("n't")
            if negates and document.tokens[token] not in _NO_NEGATION:
                turn *= _NEGATED
            token -= 1
    if token == since and token in turns:
        turn *= float(turns[token].entry.extra["turn"])
    return turn


def _is_passive(document: Document, first: int, last: int, match: Match) -> bool:
    """Whether a verb is a passive: a past participle after a form of be, or before "by"."""
    verb = document.tokens[match.first]
    if match.entry.forms != "v" or verb.endswith("ing"):
        return False
    by_follows = match.last < last and document.tokens[match.last] == "by"
    if by_follows and verb != match.entry.term and not verb.endswith("s"):
        return True
    for token in range(match.first - 1, max(first, match.first - 4) - 1, -1):
        word = document.tokens[token]
        if word in _BE:
            return True
        if not (word in _NEGATORS or word.endswith(("ly", "n't")) or word in ("also", "since")):
            return word.endswith("n't")
    return False


# Whom they say it of ---------------------------------------------------------------------------------------------


def pulls(scene: Scene, targets: Iterable[HasSpan]) -> list[Pull]:
    """What each evaluation of a scene says of the actor that `targets` mention, taking the mention nearest to it."""
    document = scene.document
    last = scene.first + len(scene.runs)
    spans = (document.tokens_in(target.start, target.end) for target in targets)
    places = sorted(
        {(span[0], min(span[-1] + 1, last)) for span in spans if span and scene.first <= span[0] < last}
    )
    starts = [start for start, _ in places]
    found: list[Pull] = []
    for evaluation in scene.evaluations:
        index = bisect_left(starts, evaluation.first)
        near = [_pull(scene, evaluation, *place) for place in places[max(0, index - 1) : index + 1]]
        best = max(
            (pull for pull in near if pull is not None), key=lambda pull: abs(pull.factor), default=None
        )
        if best is not None and best.weight:
            found.append(best)
    return found


def _pull(scene: Scene, evaluation: Evaluation, start: int, end: int) -> Pull | None:
    run_start, run_end = scene.runs[start - scene.first][0], scene.runs[end - 1 - scene.first][1]
    leads = evaluation.first >= end
    low, high = (run_end, evaluation.first) if leads else (evaluation.last, run_start)
    if high < low:
        return None
    distance = scene.between("words", low, high)
    if distance > _REACH:
        return None
    factor = evaluation.turn * (1.0 if leads else _AFTER_WORD) * _HALF_DISTANCE / (_HALF_DISTANCE + distance)
    names = scene.between("names", low, high)
    contrasts = scene.between("contrasts", low, high)
    reports = scene.between("reports", low, high)
    speaker = _is_speaker(scene, run_start, run_end)
    factor *= _NAME_BETWEEN ** min(3, names)
    factor *= _QUOTE_BETWEEN ** min(2, scene.between("quotes", low, high))
    factor *= _CONTRAST ** min(2, contrasts)
    if reports:
        factor *= _REPORT_BETWEEN
    if (names and (contrasts or reports or speaker)) or (speaker and not leads and scene.names > 1):
        factor *= _ELSEWHERE
    if leads and scene.between("judged", low, high):
        factor *= _JUDGED
    if not (leads and distance == 0) and _is_owned(scene, evaluation):
        factor *= _OWNED
    if speaker:
        factor *= _SPEAKER
    return Pull(evaluation, _role(scene, evaluation, leads, run_start), factor)


def _is_owned(scene: Scene, evaluation: Evaluation) -> bool:
    """Whether a name, or its possessive, stands right before a word that is no verb: it tells of that name."""
    before = evaluation.first - 1
    if before > scene.first and scene.document.tokens[before] == "'s":
        before -= 1
    elif evaluation.verb:
        return False
    return before >= scene.first and bool(scene.between("named", before, before + 1))


def _role(scene: Scene, evaluation: Evaluation, leads: bool, mention: int) -> Role:
    """Agent or patient of a verb that rates them differently: by the order of words, the voice, and "by"."""
    if "agent" not in evaluation.rates:
        return "weight"
    if leads:
        return "patient" if evaluation.passive or _is_afterthought(scene, evaluation, mention) else "agent"
    between = scene.document.tokens[evaluation.last : min(mention, evaluation.last + _BY_REACH + 1)]
    by_agent = len(between) <= _BY_REACH and "by" in between[:4] and not _STOPS.intersection(between)
    return "agent" if by_agent else "patient"


def _is_afterthought(scene: Scene, evaluation: Evaluation, mention: int) -> bool:
    """Whether a participle after a comma tells of an earlier name: "X shelled Y, wounding ten"."""
    tokens = scene.document.tokens
    participle = evaluation.verb and tokens[evaluation.first].endswith("ing")
    return (
        participle
        and tokens[evaluation.first - 1] == ","
        and bool(scene.between("names", scene.first, mention))
    )


def _is_speaker(scene: Scene, start: int, end: int) -> bool:
    """Whether a reporting verb follows the name, one adverb between at most, or an inverted one precedes it."""
    if end in scene.speaks_before or start in scene.speaks_after:
        return True
    tokens = scene.document.tokens
    adverb = end < len(tokens) and (
        tokens[end].endswith("ly") or tokens[end] in ("also", "has", "had", "then", "later")
    )
    return adverb and end + 1 in scene.speaks_before


# Evidence and scores ---------------------------------------------------------------------------------------------


NO_WORD = "no evaluative word near the mention"
NOT_ASKED = "not asked which words decide it"


class Portrayal(NamedTuple):
    """What one row of evidence is about: a sentence, an actor, a voice, and where that voice mentions the actor there."""

    sentence: int
    actor: str
    voice: str
    mentions: tuple[Mention, ...]


def portrayals(markup: Markup) -> list[Portrayal]:
    """A row to be scored per sentence, actor mentioned in it, and voice of the mention; rows of a sentence are neighbours."""
    rows: dict[int, dict[tuple[str, str], list[Mention]]] = {}
    for mention in markup.mentions:
        voice = markup.voices.of(mention.start, mention.end).name
        rows.setdefault(mention.sentence, {}).setdefault((mention.actor, voice), []).append(mention)
    return [
        Portrayal(sentence, actor, voice, tuple(mentions))
        for sentence, by_actor in rows.items()
        for (actor, voice), mentions in by_actor.items()
    ]


def evidence_of(
    document: Document,
    about: Portrayal,
    label: str,
    value: float,
    words: list[list[Any]],
    otherwise: str = NO_WORD,
) -> Evidence:
    """The row of evidence, which spans the sentence: its label, its polarity -1..1, and the words that decide it:
    start, end and weight of each, in the order of the text.

    `otherwise` is what it says where there are none.
    """
    start, end, *_ = document.sentences[about.sentence]
    return Evidence(
        "stance",
        label,
        start,
        end,
        value,
        about.actor,
        about.voice,
        why=_why(document.text, words) or otherwise,
        extra={"mentions": [[start, end] for _, start, end, *_ in about.mentions], "words": words},
    )


def _why(text: str, words: Sequence[Sequence[Any]]) -> str:
    strongest = sorted(words, key=_strength)[:4] if len(words) > 1 else words
    return ", ".join([f"“{text[start:end]}” {_signed(weight)}" for start, end, weight in strongest])


def _strength(word: Sequence[Any]) -> float:
    strength: float = -abs(word[2])
    return strength


@lru_cache(maxsize=10_000)
def _signed(weight: float) -> str:
    """A weight to read; kept, because weights are rounded and come again and again."""
    return f"{weight:+.2f}"


def find_stance(markup: Markup) -> list[Evidence]:
    """A row per sentence, actor mentioned in it, and voice of the mention; the row spans the sentence."""
    document = markup.document
    rows: list[Evidence] = []
    for sentence, group in groupby(portrayals(markup), key=lambda about: about.sentence):
        together = list(group)
        scene = set_scene(document, sentence, [span for about in together for span in about.mentions])
        for about in together:
            value, words = _polarity(document, pulls(scene, about.mentions))
            label = "positive" if value > LABELLED else "negative" if value < -LABELLED else "neutral"
            rows.append(evidence_of(document, about, label, value, list(map(list, words))))
    return rows


def measure_stance(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Mean polarity of the rows, and mentions per 1,000 words, per actor and voice; `n` is the rows or the words."""
    if not evidence:
        return []
    actors = sorted({row.actor or "" for row in evidence})
    numbers = {actor: number for number, actor in enumerate(actors)}
    shape = len(actors), *markup.words.shape
    # Every row counts in its own voice and in all together.
    own = [(numbers[row.actor or ""], ALL_VOICES.index(row.voice)) for row in evidence]
    places = [markup.document.sentence_at(row.start) for row in evidence]
    cells = np.array([*own, *((actor, len(ALL_VOICES) - 1) for actor, _ in own)]).T
    at = np.ravel_multi_index((*cells, np.array(places * 2)), shape)
    mentions = [float(len(row.extra["mentions"])) for row in evidence]
    polarities, named = np.empty((2, *shape, 2))
    polarities[..., 0] = _sums(at, [row.weight for row in evidence], shape)
    polarities[..., 1] = _sums(at, [1.0] * len(evidence), shape)
    named[..., 0] = _sums(at, mentions, shape)
    named[..., 1] = markup.words
    counts = polarities[..., 1].sum(axis=2).astype(int).tolist()
    words = markup.words.sum(axis=1).astype(int).tolist()
    polarity, per_1000 = ratio(), ratio(1000)
    scores: list[Score] = []
    for actor, by_voice, rows, uses in zip(actors, counts, polarities, named, strict=True):
        for voice, n, size, of_rows, of_uses in zip(ALL_VOICES, by_voice, words, rows, uses, strict=True):
            if n:
                unit = "mean polarity, −1..1"
                scores += [
                    Score("stance", "mean_polarity", None, actor, voice, unit, of_rows, polarity, n),
                    Score("stance", "mentions", None, actor, voice, "mentions per 1,000 words", of_uses, per_1000, size),
                ]  # fmt: skip
    return scores


def _sums(at: NDArray[np.intp], amounts: list[float], shape: tuple[int, ...]) -> Floats:
    """Amounts of pieces of evidence added up in cells of a table; `at` has two cells a piece, first those of all."""
    added = np.bincount(at, amounts * 2, minlength=math.prod(shape))
    return added.reshape(shape).astype(np.float64)


DIMENSION = Dimension(
    name="stance",
    title="Stance",
    question="How is each actor portrayed where it is mentioned?",
    unit="mean polarity, −1..1",
    higher="the actor is portrayed more favourably",
    limits=(
        "Irony, facts that speak for themselves and judgements spread over several sentences are not seen; "
        "a report of bad news near an actor may look like blame."
    ),
    reference="Hamborg & Donnay 2021, NewsMTSC; Rashkin, Singh & Choi 2016, Connotation Frames; Hutto & Gilbert 2014, VADER",
    find=find_stance,
    measure=measure_stance,
)
