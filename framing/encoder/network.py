"""The network itself, run by ONNX Runtime on the processor.

What it says of a sequence does not depend on the sequences beside it: only sequences that are filled up to the same length
are run together, and its matrices round what goes in row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from framing.data import DataError
from framing.document import Document
from framing.encoder.pieces import Pieces
from framing.linear import hedging as linear_hedging
from framing.linear import loaded as linear_loaded
from framing.models.weights import read_verified

Floats = NDArray[np.float32]

_STEP = 8  # lengths are filled up to a multiple of it
_TOGETHER = 1024  # pieces that are run at once, where a sequence is not longer
_threads = 0


class Linear(NamedTuple):
    """The linear models that the encoder heeds: what they know of single words and of the lexicons it has to guess."""

    hedging: linear_hedging.Model
    loaded: linear_loaded.Model


class Network(NamedTuple):
    """The session of ONNX Runtime, the word pieces, the words that are no names when they begin a sentence, numbers that were
    settled after training, the linear models beside it, and what was read of the last documents.
    """

    session: Any
    pieces: Pieces
    common: frozenset[str]
    numbers: dict[str, float]
    linear: Linear
    readings: MutableMapping[Document, Any]


def use_threads(threads: int) -> None:
    """How many threads run the network, 0 for as many as there are cores. They change its speed, not what it says."""
    global _threads  # noqa: PLW0603  a setting of the process, as in the library below
    if threads != _threads:
        _threads = threads
        _shipped.cache_clear()


def network() -> Network:
    """The shipped network, read once, or the one that replaces it.

    Raises `DataError` when its file is missing or changed, or when the libraries that run it cannot be loaded.
    """
    return _replacing[-1] if _replacing else _shipped()


@contextmanager
def replaced(other: Network) -> Iterator[None]:
    """Have another network decide, as while several are compared."""
    _replacing.append(other)
    try:
        yield
    finally:
        _replacing.pop()


_replacing: list[Network] = []


@cache
def _shipped() -> Network:
    return open_network(read_verified("encoder", "", "weights.onnx"))


def open_network(content: bytes, linear: Linear | None = None) -> Network:
    """The network of an ONNX file, beside the shipped linear models if no others are given.

    Raises `DataError` when the libraries that run it cannot be loaded.
    """
    try:
        import onnxruntime  # noqa: PLC0415  may be missing
        import tokenizers  # noqa: F401, PLC0415
    except ImportError as error:
        raise DataError(
            f"the model 'encoder' needs the packages onnxruntime and tokenizers, which cannot be loaded here ({error}); "
            "install them, or choose the model 'linear' (--model linear), which does without"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    # Threads that wait without sleeping make everything else on a small machine slow.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no class of its own for what it cannot run
        raise DataError(
            f"the model 'encoder' cannot be run by onnxruntime {onnxruntime.__version__} ({error}); "
            "install onnxruntime 1.22 or newer, or choose the model 'linear' (--model linear)"
        ) from error
    settings = json.loads(session.get_modelmeta().custom_metadata_map["settings"])
    return Network(
        session,
        Pieces(settings["pieces"]),
        frozenset(settings["common"]),
        settings["numbers"],
        linear or Linear(linear_hedging.trained(), linear_loaded.trained()),
        WeakKeyDictionary(),
    )


def run(network: Network, sequences: Sequence[Sequence[int]]) -> list[Floats]:
    """The columns of each piece of each sequence, shape (pieces, columns) each, in the order given; equal ones are run once."""
    asked = list(map(tuple, sequences))
    found: dict[tuple[int, ...], Floats] = {}
    by_length: dict[int, list[tuple[int, ...]]] = {}
    for sequence in dict.fromkeys(asked):
        by_length.setdefault(-(-len(sequence) // _STEP) * _STEP, []).append(sequence)
    for length, alike in by_length.items():
        size = max(1, _TOGETHER // length)
        for low in range(0, len(alike), size):
            chosen = alike[low : low + size]
            pieces = np.zeros((len(chosen), length), dtype=np.int64)
            for row, sequence in enumerate(chosen):
                pieces[row, : len(sequence)] = sequence
            (columns,) = network.session.run(None, {"pieces": pieces})
            for sequence, own in zip(chosen, columns, strict=True):
                found[sequence] = own[: len(sequence)]
    return [found[sequence] for sequence in asked]
