"""What worker processes do in tests of the engines, where an article asks for it: they die, stand still or fail."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

from framing.analysis import Analysis
from framing.document import Document
from framing.engines.rows import Settings, analyses


def score(documents: Iterator[Document], settings: Settings) -> Iterator[Analysis]:
    """Scores, unless a text begins with the name of something worse."""
    return analyses(map(_do_as_asked, documents), settings)


def _do_as_asked(document: Document) -> Document:
    if document.text.startswith("Die."):
        os.kill(os.getpid(), signal.SIGKILL)
    if document.text.startswith("Sleep."):
        time.sleep(600)
    if document.text.startswith("Fail."):
        raise RuntimeError("as asked")
    once = document.meta.get("once")
    if once and not os.path.exists(once):
        with open(once, "x", encoding="utf-8"):
            os.kill(os.getpid(), signal.SIGKILL)
    return document
