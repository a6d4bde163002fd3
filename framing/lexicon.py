"""Lexicons: entries with their provenance, and the one matcher for all of them.

The file format is described in `lexicons/README.md`. Matching is over tokens, longest entry first, without overlaps,
in one pass whose cost does not grow with the number of entries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from itertools import chain, compress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from framing.data import DataError, folder, read_cells, read_table, read_text
from framing.document import Document, tokenize
from framing.tables import unknown

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

    @cached_property
    def guarded(self) -> bool:
        """Whether the entry counts only under some conditions."""
        guards = self.before or self.not_before or self.after or self.not_after
        return bool(guards or self.case or self.in_name)


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
        self._trie: dict[str, Any] = {}
        guarded: list[tuple[tuple[str, ...], Entry]] = []
        free: list[tuple[tuple[str, ...], Entry]] = []
        inflected: list[tuple[tuple[str, ...], Entry]] = []
        for entry in self.entries:
            forms = surface_forms(entry)
            if not forms:
                place = f"{path or name}:{entry.line}"
                raise DataError(f"{place}: the term is empty; give a word or remove the row")
            (guarded if entry.guarded else free).append((forms[0], entry))
            if len(forms) > 1:
                inflected += [(tokens, entry) for tokens in forms[1:]]
        # What stands in the file goes before inflections, and what has guards before what has none.
        for tokens, entry in chain(guarded, free, inflected):
            self._add(tokens, entry)

    def __repr__(self) -> str:
        return f"Lexicon({self.name!r}, {len(self.entries)} entries)"

    @cached_property
    def digest(self) -> str:
        """Of the name, the header and what the entries say, 12 hexadecimal digits."""
        content = self.name, sorted(self.header.items()), [_plain(entry) for entry in self.entries]
        return hashlib.sha256(repr(content).encode()).hexdigest()[:12]

    @cached_property
    def categories(self) -> dict[str, str]:
        """Category names and their definitions, as the header gives them."""
        parts = (part.partition("=") for part in _BETWEEN_CATEGORIES.split(self.header["categories"]))
        return {name.strip(): meaning.strip() for name, _, meaning in parts if name.strip()}

    def of_category(self, name: str) -> tuple[Entry, ...]:
        """The entries of a category, all for an empty name. Raises `DataError` that lists the choices for an unknown one."""
        if name and name not in self.categories:
            raise DataError(f"{self.name}: {unknown('category', name, self.categories)}")
        return tuple(entry for entry in self.entries if not name or entry.category == name)

    def reason(self, entry: Entry) -> str:
        """Why an entry counts: its own note, or what its category means."""
        return entry.note or self.categories[entry.category]

    def match(self, document: Document, first: int = 0, last: int | None = None) -> list[Match]:
        """Entries in the tokens `first:last`, in order, longest first, never across a sentence end.

        A hyphen in the text may stand for the space of a term: "far-right" is found by `far right`.
        """
        tokens, trie = document.tokens, self._trie
        end = len(tokens) if last is None else min(last, len(tokens))
        positions: Iterable[int] = range(first, end)
        if _ANY_ENDING not in trie:  # most tokens begin no entry, and most others only a longer one
            words = tokens[first:end]
            begins = self._beginnings
            pairs = zip(positions, words, (*words[1:], ""), strict=False)
            positions = [
                position
                for position, word, following in compress(pairs, map(begins.__contains__, words))
                if (second := begins[word]) is None or following in second
            ]
        found: list[Match] = []
        free = sentence_end = first
        for position in positions:
            if position < free:
                continue
            if position >= sentence_end:
                sentence_end = min(end, document.sentences[document.sentence_of(position)].last)
            best = _longest(trie, document, position, sentence_end)
            if best is not None:
                found.append(best)
                free = best.last
        return found

    @cached_property
    def _beginnings(self) -> dict[str, frozenset[str] | None]:
        """First words of entries with the words that go on from there, None where one may be all there is."""
        return {
            word: None if _ENTRIES in node or _ANY_ENDING in node else frozenset({"-", *node})
            for word, node in self._trie.items()
        }

    def match_at(self, document: Document, first: int, last: int) -> Match | None:
        """The entry that begins at the token `first` and ends before `last`, which is in the same sentence."""
        return _longest(self._trie, document, first, last)

    def _add(self, tokens: tuple[str, ...], entry: Entry) -> None:
        node = self._trie
        last = tokens[-1]
        if last[-1] == "*" and len(last) > 1:
            tokens = *tokens[:-1], _ANY_ENDING, last[:-1]
        for token in tokens:
            following = node.get(token)
            if following is None:  # setdefault would make a dictionary for each token
                following = node[token] = {}
            node = following
        if _ENTRIES in node:
            node[_ENTRIES].append(entry)
        else:
            node[_ENTRIES] = [entry]


# A semicolon inside a definition does not end it.
_BETWEEN_CATEGORIES = re.compile(r";\s*(?=[\w.-]+\s*(?:=|;|$))")

_ENTRIES = ""  # no token is empty or holds a space, so neither key meets one
_ANY_ENDING = " "


def _longest(trie: dict[str, Any], document: Document, position: int, last: int) -> Match | None:
    """The longest entry at a position whose guards allow it; the first of equally long ones."""
    tokens = document.tokens
    best: Match | None = None
    node = trie
    stop = position
    while stop < last:
        token = tokens[stop]
        if _ANY_ENDING in node:
            best = _with_ending(node[_ANY_ENDING], document, position, stop) or best
        following = node.get(token)
        if following is None and token == "-" and stop > position:
            stop += 1
            continue
        if following is None:
            break
        node = following
        stop += 1
        for entry in node.get(_ENTRIES, ()):
            if not entry.guarded or _allowed(entry, document, position, stop):
                best = Match(entry, position, stop)
                break
    return best


def _with_ending(endings: dict[str, Any], document: Document, position: int, last: int) -> Match | None:
    """The entry that gives the longest beginning of the word at `last` and leaves its ending open."""
    token = document.tokens[last]
    for length in range(len(token), 1, -1):
        for entry in endings.get(token[:length], {}).get(_ENTRIES, ()):
            if not entry.guarded or _allowed(entry, document, position, last + 1):
                return Match(entry, position, last + 1)
    return None


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


@lru_cache(maxsize=10_000)
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
    if not entry.forms:
        return [tuple(tokens)]
    variants = [tokens]
    if entry.forms == "v":
        variants += [[form, *tokens[1:]] for form in verb_forms(tokens[0])]
    elif entry.forms == "n":
        variants += [[*tokens[:-1], form] for form in noun_forms(tokens[-1])]
    else:
        variants += [tokenize(form) for form in entry.forms.split("|")]
    return list(dict.fromkeys(map(tuple, variants)))


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
_NEVER_DOUBLED = _VOWELS | set("wxy")


def _with_s(word: str) -> str:
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _doubles(verb: str) -> bool:
    """Whether a verb of one syllable ends in consonant, vowel, consonant; longer ones that double are in the table."""
    return (
        len(verb) >= 3
        and verb[-1] not in _NEVER_DOUBLED
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


def lexicons_digest() -> str:
    """One short digest over all lexicons and lists in use: the shipped ones, and those that `replacing` put in their place."""
    replaced = _REPLACED.get()
    if not replaced:
        return _shipped_digest()
    parts = [_shipped_digest(), *(f"{name}={lexicon.digest}" for name, lexicon in sorted(replaced.items()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@cache
def _shipped_digest() -> str:
    content = hashlib.sha256()
    for name in (*lexicon_names(), *LISTS):
        # Of the text, not of the bytes, since a checkout may have other line ends.
        content.update(f"{name}\0{read_text(folder('lexicons') / f'{name}.tsv')}\0".encode())
    return content.hexdigest()[:12]


def load_lexicon(name: str | Path) -> Lexicon:
    """A shipped lexicon by name, read once, or any by path, read anew each time.

    A path is a `.tsv`, or a file in a format of `framing.lexicon_formats`: LIWC `.dic` or `.dicx`, `.yaml`, `.csv`.
    Raises `DataError` for an unknown name or a faulty file.
    """
    replaced = _REPLACED.get()
    if isinstance(name, str) and name.isidentifier():  # asked for all the time
        return replaced.get(name) or _shipped(name)
    return _shipped(str(name)) if _NAME.fullmatch(str(name)) else _read(Path(name))


_REPLACED: ContextVar[Mapping[str, Lexicon]] = ContextVar("replaced", default=MappingProxyType({}))


@contextmanager
def replacing(name: str, lexicon: Lexicon) -> Iterator[None]:
    """Have `load_lexicon(name)` give another lexicon inside a `with`, and nowhere else: other threads see the shipped one.

    For the model `lexicon` alone: trained models learned beside the shipped lexicons, and remember some of their words.
    Raises `DataError` for the name of no shipped lexicon.
    """
    _shipped(name)
    token = _REPLACED.set({**_REPLACED.get(), name: lexicon})
    try:
        yield
    finally:
        _REPLACED.reset(token)


@cache
def _shipped(name: str) -> Lexicon:
    if name not in lexicon_names():
        near = [f"'{close}'" for close in get_close_matches(name, lexicon_names(), 1, 0.7)]
        near += [f"the file {path}" for path in sorted(Path().glob(f"{name}.*")) if path.suffix in SUFFIXES]
        hint = f". Did you mean {' or '.join(near)}?" if near else ""
        raise DataError(
            f"unknown lexicon '{name}'; choose from {', '.join(lexicon_names())}, or give a path{hint}"
        )
    return _read(folder("lexicons") / f"{name}.tsv")


FOREIGN = (".dic", ".dicx", ".csv", ".yaml", ".yml")
SUFFIXES = (".tsv", *FOREIGN)


def _read(path: Path) -> Lexicon:
    if not path.exists() and path.parent.is_dir():
        near = get_close_matches(path.name, sorted(other.name for other in path.parent.iterdir()), 1)
        advice = f"did you mean {path.parent / near[0]}?" if near else "check the name"
        raise DataError(f"{path}: does not exist; {advice}")
    if path.suffix.lower() in FOREIGN:
        from framing.lexicon_formats import read_foreign  # it makes lexicons itself

        return read_foreign(path)
    header, columns, rows = read_cells(path)
    return Lexicon(path.stem, _entries(path, columns, rows), header, path)


def _entries(path: Path, columns: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> Iterator[Entry]:
    numbers = {column: number for number, column in enumerate(columns)}
    texts = [(column, number) for column, number in numbers.items() if column in _TEXT_COLUMNS]
    guards = [(column, number) for column, number in numbers.items() if column in GUARDS]
    weight = numbers.get("weight")
    others = [
        (column, number)
        for column, number in numbers.items()
        if column not in _TEXT_COLUMNS and column not in GUARDS and column != "weight"
    ]
    for line, cells in rows:
        values = _NOTHING.copy()
        for column, number in texts:
            values[column] = cells[number]
        for column, number in guards:
            if cells[number]:
                values[column] = _guard(cells[number])
        if weight is not None:
            values["weight"] = _weight(path, line, cells[weight])
        values["extra"] = {column: cells[number] for column, number in others}
        values["line"] = line
        # As Entry(**values), which sets attribute by attribute what nobody may change: much of the time of a start.
        entry = object.__new__(Entry)
        entry.__dict__.update(values)
        yield entry


_TEXT_COLUMNS = ("term", "category", "forms", "actor", "neutral", "case", "in_name", "note", "source")
_NOTHING: dict[str, Any] = {
    field.name: field.default for field in fields(Entry) if field.default is not MISSING
}


@cache
def _guard(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|") if part.strip())


def _weight(path: Path, line: int, cell: str) -> float:
    try:
        return float(cell) if cell else 1.0
    except ValueError:
        raise DataError(f"{path}:{line}: the weight '{cell}' is not a number") from None


def _plain(entry: Entry) -> tuple[Any, ...]:
    guards = tuple(tuple(sorted(getattr(entry, guard))) for guard in GUARDS)
    texts = tuple(getattr(entry, column) for column in _TEXT_COLUMNS)
    return (*texts, entry.weight, guards, tuple(sorted(entry.extra.items())))
