"""The sealed key of an exercise: a file that shows no answer when it is opened by chance, and shows that nobody changed it.

The seal is the SHA-256 of the exercise written as JSON, answers included. Its first digits stand on the worksheet, so that
a class can see afterwards that the key was made before the coding.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framing.classroom.coding import DIMENSIONS, LABELS, Coding, Mark
from framing.classroom.exercise import Exercise, ExerciseArticle
from framing.data import DataError, read_text
from framing.document import Span

FORMAT = "framing exercise key 1"
DIGITS = 12  # of the seal, on the worksheet
_MOST = 64_000_000  # bytes of a key, unpacked


def seal(exercise: Exercise) -> str:
    """The SHA-256 of an exercise with its key, 64 hexadecimal digits."""
    return hashlib.sha256(_content(exercise)).hexdigest()


def save_key(exercise: Exercise, path: Path) -> None:
    """Write the sealed key; the same exercise gives the same bytes."""
    content = _content(exercise)
    key = {
        "format": FORMAT,
        "exercise": exercise.id,
        "dimension": exercise.dimension,
        "seal": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii"),
    }
    path.write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8", newline="\n")


def load_key(path: Path) -> Exercise:
    """The exercise of a sealed key. Raises `DataError` for a file that is none, and for a key that was changed."""
    path = Path(path)
    no_key = DataError(
        f"{path}: is no key of an exercise; give the file key.json that `framing exercise make` wrote"
    )
    if path.is_dir():
        raise DataError(f"{path}: is a folder; give the file key.json in it")
    try:
        key = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError):
        raise no_key from None
    if not isinstance(key, dict) or not str(key.get("format", "")).startswith(FORMAT[:-1]):
        raise no_key
    if key["format"] != FORMAT:
        raise DataError(
            f"{path}: is a key of another version of this program; use that version, or make the exercise anew"
        )
    try:
        content = _unpacked(base64.b64decode(str(key.get("content")), validate=True))
    except (binascii.Error, zlib.error, ValueError):
        raise DataError(
            f"{path}: is damaged; use the key as it was written, or make the exercise anew"
        ) from None
    if hashlib.sha256(content).hexdigest() != key.get("seal"):
        raise DataError(
            f"{path}: was changed after it was sealed, so it cannot be trusted; use the key as it was written"
        )
    try:
        exercise = _exercise(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"{path}: holds no exercise that can be used; make it anew") from error
    if (key.get("exercise"), key.get("dimension")) != (exercise.id, exercise.dimension):
        raise DataError(
            f"{path}: was changed after it was sealed: its name is another; use the key as it was written"
        )
    return exercise


def _unpacked(packed: bytes) -> bytes:
    """What gzip packed, as far as a key can be long."""
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(packed, _MOST)
    if not unpacking.eof:
        raise ValueError("not a whole key")
    return content


def _content(exercise: Exercise) -> bytes:
    content = {
        "id": exercise.id,
        "dimension": exercise.dimension,
        "by": exercise.by,
        "articles": [vars(article) for article in exercise.articles],
        "key": vars(exercise.key),
        "models": {name: vars(coding) for name, coding in exercise.models.items()},
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def _exercise(content: Mapping[str, Any]) -> Exercise:
    """An exercise of what `_content` wrote. Raises errors of many kinds where it is something else."""
    articles = tuple(_article(article) for article in content["articles"])
    by_id = {article.id: article for article in articles}
    dimension = content["dimension"]
    if dimension not in DIMENSIONS or len(by_id) != len(articles) or not articles:
        raise ValueError("no exercise")
    return Exercise(
        id=_text(content["id"]),
        dimension=dimension,
        articles=articles,
        key=_coding(content["key"], by_id, dimension),
        by=_text(content["by"]),
        models={_text(name): _coding(own, by_id, dimension) for name, own in content["models"].items()},
    )


def _article(content: Mapping[str, Any]) -> ExerciseArticle:
    text = _text(content["text"])
    article = ExerciseArticle(
        id=_text(content["id"]),
        title=_text(content["title"]),
        outlet=_text(content["outlet"]),
        text=text,
        sha256=_text(content["sha256"]),
        paragraphs=tuple(Span(*map(int, pair)) for pair in content["paragraphs"]),
        sentences=tuple(_span(pair, text) for pair in content["sentences"]),
        words=tuple(_span(pair, text) for pair in content["words"]),
        pairs=tuple((int(sentence), _text(actor)) for sentence, actor in content["pairs"]),
    )
    count = len(article.sentences)
    inside = [*article.paragraphs, *(Span(sentence, sentence + 1) for sentence, _ in article.pairs)]
    if not all(0 <= start < end <= count for start, end in inside):
        raise ValueError("no such sentence")
    return article


def _coding(content: Mapping[str, Any], articles: Mapping[str, ExerciseArticle], dimension: str) -> Coding:
    marks = tuple(Mark(*mark) for mark in content["marks"])
    for mark in marks:
        _span((mark.start, mark.end), articles[mark.article].text)
        if mark.label not in LABELS[dimension]:
            raise ValueError(mark.label)
        for cell in (mark.actor, mark.group, mark.neutral, mark.comment):
            _text(cell)
    coded = tuple(content["articles"])
    if not set(coded) <= set(articles):
        raise ValueError("no such article")
    return Coding(_text(content["coder"]), coded, marks, _text(content["round"]), _text(content["file"]))


def _span(pair: Any, text: str) -> Span:
    start, end = pair
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        raise ValueError("no such place")
    return Span(start, end)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
