"""LIWC `.dic`: categories between two lines with %, then a word and the numbers of its categories a line."""

from __future__ import annotations

import re
from pathlib import Path

from framing.corpus import Failure
from framing.data import DataError, read_text
from framing.lexicon import Entry, Lexicon
from framing.lexicon_formats.rows import Found, category_name, meaning, row, written_out

_CATEGORY = re.compile(r"([^\s()]+)\s*(.*)")


def read_dic(path: Path) -> Found:
    """A LIWC dictionary of 2001 to 2015, categories by number, indented or not.

    A word in several categories becomes several entries. Raises `DataError` when the two lines with % are missing.
    """
    categories: dict[str, str] = {}
    meanings: dict[str, str] = {}
    rows: list[Entry | Failure] = []
    marks = 0
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip():
            continue
        if line.strip() == "%":
            marks += 1
        elif marks == 1:
            key, _, title = (
                line.strip().partition("\t") if "\t" in line.strip() else line.strip().partition(" ")
            )
            found = _CATEGORY.fullmatch(title.strip())
            if found is None:
                problem = "a category needs a number and a name"
                rows.append(Failure(str(path), number, problem, "write for instance 1, a tab, and calm"))
                continue
            name, more = found.groups()
            if more and not more.startswith("("):  # a name of several words
                name, more = title.strip(), ""
            categories[key] = category_name(name)
            meanings[categories[key]] = meaning(more or name)
        elif marks == 2:
            rows += _words(path, number, line, categories)
    if marks != 2:
        raise DataError(f"{path}: is no LIWC dictionary; the categories must stand between two lines with %")
    return Found("LIWC dictionary", meanings, rows)


def _words(path: Path, number: int, line: str, categories: dict[str, str]) -> list[Entry | Failure]:
    if "\t" in line:
        term, *keys = [cell.strip() for cell in line.split("\t") if cell.strip()]
        keys = [key for cell in keys for key in cell.split()]
    else:
        cells = line.split()
        first = next((at for at, cell in enumerate(cells) if at and _is_key(cell, categories)), len(cells))
        term, keys = " ".join(cells[:first]), cells[first:]
    conditional = [key for key in keys if any(mark in key for mark in "()<>/")]
    if conditional:
        problem = f"'{term}' has a condition on other words ({' '.join(keys)})"
        return [Failure(str(path), number, problem, "write it as a term of several words, or with a guard")]
    if not keys:
        return [Failure(str(path), number, f"'{term}' has no category", "put the number of one after it")]
    rows: list[Entry | Failure] = []
    for key in keys:
        if key not in categories:
            problem = f"category '{key}' is not declared between the % lines"
            rows.append(Failure(str(path), number, problem, "declare it there or correct the number"))
        else:
            rows.append(row(path, number, term.lower(), categories[key]))
    # What is wrong with the term is said once, however many categories it has.
    return list(dict.fromkeys(rows)) if all(isinstance(item, Failure) for item in rows) else rows


def _is_key(cell: str, categories: dict[str, str]) -> bool:
    return cell in categories or cell.isdigit() or cell[0] in "(<"


def write_dic(lexicon: Lexicon) -> str:
    """A LIWC dictionary: a row a form, with the numbers of all its categories."""
    numbers = {category: number for number, category in enumerate(lexicon.categories, 1)}
    terms: dict[str, list[int]] = {}
    for form, entry in written_out(lexicon):
        terms.setdefault(form.lower(), []).append(numbers.setdefault(entry.category, len(numbers) + 1))
    lines = ["%"]
    for category, number in numbers.items():
        about = lexicon.categories.get(category, "")
        lines.append(f"{number}\t{category}" + (f"\t({about})" if about and about != category else ""))
    lines.append("%")
    lines += ["\t".join([term, *map(str, sorted(own))]) for term, own in sorted(terms.items())]
    return "\n".join(lines) + "\n"
