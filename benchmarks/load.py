"""Made-up articles for benchmarks: sentences of the teaching texts in random order, with a vocabulary that grows as that of news.

    python benchmarks/load.py 10000 articles.jsonl.gz --words 760

The teaching texts have 1,200 different words, and a load of these alone would flatter every program that remembers words. So
half of the rare words are replaced by words made up of syllables: there are about 2,400 different words in 10,000, 9,400 in
100,000 and 21,000 in 400,000, as in hand-coded American news. The same seed gives the same articles.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import framing

TEXTS = Path(__file__).parents[1] / "texts"
OUTLETS = ("Courier", "Gazette", "Herald", "Observer", "Tribune")
RARE = 3  # times that a word occurs in the texts; such words are seldom cues
MADE_UP = 0.5  # of these
PARETO, SHIFT = (
    0.7,
    1200,
)  # ranks follow a Zipf-Mandelbrot law: few words are frequent, and there is no last one
_WORD = re.compile(r"\b[a-z]{4,}\b")
_ONSETS = ("b", "br", "c", "d", "f", "g", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "v")
_RIMES = ("a", "an", "ar", "e", "el", "en", "i", "in", "o", "or", "u", "um")
_SYLLABLES = tuple(onset + rime for onset in _ONSETS for rime in _RIMES)


@cache
def sentences() -> tuple[str, ...]:
    """The sentences of the teaching texts."""
    documents, _ = framing.load_corpus(TEXTS)
    return tuple(document[sentence] for document in documents for sentence in document.sentences)


@cache
def frequencies() -> Counter[str]:
    """How often each word that may be replaced occurs in the teaching texts."""
    return Counter(word for sentence in sentences() for word in _WORD.findall(sentence))


def made_up(rank: int) -> str:
    """The made-up word of a rank from 0: two syllables or more.

    >>> made_up(0), made_up(1000)
    ('bebar', ...)
    """
    rank += len(_SYLLABLES)
    word = ""
    while rank:
        rank, syllable = divmod(rank, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word


def articles(count: int, words: int = 760, seed: int = 0) -> Iterator[dict[str, str]]:
    """Articles of about so many words, each with id, outlet, date and text; a paragraph has one to four sentences."""
    chance = random.Random(seed)  # noqa: S311  no secret is made of it

    def perhaps_made_up(match: re.Match[str]) -> str:
        word = match.group()
        if frequencies()[word] > RARE or chance.random() > MADE_UP:
            return word
        return made_up(int(SHIFT * (chance.paretovariate(PARETO) - 1)))

    for number in range(count):
        paragraphs: list[str] = []
        length = 0
        while length < words:
            chosen = [chance.choice(sentences()) for _ in range(chance.randint(1, 4))]
            length += sum(len(sentence.split()) for sentence in chosen)
            paragraphs.append(_WORD.sub(perhaps_made_up, " ".join(chosen)))
        yield {
            "id": f"article-{number:07}",
            "outlet": chance.choice(OUTLETS),
            "date": f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "text": "\n\n".join(paragraphs),
        }


def write(rows: Iterable[dict[str, str]], path: Path) -> None:
    """Rows as JSON lines, packed where the name ends in .gz; the same rows give the same bytes."""
    with ExitStack() as opened:
        target: io.BufferedWriter | gzip.GzipFile = opened.enter_context(path.open("wb"))
        if path.suffix == ".gz":
            target = opened.enter_context(
                gzip.GzipFile(fileobj=target, mode="wb", compresslevel=3, mtime=0, filename="")
            )
        lines = opened.enter_context(io.TextIOWrapper(target, "utf-8"))
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Write as many articles as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path, help=".jsonl or .jsonl.gz")
    parser.add_argument("--words", type=int, default=760)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    write(articles(given.count, given.words, given.seed), given.path)


if __name__ == "__main__":
    main()
