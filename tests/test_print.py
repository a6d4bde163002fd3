"""The page on paper."""

from __future__ import annotations

import shutil

import pytest

from framing.output.print import print_page

PAGE = "<!doctype html><title>A page</title><p>It may rain.</p>"


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "a page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_is_printed(page, tmp_path):
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("needs Chromium on the path")
    pdf = tmp_path / "a page.pdf"
    pdf.write_text("old", encoding="utf-8")
    print_page(page, pdf)
    assert pdf.read_bytes().startswith(b"%PDF")


def test_without_a_browser_there_is_advice(page, tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("framing.output.print.shutil.which", lambda name: None)
    with pytest.raises(ValueError, match="install one, name it in the variable CHROMIUM, or open"):
        print_page(page, tmp_path / "page.pdf")


def test_a_browser_that_fails_is_told_of(page, tmp_path, monkeypatch):
    pdf = tmp_path / "page.pdf"
    pdf.write_text("old", encoding="utf-8")
    monkeypatch.setenv("CHROMIUM", shutil.which("false") or "false")
    with pytest.raises(ValueError, match="failed: it said nothing"):
        print_page(page, pdf)
    assert not pdf.exists()
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="could not be run"):
        print_page(page, pdf)
