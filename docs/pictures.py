"""Draws docs/report.png, the top of the report of the teaching texts: `python docs/pictures.py` in the project's folder.

Needs Playwright (extra `test`) and Chromium, on the path or named by the variable CHROMIUM.
"""

# ruff: noqa: INP001 - a script, no part of a package

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from framing import compare, load_corpus
from framing.analysis import analyze
from framing.output.report import write_report

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1280, 1500  # pixels: title, what stands out, the articles
MARGIN = 8


def main() -> int:
    """Write the picture; 1 when there is no Chromium to draw it."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("Chromium is not on the path; name it: CHROMIUM=/path/to/chromium\n")
        return 1
    documents, _ = load_corpus(ROOT / "texts")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        write_report(compare(analyze(document) for document in documents), page)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        view.goto(page.as_uri())
        end = view.evaluate(
            "document.querySelector('#chart-at-a-glance .wide').getBoundingClientRect().bottom"
        )
        view.set_viewport_size({"width": WIDTH, "height": int(end) + MARGIN})
        view.screenshot(path=ROOT / "docs" / "report.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
