"""Attribution against PolNeAR, political news with every attribution marked (Newell, Margolin & Ruths 2018).

A split is a folder with `text/NAME.txt` and `attributions/NAME_CODER.ann` in brat standoff. The corpus counts broadly:
intentions and beliefs are contents, documents are sources. Where several coders marked an article, the first by file
name counts. Content, source and cue are compared by token: one is positive when it lies in any such span.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.actors import find_mentions
from framing.analysis import Markup, finder
from framing.attribution import tagged
from framing.document import Document, Span, make_document
from framing.models.units import Units
from framing.training.spans import count_spans, pieces
from framing.training.task import CorpusError, Counts, Error, Sums, Task, excerpt, share

_TOKEN = re.compile(r"\w+|[^\w\s]")
_HALF = 0.5


class Coded(NamedTuple):
    """One attribution: spans of its cue, source and content, half-open code points; any of them may be empty."""

    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    content: tuple[Span, ...]


class Article(NamedTuple):
    """A text exactly as its offsets count it, and what a coder marked in it."""

    id: str
    text: str
    attributions: tuple[Coded, ...]


def read(path: Path) -> list[Article]:
    """The coded articles of a split, by name. Raises `CorpusError` when the folder is not in that layout."""
    texts, codings = path / "text", path / "attributions"
    if not texts.is_dir() or not codings.is_dir():
        raise CorpusError(
            f"{path}: lacks the folders text and attributions; give a split of PolNeAR such as dev"
        )
    chosen: dict[str, Path] = {}
    for coding in sorted(codings.glob("*.ann")):
        chosen.setdefault(coding.stem.rpartition("_")[0], coding)
    return [_article(texts / f"{name}.txt", coding) for name, coding in chosen.items()]


def _article(path: Path, coding: Path) -> Article:
    try:
        with path.open(encoding="utf-8", newline="") as opened:  # offsets count every character of a line end
            text = opened.read()
        standoff = coding.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{path}: cannot be read as UTF-8 text ({error}); it belongs to {coding.name}"
        ) from error
    return Article(path.stem, text, tuple(_attributions(standoff, len(text))))


_ROLES = {"Cue": "cue", "Source": "source", "Content": "content"}
ROLES = tuple(_ROLES.values())


def _attributions(standoff: str, length: int) -> Iterable[Coded]:
    """The attributions of a standoff file; lines that are empty, broken or point nowhere are read past."""
    spans: dict[str, tuple[Span, ...]] = {}
    events: list[list[str]] = []
    for line in standoff.splitlines():
        key, _, rest = line.partition("\t")
        fields = rest.split("\t")[0]
        if key.startswith("T"):
            spans[key] = _spans(fields.partition(" ")[2], length)
        elif key.startswith("E"):
            events.append(fields.split())
    for event in events:
        parts: dict[str, list[Span]] = {name: [] for name in _ROLES.values()}
        for argument in event:
            role, _, key = argument.partition(":")
            name = _ROLES.get(role.rstrip("0123456789"))
            if name:
                parts[name].extend(spans.get(key, ()))
        if any(parts.values()):
            yield Coded(**{name: tuple(sorted(found)) for name, found in parts.items()})


def _spans(field: str, length: int) -> tuple[Span, ...]:
    """Spans written as "3 9;12 20"."""
    numbers = [re.findall(r"\d+", piece) for piece in field.split(";")]
    spans = [Span(int(pair[0]), int(pair[1])) for pair in numbers if len(pair) == len(Span._fields)]
    return tuple(span for span in spans if span.start < span.end <= length)


def labels(article: Article, document: Document, units: Units) -> list[int]:
    """The coded label of each unit of an article, an index into `LABELS`; one of several tokens has that of the first coded."""
    coded = [0] * len(document.tokens)
    for marked in article.attributions:
        for role in tagged.ROLES:
            begins = tagged.LABELS.index(f"B-{role}")
            for span in getattr(marked, role):
                tokens = document.tokens_in(span.start, span.end)
                coded[tokens.start : tokens.stop] = [begins + 1] * len(tokens)
                if tokens:
                    coded[tokens.start] = begins
    return [
        next((label for label in coded[first:last] if label), 0)
        for first, last in zip(units.firsts, units.lasts, strict=True)
    ]


def predict(articles: Sequence[Article], model: str) -> list[dict[str, Any]]:
    """The attributions that a model finds in each article, with offsets of cue, source and contents."""
    find = finder("attribution", model)
    predictions = []
    for article in articles:
        document = make_document(article.text, id=article.id)
        found = find(Markup(document, mentions=find_mentions(document), model=model))
        rows = [
            {
                "cue": [[item.start, item.end]],
                "source": _listed(item.extra["source"]),
                "content": item.extra["content"],
            }
            for item in found
        ]
        predictions.append({"id": article.id, "attributions": rows})
    return predictions


def _listed(span: Sequence[int] | None) -> list[Sequence[int]]:
    return [] if span is None else [span]


def count(article: Article, prediction: Mapping[str, Any]) -> Counts:
    """What adds up over articles: tokens of each role coded, found and both; attributions found by half; whole spans."""
    counts: Counts = Counter()
    tokens = [match.span() for match in _TOKEN.finditer(article.text)]
    rows = prediction["attributions"]
    covered = {}
    for role in ROLES:
        marked = _covered(
            article.text, (span for coded in article.attributions for span in getattr(coded, role))
        )
        covered[role] = found = _covered(article.text, (span for row in rows for span in row[role]))
        both = [(any(marked[start:end]), any(found[start:end])) for start, end in tokens]
        counts[role, "coded"] = sum(in_marked for in_marked, _ in both)
        counts[role, "found"] = sum(in_found for _, in_found in both)
        counts[role, "both"] = sum(in_marked and in_found for in_marked, in_found in both)
    for coded in article.attributions:
        counts["attributions"] += bool(coded.content)
        counts["half"] += _is_half_found(coded, covered["content"])
    return counts + count_spans(
        {role: [pieces(getattr(coded, role)) for coded in article.attributions] for role in ROLES},
        {role: [pieces(row[role]) for row in rows] for role in ROLES},
    )


def _is_half_found(coded: Coded, found: bytearray) -> bool:
    """Is half or more of the content predicted content?"""
    length = sum(span.end - span.start for span in coded.content)
    return length > 0 and sum(sum(found[start:end]) for start, end in coded.content) >= _HALF * length


def figures(sums: Sums) -> dict[str, Any]:
    """Token F1 of content, source and cue, precision and recall of content; exact contents; attributions found by half.

    All are in 0..1. `recall_50` is the share of marked attributions half or more of whose content is predicted content.
    """

    def f1(role: str) -> float:
        return share(
            2 * sums.get((role, "both"), 0), sums.get((role, "coded"), 0) + sums.get((role, "found"), 0)
        )

    contents = [sums.get(("span", "content", what), 0) for what in ("exact", "coded", "found")]
    return {
        "content_f1": f1("content"),
        "source_f1": f1("source"),
        "cue_f1": f1("cue"),
        "content_precision": share(sums.get(("content", "both"), 0), sums.get(("content", "found"), 0)),
        "content_recall": share(sums.get(("content", "both"), 0), sums.get(("content", "coded"), 0)),
        "content_exact_f1": share(2 * contents[0], contents[1] + contents[2]),
        "recall_50": share(sums.get("half", 0), sums.get("attributions", 0)),
    }


def confusion(sums: Sums) -> dict[str, Any]:
    """Per role, tokens that were found rightly (tp), found wrongly (fp) and missed (fn); a token may have several roles."""
    table = {}
    for role in ROLES:
        coded, found, both = (int(sums.get((role, what), 0)) for what in ("coded", "found", "both"))
        table[role] = {"tp": both, "fp": found - both, "fn": coded - both}
    return table


def errors(articles: Sequence[Article], predictions: Sequence[Mapping[str, Any]]) -> list[Error]:
    """Attributions missed by more than half, and those found where none is coded; the longest first.

    The score is the number of characters of content that are wrong.
    """
    wrong: list[Error] = []
    for article, prediction in zip(articles, predictions, strict=True):
        text, rows = article.text, prediction["attributions"]
        found = _covered(text, (span for row in rows for span in row["content"]))
        marked = _covered(text, (span for coded in article.attributions for span in coded.content))
        for coded in article.attributions:
            if coded.content and not _is_half_found(coded, found):
                missed = sum(not found[place] for start, end in coded.content for place in range(start, end))
                why = f"cue {_shown(text, coded.cue)}, source {_shown(text, coded.source)}"
                wrong.append(
                    _error(article, coded.content, "content", "nothing, or less than half", missed, why)
                )
        for row in rows:
            if row["content"] and not any(any(marked[start:end]) for start, end in row["content"]):
                extra = sum(end - start for start, end in row["content"])
                why = f"cue {_shown(text, row['cue'])}, source {_shown(text, row['source'])}"
                wrong.append(_error(article, row["content"], "nothing", "content", extra, why))
    return sorted(wrong, key=lambda error: -(error.score or 0))


def _error(
    article: Article, spans: Sequence[Sequence[int]], coded: str, predicted: str, size: int, why: str
) -> Error:
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return Error(article.id, excerpt(article.text, first, last), coded, predicted, size, why)


def _shown(text: str, spans: Iterable[Sequence[int]]) -> str:
    return " … ".join(excerpt(text[start:end]) for start, end in spans) or "none"


def _covered(text: str, spans: Iterable[Sequence[int]]) -> bytearray:
    """For every code point 1 where a span covers it."""
    covered = bytearray(len(text))
    for start, end in spans:
        covered[start:end] = b"\1" * (end - start)
    return covered


TASK = Task(
    name="attribution",
    corpus="PolNeAR, a split with text/ and attributions/",
    coders="people",
    read=read,
    predict=predict,
    count=count,
    figures=figures,
    confusion=confusion,
    errors=errors,
)
metrics = TASK.metrics
