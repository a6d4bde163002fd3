"""Debian's Chromium, driven by Playwright; no browser is fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser, or a skipped test where there is none."""
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium on the path, or its place in CHROMIUM")
    with sync.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@contextmanager
def opened(launched: Any, path: Path, width: int) -> Iterator[Any]:
    """A page from disk, open; afterwards nothing may have been asked of the network, complained or executed."""
    context = launched.new_context(
        viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert said == []
    assert asked == [path.as_uri()]
    assert page.evaluate("window.hacked") is None
    context.close()
