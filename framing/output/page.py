"""What all pages share: their templates, and a policy under which nothing runs and nothing is fetched but their own."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from framing.output.highlight import slug
from framing.output.style import actor_name, spoken
from framing.output.table import json_text

_TEMPLATES = files("framing.output") / "templates"


@cache
def read_template(name: str) -> str:
    """A file of the folder of templates, style and scripts included."""
    return _TEMPLATES.joinpath(name).read_text(encoding="utf-8")


@cache
def environment() -> jinja2.Environment:
    """Templates that escape what they are given, and fail where something is not given."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(read_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(spoken=spoken, slug=slug, actor_name=actor_name)
    return made


def policy(style: str, script: str = "") -> str:
    """A content security policy under which only this page's own style and script run, and nothing is fetched."""

    def source(text: str) -> str:
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        return f"'sha256-{digest}'" if text else "'none'"

    return (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def inline(picture: str) -> Markup:
    """A chart for the page: hidden from screen readers and the tab key, for which the tables have the same links."""
    picture = _TAG.sub(lambda tag: _SPOKEN_PARTS.sub("", tag[0]), picture)
    picture = _LINK.sub('<a tabindex="-1" href="#', picture)
    return Markup(picture)  # noqa: S704 - vl-convert escapes the text it draws


def json_data(value: Any) -> Markup:
    """JSON for a script element that no browser runs: what could end the element is escaped."""
    text = json_text(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704 - escaped above


_TAG = re.compile("<[^<>]*>")
_SPOKEN_PARTS = re.compile(' (?:role|aria-[a-z]+|target)="[^"]*"')
# Vega puts the address of its own site before a place in the page.
_LINK = re.compile('<a xlink:href="[^"#]*#')
