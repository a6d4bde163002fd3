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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from framing.actors import find_mentions
from framing.analysis import Evidence, Markup
from framing.dimensions.loaded import find_loaded
from framing.document import make_document
from framing.encoder import loaded as encoder
from framing.linear import loaded as linear
from framing.training.spans import count_spans
from framing.training.task import CorpusError, Counts, Error, Sums, Task, excerpt, of_kind, read_text

THRESHOLD = 0.4  # sum of |weight| from which a sentence counts as biased; the best of 0.05 .. 2.5 on BABE's training part
_LABELS = {"Biased": True, "Non-biased": False}


class CodedSentence(NamedTuple):
    """A sentence, whether people coded it as biased, and the words they blamed, with their offsets if those are coded."""

    id: str
    text: str
    biased: bool
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] | None = None


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


Judge = Callable[[Markup], tuple[list[Evidence], float]]


def predict(sentences: Sequence[CodedSentence], model: str) -> list[dict[str, Any]]:
    """For each sentence its loaded terms, its score, and whether that reaches the model's threshold.

    The score is the sum of the terms' absolute weights, or the probability that a trained model gives.
    """
    return judged(sentences, *JUDGES[model])


def judged(sentences: Sequence[CodedSentence], judge: Judge, threshold: float) -> list[dict[str, Any]]:
    """Predictions of any judge: what finds evidence and a score."""
    predictions = []
    for sentence in sentences:
        document = make_document(sentence.text, id=sentence.id)
        evidence, score = judge(Markup(document, find_mentions(document), explain=False))
        score = round(score, 6)
        terms = [[item.start, item.end, item.label] for item in evidence]
        predictions.append({"id": sentence.id, "score": score, "biased": score >= threshold, "terms": terms})
    return predictions


def by_weights(markup: Markup) -> tuple[list[Evidence], float]:
    """The evidence of the lexicons, and the sum of its absolute weights."""
    evidence = find_loaded(markup)
    return evidence, sum(abs(item.weight) for item in evidence)


def by_probability(markup: Markup, model: linear.Model | None = None) -> tuple[list[Evidence], float]:
    """The evidence of a classifier, the shipped one if none is given, and the probability of the likeliest sentence.

    What people coded as one sentence may be cut into several.
    """
    chances = linear.sentence_probabilities(markup.document, markup.mentions, model)
    return linear.find(markup, model), float(chances.max(initial=0.0))


def by_encoder(markup: Markup) -> tuple[list[Evidence], float]:
    """The evidence of the encoder, and the probability that it gives to the likeliest sentence."""
    chances = encoder.sentence_probabilities(markup)
    return encoder.find(markup), float(chances.max(initial=0.0))


JUDGES: Mapping[str, tuple[Judge, float]] = {
    "lexicon": (by_weights, THRESHOLD),
    "linear": (by_probability, linear.THRESHOLD),
    "encoder": (by_encoder, linear.THRESHOLD),
}


def count(sentence: CodedSentence, prediction: Mapping[str, Any]) -> Counts:
    """What adds up over sentences: decisions, scores and labels by the coded class, and blamed words.

    Whole terms are counted where the coders marked them by offsets.
    """
    terms = [(start, end) for start, end, *_ in prediction["terms"]]
    places = sentence.spans if sentence.spans is not None else _places(sentence)
    counts: Counts = Counter()
    counts["decision", sentence.biased, prediction["biased"]] = 1
    counts["score", sentence.biased, prediction["score"]] = 1
    counts.update(("label", term[2], sentence.biased) for term in prediction["terms"])
    counts["blamed"] = len(places)
    counts["blamed and found"] = sum(
        place is not None and any(place[0] < end and start < place[1] for start, end in terms)
        for place in places
    )
    if sentence.spans is not None:
        counts += count_spans(
            {"term": [(span,) for span in sentence.spans]}, {"term": [(term,) for term in terms]}
        )
    return counts


def _places(sentence: CodedSentence) -> list[tuple[int, int] | None]:
    """Where each blamed word first stands; None where it does not."""
    text = sentence.text.lower()
    starts = [(text.find(word.lower()), len(word)) for word in sentence.words]
    return [(start, start + length) if start >= 0 else None for start, length in starts]


def figures(sums: Sums) -> dict[str, Any]:
    """Macro F1 and accuracy of the decision, area under the ROC curve of the score, recall of blamed words; all 0..1.

    `precision_by_label` is the share of the evidence of each label that stands in sentences coded as biased.
    """
    biased, decided, n = zip(*((*pair, n) for pair, n in of_kind(sums, "decision")), strict=True)
    by_label: dict[str, dict[bool, float]] = defaultdict(dict)
    for (label, in_biased), times in of_kind(sums, "label"):
        by_label[label][in_biased] = times
    return {
        "macro_f1": float(f1_score(biased, decided, average="macro", sample_weight=n)),
        "accuracy": float(accuracy_score(biased, decided, sample_weight=n)),
        "auc": _auc(sums),
        "word_recall": sums["blamed and found"] / sums["blamed"] if sums.get("blamed") else math.nan,
        "precision_by_label": {
            label: hits.get(True, 0) / sum(hits.values()) for label, hits in sorted(by_label.items())
        },
    }


def _auc(sums: Sums) -> float:
    biased, scores, n = zip(*((*pair, n) for pair, n in of_kind(sums, "score")), strict=True)
    # Undefined where all sentences are coded alike.
    return float(roc_auc_score(biased, scores, sample_weight=n)) if len(set(biased)) > 1 else math.nan


def confusion(sums: Sums) -> dict[str, Any]:
    """Sentences by coded class (rows) and predicted class (columns)."""
    pairs = dict(of_kind(sums, "decision"))
    classes = {"biased": True, "not biased": False}
    return {
        coded: {found: int(pairs.get((classes[coded], classes[found]), 0)) for found in classes}
        for coded in classes
    }


def errors(sentences: Sequence[CodedSentence], predictions: Sequence[Mapping[str, Any]]) -> list[Error]:
    """Sentences that are decided wrongly, the surest first; those wrongly blamed and those missed take turns.

    A high score is sure of bias and a low one of none, but the two do not compare: a sum of weights has no upper end.
    """
    wrong = [
        Error(
            sentence.id,
            excerpt(sentence.text),
            f"biased ({', '.join(sentence.words) or 'no words named'})" if sentence.biased else "not biased",
            "biased" if prediction["biased"] else "not biased",
            prediction["score"],
            ", ".join(
                f"{sentence.text[start:end]} ({label})" for start, end, label, *_ in prediction["terms"]
            )
            or "no term found",
        )
        for sentence, prediction in zip(sentences, predictions, strict=True)
        if prediction["biased"] != sentence.biased
    ]
    blamed = sorted((e for e in wrong if e.predicted == "biased"), key=lambda error: -(error.score or 0))
    missed = sorted((e for e in wrong if e.predicted != "biased"), key=lambda error: error.score or 0)
    return [error for pair in zip_longest(blamed, missed) for error in pair if error is not None]


TASK = Task(
    name="loaded",
    corpus="BABE, `;`-separated CSV (or the folder of BASIL)",
    coders="people",
    read=read,
    predict=predict,
    count=count,
    figures=figures,
    confusion=confusion,
    errors=errors,
)
metrics = TASK.metrics
