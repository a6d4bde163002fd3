"""The sentences a class should talk about: who marked what, what key and models say, and a question made from what differs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from framing.classroom.coding import Coding, Mark
from framing.classroom.exercise import ExerciseArticle
from framing.classroom.scoring import ClassScore
from framing.classroom.units import NO_TYPE, marks_by_article, ratings_of, stance_units
from framing.comparison.intervals import Array
from framing.document import Span
from framing.output.classroom.guides import label_name
from framing.output.style import actor_name, shortened
from framing.output.table import records

_HEATS = 5  # shades, beside the count that is printed
_LONG = 90  # characters of a quotation
_COMMENT = 300
_NUMBERS = "nobody one two three four five six seven eight nine ten eleven twelve".split()
# Characters that turn the writing direction or are not seen: a name must not turn the line it stands in.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# What to ask, by the label the key or most students give; "" where there is none. Each leaves both answers open.
QUESTIONS = {
    "hedging": {
        "": "Is somebody’s commitment to the statement weakened here, or is the sentence as firm without these words?",
        "epistemic": "Is somebody’s commitment weakened here, or is it about being able or allowed to do something?",
        "doxastic": "Does the word make the statement less certain, or does it only report what somebody thinks?",
        "condition": "Does it leave open whether the thing is so, or does it state a rule or a plan?",
        "approximator": "Is something made less exact here? What would the exact statement be?",
        "hearsay": "Does the writer step back from the statement, or only say where it comes from?",
        "weasel": "Who are the people meant? Could a reader find out and ask them?",
    },
    "loaded": {
        "": "Does the word say more than what happened? Which word would somebody use who sees it the other way?",
        "negative": "Would the people it touches use this word of themselves? Which plain word says the same?",
        "positive": "Would an opponent use this word? Which plain word says the same?",
        "neutral": "Is this a plain name for the thing, or does it take a side by what it calls to mind?",
    },
    "attribution": {
        "": "Who answers for these words, the writer or somebody else? How does the sentence show it?",
        "cue": "Does somebody say, think or want something here, or does something happen?",
        "content": "Where do the borrowed words begin, and where does the writer speak again?",
        "named_person": "Who speaks here, and how could a reader check it?",
        "named_org": "Does the organisation itself speak, or is its name only mentioned?",
        "anonymous_official": "What do we learn about this source, and what not? Why might the writer leave the name out?",
        "unnamed_collective": "Who belongs to this group? How many would have to agree for the sentence to be true?",
        "document": "Does the document say this, or does the writer conclude it?",
        "pronoun": "Who is meant by the pronoun? Which sentence tells?",
    },
    "stance": {
        "": "Which words decide how the actor looks here? Would the sentence sound the same about another actor?",
    },
}  # fmt: skip


class Answer(NamedTuple):
    """What a group of students, the key or a model marked: the words, their label, and who (numbers from 1)."""

    words: str
    label: str
    coders: tuple[int, ...] = ()
    why: str = ""
    neutral: str = ""


class Talk(NamedTuple):
    """A sentence to talk about."""

    id: str
    article: str
    sentence: int
    text: Markup
    question: str
    coders: int
    students: float
    key: float
    models: float
    answers: tuple[Answer, ...]
    unmarked: tuple[int, ...]
    by_key: tuple[Answer, ...]
    by_models: tuple[tuple[str, tuple[Answer, ...]], ...]
    comments: tuple[tuple[int, str, str], ...]


def plain(text: str) -> str:
    """Text from a file without the characters nobody sees; it still has to be escaped."""
    return _UNSEEN.sub("", text)


def talks(score: ClassScore, *, most: int) -> list[Talk]:
    """The most disputed sentences, those about which anybody differs, at most `most`."""
    reader = _Reader(score)
    disputed = score.sentences[score.sentences.dispute > 0].head(most)
    return [reader.talk(row) for row in records(disputed)]


def how_many(count: int) -> str:
    """A count of people as a sentence says it: nobody, one ... twelve, then in figures."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


class _Reader:
    """The marks of a class by article and sentence, sorted once."""

    def __init__(self, score: ClassScore) -> None:
        self.score = score
        exercise = score.exercise
        self.dimension = exercise.dimension
        self.articles = {article.id: article for article in exercise.articles}
        self.models = list(exercise.models)
        self.everyone = (*score.codings, exercise.key, *exercise.models.values())
        self.ratings: Array = ratings_of(exercise, self.everyone, score.kind)
        self.marks = [_by_sentence(self.articles, coding) for coding in self.everyone]
        self.units = (
            [Span(0, 0)] if self.dimension == "stance" else [word for article in exercise.articles for word in article.words]
        )  # fmt: skip
        self.actors = [unit.actor for unit in stance_units(exercise)] if self.dimension == "stance" else []
        self.begins: dict[str, int] = {}
        total = 0
        for article in exercise.articles:
            self.begins[article.id] = total
            total += len(article.words)

    def talk(self, row: dict[str, Any]) -> Talk:
        article = self.articles[row["article"]]
        number = int(row["sentence"]) - 1
        count = len(self.score.codings)
        own = [marks.get((article.id, number), []) for marks in self.marks]
        coded = [place for place, coding in enumerate(self.score.codings) if article.id in coding.articles]
        return Talk(
            id=f"talk-{list(self.articles).index(article.id) + 1}-{number + 1}",
            article=article.id,
            sentence=number + 1,
            text=self._heat(article, number, coded),
            question=self._question(int(row["unit"]), article, own, coded),
            coders=len(coded),
            students=row["students"],
            key=row["key"],
            models=row["models"],
            answers=tuple(self._answers(article, own, coded)),
            unmarked=tuple(place + 1 for place in coded if not own[place]),
            by_key=self._each(article, own[count]),
            by_models=tuple(
                (name, self._each(article, own[count + 1 + at])) for at, name in enumerate(self.models)
            ),
            comments=tuple(
                (
                    place + 1,
                    _in_line(article.text[mark.start : mark.end]),
                    shortened(plain(mark.comment), _COMMENT),
                )
                for place in coded
                for mark in own[place]
                if plain(mark.comment).strip()
            ),
        )

    def _answers(
        self, article: ExerciseArticle, own: Sequence[Sequence[Mark]], coded: Sequence[int]
    ) -> Iterator[Answer]:
        """What students marked, what most did first."""
        groups: dict[tuple[int, int, str, str], list[int]] = {}
        for place in coded:
            for mark in own[place]:
                coders = groups.setdefault((mark.start, mark.end, mark.actor, mark.label), [])
                if place + 1 not in coders:
                    coders.append(place + 1)
        for (start, end, actor, label), coders in sorted(
            groups.items(), key=lambda item: (-len(item[1]), item[0])
        ):
            mark = Mark(article.id, start, end, label, actor)
            yield self._answer(article, mark)._replace(coders=tuple(coders))

    def _each(self, article: ExerciseArticle, marks: Sequence[Mark]) -> tuple[Answer, ...]:
        """The marks of the key or a model in words; a source of two attributions is told once."""
        return tuple(dict.fromkeys(self._answer(article, mark) for mark in marks))

    def _answer(self, article: ExerciseArticle, mark: Mark) -> Answer:
        """A mark in words. Of stance the actor stands where the words do."""
        words = (
            actor_name(plain(mark.actor))
            if self.dimension == "stance"
            else _in_line(article.text[mark.start : mark.end])
        )
        label = label_name(plain(mark.label))
        if mark.actor and self.dimension != "stance":
            label = f"{label}, towards {shortened(plain(actor_name(mark.actor)), 40)}"
        return Answer(words, label, (), plain(mark.comment), shortened(plain(mark.neutral), _COMMENT))

    def _heat(self, article: ExerciseArticle, number: int, coded: Sequence[int]) -> Markup:
        """The sentence with a shade and a count where students marked, and a line where the key did."""
        sentence = article.sentences[number]
        if self.dimension == "stance":
            return Markup("{}").format(article.text[sentence.start : sentence.end])
        begin = self.begins[article.id]
        words = [
            (word, int((self.ratings[coded, begin + at] == 1).sum()), bool(self.ratings[len(self.score.codings), begin + at] == 1))
            for at, word in enumerate(article.words)
            if sentence.start <= word.start < sentence.end
        ]  # fmt: skip
        parts, position = [], sentence.start
        for (count, by_key), run in groupby(words, key=lambda item: item[1:]):
            spans = [word for word, _, _ in run]
            if not count and not by_key:
                continue
            parts.append(escape(article.text[position : spans[0].start]))
            shade = -(-count * _HEATS // len(coded)) if coded else 0
            parts.append(
                Markup('<mark class="heat h{}{}">{}</mark>').format(
                    shade, " by-key" if by_key else "", article.text[spans[0].start : spans[-1].end]
                )
            )
            if count:
                parts.append(
                    Markup('<sup>{}<span class="unseen"> of {}</span></sup>').format(count, len(coded))
                )
            elif by_key:
                parts.append(Markup("<sup>key</sup>"))
            position = spans[-1].end
        parts.append(escape(article.text[position : sentence.end]))
        return Markup("").join(parts)

    # Questions --------------------------------------------------------------------------------------------------

    def _question(
        self, unit: int, article: ExerciseArticle, own: Sequence[Sequence[Mark]], coded: Sequence[int]
    ) -> str:
        if self.dimension == "stance":
            return self._stance_question(unit, coded)
        word = self.units[unit]
        count = len(self.score.codings)
        focus = (
            _focus(
                [mark for place in [*coded, *range(count, len(own))] for mark in _touching(own[place], word)]
            )
            or word
        )
        touching = [_touching(marks, focus) for marks in own]
        words = _quote(article.text[focus.start : focus.end])
        marked = [place for place in coded if touching[place]]
        others = sum(all((mark.start, mark.end) != focus for mark in touching[place]) for place in marked)
        key = touching[count]
        told = _told(len(marked), others, len(coded), words, key=_of_key(article, key, words))
        types = Counter(
            label for place in marked for label in sorted({mark.label for mark in touching[place]} - NO_TYPE)
        )
        if len(types) > 1:
            listed = [
                f"{how_many(n)} {'calls' if n == 1 else 'call'} it {label_name(plain(label))}"
                for label, n in types.most_common(4)
            ]
            told += f" Of these, {_joined(listed)}."  # fmt: skip
        told += self._models_differ(
            [bool(touching[count + 1 + at]) for at in range(len(self.models))], by_key=bool(key)
        )
        asked = QUESTIONS[self.dimension]
        label = next((mark.label for mark in key), types.most_common(1)[0][0] if types else "")
        if not key and len(types) > 1:
            label = ""
        return f"{told} {asked.get(label, asked[''])}"

    def _models_differ(self, found: Sequence[bool], *, by_key: bool) -> str:
        """What models mark that differ from the key; nothing where all do as the key does."""
        differing = [name for name, own in zip(self.models, found, strict=True) if own != by_key]
        if not differing:
            return ""
        verb = "mark" if len(differing) > 1 else "marks"
        does = f"{verb} it" if not by_key else f"{'do' if len(differing) > 1 else 'does'} not mark it"
        noun = "models" if len(differing) > 1 else "model"
        return f" The {noun} {_joined(differing)} {does}."

    def _stance_question(self, unit: int, coded: Sequence[int]) -> str:
        actor = actor_name(plain(self.actors[unit]))
        values = self.ratings[:, unit]
        given = Counter(int(values[place]) for place in coded if not math.isnan(values[place]))
        rated = sum(given.values())
        listed = [
            f"{how_many(n)} {'is' if n == 1 else 'are'} {label_name(str(value))}"
            for value, n in sorted(given.items())
        ]
        told = f"Nobody rated {actor}."
        if rated == 1:
            told = f"The one rating of {actor} is {label_name(str(next(iter(given))))}."
        elif rated:
            told = f"Of {how_many(rated)} ratings of {actor}, {_joined(listed)}."
        key = values[len(self.score.codings)]
        if not math.isnan(key):
            told += f" The key says {label_name(str(int(key)))}."
        return f"{told} {QUESTIONS['stance']['']}"


def _by_sentence(articles: dict[str, ExerciseArticle], coding: Coding) -> dict[tuple[str, int], list[Mark]]:
    """The marks that touch each sentence, in the order of the text."""
    found: dict[tuple[str, int], list[Mark]] = {}
    for id, marks in marks_by_article(coding).items():
        if id in articles and id in coding.articles:
            for mark in sorted(marks):
                first, last = (articles[id].sentence_at(at) for at in (mark.start, mark.end - 1))
                for number in range(first, last + 1):
                    found.setdefault((id, number), []).append(mark)
    return found


def _focus(marks: Iterable[Mark]) -> Span | None:
    """The span that is marked most often; the shortest of several."""
    counts = Counter(Span(mark.start, mark.end) for mark in marks)
    return min(counts, key=lambda span: (-counts[span], span.end - span.start, span), default=None)


def _touching(marks: Iterable[Mark], span: Span) -> list[Mark]:
    return [mark for mark in marks if mark.start < span.end and mark.end > span.start]


def _of_key(article: ExerciseArticle, marks: Sequence[Mark], words: str) -> str:
    """What the key marks at the words: the same, or other ones, or nothing."""
    found = [_quote(article.text[mark.start : mark.end]) for mark in marks]
    return words if words in found else found[0] if found else ""


def _told(marked: int, others: int, coded: int, words: str, *, key: str) -> str:
    """Who marked the words, how many of them with other edges, and what the key has there: "" nothing, or words."""
    if marked == 0:
        return (
            f"Nobody marked {words}; the key does."
            if key
            else f"No student marked {words}, nor does the key."
        )
    every = marked == coded
    if coded == 1:
        who = "The one student"
    elif every:
        who = "Both" if coded == 2 else f"All {how_many(coded)}"
    else:
        who = f"{how_many(marked).capitalize()} of {how_many(coded)}"
    edges = (
        f", {'' if marked == others else f'{how_many(others)} of them '}with other first or last words"
        if others
        else ""
    )
    link = "the key does not"
    if key:
        link = f"the key has {key}" if key != words else "so does the key" if every else "the key does too"
    return f"{who} marked {words}{edges}; {link}."


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _quote(text: str) -> str:
    return f"“{_in_line(text)}”"


def _in_line(text: str) -> str:
    return shortened(" ".join(plain(text).split()), _LONG)
