"""What is fuzzed: a function a target, from bytes to nothing. Any error that a target does not expect is a finding.

`TARGETS` has them by name, `seeds` what to begin with, `TOKENS` what to put in.
"""

from __future__ import annotations

import atexit
import base64
import gzip
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import classroom_material
import pyarrow as pa
import pyarrow.parquet as pq
import sound

from framing.actors import load_actors
from framing.analysis import analyze
from framing.classroom.coding import read_codings, read_key
from framing.classroom.key import FORMAT, load_key, seal
from framing.comparison.figures import dates, figures
from framing.corpus import Failure, load_corpus
from framing.data import DataError, folder
from framing.decoding import UnreadableError, decode
from framing.document import make_document
from framing.front_matter import front_matter
from framing.lexicon import load_lexicon
from framing.lexicon_formats import EXPORTS, export_lexicon, read_any
from framing.output import standoff
from framing.workbench import concordance, precision, read_judged

SAMPLE = make_document("Officials said the brutal raid may have failed. “Happy?” the U.S. envoy asked.")


_PLACE = tempfile.TemporaryDirectory(prefix="fuzz-")  # goes with the process
atexit.register(_PLACE.cleanup)


def _folder() -> Path:
    return Path(_PLACE.name)


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def _text(data: bytes) -> str:
    """Any text, lone surrogates and NUL included."""
    return (
        data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")
        if _is_utf8(data)
        else data.decode("latin-1")
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _check_failures(failures: list[Failure]) -> None:
    """What people are told fits in a line, can be printed, and says what to do."""
    for failure in failures:
        assert failure.problem
        assert failure.advice
        assert str(failure).isprintable()
        str(failure).encode()


# Articles -------------------------------------------------------------------------------------------------------


def _read_as(name: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        """Bad input never raises: it is an article or a failure."""
        documents, failures = load_corpus(_file(name, data))
        assert documents or any(failure.lost for failure in failures)
        _check_failures(failures)
        for document in documents:
            sound.check_document(document)
            document.text.encode()
            json.dumps({**document.meta}, allow_nan=False).encode()

    return target


def decoding(data: bytes) -> None:
    """Allowed: `UnreadableError`."""
    try:
        decoded = decode(data)
    except UnreadableError:
        return
    decoded.text.encode()


def matter(data: bytes) -> None:
    """Nothing is allowed: a block that cannot be read is named."""
    text = _text(data)
    above = front_matter(text)
    assert 0 <= above.body_start <= len(text)
    json.dumps(above.meta, allow_nan=False).encode()
    sound.check_document(make_document(text, body_start=above.body_start, **above.meta))


def _analyze_by(model: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        """Nothing is allowed."""
        document = make_document(_text(data))
        sound.check_document(document)
        sound.check_analysis(analyze(document, model=model, resamples=10))
        for found in [*figures(document), *dates(document)]:
            assert 0 <= found.start < found.end <= len(document.text)

    return target


# Lexicons -------------------------------------------------------------------------------------------------------


def _lexicon_as(suffix: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        """Allowed: `DataError`, naming the file."""
        path = _file(f"own.{suffix}", data)
        try:
            lexicon = load_lexicon(path) if suffix == "tsv" else read_any(path, date="2026-01-01").lexicon
        except DataError as error:
            assert str(path) in str(error)
            return
        for match in lexicon.match(SAMPLE):
            assert match.first < match.last
        concordance(lexicon, [SAMPLE])
        for format in EXPORTS:
            export_lexicon(lexicon, format)[0].encode()

    return target


def actors(data: bytes) -> None:
    """Allowed: `DataError`."""
    try:
        load_actors(_file("actors.tsv", data))
    except DataError:
        return


# Classroom and workbench ----------------------------------------------------------------------------------------


@cache
def _exercise():
    return classroom_material.exercise_of()


def codings(data: bytes) -> None:
    """Bad codings never raise; as a key they may: `ValueError`."""
    path = _file("coding.csv", data)
    found, failures = read_codings([path], _exercise())
    assert found or failures
    _check_failures(failures)
    texts = {article.id: article.text for article in _exercise().articles}
    for coding in found:
        assert all(0 <= mark.start < mark.end <= len(texts[mark.article]) for mark in coding.marks)
    try:
        read_key(path, _exercise())
    except ValueError as error:
        assert str(error)


def key_file(data: bytes) -> None:
    """Allowed: `DataError`."""
    try:
        load_key(_file("key.json", data))
    except DataError:
        return


def key_content(data: bytes) -> None:
    """A key whose seal is right, whatever it holds. Allowed: `DataError`; what is read has a seal again."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    key = {
        "format": FORMAT,
        "exercise": said.get("id"),
        "dimension": said.get("dimension"),
        "seal": hashlib.sha256(data).hexdigest(),
        "content": base64.b64encode(gzip.compress(data, 1)).decode(),
    }
    try:
        exercise = load_key(_file("sealed.json", json.dumps(key).encode()))
    except DataError:
        return
    assert len(seal(exercise)) == 64


def judged(data: bytes) -> None:
    """Allowed: `DataError`."""
    try:
        frame, failures = read_judged(_file("judged.csv", data))
    except DataError:
        return
    _check_failures(failures)
    try:
        precision(frame)
    except ValueError as error:  # nothing is judged
        assert str(error)


def _standoff_as(name: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        """Allowed: `UnreadableError`, where a folder or file holds nothing of a format."""
        path = _file(name, data)
        _file("note.txt", SAMPLE.text.encode())
        try:
            loaded = standoff.load(path)
        except UnreadableError:
            return
        for each in loaded:
            _check_failures(list(each.problems))
            assert all(0 <= item.start < item.end <= len(each.document.text) for item in each.evidence)

    return target


TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": _read_as("note.txt"),
    "front_matter_file": _read_as("article.md"),
    "page": _read_as("page.html"),
    "csv": _read_as("articles.csv"),
    "jsonl": _read_as("articles.jsonl"),
    "parquet": _read_as("articles.parquet"),
    "decoding": decoding,
    "front_matter": matter,
    "analyze_lexicon": _analyze_by("lexicon"),
    "analyze_linear": _analyze_by("linear"),
    "lexicon_tsv": _lexicon_as("tsv"),
    "lexicon_dic": _lexicon_as("dic"),
    "lexicon_dicx": _lexicon_as("dicx"),
    "lexicon_yaml": _lexicon_as("yaml"),
    "lexicon_csv": _lexicon_as("csv"),
    "actors": actors,
    "codings": codings,
    "key_file": key_file,
    "key_content": key_content,
    "judged": judged,
    "brat": _standoff_as("note.ann"),
    "annotations_json": _standoff_as("notes.json"),
    "annotations_jsonld": _standoff_as("notes.jsonld"),
}


# Seeds ----------------------------------------------------------------------------------------------------------

TOKENS = (
    *"\"'“”‘’.,;:!?-—()[]{}<>|*&%#=+@/\\_ \t\n\r\0\u2028\u200b\u202e\u0301\ufeff\ud800🙂é０",
    "\r\n", "\n\n", "---\n", "- ", "...", '""', "“ ", " ”", "said ", "He said that ", "according to ", "may ", "not ",
    "Russia", "Mr. Putin ", "regime ", "U.S.", "https://", "&a ", "*a", "!!python/object:os.system ", "<<: ", "? ", "%\n",
    "<p>", "</p>", "<script>", "<!--", "<![CDATA[", "&#x0;", "&#55296;", "&lol;", "null", "true", "NaN", "1e999",
    "-1", "9" * 25, "9" * 5000, "0x1F", "2026-13-45", "2026-01-01", "[" * 60, "{a: " * 30, "a" * 300, "\ud83d", "=1+1",
)  # fmt: skip


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """What a target begins with: files of the repository, cut short, and a few made by hand."""
    articles = [path.read_bytes()[:2500] for path in sorted(folder("texts").glob("moscow-*.md"))]
    cases = folder("texts").parent / "tests" / "cases"
    sentences = [
        case["text"].encode()
        for file in ("attribution", "stance", "hedging", "loaded", "segmentation", "facts")
        for case in _cases(json.loads((cases / f"{file}.json").read_text(encoding="utf-8")))[:40]
    ]
    text = SAMPLE.text
    lexicon = load_lexicon("hedging")
    header = "".join(f"# {key}: {value}\n" for key, value in lexicon.header.items())
    made = {
        "page": [f"<html><head><title>T</title><meta charset='utf-8'></head><body><article><h1>T</h1>{'<p>' + text + '</p>' * 5}</article></body></html>".encode()],
        "csv": [f'id,text,date\n1,"{text}",2026-01-01\n2;"a ""b"" c";x\n'.encode(), b"text\ta\nx\ty\n"],
        "jsonl": [(json.dumps({"id": 1, "text": text, "tags": ["a", None]}) + '\n{"text": 3}\nnone\n').encode()],
        "parquet": [_parquet(text)],
        "lexicon_tsv": [f"{header}term\tcategory\tforms\tweight\tbefore\nmay\tepistemic\t\t1\tA|#\ntry*\thedge\tv\t.5\t\n".encode()],
        "lexicon_dic": [b"%\n1\tcalm (quiet words)\n2 two words\n%\nhappy*\t1 2\nsad 2\nkind of 1\nlike\t(02 134)1\n"],
        "lexicon_dicx": [b"DicTerm,calm,harsh\nhappy*,X,\nsad,,0.5\n\"a, b\",X,X\n"],
        "lexicon_yaml": [b"calm:\n  - happy*\n  - [no, 'yes', 1]\nharsh:\n  sub:\n    - brutal\n  other: raid\n", b"a: &x [b]\nc: *x\n"],
        "lexicon_csv": [b"term,category,weight,neutral,note,before\nbrutal,harsh,-1,,why,A|#\n\"'=x\",harsh,,,,\n"],
        "actors": [(folder("lexicons") / "actors.tsv").read_bytes()[:3000]],
        "codings": [path.read_bytes()[:1500] for path in sorted((folder("texts") / "coding").glob("*.csv"))] + [b"sep=;\r\ncoder;sentence;words;label\r\nAnna;1;may;epistemic\r\n;2;;\r\n", b"coder,article,start,end,label\nA,moscow-wire,10,20,epistemic\n"],
        "key_file": [_key()],
        "key_content": [_key_content()],
        "judged": [b"article,start,end,term,category,stratum,of,right\na,1,4,may,epistemic,epistemic,12,y\na,5,9,may,epistemic,epistemic,12,?\n"],
        "brat": [b"T1\tHedge 4 9\tsaid\nA1\tVoice T1 author\nE1\tHedge:T1 Arg:T1\n#1\tNote T1\thello\nR1\tSource Arg1:T1 Arg2:T1\nT2\tX 0 3;5 9\tx\n"],
    }  # fmt: skip
    if name in ("annotations_json", "annotations_jsonld"):
        return tuple(_annotations())
    return tuple(made.get(name, [*articles, *sentences]))


def _cases(content) -> list[dict[str, str]]:
    rows = (
        content
        if isinstance(content, list)
        else [row for each in content.values() if isinstance(each, list) for row in each]
    )
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str)]


def _parquet(text: str) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b"], "text": [text, None], "n": [1.5, float("nan")]}), buffer)
    return buffer.getvalue()


def _annotations() -> list[bytes]:
    analysis = analyze(SAMPLE, model="lexicon", resamples=0)
    found = []
    for format in ("w3c", "cas", "label-studio"):
        place = _folder() / format
        found += [
            path.read_bytes()
            for path in standoff.export([analysis], place, format)
            if path.suffix.startswith(".json")
        ]
    return found


def _key() -> bytes:
    content = _key_content()
    return json.dumps(
        {
            "format": FORMAT,
            "exercise": "x",
            "dimension": "hedging",
            "seal": hashlib.sha256(content).hexdigest(),
            "content": base64.b64encode(gzip.compress(content, mtime=0)).decode(),
        }
    ).encode()


def _key_content() -> bytes:
    mark = ["a", 0, 9, "epistemic", "", "", "", ""]
    own = {"coder": "key", "articles": ["a"], "marks": [mark], "round": "", "file": ""}
    article = {
        "id": "a", "title": "", "outlet": "", "text": SAMPLE.text, "sha256": SAMPLE.sha256, "paragraphs": [[0, 2]],
        "sentences": [[0, 47], [48, 78]], "words": [[0, 9]], "pairs": [[0, "us"]],
    }  # fmt: skip
    return json.dumps(
        {
            "id": "x",
            "dimension": "hedging",
            "by": "p",
            "articles": [article],
            "key": own,
            "models": {"lexicon": own},
        }
    ).encode()
