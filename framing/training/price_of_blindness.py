"""What it costs the encoder not to see names: stance learnt from the ratings alone, once blind to names and once sighted.

Run `python -m framing.training.price_of_blindness ../shared/corpora` in the repository, with the extra `train`; some ten minutes on two
cores. Neither network is shipped, and neither has learnt from a teacher or for another task, so the blind one also tells
what these two add.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from framing.document import make_document
from framing.encoder.pieces import TARGET, Pieces
from framing.encoder.stance import code
from framing.training import stance
from framing.training.encoder_examples import Rated
from framing.training.encoder_network import (
    Plan,
    make_batch,
    make_network,
    portrayal,
    predict,
    vocabulary,
)
from framing.training.fit_encoder import learn_once
from framing.training.stance import RatedMention
from framing.training.stance_examples import rated_examples, read_material

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    import torch

EPOCHS = 4
SEED = 1
_SMOOTHED = 0.05  # probability that a rating leaves to the other two


def blind(mentions: Sequence[RatedMention], pieces: Pieces, common: frozenset[str]) -> list[Rated | None]:
    """The mentions as the encoder reads them; None where the sentence is not scored."""
    return [
        _rated(pieces, example.words, example.polarity) if example.words else None
        for example in rated_examples(mentions, "newsmtsc", common)
    ]


def sighted(mentions: Sequence[RatedMention], pieces: Pieces) -> list[Rated | None]:
    """The mentions with every name as it is written, the target's after a placeholder that marks it."""
    return [_sighted(mention, pieces) for mention in mentions]


def _sighted(mention: RatedMention, pieces: Pieces) -> Rated | None:
    document = make_document(mention.sentence)
    tokens = document.tokens_in(mention.start, mention.end)
    number = document.sentence_at(mention.start)
    if number is None or not tokens:
        return None
    sentence = document.sentences[number]
    before = document.tokens[sentence.first : tokens.start]
    return _rated(pieces, [*before, TARGET, *document.tokens[tokens.start : sentence.last]], mention.polarity)


def _rated(pieces: Pieces, words: Sequence[str], polarity: int) -> Rated:
    coded = code(pieces, words)
    shares = [_SMOOTHED / 2] * 3
    shares[polarity + 1] = 1 - _SMOOTHED
    return Rated(coded.pieces, coded.targets, (shares[0], shares[1], shares[2]))


def main() -> None:
    """Train both and print macro F1 on the two development sets."""
    newsmtsc = Path(sys.argv[1]) / "newsmtsc"
    words, _ = read_material(Path(sys.argv[1]))
    pieces, common = Pieces(vocabulary()), frozenset(words)
    parts = {name: stance.read(newsmtsc / f"{name}.jsonl") for name in ("train", "dev-rw", "dev-mt")}
    for name, made in (
        ("blind", {part: blind(own, pieces, common) for part, own in parts.items()}),
        ("sighted", {part: sighted(own, pieces) for part, own in parts.items()}),
    ):
        torch.manual_seed(SEED)
        network = make_network(pieces.vocabulary)
        learnt = [example for example in made["train"] if example is not None]
        learn_once(network, Plan([(learnt, EPOCHS)], rate=1e-4, seed=SEED, decay=0.99), name)
        for part in ("dev-rw", "dev-mt"):
            truth = [mention.polarity for mention in parts[part]]
            found = list(_polarities(network, made[part]))
            sys.stdout.write(f"{name}, {part}: macro F1 {f1_score(truth, found, average='macro'):.3f}\n")


def _polarities(network: object, examples: Sequence[Rated | None]) -> Iterator[int]:
    """The polarity of each mention, 0 where the sentence is not scored."""
    scored = [example for example in examples if example is not None]
    columns = iter(zip(scored, predict(network, scored), strict=True))
    for example in examples:
        if example is None:
            yield 0
        else:
            own, numbers = next(columns)
            scores = portrayal(torch.tensor(numbers[None]), make_batch([own]))
            yield int(np.argmax(scores.numpy())) - 1


if __name__ == "__main__":
    main()
