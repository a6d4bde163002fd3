"""The weights of trained models: one `weights.npz` a task, beside the card that describes it and holds its SHA-256.

Files hold plain arrays only, never Python objects; words are stored as UTF-8 bytes, a line each. They are read once,
when they are first needed.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.data import PACKAGE, DataError

Weights = Mapping[str, NDArray[Any]]
_DIGEST = re.compile(r"SHA-256[^`]*`([0-9a-f]{64})`")
_FILE = "weights.npz"


def folder(model: str, task: str) -> Path:
    """Where the weights and the card of a task lie."""
    return PACKAGE / "models" / model / task


@cache
def load(model: str, task: str) -> Weights:
    """The arrays of a task by name. Raises `DataError` when the file is missing or is not the one the card describes."""
    with np.load(io.BytesIO(read_verified(model, task, _FILE)), allow_pickle=False) as arrays:
        return dict(arrays)


def read_verified(model: str, task: str, name: str) -> bytes:
    """A file of weights. Raises `DataError` when it is missing or is not the one that the card beside it describes."""
    path = folder(model, task) / name
    try:
        content = path.read_bytes()
        card = (path.parent / "card.md").read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); install framing again") from error
    digest = _DIGEST.search(card)
    if digest is None or digest.group(1) != hashlib.sha256(content).hexdigest():
        raise DataError(f"{path}: is not the file that card.md beside it describes; install framing again")
    return content


def save(model: str, task: str, arrays: Weights, card: str) -> None:
    """Write the arrays and the card, which names their SHA-256 where it says `{sha256}`. The same arrays give the same bytes."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    save_file(model, task, _FILE, content.getvalue(), card)


def save_file(model: str, task: str, name: str, content: bytes, card: str) -> None:
    """Write a file of weights and its card, which names the SHA-256 where it says `{sha256}`."""
    path = folder(model, task)
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (path / "card.md").write_text(card.replace("{sha256}", digest), encoding="utf-8")


def pack_words(words: Sequence[str]) -> NDArray[np.uint8]:
    """Words, none of which holds a line break, as bytes.

    >>> unpack_words(pack_words(["said", "naïve"]))
    ['said', 'naïve']
    """
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def unpack_words(packed: NDArray[np.uint8]) -> list[str]:
    """The words of `pack_words`. As those of documents they are interned, which makes looking them up faster."""
    return list(map(sys.intern, packed.tobytes().decode().split("\n"))) if len(packed) else []
