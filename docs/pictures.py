"""Draws the pictures of the README: `python docs/pictures.py FOLDER` in the project's folder.

docs/report.png is the top of the report of the teaching texts; the charts are those of the articles in FOLDER. Needs Playwright
(extra `test`) and Chromium, on the path or named by the variable CHROMIUM.
"""

# ruff: noqa: INP001 - a script, no part of a package

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from framing import analyze_each, compare, load_corpus
from framing.output import style
from framing.output.charts import charts_of, sheet_of, svg
from framing.output.report import article_names, write_report

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1280, 1500  # pixels: title, what stands out, the articles
MARGIN = 8
CHARTS = ("at-a-glance", "stance", "sourcing", "naming")


def main() -> int:
    """Write the pictures; 1 when there is no folder of articles or no Chromium."""
    if len(sys.argv) != 2:
        sys.stderr.write("name a folder of articles for the charts: python docs/pictures.py FOLDER\n")
        return 1
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("Chromium is not on the path; name it: CHROMIUM=/path/to/chromium\n")
        return 1
    documents, _ = load_corpus(ROOT / "texts")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        write_report(compare(analyze_each(documents)), page)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        view.goto(page.as_uri())
        end = view.evaluate(
            "document.querySelector('#chart-at-a-glance .wide').getBoundingClientRect().bottom"
        )
        view.set_viewport_size({"width": WIDTH, "height": int(end) + MARGIN})
        view.screenshot(path=ROOT / "docs" / "report.png")
        browser.close()
    documents, _ = load_corpus(Path(sys.argv[1]))
    comparison = compare(analyze_each(documents))
    charts = charts_of(comparison, article_names(comparison.analyses))
    for name in CHARTS:
        drawn = svg(sheet_of(charts[name], width=style.WIDTH), paper=True)
        (ROOT / "docs" / f"{name}.svg").write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
