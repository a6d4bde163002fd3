"""For the reference of the Python names: examples in docstrings are code, and nouns say which fields they have."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?:^>>> .*\n?)(?:^(?!\s*$).*\n?)*", re.MULTILINE)


class Doctests(griffe.Extension):
    """Puts what a docstring shows after `>>>` into a fence, and the fields of a class below what is said of it."""

    def on_object(self, *, obj: griffe.Object, **_others: Any) -> None:
        """Change the docstring of one object, as far as there is one."""
        if obj.docstring is not None:
            text = fenced(obj.docstring.value)
            obj.docstring.value = f"{text}\n\n{fields(obj)}" if obj.is_class else text


def fields(noun: griffe.Object) -> str:
    """The public fields of a class with their types, as code; those with a docstring of their own stand there."""
    own = [
        f"{name}: {member.annotation}"
        for name, member in noun.members.items()
        if member.is_attribute and not name.startswith("_") and member.annotation and not member.docstring
    ]
    return "\n".join(("```python", *own, "```")) if own else ""


def fenced(text: str) -> str:
    """A docstring with its examples fenced: each ends at an empty line."""
    return _EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
