"""Lexicons: entries with their provenance, and the one matcher for all of them.

The file format is described in `lexicons/README.md`. Matching is over tokens, longest entry first, without overlaps,
in one pass whose cost does not grow with the number of entries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from framing.data import DataError, folder, read_table
from framing.document import Document, tokenize

GUARDS = ("before", "not_before", "after", "not_after")


@dataclass(frozen=True)
class Entry:
    """One row of a lexicon. Guards are sets of neighbouring tokens and classes (`#` `^` `"` `,` `A`)."""

    term: str
    category: str
    forms: str = ""
    weight: float = 1.0
    actor: str = ""
    neutral: str = ""
    case: str = ""
    in_name: str = ""
    before: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    note: str = ""
    source: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def guarded(self) -> bool:
        """Whether the entry counts only under some conditions."""
        return bool(self.case or self.in_name or any(getattr(self, guard) for guard in GUARDS))


class Match(NamedTuple):
    """An entry found at the tokens `first:last` of a document."""

    entry: Entry
    first: int
    last: int


class Lexicon:
    """A list of entries under one name, with its provenance header and a digest of both.

    Raises `DataError` when a term holds no token.
    """

    def __init__(
        self, name: str, entries: Iterable[Entry], header: Mapping[str, str], path: Path | None = None
    ) -> None:
        self.name = name
        self.entries = tuple(entries)
        self.header = dict(header)
        self.path = path
        content = name, sorted(self.header.items()), [_plain(entry) for entry in self.entries]
        self.digest = hashlib.sha256(repr(content).encode()).hexdigest()[:12]
        self._trie: dict[str, Any] = {}
        variants = [(entry, surface_forms(entry)) for entry in self.entries]
        for entry, forms in variants:
            if not forms:
                place = f"{path or name}:{entry.line}"
                raise DataError(f"{place}: the term is empty; give a word or remove the row")
        # What stands in the file goes before inflections, and what has guards before what has none.
        for entry, forms in sorted(variants, key=lambda variant: not variant[0].guarded):
            self._add(forms[0], entry)
        for entry, forms in variants:
            for tokens in forms[1:]:
                self._add(tokens, entry)

    def __repr__(self) -> str:
        return f"Lexicon({self.name!r}, {len(self.entries)} entries)"

    @property
    def categories(self) -> dict[str, str]:
        """Category names and their definitions, as the header gives them."""
        parts = (part.partition("=") for part in _BETWEEN_CATEGORIES.split(self.header["categories"]))
        return {name.strip(): meaning.strip() for name, _, meaning in parts if name.strip()}

    def match(self, document: Document, first: int = 0, last: int | None = None) -> list[Match]:
        """Entries in the tokens `first:last`, in order, longest first, never across a sentence end.

        A hyphen in the text may stand for the space of a term: "far-right" is found by `far right`.
        """
        end = len(document.tokens) if last is None else last
        found: list[Match] = []
        if first >= end:
            return found
        for number in range(document.sentence_of(first), len(document.sentences)):
            sentence = document.sentences[number]
            if sentence.first >= end:
                break
            self._match_sentence(document, max(first, sentence.first), min(end, sentence.last), found)
        return found

    def _match_sentence(self, document: Document, first: int, last: int, found: list[Match]) -> None:
        tokens = document.tokens
        trie = self._trie
        any_ending = trie.get(_ANY_ENDING)
        position = first
        while position < last:
            node = trie.get(tokens[position])
            if node is None and any_ending is None:
                position += 1
                continue
            best: Match | None = None
            for stop, entries in _walk(trie, tokens, position, last):
                for entry in entries:
                    if _allowed(entry, document, position, stop):
                        best = Match(entry, position, stop)
                        break
            if best is None:
                position += 1
            else:
                found.append(best)
                position = best.last

    def _add(self, tokens: tuple[str, ...], entry: Entry) -> None:
        node = self._trie
        for index, token in enumerate(tokens):
            if token.endswith("*") and index == len(tokens) - 1 and len(token) > 1:
                endings = node.setdefault(_ANY_ENDING, {})
                node = endings.setdefault(token[:-1], {})
            else:
                node = node.setdefault(token, {})
        node.setdefault(_ENTRIES, []).append(entry)


# A semicolon inside a definition does not end it.
_BETWEEN_CATEGORIES = re.compile(r";\s*(?=[\w.-]+\s*(?:=|;|$))")

_ENTRIES = ""  # no token is empty or holds a space, so neither key meets one
_ANY_ENDING = " "


def _walk(
    trie: dict[str, Any], tokens: tuple[str, ...], position: int, last: int
) -> Iterator[tuple[int, list[Entry]]]:
    """The ends of all entries that begin at a position, shortest first, with the entries."""
    node: dict[str, Any] | None = trie
    stop = position
    while node is not None and stop < last:
        token = tokens[stop]
        endings = node.get(_ANY_ENDING)
        if endings is not None:
            for length in range(2, len(token) + 1):
                ending = endings.get(token[:length])
                if ending is not None:
                    yield stop + 1, ending[_ENTRIES]
        following = node.get(token)
        if following is None and token == "-" and stop > position:
            stop += 1
            continue
        node = following
        stop += 1
        if node is not None and _ENTRIES in node:
            yield stop, node[_ENTRIES]


def _allowed(entry: Entry, document: Document, first: int, last: int) -> bool:
    if entry.case == "exact" and not _same_case(entry, document, first, last):
        return False
    if entry.in_name == "no" and _in_longer_name(document, first, last):
        return False
    if entry.before or entry.not_before:
        following = _neighbour(document, last, document.sentences[document.sentence_of(first)].last)
        if (entry.before and not (following & entry.before)) or following & entry.not_before:
            return False
    if entry.after or entry.not_after:
        previous = _neighbour(document, first - 1, None)
        if (entry.after and not (previous & entry.after)) or previous & entry.not_after:
            return False
    return True


def _neighbour(document: Document, token: int, sentence_end: int | None) -> set[str]:
    """A token next to a match, and the guard classes it belongs to."""
    if sentence_end is not None:
        outside = token >= sentence_end
    else:
        outside = token < 0 or document.sentence_of(token) != document.sentence_of(token + 1)
    if outside:
        return {"^"}
    text = document.tokens[token]
    names = {text}
    if text[0].isdigit() or text in _NUMBERS:
        names.add("#")
    elif text in ('"', "'"):
        names.add('"')
    elif not text[-1].isalnum():
        names.add(",")
    if document.is_capital[token]:
        names.add("A")
    return names


_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion trillion half dozen hundreds thousands dozens".split()
)


def _same_case(entry: Entry, document: Document, first: int, last: int) -> bool:
    written = document.text[document.starts[first] : document.ends[last - 1]]
    spelled = _letters(written)
    wanted = _letters(entry.term.rstrip("*"))
    if entry.forms or entry.term.endswith("*"):
        length = min(len(spelled), len(wanted)) - 1
        spelled, wanted = spelled[:length], wanted[:length]
    if spelled == wanted:
        return True
    begins = first == document.sentences[document.sentence_of(first)].first
    return begins and spelled[1:] == wanted[1:] and spelled[:1].lower() == wanted[:1].lower()


def _letters(text: str) -> str:
    """A text without spaces and hyphens, quotes straight, case kept."""
    return "".join(c for c in text.translate(_QUOTES) if not c.isspace() and c != "-")


_QUOTES = str.maketrans("‘’ʼ“”‐‑", "'''\"\"--")


def _in_longer_name(document: Document, first: int, last: int) -> bool:
    if not document.is_capital[first]:
        return False
    sentence = document.sentences[document.sentence_of(first)]
    after = last < sentence.last and document.is_capital[last]
    before = first - 1 > sentence.first and document.is_capital[first - 1]
    return after or before


# Inflection -----------------------------------------------------------------------------------------------------


def surface_forms(entry: Entry) -> list[tuple[str, ...]]:
    """The token sequences an entry matches: its term, and the inflections that `forms` asks for; none for no word.

    >>> [" ".join(form) for form in surface_forms(Entry("point out", "neutral", forms="v"))]
    ['point out', 'points out', 'pointed out', 'pointing out']
    """
    starred = entry.term.endswith("*")
    tokens = tokenize(entry.term.rstrip("*"))
    if not tokens:
        return []
    if starred:
        tokens[-1] += "*"
    variants = [tokens]
    if entry.forms == "v":
        variants += [[form, *tokens[1:]] for form in verb_forms(tokens[0])]
    elif entry.forms == "n":
        variants += [[*tokens[:-1], form] for form in noun_forms(tokens[-1])]
    elif entry.forms:
        variants += [tokenize(form) for form in entry.forms.split("|")]
    return list(dict.fromkeys(tuple(variant) for variant in variants))


def verb_forms(verb: str) -> list[str]:
    """Third person, past, participles of a verb; irregular ones by table.

    >>> verb_forms("try"), verb_forms("zap"), verb_forms("go")[:1]
    (['tries', 'tried', 'trying'], ['zaps', 'zapped', 'zapping'], ['goes'])
    """
    irregular = _irregular().get((verb, "verb"))
    if irregular is not None:
        return list(irregular)
    if verb.endswith("e"):
        stem = (
            verb[:-2] + "y"
            if verb.endswith("ie")
            else verb
            if verb.endswith(("ee", "oe", "ye"))
            else verb[:-1]
        )
        return [verb + "s", verb + "d", stem + "ing"]
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return [verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    stem = verb + verb[-1] if _doubles(verb) else verb
    return [_with_s(verb), stem + "ed", stem + "ing"]


def noun_forms(noun: str) -> list[str]:
    """The plural of a noun; irregular ones by table."""
    irregular = _irregular().get((noun, "noun"))
    if irregular is not None:
        return list(irregular)
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return [noun[:-1] + "ies"]
    return [_with_s(noun)]


_VOWELS = frozenset("aeiou")


def _with_s(word: str) -> str:
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _doubles(verb: str) -> bool:
    """Whether a verb of one syllable ends in consonant, vowel, consonant; longer ones that double are in the table."""
    return (
        len(verb) >= 3
        and verb[-1] not in _VOWELS | set("wxy")
        and verb[-2] in _VOWELS
        and verb[-3] not in _VOWELS
        and sum(c in _VOWELS for c in verb) == 1
    )


@cache
def _irregular() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = read_table(folder("lexicons") / "irregular.tsv").rows
    return {(row["term"], row["category"]): tuple(row["forms"].split("|")) for _, row in rows}


# Files ----------------------------------------------------------------------------------------------------------


# Lists of words that are no evidence themselves, in the same format: how texts are cut and words inflected.
LISTS = ("abbreviations", "boilerplate", "irregular")
_NAME = re.compile(r"[\w-]+")


def lexicon_names() -> list[str]:
    """Names of the shipped lexicons."""
    return sorted(path.stem for path in folder("lexicons").glob("*.tsv") if path.stem not in LISTS)


@cache
def lexicons_digest() -> str:
    """One short digest over all shipped lexicons and lists."""
    parts = [load_lexicon(name).digest for name in lexicon_names()]
    parts += [repr(read_table(folder("lexicons") / f"{name}.tsv").rows) for name in LISTS]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


def load_lexicon(name: str | Path) -> Lexicon:
    """A shipped lexicon by name, read once, or any by path (`.tsv`, LIWC `.dic`, `.yaml`), read anew each time.

    Raises `DataError` for an unknown name or a faulty file.
    """
    return _shipped(str(name)) if _NAME.fullmatch(str(name)) else _read(Path(name))


@cache
def _shipped(name: str) -> Lexicon:
    if name not in lexicon_names():
        raise DataError(f"unknown lexicon '{name}'; choose from {', '.join(lexicon_names())}, or give a path")
    return _read(folder("lexicons") / f"{name}.tsv")


def _read(path: Path) -> Lexicon:
    from framing.lexicon_formats import read_dic, read_yaml  # noqa: PLC0415  it makes lexicons itself

    if path.suffix == ".dic":
        return read_dic(path)
    if path.suffix in (".yaml", ".yml"):
        return read_yaml(path)
    table = read_table(path)
    return Lexicon(path.stem, [_entry(path, line, row) for line, row in table.rows], table.header, path)


def _entry(path: Path, line: int, row: Mapping[str, str]) -> Entry:
    values: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for column, cell in row.items():
        if column in GUARDS:
            values[column] = frozenset(part.strip() for part in cell.split("|") if part.strip())
        elif column == "weight":
            values[column] = _weight(path, line, cell)
        elif column in _TEXT_COLUMNS:
            values[column] = cell
        else:
            extra[column] = cell
    return Entry(**values, extra=extra, line=line)


_TEXT_COLUMNS = ("term", "category", "forms", "actor", "neutral", "case", "in_name", "note", "source")


def _weight(path: Path, line: int, cell: str) -> float:
    try:
        return float(cell) if cell else 1.0
    except ValueError:
        raise DataError(f"{path}:{line}: the weight '{cell}' is not a number") from None


def _plain(entry: Entry) -> tuple[Any, ...]:
    guards = tuple(tuple(sorted(getattr(entry, guard))) for guard in GUARDS)
    texts = tuple(getattr(entry, column) for column in _TEXT_COLUMNS)
    return (*texts, entry.weight, guards, tuple(sorted(entry.extra.items())))
