"""The reference of the commands, from the program itself; the examples are those of the other pages."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import typer
from markupsafe import Markup

from _site.tables import table
from framing.cli.main import app

_FENCE = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r'\{\{ output\("(.*?)"\) \}\}')
_DETAILS = re.compile(r"^(.*?)\s*\[([^\[\]]*)\]$", re.DOTALL)
_KINDS = {" <list[str]>": "", "<str>": "TEXT", "<int range>": "NUMBER", "<int>": "NUMBER", "<path>": "PATH"}
_EXAMPLES = 3


class Command(NamedTuple):
    """A command: the words that call it, and what the program knows of it."""

    name: str
    made: Any
    group: bool


def commands() -> list[Command]:
    """All commands in the order of the program's help, groups before what they hold."""
    return list(_walk("framing", typer.main.get_command(app)))


def _walk(name: str, made: Any) -> Iterator[Command]:
    for word, inner in made.commands.items():
        group = hasattr(inner, "commands")
        yield Command(f"{name} {word}", inner, group)
        if group:
            yield from _walk(f"{name} {word}", inner)


def shell_lines(markdown: str) -> list[str]:
    """The lines of a page that a reader types into a shell; a backslash at the end joins the next."""
    lines = "".join(_FENCE.findall(markdown)).replace("\\\n", " ").splitlines()
    return [stripped for line in lines if (stripped := " ".join(line.split()))]


def shown_lines(markdown: str) -> list[str]:
    """The lines of a page that show a command: those to type, then those whose output stands on the page."""
    return [*shell_lines(markdown), *_OUTPUT.findall(markdown)]


def reference(pages: Mapping[str, str], here: str) -> str:
    """Markdown for every command: what it does, usage, arguments and options, and examples from the other pages."""
    shown = _examples(pages, [command.name for command in commands()])
    return "\n\n".join(part for command in commands() for part in _parts(command, shown, pages, here))


def _title(page: str) -> str:
    """The heading of a page."""
    return page.removeprefix("# ").partition("\n")[0]


def _parts(
    command: Command, shown: Mapping[str, list[tuple[str, str]]], pages: Mapping[str, str], here: str
) -> Iterator[str]:
    made = command.made
    yield f"{'##' if command.group or command.name.count(' ') == 1 else '###'} {command.name}"
    yield made.help or ""
    if command.group:
        return
    context = typer.Context(made, info_name=command.name)
    arguments = [p.metavar or p.name.upper() for p in made.params if p.param_type_name == "argument"]
    yield "```text\n" + " ".join((command.name, *arguments, "[OPTIONS]")) + "\n```"
    records = [parameter.get_help_record(context) for parameter in made.params]
    if any(records):
        yield table(
            ("argument or option", "meaning", "default"), [_row(*record) for record in records if record]
        )
    examples = shown.get(command.name, [])[:_EXAMPLES]
    if examples:
        yield "```console\n" + "\n".join(f"$ {line}" for line, _ in examples) + "\n```"
        links = dict.fromkeys(
            f"[{_title(pages[page])}]({posixpath.relpath(page, posixpath.dirname(here))})"
            for _, page in examples
        )
        yield "From " + ", ".join(links) + "."


def _row(names: str, text: str) -> tuple[str, str, str]:
    """What the help says of a parameter, kinds of values in words, and what holds when it is left out."""
    for kind, word in _KINDS.items():
        names = names.replace(kind, word)
    found = _DETAILS.match(text)
    if found is None:
        return Markup("<code>{}</code>").format(names), text, ""
    default = found[2].removeprefix("default: ").replace("(", "").replace(")", "").split("; ")[0]
    return Markup("<code>{}</code>").format(names), found[1], default


def group(name: str) -> str:
    """The commands of a group, a row each: its name and the first sentence of what it does."""
    rows = [
        (Markup("<code>{}</code>").format(command.name), (command.made.help or "").split("\n\n")[0])
        for command in commands()
        if command.name.startswith(f"{name} ")
    ]
    return table(("command", "what it does"), rows)


def _examples(pages: Mapping[str, str], names: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The lines that show a command, by its name, and the page of each; no command twice on the same footing."""
    longest = sorted(names, key=len, reverse=True)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for page, markdown in pages.items():
        for line in shown_lines(markdown):
            name = next((name for name in longest if f"{line} ".startswith(f"{name} ")), None)
            if name is not None and line not in [known for known, _ in found[name]]:
                found[name].append((line, page))
    return found
