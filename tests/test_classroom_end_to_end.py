"""An exercise from the teacher's command to the page that the class talks over, as people would do it."""

from __future__ import annotations

import csv
import html
import io
import os
import re

import browser
import pytest
from simulated_class import simulated_class
from typer.testing import CliRunner

from framing.classroom.coding import write_codings
from framing.classroom.key import load_key
from framing.cli.main import app
from framing.data import DataError

HOSTILE = "\"><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


def run(*arguments):
    return CliRunner().invoke(app, ["exercise", *map(str, arguments)])


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """Exercises on a teaching text as a teacher makes them, in hedging and in stance."""
    folder = tmp_path_factory.mktemp("school")
    for dimension in ("hedging", "stance"):
        done = run("make", "khmeimim-wire", "-d", dimension, "-o", folder / dimension, "--no-pdf")
        assert done.exit_code == 0, done.output
        assert f"Then: framing exercise score {folder / dimension / 'teacher' / 'key.json'} " in done.stdout
    return folder


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as launched:
        yield launched


def score(key, codings, page, *options):
    done = run("score", key / "teacher" / "key.json", codings, "-o", page, "--resamples", 50, *options)
    assert isinstance(done.exception, SystemExit | DataError | None)  # of these the command makes a line
    return done


def rows_of(folder):
    """The rows of the coding sheet as a spreadsheet shows them."""
    text = (folder / "coding-sheet.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def filled(rows, marks):
    """The sheet with marks, (sentence, words, label), a copied row for each further one of a sentence."""
    for row in rows:
        own = [mark for mark in marks if str(mark[0]) == row["sentence"]]
        for _, words, label in own or [(0, "", "")]:
            yield row | {"words": words, "label": label}


def hand_in(path, rows, *, coder="", delimiter=",", encoding="utf-8-sig"):
    rows = [dict(row) for row in rows]
    rows[0]["coder"] = coder
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows([*rows, *[dict.fromkeys(rows[0], "")] * 5])  # spreadsheets leave empty rows behind
    path.write_bytes(buffer.getvalue().encode(encoding, "replace"))


def shown(page):
    """The words of a page, without its marks of structure."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page.read_text(encoding="utf-8"))).split())


def visit(chromium, page, **options):
    """A page from disk in a context without a network; what it asks for, says or pops up is gathered."""
    context = chromium.new_context(offline=True, reduced_motion="reduce", **options)
    context.set_default_timeout(5000)
    opened, heard = context.new_page(), []
    opened.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    opened.on("console", lambda message: heard.append(message.text))
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.on("request", lambda request: heard.append(request.url))
    opened.goto(page.as_uri())
    return opened, heard


def saved(opened, name, folder):
    opened.locator(".who input").first.fill(name)
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Save your marks as CSV").click()
    download.value.save_as(folder / download.value.suggested_filename)


def word(opened, text):
    return opened.locator(f'.word:text-is("{text}")').first


def test_a_class_marks_on_screens_and_sheets_and_is_scored(school, chromium, tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    page = school / "hedging" / "mark.html"

    mouse, _ = visit(chromium, page, viewport={"width": 1280, "height": 900})
    word(mouse, "according").hover()
    mouse.mouse.down()
    word(mouse, "reports").hover()
    mouse.mouse.up()
    mouse.locator(".tools .labels button", has_text="hearsay").click()
    mouse.get_by_label("I have read it all").check()
    saved(mouse, "Mia", folder)

    keys, _ = visit(chromium, page, viewport={"width": 1280, "height": 900})
    word(keys, "Two").focus()
    for key in ("Control+ArrowRight", "Control+ArrowRight", "End", "Shift+ArrowLeft", "Shift+ArrowLeft", "5"):
        keys.keyboard.press(key)
    saved(keys, "Kai", folder)

    finger, _ = visit(chromium, page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for text in ("according", "reports"):
        word(finger, text).tap()
    finger.locator(".tools").get_by_role("button", name="hearsay").tap()
    saved(finger, "Tom", folder)

    rows = rows_of(school / "hedging")
    ada = filled(
        rows,
        [
            (3, "According to reports", "Hearsay"),
            (11, "not clear", "epistemic"),
            (11, "whether", "condition"),
        ],
    )
    hand_in(folder / "ada.csv", ada, coder="Ada Müller", delimiter=";", encoding="cp1252")
    ben = filled(
        rows, [(3, "acording", "hearsay"), (7, "believed", "belief"), (25, "could", "epistemic"), (25, "could", "epistemic")]
    )  # fmt: skip
    (folder / "Ben 4711").mkdir()  # as learning platforms pack what was handed in
    hand_in(folder / "Ben 4711" / "coding-sheet.csv", ben, coder="Ben")
    hand_in(
        folder / "Cem.tsv", filled(rows, [(7, "believed", "doxastic")]), delimiter="\t", encoding="utf-16"
    )
    (folder / "Dana.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "coding-sheet.csv").write_bytes((school / "hedging" / "coding-sheet.csv").read_bytes())

    report = tmp_path / "report.html"
    done = score(school / "hedging", folder, report)
    assert done.exit_code == 1  # Dana's file could not be read
    for said in (
        "Dana.xlsx: is a spreadsheet, not CSV; save it in the spreadsheet as CSV UTF-8, and hand in that",
        "handed in/coding-sheet.csv: is the coding sheet without a name or a mark; it was left out",
        "Ben 4711/coding-sheet.csv: line 4: “acording” is not in sentence 3; copy the words as they are there",
        "Ben 4711/coding-sheet.csv: line 8: unknown label 'belief'; choose from epistemic, doxastic,",
        "Ben 4711/coding-sheet.csv: line 27: marks again what line 26 marks; line 26 was counted",
    ):
        assert said in done.stderr
    text = shown(report)
    assert "6 students; Two Russian soldiers killed in attack" in text
    assert "Four of six marked “according to reports”; the key does too." in text
    assert all(name in text for name in ("Ada Müller", "Ben", "Cem", "Kai", "Mia", "Tom"))

    done = score(school / "hedging", folder, report, "--no-names")
    assert "Four of six marked “according to reports”" in shown(report)
    assert not re.search("Ada|Müller|Ben|Cem|Kai|Mia|Dana|handed in", report.read_text(encoding="utf-8"))


def test_ratings_on_a_phone_and_on_sheets_are_scored(school, chromium, tmp_path):
    phone, _ = visit(
        chromium, school / "stance" / "mark.html", viewport={"width": 390, "height": 844}, has_touch=True
    )
    phone.locator(".pair").nth(0).locator(".step").nth(1).tap()  # −1
    phone.locator(".pair").nth(1).locator(".step").nth(2).tap()  # 0
    saved(phone, "Tom", tmp_path)
    rows = rows_of(school / "stance")
    for name, ratings in {"Ada": ("-1", "0", "+1", "−2"), "Ben": ("negative", "3", "neutral", "0,5")}.items():
        answers = [*ratings, *["0"] * (len(rows) - len(ratings))]
        sheet = [row | {"label": rating} for row, rating in zip(rows, answers, strict=True)]
        hand_in(tmp_path / f"{name}.csv", sheet, coder=name, delimiter=";")
    done = score(school / "stance", tmp_path, tmp_path / "report.html")
    assert done.exit_code == 0
    assert done.stderr.count("Ben.csv: line") == 2
    assert "Ben.csv: line 3: the rating is 3; give a whole number from -2 to 2" in done.stderr
    assert "3 students; " in shown(tmp_path / "report.html")


def test_labels_may_be_written_as_the_pages_print_them(tmp_path):
    done = run(
        "make",
        "moscow-opinion",
        "-d",
        "attribution",
        "-o",
        tmp_path / "out",
        "--model",
        "lexicon",
        "--no-pdf",
    )
    assert done.exit_code == 0
    words = rows_of(tmp_path / "out")[1]["text"].split()[0]
    hand_in(
        tmp_path / "a.csv", filled(rows_of(tmp_path / "out"), [(2, words, "named organisation")]), coder="Ada"
    )
    done = score(tmp_path / "out", tmp_path / "a.csv", tmp_path / "report.html")
    assert (done.exit_code, done.stderr.count("a.csv")) == (0, 0)


@pytest.mark.parametrize("seed", [0, 1])
def test_in_a_class_of_thirty_the_careless_codings_are_named(school, tmp_path, seed):
    exercise = load_key(school / "hedging" / "teacher" / "key.json")
    assert set(exercise.models) == {"lexicon", "linear", "encoder"}
    class_ = simulated_class(exercise, students=30, careless=0.12, seed=seed)
    folder = tmp_path / "class"
    folder.mkdir()
    for coding in class_.codings:
        write_codings([coding], exercise, folder / coding.file)
    done = score(school / "hedging", folder, tmp_path / "report.html")
    assert done.exit_code == 0
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    told = re.search("<p>These codings stand out.*?</ul>", report, re.DOTALL)
    named = {f"student-{int(number):02}" for number in re.findall(r'<li><span class="who">(\d+)', told[0])}
    assert len(class_.careless) == 4
    assert named == {*class_.careless, *class_.copied}


def test_hostile_codings_are_named_and_nothing_of_them_runs(school, chromium, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    rows = rows_of(school / "hedging")
    honest = next(row for row in rows if row["sentence"] == "3") | {
        "words": "according to reports",
        "label": "hearsay",
    }
    more = {"start": "", "end": ""}
    hand_in(
        folder / "script.csv",
        [honest | {"comment": HOSTILE, "round": HOSTILE}, honest | {"words": HOSTILE, "label": HOSTILE}],
        coder=HOSTILE,
    )
    hand_in(folder / "formula.csv", [honest | {"comment": "=HYPERLINK(1)"}], coder="@SUM(A1)")
    hand_in(
        folder / "offsets.csv",
        [
            honest | more,
            honest | {"start": "5", "end": "25"},
            honest | {"start": "9" * 300, "end": "9" * 301},
            honest | more | {"article": "moscow-wire"},
        ],
    )
    hand_in(folder / "other.csv", [honest | {"exercise": "hedging-of-another-class"}])
    header = ",".join(rows[0])
    (folder / "million.csv").write_text(
        f"{header}\r\n" + ",Max,,,3,,nowhere,hearsay,\r\n" * 1_000_000, encoding="utf-8"
    )
    (folder / "cell.csv").write_text(
        f"{header}\r\n,Max,,,3,,{'a' * 20_000_000},hearsay,\r\n", encoding="utf-8"
    )
    (folder / "noise.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "office.csv").write_bytes(b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)) * 4)
    for name in (b"-o.csv", b"<b>'\"&.csv", b"bad\xff.csv", b"\x1b[31mred\n.csv"):
        hand_in(folder / os.fsdecode(name), [honest])
    (folder / "round").symlink_to(folder)
    (folder / "self.csv").symlink_to(folder / "self.csv")

    page = tmp_path / "report.html"
    done = score(school / "hedging", folder, page)
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    for name, said in {
        "script.csv": "line 3: unknown label",
        "offsets.csv": "line 3: start 5 lies outside the numbered sentences",
        "other.csv": "belongs to the exercise “hedging-of-another-class”",
        "million.csv": "has more than 50,000 lines",
        "cell.csv": "has more than 50,000 lines or 16 MB",
        "noise.csv": "is no text",
        "office.csv": "is a zip archive or an office document",
        "self.csv": "cannot be read",
    }.items():
        assert f"in/{name}: {said}" in done.stderr
    assert "line 5: unknown article 'moscow-wire'" in done.stderr

    opened, heard = visit(chromium, page)
    opened.get_by_label("Show names").check()
    for summary in opened.locator("summary").all():
        if summary.is_visible():
            summary.click()
    assert heard == [page.as_uri()]
    assert opened.evaluate("window.hacked === undefined && !document.querySelector('script, img, [onerror]')")
    assert "<script>window.hacked" in opened.locator("#teacher").inner_text()


def test_wrong_keys_and_places_are_told_in_a_line(school, tmp_path):
    key = (school / "hedging" / "teacher" / "key.json").read_text(encoding="utf-8")
    hand_in(tmp_path / "ada.csv", filled(rows_of(school / "hedging"), [(7, "believed", "doxastic")]))
    for content, said in {
        key[: len(key) // 2]: "is no key of an exercise",
        key.replace('"seal": "', '"seal": "0'): "was changed after it was sealed",
        "I am no key": "is no key of an exercise",
    }.items():
        (tmp_path / "teacher").mkdir(exist_ok=True)
        (tmp_path / "teacher" / "key.json").write_text(content, encoding="utf-8")
        done = score(tmp_path, tmp_path / "ada.csv", tmp_path / "report.html")
        assert said in str(done.exception)
    before = (tmp_path / "ada.csv").read_bytes()
    for place in (tmp_path / "nowhere" / "report.html", tmp_path, tmp_path / "ada.csv"):
        done = score(school / "hedging", tmp_path, place)
        assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)
    assert (tmp_path / "ada.csv").read_bytes() == before
    assert not (tmp_path / "report.html").exists()
