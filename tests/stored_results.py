"""Small folders of results for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from framing.analysis import Analysis, analyze, bearing
from framing.data import folder
from framing.document import make_document
from framing.engines.folder import MANIFEST
from framing.engines.rows import SCHEMA, SCHEMA_VERSION
from framing.output.table import json_line

OUTLETS = ("The Gull", "The Tern", "Wire")
MODEL, RESAMPLES = "lexicon", 100
LOST = {"id": "lost", "file": "made.csv", "line": 9, "problem": "is empty", "advice": "give it a text"}
_OWN = ("outlet", "date")  # metadata with a column of its own


def analysed(articles: int = 24) -> list[Analysis]:
    """Analyses of passages of the teaching texts, of three outlets, two genres and two months."""
    paragraphs = [
        paragraph
        for path in sorted(folder("texts").glob("*-*.md"))
        for paragraph in path.read_text(encoding="utf-8").split("\n\n")[1:]
    ]
    found = []
    for number, outlet in zip(range(articles), cycle(OUTLETS), strict=False):
        text = "\n\n".join(paragraphs[number % len(paragraphs) :: articles][:3])
        meta = {"outlet": outlet, "date": f"2026-{10 + number // 12}-01", "wordcount": 300 + number % 2 * 100}
        if number % 4:
            meta["genre"] = "news" if number % 4 == 1 else "=opinion"
        if number % 5 == 4:
            del meta["wordcount"]
        document = make_document(text, f"a{number:02}", **meta)
        found.append(analyze(document, model=MODEL, resamples=RESAMPLES))
    return found


def write_results(
    at: Path, analyses: Sequence[Analysis], *, size: int = 10, complete: bool = True, evidence: bool = False
) -> Path:
    """A folder of results, with a failure at its end if it has articles."""
    items = [*(row_of(analysis, evidence=evidence) for analysis in analyses), LOST]
    parts = []
    for first in range(0, len(items) if analyses else 0, size):
        part = at / f"part-{first // size:06}.parquet"
        rows = pa.Table.from_pylist(items[first : first + size], schema=SCHEMA)
        pq.write_table(rows, part)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        parts.append({"file": part.name, "articles": len(rows), "sha256": digest})
    manifest = {
        "framing_results": SCHEMA_VERSION,
        "signature": dict(analyses[0].signature) if analyses else {},
        "complete": complete,
    }
    if complete:
        manifest["parts"] = parts
    (at / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return at


def row_of(analysis: Analysis, *, evidence: bool) -> dict[str, Any]:
    """A row as the engines write it, made here another way."""
    meta = dict(analysis.document.meta)
    row = {**analysis.article, "meta": None}
    own = {name: value for name, value in meta.items() if name not in _OWN}
    if own:
        row["meta"] = json.dumps(own, sort_keys=True)
    row["scores"] = [
        {
            **json.loads(json_line(score.to_dict())),
            "bearing": bearing(score.totals),
            "sums": [round(value, 9) + 0.0 for value in score.totals.sum(axis=0).tolist()],
        }
        for score in analysis.scores
    ]
    if evidence:
        text = analysis.document.text
        row["evidence"] = [
            {**item.to_dict(text), "extra": json.dumps(dict(item.extra), sort_keys=True)}
            for item in analysis.evidence
        ]
    return row
