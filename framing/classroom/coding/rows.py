"""Rows of a coding, read one after the other: each is a mark, or a sentence that was read and not marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from framing.actors import load_actors
from framing.classroom.coding.joining import in_order
from framing.classroom.coding.marks import LABELS, UNTYPED, Coding, Mark
from framing.classroom.typed import Folded, fold, occurrences, typed
from framing.decoding import UnreadableError
from framing.document import Span
from framing.tables import unknown, whole_number

if TYPE_CHECKING:
    from framing.classroom.exercise import Exercise, ExerciseArticle

_IN_WORDS = {"very_negative": "-2", "negative": "-1", "neutral": "0", "positive": "1", "very_positive": "2"}
_AS_PRINTED = {  # labels as pages print them, and signs as the worksheet has them; "-" is read as "_"
    "attribution": {"named_organisation": "named_org", "named_organization": "named_org"},
    "loaded": {"+": "positive", "_": "negative", "−": "negative", "–": "negative", "n": "neutral"},
}
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.0+)?")
_MOST_CODERS = 500  # in a file
_LONGEST = 2000  # characters of a cell that are kept
_LONGEST_NAME = 60
_SHOWN = 60  # characters of a cell in a message


class Index:
    """The exercise as rows ask for it."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.articles = {article.id: article for article in exercise.articles}
        self.actors = {actor.title.casefold(): actor.id for actor in load_actors()}
        self._folded: dict[tuple[str, int], Folded] = {}

    def folded(self, article: str, sentence: int) -> Folded:
        """A sentence as words are looked for in it."""
        key = article, sentence
        if key not in self._folded:
            text, span = self.articles[article].text, self.articles[article].sentences[sentence]
            self._folded[key] = fold(text, span)
        return self._folded[key]


class RowReader:
    """Reads the rows of one file in order: a row may leave out what the one above says."""

    def __init__(self, index: Index, coder: str, round: str, *, others: bool) -> None:
        self.index = index
        self.coder, self.round, self.others = coder, round, others
        self.article: ExerciseArticle | None = (
            index.exercise.articles[0] if len(index.exercise.articles) == 1 else None
        )
        self.sentence: int | None = None
        self.marks: dict[tuple[str, str], dict[tuple[Any, ...], Mark]] = {}
        self.read_articles: dict[tuple[str, str], set[str]] = {}
        self.taken: dict[tuple[tuple[str, str], str], set[Span]] = {}
        self.lines: dict[tuple[Any, ...], int] = {}

    def read(self, line: int, row: Mapping[str, str], *, explain: bool) -> None:
        """Take one row in. Raises `UnreadableError` where it cannot be used."""
        if any("\0" in cell for cell in row.values()):
            raise UnreadableError("holds a NUL character", "type the row anew")
        dimension = self.index.exercise.dimension
        if row["dimension"] and row["dimension"].lower() != dimension:
            if self.others:
                return
            raise UnreadableError(
                f"codes {quoted(row['dimension'])} in an exercise on {dimension}", "leave the row out"
            )
        who = self._who(row)
        article, sentence = self._place(row)
        if article is None:
            return
        mark = self._mark(row, article, sentence, who, explain=explain)
        self.read_articles.setdefault(who, set()).add(article.id)
        if mark is not None:
            self._take(line, mark, who)

    def codings(self, file: str) -> list[Coding]:
        """What was read, a coding for each coder and round."""
        return [
            in_order(
                Coding(
                    coder, tuple(articles), tuple(self.marks.get((coder, round), {}).values()), round, file
                ),
                self.index.exercise,
            )
            for (coder, round), articles in self.read_articles.items()
        ]

    def _who(self, row: Mapping[str, str]) -> tuple[str, str]:
        self.coder = " ".join((row["coder"] or self.coder).split())[:_LONGEST_NAME]
        self.round = " ".join((row["round"] or self.round).split())[:_LONGEST_NAME]
        who = self.coder, self.round
        if who not in self.read_articles and len(self.read_articles) >= _MOST_CODERS:
            raise UnreadableError(
                f"is by one coder more than the {_MOST_CODERS} that a file may hold", "make several files"
            )
        return who

    def _place(self, row: Mapping[str, str]) -> tuple[ExerciseArticle | None, int | None]:
        """The article and sentence of a row, those of the row above where it names none."""
        exercise, articles = self.index.exercise, self.index.articles
        if row["exercise"] and row["exercise"] != exercise.id and not self.others:
            raise UnreadableError(f"belongs to the exercise {quoted(row['exercise'])}", "leave the row out")
        if row["article"] and row["article"] not in articles:
            self.article = None if len(articles) > 1 else self.article
            if self.others:
                return None, None
            raise unknown("article", short(row["article"]), list(articles))
        if row["article"] and articles[row["article"]] is not self.article:
            self.article, self.sentence = articles[row["article"]], None
        if self.article is None:
            raise UnreadableError(
                "names no article", f"write one of {', '.join(articles)} in the column article"
            )
        if row["sentence"]:
            self.sentence = None
            number = whole_number(short(row["sentence"]), "sentence", "the numbers of the worksheet")
            if not 1 <= number <= len(self.article.sentences):
                raise UnreadableError(
                    f"sentence {number} does not exist",
                    f"{self.article.id} has the sentences 1 to {len(self.article.sentences)}",
                )
            self.sentence = number - 1
        elif row["start"] or row["end"]:
            return self.article, None  # the offsets tell which
        if self.sentence is None:
            raise UnreadableError(
                "names no sentence", "write the number from the worksheet in the column sentence"
            )
        return self.article, self.sentence

    def _mark(
        self,
        row: Mapping[str, str],
        article: ExerciseArticle,
        sentence: int | None,
        who: tuple[str, str],
        *,
        explain: bool,
    ) -> Mark | None:
        """The mark of a row, None where it says that a sentence was read."""
        if not any(row[name] for name in ("words", "label", "start", "end")):
            return None
        stance = self.index.exercise.dimension == "stance"
        if stance and not row["label"]:  # a pair of the sheet that was not rated
            return None
        label = _label(row["label"], self.index.exercise.dimension)
        actor = row["actor"]
        if row["start"] or row["end"]:
            span = self._given(row, article, sentence)
            sentence = article.sentence_at(span.start)
        elif stance:
            span = Span(0, 0)
        elif not row["words"]:
            raise UnreadableError(
                f"has the label {label} and no words",
                "copy the marked words from the article, or leave the label out",
            )
        else:
            assert sentence is not None  # noqa: S101  _place found it or said so
            span = self._found(row["words"], article, sentence, label, row, who, explain=explain)
        if stance and sentence is not None:
            found = self._rated(actor, article, sentence)
            if found is None:
                return None
            actor, span = found, Span(*article.sentences[sentence])
        elif actor:
            actor = self.index.actors.get(actor.casefold(), actor)
        more = (_kept(row[name]) for name in ("group", "neutral", "comment"))
        return Mark(article.id, span.start, span.end, label, _kept(actor), *more)

    def _given(self, row: Mapping[str, str], article: ExerciseArticle, sentence: int | None) -> Span:
        """The offsets of a row, when they lie in its sentence and hold its words."""
        if not (row["start"] and row["end"]):
            raise UnreadableError("has start or end alone", "give both, or neither and the words")
        start = whole_number(short(row["start"]), "start", "characters of the article")
        end = whole_number(short(row["end"]), "end", "characters of the article")
        if not start < end <= len(article.text):
            raise UnreadableError(
                f"start {start} and end {end} mark nothing in an article of {len(article.text)} characters",
                "mark the words anew",
            )
        place = article.sentence_at(start)
        if not article.sentences[place].start <= start < article.sentences[place].end:
            raise UnreadableError(f"start {start} lies outside the numbered sentences", "mark the words anew")
        if sentence is not None and place != sentence:
            raise UnreadableError(
                f"start {start} lies in sentence {place + 1}, not in {sentence + 1}", "mark the words anew"
            )
        written = article.text[start:end]
        if row["words"] and row["words"] != written and typed(row["words"]) != typed(written):
            raise UnreadableError(
                f"the article has {quoted(written)} at {start}–{end}, not {quoted(row['words'])}",
                "the row may be about another article or another version of it; mark the words anew",
            )
        return Span(start, end)

    def _found(
        self,
        words: str,
        article: ExerciseArticle,
        sentence: int,
        label: str,
        row: Mapping[str, str],
        who: tuple[str, str],
        *,
        explain: bool,
    ) -> Span:
        """Where words stand in their sentence: the first place that the coder has not marked yet."""
        places = occurrences(words, self.index.folded(article.id, sentence))
        if not places:
            elsewhere = [
                number + 1
                for number in (range(len(article.sentences)) if explain else ())
                if occurrences(words, self.index.folded(article.id, number))
            ]
            hint = f"they are in sentence {elsewhere[0]}" if elsewhere else "copy the words as they are there"
            raise UnreadableError(f"{quoted(words)} is not in sentence {sentence + 1}", hint)
        taken, marks = self.taken.get((who, article.id), set()), self.marks.get(who, {})
        free = [place for place in places if place not in taken] or [
            place
            for place in places
            if self._key(Mark(article.id, *place, label, row["actor"], row["group"])) not in marks
        ]
        return (free or places)[0]

    def _rated(self, actor: str, article: ExerciseArticle, sentence: int) -> str | None:
        """The actor whom a row rates, when there is such a pair; None for one that a key need not have."""
        offered = [id for place, id in article.pairs if place == sentence]
        if not actor and len(offered) == 1:
            return offered[0]
        id = self.index.actors.get(actor.casefold(), actor.lower())
        if id in offered:
            return id
        if self.others:
            return None
        problem = f"{quoted(actor)} is not" if actor else "nobody is named"
        names = ", ".join(offered) or "nobody"
        raise UnreadableError(
            f"{problem} to be rated in sentence {sentence + 1}", f"to be rated there: {names}"
        )

    def _key(self, mark: Mark) -> tuple[Any, ...]:
        """What makes a mark the same as another."""
        own = {"hedging": (), "attribution": (mark.label, mark.group)}
        return mark.article, mark.start, mark.end, *own.get(self.index.exercise.dimension, (mark.actor,))

    def _take(self, line: int, mark: Mark, who: tuple[str, str]) -> None:
        marks = self.marks.setdefault(who, {})
        key = self._key(mark)
        if key in marks:
            first = self.lines[who, *key]
            raise UnreadableError(f"marks again what line {first} marks", f"line {first} was counted")
        marks[key] = mark
        self.lines[who, *key] = line
        self.taken.setdefault((who, mark.article), set()).add(Span(mark.start, mark.end))


def _label(cell: str, dimension: str) -> str:
    label = re.sub(r"[\s_-]+", "_", cell.strip().lower())
    if dimension == "stance":
        number = cell.strip().replace("−", "-").replace("–", "-")
        if _NUMBER.fullmatch(number):
            rating = int(number.partition(".")[0])
            if not -2 <= rating <= 2:
                raise UnreadableError(f"the rating is {rating}", "give a whole number from -2 to 2")
            return str(rating)
        if label not in _IN_WORDS:
            raise unknown("rating", short(cell), [*LABELS["stance"], *_IN_WORDS])
        return _IN_WORDS[label]
    label = _AS_PRINTED.get(dimension, {}).get(label, label)
    if not label and dimension != "attribution":
        return UNTYPED[dimension]
    if not label:
        raise UnreadableError("has words but no label", f"give one of {', '.join(LABELS[dimension])}")
    if label not in LABELS[dimension]:
        raise unknown("label", short(cell), LABELS[dimension])
    return label


def _kept(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…"


def short(cell: str) -> str:
    """A cell as far as a message shows it."""
    return cell if len(cell) <= _SHOWN else cell[: _SHOWN - 1] + "…"


def quoted(cell: str) -> str:
    """A cell in a message, in one line and in quotation marks."""
    return f"“{short(' '.join(cell[: 4 * _SHOWN].split()))}”"
