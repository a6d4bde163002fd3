"""Evidence for other annotation tools, and annotations made there as evidence: brat, Web Annotation, UIMA CAS, Label Studio.

In every format a piece of evidence is a span with a label, and beside it what it says more: dimension, voice, actor, weight
and reason. Its further spans (the source and content of an attribution, the words that decided a stance) are spans of their
own, linked to it. What comes back is the same evidence, as people may have changed it; annotations from elsewhere keep
their label and have no dimension.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from framing.analysis import Analysis
from framing.decoding import UnreadableError, decode
from framing.output.standoff import brat, cas, label_studio, web_annotation
from framing.output.standoff.shape import Loaded, named

__all__ = ["FORMATS", "Format", "Loaded", "check_format", "export", "load"]


class Format(NamedTuple):
    """A format: what it is called, what writes a folder of it, what reads a file of it, and how its files are known.

    `is_it` tells a parsed JSON file of the format from others; None where the ending is enough.
    """

    title: str
    write: Callable[[Iterable[Analysis], Path], list[Path]]
    read: Callable[[Path], list[Loaded]]
    endings: frozenset[str]
    is_it: Callable[[object], bool] | None = None


_JSON = frozenset({".json"})

FORMATS: Mapping[str, Format] = {
    "brat": Format("brat standoff (.txt and .ann)", brat.write, brat.read, frozenset({".ann"})),
    "w3c": Format(
        "W3C Web Annotation (.jsonld)",
        web_annotation.write,
        web_annotation.read,
        _JSON | {".jsonld"},
        web_annotation.is_annotations,
    ),
    "cas": Format("UIMA CAS JSON, for INCEpTION (.json)", cas.write, cas.read, _JSON, cas.is_cas),
    "label-studio": Format(
        "Label Studio tasks (.json)", label_studio.write, label_studio.read, _JSON, label_studio.is_tasks
    ),
}


def export(analyses: Iterable[Analysis], folder: Path, format: str) -> list[Path]:
    """Write the evidence of analyses into a folder, which is made if need be, and return the files, texts included.

    Raises `ValueError` that lists the choices for an unknown format, and `UnreadableError` that says what to install where
    a library is missing.
    """
    chosen = check_format(format)
    folder.mkdir(parents=True, exist_ok=True)
    return chosen.write(analyses, folder)


def load(path: Path, format: str | None = None) -> list[Loaded]:
    """The documents and annotations of a file, or of all files of a folder in the order of their names.

    Without `format`, each file is read as what it is. A bad line, or a span outside the text, is named in `problems` and
    skipped; a file that cannot be read at all has an empty document and a problem that is `lost`. Raises `ValueError` for an
    unknown format and `UnreadableError` where nothing of a format is found.
    """
    if format is not None:
        check_format(format)
    if not path.exists():
        raise UnreadableError(f"{path} does not exist", "check the name")
    if path.is_dir():
        found = [(file, _kind(file, format)) for file in sorted(path.iterdir()) if file.is_file()]
    else:
        beside = [path.with_suffix(ending) for ending in (".ann", ".jsonld")] if path.suffix == ".txt" else []
        file = next((each for each in beside if each.is_file()), path)
        found = [(file, format or _kind(file, None))]  # whoever names the format knows better
    files = [(file, FORMATS[kind]) for file, kind in found if kind is not None and format in (None, kind)]
    if not files:
        kinds = "; ".join(each.title for each in FORMATS.values())
        raise UnreadableError(
            f"{path} holds no annotations", f"give a file or a folder of one of these: {kinds}"
        )
    return [loaded for file, each in files for loaded in _read(file, each)]


def check_format(name: str) -> Format:
    """The format of this name. Raises `ValueError` that lists the choices when there is none."""
    if name not in FORMATS:
        raise ValueError(f"unknown format '{name}'; choose from {', '.join(FORMATS)}")
    return FORMATS[name]


def _kind(file: Path, format: str | None) -> str | None:
    """What a file seems to be. A broken file of JSON is what was asked for, so that reading it tells what is wrong."""
    kinds = [name for name, each in FORMATS.items() if file.suffix.lower() in each.endings]
    checked = [name for name in kinds if FORMATS[name].is_it is not None]
    if not checked:
        return kinds[0] if kinds else None
    try:
        content = json.loads(decode(file.read_bytes()).text)
    except (OSError, ValueError, RecursionError):
        return format if format in checked else checked[0]
    for name in checked:
        is_it = FORMATS[name].is_it
        if is_it is not None and is_it(content):
            return name
    return None


def _read(file: Path, format: Format) -> list[Loaded]:
    try:
        return format.read(file)
    except UnreadableError as error:
        return [named(file, error.problem, error.advice)]
    except OSError as error:
        return [named(file, f"cannot be read ({error.strerror})", "check the name and its permissions")]
