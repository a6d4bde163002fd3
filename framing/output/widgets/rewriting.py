"""A text to rewrite, whose scores and marks follow what is typed; and the scores before and after side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from framing.actors import load_actors
from framing.analysis import Analysis, Score, analyze, check_model, choose_dimensions
from framing.decoding import replace_surrogates
from framing.document import Document
from framing.output.notebook import LAYERS, Key, main_keys, score_head, text_html
from framing.output.page import read_template
from framing.output.style import in_words, shown
from framing.output.widgets.showing import (
    MISSING,
    bundle,
    can_show,
    has_widgets,
    macros,
    make_widget,
    themed,
)
from framing.tables import unknown

_TRIVIAL = 1e-9  # of two values, what is no difference
_HINT = 'Scores of another wording: box.compare("the text in your words").'


class Change(NamedTuple):
    """A score before and after rewriting; None where there is none, as of an actor whom the text does not mention."""

    key: Key
    title: str
    measure: str
    unit: str
    before: Score | None
    after: Score | None

    @property
    def difference(self) -> float:
        """After minus before, in the unit of the score; NaN where one of them is undefined."""
        return _value(self.after) - _value(self.before)


@dataclass(frozen=True, repr=False)
class Changes:
    """Scores before and after rewriting, all voices together; it shows itself as a table."""

    rows: tuple[Change, ...]

    def __str__(self) -> str:
        return _table(("score", "before", "after", "change"), [_line(row) for row in self.rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        html: str = macros().scores(rows=[_shown(row) for row in self.rows], before=True, framed=True)
        return html


def rewrite(
    text: str | Document = "",
    *,
    model: str = "linear",
    dimensions: Sequence[str] | None = None,
    before: bool = True,
    actors: Sequence[str] | None = None,
) -> RewriteBox:
    """A box with a text to rewrite: its scores and the marks in it follow what is typed.

    `model` and `dimensions` are as in `analyze`; `linear` answers while one types, `encoder` takes a second or more for a
    page. Without `before` the scores of the given text do not stand beside those of the new one. `actors` are those whose
    portrayal is shown, the three most mentioned when None. Intervals are left out in the box; `compare` has them.

    Where a notebook shows no boxes, and in a program, the result prints as a table. Raises `ValueError` for an unknown
    model, dimension or actor.

    >>> box = rewrite("The talks may fail.", model="lexicon", dimensions=["hedging"])
    >>> print(box.compare("The talks will fail."))
    score                                          before  after  change
    Hedging (hedged sentences, per 100 sentences)   100.0    0.0  −100.0
    """
    check_model(model)
    choose_dimensions(dimensions)
    known = [actor.id for actor in load_actors()]
    for actor in actors or ():
        if actor not in known:
            raise unknown("actor", actor, known)
    own = text if isinstance(text, str) else _plain(text)
    return RewriteBox(own, model=model, dimensions=dimensions, before=before, actors=actors)


class RewriteBox:
    """A text, how it was, and the scores of both. Make it with `rewrite`; the last line of a cell shows it."""

    def __init__(
        self,
        text: str,
        *,
        model: str,
        dimensions: Sequence[str] | None,
        before: bool,
        actors: Sequence[str] | None,
    ) -> None:
        """Reads the text, which loads the model too: nobody waits for it when the typing begins."""
        self.original = replace_surrogates(text)[0]
        self.model = model
        self.actors = None if actors is None else tuple(actors)
        self._dimensions = None if dimensions is None else tuple(dimensions)
        self._before = before
        self._text = self.original
        self._first = self.analysis = self._read(self.original)
        self._row = ""  # the id of the score whose words are shown
        self._sent: dict[str, Any] = {}  # what the page has

    @property
    def text(self) -> str:
        """The text as it is now. Setting it changes what the box shows."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._take(text)
        if "widget" in self.__dict__:
            self._answer({"text": self._text})

    def compare(self, text: str | None = None) -> Changes:
        """The scores of the original and of another wording, of that in the box when None, with 95 % intervals."""
        new = self._text if text is None else replace_surrogates(text)[0]
        keys = self._keys(self._read(new))
        return self._changes(keys, self._read(self.original, 1000), self._read(new, 1000))

    @property
    def changes(self) -> Changes:
        """The scores of the original and of the text as it is now, without intervals."""
        return self._changes(self._keys(self.analysis), self._first, self.analysis)

    @cached_property
    def widget(self) -> Any:
        """The box as a widget of ipywidgets, to be put into others. Raises `ImportError` where anywidget is missing."""
        start = {
            "text": self.original,
            "before": self._before,
            "answer": self._parts(),
        }
        widget = make_widget(
            "Rewriting",
            read_template("widgets/rewrite.js"),
            themed(read_template("widgets/rewrite.css")),
            start=start,
        )
        widget.on_msg(lambda _, message, __: self._hear(message))
        return widget

    def __str__(self) -> str:
        changes = self.changes
        compared = self._before and self._text != self.original
        scores = str(changes)
        if not compared:
            lines = [_line(row) for row in changes.rows]
            scores = _table(("score", "value"), [(name, after) for name, _, after, _ in lines])
        found = [
            f"{name}: "
            + "; ".join(" ".join(self.analysis.document[item].split()) for item in reading.evidence)
            for name, reading in self.analysis.readings.items()
            if name in LAYERS and reading.evidence
        ]
        parts = [self._size(), scores, "\n".join(found), _HINT]
        return "\n\n".join(part for part in parts if part)

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        html = macros().rewriting(
            scores=self._scores_html(),
            marked=text_html(self.analysis, self._layers()),
            size=self._size(),
            missing="" if has_widgets() else MISSING,
        )
        return bundle(str(self), html, self.widget if can_show() else None)

    def _scores_html(self) -> str:
        compared = self._before and self._text != self.original
        html: str = macros().scores(
            rows=[_shown(row) for row in self.changes.rows], before=compared, framed=False
        )
        return html

    def _read(self, text: str, resamples: int = 0) -> Analysis:
        return analyze(text, model=self.model, dimensions=self._dimensions, resamples=resamples)

    def _take(self, text: str) -> None:
        self._text = replace_surrogates(text)[0]
        self.analysis = self._read(self._text)

    def _keys(self, after: Analysis) -> list[Key]:
        keys = [key for analysis in (self._first, after) for key in self._keys_of(analysis)]
        return sorted(
            dict.fromkeys(keys), key=lambda key: key[0] == "stance"
        )  # the actors of both together, at the end

    def _keys_of(self, analysis: Analysis) -> list[Key]:
        if self.actors is None:
            return main_keys([analysis])
        return main_keys([analysis.about(self.actors)], actors=len(self.actors))

    def _changes(self, keys: Sequence[Key], before: Analysis, after: Analysis) -> Changes:
        scores = [{score.key: score for score in analysis.scores} for analysis in (before, after)]
        rows = []
        for key in keys:
            head = score_head([before, after], key)
            old, new = (found.get((*key, "all")) for found in scores)
            unit = next(score.unit for score in (old, new) if score is not None)
            rows.append(Change(key, head.title, head.measure, unit, old, new))
        return Changes(tuple(rows))

    def _size(self) -> str:
        document = self.analysis.document
        words = f"{document.words:,} word{'' if document.words == 1 else 's'}"
        count = len(document.sentences)
        return f"{words}, {count:,} sentence{'' if count == 1 else 's'}, read by the model {self.model}"

    def _layers(self) -> list[str]:
        names = list(self.analysis.readings)
        return [name for name in names if name in LAYERS] or names

    # The page asks, the kernel answers ------------------------------------------------------------------------------

    def _hear(self, message: Any) -> None:
        """What the page sends: a text, the id of the score whose words are to be shown, or that it has nothing yet."""
        if not isinstance(message, dict):
            return
        told: dict[str, Any] = {name: message.get(name) for name in ("view", "seq")}
        if message.get("kind") == "text":
            self._take(str(message.get("text", "")))
            told["text"] = self._text
        elif message.get("kind") == "show":
            self._row = str(message.get("id", ""))
        else:
            self._sent = {}
            told["text"] = self._text
        self._answer(told)

    def _answer(self, told: dict[str, Any]) -> None:
        """Send what changed since the last answer, with what tells to which question it belongs."""
        parts = self._parts()
        changed = {name: part for name, part in parts.items() if part != self._sent.get(name)}
        if "rows" in changed and "rows" in self._sent:
            before = {row["id"]: row for row in self._sent["rows"]}
            changed["rows"] = [row for row in parts["rows"] if row != before.get(row["id"])]
        self._sent = parts
        self.widget.send({"kind": "answer", **told, **changed})

    def _parts(self) -> dict[str, Any]:
        """All that the page shows: rows are data, marks and passages escaped HTML."""
        changes = self.changes
        rows = [{"id": _id(row.key), **_shown(row)} for row in changes.rows]
        chosen = next((row.key for row in changes.rows if _id(row.key) == self._row), None)
        looked_at = self.analysis
        if chosen and chosen[3]:
            looked_at = looked_at.about([chosen[3]])
        layers = [chosen[0]] if chosen else self._layers()
        return {
            "order": [row["id"] for row in rows],
            "rows": rows,
            "size": self._size(),
            "marked": text_html(looked_at, layers),
            "chosen": self._row if chosen else "",
            "passages": text_html(looked_at, layers, style="table") if chosen else "",
        }


def _plain(document: Document) -> str:
    """The headline and the body of a document, a paragraph a line, without what stands around them."""
    parts = [paragraph for paragraph in document.paragraphs if paragraph.kind in {"headline", "body"}]
    return "\n\n".join(" ".join(document[paragraph].split()) for paragraph in parts)


def _id(key: Key) -> str:
    return "|".join(key)


def _value(score: Score | None) -> float:
    return score.value if score is not None and score.n else math.nan


def _shown(row: Change) -> dict[str, str]:
    """A row of the table as people read it; `way` is up, down, same, or "" where nothing can be said."""
    difference = row.difference
    way = ""
    if not math.isnan(difference):
        way = "same" if abs(difference) < _TRIVIAL else "up" if difference > 0 else "down"
    return {
        "title": row.title,
        "measure": ", ".join(filter(None, (row.measure, in_words(row.unit)))),
        "before": shown(_value(row.before), row.unit),
        "before_on": _basis(row.before),
        "after": shown(_value(row.after), row.unit),
        "after_on": _basis(row.after),
        "change": _signed(difference, row.unit),
        "way": way,
    }


def _interval(score: Score | None) -> str:
    if score is None or math.isnan(score.low):
        return ""
    return f"{shown(score.low, score.unit)} to {shown(score.high, score.unit)}"


def _basis(score: Score | None) -> str:
    """What a value rests on: its interval, if there is one, and n."""
    if score is None or not score.n:
        return ""
    return ", ".join(filter(None, (_interval(score), f"n {score.n:,}")))


def _signed(difference: float, unit: str) -> str:
    """A difference as people read it: of shares in percentage points.

    >>> _signed(-0.125, "share of words"), _signed(0.2, "mean polarity, −1..1"), _signed(2.0, "years")
    ('−12.5 points', '+0.20', '+2.0')
    """
    if math.isnan(difference):
        return "–"
    if abs(difference) < _TRIVIAL:
        return "no change"
    if unit.startswith("share"):
        text = f"{difference * 100:+.1f} points"
    else:
        text = f"{difference:+.2f}" if "1..1" in unit else f"{difference:+.1f}"
    return text.replace("-", "−")


def _line(row: Change) -> tuple[str, str, str, str]:
    """A row of the printed table."""
    told = _shown(row)
    name = f"{told['title']} ({told['measure']})" if told["measure"] else told["title"]
    before, after = (
        f"{value} ({interval})" if interval else value
        for value, interval in (
            (told["before"], _interval(row.before)),
            (told["after"], _interval(row.after)),
        )
    )
    return name, before, after, told["change"]


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns set in line, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    placed: list[Callable[[str, int], str]] = [str.ljust, *[str.rjust] * (len(head) - 1)]
    return "\n".join(
        "  ".join(
            place(cell, width) for place, cell, width in zip(placed, line, widths, strict=True)
        ).rstrip()
        for line in (head, *lines)
    )
