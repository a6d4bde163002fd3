"""Label Studio: one file of tasks, a task for each article, and the labelling interface for it (labelstud.io/guide/export).

Offsets count code points, as the front end of Label Studio does ("[...text].length"), a line end of two characters as two.
Evidence comes as a prediction, of which people make an annotation; what they annotated is read before predictions. A region
is labelled dimension and label; voice, actors, weight and the other fields belong to the region, the reason is its note,
further spans are regions labelled with their role and joined to it by a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from framing.analysis import Analysis
from framing.corpus import Failure
from framing.decoding import UnreadableError
from framing.output.standoff.shape import (
    Link,
    Loaded,
    Mark,
    Standoff,
    as_json,
    id_of,
    is_offset,
    joined_label,
    json_object,
    known,
    number,
    objects,
    problem,
    put_together,
    read_json,
    same_words,
    short,
    split_label,
    taken_apart,
    text_or_none,
    write_text,
)
from framing.voice import VOICES

TASKS, INTERFACE = "tasks.json", "interface.xml"
_CHOICES = ("voice", "actor", "source_actor")
_PLAIN = ("task", "signature")


def write(analyses: Iterable[Analysis], folder: Path) -> list[Path]:
    """Two files: the tasks, and the labelling interface to paste into the settings of the project."""
    tasks, marks = [], list[Mark]()
    for analysis in analyses:
        standoff = taken_apart(analysis)
        marks += standoff.marks
        tasks.append(_task(standoff, analysis.signature))
    return [
        write_text(folder / TASKS, "[\n" + ",\n".join(map(as_json, tasks)) + "\n]\n"),
        write_text(folder / INTERFACE, _interface(marks)),
    ]


def _task(standoff: Standoff, signature: Mapping[str, Any]) -> dict[str, Any]:
    results = [result for mark in standoff.marks for result in _results(standoff.text, mark)]
    results += [
        {"type": "relation", "from_id": link.source, "to_id": link.target, "direction": "right", "labels": [link.role]}
        for link in standoff.links
    ]  # fmt: skip
    model = f"framing {signature.get('framing', '')} {signature.get('model', '')}".strip()
    about = {"article": standoff.id, "sha256": standoff.sha256, "meta": dict(standoff.meta)}
    return {
        "data": {"text": standoff.text, **about},
        "predictions": [{"model_version": model, "result": results}],
    }


def _results(text: str, mark: Mark) -> Iterator[dict[str, Any]]:
    """What is said of a region, each in its own result with the id of the region."""
    span = {"start": mark.start, "end": mark.end}

    def result(name: str, type: str, value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": mark.id,
            "from_name": name,
            "to_name": "text",
            "type": type,
            "value": span | dict(value),
        }

    words = {"text": text[mark.start : mark.end], "labels": [joined_label(mark)]}
    yield result("label", "labels", words) | ({"meta": {"text": [mark.why]}} if mark.why else {})
    for name in _CHOICES:
        chosen = getattr(mark, name)
        if chosen:
            yield result(name, "choices", {"choices": [chosen]})
    if mark.weight is not None:
        yield result("weight", "number", {"number": mark.weight})
    if not mark.role:
        yield result("fields", "textarea", {"text": [as_json(mark.fields)]})


def _interface(marks: Iterable[Mark]) -> str:
    marks = list(marks)
    values = {
        "voice": list(VOICES),
        "actor": known(mark.actor for mark in marks),
        "source_actor": known(mark.source_actor for mark in marks),
    }
    lines = ["<View>", "  <Relations>"]
    lines += [_tag("Relation", role, 4) for role in known(mark.role for mark in marks)]
    lines += ["  </Relations>", '  <Labels name="label" toName="text">']
    lines += [_tag("Label", label, 4) for label in known(joined_label(mark) for mark in marks)]
    lines += ["  </Labels>", '  <Text name="text" value="$text" granularity="word" savetextresult="yes"/>']
    for name, choices in values.items():
        lines.append(
            f'  <Choices name="{name}" toName="text" perRegion="true" choice="single" showInline="true">'
        )
        lines += [_tag("Choice", choice, 4) for choice in choices] + ["  </Choices>"]
    lines += [
        '  <Number name="weight" toName="text" perRegion="true" step="any"/>',
        '  <TextArea name="fields" toName="text" perRegion="true" maxSubmissions="1" editable="true"/>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def _tag(name: str, value: str, indent: int) -> str:
    return f'{" " * indent}<{name} value="{escape(value)}"/>'


# In -----------------------------------------------------------------------------------------------------------------


def is_tasks(content: object) -> bool:
    """Whether a parsed file holds tasks of Label Studio, in full or as its small export."""
    return any(_text_of(task) is not None for task in objects(content))


def _text_of(task: Mapping[str, Any]) -> str | None:
    """The text of a task: the field `text`, or the only long one."""
    data = task.get("data")
    full = isinstance(data, dict)
    if not full and not any(isinstance(task.get(name), list) for name in _regions_in(task)):
        return None
    fields = data if isinstance(data, dict) else task
    if isinstance(fields.get("text"), str):
        return str(fields["text"])
    texts = [value for name, value in fields.items() if isinstance(value, str) and name not in _PLAIN]
    return max(texts, key=len) if full and texts else None


def _regions_in(task: Mapping[str, Any]) -> list[str]:
    """The fields of a task of the small export that hold regions."""
    return [
        name
        for name, value in task.items()
        if isinstance(value, list)
        and any(isinstance(item, dict) and {"start", "end", "labels"} <= item.keys() for item in value)
    ]


def read(file: Path) -> list[Loaded]:
    """An article for each task and annotation of it: where several people annotated a text, it comes as often.

    Raises `UnreadableError` where the file holds no task with a text.
    """
    content = read_json(file)
    loaded: list[Loaded] = []
    for place, task in enumerate(objects(content), 1):
        text = _text_of(task)
        if text is None:
            continue
        data = task["data"] if isinstance(task.get("data"), dict) else task
        for results in _annotations(task):
            meta = data.get("meta")
            id = text_or_none(data.get("article")) or str(task.get("id", f"{id_of(file.stem)}-{place}"))
            sha256 = text_or_none(data.get("sha256")) or ""
            standoff = Standoff(id, text, meta if isinstance(meta, dict) else {}, sha256)
            problems: list[Failure] = []
            _Reader(file, f"task {place}", standoff, problems).read(results)
            loaded.append(put_together(standoff, file, problems))
    if not loaded:
        raise UnreadableError("holds no task with a text", "export it as JSON from Label Studio")
    return loaded


def _annotations(task: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The results of each annotation, or of each prediction where nobody annotated; none is an empty one."""
    for name in ("annotations", "completions", "predictions"):
        some = [item for item in objects(task.get(name, [])) if not item.get("was_cancelled")]
        if some:
            yield from (list(objects(item.get("result", []))) for item in some)
            return
    yield [
        {"id": f"{name}-{number}", "type": "labels", "value": value}
        for name in _regions_in(task)
        for number, value in enumerate(objects(task[name]))
    ]


class _Reader:
    """The results of one annotation of a task."""

    def __init__(self, file: Path, task: str, standoff: Standoff, problems: list[Failure]) -> None:
        self._file = file
        self._task = task
        self._standoff = standoff
        self._problems = problems
        self._marks: dict[str, Mark] = {}
        self._skipped: set[str] = set()

    def read(self, results: Iterable[dict[str, Any]]) -> None:
        """Regions first, since what is said of them may stand before them."""
        results = list(results)
        for place, result in enumerate(results, 1):
            value = result.get("value")
            if isinstance(value, dict) and isinstance(value.get(str(result.get("type"))), list):
                labels = value[result["type"]]
                if result["type"].endswith("labels") and is_offset(value.get("start")):
                    self._region(str(result.get("id", f"#{place}")), result, value, labels)
        for result in results:
            if result.get("type") == "relation":
                self._relation(result)
            elif str(result.get("id")) in self._marks:
                self._say_of(self._marks[str(result["id"])], result)

    def _say(self, id: str, what: str, advice: str) -> None:
        self._problems.append(problem(self._file, f"{self._task}, region {id}", what, advice))

    def _region(
        self, id: str, result: Mapping[str, Any], value: Mapping[str, Any], labels: list[Any]
    ) -> None:
        start, end, text = value["start"], value.get("end"), self._standoff.text
        if not isinstance(end, int):
            self._say(id, "has no end", "it was left out")
            self._skipped.add(id)
            return
        words = value.get("text")
        if isinstance(words, str) and end <= len(text) and not same_words(words, text[start:end]):
            there = short(text[start:end])
            self._say(id, f"the words there are '{there}', not '{short(words)}'", "it was left out")
            self._skipped.add(id)
            return
        dimension, label = split_label(str(labels[0]) if labels else "")
        mark = Mark(id, start, end, label, dimension, place=f"{self._task}, region {id}")
        if len(labels) > 1:
            mark.fields["labels"] = [str(one) for one in labels]
        meta = result.get("meta")
        notes = meta.get("text") if isinstance(meta, dict) else None
        mark.why = "\n".join(
            str(note) for note in (notes if isinstance(notes, list) else [notes] if notes else [])
        )
        self._standoff.marks.append(mark)
        self._marks.setdefault(id, mark)

    def _say_of(self, mark: Mark, result: Mapping[str, Any]) -> None:
        """Voice, actors, weight and fields of a region; what has another name is a field."""
        value, name = result.get("value"), str(result.get("from_name"))
        type = str(result.get("type"))
        said = value.get("text" if type == "textarea" else type) if isinstance(value, dict) else None
        if said is None or type.endswith("labels"):
            return
        first = said[0] if isinstance(said, list) and len(said) == 1 else said
        if name in _CHOICES and isinstance(first, str):
            setattr(mark, name, first)
        elif name == "weight" and number(first) is not None:
            mark.weight = number(first)
        elif name == "fields" and (fields := json_object(first)) is not None:
            mark.fields = fields | mark.fields
        else:
            mark.fields[name] = first

    def _relation(self, result: Mapping[str, Any]) -> None:
        source, target = str(result.get("from_id")), str(result.get("to_id"))
        if {source, target} & self._skipped:
            return
        labels = result.get("labels")
        role = str(labels[0]) if isinstance(labels, list) and labels else "link"
        if result.get("direction") == "left":
            source, target = target, source
        mark = self._marks.get(target)
        if mark is not None and mark.label == role and not mark.dimension:
            mark.role = role
        self._standoff.links.append(Link(source, target, role))
