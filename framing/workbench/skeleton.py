"""A new lexicon: a valid file with the provenance to fill in and two rows to replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as day
from pathlib import Path

from framing.data import DataError
from framing.lexicon import Entry, Lexicon, lexicon_names, load_lexicon
from framing.lexicon_formats import write_tsv
from framing.lexicon_formats.rows import category_name

COLUMNS = ("forms", "weight", "neutral", "not_before", "note")  # those that most lists come to need
_CATEGORIES = {"example": "say here what the words of this category have in common"}


def new_lexicon(
    path: str | Path,
    *,
    title: str = "",
    categories: Mapping[str, str] | None = None,
    terms: Sequence[str] = (),
    date: str = "",
) -> Lexicon:
    """Write a lexicon to begin with, and return it. The columns are described in `lexicons/README.md`.

    `categories` are names with what they mean. `terms` are words or phrases, each of the first category, or of another
    with "=" and its name ("gut reaction=emotion"); without any, two rows to replace show what an entry looks like. `date`
    is in ISO form, today when empty.

    Raises `ValueError` when the file exists, does not end in `.tsv`, has the name of a shipped lexicon, or a category is
    named that is not among `categories`.
    """
    path = Path(path)
    if path.suffix != ".tsv":
        raise ValueError(f"{path}: a lexicon is a file that ends in .tsv; name it {path.with_suffix('.tsv')}")
    if path.stem in lexicon_names():
        raise ValueError(f"{path}: '{path.stem}' is the name of a shipped lexicon; choose another")
    meanings = {category_name(name): meaning for name, meaning in (categories or _CATEGORIES).items()}
    first = next(iter(meanings))
    entries = [_entry(term, first, meanings) for term in terms] or _examples(first)
    header = {
        "title": title or path.stem.replace("-", " ").replace("_", " "),
        "licence": "CC0-1.0 (or that of the list from which words were taken)",
        "date": date or day.today().isoformat(),  # noqa: DTZ011  the day where the person is
        "method": "to fill in: who chose the words, from what, by which rule, and what was left out",
        "literature": "to fill in: what defines the categories",
        "categories": "; ".join(
            f"{name} = {' '.join(meaning.replace(';', ',').split()) or 'to fill in'}"
            for name, meaning in meanings.items()
        ),
    }
    write_tsv(Lexicon(path.stem, entries, header, path), path, columns=COLUMNS)
    return load_lexicon(path)


def _entry(term: str, first: str, categories: Mapping[str, str]) -> Entry:
    words, _, category = term.partition("=")
    name = category_name(category) if category else first
    if name not in categories:
        raise DataError(
            f"'{term}': there is no category '{category}'; declare it, or choose from {', '.join(categories)}"
        )
    return Entry(" ".join(words.split()), name)


def _examples(category: str) -> list[Entry]:
    return [
        Entry(
            "outrageous", category, weight=-0.7, neutral="disputed",
            note="an example to replace: why the word counts, as readers will see it",
        ),
        Entry(
            "slam", category, forms="v", weight=-0.5, neutral="criticise", not_before=frozenset({"into", "shut"}),
            note="an example to replace: forms v adds slams, slammed, slamming; not before into or shut",
        ),
    ]  # fmt: skip
