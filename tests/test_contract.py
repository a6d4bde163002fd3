"""The contract of the command line, to the letter: keys and their order, types, offsets, rounding, the same bytes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from framing.analysis import MODELS, load_dimensions
from framing.output.table import json_line

BODY = (
    "Officials in Moscow said on Monday that the talks may have failed 🙂. “Russia bombed the so-called “safe” harbour,” "
    "the envoy said.\n\nPerhaps nobody knows. The regime in Kyiv did not lose its grip, according to the café owner. "
    "Russia, the aggressor, was condemned. Turkey was praised. The market opened at nine. Nobody came.\n"
)
FILES = {
    "bom.txt": b"\xef\xbb\xbf" + BODY.encode(),
    "lines.txt": BODY.replace("\n", "\r\n").encode(),
    "matter.md": f"---\ntitle: Talks stall — again\noutlet: The Gull\ndate: 2026-11-22\n---\n\n{BODY}".encode(),
    "old.txt": BODY.replace(" 🙂", "").encode("cp1252"),
    "catalog.csv": b"file,title,outlet,author,url\r\nlines.txt,Lines,The Tern,A. Roe,https://example.org/1\r\n",
}
ENCODINGS = {"bom.txt": "utf-8-sig", "old.txt": "cp1252"}


def _object(fields: dict[str, Any], *, more: bool = False) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": more,
    }


TEXT = {"type": "string", "minLength": 1}
MAYBE_TEXT = {"type": ["string", "null"], "minLength": 1}
MAYBE_NUMBER = {"type": ["number", "null"]}
COUNT = {"type": "integer", "minimum": 0}
SPAN = {"type": "array", "prefixItems": [COUNT, COUNT], "items": False, "minItems": 2}
VOICES = ["author", "attributed", "headline"]
ACTOR = {"type": ["string", "null"], "pattern": "^[a-z][a-z0-9_]*$"}

ARTICLE = _object(
    {
        "id": TEXT,
        **dict.fromkeys(("title", "outlet", "author", "date", "url", "file"), MAYBE_TEXT),
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "words": COUNT,
        "sentences": COUNT,
    }
)
SIGNATURE = _object({"framing": TEXT, "model": TEXT, "lexicons": TEXT, "seed": COUNT, "resamples": COUNT})
SCORE = _object(
    {
        "dimension": {"enum": list(load_dimensions())},
        "measure": TEXT,
        "label": MAYBE_TEXT,
        "actor": ACTOR,
        "voice": {"enum": [*VOICES, "all"]},
        "value": MAYBE_NUMBER,
        "low": MAYBE_NUMBER,
        "high": MAYBE_NUMBER,
        "n": COUNT,
        "unit": TEXT,
    }
)
EVIDENCE = _object(
    {
        "dimension": {"enum": list(load_dimensions())},
        "label": TEXT,
        "start": COUNT,
        "end": COUNT,
        "text": TEXT,
        "weight": {"type": "number"},
        "actor": ACTOR,
        "voice": {"enum": VOICES},
        "source_actor": ACTOR,
        "why": TEXT,
    },
    more=True,
)
OWN_FIELDS = {
    "attribution": {
        "source": {"anyOf": [SPAN, {"type": "null"}]},
        "content": {"type": "array", "items": SPAN},
        "form": {"enum": ["direct", "indirect", "mixed"]},
        "source_type": MAYBE_TEXT,
        "verb_class": {"enum": ["neutral", "endorsing", "distancing", "emotive"]},
    },
    "hedging": {"scope": SPAN, "owner": {"anyOf": [SPAN, {"type": "null"}]}},
    "stance": {
        "mentions": {"type": "array", "items": SPAN, "minItems": 1},
        "words": {
            "type": "array",
            "items": {"type": "array", "prefixItems": [COUNT, COUNT, {"type": "number"}], "items": False},
        },
    },
    "loaded": {"neutral": MAYBE_TEXT},
}
LINE = _object(
    {
        "article": ARTICLE,
        "signature": SIGNATURE,
        "scores": {"type": "array", "items": SCORE},
        "evidence": {"type": "array", "items": EVIDENCE},
    }
)
FAILURE = _object(
    {
        "failure": _object(
            {"file": TEXT, "line": {"type": ["integer", "null"]}, "problem": TEXT, "advice": TEXT}
        )
    }
)


def _framing(arguments: Sequence[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "framing", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


def _check_line(row: dict[str, Any]) -> None:
    jsonschema.validate(row, LINE, cls=jsonschema.Draft202012Validator)
    assert list(row) == list(LINE["properties"])
    for part, schema in (("article", ARTICLE), ("signature", SIGNATURE)):
        assert list(row[part]) == list(schema["properties"])
    for score in row["scores"]:
        assert list(score) == list(SCORE["properties"])
        assert (score["low"] is None) == (score["high"] is None)
    for item in row["evidence"]:
        own = OWN_FIELDS.get(item["dimension"], {})
        assert list(item)[: len(EVIDENCE["properties"]) + len(own)] == [*EVIDENCE["properties"], *own]
        jsonschema.validate(item, _object(own, more=True), cls=jsonschema.Draft202012Validator)


@pytest.fixture(scope="module", params=MODELS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles in the forms that people have them in, scored twice under different hash seeds."""
    folder = tmp_path_factory.mktemp("articles")
    texts = folder / "texts"
    texts.mkdir()
    for name, content in FILES.items():
        (texts / name).write_bytes(content)
    for seed in ("0", "1"):
        arguments = [
            "score",
            "texts",
            "--model",
            request.param,
            "--format",
            "jsonl",
            "--evidence",
            "-o",
            f"{seed}.jsonl",
        ]
        done = _framing(arguments, folder, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout) == (0, b"")
        assert done.stderr.decode().startswith(
            f"{Path('texts', 'old.txt')}: is not UTF-8 and was read as cp1252; "
        )
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, dict[str, Any]]:
    lines = (folder / "0.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    return {Path(row["article"]["file"]).name: row for row in map(json.loads, lines)}


def test_the_same_bytes_whatever_the_hash_seed(folder: Path) -> None:
    first = (folder / "0.jsonl").read_bytes()
    assert first == (folder / "1.jsonl").read_bytes()
    assert b"\r\n" not in first


def test_keys_order_and_types(rows: dict[str, dict[str, Any]]) -> None:
    assert list(rows) == ["bom.txt", "lines.txt", "matter.md", "old.txt"]
    for row in rows.values():
        _check_line(row)
    assert {item["dimension"] for item in rows["bom.txt"]["evidence"]} == set(load_dimensions())


def test_offsets_count_code_points_of_the_decoded_file(rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        text = FILES[name].decode(ENCODINGS.get(name, "utf-8"))
        for item in row["evidence"]:
            assert text[item["start"] : item["end"]] == item["text"]
            for start, end, *_ in [
                *item.get("content", ()),
                *item.get("mentions", ()),
                item.get("source") or (0, 1),
            ]:
                assert 0 <= start < end <= len(text)
        for dimension in load_dimensions():
            starts = [item["start"] for item in row["evidence"] if item["dimension"] == dimension]
            assert all(one <= other for one, other in pairwise(starts))


def test_metadata_of_catalogue_and_front_matter(rows: dict[str, dict[str, Any]]) -> None:
    catalogued, above = rows["lines.txt"]["article"], rows["matter.md"]["article"]
    assert [catalogued[key] for key in ("id", "title", "outlet", "author", "date", "url")] == [
        "lines", "Lines", "The Tern", "A. Roe", None, "https://example.org/1",
    ]  # fmt: skip
    assert [above[key] for key in ("title", "outlet", "date")] == [
        "Talks stall — again",
        "The Gull",
        "2026-11-22",
    ]
    body = FILES["matter.md"].decode().index("Officials")
    before = [item for item in rows["matter.md"]["evidence"] if item["start"] < body]
    assert {item["voice"] for item in before} == {"headline"}
    assert all(item["text"] in "Talks stall — again" for item in before)


def test_floats_have_six_digits_at_most(folder: Path) -> None:
    written = (folder / "0.jsonl").read_text(encoding="utf-8")
    assert re.search(r'"value": -?\d+\.\d{5,6}[,}]', written)
    assert not re.search(r'": -?\d+\.\d{7,}', written)
    assert "NaN" not in written
    assert not re.search(r'": -0\.0[,}]', written)


def test_without_evidence_there_is_no_such_key(folder: Path) -> None:
    done = _framing(["score", "texts/bom.txt", "nowhere.txt", "-f", "jsonl"], folder)
    row, failure = map(json.loads, done.stdout.decode().splitlines())
    assert done.returncode == 1
    assert list(row) == ["article", "signature", "scores"]
    jsonschema.validate(failure, FAILURE, cls=jsonschema.Draft202012Validator)


def test_no_minus_zero() -> None:
    assert json_line({"value": -1e-9}) == '{"value": 0.0}'


RATED = {"id": "1", "mention": "Russia", "polarity": 1, "from": 0, "to": 6, "sentence": "Russia won praise."}
STATE = {"id": "1", "actors": ["russia"], "sentences": [{"text": "Russia won praise.", "codes": [[1], [2]]}]}
LAYOUTS = {
    "stance": {
        "dev.jsonl": json.dumps(RATED) + "\n" + json.dumps(RATED | {"sentence": "Russia\u2028 won"}) + "\n"
    },
    "attribution": {
        "dev/text/a.txt": "The envoy said it rains.",
        "dev/attributions/a_x.ann": "T1\tCue 10 14\tsaid\nT2\tSource 0 9\tThe envoy\nT3\tContent 15 23\tit rains\n"
        "E1\tCue:T1 Source:T2 Content:T3\n\n",
    },
    "hedging": {
        "dev.xml": "<Annotation><Document><DocID>1</DocID><Sentence id='1'>It "
        "<ccue type='speculation_modal_probable_'>may</ccue> rain.</Sentence></Document></Annotation>",
    },
    "loaded": {
        "dev.csv": "text;label_bias;biased_words\nThe brutal thugs won.;Biased;['thugs']\nIt rains.;Non-biased;[]\n"
    },
    "state-stance": {"dev.jsonl": json.dumps(STATE) + "\n"},
}
METRICS = {
    "stance": {"macro_f1", "accuracy"},
    "attribution": {"content_f1", "source_f1", "cue_f1", "content_exact_f1", "recall_50"},
    "hedging": {"cue_f1", "sentence_f1"},
    "loaded": {"macro_f1", "auc"},
    "state-stance": {"alpha", "macro_f1"},
}


@pytest.mark.parametrize("task", LAYOUTS)
def test_validate_prints_the_contract(task: str, tmp_path: Path) -> None:
    for name, content in LAYOUTS[task].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    data = next(iter(LAYOUTS[task])).split("/")[0]
    arguments = ["validate", task, "--data", data, "--model", "lexicon", "--predictions", "p.jsonl"]
    done = _framing([*arguments, "--format", "json"], tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.decode().splitlines()
    result = json.loads(line)
    assert list(result)[:5] == ["task", "model", "n", "metrics", "signature"]
    spans = ["spans"] if task in {"hedging", "attribution"} else []
    assert list(result)[5:] == ["intervals", "confusion", *spans]
    assert (result["task"], result["model"]) == (task, "lexicon")
    metrics = result["metrics"]["russia"] if task == "state-stance" else result["metrics"]
    assert METRICS[task] <= set(metrics)
    predictions = [
        json.loads(line) for line in (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(predictions) == result["n"]
    if task == "hedging":
        shown = _framing([*arguments, "--format", "table"], tmp_path).stdout.decode()
        assert all(name in shown for name in METRICS[task])


@pytest.mark.parametrize(
    ("task", "content"),
    [
        *((task, b"") for task in LAYOUTS),
        *((task, bytes(range(256))) for task in LAYOUTS),
        *((task, b"[" * 100_000) for task in LAYOUTS),
        *((task, b'{"id": 1}\n') for task in LAYOUTS),
        ("stance", json.dumps(RATED | {"polarity": "abc"}).encode()),
        ("stance", json.dumps(RATED | {"sentence": None}).encode()),
        ("stance", json.dumps(RATED | {"from": "x"}).encode()),
        ("stance", json.dumps(RATED | {"to": 99}).encode()),
        ("state-stance", json.dumps(STATE | {"actors": ["russia", "us"]}).encode()),
        ("state-stance", json.dumps(STATE | {"sentences": [{"text": None, "codes": [[1]]}]}).encode()),
        ("state-stance", json.dumps(STATE | {"sentences": ["x"]}).encode()),
        ("loaded", b"text;label\nIt rains.;Biased\n"),
        ("hedging", b"<html><p>It rains.</p></html>"),
    ],
)
def test_a_wrong_layout_is_one_line_that_names_the_file(task: str, content: bytes, tmp_path: Path) -> None:
    from framing.training.task import CorpusError
    from framing.training.validate import validate

    (tmp_path / "wrong").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        validate(task, tmp_path / "wrong")
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "wrong"))
    assert "\n" not in message
    assert "give " in message or "is it the " in message


def test_a_folder_where_a_file_belongs_is_named(tmp_path: Path) -> None:
    from framing.training.task import CorpusError
    from framing.training.validate import validate

    for task in LAYOUTS:
        with pytest.raises(CorpusError, match=re.escape(str(tmp_path))):
            validate(task, tmp_path)


def test_babe_with_one_class_has_no_auc(tmp_path: Path) -> None:
    from framing.training.validate import validate

    (tmp_path / "one.csv").write_text("text;label_bias;biased_words\nIt rains.;Biased;5\n", encoding="utf-8")
    assert validate("loaded", tmp_path / "one.csv").to_dict()["metrics"]["auc"] is None
