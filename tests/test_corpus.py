"""Every input becomes articles or failures that say what to do; one bad input never costs another."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.corpus import Failure, load_corpus, read, stream_corpus
from framing.decoding import UnreadableError
from framing.document import Document

ARTICLE = "The ferry left Odesa at noon.\n\nNobody was hurt."


def _write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def _lost(failures):
    return [failure for failure in failures if failure.lost]


# Texts


def test_a_text_is_the_decoded_file_to_the_character(tmp_path):
    text = "\r\n  The ferry left\u200f.\r\rNobody “spoke.\t\n"
    _write(tmp_path, {"a.txt": text})
    document = read(tmp_path / "a.txt")
    assert document.text == text
    assert document.id == "a"
    assert dict(document.meta) == {"file": str(tmp_path / "a.txt"), "encoding": "utf-8"}


def test_front_matter_is_metadata_and_not_scored(tmp_path):
    _write(
        tmp_path, {"a.md": f"---\nid: ferry\ntitle: Late again\ndate: 2026-11-22\ndesk: 7\n---\n\n{ARTICLE}"}
    )
    document = read(tmp_path / "a.md")
    assert document.id == "ferry"
    assert document.meta["title"] == "Late again"
    assert document.meta["date"] == "2026-11-22"
    assert document.meta["desk"] == 7
    body = [document[sentence] for sentence in document.sentences if sentence.kind == "body"]
    assert body == ["The ferry left Odesa at noon.", "Nobody was hurt."]


def test_names_that_a_document_needs_do_no_harm_in_front_matter(tmp_path):
    _write(tmp_path, {"a.md": f"---\ntext: x\nbody_start: 9\nfile: y\nid: 5\nself: z\n---\n{ARTICLE}"})
    document = read(tmp_path / "a.md")
    assert document.id == "5"
    assert document.meta["file"] == str(tmp_path / "a.md")
    assert document.meta["text_"] == "x"


def test_broken_front_matter_is_told_and_the_article_read(tmp_path):
    _write(tmp_path, {"a.md": f"---\ntitle: Ferry: late again\n---\n{ARTICLE}"})
    (document,), (failure,) = load_corpus(tmp_path / "a.md")
    assert [document[s] for s in document.sentences] == ["The ferry left Odesa at noon.", "Nobody was hurt."]
    assert not failure.lost
    assert "line 2" in str(failure)
    assert "quotation marks" in failure.advice


def test_an_encoding_other_than_utf8_is_told(tmp_path):
    _write(tmp_path, {"a.txt": "The café “Odesa” is shut.".encode("cp1252")})
    (document,), (failure,) = load_corpus(tmp_path / "a.txt")
    assert document.meta["encoding"] == "cp1252"
    assert "café “Odesa”" in document.text
    assert "cp1252" in str(failure)
    assert not failure.lost


def test_scripts_and_open_quotation_marks_are_words_like_others(tmp_path):
    text = 'The ferry <script>alert("x")</script> left. "Nobody was hurt.'
    _write(tmp_path, {"a.txt": text})
    document = read(tmp_path / "a.txt")
    assert document.text == text
    assert "script" in document.tokens


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"---\ntitle: T\n---\n{ARTICLE}".encode())))
    (document,), failures = load_corpus("-")
    assert (document.id, document.meta["file"], document.meta["title"]) == ("stdin", "-", "T")
    assert failures == []


# What cannot be read


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\xc2\xa0\r\n", "white space"),
        ("a.txt", "— … !\n".encode(), "no words"),
        ("a.md", b"---\ntitle: T\n---\n\n", "white space"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        ("a.txt", b"The ferry left\x00 at noon.", "NUL"),
        ("a.txt", b"It may\x00 rain.\x00\x00", "NUL"),
        ("a.jsonl", b'{"text": "The ferry\\u0000 left."}', "line 1: holds NUL"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "office document"),
        ("a.xyz", ARTICLE.encode(), "not read (.xyz)"),
        ("a.txt", bytes(range(256)) * 20, "no text"),
        ("a.csv", b"id,body\n1,Calm.\n", "no column 'text', only id, body"),
        ("a.csv", b"id,Text\n1,Calm.\n", "did you mean 'Text'"),
        ("a.jsonl", b'{"body": "Calm."}\n', "no column 'text', only body"),
        ("a.csv", b"id,text\n1,\n", "line 2: holds no article"),
        ("a.jsonl", b'{"text": null}\n', "line 1: has nothing in 'text'"),
        ("a.jsonl", b'{"text": 3}\n', "line 1: has no text in 'text', but a number"),
        ("a.csv", b"id,text\n", "only the names of columns"),
        ("a.jsonl", b"\n\n", "holds no article"),
        ("a.jsonl", b'{"text": "Calm."}}\n', "line 1: is no JSON (extra data at character 18)"),
        ("a.jsonl", b"{\n", "line 1: is no JSON"),
        ("a.parquet", b"PAR1 and no more", "no readable Parquet"),
        ("a.csv", b"\n\n", "no rows"),
    ],
)
def test_bad_input_is_named_with_advice_and_the_rest_is_read(tmp_path, name, content, problem):
    _write(tmp_path, {name: content, "good.txt": ARTICLE})
    documents, failures = load_corpus([tmp_path / name, tmp_path / "good.txt"])
    assert [document.id for document in documents] == ["good"]
    (failure,) = failures
    assert failure.lost
    assert failure.file == str(tmp_path / name)
    assert problem in str(failure)
    assert failure.advice
    assert "\n" not in str(failure)


def test_a_missing_file_is_named_and_a_like_one_suggested(tmp_path):
    _write(tmp_path, {"moscow-wire.md": ARTICLE})
    _, (failure,) = load_corpus(tmp_path / "moscow-wire.txt")
    assert "does not exist" in failure.problem
    assert "'moscow-wire.md'" in failure.advice
    for path in ("nowhere/at/all.txt", "nul\x00.txt", "long" * 200):
        _, (failure,) = load_corpus(path)
        assert "does not exist" in str(failure)


def test_an_ending_alone_suggests_no_name(tmp_path):
    _write(tmp_path, {"bin.txt": ARTICLE})
    _, (failure,) = load_corpus(tmp_path / "missing.txt")
    assert failure.advice == "check the name"


def test_nul_in_a_row_is_one_failure(tmp_path):
    _write(tmp_path, {"a.csv": b'id,text\n1,"It may\x00 rain"\n2,"It may snow"\n'})
    (document,), (failure,) = load_corpus(tmp_path / "a.csv")
    assert (document.id, failure.line) == ("2", 2)


def test_without_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    _, (failure,) = load_corpus("-")
    assert str(failure).startswith("standard input: is empty; ")


def test_articles_come_one_by_one_and_a_results_file_in_the_folder_is_none(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "b.txt": b"", "c.txt": ARTICLE, "scores.csv": "article,value\na,1\n"})
    items = stream_corpus(tmp_path, without=tmp_path / "scores.csv")
    (tmp_path / "c.txt").write_text("It may rain.", encoding="utf-8")
    first = next(items)
    assert isinstance(first, Document)
    (tmp_path / "c.txt").write_text("It may snow.", encoding="utf-8")
    rest = list(items)
    assert [type(item) for item in rest] == [Failure, Document]
    assert rest[1].text == "It may snow."


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    _write(tmp_path, {"a.txt": ARTICLE, "b.txt": ARTICLE})
    read_bytes = Path.read_bytes

    def refuse(path):
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (document,), (failure,) = load_corpus(tmp_path)
    assert document.id == "b"
    assert "Permission denied" in failure.problem


def test_a_message_stays_on_its_line_whatever_the_name():
    message = str(Failure("a\nb\x1b[31m.txt", 3, "is empty", "fill it"))
    assert message == "a\ufffdb\ufffd[31m.txt: line 3: is empty; fill it"


@pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="the file system allows only names in Unicode"
)
def test_a_file_name_that_is_no_unicode_can_be_written_to_results(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_text(ARTICLE, encoding="utf-8")
    (document,), _ = load_corpus(tmp_path)
    f"{document.id}{document.meta['file']}".encode()


# Folders and catalogues


def test_a_folder_is_read_in_order_without_what_is_no_article(tmp_path):
    _write(
        tmp_path,
        {
            "b.txt": ARTICLE,
            "a.md": ARTICLE,
            "deep/c.txt": ARTICLE,
            "README.md": "About.",
            ".hidden.txt": ARTICLE,
            ".git/x.txt": ARTICLE,
            "photo.png": b"\x89PNG",
            "LICENSE": "Free.",
        },
    )
    documents, (failure,) = load_corpus(tmp_path)
    assert [document.id for document in documents] == ["a", "b", "c"]
    assert "1 .png, 1 no ending" in failure.problem
    assert not failure.lost


@pytest.mark.parametrize("files", [{}, {"README.md": "x"}, {"catalog.csv": "file,outlet\na.txt,Post\n"}])
def test_a_folder_without_articles_is_named(tmp_path, files):
    documents, failures = load_corpus(_write(tmp_path, files))
    assert documents == []
    assert ["holds no article" in str(failure) for failure in failures] == [True]


@pytest.mark.parametrize("name", ["catalog.csv", "metadata.csv"])
def test_a_catalogue_gives_metadata_and_is_no_article(tmp_path, name):
    _write(
        tmp_path,
        {
            "a.txt": ARTICLE,
            "b.md": f"---\noutlet: Own\n---\n{ARTICLE}",
            "deep/c.txt": ARTICLE,
            "d.txt": ARTICLE,
            name: "file,outlet,author\na.txt,Post,A. Roe\nb.md,Post,B. Doe\ndeep/c.txt,Deep,\n",
        },
    )
    documents, failures = load_corpus(tmp_path)
    assert failures == []
    assert {d.id: (d.meta.get("outlet"), d.meta.get("author")) for d in documents} == {
        "a": ("Post", "A. Roe"),
        "b": ("Own", "B. Doe"),
        "c": ("Deep", None),
        "d": (None, None),
    }
    assert load_corpus([tmp_path / "a.txt", tmp_path / name])[0][0].meta["outlet"] == "Post"
    assert load_corpus([tmp_path / "a.txt", tmp_path / name])[1] == []


def test_a_catalogue_by_id(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "catalog.csv": "\ufeffid;outlet\na;Post\n"})
    assert read(tmp_path / "a.txt").meta["outlet"] == "Post"


def test_a_broken_catalogue_costs_no_article(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "catalog.csv": b"\x89PNG"})
    (document,), failures = load_corpus(tmp_path / "a.txt")
    assert document.id == "a"
    assert "without their metadata" in str(failures[0])
    assert _lost(failures) == []


def test_the_same_file_twice_is_read_once_and_told(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE})
    documents, failures = load_corpus([tmp_path, tmp_path / "a.txt"])
    assert len(documents) == 1
    assert "twice" in failures[0].problem
    assert _lost(failures) == []


def test_the_same_id_twice_gets_a_suffix_and_is_told(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "a.md": ARTICLE, "deep/a.txt": ARTICLE, "a-2.txt": ARTICLE})
    documents, failures = load_corpus(tmp_path)
    assert [document.id for document in documents] == ["a-2", "a", "a-3", "a-4"]
    assert all("taken" in failure.problem for failure in failures)
    assert len(failures) == 2
    assert _lost(failures) == []


# Tables

ROWS = [
    {"id": "one", "text": "Calm at sea.", "outlet": "Post", "words": 3},
    {"id": "two", "text": "Storm\nat sea.", "outlet": "Herald", "words": 3},
]


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_a_table_holds_an_article_a_row(tmp_path, kind):
    path = tmp_path / f"news.{kind}"
    frame = pd.DataFrame(ROWS)
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False, sep="," if kind == "csv" else "\t")
    documents, failures = load_corpus(path)
    assert failures == []
    assert [document.id for document in documents] == ["one", "two"]
    assert [document.text for document in documents] == ["Calm at sea.", "Storm\nat sea."]
    assert documents[1].meta["outlet"] == "Herald"
    assert str(documents[1].meta["words"]) == "3"
    assert documents[1].meta["line"] == (3 if kind in {"csv", "tsv"} else 2)


def test_columns_are_named_by_the_user(tmp_path):
    _write(tmp_path, {"a.csv": "key,body,text\n7,Calm at sea.,other\n"})
    (document,), failures = load_corpus(tmp_path, text_col="body", id_col="key")
    assert (document.id, document.text, document.meta["text_"]) == ("7", "Calm at sea.", "other")
    assert failures == []
    _, (failure,) = load_corpus(tmp_path / "a.csv", text_col="body", id_col="kee")
    assert "did you mean 'key'" in failure.advice


def test_rows_without_an_id_are_counted(tmp_path):
    _write(tmp_path, {"news.csv": "text\nCalm at sea.\nStorm at sea.\n"})
    assert [document.id for document in load_corpus(tmp_path)[0]] == ["news-1", "news-2"]


def test_a_bad_row_costs_only_itself(tmp_path):
    lines = [
        '{"text": "Calm at sea."}',
        "{",
        '{"text": ""}',
        '{"text": "Half \\ud83d a face."}',
        '{"text": "Storm."}',
    ]
    _write(tmp_path, {"news.jsonl": "\n".join(lines)})
    documents, failures = load_corpus(tmp_path)
    assert [document.meta["line"] for document in documents] == [1, 4, 5]
    assert [(failure.line, failure.lost) for failure in failures] == [(2, True), (3, True), (4, False)]
    assert documents[1].text == "Half \ufffd a face."
    json.dumps(dict(documents[1].meta), ensure_ascii=False).encode()


# Pages


def test_a_page_is_its_article(tmp_path):
    pytest.importorskip("trafilatura", reason="needs the extra framing[io]", exc_type=ImportError)
    paragraphs = "".join(
        f"<p>On day {day} the harbour was calm, and the ferry left “Odesa” on time.</p>" for day in range(9)
    )
    page = (
        "<html><head><title>Calm at sea</title><meta name='author' content='Anna Roe'>"
        "<script>alert('x')</script></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>Calm at sea</h1>{paragraphs}</article></body></html>"
    )
    _write(tmp_path, {"a.html": page, "b.htm": "<html></html>", "c.html": page.encode("utf-16")})
    documents, failures = load_corpus([tmp_path / "a.html", tmp_path / "b.htm"])
    assert [document.id for document in documents] == ["a"]
    assert "On day 3 the harbour was calm" in documents[0].text
    assert "alert" not in documents[0].text
    assert documents[0].meta["title"] == "Calm at sea"
    assert documents[0].meta["author"] == "Anna Roe"
    assert "without an article" in failures[0].problem


def test_a_page_in_the_encoding_it_declares(tmp_path):
    pytest.importorskip("trafilatura", reason="needs the extra framing[io]", exc_type=ImportError)
    paragraphs = "".join(
        f"<p>On day {day} the café in Łódź was open as it always is.</p>" for day in range(9)
    )
    page = (
        f"<html><head><meta charset='iso-8859-2'></head><body><article>{paragraphs}</article></body></html>"
    )
    _write(tmp_path, {"a.html": page.encode("iso-8859-2")})
    document = read(tmp_path / "a.html")
    assert "café in Łódź" in document.text
    assert document.meta["encoding"] == "iso-8859-2"


def test_a_page_without_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    _write(tmp_path, {"a.html": "<p>Calm.</p>"})
    _, (failure,) = load_corpus(tmp_path / "a.html")
    assert "framing[io]" in failure.advice


# One article


def test_read_wants_exactly_one(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "b.txt": ARTICLE, "empty.txt": ""})
    with pytest.raises(UnreadableError, match="holds 2 articles"):
        read(tmp_path)
    with pytest.raises(UnreadableError, match=r"empty.txt: is empty; put"):
        read(tmp_path / "empty.txt")


# Anything at all


@pytest.mark.parametrize("kind", ["txt", "md", "csv", "tsv", "jsonl", "parquet"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_no_bytes_raise_and_none_are_lost_in_silence(tmp_path, kind, data):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    documents, failures = load_corpus(path)
    assert documents or failures or not data.strip() or kind in {"csv", "tsv", "jsonl"}
    for document in documents:
        json.dumps([document.id, document.text, dict(document.meta)], ensure_ascii=False).encode()
    for failure in failures:
        assert str(failure).startswith(str(path))
        assert failure.problem
        assert failure.advice


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=st.text(max_size=60), catalog=st.binary(max_size=60))
def test_no_metadata_costs_an_article(tmp_path, block, catalog):
    _write(
        tmp_path,
        {"a.md": f"---\ntitle: {block}\n---\n{ARTICLE}".encode("utf-8", "replace"), "catalog.csv": catalog},
    )
    (document,), failures = load_corpus(tmp_path / "a.md")
    assert "Nobody was hurt." in [document[sentence] for sentence in document.sentences]
    assert _lost(failures) == []


def test_a_folder_of_codings_holds_no_article(tmp_path):
    _write(tmp_path, {"a.txt": ARTICLE, "coding/key.csv": "article,label\na,hedge\n"})
    documents, failures = load_corpus(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert failures == []


def test_a_column_id_that_is_not_the_id_is_metadata(tmp_path):
    (tmp_path / "a.csv").write_text("doc,id,text\nd1,7,It rained.\n", encoding="utf-8")
    (document,), failures = load_corpus(tmp_path / "a.csv", id_col="doc")
    assert (document.id, document.meta["id_"], failures) == ("d1", "7", [])
