"""Hedging against the Szeged Uncertainty Corpus (Szarvas, Vincze, Farkas, Móra & Gurevych 2012).

The corpus marks cues of semantic uncertainty: probable and possible (our epistemic), doxastic, condition, and
investigation (mostly *whether*, our condition). Approximators, hearsay, weasels and boosters are left out of the
comparison, because it does not mark them as such. Types are not compared. Precision, recall and F1 are over words, not
whole cues, so they do not depend on how a phrase is cut; figures published for whole cues do not compare directly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from framing.actors import find_mentions
from framing.analysis import Finder, Markup, finder
from framing.document import make_document
from framing.training.spans import Pieces, count_spans
from framing.training.task import CorpusError, Counts, Error, Sums, Task, excerpt, of_kind, share

COMPARED = frozenset({"epistemic", "doxastic", "condition"})
SAME = {label: label for label in sorted(COMPARED)}
CUE_TYPES = {
    "speculation_modal_probable_": "epistemic",
    "speculation_modal_possible_": "epistemic",
    "speculation_hypo_doxastic _": "doxastic",
    "speculation_hypo_condition _": "condition",
    "speculation_hypo_investigation _": "condition",
}

_WORD = re.compile(
    r"(?<![\w'’-])['’-]*\w[\w'’-]*"
)  # begins where no other could, so that a line of hyphens is read once


class Cue(NamedTuple):
    """A marked cue: half-open code points in its sentence, and its type in our terms."""

    start: int
    end: int
    label: str


class MarkedSentence(NamedTuple):
    """A sentence of the corpus, as printed there, tokenised spaces included.

    `compared` gives for each type of a model what the coders call it; types that they do not mark are not in it.
    """

    id: str
    text: str
    cues: tuple[Cue, ...]
    compared: Mapping[str, str] = SAME

    @property
    def document(self) -> str:
        """The document of the corpus that the sentence stands in."""
        return self.id.rpartition("#")[0]


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
    return predict_with(sentences, finder("hedging", model))


def predict_with(sentences: Sequence[MarkedSentence], find: Finder) -> list[dict[str, Any]]:
    """The cues that a finder gives for each sentence."""
    predictions = []
    for sentence in sentences:
        document = make_document(sentence.text, id=sentence.id)
        found = find(Markup(document, mentions=find_mentions(document)))
        cues = [[item.start, item.end, item.label] for item in found]
        predictions.append({"id": sentence.id, "cues": cues})
    return predictions


def count(sentence: MarkedSentence, prediction: Mapping[str, Any]) -> Counts:
    """What adds up over sentences: words in a cue coded, found and both, the same of sentences, and whole cues by type.

    A word counts as found when a predicted cue touches it, so where a cue begins and ends matters by the word.
    """
    kept = _kept(sentence, prediction)
    marked, found = _words(sentence.text, sentence.cues), _words(sentence.text, kept)
    counts: Counts = Counter()
    for unit, coded, guessed in (
        ("word", len(marked), len(found)),
        ("sentence", bool(marked), bool(found)),
    ):
        counts[unit, "coded"] = int(coded)
        counts[unit, "found"] = int(guessed)
    counts["word", "both"] = len(marked.keys() & found.keys())
    counts["sentence", "both"] = int(bool(marked) and bool(found))
    for word, types in marked.items():
        counts.update(("type", label, "hit" if word in found else "miss") for label in types)
    for word, types in found.items():
        counts.update(("type", label, "false") for label in types if word not in marked)
    return counts + count_spans(_by_type(sentence.cues), _by_type(kept))


def _kept(sentence: MarkedSentence, prediction: Mapping[str, Any]) -> list[Cue]:
    """The predicted cues that can be compared, with the types as the coders call them."""
    return [
        Cue(start, end, sentence.compared[label])
        for start, end, label, *_ in prediction["cues"]
        if label in sentence.compared
    ]


def _by_type(cues: Sequence[Cue]) -> dict[str, list[Pieces]]:
    """The cues of each type, and all of them whatever their type."""
    spans: dict[str, list[Pieces]] = {}
    for cue in cues:
        for label in (cue.label, "all"):
            spans.setdefault(label, []).append(((cue.start, cue.end),))
    return spans


def figures(sums: Sums) -> dict[str, Any]:
    """Precision, recall and F1 of cue words, and F1 of uncertain sentences (those with a cue); all 0..1."""
    values: dict[str, float] = {}
    for unit, name in (("word", "cue"), ("sentence", "sentence")):
        coded, found, both = (sums.get((unit, what), 0) for what in ("coded", "found", "both"))
        values |= {
            f"{name}_f1": share(2 * both, coded + found),
            f"{name}_precision": share(both, found),
            f"{name}_recall": share(both, coded),
        }
    return values


def confusion(sums: Sums) -> dict[str, Any]:
    """Words by type: in a coded cue and found as a hedge of any type, missed, or found where none is coded."""
    table: dict[str, dict[str, int]] = {}
    for (label, what), n in of_kind(sums, "type"):
        table.setdefault(label, {"hit": 0, "miss": 0, "false": 0})[what] = int(n)
    return dict(sorted(table.items()))


def errors(sentences: Sequence[MarkedSentence], predictions: Sequence[Mapping[str, Any]]) -> list[Error]:
    """Sentences with words missed or found wrongly, those with most of them first; the score is their number."""
    wrong: list[Error] = []
    for sentence, prediction in zip(sentences, predictions, strict=True):
        kept = _kept(sentence, prediction)
        marked, found = (set(_words(sentence.text, cues)) for cues in (sentence.cues, kept))
        if marked != found:
            told = [
                f"{what} {', '.join(_WORD.match(sentence.text, word)[0] for word in sorted(words))}"  # type: ignore[index]
                for what, words in (("missed:", marked - found), ("wrongly found:", found - marked))
                if words
            ]
            place = min(marked ^ found)
            wrong.append(
                Error(
                    sentence.id,
                    excerpt(sentence.text, place, place),
                    _shown(sentence.text, sentence.cues),
                    _shown(sentence.text, kept),
                    len(marked ^ found),
                    "; ".join(told),
                )
            )
    return sorted(wrong, key=lambda error: -(error.score or 0))


def _shown(text: str, cues: Sequence[Cue]) -> str:
    return ", ".join(f"{text[cue.start : cue.end]} ({cue.label})" for cue in cues) or "none"


def _words(text: str, cues: Sequence[Cue]) -> dict[int, set[str]]:
    """The words that the cues touch: where each starts, and the types of the cues."""
    words: dict[int, set[str]] = {}
    for word in _WORD.finditer(text) if cues else ():
        types = {cue.label for cue in cues if cue.start < word.end() and word.start() < cue.end}
        if types:
            words[word.start()] = types
    return words


TASK = Task(
    name="hedging",
    corpus="Szeged Uncertainty Corpus, XML",
    coders="people",
    read=read,
    predict=predict,
    count=count,
    figures=figures,
    confusion=confusion,
    errors=errors,
)
metrics = TASK.metrics
