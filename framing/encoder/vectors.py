"""Vectors of sentences from inside the encoder, for finding passages that tell the same in different words.

The shipped network gives 19 numbers a piece; its inner states are had by naming one of them as an output of the ONNX file.
Those of the second layer are used: later layers were trained to judge, and tell less of what a sentence is about. Names are
placeholders, as always in the encoder, so who is named makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from framing.actors import find_mentions
from framing.attribution import grammar
from framing.document import make_document
from framing.encoder.network import Floats, Network, network, open_network, run
from framing.encoder.pieces import LONGEST
from framing.models.units import blind_words, read_units
from framing.models.weights import read_verified

LAYER = "encoder.encoder.layer.1.output.LayerNorm"  # shape (texts, pieces, 384)
_FUNCTION = (
    grammar.AUXILIARIES | grammar.DETERMINERS | grammar.PREPOSITIONS | grammar.SUBORDINATORS | grammar.COORDINATORS
    | grammar.SUBJECTS | grammar.OBJECTS
)  # fmt: skip


def sentence_vectors(sentences: Sequence[str]) -> Floats:
    """A vector of length 1 for each sentence, shape (sentences, 384): the mean of the states of its content words.

    All vectors have much in common, so their cosines say something only after the mean of many is taken off, as
    `framing.comparison.passages` does. A sentence without content words has zeros. Raises `DataError` as `network` does.
    """
    inner, net = _inner(), network()
    vectors = np.zeros((len(sentences), _WIDTH), dtype=np.float32)
    order = sorted(
        range(len(sentences)), key=lambda row: len(sentences[row])
    )  # those of like length are run together
    for low in range(0, len(order), _TOGETHER):
        rows = order[low : low + _TOGETHER]
        read = [_pieces(sentences[row], net) for row in rows]
        for row, states, (_, places) in zip(
            rows, run(inner, [pieces for pieces, _ in read]), read, strict=True
        ):
            if places:
                vectors[row] = states[places].mean(axis=0)
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit


_WIDTH = 384
_TOGETHER = 512  # sentences, so that their states fit into little memory


def _pieces(sentence: str, net: Network) -> tuple[list[int], list[int]]:
    """The word pieces of a sentence, names as placeholders, and the places of those of content words."""
    document = make_document(sentence)
    units = read_units(document, find_mentions(document))
    pieces = [net.pieces.start]
    places: list[int] = []
    for word in blind_words(document, units, net.common):
        own = net.pieces[word]
        if len(pieces) + len(own) >= LONGEST:
            break
        if word not in _FUNCTION and (word[0].isalnum() or len(word) > 1):
            places += range(len(pieces), len(pieces) + len(own))
        pieces += own
    return [*pieces, net.pieces.stop], places


@cache
def _inner() -> Network:
    return open_network(with_output(read_verified("encoder", "", "weights.onnx"), LAYER))


# The file of the network ----------------------------------------------------------------------------------------

# ONNX files are Protocol Buffers: fields of a number, a type and a content. The graph is a field of the model, its outputs
# are fields of the graph, and an output's name is a field of it.
_GRAPH, _NODE, _OUTPUT, _NAME, _MAKES = 7, 1, 12, 1, 2
_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5


def with_output(model: bytes, name: str) -> bytes:
    """An ONNX file in which the value of this name is the graph's only output, and the last thing it works out.

    Raises `ValueError` when nothing in the file makes a value of this name.
    """
    parts: list[bytes] = []
    made = False
    for field, content, whole in _fields(memoryview(model)):
        if field != _GRAPH:
            parts.append(bytes(whole))
            continue
        kept: list[bytes] = []
        for number, inside, node in _fields(content):
            if number == _OUTPUT or (
                number == _NODE and made
            ):  # nodes stand in the order in which they are worked out
                continue
            kept.append(bytes(node))
            made = made or (
                number == _NODE and any(n == _MAKES and v == name.encode() for n, v, _ in _fields(inside))
            )
        parts.append(_field(_GRAPH, b"".join([*kept, _field(_OUTPUT, _field(_NAME, name.encode()))])))
    if not made:
        raise ValueError(f"the network has no value '{name}'")
    return b"".join(parts)


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """The fields of a message: number, content (empty unless it is bytes), and all of it."""
    at = 0
    while at < len(message):
        key, content = _varint(message, at)
        end = content
        if key & 7 == _BYTES:
            size, content = _varint(message, content)
            end = content + size
        elif key & 7 == _VARINT:
            end = _varint(message, content)[1]
        else:
            end = content + {_LONG: 8, _SHORT: 4}[key & 7]
        yield key >> 3, message[content:end], message[at:end]
        at = end


def _field(number: int, content: bytes) -> bytes:
    return _written(number << 3 | _BYTES) + _written(len(content)) + content


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A whole number of seven bits a byte, lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _written(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
