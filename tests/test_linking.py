"""From tagged spans to attributions."""

from __future__ import annotations

import pytest

from framing.attribution.linking import link
from framing.attribution.text import Range
from framing.document import make_document


def linked(
    text: str, cues: list[str], sources: list[str], contents: list[str]
) -> list[tuple[str, str | None, list[str]]]:
    """Attributions in words, from words that stand once in the text."""
    document = make_document(text)

    def place(words: str) -> Range:
        start = text.index(words)
        tokens = document.tokens_in(start, start + len(words))
        return Range(tokens.start, tokens.stop)

    def written(span: Range) -> str:
        return text[document.starts[span.first] : document.ends[span.last - 1]]

    found = link(document, *(sorted(map(place, spans)) for spans in (cues, sources, contents)))
    return [
        (written(each.cue), each.source and written(each.source), [written(span) for span in each.contents])
        for each in found
    ]


CASES = [
    (
        "The mayor denied it would close, but Anna Lind said the port is shut.",
        (["denied", "said"], ["The mayor", "Anna Lind"], ["it would close", "the port is shut"]),
        [("denied", "The mayor", ["it would close"]), ("said", "Anna Lind", ["the port is shut"])],
    ),
    (
        "“We stay,” said Anna Lind. “They go.”",
        (["said"], ["Anna Lind"], ["“We stay,”", "“They go.”"]),
        [("said", "Anna Lind", ["“We stay,”", "“They go.”"])],
    ),
    (
        "It is believed that the port will close.",
        (["is believed"], [], ["that the port will close"]),
        [("is believed", None, ["that the port will close"])],
    ),
    ("The mayor refused.", (["refused"], ["The mayor"], []), []),
]


@pytest.mark.parametrize(("text", "spans", "expected"), CASES)
def test_the_nearest_fitting_span_is_linked(text, spans, expected):
    assert linked(text, *spans) == expected


def test_a_quotation_that_goes_on_belongs_to_who_spoke_last():
    far = "It was a long day by the water. " * 12
    found = linked(
        f"“We stay,” said Anna Lind. {far}\n\n“They go tomorrow.”",
        ["said"],
        ["Anna Lind"],
        ["“We stay,”", "“They go tomorrow.”"],
    )
    assert found == [("said", "Anna Lind", ["“We stay,”", "“They go tomorrow.”"])]


def test_a_content_before_every_cue_is_not_linked_over_any_distance():
    far = "It was a long day by the water. " * 12
    text = f"“They go tomorrow.” {far} Anna Lind said that the port is shut."
    found = linked(text, ["said"], ["Anna Lind"], ["“They go tomorrow.”", "that the port is shut"])
    assert found == [("said", "Anna Lind", ["that the port is shut"])]


def test_a_cue_without_a_content_of_its_own_shares_one_close_by():
    found = linked(
        "Anna Lind told reporters, announcing that the port will close.",
        ["told", "announcing"],
        ["Anna Lind"],
        ["that the port will close"],
    )
    assert [contents for _, _, contents in found] == [["that the port will close"]] * 2


def test_contents_that_touch_are_one():
    found = linked(
        "He said that ships left and ports closed.", ["said"], ["He"], ["that ships left", "and ports closed"]
    )
    assert found == [("said", "He", ["that ships left and ports closed"])]


def test_time_grows_with_the_number_of_spans_and_not_its_square(monkeypatch):
    """Only spans near a content are candidates: the gaps that are looked at grow linearly."""
    from framing.attribution import linking

    asked = []
    between = linking._between
    monkeypatch.setattr(linking, "_between", lambda *args: asked.append(args) or between(*args))

    def work(repeats: int) -> int:
        asked.clear()
        document = make_document("He said that ships left the port again at dawn. " * repeats)
        places = [sentence.first for sentence in document.sentences]
        link(
            document,
            [Range(p + 1, p + 2) for p in places],
            [Range(p, p + 1) for p in places],
            [Range(p + 2, p + 10) for p in places],
        )
        return len(asked)

    assert work(80) < 2.3 * work(40)
