"""Where the time of a profile goes: seconds of one processor by stage, over the same articles.

Run `python benchmarks/stages.py articles.jsonl --model linear`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import framing
from framing import analysis
from framing.actors import find_mentions
from framing.analysis import MODELS, load_dimensions
from framing.document import make_document
from framing.encoder import loaded, reading, stance
from framing.encoder.network import run, use_threads

ARTICLES = 200


class Clock:
    """Seconds by stage. What a stage spends in another is the other's."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time added to a stage."""

        def run(*arguments: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            begun = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                spent = time.process_time() - begun
                self.seconds[stage] += spent - self._inner.pop()
                self._inner[-1] += spent

        return run


def stages(texts: list[str], model: str) -> dict[str, float]:
    """Seconds by stage, the largest first, what is in no other stage under "the rest"."""
    clock = Clock()
    find = analysis.finder
    dimensions = {
        name: replace(dimension, measure=clock.timed("counts and scores", dimension.measure))
        for name, dimension in load_dimensions().items()
    }

    def finder(dimension: str, model: str) -> Callable[..., Any]:
        return clock.timed(f"evidence of {dimension}", find(dimension, model))

    for text in texts[: len(texts) // 10]:
        framing.analyze(text, model=model)
    network = clock.timed("the network", run)
    with (
        patch.object(reading, "run", network),
        patch.object(loaded, "run", network),
        patch.object(stance, "run", network),
        patch.object(analysis, "finder", finder),
        patch.object(analysis, "load_dimensions", lambda: dimensions),
        patch.object(analysis, "make_document", clock.timed("sentences and tokens", make_document)),
        patch.object(analysis, "find_mentions", clock.timed("mentions of actors", find_mentions)),
        patch.object(analysis, "_with_values", clock.timed("values and intervals", analysis._with_values)),  # noqa: SLF001  what is measured
    ):
        whole = clock.timed("the rest", framing.analyze)
        for text in texts:
            whole(text, model=model)
    return dict(sorted(clock.seconds.items(), key=lambda item: -item[1]))


def main() -> None:
    """Print seconds by stage as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--model", choices=MODELS, default="linear")
    given = parser.parse_args()
    use_threads(1)
    with given.path.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(ARTICLES), strict=False)]
    print(json.dumps(stages(texts, given.model)))


if __name__ == "__main__":
    main()
