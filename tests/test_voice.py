"""Whose words a span is."""

from __future__ import annotations

import pytest

from framing.analysis import Evidence
from framing.document import make_document
from framing.voice import Voices

TEXT = "Rebels left, the envoy said the mayor believed the town was safe. Nobody knew."


def attribution(text: str, content: str, actor: str | None = None) -> Evidence:
    start = text.index(content)
    return Evidence(
        "attribution", "neutral", 0, 1, source_actor=actor, extra={"content": [[start, start + len(content)]]}
    )


def voice_of(voices: Voices, text: str, words: str) -> tuple[str, str | None]:
    start = text.index(words)
    voice = voices.of(start, start + len(words))
    return voice.name, voice.source_actor


def test_content_is_attributed_and_the_innermost_source_speaks() -> None:
    outer = attribution(TEXT, "the mayor believed the town was safe", "un")
    inner = attribution(TEXT, "the town was safe", "syria")
    for order in ([outer, inner], [inner, outer]):
        voices = Voices(make_document(TEXT), order)
        assert voice_of(voices, TEXT, "the mayor believed") == ("attributed", "un")
        assert voice_of(voices, TEXT, "was safe") == ("attributed", "syria")
        assert voice_of(voices, TEXT, "the envoy") == ("author", None)
        assert voice_of(voices, TEXT, "Nobody knew") == ("author", None)


def test_a_span_has_the_voice_of_most_of_its_words() -> None:
    voices = Voices(make_document(TEXT), [attribution(TEXT, "the town was safe")])
    assert voices.of(0, TEXT.index("safe") + 4).name == "author"
    assert voices.of(TEXT.index("believed"), TEXT.index("safe") + 4).name == "attributed"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("“We will never leave this town.” The road was empty.", "leave this town", "attributed"),
        ("They call it the “New Order” of the town.", "New Order", "author"),
        ("The road was empty.", "road", "author"),
    ],
)
def test_speech_without_a_named_speaker_is_attributed_but_a_term_in_quotes_is_not(
    text: str, words: str, expected: str
) -> None:
    assert voice_of(Voices(make_document(text), []), text, words) == (expected, None)


def test_headline_keeps_its_own_voice() -> None:
    text = "Town “will never leave us here again”, mayor says\n\nThe road was empty."
    voices = Voices(make_document(text), [attribution(text, "will never leave us here again")])
    assert voice_of(voices, text, "never leave us") == ("headline", None)


def test_empty_span_and_empty_text_are_the_authors() -> None:
    assert Voices(make_document(""), []).of(0, 0).name == "author"
