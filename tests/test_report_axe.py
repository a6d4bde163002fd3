"""What axe-core finds in the pages we write: no serious fault, on light and dark paper, on a phone and on a screen."""

from __future__ import annotations

import axe
import pytest

import framing
from framing.output.report import write_report


@pytest.fixture(scope="module")
def pages(tmp_path_factory, repository):
    """The report of three teaching texts, and one of them as a page of its own in every style."""
    folder = tmp_path_factory.mktemp("pages")
    documents, _ = framing.load_corpus(repository / "texts")
    analyses = [framing.analyze(document, resamples=100, model="lexicon") for document in documents[:3]]
    comparison = framing.compare(analyses, resamples=100)
    write_report(comparison, folder / "report.html", title="Three articles")
    for name, what, style in (
        ("text", analyses[0], "evidence"),
        ("boxes", analyses[0], "ent"),
        ("table", analyses[0], "table"),
        ("comparison", comparison, "evidence"),
    ):
        html = framing.render(what, style=style, page=True)
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("name", ["report", "text", "boxes", "table", "comparison"])
def test_axe_finds_no_serious_fault(chromium, pages, axe_script, name, paper, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=paper, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto((pages / f"{name}.html").as_uri())
    for details in page.locator("details").all():
        details.evaluate("node => node.open = true")
    found = [fault for fault in axe.faults(page, axe_script) if fault.impact in axe.SERIOUS]
    context.close()
    assert not found, "\n".join([f"{len(found)} faults", *map(str, found)])


def test_axe_finds_a_fault_that_is_there(chromium, axe_script):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.set_content(
        "<!doctype html><html lang=en><title>t</title><main><h1>t</h1><img src=x><p style='color:#ccc'>pale</p>"
    )
    found = {(fault.rule, fault.impact) for fault in axe.faults(page, axe_script)}
    assert {("image-alt", "critical"), ("color-contrast", "serious")} <= found
    context.close()


@pytest.mark.parametrize("program", ["", "exit 1"])
def test_without_npm_or_network_the_test_is_skipped_with_a_reason(tmp_path, monkeypatch, program):
    if program:
        (tmp_path / "npm").write_text(f"#!/bin/sh\necho 'no route' >&2\n{program}\n", encoding="utf-8")
        (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no route" if program else "needs npm"):
        axe.source(tmp_path / "axe")


def test_another_package_is_refused(tmp_path):
    (tmp_path / f"axe-core-{axe.VERSION}.tgz").write_bytes(b"something else")
    with pytest.raises(AssertionError, match="is not axe-core"):
        axe.source(tmp_path)
