"""Bytes become text as they stand, or are refused with advice."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.decoding import UnreadableError, decode

ENGLISH = "“We don’t know,” the minister said. The café in Kraków was shut; tea cost £2."


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_recognised_and_reported(encoding, named):
    decoded = decode(ENGLISH.encode(encoding))
    assert decoded.text == ENGLISH
    assert decoded.encoding == named
    assert bool(decoded.notices) is (named not in {"utf-8", "utf-8-sig"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_file_opened_with_the_reported_encoding_is_the_text(tmp_path, encoding):
    path = tmp_path / "article.txt"
    path.write_bytes(ENGLISH.encode(encoding))
    decoded = decode(path.read_bytes())
    assert path.read_text(encoding=decoded.encoding) == decoded.text


def test_line_ends_stay():
    assert decode(b"one\r\ntwo\rthree\n").text == "one\r\ntwo\rthree\n"


def test_one_broken_byte_does_not_change_the_encoding():
    decoded = decode("Żółć, café, naïve".encode() + b" \xff.")
    assert decoded.encoding == "utf-8"
    assert decoded.text == "Żółć, café, naïve \ufffd."
    assert "broken" in decoded.notices[0][0]


def test_a_lone_surrogate_is_replaced_one_for_one():
    decoded = decode(b"half \xed\xa0\xbd face")
    assert decoded.text == "half \ufffd face"
    assert decoded.encoding == "utf-8"


def test_a_replacement_character_that_is_meant_is_no_damage_to_the_encoding():
    assert decode("only \ufffd here".encode()).encoding == "utf-8"


def test_a_stray_control_character_is_kept_and_told():
    decoded = decode(b"The ferry left\x07 at noon. It was late again, the crew said.")
    assert "\x07" in decoded.text
    assert "control characters" in decoded.notices[0][0]


@pytest.mark.parametrize("mark", ["\u200f", "\u202e", "\u2066", "\u200b"])
def test_marks_of_direction_are_kept_without_a_word(mark):
    decoded = decode(f"The word {mark}سلام{mark} means peace.".encode())
    assert decoded.text.count(mark) == 2
    assert not decoded.notices


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "a")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (_zip(), "zip"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"{\\rtf1\\ansi text}", "rich-text"),
        (gzip.compress(b"news", mtime=0), "gzip"),
        (bytes(range(32)) * 40, "binary"),
        (b"\x00" * 4000, "binary"),
    ],
)
def test_what_is_no_text_is_refused_with_advice(data, problem):
    with pytest.raises(UnreadableError, match=problem) as caught:
        decode(data)
    assert caught.value.advice


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data):
    try:
        decoded = decode(data)
    except UnreadableError:
        return
    decoded.text.encode("utf-8")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_utf8_comes_back_as_it_was(text):
    data = text.encode()
    try:
        decoded = decode(data)
    except UnreadableError:
        assert text.startswith(("PAR1", "%PDF-", "GIF8"))
        return
    assert decoded.text == text.removeprefix("\ufeff")
