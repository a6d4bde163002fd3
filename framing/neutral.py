"""The neutral alternative of a loaded term in the form in which the term is written.

A cell of the column `neutral` is for the term itself; cells for the explicit `forms` may follow, separated by `|`.
Where there is only one, verbs and nouns are inflected with the term, and an adverb is made from an adjective.
"""

from __future__ import annotations

from framing.lexicon import Entry, noun_forms, surface_forms, verb_forms

OMIT = "(omit)"

_UNINFLECTED = frozenset("be not".split())
_SAME_ADVERB = frozenset("hard fast late better worse often".split())
_NO_ADVERB = ("ed", "ing", "own", "low", "spread")  # adjectives that make none
_NO_PLURAL = ("s", "ed", "ing", "ratic", "media", "false")  # plurals, and adjectives that stand for a noun
_AFTER_HEAD = frozenset(
    "of in to for with without on from who that accused between by near under where against".split()
)


def neutral_form(entry: Entry, written: tuple[str, ...]) -> str | None:
    """The alternative for an entry found as the tokens `written`; as in the lexicon where no form is certain.

    >>> neutral_form(Entry("haggle", "metaphor", forms="v", neutral="negotiate"), ("haggling",))
    'negotiating'
    >>> neutral_form(Entry("crony", "epithet", forms="cronies", neutral="associate"), ("cronies",))
    'associates'
    """
    if not entry.neutral:
        return None
    cells = entry.neutral.split("|")
    forms = surface_forms(entry)
    place = forms.index(written) if written in forms else 0
    if len(cells) > 1:
        return cells[min(place, len(cells) - 1)]
    if place == 0 or entry.neutral == OMIT:
        return entry.neutral
    return _inflected(entry, forms[0], written) or entry.neutral


def _inflected(entry: Entry, term: tuple[str, ...], written: tuple[str, ...]) -> str | None:
    if entry.forms != "n" and written[1:] == term[1:]:
        role = _role(entry, term[0], written[0])
        if role:
            return _verb_phrase(entry.neutral, role)
    if written[:-1] == term[:-1] and written[-1] in noun_forms(term[-1]):
        return _plural(entry.neutral)
    if len(term) == len(written) == 1 and written[0].endswith("ly") and " " not in entry.neutral:
        return _adverb(entry.neutral)
    return None


def _role(entry: Entry, verb: str, written: str) -> str | None:
    """Which form of a verb is written: "s", "ing" or "past"; None where the entry lists no forms of a verb."""
    inflects = entry.forms == "v" or any(form.endswith(("ed", "ing")) for form in entry.forms.split("|"))
    if not inflects or written not in verb_forms(verb):
        return None
    return _ending(written)


def _ending(form: str) -> str:
    return "ing" if form.endswith("ing") else "s" if form.endswith("s") else "past"


def _verb_phrase(phrase: str, role: str) -> str | None:
    verb, *rest = phrase.split(" ")
    forms = {form for form in verb_forms(verb) if _ending(form) == role}
    # "Looted" may be a past or a participle: no form where "took" and "taken" differ.
    return None if verb in _UNINFLECTED or len(forms) != 1 else " ".join([forms.pop(), *rest])


def _plural(phrase: str) -> str:
    """The plural of a noun phrase, whose head stands last or before a preposition or relative."""
    words = phrase.split(" ")
    head = next((i for i, word in enumerate(words) if i and word in _AFTER_HEAD), len(words)) - 1
    if words[head].endswith(_NO_PLURAL):
        return phrase
    return " ".join([*words[:head], noun_forms(words[head])[0], *words[head + 1 :]])


def _adverb(adjective: str) -> str | None:
    if adjective.endswith("ly") or adjective in _SAME_ADVERB:
        return adjective
    if "-" in adjective or adjective.endswith(_NO_ADVERB):
        return None
    if adjective.endswith("le"):
        return adjective[:-1] + "y"
    if adjective.endswith("y"):
        return adjective[:-1] + "ily"
    return adjective + ("ally" if adjective.endswith("ic") else "ly")
