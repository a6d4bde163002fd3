"""Exercises: what is coded, who made the key, that the seal holds, ideas for lessons, and the command."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
from dataclasses import replace

import pytest
import typer.main
from typer.testing import CliRunner

from framing.analysis import analyze
from framing.classroom import exercise as module
from framing.classroom import models
from framing.classroom.coding import DIMENSIONS, LABELS, Coding, Mark, read_codings, write_codings
from framing.classroom.exercise import keyed_by_model, make_exercise
from framing.classroom.ideas import COMPETENCES, find_idea, load_ideas, teaching_texts
from framing.classroom.key import load_key, save_key, seal
from framing.classroom.models import STRONG
from framing.cli.main import app
from framing.corpus import read
from framing.data import DataError, folder
from framing.document import make_document

TEXT = (
    "Officials in Moscow said the US-led talks may have failed. “We lost,” he said. The brutal regime in Damascus clearly "
    "failed its people.\n\nRussia praised the deal, and Syria’s president called it a triumph."
)


def documents():
    return [
        make_document(TEXT, "talks", title="Talks fail", outlet="The Gull"),
        make_document("It may rain.", "rain"),
    ]


@pytest.fixture(scope="module")
def made():
    """An exercise in each dimension, by two models."""
    return {d: make_exercise(documents()[:1], d, models=["linear", "lexicon"]) for d in DIMENSIONS}


# What is coded ----------------------------------------------------------------------------------------------------


def test_an_article_is_cut_as_the_instrument_cuts_it(made):
    (article,) = made["hedging"].articles
    document = documents()[0]
    assert [article.text[slice(*span)] for span in article.sentences] == [
        document[s] for s in document.sentences
    ]
    assert article.paragraphs == ((0, 3), (3, 4))
    assert (article.title, article.outlet, article.sha256) == ("Talks fail", "The Gull", document.sha256)
    assert article.pairs == ()


def test_words_keep_what_is_written_together(made):
    (article,) = made["hedging"].articles
    words = [article.text[slice(*span)] for span in article.words]
    assert words[:6] == ["Officials", "in", "Moscow", "said", "the", "US-led"]
    assert {"We", "lost", "Syria’s"} <= set(words)
    assert len(words) == documents()[0].words


def test_the_pairs_to_rate_are_those_that_the_instrument_rates(made):
    (article,) = made["stance"].articles
    document = documents()[0]
    evidence = analyze(document, model="lexicon", dimensions=["stance"]).readings["stance"].evidence
    assert set(article.pairs) == {(document.sentence_at(item.start), item.actor) for item in evidence}
    assert list(article.pairs) == sorted(article.pairs, key=lambda pair: pair[0])
    assert (3, "russia") in article.pairs


def test_models_mark_as_somebody_would_who_codes(made):
    text = made["hedging"].articles[0].text
    hedges = made["hedging"].models["lexicon"].marks
    assert [(text[m.start : m.end], m.label, bool(m.comment)) for m in hedges] == [("may", "epistemic", True)]
    loaded = {text[m.start : m.end]: m for m in made["loaded"].models["lexicon"].marks}
    assert loaded["brutal"].label == "negative"
    assert loaded["regime"].neutral
    parts = [(text[m.start : m.end], m.label, m.group) for m in made["attribution"].models["lexicon"].marks]
    assert ("Officials in Moscow", "anonymous_official", "1") in parts
    assert {("said", "cue", "1"), ("said", "cue", "2"), ("he", "pronoun", "2")} <= set(parts)


def test_every_label_of_a_model_is_one_that_students_have(made):
    for dimension, exercise in made.items():
        for found in exercise.models.values():
            assert found.marks
            assert {mark.label for mark in found.marks} <= set(LABELS[dimension])


def test_ratings_follow_the_label_and_the_strength_of_the_evidence():
    document = documents()[0]
    for model in ("lexicon", "linear"):
        evidence = analyze(document, model=model, dimensions=["stance"]).readings["stance"].evidence
        marks = make_exercise([document], "stance", models=[model]).models[model].marks
        single = [i for i in evidence if sum((i.start, i.actor) == (o.start, o.actor) for o in evidence) == 1]
        assert single
        for item in single:
            (mark,) = (mark for mark in marks if (mark.start, mark.actor) == (item.start, item.actor))
            sign = {"neutral": 0, "positive": 1, "negative": -1}[item.label]
            assert int(mark.label) == sign * (2 if abs(item.weight) >= STRONG[model] else 1)


@pytest.mark.parametrize(
    ("labels", "rating"), [((-1, 0), "-1"), ((2, -2), "0"), ((2, 1), "2"), ((-1, -2), "-2"), ((0, 0), "0")]
)
def test_voices_of_one_sentence_are_rated_together(labels, rating):
    from framing.analysis import Evidence

    names = {0: "neutral", 1: "positive", -1: "negative"}
    rows = [
        Evidence("stance", names[(n > 0) - (n < 0)], 0, 9, weight=n / 2.2, actor="russia", why=f"w{n}")
        for n in labels
    ]
    (mark,) = models._ratings(documents()[0], rows, "lexicon")
    assert mark.label == rating


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (["rain"], "hedgng", ["lexicon"]),
            "unknown dimension 'hedgng'; choose from hedging, loaded, attribution, stance. Did",
        ),
        ((["rain"], "hedging", ["oracle"]), "unknown model 'oracle'"),
        (([], "hedging", ["lexicon"]), "there is no article to code"),
        ((["rain", "rain"], "hedging", ["lexicon"]), "two articles have the id 'rain'"),
        ((["rain"], "stance", ["lexicon"]), "the article 'rain' mentions no actor"),
        ((["empty"], "hedging", ["lexicon"]), "the article 'empty' has no sentence to code"),
        ((["rain"], "hedging", []), "there is no key"),
        (
            ([f"a{n}" for n in range(25)], "hedging", ["lexicon"]),
            "25 articles are more than a class can code",
        ),
    ],
)
def test_what_makes_no_exercise_is_said(arguments, message):
    names, dimension, models = arguments
    texts = {"empty": "***"}
    with pytest.raises(ValueError, match=message):
        make_exercise(
            [make_document(texts.get(n, "It may rain."), n) for n in names], dimension, models=models
        )


def test_the_id_is_readable_and_belongs_to_the_texts():
    one, two = documents()
    first = make_exercise([one], "hedging", models=["lexicon"]).id
    assert first.startswith("hedging-talks-")
    assert len(first) == len("hedging-talks-") + 6
    assert first == make_exercise([one], "hedging", models=["linear"]).id
    changed = make_document(TEXT + " ", "talks")
    others = [
        make_exercise([changed], "hedging", models=["lexicon"]).id,
        make_exercise([one, two], "hedging", models=["lexicon"]).id,
    ]
    assert len({first, *others}) == 3
    assert others[1].startswith("hedging-talks-and-1-more-")
    strange = make_exercise([make_document("It may rain.", "Дождь/../x y")], "hedging", models=["lexicon"]).id
    assert strange.startswith("hedging-x-y-")


# The key ----------------------------------------------------------------------------------------------------------


def test_the_first_trusted_model_makes_the_key_and_it_is_said(made):
    exercise = made["hedging"]
    assert exercise.key == exercise.models["linear"]
    assert exercise.by == "the model linear, not a person"
    assert keyed_by_model(exercise) == "linear"
    assert list(exercise.models) == ["lexicon", "linear"]


def test_a_key_of_ones_own(tmp_path):
    (tmp_path / "roe.csv").write_text(
        "sentence,words,label,comment\n1,may,weasel,so I read it\n", encoding="utf-8"
    )
    exercise = make_exercise(documents()[:1], "hedging", models=["lexicon"], key=tmp_path / "roe.csv")
    assert (exercise.by, keyed_by_model(exercise), exercise.key.file) == ("roe, by hand", "", "roe.csv")
    assert [(mark.label, mark.comment) for mark in exercise.key.marks] == [("weasel", "so I read it")]
    alone = make_exercise(documents()[:1], "hedging", models=[], key=tmp_path / "roe.csv")
    assert alone.models == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sentence,words,label\n1,surely,epistemic\n", "line 2: “surely” is not in sentence 1"),
        ("article,sentence\ntalks,1\n", "has no coding of rain in hedging; code these too"),
        ("article,sentence,dimension\ntalks,1,loaded\n", "has no coding of talks, rain in hedging"),
        ("coder,article,sentence\nA,talks,1\nB,rain,1\n", r"holds the codings of several \(A, B\)"),
        ("", "is empty"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(tmp_path, content, message):
    (tmp_path / "key.csv").write_text(content, encoding="utf-8")
    articles = documents() if "article" in content else documents()[:1]
    with pytest.raises(ValueError, match=message):
        make_exercise(articles, "hedging", models=["lexicon"], key=tmp_path / "key.csv")


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """The teaching texts in a folder of their own, with the hand coding of one."""
    place = tmp_path / "texts"
    place.mkdir()
    shutil.copy(folder("texts") / "moscow-wire.md", place)
    shutil.copy(folder("texts") / "khmeimim-wire.md", place)
    document = read(place / "moscow-wire.md")
    (place / "coding").mkdir()
    at = document.text.index("Analysts say")
    rows = [
        "coder,article,dimension,sentence,words,label,comment,start,end",
        f"gold,moscow-wire,hedging,,Analysts say,hearsay,no name,{at},{at + 12}",
        "gold,moscow-wire,loaded,1,,,,,",
        "gold,elsewhere,hedging,77,nothing,strange,,,",
    ]
    (place / "coding" / "key.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr(module, "folder", lambda name: tmp_path / name)
    return place


@pytest.mark.parametrize(
    ("rows", "pairs"),
    [
        ("1,russia,-1\n2,russia,0\n", {(0, "russia"), (1, "russia"), (3, "russia")}),
        ("1,,\n2,,\n", None),
    ],
)
def test_an_exercise_in_stance_asks_for_what_its_key_rates(made, tmp_path, rows, pairs):
    """And for the key's actors where they are mentioned; a key without a rating asks for all that are."""
    (tmp_path / "key.csv").write_text(f"sentence,actor,label\n{rows}", encoding="utf-8")
    exercise = make_exercise(documents()[:1], "stance", models=["lexicon"], key=tmp_path / "key.csv")
    (article,) = exercise.articles
    assert set(article.pairs) == (pairs or set(made["stance"].articles[0].pairs))
    assert {pair for pair, _ in article.rated(exercise.models["lexicon"].marks)} <= set(article.pairs)


def test_teaching_texts_are_keyed_by_hand(texts):
    exercise = make_exercise([read(texts / "moscow-wire.md")], "hedging", models=["lexicon"])
    assert (
        exercise.by == "two machine coders, who read by the codebook, and a third reading where they differed"
    )
    assert [(mark.label, mark.comment) for mark in exercise.key.marks] == [("hearsay", "no name")]
    assert (exercise.key.file, keyed_by_model(exercise)) == ("", "")
    empty = make_exercise([read(texts / "moscow-wire.md")], "loaded", models=["lexicon"])
    assert (empty.key.articles, empty.key.marks) == (("moscow-wire",), ())


def test_where_a_text_is_changed_or_not_coded_a_model_makes_the_key(texts):
    both = [read(texts / "moscow-wire.md"), read(texts / "khmeimim-wire.md")]
    assert keyed_by_model(make_exercise(both, "hedging", models=["lexicon"])) == "lexicon"
    assert keyed_by_model(make_exercise(both[:1], "attribution", models=["lexicon"])) == "lexicon"
    changed = make_document(both[0].text.replace("Analysts", "Experts"), "moscow-wire")
    assert keyed_by_model(make_exercise([changed], "hedging", models=["lexicon"])) == "lexicon"


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_sealed_key_is_read_again_and_is_the_same_bytes(made, tmp_path, dimension):
    exercise = made[dimension]
    for name in ("a.json", "b.json"):
        save_key(exercise, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert load_key(tmp_path / "a.json") == exercise
    assert (
        seal(load_key(tmp_path / "a.json"))
        == seal(exercise)
        == json.loads((tmp_path / "a.json").read_bytes())["seal"]
    )


def test_a_sealed_key_shows_no_answer(made, tmp_path):
    save_key(made["loaded"], tmp_path / "key.json")
    content = (tmp_path / "key.json").read_text(encoding="utf-8")
    assert "regime" not in content
    assert "negative" not in content


def test_another_key_has_another_seal(made):
    exercise = made["hedging"]
    other = replace(exercise, key=Coding("roe", ("talks",), (Mark("talks", 0, 9, "hedge"),)))
    assert seal(other) != seal(exercise)


def tampered(content, packed=None):
    packed = packed or gzip.compress(json.dumps(content).encode(), mtime=0)
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    key = {"format": "framing exercise key 1", "exercise": "", "dimension": "", "seal": digest}
    return json.dumps(key | {"content": base64.b64encode(packed).decode()})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda key: key | {"seal": "0" * 64}, "was changed after it was sealed, so it cannot be trusted"),
        (lambda key: key | {"exercise": "another"}, "was changed after it was sealed: its name is another"),
        (lambda key: key | {"content": key["content"][:-9]}, "is damaged"),
        (lambda key: key | {"content": "%%%"}, "is damaged"),
        (lambda key: key | {"content": base64.b64encode(b"no gzip").decode()}, "is damaged"),
        (lambda key: key | {"format": "framing exercise key 7"}, "is a key of another version"),
        (lambda key: {"some": "json"}, "is no key of an exercise"),
        (lambda key: [1], "is no key of an exercise"),
    ],
)
def test_a_key_that_was_changed_is_refused(made, tmp_path, change, message):
    save_key(made["hedging"], tmp_path / "key.json")
    key = json.loads((tmp_path / "key.json").read_bytes())
    (tmp_path / "key.json").write_text(json.dumps(change(key)), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_key(tmp_path / "key.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["articles"][0].update(sentences=[[0, 99999]]),
        lambda c: c["articles"][0].update(paragraphs=[[0, 99]]),
        lambda c: c["articles"][0].update(text=7),
        lambda c: c["articles"].append(c["articles"][0]),
        lambda c: c["key"].update(marks=[["talks", 0, 3, "strange", "", "", "", ""]]),
        lambda c: c["key"].update(marks=[["talks", 0, 99999, "hedge", "", "", "", ""]]),
        lambda c: c["key"].update(marks=[["nowhere", 0, 3, "hedge", "", "", "", ""]]),
        lambda c: c["key"].update(marks=[["talks", 0, 3, "hedge", 1, "", "", ""]]),
        lambda c: c["key"].update(articles=["nowhere"]),
        lambda c: c.pop("models"),
        lambda c: c.update(dimension="taste"),
    ],
)  # fmt: skip
def test_a_made_up_key_with_a_right_seal_is_refused(made, tmp_path, change):
    save_key(made["hedging"], tmp_path / "key.json")
    content = json.loads(
        gzip.decompress(base64.b64decode(json.loads((tmp_path / "key.json").read_bytes())["content"]))
    )
    change(content)
    (tmp_path / "key.json").write_text(tampered(content), encoding="utf-8")
    with pytest.raises(DataError, match="holds no exercise that can be used"):
        load_key(tmp_path / "key.json")


def test_a_key_that_unpacks_without_end_is_refused(tmp_path):
    bomb = gzip.compress(b"0" * 80_000_000, mtime=0)
    (tmp_path / "key.json").write_text(tampered({}, bomb), encoding="utf-8")
    with pytest.raises(DataError, match="is damaged"):
        load_key(tmp_path / "key.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe", "is not UTF-8"), (b"no json", "is no key"), (b"[" * 99999, "is no key")],
)
def test_what_is_no_key_is_refused(tmp_path, content, message):
    (tmp_path / "key.json").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_key(tmp_path / "key.json")
    with pytest.raises(DataError, match="is a folder"):
        load_key(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        load_key(tmp_path / "nowhere.json")


# Ideas ------------------------------------------------------------------------------------------------------------


def test_there_are_seven_ideas_with_all_that_a_teacher_needs():
    ideas = load_ideas()
    assert [idea.id for idea in ideas] == [
        "spot-the-hedges", "rewrite-it-neutrally", "who-gets-to-speak", "find-the-renaming", "predict-the-score",
        "swap-the-actors", "two-headlines",
    ]  # fmt: skip
    assert all(len(idea.steps) >= 4 and len(idea.talk) >= 3 for idea in ideas)
    assert set(COMPETENCES) == {name for idea in ideas for name in idea.competences}
    assert set(DIMENSIONS) <= {name for idea in ideas for name in idea.dimensions}
    assert "moscow-wire" in teaching_texts()


def test_the_commands_of_ideas_exist_with_their_options():
    for idea in load_ideas():
        for line in idea.commands:
            program, *words = line.split(" ")
            assert program == "framing"
            command, name = typer.main.get_command(app), []
            while hasattr(command, "commands"):
                command = command.commands[words[0]]
                name.append(words.pop(0))
            context = command.make_context(" ".join(name), words)
            assert (context.command.name, context.args) == (name[-1], []), line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- [", "is no YAML"),
        ("{}", "holds no list of ideas"),
        ("- title: x", "idea 1 has no id"),
        ("- id: x\n  colour: red", "idea 'x' has no title; add it"),
        ("FULL\n  colour: red", "idea 'a': unknown field 'colour'"),
        ("FULL\n  minutes: soon", "minutes is 'soon'; give a whole number"),
        ("FULL\n  steps: one", "steps must be a list"),
        ("FULL\n  title: [a]", "title must be one value"),
        ("FULL\n  talk: [1]", "talk holds something that is no text"),
        ("FULL\n  dimensions: [hedgng]", "unknown dimension 'hedgng'.* Did you mean 'hedging'"),
        ("FULL\n  competences: [sing]", "unknown competence 'sing'"),
        ("FULL\n  texts: [mosco-wire]", "unknown text 'mosco-wire'"),
        ("FULL\nFULL", "two ideas have the id 'a'"),
    ],
)
def test_a_slip_in_the_ideas_is_named(tmp_path, content, message):
    full = (
        "- id: a\n  title: t\n  goal: g\n  age: from 13\n  level: B1\n  minutes: 45\n  dimensions: [hedging]\n  texts: [moscow-wire]\n"
        "  material: [m]\n  steps: [s]\n  talk: [t]\n  commands: [framing score a]\n  competences: [create]"
    )
    (tmp_path / "ideas.yaml").write_text(content.replace("FULL", full), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_ideas(tmp_path / "ideas.yaml")


def test_an_unknown_idea_is_said():
    with pytest.raises(
        ValueError, match=r"unknown idea 'spot-the-hedge'; choose from .*Did you mean 'spot-the-hedges'"
    ):
        find_idea("spot-the-hedge")


# The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return CliRunner().invoke(app, list(map(str, arguments)))

    return invoke


def test_make_writes_a_folder_for_the_class_and_one_for_the_teacher(run, tmp_path):
    (tmp_path / "talks.txt").write_text(TEXT, encoding="utf-8")
    arguments = (
        "exercise",
        "make",
        "talks.txt",
        "-d",
        "hedging",
        "-o",
        "out",
        "--model",
        "lexicon",
        "--no-pdf",
    )
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    files = {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert files == {
        "worksheet.html", "coding-sheet.csv", "mark.html", "teacher/answers.html", "teacher/key.json", "teacher/ideas.html",
    }  # fmt: skip
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "Print",
        "Send to students",
        "Keep",
        "Note",  # the text is short
        "Then",
    ]
    assert "the key: the model lexicon, not a person" in done.stdout
    bytes_ = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert run(*arguments).exit_code == 0
    assert {path: path.read_bytes() for path in bytes_} == bytes_


def test_make_knows_the_teaching_texts_by_name_and_prints(run, tmp_path):
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("needs Chromium on the path")
    done = run("exercise", "make", "moscow-wire", "-d", "stance", "-o", "out", "--model", "lexicon")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "worksheet.pdf").read_bytes().startswith(b"%PDF")
    assert done.stdout.splitlines()[0].endswith("worksheet.pdf")


def test_make_without_a_browser_says_so_and_is_done(run, tmp_path, monkeypatch):
    monkeypatch.setattr("framing.output.print.shutil.which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    done = run("exercise", "make", "moscow-wire", "-d", "hedging", "-o", "out", "--model", "lexicon")
    assert done.exit_code == 0
    assert "open out/worksheet.html in any browser and print it there" in done.stderr.replace("\\", "/")
    assert done.stdout.splitlines()[0].endswith("worksheet.html")


def test_make_keeps_a_key_that_codings_may_need(run, tmp_path):
    arguments = ("exercise", "make", "moscow-wire", "-d", "hedging", "-o", "out", "--no-pdf", "--model")
    assert run(*arguments, "lexicon").exit_code == 0
    before = (tmp_path / "out" / "teacher" / "key.json").read_bytes()
    done = run(*arguments, "linear")
    assert isinstance(done.exception, ValueError)
    assert "is another key, which codings already made may need" in str(done.exception)
    assert (tmp_path / "out" / "teacher" / "key.json").read_bytes() == before


def test_make_names_what_it_cannot_read_and_uses_the_rest(run, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    arguments = ("-d", "hedging", "-o", "out", "--model", "lexicon", "--no-pdf")
    done = run("exercise", "make", "moscow-wire", "empty.txt", *arguments)
    assert done.exit_code == 1
    assert "empty.txt: is empty" in done.stderr
    assert (tmp_path / "out" / "worksheet.html").exists()
    nothing = run("exercise", "make", "empty.txt", "-d", "hedging", "-o", "other", "--no-pdf")
    assert (nothing.exit_code, (tmp_path / "other").exists()) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-d", "hedgng", "-o", "out"), "unknown dimension 'hedgng'"),
        (("-d", "hedging", "-o", "file"), "file: is a file; name a folder"),
        (
            ("-d", "hedging", "-o", "out", "--key", "nowhere.csv"),
            "nowhere.csv: is no file; name a coding as CSV",
        ),
    ],
)
def test_wrong_usage_is_said_before_the_work_begins(run, tmp_path, arguments, message):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("exercise", "make", "moscow-wire", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_score_reads_key_and_codings(run, tmp_path, made):
    save_key(made["hedging"], tmp_path / "key.json")
    (tmp_path / "in").mkdir()
    write_codings([made["hedging"].models["lexicon"]], made["hedging"], tmp_path / "in" / "a.csv")
    (tmp_path / "in" / "b.csv").write_bytes(b"")
    done = run("exercise", "score", "key.json", "in", "-o", "score.html", "--resamples", "10")
    assert done.exit_code == 1
    assert "b.csv: is empty" in done.stderr
    assert "1 student;" in (tmp_path / "score.html").read_text(encoding="utf-8")
    nothing = run("exercise", "score", "key.json", "in/b.csv", "-o", "other.html")
    assert nothing.exit_code == 1
    assert "no coding could be read, so nothing was written" in nothing.stderr
    assert not (tmp_path / "other.html").exists()


def test_a_class_codes_by_hand_and_is_read(run, tmp_path):
    """The coding sheet as it is written, filled in as a spreadsheet of another country saves it."""
    assert (
        run(
            "exercise", "make", "moscow-wire", "-d", "hedging", "-o", "out", "--model", "lexicon", "--no-pdf"
        ).exit_code
        == 0
    )
    lines = (tmp_path / "out" / "coding-sheet.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "exercise,coder,round,article,sentence,text,words,label,comment"
    exercise = load_key(tmp_path / "out" / "teacher" / "key.json")
    first = next(mark for mark in exercise.key.marks)
    (article,) = exercise.articles
    number = next(n for n, s in enumerate(article.sentences, 1) if s.start <= first.start < s.end)
    word = article.text[first.start : first.end].upper()
    row = f"{exercise.id};Ana;1;moscow-wire;{number};;{word};{first.label};{chr(8220)}sure?{chr(8221)}"
    (tmp_path / "ana.csv").write_bytes("\r\n".join([lines[0].replace(",", ";"), row]).encode("cp1252"))
    (found,), failures = read_codings([tmp_path / "ana.csv"], exercise)
    assert (found.coder, found.marks[0][:4], found.marks[0].comment) == ("Ana", first[:4], "“sure?”")
    assert [failure.lost for failure in failures] == [False]


def test_ideas_are_listed_shown_and_written(run, tmp_path):
    listed = run("exercise", "ideas")
    assert all(idea.id in listed.stdout for idea in load_ideas())
    shown = run("exercise", "ideas", "two-headlines")
    assert "Write two headlines" in shown.stdout
    assert "framing score a.txt b.txt --dimensions stance,loaded,hedging" in shown.stdout
    assert run("exercise", "ideas", "--html", "ideas.html").exit_code == 0
    assert "Write two headlines" in (tmp_path / "ideas.html").read_text(encoding="utf-8")
    assert isinstance(run("exercise", "ideas", "nothing").exception, ValueError)
