"""Write the encoder as an ONNX file: the graph node by node, its matrices in 8 bits.

Matrices are kept as whole numbers in blocks of 32 with a scale each (`MatMulNBits` of ONNX Runtime, which rounds what goes
in by rows), word vectors with a scale each. So what is computed for a text does not depend on the texts beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

with suppress(ModuleNotFoundError):  # the module can be read without the extra `train`, not run
    from onnx import TensorProto, helper, numpy_helper

BLOCK = 32
HEADS = 12
_OPSET = 20  # of ONNX; the first that has Gelu
_NEAR_ZERO = 1e-12  # of layer normalisation, as BERT has it

Floats = NDArray[np.float32]


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, name: str, domain: str = "", **more: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **more))
        return name

    def linear(self, given: str, name: str, weights: Floats, bias: Floats, exact: bool) -> str:
        """`given` times the transposed `weights`, shape (out, in), plus `bias`."""
        if exact:
            product = self.add(
                "MatMul", given, self.constant(f"{name}.weight", weights.T), name=f"{name}.product"
            )
        else:
            whole, scales = in_blocks(weights)
            product = self.add(
                "MatMulNBits",
                given,
                self.constant(f"{name}.weight", whole),
                self.constant(f"{name}.scales", scales),
                name=f"{name}.product",
                domain="com.microsoft",
                K=weights.shape[1],
                N=weights.shape[0],
                bits=8,
                block_size=BLOCK,
                accuracy_level=4,
            )
        return self.add("Add", product, self.constant(f"{name}.bias", bias), name=name)

    def normalise(self, given: str, name: str, weights: Mapping[str, Floats]) -> str:
        scale, bias = (
            self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")
        )
        return self.add("LayerNormalization", given, scale, bias, name=name, axis=-1, epsilon=_NEAR_ZERO)


def in_blocks(weights: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """A matrix of shape (out, in) in whole numbers, shape (out, blocks, `BLOCK`), and the scale of each block, flat."""
    blocks = weights.reshape(len(weights), -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2), 1e-9) / 127
    whole = np.clip(np.rint(blocks / scales[..., None]) + 128, 1, 255).astype(np.uint8)
    return whole, scales.astype(np.float32).reshape(-1)


def in_rows(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Vectors in whole numbers, and the scale of each, shape (vectors, 1)."""
    scales = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9) / 127
    return np.rint(vectors / scales).astype(np.int8), scales.astype(np.float32)


def export(weights: Mapping[str, Floats], settings: Mapping[str, Any], *, exact: bool = False) -> bytes:
    """The network as an ONNX file; `settings` go into its metadata. `exact` keeps all numbers as floats, to compare.

    `weights` are those of `encoder_network.make_network` by name. Input `pieces`, int64 of shape (texts, pieces), filled
    up with 0; output `columns`, shape (texts, pieces, columns).
    """
    graph, encoder = _Graph(), "encoder.embeddings"
    vectors = weights[f"{encoder}.word_embeddings.weight"]
    if exact:
        looked_up = graph.add("Gather", graph.constant("words", vectors), "pieces", name="looked_up")
    else:
        whole, scales = in_rows(vectors)
        rows = graph.add("Gather", graph.constant("words", whole), "pieces", name="rows")
        row_scales = graph.add("Gather", graph.constant("words.scales", scales), "pieces", name="row_scales")
        cast = graph.add("Cast", rows, name="cast", to=TensorProto.FLOAT)
        looked_up = graph.add("Mul", cast, row_scales, name="looked_up")
    places = (
        weights[f"{encoder}.position_embeddings.weight"]
        + weights[f"{encoder}.token_type_embeddings.weight"][0]
    )
    zero, one, two = (
        graph.constant(name, np.array([n], np.int64)) for n, name in enumerate(("zero", "one", "two"))
    )
    length = graph.add("Slice", graph.add("Shape", "pieces", name="shape"), one, two, zero, name="length")
    position = graph.add("Slice", graph.constant("places", places), zero, length, zero, name="position")
    summed = graph.add("Add", looked_up, position, name="summed")
    states = graph.normalise(summed, f"{encoder}.LayerNorm", weights)
    padded = graph.add("Equal", "pieces", graph.constant("padding", np.array(0, np.int64)), name="padded")
    present = graph.add("Cast", graph.add("Not", padded, name="read"), name="present", to=TensorProto.INT32)
    layer = 0
    while f"encoder.encoder.layer.{layer}.attention.self.query.weight" in weights:
        states = _layer(graph, f"encoder.encoder.layer.{layer}", weights, states, present, exact)
        layer += 1
    output = graph.add(
        "MatMul", states, graph.constant("output.weight", weights["output.weight"].T), name="output.product"
    )
    graph.add("Add", output, graph.constant("output.bias", weights["output.bias"]), name="columns")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["texts", "length"])],
            [helper.make_tensor_value_info("columns", TensorProto.FLOAT, ["texts", "length", None])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
        producer_name="framing",
    )
    helper.set_model_props(model, {"settings": json.dumps(settings, ensure_ascii=False, sort_keys=True)})
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _layer(
    graph: _Graph, name: str, weights: Mapping[str, Floats], states: str, present: str, exact: bool
) -> str:
    def linear(given: str, part: str) -> str:
        full = f"{name}.{part}"
        return graph.linear(given, full, weights[f"{full}.weight"], weights[f"{full}.bias"], exact)

    query, key, value = (linear(states, f"attention.self.{part}") for part in ("query", "key", "value"))
    attended = graph.add(
        "MultiHeadAttention",
        query,
        key,
        value,
        "",
        present,
        name=f"{name}.attended",
        domain="com.microsoft",
        num_heads=HEADS,
    )
    mixed = linear(attended, "attention.output.dense")
    added = graph.add("Add", mixed, states, name=f"{name}.added")
    between = graph.normalise(added, f"{name}.attention.output.LayerNorm", weights)
    wide = graph.add("Gelu", linear(between, "intermediate.dense"), name=f"{name}.gelu")
    narrow = graph.add("Add", linear(wide, "output.dense"), between, name=f"{name}.narrow")
    return graph.normalise(narrow, f"{name}.output.LayerNorm", weights)
