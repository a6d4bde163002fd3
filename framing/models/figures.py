"""The accuracy that was measured of each model, from the file `validity.json` beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from framing.data import PACKAGE


def path_of(model: str) -> Path:
    """Where the figures of a model are stored."""
    return PACKAGE / "models" / model / "validity.json"


def measured(model: str) -> dict[str, Any]:
    """What `framing.training.validity` wrote: model, digests, and figures with a row each; no figures when it is missing."""
    path = path_of(model)
    if not path.is_file():
        return {"model": model, "figures": []}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def weights_digest(model: str) -> str:
    """Of all trained weights of a model, 12 hexadecimal digits; nothing for one that has none."""
    files = sorted(path_of(model).parent.rglob("weights.*"))
    content = hashlib.sha256()
    for path in files:
        content.update(path.parent.name.encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12] if files else ""
