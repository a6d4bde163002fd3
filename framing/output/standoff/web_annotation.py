"""W3C Web Annotation in JSON-LD: a collection of annotations for each article, the text beside it (Sanderson et al. 2017).

A span is selected by its position in code points and by its words with some before and after it, so that another text shows
by its words. The label is a body with the purpose "tagging", the reason one with "commenting"; what else is said stands under
`framing:`. A further span is an annotation with the motivation "linking", its body the annotation it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from framing.analysis import Analysis
from framing.corpus import Failure
from framing.decoding import UnreadableError
from framing.output.standoff.shape import (
    Link,
    Loaded,
    Mark,
    Names,
    Standoff,
    as_json,
    id_of,
    is_offset,
    joined_label,
    number,
    objects,
    problem,
    put_together,
    read_json,
    read_text,
    same_words,
    short,
    split_label,
    taken_apart,
    text_or_none,
    write_text,
)

ENDING = ".jsonld"
_CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"framing": "urn:framing:"}]
_AROUND = 32  # characters before and after the words
_KINDS = frozenset({"Annotation", "AnnotationPage", "AnnotationCollection"})
_LABELLING = ("tagging", "classifying", "identifying")


_Found = tuple[Mark, dict[str, Any], Any]  # a mark without its span, its annotation, its selectors


def write(analyses: Iterable[Analysis], folder: Path) -> list[Path]:
    """Two files for each article, the text and the collection; in the order written."""
    names, files = Names(), list[Path]()
    for analysis in analyses:
        standoff = taken_apart(analysis)
        name = names(standoff.id)
        files.append(write_text(folder / f"{name}.txt", standoff.text))
        lines = _lines(_collection(standoff, name, analysis.signature))
        files.append(write_text(folder / f"{name}{ENDING}", lines))
    return files


def _lines(collection: dict[str, Any]) -> str:
    """The collection as JSON with an annotation a line."""
    page = collection["first"]
    around = as_json(collection | {"first": page | {"items": []}})
    before, items, after = around.rpartition('"items": []')  # the last key of all
    annotations = ",\n".join(map(as_json, page["items"]))
    return f"{before}{items[:-1]}\n{annotations}\n]{after}\n"


def _collection(standoff: Standoff, name: str, signature: Mapping[str, Any]) -> dict[str, Any]:
    source = f"{quote(name)}.txt"
    owners = {link.target: link.source for link in standoff.links}
    items = [_annotation(standoff, mark, source, owners.get(mark.id)) for mark in standoff.marks]
    collection = f"{quote(name)}{ENDING}"
    return {
        "@context": _CONTEXT,
        "id": collection,
        "type": "AnnotationCollection",
        "label": standoff.meta.get("title") or standoff.id,
        "total": len(items),
        "framing:article": {
            "framing:id": standoff.id,
            "framing:sha256": standoff.sha256,
            "framing:source": source,
            "framing:meta": _literal(dict(standoff.meta)),
            "framing:signature": _literal(dict(signature)),
        },
        "first": {
            "id": f"{collection}#page1",
            "type": "AnnotationPage",
            "partOf": collection,
            "startIndex": 0,
            "items": items,
        },
    }


def _literal(value: Any) -> dict[str, Any]:
    """A value that JSON-LD takes as it is, nested lists and nulls included."""
    return {"@type": "@json", "@value": value}


def _annotation(standoff: Standoff, mark: Mark, source: str, owner: str | None) -> dict[str, Any]:
    text = standoff.text
    selectors = [
        {"type": "TextPositionSelector", "start": mark.start, "end": mark.end},
        {
            "type": "TextQuoteSelector",
            "exact": text[mark.start : mark.end],
            "prefix": text[max(0, mark.start - _AROUND) : mark.start],
            "suffix": text[mark.end : mark.end + _AROUND],
        },
    ]
    target = {"source": source, "selector": selectors}
    said = {"type": "Annotation", "id": f"#{mark.id}"}
    if owner is not None:
        weight = {} if mark.weight is None else {"framing:weight": mark.weight}
        link = {"motivation": "linking", "body": f"#{owner}", "framing:role": mark.role}
        return said | link | weight | {"target": target}
    return said | {
        "motivation": "tagging",
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": joined_label(mark)},
            {"type": "TextualBody", "purpose": "commenting", "language": "en", "value": mark.why},
        ],
        "framing:dimension": mark.dimension,
        "framing:voice": mark.voice,
        "framing:actor": mark.actor,
        "framing:sourceActor": mark.source_actor,
        "framing:weight": mark.weight,
        "framing:fields": _literal(mark.fields),
        "target": target,
    }


# In -----------------------------------------------------------------------------------------------------------------


def is_annotations(content: object) -> bool:
    """Whether a parsed file holds annotations: a collection, a page, an annotation, or a list of these."""
    return any(not _KINDS.isdisjoint(_types(item)) for item in objects(content))


def _types(item: Mapping[str, Any]) -> set[str]:
    types = item.get("type", item.get("@type"))
    return {kind for kind in (types if isinstance(types, list) else [types]) if isinstance(kind, str)}


def read(file: Path) -> list[Loaded]:
    """The articles of a file of annotations, which point to their texts beside it or below.

    Where the words stand elsewhere than at the position given, and only there, the annotation is moved to them, which is named
    in the problems. Raises `UnreadableError` where no text can be found.
    """
    content = read_json(file)
    article = next((one for item in objects(content) for one in objects(item.get("framing:article"))), {})
    problems: list[Failure] = []
    sources: dict[str, list[_Found]] = {}
    own = text_or_none(article.get("framing:source"))
    for place, item in enumerate(_annotations(content), 1):
        mark = _mark(item, place)
        source, selectors = _target(item)
        where = source or own or f"{file.stem}.txt"
        sources.setdefault(where.partition("#")[0], []).append((mark, item, selectors))
    if not sources and own:
        sources[own] = []
    texts = {source: _text(file, source, found) for source, found in sources.items()}
    if not any(text is not None for text in texts.values()):
        missing = short(next(iter(sources), f"{file.stem}.txt"))
        raise UnreadableError(
            f"points to the text '{missing}', which is not there", "put the annotated text there"
        )
    loaded = []
    for source, found in sources.items():
        text = texts[source]
        if text is None:
            what = f"the text '{short(source)}' is not there ({len(found)} annotations)"
            problems.append(problem(file, None, what, "put it beside the file"))
            continue
        mine = source == own
        id = text_or_none(article.get("framing:id")) if mine else None
        standoff = Standoff(id or id_of(Path(unquote(source)).stem), text, {})
        if mine:
            standoff.sha256 = text_or_none(article.get("framing:sha256")) or ""
            meta = _value(article.get("framing:meta"))
            standoff.meta = meta if isinstance(meta, dict) else {}
        _place(standoff, found, file, problems)
        loaded.append(put_together(standoff, file, problems))
        problems = []
    return loaded


def _annotations(content: Any) -> Iterator[dict[str, Any]]:
    """All annotations of collections, pages and lists, in order."""
    for item in objects(content):
        types = _types(item)
        if "Annotation" in types or ("target" in item and not types & _KINDS):
            yield item
        for within in ("first", "items", "annotations"):
            if within in item:
                yield from _annotations(item[within])


def _text(file: Path, source: str, found: Iterable[_Found]) -> str | None:
    """The text a source points to, beside the file or below it; None where there is none."""
    path = (file.parent / unquote(source)).resolve()
    selected = [_selected(selectors) for _, _, selectors in found]

    def fits(text: str) -> int:
        return sum(
            one.start is not None and one.exact is not None and text[one.start : one.end] == one.exact
            for one in selected
        )

    try:
        inside = path.is_relative_to(file.parent.resolve())
        return read_text(path, fits) if inside and path.is_file() else None
    except (OSError, ValueError):
        return None


def _value(value: Any) -> Any:
    """What a JSON literal holds."""
    return value.get("@value") if isinstance(value, dict) and "@value" in value else value


def _mark(item: Mapping[str, Any], place: int) -> Mark:
    """An annotation without its span."""
    id = text_or_none(item.get("id", item.get("@id"))) or f"#{place}"
    label, why = _bodies(item)
    dimension, label = split_label(label)
    fields = _value(item.get("framing:fields"))
    return Mark(
        id,
        0,
        0,
        label,
        text_or_none(item.get("framing:dimension")) or dimension,
        text_or_none(item.get("framing:voice")) or "",
        text_or_none(item.get("framing:actor")),
        text_or_none(item.get("framing:sourceActor")),
        number(item.get("framing:weight")),
        why,
        fields if isinstance(fields, dict) else {},
        text_or_none(item.get("framing:role")) or "",
        f"annotation {id}",
    )


def _bodies(item: Mapping[str, Any]) -> tuple[str, str]:
    """The label and the comment of an annotation."""
    labels, comments = list[str](), list[str]()
    for body in _bodies_of(item):
        if isinstance(body, str):
            labels.append(body)
            continue
        value = body.get("value", body.get("rdf:value", body.get("id", body.get("source"))))
        purposes = body.get("purpose", item.get("motivation"))
        purposes = purposes if isinstance(purposes, list) else [purposes]
        if isinstance(value, str) and value:
            tells = any(purpose in _LABELLING for purpose in purposes) or purposes == [None]
            (labels if tells else comments).append(value)
    if not labels:
        motivation = item.get("motivation")
        labels = [motivation] if isinstance(motivation, str) else comments[:1]
    return (labels[0] if labels else ""), "; ".join(comments)


def _bodies_of(item: Mapping[str, Any]) -> list[Any]:
    body = item.get("body", item.get("bodyValue"))
    bodies = body if isinstance(body, list) else [body]
    return [one for one in bodies if isinstance(one, (str, dict))]


def _target(item: Mapping[str, Any]) -> tuple[str | None, Any]:
    """The text an annotation is about and the selectors of its span; of several targets the first."""
    targets = item.get("target")
    for target in targets if isinstance(targets, list) else [targets]:
        if isinstance(target, str):
            return target, None
        if isinstance(target, dict):
            source = target.get("source", target.get("id"))
            if isinstance(source, dict):
                source = source.get("id")
            return text_or_none(source), target.get("selector")
    return None, None


class _Selected(NamedTuple):
    """What the selectors of a span say: its position, its words and the words around."""

    start: int | None
    end: int | None
    exact: str | None
    prefix: str
    suffix: str


def _selected(selectors: Any) -> _Selected:
    start = end = exact = None
    prefix = suffix = ""
    for selector in objects(selectors):
        if is_offset(selector.get("start")) and is_offset(selector.get("end")):
            start, end = selector["start"], selector["end"]
        if isinstance(selector.get("exact"), str):
            exact = selector["exact"]
            prefix, suffix = (text_or_none(selector.get(side)) or "" for side in ("prefix", "suffix"))
        if "refinedBy" in selector:
            finer = _selected(selector["refinedBy"])
            if finer.start is not None or finer.exact is not None:
                return finer
    return _Selected(start, end, exact, prefix, suffix)


def _place(standoff: Standoff, found: Iterable[_Found], file: Path, problems: list[Failure]) -> None:
    """Put marks where their selectors say, and take the links from bodies that are annotations."""
    found = list(found)
    ids = {mark.id for mark, _, _ in found}
    text = standoff.text
    skipped: set[str] = set()
    for mark, item, selectors in found:
        selected = _selected(selectors)
        span = _position(text, selected)
        if span is None:
            what = "has no span that can be found in the text"
            if selected.start is not None and selected.exact is not None:
                there = short(text[selected.start : selected.end])
                what = f"the words there are '{there}', not '{short(selected.exact)}'"
            problems.append(problem(file, mark.place, what, "it was left out"))
            skipped.add(mark.id)
            continue
        if selected.start is not None and span != (selected.start, selected.end):
            what = f"'{short(selected.exact or '')}' does not stand at {selected.start} but at {span[0]}"
            problems.append(
                problem(file, mark.place, what, "it was put there; check whether the text is the same")
            )
        mark.start, mark.end = span
        standoff.marks.append(mark)
        owner = next((body for body in _bodies_of(item) if isinstance(body, str) and body in ids), None)
        if owner is not None:
            mark.role = mark.role or "link"
            mark.label = mark.role
            mark.dimension = ""
            standoff.links.append(Link(owner, mark.id, mark.role))
    standoff.links = [link for link in standoff.links if link.source not in skipped]


def _position(text: str, selected: _Selected) -> tuple[int, int] | None:
    """Where a span stands: at its position if its words are there, else where they stand alone."""
    start, end, exact, prefix, suffix = selected
    if start is not None and end is not None and (exact is None or same_words(text[start:end], exact)):
        return start, end
    if not exact:
        return None
    around = prefix + exact + suffix
    for words, before in ((around, len(prefix)), (exact, 0)):
        if text.count(words) == 1:
            at = text.index(words) + before
            return at, at + len(exact)
    return None
