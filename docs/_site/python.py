"""The reference of the Python names: a page for the package, one for each public part, made of their docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import framing

# Parts that people import from: the page, its title, and the packages or modules on it.
_PARTS = {
    "classroom": (
        "Classroom",
        ("framing.classroom", "framing.output.classroom", "framing.output.charts.classroom"),
    ),
    "boxes": ("Boxes in notebooks", ("framing.output.widgets",)),
    "workbench": ("Lexicon workbench", ("framing.workbench", "framing.lexicon_formats")),
    "comparison": ("Comparison", ("framing.comparison.shift", "framing.comparison.dispersion")),
    "charts": ("Charts", ("framing.output.charts",)),
    "standoff": ("Annotation tools", ("framing.output.standoff",)),
}
_ALSO = {  # beside what a package names, since they ask for slower libraries
    "framing.output.classroom": (
        "framing.output.classroom.marking.render_marking_page",
        "framing.output.classroom.score_report.render_score",
    )
}
_EXPORTED = [getattr(framing, name) for name in framing.__all__]  # stand on the page of the package

_OPENING = (
    "The public names of the package. What begins with an underscore, and what is not listed here or on the other "
    "pages, may change without notice."
)


def pages() -> dict[str, str]:
    """The Markdown of each page, by its place, for mkdocstrings to fill."""
    found = {"reference/python/framing.md": _package()}
    for part, (title, names) in _PARTS.items():
        shown: set[object] = set()  # what a package hands on from another stands where it comes first
        body = "\n\n".join(_module(module, shown) for name in names for module in _modules(name))
        found[f"reference/python/{part}.md"] = f"# {title}\n\n{body}\n"
    return found


def _package() -> str:
    names = [name for name in framing.__all__ if not name.startswith("__")]
    functions = [name for name in names if not inspect.isclass(getattr(framing, name))]
    nouns = [name for name in names if name not in functions]
    return "\n\n".join(
        (
            "# framing",
            _OPENING,
            "## Functions",
            *map(_name, functions),
            "## Nouns",
            *map(_name, nouns),
        )
    )


def _name(name: str) -> str:
    """A public name, at the place where it is defined, since some are only loaded when asked for."""
    made = getattr(framing, name)
    return _block(f"{made.__module__}.{made.__qualname__}", level=3)


def _block(path: str, *, level: int) -> str:
    return f"::: {path}\n    options:\n      heading_level: {level}"


def _modules(name: str) -> list[ModuleType]:
    """A module, or a package that says what it offers; of another package, the modules that define something public."""
    found = importlib.import_module(name)
    if hasattr(found, "__all__") or not hasattr(found, "__path__"):
        return [found]
    inner = (
        importlib.import_module(f"{name}.{module.name}") for module in pkgutil.iter_modules(found.__path__)
    )
    return [module for module in inner if _public(module)]


def _public(module: ModuleType) -> list[str]:
    """The functions and classes that a module offers: those in its `__all__`, or those that it defines."""
    names = getattr(module, "__all__", None) or [
        name
        for name, made in vars(module).items()
        if not name.startswith("_") and getattr(made, "__module__", "") == module.__name__
    ]
    made = {name: getattr(module, name) for name in names}
    return [
        name
        for name, item in made.items()
        if (inspect.isfunction(item) or inspect.isclass(item)) and item not in _EXPORTED
    ]


def _module(module: ModuleType, shown: set[object]) -> str:
    made = [item for name in _public(module) if (item := getattr(module, name)) not in shown]
    shown.update(made)
    head = f"## {module.__name__}\n\n{inspect.getdoc(module) or ''}"
    paths = [f"{item.__module__}.{item.__qualname__}" for item in made]
    return "\n\n".join((head, *(_block(path, level=3) for path in (*paths, *_ALSO.get(module.__name__, ())))))
