"""How a box comes to be shown: its script and style, and what stands for it where no script runs.

anywidget, an extra, is loaded when a box is shown in a notebook, so that everything else works without it.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Any

from framing.output.notebook import in_notebook
from framing.output.page import environment

VIEW = "application/vnd.jupyter.widget-view+json"
MISSING = (
    "To work in the box itself anywidget is needed: pip install 'framing[notebook]', then restart the kernel."
)
# Where a page has a theme of its own it decides, not the system: JupyterLab, Visual Studio Code, Colab.
_LIGHT = ('body[data-jp-theme-light="true"]', "body.vscode-light")
_DARK = ('body[data-jp-theme-light="false"]', "body.vscode-dark", 'html[theme="dark"]')
_IN_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*(\.[\w-]+) \{(.*?)\}\s*\}", re.DOTALL)


def has_widgets() -> bool:
    """Whether boxes can be made: anywidget is installed."""
    try:
        importlib.import_module("anywidget")
    except ImportError:
        return False
    return True


def make_widget(name: str, script: str, style: str, **state: Any) -> Any:
    """A widget with a script, a style, and a trait for each part of its state, which kernel and page share.

    Raises `ImportError` that says what to install where anywidget is missing.
    """
    if not has_widgets():
        raise ImportError(MISSING)
    return _kind(name, script, style, tuple(state))(**state)


@cache
def _kind(name: str, script: str, style: str, parts: tuple[str, ...]) -> Any:
    anywidget, traitlets = map(importlib.import_module, ("anywidget", "traitlets"))
    traits = {part: traitlets.Any().tag(sync=True) for part in parts}
    return type(name, (anywidget.AnyWidget,), {"_esm": script, "_css": style, **traits})


def bundle(plain: str, html: str, widget: Any) -> dict[str, Any]:
    """What a notebook keeps of a box: the box, if there is one, and what is read where it does not run."""
    shown: dict[str, Any] = {"text/plain": plain, "text/html": html}
    if widget is not None:
        shown[VIEW] = widget._repr_mimebundle_()[0][VIEW]
    return shown


def can_show() -> bool:
    """Whether a box can be shown here and now."""
    return in_notebook() and has_widgets()


def themed(style: str) -> str:
    """A style sheet that follows the theme of the notebook, where it followed that of the system alone.

    Its first rule holds the colours of light paper, and one for `prefers-color-scheme: dark` those of dark paper.
    """
    dark = _IN_DARK.search(style)
    if dark is None:
        return style
    root = dark[1]
    light = style[style.index(f"{root} {{") + len(root) + 2 :].split("}", 1)[0]
    colours = ";".join(part for part in light.split(";") if part.strip().startswith("--"))
    rules = [
        f"{', '.join(f'{place} {root}' for place in places)} {{ color-scheme: {scheme};{values} }}"
        for places, scheme, values in ((_LIGHT, "light", colours), (_DARK, "dark", dark[2]))
    ]
    return "\n".join([style, *rules, ""])


@cache
def macros() -> Any:
    """The macros of the template of the boxes, by name."""
    return environment().get_template("widgets/boxes.html").module
