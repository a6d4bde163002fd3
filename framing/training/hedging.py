"""Hedging against the Szeged Uncertainty Corpus (Szarvas, Vincze, Farkas, Móra & Gurevych 2012).

The corpus marks cues of semantic uncertainty: probable and possible (our epistemic), doxastic, condition, and
investigation (mostly *whether*, our condition). Approximators, hearsay, weasels and boosters are left out of the
comparison, because it does not mark them as such. Types are not compared. Precision, recall and F1 are over words, not
whole cues, so they do not depend on how a phrase is cut; figures published for whole cues do not compare directly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from framing.analysis import Markup
from framing.dimensions.hedging import DIMENSION
from framing.document import make_document
from framing.training.task import CorpusError, Task

COMPARED = frozenset({"epistemic", "doxastic", "condition"})
CUE_TYPES = {
    "speculation_modal_probable_": "epistemic",
    "speculation_modal_possible_": "epistemic",
    "speculation_hypo_doxastic _": "doxastic",
    "speculation_hypo_condition _": "condition",
    "speculation_hypo_investigation _": "condition",
}

_WORD = re.compile(r"[\w'’-]*\w[\w'’-]*")


class Cue(NamedTuple):
    """A marked cue: half-open code points in its sentence, and its type in our terms."""

    start: int
    end: int
    label: str


class MarkedSentence(NamedTuple):
    """A sentence of the corpus, as printed there, tokenised spaces included."""

    id: str
    text: str
    cues: tuple[Cue, ...]


def read(path: Path) -> list[MarkedSentence]:
    """Sentences of a file in the corpus' XML. Raises `CorpusError` when it is not in that layout."""
    try:
        root = ElementTree.parse(path).getroot()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read ({error.strerror}); give an XML file of the Szeged corpus"
        ) from error
    except (ParseError, DefusedXmlException) as error:
        raise CorpusError(
            f"{path}: is not readable as XML ({error}); give a file of the Szeged corpus"
        ) from error
    sentences = [
        _sentence(f"{document.findtext('DocID')}#{element.get('id')}", element)
        for document in root.iter("Document")
        for element in document.iter("Sentence")
    ]
    if not sentences:
        raise CorpusError(f"{path}: has no Sentence inside a Document; give a file of the Szeged corpus")
    return sentences


def _sentence(id: str, element: Element) -> MarkedSentence:
    pieces: list[str] = []
    cues = tuple(_walk(element, pieces))
    return MarkedSentence(id, "".join(pieces), cues)


def _walk(element: Element, pieces: list[str]) -> Iterator[Cue]:
    """Collect the text inside an element into `pieces` and yield its cues, nested ones too."""
    start = sum(map(len, pieces))
    pieces.append(element.text or "")
    for child in element:
        yield from _walk(child, pieces)
        pieces.append(child.tail or "")
    label = CUE_TYPES.get(element.get("type", ""))
    if element.tag == "ccue" and label:
        yield Cue(start, sum(map(len, pieces)), label)


def predict(sentences: Sequence[MarkedSentence], model: str) -> list[dict[str, Any]]:
    """The cues that a model finds in each sentence, all types, with their offsets."""
    find = DIMENSION.find[model]
    return [
        {
            "id": sentence.id,
            "cues": [
                [item.start, item.end, item.label]
                for item in find(
                    Markup(make_document(sentence.text, id=sentence.id), mentions=(), model=model)
                )
            ],
        }
        for sentence in sentences
    ]


def metrics(sentences: Sequence[MarkedSentence], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Precision, recall and F1 of cue words, and F1 of uncertain sentences (those with a cue); all 0..1.

    A word counts as found when a predicted cue touches it, so where a cue begins and ends matters by the word.
    """
    marked: set[tuple[int, int]] = set()
    found: set[tuple[int, int]] = set()
    for number, (sentence, prediction) in enumerate(zip(sentences, predictions, strict=True)):
        marked |= {(number, word) for word in _words(sentence.text, sentence.cues)}
        kept = [Cue(*cue) for cue in prediction["cues"] if cue[2] in COMPARED]
        found |= {(number, word) for word in _words(sentence.text, kept)}
    cue_precision, cue_recall, cue_f1 = _agreement(marked, found)
    precision, recall, f1 = _agreement({number for number, _ in marked}, {number for number, _ in found})
    return {
        "cue_f1": cue_f1,
        "cue_precision": cue_precision,
        "cue_recall": cue_recall,
        "sentence_f1": f1,
        "sentence_precision": precision,
        "sentence_recall": recall,
    }


def _words(text: str, cues: Sequence[Cue]) -> set[int]:
    """Starts of the words that the cues touch."""
    spans = [word.span() for word in _WORD.finditer(text)] if cues else []
    return {start for start, end in spans if any(cue.start < end and start < cue.end for cue in cues)}


def _agreement(marked: set[Any], found: set[Any]) -> tuple[float, float, float]:
    both = len(marked & found)
    precision = both / len(found) if found else 0.0
    recall = both / len(marked) if marked else 0.0
    return precision, recall, 2 * both / (len(marked) + len(found)) if marked or found else 0.0


TASK = Task(
    name="hedging",
    corpus="Szeged Uncertainty Corpus, XML",
    coders="people",
    read=read,
    predict=predict,
    metrics=metrics,
)
