"""Vectors of sentences from inside the encoder."""

from __future__ import annotations

import numpy as np
import pytest

from framing.encoder.network import network
from framing.encoder.vectors import LAYER, sentence_vectors, with_output
from framing.models.weights import read_verified

TOLD = (
    "The river burst its banks before dawn and swamped the lower town.",
    "Rescue crews lifted forty families from the roofs by helicopter.",
    "Schools will stay shut until Monday.",
    "The union wants eight percent more pay.",
    "Commuters slept in stations as services were cancelled.",
    "Judges refused to forbid the strike.",
    "Thousands fled across the bridge on foot.",
    "Shells struck a hospital near the border, killing three nurses.",
)
RETOLD = (
    "Water poured over the embankment in the early hours, flooding streets near the harbour.",
    "Helicopters plucked dozens of stranded residents off their houses.",
    "Pupils are not expected back in class before the start of next week.",
    "Workers are demanding a raise of eight percent.",
    "Stranded passengers spent the night on platforms.",
    "A court rejected the attempt to ban the stoppage.",
    "Crowds of refugees walked over the river to safety.",
    "Medical staff died when artillery hit a clinic at the frontier.",
)


def centred(vectors):
    vectors = vectors - vectors.mean(axis=0)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_sentences_that_tell_the_same_in_other_words_lie_nearest_to_each_other():
    vectors = centred(sentence_vectors([*TOLD, *RETOLD]))
    cosines = vectors[: len(TOLD)] @ vectors[len(TOLD) :].T
    assert (cosines.argmax(axis=1) == np.arange(len(TOLD))).mean() >= 0.75


def test_vectors_have_length_one_and_do_not_depend_on_the_sentences_beside_them():
    together = sentence_vectors(TOLD)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(sentence_vectors(TOLD[2:3])[0], together[2])


def test_who_is_named_makes_no_difference():
    one, other = sentence_vectors(
        ["Russia shelled the port of Ukraine.", "Ukraine shelled the port of Russia."]
    )
    np.testing.assert_array_equal(one, other)


def test_what_has_no_words_has_no_direction():
    assert not sentence_vectors(["...", "It was."]).any()
    assert sentence_vectors([]).shape == (0, 384)


def test_long_sentences_are_read_as_far_as_the_network_reads():
    assert np.linalg.norm(sentence_vectors(["flood " * 5000])) == pytest.approx(1, abs=1e-5)


def test_the_inner_value_is_the_only_output_and_later_layers_are_gone():
    content = read_verified("encoder", "", "weights.onnx")
    inner = with_output(content, LAYER)
    assert len(inner) < len(content)
    assert b"layer.2.output.LayerNorm" in content
    assert [output.name for output in network().session.get_outputs()] == ["columns"]
    with pytest.raises(ValueError, match="no value 'nowhere'"):
        with_output(content, "nowhere")
