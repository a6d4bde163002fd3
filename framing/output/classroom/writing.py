"""An exercise as a folder: what students get on top, what the teacher keeps in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from framing.classroom.coding import sheet
from framing.classroom.exercise import Exercise
from framing.classroom.ideas import load_ideas
from framing.classroom.key import load_key, save_key, seal
from framing.output.classroom.answers import render_answers
from framing.output.classroom.marking import render_marking_page
from framing.output.classroom.worksheet import render_ideas, render_worksheet

TEACHER = "teacher"


def write_exercise(exercise: Exercise, folder: Path) -> list[Path]:
    """Write worksheet, coding sheet and marking page, and for the teacher answers, key and ideas; the files in this order.

    The same exercise gives the same bytes. Raises `ValueError` where the folder holds the key of something else, since
    codings made for that could not be scored any more.
    """
    check_folder(exercise, folder)
    teacher = folder / TEACHER
    teacher.mkdir(parents=True, exist_ok=True)
    pages = {
        folder / "worksheet.html": render_worksheet(exercise),
        folder / "mark.html": render_marking_page(exercise),
        teacher / "answers.html": render_answers(exercise),
        teacher / "ideas.html": render_ideas(
            [idea for idea in load_ideas() if exercise.dimension in idea.dimensions]
        ),
    }
    for path, page in pages.items():
        path.write_text(page, encoding="utf-8", newline="\n")
    coding_sheet = folder / "coding-sheet.csv"
    # With the mark by which a spreadsheet knows UTF-8.
    coding_sheet.write_text(sheet(exercise), encoding="utf-8-sig", newline="")
    save_key(exercise, teacher / "key.json")
    worksheet, marking, answers, ideas = pages
    return [worksheet, coding_sheet, marking, answers, teacher / "key.json", ideas]


def check_folder(exercise: Exercise, folder: Path) -> None:
    """Raise `ValueError` where a folder holds the key of another exercise, or the same one with other answers."""
    key = folder / TEACHER / "key.json"
    if key.is_file() and seal(load_key(key)) != seal(exercise):
        raise ValueError(
            f"{key}: is another key, which codings already made may need; name another folder, or delete it first"
        )
