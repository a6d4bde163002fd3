"""The report as a reader meets it: in Chromium, from disk, without a network."""

from __future__ import annotations

import browser
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
    with browser.opened(chromium, report, getattr(request, "param", 1280)) as page:
        yield page


def until(page, condition, given=None):
    """Wait for a condition: Playwright's own waiting evaluates text in the page, which the page's policy forbids."""
    for _ in range(200):
        if page.evaluate(condition, given):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {condition}")


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


@pytest.mark.parametrize(
    "layer", ["attribution", "hedging", "loaded", "stance", "frames", "tone", "naming", "facts", "passages"]
)
def test_a_layer_can_be_shown_and_hidden(page, layer):
    mark = page.locator(f"#a1 mark.{layer}").first
    looks = "node => { const s = getComputedStyle(node); return [s.textDecorationLine, s.backgroundColor, s.borderLeftWidth, s.fontWeight, s.outlineStyle, getComputedStyle(node, '::after').content].join(); }"
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


def test_the_keyboard_alone_goes_from_a_number_to_its_evidence_and_back(page):
    page.locator("#hedging summary").last.focus()
    page.keyboard.press("Enter")
    number = page.locator("#hedging a.number").first
    number.focus()
    page.keyboard.press("Enter")
    ids = number.get_attribute("data-all").split()
    until(page, "id => document.activeElement.id === id", ids[0])
    assert page.locator("#trail").is_visible()
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#trail')?.id") == "trail":
            break
    page.get_by_role("button", name="back to the number").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.all") == " ".join(ids)
    number.press("Enter")
    until(page, "!document.getElementById('trail').hidden")
    page.keyboard.press("Escape")
    assert not page.locator("#trail").is_visible()


def test_names_facts_and_passages_lead_to_their_places(page):
    for details in page.locator("#naming details, #coverage details").all():
        details.evaluate("node => node.open = true")
    for section, letter in (("naming", "m"), ("coverage", "f"), ("coverage", "p")):
        number = page.locator(f"#{section} a.number[data-all*='-{letter}']").first
        number.click()
        first = number.get_attribute("data-all").split()[0]
        until(page, "id => document.activeElement.id === id", first)
        page.keyboard.press("Escape")


def test_words_are_found_across_marks_and_in_all_articles(page):
    page.get_by_label("Find").fill("the BRUTAL  regime".replace("  ", " "))
    page.get_by_role("button", name="find", exact=True).click()
    until(page, "!document.getElementById('trail').hidden")
    assert page.locator("#trail output").inner_text() == "1 of 3"
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["the brutal regime"] * 3
    page.get_by_role("button", name="next place").click()
    assert page.evaluate(
        "() => { const r = [...CSS.highlights.get('now')][0].getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"
    )
    page.get_by_label("Find").fill("no such words")
    page.get_by_role("button", name="find", exact=True).click()
    until(page, "document.querySelector('#search output').textContent === 'not found'")


@pytest.mark.parametrize("page", [390, 1280], indirect=True)
def test_two_articles_stand_side_by_side_and_scroll_together(page):
    page.locator("#pair select[name=a]").select_option("a1")
    page.locator("#pair select[name=b]").select_option("a2")
    until(page, "document.querySelectorAll('#texts.two article.chosen').length === 2")
    first, second = page.locator("#a1"), page.locator("#a2")
    for details in page.locator("#texts.two .chosen details").all():
        details.evaluate("node => node.open = true")
    one, two = first.bounding_box(), second.bounding_box()
    assert (one["x"] + one["width"] <= two["x"]) or (one["y"] + one["height"] <= two["y"])
    first.evaluate("node => { node.scrollTop = (node.scrollHeight - node.clientHeight) / 2; }")
    until(
        page,
        "() => { const node = document.getElementById('a2'), half = (node.scrollHeight - node.clientHeight) / 2; return half > 20 && Math.abs(node.scrollTop - half) < 3; }",
    )
    page.get_by_label("scroll together").uncheck()
    kept = second.evaluate("node => node.scrollTop")
    page.wait_for_timeout(200)
    first.evaluate("node => { node.scrollTop = 0; }")
    page.wait_for_timeout(200)
    assert second.evaluate("node => node.scrollTop") == kept
    page.locator("#pair select[name=b]").select_option("")
    assert page.locator("#texts.two").count() == 0


def test_shared_passages_are_read_side_by_side(page):
    for details in page.locator("#coverage details").all():
        details.evaluate("node => node.open = true")
    chooser = page.locator("button.pair").first
    a, b = chooser.get_attribute("data-a"), chooser.get_attribute("data-b")
    chooser.click()
    until(page, "document.querySelectorAll('#texts.two article.chosen').length === 2")
    for id in (a, b):
        assert page.locator(f"[id='{id}'].hit").is_visible()
    page.get_by_role("button", name="back to the number").click()
    assert page.locator("mark.hit").count() == 0


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "many.html"
    documents = [
        make_document(f"Number {number} begins. {TEXT}", f"article {number}", title=f"Title {number}", outlet="Post" if number % 2 else "Wire")
        for number in range(14)
    ]  # fmt: skip
    analyses = [analyze(document, resamples=20, model="lexicon") for document in documents]
    write_report(compare(analyses, resamples=20, group_by="outlet"), path)
    return path


def test_of_many_articles_each_is_unpacked_when_it_is_wanted(chromium, many):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(many.as_uri())
    assert page.locator("#texts article").count() == 14
    assert page.locator("#texts article .text").count() == 0
    number = page.locator("#articles a.number").first
    number.click()
    first = number.get_attribute("data-all").split()[0]
    until(page, "id => document.activeElement.id === id", first)
    assert page.locator("#a1 .text").count() > 0
    assert page.locator("#a1 a.number").count() > 20
    page.goto(many.as_uri() + "#a7")
    until(page, "document.querySelector('#a7 .text')")
    page.get_by_label("Find").fill("number 12 begins")
    page.get_by_role("button", name="find", exact=True).click()
    until(page, "!document.getElementById('trail').hidden")
    assert page.locator("#a13 .text").count() > 0
    assert page.locator("#a12.packed").count() == 1
    page.get_by_role("button", name="hedged sentences").click()
    assert page.locator("th[aria-sort='descending']").count() == 1
    assert said == []
    context.close()


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
