"""The boxes as a class meets them: in JupyterLab, in Chromium, without a network."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import axe
import browser
import pytest

from framing.output.page import read_template

PATIENCE = 60  # seconds for what a busy machine may be slow at
TEXT = (
    "The minister said the talks may resume. Critics of the brutal regime reportedly disagree. “The regime might "
    "perhaps keep the base for now,” a diplomat told reporters. Analysts say that Syria could ask for more. Russia "
    "praised the deal. Nobody knows whether it will last. "
)
CELLS = {
    "rewrite": f"import framing.output.widgets as boxes\nbox = boxes.rewrite({TEXT * 7!r})\nbox",
    "mark": "marker = boxes.mark('The talks may fail. 😀 It could rain.', coder='Kim')\nmarker",
    "marks": "[(one.start, one.end, one.label) for one in marker.marks], marker.coding.articles",
    "now": "box.text[:16], len(box.analysis.readings['hedging'].evidence)",
    "set": "marker.mark(2, 'rain', 'doxastic'); box.text = 'It is so.'",
    "again": "marker",
}


@pytest.fixture(scope="module")
def address(repository, tmp_path_factory):
    """JupyterLab on this machine, in a folder of its own, with one notebook."""
    pytest.importorskip("jupyterlab", reason="needs JupyterLab")
    folder = tmp_path_factory.mktemp("lab")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS.values()])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python", "language": "python"}
    nbformat.write(notebook, folder / "boxes.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    server = {
        "ip": "127.0.0.1", "port": port, "port_retries": 0, "root_dir": str(folder), "allow_root": True,
        "open_browser": False, "jpserver_extensions": {"jupyter_lsp": False, "notebook": False},
    }  # fmt: skip
    config = {
        "ServerApp": server,
        "IdentityProvider": {"token": token},
        "LabApp": {"expose_app_in_browser": True, "news_url": None},
    }
    _write(folder / "config" / "jupyter_server_config.json", config)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    _write(folder / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings", quiet)
    home = {
        "HOME": folder, "JUPYTER_CONFIG_DIR": folder / "config", "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime", "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces", "IPYTHONDIR": folder / "ipython", "PYTHONPATH": repository,
    }  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab"],
            cwd=folder,
            env={**os.environ, **{name: str(value) for name, value in home.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        base = f"http://127.0.0.1:{port}"
        try:
            _wait_for(process, f"{base}/api/status?token={token}", folder / "log")
            yield f"{base}/lab/tree/boxes.ipynb?token={token}"
        finally:
            _stop(process, base, token)


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def _wait_for(server: subprocess.Popen[bytes], status: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(status, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start: {log.read_text(errors='replace')[-2000:]}")


def _stop(server: subprocess.Popen[bytes], base: str, token: str) -> None:
    """By its own command, which ends the kernels too."""
    request = urllib.request.Request(f"{base}/api/shutdown?token={token}", method="POST")
    try:
        urllib.request.urlopen(request, timeout=5).close()
        server.wait(timeout=15)
    except (OSError, subprocess.TimeoutExpired):
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def page(address):
    """The notebook with its first two cells run."""
    with browser.chromium() as launched:
        page = launched.new_page(viewport={"width": 1280, "height": 1000})
        page.strangers = []
        page.on("request", lambda request: _note_stranger(page, request.url))
        open_notebook(page, address)
        run(page, "rewrite")
        page.locator(".framing-rewrite").wait_for(timeout=PATIENCE * 1000)
        run(page, "mark")
        page.locator(".framing-marker").wait_for(timeout=PATIENCE * 1000)
        yield page


def _note_stranger(page, url: str) -> None:
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
        page.strangers.append(url)


def open_notebook(page, address: str) -> None:
    page.goto(address)
    page.locator(".jp-Notebook .jp-CodeCell").nth(len(CELLS) - 1).wait_for(timeout=PATIENCE * 1000)
    until(page, lambda: page.evaluate(CONNECTED))


CONNECTED = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""


def run(page, name: str):
    """Run a cell; the answer is where its output stands."""
    cell = page.locator(".jp-CodeCell").nth(list(CELLS).index(name))
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    prompt.click()
    until(page, lambda: "jp-mod-active" in (cell.get_attribute("class") or ""))
    page.evaluate("void jupyterapp.commands.execute('notebook:run-cell')")
    until(page, lambda: prompt.inner_text() != before and "*" not in prompt.inner_text())
    return cell.locator(".jp-OutputArea-output")


def until(page, condition, seconds: float = PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"did not come true in {seconds} seconds")


def shown(page, title: str, part: str = "after") -> str:
    """What the table of the box has for a score: its value, and what that rests on."""
    row = page.locator(".framing-rewrite tbody tr", has_text=title)
    return " ".join(row.locator(f".{part}").inner_text().split())


def marked(page) -> list[str]:
    return page.locator(".framing-rewrite .marked p > mark").all_inner_texts()


def type_into(page, text: str) -> None:
    """Put the cursor at the end of the box, and type."""
    page.locator(".framing-rewrite textarea").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


# Rewriting


def test_scores_and_marks_follow_what_is_typed_and_the_kernel_has_it(page):
    page.evaluate(LISTEN)
    before, hedged = shown(page, "Hedging"), len(marked(page))
    type_into(page, "Perhaps they might agree. ")
    until(page, lambda: shown(page, "Hedging") != before)
    assert len(marked(page)) > hedged
    assert shown(page, "Hedging", "before") == before
    assert shown(page, "Hedging", "change").startswith("+")
    for letter in "abcdef":
        page.keyboard.type(letter)
        page.wait_for_timeout(600)
    until(page, lambda: page.evaluate("taken.length") >= 5)
    answered = sorted(page.evaluate("taken"))
    sys.stdout.write(f"\nfrom a key to the drawn answer, the pause of 120 ms included: {answered} ms\n")
    assert run(page, "now").last.inner_text().startswith("('The minister sai', ")


# Milliseconds from the last key to the answer on the page.
LISTEN = """() => {
  window.taken = [];
  const box = document.querySelector(".framing-rewrite");
  let typed = 0;
  box.addEventListener("input", () => { typed = performance.now(); });
  new MutationObserver(() => { if (typed) taken.push(Math.round(performance.now() - typed)); typed = 0; })
    .observe(box.querySelector(".marked"), { childList: true });
}"""


def test_a_score_leads_to_its_words_by_keyboard(page):
    button = page.locator(".framing-rewrite tbody tr", has_text="Loaded language").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    passages = page.locator(".framing-rewrite .passages tbody tr")
    until(page, lambda: passages.count() > 0)
    assert button.get_attribute("aria-pressed") == "true"
    assert {row.split()[0] for row in passages.all_inner_texts()} >= {"brutal", "regime"}
    assert not any("hedge" in mark for mark in marked(page))
    page.keyboard.press("Enter")
    until(page, lambda: passages.count() == 0)
    assert any("hedge" in mark for mark in marked(page))


def test_the_way_back_to_the_original_can_be_undone(page):
    text = page.locator(".framing-rewrite textarea")
    type_into(page, "Nobody may know. ")
    new = text.input_value()
    page.get_by_role("button", name="Back to the original").click()
    assert text.input_value() == TEXT * 7
    until(page, lambda: shown(page, "Hedging", "change") == "no change")
    page.keyboard.press("Control+z")
    assert text.input_value() == new
    until(page, lambda: shown(page, "Hedging", "change") != "no change")


# Marking


def test_a_marked_word_is_a_mark_in_the_kernel(page):
    marker = page.locator(".framing-marker")
    marker.locator(".word", has_text="could").click()
    page.wait_for_timeout(200)
    tools, output = (
        page.locator(place).last.bounding_box() for place in (".tools", ".jp-OutputArea-output:has(.tools)")
    )
    assert tools["y"] + tools["height"] <= output["y"] + output["height"]  # what stands beyond is cut off
    marker.locator(".tools [data-label=epistemic]").click()
    marker.locator(".word", has_text="may").click()
    page.keyboard.press("1")
    marker.get_by_role("checkbox").check()
    output = run(page, "marks")
    until(page, lambda: "('text',)" in output.last.inner_text())
    assert output.last.inner_text() == "([(10, 13, 'epistemic'), (25, 30, 'epistemic')], ('text',))"


def test_the_kernel_marks_and_writes_into_the_boxes(page):
    run(page, "set")
    marker = page.locator(".framing-marker")
    until(page, lambda: "doxastic" in " ".join(marker.locator(".chip").all_inner_texts()))
    until(page, lambda: page.locator(".framing-rewrite textarea").input_value() == "It is so.")
    until(page, lambda: shown(page, "Hedging") == "0.0 n 1")


def test_a_box_shown_twice_is_the_same_box(page):
    marker = page.locator(".framing-marker")
    chips = marker.first.locator(".chip").all_inner_texts()
    run(page, "again")
    until(page, lambda: marker.count() == 2)
    until(page, lambda: marker.last.locator(".chip").all_inner_texts() == chips)
    assert marker.last.get_by_role("checkbox").is_checked()
    marker.last.locator(".word", has_text="fail").click()
    page.keyboard.press("2")
    until(page, lambda: marker.first.locator(".chip").count() == len(chips) + 1)


# How they look


def test_the_boxes_follow_the_theme_of_the_notebook(page):
    def brightness(place: str) -> float:
        color = page.locator(place).first.evaluate("node => getComputedStyle(node).backgroundColor")
        return sum(map(float, re.findall(r"[\d.]+", color)[:3]))

    places = [".framing-rewrite", ".framing-rewrite textarea", ".framing-marker", ".framing-marker button"]
    assert all(brightness(place) > 600 for place in places)
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    until(page, lambda: page.evaluate("document.body.dataset.jpThemeLight") == "false")
    until(page, lambda: all(brightness(place) < 200 for place in places))


@pytest.mark.parametrize("width", [480, 1280])
def test_no_box_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("jupyterapp.shell.collapseLeft()")
    for box in (".framing-rewrite", ".framing-marker"):
        until(
            page,
            lambda box=box: page.locator(box).first.evaluate("node => node.scrollWidth <= node.clientWidth"),
        )


def test_the_boxes_have_no_serious_fault_of_access(page, repository):
    page.evaluate(axe.source(repository / "build" / "axe"))
    found = page.evaluate("axe.run({include: [['.framing-rewrite'], ['.framing-marker']]})")
    grave = [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in axe.SERIOUS
        for node in rule["nodes"]
    ]
    assert grave == []


def test_nothing_was_asked_of_another_machine(page, address):
    assert page.strangers == []


# The script alone, with a kernel that answers when told to


ROW = {
    "id": "a",
    "title": "A score",
    "measure": "unit",
    "before": "1",
    "before_on": "",
    "after_on": "",
    "change": "",
    "way": "",
}
ANSWER = {"size": "", "order": ["a"], "chosen": "", "passages": ""}
START = {
    "text": "It may rain.",
    "before": True,
    "answer": {**ANSWER, "rows": [ROW | {"after": "1"}], "marked": "<p>1</p>"},
}
STAND_IN = """start => {
  window.sent = [];
  const hearers = [];
  const model = {
    get: () => start, on: (_, hear) => hearers.push(hear), off: () => {}, send: (message) => sent.push(message),
  };
  window.answer = (message) => hearers.forEach((hear) => hear({ kind: "answer", ...message }));
  rewriting.render({ model, el: document.body });
}"""


@pytest.fixture
def alone(page):
    """The box in an empty page, where the test is the kernel."""
    other = page.context.browser.new_page()
    other.set_content("<title>Box</title>")
    script = read_template("widgets/rewrite.js").replace("export default", "window.rewriting =")
    other.add_script_tag(content=script, type="module")
    until(other, lambda: other.evaluate("Boolean(window.rewriting)"))
    other.evaluate(STAND_IN, START)
    yield other
    other.close()


def reply(page, question: dict[str, object], value: str, **more: object) -> None:
    rows = [ROW | {"after": value}]
    told = {name: question[name] for name in ("view", "seq")}
    page.evaluate("answer", {**told, "rows": rows, "marked": f"<p>{value}</p>", **more})


def test_an_answer_to_an_older_question_is_not_drawn(alone):
    (first,) = alone.evaluate("sent")
    alone.get_by_role("button", name="A score").click()
    _, second = alone.evaluate("sent")
    assert (first["kind"], second["kind"], second["seq"]) == ("whole", "show", first["seq"] + 1)
    reply(alone, first, "old")
    assert alone.locator(".marked").inner_text() == "1"
    reply(alone, second, "new")
    assert alone.locator(".marked").inner_text() == alone.locator("td.after").inner_text() == "new"


def test_one_question_is_out_at_a_time_and_the_last_text_is_asked_about(alone):
    for letter in "abc":
        alone.locator("textarea").press(letter)
        alone.wait_for_timeout(200)
    (first,) = alone.evaluate("sent")
    reply(alone, first, "2", text=START["text"])
    assert alone.locator("textarea").input_value() == "It may rain.abc"  # what was typed meanwhile stays
    _, second = alone.evaluate("sent")
    assert second["text"] == "It may rain.abc"


def test_a_text_of_another_view_is_taken_over(alone):
    reply(alone, alone.evaluate("sent")[0], "2")
    reply(alone, {"view": "another", "seq": 9}, "3", text="It rains.")
    assert alone.locator("textarea").input_value() == "It rains."
    assert alone.locator("td.after").inner_text() == "3"


def test_a_kernel_that_does_not_answer_is_named(alone):
    until(alone, lambda: "has not answered" in alone.locator(".state").inner_text())
    reply(alone, alone.evaluate("sent")[0], "2")
    assert alone.locator(".state").inner_text() == ""
