"""Ideas for lessons, from the file `ideas.yaml` beside this one, which teachers may read and change."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from framing.analysis import load_dimensions
from framing.data import PACKAGE, DataError, folder, read_text
from framing.tables import unknown

COMPETENCES = ("access", "analyse and evaluate", "create", "reflect", "act")  # Hobbs 2010
_LISTS = ("dimensions", "texts", "material", "steps", "talk", "commands", "competences")


@dataclass(frozen=True)
class Idea:
    """A lesson: what for, with whom (`level` is that of English, CEFR), how long, with what, how, and what to talk about.

    `texts` are ids of teaching texts that suit it, `commands` what to type, `competences` those of Hobbs 2010.
    """

    id: str
    title: str
    goal: str
    age: str
    level: str
    minutes: int
    dimensions: tuple[str, ...]
    texts: tuple[str, ...]
    material: tuple[str, ...]
    steps: tuple[str, ...]
    talk: tuple[str, ...]
    commands: tuple[str, ...]
    competences: tuple[str, ...]


def load_ideas(path: Path | None = None) -> tuple[Idea, ...]:
    """All ideas in the order of the file. Raises `DataError` that names the idea and what is wrong with it."""
    import yaml  # noqa: PLC0415  only those who ask for ideas wait for it

    path = path or PACKAGE / "classroom" / "ideas.yaml"
    try:
        rows = yaml.safe_load(read_text(path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}: is no YAML ({' '.join(str(error).split())}); mend it there") from error
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{path}: holds no list of ideas; begin each with '- id:'")
    ideas = tuple(_idea(path, number, row) for number, row in enumerate(rows, 1))
    ids = [idea.id for idea in ideas]
    for id in ids:
        if ids.count(id) > 1:
            raise DataError(f"{path}: two ideas have the id '{id}'; give each an id of its own")
    return ideas


def find_idea(id: str) -> Idea:
    """The idea of an id. Raises `ValueError` that lists the choices for an unknown one."""
    ideas = {idea.id: idea for idea in load_ideas()}
    if id not in ideas:
        raise unknown("idea", id, list(ideas))
    return ideas[id]


def _idea(path: Path, number: int, row: Any) -> Idea:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise DataError(f"{path}: idea {number} has no id; begin it with '- id: a-name'")
    place = f"{path}: idea '{row['id']}'"
    names = [field.name for field in fields(Idea)]
    for name in names:
        if not row.get(name):
            raise DataError(f"{place} has no {name}; add it")
    for name in row:
        if name not in names:
            raise DataError(f"{place}: {unknown('field', str(name), names)}")
    if not isinstance(row["minutes"], int) or not 5 <= row["minutes"] <= 600:
        raise DataError(f"{place}: minutes is {row['minutes']!r}; give a whole number from 5 to 600")
    for name in names:
        cells = row[name] if isinstance(row[name], list) else [row[name]]
        if (name in _LISTS) is not isinstance(row[name], list):
            kind = "a list" if name in _LISTS else "one value"
            raise DataError(f"{place}: {name} must be {kind}")
        if name != "minutes" and not all(isinstance(cell, str) and cell.strip() for cell in cells):
            raise DataError(f"{place}: {name} holds something that is no text; put it into quotation marks")
    choices = {"dimensions": list(load_dimensions()), "competences": COMPETENCES, "texts": teaching_texts()}
    for name, known in choices.items():
        for cell in row[name]:
            if cell not in known:
                raise DataError(f"{place}: {unknown(name.removesuffix('s'), cell, known)}")
    values: dict[str, Any] = {name: tuple(row[name]) if name in _LISTS else row[name] for name in names}
    return Idea(**values)


def teaching_texts() -> list[str]:
    """The ids of the articles written for teaching."""
    return sorted(path.stem for path in folder("texts").glob("*.md") if path.stem != "README")
