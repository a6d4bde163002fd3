"""Large inputs are read piece by piece: the same articles as at once, in memory that does not grow."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from framing import archives, corpus, decoding, tables
from framing.corpus import Failure, _read_all, load_corpus
from framing.inputs import Names, kind_of

ARTICLE = "The ferry left Odesa at noon.\n\nNobody was hurt."
_FIXTURE = [HealthCheck.function_scoped_fixture]


def _items(paths, text_col="text", id_col=None, without=None):
    return list(_read_all([paths] if isinstance(paths, Path) else paths, text_col, id_col, without))


def _articles(*args):
    return [item for item in _items(*args) if not isinstance(item, Failure)]


def _zst(data):
    return pa.compress(data, codec="zstd", asbytes=True)


def _csv(rows):
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["id", "text"], *rows])
    return target.getvalue().encode()


def _jsonl(rows):
    return "".join(
        json.dumps({"id": id, "text": text}, ensure_ascii=False) + "\n" for id, text in rows
    ).encode()


# Compressed and large tables


@settings(max_examples=40, suppress_health_check=_FIXTURE, deadline=None)
@given(
    kind=st.sampled_from(
        ["csv", "csv.gz", "csv.zst", "tsv.gz", "jsonl", "jsonl.gz", "ndjson.zst", "parquet"]
    ),
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\r\n\t")),
        min_size=1,
        max_size=6,
    ),
)
def test_rows_come_out_as_they_went_in(tmp_path, kind, texts):
    rows = [(f"r{number}", f"It rained. {text}") for number, text in enumerate(texts)]
    path = tmp_path / f"news.{kind}"
    data = _jsonl(rows) if "json" in kind else _csv(rows)
    if kind == "parquet":
        pd.DataFrame(rows, columns=["id", "text"]).to_parquet(path)
    else:
        path.write_bytes(
            gzip.compress(data, mtime=0)
            if kind.endswith("gz")
            else _zst(data)
            if kind.endswith("zst")
            else data
        )
    assert [(article.id, article.text) for article in _articles(path)] == rows


def test_a_compressed_text_and_its_catalogue(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(f"---\ntitle: T\n---\n{ARTICLE}".encode(), mtime=0))
    (tmp_path / "b.md.zst").write_bytes(_zst(ARTICLE.encode()))
    (tmp_path / "catalog.csv").write_text("id,outlet\na,Post\nb,Herald\n", encoding="utf-8")
    documents, failures = load_corpus(tmp_path)
    assert failures == []
    assert [(document.id, document.meta["outlet"]) for document in documents] == [
        ("a", "Post"),
        ("b", "Herald"),
    ]
    assert documents[0].meta["title"] == "T"


_LINES = 'a\u2028é\r\n\t"x",;{}[]:1\x07\x85\x00\\'


@settings(max_examples=60, suppress_health_check=_FIXTURE, deadline=None)
@given(
    kind=st.sampled_from(["csv", "jsonl"]),
    body=st.one_of(
        st.text(_LINES, max_size=60),
        st.lists(st.tuples(st.text(_LINES, max_size=8), st.text(_LINES, max_size=30))).map(
            lambda rows: _csv(rows).decode()
        ),
        st.lists(st.dictionaries(st.sampled_from(["id", "text", "x"]), st.text(_LINES, max_size=9))).map(
            lambda rows: "\n".join(map(json.dumps, rows))
        ),
    ),
    size=st.integers(1, 9),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
)
def test_a_table_in_pieces_gives_what_it_gives_at_once(tmp_path, kind, body, size, encoding):
    header = "id,text\n" if kind == "csv" else '{"id": "0", "text": "It rained."}\n'
    path = tmp_path / f"a.{kind}"
    path.write_bytes((header + "It rained all day, and then some.\n" * 3 + body).encode(encoding))
    at_once = _items(path)
    assume(not any(isinstance(item, Failure) and "is binary" in item.problem for item in at_once))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives, "CHUNK", size)
        patch.setattr(decoding, "_HEAD", 80)
        in_pieces = _items(path)
    rows = [item for item in at_once if isinstance(item, corpus.Article) or item.line]
    assert [item for item in in_pieces if isinstance(item, corpus.Article) or item.line] == rows
    # What is said about the whole file comes before its rows, or after them where it is known only then.
    assert {str(item) for item in in_pieces if item not in rows} == {
        str(item) for item in at_once if item not in rows
    }


def test_the_encoding_of_a_large_table_is_that_of_its_beginning_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "CHUNK", 50)
    monkeypatch.setattr(decoding, "_HEAD", 300)
    rows = [(str(number), f"The café “Odesa” is shut on day {number}.") for number in range(50)]
    (tmp_path / "a.csv").write_bytes(_csv(rows).decode().encode("cp1252"))
    notice, *articles = _items(tmp_path / "a.csv")
    assert "read as cp1252" in notice.problem
    assert [article.text for article in articles] == [text for _, text in rows]
    assert {article.meta["encoding"] for article in articles} == {"cp1252"}


def test_broken_characters_far_into_a_large_table_are_counted_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "CHUNK", 64)
    monkeypatch.setattr(decoding, "_HEAD", 300)
    lines = [f'{{"text": "Café {number}."}}\n'.encode() for number in range(50)]
    lines[40] = b'{"text": "half \xed\xa0\xbd face \xff \x07"}\n'.replace(b"\x07", b"")
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    *articles, notice = _items(tmp_path / "a.jsonl")
    assert articles[40].text == "half \ufffd face \ufffd "
    assert "2 broken characters" in notice.problem
    assert not notice.lost


def test_columns_of_json_lines_that_come_late_are_found(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "Calm."}\n' * 5 + '{"text": "Storm."}\n', encoding="utf-8")
    *failures, article = _items(path)
    assert [failure.line for failure in failures] == [1, 2, 3, 4, 5]
    assert article.text == "Storm."
    monkeypatch.setattr(corpus, "LARGEST", 10)
    (failure,) = _items(path)
    assert "no column 'text', only body" in failure.problem


@pytest.mark.parametrize("kind", ["jsonl.gz", "csv.gz", "jsonl.zst", "csv.zst"])
def test_a_table_that_is_cut_off_gives_its_whole_rows_and_names_the_last(tmp_path, kind):
    rows = [(str(number), f"Day {number}. {'It rained on us. ' * (number % 97)}") for number in range(3000)]
    data = _jsonl(rows) if "json" in kind else _csv(rows)
    packed = gzip.compress(data, mtime=0) if kind.endswith("gz") else _zst(data)
    (tmp_path / f"a.{kind}").write_bytes(packed[: len(packed) // 2])
    *articles, failure = _items(tmp_path / f"a.{kind}")
    assert len(articles) > 100
    assert [(article.id, article.text) for article in articles] == rows[: len(articles)]
    assert failure.line == articles[-1].meta["line"]
    assert "the last that was read, for the file is damaged or cut off" in failure.problem
    assert failure.lost


def test_a_text_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path):
    text = "".join(f"The ferry left at {number * 7919 % 104729}. " for number in range(20_000))
    packed = gzip.compress(text.encode(), mtime=0)
    (tmp_path / "a.txt.gz").write_bytes(packed[: len(packed) // 2])
    article, failure = _items(tmp_path / "a.txt.gz")
    assert text.startswith(article.text)
    assert len(article.text) > 10_000
    assert "read as far as it goes" in failure.advice
    (tmp_path / "a.txt.gz").write_bytes(b"no gzip")
    (failure,) = _items(tmp_path / "a.txt.gz")
    assert failure.problem == "is damaged or cut off"
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"\n" * 10**6)[:-200])
    (failure,) = _items(tmp_path / "a.txt.gz")
    assert failure.lost


def test_a_row_that_never_ends_is_named_and_the_rest_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST", 200)
    monkeypatch.setattr(archives, "CHUNK", 64)
    monkeypatch.setattr(decoding, "_HEAD", 64)
    long = "It rained. " * 100
    (tmp_path / "a.jsonl").write_text(f'{{"text": "Calm."}}\n{{"text": "{long}"}}\n{{"text": "Storm."}}\n')
    first, failure, last = _items(tmp_path / "a.jsonl")
    assert (first.text, failure.line, last.text, last.meta["line"]) == ("Calm.", 2, "Storm.", 3)
    assert "longer than" in failure.problem
    (tmp_path / "a.csv").write_text(f'id,text\n1,Calm.\n2,"{long}"\n3,"open\n' + "4,Storm.\n" * 40)
    items = _items(tmp_path / "a.csv")
    assert [item.line for item in items if isinstance(item, Failure)] == [3, 4]
    assert [item.id for item in items if not isinstance(item, Failure)] == ["1", *["4"] * 40]


def test_a_text_larger_than_any_article_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "LARGEST", 20)
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "b.txt").write_text("It rained.")
    failure, article = _items(tmp_path)
    assert "is larger than" in failure.problem
    assert article.id == "b"


# Parquet


def test_parquet_in_parts_by_groups_of_rows_with_columns_from_folders(tmp_path):
    for outlet, year in (("bbc", 2023), ("a%20b", 2024), ("__HIVE_DEFAULT_PARTITION__", 2024)):
        folder = tmp_path / f"outlet={outlet}" / f"year={year}"
        folder.mkdir(parents=True)
        table = pa.table({"text": [f"Day {day}." for day in range(700)], "words": range(700)})
        pq.write_table(table, folder / "part-0.parquet", row_group_size=300)
    (tmp_path / "outlet=bbc" / "rows.csv").write_text("text,outlet\nCalm.,\nStorm.,Own\n")
    (tmp_path / "_SUCCESS").write_text("")
    documents = _articles(tmp_path)
    assert len(documents) == 2102
    assert len({document.id for document in documents}) == 2102
    assert documents[0].meta.get("outlet") is None
    assert documents[700].id == "outlet=a%20b/year=2024/part-0-1"
    assert {document.meta["outlet"] for document in documents[700:1400]} == {"a b"}
    assert {document.meta["year"] for document in documents[1402:]} == {"2023"}
    assert [document.meta["line"] for document in documents[1402:]] == list(range(1, 701))
    assert [document.meta["outlet"] for document in documents[1400:1402]] == ["bbc", "Own"]


def test_parquet_that_is_damaged_inside_gives_the_rows_before(tmp_path):
    table = pa.table({"text": [f"Day {number * 7919 % 104729}." for number in range(4000)]})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, row_group_size=1000)
    data = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(2).column(0).dictionary_page_offset
    data[start : start + 500] = b"\xff" * 500
    path.write_bytes(data)
    *articles, failure = _items(path)
    assert 1500 < len(articles) <= 2000
    assert failure.line == len(articles)
    assert "the last that was read" in failure.problem


# Finding


def test_patterns_that_no_shell_expanded(tmp_path):
    for name in ("2024-02.txt", "2024-01.txt", "2023-01.txt", "deep/2024-03.txt", "deep/er/[x].txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ARTICLE)
    (tmp_path / "catalog.csv").write_text("file,outlet\ndeep/2024-03.txt,Post\n")
    assert [article.id for article in _articles(tmp_path / "2024-*.txt")] == ["2024-01", "2024-02"]
    deep = _articles(tmp_path / "**" / "*.txt")
    assert [article.id for article in deep] == ["2023-01", "2024-01", "2024-02", "2024-03", "[x]"]
    assert deep[3].meta["outlet"] == "Post"
    assert [item.id for item in _items(tmp_path / "de*")] == ["2024-03", "[x]"]
    assert [item.id for item in _items(tmp_path / "**")] == [article.id for article in deep]
    assert [item.id for item in _items(tmp_path / "deep" / "er" / "[x].txt")] == ["[x]"]
    (failure,) = _items(tmp_path / "1999-*.txt")
    assert failure.problem == "matches no file"


def test_a_folder_is_read_without_the_folder_of_results(tmp_path):
    for name in ("a.txt", "results/part-000000.csv", "results-2/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("id,text\n1,Calm at sea.\n")
    assert [item.id for item in _items(tmp_path, "text", None, tmp_path / "results")] == ["a", "b"]


def test_kinds_by_name():
    assert kind_of("a.b.txt") == ("a.b", ".txt", "")
    assert kind_of("a.CSV.GZ") == ("a", ".csv", ".gz")
    assert kind_of("a.tgz") == ("a", ".tar", ".gz")
    assert not kind_of("photo.png.gz").is_read
    assert not kind_of("a.parquet.gz").is_read


@settings(max_examples=30)
@given(st.lists(st.text(max_size=3), max_size=60))
def test_names_are_a_set(names):
    kept, seen = Names(), set()
    for name in names:
        assert kept.add(name) is (name not in seen)
        seen.add(name)


def test_a_hundred_thousand_names_take_few_bytes_each():
    names = Names()
    assert all(names.add(f"article {number}") for number in range(100_000))
    assert not any(names.add(f"article {number}") for number in range(0, 100_000, 1000))
    assert len(names._slots) * names._slots.itemsize <= 32 * 100_000


def test_an_id_that_all_share_gets_numbers_without_counting_from_two_each_time(tmp_path):
    rows = [("same", "Calm."), ("same-3", "Calm."), *[("same", "Calm.")] * 5000]
    taken, repeats = Names(), {}
    ids = [corpus._unique(id, taken, repeats) for id, _ in rows]
    assert ids[:5] == ["same", "same-3", "same-2", "same-4", "same-5"]
    assert ids[-1] == "same-5002"
    assert len(set(ids)) == len(rows)
    assert list(repeats) == ["same"]


# Memory

# The highest that the memory of a process was is told by ru_maxrss too, but there it begins with that of its parent.
_COUNT = """
import sys
from pathlib import Path
from framing.corpus import _read_all

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

if sys.argv[1].endswith("parquet"):
    import pyarrow.parquet

before = peak()
rows = sum(len(item.text) > 0 for item in _read_all(sys.argv[1:], "text", None, None))
print(rows, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
@pytest.mark.parametrize("kind", ["jsonl.gz", "csv", "parquet", "tar"])
def test_a_table_or_archive_of_100_mb_is_read_in_bounded_memory(tmp_path, kind):
    path = tmp_path / f"news.{kind}"
    words = " ".join(f"w{number * 7919 % 104729}" for number in range(2500))  # about 16 kB
    block = [f"Day {day}. {words[day:]}" for day in range(60)]
    blocks = 100
    if kind == "parquet":
        table = pa.table({"text": block})
        with pq.ParquetWriter(path, table.schema, use_dictionary=False) as writer:
            writer.write_table(pa.concat_tables([table] * blocks))  # one group of rows
    elif kind == "tar":
        path.write_bytes(_tar_of(block) * blocks + bytes(1024))
    elif kind == "csv":
        path.write_bytes(b"text\n" + "".join(f'"{text}"\n' for text in block).encode() * blocks)
    else:
        path.write_bytes(
            gzip.compress("".join(json.dumps({"text": t}) + "\n" for t in block).encode(), 1) * blocks
        )
    done = subprocess.run([sys.executable, "-c", _COUNT, path], capture_output=True, text=True, check=True)
    rows, grown = map(int, done.stdout.split())
    assert rows == len(block) * blocks
    assert grown < 70_000  # kB


def _tar_of(texts):
    target = io.BytesIO()
    with archives.tarfile.open(fileobj=target, mode="w") as archive:
        for number, text in enumerate(texts):
            info = archives.tarfile.TarInfo(f"{number}.txt")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
        end = archive.offset
    return target.getvalue()[:end]
