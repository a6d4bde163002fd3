"""Small folders of results for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from framing.analysis import Analysis, analyze
from framing.corpus import Failure
from framing.data import folder
from framing.document import make_document
from framing.engines.rows import SCHEMA_VERSION, Settings, batch_of, failed_row, input_of

OUTLETS = ("The Gull", "The Tern", "Wire")
SETTINGS = Settings(model="lexicon", resamples=100)
LOST = Failure("made.csv", 9, "is empty", "give it a text")


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
        found.append(analyze(document, model=SETTINGS.model, resamples=SETTINGS.resamples))
    return found


def write_results(
    at: Path, analyses: Sequence[Analysis], *, size: int = 10, complete: bool = True, evidence: bool = False
) -> Path:
    """A folder of results, with a failure at its end if it has articles."""
    settings = SETTINGS._replace(evidence=evidence)
    items = [*analyses, failed_row(input_of(LOST) | {"id": "lost"}, LOST.problem, LOST.advice)]
    parts = []
    for first in range(0, len(items) if analyses else 0, size):
        part = at / f"part-{first // size:06}.parquet"
        rows = batch_of(items[first : first + size], settings)
        pq.write_table(pa.Table.from_batches([rows]), part)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        parts.append({"file": part.name, "articles": len(rows), "sha256": digest})
    manifest = {
        "framing_results": SCHEMA_VERSION,
        "signature": dict(analyses[0].signature) if analyses else {},
        "settings": settings.to_dict(),
        "complete": complete,
    }
    if complete:
        manifest["parts"] = parts
    (at / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return at
