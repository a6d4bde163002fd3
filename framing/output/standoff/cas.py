"""UIMA CAS in JSON, as INCEpTION imports and exports it, by dkpro-cassis (Eckart de Castilho et al. 2022).

UIMA counts UTF-16 units; dkpro-cassis converts them from and to code points. Evidence is of the layer `Framing`, and so are its
further spans, which have a role and are the end of a relation `FramingLink`. Whoever makes these two layers in a project
of INCEpTION, with stacking and the features below, imports the files as they are; other layers are read by their features.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.analysis import Analysis
from framing.corpus import Failure
from framing.decoding import UnreadableError, replace_surrogates
from framing.document import Document
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
    json_object,
    number,
    objects,
    problem,
    put_together,
    read_json,
    split_label,
    taken_apart,
    text_or_none,
    write_text,
)

if TYPE_CHECKING:
    from types import ModuleType

LAYER, LINK, ARTICLE = "webanno.custom.Framing", "webanno.custom.FramingLink", "webanno.custom.FramingArticle"
_FEATURES = ("label", "dimension", "voice", "actor", "sourceActor", "why", "fields", "role")
_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
_SENTENCE, _TOKEN = f"{_DKPRO}.segmentation.type.Sentence", f"{_DKPRO}.segmentation.type.Token"
_METADATA = f"{_DKPRO}.metadata.type.DocumentMetaData"
_NO_EVIDENCE = frozenset({ARTICLE, _SENTENCE, _TOKEN, _METADATA, f"{_DKPRO}.metadata.type.TagsetDescription"})
_ANNOTATION, _STRING, _FLOAT = "uima.tcas.Annotation", "uima.cas.String", "uima.cas.Float"
_OF_UIMA = frozenset({"begin", "end", "sofa", "self", "type", "xmiID", "id"})
_LABELS = ("label", "value", "identifier", "PosValue", "category", "name")
_ROLES = ("role", "relationType", "DependencyType", "label", "value")
_BIT_16 = 0xFFFF


def write(analyses: Iterable[Analysis], folder: Path) -> list[Path]:
    """A file for each article, in the order written. Raises `UnreadableError` where dkpro-cassis is missing."""
    cassis = _cassis()
    names, files = Names(), list[Path]()
    for analysis in analyses:
        standoff = taken_apart(analysis)
        content = _cas(cassis, standoff, analysis.document).to_json(pretty_print=False)
        files.append(write_text(folder / f"{names(standoff.id)}.json", content))
    return files


def _cassis() -> ModuleType:
    try:
        import cassis
    except ImportError as error:
        raise UnreadableError("needs the library dkpro-cassis", 'install the extra "framing[io]"') from error
    module: ModuleType = cassis
    return module


def _type_system(cassis: ModuleType) -> Any:
    system = cassis.TypeSystem()
    layer = system.create_type(LAYER, _ANNOTATION, "evidence of framing, or with a role a further span of it")
    for name in _FEATURES:
        system.create_feature(layer, name, _STRING)
    system.create_feature(layer, "weight", _FLOAT)
    link = system.create_type(LINK, _ANNOTATION, "from evidence to a further span of it")
    for name in ("Governor", "Dependent"):
        system.create_feature(link, name, LAYER)
    system.create_feature(link, "role", _STRING)
    article = system.create_type(ARTICLE, _ANNOTATION, "what is known about the article, as JSON")
    for name in ("articleId", "sha256", "meta"):
        system.create_feature(article, name, _STRING)
    system.create_type(_SENTENCE, _ANNOTATION)
    system.create_type(_TOKEN, _ANNOTATION)
    return system


def _cas(cassis: ModuleType, standoff: Standoff, document: Document) -> Any:
    text = replace_surrogates(standoff.text)[0]
    cas = cassis.Cas(typesystem=_type_system(cassis))
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    make = {name: cas.typesystem.get_type(name) for name in (LAYER, LINK, ARTICLE, _SENTENCE, _TOKEN)}
    added = [
        make[ARTICLE](
            begin=0, end=len(text), articleId=_plain(standoff.id), sha256=standoff.sha256,
            meta=as_json(dict(standoff.meta)),
        )
    ]  # fmt: skip
    added += [make[_SENTENCE](begin=sentence.start, end=sentence.end) for sentence in document.sentences]
    added += [
        make[_TOKEN](begin=start, end=end)
        for start, end in zip(document.starts, document.ends, strict=True)
    ]  # fmt: skip
    marks = {}
    for mark in standoff.marks:
        marks[mark.id] = make[LAYER](
            begin=mark.start,
            end=mark.end,
            label=_plain(joined_label(mark)),
            dimension=mark.dimension or None,
            voice=mark.voice or None,
            actor=mark.actor,
            sourceActor=mark.source_actor,
            weight=mark.weight,
            why=_plain(mark.why) or None,
            fields=None if mark.role else as_json(mark.fields),
            role=mark.role or None,
        )
    added += marks.values()
    for link in standoff.links:
        dependent = marks[link.target]
        added.append(
            make[LINK](
                begin=dependent.begin, end=dependent.end, Governor=marks[link.source], Dependent=dependent,
                role=link.role,
            )
        )  # fmt: skip
    for annotation in added:
        cas.add(annotation)
    return cas


def _plain(text: str) -> str:
    """Valid Unicode, as Java wants it."""
    return replace_surrogates(text)[0]


# In -----------------------------------------------------------------------------------------------------------------


def is_cas(content: object) -> bool:
    """Whether a parsed file is a CAS."""
    return isinstance(content, dict) and "%FEATURE_STRUCTURES" in content


def read(file: Path) -> list[Loaded]:
    """The article of a CAS. Raises `UnreadableError` where dkpro-cassis is missing or cannot read it."""
    cassis = _cassis()
    content = read_json(file)
    if not isinstance(content, dict):
        raise UnreadableError("is no UIMA CAS", "export it as UIMA CAS JSON 0.4.0")
    problems: list[Failure] = []
    cleaned = _cleaned(content, file, problems)
    try:
        cas = cassis.load_cas_from_json(json.dumps(cleaned))
        text = cas.sofa_string
        views = (
            [] if isinstance(text, str) else [view for view in cas.views if isinstance(view.sofa_string, str)]
        )
        if views:
            cas, text = views[0], views[0].sofa_string
    except Exception as error:  # what a library raises on a faulty file is not told beforehand
        reason = " ".join(str(error).split())[:200]
        raise UnreadableError(
            f"cannot be read as a CAS ({reason})", "export it as UIMA CAS JSON 0.4.0"
        ) from error
    if not isinstance(text, str):
        raise UnreadableError("holds no text", "export it with its text")
    return [put_together(_standoff(cas, text, file), file, problems)]


def _cleaned(content: Mapping[str, Any], file: Path, problems: list[Failure]) -> dict[str, Any]:
    """The CAS without what dkpro-cassis would stumble over, each named: spans outside the text, types nobody declared."""
    declared = content.get("%TYPES")
    types = dict(declared) if isinstance(declared, dict) else {}
    given = content.get("%FEATURE_STRUCTURES")
    if isinstance(given, dict):
        given = [{"%ID": _int(id), **item} for id, item in given.items() if isinstance(item, dict)]
    structures = list(objects(given))
    sofas = {
        item.get("%ID"): item.get("sofaString") for item in structures if item.get("%TYPE") == "uima.cas.Sofa"
    }
    edges = {id: _edges(text) for id, text in sofas.items() if isinstance(text, str)}
    kept: list[dict[str, Any]] = []
    for item in structures:
        type, id = item.get("%TYPE"), item.get("%ID")
        what = None
        if not isinstance(type, str) or not is_offset(id):
            what = "has no type or no id"
        elif type.removesuffix("[]") not in types and not type.startswith("uima."):
            what = f"is of the type '{type}', which the file does not declare"
        elif "begin" in item or "end" in item:
            span = item.get("begin"), item.get("end")
            inside = edges.get(item.get("@sofa"), frozenset())
            if not all(is_offset(offset) and offset in inside for offset in span):
                what = f"the span {span[0]}–{span[1]} is not in the text"
        if what is None:
            kept.append(item)
        else:
            problems.append(problem(file, f"annotation {id}", what, "it was left out"))
    ids = {item["%ID"] for item in kept}
    kept = [_without_lost(item, ids) for item in kept]
    given_views = content.get("%VIEWS")
    views = {
        name: {
            **view,
            "%MEMBERS": [id for id in view.get("%MEMBERS") or [] if id in ids],
        }
        for name, view in (given_views if isinstance(given_views, dict) else {}).items()
        if isinstance(view, dict)
    }
    return {"%TYPES": types, "%FEATURE_STRUCTURES": kept, "%VIEWS": views}


def _without_lost(item: dict[str, Any], ids: set[Any]) -> dict[str, Any]:
    """A structure without references to what was left out."""
    return {key: value for key, value in item.items() if not key.startswith("@") or value in ids}


def _edges(text: str) -> frozenset[int]:
    """The UTF-16 offsets at which a character begins, and the end of the text."""
    edges, at = [0], 0
    for character in text:
        at += 2 if ord(character) > _BIT_16 else 1
        edges.append(at)
    return frozenset(edges)


def _int(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _standoff(cas: Any, text: str, file: Path) -> Standoff:
    annotations = [
        item for item in cas.select_all_annotations() if hasattr(item, "begin") and is_offset(item.begin)
    ]
    annotations.sort(key=lambda item: item.xmiID)
    article = next((item for item in annotations if item.type.name == ARTICLE), None)
    about = next((item for item in annotations if item.type.name == _METADATA), None)
    standoff = Standoff(_id(article, about) or id_of(file.stem), text, {})
    if article is not None:
        standoff.sha256 = text_or_none(article.sha256) or ""
        standoff.meta = json_object(article.meta) or {}
    elif text_or_none(getattr(about, "documentTitle", None)):
        standoff.meta = {"title": about.documentTitle}  # type: ignore[union-attr]
    for item in annotations:
        name = item.type.name
        if name in _NO_EVIDENCE or name in (_ANNOTATION, "uima.tcas.DocumentAnnotation"):
            continue
        if hasattr(item, "Governor") and hasattr(item, "Dependent"):
            if item.Governor is not None and item.Dependent is not None:
                role = next(_texts(item, _ROLES), _short_name(name))
                standoff.links.append(Link(str(item.Governor.xmiID), str(item.Dependent.xmiID), role))
            continue
        standoff.marks.append(_mark(item) if name == LAYER else _foreign(item))
    return standoff


def _id(article: Any, about: Any) -> str | None:
    return text_or_none(getattr(article, "articleId", None)) or text_or_none(
        getattr(about, "documentId", None)
    )


def _mark(item: Any) -> Mark:
    role = _feature(item, "role") or ""
    dimension, label = ("", role) if role else split_label(_feature(item, "label") or "")
    return Mark(
        str(item.xmiID), item.begin, item.end, label, dimension or (_feature(item, "dimension") or ""),
        _feature(item, "voice") or "", _feature(item, "actor"), _feature(item, "sourceActor"),
        number(getattr(item, "weight", None)), _feature(item, "why") or "", json_object(_feature(item, "fields")) or {}, role,
        f"annotation {item.xmiID}",
    )  # fmt: skip


def _foreign(item: Any) -> Mark:
    """An annotation of somebody else's layer: labelled by its first telling feature, or by the name of the layer."""
    given = {
        feature.name: getattr(item, feature.name)
        for feature in item.type.all_features
        if feature.name not in _OF_UIMA and isinstance(getattr(item, feature.name), (str, int, float, bool))
    }
    named = [name for name in _LABELS if isinstance(given.get(name), str) and given[name]]
    dimension, label = split_label(given.pop(named[0]) if named else _short_name(item.type.name))
    given["layer"] = _short_name(item.type.name)
    return Mark(
        str(item.xmiID),
        item.begin,
        item.end,
        label,
        dimension,
        fields=given,
        place=f"annotation {item.xmiID}",
    )


def _short_name(type: str) -> str:
    return type.rpartition(".")[2]


def _texts(item: Any, names: Iterable[str]) -> Iterator[str]:
    yield from (text for text in (_feature(item, name) for name in names) if text)


def _feature(item: Any, name: str) -> str | None:
    return text_or_none(getattr(item, name, None))
