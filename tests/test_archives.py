"""Archives are read as folders are, nothing is written, and one made to harm costs only itself."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing import archives
from framing.archives import members
from framing.corpus import _read_all, load_corpus
from framing.decoding import UnreadableError

ARTICLE = "The ferry left Odesa at noon.\n\nNobody was hurt."
KINDS = ["tar", "tar.gz", "tgz", "tar.zst", "zip"]


def _tar(files, mode="w"):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, content in files.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if content is info else content.encode() if isinstance(content, str) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def _zip(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _packed(kind, files):
    if kind == "zip":
        return _zip(files)
    data = _tar(files)
    if kind == "tar.zst":
        return pa.compress(data, codec="zstd", asbytes=True)
    return data if kind == "tar" else gzip.compress(data, mtime=0)


def _link(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _read(path):
    documents, failures = load_corpus(path)
    shown = [(failure.file.removeprefix(str(path)), failure.problem, failure.lost) for failure in failures]
    return documents, shown


# As a folder


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_read_as_a_folder_in_its_own_order(tmp_path, kind):
    files = {
        "catalog.csv": "file,outlet\nb/two.txt,Post\na.md,Post\n",
        "b/two.txt": ARTICLE,
        "a.md": f"---\nid: first\noutlet: Own\n---\n{ARTICLE}",
        "c/rows.jsonl": '{"text": "Calm at sea."}\n{\n{"text": "Storm."}\n',
        "c/rows.csv.gz": gzip.compress(b"id,text\nrow,It may snow.\n", mtime=0),
        "README.md": "About.",
        ".hidden.txt": "Not this.",
        "__MACOSX/._a.txt": "Nor this.",
        "coding/key.csv": "article,label\na,hedge\n",
        "photo.png": b"\x89PNG",
        "empty.txt": "",
    }
    path = tmp_path / f"news.{kind}"
    path.write_bytes(_packed(kind, files))
    before = sorted(tmp_path.iterdir())
    documents, failures = _read(path)
    assert [document.id for document in documents] == ["two", "first", "rows-1", "rows-3", "row"]
    assert [document.meta["file"] for document in documents[:3]] == [
        f"{path}/{name}" for name in ("b/two.txt", "a.md", "c/rows.jsonl")
    ]
    assert [document.meta.get("outlet") for document in documents] == ["Post", "Own", None, None, None]
    assert [document.meta.get("line") for document in documents] == [None, None, 1, 3, 2]
    assert [(place, lost) for place, _, lost in failures] == [
        ("/c/rows.jsonl", True),
        ("/empty.txt", True),
        ("", False),
    ]
    assert "1 .png" in failures[-1][1]
    assert sorted(tmp_path.iterdir()) == before


def test_a_catalogue_gives_metadata_where_it_stands_before_and_in_a_zip_wherever_it_stands(tmp_path):
    files = {"a.txt": ARTICLE, "catalog.csv": "file,outlet\na.txt,Post\n"}
    (tmp_path / "late.zip").write_bytes(_zip(files))
    (tmp_path / "late.tar").write_bytes(_tar(files))
    (document,), failures = _read(tmp_path / "late.zip")
    assert document.meta["outlet"] == "Post"
    assert failures == []
    (document,), failures = _read(tmp_path / "late.tar")
    assert "outlet" not in document.meta
    assert ("/catalog.csv", "stands after articles it speaks of", False) in failures


def test_an_archive_in_a_folder_is_read_and_one_without_articles_is_named(tmp_path):
    (tmp_path / "a.zip").write_bytes(_zip({"a.txt": ARTICLE}))
    (tmp_path / "b.zip").write_bytes(_zip({}))
    documents, failures = load_corpus(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert [(failure.file, failure.problem) for failure in failures] == [
        (str(tmp_path / "b.zip"), "holds no article")
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(
            lambda text: f"It rained. {text}"
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_texts_come_out_as_they_went_in(tmp_path, kind, texts):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(_packed(kind, {f"{number}.txt": text for number, text in enumerate(texts)}))
    assert [article.text for article in _read_all([path], "text", None, None)] == texts


# Made to harm


@pytest.mark.parametrize(
    "name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:\\out.txt", "a\\..\\out.txt"]
)
def test_names_that_lead_out_are_refused(tmp_path, name):
    for kind in ("tar", "zip"):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(_packed(kind, {name: ARTICLE, "good.txt": ARTICLE}))
        documents, ((place, problem, lost),) = _read(path)
        assert [document.id for document in documents] == ["good"]
        assert place.endswith("out.txt")
        assert "leads out" in problem
        assert lost
    assert not list(tmp_path.parent.glob("out.txt"))


def test_links_and_devices_are_refused(tmp_path):
    files = {
        "a.txt": _link("a.txt", tarfile.SYMTYPE, "/etc/passwd"),
        "b.txt": _link("b.txt", tarfile.LNKTYPE, "good.txt"),
        "c.txt": _link("c.txt", tarfile.CHRTYPE),
        "d.txt": _link("d.txt", tarfile.FIFOTYPE),
        "e.txt": _link("e.txt", b"Z"),
        "good.txt": ARTICLE,
    }
    (tmp_path / "a.tar").write_bytes(_tar(files))
    documents, failures = _read(tmp_path / "a.tar")
    assert [document.id for document in documents] == ["good"]
    assert [place for place, problem, _ in failures if "link or a device" in problem] == [
        "/a.txt", "/b.txt", "/c.txt", "/d.txt", "/e.txt"
    ]  # fmt: skip
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    (tmp_path / "a.zip").write_bytes(_zip({link: "/etc/passwd", "good.txt": ARTICLE}))
    documents, ((place, problem, _),) = _read(tmp_path / "a.zip")
    assert [document.id for document in documents] == ["good"]
    assert (place, "link" in problem) == ("/link.txt", True)


@pytest.fixture(scope="module")
def gigabyte():
    """A zip archive of one megabyte that holds a gigabyte of zeros, and an article after it."""
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("zeros.txt", block * 1024 + packer.flush())
        archive.writestr("good.txt", ARTICLE)
    data = bytearray(target.getvalue())
    for mark, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        place = data.index(mark)
        data[place + method] = zipfile.ZIP_DEFLATED
        data[place + size : place + size + 4] = struct.pack("<L", 1 << 30)
    return bytes(data)


def test_a_zip_bomb_costs_only_itself(tmp_path, gigabyte):
    (tmp_path / "bomb.zip").write_bytes(gigabyte)
    documents, ((place, problem, lost),) = _read(tmp_path / "bomb.zip")
    assert [document.id for document in documents] == ["good"]
    assert (place, lost) == ("/zeros.txt", True)
    assert "200 times" in problem


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz", "a.csv.gz", "a.tar.gz", "a.txt.zst", "a.csv.zst"])
def test_a_compressed_bomb_is_stopped(tmp_path, monkeypatch, name):
    monkeypatch.setattr(archives, "_SMALL", 1 << 20)
    blank = b"\n" * (1 << 23)
    data = b"id,text\n1,Calm.\n" + blank if ".csv" in name else blank
    data = _tar({"rows.csv": b"id,text\n1,Calm.\n" + blank}) if ".tar" in name else data
    packed = gzip.compress(data, 9) if name.endswith("gz") else pa.compress(data, codec="zstd", asbytes=True)
    (tmp_path / name).write_bytes(packed)
    documents, failures = _read(tmp_path / name)
    assert len(documents) == (".csv" in name or ".tar" in name)
    assert any("200 times" in problem for _, problem, _ in failures)


def test_what_is_too_large_for_an_article_is_named_and_the_rest_read(tmp_path, monkeypatch):
    monkeypatch.setattr("framing.corpus.LARGEST", 1000)
    files = {"large.txt": "It rained. " * 200, "good.txt": ARTICLE}
    for kind in ("tar.gz", "zip"):
        (tmp_path / f"a.{kind}").write_bytes(_packed(kind, files))
        documents, ((place, problem, _),) = _read(tmp_path / f"a.{kind}")
        assert [document.id for document in documents] == ["good"]
        assert (place, "larger" in problem) == ("/large.txt", True)


def test_members_that_share_their_bytes_do_not_explode_together(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_SMALL", 1 << 20)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"id,text\n1," + b"a" * (1 << 19))
        archive.filelist *= 300
    (tmp_path / "a.zip").write_bytes(target.getvalue())
    _, failures = _read(tmp_path / "a.zip")
    assert len(failures) < 100
    assert "200 times" in failures[-1][1]


def test_archives_in_archives_are_not_opened(tmp_path):
    for kind in KINDS:
        inner = f"inner.{kind}"
        (tmp_path / "a.zip").write_bytes(
            _zip({inner: _packed(kind, {"a.txt": ARTICLE}), "good.txt": ARTICLE})
        )
        documents, ((place, problem, lost),) = _read(tmp_path / "a.zip")
        assert [document.id for document in documents] == ["good"]
        assert (place, "inside an archive" in problem, lost) == (f"/{inner}", True, True)


def test_encrypted_and_unknown_members_are_named(tmp_path):
    data = bytearray(_zip({"secret.txt": ARTICLE, "good.txt": ARTICLE}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    documents, ((place, problem, _),) = _read(tmp_path / "a.zip")
    assert [document.id for document in documents] == ["good"]
    assert (place, problem) == ("/secret.txt", "is encrypted")
    data = bytearray(_zip({"odd.txt": ARTICLE, "good.txt": ARTICLE}))
    for mark, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + method] = 97
    (tmp_path / "a.zip").write_bytes(data)
    documents, ((place, problem, _),) = _read(tmp_path / "a.zip")
    assert [document.id for document in documents] == ["good"]
    assert "cannot be unpacked" in problem


# Damaged


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_that_is_cut_off_gives_what_stands_before(tmp_path, kind):
    noise = {f"{number}.txt": f"It rained. {os.urandom(20_000).hex()}" for number in range(20)}
    data = _packed(kind, noise)
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data[: len(data) // 2])
    documents, failures = _read(path)
    assert failures[-1] == ("", "is damaged or cut off", True)
    if kind != "zip":  # whose table of contents stands at its end
        assert 5 <= len(documents) < 20
        assert all(document.text == noise[f"{document.id}.txt"] for document in documents[:-1])


def test_a_tar_header_that_is_damaged_or_missing_is_no_silent_end(tmp_path):
    data = bytearray(_tar({"a.txt": ARTICLE, "b.txt": ARTICLE, "c.txt": ARTICLE}))
    for wrong in (data[:1024], data[:1124], data[:1024] + b"x" * 512 + data[1536:]):
        (tmp_path / "a.tar").write_bytes(wrong)
        documents, failures = _read(tmp_path / "a.tar")
        assert [document.id for document in documents] == ["a"]
        assert failures == [("", "is damaged or cut off", True)]


@pytest.mark.parametrize(
    "kind", [tarfile.REGTYPE, b"Z", tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE]
)
def test_a_header_that_promises_too_much_ends_the_archive(tmp_path, kind):
    for size in (1 << 60, -512):
        info = tarfile.TarInfo("huge.txt")
        info.type, info.size = kind, size
        data = _tar({"good.txt": ARTICLE})[:1024] + info.tobuf(tarfile.GNU_FORMAT) + bytes(2048)
        (tmp_path / "a.tar").write_bytes(data)
        documents, failures = _read(tmp_path / "a.tar")
        assert documents[0].id == "good"
        assert failures[-1] == ("", "is damaged or cut off", True)


def test_a_zip_member_that_is_damaged_costs_only_itself(tmp_path):
    data = bytearray(_zip({"bad.txt": os.urandom(3000).hex(), "good.txt": ARTICLE}))
    data[300:340] = bytes(40)
    (tmp_path / "a.zip").write_bytes(data)
    documents, failures = _read(tmp_path / "a.zip")
    assert documents[-1].id == "good"
    assert {place for place, _, _ in failures} == {"/bad.txt"}
    data[struct.calcsize("<4s5HL") :] = b""
    (tmp_path / "a.zip").write_bytes(data)
    assert _read(tmp_path / "a.zip") == ([], [("", "is damaged or cut off", True)])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["tar", "zip", "tar.gz", "tar.zst"]),
    place=st.integers(0, 10**6),
    junk=st.binary(max_size=30),
    cut=st.booleans(),
)
def test_no_damage_raises_and_no_archive_is_left_out_in_silence(tmp_path, kind, place, junk, cut):
    data = bytearray(_packed(kind, {"a.txt": ARTICLE, "deep/b.csv": "id,text\n1,Calm.\n"}))
    place %= len(data)
    data[place : place + len(junk)] = junk
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data[:place] if cut else data)
    items = list(_read_all([path], "text", None, None))
    assert items
    if cut and place < (1500 if kind == "tar" else len(data) // 2):  # a tar archive ends in zeros
        assert any(getattr(item, "lost", False) for item in items)


def test_members_of_nothing_at_all_are_an_error(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no archive")
    with pytest.raises(UnreadableError, match="damaged"):
        list(members(tmp_path / "a.tar", ".tar", ""))
