"""The assignment can be handed out, and its tests give the points that the work deserves."""

from __future__ import annotations

import copy
import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import framing

nbformat = pytest.importorskip("nbformat", reason="needs the extra 'notebook'")
pytest.importorskip("nbgrader", reason="needs the extra 'notebook'")

from test_notebooks import OFFLINE  # noqa: E402  the line above skips what it needs

FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "assignment"
NAME = "framing-hedges"
NOTEBOOK = f"{NAME}/hedges.ipynb"
SOURCE = nbformat.read(FOLDER / "source" / NOTEBOOK, as_version=4)
MARKERS = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)

# What a student wrote who did not think of whole words, of empty lists, and of chance.
HALF_RIGHT = {
    "find": """
import re

def find_hedges(sentence, hedges):
    return re.findall("|".join(hedges), sentence.lower())
""",
    "count": """
def hedged_per_100(sentences):
    return 100 * sum(bool(find_hedges(each, HEDGES)) for each in sentences) / len(sentences)
""",
    "kappa": """
def kappa(one, other):
    return sum(a == b for a, b in zip(one, other)) / len(one)
""",
}


def settings_of(cell):
    return cell.metadata.nbgrader


def points(notebook, *, manual):
    """Points by cell; those of a test come by themselves, those of an answer are given by a person."""
    return {
        settings_of(cell).grade_id: settings_of(cell).points
        for cell in notebook.cells
        if settings_of(cell).grade and settings_of(cell).solution == manual
    }


def solutions():
    return {
        settings_of(cell).grade_id: MARKERS.sub("", cell.source)
        for cell in SOURCE.cells
        if settings_of(cell).solution
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, with a command to run nbgrader in it without network."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(FOLDER / "source", folder / "source")
    shutil.copy(FOLDER / "nbgrader_config.py", folder)
    own = tmp_path_factory.mktemp("own")
    (own / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    # nbgrader starts a program of its environment by its bare name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    modules = os.pathsep.join([str(own), str(Path(framing.__file__).parent.parent)])
    environment = os.environ | {place: str(own) for place in places} | {"PATH": path, "PYTHONPATH": modules}

    def nbgrader(*arguments):
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "nbgrader", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return folder, nbgrader


@pytest.fixture(scope="module")
def released(course):
    folder, nbgrader = course
    done = nbgrader("generate_assignment", NAME)
    assert done.returncode == 0, done.stderr
    return nbformat.read(folder / "release" / NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def grades(course, released):
    """The points of three students, and their notebooks after the tests ran."""
    folder, nbgrader = course
    right = solutions()
    for student, answers in {"all": right, "half": right | HALF_RIGHT, "nothing": {}}.items():
        submitted = copy.deepcopy(released)
        for cell in submitted.cells:
            cell.source = answers.get(settings_of(cell).grade_id, cell.source)
        path = folder / "submitted" / student / NOTEBOOK
        path.parent.mkdir(parents=True)
        nbformat.write(submitted, path)
    done = nbgrader("autograde", NAME)
    assert done.returncode == 0, done.stderr
    exported = nbgrader("export", "--to", "grades.csv")
    assert exported.returncode == 0, exported.stderr
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def graded(course, student):
    """The tests that failed in a student's notebook."""
    notebook = nbformat.read(course[0] / "autograded" / student / NOTEBOOK, as_version=4)
    assert len(notebook.cells) == len(SOURCE.cells)
    return {
        settings_of(cell).grade_id
        for cell in notebook.cells
        if cell.cell_type == "code" and any(output.output_type == "error" for output in cell.outputs)
    }


def test_solutions_and_hidden_tests_are_not_handed_out(released):
    assert [cell.id for cell in released.cells] == [cell.id for cell in SOURCE.cells]
    given = "\n".join(cell.source for cell in released.cells)
    assert "SOLUTION" not in given
    assert "HIDDEN" not in given
    source = "\n".join(cell.source for cell in SOURCE.cells)
    for hidden in re.findall(r"### BEGIN HIDDEN TESTS\n(.+?)### END", source, re.DOTALL):
        assert hidden.strip() not in given
    for cell in released.cells:
        if settings_of(cell).solution:
            assert "YOUR CODE HERE" in cell.source or "YOUR ANSWER HERE" in cell.source
            assert solutions()[settings_of(cell).grade_id].strip() not in cell.source


def test_every_test_shows_something_and_is_locked(released):
    for cell in released.cells:
        own = settings_of(cell)
        assert own.locked != own.solution
        if own.grade and not own.solution:
            assert cell.source.startswith("assert ")
            assert own.points > 0


def test_one_answer_is_marked_by_a_person():
    assert points(SOURCE, manual=True) == {"explain": 5}


def test_a_perfect_submission_has_all_points_of_the_tests(grades, course):
    assert graded(course, "all") == set()
    assert float(grades["all"]["score"]) == sum(points(SOURCE, manual=False).values())
    assert float(grades["all"]["max_score"]) == float(grades["all"]["score"]) + 5


def test_an_empty_submission_has_no_points_and_stops_nothing(grades, course):
    assert float(grades["nothing"]["score"]) == 0
    assert graded(course, "nothing") >= points(SOURCE, manual=False).keys()


def test_a_half_right_submission_has_a_part_of_the_points(grades, course):
    failed = graded(course, "half")
    assert failed == {"find-words", "count-shown", "kappa-shown", "own-shown"}
    tests = points(SOURCE, manual=False)
    assert float(grades["half"]["score"]) == sum(tests[name] for name in tests.keys() - failed) > 0


def test_the_notebook_says_how_many_points_each_task_has():
    text = "\n".join(cell.source for cell in SOURCE.cells if cell.cell_type == "markdown")
    told = [int(number) for number in re.findall(r"^## \d · .+\((\d+) points\)$", text, re.MULTILINE)]
    every = [*points(SOURCE, manual=False).values(), *points(SOURCE, manual=True).values()]
    assert sum(told) == sum(every) == 18
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{sum(every) - 5} points are given by tests, 5 by" in guide


def test_the_source_has_no_outputs_and_the_guide_names_the_commands():
    assert all(not cell.outputs for cell in SOURCE.cells if cell.cell_type == "code")
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        assert f"`nbgrader {command} {NAME}`" in guide
    assert NOTEBOOK in guide
