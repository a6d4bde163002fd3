"""How long the whole profile takes a word in articles of one length, with the model `linear`: seconds of one processor.

    python benchmarks/lengths.py 1000 200000 --resamples 0

reads articles of 1,000 words, 200,000 words in all. Before the clock starts a tenth as many words are read in articles of
the usual length, whatever the length measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from load import articles
from readers import profile, timed

LEAST = 2  # articles, however long


def texts(length: int, words: int, seed: int) -> Iterator[str]:
    """Articles of a length until there are so many words."""
    found = 0
    for number, article in enumerate(articles(words + LEAST, length, seed)):
        if found >= words and number >= LEAST:
            return
        found += len(article["text"].split())
        yield article["text"]


def main() -> None:
    """Print articles, words and seconds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("length", type=int)
    parser.add_argument("words", type=int)
    parser.add_argument("--resamples", type=int, help="as of framing score; without it the usual number")
    given = parser.parse_args()
    options = {} if given.resamples is None else {"resamples": given.resamples}
    warm = texts(760, given.words // 10, seed=1)
    chosen = list(texts(given.length, given.words, seed=0))
    words, seconds = timed(profile("linear", **options), warm, chosen)
    print(json.dumps({"articles": len(chosen), "words": words, "seconds": seconds}))


if __name__ == "__main__":
    main()
