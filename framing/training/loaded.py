"""Loaded language against sentences that experts or readers coded as biased.

BABE (Spinde, Plank, Krieger, Ruas, Gipp & Aizawa 2021): single sentences, biased or not, with the words that make them
so. BASIL (Fan et al. 2019): sentences of whole articles; one counts as biased here when it holds a span of lexical
bias. Informational bias lies in what is chosen, not in words, and is left out.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from framing.analysis import Markup
from framing.dimensions.loaded import DIMENSION
from framing.document import make_document
from framing.training.task import CorpusError, Task, read_text

THRESHOLD = 0.4  # sum of |weight| from which a sentence counts as biased; the best of 0.05 .. 2.5 on BABE's training part
_LABELS = {"Biased": True, "Non-biased": False}


class CodedSentence(NamedTuple):
    """A sentence, whether people coded it as biased, and the words they blamed."""

    id: str
    text: str
    biased: bool
    words: tuple[str, ...]


def read(path: Path) -> list[CodedSentence]:
    """Sentences of a BABE file, or of BASIL when the path is a folder. Raises `CorpusError` for another layout."""
    return read_basil(path) if path.is_dir() else read_babe(path)


def read_babe(path: Path) -> list[CodedSentence]:
    """Sentences of a BABE file (`;`-separated), those without agreement left out."""
    expected = "a `;`-separated file of BABE"
    try:
        reader = csv.DictReader(io.StringIO(read_text(path, expected), newline=""), delimiter=";")
        missing = {"text", "label_bias"} - set(reader.fieldnames or ())
        rows = [row for row in reader if row.get("text")]
    except csv.Error as error:
        raise CorpusError(f"{path}: is not readable as CSV ({error}); give {expected}") from error
    if missing:
        raise CorpusError(f"{path}: lacks the columns {', '.join(sorted(missing))}; give {expected}")
    return [
        CodedSentence(
            f"{path.stem}#{number}", row["text"], _LABELS[row["label_bias"]], _blamed(row.get("biased_words"))
        )
        for number, row in enumerate(rows, 1)
        if row["label_bias"] in _LABELS
    ]


def _blamed(cell: str | None) -> tuple[str, ...]:
    try:
        words = ast.literal_eval(cell or "[]")
    except (SyntaxError, ValueError):
        return ()
    return tuple(str(word) for word in words) if isinstance(words, list | tuple) else ()


def read_basil(path: Path) -> list[CodedSentence]:
    """Sentences of the folder that holds BASIL's `articles` and `annotations`."""
    sentences: list[CodedSentence] = []
    for annotated in sorted((path / "annotations").glob("*/*_ann.json")):
        article = path / "articles" / annotated.parent.name / annotated.name.replace("_ann.json", ".json")
        try:
            sentences += _basil_sentences(article, annotated)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorpusError(
                f"{annotated}: is not in BASIL's layout ({error!r}); give BASIL's folder"
            ) from error
    if not sentences:
        raise CorpusError(f"{path}: has no annotations/*/*_ann.json; give the folder of BASIL")
    return sentences


def _basil_sentences(article: Path, annotated: Path) -> Iterator[CodedSentence]:
    body = json.loads(article.read_text(encoding="utf-8"))["body-paragraphs"]
    blamed: dict[str, list[str]] = defaultdict(list)
    for span in json.loads(annotated.read_text(encoding="utf-8"))["phrase-level-annotations"]:
        if span["bias"] == "lex":
            blamed[span["id"]].append(span["txt"])
    for number, text in enumerate(sentence for paragraph in body for sentence in paragraph):
        words = tuple(blamed.get(f"p{number}", ()))
        yield CodedSentence(f"{article.stem}#{number}", text, bool(words), words)


def predict(sentences: Sequence[CodedSentence], model: str) -> list[dict[str, Any]]:
    """For each sentence its loaded terms, the sum of their absolute weights, and whether that reaches the threshold."""
    find = DIMENSION.find[model]
    predictions = []
    for sentence in sentences:
        evidence = find(Markup(make_document(sentence.text, id=sentence.id), mentions=(), model=model))
        score = round(sum(abs(item.weight) for item in evidence), 6)
        terms = [[item.start, item.end, item.label] for item in evidence]
        predictions.append({"id": sentence.id, "score": score, "biased": score >= THRESHOLD, "terms": terms})
    return predictions


def metrics(sentences: Sequence[CodedSentence], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Macro F1 and accuracy of the decision, area under the ROC curve of the score, recall of blamed words; all 0..1.

    `precision_by_label` is the share of the evidence of each label that stands in sentences coded as biased.
    """
    biased = [sentence.biased for sentence in sentences]
    decided = [prediction["biased"] for prediction in predictions]
    by_label: dict[str, list[bool]] = defaultdict(list)
    for sentence, prediction in zip(sentences, predictions, strict=True):
        for _, _, label in prediction["terms"]:
            by_label[label].append(sentence.biased)
    return {
        "macro_f1": float(f1_score(biased, decided, average="macro")),
        "accuracy": float(accuracy_score(biased, decided)),
        # Undefined where all sentences are coded alike.
        "auc": float(roc_auc_score(biased, [prediction["score"] for prediction in predictions]))
        if len(set(biased)) > 1
        else math.nan,
        "word_recall": _word_recall(sentences, predictions),
        "precision_by_label": {label: sum(hits) / len(hits) for label, hits in sorted(by_label.items())},
    }


def _word_recall(sentences: Sequence[CodedSentence], predictions: Sequence[Mapping[str, Any]]) -> float:
    """Share of the blamed words that a term touches; NaN where none is blamed."""
    found = blamed = 0
    for sentence, prediction in zip(sentences, predictions, strict=True):
        text = sentence.text.lower()
        for word in sentence.words:
            at = text.find(word.lower())
            blamed += 1
            found += at >= 0 and any(
                at < end and start < at + len(word) for start, end, _ in prediction["terms"]
            )
    return found / blamed if blamed else float("nan")


TASK = Task(
    name="loaded",
    corpus="BABE, `;`-separated CSV (or the folder of BASIL)",
    coders="people",
    read=read,
    predict=predict,
    metrics=metrics,
)
