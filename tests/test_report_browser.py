"""The report as a reader meets it: in Chromium, from disk, without a network."""

from __future__ import annotations

import os
import shutil

import pytest

from framing.analysis import analyze
from framing.comparison.compare import compare
from framing.document import make_document
from framing.output.report import write_report

TEXT = (
    "The minister said the talks may resume. Critics of the brutal regime reportedly disagree. “Moscow might perhaps "
    "keep the base,” a diplomat told reporters. Analysts say that Syria could ask for more. Russia praised the deal. "
    "Nobody knows whether it will last. "
)
HOSTILE = "\"><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'></style>"


@pytest.fixture(scope="module")
def chromium():
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium on the path, or its place in CHROMIUM")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "page.html"
    documents = [
        make_document(TEXT * 2, "first", title="A first title", url="javascript:window.hacked = 1"),
        make_document(f"{HOSTILE} said the regime may fall. {TEXT}", "second", title=HOSTILE, outlet=HOSTILE),
    ]
    analyses = [analyze(document, resamples=100, model="lexicon") for document in documents]
    write_report(compare(analyses, resamples=100), path, title=HOSTILE)
    return path


@pytest.fixture
def page(chromium, report, request):
    """The open page; afterwards nothing may have been asked of the network, complained or executed."""
    width = getattr(request, "param", 1280)
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    assert said == []
    assert asked == [report.as_uri()]
    assert page.evaluate("window.hacked") is None
    context.close()


def test_the_page_opens_with_its_charts(page):
    assert page.title() == HOSTILE
    assert page.locator("figure svg:visible").count() >= 7
    for box in page.locator("figure .wide svg").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().width)"
    ):
        assert box > 300


@pytest.mark.parametrize("page", [390, 768, 1280, 1920], indirect=True)
def test_no_width_scrolls_sideways(page):
    for details in page.locator("details").all():
        details.evaluate("node => node.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, p, li")].filter((node) => node.offsetParent
          && node.getBoundingClientRect().right > innerWidth + 1
          && !node.closest(".scroll")).map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert cut == []


@pytest.mark.parametrize("layer", ["attribution", "hedging", "loaded", "stance", "frames", "tone"])
def test_a_layer_can_be_shown_and_hidden(page, layer):
    mark = page.locator(f"#a1 mark.{layer}").first
    looks = "node => { const s = getComputedStyle(node); return [s.textDecorationLine, s.backgroundColor, s.borderLeftWidth, s.fontWeight, getComputedStyle(node, '::after').content].join(); }"
    box = page.locator(f"#layer-{layer}")
    box.uncheck()
    hidden = mark.evaluate(looks)
    box.check()
    assert mark.evaluate(looks) != hidden


def test_a_number_leads_to_its_evidence_and_back(page):
    page.locator("#hedging details").last.evaluate("node => node.open = true")
    number = page.locator("#hedging a.number").first
    ids = number.get_attribute("data-all").split()
    page.locator("#layer-hedging").uncheck()
    number.click()
    assert page.evaluate("document.activeElement.id") == ids[0]
    assert page.locator("#layer-hedging").is_checked()
    assert sorted(page.locator("mark.hit[id]").evaluate_all("nodes => nodes.map(node => node.id)")) == sorted(
        ids
    )
    assert page.locator(f"#{ids[0]}").evaluate(
        "node => { const r = node.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"
    )
    assert page.locator("#trail output").inner_text() == f"1 of {len(ids)}"
    page.get_by_role("button", name="next place").click()
    assert page.evaluate("document.activeElement.id") == ids[1 % len(ids)]
    page.get_by_role("button", name="back to the number").click()
    assert page.evaluate("document.activeElement.dataset.all") == " ".join(ids)
    assert page.locator("mark.hit").count() == 0


def test_a_value_in_a_chart_leads_to_its_evidence_and_back(page):
    value = page.locator("#chart-at-a-glance .wide a[href^='#a1-']").first
    ids = page.locator(f"[id='{value.get_attribute('href')[1:]}']").get_attribute("data-all").split()
    value.click()
    assert page.evaluate("document.activeElement.id") == ids[0]
    page.get_by_role("button", name="back to the number").click()
    assert page.locator("mark.hit").count() == 0
    assert value.evaluate(
        "node => { const r = node.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"
    )


def test_the_reason_is_told_on_hover_and_on_focus(page):
    mark = page.locator("#a1 mark.loaded", has_text="regime").first
    mark.hover()
    why = page.locator("#why")
    assert why.is_visible()
    assert "loaded" in why.inner_text()
    page.mouse.move(5, 5)
    assert not why.is_visible()
    mark.focus()
    assert "loaded" in why.inner_text()
    described = page.locator(f"#{mark.get_attribute('aria-describedby')}")
    assert described.text_content().strip() in why.inner_text()


def test_the_keyboard_walks_from_mark_to_mark(page):
    text = page.locator("#a1 .text").last
    assert text.locator("mark[tabindex='0']").count() == 1
    text.locator("mark[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert second != first
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == first


def test_without_scripts_the_page_still_shows_evidence(chromium, report):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    target = page.locator("#loaded a.number").first.get_attribute("href")
    page.goto(report.as_uri() + target)
    assert page.locator(target).is_visible()
    assert page.locator("figure svg:visible").count() >= 7
    context.close()


def test_the_page_prints(page):
    data = page.pdf(format="A4")
    assert data.startswith(b"%PDF")
    assert len(data) > 50_000


def test_dark_paper_has_light_text(chromium, report):
    context = chromium.new_context(color_scheme="dark", offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    colors = page.evaluate(
        "[document.body, document.querySelector('figure svg text')].map((node, i) => getComputedStyle(node)[i ? 'fill' : 'color'])"
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(23, 22, 20)"
    assert all(
        sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(","))) > 400 for color in colors
    )
    context.close()
