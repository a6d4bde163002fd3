"""Figures and dates of a text, written in one way: "40 000 people" and "forty thousand people" are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from framing.attribution import grammar
from framing.comparison.words import WordsOf, words_of
from framing.document import Document


class Found(NamedTuple):
    """Something named or counted: its kind, what makes it the same elsewhere, how to show it, and where it stands."""

    kind: str
    key: str
    shown: str
    start: int
    end: int


# Figures --------------------------------------------------------------------------------------------------------

_ONES = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        range(1, 20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "tn": 1e12, "dozen": 12.0,
}  # fmt: skip
_SMALL_WORDS = "|".join(sorted([*_ONES, *_TENS], key=len, reverse=True))
_BIG_WORDS = "hundred|thousand|million|billion|trillion"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[\x20\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+(?:\.\d+)?"
_SCALE = rf"(?:[\x20\u00a0-]?(?:{_BIG_WORDS}|bn|mn|tn|[mk](?!\w))\b)"
_WRITTEN = (
    rf"(?:half[ ]a[ ](?:million|billion)|"
    rf"(?:(?:{_SMALL_WORDS}|an?(?=[ ](?:{_BIG_WORDS}|dozen)))"
    rf"(?:(?:[ ]and[ ]|[ -])(?:{_SMALL_WORDS}|{_BIG_WORDS}|dozen))*))\b"
)
_NUMBER = rf"(?:(?:{_DIGITS}){_SCALE}?|{_WRITTEN})"
_MONEY = r"(?:(?:US|C|A|HK|NZ)?\$|€|£|₽|₴|¥|₪|₹)"
# Not inside a word, a longer number, a model ("F-16") or an ordinal ("12th").
_FIGURE = re.compile(
    rf"(?<![\w.,:/$€£-])(?P<money>{_MONEY}[\x20\u00a0]?)?(?P<number>{_NUMBER})"
    rf"(?:(?:[\x20](?:to|and)[\x20]|[–-])(?P<other>{_MONEY}?{_NUMBER}))?(?P<percent>[\x20\u00a0]?%)?(?!\w|[.,:/]\d)",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"[-‑](?P<unit>year|month|week|day|hour|minute|mile|kilometre|kilometer|km|metre|meter|tonne|ton|foot)\b"
    r"(?P<old>[-‑]olds?\b)?",
    re.IGNORECASE,
)
_IRREGULAR = frozenset(
    "people men women children policemen servicemen servicewomen fishermen gunmen firefighters police troops aircraft "
    "personnel staff cattle sheep lives wives halves warships spacecraft feet teeth mice geese crises".split()
)
_MASS = frozenset({"personnel", "staff", "police"})
# The name of what is numbered, so that the number counts nothing.
_NUMBERED = frozenset(
    "resolution article chapter section flight route highway unit group channel room boeing airbus type phase page "
    "figure table no no. number act level area windows pier paragraph clause gate platform line".split()
)
_NO_NOUNS = (
    grammar.PREPOSITIONS
    | grammar.AUXILIARIES
    | grammar.DETERMINERS
    | grammar.SUBJECTS
    | grammar.OBJECTS
    | grammar.SUBORDINATORS
    | grammar.COORDINATORS
    | frozenset("says goes comes takes makes gets ago plus times was o'clock am pm a.m. p.m. each".split())
)
_MODIFIERS = 4  # tokens before the noun: "40,000 newly displaced Syrian people"
_SMALL = 13  # below it a number beside a word as general as "sides" says nothing


def figures(document: Document) -> Iterator[Found]:
    """The figures of a text, each a number with its unit or with the noun that it counts; bare numbers are left out.

    >>> from framing.document import make_document
    >>> text = "Some 40 000 people left; two and a half million roubles, 12% of $2.5bn, were lost in a 12-day raid."
    >>> [figure.shown for figure in figures(make_document(text))]
    ['40,000 people', '12 percent', '$2.5 billion', '12 days']
    """
    for sentence in document.sentences:
        dates = [(found.start, found.end) for found in _dates_in(document, sentence.start, sentence.end)]
        for match in _FIGURE.finditer(document.text, sentence.start, sentence.end):
            if any(start < match.end() and match.start() < end for start, end in dates):
                continue
            found = _figure(document, match, sentence.first, sentence.end)
            if found:
                yield found


def _figure(document: Document, match: re.Match[str], first: int, limit: int) -> Found | None:
    low = _value(match["number"])
    high = _value(match["other"].lstrip("US$€£₽₴¥₪₹")) if match["other"] else None
    end = match.end()
    if low is None or (match["number"].lower() in ("one", "a", "an") and not match["percent"]):
        return None
    if high is not None and not low < high:
        high, end = None, match.end("number")
    if high is not None and low < 100 and high >= 1e3 and match["number"].isdigit():
        low *= 10 ** (len(f"{high:.0f}") - len(f"{high:.0f}".rstrip("0")))  # "2 to 3 million"
        if not low < high:
            return None
    values = (low,) if high is None else (low, high)
    place = document.tokens_in(match.start(), match.end())
    if place.start > first and (
        document.tokens[place.start - 1] in _NUMBERED or _is_model(document, place.start - 1)
    ):
        return None
    unit, end = _unit(document, match, end, limit)
    if not unit or (unit.lower() in words_of("vague") and max(values) < _SMALL):
        return None
    shown = _shown(values, unit)
    return Found("figure", shown.lower(), shown, match.start(), end)


def _is_model(document: Document, token: int) -> bool:
    """Whether a token in capitals and the number after it name a thing: "S 400"."""
    written = document.text[document.starts[token] : document.ends[token]]
    return written.isalpha() and written.isupper() and len(written) <= 3 and written not in ("A", "I")


def _unit(document: Document, match: re.Match[str], end: int, limit: int) -> tuple[str, int]:
    """The unit or the noun of a number and where it ends, or an empty string."""
    currencies, units = words_of("currency"), words_of("unit")
    if match["percent"]:
        return "percent", end
    if match["money"]:
        sign = match["money"].strip()
        return currencies.get(sign[-1:], "dollars"), end
    duration = _DURATION.match(document.text, end, limit)
    if duration:
        name = duration["unit"].lower()
        return (
            f"{name}s old" if duration["old"] else units.get(name, "feet" if name == "foot" else f"{name}s")
        ), duration.end()
    tokens = document.tokens_in(end, limit)
    if tokens and document.tokens[tokens[0]] == "-":  # "two-thirds", "three-way"
        return "", end
    if not tokens or document.starts[tokens[0]] < end:
        return "", end
    listed = _listed(document, tokens, currencies) or _listed(document, tokens, units)
    if listed:
        return listed
    for token in tokens[: _MODIFIERS + 1]:
        word = document.tokens[token]
        if word in _NO_NOUNS or not (word[0].isalpha() or word == "-"):
            break
        name = _listed(document, range(token, tokens.stop), {**currencies, **units})
        if name and word not in _PARTICIPLES:
            return name
        following = document.tokens[token + 1] if token + 1 < tokens.stop else ""
        joined = following == "-" and document.starts[token + 1] == document.ends[token]
        if joined or (word in _MASS and _is_plural(following)):
            continue
        if _is_plural(word) and not (document.is_capital[token] and word in _CALENDAR):
            return document.text[document.starts[token] : document.ends[token]], document.ends[token]
    return "", end


_PARTICIPLES = frozenset("killed dead wounded injured missing arrested detained displaced m".split())
_CALENDAR = frozenset(grammar.DAYS)


def _listed(document: Document, tokens: range, words: WordsOf) -> tuple[str, int] | None:
    for length in (3, 2, 1):
        if length <= len(tokens):
            last = tokens[length - 1]
            written = document.text[document.starts[tokens[0]] : document.ends[last]]
            for form in (written, written.lower()):
                if form in words:
                    return words[form] or form, document.ends[last]
    return None


def _is_plural(word: str) -> bool:
    return word in _IRREGULAR or (len(word) > 3 and word[-1] == "s" and word[-2] not in "sui'")


def _value(written: str) -> float | None:
    """The number that digits or words stand for, or None where the words make none."""
    text = re.sub(r"(?<=\d)[,\u00a0\u2009\u202f ](?=\d{3})", "", written.lower()).replace("\u00a0", " ")
    digits = re.fullmatch(r"(\d+(?:\.\d+)?)[ -]?([a-z]*)", text)
    if digits:
        return float(digits[1]) * (_SCALES[digits[2]] if digits[2] else 1)
    if text.startswith("half a "):
        return _SCALES[text.split()[-1]] / 2
    total = current = 0.0
    for word in re.split(r"[ -]", text):
        if word in ("a", "an"):
            current = 1
        elif word in _ONES or word in _TENS:
            small = _ONES.get(word) or _TENS[word]
            if current % 100 and not (current % 100 >= 20 and small < 10 and not current % 10):
                return None  # "five and ten" are two numbers
            current += small
        elif word in ("hundred", "dozen"):
            current = (current or 1) * _SCALES[word]
        elif word != "and":
            total, current = total + (current or 1) * _SCALES[word], 0
    return total + current or None


def _shown(values: tuple[float, ...], unit: str) -> str:
    signs = {"dollars": "$", "euros": "€", "pounds sterling": "£"}
    number = "–".join(map(_written, values))
    return f"{signs[unit]}{number}" if unit in signs else f"{number} {unit}"


def _written(value: float) -> str:
    for name in ("trillion", "billion", "million"):
        if value >= _SCALES[name] and value % (_SCALES[name] / 1000) == 0:
            return f"{value / _SCALES[name]:.10g} {name}"
    return f"{value:,.6f}".rstrip("0").rstrip(".")


# Dates ----------------------------------------------------------------------------------------------------------

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = r"(?:Jan(?:uary|\b\.?)|Feb(?:ruary|\b\.?)|Mar(?:ch|\b\.?)|April|Apr\b\.?|May|June?\b\.?|July?\b\.?|Aug(?:ust|\b\.?)|Sept?(?:ember|\b\.?)|Oct(?:ober|\b\.?)|Nov(?:ember|\b\.?)|Dec(?:ember|\b\.?))"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?!\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d(?!\d)"
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DATE = re.compile(
    rf"""
      (?<![\w/-])(?P<iso>{_YEAR}-\d\d-\d\d)(?![\w-])
    | (?<![\w.,/])(?P<day1>{_DAY})(?:\ of)?\s(?P<month1>{_MONTH}),?(?:\s(?P<year1>{_YEAR}))?(?!\w)
    | \b(?P<month2>{_MONTH})\s(?P<day2>{_DAY})(?!\w|[.,:]\d|\s(?:percent|per\ cent|%))(?:,?\s(?P<year2>{_YEAR})(?!\w))?
    | \b(?P<month3>{_MONTH}),?\s(?P<year3>{_YEAR})(?!\w)
    | (?<![\w$€£¥.,/:])(?P<decade>(?:1[89]|20)\d0)['’]?s\b
    | (?<![\w$€£¥.,/:])(?P<year4>(?:19|20)\d\d)(?![\w%/]|[.,:]\d|-\w*[a-z])
    | \b(?:[Oo]n|[Tt]his|[Ll]ate|[Ee]arly)\s(?P<weekday>{"|".join(_WEEKDAYS)})\b
    | \b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Dd]uring|[Ll]ast|[Ee]arly|[Ll]ate|[Mm]id)[\s-](?P<month4>{"|".join(_MONTHS)})\b(?!\s\d)
    """,
    re.VERBOSE,
)
_AHEAD = re.compile(r"\b(?:will|shall|next|plan(?:s|ned)?|due|scheduled|expected|set to|ahead of)\b|['’]ll\b")
_PERSONS = frozenset(
    "people soldiers troops civilians men women children refugees fighters dollars euros".split()
)
_YEAR_AFTER = re.compile(
    r"\b(?:in|since|of|by|until|from|the|early|late|mid|between|and|'s|’s)[\s-]\Z", re.IGNORECASE
)


def dates(document: Document) -> Iterator[Found]:
    """The dates of a text. What the article's own date settles is completed: a day and a month without a year are taken
    for the nearest, "on Monday" for the last one before, unless its sentence looks ahead; other weekdays are left out.

    >>> from framing.document import make_document
    >>> document = make_document("On Monday, two days after Dec. 8, he recalled the spring of 2011.", date="2024-12-10")
    >>> [found.shown for found in dates(document)]
    ['9 December 2024', '8 December 2024', '2011']
    """
    for sentence in document.sentences:
        yield from _dates_in(document, sentence.start, sentence.end)


def _dates_in(document: Document, start: int, end: int) -> Iterator[Found]:
    written = _day_of(document)
    for match in _DATE.finditer(document.text, start, end):
        group = {name: value for name, value in match.groupdict().items() if value}
        place = match.span(next(iter(group)))
        if "iso" in group:
            key = group["iso"]
        elif "decade" in group:
            yield Found("date", f"{group['decade']}s", f"{group['decade']}s", *match.span())
            continue
        elif "weekday" in group:
            if written is None or _AHEAD.search(document.text, start, end):
                continue
            back = (written.weekday() - _WEEKDAYS.index(group["weekday"])) % 7
            key = (written - timedelta(days=back)).isoformat()
        elif "year4" in group:
            if _counts(document, match):
                continue
            key = group["year4"]
        else:
            key = _key(group, written)
            if "month4" not in group:
                place = match.span()
        shown = show_date(key)
        if shown:
            yield Found("date", key, shown, *place)


def _key(group: dict[str, str], written: date | None) -> str:
    parts = {name.rstrip("1234"): value for name, value in group.items()}
    month = next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == parts["month"][:3])
    year = parts.get("year", "-")
    if "day" not in parts:
        return f"{year}-{month:02}"
    day = int(re.match(r"\d+", parts["day"])[0])  # type: ignore[index]
    if year == "-" and written is not None:
        years = (written.year - 1, written.year, written.year + 1)
        days = [each for each in (_date(year, month, day) for year in years) if each]
        if days:
            return min(days, key=lambda each: abs(each - written)).isoformat()
    return f"{year}-{month:02}-{day:02}"


def _counts(document: Document, match: re.Match[str]) -> bool:
    """Whether four digits count persons or money rather than years: "2000 soldiers", not "in 2015 soldiers"."""
    if _YEAR_AFTER.search(document.text[max(0, match.start() - 9) : match.start()]):
        return False
    following = re.compile(r"\s(\w+)").match(document.text, match.end())
    if following is None:
        return False
    word = following[1]
    return (
        word in _PERSONS
        or word in words_of("unit")
        or word in words_of("currency")
        or word in ("million", "billion")
    )


def _day_of(document: Document) -> date | None:
    """The day of an article's metadata, or None where no whole day is given."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(document.meta.get("date") or ""))
    return _date(*map(int, match.groups())) if match else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def show_date(key: str) -> str:
    """How to show a key of a date: year, month and day as far as known, "-" for an unknown year; "" if there is none such.

    >>> show_date("2024-12-08"), show_date("--09"), show_date("2024")
    ('8 December 2024', 'September', '2024')
    """
    year, month, day = re.fullmatch(r"(\d{4}|-)(?:-(\d\d))?(?:-(\d\d))?", key).groups()  # type: ignore[union-attr]
    if month is None:
        return str(year)
    if not 1 <= int(month) <= 12 or (
        day and not _date(2024 if year == "-" else int(year), int(month), int(day))
    ):
        return ""
    words = [str(int(day))] if day else []
    words.append(_MONTHS[int(month) - 1])
    return " ".join(words if year == "-" else [*words, year])
