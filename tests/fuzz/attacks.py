"""Texts meant to take long, for every regular expression of the package and for whole readings.

`PYTHONPATH=tests python -m fuzz.attacks` tells the seconds that a million characters of each take; `test_redos.py` runs them
shorter, where what grows with the square of the length would still take far too long.
"""

from __future__ import annotations

import ast
import re
import string
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any, NamedTuple

import framing
from framing import boilerplate, document
from framing.attribution import tagged
from framing.comparison import figures

PACKAGE = Path(framing.__file__).parent
METHODS = frozenset(
    {"compile", "sub", "subn", "match", "search", "findall", "finditer", "split", "fullmatch"}
)
MILLION = 1_000_000


class Site(NamedTuple):
    """A place where a regular expression is made or used: file, line, the function or name it is in, and the pattern.

    `pattern` is None where the source alone does not tell it. `methods` are how it is used.
    """

    file: str
    line: int
    owner: str
    pattern: re.Pattern[Any] | None
    methods: frozenset[str]


# Patterns that are put together at run time, and examples of them.
_CLOSING = [re.compile(rf"(?<=[.,!?…]){close}(?!\w)") for close in "”\"'’"]
BUILT: dict[tuple[str, str], list[re.Pattern[Any]]] = {
    ("document.py", "_token_pattern"): [document._TOKEN],
    ("document.py", "_single_close"): [*_CLOSING, *(re.compile(rf"{close}(?!\w)") for close in "”\"'’")],
    ("boilerplate.py", "_of_side"): [side.inside for side in boilerplate._phrases().values()],
    ("boilerplate.py", "_matches"): [re.compile(re.escape(phrase)) for phrase in ("photo", "(c)")],
    ("classroom/typed.py", "occurrences"): [
        re.compile(rf"(?<!\w){re.escape(form)}(?!\w)") for form in ("may", "a. a", "aaa")
    ],
    ("comparison/figures.py", "_FIGURE"): [figures._FIGURE],
    ("comparison/figures.py", "_DATE"): [figures._DATE],
    ("attribution/tagged.py", "_RUN"): [re.compile(tagged._RUN.pattern.decode("latin-1"))],
}


def sites() -> list[Site]:
    """Every call of `re`, in every module of the package."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
                used[path.relative_to(PACKAGE).as_posix(), node.value.id].add(node.attr)
    found: list[Site] = []
    for path, tree in trees.items():
        file = path.relative_to(PACKAGE).as_posix()
        for owner, call in _calls(tree):
            method = call.func.attr
            methods = used[file, owner] if method == "compile" else {method}
            found.append(Site(file, call.lineno, owner, _pattern(call), frozenset(methods or {"finditer"})))
    return found


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Each call of `re`, and the name of the function or constant it is in."""

    def inside(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.Call]]:
        if isinstance(node, ast.FunctionDef):
            owner = node.name
        elif isinstance(node, ast.Assign) and not owner and isinstance(node.targets[0], ast.Name):
            yield from inside(node.value, node.targets[0].id)
            return
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS
        ):
            yield owner, node
        for child in ast.iter_child_nodes(node):
            yield from inside(child, owner)

    yield from inside(tree, "")


def _pattern(call: ast.Call) -> re.Pattern[Any] | None:
    """The pattern of a call whose source tells it whole."""
    try:
        pattern = ast.literal_eval(call.args[0])
    except ValueError:
        return None
    flags = 0
    rest = call.args[1:] if call.func.attr == "compile" else []
    for node in [*rest, *(keyword.value for keyword in call.keywords if keyword.arg == "flags")]:
        for name in ast.walk(node):
            if isinstance(name, ast.Attribute):
                flags |= getattr(re, name.attr)
    if call.func.attr in (
        "search",
        "match",
        "fullmatch",
        "findall",
        "finditer",
    ) and "re.IGNORECASE" in ast.unparse(call):
        flags |= re.IGNORECASE
    return re.compile(pattern, flags)


def patterns(site: Site) -> list[re.Pattern[Any]]:
    """What a site compiles. Raises `KeyError` for a built one that nobody has put into `BUILT`."""
    return [site.pattern] if site.pattern is not None else BUILT[site.file, site.owner]


# Inputs ---------------------------------------------------------------------------------------------------------

_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a_",
    codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_NOT_SPACE: "a.", codes.CATEGORY_NOT_WORD: ".",
}  # fmt: skip
_ALWAYS = ("a", " ", "\n", '"', "1", ".")


def letters(pattern: re.Pattern[Any]) -> list[str]:
    """A character of each kind that a pattern looks for, in the order they come, and a few that are never wanting."""
    found: dict[str, None] = {}

    def walk(part: Any) -> None:
        if isinstance(part, tuple) and len(part) == 2 and part[0] in (codes.LITERAL, codes.NOT_LITERAL):
            found[chr(part[1])] = None
        elif isinstance(part, tuple) and len(part) == 2 and part[0] is codes.RANGE:
            found[chr(part[1][0])] = None
        elif isinstance(part, tuple) and len(part) == 2 and part[0] is codes.CATEGORY:
            found.update(dict.fromkeys(_CATEGORIES.get(part[1], "")))
        elif isinstance(part, (tuple, list, parser.SubPattern)):
            for each in part:
                walk(each)

    source = pattern.pattern
    walk(
        parser.parse(
            source.decode("latin-1") if isinstance(source, bytes) else source, pattern.flags & ~re.UNICODE
        )
    )
    marks = [letter for letter in found if letter not in string.ascii_letters]
    words = [letter for letter in found if letter in string.ascii_letters]
    return list(dict.fromkeys([*_ALWAYS, *marks[:12], *words[:3]]))


def inputs(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of one letter, of two in turn, and of a word of the pattern, again and again, and an end that fits nothing."""
    chosen = letters(pattern)
    pairs = map("".join, permutations(chosen[:6], 2))
    for begin, unit in [
        *(("", letter) for letter in chosen),
        *(("!\x00", unit) for unit in [*chosen, *pairs, *_words(pattern)]),
    ]:
        text = begin + (unit * (size // len(unit) + 1))[:size] + "\x00!"
        yield text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def _words(pattern: re.Pattern[Any]) -> list[str]:
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = dict.fromkeys(re.findall(r"[A-Za-z]{2,}", source))
    return [f"{word} " for word in [*words][:6]] + [f"{word}" for word in [*words][:3]]


def run(pattern: re.Pattern[Any], method: str, text: Any) -> None:
    """A pattern used on a text as the package uses it."""
    if method in ("sub", "subn"):
        pattern.sub(text[:0], text)
    elif method == "finditer":
        for _ in pattern.finditer(text):
            pass
    elif method == "compile":
        pattern.search(text)
    else:
        getattr(pattern, method)(text)


# Whole readings -------------------------------------------------------------------------------------------------

UNITS = {
    "one letter": "a",
    "one sentence without a mark": "the minister spoke and ",
    "quotation marks": '"',
    "opening marks": "“",
    "single marks": "'",
    "quoted words": '"word ',
    "crossing quotations": "“ ‘ ",
    "said": "said ",
    "said that": "he said that ",
    "who said": "who said, ",
    "according to": "according to ",
    "quotations with speakers": "“He may,” said Anna. ",
    "hedges": "may not ",
    "the": "the ",
    "brackets": "(",
    "brackets and letters": "(a ",
    "angles": "<",
    "tags": "<a ",
    "addresses": "https://a.b/c ",
    "one address": "https://",
    "titles": "Mr. ",
    "capitals": "A",
    "names": "Alpha Beta ",
    "actors": "Russia Ukraine ",
    "an actor in capitals": "RUSSIA ",
    "an actor with a title": "President Vladimir Putin ",
    "loaded words": "regime ",
    "praise": "very good ",
    "hyphens": "-",
    "hyphened words": "a-",
    "dashes": "a — ",
    "lines": "a\n",
    "paragraphs": "a\n\n",
    "captions": "Photo: a\n\n",
    "empty lines": "\n",
    "spaces": " ",
    "full stops": ".",
    "spaced full stops": ". ",
    "initials": "A. ",
    "abbreviations": "A.",
    "digits": "1",
    "thousands": "1,",
    "numbers": "1 million ",
    "days": "January 1 ",
    "colons": "a: ",
    "commas": "a, ",
    "apostrophes": "a'",
    "not": "n't",
    "combining marks": "\u0301",
    "zero width": "a\u200b",
    "emoji": "🙂",
    "right to left": "\u202eשלום ",
    "surrogates": "\ud800 ",
    "rules": "---\n",
    "keys": "a: b\n",
    "a list": "- ",
    "entities": "&amp;",
    "open tags": "<p>",
    "open comments": "<!--",
    "nested lists": "[",
}


def million(unit: str, size: int = MILLION) -> str:
    """A unit again and again, and a letter, so that there is an article."""
    return (unit * (size // len(unit) + 1))[:size] + " end"


def readings(folder: Path) -> dict[str, Callable[[str], object]]:
    """What is done with whole texts, by name."""
    from framing.analysis import analyze
    from framing.corpus import load_corpus
    from framing.decoding import UnreadableError, decode
    from framing.front_matter import front_matter

    def read_as(name: str, form: Callable[[str], str] = str) -> Callable[[str], object]:
        def read(text: str) -> object:
            (folder / name).write_bytes(form(text).encode("utf-8", "surrogatepass"))
            return load_corpus(folder / name)

        return read

    def decoded(data: bytes) -> object:
        try:
            return decode(data)
        except UnreadableError as error:
            return error

    return {
        "decode": lambda text: decoded(text.encode("utf-8", "surrogatepass")),
        "decode old": lambda text: decoded(b"caf\xe9 " + text.encode("cp1252", "replace")),
        "front matter": lambda text: front_matter(f"---\ntitle: {text[:20_000]}\n---\n{text}"),
        "text": read_as("a.txt"),
        "page": read_as("a.html", lambda text: f"<html><body><article><p>{text}</p></article></body></html>"),
        "csv": read_as("a.csv", lambda text: f"text,id\n{text},1\n"),
        "jsonl": read_as("a.jsonl"),
        "lexicon": lambda text: analyze(text, model="lexicon"),
        "linear": lambda text: analyze(text, model="linear"),
    }


def main(only: list[str]) -> None:
    """Print the seconds of a processor that a million characters take, the slowest first."""
    import tempfile

    rows: list[tuple[float, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, read in readings(Path(folder)).items():
            for kind, unit in UNITS.items() if not only or name in only else ():
                start = time.process_time()
                read(million(unit))
                rows.append((time.process_time() - start, name, kind))
    for site in sites() if not only or "patterns" in only else ():
        for pattern in patterns(site):
            for method in sorted(site.methods):
                start = time.process_time()
                slowest = 0.0
                for text in inputs(pattern, MILLION):
                    before = time.process_time()
                    run(pattern, method, text)
                    slowest = max(slowest, time.process_time() - before)
                rows.append((slowest, "pattern", f"{site.file}:{site.line}"))
    print("seconds  reading       text")
    for seconds, name, kind in sorted(rows, reverse=True)[:60]:
        print(f"{seconds:7.2f}  {name:12}  {kind}")
    print(f"{sum(seconds <= 2 for seconds, _, _ in rows)} of {len(rows)} take two seconds or less")


if __name__ == "__main__":
    main(sys.argv[1:])
