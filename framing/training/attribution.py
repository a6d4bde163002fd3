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
from framing.analysis import Markup
from framing.dimensions.attribution import DIMENSION
from framing.document import Span, make_document
from framing.training.task import CorpusError, Task

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


def predict(articles: Sequence[Article], model: str) -> list[dict[str, Any]]:
    """The attributions that a model finds in each article, with offsets of cue, source and contents."""
    find = DIMENSION.find[model]
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


def metrics(articles: Sequence[Article], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Token F1 of content, source and cue, precision and recall of content; exact contents; attributions found by half.

    All are in 0..1. `recall_50` is the share of marked attributions half or more of whose content is predicted content.
    """
    sums: Counter[str] = Counter()
    for article, prediction in zip(articles, predictions, strict=True):
        tokens = [match.span() for match in _TOKEN.finditer(article.text)]
        rows = prediction["attributions"]
        for role in _ROLES.values():
            marked = _covered(
                article.text, (span for coded in article.attributions for span in getattr(coded, role))
            )
            found = _covered(article.text, (span for row in rows for span in row[role]))
            both = [(any(marked[start:end]), any(found[start:end])) for start, end in tokens]
            sums[f"{role} marked"] += sum(in_marked for in_marked, _ in both)
            sums[f"{role} found"] += sum(in_found for _, in_found in both)
            sums[f"{role} both"] += sum(in_marked and in_found for in_marked, in_found in both)
        found = _covered(article.text, (span for row in rows for span in row["content"]))
        for coded in article.attributions:
            length = sum(span.end - span.start for span in coded.content)
            sums["attributions"] += length > 0
            sums["half"] += (
                length > 0 and sum(sum(found[start:end]) for start, end in coded.content) >= _HALF * length
            )
        exact = Counter(coded.content for coded in article.attributions if coded.content)
        guessed = Counter(tuple(sorted(Span(*span) for span in row["content"])) for row in rows)
        sums["exact marked"] += exact.total()
        sums["exact found"] += guessed.total()
        sums["exact both"] += (exact & guessed).total()
    return {
        "content_f1": _f1(sums, "content"),
        "source_f1": _f1(sums, "source"),
        "cue_f1": _f1(sums, "cue"),
        "content_precision": _share(sums["content both"], sums["content found"]),
        "content_recall": _share(sums["content both"], sums["content marked"]),
        "content_exact_f1": _f1(sums, "exact"),
        "recall_50": _share(sums["half"], sums["attributions"]),
    }


def _covered(text: str, spans: Iterable[Sequence[int]]) -> bytearray:
    """For every code point 1 where a span covers it."""
    covered = bytearray(len(text))
    for start, end in spans:
        covered[start:end] = b"\1" * (end - start)
    return covered


def _f1(sums: Mapping[str, int], name: str) -> float:
    return _share(2 * sums[f"{name} both"], sums[f"{name} marked"] + sums[f"{name} found"])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


TASK = Task(
    name="attribution",
    corpus="PolNeAR, a split with text/ and attributions/",
    coders="people",
    read=read,
    predict=predict,
    metrics=metrics,
)
