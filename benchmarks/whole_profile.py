"""How fast a whole profile is, beside textstat's formulas and VADER on the same articles in the same run.

Run `make bench`, or `.venv/bin/python benchmarks/whole_profile.py FOLDER`. Every article is read by all in turn, five times; the
fastest time of each counts, in seconds of one processor. Words that were seen before are remembered by textstat and by
framing alike, so there is a second table for the first time that each reads the articles, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import framing
from framing.analysis import MODELS
from framing.encoder.network import use_threads

ROUNDS = 5
FORMULAS = (
    "flesch_reading_ease",
    "flesch_kincaid_grade",
    "gunning_fog",
    "smog_index",
    "dale_chall_readability_score",
    "coleman_liau_index",
)


def textstat_formulas(text: str) -> None:
    """Six formulas of textstat; they share what textstat remembers of a text."""
    from textstat import textstat  # noqa: PLC0415  importing it is a part of the first time

    for formula in FORMULAS:
        getattr(textstat, formula)(text)


def vader(text: str) -> None:
    """VADER, sentence by sentence."""
    from framing.dimensions.tone import _vader  # noqa: PLC0415  importing it is a part of the first time

    for sentence in framing.make_document(text).sentences:
        _vader().polarity_scores(text[sentence.start : sentence.end])


READERS: dict[str, Callable[[str], object]] = {
    "textstat, six formulas": textstat_formulas,
    "VADER by sentence": vader,
    **{
        f"framing, whole profile, {model}": lambda text, model=model: framing.analyze(text, model=model)
        for model in MODELS
    },
    "framing, scores alone, encoder": lambda text: framing.analyze(text, model="encoder", explain=False),
}


def articles(folder: Path) -> list[str]:
    """The texts of a folder."""
    return [
        framing.read(path).text
        for path in sorted(folder.iterdir())
        if path.suffix in (".txt", ".md") and path.stem != "README"
    ]


def rates(texts: list[str]) -> dict[str, float]:
    """Words per second of every reader, over all texts."""
    words = sum(len(text.split()) for text in texts)
    seconds = dict.fromkeys(READERS, 0.0)
    for text in texts:
        fastest = dict.fromkeys(READERS, float("inf"))
        for turn in range(ROUNDS):
            for name, read in READERS.items():
                changed = text + " " * turn  # so that nobody remembers the text as a whole
                begun = time.process_time()
                read(changed)
                fastest[name] = min(fastest[name], time.process_time() - begun)
        for name in READERS:
            seconds[name] += fastest[name]
    return {name: words / seconds[name] for name in READERS}


def first_time(folder: Path) -> dict[str, float]:
    """Words per second of every reader that has read nothing before, loading included."""
    found = {}
    for name in READERS:
        command = [sys.executable, __file__, str(folder), name]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own script
        found[name] = float(printed)
    return found


def show(title: str, rate: dict[str, float]) -> None:
    """A table: words per second, and the ratio to textstat."""
    base = next(iter(rate.values()))
    print(f"\n{title}\n")
    print("| what | words/s | ratio to textstat |\n|---|---:|---:|")
    for name, value in rate.items():
        print(f"| {name} | {value:,.0f} | {value / base:.2f} |")


def main() -> None:
    """Print both tables, or for the name of a reader its rate the first time."""
    use_threads(1)
    folder = Path(sys.argv[1])
    texts = articles(folder)
    if len(sys.argv) > 2:
        read = READERS[sys.argv[2]]
        begun = time.process_time()
        for text in texts:
            read(text)
        print(sum(len(text.split()) for text in texts) / (time.process_time() - begun))
        return
    print(f"{len(texts)} articles, {sum(len(text.split()) for text in texts):,} words, one processor")
    show("After the first time", rates(texts))
    show("The first time, with loading", first_time(folder))


if __name__ == "__main__":
    main()
